// What a preflight of a handover asks of the PgBouncers before a cluster: their databases, and who answers by the way each of them goes.
// Read when asked for, never in the rounds.
import type { PoolFact } from '../../domain/actions/action';
import { poolObstacle, wayObstacle } from '../../domain/actions/pools';
import type { Snapshot } from '../../domain/cluster';
import type { ProbeStatus } from '../../domain/wire/entry-probe';
import { type PgbouncerDatabase, parsePgbouncerStatus } from '../../domain/wire/pgbouncer';
import { say, type Text } from '../../language/sentence';
import type { ClusterReach, PoolReach, Reach } from './reach';

const DEADLINE_MS = 2000;
/** Of all PgBouncers of a cluster together. */
const WAYS_MAX = 16;
const DATABASES_MAX = 50;

type Ways = Pick<Reach, 'whoAnswers'>;

export async function readPoolFacts(
  snapshot: Snapshot,
  reach: Pick<ClusterReach, 'pools' | 'source' | 'dcs' | 'dcsScope'>,
  ways: Ways,
): Promise<readonly PoolFact[]> {
  // From the PAUSE on clients wait: the connection that the write will take is there by then.
  const warm = reach.dcs?.current(reach.dcsScope).catch(() => null);
  const asked = new Map<string, Promise<ProbeStatus | null>>();
  const way = (entry: string, target: string): Promise<ProbeStatus | null> | null => {
    const known = asked.get(target);
    if (known !== undefined || asked.size >= WAYS_MAX) return known ?? null;
    const answer = ways.whoAnswers(reach.source.name, entry, target, DEADLINE_MS);
    asked.set(target, answer);
    return answer;
  };
  const all = reach.pools.map((pool) => factsOf(pool, snapshot, reach.source.postgres !== null, way));
  const facts = (await Promise.all(all)).flat();
  await warm;
  return facts;
}

async function factsOf(
  { entry, replicas, console }: PoolReach,
  { cluster }: Snapshot,
  canSignIn: boolean,
  way: (entry: string, target: string) => Promise<ProbeStatus | null> | null,
): Promise<readonly PoolFact[]> {
  const about = { entry, database: null, target: null, clients: 0, loginRetrySeconds: null, waitLimitSeconds: null };
  const whole = (obstacle: Text): readonly PoolFact[] => [{ ...about, obstacle }];
  if (console === null) return whole(say`the configuration has no \`admin:\` for it`);
  if (!canSignIn) return whole(say`without an SQL role nobody can tell when its way leads to the new leader`);
  const reading = await console.read(DEADLINE_MS);
  if (!reading.ok) return whole(say`its console: ${reading.error.message}`);
  const { databases, pools, loginRetrySeconds, waitLimitSeconds } = parsePgbouncerStatus(reading.value);
  const wanted = databases
    .filter(({ name, disabled }) => !disabled && !replicas.includes(name))
    .slice(0, DATABASES_MAX);
  const facts = wanted.map(async (database): Promise<readonly PoolFact[]> => {
    const target = targetOf(database);
    const own = pools.filter((pool) => pool.database === database.name);
    const fact = {
      ...{ entry, database: database.name, target, loginRetrySeconds, waitLimitSeconds },
      clients: own.reduce((sum, { clientsActive, clientsWaiting }) => sum + clientsActive + clientsWaiting, 0),
    };
    const said = target === null ? null : await way(entry, target);
    const obstacle = wayObstacle(said, cluster);
    // Another cluster's, or one for replicas: not a word of it.
    if (obstacle === 'not_ours') return [];
    return [{ ...fact, obstacle: poolObstacle(database, own, cluster) ?? obstacle }];
  });
  return (await Promise.all(facts)).flat();
}

function targetOf({ host, port }: PgbouncerDatabase): string | null {
  return host === null || port === null || host.includes(',') ? null : `${host}:${port}`;
}
