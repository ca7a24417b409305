// In which order a rolling restart goes. PostgreSQL asks for it: a standby refuses to start, or keeps the old value, where a
// hot-standby-sensitive parameter is lower than on the primary, so a decrease goes to the primary first. Pure.

import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Cluster, Member } from '../cluster';
import { loweredParameters } from '../hot-standby';

export interface RollingOrder {
  readonly primaryFirst: boolean;
  /** In the order they are restarted. */
  readonly replicas: readonly string[];
  /** null: there is none, or it has no pending restart and only those are asked for. */
  readonly leader: string | null;
  /** A sentence without its full stop. */
  readonly reason: Text;
}

/** Replicas by name, cascaded ones before the member they stream from, so that none loses its upstream twice. */
export function rollingOrder(cluster: Cluster, onlyPending: boolean): RollingOrder {
  const wanted = cluster.members.filter((member) => member.listed && (!onlyPending || member.pendingRestart !== null));
  const leads = cluster.leader?.name ?? null;
  const depth = (member: Member, seen = 0): number => {
    const upstream = cluster.members.find((other) => other.name === member.upstream);
    return upstream === undefined || seen > cluster.members.length ? 0 : 1 + depth(upstream, seen + 1);
  };
  const replicas = wanted
    .filter((member) => member.name !== leads)
    .sort((a, b) => depth(b) - depth(a) || a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map((member) => member.name);
  const leader = wanted.find((member) => member.name === leads)?.name ?? null;
  const lowered = [...new Set(wanted.flatMap(loweredParameters))].sort();
  const primaryFirst = lowered.length > 0 && leader !== null;
  return {
    primaryFirst,
    replicas,
    leader,
    reason: primaryFirst
      ? say`${joinNames(lowered)} lowered: the primary first, or the standbys keep the old value`
      : leader === null
        ? say`Only replicas are restarted`
        : say`Replicas first, then a switchover, then the old leader`,
  };
}
