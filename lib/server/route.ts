// What handlers and what they call share: a refusal, an answer, a body. Who may ask is decided before, in doorway.ts.

import type { z } from 'zod';
import type { ApiError } from '../contract/stream';
import { carry } from '../language/carry';
import { say, type Text } from '../language/sentence';
import { SpokenError } from '../language/spoken-error';

export const STATUS: Readonly<Record<ApiError['code'], number>> = {
  bad_request: 400,
  not_found: 404,
  forbidden: 403,
  refused: 409,
  conflict: 409,
  not_signed_in: 401,
  too_many_requests: 429,
  too_large: 413,
  too_many_streams: 429,
  not_ready: 503,
  internal: 500,
};

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

/**
 * The body of an unsafe request, parsed by its schema. A page of another site can send a form or plain text with the user's
 * browser, but no JSON without being asked for leave.
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new Refusal(
      'bad_request',
      type === ''
        ? say`expected content-type application/json, got none`
        : say`expected content-type application/json, got ${type.slice(0, 80)}`,
    );
  const text = await bodyText(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('bad_request', say`expected a body of valid JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  const first = problems[0];
  const found = `${first?.path || 'it'}: ${first?.message}`;
  throw new Refusal('bad_request', say`the body is not what was expected: ${found}`, { problems });
}

const MAX_BODY_BYTES = 1024 * 1024;

async function bodyText(request: Request): Promise<string> {
  const reader = request.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > MAX_BODY_BYTES) {
      await reader.cancel();
      throw new Refusal('too_large', say`expected a body of at most ${MAX_BODY_BYTES / 1024} KiB`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** The scope named in a path. Only names that the collector knows ever reach further: a browser cannot name a host. */
export function scopeParam(params: { readonly scope: string }): string {
  const scope = safeDecode(params.scope);
  if (scope === null || scope === '' || scope.length > 200)
    throw new Refusal('bad_request', say`expected the name of a cluster (scope) in the path`);
  return scope;
}

function safeDecode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
