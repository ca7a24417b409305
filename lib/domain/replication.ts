// Who follows whom, and whether WAL really flows. "Streaming" is believed only from the upstream's walsender row or the
// member's own WAL receiver; absence is claimed only where somebody who would know has answered.

import { say } from '../language/sentence';
import type { Divergence, Member, Replication, Stages, TimelineEntry } from './cluster';
import { plainHost } from './identity';
import { type Lsn, lagBytes, maxLsn } from './lsn';
import type { MemberObservation, Observation } from './observation';
import { isSince } from './patroni-version';
import { timelineIn } from './timelines';
import { applicationNameMatches, type ReplicationRow } from './wire/postgres';

export interface WalSenderRow {
  /** Member on which the row was seen. */
  readonly upstream: string;
  readonly at: number;
  readonly row: ReplicationRow;
  readonly bySql: boolean;
  /** The member that it serves; null: none, or one whose name it only carries. */
  readonly member: string | null;
  /** It is somebody's who is no member. */
  readonly isForeign: boolean;
}

/** Live walsender rows of all members: from SQL where it answers, else from the `replication` array of `GET /patroni`. */
export function walSenderRows(observation: Observation): readonly WalSenderRow[] {
  return observation.members.flatMap((upstream): WalSenderRow[] => {
    const rows = rowsOn(upstream);
    const claims = rows.map(({ row }) => claimant(row, upstream, observation));
    return rows.map((row, index) => {
      const member = claims[index] ?? null;
      const others = rows.flatMap((other, at) =>
        at === index ? [] : [{ row: other.row, member: claims[at] ?? null }],
      );
      if (member === null) return { ...row, member, isForeign: true };
      const isServed = row.row.state !== null && row.row.state !== 'backup' && isItsOwn(row, member, others);
      const isForeign = !isServed && row.row.state !== 'backup' && addressFits(row.row, member) === false;
      return { ...row, member: isServed ? member.name : null, isForeign };
    });
  });
}

type SeenRow = Omit<WalSenderRow, 'member' | 'isForeign'>;

function rowsOn({ name, sql, patroni }: MemberObservation): SeenRow[] {
  if (sql.live && sql.value !== null && sql.at !== null && !sql.value.grantMissing) {
    const at = sql.at;
    return sql.value.replication.map((row) => ({ upstream: name, at, row, bySql: true }));
  }
  if (patroni.live && patroni.value !== null && patroni.at !== null) {
    const at = patroni.at;
    return patroni.value.replication.map((row) => ({
      upstream: name,
      at,
      row: { ...NO_POSITIONS, ...row },
      bySql: false,
    }));
  }
  return [];
}

function claimant(
  row: ReplicationRow,
  upstream: MemberObservation,
  { members }: Observation,
): MemberObservation | null {
  const named = members.find(({ name }) => name !== upstream.name && applicationNameMatches(row.applicationName, name));
  const node = named?.identity.node ?? null;
  if (node === null || node === upstream.name) return named ?? null;
  return members.find(({ name }) => name === node) ?? null;
}

/** The standby replies every wal_receiver_status_interval, 10 s by default. */
const REPLY_LIMIT_MS = 30_000;

/**
 * Is the walsender under a member's name that member's? Its own word decides; a dead PostgreSQL receives nothing; else the address
 * does, where it says something: behind NAT or in a network of its own no row has the address of its member.
 */
function isItsOwn(
  { row, at, bySql }: SeenRow,
  member: MemberObservation,
  others: readonly { readonly row: ReplicationRow; readonly member: MemberObservation | null }[],
): boolean {
  const word = ownWord(member);
  const rivals = others.filter((other) => other.member === member);
  if (word === 'denies' || isDown(member)) return false;
  const fits = addressFits(row, member);
  if (fits === true) return isHeldUp(member, row, at, bySql);
  if (rivals.some((other) => addressFits(other.row, member) === true)) return false;
  if (word === 'streams') return true;
  if (!isHeldUp(member, row, at, bySql)) return false;
  if (fits === null) return true;
  const served = others.filter((other) => other.member !== null && other.member !== member);
  const told = served.map((other) => (other.member === null ? null : addressFits(other.row, other.member)));
  return told.length > 0 && told.every((fitting) => fitting === false);
}

/** A host that is gone, or has gone to somebody else, leaves its walsender standing until wal_sender_timeout. */
function isHeldUp({ patroni, sql }: MemberObservation, row: ReplicationRow, at: number, bySql: boolean): boolean {
  if (patroni.live || sql.live) return true;
  const isGone = ['timeout', 'unreachable', 'foreign'].includes(patroni.state.errorKind ?? '');
  return !isGone || (bySql && row.replyAt !== null && at - row.replyAt < REPLY_LIMIT_MS);
}

/** null: nothing can be told: no addresses, or the loopback one. */
function addressFits(row: ReplicationRow, { raw }: MemberObservation): boolean | null {
  const from = row.clientAddr === null ? null : plainHost(row.clientAddr.replace(/\/\d+$/, ''));
  const host = raw.host === null ? null : plainHost(raw.host);
  if (from === null || host === null || !isAddress(from) || !isAddress(host)) return null;
  if (from === host) return true;
  return from === '127.0.0.1' ? null : false;
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}

