// The part of a cluster that an action is measured against, and that its record keeps as before and after.

import type { Snapshot } from '../cluster';
import type { Moment } from './action';

export function momentOf({ cluster, observedAt }: Snapshot): Moment {
  return {
    at: observedAt,
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
      })),
    config: null,
  };
}
