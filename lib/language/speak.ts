// A sentence in another language: its form is the key of an ICU message. Pure and total: what has no message, or a broken one, stays
// English. Only languages other than English load this.
import { fillIcu, type IcuMessage, parseIcu } from './icu';
import { CAPITAL, type Carried, isSentence, nested, type Text, UNSTOPPED, withCapital, withoutStop } from './sentence';
import type { Speaker } from './speaker';

/** ICU messages by their English form. */
export type Messages = Readonly<Record<string, string>>;

type Values = Readonly<Record<string, string | number>>;

/** `messages`: what `find` answers for a form; null: it has none. */
export function speakerOf(language: string, find: (form: string) => string | null): Speaker {
  const made = new Map<string, IcuMessage | null>();
  const messageOf = (form: string): IcuMessage | null => {
    const known = made.get(form);
    if (known !== undefined) return known;
    // Punctuation between texts is the same everywhere.
    const text = find(form) ?? (/\p{L}/u.test(form) ? null : form);
    const message = text === null ? null : parseIcu(text);
    // The forms are as many as the catalogue has; others, of stored sentences, are not remembered.
    if (text !== null) made.set(form, message);
    return message;
  };
  const fill = (message: IcuMessage | null, values: Values, as = language): string | null =>
    message === null ? null : (fillIcu(message, values, as)?.join('') ?? null);
  const inside = ([form, ...args]: Carried): string => {
    const values = Object.fromEntries(
      args.map((arg, index): [number, string | number] => [index, typeof arg === 'object' ? inside(nested(arg)) : arg]),
    );
    if (form === CAPITAL) return withCapital(String(values[0]));
    if (form === UNSTOPPED) return withoutStop(String(values[0]));
    return fill(messageOf(form), values) ?? fill(parseIcu(form), values, 'en') ?? form;
  };
  return {
    language,
    speak: (text: Text) => {
      if (!isSentence(text)) return text;
      return messageOf(text.carried[0]) === null ? String(text) : inside(text.carried);
    },
    fill: (form, values) => fill(messageOf(form), values),
    fillParts: (form, values) => {
      const message = messageOf(form);
      return message === null ? null : fillIcu(message, values, language);
    },
  };
}
