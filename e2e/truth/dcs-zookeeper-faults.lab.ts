// What is ZooKeeper's own: three members of which one freezes, a leader that has lost its followers, nodes that are made again, the
// limit of sessions. What Patroni writes is written by kazoo, which it writes with.
import { afterEach, expect, test } from 'vitest';
import { ABSENT } from '../../lib/domain/key-version';
import { NEVER_ASKED, type RawDcs } from '../../lib/domain/raw';
import { openWatch } from '../../lib/io/dcs/open';
import { openWriter } from '../../lib/io/dcs/open-writer';
import type { DcsWatch } from '../../lib/io/dcs/port';
import { Connection } from '../../lib/io/dcs/zookeeper/connection';
import type { DcsStore } from '../dcs/contract';
import { startZooKeeper, type ZooKeeperEnsemble, type ZooKeeperOptions } from '../dcs/zookeeper-process';
import { missingZooKeeper, storeOf } from '../dcs/zookeeper-store';
import { sleep, waitUntil } from '../lab/deadline';

const LONG_MS = 90_000;
const HEALTH_MS = 500;
const releases: (() => Promise<unknown> | unknown)[] = [];
const missing = missingZooKeeper();

afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

interface Started {
  readonly ensemble: ZooKeeperEnsemble;
  readonly store: DcsStore;
  readonly watch: DcsWatch;
  raw(): RawDcs;
}

async function started(options: ZooKeeperOptions): Promise<Started> {
  const ensemble = await startZooKeeper(options);
  const store = await storeOf(ensemble);
  releases.push(() => store.stop());
  await store.put('demo/initialize', '7');
  await store.put('demo/config', '{"ttl":30}');
  await store.own?.('demo/leader', 'n1');
  const watch = openWatch(store.access, { now: Date.now, onChange: () => undefined });
  watch.start();
  const timer = setInterval(() => void watch.checkHealth(), HEALTH_MS);
  releases.push(() => {
    clearInterval(timer);
    return watch.stop();
  });
  await waitUntil('the list', LONG_MS, () => textOf(watch, 'leader') === 'n1' && watch.error === null);
  return { ensemble, store, watch, raw: () => watch.rawFor('demo', NEVER_ASKED) };
}

const textOf = (watch: DcsWatch, key: string): string | undefined =>
  watch.keysOf('demo')?.find((entry) => entry.key === key)?.value;
const states = (raw: RawDcs): unknown[] =>
  raw.endpoints.map(({ status }) => (status.last?.ok ? status.last.value.role : status.last?.error.kind));

test('the leader of the ensemble freezes: the others go on within an election, and it is the one that is down', async ({
  skip,
}) => {
  if (missing !== null) skip(missing);
  const { ensemble, store, watch, raw } = await started({ members: 3, tickMs: 500 });
  await waitUntil('the states', LONG_MS, () => states(raw()).filter((state) => state === 'follower').length === 2);
  expect(raw().endpoints.map(({ status }) => status.good?.value.name)).toEqual(['server.1', 'server.2', 'server.3']);
  // Twenty ticks.
  expect(raw().sessionLimitSeconds).toBe(10);
  const leader = await ensemble.ready();
  leader.freeze();
  await waitUntil('another leader', LONG_MS, () => {
    const others = raw().endpoints.filter(({ url }) => url !== leader.address);
    return others.some(
      ({ status, quorumRead }) => status.last?.ok && status.last.value.role === 'leader' && quorumRead.last?.ok,
    );
  });
  await waitUntil(
    'a view that is current',
    LONG_MS,
    () => watch.error === null && Date.now() - (raw().currentAt ?? 0) < 2000,
  );
  await store.put('demo/config', '{"ttl":20}');
  await waitUntil('the change', LONG_MS, () => textOf(watch, 'config') === '{"ttl":20}');
  expect(raw().endpoints.find(({ url }) => url === leader.address)?.quorumRead.last?.ok).toBe(false);
  leader.thaw();
  await waitUntil('all three', LONG_MS, () => raw().endpoints.every(({ quorumRead }) => quorumRead.last?.ok));
});

test('a leader that has lost its followers still answers reads: what it says does not count as current', async ({
  skip,
}) => {
  if (missing !== null) skip(missing);
  const { ensemble, raw } = await started({ members: 3 });
  const leader = await ensemble.ready();
  for (const member of ensemble.members) if (member !== leader) member.freeze();
  // As a client of the leader alone, the old one for up to five ticks.
  const alone = await Connection.open({
    address: leader.address,
    session: null,
    username: null,
    password: null,
    tls: null,
  }).catch(() => null);
  expect(alone).toBeNull();
  await waitUntil('no proof', LONG_MS, () => raw().endpoints.every(({ quorumRead }) => quorumRead.last?.ok === false));
  const at = raw().currentAt;
  await sleep(3000);
  expect(raw().currentAt).toBe(at);
  for (const member of ensemble.members) member.thaw();
  await waitUntil('a quorum', LONG_MS, () => raw().error === null && (raw().currentAt ?? 0) > (at ?? 0));
});

test('a leader key that was made again by the same member is another one, although ZooKeeper counts both as never written', async ({
  skip,
}) => {
  if (missing !== null) skip(missing);
  const { store, watch } = await started({ members: 1 });
  const writer = openWriter(store.access);
  releases.push(() => writer.close());
  const { failover, config } = await writer.current('demo');
  expect([failover, config?.value]).toEqual([null, '{"ttl":30}']);
  const wanted = {
    compare: { failover: ABSENT, sync: ABSENT },
    leader: { holder: 'n1' },
    put: { failover: '{"leader":"n1"}' },
  } as const;
  expect((await writer.commit('demo', wanted)).kind).toBe('committed');
  await store.remove('demo/failover');
  await store.put('demo/failover', '{}');
  // Made again, and its count of writes is 0 again.
  const stale = await writer.commit('demo', {
    compare: { failover: config?.version ?? '' },
    leader: null,
    put: { failover: '{"member":"n2"}' },
  });
  expect(stale.kind).toBe('changed');
  await waitUntil('the key', LONG_MS, () => textOf(watch, 'failover') === '{}');
  // Setting the very same bytes is a change to whoever watches: so is a loop woken.
  const now = await writer.current('demo');
  const before = now.config?.version ?? '';
  const touch = await writer.commit('demo', {
    compare: { config: before, failover: now.failover?.version ?? '' },
    leader: null,
    put: { config: now.config?.value ?? '' },
  });
  expect(touch.kind).toBe('committed');
  const after = await writer.current('demo');
  expect([after.config?.value, after.config?.version === before]).toEqual([now.config?.value, false]);
});
