// The past as it is asked for: series, events, one moment, who led. What still waits in the recorder is part of it, so that nobody
// has to know when the store was last written. While the store is away the answer is what this process remembers, and says so.

import type {
  EventsAnswer,
  HistoryAnswer,
  HistoryLevel,
  LeadershipAnswer,
  MomentAnswer,
  ScopedEvent,
} from '../../contract/history';
import type { ActionRecord } from '../../domain/actions/action';
import type { ClusterEvent } from '../../domain/events';
import { composeLeaderships } from '../../domain/history/leadership';
import { columnsOf, stepFor } from '../../domain/history/series';
import type { Tick } from '../../domain/history/tick';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { HistorySettings } from '../config/settings';
import { Refusal } from '../route';
import { StoreAway, StoreError } from '../store/driver';
import type { Store } from '../store/store';
import { HALF_MINUTE_MS, TEN_MINUTES_MS } from './compactor';
import { loadLeaderships } from './leaderships';
import { EVERYTHING, type EventQuery, LEVEL, type Level, type PastStore, readTicks, snapshotOf } from './past-store';
import type { Recorder } from './recorder';

export interface ReaderOptions {
  readonly store: Store;
  readonly past: PastStore;
  readonly recorder: Recorder;
  readonly settings: HistorySettings;
  readonly now: () => number;
  /** The last minutes from the collector's memory. Rejects with a Refusal where the scope is not known. */
  readonly memory: (scope: string) => Promise<HistoryAnswer>;
  /** Actions of a scope, newest first. */
  readonly actions: (scope: string) => Promise<readonly ActionRecord[]>;
}

const DAY_MS = 86_400_000;
const EVENTS_MAX = 500;
/** Rows end where the next begin, some seconds apart. */
const TOUCH_MS = 30_000;

