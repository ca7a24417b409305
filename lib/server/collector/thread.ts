// The web server's end of link.ts: starts the collector's thread, ends one that hangs, starts it again, asks it, and passes on what
// it tells. It says what is wanted once more to each new thread. What becomes of the news is decided where all is put together.

import type { BackupReport } from '../../domain/backups/backup';
import type { Snapshot } from '../../domain/cluster';
import type { Notes } from '../../domain/raw';
import { revive } from '../../language/carry';
import { say } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import { clockNow, elapsed, strayMs, takeWallClock } from '../clock';
import { log } from '../log';
import type { CollectorState } from './collector';
import type { FromCollector, Question, ToCollector } from './link';

/** `lost`: the thread has ended; the next one counts revisions from one. */
export type News =
  | Exclude<FromCollector, { readonly kind: 'answer' | 'state' | 'fatal' | 'stopped' }>
  | { readonly kind: 'lost' };
type Wanted<K extends ToCollector['kind']> = Extract<ToCollector, { readonly kind: K }>;

const ASK_MS = 3000;
/** Of all scopes at once; Prometheus waits for 10 s. */
const METRICS_MS = 8000;
/** The question that is out, and then this one. */
const ACTIVITY_MS = 7000;
/** One look at all members, and another that was out. */
const CARE_MS = 9000;
/** It reads files, some of them large. */
const SOURCES_MS = 10_000;
const WAIT_MS: Readonly<Partial<Record<Question, number>>> = {
  metrics: METRICS_MS,
  activity: ACTIVITY_MS,
  care: CARE_MS,
  sources: SOURCES_MS,
};
const RESTART_MS = 1000;
/** It reports each second. */
const HUNG_MS = 20_000;
const LOOK_MS = 1000;
/** An unwatched scope's pace stays for a moment after its viewer left: a reload or a second tab comes back at once. */
const LEAVE_MS = 1500;
const LAST_WORDS_MS = 1000;

const NOTHING: CollectorState = { scopes: 0, members: 0, problems: [], roundMs: null, intervalMs: 5000 };

/** What is used of a Worker. */
interface Thread {
  on(event: 'message', listener: (message: FromCollector) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  postMessage(message: ToCollector): void;
  terminate(): Promise<number>;
}

export class CollectorThread {
  readonly #listeners = new Set<(news: News) => void>();
  readonly #followers = new Map<string, Set<(snapshot: Snapshot) => void>>();
  readonly #questions = new Map<number, (json: string | null) => void>();
  readonly #start: () => Thread;
  readonly #looking: NodeJS.Timeout;
  #worker: Thread | null = null;
  #spawnedAt = 0;
  #heardAt: number | null = null;
  #seenAt: number | null = null;
  #state = NOTHING;
  #nextId = 1;
  #viewers: Wanted<'viewers'> = { kind: 'viewers', scopes: [], fleet: false };
  #notes: Wanted<'notes'> = { kind: 'notes', notes: {} };
  #rosters: Wanted<'rosters'> = { kind: 'rosters', rosters: null };
  #outages: Wanted<'outages'> = { kind: 'outages', outages: {} };
  /** null: not known yet. */
  #backups: Map<string, BackupReport> | null = null;
  #leaving: NodeJS.Timeout | null = null;
  #onStopped: () => void = () => undefined;
  #isOver = false;

