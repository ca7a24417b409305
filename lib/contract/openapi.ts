// The OpenAPI document, generated from the schemas. Every route under app/api has an entry here; a test compares the two.
import { z } from 'zod';
import { clustersSchema, configSchema, errorSchema, healthSchema, historySchema, snapshotSchema } from './schema';
import type { ERROR_CODES } from './stream';

interface Operation {
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly answer: z.ZodType | 'sse' | 'openapi';
  readonly errors: readonly (typeof ERROR_CODES)[number][];
}

export const OPERATIONS: readonly Operation[] = [
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
    summary: 'Lag, WAL rate and events of the last 15 minutes',
    answer: historySchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/clusters/{scope}/config',
    summary: 'Dynamic configuration as stored, with its revision',
    answer: configSchema,
    errors: ['bad_request', 'not_found', 'not_ready'],
  },
  {
    path: '/api/stream',
    summary: 'Fleet rows, and full snapshots of the scopes asked for, as server-sent events',
    description:
      'Query `scope` may be repeated, at most 50 times. Events: hello, rows, snapshot, beat; each `data` is one JSON object with that `kind`.',
    answer: 'sse',
    errors: ['bad_request', 'too_many_streams'],
  },
  { path: '/api/openapi.json', summary: 'This document', answer: 'openapi', errors: [] },
];

const STATUS_OF = {
  bad_request: '400',
  not_found: '404',
  forbidden: '403',
  refused: '409',
  conflict: '409',
  too_large: '413',
  too_many_streams: '429',
  not_ready: '503',
  internal: '500',
} as const;

export function openapiDocument(version: string): Record<string, unknown> {
  const paths = OPERATIONS.map((operation) => [operation.path, { get: operationObject(operation) }] as const);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Howdah',
      version,
      description: 'Instants are epoch milliseconds on the clock of Howdah. Unknown is null, never -1 and never 0.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(paths),
    components: { schemas: { Error: jsonSchema(errorSchema) } },
  };
}

function operationObject({ path, summary, description, answer, errors }: Operation): Record<string, unknown> {
  const parameters = [
    ...(path.includes('{scope}') ? [{ name: 'scope', in: 'path', required: true, schema: { type: 'string' } }] : []),
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
  const refusals = [...errors, 'forbidden' as const, 'internal' as const].map((code) => [
    STATUS_OF[code],
    { description: code, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  ]);
  return {
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { '200': { description: 'the answer', content }, ...Object.fromEntries(refusals) },
  };
}

function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}
