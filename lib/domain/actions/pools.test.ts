// Which databases of PgBouncer may be paused around a handover, and what is said of it before anybody presses.
import { describe, expect, it } from 'vitest';
import { type ClusterSpec, NOW, quietFacts, steady } from '../testkit';
import type { ProbeStatus } from '../wire/entry-probe';
import type { PgbouncerDatabase, PgbouncerPool } from '../wire/pgbouncer';
import type { ActionFacts, ActionRequest, PausedPool, PoolFact } from './action';
import { leadsOn, longestPauseMs, pauseLimitMs, plannedPools, poolObstacle, poolsDiffer, wayObstacle } from './pools';
import { preflight } from './preflight';

const CLUSTER: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const { cluster } = steady(CLUSTER);
const SWITCHOVER: ActionRequest = { kind: 'switchover', candidate: 'n2', scheduledAt: null, pausePools: true };
const pool = (change: Partial<PoolFact> = {}): PoolFact => ({
  ...{ entry: 'pool', database: 'app', target: '10.0.0.9:5000', obstacle: null, clients: 12 },
  ...{ loginRetrySeconds: 1, waitLimitSeconds: 120, ...change },
});
const judged = (facts: Partial<ActionFacts>, request: ActionRequest = SWITCHOVER, spec: ClusterSpec = CLUSTER) => {
  const snapshot = steady(spec);
  return preflight(request, snapshot, quietFacts(snapshot, facts), NOW);
};
const codes = (...asked: Parameters<typeof judged>): readonly string[] =>
  judged(...asked).checks.flatMap(({ code, verdict }) => (code.startsWith('pools_') ? [`${code} ${verdict}`] : []));
const offer = (...asked: Parameters<typeof judged>): string => String(judged(...asked).pools?.text ?? 'no offer');

describe('the offer', () => {
  it('says what it buys and costs, by measure where there is one', () => {
    expect(offer({ pools: [pool()] })).toBe(
      'Clients of app on pool (12 now) wait until the new leader answers, mostly some seconds, and see no error.',
    );
    const sample = { at: 1, ms: 2600, by: 'probe' as const, steps: {} };
    expect(offer({ pools: [pool()], outages: [sample] })).toContain('wait about 2.6 s or a little longer');
    const outages = [3000, 3400, 5000].map((pausedMs, at) => ({ ...sample, at, pausedMs }));
    expect(offer({ pools: [pool()], outages: [...outages, sample] })).toContain(
      'wait about 3.4 s and see no error: measured 3 times here',
    );
  });

  it('is made for a switchover now and a rolling restart, and for nothing else', () => {
    const offered = (request: ActionRequest): boolean | undefined =>
      judged({ pools: [pool()] }, request).pools?.offered;
    expect(offered({ kind: 'rolling_restart', onlyPending: false })).toBe(true);
    expect(offered({ ...SWITCHOVER, scheduledAt: new Date(NOW + 3_600_000).toISOString() })).toBe(false);
    expect(offered({ kind: 'failover', candidate: 'n2' })).toBeUndefined();
    expect(offered({ kind: 'resume' })).toBeUndefined();
    const standby = { ...CLUSTER, config: { standby_cluster: { host: 'source', port: 5432 } } };
    expect(judged({ pools: [pool()] }, SWITCHOVER, standby).pools?.offered).toBe(false);
  });

  it('is none where no PgBouncer is named, and says why where none can be paused', () => {
    expect(judged({}).pools).toBeNull();
    expect(offer({ pools: [pool({ database: null, obstacle: 'the configuration has no `admin:` for it' })] })).toBe(
      'Not offered: pool: the configuration has no `admin:` for it.',
    );
  });
});

