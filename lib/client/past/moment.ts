// Moments in addresses and fields: `?at=` of a cluster page, paths of the past. Pure.
import { form, t } from '../words/text';

export type ParsedMoment =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'problem'; readonly text: string };

/** Before this nobody ran Patroni: seconds taken for milliseconds, mostly. */
const EARLIEST = Date.UTC(2014, 0, 1);
/** Nothing that is asked for lies beyond; `Date` itself ends not much later than 17 digits allow. */
const LATEST = Date.UTC(2200, 0, 1);
/** Clocks differ: a link made on another machine may be a little ahead. */
const AHEAD_MS = 5000;

/** Epoch milliseconds, or ISO 8601 with an offset (without one: the reader's zone). `now` 0: not known yet. */
export function parseMoment(text: string, now: number): ParsedMoment {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'problem', text: t('No moment is given.') };
  // A plus sign in an address arrives as a space.
  const iso = trimmed.replace(/ (\d{2}:?\d{2})$/, '+$1');
  const at = /^\d{1,17}$/.test(trimmed)
    ? Number(trimmed)
    : /^\d{4}-\d{2}-\d{2}/.test(iso)
      ? Date.parse(iso)
      : Number.NaN;
  const given = trimmed.slice(0, 60);
  if (!Number.isFinite(at)) {
    return { kind: 'problem', text: t('"{given}" is not a time: give epoch milliseconds or an ISO time.', { given }) };
  }
  if (at < EARLIEST) {
    return { kind: 'problem', text: t('"{given}" is before 2014. Seconds instead of milliseconds?', { given }) };
  }
  if (at > LATEST || (now > 0 && at > now + AHEAD_MS))
    return { kind: 'problem', text: t('That moment is in the future.') };
  return { kind: 'moment', at };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** For `datetime-local` fields, with seconds, in the reader's zone. */
export function momentInput(at: number): string {
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** What a `datetime-local` field holds; null: nothing, or half of it. */
export function readMomentInput(value: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(value) ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

const clusterPath = (scope: string): string => `/clusters/${encodeURIComponent(scope)}`;

/** `member`: its page; null: the cluster's. */
export function livePath(scope: string, member: string | null = null): string {
  return member === null ? clusterPath(scope) : `${clusterPath(scope)}/members/${encodeURIComponent(member)}`;
}

/** The page as it was. */
export function momentPath(scope: string, at: number, member: string | null = null): string {
  return `${livePath(scope, member)}?at=${Math.round(at)}`;
}

/** What goes on inside the PostgreSQL of a member. */
export function activityPath(scope: string, member: string): string {
  return `${clusterPath(scope)}/activity?member=${encodeURIComponent(member)}`;
}

/** What differs between its members, and from its profile. */
export function driftPath(scope: string): string {
  return `${clusterPath(scope)}/drift`;
}

export function incidentPath(scope: string, from: number, to: number): string {
  return `${clusterPath(scope)}/incident?from=${Math.round(from)}&to=${Math.round(to)}`;
}

export function eventsPath(
  scope: string | null,
  from: number | null = null,
  to: number | null = null,
  member: string | null = null,
): string {
  const query = new URLSearchParams();
  if (member !== null) query.set('member', member);
  if (from !== null) query.set('from', String(Math.round(from)));
  if (to !== null) query.set('to', String(Math.round(to)));
  const text = query.toString();
  return `${scope === null ? '' : clusterPath(scope)}/events${text === '' ? '' : `?${text}`}`;
}

/** Why nothing can be done there, wherever a button is off because of it. A form, said by `t`. */
export const PAST_REASON = form('this is the past');
