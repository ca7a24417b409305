// What one action does for clients around its handover, and what they saw of it: PAUSE of databases of PgBouncer before anything is asked of
// Patroni, RESUME when new connections come to the new leader, or as soon as there will be none; how long each door led nowhere. What
// stays paused if all fails is the keeper's business (pool-keeper.ts).
import type { ActionRecord, ClientsSaw, PausedPool } from '../../domain/actions/action';
import { type DoorTrack, gapOf, tracked, tracksOf } from '../../domain/actions/doors-seen';
import type { End } from '../../domain/actions/follower';
import type { Stage } from '../../domain/actions/plan';
import { pauseLimitMs, poolsDiffer } from '../../domain/actions/pools';
import type { Cluster, Snapshot } from '../../domain/cluster';
import { say, type Text } from '../../language/sentence';
import type { PoolKeeper, PoolNote } from './pool-keeper';

export interface AroundDeps {
  readonly keeper: PoolKeeper;
  readonly now: () => number;
  readonly note: (text: Text) => void;
  /** A step is reached. */
  readonly mark: (step: 'pools_paused' | 'pools_resumed', detail: Text | null) => void;
}

/** So long a HAProxy that still sends to two is waited for, once the new leader has answered twice. */
const SINGLE_MS = 3000;
const LOOK_MS = 100;
/** An action is not kept open longer by a console that does not answer. */
const RESUME_MS = 30_000;
/** An answer of the console may be of the moment before. */
const BEFORE_MS = 1000;

export class Around {
  readonly #deps: AroundDeps;
  readonly #record: ActionRecord;
  #pools: readonly PausedPool[];
  #notes: readonly PoolNote[] = [];
  #snapshot: Snapshot;
  #doors: readonly DoorTrack[];
  /** RESUME waits for nothing more. */
  #isOver = false;
  #ending: Promise<void> | null = null;

  constructor(record: ActionRecord, snapshot: Snapshot, deps: AroundDeps) {
    this.#deps = deps;
    this.#record = record;
    this.#snapshot = snapshot;
    this.#pools = record.clients?.pools ?? [];
    this.#doors = record.clients === undefined ? [] : tracksOf(snapshot);
  }

  /** Something is to be paused around this stage. */
  isAround({ kind }: Stage): boolean {
    return kind === 'switchover' && this.#pools.length > 0;
  }

