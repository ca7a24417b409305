import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSecret } from '../config/secret';
import { StoreAway } from './driver';
import { storeFile } from './embedded-driver';
import { MIGRATIONS, migrate } from './migrations';
import { SqliteDatabase } from './sqlite';
import { openStore, type Store } from './store';
import { testFolder, testStore, untilReady } from './test-store';

/** An empty database of its own. */
const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
/** The step `store` of the tests has one. */
const onPostgres = POSTGRES === null ? () => undefined : it;
const HOMES: readonly (readonly [string, string | null])[] = [
  ['the embedded store', null],
  ...(POSTGRES === null ? [] : [['the store in PostgreSQL', POSTGRES] as const]),
];
const folders: string[] = [];
const stores: Store[] = [];
let made = '';

function copy(): string {
  const where = testFolder('store');
  folders.push(where);
  cpSync(made, where, { recursive: true });
  return where;
}

function empty(): string {
  const where = testFolder('store');
  folders.push(where);
  return where;
}

function open(where: string, url: string | null = null): Store {
  const store = testStore(where, url);
  stores.push(store);
  return store;
}

beforeAll(async () => {
  made = testFolder('store');
  folders.push(made);
  const store = open(made);
  expect(store.state()).toMatchObject({ kind: 'embedded', state: 'opening', error: null });
  await expect(store.query('SELECT 1')).rejects.toThrow(StoreAway);
  await untilReady(store);
  await store.query("INSERT INTO running_action VALUES ('kept', 'a', 'h', 1)");
  await store.close();
  expect(store.state()).toMatchObject({ state: 'down' });
}, 180_000);

afterAll(async () => {
  for (const store of stores) await store.close();
  for (const where of folders) rmSync(where, { recursive: true, force: true });
});

describe.each(HOMES)('%s', (_home, url) => {
  let store: Store;
  beforeAll(async () => {
    store = open(empty(), url);
    await untilReady(store);
    for (const table of ['running_action', 'access_user', 'config_revision', 'outbox', 'history_recent'])
      await store.query(`DELETE FROM ${table}`);
  });

  it('gives integers and sums as numbers, JSON parsed, booleans and bytes as they are', async () => {
    const body = { b: [1], a: 'x', n: null };
    await store.query(
      `INSERT INTO access_user (id, name, kind, grants, disabled, created_at)
       VALUES ($1::text, $2::text, 'local', $3::text::jsonb, $4::boolean, $5::bigint)`,
      ['one', 'Ann', JSON.stringify(body), true, 1_795_218_900_000],
    );
    expect(await store.query('SELECT name, grants, disabled, created_at, totp FROM access_user')).toEqual([
      { name: 'Ann', grants: body, disabled: true, created_at: 1_795_218_900_000, totp: null },
    ]);
    const sums = 'SELECT count(*) AS count, sum(created_at) AS sum, max(created_at) AS newest FROM access_user';
    expect(await store.query(sums)).toEqual([{ count: 1, sum: 1_795_218_900_000, newest: 1_795_218_900_000 }]);
    expect(await store.query('UPDATE access_user SET disabled = false RETURNING id, disabled, grants')).toEqual([
      { id: 'one', disabled: false, grants: body },
    ]);
    await store.query("INSERT INTO history_recent VALUES ('a', 1, 2, 3, $1::bytea)", [Buffer.from([0, 255])]);
    const [row] = await store.query('SELECT body FROM history_recent');
    expect(row?.body).toHaveLength(2);
    expect(Buffer.from(row?.body as Uint8Array)).toEqual(Buffer.from([0, 255]));
  });

  it('keeps a configuration that is a number or a text for JSON', async () => {
    for (const value of [7, 'x', '7', null, [1]]) {
      await store.query('DELETE FROM config_revision');
      const sql = "INSERT INTO config_revision (scope, revision, value, text) VALUES ('a', '1', $1::text::json, '12')";
      await store.query(sql, [JSON.stringify(value)]);
      expect(await store.query('SELECT value, text FROM config_revision')).toEqual([{ value, text: '12' }]);
    }
  });

  it('tells an error by its code, and goes on', async () => {
    const insert = "INSERT INTO running_action VALUES ('kept', 'a', 'h', 1)";
    await store.query(insert);
    await expect(store.query(insert)).rejects.toMatchObject({ name: 'StoreError', code: '23505' });
    await expect(store.query('nonsense')).rejects.toMatchObject({ name: 'StoreError', code: '42601' });
    const fraction = 'UPDATE running_action SET expires_at = $1::bigint';
    await expect(store.query(fraction, [0.5])).rejects.toMatchObject({ code: '22P02' });
    const orphan = `INSERT INTO access_session VALUES ('s', 'nobody', 'local', '', null, 1, 1, 1, null)`;
    await expect(store.query(orphan)).rejects.toMatchObject({ code: '23503' });
    expect(store.state().state).toBe('ready');
    expect(await store.query('SELECT * FROM running_action')).toEqual([
      { scope: 'kept', action_id: 'a', holder: 'h', expires_at: 1 },
    ]);
  });

  it('does several statements together or none of them', async () => {
    await store.query('DELETE FROM running_action');
    const insert = (scope: string) => ({
      sql: "INSERT INTO running_action VALUES ($1::text, 'a', 'h', 1) RETURNING scope",
      params: [scope],
    });
    const scopes = async (): Promise<unknown[]> =>
      (await store.query('SELECT scope FROM running_action ORDER BY scope')).map(({ scope }) => scope);
    expect(await store.together([insert('a'), insert('b')])).toEqual([[{ scope: 'a' }], [{ scope: 'b' }]]);
    await expect(store.together([insert('c'), insert('a')])).rejects.toMatchObject({ code: '23505' });
    expect(await scopes()).toEqual(['a', 'b']);
    const guard = (scope: string) => ({ sql: 'SELECT 1 FROM running_action WHERE scope = $1::text', params: [scope] });
    expect(await store.together([insert('d')], guard('nobody'))).toBeNull();
    expect(await store.together([insert('e')], guard('a'))).toEqual([[{ scope: 'e' }]]);
    expect(await scopes()).toEqual(['a', 'b', 'e']);
    expect(await store.together([])).toEqual([]);
  });
});

