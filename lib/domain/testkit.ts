// Builds raw observations for tests, in the words each Patroni generation really uses, so that a test about a rule also runs
// the parsers. A member is described by what is true of it; what each witness would say follows, unless the test makes a
// witness say something else. Only tests import it.

import type { ActionFacts } from './actions/action';
import type { RawBackups } from './backups/backup';
import type { FindingCode, Member, Snapshot } from './cluster';
import type { DcsKind } from './dcs-kind';
import type { Change } from './events';
import { formatLsn } from './lsn';
import type { MaintenanceNote } from './maintenance-note';
import type { MeasuredOutage } from './outage-sample';
import {
  type EntryAnswer,
  type HttpAnswer,
  NEVER_ASKED,
  type RawDcs,
  type RawDcsKey,
  type RawEndpoint,
  type RawEndpointStatus,
  type RawEntry,
  type RawMember,
  type RawObservation,
  type ReadingErrorKind,
  type SqlAnswer,
  type Witness,
} from './raw';
import type { RawRoster } from './roster';
import { buildSnapshot } from './snapshot';

export type Generation = '3.0.2' | '4.0.7' | '4.1.5';
export const GENERATIONS: readonly Generation[] = ['3.0.2', '4.0.7', '4.1.5'];

export const NOW = 1_795_218_900_000;
export const STALE_MS = 3000;
export const SYSTEM = '7710406339524702777';
/** Write position of a leader that does not say another. */
export const HEAD = 0x0400_0000;
export const MIB = 1024 * 1024;

/**
 * How a witness behaves: it answers, was never asked, fails, or says exactly this text. `late` answered well 1.5 s ago and
 * missed the deadline since; `lost` answered well 1.5 s ago and refuses now, `cut` closes the connection without a word.
 */
export type Behaviour =
  | 'answers'
  | 'never'
  | 'late'
  | 'lost'
  | 'cut'
  | ReadingErrorKind
  | { readonly body: unknown; readonly status?: number };

export interface MemberSpec {
  readonly name: string;
  /** Default: the first member is a primary, the others replicas. */
  readonly role?: 'primary' | 'replica' | 'standby_leader' | 'demoted';
  readonly state?: string;
  readonly timeline?: number;
  /** Write position of a primary, replayed position of a replica. */
  readonly lsn?: number;
  readonly received?: number;
  readonly paused?: boolean;
  /** Whom it streams from; null: from nobody. Default: the leader. */
  readonly upstream?: string | null;
  readonly tags?: Readonly<Record<string, unknown>>;
  readonly rest?: Behaviour;
  readonly sql?: Behaviour | 'off';
  /** When its witnesses last answered well, before now. Default 0. */
  readonly ageMs?: number;
  readonly tookMs?: number;
  /** Merged into `GET /patroni`, the SQL rows and the member key. A key of null: not in the list. */
  readonly patroni?: Readonly<Record<string, unknown>>;
  readonly fast?: Readonly<Record<string, unknown>>;
  readonly slow?: Readonly<Record<string, unknown>>;
  readonly key?: Readonly<Record<string, unknown>> | string | null;
  /** Of one without a key: since when it has none. Default: a minute. */
  readonly goneMs?: number;
  /** false: no lease ends its key. */
  readonly leased?: boolean;
  readonly version?: string;
  /** Node clock minus Howdah's, ms. */
  readonly clockMs?: number;
}

export interface ClusterSpec {
  readonly version?: Generation;
  readonly members: readonly MemberSpec[];
  /** Holder of the key. Default: the first member. */
  readonly leader?: string | null;
  readonly now?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly sync?: Readonly<Record<string, unknown>>;
  readonly failover?: Readonly<Record<string, unknown>>;
  readonly history?: readonly unknown[];
  readonly status?: Readonly<Record<string, unknown>>;
  /** Put over the keys made from the rest; null removes one. */
  readonly keys?: Readonly<Record<string, string | null>>;
  /** `off`: none configured; `never`: configured and never read; `stale`: silent for a minute. */
  readonly dcs?: 'fresh' | 'stale' | 'never' | 'off';
  /** Default: etcd3. */
  readonly kind?: DcsKind;
  /** What only some kinds tell. */
  readonly beside?: Pick<RawDcs, 'configOwner' | 'rival' | 'troubles'>;
  /** Age of the view while it counts as fresh. Default 0. */
  readonly dcsAgeMs?: number;
  readonly sessionLimitSeconds?: number;
  readonly endpoints?: readonly EndpointSpec[];
  /** `/cluster`, asked only with `dcs: 'off'`. Default: what Patroni would say. */
  readonly document?: Behaviour;
  /** Default: nobody keeps one. */
  readonly roster?: RawRoster;
  /** As asked now; default: none configured. */
  readonly entries?: readonly EntrySpec[];
  readonly backups?: RawBackups;
  /** What earlier handovers took. Default: nothing was measured. */
  readonly outages?: readonly MeasuredOutage[];
  readonly maintenance?: MaintenanceNote;
}

