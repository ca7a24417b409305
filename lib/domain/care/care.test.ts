import { describe, expect, it } from 'vitest';
import type { Reading } from '../raw';
import { failure } from '../reading-failure';
import { between, quantile } from './buckets';
import { buildCare, type CareCode, type CareFinding } from './care';
import { assessCare } from './care-findings';
import { type CareMemory, remember } from './care-memory';
import { marginWords } from './margin';
import type { NodeNumbers, NodeStatus, RawCare, RawNode } from './raw-care';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const MIB = 1024 * 1024;

const says = (part: Partial<NodeStatus> = {}, at = NOW): Reading<NodeStatus> => ({
  ok: true,
  value: {
    ...{ role: 'follower', version: '3.5.16', term: '7', position: 1000, sizeBytes: 10 * MIB, inUseBytes: 5 * MIB },
    alarms: [],
    ...part,
  },
  at,
  tookMs: 2,
});
const silent = (kind: 'timeout' | 'denied' | 'refused' = 'timeout', at = NOW): Reading<never> => ({
  ...{ ok: false, error: failure(kind), at, tookMs: 2000 },
});
const counts = (part: Partial<NodeNumbers> = {}, at = NOW): Reading<NodeNumbers> => ({
  ok: true,
  value: {
    ...{ fsync: null, roundTrip: null, quotaBytes: 100 * MIB, leaderChanges: 1, slowApplies: 0, aheadMs: 0 },
    ...part,
  },
  at,
  tookMs: 5,
});
const node = (name: string, part: Partial<RawNode> = {}): RawNode => ({
  ...{
    key: name,
    name,
    urls: [`http://10.0.0.${name.slice(1)}:2379`],
    peerUrls: [`http://10.0.0.${name.slice(1)}:2380`],
  },
  ...{ votes: true, started: true, status: says(), numbers: counts(), certificateEndsAt: null, facts: [] },
  ...part,
});
const three = (): RawNode[] => [node('e1', { status: says({ role: 'leader' }) }), node('e2'), node('e3')];
const raw = (nodes: readonly RawNode[], part: Partial<RawCare> = {}): RawCare => ({
  ...{ kind: 'etcd3', at: NOW, identity: 'abc', unlisted: null, nodes, ownCertificateEndsAt: null, facts: [] },
  ...part,
});
const careOf = (nodes: readonly RawNode[], part: Partial<RawCare> = {}, before: CareMemory | null = null) =>
  buildCare(remember(before, raw(nodes, part)), part.at ?? NOW, 10_000);
const findings = (nodes: readonly RawNode[], part: Partial<RawCare> = {}, twins: readonly string[] = []) =>
  assessCare({ care: careOf(nodes, part), now: part.at ?? NOW, twins });
const codes = (nodes: readonly RawNode[], part: Partial<RawCare> = {}): readonly CareCode[] =>
  findings(nodes, part).map(({ code }) => code);
const find = (nodes: readonly RawNode[], code: CareCode, part: Partial<RawCare> = {}): CareFinding | undefined =>
  findings(nodes, part).find((one) => one.code === code);
const gone = (name: string, kind: 'timeout' | 'denied' | 'refused' = 'timeout'): RawNode =>
  node(name, { status: silent(kind) });

