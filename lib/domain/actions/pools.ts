// Databases of PgBouncer that are paused around a handover, so that clients wait instead of meeting an error: which can be, what that
// costs, and when it is over. Only what a sign-in by its own way proved to lead to the leader is ever paused. Pure.
import { formatSeconds, joinNames, plural } from '../../language/quantity';
import { agree, joined, say, type Text } from '../../language/sentence';
import type { Cluster } from '../cluster';
import type { ProbeStatus } from '../wire/entry-probe';
import type { PgbouncerDatabase, PgbouncerPool } from '../wire/pgbouncer';
import type {
  ActionFacts,
  ActionRecord,
  ActionRequest,
  PausedPool,
  PlannedStep,
  PoolFact,
  PoolOffer,
  Preflight,
} from './action';
import { expectedAt, expectedOutage, pausedMs } from './expected-outage';

/** So long PAUSE waits for transactions that are open; then it is taken back, and nothing is done. */
export const PAUSE_MS = 5000;
/** Past the ttl: whatever is not over by then is no switchover any more, and clients have waited enough. */
const AFTER_TTL_MS = 10_000;
const TTL_SECONDS = 30;

/** A fact of which nothing speaks against pausing. */
export type ReadyPool = PoolFact & { readonly database: string; readonly target: string };

export function readyPools(pools: readonly PoolFact[]): readonly ReadyPool[] {
  return pools.filter(
    (pool): pool is ReadyPool => pool.obstacle === null && pool.database !== null && pool.target !== null,
  );
}

export const poolName = ({ entry, database }: Pick<PoolFact, 'entry' | 'database'>): Text =>
  database === null ? entry : say`${database} on ${entry}`;

export function wantsPools(request: ActionRequest): boolean {
  return (request.kind === 'switchover' || request.kind === 'rolling_restart') && request.pausePools === true;
}

export function plannedPools(request: ActionRequest, facts: ActionFacts): readonly PausedPool[] {
  if (!wantsPools(request)) return [];
  return readyPools(facts.pools ?? []).map(({ entry, database, target }) => ({
    ...{ entry, database, target },
    ...{ state: 'planned', pausedAt: null, resumedAt: null, waiting: null },
  }));
}

/** What speaks against a database by its own words, before anybody has gone its way; null: nothing does. */
export function poolObstacle(
  database: PgbouncerDatabase,
  pools: readonly PgbouncerPool[],
  cluster: Cluster,
): Text | null {
  const { host, port, paused, mode } = database;
  const modes = [mode, ...pools.filter(({ database: name }) => name === database.name).map((pool) => pool.mode)];
  if (paused) return say`it is paused already, and not by this`;
  // PAUSE would wait until every client has gone.
  if (modes.some((one) => one !== 'transaction' && one !== 'statement'))
    return say`its pool_mode is ${modes.find((one) => one !== 'transaction' && one !== 'statement') ?? say`not known`}: PAUSE would wait for every client to leave`;
  if (host === null || port === null) return say`it goes by a local socket, which leads to one member`;
  if (host.includes(',')) return say`it names several hosts, in turn and without a look at their role`;
  const direct = cluster.members.find((member) => member.host === host && member.port === port);
  return direct === undefined ? null : say`it leads to ${direct.name} itself and not to whoever leads`;
}

/** What a sign-in by its way said of it. `not_ours`: it leads to a replica, or to another cluster, and is nobody's business here. */
export function wayObstacle(said: ProbeStatus | null, cluster: Cluster): Text | 'not_ours' | null {
  if (said === null) return say`who answers by its way cannot be told`;
  if (said.systemIdentifier === null || cluster.systemIdentifier === null)
    return say`who answers by its way cannot be told`;
  if (said.systemIdentifier !== cluster.systemIdentifier || !said.isPrimary) return 'not_ours';
  return null;
}

/** Does the way lead to the new leader? By its timeline, which a promotion always raises. */
export function leadsOn(
  said: ProbeStatus | null,
  before: { readonly systemIdentifier: string | null; readonly timeline: number | null },
): boolean {
  return (
    said?.isPrimary === true &&
    said.systemIdentifier === before.systemIdentifier &&
    said.timeline !== null &&
    said.timeline > (before.timeline ?? Number.POSITIVE_INFINITY)
  );
}