/** A door and what it answers, or how it fails. */
export interface EntrySpec extends Partial<Pick<RawEntry, 'name' | 'primary' | 'replicas'>> {
  readonly kind: RawEntry['kind'];
  readonly answer: EntryAnswer | ReadingErrorKind;
}

export interface EndpointSpec {
  readonly name: string;
  readonly status?: ReadingErrorKind;
  readonly read?: ReadingErrorKind;
  readonly alarms?: readonly string[];
  readonly leads?: boolean;
}

const CONFIG = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: MIB };
const POSTGRES: Readonly<Record<Generation, number>> = { '3.0.2': 150018, '4.0.7': 170011, '4.1.5': 170011 };

export function cluster(spec: ClusterSpec): RawObservation {
  const facts = spec.members.map((member, index) => resolve(member, index, spec));
  const now = spec.now ?? NOW;
  const never = { cluster: NEVER_ASKED, config: NEVER_ASKED, history: NEVER_ASKED };
  return {
    scope: 'demo',
    source: 'lab',
    labels: {},
    now,
    intervalMs: 1000,
    staleAfterMs: STALE_MS,
    dcs: rawDcs(spec, facts, now),
    members: facts.map((fact) => rawMember(fact, facts, spec, now)),
    fallback: spec.dcs === 'off' ? fallback(spec, facts, now) : never,
    ...(spec.roster === undefined ? {} : { roster: spec.roster }),
    ...(spec.entries === undefined ? {} : { entries: spec.entries.map((entry) => rawEntry(entry, now)) }),
    ...(spec.backups === undefined ? {} : { backups: spec.backups }),
    ...(spec.outages === undefined ? {} : { outages: spec.outages }),
    ...(spec.maintenance === undefined ? {} : { maintenance: spec.maintenance }),
  };
}

function rawEntry({ name = 'lb', kind, primary = [], replicas = [], answer }: EntrySpec, now: number): RawEntry {
  const timing = { at: now, tookMs: 2 };
  const said: Witness<EntryAnswer> =
    typeof answer === 'string'
      ? { last: { ok: false, error: { kind: answer, message: answer }, ...timing }, good: null }
      : { last: { ok: true, value: answer, ...timing }, good: { value: answer, ...timing } };
  return { name, kind, address: `${name}.example:7000`, primary, replicas, everyMs: 1000, answer: said };
}

interface Fact extends MemberSpec {
  readonly role: NonNullable<MemberSpec['role']>;
  readonly state: string;
  readonly timeline: number;
  readonly lsn: number;
  readonly received: number;
  readonly upstream: string | null;
  readonly host: string;
  readonly version: string;
}

function leaderOf(spec: ClusterSpec): string | null {
  return spec.leader === undefined ? (spec.members[0]?.name ?? null) : spec.leader;
}

function resolve(member: MemberSpec, index: number, spec: ClusterSpec): Fact {
  const role = member.role ?? (index === 0 ? 'primary' : 'replica');
  const lsn = member.lsn ?? HEAD;
  return {
    ...member,
    role,
    state: member.state ?? 'running',
    timeline: member.timeline ?? spec.members[0]?.timeline ?? 1,
    lsn,
    received: member.received ?? lsn,
    upstream: role === 'replica' ? (member.upstream === undefined ? leaderOf(spec) : member.upstream) : null,
    host: `10.0.0.${index + 1}`,
    version: member.version ?? spec.version ?? '4.1.5',
  };
}

const isOld = (version: string): boolean => version.startsWith('3.');
const runs = (fact: Fact): boolean => fact.state === 'running';
const word = (fact: Fact): string => (fact.role === 'primary' && isOld(fact.version) ? 'master' : fact.role);

