// What an action would do and whether it may be done now: checks, candidates, steps, way, outage and what is at risk, from
// one request and one snapshot. The same in browser and server, so the reason beside the button is the reason of the refusal.
// It decides nothing by itself: the rows in checks/ do. What only a desk offers, or a pause of pools needs, is left to preflight.ts: a
// phone on a bad link need not load it. Pure.

import { formatBytes, formatInstant, formatSeconds, joinNames, plural } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Cluster, Member, Snapshot } from '../cluster';
import { leaderOf } from '../members';
import type { ActionFacts, ActionRequest, CandidateVerdict, Check, Preflight, Verdict } from './action';
import { bind } from './bound';
import { failoverCandidates, furthest, isHealthyLeader, switchoverCandidates } from './candidates';
import { CANDIDATE_CHECKS } from './checks/candidate';
import type { CheckContext, CheckMatch, CheckRow } from './checks/check';
import { CLUSTER_CHECKS } from './checks/cluster';
import { CONFIG_CHECKS } from './checks/config';
import { DCS_CHECKS } from './checks/dcs';
import { HOWDAH_CHECKS } from './checks/howdah';
import { IDENTITY_CHECKS } from './checks/identity';
import { LEADER_CHECKS } from './checks/leader';
import { REINITIALIZE_CHECKS } from './checks/reinitialize';
import { RESTART_CHECKS } from './checks/restart';
import { RIGHTS_CHECKS } from './checks/rights';
import { chooseWay } from './dcs-or-rest';
import { expectedOutage } from './expected-outage';
import { dangerOf, verbOf } from './request';
import { rollingOrder } from './rolling';
import { planSteps } from './steps';

/** In the order of themes a person reads them; the verdict sorts before it. */
export const CHECK_ROWS: readonly CheckRow[] = [
  ...RIGHTS_CHECKS,
  ...HOWDAH_CHECKS,
  ...IDENTITY_CHECKS,
  ...DCS_CHECKS,
  ...LEADER_CHECKS,
  ...CANDIDATE_CHECKS,
  ...CLUSTER_CHECKS,
  ...RESTART_CHECKS,
  ...REINITIALIZE_CHECKS,
  ...CONFIG_CHECKS,
];

const RANK: Readonly<Record<Verdict, number>> = { blocker: 0, warning: 1, note: 2, passed: 3 };

/**
 * `facts` null: the server has not been asked; what needs them is then not judged and a note says so. `more`: rows beside
 * CHECK_ROWS. Of the kinds of checks/desk.ts and of pools only preflight.ts says everything.
 */
export function judge(
  request: ActionRequest,
  snapshot: Snapshot,
  facts: ActionFacts | null,
  now: number,
  more: readonly CheckRow[] = [],
): Preflight {
  const context = contextOf(request, snapshot, facts, now);
  const { candidates, way, leaderStops } = context;
  const checks = runChecks(context, more);
  const successor = context.candidate ?? onlyEligible(candidates);
  return {
    request,
    scope: snapshot.scope,
    observedAt: snapshot.observedAt,
    summary: summarize(context),
    verb: verbOf(request),
    checks,
    candidates,
    steps: planSteps(request, { snapshot, facts, way: way.way, successor }),
    way: way.way,
    wayReason: way.reason,
    // With nobody to stop nothing is writable before it is over either.
    outage: expectedOutage(request, leaderStops || request.kind === 'failover', facts?.outages ?? []),
    atRisk: atRiskOf(context),
    pools: null,
    confirm: dangerOf(request, snapshot) ?? (isTrap(request, checks) ? snapshot.scope : null),
    bound: bind(snapshot),
  };
}

/** What resuming lets Patroni do at once and a person may not want: then one click is not enough, and nobody's absence is. */
export const RESUME_TRAPS: readonly string[] = [
  'second_primary',
  'resume_trap',
  'initialize_key_wrong',
  'resume_without_leader',
  'pending_switchover',
];

function isTrap(request: ActionRequest, checks: readonly Check[]): boolean {
  return (
    request.kind === 'resume' &&
    checks.some(({ code, verdict }) => verdict === 'warning' && RESUME_TRAPS.includes(code))
  );
}

