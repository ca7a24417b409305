// The catalogues as browsers load them: a part for each kind of page, encoded once, with a version by which it may be kept for good.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { isWordArea, WORD_AREAS, type WordArea } from '../contract/words';
import { partOf } from '../language/catalogue';
import { isLanguage, type Language } from '../language/language';
import { say } from '../language/sentence';
import { CATALOGUES } from '../language/speakers';
import { Refusal } from './route';

const KEPT = 'public, max-age=31536000, immutable';
const ASKED_AGAIN = 'no-cache';

/** A seventh less than gzip makes of it, in a tenth of a second; the best quality would take two. */
const QUALITY = 9;
const brotli = promisify(brotliCompress);

const parts = new Map<string, string>();
const packed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
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

/**
 * What `GET /api/words/{language}/{area}` answers. `version`: what the browser asked for; another one is not kept. `encodings`: its
 * Accept-Encoding; where brotli is not in it, the web server makes gzip of the text.
 */
export async function wordsAnswer(
  language: string,
  area: string,
  version: string | null,
  encodings: string | null,
): Promise<Response> {
  const catalogue = isLanguage(language) ? CATALOGUES.get(language) : undefined;
  if (catalogue === undefined || !isLanguage(language) || !isWordArea(area))
    throw new Refusal('not_found', say`there is no catalogue of this language and area`);
  const isPacked = takesBrotli(encodings ?? '');
  return new Response(isPacked ? await partPacked(language, area) : partText(language, area), {
    headers: {
      ...(isPacked ? { 'content-encoding': 'br' } : {}),
      vary: 'accept-encoding',
      'content-type': 'application/json; charset=utf-8',
      'cache-control': version === wordsVersion(language) ? KEPT : ASKED_AGAIN,
      'x-content-type-options': 'nosniff',
    },
  });
}

function takesBrotli(encodings: string): boolean {
  return encodings.split(',').some((one) => /^\s*br\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(one));
}

function partPacked(language: Language, area: WordArea): Promise<Uint8Array<ArrayBuffer>> {
  const key = `${language}/${area}`;
  const known = packed.get(key);
  if (known !== undefined) return known;
  const made = brotli(partText(language, area), { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }).then(
    (bytes) => new Uint8Array(bytes),
  );
  packed.set(key, made);
  return made;
}

function partText(language: Language, area: WordArea): string {
  const key = `${language}/${area}`;
  const known = parts.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(partOf(CATALOGUES.get(language) ?? { core: {}, screens: {} }, WORD_AREAS[area]));
  parts.set(key, text);
  return text;
}
