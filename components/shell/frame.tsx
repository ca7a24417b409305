'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import type { Words } from './use-language';

/** Loaded only where it is drawn: a wall has neither its code nor its words nor its stream. */
const House = dynamic(() => import('./house').then((found) => found.House));

export function Frame({ words, children }: { words: Words; children: ReactNode }) {
  if (usePathname().startsWith('/wall/')) return children;
  return <House words={words}>{children}</House>;
}
