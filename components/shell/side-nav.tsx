'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { isOutside } from '@/lib/client/access/door';
import { form, t } from '@/lib/client/words/text';
import { RequestsBadge } from '../access/requests-badge';
import { UserMenu } from '../access/user-menu';
import { Icon, Logo } from '../ui/icon';
import { AlertBadge } from './alert-badge';

export const PLACES = [
  { path: '/', word: form('Fleet'), icon: 'fleet' },
  { path: '/events', word: form('Events'), icon: 'events' },
  { path: '/alerts', word: form('Alerts'), icon: 'bell' },
  { path: '/audit', word: form('Audit'), icon: 'audit' },
] as const;

/** Availability, drift and the sources are pages of the fleet. */
export function isHere(path: string, here: string): boolean {
  return path === '/'
    ? here === '/' ||
        here === '/availability' ||
        here === '/drift' ||
        here === '/sources' ||
        here.startsWith('/clusters/')
    : here === path;
}

export function SideNav() {
  const here = usePathname();
  if (isOutside(here)) return null;
  return (
    <nav
      aria-label={t('Main')}
      className="sticky top-0 hidden h-dvh w-16 shrink-0 flex-col items-center gap-1 border-l1 border-r bg-bg0 pt-3.5 md:flex print:hidden"
    >
      <Logo className="mb-3 text-f0" />
      {PLACES.map(({ path, word, icon }) => {
        const current = isHere(path, here);
        return (
          <Link
            key={path}
            href={path}
            prefetch={false}
            aria-current={current ? 'page' : undefined}
            className="relative flex h-12 w-[52px] flex-col items-center justify-center gap-1 rounded-control font-medium text-11 text-f2 [html[lang=ru]_&]:w-[60px] [html[lang=ru]_&]:text-10 hover:text-f0 aria-[current=page]:bg-bg3 aria-[current=page]:text-f0"
          >
            <Icon name={icon} size={17} />
            {t(word)}
            {path === '/alerts' && <AlertBadge className="absolute top-0.5 right-0.5" />}
            {path === '/' && <RequestsBadge className="absolute top-0.5 right-0.5" />}
          </Link>
        );
      })}
      <UserMenu className="mt-auto mb-3 size-11 justify-center" />
    </nav>
  );
}
