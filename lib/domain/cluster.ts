// The cluster model: what Howdah believes after reconciling its witnesses, and how sure it is. Data only; built by
// build-cluster.ts, judged by findings/, readiness.ts and events.ts. It crosses the wire as it is.
// Unknown is null, never -1 and never 0. Instants end in `At`: epoch milliseconds on Howdah's clock. Bytes and seconds say so.

import type { Text } from '../language/sentence';
import type { BackupState } from './backups/backup';
import type { Cause } from './cause/cause';
import type { DcsKind } from './dcs-kind';
import type { Entry } from './entries/entry';
import type { FindingCode } from './finding-code';
import type { HostState } from './hosts/host';
import type { Lsn } from './lsn';
import type { MaintenanceNote } from './maintenance-note';
import type { PauseNote } from './pause-note';
import type { CertificateEnds, RawDcs, ReadingErrorKind, ScopeExcess } from './raw';
import type { Roster } from './roster';
import type { Health, Severity } from './severity';
import type { ExternalStandby, Site } from './sites/site';
import type { ExactNumber } from './wire/json-text';
import type { WitnessState } from './witness-state';

export { FINDING_CODES, type FindingCode } from './finding-code';
export type { WitnessState } from './witness-state';

/** What the DCS says, in the words of `/cluster`. */
export type ClusterRole = 'leader' | 'standby_leader' | 'sync_standby' | 'quorum_standby' | 'replica';
/** What PostgreSQL says: out of recovery or in it. */
export type PostgresRole = 'primary' | 'replica' | 'unknown';

/** Does WAL flow into this member? Believed only from the upstream's walsender row or the member's own WAL receiver. */
export type Replication =
  | { readonly kind: 'leader' }
  | {
      readonly kind: 'streaming';
      readonly upstream: string | null;
      readonly by: 'walsender' | 'wal_receiver' | 'patroni';
    }
  | { readonly kind: 'archive_recovery' }
  /** `why`: what is known beyond that nobody sends to it; null: nothing. `circle`: members that stream from each other follow nobody. */
  | {
      readonly kind: 'not_streaming';
      readonly since: number | null;
      readonly why: Text | null;
      readonly circle: boolean;
    }
  | { readonly kind: 'unknown'; readonly reason: Text };

export interface Lag {
  /** Leader position minus received, both read live; null when unknown or without meaning (other timeline, leader itself). */
  readonly receiveBytes: number | null;
  readonly replayBytes: number | null;
  /** The upstream's `pg_stat_replication` intervals; null with `idle` true means "caught up and nothing to time". */
  readonly writeSeconds: number | null;
  readonly flushSeconds: number | null;
  readonly replaySeconds: number | null;
  readonly idle: boolean;
}

/** Bytes outstanding per stage behind the upstream (not the leader), from the upstream's walsender row. */
export interface Stages {
  readonly upstream: string;
  readonly sentBytes: number | null;
  readonly writeBytes: number | null;
  readonly flushBytes: number | null;
  readonly replayBytes: number | null;
  readonly writeSeconds: number | null;
  readonly flushSeconds: number | null;
  readonly replaySeconds: number | null;
  readonly syncState: string | null;
  readonly state: string | null;
  /** Age of the standby's last reply; a stuck standby's intervals stop moving. */
  readonly replyAt: number | null;
  readonly observedAt: number;
}

export interface PendingParameter {
  readonly name: string;
  /** Human-formatted, with unit; null when the witness does not say. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface PendingRestart {
  readonly since: number | null;
  /** Empty when a witness sets the flag without saying why (Patroni before 3.3 and no SQL). */
  readonly parameters: readonly PendingParameter[];
  readonly by: readonly ('patroni' | 'postgres' | 'dcs')[];
}

export interface Divergence {
  /** `forked`: WAL past the point where its timeline ended for the leader, or a timeline the leader never had. */
  readonly kind: 'forked';
  readonly forkLsn: Lsn | null;
  /** Bytes past the fork point that no other member has; null when the fork point is not known. */
  readonly pastBytes: number | null;
  readonly memberTimeline: number;
  readonly memberLsn: Lsn;
  readonly leaderTimeline: number;
}

/**
 * Whose answer is what stands at the member's addresses? What is not its own counts as no answer. `own`: nothing speaks against
 * it. `unheard`: nothing was heard to judge. `alias`: this node answers under another name, `node`, which is a member too. `name_twice`: two
 * nodes write its key in turns.
 */
