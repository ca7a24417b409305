'use client';
import Link from 'next/link';
import { useNow } from '@/lib/client/live/clock';
import { aroundEvent, comparePath } from '@/lib/client/past/compare';
import { livePath } from '@/lib/client/past/moment';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { ScopedEvent } from '@/lib/contract/history';
import type { ActionRecord } from '@/lib/domain/actions/action';
import { actionLine } from '../actions/action-words';
import { actionPath } from '../actions/send-notice';
import { HEALTH_WORDS, SeverityIcon } from '../ui/glyph';
import { Icon } from '../ui/icon';
import { Name } from '../ui/name';
import { MomentLink } from './moment-link';

/** How it is known, where that is not "Howdah saw it". */
function Whence({ event, now }: { event: ScopedEvent; now: number }) {
  if (event.by === 'history') return <span>{t("from Patroni's /history")}</span>;
  if (event.by === 'seen') return null;
  const at = formatTime(event.at, now);
  return (
    <span>
      {event.notBefore === null
        ? t('before {at}, while Howdah was not watching', { at })
        : t('between {from} and {at}, while Howdah was not watching', { from: formatTime(event.notBefore, now), at })}
    </span>
  );
}

interface EventRowProps {
  readonly event: ScopedEvent;
  readonly withScope: boolean;
  /** What a person did, of which it came; null: nothing that is known. */
  readonly action: ActionRecord | null;
  /** The row is an edge of the chosen window. */
  readonly onFrom: () => void;
  readonly onTo: () => void;
}

export function EventRow({ event, withScope, action, onFrom, onTo }: EventRowProps) {
  const clock = useNow(60_000);
  const now = clock === 0 ? event.at : clock;
  const when = formatTime(event.at, now);
  return (
    <li className="group flex min-h-[34px] flex-wrap items-center gap-x-4 border-l1 border-t px-3.5 py-1.5 first:border-t-0 hover:bg-bg2">
      <MomentLink
        scope={event.scope}
        at={event.at}
        label={t('{when}: see this moment', { when })}
        className="w-[112px] shrink-0 rounded-chip text-12 text-f2 underline decoration-l3 hover:text-f0 pointer-coarse:min-h-11 pointer-coarse:content-center"
      >
        <time dateTime={new Date(event.at).toISOString()} suppressHydrationWarning>
          {when}
        </time>
      </MomentLink>
      {withScope && (
        <Link
          href={livePath(event.scope)}
          prefetch={false}
          className="w-40 shrink-0 truncate rounded-chip text-f1 hover:underline max-md:w-auto"
        >
          <Name text={event.scope} limit={22} />
        </Link>
      )}
      <span className="flex min-w-0 grow basis-56 items-start gap-2.5">
        <SeverityIcon health={event.severity ?? 'ok'} size={14} className="mt-0.5" />
        <span className="min-w-0 break-words text-f0">
          {event.severity !== null && (
            <span className="sr-only">{t(HEALTH_WORDS[event.severity]).toLowerCase()}: </span>
          )}
          {wire(event.text)}
          <span className="block text-12 text-f2 empty:hidden" title={exactTime(event.at)}>
            <Whence event={event} now={now} />
          </span>
          {action !== null && (
            <Link
              href={actionPath(action.scope, action.id)}
              prefetch={false}
              className="flex w-fit items-center gap-1.5 rounded-chip text-12 text-f1 underline hover:text-f0 pointer-coarse:min-h-11"
            >
              <Icon name="audit" size={12} />
              {t('{action} by {actor}', { action: actionLine(action), actor: action.actor })}
            </Link>
          )}
        </span>
      </span>
      <span className="ml-auto flex shrink-0 items-center gap-3">
        <span className="flex gap-1 text-11 [&>button]:rounded-chip [&>button]:px-1 [&>button]:text-f2 [&>button:hover]:text-f0 [&>button:hover]:underline pointer-coarse:[&>button]:min-h-11 pointer-coarse:[&>button]:px-2">
          <button type="button" onClick={onFrom} aria-label={t('From {when}', { when })}>
            {t('from here')}
          </button>
          <button type="button" onClick={onTo} aria-label={t('To {when}', { when })}>
            {t('to here')}
          </button>
        </span>
        <Link
          href={comparePath(event.scope, aroundEvent(event, clock))}
          prefetch={false}
          aria-label={t('Compare before and after {when}', { when })}
          className="rounded-chip text-11 text-f2 hover:text-f0 hover:underline pointer-coarse:min-h-11 pointer-coarse:content-center"
        >
          {t('compare')}
        </Link>
        <code className="w-36 text-right text-11 text-f3 max-md:w-auto">{event.kind}</code>
      </span>
    </li>
  );
}
