// Many fake clusters in one process, on addresses and ports like real ones: what tests and benches start.

import { createServer, type Server } from 'node:net';
import { FakeCluster, type FakeNode, PATRONI_PORT, type PatroniVersion } from './patroni';
import { answerUnsafe } from './unsafe';

export interface FleetOptions {
  readonly scopes: number;
  readonly members: number;
  readonly version?: PatroniVersion;
  readonly walBytesPerSecond?: number;
}

/** Many clusters in one process: each node has a loopback address of its own (127.A.x.y) and Patroni's port. */
export class FakeFleet {
  readonly clusters: readonly FakeCluster[];
  /** Second octet of all its addresses; nobody else's as long as the fleet runs. 127.A.254.x stays free for others. */
  readonly subnet: number;
  readonly #guard: Server;

  private constructor(subnet: number, guard: Server, clusters: readonly FakeCluster[]) {
    this.subnet = subnet;
    this.#guard = guard;
    this.clusters = clusters;
  }

  static async start({ scopes, members, ...rest }: FleetOptions): Promise<FakeFleet> {
    const { subnet, guard } = await claimSubnet();
    const width = String(Math.max(0, scopes - 1)).length;
    const clusters = Array.from({ length: scopes }, (_, scope) => {
      const hosts = Array.from({ length: members }, (_, member) => addressOf(subnet, scope * members + member));
      return new FakeCluster({
        scope: `fake-${String(scope).padStart(width, '0')}`,
        hosts,
        act: answerUnsafe,
        ...rest,
      });
    });
    const fleet = new FakeFleet(subnet, guard, clusters);
    try {
      for (const node of fleet.nodes) await node.listen();
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    return fleet;
  }

  get nodes(): readonly FakeNode[] {
    return this.clusters.flatMap((cluster) => cluster.nodes);
  }

  get requests(): number {
    return this.nodes.reduce((sum, node) => sum + node.requests, 0);
  }

  resetCounts(): void {
    for (const node of this.nodes) node.resetCounts();
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
    await new Promise<void>((resolve) => this.#guard.close(() => resolve()));
  }
}

const PER_OCTET = 250;
const LAST_OCTET = 253;

function addressOf(subnet: number, index: number): string {
  const third = Math.floor(index / PER_OCTET);
  if (third > LAST_OCTET) throw new Error(`no room for ${index + 1} nodes in 127.${subnet}.0.0/16`);
  return `127.${subnet}.${third}.${1 + (index % PER_OCTET)}`;
}

/** Holds a port in 127.A.254.0/24 for as long as the fleet runs, so that two fleets on one machine never share an A. */
async function claimSubnet(): Promise<{ subnet: number; guard: Server }> {
  const first = Math.floor(Math.random() * 180);
  for (let step = 0; step < 180; step++) {
    const subnet = 64 + ((first + step) % 180);
    const guard = createServer((socket) => socket.destroy());
    const free = await new Promise<boolean>((resolve) => {
      guard.once('error', () => resolve(false));
      guard.listen({ host: `127.${subnet}.254.254`, port: PATRONI_PORT }, () => resolve(true));
    });
    if (free) return { subnet, guard };
  }
  throw new Error('no free loopback subnet for the fake fleet');
}
