// A switchover or failover, step by step as it is seen: taken up, stepped down, key released, key taken, promoted, followers,
// old leader back. Order and texts of what Patroni does: patroni/ha.py v4.1.5 (process_manual_failover_from_leader, demote,
// _is_healthiest_node), reference measurements in docs/actions.md. Pure.

import { formatInstant, joinNames, plural } from '../../language/quantity';
import { agree, joined, say, type Text } from '../../language/sentence';
import type { Member } from '../cluster';
import { dcsName } from '../dcs-kind';
import { compareVersions, isAtLeast } from '../key-version';
import { answers, memberOf } from '../members';
import { isPassing, isRunning } from '../patroni-states';
import { type End, end, type FollowContext, type Followed, Tally } from './follower';
import { answerText, readAnswer } from './rest-answer';

/** After the promotion the others get this long, and three loops more; then the action closes and says who is missing. */
const STRAGGLERS_MS = 90_000;
/** A request that was refused or lost: how long nothing may happen before that is the outcome. */
const NOTHING_HAPPENED_MS = 2500;
const UNDECIDED_MS = 60_000;
/** A checkpoint and an archiver can take long; while the leader says `stopping` nothing is closed before this. */
const LIMIT_MS = 10 * 60_000;
const STOPPING_LIMIT_MS = 60 * 60_000;

export function followLeadership(context: FollowContext): Followed {
  const { snapshot, start, sent, stage } = context;
  const { cluster } = snapshot;
  const tally = new Tally(context);
  const from = start.leader;
  const old = memberOf(snapshot, from);
  const leaderNow = cluster.leader?.known === true ? cluster.leader.name : null;
  const vacant = cluster.leader === null && cluster.dcs?.state === 'fresh';
  const moved = leaderNow !== null && leaderNow !== from;
  const revision = cluster.dcs?.keyRevisions?.leader ?? null;
  const words = describer(context, old);

  if (from === null) {
    for (const key of ['taken_up', 'stepped_down', 'key_released']) tally.add(key, say`there was no leader`, 'skipped');
  } else {
    const downWords = old === null ? null : steppingDown(old);
    if (vacant || moved || downWords !== null) tally.add('taken_up', downWords ?? say`${from} gave up the leader key`);
    if (vacant || moved || (answers(old) && old.state === 'stopped')) {
      tally.add(
        'stepped_down',
        old === null || old.state === null
          ? say`PostgreSQL on ${from} is down`
          : say`PostgreSQL on ${from} is ${old.state}`,
      );
    }
    if (vacant || moved)
      tally.add('key_released', vacant ? say`/leader is deleted` : say`/leader no longer names ${from ?? ''}`);
  }
  if (moved)
    tally.add(
      'key_taken',
      revision === null ? say`/leader is ${leaderNow}` : say`/leader is ${leaderNow} at revision ${revision}`,
    );

  const successor = moved ? memberOf(snapshot, leaderNow) : null;
  const promoted = answers(successor) && successor.postgresRole === 'primary' && timelineMoved(context, successor);
  const standby = cluster.standbyCluster !== null;
  if (promoted || (standby && answers(successor) && successor.postgresRole === 'replica')) {
    tally.add(
      'promoted',
      standby
        ? say`${successor.name} is the standby leader`
        : successor.timeline == null
          ? say`${successor.name} is out of recovery, timeline unknown`
          : say`${successor.name} is out of recovery on timeline ${successor.timeline}`,
    );
  }
  if (tally.has('promoted') && moved) {
    const missing = missingFollowers(context, leaderNow);
    const others = start.members.filter(
      (member) => member.streaming === true && member.name !== from && member.name !== leaderNow,
    );
    if (others.length === 0) tally.add('followers', say`no other member streamed before`, 'skipped');
    else if (missing.length === 0) {
      const gone = goneFollowers(context, leaderNow);
      const there = others.map((member) => member.name).filter((name) => !gone.includes(name));
      const follow =
        there.length === 0
          ? say`nobody streams from ${leaderNow}`
          : say`${joinNames(there)} ${agree(there.length, 'streams', 'stream')} from ${leaderNow}`;
      tally.add('followers', gone.length === 0 ? follow : say`${follow}; ${joinNames(gone)} left the cluster`);
    }
    if (from === null) tally.add('old_leader', say`there was no leader before`, 'skipped');
    // Patroni's own word too: it refuses the next request while it says that it is still demoting.
    else if (answers(old) && old.replication.kind === 'streaming' && old.postgresRole === 'replica' && runs(old))
      tally.add('old_leader', say`${from} streams as a replica`);
    if (tally.has('followers') && tally.has('old_leader')) {
      tally.add(
        'verified',
        cluster.timeline == null
          ? say`leader ${leaderNow}, timeline unknown`
          : say`leader ${leaderNow}, timeline ${cluster.timeline}`,
      );
      return tally.followed(null, verdict(context, leaderNow, []));
    }
    const waited = snapshot.observedAt - (tally.at('promoted') ?? snapshot.observedAt);
    const waiting = [...missing, ...(tally.has('old_leader') || from === null ? [] : [from])];
    const allowed = STRAGGLERS_MS + 3000 * (cluster.config?.loopWaitSeconds ?? 10);
    if (waited > allowed) {
      for (const key of ['followers', 'old_leader'])
        if (!tally.has(key)) tally.add(key, say`not within ${Math.round(allowed / 1000)} s`, 'failed');
      return tally.followed(
        null,
        verdict(context, leaderNow, [say`${joinNames(waiting)} ${agree(waiting.length, 'does', 'do')} not stream yet`]),
      );
    }
    return tally.followed(say`waiting for ${joinNames(waiting)}`);
  }
  return tally.followed(
    words,
    undone(context, tally, old, leaderNow) ?? outOfTime(context, old, sent.at, stage.member),
  );
}

