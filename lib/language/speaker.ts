// Who says a sentence in one language. English needs no catalogue: every sentence knows its English.
import type { Text } from './sentence';

export interface Speaker {
  /** A language tag, `ru`. */
  readonly language: string;
  readonly speak: (text: Text) => string;
  /** A form of a screen with its values; null: this language has no message for it. */
  readonly fill: (form: string, values: Readonly<Record<string, string | number>>) => string | null;
  /** The same where its places hold other things than text. */
  readonly fillParts: <T>(form: string, values: Readonly<Record<string, T>>) => readonly (string | T)[] | null;
}

export const ENGLISH: Speaker = {
  language: 'en',
  speak: (text) => String(text),
  fill: () => null,
  fillParts: () => null,
};
