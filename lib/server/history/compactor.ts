// Housekeeping of the past, by one process at a time: what came in small is packed by the quarter of an hour, half minutes by
// the day; what is too old, or too much, is dropped, the finest first. Each step replaces rows in one statement: killed anywhere,
// it has been done or not.
import { setImmediate as breathe } from 'node:timers/promises';
import { coarsen, type Tick } from '../../domain/history/tick';
import type { HistorySettings } from '../config/settings';
import type { Statement } from '../store/driver';
import type { Leases } from '../store/lease';
import type { Store } from '../store/store';
import {
  type Chunk,
  chunkOf,
  type Frame,
  isChangedFrame,
  LEVEL,
  type Level,
  type Recent,
  readFrame,
  readFrames,
  readTicks,
  recentOf,
  writeFrames,
  writeTicks,
} from './past-store';

export const WINDOW_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
export const HALF_MINUTE_MS = 30_000;
export const TEN_MINUTES_MS = 600_000;
/** Rows of a window may come late by this much and still be packed with it. */
const SETTLED_MS = 60_000;
const EVERY_MS = 60_000;
const SWEEP_EVERY_MS = 15 * 60_000;
const SCOPES_A_RUN = 200;
/** Days that each run looks at; older ones that are not joined yet wait for the sweep. */
const RECENT_DAYS = 3;
const THIN_A_TURN = 200;
const THIN_MS = 60_000;
/** Of all space, for events. */
const EVENTS_SHARE = 0.25;
const LEASE = 'history-housekeeping';
/** Per row in the tables and their indexes, by measurement; the bodies are counted as they are. */
const ROW_BYTES = 130;
const EVENT_ROW_BYTES = 700;

export interface CompactorOptions {
  readonly store: Store;
  readonly leases: Leases;
  readonly settings: HistorySettings;
  readonly now: () => number;
  readonly log: { warn(detail: object, message: string): void };
}

interface NewChunk {
  readonly level: Level;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly body: Uint8Array;
}

export class Compactor {
  readonly #options: CompactorOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #sweptAt = 0;
  #storedBytes: number | null = null;
  #isOver = false;

  constructor(options: CompactorOptions) {
    this.#options = options;
    options.leases.want(LEASE);
    this.#timer = setInterval(() => void this.run(), EVERY_MS);
    this.#timer.unref();
  }

  /** Bytes of what is kept, as of the last sweep; null: not measured yet. */
  storedBytes(): number | null {
    return this.#storedBytes;
  }

  /** One at a time; never rejects: what cannot be done now is done next time. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #work(): Promise<void> {
    const { store, leases, now } = this.#options;
    if (this.#isOver || store.state().state !== 'ready' || !leases.isHeld(LEASE)) return;
    // One that fails (a slow store, a damaged row) must not keep the others from their turn.
    await this.#step('packing', () => this.packRecent(now()));
    await this.#step('joining days', () => this.packDays(now(), now() - RECENT_DAYS * DAY_MS));
    if (Math.abs(now() - this.#sweptAt) < SWEEP_EVERY_MS) return;
    this.#sweptAt = now();
    await this.#step('joining days', () => this.packDays(now(), 0));
    await this.#step('forgetting', () => this.sweep(now()));
  }

  async #step(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      if (this.#options.store.state().state === 'ready')
        this.#options.log.warn({ err: error, what }, 'housekeeping of the past was not finished');
    });
  }

  /** Whole quarters of an hour become chunks. */
  async packRecent(now: number): Promise<void> {
    const cut = Math.floor((now - SETTLED_MS) / WINDOW_MS) * WINDOW_MS;
    const scopes = await this.#options.store.query(
      `SELECT scope FROM history_recent WHERE from_at < $1::bigint GROUP BY scope ORDER BY min(from_at) LIMIT ${SCOPES_A_RUN}`,
      [cut],
    );
    for (const { scope } of scopes) {
      if (this.#isOver) return;
      await this.#packScope(String(scope), cut);
      await breathe();
    }
  }

