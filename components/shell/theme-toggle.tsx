'use client';
import { useEffect } from 'react';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';

/** Paper is light, whatever the screen is: light words on a background that is not printed would not be seen. */
function onPaperLight(): () => void {
  const root = document.documentElement;
  let before: string | undefined;
  const begin = (): void => {
    before ??= root.dataset.theme;
    root.dataset.theme = 'light';
  };
  const end = (): void => {
    if (before !== undefined) root.dataset.theme = before;
    before = undefined;
  };
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  return () => {
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
  };
}

/** Both icons are in the page; the stylesheet shows the one for the theme, so nothing is guessed before hydration. */
export function ThemeToggle() {
  useEffect(onPaperLight, []);
  return (
    <button
      type="button"
      aria-label={t('Switch between dark and light')}
      title={t('Switch between dark and light')}
      className="flex size-7 items-center justify-center rounded-control text-f2 hover:text-f0"
      onClick={() => {
        const root = document.documentElement;
        const theme = root.dataset.theme === 'light' ? 'dark' : 'light';
        root.dataset.theme = theme;
        try {
          localStorage.setItem('howdah-theme', theme);
        } catch {
          // Private windows may forbid it: the choice then lasts as long as the page.
        }
      }}
    >
      <Icon name="sun" size={16} />
    </button>
  );
}
