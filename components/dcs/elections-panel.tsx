'use client';
import type { Care } from '@/lib/client/dcs/care';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatCount, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';

/** Who was elected while Howdah looked, and how often each member saw it before that. */
export function ElectionsPanel({ care }: { care: Care }) {
  const now = useNow(60_000);
  if (care.kind === 'kubernetes') return null;
  const counted = care.members.filter(({ leaderChanges }) => leaderChanges !== null);
  const nameOf = (key: string): string => care.members.find((member) => member.key === key)?.name ?? key;
  return (
    <Panel title={t('Leader changes')} aside={t('since Howdah looks')}>
      {care.elections.length === 0 && <p className="px-3.5 py-2.5 text-f2">{t('None was seen.')}</p>}
      <ul className="text-12">
        {care.elections.map(({ at, leader, term }) => (
          <li key={`${at}/${leader}`} className="flex gap-3 px-3.5 py-1">
            <time className="font-mono text-f2" title={exactTime(at)}>
              {formatTime(at, now)}
            </time>
            <span className="min-w-0 break-words text-f1">
              {term === null
                ? t('{member} leads', { member: nameOf(leader) })
                : t('{member} was elected, term {term}', { member: nameOf(leader), term })}
            </span>
          </li>
        ))}
      </ul>
      {counted.length > 0 && (
        <dl className="grid grid-cols-[minmax(72px,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5 border-l1 border-t px-3.5 py-2 text-12">
          {counted.map(({ key, name, leaderChanges, slowApplies }) => (
            <div key={key} className="contents">
              <dt className="text-f2">{name}</dt>
              <dd className="text-f1">
                {t('since its start {changes} leader changes, {slow} slow applies', {
                  changes: formatCount(leaderChanges ?? 0),
                  slow: slowApplies === null ? t('unknown') : formatCount(slowApplies),
                })}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
