// What goes on inside one PostgreSQL, in one statement and one row: asked only while somebody looks. Its columns by version are
// here, what they mean is parsed in domain/activity/parse.ts. Every list has a limit, every text a length.

/** Sessions that are listed; those that block or wait come first, then the longest transactions. */
const SESSIONS_MAX = 250;
/** pg_blocking_pids takes the lock manager's locks for each call: only of those that wait, and not of more than these. */
const WAITING_MAX = 300;
const LOCKS_MAX = 600;
const PREPARED_MAX = 50;
/** A prepared transaction has no pid: whoever waits for it is named beside its lock. */
const PREPARED_WAITERS_MAX = 50;
const SLOTS_MAX = 100;
const ROLES_MAX = 12;
const PROGRESS_MAX = 20;
/** Characters of a statement. */
const QUERY_MAX = 1000;

const ms = (column: string): string => `floor(extract(epoch FROM ${column}) * 1000)`;
/** Of another database only the number is known. */
const relation = (row: string, oid: string, database: string): string =>
  `CASE WHEN ${row}.${database} = d.oid THEN ${row}.${oid}::regclass::text ELSE ${row}.${oid}::text END`;
const rows = (select: string): string => `(SELECT coalesce(json_agg(row_to_json(x)), '[]'::json) FROM (${select}) x)`;

interface ProgressView {
  readonly kind: string;
  readonly view: string;
  /** server_version_num from which on it is there. */
  readonly since: number;
  readonly done: string;
  readonly total: string;
  readonly unit: 'blocks' | 'bytes';
  /** Without one it is about the whole server. */
  readonly relation: boolean;
  readonly phase: string;
}

/** The columns named here are the same in 13 to 18. */
const PROGRESS: readonly ProgressView[] = [
  {
    ...{ kind: 'vacuum', view: 'pg_stat_progress_vacuum', since: 90600, phase: 'phase', relation: true },
    ...{ done: 'heap_blks_scanned', total: 'heap_blks_total', unit: 'blocks' },
  },
  {
    ...{ kind: 'analyze', view: 'pg_stat_progress_analyze', since: 130000, phase: 'phase', relation: true },
    ...{ done: 'sample_blks_scanned', total: 'sample_blks_total', unit: 'blocks' },
  },
  {
    ...{ kind: 'create index', view: 'pg_stat_progress_create_index', since: 120000, phase: 'phase', relation: true },
    ...{ done: 'blocks_done', total: 'blocks_total', unit: 'blocks' },
  },
  {
    ...{ kind: 'cluster', view: 'pg_stat_progress_cluster', since: 120000, phase: 'phase', relation: true },
    ...{ done: 'heap_blks_scanned', total: 'heap_blks_total', unit: 'blocks' },
  },
  {
    ...{ kind: 'base backup', view: 'pg_stat_progress_basebackup', since: 130000, phase: 'phase', relation: false },
    ...{ done: 'backup_streamed', total: 'backup_total', unit: 'bytes' },
  },
  {
    ...{ kind: 'copy', view: 'pg_stat_progress_copy', since: 140000, phase: 'command', relation: true },
    ...{ done: 'bytes_processed', total: 'bytes_total', unit: 'bytes' },
  },
];

function progressOf({ kind, view, done, total, unit, relation: has, phase }: ProgressView): string {
  const [database, name] = has ? ['p.datname', relation('p', 'relid', 'datid')] : ['NULL::name', 'NULL::text'];
  return `SELECT '${kind}' AS kind, p.pid, ${database} AS database, ${name} AS relation, p.${phase} AS phase,
    p.${done} AS done, p.${total} AS total, '${unit}' AS unit FROM ${view} p CROSS JOIN d`;
}

