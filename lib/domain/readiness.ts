// Would somebody take over if the leader died now, who, and if not why: Patroni's own rules first, then what Patroni does
// not check. Mirrors patroni/ha.py v4.1.4 (_MemberStatus.failover_limitation, Ha._is_healthiest_node, Ha.is_lagging) and
// patroni/tags.py (nofailover, failover_priority). Pure; the same rows will refuse an action.

import { formatBytes, formatSeconds, joinNames } from '../language/quantity';
import { say, type Text } from '../language/sentence';
import { bootstrapOf, hasNoData } from './bootstrap';
import type { Candidate, CandidateReason, Cluster, Member, Readiness } from './cluster';
import { isQuorumLost } from './dcs-state';
import { isInitializeWrong } from './identity';
import { lagBytes } from './lsn';
import { isForeign, isLeaderKeyEmpty, leaderOf, leads, positionOf } from './members';
import type { Observation } from './observation';
import { isRunning } from './patroni-states';
import { barringTags, failoverPriority, isNofailover, tagOf } from './tags';
import { patroniBoolean } from './wire/loose';

const NOWHERE = { receivedLsn: null, replayedLsn: null, lsn: null };
const UNTAGGED = { tags: {}, patroniVersion: null };

interface CandidateContext {
  readonly cluster: Cluster;
  readonly member: Member;
  /** Bytes behind what Patroni compares with: the leader's last position in `/status`, else its live one. */
  readonly behindBytes: number | null;
  /** Names in `/failsafe`; null: no such key. */
  readonly failsafe: readonly string[] | null;
  /** Votes of /sync that it could get and those it needs; null: no votes are counted. */
  readonly votes: { readonly got: number; readonly needed: number } | null;
  /** Over REST, which is what Patroni asks; null: it missed one answer, or was never asked. */
  readonly reachable: boolean | null;
}

/** One rule: the reason why not, null when it has no objection. */
interface CandidateRule {
  readonly by: 'patroni' | 'howdah';
  readonly code: string;
  readonly test: (context: CandidateContext) => Text | null;
}

