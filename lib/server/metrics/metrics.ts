// GET /metrics put together: what the collector's thread says of clusters, and how Howdah itself is. However many ask, the
// collector is asked once a second. If it does not answer, Howdah's own part still comes and says so.
import type { HealthAnswer } from '../../contract/stream';
import { exposition, type Format, type Lines, type Sample, sampleLines } from '../../domain/metrics/exposition';
import type { Actions } from '../actions/actions';
import { clockNow } from '../clock';
import { healthAnswer } from '../health';
import type { Runtime } from '../runtime';
import { ActionCounts } from './action-counts';
import { alertSamples } from './alert-samples';
import { EventLoopWatch } from './event-loop';
import { howdahSamples } from './howdah-samples';
import { processSamples } from './process-samples';

const SHARE_MS = 1000;

type Asked = Pick<Runtime, 'ask' | 'actionsNow' | 'alertsNow' | 'config' | 'startedAt'>;

interface Asking {
  readonly at: number;
  readonly lines: Promise<readonly Lines[] | null>;
  isOver: boolean;
}

export class Metrics {
  readonly #runtime: Asked;
  readonly #health: () => HealthAnswer;
  readonly #now: () => number;
  readonly #loop = new EventLoopWatch('web');
  readonly #counts: ActionCounts;
  #asked: Asking | null = null;

  constructor(runtime: Asked, health: () => HealthAnswer, now: () => number) {
    this.#runtime = runtime;
    this.#health = health;
    this.#now = now;
    this.#counts = new ActionCounts(runtime.startedAt);
  }

  async text(format: Format): Promise<string> {
    const clusters = await this.#clusters();
    const own: Sample[] = [
      { family: 'howdah_collector_answering', labels: {}, value: clusters === null ? 0 : 1 },
      ...howdahSamples(this.#health(), this.#now()),
      ...this.#actions(this.#runtime.actionsNow()),
      ...(await this.#alerts()),
      ...this.#loop.samples(),
      ...processSamples(),
    ];
    return exposition([...(clusters ?? []), sampleLines(own)], format);
  }

  stop(): void {
    this.#loop.stop();
  }

  #actions(actions: Actions | null): readonly Sample[] {
    return actions === null ? [] : this.#counts.samples(actions.executor.recent());
  }

  async #alerts(): Promise<readonly Sample[]> {
    const alerts = this.#runtime.alertsNow();
    if (alerts === null) return [];
    const { receivers, replay } = this.#runtime.config;
    const telling = {
      ...alerts.sender(),
      configured: receivers.length > 0 && replay === null,
      alerts: alerts.own(),
      receivers: await alerts.dispatcher().states(),
    };
    return alertSamples(telling, this.#now());
  }

  /** null: it did not answer. One question at a time, however long it takes. */
  #clusters(): Promise<readonly Lines[] | null> {
    const now = this.#now();
    if (this.#asked !== null && (!this.#asked.isOver || Math.abs(now - this.#asked.at) < SHARE_MS))
      return this.#asked.lines;
    const lines = this.#runtime.ask('metrics', '').then(
      (json) => (json === null ? null : (JSON.parse(json) as readonly Lines[])),
      () => null,
    );
    const asked: Asking = { at: now, lines, isOver: false };
    this.#asked = asked;
    void lines.then(() => {
      asked.isOver = true;
    });
    return lines;
  }
}

const KEY = Symbol.for('howdah.metrics');
type Holder = typeof globalThis & { [KEY]?: Metrics };

/** The one of this process: a route reloaded in development finds it again. */
export function metricsOf(runtime: Runtime): Metrics {
  const holder = globalThis as Holder;
  holder[KEY] ??= new Metrics(runtime, () => healthAnswer(runtime, clockNow()), clockNow);
  return holder[KEY];
}