describe('the margin', () => {
  const words = (nodes: readonly RawNode[]): string => String(marginWords(careOf(nodes).votes));

  it('is counted by who answers now, and said in one sentence', () => {
    const five = [...three(), node('e4'), node('e5')];
    expect(words(five)).toBe('Two may fail.');
    expect(words(three())).toBe('One may fail.');
    expect(words([...three().slice(0, 2), gone('e3')])).toBe('One more loss and Patroni stops.');
    expect(words([...three().slice(0, 1), gone('e2'), gone('e3')])).toBe('No quorum: no leader can be elected.');
    expect(words([node('e1', { status: says({ role: 'leader' }) })])).toMatch(/alone/);
  });

  it('does not count who answers and knows no leader, nor a learner', () => {
    const cut = node('e3', { status: says({ role: 'leaderless' }) });
    const learner = node('e4', { votes: false, status: says({ role: 'learner' }) });
    expect(careOf([...three().slice(0, 2), cut, learner]).votes).toMatchObject({ voters: 3, answer: 2, margin: 0 });
  });

  it('counts a voter that was never started against the quorum', () => {
    const never = node('e4', { started: false, name: null, urls: [], status: silent('refused') });
    expect(careOf([...three(), never]).votes).toMatchObject({ voters: 4, answer: 3, quorum: 3, margin: 0 });
  });

  it('is not known where a voter lets nobody know, and never better than that', () => {
    expect(words([...three().slice(0, 2), gone('e3', 'denied')])).toBe('One more loss may stop Patroni.');
    expect(words([...three().slice(0, 1), gone('e2', 'denied'), gone('e3', 'denied')])).toMatch(/not known/);
    expect(codes([...three().slice(0, 1), gone('e2', 'denied'), gone('e3', 'denied')])).not.toContain('no_quorum');
  });

  it('is not known where nobody says who votes', () => {
    const nodes = three().map((one) => ({ ...one, votes: null }));
    expect(careOf(nodes, { unlisted: failure('denied') }).votes).toBeNull();
    expect(codes(nodes, { unlisted: failure('denied') })).toEqual([]);
  });

  it('is none of an answer that has grown old', () => {
    const memory = remember(null, raw(three()));
    expect(buildCare(memory, NOW + 60_000, 10_000).votes).toMatchObject({ answer: 0, unsure: 3 });
  });
});

describe('a member that went silent', () => {
  it('keeps what it said last as what it was, with its age, and is not behind by anything that is known', () => {
    const memory = remember(null, raw(three()));
    const at = NOW + 30_000;
    const later = three().map((one) => ({
      ...one,
      status: says({ role: one.key === 'e1' ? 'leader' : 'follower' }, at),
    }));
    const care = careOf([...later.slice(0, 2), { ...gone('e3'), status: silent('timeout', at) }], { at }, memory);
    expect(care.members[2]).toMatchObject({
      ...{ role: null, was: 'follower', answers: false, observedAt: NOW, silentSince: NOW, behind: null },
      sizeBytes: 10 * MIB,
      alarms: [],
    });
  });
});

describe('an election', () => {
  it('is told once, where the leader or the term is another than before; the first look is none', () => {
    const first = remember(null, raw(three()));
    expect(first.elections).toEqual([]);
    const same = remember(first, raw(three(), { at: NOW + 1000 }));
    expect(same.elections).toEqual([]);
    const moved = [node('e1'), node('e2', { status: says({ role: 'leader', term: '8' }) }), node('e3')];
    const after = remember(same, raw(moved, { at: NOW + 2000 }));
    expect(after.elections).toEqual([{ at: NOW + 2000, leader: 'e2', term: '8' }]);
    expect(buildCare(after, NOW + 2000, 10_000)).toMatchObject({ leader: 'e2', leaderSince: NOW + 2000, term: '8' });
    const nobody = remember(
      after,
      raw(
        three().map((one) => ({ ...one, status: silent() })),
        { at: NOW + 3000 },
      ),
    );
    expect(remember(nobody, raw(moved, { at: NOW + 4000 })).elections).toHaveLength(1);
  });

  it('names the leader of the newest term where a deposed one still thinks it leads', () => {
    const two = [
      node('e1', { status: says({ role: 'leader', term: '7' }) }),
      node('e2', { status: says({ role: 'leader', term: '8' }) }),
    ];
    expect(careOf(two).leader).toBe('e2');
  });
});

