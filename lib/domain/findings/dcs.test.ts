import { describe, expect, it } from 'vitest';
import { preflight } from '../actions/preflight';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { DCS_KINDS, dcsName } from '../dcs-kind';
import { glyphOf } from '../fleet';
import { type ClusterSpec, codesOf, memberOf, NOW, play, quietFacts, steady } from '../testkit';

const members = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const [e1, e2, e3] = [{ name: 'e1', leads: true }, { name: 'e2' }, { name: 'e3' }] as const;
const find = (snapshot: Snapshot, code: FindingCode): Finding | undefined =>
  snapshot.findings.find((finding) => finding.code === code);

describe('dcs_unreachable', () => {
  const stale: ClusterSpec = { members, dcs: 'stale' };

  it('makes who leads unknown: nothing depends on the last word of the DCS', () => {
    const { snapshot } = play([{ members }, { ...stale, now: NOW + 60_000 }]);
    expect(find(snapshot, 'dcs_unreachable')?.severity).toBe('unknown');
    expect(snapshot.health).toBe('unknown');
    expect(snapshot.cluster).toMatchObject({ writable: null, leader: { name: 'n1', known: false } });
    expect(glyphOf(memberOf(snapshot, 'n1'), snapshot.cluster)).toBe('unknown');
    expect(snapshot.readiness.failoverPossible).not.toBe(true);
  });

  it('is said of a DCS that never answered, too', () => {
    expect(codesOf(steady({ members, dcs: 'never' }))).toContain('dcs_unreachable');
  });

  it('is not said within the five seconds that an election within the DCS may take', () => {
    const { snapshot } = play([{ members }, { members, dcsAgeMs: 4900 }]);
    expect(codesOf(snapshot)).toEqual([]);
    expect(snapshot.health).toBe('ok');
    expect(codesOf(steady({ members, dcsAgeMs: 5100, endpoints: [{ ...e1, read: 'timeout' }] }))).toContain(
      'dcs_unreachable',
    );
  });

  it('is not said where no DCS is configured', () => {
    expect(codesOf(steady({ members, dcs: 'off' }))).toEqual([]);
  });
});

describe('dcs_no_quorum', () => {
  it('is critical when members of the DCS answer but every read that needs the quorum fails', () => {
    const endpoints = [
      { ...e1, read: 'timeout' },
      { ...e2, status: 'timeout', read: 'timeout' },
      { ...e3, status: 'timeout', read: 'timeout' },
    ] as const;
    const finding = find(steady({ members, dcs: 'stale', endpoints }), 'dcs_no_quorum');
    expect(finding?.severity).toBe('critical');
    expect(finding?.title).toContain('1 of 3');
  });

  it('and a failover that is possible are never said of the same moment', () => {
    const endpoints = [
      { ...e1, read: 'timeout' },
      { ...e2, read: 'timeout' },
    ] as const;
    for (const dcsAgeMs of [0, 1000, 2000, 3000, 4000, 4900, 5100, 9000]) {
      const snapshot = steady({ members, endpoints, dcsAgeMs });
      const isLost = codesOf(snapshot).includes('dcs_no_quorum');
      expect([dcsAgeMs, isLost && snapshot.readiness.failoverPossible !== false]).toEqual([dcsAgeMs, false]);
      expect([dcsAgeMs, isLost]).toEqual([dcsAgeMs, dcsAgeMs >= 3000]);
    }
  });

  it('is not said while one endpoint still proves the quorum', () => {
    const endpoints = [e1, { ...e2, read: 'timeout' }, { ...e3, status: 'timeout', read: 'timeout' }] as const;
    expect(codesOf(steady({ members, endpoints }))).toEqual(['dcs_endpoint_down']);
  });

  it('is not said when nothing answers at all: that may be our own network', () => {
    expect(codesOf(steady({ members, dcs: 'stale' }))).not.toContain('dcs_no_quorum');
  });
});

