// One member from what the DCS, Patroni and PostgreSQL say of it. Live answers before keys; positions of different ages are
// never mixed. What is only remembered stays, with `silent` saying so. Pure.

import { say } from '../language/sentence';
import type {
  ClusterRole,
  DynamicConfig,
  Lag,
  Leader,
  Member,
  PendingParameter,
  PendingRestart,
  PostgresRole,
  Replication,
  Slot,
  TimelineEntry,
  WitnessState,
} from './cluster';
import { lagBytes, maxLsn } from './lsn';
import type { MemberObservation, Observation } from './observation';
import { failureWords } from './reading-failure';
import { divergenceOf, type Position, replicateFromOf, rowOf, stagesOf, type WalSenderRow } from './replication';
import { clusterRoleOf } from './wire/dcs';
import { field, isObject } from './wire/loose';
import { applicationNameMatches, serverVersion, slotNameOf } from './wire/postgres';

export interface MemberContext {
  readonly observation: Observation;
  readonly leader: Leader | null;
  /** The member that answers for the holder of the key: itself, or the node that now has another name. */
  readonly leaderNode: string | null;
  /** The identifier that the members of this cluster have. */
  readonly system: string | null;
  readonly leaderPosition: Position;
  readonly history: readonly TimelineEntry[];
  readonly mode: 'off' | 'on' | 'quorum';
  readonly isStandbyCluster: boolean;
  readonly config: DynamicConfig | null;
  readonly rows: readonly WalSenderRow[];
}

export interface MemberFlow {
  readonly replication: Replication;
  readonly rooted: boolean;
  readonly before: Member | undefined;
}

export function buildMember(member: MemberObservation, context: MemberContext, flow: MemberFlow): Member {
  const { observation } = context;
  const { patroni, sql, key, raw } = member;
  const isLeader = context.leaderNode === member.name;
  const silent = !patroni.live && !sql.live;
  const positions = positionsOf(member);
  const position = livePosition(member, flow.before);
  const system = sql.value?.systemIdentifier ?? patroni.value?.systemIdentifier ?? null;
  // Positions of two clusters have nothing to do with each other.
  const isForeign = system !== null && context.system !== null && system !== context.system;
  const divergence =
    isLeader || isForeign
      ? null
      : divergenceOf(position, context.leaderPosition, context.history, flow.rooted, flow.before);
  const replication: Replication = isLeader && position.primary ? { kind: 'leader' } : flow.replication;
  const row = rowOf(member.name, context.rows);
  const stages = stagesOf(row, observation);
  const status = patroni.value;
  return {
    name: member.name,
    host: raw.host,
    port: raw.port,
    apiUrl: raw.apiUrl,
    listed: member.listed,
    leased: member.leased,
    identity: member.identity,
    ...(member.moves.length === 0 ? {} : { moves: member.moves }),
    clusterRole: clusterRole(member, context),
    postgresRole: postgresRole(member),
    state: stateOf(member, replication),
    patroniSays: patroniSays(member, context),
    timeline: position.timeline ?? key?.timeline ?? member.document?.timeline ?? null,
    lsn: position.primary ? position.lsn : null,
    receivedLsn: position.primary ? null : positions.received,
    replayedLsn: position.primary ? null : positions.replayed,
    replayPaused: position.primary
      ? null
      : (newest(
          member,
          (pg) => pg.replayPaused,
          (rest) => rest.replayPaused,
        ) ?? null),
    replayedAt: newest(
      member,
      (pg) => pg.replayedAt,
      (rest) => rest.replayedAt,
    ),
    upstream: replication.kind === 'streaming' ? replication.upstream : null,
    replicateFrom: replicateFromOf(member),
    replication,
    lag: divergence !== null || isLeader || isForeign ? NO_LAG : lagOf(member, context.leaderPosition, row),
    stages,
    divergence,
    pendingRestart: pendingRestartOf(member, context, flow.before),
    scheduledRestart: status?.scheduledRestart ?? key?.scheduledRestart ?? member.document?.scheduledRestart ?? null,
    tags: (patroni.live ? status?.tags : (key?.tags ?? status?.tags)) ?? member.document?.tags ?? {},
    watchdog: status?.watchdogFailed ? 'failed' : null,
    patroniVersion: status?.version ?? key?.version ?? null,
    postgresVersion: sql.value?.serverVersion ?? serverVersion(status?.serverVersion ?? null),
    startedAt: newest(
      member,
      (pg) => pg.startedAt,
      (rest) => rest.startedAt,
    ),
    systemIdentifier: system,
    clockOffsetSeconds: clockOffset(member),
    failsafeActive: patroni.live && status?.failsafeActive === true,
    ...dcsUnseen(member, context),
    seesPause: patroni.live ? (status?.pause ?? null) : (key?.pause ?? null),
    slots: slotsOf(member, context, isLeader),
    archiver: sql.value?.archiver ?? null,
    ...(raw.certificates === undefined ? {} : { certificates: raw.certificates }),
    ...(sql.value?.baseBackups?.length ? { baseBackups: sql.value.baseBackups } : {}),
    copies: copiesOf(member, context),
    externalStandbys: externalStandbys(member, context),
    sqlGrantMissing: sql.live && sql.value?.grantMissing === true,
    witnesses: { dcs: dcsState(member, observation), patroni: patroni.state, sql: sql.state },
    observedAt: Math.max(patroni.at ?? 0, sql.at ?? 0) || null,
    silent,
  };
}

