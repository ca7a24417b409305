// Points of the charts: history from the server with what the stream brought since appended. Pure. A gap stays a gap.
import type { HistoryAnswer } from '../../contract/history';
import type { Snapshot } from '../../domain/cluster';
import { ownOf, setOwn } from '../../domain/record';
import type { Edges } from './chart-window';

export const METRICS = ['replay', 'receive', 'wal'] as const;
export type Metric = (typeof METRICS)[number];

/** What the stream said at one moment. */
export interface TailSample {
  readonly at: number;
  readonly replay: Readonly<Record<string, number | null>>;
  readonly receive: Readonly<Record<string, number | null>>;
  readonly wal: number | null;
}

export const POINTS_MAX = 300;
const TAIL_MAX = 120;
/** The one line of the WAL rate. */
const WAL_LINE = 'WAL';

/** What one snapshot says now. A member on another timeline has no lag; silence is a gap, not a zero. */
export function sampleOf(snapshot: Snapshot): TailSample {
  const replay: Record<string, number | null> = {};
  const receive: Record<string, number | null> = {};
  for (const member of snapshot.cluster.members) {
    if (member.name === snapshot.cluster.leader?.name || member.divergence !== null) continue;
    setOwn(replay, member.name, member.silent ? null : member.lag.replayBytes);
    setOwn(receive, member.name, member.silent ? null : member.lag.receiveBytes);
  }
  return { at: snapshot.observedAt, replay, receive, wal: snapshot.cluster.walBytesPerSecond };
}

/** Appends in order; keeps two minutes, history has the rest. */
export function appendSample(tail: readonly TailSample[], sample: TailSample): readonly TailSample[] {
  const last = tail.at(-1);
  if (last !== undefined && sample.at <= last.at) return tail;
  return [...tail.slice(1 - TAIL_MAX), sample];
}

export interface ChartRow {
  readonly at: number;
  readonly values: Readonly<Record<string, number | null>>;
}

export interface ChartSeries extends Edges {
  readonly rows: readonly ChartRow[];
  readonly stepMs: number;
  readonly lines: readonly string[];
  /** Spans in which nothing at all was kept: nobody watched. */
  readonly blind: readonly Edges[];
  /** Its end is what the stream says now. */
  readonly live: boolean;
}

interface Point {
  readonly at: number;
  readonly value: number | null;
}

/** Lag by its worst value, so that a peak is never averaged away; a rate by its last. */
function bucket(points: readonly Point[], from: number, widthMs: number, worst: boolean): Map<number, number | null> {
  const buckets = new Map<number, number | null>();
  for (const { at, value } of points) {
    const key = from + Math.floor((at - from) / widthMs) * widthMs;
    const before = buckets.get(key);
    if (value === null) buckets.set(key, before ?? null);
    else buckets.set(key, worst ? Math.max(before ?? 0, value) : value);
  }
  return buckets;
}

function kept(history: HistoryAnswer | undefined, metric: Metric, line: string): readonly (number | null)[] {
  if (metric === 'wal') return history?.walBytesPerSecond ?? [];
  const member = ownOf(history?.members, line);
  return (metric === 'replay' ? member?.replayBytes : member?.receiveBytes) ?? [];
}

function told(sample: TailSample, metric: Metric, line: string): number | null {
  return metric === 'wal' ? sample.wal : (ownOf(sample[metric], line) ?? null);
}

/** Two empty buckets in a row, or more, in which not even the health of the cluster was kept. */
function blindSpans(history: HistoryAnswer | undefined): readonly Edges[] {
  if (history === undefined) return [];
  const spans: Edges[] = [];
  let begin: number | null = null;
  history.times.forEach((at, index) => {
    const seen = (history.health[index] ?? null) !== null;
    if (!seen) begin ??= at;
    if (begin === null || (!seen && index < history.times.length - 1)) return;
    const to = seen ? at : Math.min(history.to, at + history.stepMs);
    if (to - begin >= 2 * history.stepMs) spans.push({ from: begin, to });
    begin = null;
  });
  return spans;
}

