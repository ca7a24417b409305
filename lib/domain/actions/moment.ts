// The part of a cluster that an action is measured against, and that its record keeps as before and after.

import type { Cluster, Snapshot } from '../cluster';
import { leaderOf } from '../members';
import type { Moment, Reached } from './action';
import { furthest } from './candidates';

export function momentOf({ cluster, observedAt }: Snapshot): Moment {
  return {
    at: observedAt,
    reached: reachedBy(cluster),
    leader: cluster.leader?.known === true ? cluster.leader.name : null,
    timeline: cluster.timeline,
    paused: cluster.paused,
    configRevision: cluster.dcs?.keyRevisions?.config ?? null,
    scheduledAt: cluster.scheduledSwitchover?.at ?? null,
    members: cluster.members
      .filter((member) => member.listed)
      .map((member) => ({
        name: member.name,
        role: member.clusterRole,
        state: member.state,
        timeline: member.timeline,
        lagBytes: member.lag.replayBytes,
        streaming:
          member.replication.kind === 'streaming' ? true : member.replication.kind === 'not_streaming' ? false : null,
        startedAt: member.startedAt,
        pendingRestart: member.pendingRestart !== null,
        postgres: member.postgresVersion,
        patroni: member.patroniVersion,
      })),
    config: null,
  };
}

/** The writer's own position, also from memory; where nobody leads that of whoever came furthest. */
function reachedBy(cluster: Cluster): Reached | null {
  const leader = leaderOf(cluster);
  const best = leader === null ? furthest(cluster) : null;
  if (best !== null) return { member: best.member, lsn: best.lsn };
  return leader?.lsn == null ? null : { member: leader.name, lsn: leader.lsn };
}

/** What one more snapshot shows of the old timeline; once another leads, nothing. */
export function furtherReached(known: Reached | null, before: Moment, { cluster }: Snapshot): Reached | null {
  const led = cluster.leader?.name ?? null;
  if (led !== before.leader || cluster.timeline !== before.timeline) return known;
  const now = reachedBy(cluster);
  return now !== null && (known === null || now.lsn > known.lsn) ? now : known;
}
