// Observation in, Cluster out. Reconciles the three witnesses: live answers win over keys, PostgreSQL over Patroni about
// PostgreSQL, the DCS about who holds the key. Nothing here judges; findings/ and readiness.ts do. Pure.

import { say } from '../language/sentence';
import { bootstrapOf } from './bootstrap';
import { buildDcs } from './build-dcs';
import { buildMember, livePosition, type MemberContext, postgresRole } from './build-member';
import type { Cluster, DynamicConfig, Leader, Member, TimelineEntry } from './cluster';
import { timeoutsInForce } from './config/timeouts';
import { expectedSystem } from './identity';
import { leaderOf } from './members';
import type { MemberObservation, Observation } from './observation';
import { isUnasked } from './patroni-states';
import { isReadOnly } from './read-only';
import { isRooted, replicationOf, unlessInCircle, upstreamsOf, type WalSenderRow, walSenderRows } from './replication';
import { rosterOf } from './roster';
import { synchronousMode } from './wire/dcs';
import { field, type JsonObject, patroniBoolean, patroniInt, text } from './wire/loose';
import { portNumber } from './wire/patroni';

/** `before`: the cluster of the previous snapshot, for what only memory knows (since when). null at the start. */
export function buildCluster(observation: Observation, before: Cluster | null): Cluster {
  const config = buildConfig(observation);
  const mode = config === null ? null : modeInForce(synchronousMode(config.value), observation);
  const standbyCluster = config === null ? null : standbyClusterOf(config.value);
  const known = historyOf(observation);
  const leader = findLeader(observation, known, before);
  const rows = walSenderRows(observation);
  const holder = observation.members.find((member) => member.name === leader?.name);
  const leaderNode = holder?.identity.node ?? leader?.name ?? null;
  const leaderMember = observation.members.find((member) => member.name === leaderNode);
  const membersBefore = new Map(before?.members.map((member) => [member.name, member]));
  const leaderPosition =
    leaderMember === undefined ? NOWHERE : livePosition(leaderMember, membersBefore.get(leaderMember.name));
  const replications = new Map(
    observation.members.map((member) => [
      member.name,
      replicationOf(member, rows, observation, leaderNode, membersBefore.get(member.name)),
    ]),
  );
  const upstreams = upstreamsOf(replications);
  for (const [name, replication] of replications)
    replications.set(name, unlessInCircle(name, replication, upstreams, observation.now, membersBefore.get(name)));
  const context: MemberContext = {
    observation,
    leader,
    leaderNode,
    system: observation.system,
    leaderPosition,
    history: known.rows,
    mode: mode ?? 'off',
    isStandbyCluster: standbyCluster !== null,
    config,
    rows,
  };
  const members = observation.members.map((member) =>
    buildMember(member, context, {
      replication: replications.get(member.name) ?? { kind: 'unknown', reason: say`never asked` },
      rooted: isRooted(member.name, leaderNode, upstreams),
      before: membersBefore.get(member.name),
    }),
  );
  const view = observation.view;
  const sync = view?.sync ?? null;
  const failsafeActive = members.some((member) => member.failsafeActive && !member.silent);
  const timeline = leaderPosition.timeline ?? before?.timeline ?? lastTimeline(known.rows);
  const strict = config !== null && patroniBoolean(config.value.synchronous_mode_strict) === true;
  // Strict and nobody in /sync: PostgreSQL's names are `*` (postgresql/sync.py v4.1.4), so every commit waits for whoever
  // streams, and hangs where nobody does.
  const nobodyInSync = observation.viewLive && (sync?.standbys.length ?? 0) === 0;
  const somebodyStreams = rows.some(({ upstream, row }) => upstream === leaderNode && row.state === 'streaming');
  const commitsWait = strict && mode !== 'off' && standbyCluster === null && nobodyInSync && !somebodyStreams;
  const paused = pausedOf(observation, config);
  const readOnly = leaderPosition.primary && leaderPosition.live && isReadOnly({ config, standbyCluster });
  // Somebody who is no member that answers sends to them: it may be the primary that nobody here sees.
  const sentFromElsewhere =
    leaderMember === undefined &&
    members.every(({ postgresRole: role }) => role !== 'primary') &&
    members.some(
      ({ silent, replication }) => !silent && replication.kind === 'streaming' && replication.upstream === null,
    );
  const cluster: Cluster = {
    systemIdentifier: systemOf(view?.initialize ?? null, members, leaderNode),
    initialize: view?.initialize ?? null,
    leader,
    timeline,
    paused,
    pauseNote: paused === true ? (observation.raw.pauseNote ?? null) : null,
    synchronousMode: mode,
    synchronousModeStrict: strict,
    sync: mode === null || mode === 'off' || sync === null ? null : withUnconfirmed(sync, rows, leaderNode),
    failsafe: {
      enabled: config === null ? null : patroniBoolean(config.value.failsafe_mode) === true,
      active: failsafeActive,
    },
    standbyCluster,
    scheduledSwitchover: scheduledSwitchoverOf(observation),
    pendingSwitchover:
      view?.failover && view.failover.scheduledAt === null
        ? { from: view.failover.leader, to: view.failover.member }
        : null,
    history: withCurrent(known, leader?.name ?? ledBefore(before, timeline), timeline),
    config,
    dcs: buildDcs(observation),
    walBytesPerSecond: walRate(leaderNode, leaderPosition, before),
    writable:
      (nobodyIsPrimary(members) && !sentFromElsewhere && standbyCluster === null) || commitsWait || readOnly
        ? false
        : sentFromElsewhere && standbyCluster === null
          ? null
          : writableOf(observation, leader, leaderMember, standbyCluster !== null),
    members,
    roster: rosterOf(
      observation.raw.roster ?? null,
      members,
      observation.view !== null || observation.document.value !== null,
    ),
  };
  // What never was, and what is over, is neither writable nor out.
  const isUnled = leader === null && (members.length === 0 || bootstrapOf(cluster) !== null);
  return isUnled ? { ...cluster, writable: null } : cluster;
}

