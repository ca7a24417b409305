// Findings about WAL: does it flow, is it replayed, does anybody go alone, does it pile up.

import { formatBytes } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { bootstrapOf } from '../bootstrap';
import type { Cluster, Member } from '../cluster';
import { waitsForRestart } from '../hot-standby';
import { formatLsn } from '../lsn';
import { isForeign, leaderOf } from '../members';
import { settingOf } from '../own-sync';
import { isPassing, isRunning } from '../patroni-states';
import { isSince } from '../patroni-version';
import { slotRival } from '../slot-rival';
import { isNostream } from '../tags';
import { timelineIn } from '../timelines';
import { type FindingContext, type FindingRule, fact, type Match, memberBefore, persists, settling } from './rule';

const GRACE_MS = 5000;
const ARCHIVE_GRACE_MS = 60_000;
const SLOT_LIMIT_BYTES = 1024 ** 3;
/** Two WAL segments: more than a consumer leaves behind when it reconnects. */
const SLOT_NOTE_BYTES = 32 * 1024 ** 2;

/** The leader's own slot of that name keeps as much: nobody reads it there, and the copies follow. */
function isKept(slot: string, cluster: Cluster): boolean {
  const own = leaderOf(cluster)?.slots?.find(({ name }) => name === slot);
  return (own?.retainedBytes ?? 0) > SLOT_LIMIT_BYTES;
}

