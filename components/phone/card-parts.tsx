'use client';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatAge, formatClockDuration, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, tn, wire } from '@/lib/client/words/text';
import type { Card } from '@/lib/telling/card/card';
import type { Writable } from '@/lib/telling/card/writable';
import { Glyph, SeverityIcon } from '../ui/glyph';
import { Name } from '../ui/name';
import { TONE_TEXT } from '../ui/tone';

const FRAME = {
  yes: 'border-l1',
  standby: 'border-l1',
  no: 'border-critical/60 bg-critical-tint bar-critical',
  unknown: 'border-unknown/60 bg-unknown-tint bar-unknown',
} as const;

function headWords({ state }: Writable): string {
  switch (state) {
    case 'yes':
      return t('Writable');
    case 'no':
      return t('Not writable');
    case 'standby':
      return t('Standby cluster, read-only');
    case 'unknown':
      return t('Writable: unknown');
  }
}

/** The answer to the first question, and the one number of the screen. */
export function Head({ card }: { card: Card }) {
  const { cause, writable, worst } = card;
  const now = useNow();
  const { state, since, last } = writable;
  const health = state === 'no' ? 'critical' : state === 'unknown' ? 'unknown' : worst?.critical ? 'critical' : 'ok';
  return (
    <section aria-label={t('Is it writable')} className={`border-b px-5 py-4 ${FRAME[state]}`}>
      <p
        className={`flex items-center gap-2.5 font-semibold text-18 ${
          state === 'no' ? 'text-critical' : state === 'unknown' ? 'text-unknown' : 'text-f0'
        }`}
      >
        <SeverityIcon health={health} size={20} />
        {headWords(writable)}
      </p>
      {state === 'no' && since !== null && (
        <p className="font-semibold text-[44px] text-f0 leading-[50px]" title={exactTime(since)}>
          {formatClockDuration(now - since)}
        </p>
      )}
      {cause !== null && <p className="mt-1 break-words font-semibold text-15 text-f0">{wire(cause.headline)}</p>}
      <p className="mt-1 break-words text-15 text-f1">
        {state === 'no' && (
          <>{since === null ? t('Since when is not known.') : t('Since {time}.', { time: formatTime(since, now) })} </>
        )}
        {state === 'yes' && since !== null && <>{t('For {age}.', { age: formatDuration(now - since) })} </>}
        {state === 'unknown' && (
          <>
            {last === null
              ? t('It was never known.')
              : last.writable
                ? t('Was writable {age} ago, at {time}.', {
                    age: formatDuration(now - last.at),
                    time: formatTime(last.at, now),
                  })
                : t('Was not writable {age} ago, at {time}.', {
                    age: formatDuration(now - last.at),
                    time: formatTime(last.at, now),
                  })}{' '}
          </>
        )}
        {wire(cause?.consequence ?? writable.why)}
      </p>
      {card.door !== null && (
        <p
          className={`mt-1.5 flex gap-2 break-words font-semibold text-15 ${card.door.critical ? 'text-critical' : 'text-warning'}`}
        >
          <SeverityIcon health={card.door.critical ? 'critical' : 'warning'} size={16} className="mt-[3px]" />
          {card.door.title === null
            ? t('For {age}.', { age: formatDuration(now - card.door.since) })
            : t('{what}, for {age}', { what: wire(card.door.title), age: formatDuration(now - card.door.since) })}
        </p>
      )}
    </section>
  );
}

export function Members({ card, lost }: { card: Card; lost: boolean }) {
  const now = useNow(100);
  const { shown, rest } = card.members;
  return (
    <section aria-label={t('Members')} className="border-l1 border-b px-5 py-2.5">
      <ul>
        {shown.map((member) => (
          <li key={member.name} className="flex min-h-8 items-center gap-2.5 text-15">
            <Glyph glyph={member.glyph} size={18} />
            <span className="shrink-0 font-semibold text-f0">
              <Name text={member.name} limit={14} />
            </span>
            <span className={`min-w-0 grow break-words py-1 ${TONE_TEXT[member.tone]}`}>{wire(member.words)}</span>
            <span
              className="shrink-0 whitespace-nowrap text-13 text-f2"
              title={member.observedAt === null ? undefined : exactTime(member.observedAt)}
            >
              {formatAge(member.observedAt === null ? null : now - member.observedAt)}
              {lost && <span className="sr-only"> {t('and not known since')}</span>}
            </span>
          </li>
        ))}
      </ul>
      {rest !== null && <p className="py-1 text-13 text-f2">{wire(rest)}</p>}
    </section>
  );
}

export function Changes({ card }: { card: Card }) {
  const now = useNow();
  const { shown, more } = card.changes;
  return (
    <section className="px-5 pt-4 pb-1" aria-labelledby="card-changes">
      <h2 id="card-changes" className="mb-1.5 font-semibold text-13 text-f2">
        {t('What changed in 10 min')}
      </h2>
      {shown.length === 0 && <p className="text-15 text-f1">{t('No change was seen.')}</p>}
      <ul>
        {shown.map((change) => (
          <li key={change.key} className="grid grid-cols-[66px_minmax(0,1fr)] gap-x-2 py-0.5 text-15">
            <span className="text-f2" title={exactTime(change.at)}>
              {formatTime(change.at, now)}
            </span>
            <span className={`break-words ${change.loud ? 'text-f0' : 'text-f1'}`}>{wire(change.text)}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="py-1 text-13 text-f2">{tn(more, 'and {n} more change', 'and {n} more changes')}</p>}
    </section>
  );
}