export function blockersOf(checked: Pick<Preflight, 'checks'>): readonly Check[] {
  return checked.checks.filter(({ verdict }) => verdict === 'blocker');
}

function runChecks(context: CheckContext, more: readonly CheckRow[]): readonly Check[] {
  const rows = [...CHECK_ROWS, ...more];
  const checks = rows
    .filter(({ applies }) => applies === null || applies.includes(context.request.kind))
    .flatMap((row): Check[] => {
      const found = row.match(context);
      const matches: readonly CheckMatch[] = found === null ? [] : isOne(found) ? [found] : found;
      return matches.map((match) => ({ code: row.code, ...match }));
    });
  return checks
    .map((check, index) => ({ check, index }))
    .sort((a, b) => RANK[a.check.verdict] - RANK[b.check.verdict] || a.index - b.index)
    .map(({ check }) => check);
}

function isOne(found: CheckMatch | readonly CheckMatch[]): found is CheckMatch {
  return !Array.isArray(found);
}

function contextOf(request: ActionRequest, snapshot: Snapshot, facts: ActionFacts | null, now: number): CheckContext {
  const { cluster } = snapshot;
  const leader = leaderOf(cluster);
  const rolling = request.kind === 'rolling_restart' ? rollingOrder(cluster, request.onlyPending) : null;
  const targets = targetsOf(request, cluster);
  const scheduled = (request.kind === 'switchover' || request.kind === 'restart') && request.scheduledAt !== null;
  return {
    request,
    snapshot,
    cluster,
    facts,
    leaderFacts: facts !== null && facts.leader?.member === leader?.name ? (facts.leader ?? null) : null,
    now,
    leader,
    leaderHealthy: isHealthyLeader(cluster),
    listed: cluster.members.filter((member) => member.listed),
    candidate: request.kind === 'switchover' || request.kind === 'failover' ? request.candidate : null,
    candidates: candidatesOf(request, snapshot),
    targets,
    leaderStops: !scheduled && doesLeaderStop(request, cluster, targets),
    scheduled,
    rolling,
    way: chooseWay(request, snapshot, now),
  };
}

function candidatesOf(request: ActionRequest, snapshot: Snapshot): readonly CandidateVerdict[] {
  if (request.kind === 'failover') return failoverCandidates(snapshot);
  return request.kind === 'switchover' || request.kind === 'rolling_restart' ? switchoverCandidates(snapshot) : [];
}

function targetsOf(request: ActionRequest, cluster: Cluster): readonly Member[] {
  const named = (names: readonly string[]): readonly Member[] =>
    cluster.members.filter((member) => member.listed && names.includes(member.name));
  switch (request.kind) {
    case 'restart': {
      const all = named(request.members);
      const pending = all.filter((member) => member.pendingRestart !== null);
      return request.onlyPending && pending.length > 0 ? pending : all;
    }
    case 'reload':
      return named(request.members);
    case 'rolling_restart': {
      const { replicas, leader } = rollingOrder(cluster, request.onlyPending);
      return named(leader === null ? replicas : [...replicas, leader]);
    }
    case 'reinitialize':
    case 'cancel_restart':
    case 'end_session':
      return named([request.member]);
    case 'maintenance':
      return request.step === 'back' ? named([request.member ?? '']) : [];
    default:
      return [];
  }
}

function doesLeaderStop(request: ActionRequest, cluster: Cluster, targets: readonly Member[]): boolean {
  const leads = cluster.leader?.name ?? null;
  if (leads === null) return false;
  switch (request.kind) {
    case 'switchover':
    case 'failover':
    case 'demote_cluster':
      return true;
    case 'restart':
    case 'rolling_restart':
      return targets.some((member) => member.name === leads);
    default:
      return false;
  }
}

function onlyEligible(candidates: readonly CandidateVerdict[]): string | null {
  const eligible = candidates.filter(({ choice }) => choice === 'eligible');
  return eligible.length === 1 ? (eligible[0]?.member ?? null) : null;
}

