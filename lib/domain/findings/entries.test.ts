import { describe, expect, it } from 'vitest';
import type { Finding, FindingCode, Snapshot } from '../cluster';
import { address, haproxy, other, pgbouncer, type ServerSpec } from '../entries/test-doors';
import { type ClusterSpec, type EntrySpec, NOW, play, steady } from '../testkit';

const THREE = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] as const;
const lb = (listeners: Readonly<Record<string, readonly ServerSpec[]>>, more: Partial<EntrySpec> = {}): EntrySpec => ({
  kind: 'haproxy',
  answer: haproxy(listeners),
  ...more,
});
const pools = (...of: Parameters<typeof pgbouncer>): EntrySpec => ({
  kind: 'pgbouncer',
  name: 'pool',
  answer: pgbouncer(...of),
});
const vip = (answers: Parameters<typeof address>[0], more: Partial<EntrySpec> = {}): EntrySpec => ({
  kind: 'address',
  name: 'vip',
  answer: address(answers),
  ...more,
});
const by = (...entries: readonly EntrySpec[]): ClusterSpec => ({ members: THREE, entries });
/** For 20 s, longer than any door takes. */
const lasting = (spec: ClusterSpec): Snapshot => steady(spec, 5, 5000);
const find = ({ findings }: Snapshot, code: FindingCode): Finding | undefined =>
  findings.find((finding) => finding.code === code);
const doorCodes = ({ findings }: Snapshot): string[] =>
  findings.flatMap(({ code }) => (/^(entry|pool)_/.test(code) ? [code] : []));
const listenerOf = ({ cluster }: Snapshot, name: string) =>
  cluster.entries?.flatMap(({ listeners }) => listeners).find((listener) => listener.name === name);

const GOOD = { primary: [{ name: 'n1', sessions: 7 }, other('n2'), other('n3')] };
const READS = { replicas: [other('n1'), { name: 'n2' }, { name: 'n3' }] };
/** Each its own, so that the start tells them apart. */
const STARTED = THREE.map(({ name }, index) => ({ name, fast: { started_ms: NOW - 3_600_000 - index * 1000 } }));
const startOf = (index: number): number => NOW - 3_600_000 - index * 1000;

describe('a good HAProxy', () => {
  it('is silent: the replicas that its check refuses are as they should be', () => {
    const snapshot = lasting(by(lb({ ...GOOD, ...READS })));
    expect(doorCodes(snapshot)).toEqual([]);
    expect(listenerOf(snapshot, 'primary')).toMatchObject({
      purpose: 'primary',
      purposeBy: 'behaviour',
      verdict: 'leader',
      members: ['n1'],
      sessions: 7,
    });
    expect(listenerOf(snapshot, 'replicas')).toMatchObject({ purpose: 'replicas', verdict: 'replicas' });
  });

  it('knows its servers by address before it goes by their names', () => {
    const servers = [
      { name: 'n3', addr: '10.0.0.1:5432' },
      other('n1', { addr: '10.0.0.2:5432' }),
      other('a', { addr: '10.0.0.3:6432' }),
    ];
    const { servers: known } = listenerOf(lasting(by(lb({ primary: servers }))), 'primary') ?? {};
    expect(known?.map(({ member, matchedBy }) => [member, matchedBy])).toEqual([
      ['n1', 'address'],
      ['n2', 'address'],
      ['n3', 'address'],
    ]);
  });

  it('shows no listener of another cluster, also where its servers have the names of ours', () => {
    const theirs = [{ name: 'n1', addr: '10.9.9.1:5432' }, other('n2', { addr: '10.9.9.2:5432' })];
    const snapshot = lasting(by(lb({ ...GOOD, theirs })));
    expect(snapshot.cluster.entries?.[0]?.listeners.map(({ name }) => name)).toEqual(['primary']);
  });

  it('is known for what it does whatever it is called', () => {
    const snapshot = lasting(by(lb({ x: GOOD.primary, y: READS.replicas })));
    expect([listenerOf(snapshot, 'x')?.purpose, listenerOf(snapshot, 'y')?.purpose]).toEqual(['primary', 'replicas']);
  });
});

