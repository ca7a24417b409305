// Checks about the cluster as a whole: pause, synchronous replication, versions, clocks, standby cluster.

import { formatSeconds, joinNames } from '../../../language/quantity';
import { joined, say } from '../../../language/sentence';
import type { ActionKind } from '../../action-kind';
import { SKEW_SECONDS } from '../../findings/members';
import { isNosync } from '../../tags';
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

export const CLUSTER_CHECKS: readonly CheckRow[] = [
  {
    code: 'paused',
    applies: null,
    match: (context) => pauseCheck(context),
  },
  {
    code: 'pause_not_known',
    applies: ['pause', 'resume', 'switchover', 'rolling_restart'],
    match: ({ cluster }) =>
      cluster.paused === null
        ? warning(say`Whether the cluster is paused is not known`, say`Its configuration has not been read.`)
        : null,
  },
  {
    code: 'sync_empty',
    applies: ['switchover', 'rolling_restart'],
    match: ({ cluster, now }) => {
      if (cluster.synchronousMode !== 'on' || cluster.standbyCluster !== null || cluster.dcs === null) return null;
      if ((cluster.sync?.standbys.length ?? 0) > 0) return null;
      const loop = cluster.config?.loopWaitSeconds ?? 10;
      const since = cluster.leader?.since ?? null;
      const young = since !== null && now - since < 2 * loop * 1000;
      return blocker(
        say`synchronous_mode is on and /sync names no standby`,
        young
          ? say`${cluster.leader?.name ?? ''} became leader ${formatSeconds((now - since) / 1000)} ago: wait one loop of ${formatSeconds(loop)}, until it has chosen its standby.`
          : say`Patroni refuses every candidate until a standby is synchronous.`,
        {
          evidence: [
            fact(
              say`/sync`,
              cluster.sync === null
                ? say`empty`
                : cluster.sync.leader == null
                  ? say`no leader, no standby`
                  : say`leader ${cluster.sync.leader}, no standby`,
            ),
          ],
        },
      );
    },
  },
  {
    code: 'sync_lost',
    applies: ['failover'],
    match: ({ cluster, candidate }) => {
      if (cluster.synchronousMode === 'off' || cluster.synchronousMode === null || candidate === null) return null;
      const names = [cluster.sync?.leader, ...(cluster.sync?.standbys ?? [])].flatMap(
        (name) => name?.toLowerCase() ?? [],
      );
      if (names.includes(candidate.toLowerCase())) return passed(say`${candidate} is in /sync`);
      return warning(
        say`${candidate} is not in /sync while synchronous_mode is ${cluster.synchronousMode}`,
        say`Commits already confirmed to clients may be lost.`,
        { members: [candidate], evidence: [fact(say`/sync`, names.length === 0 ? say`empty` : joinNames(names))] },
      );
    },
  },
  {
    code: 'sync_strict',
    applies: ['switchover', 'failover', 'rolling_restart', 'restart', 'reinitialize'],
    match: (context) => strictCheck(context),
  },
  {
    code: 'standby_cluster',
    applies: ['switchover', 'failover', 'rolling_restart', 'restart'],
    match: ({ cluster, snapshot }) =>
      cluster.standbyCluster === null
        ? null
        : note(
            say`${snapshot.scope} is a standby cluster`,
            say`It accepts no writes in any case; its leader follows ${cluster.standbyCluster.host ?? say`an archive`}.`,
          ),
  },
  {
    code: 'member_versions',
    applies: [...LEADER_CHANGES, 'demote_cluster', 'promote_cluster'],
    match: ({ listed }) => {
      const versions = groupBy(listed.map(({ name, patroniVersion }) => [patroniVersion, name]));
      if (versions.size === 0) return null;
      if (versions.size === 1) return passed(say`all run Patroni ${[...versions.keys()].join(', ')}`);
      return warning(
        say`Members run different versions of Patroni: ${[...versions.keys()].join(', ')}`,
        say`They may not fully understand each other. Finish the upgrade first if you can.`,
        { evidence: [...versions].map(([version, names]) => fact(version, joinNames(names))) },
      );
    },
  },
  {
    code: 'postgres_versions',
    applies: LEADER_CHANGES,
    match: ({ listed }) => {
      const versions = groupBy(listed.map(({ name, postgresVersion }) => [postgresVersion, name]));
      return versions.size < 2
        ? null
        : note(
            say`Members run different versions of PostgreSQL: ${[...versions.keys()].join(', ')}`,
            say`With the new leader, its version comes into use.`,
            { evidence: [...versions].map(([version, names]) => fact(version, joinNames(names))) },
          );
    },
  },
  {
    code: 'clocks',
    applies: ['switchover', 'failover', 'restart', 'rolling_restart'],
    match: ({ listed, scheduled }) => {
      const known = listed.flatMap(({ name, clockOffsetSeconds, silent }) =>
        clockOffsetSeconds === null || silent ? [] : [{ name, offset: clockOffsetSeconds }],
      );
      if (known.length === 0) return null;
      const skewed = known.filter(({ offset }) => Math.abs(offset) > SKEW_SECONDS);
      if (skewed.length === 0) {
        const worst = Math.max(...known.map(({ offset }) => Math.abs(offset)));
        return passed(say`clocks within ${formatSeconds(Math.max(worst, 0.001))}`);
      }
      const names = skewed.map(({ name }) => name);
      const offsets = skewed.map(({ offset }) =>
        offset > 0 ? say`${formatSeconds(offset)} ahead` : say`${formatSeconds(offset)} behind`,
      );
      return warning(
        say`The clock of ${joinNames(names)} is ${joined(offsets, ', ')}`,
        scheduled
          ? say`Patroni goes by the leader's clock: the time may not be the one you mean.`
          : say`Leases and log times cannot be compared with it.`,
        { members: names, evidence: skewed.map(({ name, offset }) => fact(name, formatSeconds(offset))) },
      );
    },
  },
];