export const REPLICATION_RULES: readonly FindingRule[] = [
  {
    code: 'replica_diverged',
    meaning: "A member has WAL that is not in the leader's history. It can never stream again, whatever Patroni shows.",
    match: ({ cluster }) =>
      cluster.members.filter((member) => member.divergence !== null).flatMap((member) => diverged(member, cluster)),
  },
  {
    code: 'replica_not_streaming',
    meaning: 'A standby runs but no WAL flows into it: no walsender for it upstream, no WAL receiver of its own.',
    match: (context) => context.cluster.members.flatMap((member) => notStreaming(member, context)),
  },
  {
    code: 'timeline_behind',
    meaning: 'A member is still on an older timeline than the leader and does not stream.',
    match: (context) => {
      const { cluster } = context;
      if (settling(context)) return [];
      return cluster.members.flatMap((member): Match[] => {
        if (member.silent || member.divergence !== null || member.replication.kind === 'streaming') return [];
        if (member.timeline === null || cluster.timeline === null || member.timeline >= cluster.timeline) return [];
        const known = timelineIn(cluster.history, member.timeline, cluster.timeline);
        const fork = known === null || known === 'never' ? null : known.endLsn;
        const position = member.replayedLsn;
        const canFollow = fork !== null && position !== null && position <= fork;
        return [
          {
            // It follows, or is rewound, only once it has started; a start that takes too long is told by itself.
            severity: member.state !== 'stopping' && isPassing(member.state ?? '') ? 'note' : 'warning',
            title: say`${member.name} is still on timeline ${member.timeline} of ${cluster.timeline}`,
            members: [member.name],
            evidence: [
              fact(
                member.name,
                [`TL ${member.timeline}`, ...(member.replayedLsn === null ? [] : [formatLsn(member.replayedLsn)])].join(
                  ', ',
                ),
              ),
              fact(
                say`history`,
                fork === null
                  ? say`where timeline ${member.timeline} ended is not known`
                  : say`timeline ${member.timeline} ended at ${formatLsn(fork)}`,
              ),
            ],
            advice: canFollow
              ? say`${member.name} has not forked, so it can still follow. See in its log why it does not request the new timeline.`
              : say`Whether ${member.name} has forked is not known: never promote it. Compare the history files in pg_wal of both, and reinitialize it where its timeline is not in the leader's.`,
          },
        ];
      });
    },
  },
  {
    code: 'replay_paused',
    meaning: 'A standby receives WAL but does not replay it.',
    match: ({ cluster }) =>
      cluster.members.flatMap((member): Match[] => {
        if (member.replayPaused !== true || member.silent || bootstrapOf(cluster) !== null) return [];
        const waiting =
          member.receivedLsn !== null && member.replayedLsn !== null ? member.receivedLsn - member.replayedLsn : null;
        const behind = member.lag.replayBytes;
        return [
          {
            severity: 'warning',
            title: say`Replay is paused on ${member.name}`,
            members: [member.name],
            evidence: [
              fact(member.name, say`replay is paused`),
              fact(
                say`not replayed`,
                waiting === null
                  ? say`unknown`
                  : behind === null
                    ? formatBytes(waiting)
                    : say`${formatBytes(waiting)}, ${formatBytes(behind)} behind the leader`,
              ),
              ...disagreement(member),
            ],
            advice: waitsForRestart(member, leaderOf(cluster))
              ? say`Restart ${member.name}, do not resume: its settings are too low for the primary, and resumed it shuts down.`
              : say`If nobody needs it: \`SELECT pg_wal_replay_resume()\` on ${member.name}.`,
          },
        ];
      }),
  },
  {
    code: 'lag_high',
    meaning: 'Replay lag is over maximum_lag_on_failover.',
    match: (context) => {
      const limit = context.cluster.config?.maximumLagOnFailoverBytes ?? 1048576;
      const over = (member: Member): boolean => (member.lag.replayBytes ?? 0) > limit;
      return context.cluster.members.flatMap((member): Match[] => {
        if (member.silent || member.replayPaused === true || member.replication.kind === 'not_streaming') return [];
        if (!over(member) || !persists(context, member, over)) return [];
        const now = member.lag.replayBytes ?? 0;
        const delay = settingOf(context.cluster.config?.value ?? {}, 'recovery_min_apply_delay');
        const isDelayed = isDelay(delay) && (member.lag.receiveBytes ?? Number.POSITIVE_INFINITY) <= limit;
        const before = memberBefore(context, member.name)?.lag.replayBytes ?? 0;
        const replay = formatBytes(now);
        return [
          {
            severity: isDelayed ? 'note' : 'warning',
            title: say`${member.name} is ${formatBytes(member.lag.replayBytes ?? 0)} behind`,
            members: [member.name],
            evidence: [
              fact(
                say`receive`,
                member.lag.receiveBytes === null ? say`unknown` : formatBytes(member.lag.receiveBytes),
              ),
              fact(
                say`replay`,
                now > before
                  ? say`${replay}, growing`
                  : now < before
                    ? say`${replay}, shrinking`
                    : say`${replay}, unchanged`,
              ),
              fact(say`limit`, say`maximum_lag_on_failover ${formatBytes(limit)}`),
              ...(isDelayed ? [fact('/config', say`recovery_min_apply_delay is ${delay ?? ''}`)] : []),
              ...disagreement(member),
            ],
            advice: isDelayed
              ? say`recovery_min_apply_delay is ${delay ?? ''}: it replays late by design. It has received all, and replays it before it takes over: that lasts.`
              : (member.lag.receiveBytes ?? 0) > limit
                ? say`The network or the disk of ${member.name} is too slow, or a burst is being sent: Patroni does not elect it meanwhile.`
                : say`${member.name} receives but replays slowly: look for long queries, conflicts or a slow disk there.`,
          },
        ];
      });
    },
  },
  {
    code: 'lag_unknown',
    meaning: 'A standby answers, but how far it is behind cannot be told.',
    match: (context) => {
      const { cluster, leader } = context;
      if (leader === null || leader.silent || leader.postgresRole !== 'primary' || settling(context, 1)) return [];
      return cluster.members.flatMap((member): Match[] => {
        if (member.name === leader.name || member.silent || member.divergence !== null) return [];
        if (isForeign(member, cluster)) return [];
        if (member.postgresRole !== 'replica' || member.lag.replayBytes !== null) return [];
        if (!persists(context, member, (before) => before.lag.replayBytes === null && !before.silent)) return [];
        return [
          {
            severity: 'unknown',
            title: say`Lag of ${member.name} is unknown`,
            members: [member.name],
            evidence: [
              fact(
                member.name,
                member.replayedLsn === null ? say`gives no replay position` : say`at ${formatLsn(member.replayedLsn)}`,
              ),
              fact(leader.name, leader.lsn === null ? say`gives no write position` : say`at ${formatLsn(leader.lsn)}`),
            ],
            advice: say`Give Howdah a SQL role with pg_monitor on every member: it reads positions where Patroni gives none.`,
          },
        ];
      });
    },
  },
  {
    code: 'slot_retains_wal',
    meaning: 'A replication slot that nobody reads keeps WAL from being removed: in the end the disk fills up.',
    match: ({ cluster }) =>
      cluster.members.flatMap((member) =>
        (member.slots ?? []).flatMap((slot): Match[] => {
          // Inactive slots of members on a standby are Patroni's design since 3.2.
          const leads = leaderOf(cluster)?.name ?? null;
          const onStandby = slot.member !== null && leads !== member.name;
          // Patroni moves them on there to where the leader's stands (slots.py since v3.2.0); one that keeps much more does not move.
          const byDesign = onStandby && ((slot.retainedBytes ?? 0) <= SLOT_LIMIT_BYTES || isKept(slot.name, cluster));
          const forLeader = slot.member !== null && [leads, cluster.leader?.name].includes(slot.member);
          const over =
            slot.walStatus === 'lost' ||
            slot.walStatus === 'unreserved' ||
            (slot.retainedBytes ?? 0) > SLOT_LIMIT_BYTES;
          const extended = slot.walStatus === 'extended' && slot.active === false;
          const growing = slot.active === false && slot.member === null && (slot.retainedBytes ?? 0) > SLOT_NOTE_BYTES;
          if (slot.active === true || byDesign || forLeader || member.silent || !(over || extended || growing))
            return [];
          return [
            {
              severity: over || extended ? 'warning' : 'note',
              title:
                slot.walStatus === 'lost'
                  ? say`Slot ${slot.name} on ${member.name} has lost its WAL`
                  : slot.retainedBytes === null
                    ? say`Slot ${slot.name} retains WAL on ${member.name}`
                    : say`Slot ${slot.name} retains ${formatBytes(slot.retainedBytes)} of WAL on ${member.name}`,
              members: [member.name],
              evidence: [
                fact(
                  slot.name,
                  slot.active === null
                    ? say`${slot.kind}, activity unknown, wal_status ${slot.walStatus ?? say`unknown`}`
                    : say`${slot.kind}, inactive, wal_status ${slot.walStatus ?? say`unknown`}`,
                ),
                fact(say`serves`, slot.member ?? say`no member`),
              ],
              advice: onStandby
                ? say`Nobody reads it on ${member.name}: Patroni there should move it on in each loop. Read its log.`
                : slot.keeper === 'config'
                  ? say`Start its consumer. If nobody needs it, take it out of slots in the configuration: dropped by hand alone Patroni makes it anew.`
                  : slot.keeper === 'member_slots_ttl'
                    ? say`Bring its member back, so that it reads its slot. Patroni keeps it for member_slots_ttl after the member left (30 min where nothing is set), and then drops it.`
                    : slot.member === null
                      ? say`Start its consumer, or drop it: \`SELECT pg_drop_replication_slot('${slot.name}')\` on ${member.name}.`
                      : slot.walStatus === 'lost' && streams(cluster, slot.member)
                        ? say`${slot.member} streams without it. Patroni makes no lost slot anew: drop it, and Patroni creates it in its next loop: \`SELECT pg_drop_replication_slot('${slot.name}')\` on ${member.name}.`
                        : slot.walStatus === 'lost'
                          ? say`${slot.member} can no longer go on with it: let it fetch the missing WAL from the archive, or reinitialize it.`
                          : say`Bring ${slot.member} back so that it reads its slot; if it is gone for good, remove it and Patroni drops the slot.`,
            },
          ];
        }),
      ),
  },
  {
    code: 'archiving_failing',
    meaning: 'archive_command fails: WAL piles up, and a switchover waits for it.',
    match: ({ cluster }) =>
      cluster.members.flatMap((member): Match[] => {
        const archiver = member.archiver;
        if (archiver === null || !archiver.enabled || member.silent || member.postgresRole !== 'primary') return [];
        if (archiver.lastFailedAt === null || archiver.lastFailedAt <= (archiver.lastArchivedAt ?? 0)) return [];
        return [
          {
            severity: 'warning',
            title: say`Archiving fails on ${member.name}`,
            members: [member.name],
            evidence: [
              fact(say`last failed`, say`${archiver.lastFailedWal ?? say`unknown`}, ${archiver.failedCount} failures`),
              fact(say`last archived`, archiver.lastArchivedWal ?? say`never`),
            ],
            advice: say`Run archive_command by hand on ${member.name} and see what it says. A shutdown waits for the archiver.`,
          },
        ];
      }),
  },
];

