// The memory of Howdah, put together for one process: recorder, housekeeping, reader, notes. It lives in the store and may be away
// with it; nothing live waits for it.

import type { AvailabilityAnswer, HistoryAnswer, HistoryState, IncidentAnswer } from '../../contract/history';
import type { ActionRecord } from '../../domain/actions/action';
import { blindSpans } from '../../domain/history/series';
import { findingSpans } from '../../domain/incident/spans';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { PastBatch } from '../collector/tape';
import type { HistorySettings } from '../config/settings';
import { log } from '../log';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import type { Leases } from '../store/lease';
import type { Store } from '../store/store';
import { type Asked, type AvailabilityOptions, readAvailability } from './availability';
import { Compactor, HALF_MINUTE_MS } from './compactor';
import { Notes } from './notes';
import { PastStore } from './past-store';
import type { Window } from './query';
import { Reader } from './reader';
import { Recorder } from './recorder';

export interface HistoryOptions {
  readonly store: Store;
  readonly leases: Leases;
  readonly settings: HistorySettings;
  readonly now: () => number;
  readonly memory: (scope: string) => Promise<HistoryAnswer>;
  readonly actions: (scope: string) => Promise<readonly ActionRecord[]>;
  readonly stopping: AvailabilityOptions['stopping'];
}

const EVENTS_MAX = 2000;
const POINTS = 300;
/** Nobody watched where two samples are further apart, at the pace of a cluster at which nobody looks. */
const BLIND_MS = 30_000;

export class History {
  readonly reader: Reader;
  readonly notes: Notes;
  readonly #options: HistoryOptions;
  readonly #past: PastStore;
  readonly #recorder: Recorder;
  readonly #compactor: Compactor;

  constructor(options: HistoryOptions) {
    const { store, leases, settings, now, memory, actions } = options;
    const past = new PastStore(store);
    this.#options = options;
    this.#past = past;
    this.#recorder = new Recorder({ store, past, leases, now, log, eventsDays: settings.eventsDays });
    this.#compactor = new Compactor({ store, leases, settings, now, log });
    this.reader = new Reader({ store, past, recorder: this.#recorder, settings, now, memory, actions });
    this.notes = new Notes(store, now);
  }

  take(batch: PastBatch): void {
    this.#recorder.take(batch);
  }

  state(): HistoryState {
    return {
      ...this.#recorder.state(),
      storedBytes: this.#compactor.storedBytes(),
      limitBytes: this.#options.settings.megabytes * 1_000_000,
    };
  }

  /** Rejects with a Refusal while the store is away. */
  async availability(asked: readonly Asked[], window: Window): Promise<AvailabilityAnswer> {
    const { store, settings, now, stopping } = this.#options;
    try {
      return await readAvailability({ store, past: this.#past, settings, now, stopping }, asked, window);
    } catch (error) {
      if (error instanceof StoreAway)
        throw new Refusal('not_ready', say`the past cannot be read now: ${saidBy(error)}`);
      throw error;
    }
  }

  /** Everything that was kept of a window. Rejects with a Refusal while the store is away. */
  async incident(scope: string, { from, to }: Window): Promise<IncidentAnswer> {
    try {
      const snapshotAt = async (at: number): Promise<IncidentAnswer['before']> =>
        this.reader.moment(scope, at).then(
          ({ snapshot }) => snapshot,
          (error: unknown) => {
            if (Refusal.is(error) && error.body.code === 'not_found') return null;
            throw error;
          },
        );
      const [before, after] = await Promise.all([snapshotAt(from), snapshotAt(to)]);
      const { events, cut } = await this.reader.eventsOf(scope, from, to, EVENTS_MAX);
      const ordered = events.reverse();
      const history = await this.reader.history(scope, from, to, POINTS);
      const { level, ticks } = await this.reader.ticks(scope, from, to, 0);
      const blindMs = Math.max(BLIND_MS, 3 * ((after ?? before)?.intervalMs ?? 0));
      const limit =
        level === 'full' ? blindMs : level === 'half_minute' ? 2 * HALF_MINUTE_MS + blindMs : 40 * HALF_MINUTE_MS;
      const leadership = await this.reader.leadership(scope);
      return {
        scope,
        from,
        to,
        madeAt: this.#options.now(),
        before,
        after,
        events: ordered,
        eventsCut: cut,
        findings: findingSpans({ before, after, events: ordered }),
        actions: await this.#actionsIn(scope, from, to),
        leadership: leadership.entries.filter(
          (entry) => (entry.startedAt ?? 0) <= to && (entry.endedAt ?? Number.POSITIVE_INFINITY) >= from,
        ),
        history,
        notes: await this.notes.list(scope, from, to),
        blind: blindSpans(
          ticks.map(({ at }) => at),
          from,
          to,
          limit,
        ),
        problem: history.problem ?? leadership.problem,
      };
    } catch (error) {
      if (error instanceof StoreAway)
        throw new Refusal('not_ready', say`the past cannot be read now: ${saidBy(error)}`);
      throw error;
    }
  }

  /** Writes what waits, within the time that stopping has. */
  async stop(): Promise<void> {
    const packed = this.#compactor.stop();
    await this.#recorder.stop();
    await packed;
  }

  async #actionsIn(scope: string, from: number, to: number): Promise<ActionRecord[]> {
    const all = await this.#options.actions(scope);
    return all
      .filter((action) => action.requestedAt <= to && (action.closedAt ?? Number.POSITIVE_INFINITY) >= from)
      .sort((a, b) => a.requestedAt - b.requestedAt);
  }
}
