// The wrapper of every API route: who, not too often, may they, what was asked; then the handler. What is in the path, the query and
// the body is read here by the row of the route (lib/contract/routes.ts), and nowhere else; what must hold for every request (whose
// site, how long a body) was decided before, in edge/web-server.ts. Errors become `{code, message, details}` with a status, nothing
// else leaves.
import type { z } from 'zod';
import type { ApiError } from '../contract/error';
import { ERRORS, type ErrorCode } from '../contract/error-codes';
import { queryValues } from '../contract/query';
import type { RouteAccess } from '../contract/route-row';
import { type AnswerOf, type BodyOf, type ParamsOf, type QueryOf, type RouteKey, routeOf } from '../contract/routes';
import { say } from '../language/sentence';
import { saidBy } from '../language/spoken-error';
import { type Caller, EVERYTHING } from './access/caller';
import type { Credentials } from './access/door';
import { Gate, notSignedIn } from './access/gate';
import type { RefusalKind } from './access/refusals';
import type { Known } from './access/sessions';
import { reporterOf } from './backups/reporter';
import type { LimitKind, Who } from './edge/limits';
import { isName } from './edge/path';
import { peerOf } from './edge/peer';
import { log } from './log';
import { json, Refusal } from './route';
import { type Runtime, runtime } from './runtime';

export interface Asked<K extends RouteKey> {
  readonly request: Request;
  readonly params: ParamsOf<K>;
  readonly query: QueryOf<K>;
  readonly body: BodyOf<K>;
  readonly gate: Gate;
}

/** A Response where the answer is no JSON, or its status not 200. */
type Handler<K extends RouteKey> = (
  asked: Asked<K>,
) => Response | AnswerOf<K> | Promise<Response> | Promise<AnswerOf<K>> | Promise<Response | AnswerOf<K>>;

export function route<K extends RouteKey>(key: K, handler: Handler<K>) {
  const { access, method, tokens, withoutFactor, query, body, rawBody } = routeOf(key);
  const kind: LimitKind = method === 'GET' ? 'read' : 'unsafe';
  return async (
    request: Request,
    context: { readonly params: Promise<Readonly<Record<string, string>> | undefined> },
  ): Promise<Response> => {
    let gate: Gate | null = null;
    try {
      limitPeer(kind, request);
      gate = await gateOf(request, access, kind === 'unsafe');
      limitCaller(kind, gate);
      if (gate.isSignedIn && gate.caller.owesFactor) refuseWithoutFactor(gate.caller, withoutFactor);
      if (!tokens && gate.isSignedIn && gate.caller.kind === 'token')
        throw new Refusal('forbidden', say`a token cannot do this: sign in with an account`);
      // A built route without names in its path is given none.
      const params = paramsOf((await context.params) ?? {});
      check(access, gate, params);
      const asked = {
        ...{ request, params, gate },
        query: query === null ? null : parsed(query, queryValues(query, new URL(request.url).searchParams), 'query'),
        body:
          body === null ? null : rawBody ? parsed(body, await request.text(), 'body') : await readBody(request, body),
      };
      // The row of this key has just parsed it.
      const answer = await handler(asked as Asked<K>);
      return answer instanceof Response ? answer : json(answer);
    } catch (error) {
      noteRefusal(error, key, request, gate);
      return failure(error, key);
    }
  };
}

/** Who owes a second factor may set one and leave; a token does neither. */
function refuseWithoutFactor({ kind }: Caller, withoutFactor: boolean): void {
  if (kind === 'token')
    throw new Refusal(
      'forbidden',
      say`a second factor is demanded of whom this token belongs to: until they set one on the page Account, it opens nothing`,
    );
  if (!withoutFactor)
    throw new Refusal(
      'forbidden',
      say`your role demands a second factor: set one on the page Account first; until then nothing else is answered`,
    );
}

const KINDS: { readonly [C in ErrorCode]?: RefusalKind } = {
  ...{ forbidden: 'request', not_signed_in: 'input', bad_request: 'input', not_found: 'input', too_large: 'input' },
  unsupported_type: 'input',
};

/** What was refused, and to whom: for the log, and for an alert where it grows many. */
function noteRefusal(error: unknown, key: string, request: Request, gate: Gate | null): void {
  const { config, door } = runtime();
  if (config.auth.kind === 'none' || !Refusal.is(error)) return;
  const { code } = error.body;
  const guess = gate === null && code === 'not_signed_in' && request.headers.has('authorization');
  // A page that goes on asking until the factor is set is no attack.
  const isOwing = gate?.isSignedIn === true && gate.caller.owesFactor;
  const kind = guess ? 'guess' : isOwing ? 'input' : KINDS[code];
  if (kind === undefined) return;
  const name = gate?.isSignedIn === true ? gate.name : null;
  const refused = { kind, name, address: peerOf(request), what: `${key}: ${code}` };
  void door()
    .then(({ refusals }) => refusals.note(refused))
    .catch(() => undefined);
}

/** Only names that the collector knows ever reach further: a browser cannot name a host. */
function paramsOf(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [key, name] of Object.entries(given))
    if (!isName(name)) throw new Refusal('bad_request', say`expected a name in the path that can be read: ${key}`);
  return given;
}

/**
 * A page of another site can send a form or plain text with the user's browser, but no JSON without being asked for leave. How long
 * it may be was decided before it was read (edge/web-server.ts).
 */
