// Checks about who takes over, and about those who have to follow.

import { formatBytes, formatSeconds, joinNames } from '../../../language/quantity';
import { say, type Text } from '../../../language/sentence';
import { patroniAnswers, positionOf } from '../../members';
import { trapsAhead } from '../../readiness';
import type { CandidateVerdict } from '../action';
import { furthest, hasForkedFromHistory } from '../candidates';
import {
  blocker,
  type CheckContext,
  type CheckMatch,
  type CheckRow,
  fact,
  LEADER_CHANGES,
  note,
  passed,
  warning,
} from './check';

const LAG_WARNING_SECONDS = 5;
const LAG_WARNING_BYTES = 16 * 1024 * 1024;

export const CANDIDATE_CHECKS: readonly CheckRow[] = [
  {
    code: 'only_member',
    applies: ['switchover', 'rolling_restart'],
    match: ({ listed, leader, rolling }) =>
      listed.some((member) => member.name !== leader?.name) || (rolling !== null && rolling.leader === null)
        ? null
        : blocker(
            say`${leader?.name ?? say`The leader`} is the only member`,
            rolling === null
              ? say`There is nobody to hand over to.`
              : say`There is nobody to hand over to: restart the member itself, with an outage.`,
          ),
  },
  {
    code: 'candidate_is_leader',
    applies: ['switchover', 'failover'],
    match: ({ candidate, cluster }) =>
      candidate !== null && candidate === cluster.leader?.name
        ? blocker(say`${candidate} already leads`, say`Patroni refuses it: source and target are the same.`, {
            members: [candidate],
          })
        : null,
  },
  {
    code: 'candidate_unknown_member',
    applies: ['switchover', 'failover'],
    match: ({ candidate, listed }) =>
      candidate === null || listed.some((member) => member.name === candidate)
        ? null
        : blocker(say`${candidate} is not in the member list`, say`Patroni refuses it: the candidate does not exist.`, {
            members: [candidate],
          }),
  },
  {
    code: 'candidate_refused',
    applies: ['switchover', 'failover'],
    match: ({ candidate, candidates, cluster }) => {
      const verdict = candidates.find(({ member }) => member === candidate);
      if (verdict === undefined || verdict.choice !== 'refused') return null;
      const { member, reasons } = verdict;
      const why = reasons[0]?.text;
      const byPatroni = reasons.some(({ by }) => by === 'patroni');
      const says = cluster.members.find(({ name }) => name === member)?.patroniSays;
      return blocker(
        say`Not ${member}: ${why ?? say`refused`}`,
        byPatroni
          ? say`Patroni refuses it and says why only in the log of the leader.`
          : say`Patroni does not check this and would do it.`,
        {
          members: [member],
          evidence: [
            ...reasons.map(({ by, text }) => fact(by === 'patroni' ? say`Patroni refuses` : say`Howdah refuses`, text)),
            ...(byPatroni || says == null
              ? []
              : [
                  fact(
                    say`patronictl says`,
                    says.lagBytes === null
                      ? (says.state ?? say`nothing`)
                      : say`${says.state ?? say`nothing`}, lag ${formatBytes(says.lagBytes)}`,
                  ),
                ]),
          ],
        },
      );
    },
  },
  {
    code: 'candidate_not_known',
    applies: ['switchover', 'failover'],
    match: ({ candidate, candidates }) => {
      const verdict = candidates.find(({ member }) => member === candidate);
      return verdict === undefined || verdict.choice !== 'unknown'
        ? null
        : blocker(
            say`Whether ${verdict.member} can take over is not known`,
            say`A member that cannot be seen is not chosen: wait for its answer, or choose another.`,
            { members: [verdict.member], evidence: verdict.reasons.map(({ text }) => fact(verdict.member, text)) },
          );
    },
  },
  {
    code: 'candidate_eligible',
    applies: ['switchover', 'failover'],
    match: ({ candidate, candidates }) => {
      const verdict = candidates.find(({ member }) => member === candidate);
      return verdict?.choice === 'eligible'
        ? passed(say`${verdict.member} is eligible`, { members: [verdict.member] })
        : null;
    },
  },
  {
    code: 'patroni_chooses',
    applies: ['switchover', 'rolling_restart'],
    match: (context) => choiceCheck(context),
  },
  {
    code: 'candidate_lag',
    applies: LEADER_CHANGES,
    match: (context) => {
      const member = chosenMember(context);
      if (member === null) return null;
      const { receiveBytes, replayBytes, replaySeconds } = member.lag;
      const bytes = Math.max(receiveBytes ?? 0, replayBytes ?? 0);
      const seconds = replaySeconds ?? 0;
      if (receiveBytes === null && replayBytes === null)
        return context.leaderHealthy
          ? warning(say`How far ${member.name} lags is not known`, say`It replays the rest before it accepts writes.`, {
              members: [member.name],
            })
          : null;
      const evidence = [fact(member.name, say`received ${behind(receiveBytes)}, replayed ${behind(replayBytes)}`)];
      return bytes >= LAG_WARNING_BYTES || seconds >= LAG_WARNING_SECONDS
        ? warning(
            seconds > 0
              ? say`${member.name} is ${formatBytes(bytes)} behind, ${formatSeconds(seconds)}`
              : say`${member.name} is ${formatBytes(bytes)} behind`,
            say`It has to receive and replay all of it before it accepts writes: the outage is that much longer.`,
            { members: [member.name], evidence },
          )
        : passed(bytes === 0 ? say`${member.name} does not lag` : say`${member.name} is ${formatBytes(bytes)} behind`, {
            evidence,
          });
    },
  },
  {
    code: 'candidate_pending_restart',
    applies: ['switchover', 'failover'],
    match: (context) => {
      const member = chosenMember(context);
      return member?.pendingRestart == null
        ? null
        : note(say`${member.name} has a pending restart`, say`It leads with the old values until it is restarted.`, {
            members: [member.name],
            evidence: member.pendingRestart.parameters.map(({ name, from, to }) =>
              fact(name, say`${from ?? '?'} to ${to ?? '?'}`),
            ),
          });
    },
  },
  {
    code: 'failover_ignores',
    applies: ['failover'],
    match: ({ leaderHealthy, cluster }) =>
      leaderHealthy || cluster.leader !== null
        ? null
        : warning(
            say`Without a leader, Patroni ignores lag, timeline and /sync`,
            say`The named member is promoted with what it has; what others have beyond that is lost.`,
          ),
  },
  {
    code: 'failover_loss',
    applies: ['failover'],
    match: ({ candidate, candidates, cluster }) => {
      const verdict = candidates.find(({ member }) => member === candidate);
      const reference = furthest(cluster);
      if (verdict === undefined || verdict.choice === 'refused') return null;
      const about = {
        members: [verdict.member],
        evidence: reference === null ? [] : [fact(say`furthest known`, reference.label)],
      };
      if (verdict.atRiskBytes === null)
        return warning(
          say`How much is lost with ${verdict.member} is not known`,
          say`Its position, or that of every other member, is not known.`,
          about,
        );
      return verdict.atRiskBytes === 0
        ? passed(say`${verdict.member} has all WAL that is known`, about)
        : warning(
            say`${formatBytes(verdict.atRiskBytes)} of WAL would be lost with ${verdict.member}`,
            say`It is behind the furthest known position; add anything the old leader wrote after that.`,
            about,
          );
    },
  },
  {
    code: 'behind_other',
    applies: ['failover'],
    match: ({ candidate, cluster, listed }) => {
      const own = listed.find((member) => member.name === candidate);
      const position = own === undefined ? null : positionOf(own);
      if (own === undefined || position === null) return null;
      const ahead = listed.flatMap((member) => {
        const other = positionOf(member);
        const sound = member.divergence === null && !hasForkedFromHistory(member, cluster) && !member.silent;
        return sound && member.name !== cluster.leader?.name && other !== null && other > position
          ? [{ name: member.name, bytes: other - position }]
          : [];
      });
      const best = ahead.sort((a, b) => b.bytes - a.bytes)[0];
      return best === undefined
        ? null
        : warning(
            say`${own.name} is ${formatBytes(best.bytes)} behind ${best.name}`,
            say`${best.name} loses less. Members that are ahead of the new leader have to be rewound or copied anew.`,
            { members: [own.name, best.name] },
          );
    },
  },
  {
    code: 'failover_timeline',
    applies: ['failover'],
    match: ({ candidate, cluster, listed }) => {
      const own = listed.find((member) => member.name === candidate);
      return own?.timeline != null &&
        cluster.timeline !== null &&
        own.timeline < cluster.timeline &&
        own.replication.kind !== 'streaming'
        ? warning(
            say`${own.name} is on timeline ${own.timeline}, the cluster reached ${cluster.timeline}`,
            say`Everything written on the later timeline would be lost.`,
            { members: [own.name] },
          )
        : null;
    },
  },
  {
    code: 'cannot_follow',
    applies: LEADER_CHANGES,
    match: (context) => {
      const next =
        context.cluster.timeline === null ? say`the next timeline` : say`timeline ${context.cluster.timeline + 1}`;
      const others = followers(context).filter((member) => member.divergence === null);
      const matches = others.flatMap((member): CheckMatch[] => {
        const about = { members: [member.name] };
        if (member.silent)
          return [warning(say`${member.name} is silent`, say`Whether it will follow to ${next} is not known.`, about)];
        if (!patroniAnswers(member)) {
          const title = say`Patroni on ${member.name} does not answer`;
          return [warning(title, say`Nobody will point ${member.name} to the new leader: it may stay behind.`, about)];
        }
        if (member.replayPaused === true) {
          const bytes = member.lag.replayBytes;
          return [
            warning(
              say`${member.name} cannot follow to ${next} while its replay is paused`,
              bytes
                ? say`${formatBytes(bytes)} wait on ${member.name}. Resume replay first, or ${member.name} stays behind.`
                : say`Resume replay first, or ${member.name} stays behind.`,
              about,
            ),
          ];
        }
        if (context.leaderHealthy && member.replication.kind === 'not_streaming')
          return [
            warning(say`${member.name} does not stream`, say`It stays behind, and may not follow to ${next}.`, about),
          ];
        return [];
      });
      return matches;
    },
  },
  {
    code: 'stays_broken',
    applies: LEADER_CHANGES,
    match: (context) =>
      followers(context)
        .filter((member) => member.divergence !== null)
        .map((member) =>
          note(
            say`${member.name} stays broken`,
            say`A new leader does not repair a forked member; reinitialize it before or after.`,
            {
              members: [member.name],
              evidence: [fact(member.name, say`forked on timeline ${member.divergence?.memberTimeline ?? 0}`)],
            },
          ),
        ),
  },
];

