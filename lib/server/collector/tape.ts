// What the collector's thread hands on to be kept: ticks packed every few seconds, a full snapshot at every change and each half
// minute, events at once. It compresses here, away from the web server; it knows no store and waits for none.

import { brotliCompressSync, constants, deflateRawSync } from 'node:zlib';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { packTicks } from '../../domain/history/pack';
import { type Tick, tickOf } from '../../domain/history/tick';
import { carry } from '../../language/carry';

/** `ticks`: packTicks, deflated raw. `frame`: the Snapshot's JSON, brotli; then `from` and `to` are its moment. */
export interface PastRow {
  readonly kind: 'ticks' | 'frame';
  readonly scope: string;
  readonly from: number;
  readonly to: number;
  readonly body: Uint8Array;
  /** A frame that was kept because something changed: kept for longer than the others. */
  readonly changed: boolean;
}

export interface PastBatch {
  readonly rows: readonly PastRow[];
  readonly events: readonly { readonly scope: string; readonly event: ClusterEvent }[];
  /** The first snapshot of each scope that this process saw, and those whose /history grew: JSON of a Snapshot. */
  readonly told: readonly Told[];
}

export interface Told {
  readonly scope: string;
  readonly json: string;
  readonly first: boolean;
  /** How its newest timeline came about, where that was watched; else null. */
  readonly cause: 'switchover' | 'failover' | 'automatic' | null;
}

const FLUSH_MS = 10_000;
const FRAME_MS = 30_000;
/** Ticks are at least this far apart: an action is watched faster than anybody wants to read later. */
const TICK_MS = 900;
/** Every change has its frame, up to twenty at once and one a second on the whole; beyond that changes share one, the last counts. */
const CREDIT_MAX = 20;
const CREDIT_EACH_MS = 1000;
const BURST_MS = 500;
const QUALITY = 4;
/** A member that never answers must not keep the others' past away. */
const PATIENCE_MS = 10_000;
/** From a request in /failover to the entry in /history; a shutdown checkpoint may take its time. */
const REQUEST_MS = 180_000;
const SCHEDULE_MS = 15_000;

interface Reel {
  ticks: Tick[];
  tickAt: number;
  frameAt: number;
  credit: number;
  creditAt: number;
  /** A change whose frame waits for the burst to end. */
  due: Snapshot | null;
  historyLength: number;
  readonly since: number;
  /** The first told was sent. */
  seen: boolean;
  /** A switchover or failover that was asked for by anybody stood in /failover then. */
  asked: { readonly at: number; readonly cause: 'switchover' | 'failover' } | null;
}

export class Tape {
  readonly #send: (batch: PastBatch) => void;
  readonly #reels = new Map<string, Reel>();
  readonly #flushing: NodeJS.Timeout;
  readonly #bursts: NodeJS.Timeout;

  constructor(send: (batch: PastBatch) => void) {
    this.#send = send;
    this.#flushing = setInterval(() => this.flush(), FLUSH_MS);
    this.#bursts = setInterval(() => this.#endBursts(), BURST_MS);
  }