/** Of a server of this server_version_num; 13 is the oldest. */
export function activityStatement(version: number): string {
  const waitStart = version >= 140000 ? 'waitstart' : 'NULL::timestamptz AS waitstart';
  const progress = PROGRESS.filter(({ since }) => version >= since).map(progressOf);
  const slotsSince17 =
    version >= 170000
      ? `, ${ms('s.inactive_since')} AS inactive_since, s.invalidation_reason, s.failover, s.synced`
      : '';
  return `
WITH d AS (SELECT oid FROM pg_database WHERE datname = current_database()),
a AS MATERIALIZED (
  SELECT pid, datname, usename, usesysid, application_name, host(client_addr) AS client_addr, backend_type, state,
    wait_event_type, wait_event, backend_start, xact_start, query_start, state_change, backend_xid, backend_xmin, query
  FROM pg_stat_activity),
w AS MATERIALIZED (
  SELECT pid, pg_blocking_pids(pid) AS by
  FROM (SELECT pid FROM a WHERE wait_event_type = 'Lock' ORDER BY query_start LIMIT ${WAITING_MAX}) waiting),
k AS MATERIALIZED (
  SELECT pid, virtualtransaction, granted, mode, locktype, database, relation, transactionid, ${waitStart},
    ROW(locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid, objsubid)::text AS key
  FROM pg_locks WHERE EXISTS (SELECT FROM w)),
u AS MATERIALIZED (SELECT k.* FROM k WHERE NOT granted AND pid IN (SELECT pid FROM w)),
involved AS (SELECT pid FROM w UNION SELECT unnest(by) FROM w)
SELECT json_build_object(
  'version', current_setting('server_version_num')::int,
  'in_recovery', pg_is_in_recovery(),
  'monitor', pg_has_role('pg_read_all_stats', 'USAGE'),
  'clock_ms', ${ms('clock_timestamp()')},
  'max_connections', current_setting('max_connections')::int,
  'superuser_reserved', current_setting('superuser_reserved_connections')::int,
  'reserved', current_setting('reserved_connections', true)::int,
  'freeze_max_age', current_setting('autovacuum_freeze_max_age')::bigint,
  'autovacuum_workers', current_setting('autovacuum_max_workers')::int,
  'counts', ${rows(`SELECT backend_type AS type, state, wait_event_type = 'Lock' AS waiting, count(*) AS count
    FROM a GROUP BY 1, 2, 3`)},
  'roles', ${rows(`SELECT a.usename AS name, count(*) AS count, max(r.rolconnlimit) AS limit
    FROM a LEFT JOIN pg_roles r ON r.oid = a.usesysid WHERE backend_type = 'client backend'
    GROUP BY 1 ORDER BY 2 DESC LIMIT ${ROLES_MAX}`)},
  'sessions', ${rows(`SELECT a.pid, datname AS database, usename AS user, application_name AS application,
      client_addr AS client, backend_type AS type, state, wait_event_type, wait_event,
      to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS backend_start,
      ${ms('xact_start')} AS xact, ${ms('query_start')} AS query_start, ${ms('state_change')} AS changed,
      age(backend_xmin) AS xmin_age, backend_xid IS NOT NULL AS writes, r.rolsuper AS super, left(query, ${QUERY_MAX}) AS query
    FROM a LEFT JOIN pg_roles r ON r.oid = a.usesysid
    WHERE a.pid <> pg_backend_pid() AND (backend_type = 'client backend' OR a.pid IN (SELECT pid FROM involved)
      OR (xact_start IS NOT NULL AND backend_type <> 'walsender'))
    ORDER BY (a.pid IN (SELECT pid FROM involved)) DESC, xact_start NULLS LAST, state_change DESC NULLS LAST
    LIMIT ${SESSIONS_MAX}`)},
  'waiting', ${rows('SELECT pid, by FROM w')},
  'waits', ${rows(`SELECT u.pid, u.mode, u.locktype, ${relation('u', 'relation', 'database')} AS relation,
      ${ms('u.waitstart')} AS since FROM u CROSS JOIN d LIMIT ${LOCKS_MAX}`)},
  'holds', ${rows(`SELECT g.pid, g.mode, g.locktype, ${relation('g', 'relation', 'database')} AS relation, q.waiters,
      CASE WHEN g.pid IS NULL THEN q.pids END AS pids, CASE WHEN g.pid IS NULL THEN (SELECT o.transactionid::text FROM k o
        WHERE o.pid IS NULL AND o.granted AND o.locktype = 'transactionid' AND o.virtualtransaction = g.virtualtransaction
        LIMIT 1) END AS xid
    FROM k g JOIN (SELECT key, count(*) AS waiters, (array_agg(pid))[1:${PREPARED_WAITERS_MAX}] AS pids FROM u GROUP BY key) q
      ON q.key = g.key CROSS JOIN d
    WHERE g.granted ORDER BY q.waiters DESC LIMIT ${LOCKS_MAX}`)},
  'prepared', ${rows(`SELECT gid, ${ms('prepared')} AS prepared, owner AS user, database, transaction::text AS xid,
      age(transaction) AS age FROM pg_prepared_xacts ORDER BY prepared LIMIT ${PREPARED_MAX}`)},
  'prepared_count', (SELECT count(*) FROM pg_prepared_xacts),
  'horizon', ${rows(`(SELECT 'session' AS kind, pid::text AS name, age(backend_xmin) AS age FROM a
      WHERE backend_xmin IS NOT NULL AND backend_type <> 'walsender' AND pid <> pg_backend_pid() ORDER BY 3 DESC LIMIT 1)
    UNION ALL (SELECT 'slot', slot_name::text, greatest(age(xmin), age(catalog_xmin)) FROM pg_replication_slots
      WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL ORDER BY 3 DESC LIMIT 1)
    UNION ALL (SELECT 'prepared', gid, age(transaction) FROM pg_prepared_xacts ORDER BY 3 DESC LIMIT 1)
    UNION ALL (SELECT 'standby', application_name, age(backend_xmin) FROM pg_stat_replication
      WHERE backend_xmin IS NOT NULL ORDER BY 3 DESC LIMIT 1)`)},
  'wraparound', ${rows(`SELECT datname AS database, age(datfrozenxid) AS age, mxid_age(datminmxid) AS multixact
    FROM pg_database ORDER BY 2 DESC LIMIT 1`)},
  'totals', (SELECT row_to_json(x) FROM (SELECT sum(xact_commit) AS commits, sum(xact_rollback) AS rollbacks,
      sum(blks_hit) AS hits, sum(blks_read) AS reads, sum(temp_bytes) AS temp_bytes, sum(deadlocks) AS deadlocks,
      sum(conflicts) AS conflicts FROM pg_stat_database) x),
  'wal_bytes', CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') END,
  'progress', ${rows(`SELECT * FROM (${progress.join('\nUNION ALL ')}) p LIMIT ${PROGRESS_MAX}`)},
  'slots', ${rows(`SELECT s.slot_name AS name, s.slot_type AS type, s.plugin, s.database, s.active, s.temporary,
      s.wal_status, s.safe_wal_size AS safe, pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
        ELSE pg_current_wal_lsn() END, s.restart_lsn) AS retained${slotsSince17}
    FROM pg_replication_slots s ORDER BY retained DESC NULLS LAST LIMIT ${SLOTS_MAX}`)}
)::text AS answer`;
}
