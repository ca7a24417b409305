// Checks about reinitialize: what is removed, whether the cluster can spare the member meanwhile, from whom it is copied.

import { formatBytes, joinNames } from '../../../language/quantity';
import { agree, say, type Text } from '../../../language/sentence';
import { isLeaderNobody, leads, patroniAnswers, strayPrimaries } from '../../members';
import { isPassing } from '../../patroni-states';
import type { RequestOf } from '../action';
import { blocker, type CheckContext, type CheckMatch, type CheckRow, fact, note, passed, warning } from './check';

const KINDS = ['reinitialize'] as const;

export const REINITIALIZE_CHECKS: readonly CheckRow[] = [
  {
    code: 'reinitialize_leader',
    applies: KINDS,
    match: ({ targets, cluster }) =>
      targets
        .filter(
          (member) =>
            leads(member, cluster) ||
            (!member.silent &&
              member.postgresRole === 'primary' &&
              member.divergence === null &&
              (cluster.leader === null || isLeaderNobody(cluster))),
        )
        .map((member) =>
          blocker(
            leads(member, cluster) ? say`${member.name} leads` : say`${member.name} runs as a primary`,
            say`Patroni refuses to reinitialize the leader. Switch over first.`,
            { members: [member.name] },
          ),
        ),
  },
  {
    code: 'reinitialize_last_replica',
    applies: KINDS,
    match: (context) => {
      const [target] = context.targets;
      if (target === undefined || target.name === context.leader?.name) return null;
      const others = healthyReplicas(context).filter((name) => name !== target.name);
      if (others.length > 0) return passed(say`${joinNames(others)} can take over meanwhile`);
      if (!healthyReplicas(context).includes(target.name)) {
        return warning(
          say`No replica can take over while it is copied`,
          say`If the leader fails meanwhile, nobody is left.`,
          {
            members: [target.name],
          },
        );
      }
      return overridable(
        context,
        say`${target.name} is the last healthy replica`,
        say`While it is copied, nobody can take over from the leader.`,
        target.name,
      );
    },
  },
  {
    code: 'reinitialize_sync_standby',
    applies: KINDS,
    match: (context) => {
      const { cluster, targets } = context;
      const [target] = targets;
      const standbys = cluster.sync?.standbys ?? [];
      if (target === undefined || !standbys.includes(target.name)) return null;
      if (standbys.length > 1) {
        return note(say`${target.name} is in /sync`, say`The leader goes on with the other synchronous standbys.`, {
          members: [target.name],
        });
      }
      return overridable(
        context,
        say`${target.name} is the only sync standby`,
        cluster.synchronousModeStrict
          ? say`With synchronous_mode_strict, every commit waits until another standby is synchronous.`
          : say`Until Patroni has chosen another, commits are confirmed by the leader alone.`,
        target.name,
      );
    },
  },
  {
    code: 'reinitialize_second_primary',
    applies: ['reinitialize'],
    match: ({ targets, cluster }) =>
      targets
        .filter((member) => strayPrimaries(cluster).includes(member))
        .map((member) =>
          warning(
            say`${member.name} runs as a primary without the leader key`,
            say`What clients wrote there exists nowhere else and will be removed. Save its data directory first if that matters.`,
            { members: [member.name] },
          ),
        ),
  },
  {
    code: 'reinitialize_removes',
    applies: KINDS,
    match: ({ targets, cluster }) =>
      targets.map((member): CheckMatch => {
        const about = { members: [member.name] };
        if (
          member.systemIdentifier !== null &&
          cluster.systemIdentifier !== null &&
          member.systemIdentifier !== cluster.systemIdentifier
        ) {
          return warning(
            say`The data directory of ${member.name} belongs to another cluster and will be removed`,
            say`Save it first if somebody needs it.`,
            {
              ...about,
              evidence: [fact(member.name, member.systemIdentifier), fact(say`cluster`, cluster.systemIdentifier)],
            },
          );
        }
        if (member.divergence === null)
          return note(
            say`The data directory of ${member.name} will be removed`,
            say`It is copied anew from the cluster; what exists only there is lost.`,
            about,
          );
        const { pastBytes, memberTimeline } = member.divergence;
        return warning(
          pastBytes === null
            ? say`The data directory of ${member.name} will be removed, with the WAL past the fork that no other member has`
            : say`The data directory of ${member.name} will be removed, with ${formatBytes(pastBytes)} of WAL past the fork that no other member has`,
          say`Save the directory first if that WAL matters.`,
          { ...about, evidence: [fact(member.name, say`forked on timeline ${memberTimeline}`)] },
        );
      }),
  },
  {
    code: 'reinitialize_healthy',
    applies: KINDS,
    match: ({ targets, leader }) =>
      targets
        .filter(
          (member) =>
            member.name !== leader?.name && member.divergence === null && member.replication.kind === 'streaming',
        )
        .map((member) =>
          warning(
            say`${member.name} streams: nothing shows that it needs this`,
            say`A restart or a switchover may be what you want.`,
            {
              members: [member.name],
            },
          ),
        ),
  },
  {
    code: 'reinitialize_busy',
    applies: KINDS,
    match: ({ targets, request }) => {
      const { force } = request as RequestOf<'reinitialize'>;
      return targets
        .filter((member) => member.state !== null && isPassing(member.state))
        .map((member) =>
          force
            ? warning(say`${member.name} is ${member.state ?? ''}`, say`Patroni cancels that and starts over.`, {
                members: [member.name],
              })
            : blocker(
                say`${member.name} is ${member.state ?? ''}`,
                say`Patroni does one thing at a time there: wait, or cancel it with force.`,
                {
                  members: [member.name],
                },
              ),
        );
    },
  },
  {
    code: 'reinitialize_from_leader',
    applies: KINDS,
    match: ({ targets, request, leader }) => {
      const { fromLeader } = request as RequestOf<'reinitialize'>;
      const [target] = targets;
      if (!fromLeader || target === undefined) return null;
      if (!since41(target.patroniVersion)) {
        return blocker(
          say`Patroni ${target.patroniVersion ?? say`of unknown version`} on ${target.name} cannot be told to copy from the leader`,
          say`That needs Patroni 4.1: an older one chooses the source itself. Ask without that condition.`,
          { members: [target.name] },
        );
      }
      return note(
        say`It is copied from ${leader?.name ?? say`the leader`}`,
        say`The copy costs the leader disk reads and network.`,
        {
          members: leader === null ? [] : [leader.name],
        },
      );
    },
  },
  {
    code: 'reinitialize_cascade',
    applies: KINDS,
    match: ({ targets, listed }) =>
      targets.flatMap((member) => {
        const below = listed.filter((other) => other.upstream === member.name).map((other) => other.name);
        return below.length === 0
          ? []
          : [
              warning(
                say`${joinNames(below)} ${agree(below.length, 'streams', 'stream')} from ${member.name}`,
                say`Patroni points them elsewhere, or they wait until it is back.`,
                { members: below },
              ),
            ];
      }),
  },
];

/** Patroni's own words for a version that knows from_leader, demote-cluster and promote-cluster. null: not known. */
export function since41(version: string | null): boolean {
  const [major, minor] = (version ?? '').split('.').map((part) => Number.parseInt(part, 10));
  return major !== undefined && minor !== undefined && (major > 4 || (major === 4 && minor >= 1));
}

/** Streams, answers, and nothing forbids it to lead. */
function healthyReplicas({ snapshot, listed }: CheckContext): readonly string[] {
  return listed
    .filter(
      (member) =>
        patroniAnswers(member) &&
        member.replication.kind === 'streaming' &&
        snapshot.readiness.candidates.some(
          (candidate) =>
            candidate.member === member.name &&
            (candidate.eligible === true || candidate.reasons.every(({ code }) => code === 'not_sync')),
        ),
    )
    .map((member) => member.name);
}

function overridable({ request }: CheckContext, title: Text, consequence: Text, member: string): CheckMatch {
  const { override } = request as RequestOf<'reinitialize'>;
  return override
    ? warning(say`${title}, and you go on anyway`, consequence, { members: [member] })
    : blocker(title, say`${consequence} To go on, set the override and give a reason.`, { members: [member] });
}
