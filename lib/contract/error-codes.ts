// The codes with which a route refuses, with the status and the meaning of each. The list is closed. Without zod, for the edge.
export const ERRORS = {
  bad_request: { status: 400, about: 'the path, the query or the body is not what the route takes' },
  not_signed_in: { status: 401, about: 'nobody is signed in, or not any longer' },
  forbidden: {
    status: 403,
    about:
      '`message` says why: no right to it, a `Host` that is not ours, a page of another site, a Howdah that only watches',
  },
  not_found: { status: 404, about: 'there is no such thing, or it may not be seen' },
  refused: {
    status: 409,
    about:
      'it may not be done now, nothing was sent; of an action `details` has the `changes` since the preflight, the `blockers`, the `running` action and what was `bound`',
  },
  conflict: { status: 409, about: 'the idempotency key was used for another request, or the name is taken' },
  too_large: { status: 413, about: 'the body is over 1 MiB' },
  unsupported_type: { status: 415, about: 'the body is not sent as `application/json`' },
  too_many_requests: { status: 429, about: 'ask again after `details.retryAfterSeconds`, also in `Retry-After`' },
  too_many_streams: { status: 429, about: 'as many streams are open as one may have, or as Howdah takes' },
  internal: { status: 500, about: 'a bug; the log says more than the answer' },
  not_ready: { status: 503, about: 'not read yet, or the collector or the store does not answer' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly about: string }>>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);