const NO_LAG: Lag = {
  receiveBytes: null,
  replayBytes: null,
  writeSeconds: null,
  flushSeconds: null,
  replaySeconds: null,
  idle: false,
};

/** Prefers SQL where both are live or neither is; a dead witness never beats a live one. */
function newest<T>(
  member: MemberObservation,
  fromSql: (value: NonNullable<MemberObservation['sql']['value']>) => T | null,
  fromPatroni: (value: NonNullable<MemberObservation['patroni']['value']>) => T | null,
): T | null {
  const sql = member.sql.value === null ? null : fromSql(member.sql.value);
  const rest = member.patroni.value === null ? null : fromPatroni(member.patroni.value);
  if (member.sql.live || !member.patroni.live) return sql ?? rest;
  return rest ?? sql;
}

export function postgresRole(member: MemberObservation): PostgresRole {
  if (member.sql.live && member.sql.value !== null) return member.sql.value.inRecovery ? 'replica' : 'primary';
  if (!member.patroni.live || member.patroni.value === null) return 'unknown';
  // While PostgreSQL does not run, `role` is Patroni's intention and not PostgreSQL's fact (api.py get_postgresql_status).
  const { role, state, serverVersion: answered } = member.patroni.value;
  if (state !== 'running' && answered === null) return 'unknown';
  if (role === 'primary') return 'primary';
  return role === 'replica' || role === 'standby_leader' ? 'replica' : 'unknown';
}

function positionsOf(member: MemberObservation): {
  readonly received: number | null;
  readonly replayed: number | null;
} {
  const replayed = newest(
    member,
    (pg) => pg.replayLsn,
    (rest) => rest.replayedLocation,
  );
  const received = newest(
    member,
    (pg) => pg.receiveLsn,
    (rest) => rest.receivedLocation,
  );
  // After a restart without a WAL receiver the received position is older than the replayed one and means nothing.
  return { received: maxLsn(received, replayed), replayed };
}

/** Where a member is now, from live answers alone where there are any; `at` is when its question was put. */
export function livePosition(member: MemberObservation, before?: Member): Position {
  const { sql, patroni } = member;
  const role = postgresRole(member);
  const remembered =
    role === 'unknown' && !sql.live && (sql.value?.inRecovery === false || patroni.value?.role === 'primary');
  const primary = role === 'primary' || (remembered && !patroni.live);
  const { replayed } = positionsOf(member);
  const bySql = sql.live || !patroni.live;
  const askedAt = bySql ? startOf(sql) : startOf(patroni);
  return {
    primary,
    timeline: timelineOf(member, before),
    lsn: primary
      ? maxLsn(
          sql.live || !patroni.live ? (sql.value?.currentLsn ?? null) : null,
          patroni.live || !sql.live ? (patroni.value?.location ?? null) : null,
        )
      : replayed,
    at: askedAt ?? startOf(sql) ?? startOf(patroni),
    live: sql.live || patroni.live,
  };
}

/**
 * A standby that does not stream says only a lower bound over SQL; Patroni asks IDENTIFY_SYSTEM, which knows the replayed
 * one, and what it was before holds while the same postmaster runs, because a standby never goes back.
 */
function timelineOf(member: MemberObservation, before: Member | undefined): number | null {
  const { sql, patroni } = member;
  const said = newest(
    member,
    (pg) => pg.timeline,
    (rest) => rest.timeline,
  );
  if (said === null || sql.value?.timelineIsAtLeast !== true || !(sql.live || !patroni.live)) return said;
  const startedAt = newest(
    member,
    (pg) => pg.startedAt,
    (rest) => rest.startedAt,
  );
  const sameRun = before !== undefined && before.startedAt === startedAt && before.postgresRole === 'replica';
  return Math.max(said, patroni.live ? (patroni.value?.timeline ?? 0) : 0, sameRun ? (before.timeline ?? 0) : 0);
}

function startOf(seen: { readonly at: number | null; readonly tookMs: number | null }): number | null {
  return seen.at === null ? null : seen.at - (seen.tookMs ?? 0);
}