/** Done, to whom it was asked for or to somebody else. */
function verdict(context: FollowContext, leader: string, unsettled: readonly Text[]): End {
  const { stage, start, snapshot } = context;
  const missing = [...unsettled, ...goneFollowers(context, leader).map((name) => say`${name} left the cluster`)];
  const to =
    snapshot.cluster.timeline === null
      ? say`${leader} leads`
      : say`${leader} leads on timeline ${snapshot.cluster.timeline}`;
  const other = stage.member !== null && stage.member !== leader;
  const differs = [...(other ? [say`${leader} leads, but ${stage.member} was asked for`] : []), ...missing];
  if (differs.length > 0) return end('done_differently', say`${joined([to, ...differs], '; ')}.`, differs);
  if (start.leader === null) return end('done', say`${to}.`);
  const others = start.members.filter(
    ({ name, streaming }) => streaming === true && name !== start.leader && name !== leader,
  );
  const names = [start.leader, ...others.map(({ name }) => name)];
  if (names.length === 1) return end('done', say`${to}, ${start.leader} follows.`);
  return end('done', say`${to}, ${names.length > 4 ? plural(names.length, 'member') : joinNames(names)} follow.`);
}

/** Did the request end with the old leader still, or again, in charge? null: not (yet) to be said. */
function undone(context: FollowContext, tally: Tally, old: Member | null, leaderNow: string | null): End | null {
  const { snapshot, start, sent, answer, stage } = context;
  const { cluster, observedAt } = snapshot;
  const inCharge = start.leader !== null && leaderNow === start.leader && answers(old) && leads(old, context);
  const kind = readAnswer(answer);
  if (kind === 'unsent' && sent.way === 'rest') return end('refused', say`Nothing was sent: ${answerText(answer)}.`);
  if (kind === 'refused' && sent.way === 'rest' && !tally.has('key_released'))
    return end('refused', say`Patroni refused: ${answerText(answer)}.`);
  const stands = cluster.dcs !== null && (cluster.dcs.state !== 'fresh' || cluster.pendingSwitchover !== null);
  // While the request stands in /failover it may still be carried out.
  if (tally.has('key_released') && inCharge && start.leader !== null && !stands) {
    return end(
      'failed',
      cluster.timeline === start.timeline
        ? say`${start.leader} stepped down, nobody else took over, and it leads again.`
        : say`${start.leader} stepped down, nobody else took over, and it leads again on timeline ${cluster.timeline ?? ''}.`,
    );
  }
  const cleared =
    sent.revision !== null &&
    cluster.dcs?.state === 'fresh' &&
    cluster.dcs.keyRevisions !== null &&
    (compareVersions(cluster.dcs.keyRevisions.failover, sent.revision) ?? 0) > 0 &&
    cluster.pendingSwitchover === null &&
    cluster.scheduledSwitchover === null;
  const sameTimeline = start.timeline === null || cluster.timeline === null || cluster.timeline === start.timeline;
  const untouched =
    sent.way === 'dcs' &&
    sent.revision === null &&
    cluster.dcs?.state === 'fresh' &&
    cluster.dcs.keyRevisions?.failover === context.bound.failoverRevision &&
    observedAt - sent.at > UNDECIDED_MS;
  if (untouched && inCharge && sameTimeline)
    return end(
      'refused',
      say`${dcsName(cluster.dcs.kind)} did not take the request: /failover is as it was, and ${start.leader} leads.`,
    );
  const long = observedAt - sent.at > NOTHING_HAPPENED_MS;
  if (cleared && start.leader === null && cluster.leader === null && long)
    return end('failed', say`The request was cleared from /failover and there is still no leader.`);
  if (cleared && inCharge && long && !sameTimeline)
    return end(
      'unknown',
      say`/failover is empty and ${start.leader} leads, but on timeline ${cluster.timeline ?? ''}: what happened between is not known.`,
    );
  if (cleared && inCharge && long)
    return end(
      'refused',
      say`Patroni dropped the request: /failover was cleared and ${start.leader} still leads. ${hint(context, stage.member)}`,
    );
  const said = kind === 'undecided' && /(switchover|failover) failed/i.test(String(answer?.text ?? ''));
  if (said && inCharge && observedAt - (answer?.at ?? observedAt) > NOTHING_HAPPENED_MS)
    return end(
      'refused',
      say`Patroni dropped the request (${answerText(answer)}) and ${start.leader} still leads. ${hint(context, stage.member)}`,
    );
  return null;
}

