// An open action that is found long after it was sent: what leads now may be anybody's doing since. Judged by the history of
// timelines, which says who began to lead when; what that does not prove is not known. Pure.

import { say } from '../../language/sentence';
import type { Snapshot } from '../cluster';
import type { ActionRecord } from './action';
import { type End, end } from './follower';

/** Found sooner, an action is followed as if nothing had happened. */
export const LATE_MS = 5 * 60_000;
/** Within this after the request a new timeline is taken for its effect. */
const EFFECT_MS = 10 * 60_000;
const CLOCKS_MS = 10_000;

/** null: not late, or not an action whose effect the history shows. */
export function endByHistory(record: ActionRecord, sentAt: number, snapshot: Snapshot): End | null {
  const { request, before } = record;
  if (snapshot.observedAt - sentAt < LATE_MS) return null;
  if (request.kind !== 'switchover' && request.kind !== 'failover') return null;
  if (request.kind === 'switchover' && request.scheduledAt !== null) return null;
  const { cluster } = snapshot;
  const next = cluster.history.find((entry) => before.timeline !== null && entry.timeline > before.timeline);
  if (next === undefined) {
    const same = cluster.leader?.known === true && cluster.leader.name === before.leader;
    return same && cluster.timeline === before.timeline
      ? end(
          'refused',
          say`Nothing came of it: ${before.leader ?? ''} leads on timeline ${before.timeline ?? ''} as before.`,
        )
      : end('unknown', say`Howdah was stopped meanwhile, and the history does not show what came of it.`);
  }
  const began = next.startedAt;
  if (began === null || next.leader === null || began < sentAt - CLOCKS_MS || began > sentAt + EFFECT_MS)
    return end(
      'unknown',
      say`Howdah was stopped meanwhile; timeline ${next.timeline} began at another time than this would have.`,
    );
  const text =
    cluster.timeline === next.timeline
      ? say`According to the history, ${next.leader} led on timeline ${next.timeline}.`
      : say`According to the history, ${next.leader} led on timeline ${next.timeline}. Since then the cluster has moved on to timeline ${cluster.timeline ?? ''}.`;
  const asked = request.candidate;
  return asked === null || asked === next.leader
    ? end('done', text)
    : end('done_differently', text, [say`${next.leader} led, but ${asked} was asked for`]);
}
