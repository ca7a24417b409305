// What the witnesses really said, before anything is believed. This is the input of the core, what the collector keeps,
// what `npm run lab -- record` writes to testdata, and what a replay reads back. JSON-serialisable throughout.
// All instants are epoch milliseconds on Howdah's own clock.

import type { Text } from '../language/sentence';
import type { RawBackups } from './backups/backup';
import type { DcsKind } from './dcs-kind';
import type { MaintenanceNote } from './maintenance-note';
import type { MeasuredOutage } from './outage-sample';
import type { PauseNote } from './pause-note';
import type { RawRoster } from './roster';

export type ReadingErrorKind =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'tls'
  | 'auth'
  | 'denied'
  | 'http'
  | 'malformed'
  | 'closed'
  | 'skipped'
  /** Something answered, and it is not the one that was asked. */
  | 'foreign';

export interface ReadingError {
  readonly kind: ReadingErrorKind;
  /** For people; never contains a secret. */
  readonly message: Text;
}

/** One question and its answer, or why there is none. `at` is when the answer (or the failure) was known. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly at: number; readonly tookMs: number }
  | { readonly ok: false; readonly error: ReadingError; readonly at: number; readonly tookMs: number };

/** One source over time: the newest reading and the newest good one. Both null: never asked yet. */
export interface Witness<T> {
  readonly last: Reading<T> | null;
  readonly good: { readonly value: T; readonly at: number; readonly tookMs: number } | null;
}

/** An HTTP answer as it came. `date` is the server's Date header (1 s resolution), null when absent. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly date: number | null;
}

/** The rows of the two statements of `lib/io/postgres.ts`, as JSON. `slow` is asked less often and carries its own age. */
export interface SqlAnswer {
  readonly fast: unknown;
  readonly slow: unknown;
  readonly slowAt: number | null;
}

/** One key below `<namespace>/<scope>/`; `key` is relative (`members/n1`). */
export interface RawDcsKey {
  readonly key: string;
  readonly value: string;
  /** What a compare-and-swap takes back (key-version.ts); another one after each write. */
  readonly version: string;
  /** The version at which the key was made, in the order of versions; absent: the DCS does not say. */
  readonly created?: string;
  /** Lease or session with whose end the key goes; null: it stays. */
  readonly owner: string | null;
}

export interface RawEndpointStatus {
  readonly name: string | null;
  /** Among the members of the DCS itself; `leaderless`: it knows of no leader. */
  readonly role: 'leader' | 'follower' | 'learner' | 'leaderless';
  /** null: Howdah may not know. */
  readonly version: string | null;
  readonly sizeBytes: number | null;
  /** Of the present leader's election; null where the DCS tells none. */
  readonly term: string | null;
  /** In the words of the DCS: dcs-kind.ts says what they mean. */
  readonly alarms: readonly string[];
}

export interface RawEndpoint {
  readonly url: string;
  /** Answered by the process alone, also without quorum. */
  readonly status: Witness<RawEndpointStatus>;
  /** A read that only a quorum can answer, through this endpoint; only whether it succeeded counts. */
  readonly quorumRead: Witness<unknown>;
}

export interface RawLease {
  /** Seconds left when asked; -1 never appears (an expired lease is a missing witness). */
  readonly ttlSeconds: number;
  readonly grantedSeconds: number;
}

/** Of what there is more below a scope than is read. */
export type ScopeExcess = 'members' | 'keys' | 'bytes';

/** Somebody who writes a document of its own over the configuration that Patroni keeps. */
export interface ConfigOwner {
  /** Its own name. */
  readonly name: string;
  /** `all`: the whole document, so that an edit and a pause are gone; `some`: the keys that its own settings name. */
  readonly rewrites: 'all' | 'some';
}

/** The same cluster once more in the same DCS, with a leader key that is kept alive as well. */
export interface Rival {
  readonly holder: string;
  /** In the words of the DCS. */
  readonly place: string;
}

/** Of the DCS itself, judged once for all clusters on it (care/troubles.ts): what may cost them their leader keys. */
export const DCS_TROUBLES = ['slow_disk', 'size', 'certificate', 'unstarted', 'one_host'] as const;
export interface DcsTrouble {
  readonly kind: (typeof DCS_TROUBLES)[number];
  readonly severity: 'critical' | 'warning';
  /** Members of the DCS. */
  readonly names: readonly string[];
  /** ms of an fsync, percent of the quota, epoch ms of the end; null: nothing is counted. */
  readonly amount: number | null;
}