function streams({ members }: Cluster, name: string): boolean {
  return members.some((member) => member.name === name && !member.silent && member.replication.kind === 'streaming');
}

function diverged(member: Member, cluster: FindingContext['cluster']): Match[] {
  const fork = member.divergence;
  if (fork === null) return [];
  const leader = leaderOf(cluster);
  const past = fork.pastBytes === null ? null : formatBytes(fork.pastBytes);
  return [
    {
      severity: 'critical',
      title:
        fork.forkLsn === null && fork.memberTimeline < fork.leaderTimeline
          ? say`${member.name} has forked: timeline ${fork.memberTimeline} is not in the history of the leader`
          : say`${member.name} has forked: ahead of the leader on timeline ${fork.memberTimeline}`,
      members: [member.name],
      evidence: [
        fact(member.name, `TL ${fork.memberTimeline}, ${formatLsn(fork.memberLsn)}`),
        fact(
          leader?.name ?? say`leader`,
          [`TL ${fork.leaderTimeline}`, ...(leader?.lsn == null ? [] : [formatLsn(leader.lsn)])].join(', '),
        ),
        fact(
          say`fork point`,
          fork.forkLsn === null
            ? say`not in the history of the leader`
            : past === null
              ? formatLsn(fork.forkLsn)
              : say`${formatLsn(fork.forkLsn)}, ${member.name} is ${past} past it`,
        ),
        ...disagreement(member),
      ],
      advice: forkAdvice(member.name, past, leader?.name ?? null),
    },
  ];
}

