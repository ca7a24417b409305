// What the causes of an outage share: who led, whether that is gone, whom a person could name, what follows from it.

import { formatSeconds, joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Cause, CauseStep, Impact } from './cause';
import { act, type CauseContext, PATRONI_START, tell } from './row';

/** Everything that follows when nobody takes writes. */
const OUTAGE = [
  'no_leader',
  'leader_key_without_primary',
  'no_failover_candidate',
  'replica_not_streaming',
  'sync_standby_missing',
  'lag_unknown',
] as const;

export const fails = say`Writes fail; reads go on where a standby answers.`;
/** Somebody who is not seen sends to them. */
export function stillFed({ cluster }: CauseContext): Text {
  const fed = cluster.members.filter(({ silent, replication }) => !silent && replication.kind === 'streaming');
  return say`Whether anybody takes writes is not known: somebody who is not seen sends WAL to ${joinNames(fed.map(({ name }) => name))}.`;
}

/** What an outage without a leader costs: of a primary that nobody sees nothing is known. */
export function outageOf(context: CauseContext): { readonly impact: Impact; readonly consequence: Text } {
  return context.cluster.writable === null
    ? { impact: 'unknown', consequence: stillFed(context) }
    : { impact: 'not_writable', consequence: fails };
}

export const fact = (label: Text, text: Text): Cause['evidence'][number] => ({ label, text });

/** Nobody is known to take writes, nor to be able to. */
export function isDown({ cluster, primaries, find }: CauseContext): boolean {
  // Where there is no cluster yet, or none any more, nothing is out.
  if (cluster.members.length === 0 || find('bootstrap', 'bootstrap_failed', 'leftover_keys', 'keys_gone').length > 0)
    return false;
  // Nobody can hold the key of another cluster: no election, and no failover by hand.
  if (find('initialize_key_wrong').length > 0) return false;
  return cluster.standbyCluster === null && cluster.writable !== true && primaries.length === 0;
}

export function dcsReads({ cluster }: CauseContext): boolean {
  return cluster.dcs === null || cluster.dcs.state === 'fresh';
}

/** The one that led does not answer, or has no member any more. */
export function isGone({ leader }: CauseContext): boolean {
  return leader === null || leader.silent;
}

export function leaderFacts({ leader, led, cluster, now }: CauseContext): Cause['evidence'] {
  const seen =
    leader === null
      ? say`no member of this name`
      : leader.silent
        ? leader.observedAt === null
          ? say`never answered`
          : say`no answer for ${formatSeconds((now - leader.observedAt) / 1000)}`
        : say`answers, state ${leader.state ?? say`unknown`}`;
  const lease = cluster.dcs?.leaderLease ?? null;
  const key =
    cluster.leader === null
      ? say`nobody holds it`
      : lease === null
        ? say`still held by ${cluster.leader.name}`
        : say`held by ${cluster.leader.name}, expires within ${formatSeconds(Math.max(0, lease.ttlSeconds - (now - lease.observedAt) / 1000))}`;
  return [...(led === null ? [] : [fact(led, seen)]), fact(say`leader key`, key)];
}

export function lookAt(name: string | null): CauseStep[] {
  return name === null
    ? []
    : [
        tell(say`Look at ${name}: is the host up, is Patroni running?`, PATRONI_START, [
          say`Loses nothing: it comes back with all that it wrote.`,
        ]),
      ];
}

export function failover(context: CauseContext, side: Text | null = null): CauseStep[] {
  return context.successor === null ? [] : [act(context, { kind: 'failover', member: context.successor }, side)];
}

export const EXPLAINS_OUTAGE = { codes: OUTAGE, members: null } as const;

export function aboutLeader({ led }: CauseContext): {
  codes: ['member_unreachable', 'member_not_running', 'stale_member_key'];
  members: readonly string[];
} {
  return {
    codes: ['member_unreachable', 'member_not_running', 'stale_member_key'],
    members: led === null ? [] : [led],
  };
}

/** The key was renewed after the holder's last answer: its Patroni lives, only Howdah does not reach it. */
export function renewedSince({ cluster }: CauseContext, at: number | null): boolean {
  const lease = cluster.dcs?.state === 'fresh' ? cluster.dcs.leaderLease : null;
  if (lease === null || lease === undefined || at === null) return false;
  return lease.observedAt - (lease.grantedSeconds - lease.ttlSeconds) * 1000 > at + RENEWED_MS;
}

/** Others that say themselves that they receive from the leader itself, not through a cascade. */
export function fedByLeader({ cluster, led }: CauseContext): readonly string[] {
  return cluster.members
    .filter(
      ({ name, silent, replication, replicateFrom }) =>
        name !== led &&
        !silent &&
        replication.kind === 'streaming' &&
        replication.by !== 'walsender' &&
        (replication.upstream === led || (replication.upstream === null && replicateFrom === null)),
    )
    .map(({ name }) => name);
}

/** Two readings of one moment differ by less. */
const RENEWED_MS = 2000;
