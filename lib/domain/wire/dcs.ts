// Patroni's keys below `/<namespace>/<scope>/`. Mirrors patroni/dcs/__init__.py (v4.1.4) from_node: malformed JSON yields
// an empty value, never an exception.

import type { ClusterRole, PendingParameter, TimelineEntry } from '../cluster';
import type { Lsn } from '../lsn';
import type { RawDcsKey } from '../raw';
import { setOwn } from '../record';
import { type ExactNumber, exactNumbers } from './json-text';
import {
  field,
  isObject,
  type JsonObject,
  list,
  notNegative,
  once,
  parseJson,
  parseObject,
  patroniBoolean,
  positiveWhole,
  scalars,
  text,
} from './loose';
import {
  baseUrl,
  lastNewLeader,
  modernRole,
  type PatroniStatus,
  parseHistory,
  parsePendingReason,
  parseScheduledRestart,
  portNumber,
} from './patroni';

export interface MemberKey {
  readonly name: string;
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly state: string | null;
  readonly role: string | null;
  readonly version: string | null;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  readonly pendingRestart: boolean;
  readonly pendingParameters: readonly PendingParameter[];
  readonly scheduledRestart: PatroniStatus['scheduledRestart'];
  /** max(received, replayed) on a standby, up to loop_wait old. */
  readonly location: Lsn | null;
  readonly replayLsn: Lsn | null;
  readonly replicationState: string | null;
  readonly timeline: number | null;
  readonly pause: boolean;
}

export interface FailoverKey {
  readonly leader: string | null;
  readonly member: string | null;
  readonly scheduledAt: string | null;
}

export interface SyncKey {
  readonly leader: string | null;
  readonly standbys: readonly string[];
  readonly quorum: number | null;
}

export interface DcsView {
  /** `/initialize`; empty while a bootstrap runs; null: there is no such key. */
  readonly initialize: string | null;
  /** Holder of the leader key; null: the key does not exist. */
  readonly leader: string | null;
  readonly leaderOwner: string | null;
  readonly config: {
    readonly value: JsonObject;
    readonly numbers: readonly ExactNumber[];
    readonly revision: string;
  } | null;
  readonly members: readonly MemberKey[];
  readonly failover: FailoverKey | null;
  readonly sync: SyncKey | null;
  /** Leader's flush position in `/status`, up to loop_wait old; what Patroni compares in the leader race. */
  readonly statusLsn: Lsn | null;
  readonly statusSlots: Readonly<Record<string, Lsn>>;
  /** Slots of members that Patroni keeps, also of some that left. */
  readonly retainSlots: readonly string[];
  readonly history: readonly TimelineEntry[];
  readonly historyLeader: string | null;
  /** Names in the failsafe key; the key stays when the mode is off. */
  readonly failsafe: readonly string[] | null;
}

export const parseDcsView = once((keys: readonly RawDcsKey[]): DcsView => {
  const byKey = new Map(keys.map((entry) => [entry.key, entry]));
  const leader = byKey.get('leader');
  const config = byKey.get('config');
  const configValue = config === undefined ? null : parseObject(config.value);
  const history = byKey.get('history')?.value ?? '[]';
  const status = parseObject(byKey.get('status')?.value ?? '');
  const legacyOptime = positiveWhole(byKey.get('optime/leader')?.value);
  const failsafe = parseObject(byKey.get('failsafe')?.value ?? '');
  return {
    initialize: byKey.get('initialize')?.value.trim() ?? null,
    leader: text(leader?.value),
    leaderOwner: leader?.owner ?? null,
    config:
      config === undefined || configValue === null
        ? null
        : { value: configValue, numbers: exactNumbers(config.value), revision: config.version },
    members: keys.filter((entry) => entry.key.startsWith('members/') && entry.key !== 'members/').map(parseMemberKey),
    failover: parseFailoverKey(byKey.get('failover')?.value ?? ''),
    sync: parseSyncKey(byKey.get('sync')?.value ?? ''),
    statusLsn: positiveWhole(field(status, 'optime')) ?? positiveWhole(byKey.get('status')?.value) ?? legacyOptime,
    statusSlots: parseStatusSlots(field(status, 'slots')),
    retainSlots: list(field(status, 'retain_slots')).flatMap((name) => text(name) ?? []),
    history: parseHistory(history),
    historyLeader: lastNewLeader(history),
    failsafe: failsafe === null ? null : Object.keys(failsafe),
  };
});

