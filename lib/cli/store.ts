// The embedded store as a file: copied while Howdah runs, put back while it does not, and filled once from what an earlier Howdah
// kept with PGlite. Nothing is deleted: what is replaced or was carried over gets another name.

import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { HowdahConfig } from '../server/config/config';
import { setAside, storeFile } from '../server/store/embedded-driver';
import { MIGRATIONS } from '../server/store/migrations';
import { carriedInsert, carriedTables, SqliteDatabase } from '../server/store/sqlite';
import { Usage } from './access';
import { withLock, withStore } from './offline';
import { out } from './print';

const PGLITE = '@electric-sql/pglite';
const PGLITE_VERSION = '0.5.16';
const ROWS_A_TURN = 500;

/** Rejects with words for people. */
export async function backup(config: HowdahConfig, file: string, tell: (text: string) => void = out): Promise<void> {
  const source = embedded(config);
  if (!(await isThere(source))) throw new Error(`there is no embedded store in ${config.dataDir}`);
  const part = `${file}.part`;
  if (await isThere(file)) throw new Usage(`${file} exists; give a new name`);
  // An empty file that is its owner's alone, for SQLite to fill.
  await (await open(part, 'wx', 0o600)).close();
  try {
    const database = new SqliteDatabase(source, 'read');
    try {
      database.copyTo(part);
    } finally {
      database.close();
    }
    check(part);
    await sync(part);
    await rename(part, file);
    await sync(path.dirname(path.resolve(file)));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  tell(
    `${file}: ${(await stat(file)).size} bytes, checked. With it belong audit/ and, without HOWDAH_SECRET, the file "secret".`,
  );
}

/** Rejects with words for people; then nothing was changed. */
export async function restore(config: HowdahConfig, file: string, tell: (text: string) => void = out): Promise<void> {
  const target = embedded(config);
  if (!(await isThere(file))) throw new Usage(`there is no file ${file}`);
  check(file);
  await withLock(config.dataDir, async () => {
    const folder = path.dirname(target);
    const made = `${folder}.new`;
    await rm(made, { recursive: true, force: true });
    await mkdir(made, { mode: 0o700 });
    const copy = path.join(made, path.basename(target));
    await (await open(copy, 'w', 0o600)).close();
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    const database = new SqliteDatabase(copy);
    database.ask([
      { sql: 'UPDATE access_session SET ended_at = coalesce(ended_at, $1::bigint)', params: [Date.now()] },
    ]);
    database.settle();
    database.close();
    await sync(copy);
    const aside = (await isThere(folder)) ? await setAside(config.dataDir, 'replaced', Date.now()) : null;
    await rename(made, folder);
    await sync(config.dataDir);
    tell(`The store is the one of ${file}${aside === null ? '' : `; the one before it is kept as ${aside}`}.`);
    tell(
      'Everybody signs in again. Accounts, rights and tokens are as they were then: revoke again what was revoked since.',
    );
  });
}

/** Copies what PGlite kept into the store; what is there already stays as it is. Rejects with words for people. */
export async function carryOver(config: HowdahConfig, tell: (text: string) => void = out): Promise<void> {
  embedded(config);
  const folder = path.join(config.dataDir, 'store');
  if (!(await isThere(path.join(folder, 'PG_VERSION')))) throw new Usage(`there is no store of PGlite in ${folder}`);
  const PGlite = await pglite();
  await withStore(config, async (store) => {
    const old = await PGlite.create({ dataDir: folder, parsers: { 20: Number, 1700: Number } });
    try {
      for (const { table, columns } of carriedTables()) {
        const select = columns
          .map(({ name, type }) => (type.startsWith('json') ? `${name}::text AS ${name}` : name))
          .join(', ');
        const { rows } = await old.query(`SELECT ${select} FROM ${table}`);
        const sql = carriedInsert(table, columns);
        for (let first = 0; first < rows.length; first += ROWS_A_TURN) {
          const turn = rows.slice(first, first + ROWS_A_TURN);
          await store.together(turn.map((row) => ({ sql, params: columns.map(({ name }) => row[name]) })));
        }
        tell(`${table}: ${rows.length} rows`);
      }
    } finally {
      await old.close();
    }
    const kept = `store.pglite-${Date.now()}`;
    await rename(folder, path.join(config.dataDir, kept));
    tell(`Carried over. The old folder is kept as ${kept}; Howdah does not need it any more.`);
  });
}

interface OldStore {
  query(sql: string): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
  close(): Promise<void>;
}

/** Not one of our packages: it is brought for this once. */
async function pglite(): Promise<{ create(options: object): Promise<OldStore> }> {
  try {
    const { PGlite } = (await import(PGLITE)) as { PGlite: { create(options: object): Promise<OldStore> } };
    return PGlite;
  } catch {
    throw new Usage(`run this first, where Howdah is installed: npm install --no-save ${PGLITE}@${PGLITE_VERSION}`);
  }
}

function embedded({ databaseUrl, dataDir }: HowdahConfig): string {
  if (databaseUrl === null) return storeFile(dataDir);
  throw new Usage('the store is in PostgreSQL (DATABASE_URL): back it up with pg_dump, put it back with pg_restore');
}

/** A whole store that this Howdah can open? Throws in words for people. */
function check(file: string): void {
  let database: SqliteDatabase | null = null;
  try {
    database = new SqliteDatabase(file, 'read');
    const problem = database.problem();
    if (problem !== null) throw new Error(problem);
    const known = Math.max(...MIGRATIONS.map(({ id }) => id));
    const [answer] = database.ask([{ sql: 'SELECT max(id) AS newest FROM howdah_migration', params: [] }]) ?? [];
    const newest = Number(answer?.rows[0]?.newest ?? 0);
    if (newest > known)
      throw new Error(`it was made by a newer Howdah (its schema is ${newest}, this one knows ${known})`);
  } catch (error) {
    throw new Error(
      `${file} is not a whole store of Howdah: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    database?.close();
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  await handle.sync().finally(() => handle.close());
}
