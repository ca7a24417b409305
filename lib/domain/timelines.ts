// The history of timelines, read by its rows alone: also in a browser, which parses no answer of a node.
import type { TimelineEntry } from './cluster';

/**
 * Where a timeline ended for the leader. `never`: the leader was never on it, so whoever is on it has forked. null: nobody knows: the
 * history does not reach back that far (max_timelines_history cuts it), or is not yet that of the leader's timeline.
 */
export function timelineIn(
  history: readonly TimelineEntry[],
  timeline: number,
  current: number,
): TimelineEntry | 'never' | null {
  const ended = history.filter((entry) => entry.endLsn !== null && entry.timeline < current);
  const entry = ended.find((row) => row.timeline === timeline);
  if (entry !== undefined) return entry;
  const isCurrent = ended.some((row) => row.timeline === current - 1);
  return isCurrent && ended.some((row) => row.timeline < timeline) ? 'never' : null;
}
