// Writes what Patroni would write into a real etcd for a fake cluster, in Patroni's own key format (patroni/dcs/etcd3.py at
// v3.0.2): so Howdah discovers the fake by `--etcd` as it would the real thing. It moves keys only when told; what a leader
// does with keys that others wrote is leader.ts's.

import type { Etcd } from '../lab/etcd';
import type { FailoverKey, FakeCluster, FakeNode, Keys } from './patroni';

export const NAMESPACE = '/service/';
/** Long, so that nobody has to keep it alive: an expiring lease is a fault a test asks for by `expire`. */
const TTL_SECONDS = 86_400;
const AT_ONCE = 16;

interface Put {
  readonly key: string;
  readonly value: string;
  readonly lease?: string;
}

export interface Move {
  /** Epoch ms just before the transaction was sent and when etcd had answered it. */
  readonly askedAt: number;
  readonly doneAt: number;
}

export class FakeDcs {
  readonly #etcd: Etcd;
  /** One lease per Patroni process, as `scope/member`. */
  readonly #leases = new Map<string, string>();

  constructor(etcd: Etcd) {
    this.#etcd = etcd;
  }

  async writeAll(clusters: readonly FakeCluster[]): Promise<void> {
    for (let from = 0; from < clusters.length; from += AT_ONCE) {
      await Promise.all(clusters.slice(from, from + AT_ONCE).map((cluster) => this.write(cluster)));
    }
  }

