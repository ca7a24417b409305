'use client';
import type { ReactNode } from 'react';
import type { Language } from '@/lib/client/text';
import { Providers } from './providers';
import { SideNav } from './side-nav';

/** What is around every page but a wall. */
export function House({ language, children }: { language: Language; children: ReactNode }) {
  return (
    <Providers language={language}>
      <div className="flex">
        <SideNav />
        {children}
      </div>
    </Providers>
  );
}