/** Patroni writes the reason into its log only; ours is what it probably was. */
function hint({ snapshot }: FollowContext, member: string | null): Text {
  const candidate = snapshot.readiness.candidates.find((entry) => entry.member === member);
  const reason = candidate?.reasons[0]?.text;
  return candidate === undefined || reason === undefined
    ? say`The reason is only in the leader's log.`
    : say`What is known about ${candidate.member}: ${reason}.`;
}

function outOfTime(context: FollowContext, old: Member | null, sentAt: number, member: string | null): End | null {
  const { snapshot, sent, answer, start } = context;
  const elapsed = snapshot.observedAt - sentAt;
  const busy = answers(old) && old.state !== null && isPassing(old.state);
  if (elapsed > (busy ? STOPPING_LIMIT_MS : LIMIT_MS)) return giveUp(context, say`It was not seen to finish`);
  const stands =
    sent.way === 'dcs' && snapshot.cluster.dcs?.state === 'fresh' && snapshot.cluster.pendingSwitchover !== null;
  const patience = 2000 * (snapshot.cluster.config?.loopWaitSeconds ?? 10) + UNDECIDED_MS;
  if (stands && elapsed > patience + UNDECIDED_MS && !busy)
    return end(
      'unknown',
      member === null
        ? say`Patroni has not acted on the request: it is still in /failover. Cancel it, or it may be carried out later.`
        : say`Patroni has not acted on the request for ${member}: it is still in /failover. Cancel it, or it may be carried out later.`,
    );
  if (sent.way !== 'rest' || answer === null || busy) return null;
  const same = snapshot.cluster.leader?.known === true && snapshot.cluster.leader.name === start.leader;
  if (readAnswer(answer) === 'undecided' && same && snapshot.observedAt - answer.at > patience)
    return giveUp(context, say`Patroni's answer was "${answerText(answer)}" and nothing has changed since`);
  return null;
}

function giveUp({ snapshot }: FollowContext, why: Text): End {
  const leader = snapshot.cluster.leader;
  return end(
    'unknown',
    leader === null
      ? say`${why}. Nobody leads.`
      : leader.known
        ? say`${why}. ${leader.name} leads.`
        : say`${why}. ${leader.name} led when last seen.`,
  );
}

function describer({ snapshot, start, stage }: FollowContext, old: Member | null): Text | null {
  const { leader } = snapshot.cluster;
  if (leader?.known === false) return say`the leader key cannot be read now`;
  if (leader === null) return say`nobody holds the leader key`;
  if (leader.name !== start.leader) {
    const member = memberOf(snapshot, leader.name);
    return member?.postgresRole === 'replica'
      ? say`${leader.name} holds the key, still in recovery`
      : say`${leader.name} holds the key, ${member?.state ?? say`not seen`}`;
  }
  if (old !== null && answers(old) && old.state !== null && !isRunning(old.state))
    return say`${old.name} is ${old.state}`;
  return stage.kind === 'failover' ? null : say`${leader.name} has not begun yet`;
}

/** Words for a leader that is on its way down; null: it is not. */
function steppingDown(old: Member): Text | null {
  if (answers(old) && old.state !== null && !isRunning(old.state)) return say`${old.name} is ${old.state}`;
  if (old.witnesses.sql.errorKind === 'refused' || old.witnesses.sql.errorKind === 'closed')
    return say`${old.name} no longer takes connections`;
  return null;
}

