// Every way a socket can fail, as one of a few kinds: what a rule looks at. What a user reads of it are the words of the core.

import type { Reading, ReadingError, ReadingErrorKind } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import { say, type Text } from '../language/sentence';

const KIND_BY_CODE: Readonly<Record<string, ReadingErrorKind>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_ABORTED: 'timeout',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EINVAL: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  UND_ERR_SOCKET: 'closed',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'malformed',
  // SQLSTATE: PostgreSQL answers, but not with rows.
  '28000': 'auth',
  '28P01': 'auth',
  '3D000': 'auth',
  '42501': 'denied',
  '53300': 'denied',
  '57P01': 'closed',
  '57P02': 'closed',
  '57P03': 'refused',
  '57014': 'timeout',
};

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : null;
}

function isTls(code: string, text: string): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|ERR_OSSL|EPROTO)/.test(code) ||
    /certificate/i.test(text)
  );
}

/** Anything can be thrown, also what no string can be made of. */
function textOf(error: unknown): Text {
  if (error instanceof Error) return String(error.message);
  try {
    return String(error);
  } catch {
    return say`something that is no error`;
  }
}

/** Classifies what a client threw. Unknown errors keep their text, cut short. */
export function classify(error: unknown): ReadingError {
  const code = codeOf(error);
  const text = String(textOf(error));
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return failure('timeout');
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  if (code !== null) {
    const kind = Object.hasOwn(KIND_BY_CODE, code) ? KIND_BY_CODE[code] : undefined;
    if (kind !== undefined) return failure(kind, /^\d/.test(code) ? text.slice(0, 160) : undefined);
    if (isTls(code, text)) return failure('tls', code);
  }
  if (/timeout|timed out/i.test(text)) return failure('timeout');
  if (/terminated|closed|ended/i.test(text)) return failure('closed');
  return failure('malformed', text.slice(0, 160));
}

/** Runs one question. Never throws: what goes wrong is the answer. */
export async function read<T>(question: () => Promise<T>, now: () => number): Promise<Reading<T>> {
  const start = performance.now();
  try {
    const value = await question();
    return { ok: true, value, at: now(), tookMs: round(performance.now() - start) };
  } catch (error) {
    return { ok: false, error: classify(error), at: now(), tookMs: round(performance.now() - start) };
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
