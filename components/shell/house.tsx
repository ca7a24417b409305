'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { isLightPage } from './light';
import { Providers } from './providers';
import type { Words } from './use-language';

/** Loaded only where it is drawn: not on a phone's card. */
const SideNav = dynamic(() => import('./side-nav').then((found) => found.SideNav));

/** What is around every page but a wall. */
export function House({ words, children }: { words: Words; children: ReactNode }) {
  const isLight = isLightPage(usePathname());
  return (
    <Providers words={words}>
      <div className="flex">
        {!isLight && <SideNav />}
        {children}
      </div>
    </Providers>
  );
}