describe('the checks', () => {
  it('pass where all can be paused, and are silent where nobody asks for it', () => {
    expect(codes({ pools: [pool()] })).toEqual(['pools_not_pausable passed']);
    expect(codes({ pools: [pool({ loginRetrySeconds: 15 })] }, { ...SWITCHOVER, pausePools: false })).toEqual([]);
  });

  it('forbid what cannot be done: without PgBouncer, without any that can be paused, at a time', () => {
    expect(codes({})).toEqual(['pools_not_pausable blocker']);
    expect(codes({ pools: [pool({ obstacle: 'no' })] })).toContain('pools_not_pausable blocker');
    const later = { ...SWITCHOVER, scheduledAt: new Date(NOW + 3_600_000).toISOString() };
    expect(codes({ pools: [pool()] }, later)).toContain('pools_not_pausable blocker');
  });

  it('name those whose clients are not made to wait', () => {
    expect(codes({ pools: [pool(), pool({ entry: 'second', obstacle: 'it is paused already' })] })).toEqual([
      'pools_left_out warning',
      'pools_not_pausable passed',
    ]);
  });

  it('warn of a sign-in that is retried late, and of clients that may not wait long enough', () => {
    expect(codes({ pools: [pool({ loginRetrySeconds: 15 })] })).toContain('pools_login_retry warning');
    expect(codes({ pools: [pool({ loginRetrySeconds: 2 })] })).not.toContain('pools_login_retry warning');
    const outages = [{ at: 1, ms: 4000, by: 'probe' as const, steps: {} }];
    expect(codes({ outages, pools: [pool({ waitLimitSeconds: 11 })] })).toContain('pools_wait_limit warning');
    for (const waitLimitSeconds of [12, 0, null])
      expect(codes({ outages, pools: [pool({ waitLimitSeconds })] })).not.toContain('pools_wait_limit warning');
  });

  it('warn of a transaction that PAUSE would wait for in vain', () => {
    const leader = (seconds: number): Partial<ActionFacts> => {
      const facts = quietFacts(steady(CLUSTER));
      const longestTransaction = { pid: 77, seconds, application: null, user: null, query: null };
      return facts.leader === null ? {} : { pools: [pool()], leader: { ...facts.leader, longestTransaction } };
    };
    expect(codes(leader(5))).toContain('pools_transaction warning');
    expect(codes(leader(4.9))).not.toContain('pools_transaction warning');
  });

  it('stand before steps that pause first and resume after the promotion, also in the middle of a rolling restart', () => {
    const keys = judged({ pools: [pool()] }).steps.map(({ key }) => key);
    expect(keys.slice(0, 2)).toEqual(['pools_paused', 'requested']);
    expect(keys[keys.indexOf('promoted') + 1]).toBe('pools_resumed');
    const rolling = judged({ pools: [pool()] }, { kind: 'rolling_restart', onlyPending: false, pausePools: true });
    const all = rolling.steps.map(({ key }) => key);
    expect(all[0]).toBe('requested');
    expect(all[all.indexOf('switchover:requested') - 1]).toBe('switchover:pools_paused');
    expect(judged({ pools: [pool()] }, { ...SWITCHOVER, pausePools: false }).steps.map(({ key }) => key)).not.toContain(
      'pools_paused',
    );
  });
});