export interface RawDcs {
  readonly kind: DcsKind;
  readonly namespace: string;
  /** The scope's keys as last listed and watched; null: never listed. */
  readonly keys: readonly RawDcsKey[] | null;
  /** Why keys below the scope were left out; absent: they are all there. */
  readonly excess?: ScopeExcess;
  /** How far the watch has applied events, as the DCS counts; null: nothing yet, or it does not count. */
  readonly position: string | null;
  /** When the view was last known to be current: a list, a watch event, or a quorum read with a live watch. */
  readonly currentAt: number | null;
  readonly error: ReadingError | null;
  readonly endpoints: readonly RawEndpoint[];
  /** Lease of the leader key. */
  readonly leaderLease: Witness<RawLease>;
  /** Longer than this no key lives without its owner, whatever the ttl; absent: no such limit is known. */
  readonly sessionLimitSeconds?: number;
  /** Absent: nobody known. */
  readonly configOwner?: ConfigOwner | undefined;
  /** Absent: there is none. */
  readonly rival?: Rival | undefined;
  /** Absent: none, or nobody looked. */
  readonly troubles?: readonly DcsTrouble[] | undefined;
}

export interface RawMember {
  readonly name: string;
  /** From the member key or `/cluster`; base of the REST API without path. */
  readonly apiUrl: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** When the member list (DCS or `/cluster`) last contained it. A member that left the list is kept for a while. */
  readonly listedAt: number | null;
  /** `GET /patroni`. */
  readonly patroni: Witness<HttpAnswer>;
  /** null: no SQL role configured. */
  readonly sql: Witness<SqlAnswer> | null;
  /** The text of node_exporter; absent: it is not asked. */
  readonly machine?: Witness<{ readonly body: string }>;
  /** When the certificates end that it shows; absent: it shows none, or none was seen yet. */
  readonly certificates?: CertificateEnds;
}

/** null: none is shown there, or it was not seen. */
export interface CertificateEnds {
  readonly restEndsAt: number | null;
  readonly postgresEndsAt: number | null;
}

/** What HAProxy says: `show stat` as CSV, and `show info` where a socket was asked; null over HTTP. */
export interface HaproxyAnswer {
  readonly kind: 'haproxy';
  readonly csv: string;
  readonly info: string | null;
}

/** Rows as PgBouncer gives them, by the names of its columns, all of it text. */
export interface PgbouncerAnswer {
  readonly kind: 'pgbouncer';
  readonly version: string | null;
  readonly databases: readonly Readonly<Record<string, string | null>>[];
  readonly pools: readonly Readonly<Record<string, string | null>>[];
  /** Settings that matter here. */
  readonly config: Readonly<Record<string, string | null>>;
}

/** One fresh sign-in at one address that the name stands for. */
export interface RawProbe {
  /** `10.0.0.20`; the name itself where it could not be resolved. */
  readonly address: string;
  /** The row of io/entry-address.ts, or the answer of Patroni. */
  readonly reading: Reading<{ readonly sql: unknown } | { readonly http: HttpAnswer }>;
}

export interface AddressAnswer {
  readonly kind: 'address';
  readonly probes: readonly RawProbe[];
}

export type EntryAnswer = HaproxyAnswer | PgbouncerAnswer | AddressAnswer;

/** A door by which clients come to the cluster, as the settings name it. */
export interface RawEntry {
  readonly name: string;
  readonly kind: EntryAnswer['kind'];
  /** For people; without credentials. */
  readonly address: string;
  /** Its listeners whose purpose the settings say. */
  readonly primary: readonly string[];
  readonly replicas: readonly string[];
  /** How often it is asked at the pace in force. */
  readonly everyMs: number;
  readonly answer: Witness<EntryAnswer>;
}

export interface RawObservation {
  readonly scope: string;
  /** As Patroni calls it, where `scope` is another word for it; absent: the same. */
  readonly patroniScope?: string;
  /** Name of the configured source it was found in. */
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly now: number;
  /** Pace now in force and the age past which a value is stale. */
  readonly intervalMs: number;
  readonly staleAfterMs: number;
  /** null: no DCS configured for this source. */
  readonly dcs: RawDcs | null;
  readonly members: readonly RawMember[];
  /** Patroni's DCS-backed documents, asked only while the DCS itself is not readable for us. */
  readonly fallback: {
    readonly cluster: Witness<HttpAnswer>;
    readonly config: Witness<HttpAnswer>;
    readonly history: Witness<HttpAnswer>;
  };
  /** What Howdah itself was told when it paused the cluster; absent in recordings. */
  readonly pauseNote?: PauseNote | null;
  /** A maintenance that it was told of; absent in recordings. */
  readonly maintenance?: MaintenanceNote | null;
  /** Who was there before; absent in recordings. */
  readonly roster?: RawRoster | null;
  /** The doors of this cluster; absent: none is configured. */
  readonly entries?: readonly RawEntry[];
  /** Reports of backups of whichever cluster; absent: not known, and nobody asks for any. */
  readonly backups?: RawBackups;
  /** Earlier switchovers and failovers of this cluster whose outage was measured; absent in recordings. */
  readonly outages?: readonly MeasuredOutage[];
}

/** What people said of a cluster through Howdah, which no witness can say. */
export type Notes = Pick<RawObservation, 'pauseNote' | 'maintenance'>;

export const NO_NOTES: Notes = { pauseNote: null, maintenance: null };

export const NEVER_ASKED: Witness<never> = { last: null, good: null };
