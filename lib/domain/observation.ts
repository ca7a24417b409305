// Raw readings parsed once, each with how far it may be believed now. Pure: `raw.now` is the only clock.
import type { Text } from '../language/sentence';
import type { Cluster, Identity, Move, TimelineEntry, WitnessState } from './cluster';
import { expectedSystem, type Heard, identify, isScope, movesOf, nameTwice } from './identity';
import { hasDataAnew } from './patroni-states';
import type { HttpAnswer, RawMember, RawObservation, ReadingError, Witness } from './raw';
import { failure, failureWords, statusFailure } from './reading-failure';
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
  readonly listed: boolean;
  /** Does its key go with a lease? null: no key that was read. */
  readonly leased: boolean | null;
  readonly identity: Identity;
  readonly moves: readonly Move[];
  /** Empty where what answered is not this member. */
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
  /** The identifier that the members of this cluster have. */
  readonly system: string | null;
}

/** `before`: for what only memory knows: how often an address has changed. */
export function observe(raw: RawObservation, before: Cluster | null = null): Observation {
  const view = raw.dcs?.keys ? parseDcsView(raw.dcs.keys) : null;
  const viewLive = view !== null && raw.dcs?.currentAt != null && raw.now - raw.dcs.currentAt <= dcsStaleAfterMs(raw);
  const scope = raw.patroniScope ?? raw.scope;
  const document = seen(raw, raw.fallback.cluster, (answer) => ownDocument(answer, scope), statusOf);
  const keys = new Map(view?.members.map((member) => [member.name, member]));
  const rows = new Map(document.value?.members.map((member) => [member.name, member]));
  const owners = new Map(raw.dcs?.keys?.map((entry) => [entry.key, entry.owner !== null]));
  const heard = raw.members.map((member) => {
    const key = keys.get(member.name) ?? null;
    const row = rows.get(member.name) ?? null;
    return {
      raw: member,
      key,
      document: row,
      listed: view === null ? document.value === null || row !== null : key !== null || isMoment(member, raw.now),
      leased: owners.get(`members/${member.name}`) ?? null,
      patroni: seen(raw, member.patroni, parsePatroniStatus, statusOf),
      sql: seen(raw, member.sql, parsePostgresStatus),
    };
  });
  const created = new Map(raw.dcs?.keys?.map((entry) => [entry.key, entry.created]));
  const all = heard.map(
    ({ raw: member, key, listed, patroni, sql }): Heard => ({
      ...member,
      listed,
      keyRole: key?.role ?? null,
      createdAt: created.get(`members/${member.name}`) ?? null,
      patroni: patroni.value,
      sql: sql.value,
    }),
  );
  const said = all.flatMap(({ name, patroni }) => {
    const isSaid = patroni?.systemIdentifier != null && (patroni.scope === null || isScope(patroni.scope, scope));
    return isSaid ? [{ name, system: patroni.systemIdentifier ?? '', primary: patroni.role === 'primary' }] : [];
  });
  const wereBefore = new Map(before?.members.map((member) => [member.name, member]));
  const system = expectedSystem(view?.initialize ?? null, said, view?.leader ?? null);
  return {
    raw,
    now: raw.now,
    view,
    viewLive,
    document,
    restConfig: seen(raw, raw.fallback.config, parseConfigDocument),
    system,
    restHistory: seen(raw, raw.fallback.history, parseHistoryDocument),
    members: heard.map(({ patroni, sql, ...member }, index): MemberObservation => {
      const self = all[index];
      const moves = movesOf(member.raw.apiUrl, wereBefore.get(member.raw.name), raw.now);
      const alone = self === undefined ? NOBODY : identify(self, all, scope, system);
      const identity = nameTwice(member.raw.name, member.raw.apiUrl, moves) ?? alone;
      const isOwn = identity.verdict === 'own' || identity.verdict === 'unheard';
      return {
        name: member.raw.name,
        ...member,
        identity,
        moves,
        patroni: isOwn ? patroni : disowned(patroni, identity.text),
        sql:
          identity.sql !== null
            ? disowned(sql, identity.sql)
            : isOfAnother(sql, patroni)
              ? { ...sql, value: null }
              : sql,
      };
    }),
  };
}