const CANDIDATE_RULES: readonly CandidateRule[] = [
  {
    by: 'patroni',
    code: 'unreachable',
    test: ({ member, reachable }) => (reachable === false ? say`${member.name} is not reachable` : null),
  },
  {
    by: 'howdah',
    code: 'not_its_answer',
    test: ({ member }) => member.identity.text,
  },
  {
    by: 'patroni',
    code: 'system_identifier',
    // ha.py v3.0.2 and v4.1.5, _run_cycle: a Patroni whose data differ from /initialize ends itself.
    test: ({ cluster, member }) =>
      isForeign(member, cluster) ? say`its data directory belongs to another cluster` : null,
  },
  {
    by: 'patroni',
    code: 'initialize_key_wrong',
    // The same lines: the key is wrong, and who differs from it holds no leader key, paused or not.
    test: ({ cluster, member }) =>
      isInitializeWrong(cluster) &&
      !isForeign(member, cluster) &&
      member.systemIdentifier !== null &&
      member.systemIdentifier !== cluster.initialize
        ? say`/initialize names another cluster: its Patroni ends itself`
        : null,
  },
  {
    by: 'patroni',
    code: 'not_in_failsafe',
    // ha.py v3.0.2 and v4.1.5, is_healthiest_node: with failsafe_mode on, who is not in a filled /failsafe does not race.
    test: ({ cluster, member, failsafe }) =>
      cluster.failsafe.enabled === true && failsafe !== null && failsafe.length > 0 && !failsafe.includes(member.name)
        ? say`not in /failsafe while failsafe_mode is on`
        : null,
  },
  {
    by: 'patroni',
    code: 'not_running',
    test: ({ member, reachable }) =>
      member.state === null || isRunning(member.state) || reachable !== true
        ? null
        : hasNoData(member)
          ? say`it has no data`
          : say`PostgreSQL is ${member.state}`,
  },
  {
    by: 'patroni',
    code: 'dcs_unseen',
    // Who cannot read the DCS runs no race and cannot write the key (ha.py v4.1.5, run_cycle on DCSError).
    test: ({ member: { name, dcsUnseenSeconds } }) =>
      dcsUnseenSeconds === undefined
        ? null
        : say`Patroni of ${name} has not seen the DCS for ${formatSeconds(dcsUnseenSeconds)}`,
  },
  {
    by: 'patroni',
    code: 'nofailover',
    test: ({ member }) => {
      if (!isNofailover(member)) return null;
      const value = tagOf(member, 'nofailover');
      if (value === undefined) return say`failover_priority is ${String(tagOf(member, 'failover_priority'))}`;
      return value === true
        ? say`tagged nofailover`
        : say`tagged nofailover: ${JSON.stringify(value)}, which Patroni takes as true`;
    },
  },
  {
    by: 'patroni',
    code: 'watchdog',
    test: ({ member }) => (member.watchdog === 'failed' ? say`not watchdog capable` : null),
  },
  {
    by: 'patroni',
    code: 'not_sync',
    test: ({ cluster, member }) => {
      // In quorum mode votes decide, not membership: one outside /sync may win (ha.py v4.1.5).
      if (cluster.synchronousMode !== 'on' || cluster.standbyCluster !== null) return null;
      // Without a leader in /sync the mode is not in force yet and Patroni elects as if it were off.
      if (cluster.sync === null) return null;
      const listed = [cluster.sync.leader, ...cluster.sync.standbys].some(
        (name) => name?.toLowerCase() === member.name.toLowerCase(),
      );
      return listed ? null : say`not in /sync`;
    },
  },
  {
    by: 'patroni',
    code: 'votes',
    test: ({ votes }) =>
      votes === null || votes.got >= votes.needed
        ? null
        : say`${votes.got} of the ${votes.needed} votes of /sync that it needs`,
  },
  {
    by: 'patroni',
    code: 'lag',
    test: ({ cluster, behindBytes }) => {
      const limit = cluster.config?.maximumLagOnFailoverBytes ?? null;
      if (limit === null || behindBytes === null || behindBytes <= limit) return null;
      return say`${formatBytes(behindBytes)} behind, limit ${formatBytes(limit)}`;
    },
  },
  {
    by: 'patroni',
    code: 'timeline',
    test: ({ cluster, member }) => {
      if (patroniBoolean(cluster.config?.value.check_timeline) !== true) return null;
      if (member.timeline === null || cluster.timeline === null || member.timeline >= cluster.timeline) return null;
      return say`timeline ${member.timeline} is behind the cluster timeline ${cluster.timeline}`;
    },
  },
  {
    by: 'howdah',
    code: 'diverged',
    test: ({ member }) =>
      member.divergence === null ? null : say`forked on timeline ${member.divergence.memberTimeline}`,
  },
  {
    by: 'howdah',
    code: 'second_primary',
    test: ({ cluster, member }) =>
      member.postgresRole === 'primary' && !leads(member, cluster)
        ? say`runs as a primary without the leader key`
        : null,
  },
  {
    by: 'howdah',
    code: 'timeline_behind',
    test: ({ cluster, member }) =>
      member.replication.kind !== 'streaming' &&
      member.timeline !== null &&
      cluster.timeline !== null &&
      member.timeline < cluster.timeline &&
      patroniBoolean(cluster.config?.value.check_timeline) !== true
        ? say`still on timeline ${member.timeline} of ${cluster.timeline}`
        : null,
  },
  {
    by: 'howdah',
    code: 'not_streaming',
    test: ({ cluster, member }) =>
      // Without a live leader nobody streams; that alone does not make a candidate worse.
      leaderLives(cluster) ? unfed(member, cluster) : null,
  },
];

/** The trap: Patroni would elect it, although it must not be. */
export function isTrap({ eligible, patroniWouldElect }: Candidate): boolean {
  return eligible === false && patroniWouldElect === true;
}

/** One that only its own tags keep from taking over, and what to take out of them; null: none. */
export function onlyTagged(
  cluster: Cluster,
  candidates: readonly Candidate[],
): { readonly member: string; readonly tags: Text } | null {
  for (const { member: name, reasons } of candidates) {
    const member = cluster.members.find((one) => one.name === name);
    if (member !== undefined && reasons.length > 0 && reasons.every(({ code }) => code === 'nofailover'))
      return { member: name, tags: joinNames(barringTags(member)) };
  }
  return null;
}

/** Patroni elects whoever is ahead, and a forked member can be: then the good ones defer to it (_is_healthiest_node). */
export function trapsAhead(cluster: Cluster, candidates: readonly Candidate[], good: readonly string[]): Candidate[] {
  const position = (name: string): number => {
    const member = cluster.members.find((entry) => entry.name === name);
    return (member && positionOf(member)) ?? 0;
  };
  const best = Math.max(0, ...good.map(position));
  return candidates.filter((candidate) => isTrap(candidate) && position(candidate.member) > best);
}

