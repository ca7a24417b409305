import { cookies, headers } from 'next/headers';
import { chooseLanguage } from '@/lib/client/words/language';
import { PAGES } from '@/lib/client/words/ru/pages';
import { LANGUAGE_COOKIE, type Language } from '@/lib/client/words/text';
import { russian } from '@/lib/language/russian';
import { put } from '@/lib/language/translate';

export async function readLanguage(): Promise<Language> {
  return chooseLanguage((await cookies()).get(LANGUAGE_COOKIE)?.value, (await headers()).get('accept-language'));
}

/** Titles of pages: drawn by the server, which knows no language but that of the request. */
export async function pageText(): Promise<(form: string, values?: Readonly<Record<string, string>>) => string> {
  const words = (await readLanguage()) === 'ru' ? russian({}, PAGES) : null;
  return (form, values = {}) => words?.fill(form, values) ?? put(form, values);
}
