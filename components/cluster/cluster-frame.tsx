'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useConnection, useFleet } from '@/lib/client/live/live';
import { form, t } from '@/lib/client/words/text';
import { RequestsBanner } from '../access/requests-banner';
import { RunningBanner } from '../actions/running-banner';
import { openPalette } from '../shell/palette-key';
import { Screen } from '../shell/screen';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';

/** `member`: a page beside the tabs, of one member. */
export type Tab = 'overview' | 'activity' | 'backups' | 'config' | 'drift' | 'events' | 'audit' | 'member';

const TABS = [
  { tab: 'overview', path: '', word: form('Overview') },
  { tab: 'activity', path: '/activity', word: form('Activity') },
  { tab: 'backups', path: '/backups', word: form('Backups') },
  { tab: 'config', path: '/config', word: form('Configuration') },
  { tab: 'drift', path: '/drift', word: form('Drift') },
  { tab: 'events', path: '/events', word: form('Events') },
  { tab: 'audit', path: '/audit', word: form('Audit') },
] as const;

interface ClusterFrameProps {
  readonly scope: string;
  /** null: a page below the tabs, named by `crumb`. */
  readonly tab: Tab | null;
  readonly crumb?: string;
  /** Whose page it is. */
  readonly member?: string | null;
  /** What is shown is not now: nothing of now is said among it. */
  readonly past?: boolean;
  readonly children: ReactNode;
}

/** Breadcrumb and tabs of one cluster; says so when Howdah knows no such scope. */
export function ClusterFrame({ scope, tab, crumb, member = null, past = false, children }: ClusterFrameProps) {
  const fleet = useFleet();
  const { phase } = useConnection();
  const base = `/clusters/${encodeURIComponent(scope)}`;
  // What was done to a cluster, and what it was, can be read also when the cluster is gone.
  const kept = past || tab === null || tab === 'audit' || tab === 'events';
  const missing = !kept && phase === 'open' && fleet !== undefined && !fleet.rows.some((row) => row.scope === scope);
  const left = (
    <div className="flex min-w-0 items-center gap-2 self-stretch">
      <Link
        href={member === null ? '/' : base}
        aria-label={member === null ? t('Fleet') : t('Cluster')}
        className="flex size-9 items-center justify-center rounded-control text-f2 lg:hidden"
      >
        <Icon name="back" size={18} />
      </Link>
      <Link href="/" className="rounded-chip text-f2 hover:text-f0 max-lg:hidden">
        {t('Fleet')}
      </Link>
      <span className="text-f3 max-lg:hidden" aria-hidden="true">
        /
      </span>
      <button
        type="button"
        onClick={openPalette}
        aria-label={t('{scope}, go to another cluster', { scope })}
        aria-haspopup="dialog"
        className={`flex min-w-0 items-center gap-1.5 rounded-chip font-semibold text-f0 max-md:min-h-9 max-md:text-15 ${crumb === undefined ? 'md:max-lg:hidden' : ''}`}
      >
        <Name text={scope} limit={18} className="min-w-0 truncate min-[1600px]:hidden" />
        <Name text={scope} limit={40} className="min-w-0 truncate max-[1599px]:hidden" />
        <Icon name="chevron" size={13} className="text-f2" />
      </button>
      {member !== null && (
        <>
          <span className="text-f3 max-lg:hidden" aria-hidden="true">
            /
          </span>
          <span className="min-w-0 font-semibold text-f0 max-md:hidden">
            <Name text={member} limit={14} />
          </span>
        </>
      )}
      {crumb === undefined ? (
        <Tabs base={base} tab={tab} className="ml-4 shrink-0 self-stretch whitespace-nowrap max-md:hidden" />
      ) : (
        <span className="flex min-w-0 items-center gap-2 max-md:hidden">
          <span className="text-f3" aria-hidden="true">
            /
          </span>
          <span className="truncate font-semibold text-f0">{crumb}</span>
          <Link href={base} className="ml-4 whitespace-nowrap rounded-chip text-f2 hover:text-f0">
            {t('Overview')}
          </Link>
        </span>
      )}
    </div>
  );
  return (
    <Screen left={left}>
      <Tabs
        base={base}
        tab={tab}
        className="-mx-3 -mt-3 mb-3 h-11 justify-between overflow-x-auto whitespace-nowrap border-l1 border-b px-1.5 md:hidden"
      />
      {!missing && !past && crumb === undefined && <RunningBanner scope={scope} />}
      {!missing && !past && crumb === undefined && <RequestsBanner scope={scope} />}
      {missing ? <NotFound scope={scope} /> : children}
    </Screen>
  );
}

function Tabs({ base, tab, className }: { base: string; tab: Tab | null; className: string }) {
  return (
    <nav aria-label={t('Cluster')} className={`flex items-stretch gap-1 print:hidden ${className}`}>
      <Link
        href={`${base}/now`}
        prefetch={false}
        className="flex items-center px-2.5 text-13 text-f2 -outline-offset-2 max-md:px-1.5 md:hidden"
      >
        {t('Now')}
      </Link>
      {TABS.map((entry) => (
        <Link
          key={entry.tab}
          href={base + entry.path}
          prefetch={false}
          aria-current={entry.tab === tab ? 'page' : undefined}
          className="flex items-center px-2.5 text-13 text-f2 -outline-offset-2 hover:text-f0 max-md:px-1.5 aria-[current=page]:font-semibold aria-[current=page]:text-f0 aria-[current=page]:shadow-[inset_0_-2px_0_var(--f0)]"
        >
          {t(entry.word)}
        </Link>
      ))}
    </nav>
  );
}

function NotFound({ scope }: { scope: string }) {
  return (
    <section className="rounded-panel border border-l1 bg-bg1 p-4">
      <h1 className="break-all font-semibold text-18 text-f0">{t('No cluster named {scope}', { scope })}</h1>
      <p className="mt-1 text-f2">
        {t('None of the configured sources has this scope now. It appears here by itself when one does.')}{' '}
        <Link href="/" className="rounded-chip text-accent underline">
          {t('All clusters')}
        </Link>
      </p>
    </section>
  );
}
