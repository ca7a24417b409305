// Measures how long a cluster took no writes: by the write probe where one is configured and wrote before, else by the readings
// of the members. Says which, and how exact it can be.
import type { Outage } from '../../domain/actions/action';
import type { Outages } from '../../domain/actions/lost';
import type { Snapshot } from '../../domain/cluster';
import { isRunning } from '../../domain/patroni-states';
import type { ProbeEvent } from '../../io/write-probe';

interface Interval {
  /** Last proof of a writable leader, and the first one after the gap. */
  lastAt: number | null;
  againAt: number | null;
  /** Distance between proofs around the gap. */
  spacingMs: number;
  gapSeen: boolean;
  longestMs: number;
  longest: { readonly from: number; readonly to: number } | null;
}

const fresh = (): Interval => ({
  lastAt: null,
  againAt: null,
  spacingMs: 0,
  gapSeen: false,
  longestMs: 0,
  longest: null,
});
/** Writes are 50 ms apart; a gap below this is a slow write, not an outage. */
const PROBE_GAP_MS = 250;

export class OutageMeter {
  readonly #probe: Interval = fresh();
  readonly #seen: Interval = fresh();
  readonly #everyMs: number;
  #notWritable = false;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  onProbe(event: ProbeEvent): void {
    if (event.kind !== 'wrote') return;
    const interval = this.#probe;
    // From the acknowledgement of the last write before to the acknowledgement of the first one after: what a client feels.
    if (interval.lastAt !== null) {
      const gap = event.ackAt - interval.lastAt;
      if (gap > PROBE_GAP_MS && gap > interval.longestMs) {
        interval.longestMs = gap;
        interval.longest = { from: interval.lastAt, to: event.ackAt };
      }
    }
    interval.lastAt = event.ackAt;
  }

  onSnapshot({ cluster }: Snapshot): void {
    const leader = cluster.members.find((member) => member.name === cluster.leader?.name);
    const interval = this.#seen;
    // The newest reading that can prove it: SQL where it answers, else Patroni's word.
    const sql = leader?.witnesses.sql.state === 'fresh' ? leader.witnesses.sql.observedAt : null;
    const usesSql = leader !== undefined && leader.witnesses.sql.state !== null;
    const rest = leader?.witnesses.patroni.state === 'fresh' ? leader.witnesses.patroni.observedAt : null;
    const at = usesSql ? sql : rest;
    const writable =
      leader !== undefined &&
      cluster.leader?.known === true &&
      at !== null &&
      leader.postgresRole === 'primary' &&
      leader.state !== null &&
      (isRunning(leader.state) || usesSql);
    if (!writable || at === null) {
      this.#notWritable = true;
      return;
    }
    if (this.#notWritable && interval.lastAt !== null && at > interval.lastAt) {
      const gap = at - interval.lastAt;
      if (gap > interval.longestMs) {
        interval.longestMs = gap;
        interval.longest = { from: interval.lastAt, to: at };
      }
    }
    if (interval.lastAt !== null && at > interval.lastAt)
      interval.spacingMs = this.#notWritable ? interval.spacingMs : at - interval.lastAt;
    this.#notWritable = false;
    interval.lastAt = Math.max(interval.lastAt ?? 0, at);
  }

  /** null: no outage was seen (yet). While one lasts, `writableAgainAt` is null and `ms` grows with `now`. */
  outage(now: number): Outage | null {
    const { probe, observation } = this.outages(now);
    return this.#probe.lastAt !== null ? probe : observation;
  }

  /** By each of the two ways; null: not measured so, or no gap was met. */
  outages(now: number): Outages {
    return { probe: this.#byProbe(now), observation: this.#byObservation(now) };
  }

  #byProbe(now: number): Outage | null {
    if (this.#probe.lastAt === null) return null;
    const open = now - this.#probe.lastAt;
    if (open > PROBE_GAP_MS * 2 && open > this.#probe.longestMs)
      return this.#open('probe', this.#probe.lastAt, now, this.#everyMs);
    return this.#closed('probe', this.#probe, this.#everyMs);
  }

  #byObservation(now: number): Outage | null {
    if (this.#notWritable && this.#seen.lastAt !== null)
      return this.#open('observation', this.#seen.lastAt, now, Math.max(this.#seen.spacingMs, 250));
    return this.#closed('observation', this.#seen, Math.max(this.#seen.spacingMs, 250));
  }

  #open(by: Outage['by'], from: number, now: number, precisionMs: number): Outage {
    return { ms: Math.max(0, now - from), by, precisionMs, lastWritableAt: from, writableAgainAt: null };
  }

  #closed(by: Outage['by'], { longest }: Interval, precisionMs: number): Outage | null {
    if (longest === null) return null;
    return {
      ms: longest.to - longest.from,
      by,
      precisionMs,
      lastWritableAt: longest.from,
      writableAgainAt: longest.to,
    };
  }
}