export class Reader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async history(scope: string, from: number, to: number, points: number): Promise<HistoryAnswer> {
    try {
      return await this.#history(scope, from, to, points);
    } catch (error) {
      if (!isAway(error)) throw error;
      const memory = await this.#options.memory(scope);
      return { ...memory, problem: say`${saidBy(error)}; only what Howdah remembers of the last minutes is shown` };
    }
  }

  /** Also whoever else reads samples: the level is the finest that reaches back to `from`. In order. */
  async ticks(
    scope: string,
    from: number,
    to: number,
    stepMs: number,
  ): Promise<{ level: HistoryLevel; ticks: Tick[] }> {
    const { past, recorder } = this.#options;
    const level = this.#levelFor(from, stepMs);
    const recent = await past.recent(scope, 'ticks', from, to);
    const lists: Tick[][] = [];
    for (const { body } of recent) lists.push(await readTicks(body));
    const covered: { readonly from: number; readonly to: number }[] = recent.map((row) => ({
      from: row.from,
      to: row.to,
    }));
    // Where the level has nothing (given up for size, not made yet) the next best stands in.
    for (const one of STAND_INS[level]) {
      const known = [...covered];
      for (const chunk of await past.chunks(scope, one, from, to)) {
        const ticks = await readTicks(chunk.body);
        lists.push(ticks.filter(({ at }) => !known.some((span) => at >= span.from && at <= span.to)));
        covered.push({ from: chunk.from, to: chunk.to });
      }
      if (!hasHole(covered, from, Math.min(to, this.#options.now()))) break;
    }
    lists.push(await recorder.pendingTicks(scope));
    const ticks = lists.flat().filter((tick) => tick.at <= to && tick.at >= from - stepMs);
    return { level: WORDS[level], ticks: ticks.sort((a, b) => a.at - b.at) };
  }

  async #history(scope: string, from: number, to: number, points: number): Promise<HistoryAnswer> {
    const { past } = this.#options;
    const finest = LEVEL_STEPS[this.#levelFor(from, 0)];
    const stepMs = Math.max(finest, stepFor(to - from, points));
    const { level, ticks } = await this.ticks(scope, from, to, stepMs);
    const columns = columnsOf(ticks, from, to, stepMs);
    const { events, cut } = await this.eventsOf(scope, from, to, EVENTS_MAX);
    const kept = await past.keptFrom(scope);
    const keptFrom = kept.ticks ?? ticks[0]?.at ?? null;
    return { scope, from, to, stepMs, level, ...columns, events, eventsCut: cut, keptFrom, problem: null };
  }

  /** Of a window, newest first, those that still wait among them. */
  async eventsOf(
    scope: string,
    from: number,
    to: number,
    limit: number,
  ): Promise<{ readonly events: ClusterEvent[]; readonly cut: boolean }> {
    const query = { ...EVERYTHING, scope, from, to, limit };
    const page = await this.#options.past.events(query);
    const pending = this.#options.recorder.pendingEvents(scope).reverse();
    const waiting = pending.filter((event) => event.at >= from && event.at <= to);
    const known = new Set(page.events.map(({ id }) => id));
    const stored = page.events.map(({ scope: _, ...event }): ClusterEvent => event);
    const events = [...waiting.filter(({ id }) => !known.has(id)), ...stored];
    return { events: newestFirst(events).slice(0, limit), cut: page.next !== null };
  }

  async events(query: EventQuery): Promise<EventsAnswer> {
    const remembered = this.#options.recorder.remembered().filter((event) => fits(event, query));
    try {
      const page = await this.#options.past.events(query);
      if (query.before !== null) return { ...page, from: 'store', problem: null };
      const known = new Set(page.events.map(({ scope, id }) => `${scope}\n${id}`));
      const oldest = page.next === null ? 0 : (page.events.at(-1)?.at ?? 0);
      const isNew = (event: ScopedEvent): boolean =>
        event.at >= oldest && !known.has(`${event.scope}\n${event.id}`) && this.#waits(event);
      return {
        events: newestFirst([...remembered.filter(isNew), ...page.events]),
        next: page.next,
        from: 'store',
        problem: null,
      };
    } catch (error) {
      if (!isAway(error)) throw error;
      const problem = say`${saidBy(error)}; only what this Howdah saw since its start is shown`;
      const events = query.before === null ? newestFirst(remembered).slice(0, query.limit) : [];
      return { events, next: null, from: 'memory', problem };
    }
  }

  /** Rejects with a Refusal where nothing was kept at or before that moment, or the store is away. */
  async moment(scope: string, at: number): Promise<MomentAnswer> {
    const { past, recorder } = this.#options;
    try {
      const [stored, waiting, kept] = await Promise.all([
        past.frameAt(scope, at),
        recorder.pendingFrame(scope, at),
        past.keptFrom(scope),
      ]);
      const frame = waiting !== null && (stored === null || waiting.at > stored.at) ? waiting : stored;
      const snapshot = frame === null ? null : snapshotOf(frame.json);
      if (frame === null || snapshot === null) {
        const keptFrom = kept.frames;
        const since = keptFrom === null ? say`nothing is kept of it yet` : say`what is kept begins later`;
        throw new Refusal('not_found', say`nothing is known of "${scope}" at that moment: ${since}`, { keptFrom });
      }
      const touchMs = Math.max(TOUCH_MS, 3 * snapshot.intervalMs);
      const covered = at - frame.at <= touchMs || (await this.#watched(scope, frame.at, at, touchMs));
      const { previous, next } = await past.around(scope, at);
      const pending = recorder.pendingEvents(scope);
      return {
        scope,
        at,
        snapshot,
        covered,
        previous: newestFirst([...pending.filter((event) => event.at < at), ...listOf(previous)])[0] ?? null,
        next: newestFirst([...pending.filter((event) => event.at > at), ...listOf(next)]).at(-1) ?? null,
        keptFrom: kept.frames ?? frame.at,
        problem: null,
      };
    } catch (error) {
      if (isAway(error)) throw new Refusal('not_ready', say`the past cannot be read now: ${saidBy(error)}`);
      throw error;
    }
  }

  async leadership(scope: string): Promise<LeadershipAnswer> {
    const { store, past, now, recorder } = this.#options;
    const actions = await this.#options.actions(scope).catch(() => []);
    const waiting = await recorder.pendingFrame(scope, now());
    try {
      const frame = waiting ?? (await past.frameAt(scope, now()));
      const snapshot = frame === null ? null : snapshotOf(frame.json);
      const kept = await loadLeaderships(store, scope, snapshot?.cluster.systemIdentifier ?? null);
      return { scope, entries: composeLeaderships(kept, snapshot?.cluster ?? null, actions), problem: null };
    } catch (error) {
      if (!isAway(error)) throw error;
      const cluster = waiting === null ? null : (snapshotOf(waiting.json)?.cluster ?? null);
      return { scope, entries: composeLeaderships([], cluster, actions), problem: saidBy(error) };
    }
  }

  /** Samples touch each other from one moment to the other. */
  async #watched(scope: string, from: number, to: number, touchMs: number): Promise<boolean> {
    const { level, ticks } = await this.ticks(scope, from, to, 0);
    const limit = touchMs + (level === 'full' ? 0 : level === 'half_minute' ? HALF_MINUTE_MS : TEN_MINUTES_MS);
    let last = from;
    for (const { at } of ticks) {
      if (at - last > limit) return false;
      last = Math.max(last, at);
    }
    return to - last <= limit;
  }

  #waits({ scope, id }: ScopedEvent): boolean {
    return this.#options.recorder.pendingEvents(scope).some((event) => event.id === id);
  }

  /** Coarser where that is fine enough, or where the finer ones are gone already. */
  #levelFor(from: number, stepMs: number): Level {
    const { settings, now } = this.#options;
    const age = (now() - from) / DAY_MS;
    if (stepMs >= TEN_MINUTES_MS || age > settings.days) return LEVEL.tenMinutes;
    if (stepMs >= HALF_MINUTE_MS || age > settings.fullDays) return LEVEL.halfMinute;
    return LEVEL.full;
  }
}

