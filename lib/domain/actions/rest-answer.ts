// An answer of Patroni's REST to an action, and how it has to be taken before anything is observed. It ends nothing by itself.

import { say, type Text } from '../../language/sentence';
import type { ReadingErrorKind } from '../raw';

/** What Patroni's REST answered, or why there was no answer. */
export interface RestSeen {
  readonly at: number;
  readonly status: number | null;
  readonly text: Text;
  readonly error: ReadingErrorKind | null;
}

/** How an answer of Patroni's REST has to be taken, before anything is observed. */
export function readAnswer(answer: RestSeen | null): 'none' | 'accepted' | 'refused' | 'unsent' | 'undecided' {
  if (answer === null) return 'none';
  if (
    answer.error === 'refused' ||
    answer.error === 'unreachable' ||
    answer.error === 'tls' ||
    answer.error === 'skipped'
  )
    return 'unsent';
  if (answer.status === null) return 'undecided';
  if (answer.status >= 200 && answer.status < 300) return 'accepted';
  // 4xx: checked before anything was done. 409: somebody else changed it first. 5xx may be said while it goes on.
  return answer.status >= 400 && answer.status < 500 ? 'refused' : 'undecided';
}

/** Patroni's text without its HTML. */
export function answerText(answer: RestSeen | null): Text {
  if (answer === null) return say`no answer`;
  if (answer.status === null) return answer.text;
  const plain = String(answer.text)
    .replace(/<(head|style)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return `${answer.status} ${plain}`.trim().slice(0, 240);
}
