'use client';
import { useSyncExternalStore } from 'react';

const QUERY = '(pointer: coarse), (max-width: 719.9px)';

/** A finger, or a screen as narrow as a phone's: confirm by holding, one column. */
export function useCoarse(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(QUERY);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(QUERY).matches,
    () => false,
  );
}
