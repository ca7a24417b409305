// The rows of lib/io/postgres.ts, read loosely. The statements there name these columns; what a role may not see arrives
// as NULL, and a walsender row whose state is NULL means "no pg_monitor", never "lag 0".
import type { Archiver, BaseBackup } from '../cluster';
import { type Lsn, parseLsn } from '../lsn';
import type { SqlAnswer } from '../raw';
import {
  boolean,
  field,
  type Json,
  list,
  notNegative,
  number,
  once,
  positive,
  positiveWhole,
  text,
  wholeNumber,
} from './loose';
import { identifier } from './patroni';

export interface ReplicationRow {
  readonly applicationName: string;
  readonly state: string | null;
  readonly clientAddr: string | null;
  readonly sentLsn: Lsn | null;
  readonly writeLsn: Lsn | null;
  readonly flushLsn: Lsn | null;
  readonly replayLsn: Lsn | null;
  readonly writeSeconds: number | null;
  readonly flushSeconds: number | null;
  readonly replaySeconds: number | null;
  readonly syncState: string | null;
  readonly replyAt: number | null;
}

export interface WalReceiver {
  readonly status: string | null;
  readonly receivedTimeline: number | null;
  readonly senderHost: string | null;
  readonly senderPort: number | null;
}

export interface SlotRow {
  readonly name: string;
  readonly kind: 'physical' | 'logical';
  readonly active: boolean;
  readonly restartLsn: Lsn | null;
  readonly walStatus: string | null;
}

