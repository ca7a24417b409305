// The OpenAPI document, generated from the schemas. Every route under app/api has an entry here; a test compares the two.
import { z } from 'zod';
import {
  actionAnswerSchema,
  actionOrderSchema,
  actionRequestSchema,
  actionsAnswerSchema,
  auditAnswerSchema,
  preflightAnswerSchema,
  revisionsAnswerSchema,
  settingsAnswerSchema,
} from './action-schema';
import {
  acknowledgeSchema,
  alertAnswerSchema,
  alertsSchema,
  pushAnswerSchema,
  pushOrderSchema,
  receiverTestSchema,
  silenceAnswerSchema,
  silenceDraftSchema,
} from './alert-schema';
import {
  emptySchema,
  eventsSchema,
  historySchema,
  incidentSchema,
  leadershipSchema,
  momentSchema,
  noteAnswerSchema,
  noteDraftSchema,
} from './history-schema';
import { ACCESS_OPERATIONS } from './openapi-access';
import type { Operation } from './operation';
import { ROUTES, type RouteAccess } from './routes';
import { clustersSchema, configSchema, errorSchema, healthSchema, snapshotSchema } from './schema';

export const OPERATIONS: readonly Operation[] = [
  ...ACCESS_OPERATIONS,
  {
    path: '/api/health',
    summary: 'Is Howdah itself alive',
    description: '503 with the same body when it is not.',
    answer: healthSchema,
    errors: [],
  },
  { path: '/api/clusters', summary: 'The fleet, worst first', answer: clustersSchema, errors: [] },
  {
    path: '/api/clusters/{scope}',
    summary: 'The newest snapshot of a cluster',
    answer: snapshotSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/history',
    summary: 'Lag, WAL rate, health, leader and events of a window',
    description: 'Samples in at most `points` buckets: the worst lag of each; null is a gap, nothing is interpolated.',
    query: {
      from: 'beginning, epoch ms or an ISO instant with offset; without it 15 minutes before `to`',
      to: 'end; without it now',
      points: 'at most so many buckets, 1 to 600; 300 without it',
    },
    answer: historySchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/moment',
    summary: 'The cluster as it was',
    query: { at: 'the moment, epoch ms or an ISO instant with offset' },
    answer: momentSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/leadership',
    summary: 'Who led when, oldest first, and how each came to lead',
    answer: leadershipSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/incident',
    summary: 'Everything that was kept of a window of at most 7 days',
    query: {
      from: 'beginning, epoch ms or an ISO instant with offset',
      to: 'end; without it now',
      format: 'md or html: the report as a file instead of JSON',
      zone: 'of the report: an IANA time zone; UTC without it',
      language: 'of the report: en or ru; en without it',
    },
    answer: incidentSchema,
    errors: ['bad_request', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/notes',
    method: 'post',
    summary: 'Keep words about a moment',
    body: noteDraftSchema,
    answer: noteAnswerSchema,
    errors: ['bad_request', 'too_large', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/notes/{id}',
    method: 'post',
    summary: 'Withdraw a note: it stays, struck out',
    body: emptySchema,
    answer: noteAnswerSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/events',
    summary: 'What changed, newest first',
    query: {
      scope: 'of one cluster only',
      from: 'not before this instant',
      to: 'not after this instant',
      kind: 'of this kind only; may be repeated',
      severity: 'of this severity only',
      text: 'with this in its text',
      limit: 'at most so many, 1 to 500; 100 without it',
      before: 'the `next` of the page before',
    },
    answer: eventsSchema,
    errors: ['bad_request', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/config',
    summary: 'Dynamic configuration as stored, with its revision',
    answer: configSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/config/revisions',
    summary: 'Earlier revisions of the dynamic configuration, newest first',
    description: 'As far as the store and the history of etcd reach; also those that something else than Howdah wrote.',
    answer: revisionsAnswerSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/settings',
    summary: 'pg_settings of every member that answers',
    answer: settingsAnswerSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/preflight',
    method: 'post',
    summary: 'What an action would do, and what forbids it or speaks against it',
    description: 'Changes nothing. The token of the answer is bound to what was seen; an action needs it.',
    query: {
      approval: 'id of a request for a second person: as the one who decides on it',
      breakGlass: '1: without the second person that is needed',
    },
    body: actionRequestSchema,
    answer: preflightAnswerSchema,
    errors: ['bad_request', 'too_large', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/actions',
    summary: 'The running action and the newest ones',
    answer: actionsAnswerSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/actions',
    method: 'post',
    summary: 'Run one action',
    description:
      '202: its intent is in the journal and it goes on by itself; follow it by its id. 200: the idempotency key was seen before, this is what it did. 409 `refused`: it may not be done now, `details` say why; nothing was sent.',
    body: actionOrderSchema,
    answer: actionAnswerSchema,
    errors: ['bad_request', 'too_large', 'refused', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/actions/{id}',
    summary: 'One action: steps, what was seen, outcome',
    answer: actionAnswerSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/audit',
    summary: 'Who did what, why, when, before, after, outcome; newest first',
    query: {
      scope: 'only of this cluster',
      limit: 'rows of a page, at most 500; default 50',
      before: '`next` of the page before',
      format: '`json` or `csv`: every row, as a file',
    },
    answer: auditAnswerSchema,
    errors: ['bad_request', 'not_ready'],
  },
  {
    path: '/api/alerts',
    summary: 'Alerts, silences, rules and receivers',
    description:
      'Open alerts first, worst first; then those that ended in the last 24 h. `sender`: which process tells.',
    answer: alertsSchema,
    errors: ['not_ready'],
  },
  {
    path: '/api/alerts/{id}/acknowledge',
    method: 'post',
    summary: 'Somebody is on it: it is not repeated',
    description: 'Told again where it gets worse, and when it is over. `undo` takes it back.',
    body: acknowledgeSchema,
    answer: alertAnswerSchema,
    errors: ['bad_request', 'too_large', 'refused', 'not_found', 'not_ready'],
  },
  {
    path: '/api/silences',
    method: 'post',
    summary: 'Keep alerts quiet until an instant, with a reason',
    body: silenceDraftSchema,
    answer: silenceAnswerSchema,
    errors: ['bad_request', 'too_large', 'not_ready'],
  },
  {
    path: '/api/silences/{id}/end',
    method: 'post',
    summary: 'End a silence now',
    description: 'What still fires under it is told.',
    body: emptySchema,
    answer: silenceAnswerSchema,
    errors: ['bad_request', 'too_large', 'refused', 'not_found', 'not_ready'],
  },
  {
    path: '/api/receivers/{name}/test',
    method: 'post',
    summary: 'Send one message to a receiver, now',
    description: 'Past the outbox. 200 also where the receiver did not take it: `ok` says so.',
    body: emptySchema,
    answer: receiverTestSchema,
    errors: ['bad_request', 'too_large', 'refused', 'not_found', 'not_ready'],
  },
  {
    path: '/api/push',
    summary: 'What a browser needs to subscribe to web push, and who did',
    answer: pushAnswerSchema,
    errors: ['not_ready'],
  },
  {
    path: '/api/push',
    method: 'post',
    summary: 'Subscribe a browser to web push',
    description: 'The same endpoint again replaces its subscription.',
    body: pushOrderSchema,
    answer: pushAnswerSchema,
    errors: ['bad_request', 'too_large', 'refused', 'not_ready'],
  },
  {
    path: '/api/push/{id}',
    method: 'post',
    summary: 'Remove a browser',
    body: emptySchema,
    answer: pushAnswerSchema,
    errors: ['bad_request', 'too_large', 'not_found', 'not_ready'],
  },
  {
    path: '/api/stream',
    summary: 'Fleet rows, and full snapshots of the scopes asked for, as server-sent events',
    description:
      'Query `scope` may be repeated, at most 50 times. Events: hello, rows, snapshot, action, beat; each `data` is one JSON object with that `kind`.',
    answer: 'sse',
    errors: ['bad_request', 'too_many_streams'],
  },
  { path: '/api/openapi.json', summary: 'This document', answer: 'openapi', errors: [] },
];

/** Answered by the wrapper of every route. */
const ALWAYS = ['forbidden', 'too_many_requests', 'internal'] as const;
const SIGNED_IN = ['not_signed_in', 'not_found', 'not_ready'] as const;

const SECURITY = [{ session: [] }, { token: [] }];

function isPublic(method: Operation['method'], path: string): boolean {
  const routes: Readonly<Record<string, RouteAccess>> = ROUTES;
  const kind = routes[`${(method ?? 'get').toUpperCase()} ${path}`]?.kind;
  return kind === 'public' || kind === 'wall';
}

const STATUS_OF = {
  bad_request: '400',
  not_found: '404',
  forbidden: '403',
  refused: '409',
  conflict: '409',
  not_signed_in: '401',
  too_many_requests: '429',
  too_large: '413',
  too_many_streams: '429',
  not_ready: '503',
  internal: '500',
} as const;

export function openapiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method ?? 'get']: operationObject(operation) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Howdah',
      version,
      description: 'Instants are epoch milliseconds on the clock of Howdah. Unknown is null, never -1 and never 0.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Error: jsonSchema(errorSchema) },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'howdah-session',
          description: 'made by the sign-in page; the name has a mark of the installation',
        },
        token: { type: 'http', scheme: 'bearer', description: 'howdah_…, made on the account page' },
      },
    },
  };
}

