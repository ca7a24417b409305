// Which language a person wants: the choice, else the browser's own setting. Pure but for remembering the choice.
import { LANGUAGE_COOKIE, type Language } from './text';

const YEAR_SECONDS = 365 * 24 * 3600;

export const LANGUAGE_WORDS: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' };

/** `chosen`: the cookie's value; `accepted`: the header Accept-Language. Russian where it is wanted more than English. */
export function chooseLanguage(chosen: string | undefined, accepted: string | null): Language {
  if (chosen === 'en' || chosen === 'ru') return chosen;
  const wanted = (accepted ?? '').split(',').map(weighOf);
  const found = wanted
    .filter(({ weight, tag }) => weight > 0 && /^(?:en|ru|\*)(?:-|$)/.test(tag))
    .sort((a, b) => b.weight - a.weight);
  return found[0]?.tag.startsWith('ru') === true ? 'ru' : 'en';
}

function weighOf(part: string): { readonly tag: string; readonly weight: number } {
  const [tag = '', ...more] = part.split(';').map((text) => text.trim().toLowerCase());
  const q = more.find((text) => text.startsWith('q='));
  const weight = q === undefined ? 1 : Number(q.slice(2));
  return { tag, weight: Number.isFinite(weight) ? weight : 0 };
}

/** For a year, in this browser. */
export function rememberLanguage(language: Language): void {
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not there on plain http, nor in every browser
  document.cookie = `${LANGUAGE_COOKIE}=${language}; Max-Age=${YEAR_SECONDS}; SameSite=Lax; Path=/${secure}`;
}
