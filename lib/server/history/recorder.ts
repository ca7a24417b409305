// What the collector hands on, on its way into the store. It waits here while the store is away, within a written limit; what has
// to be given up is counted, the cheapest first: frames between changes, then ticks, then frames of changes, then events. Of
// several Howdahs on one store one writes the past of a scope, by lease; the others keep a moment of it, to take over.

import type { HistoryState, ScopedEvent } from '../../contract/history';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { firstEvents, gapEvents, timelineEvents } from '../../domain/history/gap';
import type { Tick } from '../../domain/history/tick';
import type { Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { PastBatch, PastRow, Told } from '../collector/tape';
import { StoreError } from '../store/driver';
import type { Leases } from '../store/lease';
import type { Store } from '../store/store';
import { saveLeaderships } from './leaderships';
import { EVERYTHING, type Frame, type PastStore, readFrame, readTicks, snapshotOf } from './past-store';

export interface RecorderOptions {
  readonly store: Store;
  readonly past: PastStore;
  readonly leases: Leases;
  readonly now: () => number;
  readonly log: { warn(detail: object, message: string): void };
  /** For tests; else BUFFER_BYTES. */
  readonly limitBytes?: number;
  /** Events older than this are not taken from /history. */
  readonly eventsDays: number;
}

interface WaitingEvent {
  readonly scope: string;
  readonly event: ClusterEvent;
  readonly at: number;
}

interface WaitingRow {
  readonly row: PastRow;
  readonly at: number;
}

interface WaitingTold {
  readonly told: Told;
  readonly at: number;
}

const BUFFER_BYTES = 64 * 1024 * 1024;
const EVENTS_MAX = 20_000;
const EVENT_BYTES = 400;
const FLUSH_MS = 1000;
const ROWS_A_BATCH = 400;
const BATCH_BYTES = 2 * 1024 * 1024;
const EVENTS_A_BATCH = 500;
const TOLD_A_FLUSH = 20;
const TOLD_MAX = 2000;
/** What another process writes is kept this long: its lease runs out within. */
const ELSEWHERE_MS = 45_000;
/** A shorter pause in watching is none: a restart of Howdah that took seconds. */
const GRACE_MS = 15_000;
const REMEMBERED = 2000;
const TWIN_MS = 15_000;
const TWINS_MAX = 500;
/** SQLSTATE classes that say "not now": no room, no connection, going down, a standby, a conflict. */
const LATER = /^(08|25|40|53|55|57|58|XX)/;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #limit: number;
  readonly #timer: NodeJS.Timeout;
  readonly #ends: readonly (() => void)[];
  #rows: WaitingRow[] = [];
  #rowBytes = 0;
  #events: WaitingEvent[] = [];
  #told: WaitingTold[] = [];
  #remembered: ScopedEvent[] = [];
  readonly #scopes = new Set<string>();
  /** Scopes that this process holds since a moment. */
  readonly #taken = new Set<string>();
  #dropped = { samples: 0, frames: 0, events: 0 };
  #storedAt: number | null = null;
  #problem: Text | null = null;
  #flushing: Promise<void> | null = null;
  #again = false;
  #isOver = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#limit = options.limitBytes ?? BUFFER_BYTES;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.#timer.unref();
    this.#ends = [options.store.onReady(() => void this.flush()), options.leases.onTaken(() => void this.flush())];
  }

  take({ rows, events, told }: PastBatch): void {
    const at = this.#options.now();
    for (const row of rows) {
      this.#scopes.add(row.scope);
      this.#options.leases.want(nameOf(row.scope));
      this.#rows.push({ row, at });
      this.#rowBytes += row.body.byteLength;
    }
    for (const { scope, event } of events) this.#addEvent(scope, event, at);
    for (const one of told) {
      this.#options.leases.want(nameOf(one.scope));
      this.#told.push({ told: one, at });
    }
    if (this.#told.length > TOLD_MAX) {
      const firsts = this.#told.filter((waiting) => waiting.told.first);
      this.#told = [...firsts, ...this.#told.filter((waiting) => !waiting.told.first).slice(-TOLD_MAX / 2)];
    }
    this.#shed();
  }

  /** Newest first: what this process saw, for as long as it remembers. */
  remembered(): readonly ScopedEvent[] {
    return [...this.#remembered].reverse();
  }

  pendingEvents(scope: string): ClusterEvent[] {
    return this.#events.filter((waiting) => waiting.scope === scope).map(({ event }) => event);
  }

  async pendingTicks(scope: string): Promise<Tick[]> {
    const rows = this.#rows.filter(({ row }) => row.scope === scope && row.kind === 'ticks');
    return (await Promise.all(rows.map(({ row }) => readTicks(row.body)))).flat();
  }

  /** The newest waiting frame at or before that moment. */
  async pendingFrame(scope: string, at: number): Promise<Frame | null> {
    const frames = this.#rows.filter(({ row }) => row.scope === scope && row.kind === 'frame' && row.from <= at);
    const newest = frames.sort((a, b) => a.row.from - b.row.from).at(-1)?.row;
    const json = newest === undefined ? null : await readFrame(newest.body);
    return newest === undefined || json === null ? null : { at: newest.from, changed: newest.changed, json };
  }

  state(): Omit<HistoryState, 'storedBytes' | 'limitBytes'> {
    return {
      buffered: this.#rows.length + this.#events.length + this.#told.length,
      bufferedBytes: this.#rowBytes + this.#events.length * EVENT_BYTES,
      bufferLimitBytes: this.#limit,
      droppedSamples: this.#dropped.samples,
      droppedFrames: this.#dropped.frames,
      droppedEvents: this.#dropped.events,
      storedAt: this.#storedAt,
      elsewhere: this.#countElsewhere(),
      problem: this.#problem,
    };
  }

  /** Writes what waits, as far as the store takes it, also what came while it was at it. One at a time; never rejects. */
  flush(): Promise<void> {
    if (this.#isOver || this.#options.store.state().state !== 'ready') return Promise.resolve();
    this.#again = true;
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Waits for a flush that is out, and makes a last one. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    await this.#flushing;
    await this.flush();
    this.#isOver = true;
  }

  #addEvent(scope: string, event: ClusterEvent, at: number): void {
    this.#options.leases.want(nameOf(scope));
    this.#events.push({ scope, event, at });
    this.#remembered.push({ ...event, scope });
    if (this.#remembered.length > REMEMBERED) this.#remembered = this.#remembered.slice(-REMEMBERED);
  }

  async #writeAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#write().catch((error: unknown) => this.#note(error));
    }
  }

  async #write(): Promise<void> {
    this.#leaveOthers();
    for (const waiting of this.#mine(this.#told, ({ told }) => told.scope).slice(0, TOLD_A_FLUSH)) {
      await this.#settle(waiting.told);
      this.#told = this.#told.filter((other) => other !== waiting);
    }
    // What came after the first look is written after it: else it would hide the gap before it.
    const unsettled = new Set(this.#told.filter(({ told }) => told.first).map(({ told }) => told.scope));
    await this.#dropTwins();
    for (;;) {
      const mine = this.#mine(this.#events, ({ scope }) => scope);
      const batch = mine.filter(({ scope }) => !unsettled.has(scope)).slice(0, EVENTS_A_BATCH);
      if (batch.length === 0) break;
      const refused = await this.#each(batch, (some) => this.#options.past.addEvents(some));
      this.#dropped.events += refused.length;
      this.#forgetEvents(new Set(batch));
    }
    for (;;) {
      const batch = this.#nextRows(unsettled);
      if (batch.length === 0) break;
      const refused = await this.#each(batch, (some) => this.#options.past.addRows(some.map(({ row }) => row)));
      this.#countDropped(refused);
      this.#forgetRows(new Set(batch));
    }
    this.#problem = null;
    if (this.#mine(this.#told, ({ told }) => told.scope).length > 0) this.#again = true;
  }

  /** All at once; where the store refuses them for good, one by one, so that one costs only itself. Gives the refused. */
  async #each<T>(batch: readonly T[], write: (some: readonly T[]) => Promise<void>): Promise<readonly T[]> {
    if (await this.#attempt(() => write(batch))) return [];
    if (batch.length === 1) return batch;
    const refused: T[] = [];
    for (const one of batch) if (!(await this.#attempt(() => write([one])))) refused.push(one);
    return refused;
  }

  /** Where this process takes a scope over, the one before may have told what waits here, under ids of its own. */
  async #dropTwins(): Promise<void> {
    const scopes = [...this.#taken];
    for (const scope of scopes) {
      const waiting = this.#events.filter((event) => event.scope === scope);
      if (waiting.length > 0) {
        const from = Math.min(...waiting.map(({ event }) => event.at)) - TWIN_MS;
        const stored = await this.#options.past.events({ ...EVERYTHING, scope, from, limit: TWINS_MAX });
        const isTwin = ({ event }: WaitingEvent): boolean =>
          stored.events.some((other) => sameNews(other, event) && Math.abs(other.at - event.at) <= TWIN_MS);
        this.#forgetEvents(new Set(waiting.filter(isTwin)));
      }
      this.#taken.delete(scope);
    }
  }

  /** false: refused for good. Rejects where it should be tried again. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#storedAt = this.#options.now();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError) || error.code === null || LATER.test(error.code)) throw error;
      this.#options.log.warn({ code: error.code, reason: error.message }, 'the store refused a part of the past');
      return false;
    }
  }

  /** The first look at a cluster after a start: what changed while nobody watched; and what /history says. */
  async #settle(told: Told): Promise<void> {
    const { scope, json, first, cause } = told;
    const snapshot = snapshotOf(json);
    if (snapshot === null) return;
    const { store, now, eventsDays } = this.#options;
    const oldest = now() - eventsDays * 86_400_000;
    const found: ClusterEvent[] = timelineEvents(snapshot.cluster).filter((event) => event.at > oldest);
    if (first) found.push(...(await this.#sinceLastLook(scope, snapshot)));
    await this.#each(
      found.map((event) => ({ scope, event })),
      (some) => this.#options.past.addEvents(some),
    );
    for (const event of found) this.#remembered.push({ ...event, scope });
    await this.#attempt(() => saveLeaderships(store, scope, snapshot.cluster, cause));
  }

  /** A kept snapshot that cannot be read, or is of another shape, is no past: it must not stop the recording. */
  async #sinceLastLook(scope: string, snapshot: Snapshot): Promise<ClusterEvent[]> {
    const { past, log } = this.#options;
    const before = await past.frameAt(scope, snapshot.observedAt - 1);
    const last = before === null ? null : snapshotOf(before.json);
    if (last === null) return firstEvents(snapshot);
    const tick = await past.lastTickBefore(scope, snapshot.observedAt);
    // Killed between an event and its snapshot: what was told since the snapshot is not told again.
    const told = await past.events({ ...EVERYTHING, scope, from: last.observedAt + 1, limit: TWINS_MAX });
    try {
      const watchedUntil = Math.max(last.observedAt, tick ?? 0, ...told.events.filter(isSeen).map(({ at }) => at));
      const events = gapEvents(last, snapshot, watchedUntil, GRACE_MS);
      return events.filter((event) => !told.events.some((other) => other.id !== event.id && sameNews(other, event)));
    } catch (error) {
      log.warn(
        { err: error, scope },
        'the newest kept snapshot is of another shape: what changed since it is not known',
      );
      return firstEvents(snapshot);
    }
  }

  #mine<T>(waiting: readonly T[], scopeOf: (one: T) => string): T[] {
    return waiting.filter((one) => this.#options.leases.isHeld(nameOf(scopeOf(one))));
  }

  #nextRows(unsettled: ReadonlySet<string>): WaitingRow[] {
    const batch: WaitingRow[] = [];
    let bytes = 0;
    for (const waiting of this.#rows) {
      const { scope } = waiting.row;
      if (unsettled.has(scope) || !this.#options.leases.isHeld(nameOf(scope))) continue;
      batch.push(waiting);
      bytes += waiting.row.body.byteLength;
      if (batch.length >= ROWS_A_BATCH || bytes > BATCH_BYTES) break;
    }
    return batch;
  }

  /** What another process writes is not ours to write, nor to count as lost. */
  #leaveOthers(): void {
    const limit = this.#options.now() - ELSEWHERE_MS;
    const { leases } = this.#options;
    const isOthers = (scope: string, at: number): boolean => at < limit && leases.isElsewhere(nameOf(scope));
    this.#forgetRows(new Set(this.#rows.filter(({ row, at }) => isOthers(row.scope, at))));
    this.#events = this.#events.filter(({ scope, at }) => !isOthers(scope, at));
    this.#told = this.#told.filter(({ told, at }) => !isOthers(told.scope, at));
  }

  #countElsewhere(): number {
    const { store, leases } = this.#options;
    if (store.state().state !== 'ready') return 0;
    return [...this.#scopes].filter((scope) => leases.isElsewhere(nameOf(scope))).length;
  }

  #shed(): void {
    const over = (): boolean => this.#rowBytes > this.#limit;
    if (over()) {
      const cheap: readonly ((row: PastRow) => boolean)[] = [
        (row) => row.kind === 'frame' && !row.changed,
        (row) => row.kind === 'ticks',
        () => true,
      ];
      for (const isCheap of cheap) {
        const gone = new Set<WaitingRow>();
        let bytes = this.#rowBytes;
        for (const waiting of this.#rows) {
          // A little more than needed, so that a full buffer is not gone through for every row.
          if (bytes <= this.#limit * 0.95) break;
          if (!isCheap(waiting.row)) continue;
          gone.add(waiting);
          bytes -= waiting.row.body.byteLength;
        }
        this.#countDropped([...gone]);
        this.#forgetRows(gone);
        if (!over()) break;
      }
    }
    if (this.#events.length > EVENTS_MAX) {
      this.#dropped.events += this.#events.length - EVENTS_MAX;
      this.#events = this.#events.slice(-EVENTS_MAX);
    }
  }

  #countDropped(rows: readonly WaitingRow[]): void {
    for (const { row } of rows) {
      if (row.kind === 'ticks') this.#dropped.samples += 1;
      else this.#dropped.frames += 1;
    }
  }

  #forgetRows(gone: ReadonlySet<WaitingRow>): void {
    if (gone.size === 0) return;
    this.#rows = this.#rows.filter((waiting) => !gone.has(waiting));
    this.#rowBytes = this.#rows.reduce((sum, { row }) => sum + row.body.byteLength, 0);
  }

  #forgetEvents(gone: ReadonlySet<WaitingEvent>): void {
    this.#events = this.#events.filter((waiting) => !gone.has(waiting));
  }

  #note(error: unknown): void {
    this.#problem = saidBy(error);
  }
}

const PREFIX = 'past/';

function nameOf(scope: string): string {
  return `${PREFIX}${scope}`;
}

/** Says the same of the same; the times may differ by what two observers need. */
function sameNews(a: ClusterEvent, b: ClusterEvent): boolean {
  return (
    a.kind === b.kind && a.member === b.member && a.code === b.code && a.members.join('\n') === b.members.join('\n')
  );
}

function isSeen({ by }: ClusterEvent): boolean {
  return by === 'seen';
}
