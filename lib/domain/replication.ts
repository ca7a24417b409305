// Who follows whom, and whether WAL really flows. "Streaming" is believed only from the upstream's walsender row or the
// member's own WAL receiver; absence is claimed only where somebody who would know has answered.

import { say } from '../language/sentence';
import type { Divergence, Member, Replication, Stages, TimelineEntry } from './cluster';
import { type Lsn, lagBytes, maxLsn } from './lsn';
import type { MemberObservation, Observation } from './observation';
import { applicationNameMatches, type ReplicationRow } from './wire/postgres';

export interface WalSenderRow {
  /** Member on which the row was seen. */
  readonly upstream: string;
  readonly at: number;
  readonly row: ReplicationRow;
  readonly bySql: boolean;
}

/** Live walsender rows of all members: from SQL where it answers, else from the `replication` array of `GET /patroni`. */
export function walSenderRows(observation: Observation): readonly WalSenderRow[] {
  return observation.members.flatMap((member): WalSenderRow[] => {
    const { sql, patroni } = member;
    if (sql.live && sql.value !== null && sql.at !== null && !sql.value.grantMissing) {
      const at = sql.at;
      return sql.value.replication.map((row) => ({ upstream: member.name, at, row, bySql: true }));
    }
    if (patroni.live && patroni.value !== null && patroni.at !== null) {
      const at = patroni.at;
      return patroni.value.replication.map((row) => ({
        upstream: member.name,
        at,
        row: { ...NO_POSITIONS, ...row },
        bySql: false,
      }));
    }
    return [];
  });
}

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

/** The row that serves a member. A base backup of it is not replication. */
export function rowOf(member: string, rows: readonly WalSenderRow[]): WalSenderRow | null {
  const own = rows.filter(
    ({ upstream, row }) =>
      upstream !== member &&
      row.state !== 'backup' &&
      row.state !== null &&
      applicationNameMatches(row.applicationName, member),
  );
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
  const sqlDenies =
    sql.live && sql.value?.inRecovery === true && sql.value.walReceiver === null && !sql.value.grantMissing;
  if (!sqlDenies && patroni.live && patroni.value?.replicationState === 'streaming') {
    return { kind: 'streaming', upstream: null, by: 'patroni' };
  }
  if (!sqlDenies && patroni.live && patroni.value?.replicationState === 'in archive recovery')
    return { kind: 'archive_recovery' };
  if (!sql.live && !patroni.live) return { kind: 'unknown', reason: say`${member.name} does not answer` };
  if (sqlDenies || upstreamAnswered(member, observation, leader)) {
    const since = before?.replication.kind === 'not_streaming' ? before.replication.since : observation.now;
    return { kind: 'not_streaming', since };
  }
  return { kind: 'unknown', reason: say`neither its upstream nor its WAL receiver can be read` };
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
  const match = observation.members.find(
    ({ raw }) => raw.host === receiver.senderHost && (receiver.senderPort === null || raw.port === receiver.senderPort),
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
    const forkLsn = history.find((entry) => entry.timeline === member.timeline)?.endLsn ?? null;
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
