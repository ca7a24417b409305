'use client';
import { LANGUAGE_WORDS, rememberLanguage } from '@/lib/client/language';
import { language } from '@/lib/client/text';

/** The other language, in its own words. A reload draws everything anew. */
export function LanguageChoice() {
  const other = language() === 'en' ? 'ru' : 'en';
  return (
    <button
      type="button"
      lang={other}
      title={LANGUAGE_WORDS[other]}
      className="flex size-7 items-center justify-center rounded-control font-medium text-11 text-f2 hover:text-f0"
      onClick={() => {
        rememberLanguage(other);
        location.reload();
      }}
    >
      <span aria-hidden="true">{other.toUpperCase()}</span>
      <span className="sr-only">{LANGUAGE_WORDS[other]}</span>
    </button>
  );
}
