'use client';
import { rememberLanguage } from '@/lib/client/words/language';
import { LANGUAGES, type Language, language } from '@/lib/client/words/text';
import { nameOfLanguage } from '@/lib/language/language';

export const otherLanguages = (): readonly Language[] => LANGUAGES.filter((one) => one !== language());

/** The one after this, round and round. */
const nextLanguage = (): Language => LANGUAGES[(LANGUAGES.indexOf(language()) + 1) % LANGUAGES.length] ?? 'en';

/** A reload draws everything anew. */
export function switchLanguage(chosen: Language): void {
  rememberLanguage(chosen);
  location.reload();
}

/** The next language, in its own words. On a narrow screen the menu of the person has it. */
export function LanguageChoice({ className = '' }: { className?: string }) {
  const other = nextLanguage();
  return (
    <button
      type="button"
      lang={other}
      title={nameOfLanguage(other)}
      className={`flex size-7 items-center justify-center rounded-control font-medium text-11 text-f2 hover:text-f0 ${className}`}
      onClick={() => switchLanguage(other)}
    >
      <span aria-hidden="true">{other.toUpperCase()}</span>
      <span className="sr-only">{nameOfLanguage(other)}</span>
    </button>
  );
}