export interface Identity {
  readonly verdict:
    | 'own'
    | 'unheard'
    | 'alias'
    | 'other_name'
    | 'other_scope'
    | 'shared_address'
    | 'loopback'
    | 'name_twice';
  /** `10.0.0.5:8008 answers as node1`; null where nothing is wrong. */
  readonly text: Text | null;
  readonly node: string | null;
  /** The same of its PostgreSQL address; null where nothing is wrong. */
  readonly sql: Text | null;
}

export interface Move {
  readonly at: number;
  readonly from: string;
}

export interface Member {
  readonly name: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly apiUrl: string | null;
  /** false: no longer in the member list (its key expired or was removed); shown from memory. */
  readonly listed: boolean;
  /** Does its key in the DCS go with a lease? false: it stays until somebody deletes it. null: no key was read. */
  readonly leased: boolean | null;
  readonly identity: Identity;
  /** When its key came with another REST address, and which it had before; the last minute alone. Absent: it did not. */
  readonly moves?: readonly Move[] | undefined;
  readonly clusterRole: ClusterRole | null;
  readonly postgresRole: PostgresRole;
  /** Patroni's word, live if it answers, else the member key's; null when neither says. */
  readonly state: string | null;
  /** What `patronictl list` / `/cluster` would show for this member now, where it differs from the truth it is evidence. */
  readonly patroniSays: { readonly state: string | null; readonly lagBytes: number | null };
  readonly timeline: number | null;
  /** Write position of a primary; null on a replica. */
  readonly lsn: Lsn | null;
  readonly receivedLsn: Lsn | null;
  readonly replayedLsn: Lsn | null;
  readonly replayPaused: boolean | null;
  readonly replayedAt: number | null;
  /** Member name, or null when it has none or it is not known. */
  readonly upstream: string | null;
  /** `replicatefrom` tag. */
  readonly replicateFrom: string | null;
  readonly replication: Replication;
  readonly lag: Lag;
  readonly stages: Stages | null;
  readonly divergence: Divergence | null;
  readonly pendingRestart: PendingRestart | null;
  readonly scheduledRestart: { readonly at: string; readonly conditions: Readonly<Record<string, unknown>> } | null;
  readonly tags: Readonly<Record<string, string | number | boolean>>;
  /** `failed`: watchdog required but unhealthy; null: nothing said (no watchdog, or not known). */
  readonly watchdog: 'failed' | null;
  readonly patroniVersion: string | null;
  /** `15.18`. */
  readonly postgresVersion: string | null;
  readonly startedAt: number | null;
  readonly systemIdentifier: string | null;
  /** Node clock minus Howdah's, seconds; null when not known. Uncertain by the answer time, REST by another second. */
  readonly clockOffsetSeconds: number | null;
  readonly failsafeActive: boolean;
  /** For how long its Patroni has not seen the DCS, which is there; absent: it has, or nobody can tell. */
  readonly dcsUnseenSeconds?: number | undefined;
  /** Has this node seen the pause that the configuration asks for? null: it does not say. */
  readonly seesPause: boolean | null;
  readonly slots: readonly Slot[] | null;
  readonly archiver: Archiver | null;
  /** What its machine says; absent: it is not asked. */
  readonly machine?: HostState | undefined;
  /** When the certificates end that it shows; absent: it shows none, or none was seen. */
  readonly certificates?: CertificateEnds | undefined;
  /** Base backups that are taken from it; absent: not asked. */
  readonly baseBackups?: readonly BaseBackup[] | undefined;
  /** Members to which it sends a base backup. */
  readonly copies: readonly string[];
  /** WAL senders seen on this member that belong to no member (pg_receivewal, base backup, another cluster). */
  readonly externalStandbys: readonly ExternalStandby[];
  /** The SQL role lacks pg_monitor: rows come without details. */
  readonly sqlGrantMissing: boolean;
  readonly witnesses: { readonly dcs: WitnessState; readonly patroni: WitnessState; readonly sql: WitnessState };
  /** Newest good live answer (Patroni or SQL); null: never. */
  readonly observedAt: number | null;
  /** No live witness answers now: every value here is from memory. */
  readonly silent: boolean;
}

export interface Slot {
  readonly name: string;
  readonly kind: 'physical' | 'logical';
  /** null: not known (seen only through the DCS). */
  readonly active: boolean | null;
  /** null: no restart_lsn (never used, or lost). */
  readonly retainedBytes: number | null;
  readonly walStatus: string | null;
  /** The member it serves, null when it serves none. */
  readonly member: string | null;
  /** Who makes it anew or takes it away: Patroni, for `slots` of the configuration or for a member that left a while ago; absent: nobody. */
  readonly keeper?: 'config' | 'member_slots_ttl' | undefined;
}

