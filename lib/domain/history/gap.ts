// What happened while Howdah did not watch, as far as two snapshots and Patroni's /history can tell. Pure. The ids are made of
// what the event says, so that telling it again, after another restart or by another process, is the same event.

import { say } from '../../language/sentence';
import type { Cluster, Snapshot } from '../cluster';
import { type ClusterEvent, diff } from '../events';

/** The one id of "timeline n began", whoever tells it: seen live, found after a gap, or read from /history. */
export function timelineEventId(systemIdentifier: string | null, timeline: number): string {
  return `timeline-${systemIdentifier ?? 'unknown'}-${timeline}`;
}

/** Beginnings of timelines as Patroni's /history tells them, oldest first; those without a time are left out. */
export function timelineEvents(cluster: Cluster): ClusterEvent[] {
  return cluster.history.flatMap((entry): ClusterEvent[] => {
    if (entry.startedAt === null || entry.timeline <= 1) return [];
    return [
      {
        id: timelineEventId(cluster.systemIdentifier, entry.timeline),
        at: entry.startedAt,
        by: 'history',
        notBefore: null,
        kind: 'timeline_changed',
        severity: null,
        member: entry.leader,
        code: null,
        members: entry.leader === null ? [] : [entry.leader],
        text:
          entry.leader === null
            ? say`timeline ${entry.timeline - 1} to ${entry.timeline}`
            : say`timeline ${entry.timeline - 1} to ${entry.timeline}: ${entry.leader} leads`,
      },
    ];
  });
}

/** `watchedUntil`: Howdah's last sample before the gap. Within `graceMs` nothing was missed that needs to be told apart. */
export function gapEvents(last: Snapshot, first: Snapshot, watchedUntil: number, graceMs: number): ClusterEvent[] {
  // Another cluster under the same name: what it was before is not its past.
  const [was, is] = [last.cluster.systemIdentifier, first.cluster.systemIdentifier];
  if (was !== null && is !== null && was !== is) return [];
  const at = first.observedAt;
  const isGap = at - watchedUntil > graceMs;
  return diff(last, first).flatMap((change, index): ClusterEvent[] => {
    const isTimeline = change.kind === 'timeline_changed' && first.cluster.timeline !== null;
    const id = isTimeline
      ? timelineEventId(first.cluster.systemIdentifier, first.cluster.timeline ?? 0)
      : `gap-${watchedUntil}-${index}-${change.kind}-${change.member ?? ''}-${change.code ?? ''}`;
    return [{ ...change, id, at, by: isGap ? 'gap' : 'seen', notBefore: isGap ? watchedUntil : null }];
  });
}

/** The first look ever: what is found then began before, nobody can say when. */
export function firstEvents(first: Snapshot): ClusterEvent[] {
  const at = first.observedAt;
  return diff({ cluster: first.cluster, findings: [] }, first).map(
    (change): ClusterEvent => ({
      ...change,
      id: `first-${at}-${change.code ?? change.kind}-${change.members.join('+')}`,
      at,
      by: 'seen',
      notBefore: null,
    }),
  );
}
