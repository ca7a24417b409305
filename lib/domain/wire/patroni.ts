// Patroni's REST documents: `GET /patroni`, `/cluster`, `/history`. Versions 3.0 to 4.1, loosely: unknown keys pass, a
// wrong type is an absent value, one bad member never sinks the list. Wire spelling lives only here.
import type { PendingParameter, TimelineEntry } from '../cluster';
import type { Lsn } from '../lsn';
import type { HttpAnswer } from '../raw';
import { exactNumbers } from './json-text';
import {
  boolean,
  field,
  instant,
  isObject,
  type Json,
  list,
  notNegative,
  once,
  parseJson,
  parseObject,
  positive,
  positiveWhole,
  scalars,
  text,
  wholeNumber,
} from './loose';

export interface WalSender {
  readonly applicationName: string;
  readonly state: string | null;
  readonly syncState: string | null;
  readonly clientAddr: string | null;
}

export interface PatroniStatus {
  readonly name: string | null;
  readonly scope: string | null;
  readonly version: string | null;
  readonly state: string | null;
  /** Patroni's internal role with 3.x `master` read as `primary`; other words stay. */
  readonly role: string | null;
  readonly startedAt: number | null;
  readonly serverVersion: number | null;
  readonly location: Lsn | null;
  readonly receivedLocation: Lsn | null;
  readonly replayedLocation: Lsn | null;
  readonly replayedAt: number | null;
  readonly replayPaused: boolean | null;
  readonly timeline: number | null;
  readonly replicationState: string | null;
  readonly replication: readonly WalSender[];
  readonly pause: boolean;
  readonly clusterUnlocked: boolean;
  /** When this node last read or wrote the DCS, by its own clock; said since 2.1.2. */
  readonly dcsSeenAt: number | null;
  readonly failsafeActive: boolean;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  readonly systemIdentifier: string | null;
  readonly pendingRestart: boolean;
  readonly pendingParameters: readonly PendingParameter[];
  readonly scheduledRestart: { readonly at: string; readonly conditions: Readonly<Record<string, unknown>> } | null;
  readonly watchdogFailed: boolean;
}

const ROLES: ReadonlySet<string> = new Set([
  'primary',
  'master',
  'promoted',
  'demoted',
  'replica',
  'standby_leader',
  'uninitialized',
]);

/** null: the answer is not a Patroni status (an error page, another service, cut text). */
export const parsePatroniStatus = once((answer: HttpAnswer): PatroniStatus | null => {
  const body = parseObject(answer.body);
  if (body === null || (text(body.state) === null && text(body.role) === null)) return null;
  // Others too have a state or a role; each Patroni says its version and scope.
  if (!isObject(body.patroni) && !ROLES.has(text(body.role) ?? '')) return null;
  const xlog = body.xlog;
  const patroni = body.patroni;
  return {
    name: text(field(patroni, 'name')),
    scope: text(field(patroni, 'scope')),
    version: text(field(patroni, 'version')),
    state: text(body.state),
    role: modernRole(text(body.role)),
    startedAt: instant(body.postmaster_start_time),
    serverVersion: positive(body.server_version),
    location: positiveWhole(field(xlog, 'location')),
    receivedLocation: positiveWhole(field(xlog, 'received_location')),
    replayedLocation: positiveWhole(field(xlog, 'replayed_location')),
    replayedAt: instant(field(xlog, 'replayed_timestamp')),
    replayPaused: boolean(field(xlog, 'paused')),
    timeline: positiveWhole(body.timeline),
    replicationState: text(body.replication_state),
    replication: list(body.replication).flatMap(parseWalSender),
    pause: body.pause === true,
    clusterUnlocked: body.cluster_unlocked === true,
    dcsSeenAt: secondsToMs(positive(body.dcs_last_seen)),
    failsafeActive: body.failsafe_mode_is_active === true,
    tags: scalars(body.tags),
    systemIdentifier: identifier(body.database_system_identifier),
    pendingRestart: body.pending_restart === true,
    pendingParameters: parsePendingReason(body.pending_restart_reason),
    scheduledRestart: parseScheduledRestart(body.scheduled_restart),
    watchdogFailed: body.watchdog_failed === true,
  };
});

function secondsToMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

/** `master` was renamed in 4.0.0; both mean the same (Patroni v4.0.0 docs/releases.rst). */
export function modernRole(role: string | null): string | null {
  return role === 'master' ? 'primary' : role;
}

/** System identifiers are 64 bit: text, or a number small enough to be exact. */
export function identifier(value: Json): string | null {
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return String(value);
  return null;
}

function parseWalSender(row: Json): WalSender[] {
  const applicationName = text(field(row, 'application_name'));
  if (applicationName === null) return [];
  return [
    {
      applicationName,
      state: text(field(row, 'state')),
      syncState: text(field(row, 'sync_state')),
      clientAddr: text(field(row, 'client_addr')),
    },
  ];
}

/** `{guc: {old_value, new_value}}`, Patroni 3.3 and later; `?` means Patroni does not know the new value. */
export function parsePendingReason(value: Json): readonly PendingParameter[] {
  if (!isObject(value)) return [];
  return Object.entries(value).map(([name, change]) => {
    const to = scalarText(field(change, 'new_value'));
    return { name, from: scalarText(field(change, 'old_value')), to: to === '?' ? null : to };
  });
}