/**
 * A Patroni that gives the leader key up or starts anew may take its own key away and write it again in the same breath, and does so in every
 * switchover where one session holds both: gone for less than this is not gone.
 */
const MOMENT_MS = 2000;

function isMoment({ listedAt }: RawMember, now: number): boolean {
  return listedAt !== null && now - listedAt < MOMENT_MS;
}

const NOBODY: Identity = { verdict: 'unheard', text: null, node: null, sql: null };

/** What another one said is forgotten; a failure of one's own stays as it is. */
function disowned<T>(seen: Seen<T>, why: Text | null): Seen<T> {
  if (seen.value === null || why === null) return seen;
  const state = { ...seen.state, state: 'failed', observedAt: null, error: why, errorKind: 'foreign' } as const;
  return { value: null, at: null, tookMs: null, live: false, state };
}

const SAME_START_MS = 2000;

/**
 * What PostgreSQL said last was said by another instance than the one that Patroni speaks of now: its data are gone or are being copied, they
 * have another identifier, or it has been started since. Patroni goes on saying the identifier that its data had (postgresql/__init__.py
 * sysid, v4.1.5).
 */
function isOfAnother(sql: Seen<PostgresStatus>, patroni: Seen<PatroniStatus>): boolean {
  if (sql.live || sql.value === null || !patroni.live || patroni.value === null || (patroni.at ?? 0) <= (sql.at ?? 0))
    return false;
  const { role, state, systemIdentifier, startedAt } = patroni.value;
  const isMade = role === 'uninitialized' || (state !== null && hasDataAnew(state));
  const isElse =
    systemIdentifier !== null && sql.value.systemIdentifier !== null && systemIdentifier !== sql.value.systemIdentifier;
  const isStarted =
    startedAt !== null && sql.value.startedAt !== null && startedAt - sql.value.startedAt > SAME_START_MS;
  return isMade || isElse || isStarted;
}

/** `/cluster` says its scope since 3.2.0. */
function ownDocument(answer: HttpAnswer, scope: string): ClusterDocument | null {
  const document = parseClusterDocument(answer);
  return document?.scope != null && !isScope(document.scope, scope) ? null : document;
}

/** What the answer is, where it is not the document asked for. */
function statusOf(answer: HttpAnswer): ReadingError {
  return statusFailure(answer.status, answer.body);
}

/** The DCS is pushed and proved by a quorum read each interval, but a leader election within it takes seconds: 5 s at least. */
export function dcsStaleAfterMs(raw: Pick<RawObservation, 'staleAfterMs'>): number {
  return Math.max(5000, raw.staleAfterMs);
}

/**
 * A good answer is live while it is young enough, unless something newer contradicts it: a refused or closed connection
 * says that the process behind it is gone, a time-out only that it is slow.
 */
export function seen<A extends object, T>(
  raw: Pick<RawObservation, 'now' | 'staleAfterMs'>,
  witness: Witness<A> | null,
  parse: (answer: A) => T | null,
  saysOf: (answer: A) => ReadingError = () => failure('malformed'),
): Seen<T> {
  if (witness === null) return { value: null, at: null, tookMs: null, live: false, state: NOT_CONFIGURED };
  const value = witness.good === null ? null : parse(witness.good.value);
  const at = value === null ? null : (witness.good?.at ?? null);
  const error = witness.last !== null && !witness.last.ok ? witness.last.error : null;
  const gone = error !== null && error.kind !== 'timeout' && error.kind !== 'skipped';
  const young = at !== null && raw.now - at <= raw.staleAfterMs;
  const unparsed = witness.good !== null && value === null ? saysOf(witness.good.value) : null;
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
            : error !== null || unparsed !== null
              ? 'failed'
              : 'stale',
      observedAt: at,
      tookMs: witness.good?.tookMs ?? null,
      error: error ? failureWords(error) : unparsed === null ? null : failureWords(unparsed),
      errorKind: error?.kind ?? unparsed?.kind ?? null,
    },
  };
}

const NOT_CONFIGURED: WitnessState = { state: null, observedAt: null, tookMs: null, error: null, errorKind: null };
