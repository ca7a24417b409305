// Measures the outage of one action, and how far its old leader was seen to write: runs the write probe where one is configured, reads
// the snapshots in any case, and puts what the probe met into the action's log.
import type { Moment, Outage, Reached } from '../../domain/actions/action';
import type { Outages } from '../../domain/actions/lost';
import { furtherReached } from '../../domain/actions/moment';
import type { Snapshot } from '../../domain/cluster';
import { type ProbeTarget, startProbe } from '../../io/write-probe';
import { say, type Text } from '../../language/sentence';
import { OutageMeter } from './outage-meter';

const EVERY_MS = 50;
const LIMIT_MS = 30 * 60_000;

export interface Measured {
  readonly outage: Outage | null;
  readonly outages: Outages;
  readonly reached: Reached | null;
}

export class OutageMeasure {
  readonly #meter = new OutageMeter(EVERY_MS);
  readonly #now: () => number;
  readonly #note: (source: Text, text: Text, at: number) => void;
  readonly #before: Moment;
  /** The furthest that was seen while it led who led before. */
  #reached: Reached | null;
  #end: (() => void) | null = null;
  /** Who took the last write of the probe: only there a refusal is news. */
  #writer: string | null = null;
  #onFirst: (() => void) | null = null;

  constructor(before: Moment, now: () => number, note: (source: Text, text: Text, at: number) => void) {
    this.#before = before;
    this.#reached = before.reached ?? null;
    this.#now = now;
    this.#note = note;
  }

  /** Resolves with the first acknowledged write, or after `atMostMs`: an outage needs a write before it. */
  ready(atMostMs: number): Promise<void> {
    if (this.#end === null || this.#writer !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.#onFirst = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  startProbe(scope: string, targets: readonly ProbeTarget[]): void {
    if (this.#end !== null || targets.length === 0) return;
    this.#end = startProbe({
      scope,
      targets,
      everyMs: EVERY_MS,
      limitMs: LIMIT_MS,
      now: this.#now,
      onEvent: (event) => {
        this.#meter.onProbe(event);
        if (event.kind === 'wrote') {
          if (this.#writer !== null && this.#writer !== event.member)
            this.#note(say`Probe ${event.member}`, say`a write is accepted`, event.ackAt);
          this.#writer = event.member;
          this.#onFirst?.();
        } else if (event.member === this.#writer) this.#note(say`Probe ${event.member}`, event.text, event.at);
      },
    });
  }

  onSnapshot(snapshot: Snapshot): void {
    this.#reached = furtherReached(this.#reached, this.#before, snapshot);
    this.#meter.onSnapshot(snapshot);
  }

  outage(): Outage | null {
    return this.#meter.outage(this.#now());
  }

  /** What is said at the end. */
  measured(): Measured {
    return { outage: this.outage(), outages: this.#meter.outages(this.#now()), reached: this.#reached };
  }

  stop(): void {
    this.#end?.();
  }
}
