import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NEVER_ASKED } from '../../../domain/raw';
import type { KubernetesAccess } from './api';
import { TestApi, TestCluster } from './test-api';
import { KubernetesWatch } from './watch';

let api: TestApi;
let watch: KubernetesWatch | null = null;
/** What has passed besides the time of the test. */
let passedMs = 0;
const changes: string[][] = [];

beforeEach(async () => {
  api = await TestApi.start();
  passedMs = 0;
  changes.length = 0;
});

afterEach(async () => {
  await watch?.stop();
  watch = null;
  await api.stop();
});

function begin(more: Partial<KubernetesAccess> = {}): KubernetesWatch {
  watch = new KubernetesWatch(api.access(more), {
    now: () => Date.now() + passedMs,
    onChange: (scopes) => changes.push([...scopes]),
  });
  watch.start();
  return watch;
}

const keyOf = (of: KubernetesWatch, scope: string, key: string): string | null =>
  of.keysOf(scope)?.find((entry) => entry.key === key)?.value ?? null;

const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 20_000, interval: 20 });

/** All of them are watched. */
async function attached(of: KubernetesWatch, streams = 3): Promise<void> {
  await until(() => {
    expect(of.listed).toBe(true);
    expect(api.watched).toBe(streams);
    expect(of.error).toBeNull();
  });
}

describe.each(['configmaps', 'endpoints'] as const)('a cluster in %s', (store) => {
  it('is found without being named, and its keys stand as in etcd', async () => {
    const cluster = new TestCluster(api, { store });
    cluster.begin();
    cluster.write('sync', { leader: 'alpha-0', sync_standby: 'alpha-1', quorum: '0' });
    const version = cluster.write('failover', { leader: 'alpha-0', member: 'alpha-1' });
    // Not Patroni's: another application's configuration, its pod, and its election.
    api.put('configmaps', 'shop-config', { app: 'shop' }, {});
    api.put('pods', 'shop-1', { 'cluster-name': 'alpha' }, {});
    api.put('endpoints', 'scheduler', {}, { 'control-plane.alpha.kubernetes.io/leader': '{}' });
    const of = begin();
    await attached(of);
    expect(of.scopes()).toEqual(['alpha']);
    expect(of.keysOf('alpha')?.map(({ key }) => key)).toEqual([
      'config',
      'failover',
      'history',
      'initialize',
      'leader',
      'members/alpha-0',
      'members/alpha-1',
      'status',
      'sync',
    ]);
    expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0');
    expect(keyOf(of, 'alpha', 'status')).toBe('{"optime":67109632,"slots":{"alpha_1":67109632}}');
    expect(JSON.parse(keyOf(of, 'alpha', 'sync') ?? '')).toEqual({
      leader: 'alpha-0',
      sync_standby: 'alpha-1',
      quorum: 0,
    });
    expect(of.keysOf('alpha')?.find(({ key }) => key === 'failover')).toMatchObject({
      value: '{"leader":"alpha-0","member":"alpha-1"}',
      version,
    });
    expect(of.rawFor('alpha', NEVER_ASKED)).toMatchObject({ kind: 'kubernetes', namespace: 'demo', error: null });
  });

  it('changes with its events: a request that is taken back is empty, a pod that goes is no member', async () => {
    const cluster = new TestCluster(api, { store });
    cluster.begin();
    cluster.write('failover', { member: 'alpha-1' });
    const of = begin();
    await attached(of);
    const before = of.keysOf('alpha')?.find(({ key }) => key === 'leader');
    cluster.renew();
    cluster.write('failover', {});
    api.remove('pods', 'alpha-1');
    await until(() => {
      expect(keyOf(of, 'alpha', 'failover')).toBe('{}');
      expect(keyOf(of, 'alpha', 'members/alpha-1')).toBeNull();
    });
    // A renewal is no change of the leader.
    expect(of.keysOf('alpha')?.find(({ key }) => key === 'leader')).toEqual(before);
    api.remove(store, 'alpha-config');
    await until(() => expect(of.scopes()).toEqual([]));
    expect(changes.at(-1)).toEqual(['alpha']);
  });
});

