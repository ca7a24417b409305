// What a comparison of members asks of one PostgreSQL: a connection of its own, its statements one after the other, closed again. Each
// has a deadline, a cost that is measured, and a fate of its own: one that is refused or too slow takes no other with it.
import type { DriftAnswers, DriftStatement, StatementCost } from '../domain/drift/facts';
import { STATEMENT_MS } from '../domain/drift/pace';
import type { Reading } from '../domain/raw';
import { parseJson } from '../domain/wire/loose';
import { readWithin } from './failure';
import { answerOf, openPostgres, type PostgresTarget } from './postgres-link';

const LOOK_MS = 8000;
const ROWS_MAX = 300;
const TEXT_MAX = 1000;

const rows = (select: string): string => `(SELECT coalesce(json_agg(row_to_json(x)), '[]'::json) FROM (${select}) x)`;

/** Shown by PostgreSQL otherwise than what is built in (show hooks of guc_tables.c, 15): never to be told from that. */
const SHOWN_OTHERWISE = [
  'archive_command',
  'log_file_mode',
  'unix_socket_permissions',
  'tcp_keepalives_idle',
  'tcp_keepalives_interval',
  'tcp_keepalives_count',
  'tcp_user_timeout',
];

/** Names are words of the settings file, checked there. What is built in is not sent: a member without a row has it. */
function settings(_version: number, names: readonly string[]): string {
  const asked = `name IN (${[...SHOWN_OTHERWISE, ...names].map((name) => `'${name}'`).join(', ')})`;
  return `
SELECT coalesce(json_agg(json_build_array(name, left(setting, ${TEXT_MAX}), left(current_setting(name), ${TEXT_MAX}), vartype, unit,
  boot_val, source, sourcefile, sourceline, pending_restart) ORDER BY name), '[]'::json)::text AS answer
FROM pg_settings WHERE source <> 'default' OR context = 'internal' OR pending_restart OR ${asked}`;
}

/** A standby has the catalog of its primary, and the libraries of its own machine. */
function catalog(version: number): string {
  const since15 = version >= 150000;
  const recorded = since15 ? 'd.datcollversion' : 'NULL::text';
  const actual = since15 ? 'pg_database_collation_actual_version(d.oid)' : 'NULL::text';
  return `
SELECT json_build_object(
  'checksums', current_setting('data_checksums'),
  'libc', (SELECT pg_collation_actual_version(oid) FROM pg_collation WHERE collprovider = 'c'
    AND collcollate NOT IN ('C', 'POSIX') AND collcollate !~* '^C\\.' ORDER BY oid LIMIT 1),
  'icu', (SELECT pg_collation_actual_version(oid) FROM pg_collation WHERE collname = 'und-x-icu' LIMIT 1),
  'databases', ${rows(`SELECT d.datname AS name, ${recorded} AS recorded, ${actual} AS actual,
      concat_ws(', ', pg_encoding_to_char(d.encoding), d.datcollate, d.datctype) AS locale
    FROM pg_database d WHERE d.datallowconn ORDER BY d.datname LIMIT ${ROWS_MAX}`)}
)::text AS answer`;
}

/** Which files are on the machine, for what is installed in the database that one is in. */
function extensions(): string {
  return `
SELECT json_build_object('database', current_database(), 'rows', ${rows(`
  SELECT e.extname AS name, e.extversion AS installed, a.default_version AS available,
    EXISTS (SELECT FROM pg_available_extension_versions v WHERE v.name = e.extname AND v.version = e.extversion) AS has_version
  FROM pg_extension e LEFT JOIN pg_available_extensions a ON a.name = e.extname
  ORDER BY 1 LIMIT ${ROWS_MAX}`)})::text AS answer`;
}

/** A superuser's view, or granted. An option can hold a password (ldapbindpasswd, radiussecrets). */
function hba(): string {
  return `
SELECT coalesce(json_agg(json_build_object('line', line_number, 'error', error, 'text', left(concat_ws(' ', type,
    array_to_string(database, ','), array_to_string(user_name, ','), address, netmask, auth_method,
    (SELECT string_agg(CASE WHEN o ~* 'passw|secret' THEN split_part(o, '=', 1) || '=hidden' ELSE o END, ' ')
      FROM unnest(options) o)), ${TEXT_MAX})) ORDER BY line_number), '[]'::json)::text AS answer
FROM (SELECT * FROM pg_hba_file_rules LIMIT ${ROWS_MAX}) r`;
}

const STATEMENTS: Readonly<Record<DriftStatement, (version: number, names: readonly string[]) => string>> = {
  settings,
  catalog,
  extensions,
  hba,
};

const VERSION = "SELECT current_setting('server_version_num') AS answer";

export interface DriftReading {
  readonly answers: DriftAnswers;
  readonly costs: readonly StatementCost[];
}

/** `names`: settings that are wanted also where they are at their default. Fails as a whole only where nobody can be asked. */
export async function readDrift(
  target: PostgresTarget,
  wanted: readonly DriftStatement[],
  names: readonly string[],
  now: () => number,
): Promise<Reading<DriftReading>> {
  const link = openPostgres(target, {
    name: 'howdah-drift',
    options: `-c default_transaction_read_only=on -c lock_timeout=1000 -c statement_timeout=${STATEMENT_MS}`,
    connectMs: STATEMENT_MS,
  });
  try {
    return await readWithin(
      async () => {
        await link.client.connect();
        const version = Number(await answerOf(link, VERSION));
        const answers: Partial<Record<DriftStatement, unknown>> = {};
        const costs: StatementCost[] = [];
        for (const statement of wanted) {
          const start = performance.now();
          const asked = await readWithin(
            async () => parseJson(await answerOf(link, STATEMENTS[statement](version, names))),
            STATEMENT_MS + 500,
            now,
          );
          const tookMs = Math.round((performance.now() - start) * 10) / 10;
          if (asked.ok) answers[statement] = asked.value;
          costs.push({
            statement,
            tookMs,
            problem: asked.ok ? null : asked.error.message,
            denied: !asked.ok && asked.error.kind === 'denied',
          });
          // A connection that is gone answers nothing more.
          if (!asked.ok && (asked.error.kind === 'closed' || asked.error.kind === 'malformed')) break;
        }
        return { answers, costs };
      },
      LOOK_MS,
      now,
    );
  } finally {
    link.client.end().catch(() => undefined);
    setTimeout(() => link.destroy(), 200).unref();
  }
}