export interface Archiver {
  readonly enabled: boolean;
  readonly archivedCount: number;
  readonly lastArchivedWal: string | null;
  readonly lastArchivedAt: number | null;
  readonly failedCount: number;
  readonly lastFailedWal: string | null;
  readonly lastFailedAt: number | null;
  /** Finished WAL files that wait for it, and since when the oldest does; absent: not asked, or not allowed to see. */
  readonly waiting?: { readonly count: number; readonly sinceAt: number | null } | undefined;
}

/** A row of pg_stat_progress_basebackup. */
export interface BaseBackup {
  readonly application: string | null;
  /** In the words of PostgreSQL; null: the role may not see it. */
  readonly phase: string | null;
  readonly startedAt: number | null;
  /** Estimated by the server; null: it was asked not to. */
  readonly totalBytes: number | null;
  readonly doneBytes: number | null;
}

export interface Leader {
  /** Last known holder of the leader key. */
  readonly name: string;
  /** false: the witness that said so is stale; draw as unknown, with its age. */
  readonly known: boolean;
  /** dcs: the key itself; patroni: inferred from members' REST because the DCS cannot be read. */
  readonly by: 'dcs' | 'cluster' | 'patroni';
  readonly observedAt: number;
  /** When it became leader: from history or from what Howdah saw; null when not known. */
  readonly since: number | null;
}

/** One row of `/history`, plus the current timeline as last row with `endLsn` null. */
export interface TimelineEntry {
  readonly timeline: number;
  /** Where it ended and the next began; null for the current one. */
  readonly endLsn: Lsn | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly leader: string | null;
  /** Patroni's text of why the next timeline began. */
  readonly reason: string | null;
}

export interface Endpoint {
  readonly url: string;
  readonly name: string | null;
  /** `down`: does not answer; `no_quorum`: answers but a quorum read fails. */
  readonly state: 'leader' | 'follower' | 'learner' | 'no_quorum' | 'down' | 'unknown';
  readonly version: string | null;
  readonly dbSizeBytes: number | null;
  /** Of the election of the DCS's own leader; null where it tells none. */
  readonly raftTerm: string | null;
  /** In the words of the DCS. */
  readonly alarms: readonly string[];
  readonly tookMs: number | null;
  readonly observedAt: number | null;
  readonly error: Text | null;
}

export interface Dcs extends Pick<RawDcs, 'configOwner' | 'rival' | 'troubles'> {
  readonly kind: DcsKind;
  readonly namespace: string;
  /** fresh: the view is current; stale: it is older than the limit; never: nothing was ever read. */
  readonly state: 'fresh' | 'stale' | 'never';
  readonly currentAt: number | null;
  /** How far the watch has applied events, as the DCS counts. */
  readonly revision: string | null;
  readonly error: Text | null;
  readonly errorKind: ReadingErrorKind | null;
  readonly excess: ScopeExcess | null;
  readonly sessionLimitSeconds?: number | null;
  readonly quorum: boolean | null;
  readonly endpoints: readonly Endpoint[];
  readonly leaderLease: {
    readonly ttlSeconds: number;
    readonly grantedSeconds: number;
    readonly observedAt: number;
  } | null;
  /** Version by key, '0' where there is no such key: what a transaction compares. null: never read. */
  readonly keyRevisions: {
    readonly leader: string;
    readonly failover: string;
    readonly sync: string;
    readonly config: string;
  } | null;
}

export interface DynamicConfig {
  /** As stored, parsed; unknown keys kept. */
  readonly value: Readonly<Record<string, unknown>>;
  /** What `value` cannot hold as it is stored: `1.0`, integers beyond 2^53. */
  readonly numbers: readonly ExactNumber[];
  /** Version of the key in the DCS; null when read over REST. */
  readonly revision: string | null;
  readonly by: 'dcs' | 'rest';
  readonly observedAt: number;
  readonly ttlSeconds: number;
  readonly loopWaitSeconds: number;
  readonly retryTimeoutSeconds: number;
  readonly maximumLagOnFailoverBytes: number;
}

