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
