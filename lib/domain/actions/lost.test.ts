import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { type ClusterSpec, HEAD, play, steady } from '../testkit';
import type { Outage } from './action';
import { type Cost, lostWords } from './lost';
import { furtherReached, momentOf } from './moment';

const KIB = 1024;
const trio = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const before = momentOf(steady({ members: trio }));
const history = (lsn: number) => [[1, lsn, 'no recovery target specified', '2026-11-21T00:00:00+00:00', 'n2']];
const moved = (fork: number | null, more: Partial<ClusterSpec> = {}): Snapshot =>
  steady({
    leader: 'n2',
    history: fork === null ? [] : history(fork),
    members: [
      { name: 'n1', role: 'replica', timeline: 2, upstream: 'n2' },
      { name: 'n2', role: 'primary', timeline: 2 },
      { name: 'n3', role: 'replica', timeline: 2, upstream: 'n2' },
    ],
    ...more,
  });
const outage = (by: Outage['by'], ms: number, writableAgainAt: number | null = ms): Outage => ({
  ...{ ms, by, precisionMs: 50, lastWritableAt: 0, writableAgainAt },
});
const NOT = { probe: null, observation: null };
const words = (cost: Partial<Cost>): string =>
  String(
    lostWords({ before, reached: { member: 'n1', lsn: HEAD }, after: moved(HEAD).cluster, outages: NOT, ...cost }),
  );

describe('what a switchover or failover cost', () => {
  it('is the WAL between the fork and how far the old leader was seen, with both positions', () => {
    const text = words({ after: moved(HEAD - 64 * KIB).cluster });
    expect(text).toContain('Lost 64 KiB: n1 was last seen at');
    expect(text).toMatch(/timeline 1 ended at \S+\./);
  });

  it('is nothing of what was seen, not nothing, where the fork lies at or past it', () => {
    for (const fork of [HEAD, HEAD + 64 * KIB])
      expect(words({ after: moved(fork).cluster })).toContain('Lost 0 B of what was seen');
  });

  it('is not known where the fork, the position or a timeline is not', () => {
    expect(words({ after: moved(null).cluster })).toMatch(
      /^What was lost is not known: n1 was last seen at .* not in \/history/,
    );
    expect(words({ reached: null })).toMatch(/^What was lost is not known: timeline 1 ended at/);
    expect(words({ before: { ...before, timeline: null } })).toMatch(/^What was lost is not known: a timeline/);
    expect(words({ after: moved(null).cluster, reached: null })).toMatch(/^What was lost is not known: neither/);
  });

  it('has no fork where no new timeline began', () => {
    expect(words({ after: steady({ members: trio }).cluster })).toContain('No new timeline began');
  });

  it('says how long nothing was writable, by each way that measured it', () => {
    const both = { probe: outage('probe', 1200), observation: outage('observation', 2500) };
    expect(words({ outages: both })).toContain('Not writable for 1.2 s by the write probe, 2.5 s by observation.');
    expect(words({ outages: { ...NOT, observation: outage('observation', 2500, null) } })).toContain(
      'Not writable for at least 2.5 s by observation.',
    );
    expect(words({})).toContain('How long nothing was writable was not measured.');
  });
});

describe('how far the old leader was seen', () => {
  const at = (lsn: number): Snapshot => steady({ members: [{ name: 'n1', lsn }, { name: 'n2' }, { name: 'n3' }] });

  it('grows while it leads, and not by what another wrote after it', () => {
    const grown = furtherReached(before.reached ?? null, before, at(HEAD + KIB));
    expect(grown).toEqual({ member: 'n1', lsn: HEAD + KIB });
    expect(furtherReached(grown, before, at(HEAD))).toEqual(grown);
    expect(furtherReached(grown, before, moved(HEAD))).toEqual(grown);
  });

  it('is remembered of one that no longer answers', () => {
    const gone = { name: 'n1', rest: 'lost', sql: 'lost', ageMs: 60_000 } as const;
    const members = [gone, { name: 'n2', upstream: null }, { name: 'n3', upstream: null }];
    const { snapshot } = play([{ members: trio }, { members }, { members }]);
    expect(momentOf(snapshot).reached).toEqual({ member: 'n1', lsn: HEAD });
  });
});
