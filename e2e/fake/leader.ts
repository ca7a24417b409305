// The HA loop of a fake leader, as far as it concerns keys that others write: it takes up or clears `/failover` and takes up
// `/config`, in a real etcd. As at Patroni a write to `failover` wakes nobody, another text in `config` and a PATCH do
// (patroni/dcs/etcd3.py and api.py at v4.1.4). A script says what it does with a request; without one it does what is asked.

import type { Etcd } from '../lab/etcd';
import { type FakeDcs, pathOf } from './dcs';
import type { FailoverKey, FakeCluster } from './patroni';
import { pause } from './unsafe-request';

export interface LeaderScript {
  /** `obey`; `refuse`: cleared, nothing changed; `ignore`: never looked at, as when its Patroni hangs; or whom it moves to instead. */
  readonly reaction?: 'obey' | 'refuse' | 'ignore' | { readonly insteadTo: string };
  /** Between two loops that nobody woke. Default 200 ms. */
  readonly loopMs?: number;
  /** Between taking a request up and acting. Default 0. */
  readonly hesitateMs?: number;
}

const LOOK_MS = 60;
const DUE_MS = 20;

export class FakeLeader {
  /** May be changed at any time; the next loop follows it. */
  script: LeaderScript;
  /** Requests that a loop has seen and judged, oldest first. */
  readonly taken: FailoverKey[] = [];
  /** Loops that ran. */
  loops = 0;
  readonly #etcd: Etcd;
  readonly #cluster: FakeCluster;
  #stopped = false;
  #woken = false;
  #running: Promise<void> | null = null;

  constructor(dcs: FakeDcs, etcd: Etcd, cluster: FakeCluster, script: LeaderScript = {}) {
    this.#etcd = etcd;
    this.#cluster = cluster;
    this.script = script;
    dcs.attach(cluster);
    cluster.onWake = () => this.wake();
  }

  start(): this {
    this.#running ??= this.#run();
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cluster.onWake = null;
    await this.#running;
  }

  wake(): void {
    this.#woken = true;
  }

  async #run(): Promise<void> {
    let lastLoopAt = 0;
    let lastConfig: string | null = null;
    while (!this.#stopped) {
      const config = await this.#etcd.get(pathOf(this.#cluster, 'config')).catch(() => null);
      const changed = config !== null && lastConfig !== null && config.value !== lastConfig;
      lastConfig = config?.value ?? lastConfig;
      if (changed || this.#woken || Date.now() - lastLoopAt >= (this.script.loopMs ?? 200)) {
        this.#woken = false;
        lastLoopAt = Date.now();
        // What an etcd that is away costs is one loop.
        await this.#loop(changed).catch(() => undefined);
        this.loops += 1;
      }
      await pause(LOOK_MS);
    }
  }

  async #loop(configChanged: boolean): Promise<void> {
    const cluster = this.#cluster;
    // While REST carries out a request, the key is its own.
    if (cluster.moving || this.script.reaction === 'ignore') return;
    await cluster.keys.refresh();
    if (configChanged) await cluster.publish(cluster.nodes.map((node) => `members/${node.name}`));
    const request = cluster.failover;
    if (request === null || !isDue(request, cluster.paused)) return;
    this.taken.push(request);
    await pause(this.script.hesitateMs ?? 0);
    const heir = this.#heirOf(request);
    await (heir === null ? cluster.writeFailover(null) : cluster.moveTo(heir));
  }

  /** Null: the request is cleared. The checks are those of Ha.process_manual_failover_from_leader. */
  #heirOf({ leader, member }: FailoverKey): string | null {
    const cluster = this.#cluster;
    const { reaction = 'obey' } = this.script;
    if (reaction === 'refuse' || (leader !== undefined && leader !== cluster.leader)) return null;
    if (typeof reaction === 'object') return reaction.insteadTo;
    if (member === undefined) return cluster.paused ? null : cluster.anyReplica();
    const candidate = cluster.nodes.find((node) => node.name === member);
    if (candidate === undefined || member === cluster.leader || candidate.fault.kind !== 'none') return null;
    return member;
  }
}

/** A scheduled request waits for its time, and in pause for its end. */
function isDue({ scheduled_at: at }: FailoverKey, paused: boolean): boolean {
  if (at === undefined) return true;
  return !paused && Date.parse(at) - Date.now() <= DUE_MS;
}
