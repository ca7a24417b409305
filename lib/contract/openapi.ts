// The OpenAPI document, generated from the table of routes and its schemas.
import { z } from 'zod';
import { refusalDetailsSchema } from './actions';
import { errorSchema } from './error';
import { ERRORS } from './error-codes';
import { isRepeated } from './query';
import { ALL_ROUTES, errorsOf, type Route } from './routes';

const PERSON = [{ session: [] }];
const PERSON_OR_TOKEN = [...PERSON, { token: [] }];

export function openapiDocument(version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ALL_ROUTES)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
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
      schemas: { Error: jsonSchema(errorSchema), RefusalDetails: jsonSchema(refusalDetailsSchema) },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'howdah-session',
          description: 'made by the sign-in page; the name has a mark of the installation',
        },
        token: { type: 'http', scheme: 'bearer', description: 'howdah_…, made on the account page' },
        reporter: { type: 'http', scheme: 'bearer', description: 'a token of `backups.push` of the settings' },
      },
    },
  };
}

function operationOf(route: Route): Record<string, unknown> {
  const { access, tokens, path, summary, description, query, body, rawBody, accepted } = route;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...(query === null ? [] : parametersOf(query)),
  ];
  const content = contentOf(route);
  return {
    summary,
    security: securityOf(access, tokens),
    ...(description === null ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [rawBody ? 'text/plain' : 'application/json']: { schema: jsonSchema(body, 'input') } },
          },
        }),
    responses: {
      '200': { description: 'the answer', content },
      ...(accepted === null ? {} : { '202': { description: accepted, content } }),
      ...refusalsOf(route),
    },
  };
}

function securityOf(access: Route['access'], tokens: boolean): readonly object[] {
  if (access.kind === 'public' || access.kind === 'wall') return [];
  if (access.kind === 'reporter') return [{ reporter: [] }];
  return tokens ? PERSON_OR_TOKEN : PERSON;
}

function parametersOf(query: z.ZodObject): unknown[] {
  const whole = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(query.shape).map(([name, one]) => {
    const { description, default: usual, ...schema } = Object(whole.properties?.[name]);
    return {
      name,
      in: 'query',
      required: whole.required?.includes(name) ?? false,
      description: isRepeated(one) ? `${description}; may be repeated` : description,
      schema: Array.isArray(usual) || usual === undefined ? schema : { ...schema, default: usual },
    };
  });
}

function contentOf({ answer, files }: Route): Record<string, unknown> {
  const text = (types: readonly string[]) => types.map((type) => [type, { schema: { type: 'string' } }]);
  if (answer instanceof z.ZodType)
    return Object.fromEntries([['application/json', { schema: jsonSchema(answer) }], ...text(files)]);
  if (answer.kind === 'text') return Object.fromEntries(text(answer.types));
  const frame = { contentMediaType: 'application/json', contentSchema: jsonSchema(answer.frame) };
  const about = 'server-sent events; `contentSchema` is that of each `data`';
  return { 'text/event-stream': { schema: { type: 'string', description: about, ...frame } } };
}

/** One entry a status: several codes may share it. */
function refusalsOf(route: Route): Record<string, unknown> {
  const codes = errorsOf(route);
  return Object.fromEntries(
    codes.map((code) => [
      String(ERRORS[code].status),
      {
        description: codes.filter((other) => ERRORS[other].status === ERRORS[code].status).join(', or '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): unknown {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
