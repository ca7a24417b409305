// How late the event loop of this thread is and how busy, over the last window of ten seconds: the same for whoever asks and
// however often.
import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Sample } from '../../domain/metrics/exposition';

const WINDOW_MS = 10_000;
const RESOLUTION_MS = 20;
const NS = 1e9;

export class EventLoopWatch {
  readonly #thread: string;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #from: EventLoopUtilization = performance.eventLoopUtilization();
  /** null: the first window is not over. */
  #last: { readonly delaySeconds: number; readonly busy: number } | null = null;

  constructor(thread: string) {
    this.#thread = thread;
    this.#delay.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS);
    this.#timer.unref();
  }

  #turn(): void {
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, this.#from).utilization;
    // The histogram holds the distance of its own ticks.
    this.#last = { delaySeconds: Math.max(0, this.#delay.max / NS - RESOLUTION_MS / 1000), busy };
    this.#from = now;
    this.#delay.reset();
  }

  samples(): readonly Sample[] {
    if (this.#last === null) return [];
    const labels = { thread: this.#thread };
    return [
      { family: 'howdah_event_loop_delay_seconds', labels, value: this.#last.delaySeconds },
      { family: 'howdah_event_loop_utilization_ratio', labels, value: this.#last.busy },
    ];
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }
}
