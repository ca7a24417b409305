// The store's rows follow the names of their clusters, once and all of them.
import { afterEach, describe, expect, it } from 'vitest';
import { buildSecret } from '../config/secret';
import { loadGood } from '../config/test-load';
import { formerClusters } from '../history/former-clusters';
import { writeFrames } from '../history/past-store';
import type { Session } from '../store/driver';
import { openStore, type Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import type { KnownCluster } from './moves';
import { alignStore, saveIdentities } from './store-names';

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const sourcesOf = (sources: string) =>
  loadGood({ argv: ['--config', '/w/h.yaml'], files: { '/w/h.yaml': `sources: [${sources}]` } }).sources;
const A = '{name: a, etcd: {hosts: e1}}';
const B = '{name: b, etcd: {hosts: e2}}';

const open: Store[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

describe.each<[string, string | null]>([
  ['SQLite', null],
  ...(POSTGRES === null ? [] : [['PostgreSQL', POSTGRES] satisfies [string, string]]),
])('names in %s', (_, url) => {
  /** What it carried, each time it opened. */
  const openWith = async (
    dataDir: string,
    sources: string,
    more: { moveNames?: boolean; known?: readonly KnownCluster[] } = {},
  ) => {
    const carried: unknown[] = [];
    const prepare = async (session: Session): Promise<void> => {
      const options = { sources: sourcesOf(sources), moveNames: false, known: [], former: formerClusters, ...more };
      carried.push(...(await alignStore(session, options)));
    };
    const silent = { info: () => undefined, warn: () => undefined };
    const databaseUrl = url === null ? null : buildSecret(url);
    const store = openStore({ dataDir, databaseUrl, now: Date.now, log: silent, prepare });
    open.push(store);
    return { store, carried };
  };
  const ready = async (...given: Parameters<typeof openWith>) => {
    const opened = await openWith(...given);
    await untilReady(opened.store);
    return opened;
  };
  /** PostgreSQL keeps what the test before left. */
  const empty = async (dataDir: string): Promise<void> => {
    const store = testStore(dataDir, url);
    await untilReady(store);
    for (const table of [
      ...['note', 'alert', 'access_token', 'access_user', 'leadership'],
      ...['history_recent', 'history_chunk', 'cluster_identity'],
    ])
      await store.query(`DELETE FROM ${table}`);
    await store.close();
  };
  const note = (store: Store, scope: string, id: string): Promise<unknown> =>
    store.query(
      `INSERT INTO note (id, scope, at, body, actor, written_at) VALUES ($1::text, $2::text, 1, 'x', 'anna', 1)`,
      [id, scope],
    );
  const notes = async (store: Store): Promise<unknown> =>
    (await store.query('SELECT id, scope FROM note ORDER BY id')).map(({ id, scope }) => `${id}: ${scope}`);
  const user = (store: Store, grants: unknown): Promise<unknown> =>
    store.query(
      `INSERT INTO access_user (id, name, kind, grants, created_at) VALUES ('u', 'anna', 'local', $1::text::jsonb, 1)`,
      [JSON.stringify(grants)],
    );
  const leads = (store: Store, scope: string, leader: string): Promise<unknown> =>
    store.query(
      `INSERT INTO leadership (scope, system_identifier, timeline, leader) VALUES ($1::text, '7', 1, $2::text)`,
      [scope, leader],
    );
  const known = (store: Store, ...names: [string, string, string][]): Promise<void> =>
    saveIdentities(
      store,
      names.map(([source, scope, name]) => ({ source, scope, name, place: source, from: 'file' })),
    );

  it('two clusters exchange theirs: rows, grants and leaderships go along, wildcards and others stay', async () => {
    const folder = testFolder('align');
    await empty(folder);
    const { store } = await ready(folder, `${A}, ${B}`);
    await known(store, ['a', 'demo', 'demo'], ['b', 'demo', 'demo@b'], ['b', 'more', 'more@b']);
    for (const [scope, id] of [
      ['demo', 'of a'],
      ['demo@b', 'of b'],
      ['else', 'of nobody'],
    ] as const)
      await note(store, scope, id);
    await user(store, [
      { role: 'operator', scopes: ['demo', 'demo*'], labels: {} },
      { role: 'viewer', scopes: null, labels: {} },
      { role: 'admin', scopes: ['more@b', 'else'], labels: { team: 'demo' } },
    ]);
    await leads(store, 'demo', 'a1');
    await leads(store, 'demo@b', 'b1');
    await store.query(
      `INSERT INTO alert (id, scope, state, body) VALUES ('x', 'demo@b', 'firing', '{"alert": {"scope": "demo@b"}}'::text::jsonb)`,
    );
    await store.close();

    const moved = await ready(folder, `${B}, ${A}`, { moveNames: true });
    expect(await notes(moved.store)).toEqual(['of a: demo@a', 'of b: demo', 'of nobody: else']);
    const [row] = await moved.store.query('SELECT grants FROM access_user');
    expect(row?.grants).toEqual([
      { role: 'operator', scopes: ['demo@a', 'demo*'], labels: {} },
      { role: 'viewer', scopes: null, labels: {} },
      { role: 'admin', scopes: ['more', 'else'], labels: { team: 'demo' } },
    ]);
    const led = await moved.store.query('SELECT scope, leader FROM leadership ORDER BY leader');
    expect(led.map(({ scope, leader }) => [leader, scope])).toEqual([
      ['a1', 'demo@a'],
      ['b1', 'demo'],
    ]);
    const [alert] = await moved.store.query<{ scope: string; body: unknown }>('SELECT scope, body FROM alert');
    expect(alert).toEqual({ scope: 'demo', body: { alert: { scope: 'demo' } } });
    await moved.store.close();

    // Once: whoever opens it then finds nothing to do, with or without saying so.
    const again = await ready(folder, `${B}, ${A}`, { moveNames: true });
    expect(again.carried).toEqual([]);
    expect(await notes(again.store)).toEqual(['of a: demo@a', 'of b: demo', 'of nobody: else']);
  });

  it('that would move without a word keep the store away, and change nothing', async () => {
    const folder = testFolder('align');
    await empty(folder);
    const { store } = await ready(folder, `${A}, ${B}`);
    await known(store, ['a', 'demo', 'demo'], ['b', 'demo', 'demo@b']);
    await note(store, 'demo', 'of a');
    await store.close();
    const refused = await openWith(folder, `${B}, ${A}`);
    await expect.poll(() => refused.store.state().state, { timeout: 20_000 }).toBe('down');
    expect(String(refused.store.state().error)).toContain('demo of source a would become demo@a');
    await refused.store.close();
    const back = await ready(folder, `${A}, ${B}`);
    expect(await notes(back.store)).toEqual(['of a: demo']);
    await back.store.close();
    // It was said while the store was away: the data folder knows.
    const agreed = [
      { source: 'a', scope: 'demo', name: 'demo@a', place: '', from: 'file' as const },
      { source: 'b', scope: 'demo', name: 'demo', place: '', from: 'file' as const },
    ];
    const later = await ready(folder, `${B}, ${A}`, { known: agreed });
    expect(await notes(later.store)).toEqual(['of a: demo@a']);
  });

  it('of a store of before go to the cluster that the newest snapshot is of, whoever had answered first', async () => {
    const folder = testFolder('align');
    await empty(folder);
    const { store } = await ready(folder, `${A}, ${B}`);
    const frame = async (scope: string, source: string, at: number): Promise<void> => {
      const body = await writeFrames([{ at, changed: false, json: JSON.stringify({ scope, source }) }]);
      await store.query(
        `INSERT INTO history_chunk (scope, level, from_at, to_at, count, body)
         VALUES ($1::text, 10, $2::bigint, $2::bigint, 1, $3::bytea)`,
        [scope, at, body],
      );
    };
    // In the life before the last, a answered first; in the last, b did.
    await frame('demo', 'a', 1000);
    await frame('demo', 'b', 2000);
    await frame('demo@a', 'a', 2000);
    await frame('only', 'b', 2000);
    await frame('old', 'gone', 2000);
    for (const scope of ['demo', 'demo@a', 'only', 'old']) await note(store, scope, `was ${scope}`);
    await user(store, [{ role: 'admin', scopes: ['only', 'demo'], labels: {} }]);
    await store.close();

    const { store: now, carried } = await ready(folder, `${A}, ${B}`);
    expect(await notes(now)).toEqual(['was demo: demo@b', 'was demo@a: demo', 'was old: old', 'was only: only@b']);
    expect((await now.query('SELECT grants FROM access_user'))[0]?.grants).toEqual([
      { role: 'admin', scopes: ['only@b', 'demo@b'], labels: {} },
    ]);
    expect(carried).toHaveLength(3);
    await now.query('DELETE FROM history_chunk');
    await now.close();
    const again = await ready(folder, `${A}, ${B}`);
    expect(again.carried).toEqual([]);
  });

  it('with one source stay as they are, also with an @ in them', async () => {
    const folder = testFolder('align');
    await empty(folder);
    const { store } = await ready(folder, A);
    await note(store, 'x@a', 'n');
    await known(store, ['a', 'x@a', 'x@a']);
    await store.close();
    const { store: now, carried } = await ready(folder, A);
    expect([carried, await notes(now)]).toEqual([[], ['n: x@a']]);
  });
});
