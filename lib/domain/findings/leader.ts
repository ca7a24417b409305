// Findings about who leads: the leader key against the primaries that really run.

import { formatSeconds, joinNames } from '../../language/quantity';
import { joined, say } from '../../language/sentence';
import { bootstrapOf } from '../bootstrap';
import type { Cluster, Member } from '../cluster';
import { formatLsn } from '../lsn';
import { isForeign, isLeaderKeyEmpty, isLeaderNobody, leaderOf, leads } from '../members';
import { isUnasked } from '../patroni-states';
import { isTrap } from '../readiness';
import { remedyOf } from '../remedy';
import { type FindingRule, fact, type Match, persists, settling } from './rule';

const isPrimary = (member: Member): boolean => member.postgresRole === 'primary' && !member.silent;
/** One of another cluster is told as that. */
const primariesOf = (cluster: Cluster): readonly Member[] =>
  cluster.members.filter((member) => isPrimary(member) && !isForeign(member, cluster));

function roleFacts(members: readonly Member[]) {
  return members.map((member) => {
    const at = joined(
      [
        member.timeline === null ? say`unknown` : `${member.timeline}`,
        ...(member.lsn === null ? [] : [formatLsn(member.lsn)]),
      ],
      ', ',
    );
    return fact(
      member.name,
      member.clusterRole === null
        ? say`primary on timeline ${at}, DCS says nothing`
        : say`primary on timeline ${at}, DCS says ${member.clusterRole}`,
    );
  });
}