describe('entry_unseen', () => {
  it('is unknown, not calm, where the statistics do not answer', () => {
    const snapshot = lasting(by(lb({}, { answer: 'auth' })));
    expect(find(snapshot, 'entry_unseen')?.severity).toBe('unknown');
    expect(snapshot.health).toBe('unknown');
  });

  it('is a note where it answers and knows nobody of this cluster', () => {
    expect(find(lasting(by(lb({ web: [{ name: 'w1' }] }))), 'entry_unseen')?.severity).toBe('note');
  });

  it('is not said before it was asked, nor of one late answer', () => {
    const raw = by(lb(GOOD));
    expect(doorCodes(play([raw]).snapshot)).toEqual([]);
  });
});

describe('entry_leads_nowhere', () => {
  const NOBODY = { primary: [other('n1', { check: 'L4CON' }), other('n2'), other('n3')] };

  it('is critical while the leader works', () => {
    const finding = find(lasting(by(lb(NOBODY))), 'entry_leads_nowhere');
    expect(finding?.severity).toBe('critical');
    expect(String(finding?.advice)).toContain('n1');
  });

  it('is not said of the seconds that every switchover takes', () => {
    expect(doorCodes(steady(by(lb(NOBODY)), 3, 2000))).not.toContain('entry_leads_nowhere');
  });

  it('is not said while nobody leads: then nobody should be there', () => {
    const spec: ClusterSpec = {
      ...by(lb(NOBODY)),
      members: [{ name: 'n1', role: 'replica' }, { name: 'n2' }, { name: 'n3' }],
      leader: null,
    };
    expect(doorCodes(lasting(spec))).not.toContain('entry_leads_nowhere');
  });

  it('is a warning for readers, and nothing where there is no replica to read from', () => {
    const nobody = { replicas: [other('n1'), other('n2'), other('n3')] };
    expect(find(lasting(by(lb(nobody, { replicas: ['replicas'] }))), 'entry_leads_nowhere')?.severity).toBe('warning');
    const alone = { ...by(lb({ replicas: [other('n1')] })), members: [{ name: 'n1' }] };
    expect(doorCodes(lasting(alone))).not.toContain('entry_leads_nowhere');
  });

  it('is not said of a listener whose role nobody has now, such as sync standbys where there are none', () => {
    const asked = [other('n1'), other('n2'), other('n3')];
    expect(doorCodes(lasting(by(lb({ ...GOOD, sync: asked, async_replicas: asked }))))).toEqual([]);
    const cut = [other('n1', { check: 'L4CON' }), other('n2'), other('n3')];
    expect(doorCodes(lasting(by(lb({ pg: cut }))))).toContain('entry_leads_nowhere');
  });

  it('is said of an address that nobody holds, and says so otherwise where a host holds it and nobody listens', () => {
    const gone = find(lasting(by(vip({ '10.0.0.20': 'timeout' }))), 'entry_leads_nowhere');
    const refused = find(lasting(by(vip({ '10.0.0.20': 'refused' }))), 'entry_leads_nowhere');
    expect([gone?.severity, refused?.severity]).toEqual(['critical', 'critical']);
    expect(String(gone?.advice)).not.toBe(String(refused?.advice));
  });

  it('is not said of an address that answers and lets nobody in: who that is is not known', () => {
    expect(doorCodes(lasting(by(vip({ '10.0.0.20': 'auth' }))))).toEqual([]);
  });
});

