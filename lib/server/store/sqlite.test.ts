import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { codeOf, SqliteDatabase } from './sqlite';
import { testFolder } from './test-store';

const folder = testFolder('sqlite');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(name: string): { readonly database: SqliteDatabase; readonly file: string } {
  const file = path.join(folder, name);
  const database = new SqliteDatabase(file);
  database.script('CREATE TABLE t (a bigint PRIMARY KEY, b bytea)');
  return { database, file };
}

const run = (database: SqliteDatabase, sql: string, params: readonly unknown[] = []) =>
  database.ask([{ sql, params }])?.[0]?.rows ?? [];

it('gives room back to the disk when much was deleted, in turns, and loses nothing that stays', () => {
  const { database, file } = made('shrinks');
  const insert = { sql: 'INSERT INTO t VALUES ($1::bigint, $2::bytea)' };
  const rows = Array.from({ length: 2000 }, (_, a) => ({ ...insert, params: [a, Buffer.alloc(8000, a % 251)] }));
  database.ask(rows);
  database.settle();
  const full = statSync(file).size;
  database.shrink();
  database.settle();
  expect(statSync(file).size).toBe(full);
  run(database, 'DELETE FROM t WHERE a >= 500');
  for (let turn = 0; turn < 10; turn += 1) database.shrink();
  database.settle();
  expect(statSync(file).size).toBeLessThan(full / 2);
  const [kept] = run(database, 'SELECT count(*) AS count, sum(octet_length(b)) AS bytes FROM t');
  expect(kept).toEqual({ count: 500, bytes: 4_000_000 });
  expect(database.problem()).toBeNull();
  database.close();
});

it('says what is wrong by the codes that PostgreSQL has for it', () => {
  const { database } = made('codes');
  const code = (sql: string, params: readonly unknown[] = []): string | null => {
    try {
      run(database, sql, params);
      return 'none';
    } catch (error) {
      return codeOf(error);
    }
  };
  expect(code('INSERT INTO t VALUES (1, null)')).toBe('none');
  expect(code('INSERT INTO t VALUES (1, null)')).toBe('23505');
  expect(code('SELECT c FROM t')).toBe('42601');
  expect(code('SELECT * FROM nowhere')).toBe('42601');
  expect(code("SELECT json_extract('{', '$')")).toBe('22P02');
  run(database, 'PRAGMA max_page_count = 1');
  expect(code('INSERT INTO t VALUES (2, $1::bytea)', [Buffer.alloc(100_000)])).toBe('53100');
  expect(run(database, 'SELECT a FROM t')).toEqual([{ a: 1 }]);
  expect(() => run(database, 'SELECT $1::text', [{}])).toThrow('expected a parameter');
  database.close();
});

it('a read-only one writes nothing', () => {
  const { database, file } = made('read');
  const reader = new SqliteDatabase(file, 'read');
  try {
    run(reader, 'INSERT INTO t VALUES (1, null)');
    expect.unreachable();
  } catch (error) {
    expect(codeOf(error)).toBe('25006');
  }
  reader.close();
  database.close();
});