/** What the member itself says of its WAL receiver. Patroni says `replication_state` since 3.0.4; null: it says nothing. */
function ownWord({ sql, patroni }: MemberObservation): 'streams' | 'denies' | null {
  if (sql.live && sql.value !== null) {
    if (!sql.value.inRecovery) return 'denies';
    if (sql.value.walReceiver?.status === 'streaming') return 'streams';
    if (sql.value.walReceiver === null && !sql.value.grantMissing) return 'denies';
  }
  if (!patroni.live || patroni.value === null) return null;
  const { role, state, replicationState, serverVersion, version } = patroni.value;
  if (replicationState === 'streaming') return 'streams';
  if (replicationState !== null) return 'denies';
  if (state !== 'running' || serverVersion === null) return null;
  return role === 'primary' || isSince(version, 3, 0, 4) === true ? 'denies' : null;
}

/** PostgreSQL does not run there: its Patroni says so, or its port refuses and nobody else answers for it. */
function isDown({ patroni, sql }: MemberObservation): boolean {
  if (sql.live) return false;
  if (patroni.live && patroni.value?.state != null) return DOWN.has(patroni.value.state);
  return sql.state.errorKind === 'refused';
}

const DOWN: ReadonlySet<string> = new Set(['stopped', 'crashed', 'start failed', 'creating replica']);

const NO_POSITIONS = {
  sentLsn: null,
  writeLsn: null,
  flushLsn: null,
  replayLsn: null,
  writeSeconds: null,
  flushSeconds: null,
  replaySeconds: null,
  replyAt: null,
};

/** The row that serves a member. */
export function rowOf(member: string, rows: readonly WalSenderRow[]): WalSenderRow | null {
  const own = rows.filter((row) => row.member === member);
  return own.find(({ row }) => row.state === 'streaming') ?? own[0] ?? null;
}

export function replicationOf(
  member: MemberObservation,
  rows: readonly WalSenderRow[],
  observation: Observation,
  leader: string | null,
  before: Member | undefined,
): Replication {
  const row = rowOf(member.name, rows);
  if (row !== null && (row.row.state === 'streaming' || row.row.state === 'catchup')) {
    return { kind: 'streaming', upstream: row.upstream, by: 'walsender' };
  }
  const { sql, patroni } = member;
  if (sql.live && sql.value?.walReceiver?.status === 'streaming') {
    return { kind: 'streaming', upstream: senderOf(member, observation), by: 'wal_receiver' };
  }
  const word = ownWord(member);
  if (word === 'streams') return { kind: 'streaming', upstream: null, by: 'patroni' };
  const sqlDenies =
    sql.live && sql.value?.inRecovery === true && sql.value.walReceiver === null && !sql.value.grantMissing;
  if (!sqlDenies && patroni.live && patroni.value?.replicationState === 'in archive recovery')
    return { kind: 'archive_recovery' };
  if (!sql.live && !patroni.live) return { kind: 'unknown', reason: say`${member.name} does not answer` };
  const strange = rows.find(
    (other) =>
      other.member === null &&
      other.upstream !== member.name &&
      other.row.state === 'streaming' &&
      applicationNameMatches(other.row.applicationName, member.name),
  );
  const why =
    strange === undefined
      ? null
      : say`${strange.row.clientAddr ?? say`somebody else`} streams from ${strange.upstream} under its name`;
  if (word === null && why !== null) return { kind: 'unknown', reason: why };
  const isPrimary = sql.live ? sql.value?.inRecovery === false : patroni.value?.role === 'primary';
  if ((word === 'denies' && !isPrimary) || upstreamAnswered(member, observation, leader)) {
    const since = before?.replication.kind === 'not_streaming' ? before.replication.since : observation.now;
    return { kind: 'not_streaming', since, why, circle: false };
  }
  return { kind: 'unknown', reason: say`neither its upstream nor its WAL receiver can be read` };
}

export function upstreamsOf(replications: ReadonlyMap<string, Replication>): ReadonlyMap<string, string | null> {
  return new Map(
    [...replications].map(([name, replication]) => [
      name,
      replication.kind === 'streaming' ? replication.upstream : null,
    ]),
  );
}

/** Members that stream from each other follow nobody, and neither does whoever streams from one of them. */
export function unlessInCircle(
  member: string,
  replication: Replication,
  upstreams: ReadonlyMap<string, string | null>,
  now: number,
  before: Member | undefined,
): Replication {
  const visited: string[] = [];
  let current: string | null = member;
  while (current !== null && !visited.includes(current)) {
    visited.push(current);
    current = upstreams.get(current) ?? null;
  }
  if (current === null) return replication;
  const since = before?.replication.kind === 'not_streaming' ? before.replication.since : now;
  return {
    kind: 'not_streaming',
    since,
    why: say`it streams in a circle: ${[...visited, current].join(', ')}`,
    circle: true,
  };
}

