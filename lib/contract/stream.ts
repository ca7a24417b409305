// What crosses the wire from server to browser. Types here; schemas for the published API in schema.ts.
// One stream carries everything a browser looks at: fleet rows always, full snapshots of the scopes it asked for.

import type { ActionRecord } from '../domain/actions/action';
import type { Snapshot } from '../domain/cluster';
import type { FleetMember, FleetRow, MemberGlyph } from '../domain/fleet';
import type { Text } from '../language/sentence';
import type { HistoryState } from './history';

export type { FleetMember, FleetRow, MemberGlyph };

export interface ServerState {
  /** Epoch ms at the server when the frame was made: the browser learns the clock difference from it. */
  readonly now: number;
  readonly version: string;
  readonly scopes: number;
  readonly members: number;
  /** No source configured: the empty install. */
  readonly configured: boolean;
  /** Sources that could not be read at all, in words. */
  readonly problems: readonly { readonly source: string; readonly text: Text }[];
  readonly roundMs: number | null;
  readonly intervalMs: number;
}

/** SSE `data:` payloads, one JSON object each; the SSE event name is `kind`. */
export type StreamFrame =
  | { readonly kind: 'hello'; readonly server: ServerState; readonly rows: readonly FleetRow[] }
  | { readonly kind: 'rows'; readonly rows: readonly FleetRow[]; readonly gone: readonly string[] }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** Each change of an action of a scope that the viewer looks at; the whole record each time. */
  | { readonly kind: 'action'; readonly action: ActionRecord }
  | { readonly kind: 'beat'; readonly server: ServerState };

/** A beat is sent at least this often; the browser calls the connection lost after STREAM_LOST_MS without any frame. */
export const STREAM_BEAT_MS = 2000;
export const STREAM_LOST_MS = 4500;

/** `GET /api/clusters/{scope}/config`. */
export interface ConfigAnswer {
  readonly scope: string;
  readonly revision: string | null;
  readonly by: 'dcs' | 'rest';
  readonly observedAt: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Howdah's own database. It may be away: live screens go on, and so do actions, by the journal. */
export interface StoreState {
  readonly kind: 'embedded' | 'postgres';
  readonly state: 'opening' | 'ready' | 'down';
  /** Why it is down; holds no secret. */
  readonly error: Text | null;
  readonly since: number;
  /** Journal entries that the store has not got yet. */
  readonly behind: number;
}

/** `GET /api/health`. 503 when `ok` is false. */
export interface HealthAnswer {
  readonly ok: boolean;
  readonly version: string;
  readonly startedAt: number;
  readonly collector: {
    /** Since the collector last spoke; null: not yet. */
    readonly ageMs: number | null;
    readonly scopes: number;
    readonly members: number;
    readonly roundMs: number | null;
    readonly problems: readonly { readonly source: string; readonly text: Text }[];
  };
  readonly streams: number;
  /** Age of the oldest newest answer per scope; null: none yet. */
  readonly scopes: readonly { readonly scope: string; readonly revision: number; readonly ageMs: number | null }[];
  readonly store: StoreState;
  /** The audit journal; `problem` null: it can be written. */
  readonly journal: { readonly entries: number; readonly problem: Text | null };
  /** What is kept of the past; null: nothing is kept here (recordings, or the data folder cannot be used). */
  readonly history: HistoryState | null;
}

export const PATHS = {
  health: '/api/health',
  clusters: '/api/clusters',
  cluster: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}`,
  history: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/history`,
  moment: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/moment`,
  leadership: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/leadership`,
  incident: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/incident`,
  notes: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/notes`,
  note: (scope: string, id: string) => `/api/clusters/${encodeURIComponent(scope)}/notes/${encodeURIComponent(id)}`,
  config: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/config`,
  revisions: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/config/revisions`,
  settings: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/settings`,
  preflight: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/preflight`,
  actions: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/actions`,
  action: (scope: string, id: string) => `/api/clusters/${encodeURIComponent(scope)}/actions/${encodeURIComponent(id)}`,
  audit: '/api/audit',
  events: '/api/events',
  alerts: '/api/alerts',
  acknowledge: (id: string) => `/api/alerts/${encodeURIComponent(id)}/acknowledge`,
  silences: '/api/silences',
  endSilence: (id: string) => `/api/silences/${encodeURIComponent(id)}/end`,
  receiverTest: (name: string) => `/api/receivers/${encodeURIComponent(name)}/test`,
  push: '/api/push',
  pushDevice: (id: string) => `/api/push/${encodeURIComponent(id)}`,
  me: '/api/me',
  signIn: '/api/sign-in',
  signOut: '/api/me/sign-out',
  setup: '/api/setup',
  sessions: '/api/me/sessions',
  endSession: (id: string) => `/api/me/sessions/${encodeURIComponent(id)}/end`,
  password: '/api/me/password',
  totp: '/api/me/totp',
  confirmTotp: '/api/me/totp/confirm',
  removeTotp: '/api/me/totp/remove',
  users: '/api/users',
  user: (name: string) => `/api/users/${encodeURIComponent(name)}`,
  tokens: '/api/tokens',
  revokeToken: (id: string) => `/api/tokens/${encodeURIComponent(id)}/revoke`,
  walls: '/api/walls',
  wallLink: (id: string) => `/api/walls/${encodeURIComponent(id)}/link`,
  revokeWall: (id: string) => `/api/walls/${encodeURIComponent(id)}/revoke`,
  wall: (key: string) => `/api/wall/${encodeURIComponent(key)}`,
  wallStream: (key: string) => `/api/wall/${encodeURIComponent(key)}/stream`,
  approvals: '/api/approvals',
  askApproval: (scope: string) => `/api/clusters/${encodeURIComponent(scope)}/approvals`,
  approve: (id: string) => `/api/approvals/${encodeURIComponent(id)}/approve`,
  decline: (id: string) => `/api/approvals/${encodeURIComponent(id)}/decline`,
  withdraw: (id: string) => `/api/approvals/${encodeURIComponent(id)}/withdraw`,
  accessLog: '/api/access-log',
  stream: (scopes: readonly string[]) =>
    `/api/stream${scopes.length === 0 ? '' : `?${scopes.map((scope) => `scope=${encodeURIComponent(scope)}`).join('&')}`}`,
} as const;

/** Errors of every route: `{code, message, details}`. */
export const ERROR_CODES = [
  'not_found',
  'bad_request',
  /** Nobody is signed in, or not any longer. */
  'not_signed_in',
  /** `message` says why, as the disabled button did. */
  'forbidden',
  /** An action that may not be done now; `details` says why: see RefusalDetails in actions.ts. */
  'refused',
  /** The idempotency key was used for another request. */
  'conflict',
  'too_large',
  'not_ready',
  'too_many_streams',
  /** `details.retryAfterSeconds`. */
  'too_many_requests',
  'internal',
] as const;
export interface ApiError {
  readonly code: (typeof ERROR_CODES)[number];
  readonly message: Text;
  readonly details?: unknown;
}
