// What goes on inside one PostgreSQL, on the wire. With zod: the browser imports types.
import { z } from 'zod';
import type { Activity } from '../domain/activity/activity';
import type { Rates } from '../domain/activity/rates';
import { count, instant, name } from './scalar';
import { shape } from './spoken';
import type { Proved, Same, Wire } from './wire';

const seconds = count.describe('seconds at the moment of the answer; null is unknown');

const session = shape({
  pid: z.number(),
  backendStart: z.string().describe('to the microsecond: with the pid it names one session for ever'),
  type: z.string().describe('`client backend` can be ended, the others are its own'),
  database: name,
  user: name,
  application: name,
  client: name.describe('address; null is a local socket'),
  state: name,
  wait: name,
  waitsForLock: z.boolean(),
  transactionSeconds: seconds,
  statementSeconds: seconds,
  stateSeconds: seconds,
  xminAge: count.describe('transactions by which it holds vacuum back'),
  writes: z.boolean(),
  superuser: z.boolean(),
  statement: name.describe('the one that runs, else the last; null where `texts` is denied'),
});
const lock = {
  mode: z.string(),
  kind: z.string(),
  relation: name.describe('by name in the database Howdah is in, else by number'),
};
const blockingRow = shape({
  depth: z.number(),
  pid: count.describe('null: a prepared transaction'),
  prepared: name,
  blocks: z.number().describe('how many wait for it, directly or through others'),
  waitsFor: shape({ ...lock, seconds }).nullable(),
  holds: shape(lock).nullable(),
});
const slot = shape({
  name: z.string(),
  kind: z.enum(['physical', 'logical']),
  plugin: name,
  database: name,
  active: z.boolean(),
  temporary: z.boolean(),
  walStatus: name,
  retainedBytes: count,
  safeBytes: count.describe('until it loses WAL; below zero at the next checkpoint; null: no limit, or lost'),
  secondsToLoss: count.describe('at the present rate of WAL; null: no limit, or no rate'),
  inactiveSeconds: seconds,
  invalidationReason: name,
  failover: z.boolean().nullable(),
  synced: z.boolean().nullable(),
});

const inside = shape({
  inRecovery: z.boolean(),
  monitor: z.boolean().describe('false: the role is not in pg_monitor'),
  connections: shape({
    limit: z.number().describe('max_connections'),
    superuserReserved: z.number(),
    roleReserved: z.number().describe('reserved_connections'),
    used: z.number().describe('client backends'),
    waiting: z.number().describe('for a lock'),
    active: z.number(),
    idleInTransaction: z.number(),
    idle: z.number(),
    roles: z.array(shape({ name, count: z.number(), limit: count })).describe('most first'),
  }),
  sessions: z.array(session).describe('those that block or wait first, then the longest transactions; at most 250'),
  blocking: z.array(blockingRow).describe('by root, each with those that wait for it below'),
  prepared: z.array(shape({ gid: z.string(), user: name, database: name, seconds, xid: name, age: count })),
  preparedCount: z.number(),
  horizon: shape({
    age: z.number().describe('transactions'),
    holder: z.enum(['session', 'slot', 'prepared', 'standby']),
    name: z.string(),
  })
    .nullable()
    .describe('what holds vacuum back the most'),
  wraparound: shape({
    database: z.string(),
    age: z.number(),
    multixactAge: count,
    freezeMaxAge: count,
  }).nullable(),
  autovacuum: shape({ running: z.number(), limit: count }),
  progress: z.array(
    shape({
      kind: z.string(),
      pid: z.number(),
      database: name,
      relation: name,
      phase: name,
      done: count,
      total: count,
      unit: z.enum(['blocks', 'bytes']),
    }),
  ),
  slots: z.array(slot).describe('what keeps the most WAL first'),
  totals: shape({
    commits: count,
    rollbacks: count,
    hits: count,
    reads: count,
    tempBytes: count,
    deadlocks: count,
    conflicts: count,
    walBytes: count,
  }).describe('counters of all databases'),
});

const rates = shape({
  seconds: z.number().describe('between the two readings'),
  commitsPerSecond: count,
  rollbacksPerSecond: count,
  hitShare: count,
  tempBytesPerSecond: count,
  deadlocks: count,
  conflicts: count,
  walBytesPerSecond: count,
});

/** `GET /api/clusters/{scope}/members/{name}/activity` */
export const activitySchema = shape({
  scope: z.string(),
  member: z.string(),
  at: instant,
  tookMs: z.number(),
  texts: z.enum(['denied', 'masked', 'whole']).describe('what of the statements is in this answer'),
  rates: rates.nullable().describe('since the reading before; null: there was none, or its counters began anew'),
  inside,
});
export type ActivityAnswer = Wire<typeof activitySchema>;

export type ActivityIsProved = Proved<[Same<typeof inside, Activity>, Same<typeof rates, Rates>]>;
