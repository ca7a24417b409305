'use client';
import { useNow } from '@/lib/client/live/clock';
import { retryNow, useConnection } from '@/lib/client/live/live';
import { formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Icon } from '../ui/icon';

export function ConnectionBanner() {
  const { phase, lastFrameAt, attempt, retryAt } = useConnection();
  const now = useNow();
  if (phase !== 'lost') return null;
  const next =
    retryAt === null ? t('Trying now.') : t('Try {n} in {time}.', { n: attempt, time: formatDuration(retryAt - now) });
  return (
    <div
      role="alert"
      className="sticky bottom-[53px] z-20 flex items-center gap-3 bg-critical-fill px-4 py-2.5 text-white md:bottom-0 md:px-6"
    >
      <Icon name="unplugged" size={18} />
      <div className="min-w-0 grow">
        <p className="font-semibold text-13">
          {lastFrameAt === null
            ? t('No answer from Howdah yet')
            : t('Connection lost {time} ago', { time: formatDuration(now - lastFrameAt) })}
        </p>
        <p className="text-12" aria-live="off">
          {lastFrameAt === null ? t('Nothing is known.') : t('As of {time}.', { time: formatTime(lastFrameAt, now) })}{' '}
          {next}
        </p>
      </div>
      <button
        type="button"
        onClick={retryNow}
        className="h-8 rounded-control border border-white px-3 font-medium text-12 text-white focus-visible:outline-white"
      >
        {t('Now')}
      </button>
    </div>
  );
}
