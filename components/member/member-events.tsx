'use client';
import Link from 'next/link';
import { useNow, usePast } from '@/lib/client/live/clock';
import { useEvents } from '@/lib/client/past/events';
import { eventsPath } from '@/lib/client/past/moment';
import { formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import { MomentLink } from '../cluster/moment-link';
import { SeverityIcon } from '../ui/glyph';
import { Panel } from '../ui/panel';

const SHOWN = 10;

/** The newest changes that concern it, up to the moment that is looked at. */
export function MemberEvents({ scope, name }: { scope: string; name: string }) {
  const at = usePast()?.at ?? null;
  const clock = useNow(60_000);
  const events = useEvents({ scope, group: null, severity: null, text: '', member: name, from: null, to: at });
  const rows = events.data?.pages[0]?.events.slice(0, SHOWN);
  return (
    <Panel
      title={t('Last events of {member}', { member: name })}
      aside={
        <Link
          href={eventsPath(scope, null, at, name)}
          prefetch={false}
          className="rounded-chip text-f1 underline hover:text-f0"
        >
          {t('All events')}
        </Link>
      }
      bodyClassName="min-h-[116px] px-3.5 py-2"
    >
      {rows?.length === 0 && <p className="text-f2">{t('Nothing has been recorded of it.')}</p>}
      {events.isError && <p className="text-unknown">{t('The events could not be read.')}</p>}
      <ul>
        {rows?.map((event) => {
          const when = formatTime(event.at, clock === 0 ? event.at : clock);
          return (
            <li key={event.id} className="flex items-baseline gap-2.5 py-[3px] text-12">
              <MomentLink
                scope={scope}
                member={name}
                at={event.at}
                label={t('{when}: see this moment', { when })}
                className="min-w-[58px] shrink-0 rounded-chip text-11 text-f2 hover:text-f0 hover:underline"
              >
                <time dateTime={new Date(event.at).toISOString()} suppressHydrationWarning>
                  {when}
                </time>
              </MomentLink>
              <SeverityIcon health={event.severity ?? 'ok'} size={12} className="self-center" />
              <span className="min-w-0 break-words text-f1">{wire(event.text)}</span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
