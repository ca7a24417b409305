// Windows, moments and filters of what a URL asked for: its form was checked by the schemas of the contract, here what they mean now.
import { AVAILABILITY_MAX_MS, INCIDENT_MAX_MS } from '../../contract/limits';
import type { QueryOf } from '../../contract/routes';
import { say } from '../../language/sentence';
import { Refusal } from '../route';
import type { EventQuery } from './past-store';

export interface Window {
  readonly from: number;
  readonly to: number;
}

const DEFAULT_WINDOW_MS = 15 * 60_000;
const LONGEST_MS = 20 * 365 * 86_400_000;
/** A browser's clock may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;

type Ends = Pick<QueryOf<'GET /api/clusters/{scope}/history'>, 'from' | 'to'>;

/** Without both ends the last quarter of an hour; an end that lies in the future is now. */
export function windowOf(asked: Ends, now: number, longestMs = LONGEST_MS): Window {
  const to = Math.min(asked.to ?? now, now);
  const from = asked.from ?? to - DEFAULT_WINDOW_MS;
  if (from >= to) throw new Refusal('bad_request', say`expected from to be before to, and not in the future`);
  if (to - from > longestMs) {
    throw new Refusal('bad_request', say`expected a window of at most ${Math.round(longestMs / 86_400_000)} days`);
  }
  return { from, to };
}

export function incidentWindow(asked: Ends, now: number): Window {
  return windowOf(asked, now, INCIDENT_MAX_MS);
}

/** An end in the future is now. */
export function availabilityWindow(asked: Ends, now: number): Window {
  return windowOf(asked, now, AVAILABILITY_MAX_MS);
}

export function momentOf(at: number, now: number): number {
  if (at > now + AHEAD_MS) throw new Refusal('bad_request', say`expected a moment of the past`);
  return at;
}

/** `scopes`: what the one who asks may see; null: all. */
export function eventQuery(asked: QueryOf<'GET /api/events'>, scopes: readonly string[] | null): EventQuery {
  return {
    scope: asked.scope ?? null,
    scopes,
    from: asked.from ?? null,
    to: asked.to ?? null,
    kinds: asked.kind,
    severity: asked.severity ?? null,
    text: asked.text?.slice(0, 200) || null,
    member: asked.member || null,
    before: asked.before ?? null,
    limit: asked.limit,
  };
}