/** `past`: how much it has of its own; null: not known. */
function forkAdvice(name: string, past: Text | null, leader: string | null): Text {
  if (past === null) {
    return leader === null
      ? say`Never promote ${name}. Save its data directory if its own WAL matters, then reinitialize it.`
      : say`Never promote ${name}. Save its data directory if its own WAL matters, then reinitialize it from ${leader}.`;
  }
  return leader === null
    ? say`Never promote ${name}. Save its data directory if its ${past} matter, then reinitialize it.`
    : say`Never promote ${name}. Save its data directory if its ${past} matter, then reinitialize it from ${leader}.`;
}

/** What patronictl says where it differs: evidence that its calm is not to be trusted. */
function disagreement(member: Member): readonly { readonly label: Text; readonly text: Text }[] {
  const { state, lagBytes } = member.patroniSays;
  const truth = member.lag.replayBytes;
  const wrong = member.divergence !== null || (lagBytes !== null && truth !== null && truth - lagBytes > 65536);
  if (state === null || !wrong) return [];
  return [
    fact(
      say`/cluster says`,
      lagBytes === null ? say`${state}: wrong` : say`${state}, lag ${formatBytes(lagBytes)}: wrong`,
    ),
  ];
}

function notStreaming(member: Member, context: FindingContext): Match[] {
  const { cluster, now, leader } = context;
  const standbyLeader = leader?.name === member.name && cluster.standbyCluster !== null;
  if (member.identity.verdict === 'alias' || isForeign(member, cluster)) return [];
  if (member.silent || member.divergence !== null || member.postgresRole === 'primary') return [];
  // Where nobody is primary nobody can stream; that is another finding.
  if (leader?.postgresRole !== 'primary' && cluster.standbyCluster === null) return [];
  if (isArchiveByDesign(member, cluster, standbyLeader)) return [];
  const isAsked = standbyLeader || (leader !== null && !leader.silent && leader.name !== member.name);
  if (isAsked && member.replication.kind === 'unknown' && member.state !== null && isRunning(member.state))
    return [
      {
        severity: 'unknown',
        title: say`Whether ${member.name} streams from ${standbyLeader ? (cluster.standbyCluster?.host ?? say`the remote primary`) : (leader?.name ?? say`the leader`)} is not known`,
        members: [member.name],
        evidence: [fact(member.name, member.replication.reason)],
        advice: say`Give Howdah a SQL role on ${member.name}, or ask there: \`SELECT * FROM pg_stat_wal_receiver\`.`,
      },
    ];
  if (member.replication.kind === 'archive_recovery') {
    const since = context.sinceOf('replica_not_streaming', [member.name]);
    return [
      {
        severity: now - since > ARCHIVE_GRACE_MS ? 'warning' : 'note',
        title: say`${member.name} replays from the archive, not streaming`,
        members: [member.name],
        evidence: [fact(member.name, 'in archive recovery')],
        advice: say`Wait while it catches up; if it stays like this, look in the log of ${member.name} for why it cannot connect to its upstream.`,
      },
    ];
  }
  if (member.replication.kind !== 'not_streaming') return [];
  if (member.state !== null && !isRunning(member.state)) return [];
  const { why, circle: inCircle } = member.replication;
  const since = member.replication.since ?? now;
  if (leader === null && !standbyLeader) return [];
  const upstream = standbyLeader
    ? (cluster.standbyCluster?.host ?? say`the remote primary`)
    : (member.replicateFrom ?? leader?.name ?? say`the leader`);
  return [
    {
      // A switchover or a reconnect takes a moment: no more than a note until then.
      severity: now - since < GRACE_MS || settling(context, 1) ? 'note' : 'warning',
      title: say`${member.name} does not stream from ${upstream}`,
      members: [member.name],
      evidence: [
        ...(why === null
          ? [fact(say`on ${upstream}`, say`no row for ${member.name} in pg_stat_replication`)]
          : [fact(member.name, why)]),
        fact(
          member.name,
          member.witnesses.sql.state === 'fresh'
            ? inCircle
              ? say`its WAL receiver streams`
              : say`no row in pg_stat_wal_receiver`
            : inCircle
              ? say`its upstream sends to it`
              : isSince(member.patroniVersion, 3, 0, 4) === true
                ? say`its Patroni says no replication_state`
                : say`its WAL receiver was not asked: no SQL`,
        ),
        ...(member.patroniSays.state === null
          ? []
          : [
              fact(
                say`/cluster says`,
                member.patroniSays.lagBytes === null
                  ? member.patroniSays.state
                  : say`${member.patroniSays.state}, lag ${formatBytes(member.patroniSays.lagBytes)}`,
              ),
            ]),
      ],
      since,
      advice: inCircle
        ? say`They pass each other what they have, and nothing of the leader comes to them. Take the tag replicatefrom off one of them, or point its primary_conninfo at ${leader?.name ?? say`the leader`}.`
        : isDown(context, member.replicateFrom)
          ? say`Bring ${upstream} back, or take replicatefrom out of patroni.yml of ${member.name}: nothing can flow from there.`
          : slotRival(member, cluster) !== null
            ? say`${member.name} and ${slotRival(member, cluster)?.name ?? ''} have one slot name, and only one of them can read the slot: give one another name.`
            : say`Look in the log of ${member.name} for the refusal: pg_hba, password, missing slot or removed WAL.`,
    },
  ];
}

/** nostream (3.3.0 and later) and a standby cluster that has only a restore_command are meant so. */
function isArchiveByDesign(member: Member, cluster: FindingContext['cluster'], standbyLeader: boolean): boolean {
  if (member.replication.kind !== 'archive_recovery' && member.replication.kind !== 'not_streaming') return false;
  if (isNostream(member)) return true;
  const source = cluster.standbyCluster;
  return standbyLeader && source !== null && source.host === null && source.port === null;
}

/** An upstream of a cascade that cannot send. */
function isDown({ cluster }: FindingContext, name: string | null): boolean {
  const upstream = cluster.members.find((member) => member.name === name);
  return upstream !== undefined && (upstream.silent || upstream.postgresRole === 'unknown');
}

/** A time that is not nothing, with or without a unit. */
function isDelay(setting: string | null): boolean {
  return setting !== null && Number.parseFloat(setting) > 0;
}
