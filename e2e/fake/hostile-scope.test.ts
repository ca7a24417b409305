// A cluster below whose scope somebody writes what no Patroni writes costs only itself: the others' rounds stay whole.
import { afterEach, expect, test } from 'vitest';
import { Collector } from '../../lib/server/collector/collector';
import { loadConfig } from '../../lib/server/config/config';
import { FakeDcs } from './dcs';
import { startEtcd } from './etcd-process';
import { FakeFleet } from './fleet';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function until(what: string, test: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!test()) {
    if (Date.now() > end) throw new Error(`waited 60 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CROWD = 3000;
const UPDATES = 20;

test('a scope with thousands of members and one whose name is none leave the rounds of the others whole', async () => {
  const [fleet, { etcd, url, stop }] = await Promise.all([FakeFleet.start({ scopes: 2, members: 3 }), startEtcd()]);
  ends.push(() => fleet.stop(), stop);
  await new FakeDcs(etcd).writeAll(fleet.clusters);
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  // Below the scope of a cluster that is a good one: its three members are lost in the crowd, and nobody else's.
  const crowd = Array.from({ length: CROWD }, (_, index) => {
    const host = `127.${fleet.subnet}.254.${1 + (index % 200)}`;
    const value = {
      conn_url: `postgres://${host}:5432/postgres`,
      api_url: `http://${host}:8008/patroni`,
      state: 'running',
      role: 'replica',
    };
    return { request_put: { key: encode(`/service/bad/members/m${index}`), value: encode(JSON.stringify(value)) } };
  });
  for (let from = 0; from < CROWD; from += 100) await etcd.call('kv/txn', { success: crowd.slice(from, from + 100) });
  await etcd.put('/service/bad/leader', 'm1');
  for (const name of ['a\0b', 'a\nb']) await etcd.put(`/service/${name}/leader`, 'n1');
  await etcd.call('kv/put', {
    key: Buffer.from([...Buffer.from('/service/'), 0xff, ...Buffer.from('/leader')]).toString('base64'),
    value: encode('n1'),
  });

  const loaded = loadConfig({ argv: ['--etcd', url], env: {}, cwd: '/', readFile: () => '' });
  if (!loaded.ok) throw new Error('the flags are good');
  const faults: string[] = [];
  const updates = new Map<string, number>();
  const collector = new Collector({
    sources: loaded.config.sources,
    poll: loaded.config.poll,
    now: Date.now,
    onUpdate: ({ snapshot }) => {
      const count = (updates.get(snapshot.scope) ?? 0) + 1;
      updates.set(snapshot.scope, count);
      // The first ones are from before anybody answered.
      if (snapshot.scope === 'bad' || count < 4) return;
      for (const { code } of snapshot.findings) if (code.startsWith('dcs_')) faults.push(`${snapshot.scope}: ${code}`);
      for (const { name, silent } of snapshot.cluster.members)
        if (silent) faults.push(`${snapshot.scope}: ${name} silent`);
    },
    onGone: () => undefined,
  });
  ends.push(() => collector.stop());
  collector.start();
  collector.setViewers(new Set(fleet.clusters.map(({ scope }) => scope)), true);
  for (const { scope } of fleet.clusters) await until(`rounds of ${scope}`, () => (updates.get(scope) ?? 0) >= UPDATES);
  expect(faults).toEqual([]);
  expect([...collector.scopes()]).toEqual([...fleet.clusters.map(({ scope }) => scope), 'bad'].sort());
  const bad = collector.snapshotOf('bad');
  expect(bad?.cluster.members.length).toBe(128);
  expect(bad?.findings.map(({ code }) => code)).toContain('dcs_too_much');
  expect(collector.state().problems.map(({ text }) => String(text))).toEqual([
    expect.stringContaining('3 keys below /service/ left out'),
  ]);

  await etcd.removePrefix('/service/bad/members/');
  await until(
    'the finding to end',
    () => !collector.snapshotOf('bad')?.findings.some(({ code }) => code === 'dcs_too_much'),
  );
});
