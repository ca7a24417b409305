// Periods and lengths of the page Availability in words.
import type { Period, Span } from '@/lib/client/past/availability';
import { formatClockDuration, formatDay, formatSeconds } from '@/lib/client/words/format';
import { language, t } from '@/lib/client/words/text';

/** `October 2026`, `4th quarter of 2026`, `2026`, `5 Oct to 11 Oct`. */
export function periodWords(period: Period, { from, to }: Span, now: number): string {
  const date = new Date(from);
  if (period === 'year') return String(date.getFullYear());
  if (period === 'quarter')
    return t('Quarter {n} of {year}', { n: Math.floor(date.getMonth() / 3) + 1, year: String(date.getFullYear()) });
  if (period === 'week') return t('{from} to {to}', { from: formatDay(from, now), to: formatDay(to - 1, now) });
  const text = new Intl.DateTimeFormat(language(), { month: 'long', year: 'numeric' }).format(date);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `0 s`, `3.1 s`, `4 min 23 s`, `3 h 12 min`. */
export function formatDown(ms: number): string {
  return ms > 0 && ms < 9950 ? formatSeconds(ms / 1000) : formatClockDuration(Math.round(ms));
}
