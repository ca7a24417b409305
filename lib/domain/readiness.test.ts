import { describe, expect, it } from 'vitest';
import type { Candidate } from './cluster';
import { isTrap, trapsAhead } from './readiness';
import { type ClusterSpec, GENERATIONS, HEAD, type MemberSpec, MIB, steady } from './testkit';

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const readiness = (spec: ClusterSpec) => steady(spec).readiness;
const with2 = (n2spec: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [n1, { ...n2, ...n2spec }, n3],
  ...more,
});
function candidate(spec: ClusterSpec, name = 'n2'): Candidate {
  const found = readiness(spec).candidates.find((entry) => entry.member === name);
  if (found === undefined) throw new Error(`${name} is no candidate`);
  return found;
}
const why = (spec: ClusterSpec): string[] => candidate(spec).reasons.map(({ by, code }) => `${by} ${code}`);

describe('a candidate', () => {
  it.each(GENERATIONS)('is eligible on Patroni %s when it answers, runs, streams and does not lag', (version) => {
    expect(readiness({ version, members: [n1, n2, n3] })).toMatchObject({ failoverPossible: true });
    expect(candidate({ version, members: [n1, n2] })).toMatchObject({
      eligible: true,
      patroniWouldElect: true,
      reasons: [],
    });
  });

  it('is never the leader, nor a member that left and is silent', () => {
    const left = with2({ key: null, rest: 'refused', sql: 'refused' });
    expect(readiness(left).candidates.map((entry) => entry.member)).toEqual(['n3']);
  });

  it.each<[string, Partial<MemberSpec>, string]>([
    ['unreachable', { rest: 'refused', sql: 'refused' }, 'patroni unreachable'],
    ['frozen Patroni over a living PostgreSQL', { rest: 'timeout' }, 'patroni unreachable'],
    ['stopped', { state: 'stopped', sql: 'refused' }, 'patroni not_running'],
    ['tagged nofailover', { tags: { nofailover: true } }, 'patroni nofailover'],
    ['of priority 0', { tags: { failover_priority: 0 } }, 'patroni nofailover'],
    ['without its watchdog', { patroni: { watchdog_failed: true } }, 'patroni watchdog'],
    ['over the lag limit', { lsn: HEAD - 2 * MIB }, 'patroni lag'],
    ['a primary without the key', { role: 'primary' }, 'howdah second_primary'],
  ])('that is %s is refused with the reason', (_what, spec, reason) => {
    expect(why(with2(spec))).toContain(reason);
    expect(candidate(with2(spec)).eligible).toBe(false);
  });

  it('with nofailover false wins over a priority of 0, as in Patroni', () => {
    expect(candidate(with2({ tags: { nofailover: false, failover_priority: 0 } })).eligible).toBe(true);
  });

  it('is measured by what it received: replay paused over received WAL does not keep Patroni from electing it', () => {
    expect(candidate(with2({ paused: true, received: HEAD, lsn: HEAD - 50 * MIB })).patroniWouldElect).toBe(true);
  });

  it('on an older timeline is refused by Patroni only with check_timeline, and by us always', () => {
    const behind: ClusterSpec = {
      version: '3.0.2',
      members: [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 1, upstream: null, patroni: { replication_state: undefined } },
      ],
    };
    expect(candidate(behind)).toMatchObject({ eligible: false, patroniWouldElect: true });
    expect(candidate({ ...behind, config: { check_timeline: true } }).patroniWouldElect).toBe(false);
  });

  it('outside /sync is refused while synchronous mode is on, whatever the case of the names', () => {
    const sync = { leader: 'n1', sync_standby: 'N3' };
    const spec = with2({}, { config: { synchronous_mode: 'on' }, sync });
    expect(why(spec)).toEqual(['patroni not_sync']);
    expect(candidate(spec, 'n3').eligible).toBe(true);
    expect(candidate({ ...spec, sync: { leader: null } }).eligible).toBe(true);
  });

  it('that was never asked is not known: neither eligible nor refused', () => {
    const spec = with2({ rest: 'never', sql: 'never' });
    expect(candidate(spec)).toMatchObject({ eligible: null, patroniWouldElect: null });
    expect(candidate(spec).reasons).toHaveLength(1);
  });
});