describe('the embedded store', () => {
  it('keeps what was written, readable by its owner alone', async () => {
    const where = copy();
    const store = open(where);
    await untilReady(store);
    expect(store.state()).toMatchObject({ state: 'ready', error: null, notice: null });
    expect(await store.query('SELECT * FROM running_action')).toEqual([
      { scope: 'kept', action_id: 'a', holder: 'h', expires_at: 1 },
    ]);
    for (const name of readdirSync(path.join(where, 'sqlite')))
      expect(statSync(path.join(where, 'sqlite', name)).mode & 0o077).toBe(0);
    await store.close();
    await expect(store.query('SELECT 1')).rejects.toThrow(StoreAway);
  });

  it('syncs each commit to the disk and writes ahead', async () => {
    const store = open(copy());
    await untilReady(store);
    expect(await store.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
    expect(await store.query('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
  });

  it('sets a damaged file aside, whole, begins anew and says so', async () => {
    const where = copy();
    const broken = Buffer.alloc(8192, 7);
    writeFileSync(storeFile(where), broken);
    const store = open(where);
    await untilReady(store);
    expect(store.state()).toMatchObject({ state: 'ready', error: null });
    expect(store.state().notice).toMatch(/damaged .* set aside as store\.damaged-.* a new one begun/);
    const [aside = ''] = readdirSync(where).filter((name) => name.startsWith('store.damaged-'));
    expect(readFileSync(path.join(where, aside, 'store.db'))).toEqual(broken);
    expect(await store.query('SELECT * FROM running_action')).toEqual([]);
  });

  it('sets a file aside whose damage shows only when it is read', async () => {
    const where = copy();
    const store = open(where);
    await untilReady(store);
    const [row] = await store.query("SELECT rootpage FROM sqlite_schema WHERE name = 'running_action'");
    await store.query('PRAGMA shrink_memory');
    const file = openSync(storeFile(where), 'r+');
    writeSync(file, Buffer.alloc(4096, 7), 0, 4096, (Number(row?.rootpage) - 1) * 4096);
    closeSync(file);
    await expect(store.query('SELECT * FROM running_action')).rejects.toMatchObject({ code: 'XX001' });
    await expect
      .poll(() => String(store.state().notice), { timeout: 20_000 })
      .toMatch(/damaged .*malformed.* set aside/);
    await untilReady(store);
    expect(await store.query('SELECT * FROM running_action')).toEqual([]);
  });

  it('does not take a folder that cannot be used for damage', async () => {
    const where = empty();
    writeFileSync(path.join(where, 'sqlite'), 'in the way');
    const store = open(where);
    await expect
      .poll(() => store.state(), { timeout: 20_000 })
      .toMatchObject({
        state: 'down',
        error: expect.stringMatching(
          /^the embedded store .*store\.db cannot be opened: (something else has its name|a part of its path is no folder)\. It holds/,
        ),
      });
    expect(readFileSync(path.join(where, 'sqlite'), 'utf8')).toBe('in the way');
  });

  it('says what to do with the store of an earlier Howdah, and leaves it alone', async () => {
    const where = copy();
    mkdirSync(path.join(where, 'store'));
    writeFileSync(path.join(where, 'store/PG_VERSION'), '18\n');
    const store = open(where);
    await untilReady(store);
    expect(store.state().notice).toMatch(
      /store is a store of an earlier Howdah \(PGlite\) and is not read; .*carry-over/,
    );
    expect(existsSync(path.join(where, 'store/PG_VERSION'))).toBe(true);
  });

  it('refuses a store of a newer Howdah and of another history, in words, and changes nothing', async () => {
    const where = copy();
    const store = open(where);
    await untilReady(store);
    await store.query("INSERT INTO howdah_migration VALUES (99, 'later', 'x', 0)");
    await store.close();
    const rows = (): unknown => {
      const database = new SqliteDatabase(storeFile(where), 'read');
      const statements = ['SELECT * FROM sqlite_master ORDER BY name', 'SELECT * FROM howdah_migration ORDER BY id'];
      const answers = statements.map((sql) => database.ask([{ sql, params: [] }]));
      database.close();
      return answers;
    };
    const before = rows();
    const older = open(where);
    await expect
      .poll(() => older.state().error, { timeout: 20_000 })
      .toMatch(
        /newer Howdah .*schema is 99, this one knows \d+\); nothing was changed in it\. Start that Howdah again/,
      );
    await expect(older.query('SELECT 1')).rejects.toThrow('the store is away');
    await older.close();
    expect(rows()).toEqual(before);
    const session = {
      begin: async () => undefined,
      query: async (sql: string) => (sql.startsWith('SELECT') ? [{ id: 1, checksum: 'x' }] : []),
      script: async () => undefined,
    };
    await expect(migrate(session)).rejects.toThrow('schema 1 is not the one');
  }, 180_000);
});

describe('the store in PostgreSQL', () => {
  it('of a newer Howdah is left as it is: one transaction that is rolled back', async () => {
    const sent: string[] = [];
    const session = {
      begin: async () => void sent.push('BEGIN'),
      query: async (sql: string) => {
        sent.push(sql);
        return sql.startsWith('SELECT') ? [{ id: 7, checksum: 'x' }] : [];
      },
      script: async (sql: string) => void sent.push(sql),
    };
    await expect(migrate(session, [{ id: 6, name: 'six', sql: 'CREATE TABLE six ()' }])).rejects.toThrow(
      /newer Howdah \(its schema is 7, this one knows 6\); nothing was changed/,
    );
    expect(sent.map((sql) => sql.split(' ').slice(0, 5).join(' '))).toEqual([
      'BEGIN',
      'CREATE TABLE IF NOT EXISTS',
      'SELECT id, checksum FROM howdah_migration',
      'ROLLBACK',
    ]);
  });

  it('is away in words while nothing listens, without the password', async () => {
    const store = open(empty(), 'postgres://h:hunter2@127.0.0.1:1/howdah');
    await expect
      .poll(() => store.state(), { timeout: 20_000 })
      .toMatchObject({ kind: 'postgres', state: 'down', error: 'connection refused' });
    await expect(store.query('SELECT 1')).rejects.toThrow('the store is away: connection refused');
  });

  it('says in the log once why it is away, not with each attempt', async () => {
    let attempts = 0;
    const fields = Buffer.from('SFATAL\0C25006\0Mread only\0\0');
    const refusal = Buffer.concat([Buffer.from('E\0\0\0'), Buffer.from([fields.length + 4]), fields]);
    const server = createServer((socket) => {
      attempts += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(refusal));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const away: string[] = [];
    const log = { info: () => undefined, warn: (_: object, message: string) => void away.push(message) };
    const databaseUrl = buildSecret(`postgres://h@127.0.0.1:${(server.address() as AddressInfo).port}/howdah`);
    const store = openStore({ dataDir: empty(), databaseUrl, now: Date.now, log });
    await expect.poll(() => attempts, { timeout: 30_000 }).toBeGreaterThan(2);
    await store.close();
    server.close();
    expect(away).toEqual(['the store is away']);
  });

  onPostgres('is migrated once when several processes start at once', async () => {
    const first = open(empty(), POSTGRES);
    await untilReady(first);
    const schema = `howdah_${Date.now()}`;
    await first.query(`CREATE SCHEMA ${schema}`);
    const url = `${POSTGRES}${POSTGRES?.includes('?') ? '&' : '?'}options=-c%20search_path%3D${schema}`;
    const several = Array.from({ length: 4 }, () => open(empty(), url));
    await Promise.all(several.map(untilReady));
    expect(several.map((store) => store.state().state)).toEqual(['ready', 'ready', 'ready', 'ready']);
    expect(await several[0]?.query('SELECT id FROM howdah_migration ORDER BY id')).toEqual(
      MIGRATIONS.map(({ id }) => ({ id })),
    );
    await first.query(`DROP SCHEMA ${schema} CASCADE`);
  });

  onPostgres('answers nothing later than 3 s, and comes back by itself when its sessions are ended', async () => {
    // A database of its own: the suites beside this one have sessions of the same name.
    const first = open(empty(), POSTGRES);
    await untilReady(first);
    const database = `sessions_${process.pid}`;
    await first.query(`CREATE DATABASE ${database}`);
    const url = new URL(POSTGRES ?? '');
    url.pathname = `/${database}`;
    const store = open(empty(), url.href);
    await untilReady(store);
    const started = Date.now();
    await expect(store.query('SELECT pg_sleep(20)')).rejects.toThrow('did not answer within 3 s');
    expect(Date.now() - started).toBeLessThan(4000);
    await untilReady(store);
    const end = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()';
    await expect(store.query(end)).rejects.toThrow(StoreAway);
    expect(store.state().state).toBe('down');
    await untilReady(store);
    expect(await store.query('SELECT 1::int4 AS one')).toEqual([{ one: 1 }]);
    await first.query(`DROP DATABASE ${database} WITH (FORCE)`);
  });
});