  /** Every key of the scope, in one transaction. */
  async write(cluster: FakeCluster): Promise<void> {
    await Promise.all(cluster.nodes.map((node) => this.#grant(node)));
    await this.#put([
      { key: pathOf(cluster, 'initialize'), value: cluster.systemIdentifier },
      { key: pathOf(cluster, 'config'), value: JSON.stringify(cluster.config) },
      ...this.#leaderKeys(cluster),
      ...cluster.nodes.map((node) => this.#memberPut(node)),
      { key: pathOf(cluster, 'sync'), value: JSON.stringify({ leader: null, sync_standby: null }) },
    ]);
  }

  /** From now on what the cluster's REST is asked to do is written here, and what others write here shows there. */
  attach(cluster: FakeCluster): void {
    cluster.keys = this.#keysOf(cluster);
  }

  #keysOf(cluster: FakeCluster): Keys {
    let configRevision = '0';
    return {
      refresh: async () => {
        const keys = await this.#etcd.list(pathOf(cluster, ''));
        const read = (name: string) => keys.find(({ key }) => key === pathOf(cluster, name));
        const config = read('config');
        configRevision = config?.modRevision ?? '0';
        cluster.config = parseObject(config?.value) ?? cluster.config;
        cluster.failover = parseFailover(read('failover')?.value);
      },
      publish: async (names) => {
        const ops = names.map((name) => this.#operation(cluster, name));
        await this.#etcd.call('kv/txn', { success: ops });
      },
      compareAndPublishConfig: async (value) => {
        const key = encode(pathOf(cluster, 'config'));
        const answer = await this.#etcd.call('kv/txn', {
          compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: configRevision }],
          success: [{ request_put: { key, value: encode(JSON.stringify(value)) } }],
        });
        return answer.succeeded === true;
      },
    };
  }

  #operation(cluster: FakeCluster, name: string): object {
    const put = this.#valueOf(cluster, name);
    return put === null ? { request_delete_range: { key: encode(pathOf(cluster, name)) } } : requestPut(put);
  }

  /** Null: the cluster has no such key now. */
  #valueOf(cluster: FakeCluster, name: string): Put | null {
    const key = pathOf(cluster, name);
    if (name.startsWith('members/')) return this.#memberPut(cluster.node(name.slice('members/'.length)));
    switch (name) {
      case 'leader':
        if (cluster.leader === null) return null;
        return { key, value: cluster.leader, lease: this.#leaseOf(cluster.node(cluster.leader)) };
      case 'failover':
        return { key, value: JSON.stringify(cluster.failover ?? {}) };
      case 'config':
        return { key, value: JSON.stringify(cluster.config) };
      case 'history':
        return { key, value: JSON.stringify(cluster.history) };
      case 'status':
        return statusPut(cluster);
      default:
        throw new Error(`the fake has no key "${name}"`);
    }
  }

  /** REST and DCS follow together: the leader key, every role, history and status in one transaction. */
  async moveLeader(cluster: FakeCluster, to: string): Promise<Move> {
    cluster.promote(to);
    const askedAt = Date.now();
    await this.#put([...this.#leaderKeys(cluster), ...cluster.nodes.map((node) => this.#memberPut(node))]);
    return { askedAt, doneAt: Date.now() };
  }

  /** The leader key goes; nobody takes it. */
  async dropLeader(cluster: FakeCluster): Promise<void> {
    cluster.leader = null;
    await this.#etcd.remove(pathOf(cluster, 'leader'));
  }

  /** What each Patroni writes once per loop on a busy cluster: its member key with a new position, the leader also `status`. */
  async beat(node: FakeNode): Promise<void> {
    const { cluster } = node;
    await this.#put([this.#memberPut(node)]);
    if (node.name === cluster.leader) await this.#put([statusPut(cluster)]);
  }

  async removeMember(node: FakeNode): Promise<void> {
    await this.#etcd.remove(pathOf(node.cluster, `members/${node.name}`));
  }

  async remove(cluster: FakeCluster): Promise<void> {
    await this.#etcd.removePrefix(pathOf(cluster, ''));
  }

  #leaderKeys(cluster: FakeCluster): Put[] {
    if (cluster.leader === null) return [statusPut(cluster)];
    return [
      { key: pathOf(cluster, 'leader'), value: cluster.leader, lease: this.#leaseOf(cluster.node(cluster.leader)) },
      { key: pathOf(cluster, 'history'), value: JSON.stringify(cluster.history) },
      statusPut(cluster),
    ];
  }

  #memberPut(node: FakeNode): Put {
    const { cluster } = node;
    return {
      key: pathOf(cluster, `members/${node.name}`),
      value: JSON.stringify(cluster.memberKey(node)),
      lease: this.#leaseOf(node),
    };
  }

  #leaseOf(node: FakeNode): string {
    const lease = this.#leases.get(leaseName(node));
    if (lease === undefined) throw new Error(`${leaseName(node)} has no lease: write its cluster first`);
    return lease;
  }

  async #grant(node: FakeNode): Promise<void> {
    if (!this.#leases.has(leaseName(node))) this.#leases.set(leaseName(node), await this.#etcd.grantLease(TTL_SECONDS));
  }

  async #put(puts: readonly Put[]): Promise<void> {
    await this.#etcd.call('kv/txn', {
      success: puts.map(requestPut),
    });
  }
}

function requestPut({ key, value, lease }: Put): object {
  return { request_put: { key: encode(key), value: encode(value), lease: lease ?? '0' } };
}

function parseObject(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Null for `{}` and for an instant alone: both mean that nothing is asked for. */
function parseFailover(text: string | undefined): FailoverKey | null {
  const { leader, member, scheduled_at: at } = parseObject(text) ?? {};
  if (typeof leader !== 'string' && typeof member !== 'string') return null;
  return {
    ...(typeof leader === 'string' ? { leader } : {}),
    ...(typeof member === 'string' ? { member } : {}),
    ...(typeof at === 'string' ? { scheduled_at: at } : {}),
  };
}

function statusPut(cluster: FakeCluster): Put {
  return { key: pathOf(cluster, 'status'), value: JSON.stringify({ optime: cluster.lsn() }) };
}

function leaseName(node: FakeNode): string {
  return `${node.cluster.scope}/${node.name}`;
}

export function pathOf(cluster: FakeCluster, key: string): string {
  return `${NAMESPACE}${cluster.scope}/${key}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