async function readBody(request: Request, schema: z.ZodType): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new Refusal(
      'unsupported_type',
      type === ''
        ? say`expected content-type application/json, got none`
        : say`expected content-type application/json, got ${type.slice(0, 80)}`,
    );
  let value: unknown;
  try {
    value = JSON.parse(await request.text());
  } catch {
    throw new Refusal('bad_request', say`expected a body of valid JSON`);
  }
  return parsed(schema, value, 'body');
}

function parsed(schema: z.ZodType, value: unknown, what: 'body' | 'query'): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const first = problems[0];
  const found = `${first?.path || 'it'}: ${first?.message}`;
  const message =
    what === 'body'
      ? say`the body is not what was expected: ${found}`
      : say`the query is not what was expected: ${found}`;
  throw new Refusal('bad_request', message, { problems });
}

/** What a handler threw, as an answer. */
export function failure(error: unknown, key: string): Response {
  if (Refusal.is(error)) {
    const answer = json(error.body, ERRORS[error.body.code].status);
    const { details } = error.body;
    const wait = typeof details === 'object' && details !== null && 'retryAfterSeconds' in details;
    if (wait) answer.headers.set('retry-after', String(details.retryAfterSeconds));
    return answer;
  }
  // By its name: the runtime's class is another one than this module graph's.
  if (error instanceof Error && error.name === 'StoreAway')
    return json({ code: 'not_ready', message: saidBy(error) } satisfies ApiError, ERRORS.not_ready.status);
  log.error({ err: error, route: key }, 'a route failed');
  return json(
    { code: 'internal', message: say`Howdah failed to answer; its log says why` } satisfies ApiError,
    ERRORS.internal.status,
  );
}

export function credentialsOf(request: Request, isUnsafe: boolean): Credentials {
  return {
    authorization: request.headers.get('authorization'),
    cookie: request.headers.get('cookie'),
    address: peerOf(request),
    active: isUnsafe || request.headers.get('x-howdah-active') === '1',
  };
}

/** Who asks; null: nobody who is known. Rejects with StoreAway where it cannot be known now. */
export async function callerOf(
  current: Runtime,
  credentials: Credentials,
): Promise<{ readonly caller: Caller; readonly known: Known | null } | null> {
  const { auth, operator } = current.config;
  if (auth.kind === 'none') {
    const own = { userId: null, sessionId: null, token: null, owesFactor: false, address: credentials.address };
    return { caller: { kind: 'open', name: operator, grants: EVERYTHING, ...own }, known: null };
  }
  return (await current.door()).authenticate(credentials);
}

export async function gateFor(current: Runtime, caller: Caller | null): Promise<Gate> {
  const { config, feed } = current;
  const door = config.auth.kind === 'none' || caller === null ? null : await current.door();
  return new Gate(caller, {
    scopes: () => feed.rows().map(({ scope }) => scope),
    labelsOf: (scope) => feed.row(scope)?.labels ?? {},
    admins: door === null ? [] : await door.accounts.admins(),
    policies: config.approvals,
  });
}

async function gateOf(request: Request, access: RouteAccess, isUnsafe: boolean): Promise<Gate> {
  const current = runtime();
  if (access.kind === 'wall') return gateFor(current, null);
  if (access.kind === 'reporter') {
    // Before the body is read. Guessing it costs what guessing a password does.
    if (reporterOf(request.headers.get('authorization'), current.config.backups.push) !== null)
      return gateFor(current, null);
    limitPeer('sign_in', request);
    throw notSignedIn();
  }
  const asked = callerOf(current, credentialsOf(request, isUnsafe));
  // A public route answers whoever asks; it may say more to who is known.
  const found = await (access.kind === 'public' ? asked.catch(() => null) : asked);
  // Guessing a token costs what guessing a password does.
  if (found === null && request.headers.has('authorization')) limitPeer('sign_in', request);
  if (found === null && access.kind !== 'public') throw notSignedIn();
  const caller = found?.caller ?? null;
  // Until the factor is set it says no more than to anybody.
  return gateFor(current, access.kind === 'public' && caller?.owesFactor === true ? null : caller);
}

function check(access: RouteAccess, gate: Gate, { scope }: Readonly<Record<string, string>>): void {
  switch (access.kind) {
    case 'public':
    case 'wall':
    case 'reporter':
    case 'signed_in':
      return;
    case 'scope':
      gate.require(access.permission, scope ?? '');
      return;
    case 'action':
      gate.require('see', scope ?? '');
      return;
    case 'somewhere':
      gate.require(access.permission, null);
  }
}

/** Throws where one address asks too often: before anything is looked up for it. */
export function limitPeer(kind: LimitKind, request: Request): void {
  take(kind, { caller: null, peer: peerOf(request) });
}

function limitCaller(kind: LimitKind, gate: Gate): void {
  if (gate.isSignedIn) take(kind, { caller: keyOf(gate.caller), peer: null });
}

/** Where nobody signs in all are one person: then nobody is told to wait. */
function take(kind: LimitKind, who: Who): void {
  const { config, limits } = runtime();
  const seconds = config.auth.kind === 'none' ? null : limits.take(kind, who);
  if (seconds === null) return;
  throw new Refusal('too_many_requests', say`too many requests; try again in ${seconds} s`, {
    retryAfterSeconds: seconds,
  });
}

/** Tells callers apart, for limits. */
export function keyOf({ kind, userId, token, name }: Caller): string {
  return `${kind} ${userId ?? name} ${token ?? ''}`;
}
