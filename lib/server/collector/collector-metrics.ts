// The collector thread's part of GET /metrics: the lines of all its clusters, made a few scopes at a time so that rounds go on
// in between.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Snapshot } from '../../domain/cluster';
import { careMetrics } from '../../domain/metrics/care-metrics';
import { clusterMetrics } from '../../domain/metrics/cluster-metrics';
import { type Lines, sampleLines } from '../../domain/metrics/exposition';
import { EventLoopWatch } from '../metrics/event-loop';
import type { Looked } from './care-poller';
import type { ReadingCounts } from './reading-counts';

interface Watched {
  readonly counts: ReadingCounts;
  cares(): readonly { readonly source: string; readonly looked: Looked }[];
  scopes(): readonly string[];
  snapshotOf(scope: string): Snapshot | null;
}

const SCOPES_AT_A_TIME = 20;

export class CollectorMetrics {
  readonly #collector: Watched;
  readonly #now: () => number;
  readonly #loop = new EventLoopWatch('collector');

  constructor(collector: Watched, now: () => number) {
    this.#collector = collector;
    this.#now = now;
  }

  async answer(): Promise<readonly Lines[]> {
    const cares = this.#collector.cares().flatMap(({ source, looked }) => careMetrics(source, looked, this.#now()));
    const parts: Lines[] = [sampleLines([...this.#collector.counts.samples(), ...this.#loop.samples(), ...cares])];
    const scopes = this.#collector.scopes();
    for (let from = 0; from < scopes.length; from += SCOPES_AT_A_TIME) {
      const snapshots = scopes
        .slice(from, from + SCOPES_AT_A_TIME)
        .flatMap((scope) => this.#collector.snapshotOf(scope) ?? []);
      parts.push(sampleLines(snapshots.flatMap((snapshot) => clusterMetrics(snapshot, this.#now()))));
      await breathe();
    }
    return parts;
  }

  stop(): void {
    this.#loop.stop();
  }
}
