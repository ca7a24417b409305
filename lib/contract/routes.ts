// Every route of Howdah: the one table. A row holds what a route is for, who may ask it, what it takes and what it answers; one that
// lacks any of it does not compile (route-row.ts). The handlers are wrapped by it (lib/server/doorway.ts), the OpenAPI document, the
// list in docs/api.md and the paths of whoever asks (paths.ts) are made of it, and tests compare it with the files under app/ and ask
// every route as every role. With zod: the browser imports types.
import { z } from 'zod';
import { ACCESS_ROUTES } from './access-routes';
import {
  acknowledgeSchema,
  alertAnswerSchema,
  alertsSchema,
  pushAnswerSchema,
  pushOrderSchema,
  receiverTestSchema,
  silenceAnswerSchema,
  silenceDraftSchema,
} from './alerts';
import { CLUSTER_ROUTES } from './cluster-routes';
import type { ErrorCode } from './error-codes';
import { type OtherAnswer, type PathName, PUBLIC, type RouteAccess, SIGNED_IN, somewhere, table } from './route-row';
import { emptySchema, jsonObject } from './scalar';
import { aliveSchema, healthSchema } from './stream';
import type { Wire } from './wire';

export const ROUTES = {
  ...CLUSTER_ROUTES,
  ...table({
    'GET /api/alerts': {
      access: SIGNED_IN,
      tokens: true,
      summary: 'Alerts, silences, rules and receivers',
      description:
        'Open alerts first, worst first; then those that ended in the last 24 h. `sender`: which process tells.',
      answer: alertsSchema,
      errors: [],
    },
    'POST /api/alerts/{id}/acknowledge': {
      access: somewhere('acknowledge'),
      tokens: true,
      summary: 'Somebody is on it: it is not repeated',
      description: 'Told again where it gets worse, and when it is over. `undo` takes it back.',
      body: acknowledgeSchema,
      answer: alertAnswerSchema,
      errors: ['refused'],
    },
    'POST /api/silences': {
      access: somewhere('silence'),
      tokens: true,
      summary: 'Keep alerts quiet until an instant, with a reason',
      body: silenceDraftSchema,
      answer: silenceAnswerSchema,
      errors: [],
    },
    'POST /api/silences/{id}/end': {
      access: somewhere('silence'),
      tokens: true,
      summary: 'End a silence now',
      description: 'What still fires under it is told.',
      body: emptySchema,
      answer: silenceAnswerSchema,
      errors: ['refused'],
    },
    'POST /api/receivers/{name}/test': {
      access: somewhere('test_receiver'),
      tokens: true,
      summary: 'Send one message to a receiver, now',
      description: 'Past the outbox. 200 also where the receiver did not take it: `ok` says so.',
      body: emptySchema,
      answer: receiverTestSchema,
      errors: ['refused'],
    },
    'GET /api/push': {
      access: SIGNED_IN,
      summary: 'What a browser needs to subscribe to web push, and who did',
      answer: pushAnswerSchema,
      errors: [],
    },
    'POST /api/push': {
      access: SIGNED_IN,
      summary: 'Subscribe a browser to web push',
      description: 'The same endpoint again replaces its subscription.',
      body: pushOrderSchema,
      answer: pushAnswerSchema,
      errors: ['refused'],
    },
    'POST /api/push/{id}': {
      access: SIGNED_IN,
      summary: 'Remove a browser',
      body: emptySchema,
      answer: pushAnswerSchema,
      errors: [],
    },
  }),
  ...ACCESS_ROUTES,
  ...table({
    'POST /api/mcp': {
      access: SIGNED_IN,
      tokens: true,
      summary: 'The same for assistants: the Model Context Protocol, read-only',
      description:
        'Streamable HTTP, one JSON-RPC message, no session. Tools are reading routes of this table, with the rights of who asks; see docs/assistants.md.',
      body: jsonObject,
      answer: jsonObject,
      accepted: 'a notification: nothing is answered',
      errors: [],
    },
    'GET /api/health': {
      access: PUBLIC,
      summary: 'Is Howdah itself alive',
      description: '503 with the same body when it is not. Without a role on some cluster: `ok` alone.',
      answer: z.union([healthSchema, aliveSchema]),
      errors: [],
    },
    'GET /api/openapi.json': {
      access: PUBLIC,
      summary: 'This description: OpenAPI 3.1',
      answer: jsonObject,
      errors: [],
    },
    'GET /metrics': {
      access: somewhere('metrics'),
      tokens: true,
      summary: 'Prometheus text or OpenMetrics, by `Accept`',
      answer: { kind: 'text', types: ['text/plain', 'application/openmetrics-text'] },
      errors: [],
    },
  }),
};

export type RouteKey = keyof typeof ROUTES;
type RowFor<K extends RouteKey> = (typeof ROUTES)[K];

/** Names in the path, decoded. */
export type ParamsOf<K extends RouteKey> = { readonly [N in PathName<K>]: string };
export type BodyOf<K extends RouteKey> = RowFor<K> extends { body: infer S extends z.ZodType } ? Wire<S> : null;
export type QueryOf<K extends RouteKey> = RowFor<K> extends { query: infer S extends z.ZodType } ? Wire<S> : null;
/** never: it answers no JSON. */
export type AnswerOf<K extends RouteKey> = RowFor<K> extends { answer: infer S extends z.ZodType } ? Wire<S> : never;

/** A row as whoever goes through all of them sees it. */
export interface Route {
  readonly key: RouteKey;
  readonly method: string;
  readonly path: string;
  readonly access: RouteAccess;
  readonly summary: string;
  readonly description: string | null;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType | OtherAnswer;
  readonly rawBody: boolean;
  /** A token may ask it, as far as its rights go. */
  readonly tokens: boolean;
  /** Whoever owes a second factor may ask it. Public ones and walls answer everybody. */
  readonly withoutFactor: boolean;
  readonly files: readonly string[];
  readonly accepted: string | null;
  readonly errors: readonly ErrorCode[];
}

const isRouteKey = (text: string): text is RouteKey => Object.hasOwn(ROUTES, text);

const FOR_TOKENS: readonly RouteAccess['kind'][] = ['scope', 'action', 'public', 'wall'];

export function routeOf(key: RouteKey): Route {
  const row: Omit<Route, 'key' | 'method' | 'path'> = {
    description: null,
    query: null,
    body: null,
    files: [],
    accepted: null,
    withoutFactor: false,
    rawBody: false,
    tokens: FOR_TOKENS.includes(ROUTES[key].access.kind),
    ...ROUTES[key],
  };
  const [method = '', path = ''] = key.split(' ');
  return { key, method, path, ...row };
}

export const ALL_ROUTES: readonly Route[] = Object.keys(ROUTES).filter(isRouteKey).map(routeOf);

/** Every code that the route may answer: its own, and those of what is done before its handler. */
export function errorsOf({ access, path, body, rawBody, errors }: Route): readonly ErrorCode[] {
  const isOpen = access.kind === 'public' || access.kind === 'wall';
  return [
    ...new Set<ErrorCode>([
      ...errors,
      ...(path.includes('{') ? (['bad_request'] as const) : []),
      ...(body === null ? [] : (['bad_request', 'too_large'] as const)),
      ...(body === null || rawBody ? [] : (['unsupported_type'] as const)),
      ...(isOpen ? [] : (['not_signed_in', 'not_found', 'not_ready'] as const)),
      ...(['forbidden', 'too_many_requests', 'internal'] as const),
    ]),
  ];
}