  add(snapshot: Snapshot, events: readonly ClusterEvent[]): void {
    const { scope, observedAt, cluster } = snapshot;
    const reel = this.#reelOf(scope, observedAt);
    const first = !reel.seen && isTold(snapshot, reel.since);
    // Until everybody was asked once, each answer looks like a change. The first told is compared with the past instead.
    const changed = reel.seen && events.length > 0;
    // A clock that is set back must not silence it until it has caught up.
    if (changed || Math.abs(observedAt - reel.tickAt) >= TICK_MS) {
      reel.ticks.push(tickOf(snapshot));
      reel.tickAt = observedAt;
    }
    const rows: PastRow[] = [];
    reel.credit = Math.min(CREDIT_MAX, reel.credit + Math.max(0, observedAt - reel.creditAt) / CREDIT_EACH_MS);
    reel.creditAt = observedAt;
    if (changed && reel.credit < 1) reel.due = snapshot;
    else if (changed || first || (reel.seen && Math.abs(observedAt - reel.frameAt) >= FRAME_MS)) {
      rows.push(this.#frame(reel, snapshot, changed || first));
    }
    const grew = cluster.history.length !== reel.historyLength;
    reel.historyLength = cluster.history.length;
    reel.seen ||= first;
    noteRequest(reel, snapshot);
    const cause = first || !grew ? null : (reel.asked?.cause ?? 'automatic');
    const told: Told[] =
      first || (grew && reel.seen) ? [{ scope, json: JSON.stringify(carry(snapshot)), first, cause }] : [];
    if (rows.length === 0 && !changed && told.length === 0) return;
    this.#send({ rows, events: changed ? events.map((event) => ({ scope, event })) : [], told });
  }

  gone(scope: string): void {
    const reel = this.#reels.get(scope);
    if (reel === undefined) return;
    this.#endBurst(reel);
    this.#reels.delete(scope);
    this.#sendTicks([[scope, reel]]);
  }

  flush(): void {
    this.#sendTicks([...this.#reels]);
  }

  stop(): void {
    clearInterval(this.#flushing);
    clearInterval(this.#bursts);
    this.#endBursts();
    this.flush();
  }

  #reelOf(scope: string, since: number): Reel {
    const known = this.#reels.get(scope);
    if (known !== undefined) return known;
    const reel: Reel = {
      ticks: [],
      tickAt: 0,
      frameAt: 0,
      credit: CREDIT_MAX,
      creditAt: since,
      due: null,
      historyLength: -1,
      since,
      seen: false,
      asked: null,
    };
    this.#reels.set(scope, reel);
    return reel;
  }

  #frame(reel: Reel, snapshot: Snapshot, changed: boolean): PastRow {
    reel.frameAt = snapshot.observedAt;
    reel.due = null;
    if (changed) reel.credit -= 1;
    const body = brotliCompressSync(JSON.stringify(carry(snapshot)), {
      params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    });
    const { scope, observedAt } = snapshot;
    return { kind: 'frame', scope, from: observedAt, to: observedAt, body, changed };
  }

  #endBursts(): void {
    for (const reel of this.#reels.values()) this.#endBurst(reel);
  }

  #endBurst(reel: Reel): void {
    if (reel.due !== null) this.#send({ rows: [this.#frame(reel, reel.due, true)], events: [], told: [] });
  }

  #sendTicks(reels: readonly (readonly [string, Reel])[]): void {
    const rows = reels.flatMap(([scope, reel]): PastRow[] => {
      const [first] = reel.ticks;
      const last = reel.ticks.at(-1);
      if (first === undefined || last === undefined) return [];
      const body = deflateRawSync(packTicks(reel.ticks));
      reel.ticks = [];
      return [{ kind: 'ticks', scope, from: first.at, to: last.at, body, changed: false }];
    });
    if (rows.length > 0) this.#send({ rows, events: [], told: [] });
  }
}

/** A request without the leader's name is a failover: Patroni's own distinction, ha.py `process_manual_failover_from_leader`. */
function noteRequest(reel: Reel, { observedAt, cluster }: Snapshot): void {
  const { pendingSwitchover, scheduledSwitchover } = cluster;
  if (pendingSwitchover !== null) {
    reel.asked = { at: observedAt, cause: pendingSwitchover.from === null ? 'failover' : 'switchover' };
  } else if (scheduledSwitchover !== null && Date.parse(scheduledSwitchover.at) - observedAt < SCHEDULE_MS) {
    reel.asked = { at: observedAt, cause: 'switchover' };
  } else if (reel.asked !== null && observedAt - reel.asked.at > REQUEST_MS) reel.asked = null;
}

/** Everybody was asked once and has answered or failed; or that takes too long. */
function isTold({ observedAt, cluster }: Snapshot, since: number): boolean {
  if (observedAt - since > PATIENCE_MS) return true;
  if (cluster.members.length === 0) return false;
  return cluster.members.every(({ witnesses: { patroni, sql } }) => patroni.state !== 'never' && sql.state !== 'never');
}
