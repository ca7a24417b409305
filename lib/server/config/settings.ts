// The shape of Howdah's configuration after it was read and checked: no defaults left to apply, no file left to open.
// Nothing here is safe to send to a browser as it is, although its secrets would only arrive as '[secret]'.

import type { ApprovalPolicy } from '../../domain/access/access';
import type { AlertSettings } from './alert-file';
import type { AuthSettings } from './auth-file';
import type { ReceiverSettings } from './receiver-settings';
import type { Secret } from './secret';

/** A key is always unencrypted PEM; `ca: null` means the system's CAs; a `serverName` overrides the host name that is checked. */
export interface TlsProfile {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: Secret | null;
  readonly serverName: string | null;
  readonly verify: boolean;
}

export interface EtcdSettings {
  /** `http(s)://host:port`, all of one scheme; never empty. */
  readonly hosts: readonly string[];
  /** One leading and one trailing slash. */
  readonly namespace: string;
  /** null: every scope below the namespace. */
  readonly scopes: readonly string[] | null;
  readonly username: string | null;
  readonly password: Secret | null;
  readonly tls: TlsProfile | null;
}

export interface PatroniSettings {
  /** `http(s)://host:port`; where to ask for `/cluster` when there is no etcd. */
  readonly seeds: readonly string[];
  readonly username: string | null;
  readonly password: Secret | null;
  readonly tls: TlsProfile | null;
}

export interface PostgresSettings {
  readonly username: string;
  readonly password: Secret | null;
  readonly database: string;
  readonly tls: TlsProfile | null;
}

export interface SourceConfig {
  /** Unique within the configuration. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly etcd: EtcdSettings | null;
  readonly patroni: PatroniSettings;
  readonly postgres: PostgresSettings | null;
  /** The role that writes the probe table, so that an outage is measured by real writes; null: by observation only. */
  readonly probe: PostgresSettings | null;
}

/** The certificate that Howdah shows. */
export interface ListenTls {
  /** PEM, with those between it and what browsers know. */
  readonly cert: string;
  /** Unencrypted PEM. */
  readonly key: Secret;
  /** What it was read from, absolute; a change of one of them is a new certificate. */
  readonly files: readonly string[];
}

export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  /** null: plain http. */
  readonly tls: ListenTls | null;
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Host names that are Howdah's, besides loopback and the one of `publicUrl`; lower case, without port. */
  readonly names: readonly string[];
}

export interface PollSettings {
  readonly watchedSeconds: number;
  readonly fleetSeconds: number;
  readonly idleSeconds: number;
  readonly deadlineSeconds: number;
}

/** For how long the past is kept, and in how much space. */
export interface HistorySettings {
  /** Every observation, and a full snapshot each half minute. */
  readonly fullDays: number;
  /** Half-minute steps, and the full snapshots of changes. */
  readonly days: number;
  /** Ten-minute steps. */
  readonly coarseDays: number;
  readonly eventsDays: number;
  /** All of it together; the oldest of the finest goes first. */
  readonly megabytes: number;
}

export interface HowdahConfig {
  readonly listen: ListenSettings;
  readonly poll: PollSettings;
  readonly sources: readonly SourceConfig[];
  /** Folder of recorded scenarios that is shown instead of live clusters, absolute. */
  readonly replay: string | null;
  /** Folder of the journal and the embedded store, absolute. Not made here: the lock's owner makes it. */
  readonly dataDir: string;
  /** The store's PostgreSQL, with its password; null: the embedded store. */
  readonly databaseUrl: Secret | null;
  readonly auth: AuthSettings;
  /** What needs a second person; the first that fits counts. */
  readonly approvals: readonly ApprovalPolicy[];
  /** From the environment; `current` null: the data folder's own. */
  readonly secrets: { readonly current: Secret | null; readonly old: readonly Secret[] };
  /** Who acts, for the audit, where nobody signs in; never empty. */
  readonly operator: string;
  /** This Howdah only watches: no action is sent. */
  readonly readOnly: boolean;
  readonly history: HistorySettings;
  /** How people reach these pages, without trailing slash: the beginning of every link in a message. */
  readonly publicUrl: string;
  readonly alerts: AlertSettings;
  readonly receivers: readonly ReceiverSettings[];
  /** Where the settings came from, for people: `howdah.yaml`, `flags`, `howdah.yaml and flags`, `nothing`. */
  readonly origin: string;
  /** What was understood differently from what its author may expect; never stops the start. */
  readonly warnings: readonly ConfigProblem[];
}

/** `file` is also `command line` or `environment`; then `line` is null. Holds no secret, so it may be logged. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number | null;
  readonly path: string;
  readonly message: string;
  readonly expected: string;
}

/** Collects what is wrong while reading goes on, so that all of it is told at once. */
export interface Report {
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

export const PATRONI_DEFAULT_PORT = 8008;
export const ETCD_DEFAULT_PORT = 2379;
/** Patroni's own default, patroni/dcs/__init__.py at v4.1.4: `config.get('namespace', 'service')`. */
export const DEFAULT_NAMESPACE = '/service/';

/** In the current folder. */
export const DEFAULT_DATA = '.howdah';

export const DEFAULT_POLL: PollSettings = { watchedSeconds: 1, fleetSeconds: 2, idleSeconds: 5, deadlineSeconds: 3 };
export const DEFAULT_HISTORY: HistorySettings = {
  fullDays: 2,
  days: 30,
  coarseDays: 400,
  eventsDays: 400,
  megabytes: 500,
};
export const DEFAULT_LISTEN = { host: '127.0.0.1', port: 3000 } as const;
