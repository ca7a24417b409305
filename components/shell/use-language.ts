'use client';
import { useEffect, useState } from 'react';
import { installLanguage, type Language } from '@/lib/client/words/text';

/** Whether the words of this language are there. Where they cannot be loaded the screens are English, not empty. */
export function useLanguage(language: Language): boolean {
  const [isReady, setReady] = useState(language === 'en');
  useEffect(() => {
    if (language === 'en') return;
    let isOver = false;
    import('@/lib/client/words/russian')
      .then(({ RUSSIAN }) => installLanguage('ru', RUSSIAN))
      .catch(() => {
        document.documentElement.lang = 'en';
      })
      .finally(() => {
        if (!isOver) setReady(true);
      });
    return () => {
      isOver = true;
    };
  }, [language]);
  return isReady;
}