/** No WAL of the leader comes to it: it does not stream, or only from one that does not. */
function unfed(member: Member, cluster: Cluster): Text | null {
  if (member.replication.kind === 'not_streaming') return say`does not stream`;
  const visited = new Set<string>();
  let current: Member | undefined = member;
  while (current !== undefined && current.replication.kind === 'streaming' && !visited.has(current.name)) {
    visited.add(current.name);
    const upstream: string | null = current.upstream;
    current = cluster.members.find(({ name }) => name === upstream);
  }
  return current !== undefined &&
    current !== member &&
    !leads(current, cluster) &&
    current.replication.kind === 'not_streaming'
    ? say`streams from ${current.name}, which does not stream`
    : null;
}

function leaderLives(cluster: Cluster): boolean {
  const leader = leaderOf(cluster);
  return leader !== null && !leader.silent && leader.postgresRole === 'primary';
}

export function assessReadiness(cluster: Cluster, observation: Observation): Readiness {
  const others = cluster.members.filter(
    (member) => !leads(member, cluster) && member.identity.verdict !== 'alias' && (member.listed || !member.silent),
  );
  const candidates = others.map((member) => assessCandidate(member, cluster, observation)).sort(byFitness(cluster));
  const refusal = clusterRefusal(cluster, observation.now);
  const eligible = candidates.filter((candidate) => candidate.eligible === true);
  const unsure = candidates.some((candidate) => candidate.eligible === null);
  if (refusal !== null) return { failoverPossible: refusal.possible, reasons: [refusal.text], candidates };
  if (eligible.length > 0)
    return { failoverPossible: true, reasons: possibleReasons(cluster, eligible, candidates), candidates };
  if (others.length === 0)
    return { failoverPossible: false, reasons: [say`the cluster has no other member`], candidates };
  return {
    failoverPossible: unsure ? null : false,
    reasons: [unsure ? say`not every candidate can be judged` : say`no member may take over`],
    candidates,
  };
}

function possibleReasons(cluster: Cluster, eligible: readonly Candidate[], candidates: readonly Candidate[]): Text[] {
  const names = eligible.map((candidate) => candidate.member);
  const rule =
    cluster.sync !== null && cluster.synchronousMode === 'on'
      ? [say`synchronous_mode is on: Patroni elects from /sync`]
      : [];
  const traps = trapsAhead(cluster, candidates, names).map(
    ({ member, reasons }) => say`Patroni would elect ${member}, which is ahead: ${reasons[0]?.text ?? say`refused`}`,
  );
  return [...traps, names.length === 1 ? say`to ${names.join(', ')} only` : say`to ${names.join(', ')}`, ...rule];
}

/** What forbids any automatic failover, whoever the candidates are. */
function clusterRefusal(
  cluster: Cluster,
  now: number,
): { readonly possible: false | null; readonly text: Text } | null {
  if (bootstrapOf(cluster) !== null) return { possible: null, text: say`the cluster is not made yet` };
  if (isLeaderKeyEmpty(cluster))
    return { possible: false, text: say`the leader key is there and empty: nobody can take it` };
  if (cluster.paused === true) return { possible: false, text: say`paused: Patroni does not fail over by itself` };
  if (cluster.dcs !== null && isQuorumLost(cluster.dcs, now)) {
    return { possible: false, text: say`the DCS has no quorum: nobody can take the leader key` };
  }
  if (cluster.dcs !== null && cluster.dcs.state !== 'fresh')
    return { possible: null, text: say`the DCS cannot be read` };
  return null;
}