function scalarText(value: Json): string | null {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : null;
}

export function parseScheduledRestart(value: Json): PatroniStatus['scheduledRestart'] {
  const at = text(field(value, 'schedule'));
  if (at === null || !isObject(value)) return null;
  const { schedule: _schedule, postmaster_start_time: _started, ...conditions } = value;
  return { at, conditions };
}

export interface ClusterDocumentMember {
  readonly name: string;
  /** Unmapped word of `/cluster`. */
  readonly role: string | null;
  readonly state: string | null;
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly timeline: number | null;
  /** As `/cluster` says; null for the leader row and for "unknown". */
  readonly lagBytes: number | null;
  readonly pendingRestart: boolean;
  readonly pendingParameters: readonly PendingParameter[];
  readonly scheduledRestart: PatroniStatus['scheduledRestart'];
  readonly tags: Readonly<Record<string, string | number | boolean>>;
}

export interface ClusterDocument {
  readonly scope: string | null;
  readonly members: readonly ClusterDocumentMember[];
  readonly pause: boolean;
  readonly scheduledSwitchover: {
    readonly at: string;
    readonly from: string | null;
    readonly to: string | null;
  } | null;
}

/** `GET /cluster`; null when the answer is not that document. */
export const parseClusterDocument = once((answer: HttpAnswer): ClusterDocument | null => {
  const body = parseObject(answer.body);
  if (body === null || !Array.isArray(body.members)) return null;
  const scheduled = body.scheduled_switchover;
  const at = text(field(scheduled, 'at'));
  return {
    scope: text(body.scope),
    members: body.members.flatMap(parseClusterMember),
    pause: body.pause === true,
    scheduledSwitchover:
      at === null ? null : { at, from: text(field(scheduled, 'from')), to: text(field(scheduled, 'to')) },
  };
});

function parseClusterMember(row: Json): ClusterDocumentMember[] {
  const name = text(field(row, 'name'));
  if (name === null) return [];
  return [
    {
      name,
      role: text(field(row, 'role')),
      state: text(field(row, 'state')),
      apiUrl: baseUrl(field(row, 'api_url')),
      host: text(field(row, 'host')),
      port: portNumber(field(row, 'port')),
      timeline: positiveWhole(field(row, 'timeline')),
      lagBytes: notNegative(field(row, 'lag')),
      pendingRestart: field(row, 'pending_restart') === true,
      pendingParameters: parsePendingReason(field(row, 'pending_restart_reason')),
      scheduledRestart: parseScheduledRestart(field(row, 'scheduled_restart')),
      tags: scalars(field(row, 'tags')),
    },
  ];
}

export function portNumber(value: Json): number | null {
  const port = wholeNumber(value);
  return port !== null && port > 0 && port < 65536 ? port : null;
}

/** Scheme and authority of a member's api_url, without path or credentials; null unless http or https. */
export function baseUrl(value: Json): string | null {
  if (typeof value !== 'string') return null;
  try {
    const url = new URL(value);
    return url.protocol === 'http:' || url.protocol === 'https:' ? `${url.protocol}//${url.host}` : null;
  } catch {
    return null;
  }
}

/**
 * `/history` (REST and DCS key alike): rows `[timeline that ended, lsn, reason, iso time, new leader]`, 3 to 5 long.
 * Returned oldest first, without the current timeline. Rows that are not rows are dropped.
 */
export function parseHistory(body: string): readonly TimelineEntry[] {
  const rows = list(parseJson(body)).flatMap((row): HistoryRow[] => {
    const cells = list(row);
    const timeline = positiveWhole(cells[0]);
    if (timeline === null) return [];
    return [
      {
        timeline,
        lsn: positiveWhole(cells[1]),
        reason: text(cells[2]),
        at: instant(cells[3]),
        newLeader: text(cells[4]),
      },
    ];
  });
  rows.sort((a, b) => a.timeline - b.timeline);
  return rows.map((row, index) => {
    const before = rows[index - 1];
    const follows = before !== undefined && before.timeline === row.timeline - 1;
    return {
      timeline: row.timeline,
      endLsn: row.lsn,
      startedAt: follows ? before.at : null,
      endedAt: row.at,
      leader: follows ? before.newLeader : null,
      reason: row.reason,
    };
  });
}

interface HistoryRow {
  readonly timeline: number;
  readonly lsn: Lsn | null;
  readonly reason: string | null;
  readonly at: number | null;
  readonly newLeader: string | null;
}

/** Leader of the timeline after the last row, when the row says so. */
export function lastNewLeader(body: string): string | null {
  const rows = list(parseJson(body));
  return text(list(rows[rows.length - 1])[4]);
}

/** `/config` and `/history`. null: the answer is not the document. */
export const parseConfigDocument = once(({ status, body }: HttpAnswer) => {
  const value = status === 200 ? parseObject(body) : null;
  return value === null ? null : { value, numbers: exactNumbers(body) };
});
export const parseHistoryDocument = once(({ status, body }: HttpAnswer) =>
  status === 200 ? parseHistory(body) : null,
);
