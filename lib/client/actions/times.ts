// Times of an action in a person's words: how long each step took, an instant with its offset, how far away it is. Pure.
import type { ActionRecord, ActionStep } from '../../domain/actions/action';
import { measured } from '../../language/quantity';
import { formatClockDuration, formatDuration } from '../words/format';
import { t, wire } from '../words/text';

const two = (value: number): string => String(value).padStart(2, '0');

/** A running action, to the hundredth: `2.34 s`; from a minute on `1 min 12 s`. */
export function formatElapsed(ms: number): string {
  const value = Math.max(0, ms);
  return value < 59_995 ? wire(measured(value / 1000, 's', 2)) : formatClockDuration(value);
}

/** One number of an outage, and its axis: `2.9 s`, `0.4 s`, `42 s`. */
export function formatOutage(ms: number): string {
  return ms < 9_950 ? wire(measured(Math.max(0, ms) / 1000, 's', 1)) : formatClockDuration(ms);
}

/** `2.3 to 4.1 s`. */
export function formatOutageRange(minMs: number, maxMs: number): string {
  return t('{min} to {max}', { min: formatOutage(minMs).replace(/ [sс]$/, ''), max: formatOutage(maxMs) });
}

/** What a step took: short ones in ms. */
export function formatStepTook(ms: number): string {
  return ms < 100 ? wire(measured(Math.max(0, Math.round(ms)), 'ms')) : formatElapsed(ms);
}

export interface StepTime {
  /** ms after the request; null: not reached. */
  readonly atMs: number | null;
  /** Since the step reached before it; for the current one it still grows; null: not begun, or passed over. */
  readonly tookMs: number | null;
}

/** Steps may be observed out of order: a step took as long as since the latest one reached before it. */
export function stepTimes(action: ActionRecord, now: number): readonly StepTime[] {
  return action.steps.map((step, index) => {
    const before = startOf(action, action.steps.slice(0, index));
    if (step.state === 'current') {
      const until = action.closedAt ?? now;
      return { atMs: null, tookMs: Math.max(0, until - before) };
    }
    if (step.reachedAt === null || step.state === 'skipped') return { atMs: null, tookMs: null };
    return {
      atMs: Math.max(0, step.reachedAt - action.requestedAt),
      tookMs: Math.max(0, step.reachedAt - Math.min(before, step.reachedAt)),
    };
  });
}

function startOf(action: ActionRecord, steps: readonly ActionStep[]): number {
  return Math.max(action.requestedAt, ...steps.map((step) => step.reachedAt ?? 0));
}

/** From the request to the end, or until now. */
export function elapsedOf(action: ActionRecord, now: number): number {
  return Math.max(0, (action.closedAt ?? now) - action.requestedAt);
}

/** The write outage as it stands: it grows while nothing is writable and the action is open. */
export function outageMs(action: ActionRecord, now: number): number | null {
  const { outage } = action;
  if (outage === null) return null;
  if (outage.writableAgainAt !== null || action.phase === 'closed') return outage.ms;
  return Math.max(outage.ms, now - outage.lastWritableAt);
}

/** `+02:00` of this browser at that instant. */
export function offsetText(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}

/** Value of a `datetime-local` input for an instant. */
export function toLocalInput(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What was typed as local time, as a full instant; null: no time, or one that this zone skips. */
export function fromLocalInput(text: string): { readonly at: number; readonly iso: string } | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?/.exec(text);
  if (found === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const date = new Date(year, month - 1, day, hour, minute, second);
  if (Number.isNaN(date.getTime()) || date.getHours() !== hour || date.getMinutes() !== minute) return null;
  return { at: date.getTime(), iso: toIsoWithOffset(date.getTime()) };
}

/** `2026-11-21T14:30:00+02:00`, to the second: Patroni compares whole instants. */
export function toIsoWithOffset(at: number): string {
  return `${toLocalInput(at)}:${two(new Date(at).getSeconds())}${offsetText(at)}`;
}

/** `12:30:00 UTC`, with the day where it is another one than here. */
export function formatUtc(at: number): string {
  const date = new Date(at);
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  const same = date.getUTCDate() === date.getDate();
  return `${same ? '' : `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} `}${clock} UTC`;
}

/** `in 3 h 12 min`, `12 s ago`. */
export function formatAway(at: number, now: number): string {
  return at >= now
    ? t('in {time}', { time: formatDuration(at - now) })
    : t('{time} ago', { time: formatDuration(now - at) });
}