function systemOf(initialize: string | null, members: readonly Member[], leader: string | null): string | null {
  const said = members.flatMap(({ name, systemIdentifier, postgresRole }) =>
    systemIdentifier === null ? [] : [{ name, system: systemIdentifier, primary: postgresRole === 'primary' }],
  );
  return expectedSystem(initialize, said, leader);
}

/** Patroni before 4.0 reads `quorum` as off (global_config.py, v3.3.0: a boolean). */
function modeInForce(mode: 'off' | 'on' | 'quorum', { members }: Observation): 'off' | 'on' | 'quorum' {
  const versions = members.flatMap(({ patroni, key }) => patroni.value?.version ?? key?.version ?? []);
  return mode === 'quorum' && versions.length > 0 && versions.every((version) => Number.parseInt(version, 10) < 4)
    ? 'off'
    : mode;
}

/** pg_stat_replication says async of those that PostgreSQL does not wait for, whatever /sync promises. */
function withUnconfirmed(
  sync: NonNullable<Cluster['sync']>,
  rows: readonly WalSenderRow[],
  leader: string | null,
): NonNullable<Cluster['sync']> {
  const unconfirmed = sync.standbys.filter((name) =>
    rows.some(
      ({ upstream, member, row }) =>
        upstream === leader &&
        member?.toLowerCase() === name.toLowerCase() &&
        row.state === 'streaming' &&
        row.syncState === 'async',
    ),
  );
  return unconfirmed.length === 0 ? sync : { ...sync, unconfirmed };
}

const NOWHERE = { timeline: null, lsn: null, at: null, primary: false, live: false };

function buildConfig(observation: Observation): DynamicConfig | null {
  const fromDcs = observation.view?.config ?? null;
  const read = fromDcs ?? observation.restConfig.value;
  if (read === null) return null;
  const { value, numbers } = read;
  // Of mixed versions that of the leader counts.
  const leader = observation.view?.leader ?? null;
  const speaker = observation.members.find(({ name }) => name === leader) ?? observation.members[0];
  const timeouts = timeoutsInForce(value, speaker?.patroni.value?.version ?? speaker?.key?.version ?? null);
  return {
    value,
    numbers,
    revision: fromDcs?.revision ?? null,
    by: fromDcs === null ? 'rest' : 'dcs',
    observedAt: (fromDcs === null ? observation.restConfig.at : observation.raw.dcs?.currentAt) ?? observation.now,
    ttlSeconds: Math.max(0, timeouts.ttl),
    loopWaitSeconds: Math.max(0, timeouts.loop_wait),
    retryTimeoutSeconds: Math.max(0, timeouts.retry_timeout),
    // global_config.py maximum_lag_on_failover, v4.1.5: what cannot be read is the default.
    maximumLagOnFailoverBytes: Math.max(0, patroniInt(value.maximum_lag_on_failover) ?? 1048576),
  };
}