/** So long after PAUSE it is resumed, whatever is seen. */
export function pauseLimitMs({ config }: Cluster): number {
  const ttl = Number(config?.value.ttl ?? TTL_SECONDS);
  return (Number.isFinite(ttl) && ttl > 0 ? ttl : TTL_SECONDS) * 1000 + AFTER_TTL_MS;
}

export function poolOffer(request: ActionRequest, cluster: Cluster, facts: ActionFacts | null): PoolOffer | null {
  const pools = facts?.pools;
  if (pools === undefined || pools.length === 0 || facts === null) return null;
  if (request.kind !== 'switchover' && request.kind !== 'rolling_restart') return null;
  const not = (why: Text): PoolOffer => ({ offered: false, text: say`Not offered: ${why}.` });
  if (request.kind === 'switchover' && request.scheduledAt !== null)
    return not(say`Patroni begins a scheduled switchover by itself, and Howdah could not be at its side`);
  if (cluster.standbyCluster !== null) return not(say`nobody writes to a standby cluster`);
  const ready = readyPools(pools);
  const others = pools.filter(({ obstacle }) => obstacle !== null);
  const why = joined(
    others.map((pool) => say`${poolName(pool)}: ${pool.obstacle ?? ''}`),
    '; ',
  );
  if (ready.length === 0) return not(why);
  const names = joinNames(ready.map(poolName));
  const clients = ready.reduce((sum, pool) => sum + pool.clients, 0);
  const measured = pausedMs(facts.outages);
  const outage = expectedOutage(request, true, facts.outages);
  const long =
    measured !== null
      ? say`wait about ${formatSeconds(measured.ms / 1000)} and see no error: measured ${measured.times === 1 ? say`once` : plural(measured.times, 'time')} here`
      : outage?.ms != null
        ? say`wait about ${formatSeconds(outage.ms / 1000)} or a little longer and see no error`
        : say`wait until the new leader answers, mostly some seconds, and see no error`;
  const buys = say`Clients of ${names} (${clients} now) ${long}.`;
  return { offered: true, text: others.length === 0 ? buys : say`${buys} Not paused: ${why}.` };
}

/** What was not as planned; empty: all was. */
export function poolsDiffer(pools: readonly PausedPool[]): readonly Text[] {
  const of = (state: PausedPool['state']) => pools.filter((pool) => pool.state === state);
  const gone = of('ended_elsewhere');
  const stuck = of('not_resumed');
  return [
    ...(gone.length === 0
      ? []
      : [
          say`${joinNames(gone.map(poolName))} ${agree(gone.length, 'was', 'were')} not paused any more before Howdah resumed: PgBouncer was restarted, or somebody resumed`,
        ]),
    ...stuck.map(
      (pool) =>
        say`${poolName(pool)} may still be paused: Howdah goes on trying; by hand it is RESUME ${pool.database} on its console`,
    ),
  ];
}

/** The longest that one of them was paused; null: none was, or its end was not seen. */
export function longestPauseMs({ clients }: Pick<ActionRecord, 'clients'>): number | null {
  const all = (clients?.pools ?? []).flatMap(({ state, pausedAt, resumedAt }) =>
    state === 'resumed' && pausedAt !== null && resumedAt !== null ? [resumedAt - pausedAt] : [],
  );
  return all.length === 0 ? null : Math.max(...all);
}

/** With PAUSE before anything is asked of Patroni, and RESUME once the way leads to the new leader. */
export function stepsWithPools({ request, steps }: Preflight, facts: ActionFacts | null): readonly PlannedStep[] {
  if (!wantsPools(request)) return steps;
  const prefix = request.kind === 'rolling_restart' ? 'switchover:' : '';
  const names = joinNames(readyPools(facts?.pools ?? []).map(poolName));
  const outages = facts?.outages ?? [];
  const own = (key: string, title: Text): PlannedStep => ({
    ...{ key: `${prefix}${key}`, title },
    expectedAtMs: expectedAt(key, outages),
  });
  return steps.flatMap((step) => {
    if (step.key === `${prefix}requested`) return [own('pools_paused', say`PAUSE ${names}`), step];
    if (step.key !== `${prefix}promoted`) return [step];
    return [step, own('pools_resumed', say`RESUME, once the new leader has answered twice by the way of the clients`)];
  });
}