/** The body of `GET /patroni`. */
function patroniBody(fact: Fact, facts: readonly Fact[], spec: ClusterSpec, now: number): Record<string, unknown> {
  const walsenders = facts.filter((other) => other.upstream === fact.name);
  const streams = fact.upstream !== null && !isOld(fact.version);
  return {
    state: fact.state,
    ...(runs(fact) ? { postmaster_start_time: '2026-11-20 23:54:32.387067+00:00' } : {}),
    role: word(fact),
    ...(runs(fact)
      ? {
          server_version: POSTGRES[spec.version ?? '4.1.5'],
          xlog:
            fact.role === 'primary'
              ? { location: fact.lsn }
              : {
                  received_location: fact.received,
                  replayed_location: fact.lsn,
                  replayed_timestamp: new Date(now - 200).toISOString().replace('T', ' ').replace('Z', '000+00:00'),
                  paused: fact.paused === true,
                },
          timeline: fact.timeline,
          ...(streams ? { replication_state: 'streaming' } : {}),
          ...(walsenders.length === 0 ? {} : { replication: walsenders.map((other) => walsenderOf(other, spec)) }),
        }
      : {}),
    dcs_last_seen: Math.floor(now / 1000),
    ...(fact.tags === undefined ? {} : { tags: fact.tags }),
    database_system_identifier: SYSTEM,
    patroni: { version: fact.version, scope: 'demo', ...(isOld(fact.version) ? {} : { name: fact.name }) },
    ...fact.patroni,
  };
}

/** As Patroni sets synchronous_standby_names by /sync. */
function syncStateOf({ name }: Fact, { sync }: ClusterSpec): string {
  const standbys = String(sync?.sync_standby ?? '').toLowerCase();
  return standbys.split(',').includes(name.toLowerCase()) ? 'sync' : 'async';
}

function walsenderOf(fact: Fact, spec: ClusterSpec): Record<string, unknown> {
  return {
    usename: 'replicator',
    application_name: cut63(fact.name),
    client_addr: fact.host,
    state: 'streaming',
    sync_state: syncStateOf(fact, spec),
    sync_priority: 0,
  };
}

/** As PostgreSQL cuts application_name. */
function cut63(name: string): string {
  return Buffer.from(name).subarray(0, 63).toString();
}

/** The rows of lib/io/postgres.ts. */
function sqlRows(fact: Fact, facts: readonly Fact[], spec: ClusterSpec, now: number): SqlAnswer {
  const primary = fact.role === 'primary';
  const upstream = facts.find((other) => other.name === fact.upstream);
  const standby = (lsn: number): string | null => (primary ? null : formatLsn(lsn));
  return {
    fast: {
      in_recovery: !primary,
      current_lsn: primary ? formatLsn(fact.lsn) : null,
      receive_lsn: standby(fact.received),
      replay_lsn: standby(fact.lsn),
      replayed_ms: primary ? null : now - 200,
      replay_paused: primary ? null : fact.paused === true,
      timeline: fact.timeline,
      clock_ms: now + (fact.clockMs ?? 0),
      started_ms: NOW - 3_600_000,
      server_version_num: POSTGRES[spec.version ?? '4.1.5'],
      system_identifier: SYSTEM,
      monitor: true,
      wal_receiver:
        fact.upstream === null
          ? null
          : {
              status: 'streaming',
              received_tli: fact.timeline,
              sender_host: upstream?.host ?? '10.9.9.9',
              sender_port: 5432,
              slot_name: fact.name,
            },
      replication: facts
        .filter((other) => other.upstream === fact.name)
        .map((other) => ({
          application_name: cut63(other.name),
          state: 'streaming',
          client_addr: other.host,
          sent_lsn: formatLsn(other.received),
          write_lsn: formatLsn(other.received),
          flush_lsn: formatLsn(other.received),
          replay_lsn: formatLsn(other.lsn),
          write_s: 0.0002,
          flush_s: 0.0002,
          replay_s: 0.0004,
          sync_state: syncStateOf(other, spec),
          reply_ms: now - 100,
        })),
      ...fact.fast,
    },
    slow: {
      slots: [],
      archiver: { mode: 'off', archived_count: 0, last_archived_ms: null, failed_count: 0, last_failed_ms: null },
      pending: [],
      ...fact.slow,
    },
    slowAt: now,
  };
}

function rawMember(fact: Fact, facts: readonly Fact[], spec: ClusterSpec, now: number): RawMember {
  const timing = { at: now - (fact.ageMs ?? 0), tookMs: fact.tookMs ?? 2 };
  const http = (): HttpAnswer => ({
    status: 200,
    body: JSON.stringify(patroniBody(fact, facts, spec, now)),
    date: Math.floor((now + (fact.clockMs ?? 0)) / 1000) * 1000,
  });
  const sql = fact.sql ?? 'answers';
  return {
    name: fact.name,
    apiUrl: `http://${fact.host}:8008`,
    host: fact.host,
    port: 5432,
    listedAt: fact.key === null ? now - (fact.goneMs ?? 60_000) : now,
    patroni: witnessOf(fact.rest ?? 'answers', http, httpOf, timing),
    sql:
      sql === 'off'
        ? null
        : witnessOf(
            sql,
            () => sqlRows(fact, facts, spec, now),
            (body) => body as SqlAnswer,
            timing,
          ),
  };
}

