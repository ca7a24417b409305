'use client';
import Link from 'next/link';
import { t } from '@/lib/client/words/text';

export function NotFoundPage() {
  return (
    <main className="min-w-0 grow p-4 md:p-6">
      <section className="max-w-[560px] rounded-panel border border-l1 bg-bg1 p-4">
        <h1 className="font-semibold text-18 text-f0">{t('No such page')}</h1>
        <p className="mt-1 text-f2">
          {t('Howdah has no page at this address.')}{' '}
          <Link href="/" className="rounded-chip text-accent underline">
            {t('All clusters')}
          </Link>
        </p>
      </section>
    </main>
  );
}
