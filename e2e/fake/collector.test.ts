// The collector over real sockets where only a fake can make the case: several clusters behind several seeds, no DCS at all.
import { afterEach, expect, test } from 'vitest';
import { Collector } from '../../lib/server/collector/collector';
import { loadConfig } from '../../lib/server/config/config';
import { FakeFleet } from './fleet';
import { PATRONI_PORT } from './patroni';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function until(what: string, test: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!test()) {
    if (Date.now() > end) throw new Error(`waited 20 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('seeds of two clusters become two clusters, each with its own members and leader only', async () => {
  const fleet = await FakeFleet.start({ scopes: 2, members: 3 });
  cleanups.push(() => fleet.stop());
  const argv = fleet.clusters.flatMap((cluster) => ['--patroni', `http://${cluster.node('n2').host}:${PATRONI_PORT}`]);
  const loaded = loadConfig({ argv, env: {}, cwd: '/', readFile: () => '' });
  if (!loaded.ok) throw new Error('the flags are good');
  const collector = new Collector({
    sources: loaded.config.sources,
    poll: loaded.config.poll,
    now: Date.now,
    onUpdate: () => undefined,
    onGone: () => undefined,
  });
  cleanups.push(() => collector.stop());
  collector.start();
  collector.setViewers(new Set(fleet.clusters.map((cluster) => cluster.scope)), true);
  for (const cluster of fleet.clusters) {
    const known = () => collector.snapshotOf(cluster.scope)?.cluster;
    await until(
      `the members of ${cluster.scope}`,
      () => known()?.members.length === 3 && known()?.leader?.known === true,
    );
    const hosts = known()
      ?.members.map((member) => member.apiUrl)
      .sort();
    expect(hosts).toEqual(['n1', 'n2', 'n3'].map((name) => `http://${cluster.node(name).host}:${PATRONI_PORT}`).sort());
  }
  expect(collector.state().problems).toEqual([]);
});