describe('percentiles', () => {
  const upTo = [0.001, 0.01, 0.1, Number.POSITIVE_INFINITY];

  it('are of what happened between two looks, not of all since the start', () => {
    // An hour of fast writes before, 100 slow ones since.
    const [earlier, later] = [
      [90_000, 90_000, 90_000, 90_000],
      [90_000, 90_000, 90_100, 90_100],
    ];
    const since = between({ upTo, counts: earlier }, { upTo, counts: later });
    expect(since).not.toBeNull();
    expect(quantile(since ?? { upTo, counts: later }, 0.5)).toBeCloseTo(0.055, 3);
    expect(quantile({ upTo, counts: later }, 0.5)).toBeLessThan(0.001);
  });

  it('are not known of few, nor across a restart, and never above the last bound', () => {
    expect(quantile({ upTo, counts: [5, 5, 5, 5] }, 0.99)).toBeNull();
    expect(between({ upTo, counts: [9, 9, 9, 9] }, { upTo, counts: [1, 1, 1, 1] })).toBeNull();
    expect(quantile({ upTo, counts: [0, 0, 0, 50] }, 0.99)).toBe(0.1);
  });

  it('come with the second look, and are kept as a point each half minute', () => {
    const slow = (at: number, n: number) =>
      node('e1', { status: says({}, at), numbers: counts({ fsync: { upTo, counts: [0, 0, n, n] } }, at) });
    let memory = remember(null, raw([slow(NOW, 100)]));
    expect(buildCare(memory, NOW, 10_000).members[0]?.fsync.p99Ms).toBeNull();
    memory = remember(memory, raw([slow(NOW + 40_000, 300)], { at: NOW + 40_000 }));
    const [member] = buildCare(memory, NOW + 40_000, 10_000).members;
    expect(member?.fsync.p99Ms).toBeGreaterThan(90);
    expect(member?.fsyncMs).toEqual([null, member?.fsync.p99Ms]);
  });
});

