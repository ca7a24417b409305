// What handlers and what they call share: a refusal and an answer. What comes in is read before, in doorway.ts.
import type { ApiError } from '../contract/error';
import { carry } from '../language/carry';
import type { Text } from '../language/sentence';
import { SpokenError } from '../language/spoken-error';

const REFUSAL = Symbol.for('howdah.refusal');

/** Thrown by a handler, or by what it calls, to refuse: what the caller reads. */
export class Refusal extends SpokenError {
  readonly [REFUSAL] = true;
  readonly body: ApiError;

  constructor(code: ApiError['code'], message: Text, details?: unknown) {
    super(message);
    this.body = details === undefined ? { code, message } : { code, message, details };
  }

  /** The runtime lives in another module graph than the routes, with a class of its own of this name: instanceof would fail. */
  static is(error: unknown): error is Refusal {
    return typeof error === 'object' && error !== null && REFUSAL in error;
  }
}

const HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

export function json(body: unknown, status = 200): Response {
  return new Response(typeof body === 'string' ? body : JSON.stringify(carry(body)), { status, headers: HEADERS });
}
