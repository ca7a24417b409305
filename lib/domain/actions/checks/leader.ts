// Checks about the leader: is it what it must be, and what its shutdown breaks off or waits for.
import { isPassing } from '../../patroni-states';
import { formatBytes, formatSeconds, joinNames, plural } from '../../words';
import type { ActionKind } from '../action';
import { patroniAnswers } from '../way';
import {
  blocker,
  type CheckContext,
  type CheckMatch,
  type CheckRow,
  except,
  fact,
  note,
  passed,
  warning,
} from './check';

const LONG_TRANSACTION_SECONDS = 30;
const UNARCHIVED_WARNING_FILES = 3;
/** Kinds by which the leader may shut down; whether this request does is `leaderStops`. */
const STOPS: readonly ActionKind[] = ['switchover', 'failover', 'restart', 'rolling_restart', 'demote_cluster'];

export const LEADER_CHECKS: readonly CheckRow[] = [
  {
    code: 'leader',
    applies: ['switchover', 'rolling_restart', 'reinitialize', 'demote_cluster', 'promote_cluster', 'edit_config'],
    match: (context) => leaderCheck(context),
  },
  {
    code: 'leader_present',
    applies: ['failover'],
    match: ({ cluster, leader, leaderHealthy, candidates, candidate }) => {
      if (cluster.leader === null) return passed('no leader');
      const { name } = cluster.leader;
      if (!leaderHealthy) {
        return warning(
          `${name} holds the leader key and does not answer as a healthy leader`,
          `Patroni of ${name} has to take this up. If it is gone, ${candidate ?? 'the candidate'} takes over when the key has expired.`,
          {
            members: [name],
            evidence:
              leader === null
                ? []
                : [fact(name, `PostgreSQL ${leader.postgresRole}, state ${leader.state ?? 'unknown'}`)],
          },
        );
      }
      const chosen = candidates.find(({ member }) => member === candidate);
      return chosen !== undefined &&
        chosen.choice === 'eligible' &&
        chosen.atRiskBytes !== null &&
        !ignoresSync(cluster, candidate)
        ? blocker(
            `${name} leads and is healthy: use a switchover`,
            `It does the same to ${candidate} and loses nothing.`,
            {
              members: [name],
            },
          )
        : warning(
            `${name} leads and is healthy: a switchover is the safe way`,
            'With a leader Patroni works on a failover like on a switchover, but ignores /sync.',
            { members: [name] },
          );
    },
  },
  {
    code: 'second_primary',
    applies: ['switchover', 'failover', 'rolling_restart', 'demote_cluster', 'promote_cluster', 'resume'],
    match: ({ cluster, request, candidate }) => {
      const others = cluster.members.filter(
        (member) => !member.silent && member.postgresRole === 'primary' && member.name !== cluster.leader?.name,
      );
      const names = others.map((member) => member.name);
      // Without a leader the one primary that is left may be the very one to take the key.
      if (names.length === 0 || (names.length === 1 && cluster.leader === null && names[0] === candidate)) return null;
      const title = `${joinNames(names)} ${names.length === 1 ? 'runs as a primary' : 'run as primaries'} without the leader key`;
      const about = { members: names };
      return request.kind === 'resume'
        ? warning(title, 'Once resumed Patroni demotes it; what it wrote is lost.', about)
        : blocker(title, 'Stop the one that must not write first: with a new leader two would.', about);
    },
  },
  {
    code: 'old_primary_lives',
    applies: ['failover'],
    match: ({ cluster, leader }) =>
      leader !== null &&
      !leader.silent &&
      leader.postgresRole === 'primary' &&
      !patroniAnswers(leader) &&
      cluster.leader !== null
        ? blocker(
            `PostgreSQL of ${leader.name} still runs as a primary, and its Patroni does not answer`,
            `Nobody demotes it: with a new leader two accept writes. Stop PostgreSQL of ${leader.name} first.`,
            { members: [leader.name], evidence: [evidenceOf(leader)] },
          )
        : null,
  },
  {
    code: 'old_primary_unseen',
    applies: ['failover'],
    match: ({ cluster, candidate }) => {
      const unseen = cluster.members.filter((member) => member.silent && member.name !== candidate);
      const fed = cluster.members.filter(
        (member) =>
          !member.silent &&
          member.replication.kind === 'streaming' &&
          unseen.some((other) => other.name === member.upstream && other.upstream === null),
      );
      const upstream = fed[0]?.upstream ?? null;
      if (upstream !== null) {
        const evidence = fed.map((member) => fact(member.name, `still streams from ${upstream}`));
        const title = `${upstream} does not answer, and ${joinNames(fed.map((member) => member.name))} still ${fed.length === 1 ? 'streams' : 'stream'} from it`;
        return blocker(
          title,
          `Its PostgreSQL runs: with a new leader two accept writes. Stop PostgreSQL of ${upstream} first.`,
          {
            members: [upstream],
            evidence,
          },
        );
      }
      const last = cluster.leader?.name ?? cluster.history.at(-1)?.leader ?? null;
      const old = unseen.find((member) => member.name === last);
      return old === undefined || cluster.leader !== null
        ? null
        : warning(
            `${old.name} led last and does not answer`,
            'If its PostgreSQL still runs, two members accept writes after this. Make sure that it is stopped.',
            { members: [old.name] },
          );
    },
  },
  {
    code: 'failsafe',
    applies: except('reload'),
    match: ({ cluster }) =>
      cluster.failsafe.active
        ? blocker(
            'failsafe_mode is at work: Patroni has lost the DCS and holds the primary by its members',
            'Nothing can be asked of it meanwhile, and a member that stops may take the primary down. Bring the DCS back first.',
          )
        : null,
  },
  {
    code: 'leader_not_asked',
    applies: STOPS,
    match: ({ facts, leaderFacts, leader, leaderStops, snapshot }) => {
      if (facts === null || leaderFacts !== null || leader === null || !leaderStops) return null;
      const why =
        facts.leader !== null
          ? `${facts.leader.member} was asked, ${leader.name} leads now`
          : (facts.leaderProblem ?? 'it did not answer');
      return note(
        `What ${leader.name} is doing is not known`,
        `Long or prepared transactions, unarchived WAL and base backups there cannot be seen.`,
        { members: [leader.name], evidence: [fact(snapshot.scope, why)] },
      );
    },
  },
  {
    code: 'longest_transaction',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops }) => {
      if (leaderFacts === null || !leaderStops) return null;
      const { longestTransaction: longest, member } = leaderFacts;
      if (longest === null) return passed('no open transaction');
      const { seconds, pid, application, user, query } = longest;
      const title = `A transaction has been open on ${member} for ${formatSeconds(seconds)}`;
      const who = [`pid ${pid}`, ...[application, user, query].flatMap((part) => part || [])].join(', ');
      const about = { members: [member], evidence: [fact(member, who)] };
      return seconds > LONG_TRANSACTION_SECONDS
        ? warning(title, `${who}. It will be rolled back`, about)
        : note(title, `${who}. If it is still open then, it is rolled back`, about);
    },
  },
  {
    code: 'connections',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops }) =>
      leaderFacts === null || !leaderStops || leaderFacts.connections === null || leaderFacts.connections === 0
        ? null
        : note(
            `${plural(leaderFacts.connections, 'client connection')} on ${leaderFacts.member}`,
            leaderFacts.connections === 1
              ? 'It is cut and has to connect again.'
              : 'All of them are cut and have to connect again.',
            { members: [leaderFacts.member] },
          ),
  },
  {
    code: 'prepared_transactions',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops, request }) => {
      const prepared = leaderFacts?.preparedTransactions ?? null;
      if (leaderFacts === null || prepared === null || !leaderStops) return null;
      if (prepared.count === 0) return passed('no prepared transactions');
      return warning(
        `${plural(prepared.count, 'prepared transaction')} on ${leaderFacts.member}, the oldest ${formatSeconds(prepared.oldestSeconds)}`,
        request.kind === 'restart'
          ? 'They survive the restart and keep their locks.'
          : 'They move to the new leader with their locks; their coordinator must find it to finish them.',
        { members: [leaderFacts.member] },
      );
    },
  },
  {
    code: 'unarchived_wal',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops }) => {
      if (leaderFacts === null || leaderFacts.unarchivedFiles === null || !leaderStops) return null;
      const { unarchivedFiles: files, unarchivedBytes: bytes, member } = leaderFacts;
      if (files === 0) return passed('all WAL archived');
      const title = `${plural(files, 'WAL file')} ${files === 1 ? 'is' : 'are'} not archived yet${bytes === null ? '' : `, ${formatBytes(bytes)}`}`;
      const detail = `The shutdown of ${member} waits for the archiver.`;
      const about = { members: [member] };
      return files >= UNARCHIVED_WARNING_FILES ? warning(title, detail, about) : note(title, detail, about);
    },
  },
  {
    code: 'archiver',
    applies: STOPS,
    match: ({ leader, leaderStops }) => {
      if (leader === null || !leaderStops || leader.archiver?.enabled !== true) return null;
      const { lastFailedAt, lastFailedWal, lastArchivedAt } = leader.archiver;
      if (lastFailedAt === null || (lastArchivedAt !== null && lastArchivedAt >= lastFailedAt))
        return passed('archiver works');
      return warning(
        `The archiver of ${leader.name} fails${lastFailedWal === null ? '' : ` on ${lastFailedWal}`}`,
        'The shutdown tries once more and gives up; WAL that only lies there may be missing from the archive.',
        { members: [leader.name] },
      );
    },
  },
  {
    code: 'base_backup',
    applies: [...STOPS, 'reinitialize'],
    match: ({ leaderFacts, leaderStops, request }) => {
      if (leaderFacts === null || !(leaderStops || request.kind === 'reinitialize')) return null;
      const { baseBackups, member } = leaderFacts;
      if (baseBackups.length === 0) return passed('no base backup');
      const evidence = baseBackups.map(({ pid, phase, streamedBytes, totalBytes }) =>
        fact(
          `pid ${pid}`,
          `${phase}${streamedBytes === null ? '' : `, ${formatBytes(streamedBytes)}${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`}`}`,
        ),
      );
      const about = { members: [member], evidence };
      const title = `${plural(baseBackups.length, 'base backup')} ${baseBackups.length === 1 ? 'runs' : 'run'} on ${member}`;
      return request.kind === 'reinitialize'
        ? note(title, 'Two copies share its disk and network.', about)
        : warning(title, 'It breaks off and has to start again.', about);
    },
  },
  {
    code: 'leader_pending_restart',
    applies: ['switchover'],
    match: ({ leader }) =>
      leader?.pendingRestart == null
        ? null
        : note(
            `${leader.name} has a pending restart`,
            'A switchover restarts it: the pending change takes effect there.',
            {
              members: [leader.name],
              evidence: leader.pendingRestart.parameters.map(({ name, from, to }) =>
                fact(name, `${from ?? '?'} to ${to ?? '?'}`),
              ),
            },
          ),
  },
];

function ignoresSync(
  { synchronousMode, sync, standbyCluster }: CheckContext['cluster'],
  candidate: string | null,
): boolean {
  return synchronousMode === 'on' && standbyCluster === null && !(sync?.standbys ?? []).includes(candidate ?? '');
}

function leaderCheck({ cluster, leader, leaderHealthy, snapshot, request }: CheckContext): CheckMatch | null {
  // An edit of the configuration needs no leader; it is told only where nobody applies it.
  if (request.kind === 'edit_config') {
    return cluster.leader === null
      ? note(`${snapshot.scope} has no leader`, 'Each member takes the change up by itself.')
      : null;
  }
  if (cluster.leader === null) {
    const detail =
      request.kind === 'reinitialize'
        ? 'There is nobody to copy from: Patroni refuses it.'
        : 'There is nobody who could hand over. To make a member leader use a failover.';
    return blocker(`${snapshot.scope} has no leader`, detail);
  }
  const { name, known } = cluster.leader;
  const about = { members: [name], evidence: leader === null ? [] : [evidenceOf(leader)] };
  const wait = 'It cannot hand over in an orderly way. If it does not come back, use a failover.';
  if (!known) return blocker(`Who leads is not known: it was ${name}`, 'Wait until the DCS can be read again.', about);
  if (leader === null) return blocker(`The leader key names ${name}, which is no member`, wait, about);
  if (leader.silent) return blocker(`${name} leads and does not answer`, wait, about);
  if (!patroniAnswers(leader))
    return blocker(
      `Patroni of ${name} did not answer the last question`,
      'It is the one who has to act. Wait until it answers.',
      about,
    );
  if (leader.state !== null && isPassing(leader.state))
    return blocker(`PostgreSQL of ${name} is ${leader.state}`, 'Wait until it runs.', about);
  if (!leaderHealthy) {
    return blocker(
      cluster.standbyCluster === null
        ? `${name} holds the leader key but is no primary`
        : `${name} holds the leader key but is no standby leader`,
      'Wait until it is one, or until Patroni has elected another.',
      about,
    );
  }
  return passed(
    cluster.standbyCluster === null ? `${name} leads and answers` : `${name} is the standby leader and answers`,
  );
}

function evidenceOf(leader: NonNullable<CheckContext['leader']>): { label: string; text: string } {
  const { patroni, sql } = leader.witnesses;
  return fact(
    leader.name,
    `PostgreSQL says ${leader.postgresRole}, state ${leader.state ?? 'unknown'}; Patroni ${patroni.error ?? patroni.state ?? 'not asked'}; SQL ${sql.error ?? sql.state ?? 'not configured'}`,
  );
}