describe('findings', () => {
  it('are none of three that are well', () => {
    expect(codes(three())).toEqual([]);
  });

  it('no_margin: one of three is gone; with five of them one may still go', () => {
    expect(find([...three().slice(0, 2), gone('e3')], 'no_margin')).toMatchObject({
      severity: 'warning',
      members: ['e3'],
    });
    expect(codes([...three(), node('e4'), gone('e5')])).not.toContain('no_margin');
  });

  it('no_quorum: two of three are gone', () => {
    expect(codes([...three().slice(0, 1), gone('e2'), gone('e3')])).toEqual(['no_quorum']);
  });

  it('member_silent: not for a question that failed once', () => {
    const five = (at: number) =>
      [...three(), node('e4'), gone('e5')].map((one) => ({
        ...one,
        status: one.key === 'e5' ? silent('timeout', at) : says({ role: one.key === 'e1' ? 'leader' : 'follower' }, at),
      }));
    const memory = remember(null, raw(five(NOW)));
    const at = (ms: number) =>
      assessCare({ care: careOf(five(NOW + ms), { at: NOW + ms }, memory), now: NOW + ms, twins: [] }).map(
        ({ code }) => code,
      );
    expect(at(3000)).not.toContain('member_silent');
    expect(at(12_000)).toContain('member_silent');
  });

  it('alarm: critical, with what ends it', () => {
    const full = [node('e1', { status: says({ role: 'leader', alarms: ['NOSPACE'] }) }), ...three().slice(1)];
    expect(find(full, 'alarm')).toMatchObject({ severity: 'critical', members: ['e1'] });
    expect(String(find(full, 'alarm')?.advice)).toContain('alarm disarm');
  });

  it('size: from 80 % of the quota, critical from 95 %; 79 % is none, nor a size without a quota', () => {
    const at = (mib: number, quotaBytes: number | null = 100 * MIB) =>
      find(
        [
          node('e1', { status: says({ role: 'leader', sizeBytes: mib * MIB }), numbers: counts({ quotaBytes }) }),
          ...three().slice(1),
        ],
        'size',
      );
    expect(at(79)).toBeUndefined();
    expect(at(80)).toMatchObject({ severity: 'warning' });
    expect(at(96)).toMatchObject({ severity: 'critical' });
    expect(at(96, null)).toBeUndefined();
    expect(String(at(80)?.advice)).toMatch(/free pages/);
  });

  it('slow_disk: from 100 ms p99; 99 ms, though above what is advised, is none', () => {
    const upTo = [0.05, 0.099, 0.2, Number.POSITIVE_INFINITY];
    const at = (bucket: readonly number[]): CareFinding | undefined => {
      const look = (when: number, of: readonly number[]) => [
        node('e1', { status: says({ role: 'leader' }, when), numbers: counts({ fsync: { upTo, counts: of } }, when) }),
        ...['e2', 'e3'].map((name) => node(name, { status: says({}, when), numbers: counts({}, when) })),
      ];
      const memory = remember(null, raw(look(NOW, [0, 0, 0, 0])));
      const care = careOf(look(NOW + 9000, bucket), { at: NOW + 9000 }, memory);
      return assessCare({ care, now: NOW + 9000, twins: [] }).find(({ code }) => code === 'slow_disk');
    };
    expect(at([0, 100, 100, 100])).toBeUndefined();
    expect(at([0, 0, 100, 100])).toMatchObject({ severity: 'warning', members: ['e1'] });
    expect(String(at([0, 0, 100, 100])?.advice)).toMatch(/Patroni demotes its primary/);
  });

  it('clock: more than three seconds apart among themselves; what all are ahead of Howdah is none', () => {
    const at = (first: number, second: number) =>
      codes([
        node('e1', { status: says({ role: 'leader' }), numbers: counts({ aheadMs: first }) }),
        node('e2', { numbers: counts({ aheadMs: second }) }),
        node('e3', { numbers: counts({ aheadMs: second }) }),
      ]);
    expect(at(0, 3500)).toContain('clock');
    expect(at(60_000, 60_500)).not.toContain('clock');
  });

  it('unstarted: a voter; a learner that was never started is the ordinary way to add one', () => {
    const never = (votes: boolean) => node('e4', { votes, started: false, urls: [], status: silent('refused') });
    expect(codes([...three(), never(true)])).toContain('unstarted');
    expect(codes([...three(), never(false)])).toEqual([]);
  });

  it('learner_behind: below nine tenths of the log; one that is just behind is none', () => {
    const learner = (position: number) => node('e4', { votes: false, status: says({ role: 'learner', position }) });
    expect(codes([...three(), learner(800)])).toEqual(['learner_behind']);
    expect(codes([...three(), learner(950)])).toEqual([]);
  });

  it('certificate: within 30 days, critical within 7; 31 days are none. Howdah has one too', () => {
    const at = (days: number) =>
      find(
        [node('e1', { status: says({ role: 'leader' }), certificateEndsAt: NOW + days * DAY }), ...three().slice(1)],
        'certificate',
      );
    expect(at(31)).toBeUndefined();
    expect(at(29)).toMatchObject({ severity: 'warning' });
    expect(at(6)).toMatchObject({ severity: 'critical' });
    expect(String(at(-1)?.title)).toMatch(/has ended/);
    expect(String(find(three(), 'certificate', { ownCertificateEndsAt: NOW + 3 * DAY })?.title)).toMatch(/Howdah/);
  });

  it('versions, even, too_many, one_host and twin are said of what they are, and not of three on three hosts', () => {
    expect(codes([...three().slice(0, 2), node('e3', { status: says({ version: '3.4.23' }) })])).toEqual(['versions']);
    expect(codes([...three(), node('e4')])).toEqual(['even']);
    expect(codes([4, 5, 6, 7, 8, 9].map((n) => node(`e${n}`)).concat(three()))).toEqual(['too_many']);
    const onOne = three().map((one, index) => ({ ...one, peerUrls: [`http://10.0.0.9:${2380 + index}`] }));
    expect(codes(onOne)).toEqual(['one_host']);
    expect(findings(three(), {}, ['etcd-b']).map(({ code }) => code)).toEqual(['twin']);
    expect(findings(three(), { identity: null }, ['etcd-b'])).toEqual([]);
  });
});
