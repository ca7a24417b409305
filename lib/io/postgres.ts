// Reads one PostgreSQL member with one connection of its own and two statements. `fast` is what moves (positions, senders,
// receiver), `slow` what rarely does (slots, archiver, pending settings). Columns are parsed in domain/wire/postgres.ts.
// A connection that misses its deadline is destroyed, not awaited; the next round connects anew.
import type { Reading, SqlAnswer } from '../domain/raw';
import { field, parseJson } from '../domain/wire/loose';
import { readWithin } from './failure';
import { activityStatement } from './postgres-activity';
import { answerOf, openPostgres, type PostgresLink, type PostgresTarget } from './postgres-link';

/** PostgreSQL 13 to 18. pg_stat_wal_receiver and pg_stat_replication have the same columns throughout. */
const FAST = `
SELECT json_build_object(
  'in_recovery', r.rec,
  'current_lsn', CASE WHEN r.rec THEN NULL ELSE pg_current_wal_lsn()::text END,
  'receive_lsn', pg_last_wal_receive_lsn()::text,
  'replay_lsn', pg_last_wal_replay_lsn()::text,
  'replayed_ms', floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000),
  'replay_paused', CASE WHEN r.rec THEN pg_is_wal_replay_paused() END,
  'timeline', CASE WHEN r.rec
    THEN coalesce(w.received_tli, greatest(k.timeline_id, m.min_recovery_end_timeline))
    ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END,
  'clock_ms', floor(extract(epoch FROM clock_timestamp()) * 1000),
  'started_ms', floor(extract(epoch FROM pg_postmaster_start_time()) * 1000),
  'server_version_num', current_setting('server_version_num')::int,
  'system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
  'monitor', pg_has_role('pg_read_all_stats', 'USAGE'),
  'wal_receiver', CASE WHEN w.pid IS NULL THEN NULL ELSE json_build_object(
    'status', w.status, 'received_tli', w.received_tli, 'sender_host', w.sender_host, 'sender_port', w.sender_port,
    'slot_name', w.slot_name) END,
  'replication', (SELECT coalesce(json_agg(json_build_object(
      'application_name', s.application_name, 'state', s.state, 'client_addr', host(s.client_addr),
      'sent_lsn', s.sent_lsn::text, 'write_lsn', s.write_lsn::text, 'flush_lsn', s.flush_lsn::text,
      'replay_lsn', s.replay_lsn::text,
      'write_s', extract(epoch FROM s.write_lag), 'flush_s', extract(epoch FROM s.flush_lag),
      'replay_s', extract(epoch FROM s.replay_lag),
      'sync_state', s.sync_state, 'reply_ms', floor(extract(epoch FROM s.reply_time) * 1000))
      ORDER BY s.application_name), '[]'::json) FROM pg_stat_replication s)
)::text AS answer
FROM (SELECT pg_is_in_recovery() AS rec) r
CROSS JOIN pg_control_checkpoint() k
CROSS JOIN pg_control_recovery() m
LEFT JOIN pg_stat_wal_receiver w ON true`;

const SLOW = `
SELECT json_build_object(
  'slots', (SELECT coalesce(json_agg(json_build_object(
      'slot_name', slot_name, 'slot_type', slot_type, 'active', active, 'restart_lsn', restart_lsn::text,
      'wal_status', wal_status) ORDER BY slot_name), '[]'::json) FROM pg_replication_slots WHERE NOT temporary),
  'archiver', (SELECT json_build_object(
      'mode', current_setting('archive_mode'), 'archived_count', archived_count, 'last_archived_wal', last_archived_wal,
      'last_archived_ms', floor(extract(epoch FROM last_archived_time) * 1000), 'failed_count', failed_count,
      'last_failed_wal', last_failed_wal, 'last_failed_ms', floor(extract(epoch FROM last_failed_time) * 1000))
      FROM pg_stat_archiver),
  'pending', (SELECT coalesce(json_agg(json_build_object('name', name, 'from', current_setting(name)) ORDER BY name), '[]'::json)
      FROM pg_settings WHERE pending_restart),
  'base_backups', (SELECT coalesce(json_agg(json_build_object('application', a.application_name, 'phase', p.phase,
      'total', p.backup_total, 'done', p.backup_streamed,
      'started_ms', floor(extract(epoch FROM a.backend_start) * 1000))), '[]'::json)
      FROM (SELECT * FROM pg_stat_progress_basebackup LIMIT 20) p LEFT JOIN pg_stat_activity a ON a.pid = p.pid)
)::text AS answer`;