describe('a trap', () => {
  const second = with2({ role: 'primary', lsn: HEAD + MIB });

  it('is a member that Patroni would elect and that must not be', () => {
    expect(isTrap(candidate(second))).toBe(true);
  });

  it('is nobody whom Patroni refuses too, who is fit, or who is not known', () => {
    expect(isTrap(candidate(with2({ tags: { nofailover: true } })))).toBe(false);
    expect(isTrap(candidate(with2({})))).toBe(false);
    expect(isTrap(candidate(with2({ rest: 'never', sql: 'never' })))).toBe(false);
  });

  it('is what Patroni elects only when it is ahead of all the good ones', () => {
    const ahead = (spec: ClusterSpec): string[] => {
      const { cluster, readiness: said } = steady(spec);
      return trapsAhead(cluster, said.candidates, ['n3']).map(({ member }) => member);
    };
    expect(ahead(second)).toEqual(['n2']);
    expect(ahead(with2({ role: 'primary', lsn: HEAD }))).toEqual([]);
  });
});

describe('candidates', () => {
  it('stand best first: eligible, unknown, refused; then priority; then the least lag; then the name', () => {
    const members: MemberSpec[] = [
      { name: 'leader' },
      { name: 'a-refused', tags: { nofailover: true } },
      { name: 'b-unknown', rest: 'never', sql: 'never' },
      { name: 'c-behind', lsn: HEAD - 5000 },
      { name: 'e-level' },
      { name: 'd-level' },
      { name: 'z-preferred', lsn: HEAD - 9000, tags: { failover_priority: 5 } },
    ];
    expect(readiness({ members }).candidates.map((entry) => entry.member)).toEqual([
      'z-preferred',
      'd-level',
      'e-level',
      'c-behind',
      'b-unknown',
      'a-refused',
    ]);
  });
});

describe('a failover', () => {
  const members = [n1, n2, n3];

  it('is not possible while paused, without another member, or without an eligible one', () => {
    expect(readiness({ members, config: { pause: true } }).failoverPossible).toBe(false);
    expect(readiness({ members: [n1] }).failoverPossible).toBe(false);
    expect(readiness({ members: [n1, { ...n2, tags: { nofailover: true } }] }).failoverPossible).toBe(false);
  });

  it('is never promised while the DCS cannot be read, and not known where no candidate can be judged', () => {
    expect(readiness({ members, dcs: 'stale' }).failoverPossible).not.toBe(true);
    expect(readiness({ members, dcs: 'stale', endpoints: [] }).failoverPossible).toBeNull();
    expect(readiness({ members: [n1, { ...n2, rest: 'never', sql: 'never' }] }).failoverPossible).toBeNull();
  });

  it('is judged as ever by a view that is fresh, though no endpoint has a quorum at this moment', () => {
    const endpoints = ['e1', 'e2', 'e3'].map((name) => ({ name, read: 'timeout' }) as const);
    const fresh = steady({ members, endpoints });
    expect(fresh.cluster.dcs).toMatchObject({ state: 'fresh', quorum: false });
    expect(fresh.readiness).toMatchObject({ failoverPossible: true, reasons: ['to n2, n3'] });
    const old = readiness({ members, endpoints, dcs: 'stale' });
    expect(old).toMatchObject({ failoverPossible: false, reasons: [expect.stringContaining('no quorum')] });
  });

  it('names a forked member that Patroni would elect only where it is ahead of every good one', () => {
    const forked = (lsn: number): string =>
      readiness({
        members: [
          { ...n1, timeline: 2 },
          { ...n2, timeline: 1, lsn, upstream: null },
          { ...n3, timeline: 2 },
        ],
        history: [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']],
      }).reasons.join('; ');
    expect(forked(HEAD)).toBe('to n3 only');
    expect(forked(HEAD + 1)).toMatch(/^Patroni would elect n2, which is ahead: forked on timeline 1/);
  });

  it('always comes with a reason', () => {
    const specs: ClusterSpec[] = [
      { members },
      { members: [n1] },
      { members, dcs: 'stale' },
      { members, config: { pause: 1 } },
    ];
    for (const spec of specs) expect(readiness(spec).reasons.length).toBeGreaterThan(0);
  });
});
