'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';
import { AlertBadge } from './alert-badge';
import { isHere, PLACES } from './side-nav';

/** The places of the side navigation where the thumb is: on narrow screens, on every page. */
export function PhoneNav() {
  const here = usePathname();
  return (
    <nav
      aria-label={t('Main')}
      className="sticky bottom-0 z-20 grid auto-cols-fr grid-flow-col border-l1 border-t bg-bg0 pb-[env(safe-area-inset-bottom)] md:hidden print:hidden"
    >
      {PLACES.map(({ path, word, icon }) => {
        const current = isHere(path, here);
        return (
          <Link
            key={path}
            href={path}
            prefetch={false}
            aria-current={current ? 'page' : undefined}
            className="relative flex min-h-[52px] flex-col items-center justify-center gap-0.5 font-medium text-11 text-f2 -outline-offset-2 aria-[current=page]:text-f0"
          >
            <Icon name={icon} size={18} />
            {t(word)}
            {path === '/alerts' && <AlertBadge className="absolute top-1 left-[calc(50%+8px)]" />}
          </Link>
        );
      })}
    </nav>
  );
}
