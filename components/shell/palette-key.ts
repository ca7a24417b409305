'use client';
// How the palette is asked for: here and not beside it, so that a screen can ask without its code.
import { useEffect } from 'react';
import { createMailbox } from '@/lib/client/live/mailbox';

export const PALETTE = createMailbox<void>();

export function openPalette(): void {
  PALETTE.call();
}

/** Ctrl K where there is a palette; again, and it closes. */
export function usePaletteKey(isThere: boolean): void {
  useEffect(() => {
    if (!isThere) return;
    const onKey = (event: KeyboardEvent): void => {
      // Under a modal dialog it could not be reached.
      if (document.querySelector('dialog[open]') !== null) return;
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      openPalette();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [isThere]);
}
