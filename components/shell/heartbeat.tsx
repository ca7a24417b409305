'use client';
import { useNow } from '@/lib/client/live/clock';
import { useConnection } from '@/lib/client/live/live';
import { formatAge } from '@/lib/client/words/format';
import { form, t } from '@/lib/client/words/text';
import { rich } from '../ui/rich';

const WORDS = { connecting: form('connecting'), open: form('live'), lost: form('not connected') } as const;
const PULSE = 'M1 8h6l2-2 3 6 4-11 4 13 3-6 2 2 2-2h6';
const FLAT = 'M1 8h32';

/** Moves only when data arrives. Screen readers hear the state when it changes, not each age. */
export function Heartbeat() {
  const { phase, lastFrameAt } = useConnection();
  const now = useNow(100);
  const open = phase === 'open';
  return (
    <div role="status" className="flex items-center gap-2 whitespace-nowrap text-12 text-f2">
      <svg
        width="34"
        height="16"
        viewBox="0 0 34 16"
        fill="none"
        aria-hidden="true"
        className={open ? '' : 'text-unknown'}
      >
        {open && <path d={PULSE} className="stroke-f3" strokeWidth="1.3" />}
        <path
          key={lastFrameAt === null ? 0 : Math.floor(lastFrameAt / 1000)}
          d={open ? PULSE : FLAT}
          pathLength="36"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeDasharray={open ? undefined : '2 2'}
          className={open ? 'beat' : ''}
        />
      </svg>
      <span className={open ? '' : 'text-unknown'}>{t(WORDS[phase])}</span>
      {open && lastFrameAt !== null && (
        <span aria-hidden="true" className="-ml-2 max-md:hidden">
          {rich(', {age} old', {
            age: <span className="font-medium text-f0">{formatAge(now - lastFrameAt)}</span>,
          })}
        </span>
      )}
    </div>
  );
}
