// PgBouncer's databases as listeners: where they point, who waits, who paused them.
import type { PgbouncerDatabase, PgbouncerPool, PgbouncerStatus } from '../wire/pgbouncer';
import {
  type Draft,
  type DraftServer,
  type EntryContext,
  isSettled,
  isWanted,
  memberAt,
  purposeOf,
  verdictOf,
} from './draft';
import type { EntryPool, EntryVerdict } from './entry';

export function pgbouncerListeners(status: PgbouncerStatus, context: EntryContext): readonly Draft[] {
  return status.databases
    .filter(({ name }) => isWanted(name, context))
    .map((database) => listenerOf(database, status, context));
}

function listenerOf(database: PgbouncerDatabase, status: PgbouncerStatus, context: EntryContext): Draft {
  const { name } = database;
  const pools = status.pools.filter((pool) => pool.database === name);
  const pool = poolOf(database, pools, status, context);
  const servers = hostsOf(database).map((host) => serverAt(host, database, context));
  const taking = servers.filter(({ takes }) => takes);
  // Pointed at the leader once, it is meant for the leader.
  const [only] = servers.length === 1 ? servers : [];
  const isLed = only?.member != null && only.member === context.leader?.name && isSettled(context);
  const { purpose, purposeBy } = purposeOf(name, isLed ? 'primary' : null, context);
  return {
    name,
    purpose,
    purposeBy,
    verdict: verdict(pool, servers, verdictOf(taking, purpose, context)),
    members: [...new Set(taking.flatMap(({ member }) => member ?? []))].sort(),
    sessions: pool.clients,
    waiting: pool.waiting,
    servers,
    pool,
  };
}

function verdict({ paused, disabled }: EntryPool, servers: readonly DraftServer[], where: EntryVerdict): EntryVerdict {
  if (paused) return 'paused';
  if (disabled) return 'refused';
  // Round robin over its hosts, whatever they are.
  if (servers.length > 1) return 'untested';
  return servers.every(({ member }) => member === null) ? 'relays' : where;
}

function hostsOf({ host }: PgbouncerDatabase): readonly string[] {
  return (host ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function serverAt(host: string, { port, disabled }: PgbouncerDatabase, { cluster }: EntryContext): DraftServer {
  const member = memberAt(host, port, cluster.members);
  return {
    name: host,
    address: port === null ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`,
    member: member?.name ?? null,
    matchedBy: member === null ? null : 'address',
    takes: !disabled,
    state: 'unchecked',
    status: null,
    check: 'untested',
    checkCode: null,
    sessions: null,
    changedAt: null,
  };
}

function poolOf(
  { name, host, port, paused, disabled, size, mode }: PgbouncerDatabase,
  pools: readonly PgbouncerPool[],
  { loginRetrySeconds, waitLimitSeconds }: PgbouncerStatus,
  { listenerBefore, now }: EntryContext,
): EntryPool {
  const sum = (count: (pool: PgbouncerPool) => number): number => pools.reduce((all, pool) => all + count(pool), 0);
  const before = listenerBefore(name)?.pool ?? null;
  const waiting = sum(({ clientsWaiting }) => clientsWaiting);
  // Of one user: others of the same database may have theirs.
  const isStuck = pools.some(
    ({ clientsWaiting, serversActive, serversIdle }) => clientsWaiting > 0 && serversActive + serversIdle === 0,
  );
  return {
    target: host === null ? null : port === null ? host : `${host}:${port}`,
    paused,
    disabled,
    mode: mode ?? pools[0]?.mode ?? null,
    size,
    clients: sum(({ clientsActive, clientsWaiting }) => clientsActive + clientsWaiting),
    waiting,
    waitSeconds: Math.max(0, ...pools.map(({ waitSeconds }) => waitSeconds)),
    waitLimitSeconds,
    busy: sum(({ serversActive }) => serversActive),
    idle: sum(({ serversIdle }) => serversIdle),
    loginRetrySeconds,
    waitingSince: waiting === 0 ? null : (before?.waitingSince ?? now),
    stuckSince: isStuck && !paused ? (before?.stuckSince ?? now) : null,
  };
}
