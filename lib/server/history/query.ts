// Windows, moments and filters as they come in a URL: checked once, with what was expected.
import { EVENT_PAGE_MAX, HISTORY_POINTS_MAX, INCIDENT_MAX_MS } from '../../contract/history';
import { EVENT_KINDS } from '../../domain/events';
import { say } from '../../language/sentence';
import { Refusal } from '../route';
import type { EventQuery } from './past-store';

export interface Window {
  readonly from: number;
  readonly to: number;
}

const DEFAULT_WINDOW_MS = 15 * 60_000;
const DEFAULT_POINTS = 300;
const LONGEST_MS = 20 * 365 * 86_400_000;
/** A browser's clock may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;
const SEVERITIES = ['critical', 'unknown', 'warning', 'note'];

/** Without both ends the last quarter of an hour; an end that lies in the future is now. */
export function windowOf(query: URLSearchParams, now: number, longestMs = LONGEST_MS): Window {
  const to = Math.min(instantOf(query, 'to') ?? now, now);
  const from = instantOf(query, 'from') ?? to - DEFAULT_WINDOW_MS;
  if (from >= to) throw new Refusal('bad_request', say`expected from to be before to, and not in the future`);
  if (to - from > longestMs) {
    throw new Refusal('bad_request', say`expected a window of at most ${Math.round(longestMs / 86_400_000)} days`);
  }
  return { from, to };
}

export function incidentWindow(query: URLSearchParams, now: number): Window {
  if (!query.has('from')) throw new Refusal('bad_request', say`expected from: the beginning of the window, epoch ms`);
  return windowOf(query, now, INCIDENT_MAX_MS);
}

export function momentOf(query: URLSearchParams, now: number): number {
  const at = instantOf(query, 'at');
  if (at === null) throw new Refusal('bad_request', say`expected at: the moment, epoch ms`);
  if (at > now + AHEAD_MS) throw new Refusal('bad_request', say`expected a moment of the past`);
  return at;
}

export function pointsOf(query: URLSearchParams): number {
  const text = query.get('points');
  if (text === null) return DEFAULT_POINTS;
  const points = Number(text);
  if (/^\d{1,4}$/.test(text) && points >= 1 && points <= HISTORY_POINTS_MAX) return points;
  throw new Refusal('bad_request', say`expected points from 1 to ${HISTORY_POINTS_MAX}`);
}

/** `scopes`: what the one who asks may see; null: all. */
export function eventQuery(query: URLSearchParams, scopes: readonly string[] | null): EventQuery {
  const kinds = query.getAll('kind');
  const wrong = kinds.find((kind) => !EVENT_KINDS.some((known) => known === kind));
  if (wrong !== undefined) throw new Refusal('bad_request', say`expected kind to be one of ${EVENT_KINDS.join(', ')}`);
  const severity = query.get('severity');
  if (severity !== null && !SEVERITIES.includes(severity))
    throw new Refusal('bad_request', say`expected severity to be one of ${SEVERITIES.join(', ')}`);
  const before = query.get('before');
  if (before !== null && !/^\d{1,15}_\d{1,18}$/.test(before))
    throw new Refusal('bad_request', say`expected before to be the \`next\` of another page`);
  const limit = query.get('limit');
  if (limit !== null && !/^[1-9]\d{0,3}$/.test(limit))
    throw new Refusal('bad_request', say`expected limit from 1 to ${EVENT_PAGE_MAX}`);
  return {
    scope: query.get('scope'),
    scopes,
    from: instantOf(query, 'from'),
    to: instantOf(query, 'to'),
    kinds,
    severity,
    text: query.get('text')?.slice(0, 200) || null,
    before,
    limit: Math.min(EVENT_PAGE_MAX, limit === null ? 100 : Number(limit)),
  };
}

/** Epoch ms, or an ISO instant with its offset. */
function instantOf(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null) return null;
  if (/^\d{1,14}$/.test(text)) return Number(text);
  const at = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new Refusal('bad_request', say`expected ${name} as epoch milliseconds, or as an instant with its offset`);
  return at;
}
