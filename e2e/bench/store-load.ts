// What a watched fleet says, made without a fleet: snapshots of the size and shape of a recorded cluster whose numbers move as
// those of a busy one do (WAL at a changing rate, lag that is rarely twice the same), and through the real tape what is kept of
// them. The same seed gives the same numbers.

import path from 'node:path';
import type { Dcs, Member, Snapshot, WitnessState } from '../../lib/domain/cluster';
import type { ClusterEvent } from '../../lib/domain/events';
import { buildSnapshot } from '../../lib/domain/snapshot';
import { readFrames } from '../../lib/server/collector/replay';
import { type PastBatch, Tape } from '../../lib/server/collector/tape';

const RECORDED = path.resolve(import.meta.dirname, '../../lib/domain/testdata/patroni41-healthy');
const SEGMENT = 16 * 1024 * 1024;
const ROWS_FLUSH_MS = 10_000;

/** A snapshot of three members as it was recorded. */
export function recordedSnapshot(): Snapshot {
  let before: Snapshot | null = null;
  for (const raw of readFrames(RECORDED)) before = buildSnapshot(raw, before, 12).snapshot;
  if (before === null) throw new Error('no recording');
  return before;
}

/** mulberry32: small, quick and the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `busy`: every number moves in every round. `quiet`: a checkpoint now and then, no lag. */
export type Pace = 'busy' | 'quiet';

export class LoadedCluster {
  readonly scope: string;
  readonly #base: Snapshot;
  readonly #chance: () => number;
  readonly #pace: Pace;
  #lsn: number;
  #rate = 200_000;
  #revision = 0;

  constructor(scope: string, base: Snapshot, seed: number, pace: Pace) {
    this.scope = scope;
    this.#base = base;
    this.#chance = seeded(seed);
    this.#pace = pace;
    this.#lsn = SEGMENT * (1 + Math.floor(this.#chance() * 1000));
  }

  at(observedAt: number, sinceMs: number): Snapshot {
    this.#revision += 1;
    if (this.#pace === 'busy') this.#rate = Math.max(1000, this.#rate * (0.9 + 0.2 * this.#chance()));
    const wrote = this.#pace === 'busy' ? this.#rate * (sinceMs / 1000) : this.#chance() < 0.01 ? 8192 : 0;
    this.#lsn += 8 * Math.round(wrote / 8);
    const { cluster } = this.#base;
    const members = cluster.members.map((member, index) => this.#moved(member, index, observedAt));
    const walBytesPerSecond = this.#pace === 'busy' ? this.#rate : 0;
    const dcs = cluster.dcs === null ? null : this.#dcsAt(cluster.dcs, observedAt);
    const sources = this.#base.sources.map((source) => ({
      ...source,
      tookMs: this.#took(),
      answers: source.answers.map(({ member, state }) => ({ member, state: this.#witness(state, observedAt) })),
    }));
    return {
      ...this.#base,
      scope: this.scope,
      revision: this.#revision,
      observedAt,
      intervalMs: sinceMs,
      roundMs: Math.round(this.#took()),
      sources,
      cluster: { ...cluster, walBytesPerSecond, members, dcs },
    };
  }

  #moved(member: Member, index: number, observedAt: number): Member {
    const { dcs, patroni, sql } = member.witnesses;
    const seen = {
      ...member,
      observedAt: observedAt - Math.round(this.#took()),
      witnesses: {
        dcs,
        patroni: this.#witness(patroni, observedAt),
        sql: this.#witness(sql, observedAt),
      },
    };
    if (index === 0) return { ...seen, lsn: this.#lsn };
    const isBusy = this.#pace === 'busy';
    const lag = isBusy ? 8 * Math.floor(this.#chance() * 4000) : 0;
    const receive = isBusy ? 8 * Math.floor((lag / 8) * this.#chance()) : 0;
    const replaySeconds = isBusy ? Math.round(this.#chance() * 400) / 1000 : null;
    const { stages } = member;
    return {
      ...seen,
      receivedLsn: this.#lsn - receive,
      replayedLsn: this.#lsn - lag,
      lag: { ...member.lag, receiveBytes: receive, replayBytes: lag, replaySeconds, idle: lag === 0 },
      stages:
        stages === null
          ? null
          : { ...stages, replayBytes: lag - receive, replaySeconds, replyAt: observedAt, observedAt },
    };
  }

  #dcsAt(dcs: Dcs, observedAt: number): Dcs {
    const endpoints = dcs.endpoints.map((endpoint) => ({ ...endpoint, tookMs: this.#took(), observedAt }));
    return { ...dcs, currentAt: observedAt, endpoints };
  }

  #witness(state: WitnessState, observedAt: number): WitnessState {
    return state.observedAt === null ? state : { ...state, observedAt, tookMs: this.#took() };
  }

  /** An answer takes a few ms, never twice the same: without it full snapshots would seem to cost nothing. */
  #took(): number {
    return Math.round(20 + this.#chance() * 100) / 10;
  }
}

/** An event each hour, as a cluster has on a working day: each keeps a full snapshot for long. */
function eventOf(snapshot: Snapshot, sinceMs: number): readonly ClusterEvent[] {
  const { observedAt } = snapshot;
  if (Math.floor(observedAt / 3_600_000) === Math.floor((observedAt - sinceMs) / 3_600_000)) return [];
  return [
    {
      ...{ id: `bench-${observedAt}`, at: observedAt, by: 'seen', notBefore: null, kind: 'finding_raised' },
      ...{ severity: 'warning', member: 'n2', code: 'lag_high', members: ['n2'], text: 'n2 is 20 MiB behind' },
    },
  ];
}

export interface Recorded {
  readonly batches: readonly PastBatch[];
  readonly ticks: number;
  readonly members: number;
  readonly cpuSeconds: number;
}

/** What the tape makes of one cluster from `from` to `to`, without waiting for that time to pass. */
export function recordPast(cluster: LoadedCluster, from: number, to: number, stepMs: number): Recorded {
  const batches: PastBatch[] = [];
  const tape = new Tape((batch) => batches.push(batch));
  const before = process.cpuUsage();
  let ticks = 0;
  let members = 0;
  let flushedAt = from;
  for (let at = from; at < to; at += stepMs) {
    const snapshot = cluster.at(at, stepMs);
    tape.add(snapshot, ticks === 0 ? [] : eventOf(snapshot, stepMs));
    ticks += 1;
    members = snapshot.cluster.members.length;
    if (at - flushedAt < ROWS_FLUSH_MS) continue;
    tape.flush();
    flushedAt = at;
  }
  tape.stop();
  const { user, system } = process.cpuUsage(before);
  return { batches, ticks, members, cpuSeconds: (user + system) / 1e6 };
}
