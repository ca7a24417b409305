// The nonce of this answer, for what is not one of Next's own scripts. Set by the web server, never by who asks.
export const NONCE_HEADER = 'x-howdah-nonce';

/** undefined: the request did not come through it (a build). */
export function nonceOf(headers: Pick<Headers, 'get'>): string | undefined {
  return headers.get(NONCE_HEADER) ?? undefined;
}
