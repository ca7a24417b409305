'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';
import { Screen } from './screen';

/** A page of its own beside the fleet, with its title and, on a phone, the way back. */
export function TitleScreen({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Screen
      left={
        <>
          <Link
            href="/"
            aria-label={t('Fleet')}
            className="flex size-9 items-center justify-center rounded-control text-f2 pointer-coarse:size-11 md:hidden"
          >
            <Icon name="back" size={18} />
          </Link>
          <span className="font-semibold text-f0 max-md:text-15">{title}</span>
        </>
      }
    >
      <h1 className="mb-3 font-semibold text-18 text-f0">{title}</h1>
      {children}
    </Screen>
  );
}