describe('the holder of the lock', () => {
  it('is gone when its record has not changed for the ttl, and only after it was read once more', async () => {
    const cluster = new TestCluster(api);
    cluster.begin();
    const of = begin();
    await attached(of);
    const owner = of.keysOf('alpha')?.find(({ key }) => key === 'leader')?.owner ?? '';
    const lease = await of.readLease(owner);
    expect(lease).toMatchObject({ ok: true, value: { grantedSeconds: 20 } });
    passedMs = 19_000;
    await of.checkHealth();
    expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0');
    passedMs = 21_000;
    await until(() => expect(keyOf(of, 'alpha', 'leader')).toBeNull());
    expect(await of.readLease(owner)).toMatchObject({ ok: true, value: null });
    expect(api.asked).toContain('get configmaps');
    // It was only slow.
    cluster.renew();
    await until(() => expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0'));
  });

  it('lives where it was renewed and the watch did not tell: that one is given up', async () => {
    const cluster = new TestCluster(api);
    cluster.begin();
    const of = begin();
    await attached(of);
    api.aheadMs = 21_000;
    cluster.renew({ silent: true });
    const lists = (): number => api.asked.filter((asked) => asked === 'list configmaps').length;
    const before = lists();
    passedMs = 21_000;
    await until(() => expect(lists()).toBe(before + 1));
    expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0');
  });

  it('stays as it was seen while nobody can be asked', async () => {
    new TestCluster(api).begin();
    const of = begin();
    await attached(of);
    api.isFrozen = true;
    passedMs = 60_000;
    await of.checkHealth();
    expect(of.error?.kind).toBe('timeout');
    expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0');
    const { currentAt } = of.rawFor('alpha', NEVER_ASKED);
    expect(Date.now() + passedMs - (currentAt ?? 0)).toBeGreaterThan(50_000);
  });

  it('that died before Howdah began is gone at first sight, by the clock of the API server', async () => {
    new TestCluster(api, { scope: 'dead', holder: 'dead-0' }).begin(['dead-0']);
    new TestCluster(api, { scope: 'live', holder: 'live-0' }).begin(['live-0']);
    api.age('configmaps', 'dead-leader', 60_000);
    // Its clock is a quarter of an hour ahead of ours, which says nothing of either.
    api.aheadMs = 900_000;
    api.age('configmaps', 'dead-leader', -900_000);
    api.age('configmaps', 'live-leader', -900_000);
    const of = begin();
    await attached(of);
    expect([keyOf(of, 'dead', 'leader'), keyOf(of, 'live', 'leader')]).toEqual([null, 'live-0']);
    expect(keyOf(of, 'dead', 'members/dead-0')).not.toBeNull();
  });
});

describe('a cluster that stands in both stores', () => {
  it('is the one whose lock lives; the orphan of a migration is no rival', async () => {
    const orphan = new TestCluster(api, { store: 'configmaps', holder: 'alpha-1' });
    orphan.begin();
    api.age('configmaps', 'alpha-leader', 60_000);
    new TestCluster(api, { store: 'endpoints' }).begin();
    const of = begin();
    await attached(of);
    expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-0');
    expect(of.rawFor('alpha', NEVER_ASKED).rival).toBeUndefined();
    // Somebody starts it again.
    orphan.renew();
    await until(() => expect(of.rawFor('alpha', NEVER_ASKED).rival).toBeDefined());
    expect(of.scopes()).toEqual(['alpha']);
  });
});

describe('several namespaces', () => {
  it('have their names in the scopes, and Patroni its own word', async () => {
    new TestCluster(api, { namespace: 'one' }).begin();
    new TestCluster(api, { namespace: 'two', holder: 'alpha-1' }).begin();
    const of = begin({ namespaces: null });
    await attached(of);
    expect(of.scopes()).toEqual(['alpha@one', 'alpha@two']);
    expect(of.patroniScope('alpha@two')).toBe('alpha');
    expect([keyOf(of, 'alpha@one', 'leader'), keyOf(of, 'alpha@two', 'leader')]).toEqual(['alpha-0', 'alpha-1']);
    expect(of.rawFor('alpha@two', NEVER_ASKED).namespace).toBe('two');
  });
});

describe('labels', () => {
  it.each([
    ['Spilo', { application: 'spilo', version: 'alpha' }, null],
    ['Crunchy', { 'postgres-operator.crunchydata.com/patroni': 'alpha' }, 'all'],
    ['StackGres', { app: 'StackGresCluster', 'stackgres.io/cluster-scope': 'alpha' }, 'some'],
    ['Zalando', { application: 'spilo', 'cluster-name': 'alpha', team: 'acid' }, 'some'],
    ['somebody', { whatever: 'alpha' }, null],
  ])('of %s lead to the members, and say who owns the configuration', async (_, labels, rewrites) => {
    api.put('endpoints', 'alpha-config', labels, { initialize: '1', config: '{}' });
    api.put('pods', 'p1', labels, { status: '{"state":"running"}' });
    // A pooler shares the labels and is no member.
    api.put('pods', 'pooler', labels, {});
    const of = begin();
    await attached(of);
    expect(of.keysOf('alpha')?.map(({ key }) => key)).toEqual(['config', 'initialize', 'members/p1']);
    expect(of.rawFor('alpha', NEVER_ASKED).configOwner?.rewrites ?? null).toBe(rewrites);
  });

  it('of Citus keep its groups apart', async () => {
    for (const group of ['0', '1']) {
      const labels = { 'cluster-name': 'demo', 'citus-group': group };
      api.put('configmaps', `demo-${group}-config`, labels, { initialize: '1' });
      api.put('pods', `demo-${group}-a`, labels, { status: '{}' });
    }
    const of = begin();
    await attached(of);
    expect(of.scopes()).toEqual(['demo/0', 'demo/1']);
    expect(of.keysOf('demo/1')?.map(({ key }) => key)).toEqual(['initialize', 'members/demo-1-a']);
  });
});

describe('the watch', () => {
  it('goes on after a cut from where it was, and misses nothing', async () => {
    const cluster = new TestCluster(api);
    cluster.begin();
    const of = begin();
    await attached(of);
    api.cut();
    cluster.member('alpha-2');
    await until(() => expect(keyOf(of, 'alpha', 'members/alpha-2')).not.toBeNull());
    await attached(of);
  });

  it('lists again where the server has forgotten its version', async () => {
    const cluster = new TestCluster(api);
    cluster.begin();
    const of = begin();
    await attached(of);
    api.cut();
    cluster.member('alpha-2');
    api.remove('pods', 'alpha-1');
    cluster.holder = 'alpha-2';
    cluster.renew();
    api.compactedTo = 10_000;
    await until(() => expect(keyOf(of, 'alpha', 'leader')).toBe('alpha-2'));
    await until(() => expect(keyOf(of, 'alpha', 'members/alpha-1')).toBeNull());
    api.compactedTo = 0;
    await attached(of);
  });

  it('takes the version of a bookmark, so that a quiet resource is not forgotten', async () => {
    new TestCluster(api).begin();
    const of = begin();
    await attached(of);
    const before = of.rawFor('alpha', NEVER_ASKED).position;
    api.bookmark();
    await until(() => expect(Number(of.rawFor('alpha', NEVER_ASKED).position)).toBeGreaterThan(Number(before)));
  });

  it('reads a list in pages', async () => {
    for (let number = 0; number < 7; number += 1) new TestCluster(api, { scope: `c${number}` }).begin([`c${number}-0`]);
    api.pageSize = 3;
    const of = begin();
    await attached(of);
    expect(of.scopes()).toHaveLength(7);
    expect(keyOf(of, 'c6', 'members/c6-0')).not.toBeNull();
  });

  it.each([['list'], ['event']] as const)('gives up a %s without an end, and says so', async (what) => {
    new TestCluster(api).begin();
    api.endless = what;
    const of = begin();
    await until(() => expect(of.error?.kind).toBe('malformed'));
    api.endless = null;
    await attached(of);
    expect(of.scopes()).toEqual(['alpha']);
  });

  it('is not current while the API server is silent, and lists again once it answers', async () => {
    new TestCluster(api).begin();
    const of = begin();
    await attached(of);
    api.isFrozen = true;
    await of.checkHealth();
    expect(of.rawFor('alpha', NEVER_ASKED).endpoints[0]?.quorumRead.last?.ok).toBe(false);
    api.put('pods', 'alpha-2', new TestCluster(api).labels, { status: '{}' });
    api.isFrozen = false;
    await of.checkHealth();
    await until(() => expect(keyOf(of, 'alpha', 'members/alpha-2')).not.toBeNull());
    await attached(of);
    expect(of.rawFor('alpha', NEVER_ASKED).endpoints[0]).toMatchObject({
      status: { last: { ok: true, value: { version: '1.34.4' } } },
      quorumRead: { last: { ok: true } },
    });
  });
});

describe('rights', () => {
  it('to one store are enough where the clusters use it', async () => {
    new TestCluster(api, { store: 'endpoints' }).begin();
    api.denied.add('configmaps');
    const of = begin();
    await attached(of, 2);
    expect(of.scopes()).toEqual(['alpha']);
    await of.checkHealth();
    expect(of.error).toBeNull();
  });

  it.each([
    ['pods', ['pods'], 'reader may not list pods in the namespace demo'],
    ['the store of the cluster', ['configmaps'], 'reader may not list configmaps in the namespace demo'],
    ['a watch', ['watch pods'], 'reader may not watch pods in the namespace demo'],
  ])('to %s that are missing are said, by resource', async (_, denied, words) => {
    new TestCluster(api).begin();
    for (const one of denied) api.denied.add(one);
    const of = begin();
    await until(() => expect(String(of.error?.message)).toContain(words));
    expect(of.error?.kind).toBe('denied');
  });

  it('that are granted later are found by themselves', async () => {
    new TestCluster(api).begin();
    api.denied.add('configmaps');
    api.denied.add('endpoints');
    const of = begin();
    await until(() => expect(of.error?.kind).toBe('denied'));
    expect([of.listed, of.rawFor('alpha', NEVER_ASKED).keys]).toEqual([false, null]);
    api.denied.clear();
    await attached(of);
  });

  it('of a token that expired come back with the next one in its file', async () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'howdah-token-')), 'token');
    writeFileSync(file, 'first\n');
    api.token = 'first';
    const cluster = new TestCluster(api);
    cluster.begin();
    const of = begin({ tokenFile: file });
    await attached(of);
    api.token = 'second';
    api.cut();
    await until(() => expect(of.error?.kind).toBe('auth'));
    writeFileSync(file, 'second\n');
    cluster.member('alpha-2');
    await attached(of);
    expect(keyOf(of, 'alpha', 'members/alpha-2')).not.toBeNull();
  });
});
