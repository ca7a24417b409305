// Members of a cluster by name or by office, whether they answer, and how far they are.

import type { Cluster, Member, Snapshot } from './cluster';
import { isBarredByEmptyKey } from './dcs-kind';
import { ABSENT } from './key-version';
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

/** The node that holds the leader key: the member that the key names, or the one as which this node answers now. */
export function leaderOf(cluster: Cluster): Member | null {
  const named = cluster.members.find((member) => member.name === cluster.leader?.name) ?? null;
  const node = named?.identity.node ?? null;
  return node === null ? named : (cluster.members.find((member) => member.name === node) ?? named);
}

/** By this name or by another one. */
export function leads(member: Member, cluster: Cluster): boolean {
  return member.name === cluster.leader?.name || member.name === leaderOf(cluster)?.name;
}

/** Its data directory is of another cluster: whatever it is, it is nothing of this one. */
export function isForeign(member: Member, cluster: Cluster): boolean {
  return (
    !member.silent &&
    member.systemIdentifier !== null &&
    cluster.systemIdentifier !== null &&
    member.systemIdentifier !== cluster.systemIdentifier
  );
}

/** A primary that answers and does not hold the key, of this cluster or of another. */
export function strayPrimaries(cluster: Cluster): readonly Member[] {
  return cluster.members.filter(
    (member) => !member.silent && member.postgresRole === 'primary' && !leads(member, cluster),
  );
}

/** Its key has no lease, which no Patroni writes, and nobody ever answered: a member that never was. */
export function isKeyOfNobody({ listed, leased, silent, observedAt }: Member): boolean {
  return listed && leased === false && silent && observedAt === null;
}

/** Does the leader key name somebody who is no member, while the cluster has members? */
export function isLeaderNobody(cluster: Cluster): boolean {
  const { leader, members } = cluster;
  return leader?.known === true && members.length > 0 && members.every(({ name }) => name !== leader.name);
}

/** The leader key exists and names nobody: no Patroni writes such a one, and none can take it. */
export function isLeaderKeyEmpty({ leader, dcs }: Cluster): boolean {
  if (leader !== null || dcs?.state !== 'fresh' || !isBarredByEmptyKey(dcs.kind)) return false;
  return (dcs.keyRevisions?.leader ?? ABSENT) !== ABSENT;
}

/** How far its WAL goes, by whatever it says. */
export function positionOf(member: Pick<Member, 'receivedLsn' | 'replayedLsn' | 'lsn'>): Lsn | null {
  return maxLsn(member.receivedLsn, member.replayedLsn, member.lsn);
}
