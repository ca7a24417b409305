// Settings after they were read and checked: no defaults left to apply, no file left to open. What howdah.yaml, flags and
// patronictl's file all can say is written out here, the rest is inferred from its schema.
// Nothing here is safe to send to a browser as it is, although its secrets would only arrive as '[secret]'.
import type { z } from 'zod';
import type { Secret } from './secret';
import { build, number, or, section } from './yaml-schema';

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

export const poll = section({
  watchedSeconds: or(number('seconds', 0.2, 3600), 1),
  fleetSeconds: or(number('seconds', 0.2, 3600), 2),
  idleSeconds: or(number('seconds', 0.2, 3600), 5),
  deadlineSeconds: or(number('seconds', 0.2, 60), 3),
});
export type PollSettings = Readonly<z.infer<typeof poll>>;
export const DEFAULT_POLL: PollSettings = poll.parse({});

const kept = section({
  /** Every observation, and a full snapshot each half minute. */
  fullDays: or(number('days', 0.1, 400), 2),
  /** Half-minute steps, and the full snapshots of changes. */
  days: or(number('days', 1, 4000), 30),
  /** Ten-minute steps. */
  coarseDays: or(number('days', 1, 4000), 400),
  eventsDays: or(number('days', 1, 4000), 400),
  /** All of it together; the oldest of the finest goes first. */
  megabytes: or(number('megabytes', 10, 1_000_000), 500),
});
/** For how long the past is kept, and in how much space. */
export type HistorySettings = Readonly<z.infer<typeof kept>>;
export const DEFAULT_HISTORY: HistorySettings = kept.parse({});

export const history = build(kept, (parts, complain): HistorySettings => {
  const { fullDays, days, coarseDays } = parts;
  if (days !== undefined && fullDays !== undefined && fullDays > days) complain(['fullDays'], 'at most `days`');
  if (days !== undefined && coarseDays !== undefined && coarseDays < days) complain(['coarseDays'], 'at least `days`');
  return parts as HistorySettings;
});