export interface Cluster {
  /** The one that its members have. */
  readonly systemIdentifier: string | null;
  /** `/initialize`: empty while a bootstrap runs; null: there is no such key, or it was not read. */
  readonly initialize: string | null;
  readonly leader: Leader | null;
  readonly timeline: number | null;
  /** null: not known. */
  readonly paused: boolean | null;
  /** Who paused it and until when, where that was done by Howdah; null also when not paused. */
  readonly pauseNote: PauseNote | null;
  /** The maintenance that is under way; absent: none is known of. */
  readonly maintenance?: MaintenanceNote | undefined;
  readonly synchronousMode: 'off' | 'on' | 'quorum' | null;
  readonly synchronousModeStrict: boolean;
  /** Names in `/sync`; null when not known or sync is not active. */
  readonly sync: {
    readonly leader: string | null;
    readonly standbys: readonly string[];
    readonly quorum: number | null;
    /** Those of them that stream and for which PostgreSQL of the leader does not wait; absent: none is seen. */
    readonly unconfirmed?: readonly string[] | undefined;
  } | null;
  readonly failsafe: { readonly enabled: boolean | null; readonly active: boolean };
  /** null: an ordinary cluster. */
  readonly standbyCluster: { readonly host: string | null; readonly port: number | null } | null;
  readonly scheduledSwitchover: {
    readonly at: string;
    readonly from: string | null;
    readonly to: string | null;
  } | null;
  /** A request in `/failover` that is not scheduled: being worked on now. */
  readonly pendingSwitchover: { readonly from: string | null; readonly to: string | null } | null;
  readonly history: readonly TimelineEntry[];
  readonly config: DynamicConfig | null;
  readonly dcs: Dcs | null;
  /** Bytes of WAL per second at the leader, over the last readings; null when not known. */
  readonly walBytesPerSecond: number | null;
  /** A primary that holds the key and answers: writes are accepted as far as anybody can tell. null: not known. */
  readonly writable: boolean | null;
  readonly members: readonly Member[];
  /** null: nobody keeps one (a recording). */
  readonly roster: Roster | null;
  /** Absent: nobody reports backups and none are asked for, or what was reported is not known yet. */
  readonly backups?: BackupState | undefined;
  /** The other site of the same data; absent: none is seen. */
  readonly site?: Site | undefined;
  /** The doors by which clients come; absent: none is configured, or it was kept before there were any. */
  readonly entries?: readonly Entry[] | undefined;
}

export interface Evidence {
  /** Short label: a member name or a source. */
  readonly label: Text;
  readonly text: Text;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly title: Text;
  readonly members: readonly string[];
  readonly evidence: readonly Evidence[];
  /** First seen by Howdah, or earlier where a source says so. */
  readonly since: number;
  readonly advice: Text;
}

export interface CandidateReason {
  /** `patroni`: Patroni itself would refuse; `howdah`: Patroni does not check this, it is why a human must not. */
  readonly by: 'patroni' | 'howdah';
  readonly code: string;
  readonly text: Text;
}

export interface Candidate {
  readonly member: string;
  /** Would it be elected now, and should it? null: not known. */
  readonly eligible: boolean | null;
  /** What Patroni's own rules say, where they differ it is a trap. */
  readonly patroniWouldElect: boolean | null;
  readonly reasons: readonly CandidateReason[];
  readonly lagBytes: number | null;
}

export interface Readiness {
  /** If the leader died now, would Patroni fail over? null: not known. */
  readonly failoverPossible: boolean | null;
  readonly reasons: readonly Text[];
  /** Best first; the leader is not among them. */
  readonly candidates: readonly Candidate[];
}

export interface SourceReport {
  readonly source: 'dcs' | 'patroni' | 'sql' | 'cluster' | 'entries';
  readonly configured: boolean;
  /** Per member, of the doors per door (or once, for the DCS, with member null). */
  readonly answers: readonly { readonly member: string | null; readonly state: WitnessState }[];
  /** Median answer time of the newest answers. */
  readonly tookMs: number | null;
  readonly limitMs: number;
}

/** Everything one cluster page shows. Full each time; nobody replays deltas. */
export interface Snapshot {
  readonly scope: string;
  /** As Patroni calls it, where `scope` is another word for it; absent: the same. */
  readonly patroniScope?: string | undefined;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Grows by one with each published snapshot of the scope; a smaller one is older and is dropped. */
  readonly revision: number;
  readonly observedAt: number;
  readonly intervalMs: number;
  /** A value older than this is stale; older than three times this it is unknown ("was"). */
  readonly staleAfterMs: number;
  /** How long the last round took, ms. */
  readonly roundMs: number | null;
  readonly health: Health;
  readonly sources: readonly SourceReport[];
  readonly cluster: Cluster;
  readonly findings: readonly Finding[];
  readonly readiness: Readiness;
  /** null: nothing needs a person. */
  readonly cause: Cause | null;
}
