'use client';
import Link from 'next/link';
import { t } from '@/lib/client/words/text';
import { SeverityIcon } from '../ui/glyph';

/** A mistake in this page, not in a cluster: says so, and that watching goes on. */
export function ErrorPage({ text, onRetry }: { text: string; onRetry: () => void }) {
  return (
    <main className="min-w-0 grow p-4 md:p-6">
      <section role="alert" className="max-w-[560px] rounded-panel border border-l1 bg-bg1 p-4">
        <h1 className="flex items-center gap-2 font-semibold text-15 text-f0">
          <SeverityIcon health="warning" /> {t('This page failed to draw')}
        </h1>
        <p className="mt-1 text-f2">
          {t("It is a fault of Howdah's screen. The server goes on watching, and says nothing here about any cluster.")}
        </p>
        <pre className="my-3 overflow-x-auto rounded-control bg-bg2 px-3 py-2 text-12 text-f1">{text}</pre>
        <div className="flex items-center gap-4">
          <button
            type="button"
            onClick={onRetry}
            className="h-8 rounded-control border border-l2 bg-bg2 px-3 font-medium text-12 text-f0 hover:border-l3"
          >
            {t('Draw it again')}
          </button>
          <Link href="/" className="rounded-chip text-accent underline">
            {t('All clusters')}
          </Link>
        </div>
      </section>
    </main>
  );
}
