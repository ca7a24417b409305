// Made states: small clusters written by hand from other people's trouble, not recorded. `keys` stand below the scope in etcd, `rest` is
// what an address answers, `sql` what a member's PostgreSQL says. Read here as the collector would have read them. `expect` is what
// is true of the state, written from what the fault means. Only tests import it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CauseCode, Impact } from './cause/cause';
import type { FindingCode, Snapshot } from './cluster';
import {
  type HttpAnswer,
  NEVER_ASKED,
  type RawDcs,
  type RawDcsKey,
  type RawMember,
  type RawObservation,
  type ReadingErrorKind,
  type SqlAnswer,
  type Witness,
} from './raw';
import { failure } from './reading-failure';
import type { Health } from './severity';
import { buildSnapshot } from './snapshot';
import { parseMemberKey } from './wire/dcs';
import { isObject, type JsonObject } from './wire/loose';

export interface MadeExpectation {
  /** Codes that must be found, as `code` or `code:member`. */
  readonly findings?: readonly string[];
  readonly never?: readonly FindingCode[];
  /** Nothing louder than a note. */
  readonly quiet?: boolean;
  readonly leader?: string | null;
  readonly health?: Health;
  /** null: nobody is needed. */
  readonly cause?: CauseCode | null;
  readonly impact?: Impact;
  /** The first next step is this action: `restart a`, `resume`. */
  readonly firstStep?: string;
  /** Actions that no next step offers. */
  readonly noStep?: readonly string[];
  readonly writable?: boolean | null;
  /** Members that are primaries, exactly. */
  readonly primaries?: readonly string[];
  /** Members that may be elected, exactly. */
  readonly electable?: readonly string[];
  /** Members known to stream, exactly. */
  readonly streaming?: readonly string[];
  /** `restart b`, `switchover b`, `resume`: has a blocker. */
  readonly blocked?: readonly string[];
  readonly allowed?: readonly string[];
  /** Texts that stand somewhere in findings, readiness or the blockers of `blocked`. */
  readonly says?: readonly string[];
  readonly neverSays?: readonly string[];
}

export interface MadeAnswer {
  readonly status?: number;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Its clock minus ours, in the Date header. */
  readonly clockSeconds?: number;
  /** No answer but this failure. */
  readonly error?: ReadingErrorKind;
}

interface MadeMoment {
  readonly keys: Readonly<Record<string, string>>;
  /** By `host:port`, by path. An address that is not there refuses. */
  readonly rest: Readonly<Record<string, Readonly<Record<string, MadeAnswer>>>>;
  /** By member: columns of lib/io/postgres.ts, or how it failed. Absent: no SQL role. */
  readonly sql?: Readonly<Record<string, JsonObject | ReadingErrorKind>>;
}

export interface MadeState extends MadeMoment {
  readonly scope: string;
  readonly what: string;
  readonly must: string;
  /** Seconds that the state has lasted when it is judged. Default 8. */
  readonly lasts?: number;
  /** What it was before, the first first, each for so many seconds. */
  readonly earlier?: readonly (MadeMoment & { readonly lasts: number })[];
  readonly expect: MadeExpectation;
}

export const MADE_ROOT = join(import.meta.dirname, 'testdata-made');
const MADE_NOW = Date.parse('2026-11-30T09:00:00Z');
const LASTS_SECONDS = 8;

