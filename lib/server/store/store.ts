// Howdah's own database: SQLite in the data folder, or PostgreSQL by DATABASE_URL. It opens in the background and may be away at
// any time: nothing waits for it, live screens and actions go on by the journal. It connects again for ever.

import { revive } from '../../language/carry';
import { isSameText, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import type { Secret } from '../config/config';
import { type Connection, type Driver, type Row, type Session, type Statement, StoreAway } from './driver';
import { embeddedDriver } from './embedded-driver';
import { migrate } from './migrations';
import { postgresDriver } from './postgres-driver';

export interface StoreCondition {
  readonly kind: 'embedded' | 'postgres';
  readonly state: 'opening' | 'ready' | 'down';
  /** Why it is down, in words; null: it is not. */
  readonly error: Text | null;
  /** What people should know although it works: a damaged folder was set aside. */
  readonly notice: Text | null;
  readonly since: number;
}

export interface Store {
  state(): StoreCondition;
  /** One statement, within 3 s. Rejects with StoreAway (at once when not ready) or StoreError (the answer was an error). */
  query<R extends Row = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /**
   * In this order, all of them or none, within 3 s; the rows of each. null: `guard` gave no row, and nothing was done. Rejects as
   * `query` does.
   */
  together(statements: readonly Statement[], guard?: Statement): Promise<Row[][] | null>;
  /** Called each time it becomes ready, and soon where it is ready already. Returns what ends it. */
  onReady(listener: () => void): () => void;
  close(): Promise<void>;
}

interface Log {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
}

export interface StoreOptions {
  readonly dataDir: string;
  readonly databaseUrl: Secret | null;
  readonly now: () => number;
  readonly log: Log;
  /** Before anybody asks, each time it opens; a rejection keeps it away, in words for people. */
  readonly prepare?: (session: Session) => Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Returns at once. The caller holds the lock of `dataDir`. */
export function openStore({ dataDir, databaseUrl, now, log, prepare }: StoreOptions): Store {
  const driver = databaseUrl === null ? embeddedDriver({ dataDir, now }) : postgresDriver(databaseUrl);
  return new BackgroundStore(driver, now, log, prepare ?? (() => Promise.resolve()));
}

class BackgroundStore implements Store {
  readonly #driver: Driver;
  readonly #prepare: NonNullable<StoreOptions['prepare']>;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();
  #condition: StoreCondition;
  #connection: Connection | null = null;
  #attempt: Promise<void> = Promise.resolve();
  #pause = FIRST_PAUSE_MS;
  #retry: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(driver: Driver, now: () => number, log: Log, prepare: NonNullable<StoreOptions['prepare']>) {
    this.#driver = driver;
    this.#prepare = prepare;
    this.#now = now;
    this.#log = log;
    this.#condition = { kind: driver.kind, state: 'opening', error: null, notice: null, since: now() };
    this.#begin();
  }

  state(): StoreCondition {
    return this.#condition;
  }

  async query<R extends Row = Row>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    return revive(await this.#connected().query(sql, params.map(storable))) as R[];
  }

  async together(statements: readonly Statement[], guard: Statement | null = null): Promise<Row[][] | null> {
    const clean = ({ sql, params }: Statement): Statement => ({ sql, params: params.map(storable) });
    const answers = await this.#connected().together(statements.map(clean), guard === null ? null : clean(guard));
    return revive(answers) as Row[][] | null;
  }

  onReady(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#condition.state === 'ready') queueMicrotask(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const connection = this.#connection;
    this.#connection = null;
    this.#set('down', say`it is closed`);
    if (connection !== null) await within(connection.close(), CLOSE_MS);
    else await within(this.#attempt, CLOSE_MS);
  }

  #connected(): Connection {
    if (this.#connection !== null && this.#condition.state === 'ready') return this.#connection;
    const { state, error } = this.#condition;
    throw new StoreAway(state === 'opening' ? say`the store is opening` : say`the store is away: ${error ?? ''}`);
  }

  #begin(): void {
    this.#attempt = this.#open().catch((error: unknown) => {
      this.#fall(saidBy(error));
    });
  }

  async #open(): Promise<void> {
    let current: Connection | null = null;
    let early: Text | null = null;
    const connection = await this.#driver.connect((reason) => {
      if (current === null) early = reason;
      else if (this.#connection === current) this.#fall(reason);
    });
    try {
      await connection.session(async (session) => {
        await migrate(session);
        await this.#prepare(session);
      });
      if (early !== null) throw new StoreAway(early);
    } catch (error) {
      await within(connection.close(), CLOSE_MS);
      throw error;
    }
    if (this.#isClosed) return within(connection.close(), CLOSE_MS);
    current = connection;
    this.#connection = connection;
    this.#pause = FIRST_PAUSE_MS;
    this.#set('ready', null, connection.notice ?? this.#condition.notice);
    if (connection.notice !== null) this.#log.warn({}, String(connection.notice));
    this.#log.info({ kind: this.#driver.kind }, 'the store is ready');
    for (const listener of this.#listeners) queueMicrotask(listener);
  }

  #fall(reason: Text): void {
    this.#connection = null;
    if (this.#isClosed) return;
    const { state, error } = this.#condition;
    if (state !== 'down' || error === null || !isSameText(error, reason))
      this.#log.warn({ kind: this.#driver.kind, reason: String(reason) }, 'the store is away');
    this.#set('down', reason);
    this.#retry = setTimeout(() => this.#begin(), this.#pause);
    this.#retry.unref();
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
  }

  #set(state: StoreCondition['state'], error: Text | null, notice = this.#condition.notice): void {
    const since = state === this.#condition.state ? this.#condition.since : this.#now();
    this.#condition = { kind: this.#driver.kind, state, error, notice, since };
  }
}

/** PostgreSQL takes no NUL in a text, and one would refuse the whole statement; in SQLite it would hide what follows. */
function storable(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

/** Of all that closing may wait for; the web server has 3 s to end. */
const CLOSE_MS = 2000;

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}