/** A statement of its own: whoever may not run the function is refused all of it, however it is asked. */
const WAITING = `
SELECT json_build_object('count', count(*), 'since_ms', floor(extract(epoch FROM min(modification)) * 1000))::text AS answer
FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`;
/** With many files it looks at each: what takes so long is asked no more than once a minute. */
const WAITING_DEAR_MS = 100;
const WAITING_DEAR_EVERY_MS = 60_000;

const VERSION = "SELECT current_setting('server_version_num') AS answer";

const OPTIONS = '-c default_transaction_read_only=on -c lock_timeout=1000 -c statement_timeout=3000';

export interface PostgresReader {
  /** `slowEveryMs`: how old the slow part may become before it is asked again. */
  read(deadlineMs: number, slowEveryMs: number): Promise<Reading<SqlAnswer>>;
  /** What goes on inside it, by the same connection, so that it can be asked where there is none left. Not beside a `read`. */
  activity(deadlineMs: number): Promise<Reading<unknown>>;
  close(): void;
}

export function createPostgresReader(target: PostgresTarget, now: () => number): PostgresReader {
  let link: PostgresLink | null = null;
  let slow: { readonly value: unknown; readonly at: number } | null = null;
  let version: number | null = null;
  let waiting: { readonly value: unknown; readonly nextAt: number } | null = null;

  const drop = (): void => {
    link?.destroy();
    link = null;
  };

  const connect = async (deadlineMs: number): Promise<PostgresLink> => {
    if (link !== null) return link;
    const made = openPostgres(target, { name: 'howdah', options: OPTIONS, connectMs: deadlineMs }, () => {
      if (link === made) drop();
    });
    link = made;
    slow = null;
    version = null;
    waiting = null;
    await made.client.connect();
    return made;
  };

  const ask = async (deadlineMs: number, slowEveryMs: number): Promise<SqlAnswer> => {
    const open = await connect(deadlineMs);
    const fast = parseJson(await answerOf(open, FAST));
    if (slow === null || now() - slow.at > slowEveryMs) {
      const value = parseJson(await answerOf(open, SLOW));
      slow = { value: { ...Object(value), ...(await waitingIn(open, fast, value)) }, at: now() };
    }
    return { fast, slow: slow.value, slowAt: slow.at };
  };

  /** Nothing where nothing is archived from here, or the role may not see it. */
  const waitingIn = async (open: PostgresLink, fast: unknown, value: unknown): Promise<object> => {
    const mode = field(field(value, 'archiver'), 'mode');
    if (mode !== 'always' && (mode !== 'on' || field(fast, 'in_recovery') !== false)) return {};
    if (waiting === null || now() >= waiting.nextAt) {
      const start = performance.now();
      const found = await answerOf(open, WAITING).then(parseJson, (error: unknown) => {
        if (field(error, 'code') !== '42501') throw error;
        return null;
      });
      const isDear = found === null || performance.now() - start > WAITING_DEAR_MS;
      waiting = { value: found, nextAt: isDear ? now() + WAITING_DEAR_EVERY_MS : 0 };
    }
    return waiting.value === null ? {} : { waiting: waiting.value };
  };

  const askActivity = async (deadlineMs: number): Promise<unknown> => {
    const open = await connect(deadlineMs);
    version ??= Number(await answerOf(open, VERSION));
    return parseJson(await answerOf(open, activityStatement(version)));
  };

  const inTime = async <T>(question: () => Promise<T>, deadlineMs: number): Promise<Reading<T>> => {
    const reading = await readWithin(question, deadlineMs, now);
    if (!reading.ok) drop();
    return reading;
  };

  return {
    read: (deadlineMs, slowEveryMs) => inTime(() => ask(deadlineMs, slowEveryMs), deadlineMs),
    activity: (deadlineMs) => inTime(() => askActivity(deadlineMs), deadlineMs),
    close: drop,
  };
}
