'use client';
import { LANGUAGE_WORDS, rememberLanguage } from '@/lib/client/words/language';
import { type Language, language } from '@/lib/client/words/text';

export const otherLanguage = (): Language => (language() === 'en' ? 'ru' : 'en');

/** A reload draws everything anew. */
export function switchLanguage(chosen: Language): void {
  rememberLanguage(chosen);
  location.reload();
}

/** The other language, in its own words. On a narrow screen the menu of the person has it. */
export function LanguageChoice({ className = '' }: { className?: string }) {
  const other = otherLanguage();
  return (
    <button
      type="button"
      lang={other}
      title={LANGUAGE_WORDS[other]}
      className={`flex size-7 items-center justify-center rounded-control font-medium text-11 text-f2 hover:text-f0 ${className}`}
      onClick={() => switchLanguage(other)}
    >
      <span aria-hidden="true">{other.toUpperCase()}</span>
      <span className="sr-only">{LANGUAGE_WORDS[other]}</span>
    </button>
  );
}
