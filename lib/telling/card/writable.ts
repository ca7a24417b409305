// Does the cluster take writes, since when not, and why, in one sentence: the first thing a person asks at night. Pure. Unknown is
// its own answer, with what was last known; a snapshot that is too old answers nothing.
import type { ActionRecord } from '../../domain/actions/action';
import type { Cluster, Finding, FindingCode, Snapshot } from '../../domain/cluster';
import { dcsName } from '../../domain/dcs-kind';
import type { ClusterEvent } from '../../domain/events';
import { type OutageWindow, outages } from '../../domain/incident/outages';
import { leaderOf } from '../../domain/members';
import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';

export interface Writable {
  /** `standby`: a standby cluster, which never takes writes. */
  readonly state: 'yes' | 'no' | 'unknown' | 'standby';
  /** When this began; null: not known, or the state is not known. */
  readonly since: number | null;
  /** Of an unknown state: what was seen last, and when; null: never anything. */
  readonly last: { readonly writable: boolean; readonly at: number } | null;
  /** One sentence. */
  readonly why: Text;
}

export interface Seen {
  readonly snapshot: Snapshot;
  readonly events: readonly ClusterEvent[];
  readonly action: ActionRecord | null;
  readonly now: number;
}

export const WINDOW_MS = 10 * 60_000;
/** A snapshot older than this many limits says only what was. */
const LIMITS = 3;

/** Findings that by themselves mean that nothing is written. */
const STOPS: ReadonlySet<FindingCode> = new Set<FindingCode>(['no_leader', 'leader_key_without_primary', 'reads_only']);

export function isOutdated(snapshot: Snapshot, now: number): boolean {
  return now - snapshot.observedAt > LIMITS * snapshot.staleAfterMs;
}

export function assessWritable(seen: Seen): Writable {
  const { snapshot, now } = seen;
  const { cluster } = snapshot;
  if (isOutdated(snapshot, now)) {
    const last = cluster.writable === null ? null : { writable: cluster.writable, at: snapshot.observedAt };
    return { state: 'unknown', since: null, last, why: say`Howdah has seen nothing of ${snapshot.scope} since then.` };
  }
  if (cluster.standbyCluster !== null) {
    const { host } = cluster.standbyCluster;
    const why =
      host === null
        ? say`A standby cluster takes no writes: it follows another cluster.`
        : say`A standby cluster takes no writes: it follows ${host}.`;
    return { state: 'standby', since: null, last: null, why };
  }
  switch (cluster.writable) {
    case true:
      return { state: 'yes', since: cluster.leader?.since ?? null, last: null, why: whyYes(snapshot) };
    case false:
      return { state: 'no', since: sinceOf(seen), last: null, why: whyNo(snapshot) };
    case null:
      return { state: 'unknown', since: null, last: lastOf(cluster), why: whyUnknown(snapshot) };
  }
}

function finding({ findings }: Snapshot, ...codes: readonly FindingCode[]): Finding | undefined {
  return findings.find(({ code }) => codes.includes(code));
}

function whyYes(snapshot: Snapshot): Text {
  const { cluster } = snapshot;
  const several = finding(snapshot, 'multiple_primaries');
  if (several !== undefined)
    return say`${joinNames(several.members)} take writes at the same time, and their histories diverge.`;
  const { leader, timeline } = cluster;
  if (leader === null) return say`A primary takes writes.`;
  if (snapshot.cause?.impact === 'not_reached') return say`${leader.name} takes writes, and clients do not reach it.`;
  return timeline === null ? say`${leader.name} leads.` : say`${leader.name} leads on timeline ${timeline}.`;
}

function whyNo(snapshot: Snapshot): Text {
  const { cluster } = snapshot;
  const { leader, dcs } = cluster;
  if (dcs !== null && dcs.state !== 'fresh')
    return dcs.quorum === false
      ? say`${dcsName(dcs.kind)} has no quorum: nobody can take the leader key.`
      : say`${dcsName(dcs.kind)} does not answer: nobody can take the leader key.`;
  if (leader === null) return say`Nobody holds the leader key.`;
  if (finding(snapshot, 'sync_standby_missing') !== undefined && cluster.synchronousModeStrict)
    return say`No sync standby is left to confirm commits.`;
  if (finding(snapshot, 'reads_only') !== undefined)
    return say`${leader.name} leads, and every session is read-only by the configuration.`;
  const member = leaderOf(cluster);
  if (member?.silent === true) return say`${leader.name} holds the leader key but does not answer.`;
  return say`${leader.name} holds the leader key but is not a primary.`;
}

function whyUnknown(snapshot: Snapshot): Text {
  const { cluster } = snapshot;
  const { leader, dcs } = cluster;
  const stray = finding(snapshot, 'primary_without_leader_key');
  if (stray !== undefined) return say`${joinNames(stray.members)} is a primary without the leader key.`;
  if (dcs !== null && dcs.state === 'stale') return say`${dcsName(dcs.kind)} does not answer: who leads is not known.`;
  if (dcs !== null && dcs.state === 'never') return say`${dcsName(dcs.kind)} was never read: who leads is not known.`;
  if (leader === null) return say`Who leads is not known.`;
  return say`${leader.name} holds the leader key, but nobody has heard from it.`;
}

/** What the one that leads, or led, last said of itself. */
function lastOf(cluster: Cluster): Writable['last'] {
  const member = leaderOf(cluster);
  if (member === null || member.observedAt === null || member.postgresRole === 'unknown') return null;
  return { writable: member.postgresRole === 'primary', at: member.observedAt };
}

/** As an incident would tell it: the outage that is still open, else the oldest finding that stops writes. */
function sinceOf({ snapshot, events, action, now }: Seen): number | null {
  const stops = snapshot.findings.filter(
    ({ code }) => STOPS.has(code) || (code === 'sync_standby_missing' && snapshot.cluster.synchronousModeStrict),
  );
  const begun = stops.map(({ since }) => since);
  const from = Math.min(now - WINDOW_MS, ...begun);
  const open = outages(windowOf(snapshot, events, action, from, now)).filter((outage) => outage.open);
  const told = open.map((outage) => outage.from).filter((at) => at > from || begun.includes(at));
  const known = [...told, ...begun];
  return known.length === 0 ? null : Math.min(...known);
}

function windowOf(
  snapshot: Snapshot,
  events: readonly ClusterEvent[],
  action: ActionRecord | null,
  from: number,
  to: number,
): OutageWindow {
  return {
    from,
    to,
    before: null,
    after: snapshot,
    events: [...events].sort((a, b) => a.at - b.at),
    actions: action === null || action.requestedAt < from ? [] : [action],
    leadership: [],
  };
}