/** Active only if host, port or restore_command is set (global_config.py v4.1.4, is_standby_cluster). */
function standbyClusterOf(config: JsonObject): Cluster['standbyCluster'] {
  const section = field(config, 'standby_cluster');
  const host = text(field(section, 'host'));
  const port = portNumber(field(section, 'port'));
  if (host === null && port === null && text(field(section, 'restore_command')) === null) return null;
  return { host, port };
}

interface KnownHistory {
  readonly rows: readonly TimelineEntry[];
  readonly lastLeader: string | null;
}

function historyOf(observation: Observation): KnownHistory {
  if (observation.view !== null) return { rows: observation.view.history, lastLeader: observation.view.historyLeader };
  return { rows: observation.restHistory.value ?? [], lastLeader: null };
}

function lastTimeline(rows: readonly TimelineEntry[]): number | null {
  const last = rows[rows.length - 1];
  return last === undefined ? null : last.timeline + 1;
}

/** The ended timelines of `/history` and the one that runs now. */
function withCurrent(known: KnownHistory, leader: string | null, timeline: number | null): readonly TimelineEntry[] {
  const last = known.rows[known.rows.length - 1];
  const current = timeline ?? lastTimeline(known.rows);
  if (current === null) return known.rows;
  const ended = known.rows.filter((row) => row.timeline < current);
  const follows = last !== undefined && last.timeline === current - 1;
  const leads = follows && known.lastLeader !== null ? known.lastLeader : leader;
  const startedAt = follows ? last.endedAt : null;
  return [...ended, { timeline: current, endLsn: null, startedAt, endedAt: null, leader: leads, reason: null }];
}

/** Whoever was last seen to lead the timeline that runs: `/history` names a leader only when the next timeline begins. */
function ledBefore(before: Cluster | null, timeline: number | null): string | null {
  const last = before?.history.at(-1);
  return last?.timeline === timeline ? (last?.leader ?? null) : null;
}

/**
 * Who leads. The key decides while the DCS can be read; an unreadable DCS leaves the last holder, marked as not known,
 * unless failsafe_mode proves that it still works as leader. Without a DCS of ours, `/cluster` and the members' roles.
 */
function findLeader(observation: Observation, known: KnownHistory, before: Cluster | null): Leader | null {
  const { view, viewLive, now } = observation;
  const since = (name: string): number | null => {
    const last = known.rows[known.rows.length - 1];
    if (known.lastLeader === name && last !== undefined && last.endedAt !== null) return last.endedAt;
    if (before?.leader?.name === name) return before.leader.since;
    if (before === null) return null;
    // Seen without a leader is a change; not seen at all is none.
    const vacant = before.leader === null && (before.dcs?.state === 'fresh' || before.writable === false);
    return before.leader !== null || vacant ? now : null;
  };
  if (view !== null) {
    if (viewLive) {
      const at = observation.raw.dcs?.currentAt ?? now;
      return view.leader === null
        ? null
        : { name: view.leader, known: true, by: 'dcs', observedAt: at, since: since(view.leader) };
    }
    const safe = observation.members.find(isFailsafePrimary);
    if (safe?.patroni.at != null) {
      return { name: safe.name, known: true, by: 'patroni', observedAt: safe.patroni.at, since: since(safe.name) };
    }
    const at = observation.raw.dcs?.currentAt ?? now;
    return view.leader === null
      ? null
      : { name: view.leader, known: false, by: 'dcs', observedAt: at, since: since(view.leader) };
  }
  return leaderWithoutDcs(observation, since) ?? (before?.leader ? { ...before.leader, known: false } : null);
}

function isFailsafePrimary(member: MemberObservation): boolean {
  return (
    member.patroni.live && member.patroni.value?.failsafeActive === true && member.patroni.value.role === 'primary'
  );
}

