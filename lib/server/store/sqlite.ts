// SQLite as Howdah uses it: what is acknowledged is on the disk (write-ahead log, a sync with each commit), statements are prepared
// once. Synchronous: only for a thread or a process that may wait.

import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import { type Column, kindsOf, sqliteOf, tablesOf } from './dialect';
import type { Statement } from './driver';
import type { Answer } from './link';
import { MIGRATIONS } from './migrations';

const BUSY_MS = 5000;
/** Prepared statements that are kept; batches of the audit have a text for each length. */
const PREPARED_MAX = 200;
const WAL_KEPT_BYTES = 16 * 1024 * 1024;
const KINDS = kindsOf(MIGRATIONS.map(({ sql }) => sql));

/** Free pages are given back to the disk when they are a quarter of the file, so many at a time. */
const SHRINK_PAGES = 1000;

interface Prepared {
  readonly statement: StatementSyncInstance;
  readonly json: readonly string[];
  readonly boolean: readonly string[];
}

export class SqliteDatabase {
  readonly #database: InstanceType<typeof DatabaseSync>;
  readonly #prepared = new Map<string, Prepared>();

  /** Makes the file where there is none, except to read. Throws what SQLite says; see codeOf. */
  constructor(file: string, use: 'read' | 'write' = 'write') {
    this.#database = new DatabaseSync(file, { readOnly: use === 'read' });
    try {
      if (use === 'read') return;
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA auto_vacuum = INCREMENTAL`);
      // Reads the file: what is no database is found here.
      this.#database.exec(
        `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = ${WAL_KEPT_BYTES}; PRAGMA analysis_limit = 400;
         PRAGMA optimize = 0x10002`,
      );
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#database.function('json_merge', { deterministic: true }, (base: unknown, change: unknown) =>
      JSON.stringify({ ...parsed(base), ...parsed(change) }),
    );
  }

  /** Several are one transaction. null: the guard gave no row, and nothing was done. */
  ask(statements: readonly Statement[], guarded = false): readonly Answer[] | null {
    const [first] = statements;
    if (statements.length === 1 && first !== undefined && !guarded) return [this.#run(first)];
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const answers: Answer[] = [];
      for (const statement of statements) {
        const answer = this.#run(statement);
        if (guarded && answers.length === 0 && answer.rows.length === 0) {
          this.#database.exec('ROLLBACK');
          return null;
        }
        answers.push(answer);
      }
      this.#database.exec('COMMIT');
      return answers;
    } catch (error) {
      // Some errors, a full disk for one, have rolled it back already.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  script(sql: string): void {
    this.#database.exec(sqliteOf(sql));
  }

  /** A short turn of giving free pages back. */
  shrink(): void {
    const [free = 0, all = 0] = ['freelist_count', 'page_count'].map((name) =>
      Number(Object.values(this.#database.prepare(`PRAGMA ${name}`).get() ?? {})[0]),
    );
    if (free > SHRINK_PAGES && 4 * free > all) this.#database.exec(`PRAGMA incremental_vacuum(${SHRINK_PAGES})`);
  }

  /** Everything that is in it now, as a database of its own in a new file. Others go on reading and writing. */
  copyTo(file: string): void {
    this.#database.prepare('VACUUM INTO ?1').all(file);
  }

  /** The first thing that is wrong with the file; null: nothing. Reads all of it. */
  problem(): string | null {
    const [row] = this.#database.prepare('PRAGMA integrity_check(1)').all();
    const said = String(Object.values(row ?? {})[0]);
    return said === 'ok' ? null : said;
  }

  /** What the log holds goes into the file, which is then whole without it. */
  settle(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** The log stays where it is: it is read at the next opening, and moving it now would take time that ends may not have. */
  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #run({ sql, params }: Statement): Answer {
    const { statement, json, boolean } = this.#prepare(sql);
    try {
      const rows = statement.all(...params.map(bound)) as Record<string, unknown>[];
      return { rows, json, boolean };
    } catch (error) {
      this.#prepared.delete(sql);
      throw error;
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sqliteOf(sql));
    const named = (kind: ReadonlySet<string>): string[] =>
      statement.columns().flatMap(({ name, table, column }) => (kind.has(`${table}.${column}`) ? [name] : []));
    const made = { statement, json: named(KINDS.json), boolean: named(KINDS.boolean) };
    this.#prepared.set(sql, made);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size > PREPARED_MAX && oldest !== undefined) this.#prepared.delete(oldest);
    return made;
  }
}

/** Tables and columns whose rows mean the same in another store: without what one process holds and what is numbered on arrival. */
export function carriedTables(): { readonly table: string; readonly columns: readonly Column[] }[] {
  return tablesOf(MIGRATIONS.map(({ sql }) => sql)).filter(
    ({ table }) => table !== 'lease' && table !== 'running_action',
  );
}

/** SQLSTATE of what SQLite says; null: none. By its words, which have not changed in many years: the code is not always there. */
/**
 * Takes one row over, unless it is there. Of an account whose name is taken here nothing is carried: its sessions and tokens would belong
 * to nobody.
 */
export function carriedInsert(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name).join(', ');
  const values = columns.map(({ type }, index) => `$${index + 1}::${type}`).join(', ');
  const owner = columns.findIndex(({ name }) => name === 'user_id') + 1;
  const isOwned =
    owner === 0 ? 'true' : `($${owner}::text IS NULL OR EXISTS (SELECT 1 FROM access_user WHERE id = $${owner}::text))`;
  return `INSERT INTO ${table} (${names}) SELECT ${values} WHERE ${isOwned} ON CONFLICT DO NOTHING`;
}

export function codeOf(error: unknown): string | null {
  const message = error instanceof Error ? error.message : '';
  return CODES.find(([words]) => words.test(message))?.[1] ?? null;
}

const CODES: readonly (readonly [RegExp, string])[] = [
  [/^UNIQUE constraint failed/, '23505'],
  [/^NOT NULL constraint failed/, '23502'],
  [/^FOREIGN KEY constraint failed/, '23503'],
  [/^cannot store \w+ value in /, '22P02'],
  [/malformed JSON|integer overflow|string or blob too big/, '22P02'],
  [/database disk image is malformed|file is not a database/, 'XX001'],
  [/database or disk is full/, '53100'],
  [/readonly database/, '25006'],
  [/disk I\/O error|unable to open database file/, '58030'],
  [/database is locked/, '55P03'],
  [/syntax error|no such (table|column|function)/, '42601'],
];

function bound(value: unknown): null | number | bigint | string | Uint8Array {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError('expected a parameter that is null, a number, text, a boolean or bytes');
}

function parsed(json: unknown): object {
  const value: unknown = JSON.parse(String(json));
  return typeof value === 'object' && value !== null ? value : {};
}
