// Questions that are not asked in every round: one connection, one statement, closed again. What a preflight, a base backup's
// progress and the configuration editor need. Same limits as postgres.ts: read-only, every deadline written.
import type { Reading } from '../domain/raw';
import { parseJson } from '../domain/wire/loose';
import { readWithin } from './failure';
import { answerOf, openPostgres, type PostgresTarget } from './postgres-link';

/**
 * The leader before it is asked to step down. `unarchived` counts finished segments that wait for the archiver
 * (pg_ls_archive_statusdir, granted to pg_monitor since 12); without the right, or with archive_mode off, it is NULL.
 */
const LEADER_FACTS = `
SELECT json_build_object(
  'longest', (SELECT json_build_object('pid', pid, 'seconds', extract(epoch FROM clock_timestamp() - xact_start),
      'application', application_name, 'user', usename, 'query', left(query, 80))
    FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
      AND application_name NOT LIKE 'howdah%'
    ORDER BY xact_start LIMIT 1),
  'connections', (SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND application_name NOT LIKE 'howdah%'),
  'prepared', (SELECT json_build_object('count', count(*),
      'oldest', coalesce(extract(epoch FROM clock_timestamp() - min(prepared)), 0)) FROM pg_prepared_xacts),
  'backups', (SELECT coalesce(json_agg(json_build_object('pid', pid, 'phase', phase, 'streamed', backup_streamed,
      'total', backup_total)), '[]'::json) FROM pg_stat_progress_basebackup),
  'archive_mode', current_setting('archive_mode'),
  'segment_bytes', (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size')
)::text AS answer`;

const UNARCHIVED = `SELECT json_build_object('files', count(*))::text AS answer
FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'`;

const BASE_BACKUPS = `
SELECT coalesce(json_agg(json_build_object('pid', p.pid, 'phase', p.phase, 'streamed', p.backup_streamed,
  'total', p.backup_total, 'application', s.application_name, 'address', host(s.client_addr))), '[]'::json)::text AS answer
FROM pg_stat_progress_basebackup p LEFT JOIN pg_stat_replication s ON s.pid = p.pid`;

const SETTINGS = `
SELECT json_build_object(
  'version', current_setting('server_version_num')::int,
  'definitions', (SELECT json_agg(json_build_array(name, vartype, context, unit, min_val, max_val, enumvals, boot_val,
      short_desc) ORDER BY name) FROM pg_settings),
  'values', (SELECT json_agg(json_build_array(name, setting, current_setting(name), source, pending_restart,
      regexp_replace(sourcefile, '^.*/', '')) ORDER BY name)
      FROM pg_settings WHERE source <> 'default' OR pending_restart)
)::text AS answer`;

const LOADED = `SELECT json_build_object('loaded', extract(epoch FROM pg_conf_load_time()))::text AS answer`;

/** What PostgreSQL would make of the files as they are now; a superuser's view, or granted. A line without use is no wrong one. */
const FILES = `
SELECT json_build_object('loaded', extract(epoch FROM pg_conf_load_time()), 'errors', (SELECT coalesce(json_agg(
    'line ' || line_number || ': ' || error ORDER BY line_number), '[]'::json)
    FROM (SELECT line_number, error FROM pg_hba_file_rules
      WHERE error IS NOT NULL AND error NOT LIKE '%record cannot match%' LIMIT 20) wrong))::text AS answer`;

const STATEMENTS = {
  leaderFacts: LEADER_FACTS,
  unarchived: UNARCHIVED,
  baseBackups: BASE_BACKUPS,
  settings: SETTINGS,
  loaded: LOADED,
  files: FILES,
} as const;

/** The JSON that the statement builds. A refused right arrives as an error of kind `denied`. */
export async function askPostgres(
  target: PostgresTarget,
  statement: keyof typeof STATEMENTS,
  deadlineMs: number,
  now: () => number,
): Promise<Reading<unknown>> {
  const link = openPostgres(target, {
    name: 'howdah-once',
    options: `-c default_transaction_read_only=on -c lock_timeout=1000 -c statement_timeout=${deadlineMs}`,
    connectMs: deadlineMs,
  });
  try {
    return await readWithin(
      async () => {
        await link.client.connect();
        return parseJson(await answerOf(link, STATEMENTS[statement]));
      },
      deadlineMs,
      now,
    );
  } finally {
    // A frozen server never answers the goodbye.
    link.client.end().catch(() => undefined);
    setTimeout(() => link.destroy(), 200).unref();
  }
}