/** Did the one that would have a row for it answer? Then no row means no stream. */
function upstreamAnswered(member: MemberObservation, observation: Observation, leader: string | null): boolean {
  const expected = [replicateFromOf(member), leader].filter(
    (name): name is string => name !== null && name !== member.name,
  );
  if (expected.length === 0) return false;
  return expected.every((name) => {
    const upstream = observation.members.find((other) => other.name === name);
    if (upstream === undefined) return true;
    return (upstream.sql.live && upstream.sql.value?.grantMissing === false) || upstream.patroni.live;
  });
}

export function replicateFromOf(member: MemberObservation): string | null {
  const tag = (member.patroni.value?.tags ?? member.key?.tags ?? member.document?.tags)?.replicatefrom;
  return typeof tag === 'string' && tag !== '' ? tag : null;
}

function senderOf(member: MemberObservation, observation: Observation): string | null {
  const receiver = member.sql.value?.walReceiver;
  if (!receiver?.senderHost) return null;
  const sender = plainHost(receiver.senderHost);
  const match = observation.members.find(
    ({ raw }) =>
      raw.host !== null &&
      plainHost(raw.host) === sender &&
      (receiver.senderPort === null || raw.port === receiver.senderPort),
  );
  return match?.name ?? null;
}

/** Bytes outstanding per stage behind the upstream. Only SQL knows them. */
export function stagesOf(row: WalSenderRow | null, observation: Observation): Stages | null {
  if (row === null || !row.bySql) return null;
  const upstream = observation.members.find((member) => member.name === row.upstream)?.sql.value ?? null;
  const current =
    upstream === null
      ? null
      : upstream.inRecovery
        ? maxLsn(upstream.receiveLsn, upstream.replayLsn)
        : upstream.currentLsn;
  const { sentLsn, writeLsn, flushLsn, replayLsn } = row.row;
  return {
    upstream: row.upstream,
    sentBytes: lagBytes(current, sentLsn),
    writeBytes: lagBytes(sentLsn, writeLsn),
    flushBytes: lagBytes(writeLsn, flushLsn),
    replayBytes: lagBytes(flushLsn, replayLsn),
    writeSeconds: row.row.writeSeconds,
    flushSeconds: row.row.flushSeconds,
    replaySeconds: row.row.replaySeconds,
    syncState: row.row.syncState,
    state: row.row.state,
    replyAt: row.row.replyAt,
    observedAt: row.at,
  };
}

export interface Position {
  readonly timeline: number | null;
  /** What it has applied: the replay position, on a primary the write position. */
  readonly lsn: Lsn | null;
  readonly at: number | null;
  readonly primary: boolean;
  /** From an answer that may be taken for the present; else remembered. */
  readonly live: boolean;
}

/**
 * Has the member WAL that is not in the leader's history? PostgreSQL can follow a new timeline only from a replay
 * position at or before the point where the old one ended (xlogrecovery.c, rescanLatestTimeLine); past it, never.
 * `rooted`: its stream is proved up to the leader, which settles the question whatever a cached timeline says.
 */
export function divergenceOf(
  member: Position,
  leader: Position,
  history: readonly TimelineEntry[],
  rooted: boolean,
  before: Member | undefined,
): Divergence | null {
  if (rooted || member.timeline === null || member.lsn === null || leader.timeline === null) return null;
  const base = {
    kind: 'forked',
    memberTimeline: member.timeline,
    memberLsn: member.lsn,
    leaderTimeline: leader.timeline,
  } as const;
  if (member.timeline < leader.timeline) {
    const known = timelineIn(history, member.timeline, leader.timeline);
    if (known === 'never') return { ...base, forkLsn: null, pastBytes: null };
    const forkLsn = known === null ? null : known.endLsn;
    return forkLsn !== null && member.lsn > forkLsn ? { ...base, forkLsn, pastBytes: member.lsn - forkLsn } : null;
  }
  if (!leader.primary) return null;
  if (member.timeline > leader.timeline) return { ...base, forkLsn: null, pastBytes: null };
  // On one timeline "ahead" proves something only where the member was already ahead when it was read before the leader.
  const was = before?.replayedLsn ?? null;
  const readBefore = leader.at !== null && before?.observedAt != null && before.observedAt <= leader.at;
  if (leader.lsn !== null && readBefore && was !== null && was > leader.lsn && member.lsn > leader.lsn) {
    return { ...base, forkLsn: leader.lsn, pastBytes: member.lsn - leader.lsn };
  }
  return null;
}

/** Follows proven streams upwards; a cycle or a gap ends the proof. */
export function isRooted(
  member: string,
  leader: string | null,
  upstreams: ReadonlyMap<string, string | null>,
): boolean {
  const visited = new Set<string>();
  let current: string | null = member;
  while (current !== null && !visited.has(current)) {
    if (current === leader) return true;
    visited.add(current);
    current = upstreams.get(current) ?? null;
  }
  return false;
}