export interface SettingRow {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface PostgresStatus {
  readonly inRecovery: boolean;
  /** pg_current_wal_lsn on a primary, else null. */
  readonly currentLsn: Lsn | null;
  readonly receiveLsn: Lsn | null;
  readonly replayLsn: Lsn | null;
  readonly replayedAt: number | null;
  readonly replayPaused: boolean | null;
  readonly timeline: number | null;
  /**
   * A standby without a WAL receiver knows its timeline only from pg_control, which moves at the next restartpoint: it is
   * this or a later one.
   */
  readonly timelineIsAtLeast: boolean;
  readonly clockAt: number | null;
  readonly startedAt: number | null;
  readonly serverVersion: string | null;
  readonly systemIdentifier: string | null;
  /** null: no row, so not streaming. */
  readonly walReceiver: WalReceiver | null;
  readonly replication: readonly ReplicationRow[];
  /** Rows exist whose details the role may not see. */
  readonly grantMissing: boolean;
  readonly slots: readonly SlotRow[] | null;
  readonly archiver: Archiver | null;
  readonly pendingSettings: readonly SettingRow[] | null;
  /** null: not asked. */
  readonly baseBackups: readonly BaseBackup[] | null;
}

/** null: the answer is not what the statements ask for. */
export const parsePostgresStatus = once((answer: SqlAnswer): PostgresStatus | null => {
  const fast = answer.fast;
  const inRecovery = boolean(field(fast, 'in_recovery'));
  if (inRecovery === null) return null;
  const rows = list(field(fast, 'replication'));
  const replication = rows.flatMap(parseReplicationRow);
  const receiver = field(fast, 'wal_receiver');
  return {
    inRecovery,
    currentLsn: parseLsn(field(fast, 'current_lsn')),
    receiveLsn: parseLsn(field(fast, 'receive_lsn')),
    replayLsn: parseLsn(field(fast, 'replay_lsn')),
    replayedAt: positive(field(fast, 'replayed_ms')),
    replayPaused: inRecovery ? boolean(field(fast, 'replay_paused')) : null,
    timeline: positiveWhole(field(fast, 'timeline')),
    timelineIsAtLeast: inRecovery && positiveWhole(field(receiver, 'received_tli')) === null,
    clockAt: positive(field(fast, 'clock_ms')),
    startedAt: positive(field(fast, 'started_ms')),
    serverVersion: serverVersion(number(field(fast, 'server_version_num'))),
    systemIdentifier: identifier(field(fast, 'system_identifier')),
    walReceiver: parseWalReceiver(receiver),
    replication,
    grantMissing: boolean(field(fast, 'monitor')) === false || replication.some((row) => row.state === null),
    ...parseSlow(answer.slow),
  };
});

function parseSlow(slow: Json): Pick<PostgresStatus, 'slots' | 'archiver' | 'pendingSettings' | 'baseBackups'> {
  if (typeof slow !== 'object' || slow === null)
    return { slots: null, archiver: null, pendingSettings: null, baseBackups: null };
  const archiver = field(slow, 'archiver');
  return {
    slots: list(field(slow, 'slots')).flatMap(parseSlot),
    archiver:
      archiver === null || archiver === undefined
        ? null
        : {
            enabled: field(archiver, 'mode') === 'on' || field(archiver, 'mode') === 'always',
            archivedCount: notNegative(field(archiver, 'archived_count')) ?? 0,
            lastArchivedWal: text(field(archiver, 'last_archived_wal')),
            lastArchivedAt: positive(field(archiver, 'last_archived_ms')),
            failedCount: notNegative(field(archiver, 'failed_count')) ?? 0,
            lastFailedWal: text(field(archiver, 'last_failed_wal')),
            lastFailedAt: positive(field(archiver, 'last_failed_ms')),
            ...waitingOf(field(slow, 'waiting')),
          },
    pendingSettings: list(field(slow, 'pending')).flatMap((row) => {
      const name = text(field(row, 'name'));
      return name === null ? [] : [{ name, from: text(field(row, 'from')), to: text(field(row, 'to')) }];
    }),
    baseBackups: Array.isArray(field(slow, 'base_backups'))
      ? list(field(slow, 'base_backups')).map(parseBaseBackup)
      : null,
  };
}

function waitingOf(waiting: Json): Pick<Archiver, 'waiting'> {
  const count = notNegative(field(waiting, 'count'));
  return count === null ? {} : { waiting: { count, sinceAt: positive(field(waiting, 'since_ms')) } };
}

function parseBaseBackup(row: Json): BaseBackup {
  return {
    application: text(field(row, 'application')),
    phase: text(field(row, 'phase')),
    startedAt: positive(field(row, 'started_ms')),
    totalBytes: notNegative(field(row, 'total')),
    doneBytes: notNegative(field(row, 'done')),
  };
}

function parseReplicationRow(row: Json): ReplicationRow[] {
  const applicationName = text(field(row, 'application_name'));
  if (applicationName === null) return [];
  return [
    {
      applicationName,
      state: text(field(row, 'state')),
      clientAddr: text(field(row, 'client_addr')),
      sentLsn: parseLsn(field(row, 'sent_lsn')),
      writeLsn: parseLsn(field(row, 'write_lsn')),
      flushLsn: parseLsn(field(row, 'flush_lsn')),
      replayLsn: parseLsn(field(row, 'replay_lsn')),
      writeSeconds: notNegative(field(row, 'write_s')),
      flushSeconds: notNegative(field(row, 'flush_s')),
      replaySeconds: notNegative(field(row, 'replay_s')),
      syncState: text(field(row, 'sync_state')),
      replyAt: positive(field(row, 'reply_ms')),
    },
  ];
}

function parseWalReceiver(row: Json): WalReceiver | null {
  if (typeof row !== 'object' || row === null) return null;
  return {
    status: text(field(row, 'status')),
    receivedTimeline: positiveWhole(field(row, 'received_tli')),
    senderHost: text(field(row, 'sender_host')),
    senderPort: wholeNumber(field(row, 'sender_port')),
  };
}

function parseSlot(row: Json): SlotRow[] {
  const name = text(field(row, 'slot_name'));
  if (name === null) return [];
  return [
    {
      name,
      kind: field(row, 'slot_type') === 'logical' ? 'logical' : 'physical',
      active: field(row, 'active') === true,
      restartLsn: parseLsn(field(row, 'restart_lsn')),
      walStatus: text(field(row, 'wal_status')),
    },
  ];
}

/** 150018 to `15.18`. */
export function serverVersion(num: number | null): string | null {
  if (num === null || num < 100_000) return null;
  return `${Math.floor(num / 10_000)}.${num % 10_000}`;
}

/** PostgreSQL cuts application_name at NAMEDATALEN-1 bytes: a long member name is compared by its first 63 bytes. */
export function applicationNameMatches(applicationName: string, member: string): boolean {
  if (applicationName === member) return true;
  const bytes = new TextEncoder().encode(member);
  if (bytes.length <= 63) return false;
  return (
    applicationName === new TextDecoder('utf-8', { fatal: false }).decode(bytes.slice(0, 63)).replace(/\uFFFD$/, '')
  );
}

/**
 * The slot Patroni keeps for a member: lower case, `-` and `.` as `_`, other characters as `u` and four digits, cut at 63
 * (patroni/dcs/__init__.py v4.1.4 slot_name_from_member_name).
 */
export function slotNameOf(member: string): string {
  return [...member.toLowerCase()]
    .map((char) => {
      if (/[a-z0-9_]/.test(char)) return char;
      if (char === '-' || char === '.') return '_';
      return `u${(char.codePointAt(0) ?? 0).toString().padStart(4, '0')}`;
    })
    .join('')
    .slice(0, 63);
}