function summarize({
  request,
  cluster,
  snapshot,
  candidate,
  leader,
  leaderFacts,
  targets,
  rolling,
  now,
}: CheckContext): Text {
  const { scope } = snapshot;
  const old = leader?.name ?? say`nobody`;
  const next = candidate ?? say`a standby that Patroni chooses`;
  const was = cluster.standbyCluster === null ? cluster.timeline : null;
  const cut =
    leader === null
      ? say`There is no leader, so no client is disconnected.`
      : leaderFacts?.connections == null
        ? say`Every client of ${old} is disconnected.`
        : say`${plural(leaderFacts.connections, 'client')} of ${old} ${agree(leaderFacts.connections, 'is', 'are')} disconnected.`;
  switch (request.kind) {
    case 'switchover':
      if (request.scheduledAt === null)
        return was === null
          ? say`${old} gives the leader key to ${next}. ${cut}`
          : say`${old} gives the leader key to ${next}. Timeline ${was} becomes ${was + 1}. ${cut}`;
      if (leader === null)
        return say`At ${formatInstant(request.scheduledAt)}, ${next} takes the leader key; now there is no leader to give it up.`;
      return say`At ${formatInstant(request.scheduledAt)}, ${leader.name} gives the leader key to ${next}. All its clients are then disconnected.`;
    case 'cancel_switchover':
      return say`The scheduled switchover of ${scope} is cancelled. Nothing else changes.`;
    case 'failover':
      if (leader === null)
        return was === null
          ? say`${next} is promoted with what it has.`
          : say`${next} is promoted with what it has. Timeline ${was} becomes ${was + 1}.`;
      return was === null
        ? say`${next} takes the leader key from ${old}. ${cut}`
        : say`${next} takes the leader key from ${old}. Timeline ${was} becomes ${was + 1}. ${cut}`;
    case 'pause':
      return request.until === null
        ? say`Patroni goes on watching ${scope} and changes nothing by itself.`
        : say`Patroni goes on watching ${scope} and changes nothing by itself for ${formatSeconds((request.until - now) / 1000)}.`;
    case 'resume':
      return say`Patroni manages ${scope} by itself again.`;
    case 'edit_config':
      return say`The dynamic configuration of ${scope} is replaced by the new revision.`;
    case 'restart': {
      const who = joinNames(targets.map((member) => member.name)) || say`nobody`;
      return request.scheduledAt === null
        ? say`PostgreSQL on ${who} is stopped and started.`
        : say`At ${formatInstant(request.scheduledAt)}, PostgreSQL on ${who} is stopped and started.`;
    }
    case 'rolling_restart': {
      if (rolling === null || (rolling.replicas.length === 0 && rolling.leader === null))
        return say`No member is restarted.`;
      const replicas =
        rolling.replicas.length === 0
          ? ''
          : rolling.replicas.length === 1
            ? say`${joinNames(rolling.replicas)} is restarted`
            : say`${joinNames(rolling.replicas)} are restarted one by one`;
      if (rolling.leader === null) return say`${replicas}.`;
      if (rolling.primaryFirst)
        return replicas === ''
          ? say`${rolling.leader} is restarted in place.`
          : say`${rolling.leader} is restarted in place, then ${replicas}.`;
      return replicas === ''
        ? say`${rolling.leader} hands over and is restarted as a replica.`
        : say`${replicas}, then ${rolling.leader} hands over and is restarted as a replica.`;
    }
    case 'cancel_restart':
      return say`The scheduled restart of ${request.member} is cancelled. Nothing else changes.`;
    case 'end_session':
      return request.how === 'cancel'
        ? say`The statement that pid ${request.pid} on ${request.member} runs is cancelled and its transaction aborted; its session stays.`
        : say`The session of pid ${request.pid} on ${request.member} is ended. Its transaction is rolled back and its locks are free.`;
    case 'maintenance':
      // preflight.ts says it: no card needs it.
      return '';
    case 'reload':
      return say`Patroni on ${joinNames(request.members)} reads its local files again.`;
    case 'reinitialize':
      return request.fromLeader && leader !== null
        ? say`The data directory of ${request.member} is removed and copied anew from ${leader.name}.`
        : say`The data directory of ${request.member} is removed and copied anew.`;
    case 'demote_cluster':
      return say`${old} stops accepting writes; ${scope} follows ${request.host ?? (request.restoreCommand === null ? say`its source` : say`an archive`)} from then on.`;
    case 'promote_cluster':
      return cluster.timeline === null
        ? say`${leader?.name ?? say`The standby leader`} is promoted; ${scope} no longer follows anyone and accepts writes.`
        : say`${leader?.name ?? say`The standby leader`} is promoted; ${scope} no longer follows anyone and accepts writes. Timeline ${cluster.timeline} becomes ${cluster.timeline + 1}.`;
  }
}

