'use client';
import type { Bucket } from '@/lib/client/past/availability';
import { formatDay } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { formatDown } from './availability-words';

const HEIGHT = 24;
/** Where the scale ends: from a second to an hour, by the logarithm of seconds. */
const LONGEST_S = 3600;

function heightOf(ms: number): number {
  if (ms <= 0) return 0;
  const part = Math.log10(1 + ms / 1000) / Math.log10(1 + LONGEST_S);
  return Math.max(4, Math.round(Math.min(1, part) * HEIGHT));
}

function saying({ from, unplannedMs, plannedMs, unseenMs }: Bucket, now: number): string {
  const parts = [
    ...(unplannedMs > 0 ? [t('unplanned {time}', { time: formatDown(unplannedMs) })] : []),
    ...(plannedMs > 0 ? [t('planned {time}', { time: formatDown(plannedMs) })] : []),
    ...(unseenMs > 0 ? [t('not seen {time}', { time: formatDown(unseenMs) })] : []),
  ];
  return `${formatDay(from, now)}: ${parts.join(', ')}`;
}

/** One bar a day; the numbers stand beside the strip. */
export function DayStrip({ days, now }: { days: readonly Bucket[]; now: number }) {
  const told = days.filter(({ unplannedMs, plannedMs, unseenMs }) => unplannedMs + plannedMs + unseenMs > 0);
  return (
    <div
      role="img"
      aria-label={told.length === 0 ? t('nothing') : told.map((day) => saying(day, now)).join('; ')}
      className="grid h-full min-h-[28px] auto-cols-fr grid-flow-col border-l1 border-b"
    >
      {days.map((day) => {
        const weekend = days.length > 12 && [0, 6].includes(new Date(day.from).getDay());
        const some = day.unplannedMs + day.plannedMs + day.unseenMs > 0;
        return (
          <span
            key={day.from}
            title={some ? saying(day, now) : undefined}
            className={`flex items-end justify-center gap-px ${weekend ? 'bg-bg2' : ''}`}
          >
            {day.unplannedMs > 0 && (
              <i
                className="w-2 max-w-[45%] rounded-t-[2px] bg-critical-fill [print-color-adjust:exact]"
                style={{ height: heightOf(day.unplannedMs) }}
              />
            )}
            {day.plannedMs > 0 && (
              <i
                className="w-2 max-w-[45%] rounded-t-[2px] border-[1.5px] border-f1 border-b-0"
                style={{ height: heightOf(day.plannedMs) }}
              />
            )}
            {day.unseenMs > 0 && (
              <i
                className="w-2.5 max-w-[60%] border-[1.5px] border-unknown border-b-0 border-dashed"
                style={{ height: HEIGHT }}
              />
            )}
          </span>
        );
      })}
    </div>
  );
}
