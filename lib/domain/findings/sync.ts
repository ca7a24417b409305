// The finding about synchronous replication: whoever must confirm a commit is not there.

import { formatSeconds, joinNames } from '../../language/quantity';
import { agree, say } from '../../language/sentence';
import { leaderOf } from '../members';
import { ownSyncOf } from '../own-sync';
import { isReadOnly } from '../read-only';
import { type FindingContext, type FindingRule, fact, type Match, settling } from './rule';

export const SYNC_RULES: readonly FindingRule[] = [
  {
    code: 'sync_standby_missing',
    meaning:
      'Commits should be confirmed by a standby, and none does: they wait for ever (strict, or the listed one is gone) or are no longer synchronous.',
    match: (context) => [...syncMissing(context), ...unconfirmed(context), ...ownSyncMissing(context)],
  },
];

function syncMissing(context: FindingContext): Match[] {
  const { cluster, now } = context;
  if (cluster.synchronousMode === null || cluster.synchronousMode === 'off' || cluster.standbyCluster !== null)
    return [];
  if (cluster.dcs !== null && cluster.dcs.state !== 'fresh') return [];
  if (cluster.leader === null || settling(context)) return [];
  // Whoever leads confirms nothing to itself.
  const standbys = (cluster.sync?.standbys ?? []).filter((name) => name !== leaderOf(cluster)?.name);
  // Strict with nobody in /sync means the names `*`: whichever standby streams lets commits go on.
  const strict = cluster.synchronousModeStrict && cluster.writable === false && !isReadOnly(cluster);
  if (standbys.length === 0) {
    return [
      {
        severity: strict ? 'critical' : 'warning',
        title: strict
          ? say`No synchronous standby: every commit waits`
          : say`synchronous_mode is on, but no standby is synchronous`,
        members: [],
        evidence: [
          fact('/sync', say`no sync_standby`),
          fact('synchronous_mode_strict', cluster.synchronousModeStrict ? 'on' : 'off'),
        ],
        advice: strict
          ? say`Bring a standby back: until then all writes hang. Turning synchronous_mode_strict off lets them go on, unprotected.`
          : cluster.synchronousModeStrict
            ? say`Commits wait for whichever standby streams. Patroni names one in its next loops; if not, see why it takes none (nosync, lag).`
            : say`Commits do not wait now: a failover could lose the newest of them. Bring a standby back.`,
      },
    ];
  }
  const broken = standbys.filter((name) => {
    const member = cluster.members.find((other) => other.name.toLowerCase() === name.toLowerCase());
    return member === undefined || member.silent || member.replication.kind === 'not_streaming';
  });
  // A commit waits for all of /sync; in quorum mode for as many as leave `quorum` out (ha.py v4.1.5, numsync).
  const spare = cluster.synchronousMode === 'quorum' ? (cluster.sync?.quorum ?? 0) : 0;
  if (broken.length <= spare) return [];
  const since = context.sinceOf('sync_standby_missing', broken);
  return [
    {
      severity: 'critical',
      title: say`Commits wait: ${joinNames(broken)} in /sync ${agree(broken.length, 'does', 'do')} not stream`,
      members: broken,
      evidence: [
        fact('/sync', standbys.join(', ')),
        ...broken.map((name) => fact(name, say`not streaming`)),
        fact(say`for`, formatSeconds((now - since) / 1000)),
      ],
      advice: say`Patroni takes it out of /sync in its next loops. If it does not, look at the Patroni of the leader.`,
    },
  ];
}

/** /sync promises that it has every commit, and PostgreSQL does not wait for it. Patroni sets the names first and then /sync. */
function unconfirmed(context: FindingContext): Match[] {
  const { cluster, before, now } = context;
  const names = (cluster.sync?.unconfirmed ?? []).filter((name) => before?.sync?.unconfirmed?.includes(name));
  const leader = leaderOf(cluster);
  if (names.length === 0 || leader === null || cluster.standbyCluster !== null || settling(context)) return [];
  const seconds = (now - context.sinceOf('sync_standby_missing', names)) / 1000;
  return [
    {
      severity: seconds > 2 * (cluster.config?.loopWaitSeconds ?? 10) + 5 ? 'warning' : 'note',
      title: say`/sync names ${joinNames(names)}, and PostgreSQL on ${leader.name} does not wait for it`,
      members: names,
      evidence: [
        fact('/sync', cluster.sync?.standbys.join(', ') ?? ''),
        fact(leader.name, say`pg_stat_replication says async of ${joinNames(names)}`),
      ],
      advice: say`A failover could lose the newest commits, although /sync says that none is missing there. See what sets synchronous_standby_names on ${leader.name} behind Patroni: ALTER SYSTEM, or patroni.yml.`,
    },
  ];
}

/** What synchronous_standby_names of the configuration asks for is not there. */
function ownSyncMissing(context: FindingContext): Match[] {
  const { cluster } = context;
  const own = ownSyncOf(cluster);
  if (own === null || own.streaming >= own.needed || settling(context)) return [];
  return [
    {
      severity: 'critical',
      title: say`Every commit waits: synchronous_standby_names asks for ${own.needed}, and ${own.streaming} of them ${agree(own.streaming, 'streams', 'stream')}`,
      members: own.missing,
      evidence: [
        fact('synchronous_standby_names', own.setting),
        ...own.missing.map((name) => fact(name, say`not streaming`)),
        fact('synchronous_mode', 'off'),
      ],
      advice: say`Bring a standby back, or take synchronous_standby_names out of the configuration. PostgreSQL waits by itself: while synchronous_mode is off Patroni changes nothing about it.`,
    },
  ];
}