function leaderWithoutDcs(observation: Observation, since: (name: string) => number | null): Leader | null {
  const row = observation.document.value?.members.find(
    (member) => member.role === 'leader' || member.role === 'standby_leader',
  );
  const claims = observation.members.filter(
    (member) =>
      isFailsafePrimary(member) ||
      (member.patroni.live && member.patroni.value?.role === 'primary' && !member.patroni.value.clusterUnlocked),
  );
  const claim = claims.length === 1 ? claims[0] : undefined;
  if (claim?.patroni.at != null && (row === undefined || row.name === claim.name || !observation.document.live)) {
    return { name: claim.name, known: true, by: 'patroni', observedAt: claim.patroni.at, since: since(claim.name) };
  }
  if (row === undefined || observation.document.at === null) return null;
  return {
    name: row.name,
    known: observation.document.live,
    by: 'cluster',
    observedAt: observation.document.at,
    since: since(row.name),
  };
}

function pausedOf(observation: Observation, config: DynamicConfig | null): boolean | null {
  if (observation.viewLive && config !== null) return patroniBoolean(config.value.pause) === true;
  const answers = observation.members.filter((member) => member.patroni.live);
  if (answers.length > 0) return answers.some((member) => member.patroni.value?.pause === true);
  return config === null ? null : patroniBoolean(config.value.pause) === true;
}

function scheduledSwitchoverOf(observation: Observation): Cluster['scheduledSwitchover'] {
  const key = observation.view?.failover;
  if (key) return key.scheduledAt === null ? null : { at: key.scheduledAt, from: key.leader, to: key.member };
  return observation.view === null ? (observation.document.value?.scheduledSwitchover ?? null) : null;
}

function walRate(
  leader: string | null,
  position: { readonly lsn: number | null; readonly at: number | null },
  before: Cluster | null,
): number | null {
  if (leader === null || position.lsn === null || position.at === null) return null;
  const member = before === null ? null : leaderOf(before);
  if (before === null || member === null || member.name !== leader || member.lsn === null || member.observedAt === null)
    return null;
  const seconds = (position.at - member.observedAt) / 1000;
  if (seconds < 0.3) return before.walBytesPerSecond;
  const rate = Math.max(0, position.lsn - member.lsn) / seconds;
  return before.walBytesPerSecond === null ? rate : before.walBytesPerSecond * 0.6 + rate * 0.4;
}

/** Every member answers for itself that it is in recovery: then nothing is writable, whatever the DCS says or does not say. */
function nobodyIsPrimary(members: readonly Member[]): boolean {
  return members.length > 0 && members.every((member) => !member.silent && member.postgresRole === 'replica');
}

/** Are writes accepted, as far as anybody can tell? null where nobody can. A standby cluster never accepts them: null. */
function writableOf(
  observation: Observation,
  leader: Leader | null,
  member: MemberObservation | undefined,
  isStandbyCluster: boolean,
): boolean | null {
  if (isStandbyCluster) return null;
  // A primary without the key may still be reached by some clients.
  const stray = observation.members.some(
    (other) => other !== member && postgresRole(other) === 'primary' && !isForeignTo(observation, other),
  );
  if (leader === null) return !stray && (observation.viewLive || observation.document.live) ? false : null;
  if (!leader.known || member === undefined) return null;
  const holder = holderWritable(member);
  return holder === false && stray ? null : holder;
}

function isForeignTo({ system }: Observation, { sql, patroni }: MemberObservation): boolean {
  const said = sql.value?.systemIdentifier ?? patroni.value?.systemIdentifier ?? null;
  return said !== null && system !== null && said !== system;
}

function holderWritable(member: MemberObservation): boolean | null {
  if (member.sql.live && member.sql.value !== null) return !member.sql.value.inRecovery;
  if (!member.patroni.live || member.patroni.value === null)
    return member.sql.state.errorKind === 'refused' ? false : null;
  if (isUnasked(member.patroni.value.state ?? '')) return null;
  const says = member.patroni.value.role === 'primary' && member.patroni.value.state === 'running';
  // Patroni asks over a socket of its own. Where clients are refused, or get no answer any more, its word does not speak for them.
  const { errorKind } = member.sql.state;
  const isUnheard = errorKind === 'refused' || (errorKind === 'timeout' && member.sql.at !== null);
  return says && isUnheard ? null : says;
}
