'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { t, wire } from '@/lib/client/words/text';
import { saidBy } from '@/lib/language/spoken-error';
import { SeverityIcon } from '../ui/glyph';

type Asked = Pick<UseQueryResult<unknown>, 'data' | 'error' | 'isError'>;

/** Nothing yet, or why not; what was read before stays below its fault. */
export function PanelState({ asked, children }: { asked: Asked; children: ReactNode }) {
  return (
    <>
      {asked.isError && (
        <p
          role="status"
          className="bar-unknown flex items-start gap-2 border-l1 border-b bg-unknown-tint px-3.5 py-2 text-12"
        >
          <SeverityIcon health="unknown" className="mt-0.5" />
          <span className="min-w-0 break-words">
            {asked.data === undefined
              ? t('It could not be read.')
              : t('Could not be refreshed; what is shown is older.')}{' '}
            {asked.error === null ? '' : wire(saidBy(asked.error))}
          </span>
        </p>
      )}
      {asked.data === undefined ? !asked.isError && <p className="h-14" /> : children}
    </>
  );
}

export function Problem({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p role="alert" className="break-words text-12 text-warning">
      {text}
    </p>
  );
}

export const ROW = 'flex flex-wrap items-center gap-x-3 gap-y-1.5 border-l1 border-t px-3.5 py-2.5 first:border-t-0';