function parseStatusSlots(value: unknown): Readonly<Record<string, Lsn>> {
  const result: Record<string, Lsn> = {};
  if (!isObject(value)) return result;
  for (const [name, lsn] of Object.entries(value)) {
    const parsed = positiveWhole(lsn);
    if (parsed !== null) setOwn(result, name, parsed);
  }
  return result;
}

export function parseMemberKey(entry: RawDcsKey): MemberKey {
  const value = parseObject(entry.value) ?? {};
  const address = parseConnUrl(text(value.conn_url));
  return {
    name: entry.key.slice('members/'.length),
    apiUrl: baseUrl(value.api_url),
    host: address?.host ?? null,
    port: address?.port ?? null,
    state: text(value.state),
    role: modernRole(text(value.role)),
    version: text(value.version),
    tags: scalars(value.tags),
    pendingRestart: value.pending_restart === true,
    pendingParameters: parsePendingReason(value.pending_restart_reason),
    scheduledRestart: parseScheduledRestart(value.scheduled_restart),
    location: positiveWhole(value.xlog_location),
    replayLsn: positiveWhole(value.replay_lsn),
    replicationState: text(value.replication_state),
    timeline: positiveWhole(value.timeline),
    pause: value.pause === true,
  };
}

/** `postgres://host:port/db`; a name list or IPv6 in brackets pass, anything else is null. */
export function parseConnUrl(url: string | null): { readonly host: string; readonly port: number } | null {
  const match = /^postgres(?:ql)?:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?,]+)(?::(\d+))?/.exec(url ?? '');
  if (!match?.[1]) return null;
  const port = match[2] === undefined ? 5432 : portNumber(match[2]);
  return port === null ? null : { host: match[1].replace(/^\[|\]$/g, ''), port };
}

/**
 * `{}` and a key with neither leader nor member are "no request" (Patroni clears by writing `{}`). Non-JSON text is the
 * legacy form `leader:member` (patroni/dcs/__init__.py v4.1.4, Failover.from_node).
 */
export function parseFailoverKey(value: string): FailoverKey | null {
  if (value === '') return null;
  // JSON that is no object is no request.
  const json = parseObject(value) ?? (parseJson(value) === null ? null : {});
  const [leaderText, memberText] = json === null ? value.split(':').map((part) => part.trim()) : [];
  const leader = json === null ? text(leaderText) : text(json.leader);
  const member = json === null ? text(memberText) : text(json.member);
  if (leader === null && member === null) return null;
  return { leader, member, scheduledAt: json === null ? null : text(json.scheduled_at) };
}

/** Active only when it names a leader (SyncState.is_empty). */
export function parseSyncKey(value: string): SyncKey | null {
  const json = parseObject(value);
  const leader = text(field(json, 'leader'));
  if (leader === null) return null;
  const standbys = field(json, 'sync_standby');
  const names = typeof standbys === 'string' ? standbys.split(',') : list(standbys).map(String);
  return {
    leader,
    standbys: names.map((name) => name.trim()).filter((name) => name !== ''),
    quorum: notNegative(field(json, 'quorum')),
  };
}

/**
 * The DCS's word for a member, derived as `/cluster` does (patroni/utils.py v4.1.4 cluster_as_json): from the leader key,
 * the configuration and `/sync`, not from PostgreSQL. Names in `/sync` match without regard to case.
 */
export function clusterRoleOf(
  name: string,
  view: Pick<DcsView, 'leader' | 'sync'>,
  mode: 'off' | 'on' | 'quorum',
  isStandbyCluster: boolean,
): ClusterRole {
  if (name === view.leader) return isStandbyCluster ? 'standby_leader' : 'leader';
  const inSync = view.sync?.standbys.some((standby) => standby.toLowerCase() === name.toLowerCase()) ?? false;
  if (inSync && mode !== 'off' && !isStandbyCluster) return mode === 'quorum' ? 'quorum_standby' : 'sync_standby';
  return 'replica';
}

/** `synchronous_mode`: boolean-ish text or `quorum` (4.0+). */
export function synchronousMode(config: JsonObject): 'off' | 'on' | 'quorum' {
  const value = config.synchronous_mode;
  if (typeof value === 'string' && value.toLowerCase() === 'quorum') return 'quorum';
  return patroniBoolean(value) === true ? 'on' : 'off';
}
