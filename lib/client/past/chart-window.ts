// Which span of time the charts show. Pure. A live window ends now and moves; a past one stands still.
import { measured } from '../../language/quantity';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const RANGES = [
  { value: '15m', word: measured(15, 'min'), spanMs: 15 * MINUTE },
  { value: '1h', word: measured(1, 'h'), spanMs: HOUR },
  { value: '6h', word: measured(6, 'h'), spanMs: 6 * HOUR },
  { value: '24h', word: measured(24, 'h'), spanMs: DAY },
  { value: '7d', word: measured(7, 'd'), spanMs: 7 * DAY },
  { value: '30d', word: measured(30, 'd'), spanMs: 30 * DAY },
] as const;

export type Range = (typeof RANGES)[number]['value'];

export type ChartWindow =
  | { readonly kind: 'live'; readonly spanMs: number }
  | { readonly kind: 'past'; readonly from: number; readonly to: number };

export interface Edges {
  readonly from: number;
  readonly to: number;
}

export const SPAN_MIN_MS = 20_000;
export const SPAN_MAX_MS = 30 * DAY;
export const LIVE_DEFAULT: ChartWindow = { kind: 'live', spanMs: 15 * MINUTE };

export function edgesOf(window: ChartWindow, now: number): Edges {
  return window.kind === 'past' ? window : { from: now - window.spanMs, to: now };
}

export function spanOf(window: ChartWindow): number {
  return window.kind === 'past' ? window.to - window.from : window.spanMs;
}

const clampSpan = (spanMs: number): number => Math.min(SPAN_MAX_MS, Math.max(SPAN_MIN_MS, spanMs));

/** A past window of `spanMs` around `centre`, whole seconds, never past `now`. */
function around(centre: number, spanMs: number, now: number): ChartWindow {
  const span = clampSpan(spanMs);
  const to = Math.min(now, centre + span / 2);
  return { kind: 'past', from: Math.floor((to - span) / 1000) * 1000, to: Math.ceil(to / 1000) * 1000 };
}

/** What was dragged over, in whichever direction. */
export function zoomTo(a: number, b: number, now: number): ChartWindow {
  return around((a + b) / 2, Math.abs(b - a), now);
}

/** `factor` below 1 looks closer. A live window that looks further away stays live. */
export function zoomBy(window: ChartWindow, factor: number, centre: number | null, now: number): ChartWindow {
  const span = clampSpan(spanOf(window) * factor);
  if (window.kind === 'live' && centre === null) return { kind: 'live', spanMs: span };
  const { from, to } = edgesOf(window, now);
  const middle = centre ?? (from + to) / 2;
  // The point under the cursor keeps its place.
  const share = (middle - from) / Math.max(1, to - from);
  return around(middle + span * (0.5 - share), span, now);
}

/** `share` of the span, negative is into the past. What would reach past now is live again. */
export function panBy(window: ChartWindow, share: number, now: number): ChartWindow {
  const { from, to } = edgesOf(window, now);
  const span = to - from;
  if (share > 0 && to + span * share >= now) return { kind: 'live', spanMs: span };
  return around((from + to) / 2 + span * share, span, now);
}

/** Two thirds of it before the moment that is looked at. */
export function momentWindow(at: number, spanMs: number, now: number): ChartWindow {
  return around(at - spanMs / 6, spanMs, now);
}

/** The range of that name: ending now, or around the moment that is looked at. */
export function rangeWindow(range: Range, at: number | null, now: number): ChartWindow {
  const spanMs = RANGES.find((one) => one.value === range)?.spanMs ?? SPAN_MIN_MS;
  return at === null ? { kind: 'live', spanMs } : momentWindow(at, spanMs, now);
}

/** Which of the ranges this window is as long as; null: none. */
export function rangeOf(window: ChartWindow): Range | null {
  const span = spanOf(window);
  return RANGES.find((one) => Math.abs(one.spanMs - span) <= 2000)?.value ?? null;
}

/** Moments for the axis: at most about six, on round local times. */
export function timeTicks({ from, to }: Edges): readonly number[] {
  const span = to - from;
  const minutes = [1 / 12, 1 / 4, 1 / 2, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14_400];
  const stepMs = (minutes.find((step) => span / (step * MINUTE) <= 6) ?? 14_400) * MINUTE;
  const shift = new Date(to).getTimezoneOffset() * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - shift) / stepMs) * stepMs + shift; at <= to; at += stepMs) ticks.push(at);
  return ticks;
}
