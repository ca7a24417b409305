'use client';
import { useNow } from '@/lib/client/live/clock';
import { formatBytes, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { BackupsAnswer } from '@/lib/contract/backups';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import type { Snapshot } from '@/lib/domain/cluster';
import { Since } from '../ui/age';
import { type Fact, FactList } from '../ui/fact-list';
import { kindWord } from './words';

/** The one number of the page, and what a restore can do. */
export function LastGood({ snapshot, answer }: { snapshot: Snapshot; answer: BackupsAnswer }) {
  const now = useNow();
  const state = snapshot.cluster.backups;
  const good = state?.lastGood ?? null;
  const from = answer.reports.flatMap(({ spans }) => spans[0]?.fromAt ?? []);
  const oldest = from.length === 0 ? null : Math.min(...from);
  const { policy = null, lastFull = null, failed = null } = state ?? {};
  const time = (at: number): string =>
    t('{time}, {age} ago', { time: formatTime(at, now), age: formatDuration(now - at) });
  const wanted = [
    policy?.fullDays == null ? '' : t('full at most {days} d old', { days: policy.fullDays }),
    policy?.anyHours == null ? '' : t('any at most {hours} h old', { hours: policy.anyHours }),
    policy?.windowDays == null ? '' : t('window at least {days} d', { days: policy.windowDays }),
  ].filter((words) => words !== '');
  const left: Fact[] = [
    {
      label: t('that is'),
      value:
        good === null
          ? null
          : `${kindWord(good.kind)}, ${TOOL_NAMES[good.tool]} ${good.name}, ${formatTime(good.endedAt, now)}`,
    },
    { label: t('restores up to'), value: answer.newestAt === null ? null : time(answer.newestAt) },
    { label: t('restores from'), value: oldest === null ? t('nowhere') : time(oldest) },
  ];
  const right: Fact[] = [
    { label: t('last full'), value: lastFull === null ? t('none') : time(lastFull.endedAt) },
    {
      label: t('failed'),
      value: failed === null ? t('none since') : `${failed.label}, ${time(failed.endedAt)}`,
      tone: failed === null ? undefined : 'text-warning',
    },
    { label: t('policy'), value: wanted.length === 0 ? t('none') : wanted.join(', ') },
  ];
  return (
    <section className="flex flex-wrap items-center gap-x-10 gap-y-4 rounded-panel border border-l1 bg-bg1 px-4.5 py-3.5">
      <div className="min-w-48">
        <h2 className="text-12 text-f2">{t('Last good backup')}</h2>
        <p className="font-semibold text-32 text-f0 leading-tight">
          {good === null ? <span className="text-unknown">{t('none')}</span> : <Since at={good.endedAt} />}{' '}
          {good !== null && <span className="font-normal text-13 text-f2">{t('old')}</span>}
        </p>
        {good?.databaseBytes != null && <p className="text-12 text-f2">{formatBytes(good.databaseBytes)}</p>}
      </div>
      <FactList facts={left} className="min-w-72 grow" />
      <FactList facts={right} className="min-w-72 grow" />
    </section>
  );
}
