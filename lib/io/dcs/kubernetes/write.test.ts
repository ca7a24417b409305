import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesAccess } from './api';
import { TestApi, TestCluster } from './test-api';
import { KubernetesWriter } from './write';

let api: TestApi;
let writer: KubernetesWriter | null = null;

beforeEach(async () => {
  api = await TestApi.start();
});

afterEach(async () => {
  writer?.close();
  writer = null;
  await api.stop();
});

function open(more: Partial<KubernetesAccess> = {}): KubernetesWriter {
  writer = new KubernetesWriter(api.access(more));
  return writer;
}

const REQUEST = '{"leader":"alpha-0","member":"alpha-1"}';

describe.each(['configmaps', 'endpoints'] as const)('a write to %s', (store) => {
  it('makes the object of a first request, with the labels by which Patroni finds it', async () => {
    new TestCluster(api, { store }).begin();
    const of = open();
    expect((await of.current('alpha')).failover).toBeNull();
    const commit = { compare: { failover: '0' }, leader: { holder: 'alpha-0' }, put: { failover: REQUEST } };
    const result = await of.commit('alpha', commit);
    // No request spans two objects, and that is said.
    expect(result).toMatchObject({ kind: 'committed', readBefore: ['leader'] });
    expect(api.annotationsOf(store, 'alpha-failover')).toEqual({ leader: 'alpha-0', member: 'alpha-1' });
    expect((await of.current('alpha')).failover).toMatchObject({ value: REQUEST });
    expect(await of.commit('alpha', commit)).toMatchObject({ kind: 'changed', now: { failover: { value: REQUEST } } });
  });

  it('replaces what was seen and nothing else: of two at once one is written', async () => {
    const cluster = new TestCluster(api, { store });
    cluster.begin();
    const of = open();
    const version = (await of.current('alpha')).config?.version ?? '';
    const put = (config: string) => of.commit('alpha', { compare: { config: version }, leader: null, put: { config } });
    const results = await Promise.all([put('{"ttl":21}'), put('{"ttl":22}')]);
    expect(results.map(({ kind }) => kind).sort()).toEqual(['changed', 'committed']);
    const winner = results[0]?.kind === 'committed' ? '{"ttl":21}' : '{"ttl":22}';
    expect(api.annotationsOf(store, 'alpha-config')).toMatchObject({ config: winner, initialize: '7123' });
  });

  it('leaves alone what another one wrote between the look and the write', async () => {
    const cluster = new TestCluster(api, { store });
    cluster.begin();
    const of = open();
    const { config } = await of.current('alpha');
    api.beforeWrite = () => cluster.write('config', { initialize: '7123', config: '{"ttl":23}' });
    const write = { compare: { config: config?.version ?? '' }, leader: null, put: { config: '{"ttl":21}' } };
    expect(await of.commit('alpha', write)).toMatchObject({
      kind: 'changed',
      now: { config: { value: '{"ttl":23}' } },
    });
    api.beforeWrite = () => cluster.write('failover', { member: 'alpha-9' });
    const request = { compare: { failover: '0' }, leader: null, put: { failover: REQUEST } };
    expect(await of.commit('alpha', request)).toMatchObject({
      kind: 'changed',
      now: { failover: { value: '{"member":"alpha-9"}' } },
    });
  });

  it('takes back what a new request does not name', async () => {
    const cluster = new TestCluster(api, { store });
    cluster.begin();
    const version = cluster.write('failover', { leader: 'a', member: 'b', scheduled_at: '2030-01-01T00:00:00+00:00' });
    const of = open();
    const write = { compare: { failover: version }, leader: null, put: { failover: '{}' } };
    expect(await of.commit('alpha', write)).toMatchObject({ kind: 'committed' });
    expect(api.annotationsOf(store, 'alpha-failover')).toEqual({});
  });
});

it('an object that was made again is another one', async () => {
  const cluster = new TestCluster(api);
  cluster.begin();
  const version = cluster.write('failover', { member: 'b' });
  const of = open();
  api.beforeAnswer = null;
  await of.current('alpha');
  api.put('configmaps', 'alpha-failover', cluster.labels, { member: 'c' }, { uid: 'another' });
  const write = { compare: { failover: version }, leader: null, put: { failover: REQUEST } };
  expect(await of.commit('alpha', write)).toMatchObject({
    kind: 'changed',
    now: { failover: { value: '{"member":"c"}' } },
  });
});

