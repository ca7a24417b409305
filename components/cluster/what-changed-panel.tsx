'use client';
import Link from 'next/link';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useEvents } from '@/lib/client/past/events';
import { eventsPath } from '@/lib/client/past/moment';
import { formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';
import { MomentLink } from './moment-link';

const SHOWN = 4;

/** The newest changes of a cluster, up to the moment that is looked at. Keeps the height of its rows while they are read. */
export function WhatChangedPanel({ scope }: { scope: string }) {
  const at = usePast()?.at ?? null;
  const clock = useNow(60_000);
  const events = useEvents({ scope, group: null, severity: null, text: '', member: null, from: null, to: at });
  const rows = events.data?.pages[0]?.events.slice(0, SHOWN);
  return (
    <Panel
      title={t('What changed')}
      aside={
        <Link
          href={eventsPath(scope, null, at)}
          prefetch={false}
          className="rounded-chip text-f1 underline hover:text-f0"
        >
          {t('All events')}
        </Link>
      }
      bodyClassName="min-h-[116px] px-3.5 py-2"
    >
      {rows?.length === 0 && <p className="text-f2">{t('Nothing has been recorded yet.')}</p>}
      {events.isError && <p className="text-unknown">{t('The events could not be read.')}</p>}
      <ul>
        {rows?.map((event) => {
          const when = formatTime(event.at, clock === 0 ? event.at : clock);
          return (
            <li key={event.id} className="flex items-baseline gap-3 py-[3px]">
              <MomentLink
                scope={scope}
                at={event.at}
                label={t('{when}: see this moment', { when })}
                className="min-w-[58px] shrink-0 rounded-chip text-11 text-f2 hover:text-f0 hover:underline"
              >
                <time dateTime={new Date(event.at).toISOString()} suppressHydrationWarning>
                  {when}
                </time>
              </MomentLink>
              <span className="min-w-0 truncate text-12 text-f1" title={wire(event.text)}>
                {wire(event.text)}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