function httpOf(body: unknown, status: number): HttpAnswer {
  return { status, body: typeof body === 'string' ? body : JSON.stringify(body), date: null };
}

function witnessOf<T>(
  behaviour: Behaviour,
  honest: () => T,
  literal: (body: unknown, status: number) => T,
  { at, tookMs }: { readonly at: number; readonly tookMs: number },
): Witness<T> {
  if (behaviour === 'never') return NEVER_ASKED;
  if (behaviour === 'late' || behaviour === 'lost' || behaviour === 'cut') {
    const kind = { late: 'timeout', lost: 'refused', cut: 'closed' }[behaviour] as ReadingErrorKind;
    return {
      last: { ok: false, error: { kind, message: kind }, at, tookMs },
      good: { value: honest(), at: at - 1500, tookMs },
    };
  }
  if (typeof behaviour === 'string' && behaviour !== 'answers') {
    return { last: { ok: false, error: { kind: behaviour, message: behaviour }, at, tookMs }, good: null };
  }
  const value = behaviour === 'answers' ? honest() : literal(behaviour.body, behaviour.status ?? 200);
  return { last: { ok: true, value, at, tookMs }, good: { value, at, tookMs } };
}

/** The value of a member key. */
function memberKey(fact: Fact): string {
  if (typeof fact.key === 'string') return fact.key;
  const streams = fact.upstream !== null && !isOld(fact.version);
  const standby = fact.role !== 'primary' && fact.version.startsWith('4.1');
  return JSON.stringify({
    conn_url: `postgres://${fact.host}:5432/postgres`,
    api_url: `http://${fact.host}:8008/patroni`,
    state: fact.state,
    role: word(fact),
    version: fact.version,
    xlog_location: Math.max(fact.lsn, fact.received),
    ...(standby ? { receive_lsn: fact.received, replay_lsn: fact.lsn } : {}),
    ...(streams ? { replication_state: 'streaming' } : {}),
    ...(fact.tags === undefined ? {} : { tags: fact.tags }),
    timeline: fact.timeline,
    ...fact.key,
  });
}

function rawDcs(spec: ClusterSpec, facts: readonly Fact[], now: number): RawDcs | null {
  const mode = spec.dcs ?? 'fresh';
  if (mode === 'off') return null;
  const silent = mode !== 'fresh';
  const defaults: EndpointSpec[] = ['e1', 'e2', 'e3'].map((name, index) =>
    silent ? { name, status: 'timeout', read: 'timeout' } : { name, leads: index === 0 },
  );
  return {
    kind: spec.kind ?? 'etcd3',
    namespace: '/service/',
    keys: mode === 'never' ? null : dcsKeys(spec, facts),
    position: mode === 'never' ? null : '100',
    currentAt: mode === 'never' ? null : silent ? now - 60_000 : now - (spec.dcsAgeMs ?? 0),
    error: silent ? { kind: 'timeout', message: 'no answer in time' } : null,
    endpoints: (spec.endpoints ?? defaults).map((endpoint) => rawEndpoint(endpoint, now)),
    leaderLease: NEVER_ASKED,
    ...(spec.sessionLimitSeconds === undefined ? {} : { sessionLimitSeconds: spec.sessionLimitSeconds }),
    ...spec.beside,
  };
}

function dcsKeys(spec: ClusterSpec, facts: readonly Fact[]): readonly RawDcsKey[] {
  const leader = leaderOf(spec);
  const status = { optime: facts.find((fact) => fact.name === leader)?.lsn ?? HEAD, ...spec.status };
  const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
  const values: Record<string, string | null> = {
    config: JSON.stringify({ ...CONFIG, ...spec.config }),
    initialize: SYSTEM,
    leader,
    status: JSON.stringify(status),
    sync: json(spec.sync),
    failover: json(spec.failover),
    history: json(spec.history),
    ...Object.fromEntries(
      facts.flatMap((fact) => (fact.key === null ? [] : [[`members/${fact.name}`, memberKey(fact)]])),
    ),
    ...spec.keys,
  };
  const unleased = facts.flatMap(({ name, leased }) => (leased === false ? [`members/${name}`] : []));
  const ownerOf = (key: string): string | null =>
    /^(leader|members)/.test(key) && !unleased.includes(key) ? '7' : null;
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value, version: '50', owner: ownerOf(key) }],
  );
}