function lagOf(member: MemberObservation, leader: Position, row: WalSenderRow | null): Lag {
  const { received, replayed } = positionsOf(member);
  const live = member.sql.live || member.patroni.live;
  const meaningful = leader.lsn !== null && leader.primary && leader.live && live;
  const paused =
    newest(
      member,
      (pg) => pg.replayPaused,
      (rest) => rest.replayPaused,
    ) === true;
  const replayBytes = meaningful ? lagBytes(leader.lsn, replayed) : null;
  const behindSince = newest(
    member,
    (pg) => pg.replayedAt,
    (rest) => rest.replayedAt,
  );
  const clock = member.sql.value?.clockAt ?? member.patroni.at;
  // A standby that stopped replaying stops the walsender's interval too; the age of its last transaction goes on.
  const stuck =
    paused && received !== null && replayed !== null && received > replayed && behindSince !== null && clock !== null;
  return {
    receiveBytes: meaningful ? lagBytes(leader.lsn, received) : null,
    replayBytes,
    writeSeconds: row?.row.writeSeconds ?? null,
    flushSeconds: row?.row.flushSeconds ?? null,
    replaySeconds: stuck ? Math.max(0, (clock - behindSince) / 1000) : (row?.row.replaySeconds ?? null),
    idle: row?.bySql === true && row.row.replaySeconds === null && !stuck,
  };
}

function stateOf(member: MemberObservation, replication: Replication): string | null {
  const { patroni, sql, key } = member;
  const streams = replication.kind === 'streaming';
  if (patroni.live && patroni.value !== null) {
    const { state } = patroni.value;
    return state === 'running' && streams ? 'streaming' : state;
  }
  if (sql.live) return streams ? 'streaming' : 'running';
  const last = key?.replicationState ?? key?.state ?? member.document?.state ?? patroni.value?.state ?? null;
  return last;
}

function clusterRole(member: MemberObservation, context: MemberContext): ClusterRole | null {
  const { observation } = context;
  if (observation.view !== null) {
    if (member.key === null && observation.view.leader !== member.name) return null;
    return clusterRoleOf(member.name, observation.view, context.mode, context.isStandbyCluster);
  }
  const word = member.document?.role ?? null;
  return (
    (['leader', 'standby_leader', 'sync_standby', 'quorum_standby', 'replica'] as const).find(
      (role) => role === word,
    ) ?? null
  );
}

/**
 * What `/cluster` and patronictl print for it: the key's state (from 3.0.4 its replication state unless it leads), and the
 * leader's status position minus the key's, never below 0 (patroni/utils.py v4.1.4 cluster_as_json; v3.0.2 without
 * replication_state).
 */
function patroniSays(member: MemberObservation, context: MemberContext): Member['patroniSays'] {
  const { view } = context.observation;
  if (view === null) return { state: member.document?.state ?? null, lagBytes: member.document?.lagBytes ?? null };
  if (member.key === null) return { state: null, lagBytes: null };
  const leads = view.leader === member.name;
  return {
    state: (leads ? null : member.key.replicationState) ?? member.key.state,
    lagBytes: leads ? null : lagBytes(view.statusLsn, member.key.location),
  };
}

