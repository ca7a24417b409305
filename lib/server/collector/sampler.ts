// The last quarter of an hour in memory: replay and receive lag per member, WAL rate, events. Bounded; a store replaces it as
// history, not as the live tail. Gaps are nulls: a missing answer is never bridged.
import { randomUUID } from 'node:crypto';
import type { HistoryAnswer, MemberSeries } from '../../contract/history';
import type { Snapshot } from '../../domain/cluster';
import type { Change, ClusterEvent } from '../../domain/events';
import { worstReplayLag } from '../../domain/fleet';
import { timelineEventId } from '../../domain/history/gap';
import { ownOf, setOwn } from '../../domain/record';
import { type Health, worse } from '../../domain/severity';

export const STEP_MS = 5000;
export const WINDOW_MS = 15 * 60_000;
const SLOTS = WINDOW_MS / STEP_MS;
const SPARK_STEP_MS = 30_000;
const MAX_EVENTS = 200;
const MAX_MEMBERS = 100;

interface MemberSample {
  readonly replayBytes: number | null;
  readonly receiveBytes: number | null;
  readonly replaySeconds: number | null;
  readonly timeline: number | null;
  readonly state: string | null;
}

interface Sample {
  readonly slot: number;
  readonly worst: number | null;
  readonly walRate: number | null;
  readonly health: Health;
  readonly leader: string | null;
  readonly members: Readonly<Record<string, MemberSample>>;
}

const NOBODY: MemberSample = {
  replayBytes: null,
  receiveBytes: null,
  replaySeconds: null,
  timeline: null,
  state: null,
};

export class Sampler {
  /** One sample per step, oldest first; the newest is overwritten until its step is over, keeping the larger lag. */
  readonly #samples: Sample[] = [];
  #events: ClusterEvent[] = [];
  /** Ids of events are unique for ever, also of the next process. */
  readonly #birth = randomUUID().slice(0, 8);
  #count = 0;

  /** The events that the changes have become. */
  add(snapshot: Snapshot, changes: readonly Change[]): readonly ClusterEvent[] {
    const slot = Math.floor(snapshot.observedAt / STEP_MS);
    const sample = sampleOf(snapshot, slot);
    const last = this.#samples[this.#samples.length - 1];
    if (last?.slot === slot) this.#samples[this.#samples.length - 1] = merge(last, sample);
    else this.#samples.push(sample);
    while ((this.#samples[0]?.slot ?? slot) <= slot - SLOTS) this.#samples.shift();
    const at = snapshot.observedAt;
    const { systemIdentifier, timeline } = snapshot.cluster;
    const events = changes.map((change): ClusterEvent => {
      // Patroni's /history tells of it as well: one event, one id.
      const shared = change.kind === 'timeline_changed' && timeline !== null;
      const id = shared ? timelineEventId(systemIdentifier, timeline) : `${this.#birth}-${++this.#count}`;
      return { ...change, id, at, by: 'seen', notBefore: null };
    });
    if (events.length > 0) this.#events = [...this.#events, ...events].slice(-MAX_EVENTS);
    return events;
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
    const names = [...new Set(this.#samples.flatMap((sample) => Object.keys(sample.members)))].sort();
    const slots = Array.from({ length: SLOTS }, (_, index) => from + index).filter(
      (slot) => slot >= (this.#samples[0]?.slot ?? end),
    );
    const samples = slots.map((slot) => bySlot.get(slot));
    const members: Record<string, MemberSeries> = {};
    for (const name of names) {
      const column = samples.map((sample) => ownOf(sample?.members, name) ?? NOBODY);
      setOwn(members, name, {
        replayBytes: column.map((point) => point.replayBytes),
        receiveBytes: column.map((point) => point.receiveBytes),
        replaySeconds: column.map((point) => point.replaySeconds),
        timeline: column.map((point) => point.timeline),
        state: column.map((point) => point.state),
      });
    }
    return {
      scope,
      from: from * STEP_MS,
      to: now,
      stepMs: STEP_MS,
      level: 'memory',
      times: slots.map((slot) => slot * STEP_MS),
      members,
      walBytesPerSecond: samples.map((sample) => sample?.walRate ?? null),
      health: samples.map((sample) => sample?.health ?? null),
      leader: samples.map((sample) => sample?.leader ?? null),
      events: [...this.#events].reverse(),
      eventsCut: this.#events.length === MAX_EVENTS,
      keptFrom: (this.#samples[0]?.slot ?? end) * STEP_MS,
      problem: null,
    };
  }
}

function sampleOf(snapshot: Snapshot, slot: number): Sample {
  const { cluster, health } = snapshot;
  const members: Record<string, MemberSample> = {};
  for (const member of cluster.members.slice(0, MAX_MEMBERS)) {
    const { replayBytes, receiveBytes, replaySeconds } = member.lag;
    const { timeline, state } = member;
    const said = member.silent ? NOBODY : { replayBytes, receiveBytes, replaySeconds, timeline, state };
    setOwn(members, member.name, said);
  }
  const leader = cluster.leader?.known === true ? cluster.leader.name : null;
  return { slot, worst: worstReplayLag(cluster), walRate: cluster.walBytesPerSecond, health, leader, members };
}

/** Of one step: the worse lag and health, of all else the newer. */
function merge(a: Sample, b: Sample): Sample {
  const members: Record<string, MemberSample> = { ...a.members };
  for (const [name, point] of Object.entries(b.members)) {
    const known = ownOf(members, name) ?? NOBODY;
    setOwn(members, name, {
      ...point,
      replayBytes: larger(known.replayBytes, point.replayBytes),
      receiveBytes: larger(known.receiveBytes, point.receiveBytes),
      replaySeconds: larger(known.replaySeconds, point.replaySeconds),
    });
  }
  return {
    ...b,
    worst: larger(a.worst, b.worst),
    walRate: b.walRate ?? a.walRate,
    health: worse(a.health, b.health),
    members,
  };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
