// What is asked of one member over its REST API: restart, reload, reinitialize, a scheduled restart and its cancel. Patroni's
// answer to a restart comes when it is over or lost; proof is a new postmaster start time (patroni/api.py v4.1.5
// do_POST_restart, do_POST_reinitialize). Pure.

import { formatBytes, formatInstant } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import type { Member, Snapshot } from '../cluster';
import { answers, memberOf } from '../members';
import { isPassing, isRunning } from '../patroni-states';
import { type End, end, type FollowContext, type Followed, Tally } from './follower';
import { answerText, readAnswer } from './rest-answer';

/** Clocks of one node: two readings of one start differ by the rounding of their source only. */
const SAME_START_MS = 100;
const STREAMS_AGAIN_MS = 120_000;
const UNDECIDED_MS = 90_000;
/** By how much a node's clock may differ from ours. */
const CLOCKS_MS = 5 * 60_000;
const RESTART_LIMIT_MS = 30 * 60_000;
const SCHEDULE_MS = 30_000;
const NOTHING_BEGAN_MS = 30_000;
/** Without a byte of progress. */
const REINIT_LIMIT_MS = 60 * 60_000;

export function followMember(context: FollowContext): Followed {
  switch (context.stage.kind) {
    case 'restart':
      return followRestart(context);
    case 'reinitialize':
      return followReinitialize(context);
    case 'reload':
      return followReload(context);
    default:
      return followScheduledRestart(context);
  }
}

function begun({ start, stage }: FollowContext): Moment['members'][number] | undefined {
  return start.members.find((member) => member.name === stage.member);
}
type Moment = FollowContext['start'];

function restarted(context: FollowContext, member: Member): boolean {
  const before = begun(context)?.startedAt ?? null;
  if (member.startedAt === null) return false;
  // A start long after the request is not of its making: an open action may be found hours later.
  if (member.startedAt - context.sent.at > RESTART_LIMIT_MS + CLOCKS_MS) return false;
  return before === null ? member.startedAt > context.sent.at - 1000 : member.startedAt - before > SAME_START_MS;
}

function refusal({ answer }: FollowContext, name: string): End | null {
  const kind = readAnswer(answer);
  if (kind === 'unsent') return end('refused', say`Nothing was sent to ${name}: ${answerText(answer)}.`);
  if (kind === 'refused') return end('refused', say`Patroni on ${name} refused: ${answerText(answer)}.`);
  return null;
}

function followRestart(context: FollowContext): Followed {
  const { snapshot, stage, answer, sent, start } = context;
  const name = stage.member ?? '';
  const key = `restart:${name}`;
  const tally = new Tally(context);
  const member = memberOf(snapshot, name);
  const refused = refusal(context, name);
  if (refused !== null) return fail(tally, key, refused);
  if (
    /restart conditions are not satisfied/i.test(String(answer?.text ?? '')) &&
    !(answers(member) && restarted(context, member))
  ) {
    tally.add(key, say`Patroni: restart conditions are not satisfied`, 'skipped');
    return tally.followed(null, end('refused', say`${name} was not restarted: its conditions are not met.`));
  }
  const elapsed = snapshot.observedAt - sent.at;
  const wasLeader = start.leader === name;
  const leader = snapshot.cluster.leader;
  const lost = wasLeader && leader?.known === true && leader.name !== name;
  if (answers(member) && restarted(context, member) && member.state !== null && isRunning(member.state)) {
    const since = snapshot.observedAt - (member.startedAt ?? snapshot.observedAt);
    const streams =
      member.replication.kind === 'streaming' || (leader?.name === name && member.postgresRole !== 'unknown');
    const neverStreamed = begun(context)?.streaming === false;
    if (streams || neverStreamed) {
      tally.add(key, streams && !wasLeader ? say`running again, streaming` : say`running again`);
      if (lost)
        return tally.followed(
          null,
          end('done_differently', say`${name} restarted, and ${leader?.name} took over meanwhile.`, [
            say`${leader?.name} leads now`,
          ]),
        );
      return tally.followed(null, end('done', say`${name} restarted.`));
    }
    if (since > STREAMS_AGAIN_MS && elapsed > STREAMS_AGAIN_MS) {
      tally.add(key, say`running again, not streaming`, 'failed');
      return tally.followed(
        null,
        end('done_differently', say`${name} restarted and does not stream.`, [say`${name} does not stream`]),
      );
    }
    return tally.followed(say`${name} runs again and does not stream yet`);
  }
  if (/restart failed/i.test(String(answer?.text ?? '')) && answers(member) && !isPassing(member.state ?? ''))
    return fail(
      tally,
      key,
      end(
        'failed',
        member.state == null
          ? say`Patroni on ${name}: ${answerText(answer)}; its state is unknown.`
          : say`Patroni on ${name}: ${answerText(answer)}; it is ${member.state}.`,
      ),
    );
  if (/already in progress/i.test(String(answer?.text ?? '')))
    return fail(tally, key, end('refused', say`Patroni on ${name} is busy: ${answerText(answer)}.`));
  const waiting = answers(member)
    ? member.state == null
      ? say`the state of ${name} is unknown`
      : say`${name} is ${member.state}`
    : say`${name} does not answer`;
  if (
    answer !== null &&
    readAnswer(answer) === 'undecided' &&
    snapshot.observedAt - answer.at > UNDECIDED_MS &&
    !isPassing(member?.state ?? '')
  )
    return fail(
      tally,
      key,
      end('unknown', say`${name} was not seen to restart; the answer was "${answerText(answer)}".`),
    );
  return tally.followed(
    waiting,
    elapsed > RESTART_LIMIT_MS ? end('unknown', say`${name} was not seen to restart.`) : null,
  );
}

