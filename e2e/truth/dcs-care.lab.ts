// What each kind of DCS says of itself, asked of real servers: who votes, who answers, how many may still fail.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { buildCare, type Care } from '../../lib/domain/care/care';
import { type CareMemory, remember } from '../../lib/domain/care/care-memory';
import { marginWords } from '../../lib/domain/care/margin';
import { type DcsAccess, openCare } from '../../lib/io/dcs/open';
import { startConsulStore, startSecuredConsul } from '../dcs/consul-store';
import { startEtcdCluster } from '../dcs/etcd-cluster';
import { KubernetesStores } from '../dcs/kubernetes-store';
import { hasZooKeeper, startZooKeeper } from '../dcs/zookeeper-process';
import { builtProgram } from '../lab/environments';
import { builtKubeApiserver } from '../lab/kube-apiserver/build';

/** Looks as the collector does, and remembers. */
function lookerAt(access: DcsAccess) {
  const reader = openCare(access, Date.now);
  let memory: CareMemory | null = null;
  const look = async (): Promise<Care> => {
    memory = remember(memory, await reader.read());
    return buildCare(memory, Date.now(), 10_000);
  };
  const until = async (test: (care: Care) => boolean): Promise<Care> => {
    const end = Date.now() + 30_000;
    for (;;) {
      const care = await look();
      if (test(care)) return care;
      if (Date.now() > end) throw new Error(`not seen in time: ${JSON.stringify(care.votes)}`);
      await sleep(500);
    }
  };
  return { look, until, close: () => reader.close() };
}

const open = { namespace: '/service/', username: null, password: null, tls: null };

describe('etcd', () => {
  it('of which the settings name one member tells all three, their votes, quota and counts; a frozen one becomes what it was', async () => {
    const cluster = await startEtcdCluster(3, '127.94.1');
    const { until, close } = lookerAt({ kind: 'etcd3', hosts: cluster.urls.slice(0, 1), ...open });
    try {
      const care = await until(({ votes, leader }) => votes?.answer === 3 && leader !== null);
      expect(String(marginWords(care.votes))).toBe('One may fail.');
      expect(care.members.map(({ name }) => name)).toEqual(['e1', 'e2', 'e3']);
      for (const member of care.members) {
        expect(member).toMatchObject({ votes: true, answers: true, quotaBytes: 2147483648, countsError: null });
        expect(member.sizeBytes).toBeGreaterThan(0);
        expect(Math.abs(member.aheadMs ?? 1e9)).toBeLessThan(2000);
      }
      cluster.nodes[2]?.freeze();
      const less = await until(({ votes }) => votes?.margin === 0);
      expect(less.members[2]).toMatchObject({ name: 'e3', role: null, answers: false });
      expect(less.members[2]?.was).not.toBeNull();
      expect(String(marginWords(less.votes))).toBe('One more loss and Patroni stops.');
      cluster.nodes[2]?.thaw();
      await until(({ votes }) => votes?.margin === 1);
    } finally {
      close();
      await cluster.stop();
    }
  });
});

describe.skipIf(!hasZooKeeper())('ZooKeeper', () => {
  it('of three tells its ensemble and who leads; with one dead no more may fail, with two there is no quorum', async () => {
    const ensemble = await startZooKeeper({ members: 3, net: '127.94.2' });
    const { until, close } = lookerAt({ kind: 'zookeeper', hosts: ensemble.hosts, ...open });
    try {
      const leader = await ensemble.ready();
      const care = await until(({ votes }) => votes?.answer === 3);
      expect(care.members.map(({ name }) => name)).toEqual(['server.1', 'server.2', 'server.3']);
      expect(care.members.find(({ key }) => key === care.leader)?.urls).toEqual([leader.address]);
      const [first, second] = ensemble.members.filter((member) => member !== leader);
      await first?.kill();
      expect(String(marginWords((await until(({ votes }) => votes?.margin === 0)).votes))).toMatch(/^One more loss/);
      await second?.kill();
      const none = await until(({ votes }) => (votes?.margin ?? 0) < 0);
      expect(String(marginWords(none.votes))).toMatch(/^No quorum/);
    } finally {
      close();
      await ensemble.stop();
    }
  });

  it('of which the settings name one server claims nothing of the others', async () => {
    const ensemble = await startZooKeeper({ members: 3, net: '127.94.3' });
    const { until, close } = lookerAt({ kind: 'zookeeper', hosts: ensemble.hosts.slice(0, 1), ...open });
    try {
      await ensemble.ready();
      const care = await until(({ votes }) => votes?.answer === 1);
      expect(care.votes).toMatchObject({ voters: 3, unsure: 2 });
      expect(String(marginWords(care.votes))).toMatch(/how many more may fail is not known/);
    } finally {
      close();
      await ensemble.stop();
    }
  });
});

describe.skipIf(builtProgram('consul') === null)('Consul', () => {
  it('tells its servers, who leads and what Autopilot says', async () => {
    const store = await startConsulStore();
    const { until, close } = lookerAt(store.access);
    try {
      // Autopilot calls a server well when it has been so for a while.
      const care = await until(({ votes, facts }) => votes?.answer === 1 && facts[0]?.good === true);
      expect(care.members[0]).toMatchObject({ name: 'c1', role: 'leader', votes: true });
    } finally {
      close();
      await store.stop();
    }
  });

  it('without operator:read says which policy is missing, and counts no votes', async () => {
    const store = await startSecuredConsul();
    const { look, close } = lookerAt(store.reader);
    try {
      const care = await look();
      expect(care.votes).toBeNull();
      expect(String(care.unlisted)).toMatch(/operator = "read"/);
      expect(care.members[0]?.answers).toBe(true);
    } finally {
      close();
      await store.stop();
    }
  });
});

describe.skipIf(builtKubeApiserver() === null)('Kubernetes', () => {
  it('tells what its API server says of itself, its certificate, and nothing of the store behind it', async () => {
    const stores = new KubernetesStores('configmaps');
    const { access } = await stores.start();
    const { look, close } = lookerAt(access);
    try {
      const care = await look();
      expect(care.votes).toBeNull();
      const [server] = care.members;
      expect(server).toMatchObject({ votes: null, answers: true });
      expect(server?.version).toMatch(/^1\.\d+/);
      expect(server?.certificateEndsAt).toBeGreaterThan(Date.now());
      expect(server?.facts.map(({ label, good }) => [label, good])).toEqual([
        ['livez', true],
        ['readyz', true],
      ]);
    } finally {
      close();
      await stores.stop();
    }
  });
});
