'use client';
import { useNow } from '@/lib/client/live/clock';
import { RequestFailed } from '@/lib/client/live/fetch';
import { useHealth } from '@/lib/client/live/health';
import { storeTroubles, unknownTrouble } from '@/lib/client/past/store-words';
import { exactTime, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { SeverityIcon } from '../ui/glyph';
import { rich } from '../ui/rich';

/** Where the past is shown: what of it is missing, and why. Nothing while everything is kept. */
export function StoreNote() {
  const { data, error } = useHealth();
  const now = useNow(60_000);
  // Where Howdah did not answer at all, the bar above the page says so.
  const unknown = error instanceof RequestFailed ? [unknownTrouble(error.said)] : [];
  const troubles = [...unknown, ...(data ? storeTroubles(data) : [])];
  if (troubles.length === 0) return null;
  return (
    <ul aria-label={t('What is kept')} role="status" className="mb-3 grid gap-2">
      {troubles.map(({ key, severity, title, detail, since }) => (
        <li
          key={key}
          className={`flex gap-2 rounded-panel border border-l1 px-3.5 py-2 text-12 ${severity === 'unknown' ? 'bar-unknown bg-unknown-tint' : 'bar-warning bg-warning-tint'}`}
        >
          <SeverityIcon health={severity} size={14} className="mt-0.5" />
          <span className="min-w-0 break-words text-f1">
            <span className="font-semibold text-f0">
              {since === null
                ? `${title}.`
                : rich('{title}, since {time}.', {
                    title,
                    time: <time title={exactTime(since)}>{formatTime(since, now === 0 ? since : now)}</time>,
                  })}
            </span>{' '}
            {detail}
          </span>
        </li>
      ))}
    </ul>
  );
}
