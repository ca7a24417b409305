// Every language with its words: for the server, which may say a thing in any of them. A browser loads only its own.
import { type Catalogue, speakerFrom } from './catalogue';
import { LANGUAGES, type Language } from './language';
import { ENGLISH, type Speaker } from './speaker';

async function load(language: Language): Promise<readonly [Language, Catalogue]> {
  const { default: catalogue }: { readonly default: Catalogue } = await import(`./catalogues/${language}.json`);
  return [language, catalogue];
}

/** Of every language but English. */
export const CATALOGUES: ReadonlyMap<Language, Catalogue> = new Map(
  await Promise.all(LANGUAGES.filter((language) => language !== 'en').map(load)),
);

const SPEAKERS = new Map([...CATALOGUES].map(([language, catalogue]) => [language, speakerFrom(language, catalogue)]));

export function speakerOf(language: Language): Speaker {
  return SPEAKERS.get(language) ?? ENGLISH;
}
