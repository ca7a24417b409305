// Raw readings parsed once, each with how far it may be believed now. Pure: `raw.now` is the only clock.
import { say } from '../language/sentence';
import type { TimelineEntry, WitnessState } from './cluster';
import type { HttpAnswer, RawMember, RawObservation, SqlAnswer, Witness } from './raw';
import { failureWords } from './reading-failure';
import { type DcsView, type MemberKey, parseDcsView } from './wire/dcs';
import type { ExactNumber } from './wire/json-text';
import type { JsonObject } from './wire/loose';
import {
  type ClusterDocument,
  type ClusterDocumentMember,
  type PatroniStatus,
  parseClusterDocument,
  parseConfigDocument,
  parseHistoryDocument,
  parsePatroniStatus,
} from './wire/patroni';
import { type PostgresStatus, parsePostgresStatus } from './wire/postgres';

/** A parsed witness. `value` is the last good one however old; `live` says whether it may be taken for the present. */
export interface Seen<T> {
  readonly value: T | null;
  readonly at: number | null;
  readonly tookMs: number | null;
  readonly live: boolean;
  readonly state: WitnessState;
}

export interface MemberObservation {
  readonly name: string;
  readonly raw: RawMember;
  readonly key: MemberKey | null;
  readonly document: ClusterDocumentMember | null;
  readonly patroni: Seen<PatroniStatus>;
  readonly sql: Seen<PostgresStatus>;
}

export interface Observation {
  readonly raw: RawObservation;
  readonly now: number;
  /** The DCS keys as last seen; null: never, or no DCS configured. */
  readonly view: DcsView | null;
  /** The view is current. */
  readonly viewLive: boolean;
  readonly document: Seen<ClusterDocument>;
  readonly restConfig: Seen<{ readonly value: JsonObject; readonly numbers: readonly ExactNumber[] }>;
  readonly restHistory: Seen<readonly TimelineEntry[]>;
  readonly members: readonly MemberObservation[];
}

export function observe(raw: RawObservation): Observation {
  const view = raw.dcs?.keys ? parseDcsView(raw.dcs.keys) : null;
  const viewLive = view !== null && raw.dcs?.currentAt != null && raw.now - raw.dcs.currentAt <= dcsStaleAfterMs(raw);
  const document = seen(raw, raw.fallback.cluster, parseClusterDocument);
  const keys = new Map(view?.members.map((member) => [member.name, member]));
  const rows = new Map(document.value?.members.map((member) => [member.name, member]));
  return {
    raw,
    now: raw.now,
    view,
    viewLive,
    document,
    restConfig: seen(raw, raw.fallback.config, parseConfigDocument),
    restHistory: seen(raw, raw.fallback.history, parseHistoryDocument),
    members: raw.members.map((member) => ({
      name: member.name,
      raw: member,
      key: keys.get(member.name) ?? null,
      document: rows.get(member.name) ?? null,
      patroni: seen<HttpAnswer, PatroniStatus>(raw, member.patroni, (answer) => ownStatus(member.name, answer)),
      sql: seen<SqlAnswer, PostgresStatus>(raw, member.sql, parsePostgresStatus),
    })),
  };
}

/** Another member's answer under this address (a reused address, a wrong api_url) is not this member's. Named since 3.2.0. */
function ownStatus(name: string, answer: HttpAnswer): PatroniStatus | null {
  const status = parsePatroniStatus(answer);
  return status?.name != null && status.name !== name ? null : status;
}

/** The DCS is pushed and proved by a quorum read each interval, but a leader election within it takes seconds: 5 s at least. */
export function dcsStaleAfterMs(raw: Pick<RawObservation, 'staleAfterMs'>): number {
  return Math.max(5000, raw.staleAfterMs);
}

/**
 * A good answer is live while it is young enough, unless something newer contradicts it: a refused or closed connection
 * says that the process behind it is gone, a time-out only that it is slow.
 */
function seen<A extends object, T>(
  raw: RawObservation,
  witness: Witness<A> | null,
  parse: (answer: A) => T | null,
): Seen<T> {
  if (witness === null) return { value: null, at: null, tookMs: null, live: false, state: NOT_CONFIGURED };
  const value = witness.good === null ? null : parse(witness.good.value);
  const at = value === null ? null : (witness.good?.at ?? null);
  const error = witness.last !== null && !witness.last.ok ? witness.last.error : null;
  const gone = error !== null && error.kind !== 'timeout' && error.kind !== 'skipped';
  const young = at !== null && raw.now - at <= raw.staleAfterMs;
  const unparsed = witness.good !== null && value === null;
  const live = young && !gone;
  return {
    value,
    at,
    tookMs: witness.good?.tookMs ?? null,
    live,
    state: {
      state:
        witness.last === null
          ? 'never'
          : live && error === null
            ? 'fresh'
            : error !== null || unparsed
              ? 'failed'
              : 'stale',
      observedAt: at,
      tookMs: witness.good?.tookMs ?? null,
      error: error
        ? failureWords(error)
        : unparsed
          ? say`the answer is not what Patroni or PostgreSQL would say`
          : null,
      errorKind: error?.kind ?? (unparsed ? 'malformed' : null),
    },
  };
}

const NOT_CONFIGURED: WitnessState = { state: null, observedAt: null, tookMs: null, error: null, errorKind: null };
