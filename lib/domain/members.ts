// Members of a cluster by name or by office, whether they answer, and how far they are.

import type { Cluster, Member, Snapshot } from './cluster';
import { type Lsn, maxLsn } from './lsn';

export function memberOf(snapshot: Snapshot, name: string | null): Member | null {
  return snapshot.cluster.members.find((member) => member.name === name) ?? null;
}

/** Seen within the limits, now. */
export function answers(member: Member | null): member is Member {
  return member !== null && !member.silent && member.observedAt !== null;
}

/** Its Patroni answered the newest question. One late answer is enough to say no: what follows is sent to it. */
export function patroniAnswers(member: Member): boolean {
  return member.witnesses.patroni.state === 'fresh';
}

export function leaderOf(cluster: Cluster): Member | null {
  return cluster.members.find((member) => member.name === cluster.leader?.name) ?? null;
}

/** How far its WAL goes, by whatever it says. */
export function positionOf(member: Member): Lsn | null {
  return maxLsn(member.receivedLsn, member.replayedLsn, member.lsn);
}
