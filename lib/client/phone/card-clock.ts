// The server's clock from the Date headers of its answers, for a page without the stream. Pure. A header says whole seconds, and the
// answer was under way for a while: each reading leaves a span, and the spans of several readings overlap in a narrow one.
import type { ClockReading } from '../live/fetch';

/** Server time minus this browser's, ms: somewhere from `least` to `most`. */
export interface ClockSpan {
  readonly least: number;
  readonly most: number;
}

const SECOND_MS = 1000;

/** A reading that contradicts the others (a clock was set, the phone slept) begins anew. */
export function narrowClock(before: ClockSpan | null, { date, sentAt, cameAt }: ClockReading): ClockSpan {
  const own = { least: date - cameAt, most: date + SECOND_MS - sentAt };
  if (before === null) return own;
  const least = Math.max(before.least, own.least);
  const most = Math.min(before.most, own.most);
  return least <= most ? { least, most } : own;
}

export function offsetOf({ least, most }: ClockSpan): number {
  return Math.round((least + most) / 2);
}