function leads(member: Member, { snapshot }: FollowContext): boolean {
  const role = snapshot.cluster.standbyCluster === null ? 'primary' : 'replica';
  return member.postgresRole === role && runs(member);
}

function runs(member: Member): boolean {
  return member.state !== null && isRunning(member.state);
}

/** After a promotion the timeline is a new one; where either is not known the role alone decides. */
function timelineMoved({ start }: FollowContext, successor: Member): boolean {
  return start.timeline === null || successor.timeline === null || successor.timeline > start.timeline;
}

/** Who streamed before and is no longer in the member list. */
function goneFollowers({ snapshot, start }: FollowContext, leader: string): readonly string[] {
  return start.members
    .filter(({ name, streaming }) => streaming === true && name !== start.leader && name !== leader)
    .map(({ name }) => name)
    .filter((name) => memberOf(snapshot, name)?.listed !== true);
}

/** Who streamed before and does not yet again; names. */
function missingFollowers({ snapshot, start }: FollowContext, leader: string): readonly string[] {
  return start.members
    .filter((member) => member.streaming === true && member.name !== start.leader && member.name !== leader)
    .filter(({ name }) => {
      const member = memberOf(snapshot, name);
      // One that left the cluster meanwhile is not waited for.
      if (member === null || !member.listed) return false;
      const timeline = snapshot.cluster.timeline;
      const behind = member.timeline !== null && timeline !== null && member.timeline < timeline;
      return !answers(member) || member.replication.kind !== 'streaming' || behind;
    })
    .map((member) => member.name);
}

const SCHEDULE_MS = 30_000;

export function followSchedule(context: FollowContext): Followed {
  const { snapshot, request, sent, answer, stage, start } = context;
  const { cluster } = snapshot;
  const tally = new Tally(context);
  const kind = readAnswer(answer);
  if (kind === 'unsent') return tally.followed(null, end('refused', say`Nothing was sent: ${answerText(answer)}.`));
  if (kind === 'refused') return tally.followed(null, end('refused', say`Patroni refused: ${answerText(answer)}.`));
  // Not known whether it was written: what is not seen may still come.
  const doubtful = sent.way === 'dcs' && sent.revision === null;
  const fresh = sent.revision === null || isAtLeast(cluster.dcs?.keyRevisions?.failover, sent.revision);
  const late = snapshot.observedAt - sent.at > SCHEDULE_MS;
  if (stage.kind === 'cancel_switchover') {
    const moved = cluster.leader?.known === true && cluster.leader.name !== start.leader;
    if (
      fresh &&
      cluster.scheduledSwitchover === null &&
      cluster.pendingSwitchover === null &&
      snapshot.observedAt > sent.at
    ) {
      // Patroni sleeps towards an instant that is near and acts on what it read before.
      const due = start.scheduledAt === null ? null : Date.parse(start.scheduledAt);
      const loopMs = 1000 * (cluster.config?.loopWaitSeconds ?? 10);
      const near = due !== null && due - sent.at < 2 * loopMs && snapshot.observedAt < due + 1.5 * loopMs;
      if (near && !moved) return tally.followed(say`/failover is empty; Patroni may have begun already`);
      tally.add('cancelled', say`/failover is empty`);
      if (moved)
        return tally.followed(
          null,
          end('done_differently', say`It had already begun: ${cluster.leader?.name} leads.`, [
            say`the switchover had begun`,
          ]),
        );
      return tally.followed(null, end('done', say`No switchover is scheduled any more.`));
    }
    return tally.followed(
      say`reading /failover`,
      late ? end('unknown', say`The request is still seen in /failover.`) : null,
    );
  }
  const wanted = request.kind === 'switchover' ? request.scheduledAt : null;
  const plan = cluster.scheduledSwitchover;
  if (fresh && plan !== null && wanted !== null && Date.parse(plan.at) === Date.parse(wanted)) {
    tally.add(
      'scheduled',
      say`/failover: ${plan.from ?? say`the leader`} to ${plan.to ?? say`the best candidate`} at ${formatInstant(plan.at)}`,
    );
    return tally.followed(
      null,
      end(
        'scheduled',
        say`${plan.from ?? say`The leader`} will hand over to ${plan.to ?? say`the best candidate`} at ${formatInstant(plan.at)}.`,
      ),
    );
  }
  if (
    fresh &&
    !doubtful &&
    plan === null &&
    cluster.dcs?.state === 'fresh' &&
    snapshot.observedAt - sent.at > NOTHING_HAPPENED_MS
  )
    return tally.followed(null, end('refused', say`Patroni cleared it from /failover.`));
  return tally.followed(say`reading /failover`, late ? end('unknown', say`It was not seen in /failover.`) : null);
}