describe('entry_wrong_member', () => {
  const led = (by1: ClusterSpec, second: ClusterSpec): ClusterSpec[] => [
    ...Array.from({ length: 5 }, () => by1),
    ...Array.from({ length: 8 }, () => second),
  ];
  const SWITCHED: Pick<ClusterSpec, 'members' | 'leader'> = {
    members: [{ name: 'n1', role: 'replica', upstream: 'n2' }, { name: 'n2', role: 'primary' }, { name: 'n3' }],
    leader: 'n2',
  };

  it('is critical where a door stays with the old leader, and names both', () => {
    const { snapshot } = play(led(by(lb(GOOD)), { ...by(lb(GOOD)), ...SWITCHED }), 5000);
    expect(find(snapshot, 'entry_wrong_member')).toMatchObject({ severity: 'critical', members: ['n1'] });
    expect(String(find(snapshot, 'entry_wrong_member')?.advice)).toContain('n2');
  });

  it('is not said of a door that follows, whose move is an event with what it took', () => {
    const moved = { primary: [other('n1'), { name: 'n2' }, other('n3')] };
    const { snapshot, all } = play(
      [
        ...led(by(lb(GOOD)), { ...by(lb(GOOD)), ...SWITCHED }).slice(0, 6),
        ...led(by(), { ...by(lb(moved)), ...SWITCHED }).slice(5),
      ],
      1000,
    );
    expect(all.flatMap(doorCodes)).toEqual([]);
    expect(listenerOf(snapshot, 'primary')?.led?.member).toBe('n2');
  });

  it('is not said of a listener for reads, nor of one whose purpose nobody knows', () => {
    const snapshot = lasting(by(lb({ x: [other('n1'), { name: 'n2' }, other('n3', { check: 'L4CON' })] })));
    expect(doorCodes(snapshot)).not.toContain('entry_wrong_member');
  });

  it('is said of an address on a replica, by the start of its postmaster', () => {
    const spec = { members: STARTED, entries: [vip({ '10.0.0.20': { inRecovery: true, startedAt: startOf(1) } })] };
    expect(find(lasting(spec), 'entry_wrong_member')).toMatchObject({ severity: 'critical', members: ['n2'] });
    const reads = {
      ...spec,
      entries: [vip({ '10.0.0.20': { inRecovery: true, startedAt: startOf(1) } }, { replicas: ['vip'] })],
    };
    expect(doorCodes(lasting(reads))).toEqual([]);
  });

  it('is said of another cluster, and of a second primary', () => {
    const foreign = vip({ '10.0.0.20': { inRecovery: false, startedAt: 5, system: '7000000000000000001' } });
    expect(String(find(lasting(by(foreign)), 'entry_wrong_member')?.title)).toContain('another cluster');
    const stray = vip({ '10.0.0.20': { inRecovery: false, startedAt: startOf(1) } });
    expect(String(find(lasting({ members: STARTED, entries: [stray] }), 'entry_wrong_member')?.title)).toContain(
      'without the leader key',
    );
  });

  it('is not said of an address that leads to the leader', () => {
    const spec = { members: STARTED, entries: [vip({ '10.0.0.20': { inRecovery: false, startedAt: startOf(0) } })] };
    expect(doorCodes(lasting(spec))).toEqual([]);
    expect(listenerOf(lasting(spec), 'vip.example:7000')).toMatchObject({ verdict: 'leader', members: ['n1'] });
  });
});

describe('entry_several', () => {
  const BOTH = { primary: [{ name: 'n1' }, { name: 'n2' }, other('n3')] };

  it('is a warning where two stay up behind a listener of the primary', () => {
    expect(find(lasting(by(lb(BOTH))), 'entry_several')).toMatchObject({ severity: 'warning', members: ['n1', 'n2'] });
  });

  it('is not said of the two seconds in which a switchover has two', () => {
    const { all } = play([by(lb(GOOD)), by(lb(GOOD)), by(lb(BOTH)), by(lb(BOTH)), by(lb(GOOD)), by(lb(GOOD))], 1150);
    expect(all.flatMap(doorCodes)).toEqual([]);
  });

  it('is said of an address that leads to one and to the other by turns, and not of a switchover and back', () => {
    const at = (index: number): ClusterSpec => ({
      members: STARTED,
      entries: [vip({ '10.0.0.20': { inRecovery: index > 0, startedAt: startOf(index) } })],
    });
    const turns = [0, 1, 0, 1, 0, 1, 0, 1, 0].map(at);
    expect(find(play(turns, 5000).snapshot, 'entry_several')).toMatchObject({ members: ['n1', 'n2'] });
    expect(doorCodes(play([0, 0, 1, 0, 0].map(at), 5000).snapshot)).toEqual([]);
  });

  it('is said of a name whose addresses lead to two members', () => {
    const spec = {
      members: STARTED,
      entries: [
        vip({
          '10.0.0.20': { inRecovery: false, startedAt: startOf(0) },
          '10.0.0.21': { inRecovery: true, startedAt: startOf(1) },
        }),
      ],
    };
    expect(doorCodes(lasting(spec))).toEqual(['entry_several']);
  });
});

