// Reads the row of lib/io/postgres-activity.ts, loosely: one wrong column is an absent value, never a lost answer. Pure.
import { boolean, field, type Json, list, notNegative, number, positive, text, wholeNumber } from '../wire/loose';
import type {
  Activity,
  ActivitySlot,
  BlockingRow,
  Connections,
  HeldLock,
  Horizon,
  PreparedTransaction,
  ProgressRow,
  Session,
} from './activity';
import { blockingTree } from './blocking';

const CLIENT = 'client backend';
const HOLDERS: readonly string[] = ['session', 'slot', 'prepared', 'standby'];

/** null: it is not the answer to the statement. */
export function parseActivity(row: Json): Activity | null {
  const clock = positive(field(row, 'clock_ms'));
  const limit = wholeNumber(field(row, 'max_connections'));
  const inRecovery = boolean(field(row, 'in_recovery'));
  if (clock === null || limit === null || inRecovery === null) return null;
  const since = (at: Json): number | null => {
    const then = positive(at);
    return then === null ? null : Math.max(0, clock - then) / 1000;
  };
  const prepared = list(field(row, 'prepared')).flatMap((one) => parsePrepared(one, since));
  const totals = field(row, 'totals');
  return {
    inRecovery,
    monitor: boolean(field(row, 'monitor')) === true,
    connections: parseConnections(row, limit),
    sessions: list(field(row, 'sessions')).flatMap((one) => parseSession(one, since)),
    blocking: parseBlocking(row, prepared, since),
    prepared,
    preparedCount: notNegative(field(row, 'prepared_count')) ?? prepared.length,
    horizon: parseHorizon(list(field(row, 'horizon'))),
    wraparound: parseWraparound(row),
    autovacuum: {
      running: countsOf(row, (one) => field(one, 'type') === 'autovacuum worker'),
      limit: wholeNumber(field(row, 'autovacuum_workers')),
    },
    progress: list(field(row, 'progress')).flatMap(parseProgress),
    slots: list(field(row, 'slots')).flatMap((one) => parseSlot(one, since)),
    totals: {
      commits: notNegative(field(totals, 'commits')),
      rollbacks: notNegative(field(totals, 'rollbacks')),
      hits: notNegative(field(totals, 'hits')),
      reads: notNegative(field(totals, 'reads')),
      tempBytes: notNegative(field(totals, 'temp_bytes')),
      deadlocks: notNegative(field(totals, 'deadlocks')),
      conflicts: notNegative(field(totals, 'conflicts')),
      walBytes: notNegative(field(row, 'wal_bytes')),
    },
  };
}

type Since = (at: Json) => number | null;

function countsOf(row: Json, test: (one: Json) => boolean): number {
  return list(field(row, 'counts'))
    .filter(test)
    .reduce<number>((sum, one) => sum + (notNegative(field(one, 'count')) ?? 0), 0);
}

function parseConnections(row: Json, limit: number): Connections {
  const clients = (test: (state: string | null, waiting: boolean) => boolean): number =>
    countsOf(
      row,
      (one) => field(one, 'type') === CLIENT && test(text(field(one, 'state')), field(one, 'waiting') === true),
    );
  return {
    limit,
    superuserReserved: notNegative(field(row, 'superuser_reserved')) ?? 0,
    roleReserved: notNegative(field(row, 'reserved')) ?? 0,
    used: clients(() => true),
    waiting: clients((_, waiting) => waiting),
    active: clients((state, waiting) => state === 'active' && !waiting),
    idleInTransaction: clients((state, waiting) => state?.startsWith('idle in transaction') === true && !waiting),
    idle: clients((state, waiting) => state === 'idle' && !waiting),
    roles: list(field(row, 'roles')).map((one) => ({
      name: text(field(one, 'name')),
      count: notNegative(field(one, 'count')) ?? 0,
      // -1: no limit.
      limit: notNegative(field(one, 'limit')),
    })),
  };
}

function parseSession(row: Json, since: Since): Session[] {
  const pid = wholeNumber(field(row, 'pid'));
  const backendStart = text(field(row, 'backend_start'));
  if (pid === null || backendStart === null) return [];
  const waitType = text(field(row, 'wait_event_type'));
  const event = text(field(row, 'wait_event'));
  return [
    {
      pid,
      backendStart,
      type: text(field(row, 'type')) ?? '',
      database: text(field(row, 'database')),
      user: text(field(row, 'user')),
      application: text(field(row, 'application')),
      client: text(field(row, 'client')),
      state: text(field(row, 'state')),
      wait: waitType === null ? null : event === null ? waitType : `${waitType}: ${event}`,
      waitsForLock: waitType === 'Lock',
      transactionSeconds: since(field(row, 'xact')),
      statementSeconds: since(field(row, 'query_start')),
      stateSeconds: since(field(row, 'changed')),
      xminAge: notNegative(field(row, 'xmin_age')),
      writes: field(row, 'writes') === true,
      superuser: field(row, 'super') === true,
      statement: text(field(row, 'query')),
    },
  ];
}

