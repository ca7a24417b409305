'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { isOutside } from '@/lib/client/access/door';
import { queryClient } from '@/lib/client/live/query-client';
import { isLightPage } from './light';
import { usePaletteKey } from './palette-key';
import { useLanguage, type Words } from './use-language';

const Desk = dynamic(() => import('./desk').then(({ Desk: found }) => found));

/** Nothing is drawn before the words are there: neither by the server nor by the first pass of the browser. */
export function Providers({ words, children }: { words: Words; children: ReactNode }) {
  const [client] = useState(queryClient);
  // There nothing of the shell is around: it would ask for what only those get who are in.
  const path = usePathname();
  const isReady = useLanguage(words, isLightPage(path) ? 'card' : 'desk');
  const hasDesk = !isOutside(path) && !isLightPage(path);
  usePaletteKey(hasDesk);
  return (
    <QueryClientProvider client={client}>
      {isReady && (
        <>
          {children}
          {hasDesk && <Desk />}
        </>
      )}
    </QueryClientProvider>
  );
}