describe('entry_role_not_tested', () => {
  const TCP = THREE.map(({ name }) => ({ name, check: 'L4OK', code: 0 }));

  it('is said of a TCP check and of no check, for that sends two of three to a replica', () => {
    for (const servers of [TCP, THREE.map(({ name }) => ({ name, status: 'no check', check: '' }))]) {
      const finding = find(lasting(by(lb({ postgres: servers }))), 'entry_role_not_tested');
      expect(finding?.severity).toBe('warning');
      expect(String(finding?.advice)).toContain('option httpchk');
    }
  });

  it('is not said where the settings say that it is for reads, nor of a single server', () => {
    expect(doorCodes(lasting(by(lb({ postgres: TCP }, { replicas: ['postgres'] }))))).toEqual([]);
    expect(doorCodes(lasting({ ...by(lb({ postgres: TCP.slice(0, 1) })), members: [{ name: 'n1' }] }))).toEqual([]);
  });

  it('is said of a pool with several hosts', () => {
    const many = pools({ app: { host: '10.0.0.1,10.0.0.2', port: 5432 } });
    expect(doorCodes(lasting(by(many)))).toEqual(['entry_role_not_tested']);
  });
});

describe('entry_keeps_sessions', () => {
  const kept = (changed: number, sessions: number) => ({
    primary: [{ name: 'n1' }, other('n2', { check: 'L4TOUT', sessions, changed }), other('n3')],
  });

  it('is a warning where a dead server has sessions', () => {
    expect(find(lasting(by(lb(kept(20, 4)))), 'entry_keeps_sessions')).toMatchObject({
      severity: 'warning',
      members: ['n2'],
    });
  });

  it('is not said in the first seconds, nor of a server that is drained', () => {
    expect(doorCodes(lasting(by(lb(kept(2, 4)))))).not.toContain('entry_keeps_sessions');
    const drained = { primary: [{ name: 'n1' }, { name: 'n2', status: 'DRAIN', sessions: 4 }, other('n3')] };
    expect(doorCodes(lasting(by(lb(drained))))).toEqual(['entry_drained']);
  });
});

describe('entry_rest_unreachable', () => {
  const CUT = { primary: [{ name: 'n1' }, other('n2', { check: 'L4TOUT', code: 0 }), other('n3')] };

  it('is said where Howdah hears the same Patroni', () => {
    expect(find(lasting(by(lb(CUT))), 'entry_rest_unreachable')).toMatchObject({
      members: ['n2'],
      severity: 'warning',
    });
  });

  it('is not said where nobody hears it: then it is that member', () => {
    const spec = {
      ...by(lb(CUT)),
      members: [{ name: 'n1' }, { name: 'n2', rest: 'timeout' as const }, { name: 'n3' }],
    };
    expect(doorCodes(lasting(spec))).toEqual([]);
  });

  it('is not said of one check that failed, however long the server has been down for its role', () => {
    const calm = { primary: [{ name: 'n1' }, other('n2'), other('n3')] };
    const moments = [calm, calm, calm, CUT, CUT, calm].map((listeners) => by(lb(listeners)));
    expect(play(moments, 4000).all.flatMap(doorCodes)).toEqual([]);
  });

  it('is not said of the answer 503, nor while a check runs', () => {
    expect(
      doorCodes(lasting(by(lb({ primary: [{ name: 'n1' }, other('n2', { check: '* L7STS' }), other('n3')] })))),
    ).toEqual([]);
  });
});

describe('entry_drained', () => {
  it('is a warning of the leader, beside that nobody is behind the door; a note of a replica', () => {
    const leader = { primary: [{ name: 'n1', status: 'MAINT' }, other('n2'), other('n3')] };
    const snapshot = lasting(by(lb(leader)));
    expect(doorCodes(snapshot).sort()).toEqual(['entry_drained', 'entry_leads_nowhere']);
    expect(find(snapshot, 'entry_drained')?.severity).toBe('warning');
    expect(String(find(snapshot, 'entry_leads_nowhere')?.advice)).toContain('by hand');
    const replica = { replicas: [other('n1'), { name: 'n2', status: 'DRAIN' }, { name: 'n3' }] };
    expect(find(lasting(by(lb(replica))), 'entry_drained')?.severity).toBe('note');
  });

  it('is not said of a name that HAProxy cannot resolve', () => {
    const spec = by(lb({ primary: [{ name: 'n1' }, { name: 'n2', status: 'MAINT (resolution)' }, other('n3')] }));
    expect(doorCodes(lasting(spec))).toEqual([]);
  });
});