/** Ten-minute steps are made a day late: until then the half minutes stand in for them. */
const STAND_INS: Readonly<Record<Level, readonly Level[]>> = {
  [LEVEL.full]: [LEVEL.full, LEVEL.halfMinute, LEVEL.tenMinutes],
  [LEVEL.halfMinute]: [LEVEL.halfMinute, LEVEL.tenMinutes],
  [LEVEL.tenMinutes]: [LEVEL.tenMinutes, LEVEL.halfMinute],
  [LEVEL.frames]: [],
  [LEVEL.thinned]: [],
};
/** A shorter hole between chunks is none that coarser steps could fill. */
const HOLE_MS = 60_000;

function hasHole(spans: readonly { readonly from: number; readonly to: number }[], from: number, to: number): boolean {
  let reach = from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    if (span.from - reach > HOLE_MS) return true;
    reach = Math.max(reach, span.to);
  }
  return to - reach > HOLE_MS;
}

const WORDS: Readonly<Record<Level, HistoryLevel>> = {
  [LEVEL.full]: 'full',
  [LEVEL.halfMinute]: 'half_minute',
  [LEVEL.tenMinutes]: 'ten_minutes',
  [LEVEL.frames]: 'full',
  [LEVEL.thinned]: 'half_minute',
};
const LEVEL_STEPS: Readonly<Record<Level, number>> = {
  [LEVEL.full]: 0,
  [LEVEL.halfMinute]: HALF_MINUTE_MS,
  [LEVEL.tenMinutes]: TEN_MINUTES_MS,
  [LEVEL.frames]: 0,
  [LEVEL.thinned]: 0,
};

function isAway(error: unknown): error is Error {
  return error instanceof StoreAway || error instanceof StoreError;
}

function listOf<T>(one: T | null): T[] {
  return one === null ? [] : [one];
}

function newestFirst<T extends { readonly at: number }>(events: readonly T[]): T[] {
  return events
    .map((event, index) => ({ event, index }))
    .sort((a, b) => b.event.at - a.event.at || a.index - b.index)
    .map(({ event }) => event);
}

/** What the store looks for, asked of one event. */
export function fits(event: ScopedEvent, query: EventQuery): boolean {
  if (query.scope !== null && event.scope !== query.scope) return false;
  if (query.scopes !== null && !query.scopes.includes(event.scope)) return false;
  if ((query.from !== null && event.at < query.from) || (query.to !== null && event.at > query.to)) return false;
  if (query.kinds.length > 0 && !query.kinds.includes(event.kind)) return false;
  if (query.severity !== null && event.severity !== query.severity) return false;
  if (query.member !== null && !event.members.includes(query.member)) return false;
  return query.text === null || `${event.text} ${event.scope}`.toLowerCase().includes(query.text.toLowerCase());
}
