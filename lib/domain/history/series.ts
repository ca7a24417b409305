// Ticks as the columns of a chart: buckets of one width, the worst lag of each, gaps as nulls. Pure.
import { ownOf, setOwn } from '../record';
import type { Health } from '../severity';
import { coarsen, type MemberTick, SILENT_TICK, type Tick } from './tick';

export interface Columns {
  readonly times: readonly number[];
  readonly members: Readonly<Record<string, MemberColumns>>;
  readonly walBytesPerSecond: readonly (number | null)[];
  readonly health: readonly (Health | null)[];
  readonly leader: readonly (string | null)[];
}

export interface MemberColumns {
  readonly replayBytes: readonly (number | null)[];
  readonly receiveBytes: readonly (number | null)[];
  readonly replaySeconds: readonly (number | null)[];
  readonly timeline: readonly (number | null)[];
  readonly state: readonly (string | null)[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
] as const;

/** The finest round step that cuts the window into at most `points` buckets. */
export function stepFor(windowMs: number, points: number): number {
  const needed = windowMs / points;
  return STEPS.find((step) => step >= needed) ?? Math.ceil(needed / (24 * HOUR)) * 24 * HOUR;
}

/** Buckets from the one that holds `from` to the one that holds `to`. */
export function columnsOf(ticks: readonly Tick[], from: number, to: number, stepMs: number): Columns {
  const first = Math.floor(from / stepMs) * stepMs;
  const count = Math.floor((to - first) / stepMs) + 1;
  const times = Array.from({ length: count }, (_, index) => first + index * stepMs);
  const inside = ticks.filter((tick) => tick.at >= first && tick.at < first + count * stepMs);
  const buckets = new Map(coarsen(inside, stepMs).map((tick) => [tick.at, tick]));
  const row = times.map((at) => buckets.get(at));
  const names = [...new Set(inside.flatMap((tick) => Object.keys(tick.members)))].sort();
  const members: Record<string, MemberColumns> = {};
  for (const name of names) {
    const column: readonly MemberTick[] = row.map((tick) => ownOf(tick?.members, name) ?? SILENT_TICK);
    setOwn(members, name, {
      replayBytes: column.map((member) => member.replayBytes),
      receiveBytes: column.map((member) => member.receiveBytes),
      replaySeconds: column.map((member) => member.replaySeconds),
      timeline: column.map((member) => member.timeline),
      state: column.map((member) => member.state),
    });
  }
  return {
    times,
    members,
    walBytesPerSecond: row.map((tick) => tick?.walBytesPerSecond ?? null),
    health: row.map((tick) => tick?.health ?? null),
    leader: row.map((tick) => tick?.leader ?? null),
  };
}

/** Spans without a tick that are longer than `limitMs`, within the window. `instants` ascending. */
export function blindSpans(
  instants: readonly number[],
  from: number,
  to: number,
  limitMs: number,
): { readonly from: number; readonly to: number }[] {
  const spans: { from: number; to: number }[] = [];
  let before = from;
  for (const at of [...instants.filter((at) => at >= from && at <= to), to]) {
    if (at - before > limitMs) spans.push({ from: before, to: at });
    before = Math.max(before, at);
  }
  return spans;
}
