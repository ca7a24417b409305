// What a person reads of a question that failed. The kind decides the words; a detail comes from codes and peers, never from what was
// sent, so that no secret can be in it.
import { isSentence, say, type Text } from '../language/sentence';
import type { ReadingError, ReadingErrorKind } from './raw';

const WORDS: Readonly<Record<ReadingErrorKind, Text>> = {
  timeout: say`no answer in time`,
  refused: say`connection refused`,
  unreachable: say`host not reachable`,
  tls: say`TLS failed`,
  auth: say`sign-in refused`,
  denied: say`permission denied`,
  http: say`unexpected HTTP answer`,
  malformed: say`not a valid answer`,
  closed: say`connection closed without an answer`,
  skipped: say`not asked`,
  foreign: say`another one answers`,
};

export function failure(kind: ReadingErrorKind, detail?: Text): ReadingError {
  return { kind, message: detail === undefined ? WORDS[kind] : say`${WORDS[kind]}: ${detail}` };
}

/** A recording holds the English alone: its kind says which sentence it was. */
export function failureWords({ kind, message }: ReadingError): Text {
  if (isSentence(message)) return message;
  const head = String(WORDS[kind]);
  if (message === head) return WORDS[kind];
  return message.startsWith(`${head}: `) ? failure(kind, message.slice(head.length + 2)).message : message;
}

/** What an HTTP status says where the body is not the document that was asked for. The status decides, the body tells a page from a text. */
export function statusFailure(status: number, body: string): ReadingError {
  const isPage = /^\s*<(!doctype|html)/i.test(body);
  if (status === 401) return { kind: 'auth', message: say`answers 401: it asks for a user and password` };
  if (status === 403) return { kind: 'denied', message: say`answers 403: it does not let Howdah in` };
  if (status === 407) return { kind: 'auth', message: say`answers 407: a proxy asks for a user and password` };
  if (status === 502 || status === 504)
    return { kind: 'http', message: say`answers ${status}: a proxy that does not reach Patroni` };
  if (status >= 300 && status < 400)
    return { kind: 'http', message: say`answers ${status}: it sends elsewhere, which Patroni never does` };
  if (status === 404 || status === 400 || status === 421)
    return { kind: 'http', message: say`answers ${status}: something else than Patroni listens there` };
  if (isPage) return { kind: 'malformed', message: say`answers ${status} with a web page, not with Patroni's status` };
  return status === 200
    ? { kind: 'malformed', message: say`answers 200, and not with Patroni's status` }
    : { kind: 'http', message: say`answers ${status}` };
}
