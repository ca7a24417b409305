// A fake leader does with keys in a real etcd what Patroni's does.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FakeDcs, NAMESPACE } from './dcs';
import { type EtcdProcess, startEtcd } from './etcd-process';
import { FakeLeader, type LeaderScript } from './leader';
import { FakeCluster } from './patroni';

describe('a fake leader and a real etcd', () => {
  let server: EtcdProcess;
  let dcs: FakeDcs;
  let cluster: FakeCluster;
  let leader: FakeLeader | null = null;
  let number = 0;

  beforeAll(async () => {
    server = await startEtcd();
    dcs = new FakeDcs(server.etcd);
  });
  beforeEach(async () => {
    number += 1;
    cluster = new FakeCluster({
      scope: `led-${number}`,
      hosts: ['127.0.0.2', '127.0.0.3', '127.0.0.4'],
      version: '4.1.4',
    });
    cluster.stepMs = 10;
    await dcs.write(cluster);
  });
  afterEach(() => leader?.stop());
  afterAll(() => server?.stop());

  const path = (name: string): string => `${NAMESPACE}${cluster.scope}/${name}`;
  const value = async (name: string): Promise<string | null> => (await server.etcd.get(path(name)))?.value ?? null;
  const ask = (request: object): Promise<void> => server.etcd.put(path('failover'), JSON.stringify(request));
  const lead = (script: LeaderScript = {}): FakeLeader => {
    leader = new FakeLeader(dcs, server.etcd, cluster, { loopMs: 30, ...script }).start();
    return leader;
  };
  const until = (read: () => Promise<string | null>) => expect.poll(read, { timeout: 2000, interval: 10 });

  test('takes a request up, moves the leader and clears the key', async () => {
    lead();
    await ask({ leader: 'n1', member: 'n3' });
    await until(() => value('history')).toContain('"n3"');
    expect([await value('leader'), await value('failover'), cluster.timeline]).toEqual(['n3', '{}', 2]);
    await until(() => value('members/n1')).toContain('"replica"');
  });

  const CLEARED: readonly [string, object, LeaderScript][] = [
    ['when told to', { leader: 'n1', member: 'n2' }, { reaction: 'refuse' }],
    ['from another leader', { leader: 'n2', member: 'n3' }, {}],
    ['to a stranger', { leader: 'n1', member: 'n9' }, {}],
    ['to itself', { leader: 'n1', member: 'n1' }, {}],
  ];

  test.each(CLEARED)('refuses %s: the key is cleared, the leader stays', async (_, request, script) => {
    await ask(request);
    const taker = lead(script);
    await until(() => value('failover')).toBe('{}');
    expect([await value('leader'), cluster.timeline]).toEqual(['n1', 1]);
    expect(taker.taken).toEqual([request]);
  });

  test('moves to another member than asked when scripted', async () => {
    lead({ reaction: { insteadTo: 'n3' } });
    await ask({ leader: 'n1', member: 'n2' });
    await until(() => value('leader')).toBe('n3');
  });

  test('sleeps through a key alone; another text in the configuration wakes it, the same text does not', async () => {
    const sleeper = lead({ loopMs: 60_000 });
    await expect.poll(() => sleeper.loops, { timeout: 1000, interval: 10 }).toBe(1);
    const config = (await value('config')) ?? '';
    await ask({ leader: 'n1', member: 'n2' });
    await server.etcd.put(path('config'), config);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([sleeper.loops, await value('leader')]).toEqual([1, 'n1']);
    await server.etcd.put(path('config'), `${config} `);
    await until(() => value('leader')).toBe('n2');
  });

  test('publishes a pause on every member that takes it up', async () => {
    lead();
    cluster.node('n3').deaf = true;
    await new Promise((resolve) => setTimeout(resolve, 60));
    await server.etcd.put(path('config'), JSON.stringify({ ...cluster.config, pause: true }));
    await until(() => value('members/n2')).toContain('"pause":true');
    expect(await value('members/n3')).not.toContain('pause');
    await ask({ leader: 'n1' });
    await until(() => value('failover')).toBe('{}');
    expect(cluster.leader).toBe('n1');
  });

  test('keeps a scheduled request until its time', async () => {
    lead();
    await ask({ leader: 'n1', member: 'n2', scheduled_at: new Date(Date.now() + 400).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await value('leader')).toBe('n1');
    await until(() => value('leader')).toBe('n2');
  });

  test('a configuration that somebody else changed since it was read is not overwritten', async () => {
    dcs.attach(cluster);
    await cluster.keys.refresh();
    await server.etcd.put(path('config'), '{"ttl":21}');
    expect(await cluster.writeConfig({ ttl: 22 }, 'compared')).toBe(false);
    expect(await value('config')).toBe('{"ttl":21}');
  });
});
