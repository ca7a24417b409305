// How long nothing was writable in an earlier switchover or failover of the same cluster: what the next one may be expected to take.

/** What an observation carries of it. */
export interface MeasuredOutage {
  readonly at: number;
  readonly ms: number;
  readonly by: 'probe' | 'observation';
}

export interface OutageSample extends MeasuredOutage {
  /** ms since the request, by step key. */
  readonly steps: Readonly<Record<string, number>>;
  /** The longest that a database of PgBouncer was paused around it; absent: none was. */
  readonly pausedMs?: number;
}

/** As many of them as count: what a cluster took a year ago says little. */
export const OUTAGES_MAX = 8;
