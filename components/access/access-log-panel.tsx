'use client';
import Link from 'next/link';
import { useAccessLog } from '@/lib/client/access/access';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { AccessEventKind } from '@/lib/contract/access';
import { Button } from '../ui/button';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';
import { PanelState } from './panel-states';

/** What a person should have looked at. */
const LOUD: Partial<Record<AccessEventKind, 'critical' | 'warning'>> = {
  break_glass_sign_in: 'critical',
  break_glass_action: 'critical',
  locked_out: 'warning',
};

/** What happened at the door, newest first. */
export function AccessLogPanel() {
  const asked = useAccessLog();
  const now = useNow(10_000);
  const events = asked.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Panel title={t('Access log')} aside={t('newest first')}>
      <PanelState asked={asked}>
        {events.length === 0 ? (
          <p className="px-3.5 py-3 text-f2">{t('Nothing has happened yet.')}</p>
        ) : (
          <ul>
            {events.map((event) => (
              <li
                key={event.id}
                className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 border-l1 border-t px-3.5 py-2 first:border-t-0"
              >
                <time className="whitespace-nowrap text-12 text-f2" title={exactTime(event.at)}>
                  {formatTime(event.at, now)}
                </time>
                <span className="min-w-0 break-words text-f1">
                  {LOUD[event.kind] !== undefined && (
                    <SeverityIcon health={LOUD[event.kind] ?? 'note'} size={13} className="mr-1.5 inline" />
                  )}
                  {wire(event.text)}.
                  <span className="text-12 text-f2">
                    {event.address !== null && ` ${t('From {address}.', { address: event.address })}`}{' '}
                    {event.scope !== null && (
                      <Link
                        href={`/clusters/${encodeURIComponent(event.scope)}`}
                        className="rounded-chip text-accent underline"
                      >
                        {event.scope}
                      </Link>
                    )}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {asked.hasNextPage && (
          <p className="border-l1 border-t px-3.5 py-2.5">
            <Button disabled={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
              {asked.isFetchingNextPage ? t('Reading') : t('Older')}
            </Button>
          </p>
        )}
      </PanelState>
    </Panel>
  );
}
