// When a statement is asked again, by what it cost: a member that it hurts is left alone. Pure.
import type { DriftStatement } from './facts';

/** PostgreSQL ends a statement itself after this. */
export const STATEMENT_MS = 2000;
/** What takes longer is dear. */
const DEAR_MS = 500;
/** So often in a row, and it is not asked for a day. */
const DEAR_TIMES = 2;
const OFF_MS = 24 * 3_600_000;

export interface Pace {
  readonly dear: number;
  /** Not before. */
  readonly nextAt: number;
}

export type Paces = Readonly<Partial<Record<DriftStatement, Pace>>>;

/** `tookMs` null: it could not be asked at all, which says nothing of its cost. */
export function paceAfter(before: Pace | undefined, tookMs: number | null, now: number): Pace {
  if (tookMs === null) return before ?? { dear: 0, nextAt: 0 };
  const dear = tookMs > DEAR_MS ? (before?.dear ?? 0) + 1 : 0;
  return dear >= DEAR_TIMES ? { dear: 0, nextAt: now + OFF_MS } : { dear, nextAt: 0 };
}

export function isOff(pace: Pace | undefined, now: number): boolean {
  return pace !== undefined && now < pace.nextAt;
}