function operationObject({
  method,
  path,
  summary,
  description,
  answer,
  errors,
  body,
  query,
}: Operation): Record<string, unknown> {
  const parameters = [
    ...(path.includes('{scope}') ? [{ name: 'scope', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(path.includes('{key}') ? [{ name: 'key', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(path.includes('{name}') ? [{ name: 'name', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...Object.entries(query ?? {}).map(([name, about]) => ({
      name,
      in: 'query',
      required: false,
      description: about,
      schema: { type: 'string' },
    })),
    ...(answer === 'sse'
      ? [
          {
            name: 'scope',
            in: 'query',
            required: false,
            schema: { type: 'array', items: { type: 'string' }, maxItems: 50 },
          },
        ]
      : []),
  ];
  const content =
    answer === 'sse'
      ? { 'text/event-stream': { schema: { type: 'string' } } }
      : { 'application/json': { schema: answer === 'openapi' ? { type: 'object' } : jsonSchema(answer) } };
  const codes = [...new Set([...errors, ...ALWAYS, ...(isPublic(method, path) ? [] : SIGNED_IN)])];
  const refusals = codes.map((code) => [
    STATUS_OF[code],
    {
      description: code === 'refused' ? 'refused, or conflict' : code,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    },
  ]);
  return {
    summary,
    security: isPublic(method, path) ? [] : SECURITY,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } } }),
    responses: {
      '200': { description: 'the answer', content },
      ...(body === actionOrderSchema ? { '202': { description: 'accepted: it runs now', content } } : {}),
      ...Object.fromEntries(refusals),
    },
  };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
