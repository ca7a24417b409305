// The embedded store: PGlite in a thread of its own, data in one folder, guarded by the caller's lock. It never syncs to the
// disk, so a power cut may leave a folder that does not open: then the folder is set aside and a new one made, because all that
// must not be lost is in the journal. A full or read-only disk is no damage, and nothing is moved for it.

import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { say, type Text } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import {
  type Connection,
  type Driver,
  MIGRATE_MS,
  QUERY_MS,
  type Row,
  type Session,
  StoreAway,
  StoreError,
  withDeadline,
} from './driver';
import type { FromStore, ToStore } from './link';

/** The first opening takes 5 s on two busy cores. */
const OPEN_MS = 120_000;
/** A statement that is out this long: the thread hangs. */
const HUNG_MS = 30_000;
const CLOSE_MS = 1500;
const ROOM_NEEDED = 64 * 1024 * 1024;
/** data_corrupted, index_corrupted, undefined_file: what a power cut leaves behind in a folder that still opens. */
const DAMAGE = /^(XX001|XX002|58P01)$/;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly now: () => number;
  /** For processes that are not bundled: how to run a .ts file in a thread. */
  readonly spawn?: () => Worker;
}

export function embeddedDriver({ dataDir, now, spawn = spawnWorker }: EmbeddedOptions): Driver {
  const folder = path.join(dataDir, 'store');
  let damage: Text | null = null;

  const openOnce = async (): Promise<Thread> => {
    const thread = new Thread(spawn());
    const result = await thread.open(folder);
    if (result.kind === 'opened') return thread;
    await thread.end();
    if (result.kind === 'failed') throw new SpokenError(result.message);
    const again = new Thread(spawn());
    const second = await again.open(folder);
    if (second.kind === 'opened') return again;
    await again.end();
    throw new SpokenError(second.kind === 'failed' ? second.message : say`it cannot be made`);
  };

  const connect = async (lost: (reason: Text) => void): Promise<Connection> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    let notice: Text | null = null;
    let thread: Thread | null = null;
    if (damage === null) thread = await openOnce().catch(() => null);
    // Once more, in case it was the machine and not the folder.
    if (damage === null && thread === null) {
      thread = await openOnce().catch((error: unknown) => {
        damage = saidBy(error);
        return null;
      });
    }
    if (thread === null) {
      const why = damage ?? say`unknown`;
      damage = null;
      const obstacle = await obstacleIn(dataDir);
      if (obstacle !== null) throw new SpokenError(obstacle);
      const aside = await setAside(folder, now());
      if (aside === null) throw new SpokenError(why);
      notice = say`the embedded store was damaged (${why}); it was set aside as ${aside} and is filled from the journal anew`;
      thread = await openOnce();
    }
    const running = thread;
    running.onEnd = lost;
    running.onError = (code, message) => {
      if (code === null || !DAMAGE.test(code)) return;
      damage = message;
      void running.end(say`it is damaged: ${message}`);
    };
    return {
      notice,
      query: (sql, params) => running.ask({ kind: 'query', id: 0, sql, params }, QUERY_MS),
      // There is one session. Only migrations take it, before anybody else asks.
      session: (work) => {
        const session: Session = {
          query: (sql, params = []) => running.ask({ kind: 'query', id: 0, sql, params }, MIGRATE_MS),
          script: async (sql) => void (await running.ask({ kind: 'script', id: 0, sql }, MIGRATE_MS)),
        };
        return work(session);
      },
      close: () => running.close(),
    };
  };
  return { kind: 'embedded', connect };
}

function spawnWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { name: 'howdah-store' });
}

type Opened = Extract<FromStore, { kind: 'opened' | 'made' | 'failed' }>;
type Question = Extract<ToStore, { kind: 'query' | 'script' }>;

interface Waiting {
  readonly at: number;
  readonly resolve: (rows: readonly Row[]) => void;
  readonly reject: (error: Error) => void;
}

/** One worker from its start to its end. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #watch: NodeJS.Timeout;
  readonly #ended: Promise<void>;
  #next = 1;
  #opened: ((result: Opened) => void) | null = null;
  #closed: (() => void) | null = null;
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
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve(this.#over())));
    this.#watch = setInterval(() => {
      const [oldest] = this.#waiting.values();
      if (oldest === undefined || Date.now() - oldest.at < HUNG_MS) return;
      this.#reason = say`the store hangs`;
      void worker.terminate();
    }, 1000);
    this.#watch.unref();
  }

  open(folder: string): Promise<Opened> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#opened?.({ kind: 'failed', message: say`it did not open in time` }),
        OPEN_MS,
      );
      this.#opened = (result) => {
        clearTimeout(timer);
        this.#opened = null;
        resolve(result);
      };
      this.#worker.postMessage({ kind: 'open', folder } satisfies ToStore);
    });
  }

  ask(question: Question, ms: number): Promise<readonly Row[]> {
    const id = this.#next++;
    const answer = new Promise<readonly Row[]>((resolve, reject) => {
      if (this.#isOver) return reject(new StoreAway(this.#reason));
      this.#waiting.set(id, { at: Date.now(), resolve, reject });
      this.#worker.postMessage({ ...question, id } satisfies ToStore);
    });
    return withDeadline(answer, ms);
  }

  /** Checkpoint, close, end; in any case within 1.5 s, for it recovers from its WAL. */
  async close(): Promise<void> {
    this.onEnd = null;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.#worker.postMessage({ kind: 'close' } satisfies ToStore);
    await Promise.race([closed, this.#ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref())]);
    await this.end();
  }

  async end(reason = this.#reason): Promise<void> {
    this.#reason = reason;
    await this.#worker.terminate();
  }

  #receive(message: FromStore): void {
    switch (message.kind) {
      case 'opened':
      case 'made':
      case 'failed':
        this.#opened?.(message);
        return;
      case 'closed':
        this.#closed?.();
        return;
      case 'rows':
        this.#waiting.get(message.id)?.resolve(message.rows);
        this.#waiting.delete(message.id);
        return;
      case 'error':
        this.#waiting.get(message.id)?.reject(new StoreError(message.message, message.code));
        this.#waiting.delete(message.id);
        this.onError?.(message.code, message.message);
    }
  }

  #over(): void {
    this.#isOver = true;
    clearInterval(this.#watch);
    this.#opened?.({ kind: 'failed', message: this.#reason });
    for (const { reject } of this.#waiting.values()) reject(new StoreAway(this.#reason));
    this.#waiting.clear();
    this.onEnd?.(this.#reason);
    this.onEnd = null;
  }
}

/** Why nothing could be opened here, whatever the folder holds; null: nothing of the kind. */
async function obstacleIn(dataDir: string): Promise<Text | null> {
  const scratch = path.join(dataDir, 'store.probe');
  try {
    const { bavail, bsize } = await statfs(dataDir);
    if (bavail * bsize < ROOM_NEEDED) return say`the disk is full`;
    const file = await open(scratch, 'w', 0o600);
    await file.writeFile('probe').finally(() => file.close());
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return say`the data folder cannot be written (${code})`;
  } finally {
    await rm(scratch, { force: true }).catch(() => undefined);
  }
}

/** Its new name; null: the folder is empty, so it cannot be what is wrong. */
async function setAside(folder: string, now: number): Promise<string | null> {
  if ((await readdir(folder)).length === 0) return null;
  const name = `store.damaged-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const taken = new Set(await readdir(path.dirname(folder)));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  await rename(folder, path.join(path.dirname(folder), free));
  await mkdir(folder, { mode: 0o700 });
  return free;
}
