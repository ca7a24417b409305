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

const SELF_SIGNED = say`self-signed certificate`;
const EXPIRED = say`the certificate has expired`;
const NOT_TRUSTED = say`certificate of an authority that is not trusted here`;
const OTHER_NAME = say`the certificate is for another name`;
const NO_TLS = say`it does not speak TLS: http, not https`;
const NO_CLIENT = say`it asks for a client certificate`;
const BAD_CLIENT = say`it does not accept the client certificate`;

const TLS_WORDS: Readonly<Record<string, Text>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: NOT_TRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: NOT_TRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_TRUSTED,
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: say`the certificate is not valid yet`,
  CERT_REVOKED: say`the certificate is revoked`,
  ERR_TLS_CERT_ALTNAME_INVALID: OTHER_NAME,
  HOSTNAME_MISMATCH: OTHER_NAME,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CLIENT,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: BAD_CLIENT,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: BAD_CLIENT,
};

/** OpenSSL's text says what EPROTO hides. */
function tlsWords(code: string, text: string): Text {
  const known = Object.hasOwn(TLS_WORDS, code) ? TLS_WORDS[code] : undefined;
  if (known !== undefined) return known;
  if (/wrong version number|packet length too long|unknown protocol/i.test(text)) return NO_TLS;
  if (/certificate required/i.test(text)) return NO_CLIENT;
  if (/bad certificate|unknown ca/i.test(text)) return BAD_CLIENT;
  if (/self[- ]signed/i.test(text)) return SELF_SIGNED;
  if (/has expired/i.test(text)) return EXPIRED;
  if (/altname|hostname/i.test(text)) return OTHER_NAME;
  if (/unable to (get|verify)/i.test(text)) return NOT_TRUSTED;
  return code;
}

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

/** Why TLS failed, of a code or a text of OpenSSL, or of one within the text of another library. */
export function tlsFailure(text: string): ReadingError {
  const code = Object.keys(TLS_WORDS).find((known) => text.includes(known)) ?? '';
  const words = tlsWords(code, text);
  return failure('tls', words === '' ? undefined : words);
}

/** The kind of the system's error that stands in a text, as gRPC hands them on; null: none stands there. */
export function kindIn(text: string): ReadingErrorKind | null {
  const [code = ''] = /\bE[A-Z]{4,}\b/.exec(text) ?? [];
  return Object.hasOwn(KIND_BY_CODE, code) ? (KIND_BY_CODE[code] ?? null) : null;
}

/** Anything can be thrown, also what no string can be made of. */
export function textOf(error: unknown): string {
  if (error instanceof Error) return String(error.message);
  try {
    return String(error);
  } catch {
    return '';
  }
}

/** Ended by us, with the reason a person is told. */
export class ReadingRefused extends Error {
  readonly reading: ReadingError;

  constructor(reading: ReadingError) {
    super(String(reading.message));
    this.reading = reading;
  }
}

/** Classifies what a client threw. PostgreSQL's own words are kept, cut short; a library's never: they say nothing to a person. */
export function classify(error: unknown): ReadingError {
  if (error instanceof ReadingRefused) return error.reading;
  const code = codeOf(error);
  const text = textOf(error);
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return failure('timeout');
  if (error instanceof AggregateError && error.errors.length > 0) return classify(error.errors[0]);
  if (code !== null) {
    const kind = Object.hasOwn(KIND_BY_CODE, code) ? KIND_BY_CODE[code] : undefined;
    if (kind !== undefined) return failure(kind, /^\d/.test(code) ? text.slice(0, 160) : undefined);
    if (code.startsWith('HPE_')) return failure('http', say`it does not speak HTTP: perhaps https`);
    if (isTls(code, text)) return failure('tls', tlsWords(code, text));
  }
  if (/timeout|timed out/i.test(text)) return failure('timeout');
  if (/terminated|closed|ended|hang up|connection error/i.test(text)) return failure('closed');
  const isSqlState = code !== null && /^(?=.*\d)[0-9A-Z]{5}$/.test(code);
  return failure('malformed', isSqlState ? text.slice(0, 160) : undefined);
}

/** Runs one question. Never throws: what goes wrong is the answer, in the words of `words`. */
export async function read<T>(
  question: () => Promise<T>,
  now: () => number,
  words: (error: unknown) => ReadingError = classify,
): Promise<Reading<T>> {
  const start = performance.now();
  try {
    const value = await question();
    return { ok: true, value, at: now(), tookMs: round(performance.now() - start) };
  } catch (error) {
    return { ok: false, error: words(error), at: now(), tookMs: round(performance.now() - start) };
  }
}

/** The same, given up at the deadline; what comes later is heard by nobody. */
export async function readWithin<T>(
  question: () => Promise<T>,
  deadlineMs: number,
  now: () => number,
  words: (error: unknown) => ReadingError = classify,
): Promise<Reading<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' })), deadlineMs);
  });
  const reading = await read(
    () => {
      const answer = question();
      answer.catch(() => undefined);
      return Promise.race([answer, late]);
    },
    now,
    words,
  );
  clearTimeout(timer);
  return reading;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