/** Whoever has a value anywhere in it, and `members`, who are to be drawn in any case; in name order. */
export function linesOf(
  history: HistoryAnswer | undefined,
  metric: Metric,
  members: readonly string[],
): readonly string[] {
  if (metric === 'wal') return [WAL_LINE];
  const past = Object.keys(history?.members ?? {}).filter((name) =>
    kept(history, metric, name).some((value) => value !== null),
  );
  return [...new Set([...members, ...past])].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/**
 * `window` null: as long as there is data, up to the newest sample; else exactly that, and the tail is left out.
 * At most POINTS_MAX rows. null: nothing to draw yet.
 */
export function chartSeries(
  metric: Metric,
  history: HistoryAnswer | undefined,
  tail: readonly TailSample[],
  members: readonly string[],
  window: Edges | null = null,
): ChartSeries | null {
  const end = history?.to ?? Number.NEGATIVE_INFINITY;
  const newer = window === null ? tail.filter((sample) => sample.at > end) : [];
  const from = window?.from ?? history?.from ?? newer[0]?.at;
  const to = window?.to ?? newer.at(-1)?.at ?? history?.to;
  if (from === undefined || to === undefined || to <= from) return null;
  if (history === undefined && newer.length === 0) return null;
  const widthMs = Math.max(history?.stepMs ?? 1000, Math.ceil((to - from) / (POINTS_MAX - 1)));
  const lines = linesOf(history, metric, members);
  const columns = lines.map((line) => {
    const values = kept(history, metric, line);
    const points = [
      ...(history?.times ?? []).map((at, index) => ({ at, value: values[index] ?? null })),
      ...newer.map((sample) => ({ at: sample.at, value: told(sample, metric, line) })),
    ].filter((point) => point.at >= from && point.at <= to);
    return { line, buckets: bucket(points, from, widthMs, metric !== 'wal') };
  });
  const rows: ChartRow[] = [];
  const seen = (at: number) => columns.some(({ buckets }) => buckets.has(at));
  for (let at = from; at <= to; at += widthMs) {
    // Answers jitter: one empty bucket between two filled ones is no gap. Two are.
    if (!seen(at) && seen(at - widthMs) && seen(at + widthMs)) continue;
    rows.push({ at, values: Object.fromEntries(columns.map(({ line, buckets }) => [line, buckets.get(at) ?? null])) });
  }
  // The bucket that has only just begun says nothing yet.
  while (rows.length > 1 && !seen(rows.at(-1)?.at ?? from)) rows.pop();
  return { rows, lines, from, to, stepMs: widthMs, blind: blindSpans(history), live: newer.length > 0 };
}

export interface LineFacts {
  readonly line: string;
  readonly last: number | null;
  readonly worst: number | null;
  readonly worstAt: number | null;
}

/** Samples are kept some seconds after they were taken: at a window's end that is now, the last of them are not there yet. */
const NOT_YET_MS = 30_000;

/** What a chart says in words: the newest and the worst value of each line. */
export function lineFacts(series: ChartSeries): readonly LineFacts[] {
  const oldest = series.to - Math.max(NOT_YET_MS, 2 * series.stepMs);
  const newest = series.rows.findLast(({ values }) => Object.values(values).some((value) => value !== null));
  // What the stream says of now is not to be hidden behind what was.
  const last = !series.live && newest !== undefined && newest.at >= oldest ? newest : series.rows.at(-1);
  return series.lines.map((line) => {
    let worst: number | null = null;
    let worstAt: number | null = null;
    for (const row of series.rows) {
      const value = ownOf(row.values, line) ?? null;
      if (value === null || (worst !== null && value <= worst)) continue;
      worst = value;
      worstAt = row.at;
    }
    return { line, last: ownOf(last?.values, line) ?? null, worst, worstAt };
  });
}

/** The row nearest to a moment; null where none is within a step of it. */
export function rowAt(series: ChartSeries, at: number): ChartRow | null {
  let best: ChartRow | null = null;
  for (const row of series.rows) {
    if (best === null || Math.abs(row.at - at) < Math.abs(best.at - at)) best = row;
  }
  return best !== null && Math.abs(best.at - at) <= series.stepMs * 1.5 ? best : null;
}

const STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;

/** Ticks at round binary sizes, three or four of them, the last at or above `top`. */
export function byteTicks(top: number): readonly number[] {
  for (let power = 0; power < 6; power += 1) {
    for (const step of STEPS) {
      const size = step * 1024 ** power;
      if (top <= size * 4)
        return Array.from({ length: Math.max(2, Math.ceil(top / size)) + 1 }, (_, index) => index * size);
    }
  }
  return [0, top];
}
