'use client';
import { useNow } from '@/lib/client/live/clock';
import { useFreshness } from '@/lib/client/live/live';
import { exactTime, formatAge, formatDuration } from '@/lib/client/words/format';

const TONE = { fresh: '', stale: 'text-f3', was: 'font-semibold text-unknown' } as const;

/** How old a value is. Ticks by itself, so nothing around it re-renders. */
export function Age({
  at,
  staleAfterMs,
  className = '',
}: {
  at: number | null;
  staleAfterMs: number;
  className?: string;
}) {
  const now = useNow(100);
  const level = useFreshness(at, staleAfterMs);
  return (
    <span
      className={`whitespace-nowrap ${className} ${TONE[level]}`}
      title={at === null ? undefined : exactTime(at)}
      suppressHydrationWarning
    >
      {formatAge(at === null ? null : now - at)}
    </span>
  );
}

/** How long something has lasted, from an instant until now. */
export function Since({ at, className = '' }: { at: number; className?: string }) {
  const now = useNow();
  return (
    <span className={`whitespace-nowrap ${className}`} title={exactTime(at)} suppressHydrationWarning>
      {formatDuration(now - at)}
    </span>
  );
}