function groupBy(pairs: readonly (readonly [string | null, string])[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, name] of pairs) if (key !== null) groups.set(key, [...(groups.get(key) ?? []), name]);
  return new Map([...groups].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
}

const PAUSE_MATTERS: readonly ActionKind[] = ['switchover', 'failover', 'restart', 'rolling_restart', 'reinitialize'];

function pauseCheck({ cluster, request, snapshot, leaderStops, scheduled }: CheckContext): CheckMatch | null {
  const { paused, pauseNote } = cluster;
  const { scope } = snapshot;
  const evidence =
    pauseNote === null
      ? []
      : [fact(say`paused by`, say`${pauseNote.by}, owner ${pauseNote.owner}: ${pauseNote.reason}`)];
  if (request.kind === 'pause')
    return paused === true
      ? blocker(say`${scope} is already paused`, say`There is nothing to do.`, { evidence })
      : null;
  if (request.kind === 'resume')
    return paused === false ? blocker(say`${scope} is not paused`, say`There is nothing to resume.`) : null;
  if (paused !== true) return paused === false && PAUSE_MATTERS.includes(request.kind) ? passed(say`not paused`) : null;
  switch (request.kind) {
    case 'switchover':
      if (scheduled)
        return blocker(
          say`${scope} is paused: nothing can be scheduled`,
          say`Patroni refuses it. Resume first, or switch over now.`,
          { evidence },
        );
      if (request.candidate === null)
        return blocker(
          say`${scope} is paused: name a candidate`,
          say`While paused, Patroni switches over only to a specific candidate.`,
          { evidence },
        );
      return warning(
        say`${scope} is paused`,
        say`The switchover takes place, but if it goes wrong, nobody takes over automatically.`,
        { evidence },
      );
    case 'failover':
      return warning(say`${scope} is paused`, say`It takes place; afterwards nobody takes over automatically.`, {
        evidence,
      });
    case 'restart':
      if (scheduled)
        return blocker(
          say`${scope} is paused: nothing can be scheduled`,
          say`Patroni refuses it. Resume first, or restart now.`,
          { evidence },
        );
      return leaderStops
        ? warning(say`${scope} is paused`, say`If the leader does not start again, nobody takes over automatically.`, {
            evidence,
          })
        : note(say`${scope} is paused`, say`A restart takes place all the same.`, { evidence });
    case 'rolling_restart':
      return warning(say`${scope} is paused`, say`It takes place; a member that does not start again stays down.`, {
        evidence,
      });
    case 'reinitialize':
      return warning(say`${scope} is paused`, say`If the copy fails, Patroni does not retry by itself.`, {
        evidence,
      });
    case 'demote_cluster':
    case 'promote_cluster':
      return blocker(say`${scope} is paused`, say`While paused, Patroni changes no roles: resume first.`, { evidence });
    case 'edit_config':
      return note(say`${scope} is paused`, say`The change is applied all the same.`, { evidence });
    default:
      return null;
  }
}

/** Who could confirm commits afterwards, where without a confirmation nothing is committed. */
function strictCheck({ cluster, listed, leader, candidate, targets, leaderStops }: CheckContext): CheckMatch | null {
  const { synchronousMode, synchronousModeStrict, standbyCluster } = cluster;
  if (!synchronousModeStrict || synchronousMode === 'off' || synchronousMode === null || standbyCluster !== null)
    return null;
  const away = new Set(targets.map((member) => member.name));
  const left = listed.filter(
    (member) =>
      member.name !== candidate &&
      member.name !== leader?.name &&
      !away.has(member.name) &&
      member.replication.kind === 'streaming' &&
      !isNosync(member),
  );
  if (left.length > 0)
    return passed(say`synchronous_mode_strict with ${joinNames(left.map((member) => member.name))} left to confirm`);
  return warning(
    say`synchronous_mode_strict: nobody is left to confirm commits`,
    leaderStops || candidate !== null
      ? say`Every commit waits until ${leader?.name ?? say`the old leader`} streams again.`
      : say`Every commit waits until a standby streams again.`,
    { members: left.map((member) => member.name) },
  );
}
