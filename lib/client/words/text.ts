// Words of the screens. English is written where it is used and is the key of the other languages; the language is chosen before
// anything is drawn and changed by a reload. `wire` says what the server said: findings, checks, events, refusals.
import { LANGUAGES, type Language } from '../../language/language';
import { put, type Translator } from '../../language/translate';

export { LANGUAGES, type Language };

/** Cookie of the choice; without it the browser's own setting counts. */
export const LANGUAGE_COOKIE = 'howdah-language';

let current: Language = 'en';
let translator: Translator | null = null;

export function language(): Language {
  return current;
}

/** Called once, before the first screen is drawn. */
export function installLanguage(chosen: Language, found: Translator | null): void {
  current = chosen;
  translator = found;
}

/** Marks a form that a constant keeps: the language is not known yet where the constant is made. Said later by `t(it)`. */
export function form(text: string): string {
  return text;
}

/** The text of a form: `t('Expires in {age}', { age })`. */
export function t(form: string, values: Readonly<Record<string, string | number>> = {}): string {
  return translator?.fill(form, values) ?? put(form, values);
}

/** Of a count: `tn(3, '{n} member', '{n} members')`. The form of many is the key; thousands are grouped by a thin space. */
export function tn(
  count: number,
  one: string,
  many: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const all = { n: String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009'), ...values };
  return translator?.fill(many, all) ?? put(count === 1 ? one : many, all);
}

/** A text of the server in this language; names stay as they are. */
export function wire(text: string): string {
  return translator?.wire(text) ?? text;
}

/** A quantity in this language: `20.5 MiB`, `3 h 12 min`, `unknown`. Everything of format.ts goes through it; other text stays. */
export function quantity(text: string): string {
  return translator?.quantity(text) ?? text;
}