function pendingRestartOf(
  member: MemberObservation,
  context: MemberContext,
  before: Member | undefined,
): PendingRestart | null {
  const { patroni, sql, key, document } = member;
  const byPatroni = patroni.live && patroni.value?.pendingRestart === true;
  const byKey =
    !patroni.live && (key?.pendingRestart ?? document?.pendingRestart ?? patroni.value?.pendingRestart) === true;
  const settings = sql.value?.pendingSettings ?? [];
  const bySql = settings.length > 0;
  if (!byPatroni && !byKey && !bySql) return null;
  const reasons = [...(patroni.value?.pendingParameters ?? []), ...(key?.pendingParameters ?? [])];
  const parameters = new Map<string, PendingParameter>();
  for (const row of settings) {
    parameters.set(row.name, { ...row, to: row.to ?? configuredValue(context.config, row.name) });
  }
  if (byPatroni || byKey) for (const reason of reasons) parameters.set(reason.name, reason);
  return {
    since: before?.pendingRestart?.since ?? (before === undefined ? null : context.observation.now),
    parameters: [...parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    by: [
      ...(byPatroni ? (['patroni'] as const) : []),
      ...(byKey ? (['dcs'] as const) : []),
      ...(bySql ? (['postgres'] as const) : []),
    ],
  };
}

function configuredValue(config: DynamicConfig | null, name: string): string | null {
  const parameters = field(field(config?.value, 'postgresql'), 'parameters');
  const value = isObject(parameters) ? field(parameters, name) : undefined;
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}

/** Node clock minus ours at the middle of the question. The Date header has whole seconds: half of one is added. */
function clockOffset(member: MemberObservation): number | null {
  const { sql, patroni } = member;
  const middle = (at: number, tookMs: number | null): number => at - (tookMs ?? 0) / 2;
  const bySql =
    sql.live && sql.at !== null && sql.value?.clockAt != null
      ? (sql.value.clockAt - middle(sql.at, sql.tookMs)) / 1000
      : null;
  const date = member.raw.patroni.good?.value.date ?? null;
  const byRest =
    patroni.live && patroni.at !== null && date !== null
      ? (date + 500 - middle(patroni.at, patroni.tookMs)) / 1000
      : null;
  if (bySql === null || byRest === null) return bySql ?? byRest;
  // Both processes share a clock; where they do not, the stranger one is the news.
  return Math.abs(byRest - bySql) > 2 && Math.abs(byRest) > Math.abs(bySql) ? byRest : bySql;
}

/** Its own clock says when; less than a ttl and a loop is nothing, for one that is slow to answer is no news. */
function dcsUnseen(
  member: MemberObservation,
  { observation, config }: MemberContext,
): Pick<Member, 'dcsUnseenSeconds'> {
  const { patroni } = member;
  const seenAt = patroni.value?.dcsSeenAt ?? null;
  if (!observation.viewLive || !patroni.live || patroni.at === null || seenAt === null) return {};
  const seconds = (patroni.at - seenAt) / 1000 + (clockOffset(member) ?? 0);
  return seconds > (config?.ttlSeconds ?? 30) + (config?.loopWaitSeconds ?? 10) ? { dcsUnseenSeconds: seconds } : {};
}

function slotsOf(member: MemberObservation, context: MemberContext, isLeader: boolean): readonly Slot[] | null {
  const names = new Map(context.observation.members.map((other) => [slotNameOf(other.name), other.name]));
  const rows = member.sql.value?.slots ?? null;
  if (rows !== null) {
    const value = member.sql.value;
    const position = value?.inRecovery ? maxLsn(value.receiveLsn, value.replayLsn) : (value?.currentLsn ?? null);
    return rows.map((row) => ({
      name: row.name,
      kind: row.kind,
      active: row.active,
      retainedBytes: row.restartLsn === null ? null : lagBytes(position, row.restartLsn),
      walStatus: row.walStatus,
      member: names.get(row.name) ?? null,
      ...keeperOf(row.name, names, context),
    }));
  }
  // Patroni 4 publishes the slots' positions in /status; that is all we know without SQL.
  const published = Object.entries(context.observation.view?.statusSlots ?? {});
  if (!isLeader || published.length === 0) return null;
  return published.map(([name, lsn]) => ({
    name,
    kind: 'physical' as const,
    active: null,
    retainedBytes: lagBytes(context.leaderPosition.lsn, lsn),
    walStatus: null,
    member: names.get(name) ?? null,
    ...keeperOf(name, names, context),
  }));
}

/** dcs/__init__.py v4.0.0 and v4.1.5: slots of the configuration, and those of members that left less than member_slots_ttl ago. */
function keeperOf(
  name: string,
  members: ReadonlyMap<string, string>,
  { config, observation }: MemberContext,
): Pick<Slot, 'keeper'> {
  if (members.has(name)) return {};
  const permanent = config === null ? undefined : config.value.slots;
  if (isObject(permanent) && Object.hasOwn(permanent, name)) return { keeper: 'config' };
  return observation.view?.retainSlots.includes(name) === true ? { keeper: 'member_slots_ttl' } : {};
}

function externalStandbys(member: MemberObservation, context: MemberContext): Member['externalStandbys'] {
  return context.rows
    .filter(({ upstream, isForeign }) => upstream === member.name && isForeign)
    .map(({ row }) => ({
      applicationName: row.applicationName,
      state: row.state,
      clientAddr: row.clientAddr,
      replaySeconds: row.replaySeconds,
    }));
}

function copiesOf(member: MemberObservation, { rows, observation }: MemberContext): readonly string[] {
  const backups = rows.filter(({ upstream, row }) => upstream === member.name && row.state === 'backup');
  return observation.members
    .filter(({ name }) => backups.some(({ row }) => applicationNameMatches(row.applicationName, name)))
    .map(({ name }) => name);
}

function dcsState(member: MemberObservation, observation: Observation): WitnessState {
  const dcs = observation.raw.dcs;
  const nothing = { observedAt: null, tookMs: null, errorKind: dcs?.error?.kind ?? null };
  if (dcs === null) return { ...nothing, state: null, error: null };
  if (observation.view === null)
    return { ...nothing, state: 'never', error: dcs.error === null ? null : failureWords(dcs.error) };
  const error = member.key === null ? say`no member key` : dcs.error === null ? null : failureWords(dcs.error);
  return {
    state: member.key === null ? 'failed' : observation.viewLive ? 'fresh' : 'stale',
    observedAt: dcs.currentAt,
    tookMs: null,
    error,
    errorKind: dcs.error?.kind ?? null,
  };
}
