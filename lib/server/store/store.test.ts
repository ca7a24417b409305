import { cpSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSecret } from '../config/secret';
import { MIGRATIONS, migrate } from './migrations';
import { openStore, type Store, StoreAway, StoreError } from './store';
import { testFolder, testStore, untilReady } from './test-store';

/** An empty database of its own. */
const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
/** The step `store` of the tests has one. */
const onPostgres = POSTGRES === null ? () => undefined : it;
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

describe('the embedded store', () => {
  it('keeps what was written, gives int8 as text, and tells an error from being away', async () => {
    const store = open(copy());
    await untilReady(store);
    expect(store.state()).toMatchObject({ state: 'ready', error: null, notice: null });
    expect(await store.query('SELECT * FROM running_action')).toEqual([
      { scope: 'kept', action_id: 'a', holder: 'h', expires_at: '1' },
    ]);
    const sql = `SELECT 1::int4 AS i, 1.5::float8 AS f, $1::text::json AS j, $1::text::jsonb AS b, NULL::text AS n, true AS t, $2::bigint AS l`;
    expect(await store.query(sql, ['{"b":[1],"a":"x"}', 5])).toEqual([
      { i: 1, f: 1.5, j: { b: [1], a: 'x' }, b: { b: [1], a: 'x' }, n: null, t: true, l: '5' },
    ]);
    const twice = store.query("INSERT INTO running_action VALUES ('kept', 'a', 'h', 1)");
    await expect(twice).rejects.toMatchObject({ name: 'StoreError', code: '23505' });
    await expect(store.query('nonsense')).rejects.toThrow(StoreError);
    expect(store.state().state).toBe('ready');
    await store.close();
    await expect(store.query('SELECT 1')).rejects.toThrow(StoreAway);
  });

  it('sets a damaged folder aside, begins anew and says so', async () => {
    const where = copy();
    writeFileSync(path.join(where, 'store/global/pg_control'), Buffer.alloc(8192, 7));
    const store = open(where);
    await untilReady(store);
    expect(store.state()).toMatchObject({ state: 'ready', error: null });
    expect(store.state().notice).toMatch(/damaged .* set aside as store\.damaged-.* from the journal anew/);
    expect(readdirSync(where).some((name) => name.startsWith('store.damaged-'))).toBe(true);
    expect(await store.query('SELECT * FROM running_action')).toEqual([]);
  }, 180_000);

  it('refuses a store of a newer Howdah and of another history, in words, and changes nothing', async () => {
    const where = copy();
    const store = open(where);
    await untilReady(store);
    await store.query("INSERT INTO howdah_migration VALUES (99, 'later', 'x', 0)");
    await store.close();
    const older = open(where);
    await expect
      .poll(() => older.state().error, { timeout: 20_000 })
      .toMatch(/newer Howdah .*schema is 99, this one knows \d+/);
    await older.close();
    const session = {
      query: async (sql: string) =>
        sql.includes('to_regclass') ? [{ there: true }] : sql.includes('checksum') ? [{ id: 1, checksum: 'x' }] : [],
      script: async () => undefined,
    };
    await expect(migrate(session)).rejects.toThrow('schema 1 is not the one');
  }, 180_000);
});

describe('the store in PostgreSQL', () => {
  it('is away in words while nothing listens, without the password', async () => {
    const store = open(empty(), 'postgres://h:hunter2@127.0.0.1:1/howdah');
    await expect
      .poll(() => store.state())
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
    const store = open(empty(), POSTGRES);
    await untilReady(store);
    const started = Date.now();
    await expect(store.query('SELECT pg_sleep(20)')).rejects.toThrow('did not answer within 3 s');
    expect(Date.now() - started).toBeLessThan(4000);
    await untilReady(store);
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'howdah-store'";
    await expect(store.query(end)).rejects.toThrow(StoreAway);
    expect(store.state().state).toBe('down');
    await untilReady(store);
    expect(await store.query('SELECT 1::int4 AS one')).toEqual([{ one: 1 }]);
  });
});