function fail(tally: Tally, key: string, how: End): Followed {
  tally.add(key, how.text, 'failed');
  return tally.followed(null, how);
}

function followReload(context: FollowContext): Followed {
  const { snapshot, stage, answer, sent } = context;
  const name = stage.member ?? '';
  const key = `reload:${name}`;
  const tally = new Tally(context);
  const refused = refusal(context, name);
  if (refused !== null) return fail(tally, key, refused);
  if (readAnswer(answer) === 'accepted') {
    tally.add(key, say`Patroni will read its file in its next loop`, 'done', answer?.at);
    return tally.followed(null, end('done', say`${name} reloads.`));
  }
  if (answer !== null || snapshot.observedAt - sent.at > SCHEDULE_MS)
    return fail(tally, key, end('unknown', say`Whether ${name} reloads is not known: ${answerText(answer)}.`));
  return tally.followed(say`waiting for ${name}`);
}

function followScheduledRestart(context: FollowContext): Followed {
  const { snapshot, stage, answer, sent, request } = context;
  const name = stage.member ?? '';
  const cancels = stage.kind === 'cancel_restart';
  const key = cancels ? 'cancelled' : `restart:${name}`;
  const tally = new Tally(context);
  const refused = refusal(context, name);
  if (refused !== null) return fail(tally, key, refused);
  // 500: "Can't schedule restart in the paused state" (api.py v4.1.5): checked first, nothing done.
  if (answer?.status === 500)
    return fail(tally, key, end('refused', say`Patroni on ${name} refused: ${answerText(answer)}.`));
  const plan = memberOf(snapshot, name)?.scheduledRestart ?? null;
  const fresh = answers(memberOf(snapshot, name)) && snapshot.observedAt > (answer?.at ?? sent.at);
  if (cancels && fresh && plan === null) {
    tally.add(key, say`${name} has no scheduled restart`);
    return tally.followed(null, end('done', say`No restart of ${name} is scheduled any more.`));
  }
  const wanted = request.kind === 'restart' ? request.scheduledAt : null;
  if (!cancels && plan !== null && wanted !== null && Date.parse(plan.at) === Date.parse(wanted)) {
    tally.add(key, say`scheduled at ${formatInstant(plan.at)}`);
    return tally.followed(null, end('scheduled', say`${name} restarts at ${formatInstant(plan.at)}.`));
  }
  return tally.followed(
    say`waiting for ${name}`,
    snapshot.observedAt - sent.at > SCHEDULE_MS
      ? end('unknown', say`It was not seen at ${name}: ${answerText(answer)}.`)
      : null,
  );
}

function followReinitialize(context: FollowContext): Followed {
  const { snapshot, stage, answer, sent, extra } = context;
  const name = stage.member ?? '';
  const tally = new Tally(context);
  const refused = refusal(context, name);
  if (refused !== null) return tally.followed(null, refused);
  if (readAnswer(answer) === 'undecided' && answer?.status != null)
    return tally.followed(null, end('refused', say`Patroni on ${name} refused: ${answerText(answer)}.`));
  const member = memberOf(snapshot, name);
  const state = answers(member) ? member.state : null;
  const fresh = answers(member) && restarted(context, member);
  const down = state !== null && !isRunning(state);
  if (down || extra.backup !== null || fresh)
    tally.add('removed', state === null ? say`its data directory is being removed` : say`${name} is ${state}`);
  if (state === 'creating replica' || extra.backup !== null || fresh) {
    tally.add('removed', state == null ? say`${name} is stopped` : say`${name} is ${state}`);
    tally.add(
      'copying',
      extra.backup === null
        ? state == null
          ? say`${name} is copied`
          : say`${name} is ${state}`
        : say`base backup from ${source(snapshot)}: ${extra.backup.phase}`,
    );
  }
  if (tally.has('copying') && (state === 'starting' || fresh))
    tally.add('starting', fresh ? say`new postmaster` : say`${name} is starting`);
  if (fresh && member.state !== null && isRunning(member.state) && member.replication.kind === 'streaming') {
    tally.add(
      'streaming',
      member.timeline == null
        ? say`${name} streams, timeline unknown`
        : say`${name} streams on timeline ${member.timeline}`,
    );
    tally.add('verified', say`${name} is ${member.state}, ${formatBytes(member.lag.replayBytes ?? 0)} behind`);
    return tally.followed(null, end('done', say`${name} was copied anew and streams.`));
  }
  const elapsed = snapshot.observedAt - sent.at;
  if (!tally.has('removed') && elapsed > NOTHING_BEGAN_MS && answers(member))
    return tally.followed(
      null,
      end(answer === null ? 'unknown' : 'failed', say`${name} was not reinitialized: it still runs as before.`),
    );
  const progress =
    extra.backup === null
      ? null
      : {
          label: say`base backup of ${name}`,
          done: extra.backup.doneBytes,
          total: extra.backup.totalBytes,
          unit: 'bytes' as const,
        };
  const waiting =
    extra.backup !== null
      ? say`base backup: ${extra.backup.phase}`
      : state === null
        ? say`${name} does not answer`
        : say`${name} is ${state}`;
  return tally.followed(
    waiting,
    elapsed > REINIT_LIMIT_MS && extra.backup === null
      ? end(
          'unknown',
          state == null
            ? say`${name} still does not stream after an hour; it is silent. Patroni tries again by itself.`
            : say`${name} still does not stream after an hour; it is ${state}. Patroni tries again by itself.`,
        )
      : null,
    progress,
  );
}

function source({ cluster }: Snapshot): Text {
  return cluster.leader?.name ?? say`its source`;
}