  constructor(start: () => Thread) {
    this.#start = start;
    this.#spawn();
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  state(): CollectorState {
    return this.#state;
  }

  /** When it last said anything; null: not yet. */
  seenAt(): number | null {
    return this.#seenAt;
  }

  /** Returns what ends it. */
  listen(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Every snapshot of a scope on which an action runs; such a scope is asked as fast as is decent. Returns what ends it. */
  follow(scope: string, listener: (snapshot: Snapshot) => void): () => void {
    const listeners = this.#followers.get(scope) ?? new Set();
    this.#followers.set(scope, listeners.add(listener));
    this.#tellActing();
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#followers.get(scope) !== listeners) return;
      this.#followers.delete(scope);
      this.#tellActing();
    };
  }

  /** JSON text of the newest value, null when the scope is not known. */
  ask(what: Question, scope: string, member?: string): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (this.#worker === null) return reject(new SpokenError(say`the collector is starting`));
      const id = this.#nextId++;
      const timer = setTimeout(() => {
        this.#questions.delete(id);
        reject(new SpokenError(say`the collector did not answer in time`));
      }, WAIT_MS[what] ?? ASK_MS);
      this.#questions.set(id, (json) => {
        clearTimeout(timer);
        resolve(json);
      });
      this.#post({ kind: 'ask', id, what, scope, ...(member === undefined ? {} : { member }) });
    });
  }

  /** What is looked at. More is told at once; less waits, once, so that steady coming and going cannot put it off for ever. */
  setViewers(scopes: readonly string[], fleet: boolean): void {
    const known = new Set(this.#viewers.scopes);
    const fewer = scopes.every((scope) => known.has(scope)) && (!fleet || this.#viewers.fleet);
    this.#viewers = { kind: 'viewers', scopes, fleet };
    if (!fewer) this.#post(this.#viewers);
    else
      this.#leaving ??= setTimeout(() => {
        this.#leaving = null;
        this.#post(this.#viewers);
      }, LEAVE_MS);
  }

  setNotes(notes: Readonly<Record<string, Notes>>): void {
    this.#notes = { kind: 'notes', notes };
    this.#post(this.#notes);
  }

  setRosters(rosters: Wanted<'rosters'>['rosters']): void {
    this.#rosters = { kind: 'rosters', rosters };
    this.#post(this.#rosters);
  }

  setOutages(outages: Wanted<'outages'>['outages']): void {
    this.#outages = { kind: 'outages', outages };
    this.#post(this.#outages);
  }

  setBackups(reports: readonly BackupReport[], gone: readonly string[]): void {
    this.#backups ??= new Map();
    for (const report of reports) this.#backups.set(report.id, report);
    for (const id of gone) this.#backups.delete(id);
    this.#post({ kind: 'backups', reports, gone });
  }

  /** Its last words come before it ends. */
  async end(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#looking);
    if (this.#worker === null) return;
    const stopped = new Promise<void>((resolve) => {
      this.#onStopped = resolve;
    });
    this.#post({ kind: 'stop' });
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS))]);
    await this.#worker?.terminate();
  }

  #spawn(): void {
    if (this.#isOver) return;
    this.#spawnedAt = elapsed();
    this.#worker = this.#start();
    this.#worker.on('message', (message) => this.#receive(revive(message)));
    this.#worker.on('error', (error) => log.error({ err: error }, 'the collector failed'));
    this.#worker.on('exit', (code) => {
      this.#worker = null;
      this.#heardAt = null;
      this.#seenAt = null;
      if (this.#isOver) return;
      this.#tell({ kind: 'lost' });
      log.error({ code }, 'the collector ended; starting it again');
      setTimeout(() => this.#spawn(), RESTART_MS);
    });
    this.#post(this.#viewers);
    this.#post(this.#notes);
    this.#post(this.#rosters);
    this.#post(this.#outages);
    if (this.#backups !== null) this.#post({ kind: 'backups', reports: [...this.#backups.values()], gone: [] });
    this.#tellActing();
  }

  #look(): void {
    const jumpMs = strayMs();
    if (jumpMs === null) {
      this.#endHung();
      return;
    }
    // Ages of what it has seen are of the time before.
    log.warn({ jumpMs }, 'the clock was set; the collector begins anew');
    takeWallClock();
    this.#spawnedAt = elapsed();
    void this.#worker?.terminate();
  }

  #endHung(): void {
    const silentMs = Math.round(elapsed() - (this.#heardAt ?? this.#spawnedAt));
    if (this.#worker === null || silentMs < HUNG_MS) return;
    log.error({ silentMs }, 'the collector hangs; ending it');
    this.#spawnedAt = elapsed();
    void this.#worker.terminate();
  }

  #receive(message: FromCollector): void {
    this.#heardAt = elapsed();
    this.#seenAt = clockNow();
    switch (message.kind) {
      case 'answer':
        this.#questions.get(message.id)?.(message.json);
        this.#questions.delete(message.id);
        return;
      case 'state':
        this.#state = message.state;
        return;
      case 'fatal':
        log.fatal(message.message);
        return;
      case 'stopped':
        this.#onStopped();
        return;
      default:
        this.#tell(message);
        if (message.kind === 'snapshot') this.#tellFollowers(message.scope, message.json);
    }
  }

  #tell(news: News): void {
    for (const listener of [...this.#listeners]) listener(news);
  }

  #tellFollowers(scope: string, json: string): void {
    const listeners = this.#followers.get(scope);
    if (listeners === undefined) return;
    const snapshot = revive(JSON.parse(json) as Snapshot);
    for (const listener of [...listeners]) listener(snapshot);
  }

  #tellActing(): void {
    this.#post({ kind: 'acting', scopes: [...this.#followers.keys()].sort() });
  }

  #post(message: ToCollector): void {
    this.#worker?.postMessage(message);
  }
}
