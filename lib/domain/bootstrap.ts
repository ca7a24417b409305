// Is the cluster being made? `initialize` is empty while somebody runs initdb or a bootstrap script (patroni/ha.py v4.1.5, bootstrap):
// until it is done there is no leader to lose and nothing to fail over to. Pure.
import type { Cluster, Member } from './cluster';

/** `running`: somebody makes the first data directory. `begun`: the key says so, and nobody is seen to. `awaited`: nobody has data. */
export interface Bootstrap {
  readonly kind: 'running' | 'begun' | 'awaited' | 'failed';
  /** Who runs it, or where it failed; else whom it is waited for. */
  readonly members: readonly Member[];
}

const RUNNING: ReadonlySet<string> = new Set([
  'initializing new cluster',
  // Misspelt so until 3.0.1.
  'initalizing new cluster',
  'running custom bootstrap script',
  'starting after custom bootstrap',
]);
const COPYING: ReadonlySet<string> = new Set(['creating replica']);
const FAILED: ReadonlySet<string> = new Set(['initdb failed', 'custom bootstrap failed']);

export function bootstrapOf(cluster: Cluster): Bootstrap | null {
  const { leader, members, initialize } = cluster;
  if (leader !== null) return null;
  const within = (words: ReadonlySet<string>): Member[] =>
    members.filter(({ state, listed }) => listed && state !== null && words.has(state));
  const failed = within(FAILED);
  if (failed.length > 0) return { kind: 'failed', members: failed };
  const running = within(RUNNING);
  if (running.length > 0) return { kind: 'running', members: running };
  // A standby cluster is made by a copy of its source (ha.py v4.1.5, bootstrap_standby_leader).
  const copying = initialize === '' ? within(COPYING) : [];
  if (copying.length > 0) return { kind: 'running', members: copying };
  const empty = members.filter((member) => member.listed && !member.silent && hasNoData(member));
  if (members.some((member) => !member.silent && member.postgresRole === 'primary')) return null;
  if (initialize === '') {
    // A bootstrap from a backup starts PostgreSQL and waits for the end of its recovery; the key stays empty meanwhile.
    const recovering = members.filter((member) => member.listed && !member.silent && !hasNoData(member));
    // Two that have data are a cluster, whatever the key says.
    if (recovering.length > 1) return null;
    return recovering.length > 0 ? { kind: 'running', members: recovering } : { kind: 'begun', members: empty };
  }
  const isAwaited = initialize === null && cluster.dcs?.state === 'fresh' && empty.length > 0;
  return isAwaited && empty.length === members.filter(({ listed }) => listed).length
    ? { kind: 'awaited', members: empty }
    : null;
}

/** Nothing to start yet: no identifier, no timeline, no PostgreSQL. */
export function hasNoData({ systemIdentifier, timeline, startedAt, postgresRole }: Member): boolean {
  return systemIdentifier === null && timeline === null && startedAt === null && postgresRole === 'unknown';
}
