// The catalogues as browsers load them: a part for each kind of page, encoded once, with a version by which it may be kept for good.
import { createHash } from 'node:crypto';
import { isWordArea, WORD_AREAS, type WordArea } from '../contract/words';
import { partOf } from '../language/catalogue';
import { isLanguage, type Language } from '../language/language';
import { say } from '../language/sentence';
import { CATALOGUES } from '../language/speakers';
import { Refusal } from './route';

const KEPT = 'public, max-age=31536000, immutable';
const ASKED_AGAIN = 'no-cache';

const parts = new Map<string, string>();
const versions = new Map<Language, string>();

/** '' for English, which needs no words. */
export function wordsVersion(language: Language): string {
  const known = versions.get(language);
  if (known !== undefined) return known;
  const catalogue = CATALOGUES.get(language);
  const made = createHash('sha256')
    .update(JSON.stringify(catalogue ?? null))
    .digest('hex')
    .slice(0, 12);
  const version = catalogue === undefined ? '' : made;
  versions.set(language, version);
  return version;
}

/** What `GET /api/words/{language}/{area}` answers. `version`: what the browser asked for; another one is not kept. */
export function wordsAnswer(language: string, area: string, version: string | null): Response {
  const catalogue = isLanguage(language) ? CATALOGUES.get(language) : undefined;
  if (catalogue === undefined || !isLanguage(language) || !isWordArea(area))
    throw new Refusal('not_found', say`there is no catalogue of this language and area`);
  return new Response(partText(language, area), {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': version === wordsVersion(language) ? KEPT : ASKED_AGAIN,
      'x-content-type-options': 'nosniff',
    },
  });
}

function partText(language: Language, area: WordArea): string {
  const key = `${language}/${area}`;
  const known = parts.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(partOf(CATALOGUES.get(language) ?? { core: {}, screens: {} }, WORD_AREAS[area]));
  parts.set(key, text);
  return text;
}