  /** Text: why nothing is paused, and nothing may be sent. */
  async pause(): Promise<Text | null> {
    if (this.#pools.every(({ state }) => state !== 'planned')) return null;
    const at = this.#deps.now();
    this.#notes = notesOf(this.#record, this.#pools, this.#snapshot.cluster, at);
    this.#deps.note(say`PAUSE ${this.#names()}`);
    const why = await this.#deps.keeper.pause(this.#notes);
    if (why === null) {
      const pausedAt = this.#deps.now();
      this.#set(() => ({ state: 'paused', pausedAt }));
      this.#deps.mark('pools_paused', say`after ${pausedAt - at} ms`);
      return null;
    }
    this.#isOver = true;
    this.#ending = Promise.resolve();
    await within(RESUME_MS, Promise.all(this.#notes.map((note) => this.#deps.keeper.resume(note))));
    const left = this.#deps.keeper.owed(this.#record.id);
    this.#set((pool) => ({ state: left.some((note) => isOf(note, pool)) ? 'not_resumed' : 'not_paused' }));
    return why;
  }

  /** The handover was asked for. */
  begin(): void {
    if (this.#notes.length > 0) this.#ending ??= this.#end();
  }

  /** After a kill -9: the keeper resumes what the earlier life left. */
  pickUp(): void {
    this.#notes = this.#deps.keeper.owed(this.#record.id);
    this.#ending = this.#untilSettled();
  }

  onSnapshot(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#doors = tracked(this.#doors, snapshot);
    for (const note of this.#notes) {
      const entry = snapshot.cluster.entries?.find(({ name }) => name === note.entry);
      const seen = entry?.listeners.find(({ name }) => name === note.database);
      const pool = this.#pools.find((one) => isOf(note, one));
      if (seen?.pool == null || pool?.state !== 'paused') continue;
      const { waiting, paused } = seen.pool;
      if (waiting > (pool.waiting ?? 0)) this.#setOne(note, { waiting });
      const at = entry?.witness.observedAt ?? 0;
      if (!paused && at > (pool.pausedAt ?? 0) + BEFORE_MS && !this.#isOver) {
        this.#deps.keeper.forget(note);
        this.#setOne(note, { state: 'ended_elsewhere', resumedAt: at });
      }
    }
  }

  /** The action is over, in this way; resolves when all is resumed, or when it cannot be waited for any longer. */
  async finish(end: End): Promise<{ readonly end: End; readonly clients: ClientsSaw | null }> {
    // With a new leader its way opens soon.
    if (end.outcome !== 'done') this.#isOver = true;
    this.begin();
    if (this.#ending !== null) await this.#ending;
    const differs = poolsDiffer(this.#pools);
    const outcome = end.outcome === 'done' && differs.length > 0 ? 'done_differently' : end.outcome;
    const { clients } = this.#record;
    return {
      end: { ...end, outcome, differs: [...end.differs, ...differs] },
      clients: clients === undefined ? null : { ...clients, doors: this.#doors.map(gapOf), pools: this.#pools },
    };
  }

  async #end(): Promise<void> {
    const targets = [...new Set(this.#notes.map(({ target }) => target))];
    await Promise.all(targets.map((target) => this.#endOf(this.#notes.filter((note) => note.target === target))));
    if (this.#pools.every(({ state }) => state === 'resumed')) {
      const longest = Math.max(...this.#pools.map(({ pausedAt, resumedAt }) => (resumedAt ?? 0) - (pausedAt ?? 0)));
      this.#deps.mark('pools_resumed', say`paused for ${longest} ms`);
    }
  }

  /** Of those that go one way. */
  async #endOf(notes: readonly PoolNote[]): Promise<void> {
    const { keeper } = this.#deps;
    const left = (): readonly PoolNote[] =>
      notes.filter((note) => this.#pools.some((pool) => isOf(note, pool) && pool.state === 'paused'));
    const [first] = notes;
    if (first === undefined) return;
    const isOpen = await keeper.untilOpen(first, () => this.#isOver || left().length === 0);
    if (isOpen) await this.#untilSingle();
    const names = left().map(({ database, entry }) => `${database} (${entry})`);
    if (names.length === 0) return;
    this.#deps.note(
      isOpen
        ? say`new connections of ${names.join(', ')} come to the new leader: RESUME`
        : say`RESUME ${names.join(', ')}, without having seen that new connections come to a new leader`,
    );
    await Promise.all(
      left().map(async (note) => {
        const ended = await within(RESUME_MS, keeper.resume(note));
        const resumedAt = this.#deps.now();
        this.#setOne(note, ended === null ? { state: 'not_resumed' } : { state: ended, resumedAt });
      }),
    );
  }

  /** While a HAProxy sends to two, the first connection may come to the old one, fail, and leave the pool in server_login_retry. */
  async #untilSingle(): Promise<void> {
    const end = this.#deps.now() + SINGLE_MS;
    const isDouble = (): boolean =>
      this.#snapshot.cluster.entries?.some(
        ({ kind, listeners }) =>
          kind === 'haproxy' &&
          listeners.some(({ purpose, verdict }) => purpose === 'primary' && verdict === 'several'),
      ) === true;
    while (isDouble() && !this.#isOver && this.#deps.now() < end) await sleep(LOOK_MS);
  }

  async #untilSettled(): Promise<void> {
    const left = (): readonly PoolNote[] => this.#deps.keeper.owed(this.#record.id);
    const end = this.#deps.now() + RESUME_MS + pauseLimitMs(this.#snapshot.cluster);
    while (left().length > 0 && this.#deps.now() < end) {
      if (this.#isOver) this.#deps.keeper.release(this.#record.id);
      await sleep(LOOK_MS);
    }
    const resumedAt = this.#deps.now();
    for (const note of this.#notes)
      this.#setOne(note, left().includes(note) ? { state: 'not_resumed' } : { state: 'resumed', resumedAt });
  }

  #names(): Text {
    return this.#pools.map(({ database, entry }) => `${database} (${entry})`).join(', ');
  }

  #set(change: (pool: PausedPool) => Partial<PausedPool>): void {
    this.#pools = this.#pools.map((pool) => ({ ...pool, ...change(pool) }));
  }

  #setOne(note: PoolNote, change: Partial<PausedPool>): void {
    this.#set((pool) => (isOf(note, pool) ? change : {}));
  }
}

/** What the keeper has to know of them. */
export function notesOf(
  { id, scope, bound }: ActionRecord,
  pools: readonly PausedPool[],
  cluster: Cluster | null,
  at: number,
): readonly PoolNote[] {
  return pools.map(({ entry, database, target }) => ({
    ...{ actionId: id, scope, source: bound.source, entry, database, target },
    ...{ systemIdentifier: bound.systemIdentifier, timeline: cluster?.timeline ?? bound.timeline },
    ...{ at, resumeBy: at + (cluster === null ? 0 : pauseLimitMs(cluster)) },
  }));
}

function isOf(note: PoolNote, pool: Pick<PausedPool, 'entry' | 'database'>): boolean {
  return note.entry === pool.entry && note.database === pool.database;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** null: not by then; it goes on. */
function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  return Promise.race([work, sleep(ms).then(() => null)]);
}
