'use client';
import Link from 'next/link';
import { useFleet } from '@/lib/client/live/live';
import { form, t, tn } from '@/lib/client/words/text';

const PAGES = [
  { page: 'clusters', path: '/', word: form('Clusters') },
  { page: 'availability', path: '/availability', word: form('Availability') },
  { page: 'drift', path: '/drift', word: form('Drift') },
] as const;

/** The left part of the bar on the pages of all clusters: how many there are, and the way from one page to the other. */
export function FleetHead({ here }: { here: (typeof PAGES)[number]['page'] }) {
  const rows = useFleet()?.rows;
  const members = rows?.reduce((sum, row) => sum + row.members.length, 0) ?? 0;
  return (
    <div className="flex min-w-0 items-center gap-x-4 self-stretch whitespace-nowrap">
      <span className="font-semibold text-15 text-f0 md:max-lg:hidden">{t('Fleet')}</span>
      {rows && (
        <span className="text-13 text-f2 max-xl:hidden">
          {tn(rows.length, '{n} cluster', '{n} clusters')}, {tn(members, '{n} member', '{n} members')}
        </span>
      )}
      <FleetTabs here={here} className="self-stretch max-md:hidden" />
    </div>
  );
}

interface FleetTabsProps {
  readonly here: (typeof PAGES)[number]['page'];
  /** Where there is no room in the bar they stand above the content. */
  readonly className?: string;
}

export function FleetTabs({
  here,
  className = '-mx-3 -mt-3 mb-3 h-11 border-l1 border-b px-1.5 md:hidden',
}: FleetTabsProps) {
  return (
    <nav aria-label={t('Fleet')} className={`flex items-stretch gap-1 print:hidden ${className}`}>
      {PAGES.map(({ page, path, word }) => (
        <Link
          key={page}
          href={path}
          prefetch={false}
          aria-current={page === here ? 'page' : undefined}
          className="flex items-center px-2.5 text-13 text-f2 -outline-offset-2 hover:text-f0 aria-[current=page]:font-semibold aria-[current=page]:text-f0 aria-[current=page]:shadow-[inset_0_-2px_0_var(--f0)]"
        >
          {t(word)}
        </Link>
      ))}
    </nav>
  );
}
