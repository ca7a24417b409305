import { cookies, headers } from 'next/headers';
import { chooseLanguage } from '@/lib/client/words/language';
import { LANGUAGE_COOKIE, type Language, put } from '@/lib/client/words/text';
import { speakerOf } from '@/lib/language/speakers';

export async function readLanguage(): Promise<Language> {
  return chooseLanguage((await cookies()).get(LANGUAGE_COOKIE)?.value, (await headers()).get('accept-language'));
}

/** Titles of pages: drawn by the server, which knows no language but that of the request. */
export async function pageText(): Promise<(form: string, values?: Readonly<Record<string, string>>) => string> {
  const speaker = speakerOf(await readLanguage());
  return (form, values = {}) => speaker.fill(form, values) ?? put(form, values);
}
