// Made states over real sockets: the collector sees of them what the core says of the file.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { complaints } from '../../lib/domain/test-made-judge';
import { MADE_ROOT } from '../../lib/domain/test-made-states';
import { Collector } from '../../lib/server/collector/collector';
import { loadConfig } from '../../lib/server/config/config';
import { type EtcdProcess, startEtcd } from './etcd-process';
import { bringUp, type MadeCluster, readState } from './made';

const NAMES = ['01-sameapi-302', '08b-proto', '22-proxy', '29-otherscope', '50-percent', '60-renamed-302'];
const WAIT_MS = 30_000;

describe('made states in a real etcd', () => {
  let etcd: EtcdProcess;
  let collector: Collector;
  const up: MadeCluster[] = [];

  beforeAll(async () => {
    etcd = await startEtcd();
    for (const name of NAMES) up.push(await bringUp(readState(join(MADE_ROOT, `${name}.json`)), etcd));
    const loaded = loadConfig({ argv: ['--etcd', etcd.url], env: {}, cwd: '/', readFile: () => '' });
    if (!loaded.ok) throw new Error('the flags are good');
    collector = new Collector({
      sources: loaded.config.sources,
      poll: loaded.config.poll,
      now: Date.now,
      onUpdate: () => undefined,
      onGone: () => undefined,
    });
    collector.start();
    collector.setViewers(new Set(up.map(({ state }) => state.scope)), true);
  }, 60_000);
  afterAll(async () => {
    await collector?.stop();
    for (const cluster of up) await cluster.stop();
    await etcd?.stop();
  });

  test.each(NAMES)(
    '%s',
    async (name) => {
      const { scope, expect: must } = readState(join(MADE_ROOT, `${name}.json`));
      const end = Date.now() + WAIT_MS;
      let left: readonly string[] = ['no snapshot'];
      while (left.length > 0 && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        const snapshot = collector.snapshotOf(scope);
        left = snapshot === null ? ['no snapshot'] : complaints(must, snapshot);
      }
      expect(left).toEqual([]);
    },
    40_000,
  );
});