export const LEADER_RULES: readonly FindingRule[] = [
  {
    code: 'no_leader',
    meaning:
      'Nobody holds the leader key, so Patroni lets no member accept writes. Normal for a moment in a switchover; critical once the ttl has passed.',
    match: (context) => {
      const { cluster, now } = context;
      if (cluster.leader?.known) return [];
      // What never began, and what is over, has no leader to lose.
      if (cluster.members.length === 0 || bootstrapOf(cluster) !== null) return [];
      const blind = cluster.dcs !== null && cluster.dcs.state !== 'fresh';
      // Only a readable DCS shows that the key is not there; else every member has to say that it is no primary.
      if ((blind || cluster.dcs === null) && cluster.writable !== false) return [];
      const stray = primariesOf(cluster).length > 0;
      const since = context.sinceOf('no_leader', []);
      const seconds = (now - since) / 1000;
      const ttl = cluster.config?.ttlSeconds ?? 30;
      // Paused, or with nobody to elect, waiting helps nobody.
      const nobody =
        cluster.paused === true || !context.readiness.candidates.some(({ eligible }) => eligible !== false);
      const isEmpty = isLeaderKeyEmpty(cluster);
      const overdue = seconds >= ttl || blind || isEmpty || (nobody && !stray);
      const refused = context.readiness.candidates.map((candidate) =>
        fact(candidate.member, candidate.reasons[0]?.text ?? say`may be elected`),
      );
      const inRecovery = cluster.members
        .filter((member) => !member.silent && member.postgresRole === 'replica')
        .map((member) => fact(member.name, say`in recovery`));
      return [
        {
          severity: overdue ? 'critical' : 'warning',
          title: isEmpty
            ? say`The leader key is there and empty: nobody can take it`
            : overdue
              ? cluster.paused === true
                ? say`No leader for ${formatSeconds(seconds)} and paused: nobody takes over`
                : stray
                  ? say`No leader for ${formatSeconds(seconds)}: a primary keeps working without the key`
                  : cluster.writable === null
                    ? say`No leader for ${formatSeconds(seconds)}: whether anybody accepts writes is not known`
                    : say`No leader for ${formatSeconds(seconds)}: nothing accepts writes`
              : stray
                ? say`No leader: a primary keeps working without the key`
                : seconds < 1
                  ? say`No leader: an election is due`
                  : say`No leader for ${formatSeconds(seconds)}: an election is due`,
          members: [],
          evidence: [
            fact(
              'DCS',
              cluster.dcs === null || blind
                ? say`not read, but no member says that it is a primary`
                : isEmpty
                  ? say`the leader key is there and empty`
                  : say`the leader key does not exist`,
            ),
            ...(blind ? inRecovery : refused),
          ],
          advice: blind
            ? say`Bring the DCS back: without it nobody can take the leader key. Promote nothing by hand while it may return.`
            : isEmpty
              ? say`Delete the leader key: while it stands nobody can make it anew. See who wrote it: Patroni never writes an empty one.`
              : stray
                ? say`Do not stop the primary that runs: it may be the only one that accepts writes. See why its Patroni does not take the key.`
                : cluster.paused === true
                  ? say`While paused Patroni elects nobody: fail over to the member with the most WAL, or resume.`
                  : overdue
                    ? say`Find out why no member may take over (below). A manual failover to the member with the most WAL ends the outage; what it has not received is lost.`
                    : say`Wait: Patroni elects within the ttl of ${ttl} s.`,
        },
      ];
    },
  },
  {
    code: 'multiple_primaries',
    meaning:
      'More than one member is out of recovery and answers: clients may write to both, and their histories part.',
    match: (context) => {
      const primaries = primariesOf(context.cluster);
      if (primaries.length < 2) return [];
      // Two answers of different moments can overlap in a switchover; two rounds in a row cannot.
      const names = primaries.map((member) => member.name);
      const proved = primaries.every((member) => persists(context, member, isPrimary) && isNewer(context, member));
      // A snapshot between two rounds holds no newer answers: what stood goes on standing.
      if (!proved && context.sinceOf('multiple_primaries', names) === context.now) return [];
      const extra = primaries.filter((member) => !leads(member, context.cluster)).map(({ name }) => name);
      const nobody = extra.length === names.length;
      return [
        {
          severity: 'critical',
          title:
            names.length === 2
              ? say`Two primaries: ${joinNames(names)}`
              : say`${names.length} primaries: ${joinNames(names)}`,
          members: names,
          evidence: [
            ...roleFacts(primaries),
            fact(
              'DCS',
              context.cluster.leader === null
                ? say`no leader key`
                : say`the leader key names ${context.cluster.leader.name}`,
            ),
          ],
          advice: nobody
            ? say`Which of them clients write to decides: keep that one, keep clients away from the others at once. Stop nothing before that is known.`
            : say`Keep clients away from ${joinNames(extra)} at once: what it accepts is not in the cluster's history. Then stop its PostgreSQL and reinitialize it.`,
        },
      ];
    },
  },
  {
    code: 'leader_key_without_primary',
    meaning: 'The leader key is held, but its holder runs no primary: nothing accepts writes while the key is kept.',
    match: (context) => {
      const { cluster, leader, now } = context;
      if (cluster.leader === null || !cluster.leader.known || cluster.standbyCluster !== null) return [];
      if (leader === null) return keptByNobody(cluster);
      if (leader.postgresRole === 'primary' || !isOut(leader, cluster)) return [];
      const promoting =
        cluster.leader.since !== null && now - cluster.leader.since < 10_000 && leader.postgresRole === 'replica';
      if (promoting) return [];
      // In a planned switchover the old leader keeps the key until it has shut down in good order.
      const leaving = cluster.pendingSwitchover !== null || leader.state === 'stopping';
      const young = now - context.sinceOf('leader_key_without_primary', [leader.name]) < 10_000;
      return [
        {
          severity: leaving && young ? 'warning' : 'critical',
          title: say`${leader.name} holds the leader key but is not a primary`,
          members: [leader.name],
          evidence: [
            fact(
              'DCS',
              cluster.dcs?.leaderLease
                ? say`leader key of ${leader.name}, ${Math.round(cluster.dcs.leaderLease.ttlSeconds)} s left`
                : say`leader key of ${leader.name}`,
            ),
            fact(
              leader.name,
              leader.postgresRole === 'replica'
                ? say`in recovery`
                : (leader.witnesses.sql.error ?? say`state ${leader.state ?? say`unknown`}`),
            ),
            fact(
              'Patroni',
              leader.witnesses.patroni.state === 'fresh'
                ? say`says ${leader.state ?? say`unknown`}`
                : (leader.witnesses.patroni.error ?? say`does not answer`),
            ),
          ],
          advice: say`Look at PostgreSQL's log on ${leader.name}. If its Patroni is alive it restarts PostgreSQL or gives the key up; if it hangs, the key expires after the ttl.`,
        },
      ];
    },
  },
  {
    code: 'primary_without_leader_key',
    meaning:
      'A primary runs that does not hold the leader key: either the only one (the cluster works without protection) or a second one.',
    match: (context) => {
      const { cluster } = context;
      if (cluster.dcs !== null && cluster.dcs.state !== 'fresh') return [];
      if (cluster.leader !== null && !cluster.leader.known) return [];
      if (settling(context, 1) && cluster.leader !== null) return [];
      const { before } = context;
      const nobody = isLeaderNobody(cluster);
      const isOnly = primariesOf(cluster).length === 1;
      const holder = cluster.members.find(({ name }) => name === leaderOf(cluster)?.name);
      return primariesOf(cluster)
        .filter((member) => !leads(member, cluster) && !member.failsafeActive)
        .filter((member) =>
          persists(context, member, (was) => isPrimary(was) && before !== null && !leads(was, before)),
        )
        .map((member) => ({
          severity: 'critical' as const,
          title: say`${member.name} is a primary without the leader key`,
          members: [member.name],
          evidence: [
            ...roleFacts([member]),
            fact(
              'DCS',
              cluster.leader === null
                ? say`no leader key`
                : nobody
                  ? say`the leader key names ${cluster.leader.name}, which is no member`
                  : say`the leader key names ${cluster.leader.name}`,
            ),
            fact(
              'Patroni',
              member.witnesses.patroni.state === 'fresh'
                ? say`says ${member.state ?? say`unknown`}`
                : (member.witnesses.patroni.error ?? say`does not answer`),
            ),
          ],
          advice:
            nobody && isOnly
              ? say`Do not stop ${member.name}: it is the only primary. ${cluster.leader?.name ?? ''}, whom the leader key names, is no member: when the key expires, ${member.name} takes it. If it does not expire, see who writes it.`
              : cluster.leader === null
                ? say`Do not stop ${member.name}: it may be the only one that accepts writes. See why its Patroni does not take the key.`
                : holder === undefined || holder.silent || holder.postgresRole !== 'primary'
                  ? say`Stop and reinitialize nothing yet: ${cluster.leader.name} holds the leader key and is not seen to work as a primary. Find out which one clients write to, and keep them away from all others.`
                  : say`Keep clients away from ${member.name}: it can diverge from ${cluster.leader.name} with every write. Stop its PostgreSQL, then reinitialize it.`,
        }));
    },
  },
  {
    code: 'primary_in_standby_cluster',
    meaning:
      'A member of a standby cluster is out of recovery: it does not follow the source, and clients may write to it.',
    match: (context) => {
      const { cluster, now } = context;
      if (cluster.standbyCluster === null) return [];
      const loops = 2 * (cluster.config?.loopWaitSeconds ?? 10) + 10;
      return primariesOf(cluster).map((member) => {
        const seconds = (now - context.sinceOf('primary_in_standby_cluster', [member.name])) / 1000;
        return {
          severity: seconds > loops ? ('critical' as const) : ('note' as const),
          title: say`${member.name} runs as a primary in a standby cluster`,
          members: [member.name],
          evidence: [
            ...roleFacts([member]),
            fact('standby_cluster', cluster.standbyCluster?.host ?? say`a restore_command alone`),
          ],
          advice:
            cluster.paused === true
              ? say`While paused Patroni does not demote it. Keep clients away from ${member.name}: what they write there is not at the source.`
              : say`Patroni demotes it in its next loops. If it stays so, keep clients away from ${member.name}, and see in its log why; if it is meant to lead, promote the cluster: take standby_cluster out.`,
        };
      });
    },
  },
  {
    code: 'failsafe_active',
    meaning: 'The DCS is away and failsafe_mode keeps the primary up because every member answers it.',
    match: ({ cluster }) => {
      if (!cluster.failsafe.active) return [];
      const active = cluster.members.filter((member) => member.failsafeActive);
      const primary = active.find(isPrimary);
      // A standby believes the last call of the leader for a ttl; the leader itself knows that the DCS is back.
      const leader = leaderOf(cluster);
      const isOver = cluster.dcs?.state === 'fresh' && cluster.leader?.known === true && leader?.silent === false;
      if (isOver && primary === undefined && leader?.postgresRole === 'primary') return [];
      return [
        {
          severity: 'warning',
          title: primary
            ? say`failsafe_mode is active: ${primary.name} stays primary without the DCS`
            : say`failsafe_mode is active`,
          members: primary ? [primary.name] : [],
          evidence: active.map((member) => fact(member.name, 'failsafe_mode_is_active')),
          advice: say`No failover is possible now, and if one member stops answering the primary demotes itself. Bring the DCS back; restart nothing meanwhile.`,
        },
      ];
    },
  },
  {
    code: 'no_failover_candidate',
    meaning: 'If the leader died now, no member could take over automatically.',
    match: (context) => {
      const { cluster, readiness } = context;
      if (readiness.failoverPossible !== false || cluster.paused === true || settling(context)) return [];
      if (cluster.members.length === 0 || bootstrapOf(cluster) !== null) return [];
      if (cluster.dcs?.quorum === false || (cluster.dcs !== null && cluster.dcs.state !== 'fresh')) return [];
      // A cluster of one was built so: worth a word, not a warning.
      const alone = cluster.members.length === 1;
      const since = context.sinceOf('no_failover_candidate', []);
      const evidence =
        readiness.candidates.length === 0
          ? [fact(say`members`, readiness.reasons[0] ?? say`no other member`)]
          : readiness.candidates.map((candidate) =>
              fact(
                candidate.member,
                joined(
                  candidate.reasons.map((reason) => reason.text),
                  '; ',
                ),
              ),
            );
      const traps = readiness.candidates.filter(isTrap);
      const remedy = remedyOf(cluster, readiness.candidates);
      return [
        {
          severity: cluster.leader === null ? 'critical' : alone ? 'note' : 'warning',
          title:
            cluster.leader === null
              ? say`No member may become leader`
              : say`No member could take over from ${cluster.leader.name}`,
          members: [],
          evidence,
          since,
          advice:
            traps.length > 0
              ? say`Patroni itself would elect ${joinNames(traps.map((candidate) => candidate.member))}, which loses data: repair it first, or tag it nofailover.`
              : alone
                ? say`Add a standby if this cluster should survive the loss of its only member.`
                : (remedy ?? say`Repair one standby before anything else is done to this cluster.`),
        },
      ];
    },
  },
  {
    code: 'paused',
    meaning: 'Maintenance mode: Patroni watches but does not act, so nothing fails over by itself.',
    match: (context) => {
      if (context.cluster.paused !== true) return [];
      const note = context.cluster.pauseNote;
      const seconds = (context.now - (note?.pausedAt ?? context.sinceOf('paused', []))) / 1000;
      const overSeconds = note?.until == null ? 0 : (context.now - note.until) / 1000;
      const told = note === null ? [] : [fact(note.owner, note.reason)];
      const unseen = context.cluster.members.filter(
        (member) => !member.silent && member.witnesses.patroni.state === 'fresh' && member.seesPause === false,
      );
      const loopMs = (context.cluster.config?.loopWaitSeconds ?? 10) * 1000;
      const acts = seconds * 1000 > 2 * loopMs ? unseen : [];
      const lasting =
        seconds < 60
          ? say`Paused: no automatic failover`
          : say`Paused for ${formatSeconds(seconds)}: no automatic failover`;
      return [
        {
          severity: 'warning',
          title:
            overSeconds > 0
              ? say`Paused ${formatSeconds(overSeconds)} past its end: no automatic failover`
              : note?.until == null
                ? lasting
                : say`${lasting}, ${formatSeconds(-overSeconds)} to go`,
          members: [],
          evidence: [
            fact('config', say`pause is true`),
            ...acts.map(({ name }) => fact(name, say`has not seen the pause: it goes on acting by itself`)),
            ...told,
          ],
          advice:
            overSeconds > 0 && note !== null
              ? say`Resume, or ask ${note.owner} whether the maintenance goes on.`
              : say`Resume when the maintenance is over: \`patronictl resume\`.`,
          since: note?.pausedAt ?? null,
        },
      ];
    },
  },
];

