// Which language a person wants: the choice, else the browser's own setting. Pure but for remembering the choice.
import { isLanguage, LANGUAGES } from '../../language/language';
import { LANGUAGE_COOKIE, type Language } from './text';

const YEAR_SECONDS = 365 * 24 * 3600;

/** `chosen`: the cookie's value; `accepted`: the header Accept-Language. The one of ours that is wanted most; English where none is. */
export function chooseLanguage(chosen: string | undefined, accepted: string | null): Language {
  if (isLanguage(chosen)) return chosen;
  const wanted = (accepted ?? '').split(',').map(weighOf);
  const [best] = wanted
    .flatMap(({ tag, weight }) => {
      const language = tag === '*' ? 'en' : LANGUAGES.find((one) => tag === one || tag.startsWith(`${one}-`));
      return weight > 0 && language !== undefined ? [{ language, weight }] : [];
    })
    .sort((a, b) => b.weight - a.weight);
  return best?.language ?? 'en';
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
