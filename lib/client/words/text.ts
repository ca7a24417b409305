// Words of the screens. English is written where it is used and is the key of the other languages; the language is chosen before
// anything is drawn and changed by a reload. `wire` says what the server said: findings, checks, events, refusals.
import { LANGUAGES, type Language } from '../../language/language';
import { countForm, isSentence, type Text } from '../../language/sentence';
import { ENGLISH, type Speaker } from '../../language/speaker';

export { LANGUAGES, type Language, type Text };

/** Cookie of the choice; without it the browser's own setting counts. */
export const LANGUAGE_COOKIE = 'howdah-language';

type Values = Readonly<Record<string, string | number>>;

let current: Language = 'en';
let speaker: Speaker = ENGLISH;

export function language(): Language {
  return current;
}

/** Called once, before the first screen is drawn. */
export function installLanguage(chosen: Language, found: Speaker): void {
  current = chosen;
  speaker = found;
}

/** Marks a form that a constant keeps: the language is not known yet where the constant is made. Said later by `t(it)`. */
export function form(text: string): string {
  return text;
}

/** The text of a form: `t('Expires in {age}', { age })`. */
export function t(form: string, values: Values = {}): string {
  return speaker.fill(form, values) ?? put(form, values);
}

/** Of a count: `tn(3, '{n} member', '{n} members')`. Thousands are grouped by a thin space. */
export function tn(count: number, one: string, many: string, values: Values = {}): string {
  return (
    speaker.fill(countForm(one, many), { ...values, n: count }) ??
    put(count === 1 ? one : many, { ...values, n: grouped(count) })
  );
}

/** A form whose places hold more than text, in the order of the language. */
export function tParts<T>(form: string, values: Readonly<Record<string, T>>): readonly (string | T)[] {
  return (
    speaker.fillParts(form, values) ??
    form
      .split(/\{(\w+)\}/)
      .flatMap((part, index) => (index % 2 === 0 ? part : part in values ? (values[part] as T) : `{${part}}`))
  );
}

/** A text of the server in this language; what a person wrote stays as it is. */
export function wire(text: Text): string {
  return isSentence(text) ? speaker.speak(text) : text;
}

/** Fills a form: `{name}` by `values.name`. */
export function put(form: string, values: Values): string {
  return form.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/** Quantities over 999, grouped by a thin space. Never for identifiers. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
}