export function madeNames(): string[] {
  return readdirSync(MADE_ROOT)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

export function readMade(name: string): MadeState {
  return JSON.parse(readFileSync(join(MADE_ROOT, `${name}.json`), 'utf8')) as MadeState;
}

/** The state at one moment, every witness just asked. */
function madeObservation(state: MadeState, now: number): RawObservation {
  const keys = Object.entries(state.keys).map(
    ([key, value], index): RawDcsKey => ({
      key,
      value,
      version: String(100 + index),
      created: String(10 + index),
      owner: /^(leader$|members\/)/.test(key) ? '7' : null,
    }),
  );
  return {
    scope: state.scope,
    source: 'made',
    labels: {},
    now,
    intervalMs: 1000,
    staleAfterMs: 3000,
    dcs: madeDcs(keys, now),
    members: keys
      .filter(({ key }) => key.startsWith('members/') && key !== 'members/')
      .map((entry): RawMember => {
        const { name, apiUrl, host, port } = parseMemberKey(entry);
        const address = apiUrl === null ? null : new URL(apiUrl);
        const answer = address === null ? undefined : state.rest[`${address.hostname}:${address.port || '80'}`];
        return {
          name,
          apiUrl,
          host,
          port,
          listedAt: now,
          patroni: apiUrl === null ? NEVER_ASKED : witnessOf(httpOf(answer?.['/patroni'], now), now),
          sql: state.sql === undefined ? null : witnessOf(sqlOf(state.sql, name, now), now),
        };
      }),
    fallback: { cluster: NEVER_ASKED, config: NEVER_ASKED, history: NEVER_ASKED },
  };
}

function madeDcs(keys: readonly RawDcsKey[], now: number): RawDcs {
  return {
    kind: 'etcd3',
    namespace: '/service/',
    keys,
    position: '200',
    currentAt: now,
    error: null,
    endpoints: [
      {
        url: 'http://e1:2379',
        status: witnessOf(
          {
            name: 'e1',
            role: 'leader',
            version: '3.5.16',
            sizeBytes: 40960,
            term: '2',
            alarms: [],
          },
          now,
        ),
        quorumRead: witnessOf({ revision: '200' }, now),
      },
    ],
    leaderLease: NEVER_ASKED,
  };
}

function witnessOf<T>(value: T | { readonly failed: ReadingErrorKind }, at: number): Witness<T> {
  const tookMs = 4;
  if (isObject(value) && 'failed' in value)
    return { last: { ok: false, error: failure(value.failed as ReadingErrorKind), at, tookMs }, good: null };
  const good = { value: value as T, at, tookMs };
  return { last: { ok: true, ...good }, good };
}

function httpOf(answer: MadeAnswer | undefined, now: number): HttpAnswer | { readonly failed: ReadingErrorKind } {
  if (answer === undefined) return { failed: 'refused' };
  if (answer.error !== undefined) return { failed: answer.error };
  const date = answer.clockSeconds === undefined ? null : Math.floor(now / 1000 + answer.clockSeconds) * 1000;
  return { status: answer.status ?? 200, body: bodyOf(answer, now), date };
}

/** `dcs_last_seen: 0` means now. */
export function bodyOf({ body }: MadeAnswer, now: number): string {
  if (typeof body === 'string') return body;
  return JSON.stringify(
    isObject(body) && body.dcs_last_seen === 0 ? { ...body, dcs_last_seen: Math.floor(now / 1000) } : body,
  );
}

function sqlOf(
  sql: NonNullable<MadeState['sql']>,
  name: string,
  now: number,
): SqlAnswer | { readonly failed: ReadingErrorKind } {
  const said = Object.hasOwn(sql, name) ? sql[name] : undefined;
  if (said === undefined) return { failed: 'refused' };
  if (typeof said === 'string') return { failed: said as ReadingErrorKind };
  return {
    fast: { clock_ms: now, monitor: true, replication: [], wal_receiver: null, ...said },
    slow: said.slow ?? null,
    slowAt: said.slow === undefined ? null : now,
  };
}

/** As it looks after it has lasted for a while: a few rounds at the beginning, a few at the end. */
export function madeSnapshot(state: MadeState): Snapshot {
  const lasts = state.lasts ?? LASTS_SECONDS;
  const stages = [...(state.earlier ?? []).map((moment) => ({ ...state, ...moment })), { ...state, lasts }];
  let left = stages.reduce((sum, stage) => sum + stage.lasts, 0);
  let raw: RawObservation | null = null;
  let snapshot: Snapshot | null = null;
  for (const stage of stages) {
    for (const at of momentsOf(stage.lasts)) {
      raw = remembered(madeObservation(stage, MADE_NOW - (left - at) * 1000), raw);
      snapshot = buildSnapshot(raw, snapshot, 5).snapshot;
    }
    left -= stage.lasts;
  }
  if (snapshot === null) throw new Error('a state has at least one moment');
  return snapshot;
}

function momentsOf(lasts: number): readonly number[] {
  return [...new Set([0, 1, 2, 3, lasts - 2, lasts - 1, lasts])]
    .filter((at) => at >= 0 && at <= lasts)
    .sort((a, b) => a - b);
}

/** As the collector keeps it: the last good answer of an address outlives its failures. */
function remembered(raw: RawObservation, before: RawObservation | null): RawObservation {
  const members = raw.members.map((member) => {
    const was = before?.members.find(({ name }) => name === member.name);
    const patroni = was?.apiUrl === member.apiUrl ? was.patroni.good : null;
    const sql = was?.host === member.host && was.port === member.port ? (was.sql?.good ?? null) : null;
    return {
      ...member,
      patroni: { ...member.patroni, good: member.patroni.good ?? patroni },
      sql: member.sql === null ? null : { ...member.sql, good: member.sql.good ?? sql },
    };
  });
  return { ...raw, members };
}