/** Bytes and seconds of WAL that may be lost. null: nothing can be lost by it. */
function atRiskOf(context: CheckContext): Preflight['atRisk'] {
  const { request, cluster, candidates, candidate, leader, leaderStops, targets } = context;
  const name = candidate ?? onlyEligible(candidates);
  const verdict = candidates.find(({ member }) => member === name);
  switch (request.kind) {
    case 'switchover': {
      if (name === null || verdict === undefined) {
        const someone = candidates.some(({ choice }) => choice === 'eligible');
        return someone
          ? none(
              say`0 B, 0 s: ${leader?.name ?? say`the leader`} stops only after the new leader has received everything`,
            )
          : unknownRisk(say`nobody can take over`);
      }
      if (verdict.choice !== 'eligible')
        return unknownRisk(
          verdict.choice === 'refused' ? say`${name} is refused` : say`${name} is not known to follow`,
        );
      const role = cluster.members.find((member) => member.name === name)?.clusterRole;
      if (role === 'sync_standby') return none(say`0 B, 0 s: ${name} confirms every commit before the client sees it`);
      const stops = leader?.name ?? say`the leader`;
      return none(
        verdict.lagBytes === null
          ? say`0 B, 0 s: ${stops} stops only after ${name} has received everything`
          : say`0 B, 0 s: ${stops} stops only after ${name} has received everything; it is ${formatBytes(verdict.lagBytes)} behind now`,
      );
    }
    case 'failover': {
      if (verdict === undefined || verdict.choice === 'refused')
        return unknownRisk(name == null ? say`nobody can take over` : say`${name} cannot take over`);
      const bytes = verdict.atRiskBytes;
      if (bytes === null)
        return unknownRisk(say`the position of ${verdict.member}, or of everybody else, is not known`);
      const rate = cluster.walBytesPerSecond;
      const seconds = bytes === 0 ? 0 : rate === null || rate <= 0 ? null : bytes / rate;
      const reference = furthest(cluster);
      const time =
        seconds === null ? say`seconds not known` : seconds === 0 ? '0 s' : say`about ${formatSeconds(seconds)}`;
      const lost = formatBytes(bytes);
      const { member } = verdict;
      const text =
        reference === null || reference.member === member
          ? say`${lost}, ${time}: nobody is known to be ahead of ${member}`
          : say`${lost}, ${time}: ${member} against ${reference.label}`;
      const isUnseen = leader === null || leader.silent;
      const old = leader?.name ?? say`the old leader`;
      return { bytes, seconds, text: isUnseen ? say`${text}, plus anything ${old} wrote after that` : text };
    }
    case 'rolling_restart':
      return leaderStops ? none(say`0 B, 0 s: every member is stopped cleanly`) : null;
    case 'restart':
      return leaderStops && leader !== null
        ? none(say`0 B, 0 s: ${leader.name} is stopped cleanly, after a checkpoint`)
        : null;
    case 'demote_cluster':
      return none(say`0 B, 0 s: ${leader?.name ?? say`the leader`} is stopped cleanly`);
    case 'reinitialize': {
      const forked = targets.find((member) => member.divergence !== null);
      if (forked === undefined) return null;
      const past = forked.divergence?.pastBytes ?? null;
      return past === null
        ? unknownRisk(say`how much WAL of ${forked.name} no other member has`)
        : {
            bytes: past,
            seconds: null,
            text: say`${formatBytes(past)}, seconds not known: WAL of ${forked.name} past the fork, which no other member has`,
          };
    }
    default:
      return null;
  }
}

function none(text: Text): NonNullable<Preflight['atRisk']> {
  return { bytes: 0, seconds: 0, text };
}

function unknownRisk(why: Text): NonNullable<Preflight['atRisk']> {
  return { bytes: null, seconds: null, text: say`Bytes and seconds not known: ${why}` };
}
