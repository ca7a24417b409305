'use client';
import { openAction } from '@/lib/client/actions/actions';
import type { SessionRow } from '@/lib/client/activity/activity';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';

/** Whose sessions they are, and why the one who looks may not end them; null: they may. */
export interface Ending {
  readonly scope: string;
  readonly member: string;
  readonly refused: string | null;
}

interface EndButtonsProps {
  readonly session: SessionRow | undefined;
  readonly ending: Ending;
  readonly className?: string;
}

/** Each opens its checks; a useless one is a lock with its reason. */
export function EndButtons({ session, ending, className = '' }: EndButtonsProps) {
  if (session === undefined) return <span className={className} />;
  const { pid, backendStart, type, state } = session;
  const { scope, member, refused } = ending;
  const never = refused ?? (type !== 'client backend' ? t('not a client: it comes back by itself') : null);
  if (never !== null) {
    return (
      <span className={`flex items-center justify-end gap-1.5 text-11 text-f3 ${className}`} title={never}>
        <Icon name="lock" size={12} />
        <span className={refused === null ? '' : 'sr-only'}>{never}</span>
      </span>
    );
  }
  const open = (how: 'cancel' | 'terminate') => () =>
    openAction(scope, { kind: 'end_session', member, pid, backendStart, how });
  const shape =
    'inline-flex min-h-[26px] items-center whitespace-nowrap rounded-control border border-l2 bg-bg2 px-2 font-medium text-12 text-f0 hover:border-l3 pointer-coarse:min-h-11';
  return (
    <span className={`flex flex-wrap items-center justify-end gap-1.5 ${className}`}>
      {state === 'active' ? (
        <button
          type="button"
          className={shape}
          onClick={open('cancel')}
          aria-label={t('Cancel the statement of pid {pid}…', { pid })}
        >
          {t('Cancel…')}
        </button>
      ) : (
        <span className="flex items-center gap-1 text-11 text-f3">
          <Icon name="lock" size={11} /> {t('runs nothing')}
        </span>
      )}
      <button
        type="button"
        className={shape}
        onClick={open('terminate')}
        aria-label={t('Terminate pid {pid}…', { pid })}
      >
        {t('Terminate…')}
      </button>
    </span>
  );
}
