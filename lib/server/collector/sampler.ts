// The last quarter of an hour in memory: replay and receive lag per member, WAL rate, events. Bounded; a store replaces it as
// history, not as the live tail. Gaps are nulls: a missing answer is never bridged.
import type { HistoryAnswer, LagPoint } from '../../contract/stream';
import type { Snapshot } from '../../domain/cluster';
import type { Change, ClusterEvent } from '../../domain/events';
import { worstReplayLag } from '../../domain/fleet';

export const STEP_MS = 5000;
export const WINDOW_MS = 15 * 60_000;
const SLOTS = WINDOW_MS / STEP_MS;
const SPARK_STEP_MS = 30_000;
const MAX_EVENTS = 200;
const MAX_MEMBERS = 100;

interface Sample {
  readonly slot: number;
  readonly worst: number | null;
  readonly walRate: number | null;
  readonly lag: Readonly<Record<string, readonly [number | null, number | null]>>;
}

export class Sampler {
  /** One sample per step, oldest first; the newest is overwritten until its step is over, keeping the larger lag. */
  readonly #samples: Sample[] = [];
  #events: ClusterEvent[] = [];
  #nextId = 1;

  add(snapshot: Snapshot, changes: readonly Change[]): void {
    const slot = Math.floor(snapshot.observedAt / STEP_MS);
    const sample = sampleOf(snapshot, slot);
    const last = this.#samples[this.#samples.length - 1];
    if (last?.slot === slot) this.#samples[this.#samples.length - 1] = worse(last, sample);
    else this.#samples.push(sample);
    while ((this.#samples[0]?.slot ?? slot) <= slot - SLOTS) this.#samples.shift();
    if (changes.length > 0) {
      this.#events.push(...changes.map((change) => ({ ...change, id: this.#nextId++, at: snapshot.observedAt })));
      this.#events = this.#events.slice(-MAX_EVENTS);
    }
  }

  /** Worst replay lag, one value per 30 s, oldest first. */
  spark(now: number): (number | null)[] {
    const per = SPARK_STEP_MS / STEP_MS;
    const end = Math.floor(now / SPARK_STEP_MS);
    const values: (number | null)[] = new Array(WINDOW_MS / SPARK_STEP_MS).fill(null);
    for (const { slot, worst } of this.#samples) {
      const index = values.length - 1 - (end - Math.floor(slot / per));
      const known = values[index];
      if (worst !== null && index >= 0 && index < values.length)
        values[index] = known == null ? worst : Math.max(known, worst);
    }
    return values;
  }

  history(scope: string, now: number): HistoryAnswer {
    const end = Math.floor(now / STEP_MS);
    const from = end - SLOTS + 1;
    const bySlot = new Map(this.#samples.map((sample) => [sample.slot, sample]));
    const members = [...new Set(this.#samples.flatMap((sample) => Object.keys(sample.lag)))].sort();
    const slots = Array.from({ length: SLOTS }, (_, index) => from + index).filter(
      (slot) => slot >= (this.#samples[0]?.slot ?? end),
    );
    const lag: Record<string, LagPoint[]> = {};
    for (const member of members) {
      lag[member] = slots.map((slot) => {
        const [replayBytes, receiveBytes] = bySlot.get(slot)?.lag[member] ?? [null, null];
        return { at: slot * STEP_MS, replayBytes, receiveBytes };
      });
    }
    const walBytesPerSecond = slots.map((slot) => ({ at: slot * STEP_MS, value: bySlot.get(slot)?.walRate ?? null }));
    return {
      scope,
      from: from * STEP_MS,
      to: now,
      stepMs: STEP_MS,
      lag,
      walBytesPerSecond,
      events: [...this.#events].reverse(),
    };
  }
}

function sampleOf(snapshot: Snapshot, slot: number): Sample {
  const { cluster } = snapshot;
  const lag: Record<string, readonly [number | null, number | null]> = {};
  for (const member of cluster.members.slice(0, MAX_MEMBERS)) {
    if (member.name === cluster.leader?.name) continue;
    lag[member.name] = [member.lag.replayBytes, member.lag.receiveBytes];
  }
  return { slot, worst: worstReplayLag(cluster), walRate: cluster.walBytesPerSecond, lag };
}

function worse(a: Sample, b: Sample): Sample {
  const lag = { ...a.lag };
  for (const [name, pair] of Object.entries(b.lag)) {
    const known = lag[name];
    lag[name] = known === undefined ? pair : [larger(known[0], pair[0]), larger(known[1], pair[1])];
  }
  return { slot: a.slot, worst: larger(a.worst, b.worst), walRate: b.walRate ?? a.walRate, lag };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
