// Leases: which of several Howdahs on one store does what. One row per name, taken where nobody holds it or the holder is late,
// renewed at a third of its life, all of them in one statement, by the clock of the database. With the embedded store there is
// one process, by the lock of its folder: it holds everything at once.
import { NOW_MS } from './driver';
import type { Store } from './store';

const TTL_MS = 15_000;

export interface LeaseOptions {
  readonly store: Store;
  /** Unique among the processes of the store. */
  readonly holder: string;
  readonly now: () => number;
}

export class Leases {
  readonly #options: LeaseOptions;
  readonly #wanted = new Set<string>();
  /** By name: until when, on our clock, nobody else can have it, and its fence. */
  readonly #held = new Map<string, { readonly until: number; readonly fence: number }>();
  /** By name: until when, on our clock, somebody else is known to have it. */
  readonly #others = new Map<string, number>();
  readonly #listeners = new Set<(taken: readonly string[]) => void>();
  readonly #timer: NodeJS.Timeout;
  readonly #end: () => void;
  #renewing: Promise<void> | null = null;
  #soon: NodeJS.Timeout | null = null;
  #again = false;
  #isOver = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.renew(), TTL_MS / 3);
    this.#timer.unref();
    this.#end = options.store.onReady(() => void this.renew());
  }

  /** From now on this name is asked for until it is dropped. */
  want(name: string): void {
    if (this.#wanted.has(name)) return;
    this.#wanted.add(name);
    if (this.#isAlone()) return void queueMicrotask(() => this.#tell([name]));
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.renew();
    }, 50);
  }

  drop(name: string): void {
    if (!this.#wanted.delete(name) || !this.#held.delete(name) || this.#isAlone()) return;
    void this.#release([name]);
  }

  /** false also while it is not known. */
  isHeld(name: string): boolean {
    if (!this.#wanted.has(name)) return false;
    if (this.#isAlone()) return true;
    const held = this.#held.get(name);
    return held !== undefined && this.#options.now() < held.until;
  }

  /** Another process was seen to hold it, not long ago. Not the opposite of isHeld: neither is true while nobody could ask. */
  isElsewhere(name: string): boolean {
    return !this.isHeld(name) && this.#options.now() < (this.#others.get(name) ?? 0);
  }

  /** Grows with each change of holder; a writer that comes late can be told from the one that holds it now. null: not held. */
  fenceOf(name: string): number | null {
    if (!this.isHeld(name)) return null;
    return this.#isAlone() ? 0 : (this.#held.get(name)?.fence ?? null);
  }

  /** Called with names that this process holds now and did not before. */
  onTaken(listener: (names: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One at a time, and once more for what was wanted meanwhile; while the store is away nothing changes but that leases run out. */
  renew(): Promise<void> {
    if (this.#isAlone() || this.#isOver || this.#wanted.size === 0) return Promise.resolve();
    this.#again = true;
    this.#renewing ??= this.#askAll().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #askAll(): Promise<void> {
    while (this.#again && !this.#isOver) {
      this.#again = false;
      await this.#ask().catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#end();
    if (this.#soon !== null) clearTimeout(this.#soon);
    await this.#renewing;
    const names = [...this.#held.keys()];
    this.#held.clear();
    this.#wanted.clear();
    if (names.length > 0 && !this.#isAlone()) await this.#release(names);
  }

  async #ask(): Promise<void> {
    const { store, holder, now } = this.#options;
    const names = [...this.#wanted];
    const askedAt = now();
    const rows = await store.query(
      `INSERT INTO lease AS l (name, holder, fence, expires_at)
       SELECT name, $2::text, 1, ${NOW_MS} + ${TTL_MS}
       FROM json_array_elements_text($1::text::json) AS wanted(name) ORDER BY name
       ON CONFLICT (name) DO UPDATE
       SET fence = CASE WHEN l.holder = excluded.holder THEN l.fence ELSE l.fence + 1 END,
           holder = excluded.holder, expires_at = excluded.expires_at
       WHERE l.holder = excluded.holder OR l.expires_at < ${NOW_MS}
       RETURNING name, fence`,
      [JSON.stringify(names), holder],
    );
    const taken: string[] = [];
    const got = new Map(rows.map(({ name, fence }) => [String(name), Number(fence)]));
    for (const name of names) {
      const fence = got.get(name);
      if (fence === undefined || !this.#wanted.has(name)) {
        this.#held.delete(name);
        this.#others.set(name, now() + TTL_MS);
        continue;
      }
      this.#others.delete(name);
      if (!this.isHeld(name)) taken.push(name);
      // The answer took a while: counted from the question, our clock runs out before the database's.
      this.#held.set(name, { until: askedAt + TTL_MS, fence });
    }
    if (taken.length > 0) this.#tell(taken);
  }

  async #release(names: readonly string[]): Promise<void> {
    const { store, holder } = this.#options;
    await store
      .query(
        `UPDATE lease SET expires_at = 0
         WHERE holder = $2::text AND name IN (SELECT json_array_elements_text($1::text::json))`,
        [JSON.stringify(names), holder],
      )
      .catch(() => undefined);
  }

  #isAlone(): boolean {
    return this.#options.store.state().kind === 'embedded';
  }

  #tell(names: readonly string[]): void {
    for (const listener of this.#listeners) listener(names);
  }
}
