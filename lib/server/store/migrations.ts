// The store's tables, as numbered steps that are never edited once released: what is applied is compared by checksum. SQL of PostgreSQL
// 13 to 18, of which dialect.ts makes SQLite's. Times are epoch ms; the database's clock where several processes must agree.
import { createHash } from 'node:crypto';
import { NOW_MS, type Session, StoreError } from './driver';
import { ACCESS_SCHEMA } from './schema-access';
import { ALERTS_SCHEMA } from './schema-alerts';
import { ANCHOR_SCHEMA, AUDIT_SCHEMA } from './schema-audit';
import { BACKUPS_SCHEMA } from './schema-backups';
import { HISTORY_SCHEMA } from './schema-history';
import { IDENTITY_SCHEMA } from './schema-identity';
import { PASSKEYS_SCHEMA } from './schema-passkeys';

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
  { id: 5, name: 'names of clusters, rosters', sql: IDENTITY_SCHEMA },
  { id: 6, name: 'anchors of journals', sql: ANCHOR_SCHEMA },
  { id: 7, name: 'reports of backups', sql: BACKUPS_SCHEMA },
  { id: 8, name: 'passkeys', sql: PASSKEYS_SCHEMA },
];

/** Rejects with words for people where the store was written by another Howdah; then nothing was changed. */
export async function migrate(session: Session, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await session.begin();
  try {
    await session.query(
      'CREATE TABLE IF NOT EXISTS howdah_migration (id integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, applied_at bigint NOT NULL)',
    );
    const applied = await session.query('SELECT id, checksum FROM howdah_migration ORDER BY id');
    const newest = Math.max(0, ...applied.map(({ id }) => Number(id)));
    const known = Math.max(0, ...migrations.map(({ id }) => id));
    if (newest > known) {
      throw new StoreError(
        `the store was made by a newer Howdah (its schema is ${newest}, this one knows ${known}); nothing was changed in it. Start that Howdah again, or put back a backup from before it`,
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
         VALUES ($1::integer, $2::text, $3::text, ${NOW_MS})`,
        [migration.id, migration.name, checksum],
      );
    }
    await session.query('COMMIT');
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
