// The wrapper of every API route: whose site, who, may they, not too often; then the handler. Errors become
// `{code, message, details}` with a status, nothing else leaves. Who may what stands in lib/contract/routes.ts; here it is enforced,
// and nowhere else.

import { ROUTES, type RouteAccess, type RouteKey } from '../contract/routes';
import type { ApiError } from '../contract/stream';
import { say } from '../language/sentence';
import { saidBy } from '../language/spoken-error';
import { type Caller, EVERYTHING } from './access/caller';
import type { Credentials } from './access/door';
import { Gate, notSignedIn } from './access/gate';
import type { Known } from './access/sessions';
import { isOwnHost, isOwnOrigin } from './edge/host';
import type { LimitKind, Who } from './edge/limits';
import { isSecure, peerOf } from './edge/peer';
import { log } from './log';
import { json, Refusal, STATUS } from './route';
import { type Runtime, runtime } from './runtime';

type Handler<P> = (request: Request, params: P, gate: Gate) => Promise<Response> | Response;

export function route<P>(key: RouteKey, handler: Handler<P>) {
  const access: RouteAccess = ROUTES[key];
  const isUnsafe = !key.startsWith('GET ');
  return async (request: Request, context: { readonly params: Promise<P> }): Promise<Response> => {
    try {
      refuseForeign(request, isUnsafe);
      const params = await context.params;
      limitPeer(isUnsafe ? 'unsafe' : 'read', request);
      const gate = await gateOf(request, access, isUnsafe);
      limitCaller(isUnsafe ? 'unsafe' : 'read', gate);
      check(access, gate, params);
      return await handler(request, params, gate);
    } catch (error) {
      return failure(error, key);
    }
  };
}

/** What a handler threw, as an answer. */
export function failure(error: unknown, key: string): Response {
  if (Refusal.is(error)) {
    const answer = json(error.body, STATUS[error.body.code]);
    const { details } = error.body;
    const wait = typeof details === 'object' && details !== null && 'retryAfterSeconds' in details;
    if (wait) answer.headers.set('retry-after', String(details.retryAfterSeconds));
    return answer;
  }
  // By its name: the runtime's class is another one than this module graph's.
  if (error instanceof Error && error.name === 'StoreAway')
    return json({ code: 'not_ready', message: saidBy(error) } satisfies ApiError, STATUS.not_ready);
  log.error({ err: error, route: key }, 'a route failed');
  return json(
    { code: 'internal', message: say`Howdah failed to answer; its log says why` } satisfies ApiError,
    STATUS.internal,
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
    const own = { userId: null, sessionId: null, token: null, address: credentials.address };
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
  const asked = callerOf(current, credentialsOf(request, isUnsafe));
  // A public route answers whoever asks; it may say more to who is known.
  const found = await (access.kind === 'public' ? asked.catch(() => null) : asked);
  // Guessing a token costs what guessing a password does.
  if (found === null && request.headers.has('authorization')) limitPeer('sign_in', request);
  if (found === null && access.kind !== 'public') throw notSignedIn();
  return gateFor(current, found?.caller ?? null);
}

function check(access: RouteAccess, gate: Gate, params: unknown): void {
  switch (access.kind) {
    case 'public':
    case 'wall':
    case 'signed_in':
      return;
    case 'scope':
      gate.require(access.permission, scopeOf(params));
      return;
    case 'action':
      gate.require('see', scopeOf(params));
      return;
    case 'somewhere':
      gate.require(access.permission, null);
  }
}

function scopeOf(params: unknown): string {
  const scope = typeof params === 'object' && params !== null && 'scope' in params ? params.scope : null;
  if (typeof scope !== 'string') throw new Error('a route of a cluster without a scope in its path');
  try {
    return decodeURIComponent(scope);
  } catch {
    throw new Refusal('bad_request', say`expected the name of a cluster (scope) in the path`);
  }
}

/**
 * A page of another site can make a browser ask us under that site's name (DNS rebinding) and read the answer: the names we answer
 * on are known. A browser names the origin of every unsafe request; a script outside of one names none.
 */
export function refuseForeign(request: Request, isUnsafe: boolean): void {
  const { config } = runtime();
  const host = request.headers.get('host') ?? new URL(request.url).host;
  if (!isOwnHost(host, config))
    throw new Refusal(
      'forbidden',
      config.auth.kind === 'none'
        ? say`Howdah answers on loopback names only; use http://127.0.0.1 or localhost`
        : say`Howdah answers on its own names only: that of publicUrl, and listen.names`,
    );
  if (!isUnsafe) return;
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const own = origin === null || isOwnOrigin(origin, { host, secure: isSecure(request) }, config);
  if (own && (site === null || site === 'same-origin' || site === 'none')) return;
  throw new Refusal('forbidden', say`a page of another site may not do this`);
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
