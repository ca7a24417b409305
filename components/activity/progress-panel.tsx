'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { formatBytes, formatCount } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';

const amount = (value: number, unit: 'blocks' | 'bytes'): string =>
  unit === 'bytes' ? formatBytes(value) : t('{n} blocks', { n: formatCount(value) });

/** What PostgreSQL itself reports progress of. */
export function ProgressPanel({ inside }: { inside: Inside }) {
  return (
    <Panel title={t('Under way')} count={inside.progress.length} aside="pg_stat_progress_*">
      {inside.progress.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('No vacuum, analyze, index build, base backup or copy runs.')}</p>
      ) : (
        <ul className="text-12">
          {inside.progress.map(({ kind, pid, database, relation, phase, done, total, unit }) => (
            <li key={`${kind}/${pid}`} className="border-l1 border-t px-3.5 py-1.5 first:border-t-0">
              <span className="flex flex-wrap items-baseline gap-x-3">
                <b className="font-semibold text-f0">{kind}</b>
                <span className="min-w-0 break-all text-f1">{[database, relation].filter(Boolean).join(', ')}</span>
                <span className="text-f2">{phase ?? t('unknown')}</span>
                <span className="ml-auto text-f0">
                  {done === null
                    ? t('unknown')
                    : total === null
                      ? amount(done, unit)
                      : t('{done} of {total}', { done: amount(done, unit), total: amount(total, unit) })}
                </span>
              </span>
              {done !== null && total !== null && (
                <span className="mt-1 block h-1 rounded-full bg-bg3" aria-hidden="true">
                  <span
                    className="block h-full rounded-full bg-f2"
                    style={{ width: `${Math.min(1, done / total) * 100}%` }}
                  />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