function assessCandidate(member: Member, cluster: Cluster, observation: Observation): Candidate {
  const position = positionOf(member);
  const leader = leaderOf(cluster);
  const statusLsn = observation.viewLive ? (observation.view?.statusLsn ?? null) : null;
  const behindBytes = lagBytes(statusLsn ?? leader?.lsn ?? null, position);
  const reachable = reachableOf(member, observation);
  const failsafe = observation.view?.failsafe ?? null;
  const votes = votesFor(member, cluster, observation);
  const context = { cluster, member, behindBytes, reachable, failsafe, votes };
  const reasons = CANDIDATE_RULES.flatMap((rule): CandidateReason[] => {
    const text = rule.test(context);
    return text === null ? [] : [{ by: rule.by, code: rule.code, text }];
  });
  const unclear = member.replication.kind === 'unknown' && leaderLives(cluster) ? member.replication.reason : null;
  const judged = reachable === true && unclear === null;
  const refusedByPatroni = reasons.some((reason) => reason.by === 'patroni');
  return {
    member: member.name,
    eligible: reasons.some(({ code }) => code !== 'not_its_answer')
      ? false
      : judged && reasons.length === 0
        ? true
        : null,
    patroniWouldElect: refusedByPatroni ? false : judged ? true : null,
    reasons:
      reasons.length === 0 && !judged
        ? [
            unclear !== null && reachable === true
              ? { by: 'howdah', code: 'stream_unknown', text: say`whether it streams is not known: ${unclear}` }
              : { by: 'howdah', code: 'not_observed', text: notObserved(member) },
          ]
        : reasons,
    lagBytes: member.divergence === null ? (member.lag.replayBytes ?? behindBytes) : null,
  };
}

/**
 * In quorum mode each of /sync that answers and is not ahead is a vote, and a member of it has its own; `quorum` more are needed
 * (ha.py v4.0.0 and v4.1.4, _is_healthiest_node). Whoever led by /sync needs none. Whom nobody can judge counts as a vote. While a
 * leader works, who is ahead changes with every reading and is not counted.
 */
function votesFor(member: Member, cluster: Cluster, observation: Observation): CandidateContext['votes'] {
  const { sync, synchronousMode, standbyCluster } = cluster;
  if (synchronousMode !== 'quorum' || standbyCluster !== null || sync === null || sync.leader === null) return null;
  if (sync.leader === member.name) return null;
  const same = (a: string | null, b: string): boolean => a?.toLowerCase() === b.toLowerCase();
  const isVoter = (name: string): boolean => [sync.leader, ...sync.standbys].some((voter) => same(voter, name));
  const own = positionOf(member) ?? 0;
  const others = cluster.members.filter(
    (other) =>
      other.name !== member.name &&
      isVoter(other.name) &&
      !leads(other, cluster) &&
      other.postgresRole !== 'primary' &&
      !isNofailover(other) &&
      reachableOf(other, observation) !== false &&
      (leaderLives(cluster) || (positionOf(other) ?? 0) <= own),
  );
  return { got: others.length + (isVoter(member.name) ? 1 : 0), needed: (sync.quorum ?? 0) + 1 };
}

const ANSWERED: ReadonlySet<string> = new Set(['foreign', 'http', 'malformed', 'auth', 'denied', 'tls']);

function reachableOf(member: Member, observation: Observation): boolean | null {
  const patroni = observation.members.find((entry) => entry.name === member.name)?.patroni;
  if (patroni?.live === true) return true;
  // Something answers there, or at an address that is not its own: whether Patroni gets an answer of it cannot be said.
  if (member.identity.text !== null || ANSWERED.has(patroni?.state.errorKind ?? 'skipped')) return null;
  return patroni?.state.state === 'failed' ? false : null;
}

function notObserved({ name, witnesses }: Member): Text {
  const { error, errorKind } = witnesses.patroni;
  return error !== null && ANSWERED.has(errorKind ?? 'skipped')
    ? say`no answer of ${name}: ${error}`
    : say`no fresh answer from it`;
}

/**
 * Eligible, then unknown, then refused. Without a leader whoever is ahead wins, the others defer to it (ha.py v4.1.5,
 * _is_healthiest_node); then higher failover_priority first, then the least lag, then the name.
 */
function byFitness(cluster: Cluster): (a: Candidate, b: Candidate) => number {
  const rank = (candidate: Candidate): number =>
    candidate.eligible === true ? 0 : candidate.eligible === null ? 1 : 2;
  const priority = (candidate: Candidate): number =>
    candidate.eligible !== true
      ? 0
      : failoverPriority(cluster.members.find((member) => member.name === candidate.member) ?? UNTAGGED);
  const ahead = (candidate: Candidate): number =>
    candidate.eligible !== true || leaderLives(cluster)
      ? 0
      : (positionOf(cluster.members.find(({ name }) => name === candidate.member) ?? NOWHERE) ?? 0);
  return (a, b) =>
    rank(a) - rank(b) ||
    ahead(b) - ahead(a) ||
    priority(b) - priority(a) ||
    (a.lagBytes ?? Number.MAX_SAFE_INTEGER) - (b.lagBytes ?? Number.MAX_SAFE_INTEGER) ||
    (a.member < b.member ? -1 : 1);
}