  async #packScope(scope: string, cut: number): Promise<void> {
    const rows = await this.#options.store.query(
      `SELECT kind, from_at, to_at, body FROM history_recent
       WHERE scope = $1::text AND from_at < $2::bigint ORDER BY from_at LIMIT 2000`,
      [scope, cut],
    );
    const windows = new Map<number, Recent[]>();
    for (const recent of rows.map(recentOf)) {
      const window = Math.floor(recent.from / WINDOW_MS);
      windows.set(window, [...(windows.get(window) ?? []), recent]);
    }
    for (const window of windows.values()) {
      if (this.#isOver) return;
      const chunks = [
        ...(await chunksOfTicks(window.filter((row) => row.kind === 0))),
        ...(await chunkOfFrames(window.filter((row) => row.kind !== 0))),
      ];
      await this.#replaceRecent(scope, window, chunks);
    }
  }

  async #replaceRecent(scope: string, rows: readonly Recent[], chunks: readonly NewChunk[]): Promise<void> {
    const keys = rows.map(({ kind, from }) => ({ kind, from_at: from }));
    await this.#options.store.together([
      {
        sql: `DELETE FROM history_recent WHERE scope = $1::text AND (kind, from_at) IN (
                SELECT kind, from_at FROM json_to_recordset($2::text::json) AS k(kind smallint, from_at bigint))`,
        params: [scope, JSON.stringify(keys)],
      },
      insertChunks(scope, chunks),
    ]);
  }

  /** Half minutes of days that are over become one row a day, and ten-minute steps beside it. */
  async packDays(now: number, since = 0): Promise<void> {
    const today = Math.floor((now - SETTLED_MS) / DAY_MS) * DAY_MS;
    const rows = await this.#options.store.query(
      `SELECT scope, (from_at / ${DAY_MS}) AS day FROM history_chunk
       WHERE level IN (${LEVEL.halfMinute}, ${LEVEL.tenMinutes}) AND to_at >= $2::bigint AND from_at < $1::bigint
       GROUP BY scope, from_at / ${DAY_MS}
       HAVING count(*) FILTER (WHERE level = ${LEVEL.halfMinute}) > 1
         OR count(*) FILTER (WHERE level = ${LEVEL.tenMinutes}) = 0
       LIMIT ${SCOPES_A_RUN}`,
      [today, since],
    );
    for (const { scope, day } of rows) {
      if (this.#isOver) return;
      await this.#packDay(String(scope), Number(day) * DAY_MS);
      await breathe();
    }
  }

  async #packDay(scope: string, from: number): Promise<void> {
    const rows = await this.#options.store.query(
      `SELECT scope, level, from_at, to_at, count, body FROM history_chunk
       WHERE scope = $1::text AND level IN (${LEVEL.halfMinute}, ${LEVEL.tenMinutes})
         AND from_at >= $2::bigint AND from_at < $3::bigint ORDER BY from_at`,
      [scope, from, from + DAY_MS],
    );
    const old = rows.map(chunkOf);
    const fine = await ticksOf(old.filter((chunk) => chunk.level === LEVEL.halfMinute));
    if (fine.length === 0) return;
    const merged = coarsen(fine, HALF_MINUTE_MS);
    const chunks = [
      await chunkOfTicks(LEVEL.halfMinute, merged, HALF_MINUTE_MS),
      await chunkOfTicks(LEVEL.tenMinutes, coarsen(merged, TEN_MINUTES_MS), TEN_MINUTES_MS),
    ];
    await this.#replaceChunks(scope, old, chunks);
  }

  async #replaceChunks(scope: string, old: readonly Chunk[], chunks: readonly NewChunk[]): Promise<void> {
    const keys = old.map(({ level, from }) => ({ level, from_at: from }));
    await this.#options.store.together([
      {
        sql: `DELETE FROM history_chunk WHERE scope = $1::text AND (level, from_at) IN (
                SELECT level, from_at FROM json_to_recordset($2::text::json) AS k(level smallint, from_at bigint))`,
        params: [scope, JSON.stringify(keys)],
      },
      insertChunks(scope, chunks),
    ]);
  }

  /** By age, then by size. */
  async sweep(now: number): Promise<void> {
    const { store, settings } = this.#options;
    const { fullDays, days, coarseDays, eventsDays } = settings;
    await this.#thinFrames(now - fullDays * DAY_MS);
    await store.query(
      `DELETE FROM history_chunk
       WHERE (level = ${LEVEL.full} AND to_at < $1::bigint)
          OR (level IN (${LEVEL.halfMinute}, ${LEVEL.frames}, ${LEVEL.thinned}) AND to_at < $2::bigint)
          OR (level = ${LEVEL.tenMinutes} AND to_at < $3::bigint)`,
      [now - fullDays * DAY_MS, now - days * DAY_MS, now - coarseDays * DAY_MS],
    );
    await store.query('DELETE FROM cluster_event WHERE at < $1::bigint', [now - eventsDays * DAY_MS]);
    await this.#fit();
  }

  /** Of older quarters of an hour only the frames of changes stay, and the first. */
  async #thinFrames(before: number): Promise<void> {
    const until = Date.now() + THIN_MS;
    for (;;) {
      const keys = await this.#options.store.query(
        `SELECT scope, from_at FROM history_chunk WHERE level = ${LEVEL.frames} AND to_at < $1::bigint
         ORDER BY to_at LIMIT ${THIN_A_TURN}`,
        [Math.floor(before)],
      );
      for (const { scope, from_at } of keys) {
        if (this.#isOver || Date.now() > until) return;
        await this.#thinChunk(String(scope), Number(from_at));
        await breathe();
      }
      if (keys.length < THIN_A_TURN) return;
    }
  }

  async #thinChunk(scope: string, from: number): Promise<void> {
    const [row] = await this.#options.store.query(
      `SELECT scope, level, from_at, to_at, count, body FROM history_chunk
       WHERE scope = $1::text AND level = ${LEVEL.frames} AND from_at = $2::bigint`,
      [scope, from],
    );
    if (row === undefined) return;
    const chunk = chunkOf(row);
    const frames = (await readFrames(chunk.body)).filter((frame, index) => index === 0 || frame.changed);
    await this.#replaceChunks(scope, [chunk], await framesChunk(LEVEL.thinned, frames));
  }

  /** The oldest of the finest goes first: full ticks and frames, then half minutes, then all else. */
  async #fit(): Promise<void> {
    const { store, settings } = this.#options;
    const limit = settings.megabytes * 1_000_000;
    await this.#fitEvents(limit * EVENTS_SHARE);
    for (const levels of ['0, 10', '11', '1', '2']) {
      while (!this.#isOver) {
        this.#storedBytes = await this.#measure();
        if (this.#storedBytes <= limit) return;
        const [oldest] = await store.query(`SELECT min(from_at) AS at FROM history_chunk WHERE level IN (${levels})`);
        if (oldest?.at == null) break;
        await store.query(`DELETE FROM history_chunk WHERE level IN (${levels}) AND from_at < $1::bigint`, [
          Number(oldest.at) + DAY_MS / 4,
        ]);
      }
    }
  }

  /** Events have a share of their own: many of them must not cost the samples. */
  async #fitEvents(limit: number): Promise<void> {
    const { store } = this.#options;
    const most = Math.floor(limit / EVENT_ROW_BYTES);
    const [edge] = await store.query(
      'SELECT at FROM cluster_event ORDER BY at DESC, seq DESC LIMIT 1 OFFSET $1::bigint',
      [most],
    );
    if (edge !== undefined) await store.query('DELETE FROM cluster_event WHERE at <= $1::bigint', [Number(edge.at)]);
  }

  async #measure(): Promise<number> {
    const [row] = await this.#options.store.query(
      `SELECT
         (SELECT coalesce(sum(octet_length(body) + ${ROW_BYTES}), 0) FROM history_chunk)
         + (SELECT coalesce(sum(octet_length(body) + ${ROW_BYTES}), 0) FROM history_recent)
         + (SELECT count(*) * ${EVENT_ROW_BYTES} FROM cluster_event) AS bytes`,
    );
    return Number(row?.bytes ?? 0);
  }
}

