'use client';
import { useRequests } from '@/lib/client/actions/approvals';
import { useNow } from '@/lib/client/live/clock';
import { tn } from '@/lib/client/words/text';

/** How many requests wait for the one who looks. Nothing where none does. */
export function RequestsBadge({ className = '' }: { className?: string }) {
  const { forMe } = useRequests(null, useNow(10_000));
  if (forMe === 0) return null;
  const words = tn(forMe, '{n} request waits for you', '{n} requests wait for you');
  return (
    <span
      title={words}
      className={`min-w-4 rounded-full border border-accent-fill bg-accent-fill px-1 text-center font-semibold text-10 text-white ${className}`}
    >
      <span aria-hidden="true">{forMe}</span>
      <span className="sr-only"> {words}</span>
    </span>
  );
}
