'use client';
import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import type { Language } from '@/lib/client/words/text';
import { isLightPage } from './light';
import { Providers } from './providers';

/** Loaded only where it is drawn: not on a phone's card. */
const SideNav = dynamic(() => import('./side-nav').then((found) => found.SideNav));

/** What is around every page but a wall. */
export function House({ language, children }: { language: Language; children: ReactNode }) {
  const isLight = isLightPage(usePathname());
  return (
    <Providers language={language}>
      <div className="flex">
        {!isLight && <SideNav />}
        {children}
      </div>
    </Providers>
  );
}