function parsePrepared(row: Json, since: Since): PreparedTransaction[] {
  const gid = text(field(row, 'gid'));
  if (gid === null) return [];
  return [
    {
      gid,
      user: text(field(row, 'user')),
      database: text(field(row, 'database')),
      seconds: since(field(row, 'prepared')),
      xid: text(field(row, 'xid')),
      age: notNegative(field(row, 'age')),
    },
  ];
}

function lockOf(row: Json): HeldLock | null {
  const mode = text(field(row, 'mode'));
  const kind = text(field(row, 'locktype'));
  return mode === null || kind === null ? null : { mode, kind, relation: text(field(row, 'relation')) };
}

/**
 * Prepared transactions arrive as pid 0, all of them; which one somebody waits for is seen from its lock. So each gets a number below
 * zero of its own, and 0 stays for those that could not be told apart.
 */
function parseBlocking(row: Json, prepared: readonly PreparedTransaction[], since: Since): readonly BlockingRow[] {
  const holds = list(field(row, 'holds'));
  const gidOf = (one: Json): number => -1 - prepared.findIndex(({ xid }) => xid !== null && xid === field(one, 'xid'));
  const standIns = (pid: number): readonly number[] => {
    const found = holds
      .filter((one) => list(field(one, 'pids')).includes(pid))
      .map(gidOf)
      .filter((number) => number < 0);
    return found.length === 0 ? [0] : found;
  };
  const waiters = list(field(row, 'waiting')).flatMap((one) => {
    const pid = wholeNumber(field(one, 'pid'));
    const by = list(field(one, 'by')).flatMap((blocker) => wholeNumber(blocker) ?? []);
    // It waited a moment ago.
    if (pid === null || by.length === 0) return [];
    return [{ pid, by: by.flatMap((blocker) => (blocker === 0 ? standIns(pid) : [blocker])) }];
  });
  const waits = new Map(list(field(row, 'waits')).map((one) => [field(one, 'pid'), one]));
  return blockingTree(waiters).map(({ depth, pid, blocks }) => {
    const wait = waits.get(pid);
    const waitsFor = wait === undefined ? null : lockOf(wait);
    const held = holds.find((one) => (pid > 0 ? field(one, 'pid') === pid : gidOf(one) === pid));
    return {
      depth,
      pid: pid > 0 ? pid : null,
      prepared: pid < 0 ? (prepared[-1 - pid]?.gid ?? null) : null,
      blocks,
      waitsFor: waitsFor === null ? null : { ...waitsFor, seconds: since(field(wait, 'since')) },
      holds: held === undefined ? null : lockOf(held),
    };
  });
}

function parseHorizon(rows: readonly Json[]): Horizon | null {
  const all = rows.flatMap((row) => {
    const [age, kind, name] = [notNegative(field(row, 'age')), text(field(row, 'kind')), text(field(row, 'name'))];
    return age === null || kind === null || !HOLDERS.includes(kind)
      ? []
      : [{ age, holder: kind as Horizon['holder'], name: name ?? '' }];
  });
  return all.sort((a, b) => b.age - a.age)[0] ?? null;
}

function parseWraparound(row: Json): Activity['wraparound'] {
  const [oldest] = list(field(row, 'wraparound'));
  const [database, age] = [text(field(oldest, 'database')), notNegative(field(oldest, 'age'))];
  if (database === null || age === null) return null;
  return {
    database,
    age,
    multixactAge: notNegative(field(oldest, 'multixact')),
    freezeMaxAge: positive(field(row, 'freeze_max_age')),
  };
}

function parseProgress(row: Json): ProgressRow[] {
  const [kind, pid] = [text(field(row, 'kind')), wholeNumber(field(row, 'pid'))];
  if (kind === null || pid === null) return [];
  return [
    {
      kind,
      pid,
      database: text(field(row, 'database')),
      relation: text(field(row, 'relation')),
      phase: text(field(row, 'phase')),
      done: notNegative(field(row, 'done')),
      // 0 of a backup that does not estimate, and of a copy from a pipe: unknown.
      total: positive(field(row, 'total')),
      unit: field(row, 'unit') === 'bytes' ? 'bytes' : 'blocks',
    },
  ];
}

function parseSlot(row: Json, since: Since): ActivitySlot[] {
  const name = text(field(row, 'name'));
  if (name === null) return [];
  return [
    {
      name,
      kind: field(row, 'type') === 'logical' ? 'logical' : 'physical',
      plugin: text(field(row, 'plugin')),
      database: text(field(row, 'database')),
      active: field(row, 'active') === true,
      temporary: field(row, 'temporary') === true,
      walStatus: text(field(row, 'wal_status')),
      retainedBytes: notNegative(field(row, 'retained')),
      // Below zero it is beyond the limit already, and lost at the next checkpoint.
      safeBytes: number(field(row, 'safe')),
      secondsToLoss: null,
      inactiveSeconds: since(field(row, 'inactive_since')),
      invalidationReason: text(field(row, 'invalidation_reason')),
      failover: boolean(field(row, 'failover')),
      synced: boolean(field(row, 'synced')),
    },
  ];
}