describe('a leader', () => {
  it('that is another one is a change, and nothing is written', async () => {
    new TestCluster(api, { holder: 'alpha-1' }).begin();
    const of = open();
    const write = { compare: {}, leader: { holder: 'alpha-0' }, put: { failover: REQUEST } };
    expect(await of.commit('alpha', write)).toMatchObject({ kind: 'changed', now: { leader: { value: 'alpha-1' } } });
    expect(api.annotationsOf('configmaps', 'alpha-failover')).toBeNull();
  });

  it('whose lock has expired is nobody', async () => {
    new TestCluster(api).begin();
    const of = open();
    const write = { compare: { failover: '0' }, leader: 'nobody' as const, put: { failover: '{"member":"alpha-1"}' } };
    expect(await of.commit('alpha', write)).toMatchObject({ kind: 'changed', now: { leader: { value: 'alpha-0' } } });
    api.age('configmaps', 'alpha-leader', 60_000);
    expect(await of.commit('alpha', write)).toMatchObject({ kind: 'committed' });
  });

  it('in each of the stores: nothing is written, nobody knows which cluster is meant', async () => {
    new TestCluster(api).begin();
    new TestCluster(api, { store: 'endpoints', holder: 'alpha-1' }).begin();
    const of = open();
    const result = await of.commit('alpha', { compare: {}, leader: null, put: { failover: REQUEST } });
    expect(result).toMatchObject({ kind: 'failed', error: { kind: 'skipped' } });
    api.age('endpoints', 'alpha', 60_000);
    expect(await of.commit('alpha', { compare: {}, leader: null, put: { failover: REQUEST } })).toMatchObject({
      kind: 'committed',
    });
  });
});

describe('a write whose answer is lost', () => {
  it('may have been written, and is not sent again', async () => {
    new TestCluster(api).begin();
    const of = open();
    api.beforeAnswer = () => false;
    const result = await of.commit('alpha', { compare: {}, leader: null, put: { failover: REQUEST } });
    expect(result.kind).toBe('unknown');
    expect(api.asked.filter((asked) => /create|patch/.test(asked))).toHaveLength(1);
    expect((await of.current('alpha')).failover?.value).toBe(REQUEST);
  });

  it('because a right is missing was certainly not', async () => {
    new TestCluster(api).begin();
    api.denied.add('create configmaps');
    const result = await open().commit('alpha', { compare: {}, leader: null, put: { failover: REQUEST } });
    expect(result).toMatchObject({ kind: 'failed', error: { kind: 'denied' } });
    expect(String(result.kind === 'failed' && result.error.message)).toContain('reader may not create configmaps');
  });

  it('to nobody at all was certainly not', async () => {
    const of = open({ server: 'http://127.0.0.1:1' });
    const result = await of.commit('alpha', { compare: {}, leader: null, put: { failover: REQUEST } });
    expect(result).toMatchObject({ kind: 'failed', error: { kind: 'refused' } });
  });
});

it('reads the other namespace where the scope says so', async () => {
  new TestCluster(api, { namespace: 'one' }).begin();
  new TestCluster(api, { namespace: 'two', holder: 'alpha-1' }).begin();
  const of = open({ namespaces: null });
  expect((await of.current('alpha@two')).leader?.value).toBe('alpha-1');
  await expect(of.current('alpha')).rejects.toMatchObject({ kind: 'skipped' });
});

it('tells earlier values as far as the API server keeps them, each once', async () => {
  const cluster = new TestCluster(api);
  cluster.begin();
  const first = cluster.write('config', { initialize: '1', config: '{"ttl":21}' });
  cluster.write('config', { initialize: '1', config: '{"ttl":22}' });
  // A promotion writes the history into the same object.
  const last = cluster.write('config', { initialize: '1', config: '{"ttl":22}', history: '[[1]]' });
  const of = open();
  expect((await of.past('alpha', 'config', last, 9)).map(({ value }) => value)).toEqual([
    '{"ttl":22}',
    '{"ttl":21}',
    '{"ttl":20}',
  ]);
  api.compactedTo = Number(first) + 1;
  expect((await of.past('alpha', 'config', last, 9)).map(({ value }) => value)).toEqual(['{"ttl":22}']);
});
