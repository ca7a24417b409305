// Checks about the leader: is it what it must be, and what its shutdown breaks off or waits for.

import { formatBytes, formatSeconds, joinNames, plural } from '../../../language/quantity';
import { agree, joined, say, type Text } from '../../../language/sentence';
import type { ActionKind } from '../../action-kind';
import { isLeaderNobody, patroniAnswers, strayPrimaries } from '../../members';
import { isPassing, isUnasked } from '../../patroni-states';
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
      if (cluster.leader === null) return passed(say`no leader`);
      const { name } = cluster.leader;
      if (!leaderHealthy) {
        return warning(
          say`${name} holds the leader key but does not answer as a healthy leader`,
          say`Patroni on ${name} has to act on this. If it is gone, ${candidate ?? say`the candidate`} takes over once the key has expired.`,
          {
            members: [name],
            evidence:
              leader === null
                ? []
                : [fact(name, say`PostgreSQL ${leader.postgresRole}, state ${leader.state ?? say`unknown`}`)],
          },
        );
      }
      const chosen = candidates.find(({ member }) => member === candidate);
      return chosen !== undefined &&
        chosen.choice === 'eligible' &&
        chosen.atRiskBytes !== null &&
        !ignoresSync(cluster, candidate)
        ? blocker(
            say`${name} is healthy: use Switchover`,
            say`It makes ${chosen.member} the leader too, and loses nothing.`,
            {
              members: [name],
            },
          )
        : warning(
            say`${name} is healthy: Switchover is the safe way`,
            say`With a leader, Patroni treats a failover like a switchover, but ignores /sync.`,
            { members: [name] },
          );
    },
  },
  {
    code: 'second_primary',
    applies: ['switchover', 'failover', 'rolling_restart', 'demote_cluster', 'promote_cluster', 'resume'],
    match: ({ cluster, request, candidate }) => {
      const others = strayPrimaries(cluster);
      const names = others.map((member) => member.name);
      // Without a leader the one primary that is left may be the very one to take the key.
      if (names.length === 0 || (names.length === 1 && cluster.leader === null && names[0] === candidate)) return null;
      const title = say`${joinNames(names)} ${agree(names.length, 'runs as a primary', 'run as primaries')} without the leader key`;
      const about = { members: names };
      if (isLeaderNobody(cluster) && names.length === 1)
        return blocker(
          say`${title}, and the key names ${cluster.leader?.name ?? ''}, which is no member`,
          say`It is the only primary. Wait until the key has expired and it has taken it, or see who writes the key.`,
          about,
        );
      return request.kind === 'resume'
        ? warning(title, say`Once resumed, Patroni demotes it; what it wrote is lost.`, about)
        : blocker(title, say`First stop the one that must not write: with a new leader, two would.`, about);
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
            say`PostgreSQL on ${leader.name} still runs as a primary, and its Patroni does not answer`,
            say`Nobody demotes it: with a new leader, two members would accept writes. Stop PostgreSQL on ${leader.name} first.`,
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
        const evidence = fed.map((member) => fact(member.name, say`still streams from ${upstream}`));
        const title = say`${upstream} does not answer, and ${joinNames(fed.map((member) => member.name))} still ${agree(fed.length, 'streams', 'stream')} from it`;
        return blocker(
          title,
          say`Its PostgreSQL is running: with a new leader, two members would accept writes. Stop PostgreSQL on ${upstream} first.`,
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
            say`${old.name} was the last leader and does not answer`,
            say`If its PostgreSQL still runs, two members will accept writes after this. Make sure that it is stopped.`,
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
            say`failsafe_mode is active: Patroni has lost the DCS and keeps the primary while every member answers`,
            say`Meanwhile Patroni takes no requests, and a member that stops may take the primary down. Bring the DCS back first.`,
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
          ? say`${facts.leader.member} was asked, but ${leader.name} leads now`
          : (facts.leaderProblem ?? say`it did not answer`);
      return note(
        say`What ${leader.name} is doing is not known`,
        say`Long or prepared transactions, unarchived WAL and base backups there cannot be seen.`,
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
      if (longest === null) return passed(say`no open transaction`);
      const { seconds, pid, application, user, query } = longest;
      const title = say`A transaction has been open on ${member} for ${formatSeconds(seconds)}`;
      const who = joined([say`pid ${pid}`, ...[application, user, query].flatMap((part) => part || [])], ', ');
      const about = { members: [member], evidence: [fact(member, who)] };
      return seconds > LONG_TRANSACTION_SECONDS
        ? warning(title, say`${who}. It will be rolled back`, about)
        : note(title, say`${who}. If it is still open then, it is rolled back`, about);
    },
  },
  {
    code: 'connections',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops }) =>
      leaderFacts === null || !leaderStops || leaderFacts.connections === null || leaderFacts.connections === 0
        ? null
        : note(
            say`${plural(leaderFacts.connections, 'client connection')} on ${leaderFacts.member}`,
            say`${agree(leaderFacts.connections, 'It is cut and has', 'All of them are cut and have')} to connect again.`,
            { members: [leaderFacts.member] },
          ),
  },
  {
    code: 'prepared_transactions',
    applies: STOPS,
    match: ({ leaderFacts, leaderStops, request }) => {
      const prepared = leaderFacts?.preparedTransactions ?? null;
      if (leaderFacts === null || prepared === null || !leaderStops) return null;
      if (prepared.count === 0) return passed(say`no prepared transactions`);
      const oldest = formatSeconds(prepared.oldestSeconds);
      return warning(
        say`${plural(prepared.count, 'prepared transaction')} on ${leaderFacts.member}, the oldest ${oldest}`,
        request.kind === 'restart'
          ? say`They survive the restart and keep their locks.`
          : say`They move to the new leader with their locks; their coordinator must find it to finish them.`,
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
      if (files === 0) return passed(say`all WAL archived`);
      const title =
        bytes === null
          ? say`${plural(files, 'WAL file')} ${agree(files, 'is', 'are')} not archived yet`
          : say`${plural(files, 'WAL file')} ${agree(files, 'is', 'are')} not archived yet, ${formatBytes(bytes)}`;
      const detail = say`The shutdown of ${member} waits for the archiver.`;
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
        return passed(say`archiver works`);
      return warning(
        lastFailedWal === null
          ? say`The archiver on ${leader.name} fails`
          : say`The archiver on ${leader.name} fails on ${lastFailedWal}`,
        say`The shutdown tries once more and gives up; WAL that only lies there may be missing from the archive.`,
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
      if (baseBackups.length === 0) return passed(say`no base backup`);
      const evidence = baseBackups.map(({ pid, phase, streamedBytes, totalBytes }) =>
        fact(
          say`pid ${pid}`,
          streamedBytes === null
            ? phase
            : totalBytes === null
              ? say`${phase}, ${formatBytes(streamedBytes)}`
              : say`${phase}, ${formatBytes(streamedBytes)} of ${formatBytes(totalBytes)}`,
        ),
      );
      const about = { members: [member], evidence };
      const title = say`${plural(baseBackups.length, 'base backup')} ${agree(baseBackups.length, 'runs', 'run')} on ${member}`;
      return request.kind === 'reinitialize'
        ? note(title, say`Two copies share its disk and network.`, about)
        : warning(title, say`It is aborted and has to start again.`, about);
    },
  },
  {
    code: 'leader_pending_restart',
    applies: ['switchover'],
    match: ({ leader }) =>
      leader?.pendingRestart == null
        ? null
        : note(
            say`${leader.name} has a pending restart`,
            say`A switchover restarts it: the pending change takes effect there.`,
            {
              members: [leader.name],
              evidence: leader.pendingRestart.parameters.map(({ name, from, to }) =>
                fact(name, say`${from ?? '?'} to ${to ?? '?'}`),
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
      ? note(say`${snapshot.scope} has no leader`, say`Each member applies the change by itself.`)
      : null;
  }
  if (cluster.leader === null) {
    const detail =
      request.kind === 'reinitialize'
        ? say`There is nobody to copy from: Patroni refuses it.`
        : say`There is no leader to hand over. To make a member the leader, use Failover.`;
    return blocker(say`${snapshot.scope} has no leader`, detail);
  }
  const { name, known } = cluster.leader;
  const about = { members: [name], evidence: leader === null ? [] : [evidenceOf(leader)] };
  const wait = say`It cannot hand over cleanly. If it does not come back, use Failover.`;
  if (!known)
    return blocker(say`Who leads is not known: it was ${name}`, say`Wait until the DCS can be read again.`, about);
  if (leader === null) return blocker(say`The leader key names ${name}, which is not a member`, wait, about);
  if (leader.silent) return blocker(say`${name} leads and does not answer`, wait, about);
  if (!patroniAnswers(leader))
    return blocker(
      say`Patroni on ${name} did not answer the last question`,
      say`It is the one that has to act. Wait until it answers.`,
      about,
    );
  if (leader.state !== null && isPassing(leader.state))
    return blocker(say`PostgreSQL on ${name} is ${leader.state}`, say`Wait until it runs.`, about);
  if (leader.state !== null && isUnasked(leader.state))
    return blocker(
      say`PostgreSQL on ${name} does not answer its own Patroni`,
      say`Whether it works is not known. See that first.`,
      about,
    );
  if (!leaderHealthy) {
    return blocker(
      cluster.standbyCluster === null
        ? say`${name} holds the leader key but is not a primary`
        : say`${name} holds the leader key but is not a standby leader`,
      say`Wait until it is one, or until Patroni has elected another.`,
      about,
    );
  }
  return passed(
    cluster.standbyCluster === null ? say`${name} leads and answers` : say`${name} is the standby leader and answers`,
  );
}

function evidenceOf(leader: NonNullable<CheckContext['leader']>): { label: Text; text: Text } {
  const { patroni, sql } = leader.witnesses;
  const texts = [
    say`PostgreSQL says ${leader.postgresRole}, state ${leader.state ?? say`unknown`}`,
    say`Patroni ${patroni.error ?? patroni.state ?? say`not asked`}`,
    say`SQL ${sql.error ?? sql.state ?? say`not configured`}`,
  ];
  return fact(leader.name, joined(texts, '; '));
}
