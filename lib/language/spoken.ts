// Every language with its words: for the server, which may say a thing in any of them. A browser loads only its own.
import type { Language } from './language';
import { DOMAIN_RU } from './ru';
import { russian } from './russian';

/** Says a text of the core in one language. */
export type Speaker = (text: string) => string;

const { wire: inRussian } = russian(DOMAIN_RU);

export const SPEAKERS: Readonly<Record<Language, Speaker>> = {
  en: (text) => text,
  ru: inRussian,
};
