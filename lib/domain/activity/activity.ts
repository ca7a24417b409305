// What goes on inside one PostgreSQL at one moment: sessions, who blocks whom, what holds vacuum back. Data only; read by parse.ts
// from the rows of lib/io/postgres-activity.ts. Spans are seconds at the moment of the answer, by that server's own clock.

export interface Session {
  readonly pid: number;
  /** To the microsecond, as PostgreSQL says it: with the pid it names one session for ever. */
  readonly backendStart: string;
  /** `client backend` can be ended; the others are PostgreSQL's own. */
  readonly type: string;
  readonly database: string | null;
  readonly user: string | null;
  readonly application: string | null;
  /** Address; null: a local socket. */
  readonly client: string | null;
  readonly state: string | null;
  /** `Lock: transactionid`. */
  readonly wait: string | null;
  readonly waitsForLock: boolean;
  readonly transactionSeconds: number | null;
  readonly statementSeconds: number | null;
  /** In its state, so long idle in transaction. */
  readonly stateSeconds: number | null;
  /** How many transactions vacuum is held back by it. */
  readonly xminAge: number | null;
  readonly writes: boolean;
  readonly superuser: boolean;
  /** The one that runs, else the last; null: not for who asks, or not for the role of Howdah. */
  readonly statement: string | null;
}

export interface HeldLock {
  readonly mode: string;
  /** `relation`, `transactionid`, `tuple`, `advisory`. */
  readonly kind: string;
  /** By name in the database that Howdah is in, else by number; null: it is of no relation. */
  readonly relation: string | null;
}

/** One line of the tree: roots, each with those that wait for it below. */
export interface BlockingRow {
  readonly depth: number;
  /** null: a prepared transaction, which has no session. */
  readonly pid: number | null;
  /** Its gid where `pid` is null; null: which one is not known. */
  readonly prepared: string | null;
  /** How many wait for it, directly or through others. */
  readonly blocks: number;
  /** null: it does not wait. */
  readonly waitsFor: (HeldLock & { readonly seconds: number | null }) | null;
  /** The lock that most wait for; null: not seen, or nobody waits for it directly. */
  readonly holds: HeldLock | null;
}

export interface PreparedTransaction {
  readonly gid: string;
  readonly user: string | null;
  readonly database: string | null;
  readonly seconds: number | null;
  readonly xid: string | null;
  readonly age: number | null;
}

/** What keeps vacuum from removing anything younger. */
export interface Horizon {
  /** Transactions. */
  readonly age: number;
  readonly holder: 'session' | 'slot' | 'prepared' | 'standby';
  /** pid, slot, gid or application name. */
  readonly name: string;
}

export interface ProgressRow {
  readonly kind: string;
  readonly pid: number;
  readonly database: string | null;
  readonly relation: string | null;
  readonly phase: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly unit: 'blocks' | 'bytes';
}

export interface ActivitySlot {
  readonly name: string;
  readonly kind: 'physical' | 'logical';
  readonly plugin: string | null;
  readonly database: string | null;
  readonly active: boolean;
  readonly temporary: boolean;
  readonly walStatus: string | null;
  readonly retainedBytes: number | null;
  /** Until it loses WAL; null: max_slot_wal_keep_size sets no limit, or it has lost it already. */
  readonly safeBytes: number | null;
  /** At the present rate of WAL; null: no limit, no rate yet, or none is written. */
  readonly secondsToLoss: number | null;
  /** PostgreSQL 17 on; null: active, or not said. */
  readonly inactiveSeconds: number | null;
  readonly invalidationReason: string | null;
  /** It goes along to standbys (17 on); null: not said. */
  readonly failover: boolean | null;
  readonly synced: boolean | null;
}

export interface Connections {
  /** max_connections */
  readonly limit: number;
  readonly superuserReserved: number;
  /** reserved_connections, 16 on: for pg_use_reserved_connections. */
  readonly roleReserved: number;
  /** Client backends; walsenders and workers take none of these. */
  readonly used: number;
  readonly waiting: number;
  readonly active: number;
  readonly idleInTransaction: number;
  readonly idle: number;
  readonly roles: readonly { readonly name: string | null; readonly count: number; readonly limit: number | null }[];
}

/** Counters since the statistics began; they begin anew at a crash and on another node. */
export interface Totals {
  readonly commits: number | null;
  readonly rollbacks: number | null;
  readonly hits: number | null;
  readonly reads: number | null;
  readonly tempBytes: number | null;
  readonly deadlocks: number | null;
  readonly conflicts: number | null;
  /** Position of a primary in bytes. */
  readonly walBytes: number | null;
}

export interface Activity {
  readonly inRecovery: boolean;
  /** false: the role is not in pg_monitor, and sees of others that they are there. */
  readonly monitor: boolean;
  readonly connections: Connections;
  /** Those that block or wait first, then the longest transactions. */
  readonly sessions: readonly Session[];
  readonly blocking: readonly BlockingRow[];
  readonly prepared: readonly PreparedTransaction[];
  readonly preparedCount: number;
  /** null: nothing holds it back. */
  readonly horizon: Horizon | null;
  readonly wraparound: {
    readonly database: string;
    readonly age: number;
    readonly multixactAge: number | null;
    readonly freezeMaxAge: number | null;
  } | null;
  readonly autovacuum: { readonly running: number; readonly limit: number | null };
  readonly progress: readonly ProgressRow[];
  readonly slots: readonly ActivitySlot[];
  readonly totals: Totals;
}
