// An error whose message is a sentence for people. Its message is the English, for the log; `said` keeps the form.
import { isSentence, type Text } from './sentence';

export class SpokenError extends Error {
  readonly said: Text;

  constructor(said: Text, options?: ErrorOptions) {
    super(String(said), options);
    this.said = said;
  }
}

/** What an error says to people: its sentence, or the words of whoever threw it. By shape: classes exist once a module graph. */
export function saidBy(error: unknown): Text {
  if (!(error instanceof Error)) return String(error);
  return 'said' in error && (isSentence(error.said) || typeof error.said === 'string') ? error.said : error.message;
}
