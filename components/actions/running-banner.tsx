'use client';
import Link from 'next/link';
import { useNewestAction } from '@/lib/client/actions/actions';
import { elapsedOf, formatElapsed } from '@/lib/client/actions/times';
import { useLost } from '@/lib/client/live/live';
import { t, wire } from '@/lib/client/words/text';
import type { ActionRecord } from '@/lib/domain/actions/action';
import { Icon } from '../ui/icon';
import { ACTION_WORDS, actionTitle } from './action-words';
import { actionPath } from './send-notice';
import { useFastNow } from './use-fast-now';

/** On every page of the cluster while something runs on it: the step, how long, the way to all of it. */
export function RunningBanner({ scope }: { scope: string }) {
  const newest = useNewestAction(scope);
  if (newest == null || newest.phase !== 'open') return null;
  return <Running action={newest} />;
}

function Running({ action }: { action: ActionRecord }) {
  const lost = useLost();
  const now = useFastNow(!lost);
  const step = action.steps.find((one) => one.state === 'current');
  return (
    <Link
      href={actionPath(action.scope, action.id)}
      className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-0.5 rounded-panel border border-accent bg-[color-mix(in_srgb,var(--accent)_10%,var(--bg1))] px-3.5 py-2 text-f1 hover:brightness-105 pointer-coarse:min-h-11"
    >
      <Icon name={ACTION_WORDS[action.request.kind].icon} className="text-accent" />
      <b className="min-w-0 break-words font-semibold text-f0">{actionTitle(action)}</b>
      <span className="min-w-0 break-words text-12">
        {lost
          ? t('not seen since the connection was lost')
          : step === undefined
            ? t('waiting for the first observation')
            : wire(step.title)}
      </span>
      <span className="ml-auto whitespace-nowrap text-12">
        {!lost && now > 0 && formatElapsed(elapsedOf(action, now))}
        <span className="ml-3 text-accent underline">{t('Follow it')}</span>
      </span>
    </Link>
  );
}