/** Its holder takes no writes, whoever else may. */
function isOut(leader: Member, cluster: Cluster): boolean {
  if (cluster.writable !== null) return !cluster.writable;
  const stray = primariesOf(cluster).some((member) => !leads(member, cluster));
  const isKnown = leader.silent
    ? leader.witnesses.sql.errorKind === 'refused'
    : leader.state !== null && !isUnasked(leader.state);
  return stray && isKnown;
}

/** The key names nobody that there is. Where a primary runs, that one is told. */
function keptByNobody(cluster: Cluster): readonly Match[] {
  if (!isLeaderNobody(cluster) || primariesOf(cluster).length > 0) return [];
  const name = cluster.leader?.name ?? '';
  return [
    {
      severity: cluster.writable === false ? 'critical' : 'unknown',
      title: say`${name} holds the leader key and is no member`,
      members: [],
      evidence: [
        fact('DCS', say`the leader key names ${name}, which is no member`),
        ...cluster.members.map((member) =>
          fact(member.name, member.silent ? say`does not answer` : (member.state ?? say`state unknown`)),
        ),
      ],
      advice: say`While the key stands nobody is elected. It goes when its lease ends; if it does not, see who writes it: another cluster under this scope, or a member whose key was removed.`,
    },
  ];
}

/** The answer is a new one, not the one that the previous snapshot was built from. */
function isNewer(context: Parameters<FindingRule['match']>[0], member: Member): boolean {
  const before = context.before?.members.find((entry) => entry.name === member.name);
  return before?.observedAt != null && member.observedAt !== null && member.observedAt > before.observedAt;
}
