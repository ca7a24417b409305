// The model of a door: where clients come in, and to whom it sends them. HAProxy has listeners, PgBouncer databases, an address is one
// door of its own. Data only; built by build-entries.ts, judged by findings/entries.ts and pools.ts. It crosses the wire as it is.
import type { WitnessState } from '../witness-state';

export const ENTRY_KINDS = ['haproxy', 'pgbouncer', 'address'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Whom clients want to meet behind it. */
export type Purpose = 'primary' | 'replicas';

/** To whom new connections come. */
export const ENTRY_VERDICTS = [
  'leader',
  'replicas',
  /** One that is in recovery, where a primary is wanted. */
  'replica',
  /** One that takes writes and does not hold the leader key. */
  'stray_primary',
  /** More than one. */
  'several',
  /** Whoever is up: its role is not asked. */
  'untested',
  'nobody',
  /** Another cluster answers. */
  'foreign',
  'refused',
  'timeout',
  /** On to another door, or to one that is no member. */
  'relays',
  /** It answers, and who that is cannot be told. */
  'unidentified',
  'paused',
  /** What it said is too old. */
  'unseen',
] as const;
export type EntryVerdict = (typeof ENTRY_VERDICTS)[number];

export const SERVER_STATES = ['up', 'going_down', 'going_up', 'down', 'drain', 'maint', 'unchecked', 'other'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

/** What the check of the door found: `other_role` is normal for all but those that are wanted. */
export const SERVER_CHECKS = [
  'role_fits',
  'other_role',
  'untested',
  'refused',
  'timeout',
  'no_http',
  'foreign',
  'failed',
  'unknown',
] as const;
export type ServerCheck = (typeof SERVER_CHECKS)[number];

export interface EntryServer {
  readonly name: string;
  /** `10.0.0.11:5432`; null: the door does not say. */
  readonly address: string | null;
  readonly member: string | null;
  readonly matchedBy: 'address' | 'name' | 'identity' | null;
  /** New connections come to it. */
  readonly takes: boolean;
  readonly state: ServerState;
  /** The same in the word of the door: `MAINT (resolution)`; null: it has none. */
  readonly status: string | null;
  readonly check: ServerCheck;
  /** Since when the check has found that, as far as Howdah saw: a status may be older. */
  readonly checkSince: number;
  /** What the check got: an HTTP status; null: none. */
  readonly checkCode: number | null;
  readonly sessions: number | null;
  /** Since when it has been in this state, by the door's own word. */
  readonly changedAt: number | null;
}

export interface EntryPool {
  /** `10.0.0.5:5000`, several with commas; null: a local socket. */
  readonly target: string | null;
  readonly paused: boolean;
  readonly disabled: boolean;
  /** `transaction`, `session`, `statement`. */
  readonly mode: string | null;
  /** Connections to PostgreSQL of each user: the most that there may be. */
  readonly size: number | null;
  readonly clients: number;
  readonly waiting: number;
  /** Of the client that waits longest. */
  readonly waitSeconds: number;
  readonly waitLimitSeconds: number | null;
  readonly busy: number;
  readonly idle: number;
  readonly loginRetrySeconds: number | null;
  /** Since when somebody has waited without a break; null: nobody waits. */
  readonly waitingSince: number | null;
  /** Since when clients have waited and there is no connection to PostgreSQL at all. */
  readonly stuckSince: number | null;
}

export interface EntryListener {
  /** Of HAProxy its proxy, of PgBouncer the database, of an address the address. */
  readonly name: string;
  readonly purpose: Purpose | null;
  readonly purposeBy: 'file' | 'behaviour' | 'name' | null;
  readonly verdict: EntryVerdict;
  /** Since when the verdict and those behind it have been these, as far as Howdah saw. */
  readonly since: number;
  /** Members to whom new connections come. */
  readonly members: readonly string[];
  /** Whom it led to alone when that was last so, and since when; null: never seen. */
  readonly led: { readonly member: string; readonly since: number } | null;
  /** When it led to another one than before, within the last minute; the newest few. */
  readonly turnedAt: readonly number[];
  readonly sessions: number | null;
  readonly waiting: number | null;
  readonly servers: readonly EntryServer[];
  readonly pool: EntryPool | null;
}

export interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Where it is looked at, for people. */
  readonly address: string;
  readonly version: string | null;
  readonly witness: WitnessState;
  /** Past this age what it says is stale. */
  readonly limitMs: number;
  readonly listeners: readonly EntryListener[];
}
