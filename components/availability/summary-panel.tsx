'use client';
import type { Line } from '@/lib/client/past/availability';
import { t, tn } from '@/lib/client/words/text';
import type { AvailabilityAnswer } from '@/lib/contract/history';
import { FactList } from '../ui/fact-list';
import { rich } from '../ui/rich';
import { formatDown } from './availability-words';
import { KindMark } from './kind-mark';

/** All of it in one number, its two parts, and what is not in it. */
export function SummaryPanel({ answer, lines }: { answer: AvailabilityAnswer; lines: readonly Line[] }) {
  const { clusters } = answer;
  const sum = (key: 'unplannedMs' | 'plannedMs' | 'unseenMs'): number =>
    clusters.reduce((all, cluster) => all + cluster[key], 0);
  const [unplanned, planned, unseen] = [sum('unplannedMs'), sum('plannedMs'), sum('unseenMs')];
  const outages = clusters.flatMap((cluster) => cluster.outages);
  const plannedCount = outages.filter((outage) => outage.planned).length;
  const touched = clusters.filter((cluster) => cluster.outages.length > 0).length;
  const blind = clusters.filter((cluster) => cluster.unseenMs > 0).length;
  const judged = lines.filter(({ leftMs }) => leftMs !== null);
  const over = judged.filter(({ leftMs }) => (leftMs ?? 0) < 0);
  return (
    <section
      aria-label={t('In short')}
      className="grid items-center gap-x-10 gap-y-4 rounded-panel border border-l1 bg-bg1 px-[18px] py-4 lg:grid-cols-[minmax(0,auto)_minmax(200px,430px)_minmax(0,1fr)]"
    >
      <div>
        <p className="text-12 text-f2">{t('Not writable, all clusters together')}</p>
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="whitespace-nowrap font-semibold text-32 text-f0">{formatDown(unplanned + planned)}</span>
          <span className="text-12 text-f2">
            {outages.length === 0
              ? t('no outage was seen')
              : `${tn(outages.length, 'in {n} outage', 'in {n} outages')}, ${tn(touched, '{n} cluster', '{n} clusters')}`}
          </span>
        </p>
      </div>
      <div>
        <div aria-hidden="true" className="flex h-3.5 gap-1">
          {unplanned > 0 && <span className="min-w-1 rounded-chip bg-critical-fill" style={{ flexGrow: unplanned }} />}
          {planned > 0 && (
            <span className="min-w-1 rounded-chip border-[1.5px] border-f1" style={{ flexGrow: planned }} />
          )}
          {unplanned + planned === 0 && <span className="grow rounded-chip bg-bg3" />}
        </div>
        <p className="mt-1.5 flex flex-wrap justify-between gap-x-4 text-12 text-f2">
          <span className="flex items-center gap-2">
            <KindMark kind="unplanned" />
            <span>
              {rich('unplanned {time}, {n}', {
                time: <b className="font-semibold text-f0">{formatDown(unplanned)}</b>,
                n: tn(outages.length - plannedCount, '{n} outage', '{n} outages'),
              })}
            </span>
          </span>
          <span className="flex items-center gap-2">
            <KindMark kind="planned" />
            <span>
              {rich('planned {time}, {n}', {
                time: <b className="font-semibold text-f0">{formatDown(planned)}</b>,
                n: tn(plannedCount, '{n} outage', '{n} outages'),
              })}
            </span>
          </span>
        </p>
      </div>
      <FactList
        facts={[
          {
            label: t('without an outage'),
            value: t('{n} of {all} clusters', { n: clusters.length - touched, all: clusters.length }),
          },
          {
            label: t('over the objective'),
            value:
              judged.length === 0
                ? t('no objective is set (objective: in howdah.yaml)')
                : over.length === 0
                  ? t('none')
                  : over.map(({ name }) => name).join(', '),
            tone: over.length > 0 ? 'font-semibold text-critical' : 'text-f1',
          },
          {
            label: t('not seen'),
            value:
              unseen === 0
                ? t('nothing: Howdah watched all the time')
                : tn(
                    blind,
                    '{time} of {n} cluster: counted as neither up nor down',
                    '{time} of {n} clusters: counted as neither up nor down',
                    { time: formatDown(unseen) },
                  ),
            tone: unseen > 0 ? 'text-unknown' : 'text-f1',
          },
        ]}
      />
    </section>
  );
}
