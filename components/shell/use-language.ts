'use client';
import { useEffect, useState } from 'react';
import { loadLanguage } from '@/lib/client/words/load';
import type { Language } from '@/lib/client/words/text';
import type { WordArea } from '@/lib/contract/words';

export interface Words {
  readonly language: Language;
  /** Of its catalogue, as wordsVersion says; '' for English. */
  readonly version: string;
}

/** Whether the words of this language are there. Where they cannot be loaded the screens are English, not empty. */
export function useLanguage({ language, version }: Words, area: WordArea): boolean {
  const [isReady, setReady] = useState(language === 'en');
  useEffect(() => {
    if (language === 'en') return;
    let isOver = false;
    loadLanguage(language, area, version)
      .catch(() => {
        document.documentElement.lang = 'en';
      })
      .finally(() => {
        if (!isOver) setReady(true);
      });
    return () => {
      isOver = true;
    };
  }, [language, version, area]);
  return isReady;
}
