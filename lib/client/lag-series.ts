// Points of the replay lag chart: history from the server with what the stream brought since appended. Pure.
import type { HistoryAnswer } from '../contract/history';
import type { Snapshot } from '../domain/cluster';

export interface LagSample {
  readonly at: number;
  readonly lag: Readonly<Record<string, number | null>>;
}

export const POINTS_MAX = 300;
const TAIL_MAX = 120;

/** What one snapshot says now. A member on another timeline has no lag; silence is a gap, not a zero. */
export function sampleOf(snapshot: Snapshot): LagSample {
  const lag: Record<string, number | null> = {};
  for (const member of snapshot.cluster.members) {
    if (member.name === snapshot.cluster.leader?.name || member.divergence !== null) continue;
    lag[member.name] = member.silent ? null : member.lag.replayBytes;
  }
  return { at: snapshot.observedAt, lag };
}

/** Appends in order; keeps two minutes, history has the rest. */
export function appendSample(tail: readonly LagSample[], sample: LagSample): readonly LagSample[] {
  const last = tail.at(-1);
  if (last !== undefined && sample.at <= last.at) return tail;
  return [...tail.slice(1 - TAIL_MAX), sample];
}

export interface LagChartRow {
  readonly at: number;
  readonly [member: string]: number | null;
}

interface LagPoint {
  readonly at: number;
  readonly replayBytes: number | null;
}

/** Buckets by worst value: a peak is never averaged away. */
function bucket(points: readonly LagPoint[], from: number, widthMs: number): Map<number, number | null> {
  const buckets = new Map<number, number | null>();
  for (const point of points) {
    const key = from + Math.floor((point.at - from) / widthMs) * widthMs;
    const before = buckets.get(key);
    if (point.replayBytes === null) buckets.set(key, before ?? null);
    else buckets.set(key, Math.max(before ?? 0, point.replayBytes));
  }
  return buckets;
}

export interface LagSeries {
  readonly rows: readonly LagChartRow[];
  readonly members: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** `members`: whom to draw, in name order. At most POINTS_MAX rows. */
export function lagSeries(
  history: HistoryAnswer | undefined,
  tail: readonly LagSample[],
  members: readonly string[],
): LagSeries | null {
  const end = history?.to ?? Number.NEGATIVE_INFINITY;
  const newer = tail.filter((sample) => sample.at > end);
  const from = history?.from ?? newer[0]?.at;
  const to = newer.at(-1)?.at ?? history?.to;
  if (from === undefined || to === undefined || to <= from) return null;
  const widthMs = Math.max(history?.stepMs ?? 1000, Math.ceil((to - from) / (POINTS_MAX - 1)));
  const columns = members.map((name) => {
    const points = [
      ...(history?.times ?? []).map((at, index) => ({
        at,
        replayBytes: history?.members[name]?.replayBytes[index] ?? null,
      })),
      ...newer.map((sample) => ({ at: sample.at, replayBytes: sample.lag[name] ?? null })),
    ];
    return { name, buckets: bucket(points, from, widthMs) };
  });
  const rows: LagChartRow[] = [];
  const seen = (at: number) => columns.some(({ buckets }) => buckets.has(at));
  for (let at = from; at <= to; at += widthMs) {
    // Answers jitter: one empty bucket between two filled ones is no gap. Two are.
    if (!seen(at) && seen(at - widthMs) && seen(at + widthMs)) continue;
    const row: { at: number; [member: string]: number | null } = { at };
    for (const { name, buckets } of columns) row[name] = buckets.get(at) ?? null;
    rows.push(row);
  }
  // The bucket that has only just begun says nothing yet.
  while (rows.length > 1 && !seen(rows.at(-1)?.at ?? from)) rows.pop();
  return { rows, members, from, to };
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
