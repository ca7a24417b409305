// The store's tables, as numbered steps that are never edited once released: what is applied is compared by checksum. SQL that
// PGlite and PostgreSQL 13 to 18 both take. Times are epoch ms; the database's clock where several processes must agree.
import { createHash } from 'node:crypto';
import { type Session, StoreError } from './driver';
import { ACCESS_SCHEMA } from './schema-access';
import { ALERTS_SCHEMA } from './schema-alerts';
import { AUDIT_SCHEMA } from './schema-audit';
import { HISTORY_SCHEMA } from './schema-history';

interface Migration {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [
  { id: 1, name: 'audit, actions, revisions', sql: AUDIT_SCHEMA },
  { id: 2, name: 'leases, samples, frames, events, notes', sql: HISTORY_SCHEMA },
  { id: 3, name: 'alerts, silences, outbox, push', sql: ALERTS_SCHEMA },
  { id: 4, name: 'users, sessions, tokens, walls, approvals', sql: ACCESS_SCHEMA },
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
