import { describe, expect, it } from 'vitest';
import { NOW, steady } from '../testkit';
import { parseFacts } from './facts';
import { endedOn, newerMinor, releaseOf } from './minors';
import { isOff, paceAfter } from './pace';
import { DEFAULT_PROFILE, deviationsOf, type Profile } from './profile';

const facts = (name: string, checksums: string | null, settings: readonly unknown[] = []) =>
  parseFacts(name, NOW, { catalog: { checksums }, settings }, []);
const judge = (
  profile: Partial<Profile>,
  given: {
    facts?: ReturnType<typeof facts>[] | null;
    config?: object;
    differences?: number | null;
    overrides?: number;
    now?: number;
  } = {},
) =>
  deviationsOf(
    { ...DEFAULT_PROFILE, newestMinor: false, supportedMajor: false, ...profile },
    {
      snapshot: steady({ members: [{ name: 'n1' }, { name: 'n2' }], config: { ...given.config } }),
      facts: given.facts === undefined ? [facts('n1', 'on'), facts('n2', 'on')] : given.facts,
      differences: given.differences ?? null,
      overrides: given.overrides ?? 0,
      now: given.now ?? NOW,
    },
  ).map(({ rule, verdict, text }) => `${rule} ${verdict}: ${text}`);

describe('a cluster against its profile', () => {
  it('is quiet about one that is as it should be', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ synchronousMode: true }, { config: { synchronous_mode: true } })).toEqual([]);
    expect(judge({ synchronousMode: true }, { config: { synchronous_mode: 'quorum' } })).toEqual([]);
  });

  it('names data checksums that are off, on whom where not on all, and does not guess', () => {
    expect(judge({}, { facts: [facts('n1', 'off'), facts('n2', 'off')] })).toEqual([
      'data_checksums deviates: data checksums are off',
    ]);
    expect(judge({}, { facts: [facts('n1', 'on'), facts('n2', 'off')] })).toEqual([
      'data_checksums deviates: data checksums are off: n2',
    ]);
    expect(judge({}, { facts: null })).toEqual(['data_checksums unknown: whether it has data checksums is not known']);
    expect(judge({ dataChecksums: null }, { facts: null })).toEqual([]);
  });

  it('names synchronous_mode that is off where it is asked for, and nowhere else', () => {
    expect(judge({ synchronousMode: true })).toEqual(['synchronous_mode deviates: synchronous_mode is off']);
    expect(judge({ synchronousMode: null })).toEqual([]);
  });

  it('names a version behind its newest minor, with the day of the list', () => {
    const [said] = judge({ newestMinor: true });
    expect(said).toMatch(/^newest_minor deviates: PostgreSQL 17\.11, behind 17\.\d+ \(as of 20\d\d-\d\d-\d\d\)$/);
  });

  it('compares a setting as PostgreSQL reads it', () => {
    const own = ['work_mem', '8192', '8MB', 'integer', 'kB', '4096', 'default', null, null, false];
    const has = (wanted: string) => judge({ settings: { work_mem: wanted } }, { facts: [facts('n1', 'on', [own])] });
    expect(has('8MB')).toEqual([]);
    expect(has('8192kB')).toEqual([]);
    expect(has('16MB')).toEqual(['setting deviates: work_mem is 8MB on n1; 16MB is asked for']);
    expect(judge({ settings: { jit: 'off' } })).toEqual(['setting unknown: jit is not known; off is asked for']);
  });

  it('counts what differs between members', () => {
    expect(judge({}, { differences: 3 })).toEqual(['same_on_all deviates: its members differ in 3']);
    expect(judge({}, { differences: 0 })).toEqual([]);
    expect(judge({}, { overrides: 1 })).toEqual([
      'local_values deviates: 1 local value wins over the dynamic configuration',
    ]);
    expect(judge({ sameOnAllMembers: false }, { overrides: 2 })).toEqual([]);
    expect(judge({ sameOnAllMembers: false }, { differences: 3 })).toEqual([]);
  });
});

describe('releases of PostgreSQL', () => {
  it('reads what servers say, and no beta', () => {
    expect(releaseOf('15.18 (Debian 15.18-1.pgdg12+1)')).toEqual({ major: 15, minor: 18 });
    for (const none of ['19beta2', '9.6.24', '', null, 'x']) expect(releaseOf(none)).toBeNull();
  });

  it('says nothing against one that is newer than the list, or of a major that nobody knows', () => {
    expect(newerMinor('15.99')).toBeNull();
    expect(newerMinor('31.0')).toBeNull();
    expect(newerMinor('13.23')).toBeNull();
    expect(newerMinor('13.1')).toBe('13.23');
  });

  it('says that a major has ended from the day after on', () => {
    expect(endedOn('13.23', Date.parse('2025-11-13T12:00:00Z'))).toBeNull();
    expect(endedOn('13.23', Date.parse('2025-11-14T00:00:00Z'))).toBe('2025-11-13');
    expect(endedOn('17.1', Date.parse('2026-01-01T00:00:00Z'))).toBeNull();
  });
});

describe('the pace of a statement', () => {
  it('leaves a member alone for a day after it hurt twice in a row, and not after once', () => {
    const once = paceAfter(undefined, 900, 1000);
    expect(isOff(once, 1000)).toBe(false);
    const twice = paceAfter(once, 900, 2000);
    expect(isOff(twice, 2000)).toBe(true);
    expect(isOff(twice, 2000 + 24 * 3_600_000)).toBe(false);
    expect(isOff(paceAfter(paceAfter(once, 3, 2000), 900, 3000), 3000)).toBe(false);
  });
});