describe.each(['1.18.0', '1.24.1'] as const)('pools of PgBouncer %s', (version) => {
  const at = (pool: Parameters<typeof pgbouncer>[0][string], config: Record<string, string> = {}) =>
    by(pools({ app: pool }, version, config));

  it('are silent while clients come and go', () => {
    const snapshot = lasting(at({}));
    expect(doorCodes(snapshot)).toEqual([]);
    expect(listenerOf(snapshot, 'app')).toMatchObject({ verdict: 'relays', pool: { mode: 'transaction', size: 20 } });
  });

  it('pool_paused is a note while it may be meant, a warning when it is forgotten, critical when clients wait', () => {
    const severity = (snapshot: Snapshot) => find(snapshot, 'pool_paused')?.severity;
    expect(severity(steady(at({ paused: true }), 3, 2000))).toBe('note');
    expect(severity(steady(at({ paused: true }), 9, 5000))).toBe('warning');
    expect(severity(steady(at({ paused: true, waiting: 3, waitSeconds: 12.5, busy: 0, idle: 0 }), 4, 5000))).toBe(
      'critical',
    );
    expect(doorCodes(steady(at({ paused: true, waiting: 3, waitSeconds: 2, busy: 0, idle: 0 }), 3, 1000))).toEqual([
      'pool_paused',
    ]);
  });

  it('pool_cannot_login is said where clients wait and there is no connection, not in the seconds of a reconnect', () => {
    const stuck = at({ waiting: 4, waitSeconds: 7, busy: 0, idle: 0 });
    expect(doorCodes(steady(stuck, 3, 5000))).toEqual(['pool_cannot_login']);
    expect(doorCodes(steady(stuck, 3, 1000))).toEqual([]);
    expect(doorCodes(steady(at({ waiting: 0, busy: 0, idle: 0 }), 3, 5000))).toEqual([]);
  });

  it('pool_clients_wait is a warning, critical when they are about to be cut off, nothing for a moment', () => {
    const busy = (waitSeconds: number) => at({ waiting: 2, waitSeconds, busy: 20, idle: 0 });
    expect(find(steady(busy(8), 3, 5000), 'pool_clients_wait')?.severity).toBe('warning');
    expect(find(steady(busy(70), 3, 5000), 'pool_clients_wait')?.severity).toBe('critical');
    expect(doorCodes(steady(busy(2), 3, 1000))).toEqual([]);
  });

  it('pool_slow_retry is a note of the default, not of a second', () => {
    expect(find(lasting(at({}, { server_login_retry: '15' })), 'pool_slow_retry')?.severity).toBe('note');
    expect(doorCodes(lasting(at({}, { server_login_retry: '2' })))).toEqual([]);
  });

  it('entry_wrong_member is said of a database that stays with the old leader', () => {
    const to = (host: string) => at({ host, port: 5432 });
    const switched: Pick<ClusterSpec, 'members' | 'leader'> = {
      members: [{ name: 'n1', role: 'replica', upstream: 'n2' }, { name: 'n2', role: 'primary' }, { name: 'n3' }],
      leader: 'n2',
    };
    const moments = [
      ...Array.from({ length: 3 }, () => to('10.0.0.1')),
      ...Array.from({ length: 6 }, () => ({ ...to('10.0.0.1'), ...switched })),
    ];
    expect(doorCodes(play(moments, 5000).snapshot)).toEqual(['entry_wrong_member']);
    expect(doorCodes(lasting(to('10.0.0.1')))).toEqual([]);
    // One that pointed at a replica from the beginning may be for reads.
    expect(doorCodes(lasting(to('10.0.0.2')))).toEqual([]);
  });
});