describe('dcs_endpoint_down', () => {
  it('is a warning that counts how many more may be lost', () => {
    const endpoints = [e1, e2, { ...e3, status: 'refused', read: 'refused' }] as const;
    const finding = find(steady({ members, endpoints }), 'dcs_endpoint_down');
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding?.evidence.at(-1)?.text).toContain('0 more losses');
  });

  it.each(['denied', 'auth'] as const)(
    'is not said of an endpoint that refuses its status (%s) but reads: unknown is not down',
    (kind) => {
      const endpoints = [e1, e2, { ...e3, status: kind }] as const;
      const snapshot = steady({ members, endpoints });
      expect(codesOf(snapshot)).toEqual([]);
      expect(snapshot.cluster.dcs?.endpoints[2]?.state).toBe('unknown');
    },
  );
});

describe('dcs_session_limit', () => {
  const limited = (sessionLimitSeconds: number, ttl: number) =>
    steady({ members, kind: 'zookeeper', sessionLimitSeconds, config: { ttl } });

  it('is a warning where the ttl is longer than any session: the key goes while its holder counts on it', () => {
    const finding = find(limited(40, 60), 'dcs_session_limit');
    expect(finding?.severity).toBe('warning');
    expect(finding?.title).toMatch(/60 s to 40 s/);
  });

  it('is not said of a ttl that is just granted, nor where no limit is known', () => {
    expect(codesOf(limited(40, 40))).toEqual([]);
    expect(codesOf(steady({ members, config: { ttl: 3600 } }))).toEqual([]);
  });
});

describe('dcs_alarm', () => {
  it('is critical for NOSPACE and says how to end it', () => {
    const finding = find(steady({ members, endpoints: [{ ...e1, alarms: ['NOSPACE'] }, e2, e3] }), 'dcs_alarm');
    expect(finding?.severity).toBe('critical');
    expect(finding?.advice).toContain('etcdctl alarm disarm');
  });

  it('is critical for an alarm that nobody here knows, and gives no advice meant for another', () => {
    const finding = find(steady({ members, endpoints: [{ ...e1, alarms: ['toString'] }, e2, e3] }), 'dcs_alarm');
    expect(finding).toMatchObject({ severity: 'critical', title: 'etcd alarm toString' });
    expect(finding?.advice).not.toContain('disarm');
  });

  it('is not said from the memory of an endpoint that no longer answers', () => {
    const raw = steady({ members, endpoints: [{ ...e1, alarms: ['NOSPACE'], status: 'timeout' }, e2, e3] });
    expect(codesOf(raw)).not.toContain('dcs_alarm');
  });
});

describe.each(DCS_KINDS)('a cluster on %s', (kind) => {
  const down = { status: 'timeout', read: 'timeout' } as const;
  const states: readonly Omit<ClusterSpec, 'members'>[] = [
    {},
    { dcs: 'stale' },
    { dcs: 'never' },
    {
      dcs: 'stale',
      endpoints: [
        { ...e1, read: 'timeout' },
        { ...e2, ...down },
        { ...e3, ...down },
      ],
    },
    { endpoints: [e1, e2, { ...e3, ...down }] },
    { endpoints: [{ ...e1, alarms: ['FULL'] }, e2, e3] },
  ];
  const said = states.map((state) => {
    const snapshot = steady({ members, kind, ...state });
    const request = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
    return JSON.stringify([snapshot.findings, preflight(request, snapshot, quietFacts(snapshot), NOW)]);
  });

  it('is spoken of by the name of its own DCS, and by no other', () => {
    const others = DCS_KINDS.filter((other) => other !== kind).map(dcsName);
    expect(others.filter((name) => said.some((text) => text.includes(name)))).toEqual([]);
    expect(said.every((text) => text.includes(dcsName(kind)))).toBe(true);
  });
});

describe('dcs_rival', () => {
  const rivalOf = (holder: string): ClusterSpec => ({
    members,
    beside: { rival: { holder, place: 'Endpoints demo' } },
  });

  it('is critical: two members each hold a leader key that lives', () => {
    const finding = find(steady(rivalOf('n2')), 'dcs_rival');
    expect(finding).toMatchObject({ severity: 'critical', members: ['n2'] });
    expect(String(finding?.title)).toBe('n2 holds a second leader key, in Endpoints demo');
  });

  it('is not said where the leader itself holds both, or there is one', () => {
    expect(codesOf(steady(rivalOf('n1')))).toEqual([]);
    expect(codesOf(steady({ members }))).toEqual([]);
  });
});
