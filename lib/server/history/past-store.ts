// The SQL of the past, and the bytes in it. Rows come in small (`history_recent`) and are packed into chunks later; a reader sees
// both as one. Every method rejects with StoreAway while the store is away. JSON goes in as one parameter and is taken apart by
// the database, so that a batch is one statement on both homes of the store.

import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { ScopedEvent } from '../../contract/history';
import type { Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { completed, type KeptSnapshot } from '../../domain/history/completed';
import { packTicks, unpackTicks } from '../../domain/history/pack';
import type { Tick } from '../../domain/history/tick';
import { revive } from '../../language/carry';
import type { PastRow } from '../collector/tape';
import type { Row } from '../store/driver';
import { jsonText } from '../store/json-text';
import type { Store } from '../store/store';

/** What a chunk holds. Thinned frames are those at changes and the first of each chunk. */
export const LEVEL = { full: 0, halfMinute: 1, tenMinutes: 2, frames: 10, thinned: 11 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];

export const KIND = { ticks: 0, frame: 1, changed: 2 } as const;

export interface Frame {
  readonly at: number;
  readonly changed: boolean;
  /** JSON of a Snapshot. */
  readonly json: string;
}

export interface Chunk {
  readonly scope: string;
  readonly level: Level;
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly body: Uint8Array;
}

/** A row of `history_recent` as it is stored. */
export interface Recent {
  readonly kind: number;
  readonly from: number;
  readonly to: number;
  readonly body: Uint8Array;
}

export interface EventQuery {
  readonly scope: string | null;
  /** Only these; null: all. What the one who asks may see. */
  readonly scopes: readonly string[] | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly kinds: readonly string[];
  readonly severity: string | null;
  /** Found anywhere in the text, whatever the case. */
  readonly text: string | null;
  /** Among its members. */
  readonly member: string | null;
  /** `next` of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** A query that leaves nothing out. */
export const EVERYTHING: Omit<EventQuery, 'limit'> = {
  scopes: null,
  scope: null,
  from: null,
  to: null,
  kinds: [],
  severity: null,
  text: null,
  member: null,
  before: null,
};

const inflate = promisify(inflateRaw);
const deflate = promisify(deflateRaw);
const unbrotli = promisify(brotliDecompress);
const brotli = promisify(brotliCompress);
/** Frames of a quarter of an hour are one text of some MB that says almost the same thirty times. */
const FRAME_PARAMS = {
  [constants.BROTLI_PARAM_QUALITY]: 5,
  [constants.BROTLI_PARAM_LGWIN]: 22,
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
};
/** Events that one filtered page looks at. */
const SEARCHED_MAX = 20_000;
const IN_WINDOW = `($1::text IS NULL OR scope = $1::text)
         AND ($2::bigint IS NULL OR at >= $2::bigint)
         AND ($3::bigint IS NULL OR at <= $3::bigint)
         AND ($4::bigint IS NULL OR (at, seq) < ($4::bigint, $5::bigint))`;
const MAX_BYTES = 256 * 1024 * 1024;

/** [] where the bytes are damaged: a hole, not an error. */
export async function readTicks(body: Uint8Array): Promise<Tick[]> {
  const packed = await inflate(body, { maxOutputLength: MAX_BYTES }).catch(() => null);
  return packed === null ? [] : (unpackTicks(packed) ?? []);
}

export function writeTicks(ticks: readonly Tick[]): Promise<Uint8Array> {
  return deflate(packTicks(ticks), { level: 9 });
}

/** One frame a line: when, whether something changed, the snapshot. */
export function writeFrames(frames: readonly Frame[]): Promise<Uint8Array> {
  const lines = frames.map(({ at, changed, json }) => `${at}\t${changed ? 1 : 0}\t${json}`);
  return brotli(lines.join('\n'), { params: FRAME_PARAMS });
}

export async function readFrames(body: Uint8Array): Promise<Frame[]> {
  const bytes = await unbrotli(body, { maxOutputLength: MAX_BYTES }).catch(() => null);
  if (bytes === null) return [];
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line): Frame[] => {
      const [at, changed, json] = split(line);
      return json === undefined ? [] : [{ at: Number(at), changed: changed === '1', json }];
    });
}

/** JSON holds no tab: it is escaped there. */
function split(line: string): string[] {
  return line.split('\t');
}

export async function readFrame(body: Uint8Array): Promise<string | null> {
  const bytes = await unbrotli(body, { maxOutputLength: MAX_BYTES }).catch(() => null);
  return bytes === null ? null : bytes.toString('utf8');
}