function insertChunks(scope: string, chunks: readonly NewChunk[]): Statement {
  const rows = chunks.map(({ level, from, to, count, body }) => ({
    level,
    from_at: from,
    to_at: to,
    count,
    body: Buffer.from(body).toString('hex'),
  }));
  return {
    sql: `INSERT INTO history_chunk (scope, level, from_at, to_at, count, body)
          SELECT $1::text, level, from_at, to_at, count, decode(body, 'hex')
          FROM json_to_recordset($2::text::json)
            AS r(level smallint, from_at bigint, to_at bigint, count integer, body text)
          WHERE true ON CONFLICT (scope, level, from_at) DO UPDATE
          SET to_at = excluded.to_at, count = excluded.count, body = excluded.body`,
    params: [scope, JSON.stringify(rows)],
  };
}

async function ticksOf(rows: readonly { readonly body: Uint8Array }[]): Promise<Tick[]> {
  const lists: Tick[][] = [];
  for (const { body } of rows) lists.push(await readTicks(body));
  return lists.flat().sort((a, b) => a.at - b.at);
}

async function chunksOfTicks(rows: readonly Recent[]): Promise<NewChunk[]> {
  const ticks = await ticksOf(rows);
  const [first] = ticks;
  if (first === undefined) return [];
  const half = await chunkOfTicks(LEVEL.halfMinute, coarsen(ticks, HALF_MINUTE_MS), HALF_MINUTE_MS);
  // Two chunks of one quarter of an hour (the second came late) must not share a key: the key is the first real tick.
  return [await chunkOfTicks(LEVEL.full, ticks, 0), { ...half, from: first.at }];
}

/** `stepMs`: how far the last tick reaches. */
async function chunkOfTicks(level: Level, ticks: readonly Tick[], stepMs: number): Promise<NewChunk> {
  const from = ticks[0]?.at ?? 0;
  const to = (ticks.at(-1)?.at ?? from) + Math.max(0, stepMs - 1);
  return { level, from, to, count: ticks.length, body: await writeTicks(ticks) };
}

async function chunkOfFrames(rows: readonly Recent[]): Promise<NewChunk[]> {
  const frames: Frame[] = [];
  for (const row of rows) {
    const json = await readFrame(row.body);
    if (json !== null) frames.push({ at: row.from, changed: isChangedFrame(row), json });
  }
  return framesChunk(LEVEL.frames, frames);
}

async function framesChunk(level: Level, frames: readonly Frame[]): Promise<NewChunk[]> {
  const first = frames[0];
  if (first === undefined) return [];
  const to = frames.at(-1)?.at ?? first.at;
  return [{ level, from: first.at, to, count: frames.length, body: await writeFrames(frames) }];
}