/** The candidate, or the best where Patroni chooses. */
function chosen(context: CheckContext): CandidateVerdict | null {
  const { candidate, candidates } = context;
  if (candidate !== null) return candidates.find(({ member }) => member === candidate) ?? null;
  return candidates.find(({ choice }) => choice === 'eligible') ?? null;
}

function chosenMember(context: CheckContext): CheckContext['leader'] {
  const verdict = chosen(context);
  if (verdict === null || verdict.choice === 'refused') return null;
  return context.cluster.members.find((member) => member.name === verdict.member) ?? null;
}

function followers({ listed, candidate, leader }: CheckContext): CheckContext['listed'] {
  return listed.filter((member) => member.name !== candidate && member.name !== leader?.name);
}

/** Patroni elects whoever is ahead, and what only Howdah refuses may be ahead of every good one. */
function choiceCheck({
  candidate,
  candidates,
  cluster,
  snapshot,
  leader,
  listed,
  rolling,
}: CheckContext): CheckMatch | null {
  if (candidate !== null || (rolling !== null && rolling.leader === null)) return null;
  if (!listed.some((member) => member.name !== leader?.name)) return null;
  const eligible = candidates.filter(({ choice }) => choice === 'eligible');
  if (eligible.length === 0) {
    return blocker(
      say`Nobody can take over`,
      rolling === null
        ? say`Every standby is refused, or cannot be seen.`
        : say`Before the old leader is restarted somebody has to take over from it.`,
      { evidence: candidates.map(({ member, detail }) => fact(member, detail)) },
    );
  }
  const names = eligible.map(({ member }) => member);
  const [trap] = trapsAhead(cluster, snapshot.readiness.candidates, names);
  if (rolling !== null) return passed(say`${joinNames(names)} can take over`, { members: names });
  if (trap !== undefined) {
    const why = trap.reasons[0]?.text;
    return blocker(
      say`Patroni would choose ${trap.member}, which is ahead: ${why ?? say`refused`}`,
      say`Name a candidate: ${joinNames(names)}.`,
      { members: [trap.member], evidence: trap.reasons.map(({ text }) => fact(trap.member, text)) },
    );
  }
  return names.length === 1
    ? note(
        say`Patroni chooses: only ${joinNames(names)} can take over`,
        say`Name it to be sure that nobody else takes over.`,
        {
          members: names,
        },
      )
    : note(
        say`Patroni chooses among ${joinNames(names)}`,
        say`Whoever is ahead when the leader key is free. Name a candidate to be sure.`,
        {
          members: names,
        },
      );
}

function behind(bytes: number | null): Text {
  return bytes === null ? say`not known` : say`${formatBytes(bytes)} behind`;
}