function rawEndpoint({ name, status, read, alarms, leads }: EndpointSpec, now: number): RawEndpoint {
  const timing = { at: now, tookMs: 1 };
  const good: RawEndpointStatus = {
    name,
    role: leads === true ? 'leader' : 'follower',
    version: '3.5.16',
    sizeBytes: 40960,
    term: '2',
    alarms: alarms ?? [],
  };
  return {
    url: `http://${name}:2379`,
    status: witnessOf(
      status ?? 'answers',
      () => good,
      () => good,
      timing,
    ),
    quorumRead: witnessOf(
      read ?? 'answers',
      () => true,
      () => true,
      timing,
    ),
  };
}

/** What `/cluster`, `/config` and `/history` say where no DCS is configured. */
function fallback(spec: ClusterSpec, facts: readonly Fact[], now: number): RawObservation['fallback'] {
  const timing = { at: now, tookMs: 3 };
  const document = spec.document ?? 'answers';
  const body = clusterBody(spec, facts);
  const config = { ...CONFIG, ...spec.config };
  const honest = (value: unknown) => (): HttpAnswer => httpOf(value, 200);
  return {
    cluster: witnessOf(document, honest(body), httpOf, timing),
    config: witnessOf('answers', honest(config), httpOf, timing),
    history: witnessOf('answers', honest(spec.history ?? []), httpOf, timing),
  };
}

/** The body of `GET /cluster`. */
function clusterBody(spec: ClusterSpec, members: readonly MemberSpec[] = spec.members): Record<string, unknown> {
  const leader = leaderOf(spec);
  const facts = members.map((member, index) => resolve(member, index, spec));
  const head = facts.find((fact) => fact.name === leader)?.lsn ?? HEAD;
  return {
    members: facts
      .filter((fact) => fact.key !== null)
      .map((fact) => ({
        name: fact.name,
        role: fact.name === leader ? 'leader' : 'replica',
        state: fact.upstream === null || isOld(fact.version) ? fact.state : 'streaming',
        api_url: `http://${fact.host}:8008/patroni`,
        host: fact.host,
        port: 5432,
        timeline: fact.timeline,
        ...(fact.name === leader ? {} : { lag: Math.max(0, head - Math.max(fact.lsn, fact.received)) }),
      })),
    ...(isOld(spec.version ?? '4.1.5') ? {} : { scope: 'demo' }),
  };
}

export interface Played {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
  readonly all: readonly Snapshot[];
}

/** Snapshots of these moments, `everyMs` apart unless a moment names its own. */
export function play(moments: readonly ClusterSpec[], everyMs = 1000): Played {
  const all: Snapshot[] = [];
  let changes: readonly Change[] = [];
  moments.forEach((spec, index) => {
    const raw = cluster({ ...spec, now: spec.now ?? NOW + index * everyMs });
    const built = buildSnapshot(raw, all[all.length - 1] ?? null, 5);
    all.push(built.snapshot);
    changes = built.changes;
  });
  const snapshot = all[all.length - 1];
  if (snapshot === undefined) throw new Error('play needs a moment');
  return { snapshot, changes, all };
}

/** The same for `rounds` rounds: what must persist has persisted. */
export function steady(spec: ClusterSpec, rounds = 3, everyMs = 1000): Snapshot {
  return play(
    Array.from({ length: rounds }, () => spec),
    everyMs,
  ).snapshot;
}

export function codesOf(snapshot: Snapshot): readonly FindingCode[] {
  return snapshot.findings.map((finding) => finding.code);
}

export function memberOf(snapshot: Snapshot, name: string): Member {
  const member = snapshot.cluster.members.find((entry) => entry.name === name);
  if (member === undefined) throw new Error(`no member ${name} in the snapshot`);
  return member;
}

/** What a server says when nothing is going on: an idle leader, no other action, a journal that can be written. */
export function quietFacts(snapshot: Snapshot, change: Partial<ActionFacts> = {}): ActionFacts {
  const leader = snapshot.cluster.leader?.name ?? null;
  return {
    at: snapshot.observedAt,
    leader:
      leader === null
        ? null
        : {
            member: leader,
            at: snapshot.observedAt,
            longestTransaction: null,
            connections: 0,
            preparedTransactions: { count: 0, oldestSeconds: 0 },
            unarchivedFiles: 0,
            unarchivedBytes: 0,
            baseBackups: [],
          },
    leaderProblem: leader === null ? 'there is no leader' : null,
    running: null,
    outages: [],
    restUser: true,
    probe: false,
    signal: false,
    journalProblem: null,
    readOnly: false,
    rights: null,
    ...change,
  };
}
