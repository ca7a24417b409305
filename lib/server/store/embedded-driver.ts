// The embedded store: SQLite in a thread of its own, in one folder, guarded by the caller's lock. What it acknowledged is on the disk.
// A folder that is damaged all the same is set aside and a new one made; nothing is deleted. A disk that is full or cannot be written is
// no damage, and nothing is moved for it.

import { mkdir, open, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { joined, say, type Text } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import { elapsed } from '../clock';
import { wordsOf as reasonOf } from '../data-file';
import { openThread } from '../threads';
import {
  type Connection,
  type Driver,
  MIGRATE_MS,
  QUERY_MS,
  type Row,
  type Session,
  StoreAway,
  StoreError,
  StoreFull,
  withDeadline,
} from './driver';
import type { Answer, FromStore, ToStore } from './link';

const OPEN_MS = 60_000;
/** A statement that is out this long: the thread hangs. */
const HUNG_MS = 30_000;
const CLOSE_MS = 1500;
/** Of the thread; what it reads goes on to the other side at once. */
const HEAP_MB = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };
/** data_corrupted */
const DAMAGE = 'XX001';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly now: () => number;
}

/** In a folder with its log: the two are one, and are moved as one. */
export function storeFile(dataDir: string): string {
  return path.join(dataDir, 'sqlite', 'store.db');
}

/** An empty file is an empty store. SQLite gives its other files the rights of this one. */
async function makeFile(file: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, 'a', 0o600)).close();
  } catch (error) {
    throw new SpokenError(
      say`the embedded store ${file} cannot be opened: ${reasonOf(error)}. It holds accounts and the past; put it right or back from a backup, and Howdah goes on by itself.`,
    );
  }
}

export function embeddedDriver({ dataDir, now }: EmbeddedOptions): Driver {
  const file = storeFile(dataDir);
  let damage: Text | null = null;

  const openOnce = async (): Promise<Thread> => {
    const thread = new Thread(openThread('store', { resourceLimits: HEAP_MB }));
    const result = await thread.open(file);
    if (result.kind === 'opened') return thread;
    thread.end();
    if (result.code === DAMAGE) damage = result.message;
    throw new SpokenError(wordsOf(result));
  };

  const connect = async (lost: (reason: Text) => void): Promise<Connection> => {
    await makeFile(file);
    const notices: Text[] = [];
    const old = await oldFolder(dataDir);
    if (old !== null) notices.push(old);
    let running = damage === null ? await openOnce().catch(unlessDamaged) : null;
    if (running === null) {
      const why = damage ?? say`unknown`;
      const aside = await setAside(dataDir, 'damaged', now());
      damage = null;
      notices.push(say`the embedded store was damaged (${why}); it was set aside as ${aside} and a new one begun`);
      await makeFile(file);
      running = await openOnce();
    }
    const thread = running;
    thread.onEnd = lost;
    thread.onError = (code, message) => {
      if (code !== DAMAGE) return;
      damage = message;
      thread.end(say`it is damaged: ${message}`);
    };
    const one = async (sql: string, params: readonly unknown[], ms: number): Promise<readonly Row[]> => {
      const [rows = []] = (await thread.ask({ statements: [{ sql, params }], guarded: false }, ms)) ?? [];
      return rows;
    };
    return {
      notice: notices.length === 0 ? null : joined(notices, '; '),
      query: (sql, params) => one(sql, params, QUERY_MS),
      together: async (statements, guard) => {
        const guarded = guard !== null;
        const answers = await thread.ask(
          { statements: guarded ? [guard, ...statements] : statements, guarded },
          QUERY_MS,
        );
        return answers === null || !guarded ? answers : answers.slice(1);
      },
      // There is one session. Only migrations take it, before anybody else asks.
      session: (work) => {
        const session: Session = {
          begin: async () => void (await one('BEGIN IMMEDIATE', [], MIGRATE_MS)),
          query: (sql, params = []) => one(sql, params, MIGRATE_MS),
          script: async (sql) => void (await thread.ask(sql, MIGRATE_MS)),
        };
        return work(session);
      },
      close: () => thread.close(),
    };
  };
  const unlessDamaged = (error: unknown): null => {
    if (damage === null) throw error;
    return null;
  };
  return { kind: 'embedded', connect };
}

type Failed = Extract<FromStore, { kind: 'failed' }>;
type Opened = Extract<FromStore, { kind: 'opened' }> | (Omit<Failed, 'message'> & { readonly message: Text });
/** A script, or statements. */
type Question = string | Omit<Extract<ToStore, { kind: 'ask' }>, 'kind' | 'id'>;
type Rows = readonly (readonly Row[])[] | null;

interface Waiting {
  readonly at: number;
  readonly resolve: (rows: Rows) => void;
  readonly reject: (error: Error) => void;
}

