// A sentence in another language: its form is the key of an ICU message. Pure and total: what has no message, or a broken one, stays
// English. Only languages other than English load this.
import { type Formatters, IntlMessageFormat } from 'intl-messageformat';
import { CAPITAL, type Carried, isSentence, nested, type Text, UNSTOPPED, withCapital, withoutStop } from './sentence';
import type { Speaker } from './speaker';

/** ICU messages by their English form. */
export type Messages = Readonly<Record<string, string>>;

type Values = Readonly<Record<string, string | number>>;

/** `messages`: what `find` answers for a form; null: it has none. */
export function speakerOf(language: string, find: (form: string) => string | null): Speaker {
  const made = new Map<string, IntlMessageFormat | null>();
  const messageOf = (form: string): IntlMessageFormat | null => {
    const known = made.get(form);
    if (known !== undefined) return known;
    // Punctuation between texts is the same everywhere.
    const text = find(form) ?? (/\p{L}/u.test(form) ? null : form);
    const message = text === null ? null : compiled(text, language);
    // The forms are as many as the catalogue has; others, of stored sentences, are not remembered.
    if (text !== null) made.set(form, message);
    return message;
  };
  const inside = ([form, ...args]: Carried): string => {
    const values = Object.fromEntries(
      args.map((arg, index): [number, string | number] => [index, typeof arg === 'object' ? inside(nested(arg)) : arg]),
    );
    if (form === CAPITAL) return withCapital(String(values[0]));
    if (form === UNSTOPPED) return withoutStop(String(values[0]));
    return filled(messageOf(form) ?? compiled(form, 'en'), values) ?? form;
  };
  return {
    language,
    speak: (text: Text) => {
      if (!isSentence(text)) return text;
      return messageOf(text.carried[0]) === null ? String(text) : inside(text.carried);
    },
    fill: (form, values) => filled(messageOf(form), values),
    fillParts: (form, values) => parted(messageOf(form), values),
  };
}

/** The locale's own, but for thousands: grouped by a thin space in every language. */
const FORMATTERS: Formatters = {
  getNumberFormat: (locales, options) => {
    const format = new Intl.NumberFormat(locales, options);
    const thin = (value: number | bigint): string =>
      format
        .formatToParts(value)
        .map(({ type, value: part }) => (type === 'group' ? '\u2009' : part))
        .join('');
    // Its own `format` is a getter: it is stood in front of, not written over.
    return Object.create(format, { format: { value: thin } });
  },
  getDateTimeFormat: (...args) => new Intl.DateTimeFormat(...args),
  getPluralRules: (...args) => new Intl.PluralRules(...args),
};

/** null: it is no ICU message. */
export function compiled(text: string, language: string): IntlMessageFormat | null {
  try {
    return new IntlMessageFormat(text, language, undefined, { ignoreTag: true, formatters: FORMATTERS });
  } catch {
    return null;
  }
}

function filled(message: IntlMessageFormat | null, values: Values): string | null {
  try {
    return message === null ? null : String(message.format(values));
  } catch {
    return null;
  }
}

function parted<T>(
  message: IntlMessageFormat | null,
  values: Readonly<Record<string, T>>,
): readonly (string | T)[] | null {
  if (message === null) return null;
  try {
    return message.formatToParts<T>(values as Record<string, never>).map(({ value }) => value as string | T);
  } catch {
    return null;
  }
}