export class PastStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async addRows(rows: readonly PastRow[]): Promise<void> {
    const json = rows.map(({ scope, kind, changed, from, to, body }) => ({
      scope,
      kind: kind === 'ticks' ? KIND.ticks : changed ? KIND.changed : KIND.frame,
      from_at: from,
      to_at: to,
      body: Buffer.from(body).toString('hex'),
    }));
    await this.#store.query(
      `INSERT INTO history_recent (scope, kind, from_at, to_at, body)
       SELECT scope, kind, from_at, to_at, decode(body, 'hex')
       FROM json_to_recordset($1::text::json) AS r(scope text, kind smallint, from_at bigint, to_at bigint, body text)
       WHERE true ON CONFLICT DO NOTHING`,
      [JSON.stringify(json)],
    );
  }

  /** Known ones are passed over: an id is one event for ever. */
  async addEvents(events: readonly { readonly scope: string; readonly event: ClusterEvent }[]): Promise<void> {
    const json = events.map(({ scope, event }) => {
      const { id, at, kind, severity } = event;
      return { scope, id, at, kind, severity, body: event };
    });
    await this.#store.query(
      `INSERT INTO cluster_event (scope, id, at, kind, severity, body)
       SELECT scope, id, at, kind, severity, body
       FROM json_to_recordset($1::text::json) AS r(scope text, id text, at bigint, kind text, severity text, body jsonb)
       WHERE true ON CONFLICT DO NOTHING`,
      [jsonText(json)],
    );
  }

  /** Those that touch the window, in order of their beginning. */
  async recent(scope: string, kind: 'ticks' | 'frames', from: number, to: number): Promise<Recent[]> {
    const rows = await this.#store.query(
      `SELECT kind, from_at, to_at, body FROM history_recent
       WHERE scope = $1::text AND ${kind === 'ticks' ? 'kind = 0' : 'kind IN (1, 2)'}
         AND to_at >= $2::bigint AND from_at <= $3::bigint ORDER BY from_at`,
      [scope, Math.floor(from), Math.ceil(to)],
    );
    return rows.map(recentOf);
  }

  async chunks(scope: string, level: Level, from: number, to: number): Promise<Chunk[]> {
    const rows = await this.#store.query(
      `SELECT scope, level, from_at, to_at, count, body FROM history_chunk
       WHERE scope = $1::text AND level = $2::smallint AND to_at >= $3::bigint AND from_at <= $4::bigint
       ORDER BY from_at`,
      [scope, level, Math.floor(from), Math.ceil(to)],
    );
    return rows.map(chunkOf);
  }

  /** The newest frame at or before that moment. */
  async frameAt(scope: string, at: number): Promise<Frame | null> {
    const [recent] = await this.#store.query(
      `SELECT kind, from_at, to_at, body FROM history_recent
       WHERE scope = $1::text AND kind IN (1, 2) AND from_at <= $2::bigint ORDER BY from_at DESC LIMIT 1`,
      [scope, Math.floor(at)],
    );
    const [chunk] = await this.#store.query(
      `SELECT scope, level, from_at, to_at, count, body FROM history_chunk
       WHERE scope = $1::text AND level IN (10, 11) AND from_at <= $2::bigint ORDER BY from_at DESC LIMIT 1`,
      [scope, Math.floor(at)],
    );
    let best: Frame | null = null;
    if (recent !== undefined) {
      const { kind, from, body } = recentOf(recent);
      const json = await readFrame(body);
      if (json !== null) best = { at: from, changed: kind === KIND.changed, json };
    }
    if (chunk !== undefined) {
      const frames = await readFrames(chunkOf(chunk).body);
      const frame = frames.filter((candidate) => candidate.at <= at).at(-1);
      if (frame !== undefined && (best === null || frame.at > best.at)) best = frame;
    }
    return best;
  }

  /** The newest moment before `at` of which a sample says that Howdah watched. */
  async lastTickBefore(scope: string, at: number): Promise<number | null> {
    const [row] = await this.#store.query(
      `SELECT max(least(to_at, $2::bigint)) AS at FROM (
         SELECT to_at FROM history_recent WHERE scope = $1::text AND kind = 0 AND from_at < $2::bigint
         UNION ALL
         SELECT to_at FROM history_chunk WHERE scope = $1::text AND level IN (0, 1) AND from_at < $2::bigint) AS kept`,
      [scope, Math.floor(at)],
    );
    return whole(row?.at);
  }

  /** The oldest moment of which anything is kept. */
  async keptFrom(scope: string): Promise<{ readonly ticks: number | null; readonly frames: number | null }> {
    const [row] = await this.#store.query(
      `SELECT min(CASE WHEN is_ticks THEN from_at END) AS ticks, min(CASE WHEN NOT is_ticks THEN from_at END) AS frames
       FROM (
         SELECT level < 10 AS is_ticks, min(from_at) AS from_at FROM history_chunk WHERE scope = $1::text GROUP BY level
         UNION ALL
         SELECT kind = 0, min(from_at) FROM history_recent WHERE scope = $1::text GROUP BY kind) AS kept`,
      [scope],
    );
    return { ticks: whole(row?.ticks), frames: whole(row?.frames) };
  }

  /** Newest first. */
  async events(query: EventQuery): Promise<{ readonly events: ScopedEvent[]; readonly next: string | null }> {
    const [beforeAt, beforeSeq] = (query.before ?? '').split('_');
    const window = [
      query.scope,
      query.from === null ? null : Math.floor(query.from),
      query.to === null ? null : Math.ceil(query.to),
      beforeAt === undefined || beforeAt === '' ? null : beforeAt,
      beforeSeq ?? null,
    ];
    const filtered = query.kinds.length > 0 || query.severity !== null || query.text !== null || query.member !== null;
    const edge = filtered ? await this.#edgeOf(window) : null;
    const rows = await this.#store.query(
      `SELECT scope, at, seq, body FROM cluster_event
       WHERE ${IN_WINDOW}
         AND ($6::text = '[]' OR kind IN (SELECT json_array_elements_text($6::text::json)))
         AND ($7::text IS NULL OR severity = $7::text)
         AND ($8::text IS NULL OR strpos(lower(body ->> 'text' || ' ' || scope), lower($8::text)) > 0)
         AND ($9::bigint IS NULL OR (at, seq) >= ($9::bigint, $10::bigint))
         AND ($12::text IS NULL OR scope IN (SELECT json_array_elements_text($12::text::json)))
         AND ($13::text IS NULL OR strpos(body ->> 'members', $13::text) > 0)
       ORDER BY at DESC, seq DESC LIMIT $11::integer`,
      [
        ...window,
        JSON.stringify(query.kinds),
        query.severity,
        query.text,
        edge?.at ?? null,
        edge?.seq ?? null,
        query.limit + 1,
        query.scopes === null ? null : JSON.stringify(query.scopes),
        // As it stands in the list of names: whole, between its quotes.
        query.member === null ? null : JSON.stringify(query.member),
      ],
    );
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : edge;
    return {
      events: page.map(scopedOf),
      next: last === undefined || last === null ? null : `${last.at}_${last.seq}`,
    };
  }

  /** How far back one page may search: a filter that fits nothing must not read the events of years. null: to the end. */
  async #edgeOf(window: readonly unknown[]): Promise<Row | null> {
    const [edge] = await this.#store.query(
      `SELECT at, seq FROM cluster_event WHERE ${IN_WINDOW}
       ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${SEARCHED_MAX}`,
      window,
    );
    return edge ?? null;
  }

  /** The nearest events on both sides of a moment. */
  async around(scope: string, at: number): Promise<{ previous: ClusterEvent | null; next: ClusterEvent | null }> {
    const one = async (test: string, order: string): Promise<ClusterEvent | null> => {
      const [row] = await this.#store.query(
        `SELECT body FROM cluster_event WHERE scope = $1::text AND at ${test} $2::bigint
         ORDER BY at ${order}, seq ${order} LIMIT 1`,
        [scope, Math.floor(at)],
      );
      return row === undefined ? null : (row.body as ClusterEvent);
    };
    const [previous, next] = await Promise.all([one('<', 'DESC'), one('>', 'ASC')]);
    return { previous, next };
  }
}

export function snapshotOf(json: string): Snapshot | null {
  try {
    return completed(revive(JSON.parse(json) as KeptSnapshot));
  } catch {
    return null;
  }
}

export function recentOf(row: Row): Recent {
  return { kind: Number(row.kind), from: Number(row.from_at), to: Number(row.to_at), body: row.body as Uint8Array };
}

export function chunkOf(row: Row): Chunk {
  return {
    scope: String(row.scope),
    level: Number(row.level) as Level,
    from: Number(row.from_at),
    to: Number(row.to_at),
    count: Number(row.count),
    body: row.body as Uint8Array,
  };
}

export function scopedOf({ scope, body }: Row): ScopedEvent {
  return { ...(body as ClusterEvent), scope: String(scope) };
}

export function isChangedFrame(recent: Recent): boolean {
  return recent.kind === KIND.changed;
}

export function whole(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
