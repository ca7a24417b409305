// What the fake writes to a real etcd is read back as Howdah reads it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseDcsView } from '../../lib/domain/wire/dcs';
import { FakeDcs, NAMESPACE } from './dcs';
import { type EtcdProcess, startEtcd } from './etcd-process';
import { FakeCluster } from './patroni';

describe('fake keys in a real etcd', () => {
  const cluster = new FakeCluster({ scope: 'written', hosts: ['127.0.0.2', '127.0.0.3', '127.0.0.4'] });
  let server: EtcdProcess;
  let dcs: FakeDcs;

  beforeAll(async () => {
    server = await startEtcd();
    dcs = new FakeDcs(server.etcd);
    await dcs.write(cluster);
  });
  afterAll(async () => {
    await server?.stop();
  });

  async function view() {
    const prefix = `${NAMESPACE}${cluster.scope}/`;
    const keys = await server.etcd.list(prefix);
    return parseDcsView(
      keys.map(({ key, value, modRevision, lease }) => ({
        key: key.slice(prefix.length),
        value,
        version: modRevision,
        owner: lease === '0' ? null : lease,
      })),
    );
  }

  test('a written scope has a leader with a lease, three members and a configuration', async () => {
    const seen = await view();
    expect(seen).toMatchObject({ leader: 'n1', initialize: cluster.systemIdentifier, historyLeader: null });
    expect(seen.leaderOwner).toMatch(/^\d+$/);
    expect(seen.members.map((member) => member.name)).toEqual(['n1', 'n2', 'n3']);
    expect(seen.config?.value).toMatchObject({ ttl: 30 });
  });

  test('a move changes leader, roles and history in one revision', async () => {
    const move = await dcs.moveLeader(cluster, 'n2');
    const keys = await server.etcd.list(`${NAMESPACE}${cluster.scope}/`);
    const revisions = ['leader', 'members/n1', 'members/n2', 'history'].map(
      (name) => keys.find(({ key }) => key.endsWith(`/${name}`))?.modRevision,
    );
    expect(new Set(revisions).size).toBe(1);
    expect(await view()).toMatchObject({ leader: 'n2', historyLeader: 'n2' });
    expect(move.doneAt).toBeGreaterThanOrEqual(move.askedAt);
  });

  test('the keys outlive a restart of etcd', async () => {
    await server.restart(100);
    expect((await view()).leader).toBe('n2');
  });
});
