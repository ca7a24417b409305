// The store's tables, as numbered steps that are never edited once released: what is applied is compared by checksum. SQL that
// PGlite and PostgreSQL 13 to 18 both take. Times are epoch ms; the database's clock where several processes must agree.
import { createHash } from 'node:crypto';
import { type Session, StoreError } from './driver';

interface Migration {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    name: 'audit, actions, revisions',
    sql: `
CREATE TABLE audit_entry (
  journal text NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  kind text NOT NULL,
  action_id text NOT NULL,
  scope text NOT NULL,
  body jsonb NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (journal, seq)
);
CREATE INDEX audit_entry_action ON audit_entry (action_id);
CREATE TABLE action (
  id text PRIMARY KEY,
  scope text NOT NULL,
  kind text NOT NULL,
  idempotency_key text UNIQUE,
  request_digest text NOT NULL,
  actor text NOT NULL,
  requested_at bigint NOT NULL,
  phase text NOT NULL,
  outcome text,
  outage_ms double precision,
  record jsonb NOT NULL,
  holder text NOT NULL
);
CREATE INDEX action_newest ON action (requested_at DESC, id DESC);
CREATE INDEX action_of_scope ON action (scope, requested_at DESC, id DESC);
CREATE TABLE running_action (
  scope text PRIMARY KEY,
  action_id text NOT NULL,
  holder text NOT NULL,
  expires_at bigint NOT NULL
);
CREATE TABLE config_revision (
  scope text NOT NULL,
  revision text NOT NULL,
  value json NOT NULL,
  text text,
  seen_at bigint,
  action_id text,
  PRIMARY KEY (scope, revision)
);
`,
  },
];

/** Any number that nothing else in the database uses: processes that start at once wait for each other. */
const LOCK_KEY = 4_720_160_431;

/** Rejects with words for people where the store was written by another Howdah; then nothing was changed. */
export async function migrate(session: Session, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await session.query('BEGIN');
  try {
    await session.query("SET LOCAL lock_timeout = '20s'");
    await session.query('SELECT pg_advisory_xact_lock($1::bigint)', [String(LOCK_KEY)]);
    const [found] = await session.query("SELECT to_regclass('howdah_migration') IS NOT NULL AS there");
    if (found?.there !== true) {
      await session.script(
        'CREATE TABLE howdah_migration (id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL)',
      );
    }
    const applied = await session.query('SELECT id, checksum FROM howdah_migration ORDER BY id');
    const newest = Math.max(0, ...applied.map(({ id }) => Number(id)));
    const known = Math.max(0, ...migrations.map(({ id }) => id));
    if (newest > known) {
      throw new StoreError(
        `the store was made by a newer Howdah (its schema is ${newest}, this one knows ${known})`,
        null,
      );
    }
    for (const migration of migrations) {
      const checksum = createHash('sha256').update(migration.sql).digest('hex');
      const before = applied.find(({ id }) => Number(id) === migration.id);
      if (before !== undefined && before.checksum !== checksum) {
        throw new StoreError(`the store's schema ${migration.id} is not the one that this Howdah knows`, null);
      }
      if (before !== undefined) continue;
      await session.script(migration.sql);
      await session.query(
        `INSERT INTO howdah_migration (id, name, checksum, applied_at)
         VALUES ($1::integer, $2::text, $3::text, (extract(epoch from clock_timestamp()) * 1000)::bigint)`,
        [migration.id, migration.name, checksum],
      );
    }
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
