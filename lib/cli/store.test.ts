// A backup is what the store had acknowledged, taken while it is written; a restore is that and nothing else, and loses nothing of what
// was there before.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { type HowdahConfig, loadConfig } from '../server/config/config';
import { takeLock } from '../server/store/lock';
import type { Store } from '../server/store/store';
import { testFolder, testStore, untilReady } from '../server/store/test-store';
import { backup, carryOver, restore } from './store';

const folders: string[] = [];
const said: string[] = [];
const tell = (text: string): void => void said.push(text);

function folder(): string {
  const made = testFolder('cli-store');
  folders.push(made);
  return made;
}

function config(dataDir: string, env: Record<string, string> = {}): HowdahConfig {
  const readFile = (): string => '';
  const loaded = loadConfig({
    argv: [],
    env: { HOWDAH_DATA: dataDir, HOWDAH_AUTH: 'none', ...env },
    cwd: dataDir,
    readFile,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

async function opened(dataDir: string): Promise<Store> {
  const store = testStore(dataDir);
  await untilReady(store);
  return store;
}

const account = (store: Store, name: string): Promise<unknown> =>
  store.query(
    "INSERT INTO access_user (id, name, kind, grants, created_at) VALUES ($1::text, $1::text, 'local', '[]', 1)",
    [name],
  );
const session = (store: Store, name: string): Promise<unknown> =>
  store.query(
    "INSERT INTO access_session VALUES ($1::text, $1::text, 'local', 'browser', null, 1, 1, 9999999999999, null)",
    [name],
  );
const accounts = async (store: Store): Promise<unknown[]> =>
  (await store.query('SELECT name FROM access_user ORDER BY name')).map(({ name }) => name);

beforeEach(() => void said.splice(0));
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

it('a backup made while the store is written is put back with all that it had, and sessions ended', async () => {
  const where = folder();
  const file = path.join(folder(), 'backup.db');
  const store = await opened(where);
  await account(store, 'ann');
  await session(store, 'ann');
  await Promise.all([
    backup(config(where), file, tell),
    ...Array.from({ length: 50 }, (_, n) => account(store, `early ${n}`)),
  ]);
  expect(said.join('')).toMatch(/backup\.db: \d+ bytes, checked/);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(readdirSync(path.dirname(file))).toEqual(['backup.db']);
  await account(store, 'late');
  await store.close();

  await restore(config(where), file, tell);
  const again = await opened(where);
  const names = await accounts(again);
  expect(names).toContain('ann');
  expect(names).not.toContain('late');
  expect(await again.query('SELECT id FROM access_session WHERE ended_at IS NULL')).toEqual([]);
  await again.close();
  const [aside = ''] = readdirSync(where).filter((name) => name.startsWith('store.replaced-'));
  expect(said.join('')).toContain(`kept as ${aside}`);
  rmSync(path.join(where, 'sqlite'), { recursive: true });
  renameSync(path.join(where, aside), path.join(where, 'sqlite'));
  const before = await opened(where);
  expect(await accounts(before)).toContain('late');
  await before.close();
});

it('a backup never replaces a file', async () => {
  const where = folder();
  await (await opened(where)).close();
  const file = path.join(where, 'mine');
  writeFileSync(file, 'mine');
  await expect(backup(config(where), file, tell)).rejects.toThrow('exists; give a new name');
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

it('what is no whole store is not put back, and the one that is there stays', async () => {
  const where = folder();
  const store = await opened(where);
  await account(store, 'ann');
  await store.close();
  const file = path.join(folder(), 'backup.db');
  await backup(config(where), file, tell);
  const half = path.join(folder(), 'half.db');
  writeFileSync(half, readFileSync(file).subarray(0, statSync(file).size / 2));
  const text = path.join(folder(), 'text.db');
  writeFileSync(text, 'no database, whatever its name');
  for (const bad of [half, text])
    await expect(restore(config(where), bad)).rejects.toThrow('is not a whole store of Howdah');
  await expect(restore(config(where), path.join(where, 'none'))).rejects.toThrow('there is no file');
  const again = await opened(where);
  expect(await accounts(again)).toEqual(['ann']);
  await again.close();
  expect(readdirSync(where).filter((name) => name.startsWith('store.'))).toEqual([]);
});

it('a store that a Howdah has open is not exchanged under it', async () => {
  const where = folder();
  const store = await opened(where);
  const file = path.join(folder(), 'backup.db');
  await backup(config(where), file, tell);
  const lock = await takeLock(where);
  await expect(restore(config(where), file, tell)).rejects.toThrow('belongs to the Howdah with pid');
  if (lock.ok) await lock.release();
  await store.close();
});

it('a store in PostgreSQL is left to its own tools', async () => {
  const there = config(folder(), { DATABASE_URL: 'postgres://h@127.0.0.1/howdah' });
  for (const work of [() => backup(there, 'x'), () => restore(there, 'x'), () => carryOver(there)])
    await expect(work()).rejects.toThrow('back it up with pg_dump');
});

it('carrying over says what is missing for it, and touches nothing', async () => {
  const where = folder();
  await expect(carryOver(config(where))).rejects.toThrow('there is no store of PGlite');
  mkdirSync(path.join(where, 'store'));
  writeFileSync(path.join(where, 'store/PG_VERSION'), '18\n');
  await expect(carryOver(config(where))).rejects.toThrow('npm install --no-save @electric-sql/pglite@');
  expect(existsSync(path.join(where, 'store/PG_VERSION'))).toBe(true);
});