/** One worker from its start to its end. It ends by itself: terminated within SQLite it would take the whole process along. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watch: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #next = 1;
  #opened: ((result: Opened) => void) | null = null;
  #isOver = false;
  #reason = say`the store ended`;
  onEnd: ((reason: Text) => void) | null = null;
  onError: ((code: string | null, message: string) => void) | null = null;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.unref();
    worker.on('message', (message: FromStore) => this.#receive(message));
    worker.on('error', (error) => {
      this.#reason = say`the store failed: ${saidBy(error)}`;
    });
    this.#ended = new Promise((resolve) =>
      worker.once('exit', () => {
        this.#over();
        resolve();
      }),
    );
    this.#watch = setInterval(() => {
      const [oldest] = this.#waiting.values();
      if (oldest === undefined || elapsed() - oldest.at < HUNG_MS) return;
      this.#reason = say`the store hangs`;
      this.end();
    }, 1000);
    this.#watch.unref();
  }

  open(file: string): Promise<Opened> {
    return new Promise((resolve) => {
      const late = (): void => this.#opened?.({ kind: 'failed', message: say`it did not open in time`, code: null });
      const timer = setTimeout(late, OPEN_MS);
      this.#opened = (result) => {
        clearTimeout(timer);
        this.#opened = null;
        resolve(result);
      };
      this.#worker.postMessage({ kind: 'open', file } satisfies ToStore);
    });
  }

  ask(question: Question, ms: number): Promise<Rows> {
    const id = this.#next++;
    const message: ToStore =
      typeof question === 'string' ? { kind: 'script', id, sql: question } : { kind: 'ask', id, ...question };
    const answer = new Promise<Rows>((resolve, reject) => {
      if (this.#isOver) return reject(new StoreAway(this.#reason));
      this.#waiting.set(id, { at: elapsed(), resolve, reject });
      this.#worker.postMessage(message);
    });
    return withDeadline(answer, ms);
  }

  /** In any case within 1.5 s: what was acknowledged is on the disk. */
  async close(): Promise<void> {
    this.onEnd = null;
    this.end();
    await Promise.race([this.#ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
  }

  /** Nobody waits for it any more; it closes when it comes to it. */
  end(reason = this.#reason): void {
    this.#reason = reason;
    this.#over();
    this.#worker.postMessage({ kind: 'close' } satisfies ToStore);
  }

  #receive(message: FromStore): void {
    switch (message.kind) {
      case 'opened':
      case 'failed':
        this.#opened?.(message);
        return;
      case 'answers':
        this.#waiting.get(message.id)?.resolve(message.answers?.map(rowsOf) ?? null);
        this.#waiting.delete(message.id);
        return;
      case 'error':
        this.#waiting.get(message.id)?.reject(errorOf(message));
        this.#waiting.delete(message.id);
        this.onError?.(message.code, message.message);
    }
  }

  #over(): void {
    this.#isOver = true;
    clearInterval(this.#watch);
    this.#opened?.({ kind: 'failed', message: this.#reason, code: null });
    for (const { reject } of this.#waiting.values()) reject(new StoreAway(this.#reason));
    this.#waiting.clear();
    this.onEnd?.(this.#reason);
    this.onEnd = null;
  }
}

function errorOf({ message, code }: { readonly message: string; readonly code: string | null }): Error {
  const isFull = code === '53100' || code === '58030' || code === '25006';
  return isFull ? new StoreFull(wordsOf({ message, code })) : new StoreError(message, code);
}

function wordsOf({ message, code }: Pick<Failed, 'code'> & { readonly message: Text }): Text {
  if (code === '53100') return say`the disk is full`;
  return code === '58030' || code === '25006' ? say`the data folder cannot be written (${message})` : message;
}

function rowsOf({ rows, json, boolean }: Answer): readonly Row[] {
  if (json.length === 0 && boolean.length === 0) return rows;
  return rows.map((row) => {
    const read: Record<string, unknown> = { ...row };
    for (const name of json) {
      const text = read[name];
      if (typeof text === 'string') read[name] = JSON.parse(text);
    }
    for (const name of boolean) if (read[name] !== null) read[name] = read[name] === 1;
    return read;
  });
}

/** Before SQLite the embedded store was a folder of PGlite. It is not read; null: there is none. */
async function oldFolder(dataDir: string): Promise<Text | null> {
  const isThere = await stat(path.join(dataDir, 'store/PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  return say`the folder ${path.join(dataDir, 'store')} is a store of an earlier Howdah (PGlite) and is not read; stop Howdah and run "howdah carry-over", or move the folder away`;
}

/** Gives the folder of the store another name, at once. The new name, in the data folder. */
export async function setAside(dataDir: string, why: 'damaged' | 'replaced', now: number): Promise<string> {
  const name = `store.${why}-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const taken = new Set(await readdir(dataDir));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  await rename(path.dirname(storeFile(dataDir)), path.join(dataDir, free));
  return free;
}
