// What a person must be told that a failover or switchover may lose besides the bytes that are counted: one judgement for the next step
// of a cause and for the phone. Pure.

import type { Cluster } from '../cluster';
import { leaderOf } from '../members';
import type { StepAction } from './step-request';

/** `confirmed`: the candidate confirmed every commit, so nothing that a client was told is missing there. */
export type Unseen = 'nothing' | 'confirmed' | 'whatever_nobody_received';

/** `led`: who led last; null: not known. */
export function unseenLoss({ kind, member }: StepAction, cluster: Cluster, led: string | null): Unseen {
  const leader = leaderOf(cluster);
  const waited = cluster.members.some(({ name, clusterRole }) => name === member && clusterRole === 'sync_standby');
  if (waited && cluster.sync?.unconfirmed?.includes(member ?? '') !== true) return 'confirmed';
  // Whoever led has all that it wrote; of one that does not run nobody knows what came last.
  const writes = leader !== null && !leader.silent && leader.postgresRole === 'primary';
  return kind === 'failover' && !writes && member !== led ? 'whatever_nobody_received' : 'nothing';
}
