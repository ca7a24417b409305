'use client';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { t } from '@/lib/client/words/text';
import { AccessBanners, OpenNote } from '../access/access-banners';
import { RequestsBadge } from '../access/requests-badge';
import { UserMenu } from '../access/user-menu';
import { Icon } from '../ui/icon';
import { ConnectionBanner } from './connection-banner';
import { Heartbeat } from './heartbeat';
import { LanguageChoice } from './language-choice';
import { openPalette } from './palette-key';
import { PhoneNav } from './phone-nav';
import { ThemeToggle } from './theme-toggle';

/** One screen: the bar with its own left part, the connection banner, the content. */
export function Screen({ left, children }: { left: ReactNode; children: ReactNode }) {
  const home = usePathname() === '/';
  return (
    <div className="flex min-h-dvh min-w-0 grow flex-col">
      <header className="top-0 z-30 flex min-h-12 items-center gap-3 border-l1 border-b bg-bg0 px-4 md:sticky md:px-6 print:static">
        <div className="flex min-w-0 grow basis-0 items-center self-stretch max-md:overflow-x-clip max-md:[overflow-clip-margin:4px] md:basis-auto md:overflow-x-auto md:[scrollbar-width:none]">
          {left}
        </div>
        <button
          type="button"
          onClick={openPalette}
          className="flex h-[30px] shrink-0 items-center gap-2.5 overflow-clip whitespace-nowrap rounded-control border border-l2 bg-bg1 px-2.5 text-13 text-f3 hover:border-l3 max-md:size-9 max-md:justify-center max-md:p-0 lg:w-[280px] lg:min-w-9 lg:shrink-[99] xl:w-[360px] print:hidden"
          aria-label={t('Cluster, member or action, Ctrl K')}
          aria-haspopup="dialog"
        >
          <Icon name="search" className="shrink-0 text-f2" />
          <span className="min-w-0 truncate max-lg:hidden">{t('Cluster, member or action')}</span>
          <kbd className="ml-auto rounded-chip border border-l2 bg-bg2 px-1.5 font-sans text-11 text-f2 max-lg:hidden">
            Ctrl K
          </kbd>
        </button>
        <div className="flex shrink-0 items-center justify-end gap-3 lg:grow print:hidden">
          <Heartbeat />
          <LanguageChoice className="max-md:hidden" />
          <ThemeToggle />
          <span className="flex items-center gap-1 md:hidden">
            {!home && <RequestsBadge />}
            <UserMenu className="size-9 justify-center" />
          </span>
        </div>
      </header>
      <AccessBanners />
      <main className="min-w-0 grow px-3 pt-3 pb-6 md:px-6 md:pt-3.5">{children}</main>
      <OpenNote />
      {/* Last, so that its coming moves nothing. */}
      <ConnectionBanner />
      <PhoneNav />
    </div>
  );
}