describe('a database', () => {
  const database = (change: Partial<PgbouncerDatabase> = {}): PgbouncerDatabase => ({
    ...{ name: 'app', host: '10.0.0.9', port: 5000, database: 'app', size: 20, mode: 'transaction' },
    ...{ paused: false, disabled: false, ...change },
  });
  const of = (mode: string): PgbouncerPool => ({
    ...{ database: 'app', user: 'u', clientsActive: 1, clientsWaiting: 0, serversActive: 0, serversIdle: 1 },
    ...{ serversLogin: 0, waitSeconds: 0, mode },
  });

  it('over another door can be paused in transaction and statement mode', () => {
    expect(poolObstacle(database(), [of('transaction')], cluster)).toBeNull();
    expect(poolObstacle(database({ mode: 'statement' }), [], cluster)).toBeNull();
  });

  it.each([
    ['that is paused already', database({ paused: true }), [], /paused already/],
    ['in session mode', database({ mode: 'session' }), [], /pool_mode is session/],
    ['of which one user has session mode', database(), [of('transaction'), of('session')], /pool_mode is session/],
    ['whose mode nobody says', database({ mode: null }), [], /not known/],
    ['over several hosts', database({ host: '10.0.0.1,10.0.0.2' }), [], /several hosts/],
    ['over a socket', database({ host: null, port: null }), [], /socket/],
    ['that leads to a member itself', database({ host: '10.0.0.1', port: 5432 }), [], /leads to n1 itself/],
  ] as const)('%s cannot', (_, one, pools, why) => {
    expect(String(poolObstacle(one, pools, cluster))).toMatch(why);
  });

  it('over HAProxy on the host of a member can: only the member itself does not follow', () => {
    expect(poolObstacle(database({ host: '10.0.0.1', port: 5000 }), [], cluster)).toBeNull();
  });

  it('is nobody’s business where its way leads to a replica or another cluster', () => {
    const said = (change: Partial<ProbeStatus> = {}): ProbeStatus => ({
      ...{ isPrimary: true, startedAt: 1, systemIdentifier: cluster.systemIdentifier, serverAddress: null },
      ...{ timeline: cluster.timeline, name: null, ...change },
    });
    expect(wayObstacle(said(), cluster)).toBeNull();
    expect(wayObstacle(said({ isPrimary: false }), cluster)).toBe('not_ours');
    expect(wayObstacle(said({ systemIdentifier: '1' }), cluster)).toBe('not_ours');
    expect(String(wayObstacle(null, cluster))).toContain('cannot be told');
    expect(String(wayObstacle(said({ systemIdentifier: null }), cluster))).toContain('cannot be told');
  });

  it('is resumed by a later timeline of the same cluster, and not by one whose timeline was never known', () => {
    const said = { isPrimary: true, startedAt: 1, systemIdentifier: '7', serverAddress: null, timeline: 5, name: null };
    expect(leadsOn(said, { systemIdentifier: '7', timeline: 4 })).toBe(true);
    expect(leadsOn(said, { systemIdentifier: '7', timeline: 5 })).toBe(false);
    expect(leadsOn(said, { systemIdentifier: '7', timeline: null })).toBe(false);
    expect(leadsOn({ ...said, timeline: null }, { systemIdentifier: '7', timeline: 4 })).toBe(false);
  });
});

describe('what was paused', () => {
  const paused = (change: Partial<PausedPool> = {}): PausedPool => ({
    ...{ entry: 'pool', database: 'app', target: '10.0.0.9:5000', state: 'resumed' },
    ...{ pausedAt: 1000, resumedAt: 4000, waiting: 2, ...change },
  });

  it('is planned from the facts, without those that cannot be', () => {
    const facts = quietFacts(steady(CLUSTER), { pools: [pool(), pool({ database: 'shop', obstacle: 'no' })] });
    expect(plannedPools(SWITCHOVER, facts).map(({ database, state }) => [database, state])).toEqual([
      ['app', 'planned'],
    ]);
    expect(plannedPools({ ...SWITCHOVER, pausePools: false }, facts)).toEqual([]);
  });

  it('differs from the plan where it ended by others’ doing or may last', () => {
    expect(poolsDiffer([paused()])).toEqual([]);
    const said = poolsDiffer([paused({ state: 'ended_elsewhere' }), paused({ entry: 'p2', state: 'not_resumed' })]);
    expect(said.map(String)).toEqual([
      expect.stringContaining('app on pool was not paused any more'),
      expect.stringContaining('by hand it is RESUME app'),
    ]);
  });

  it('tells the next preflight how long it was, where its end was seen', () => {
    const clients = (pools: readonly PausedPool[]) => ({ clients: { sessions: null, doors: [], pools } });
    expect(longestPauseMs(clients([paused(), paused({ resumedAt: 4500 })]))).toBe(3500);
    expect(longestPauseMs(clients([paused({ state: 'ended_elsewhere' })]))).toBeNull();
    expect(longestPauseMs({})).toBeNull();
  });

  it('lasts no longer than the ttl and ten seconds', () => {
    expect(pauseLimitMs(steady({ ...CLUSTER, config: { ttl: 20 } }).cluster)).toBe(30_000);
  });
});
