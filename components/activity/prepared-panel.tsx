'use client';
import type { Inside } from '@/lib/client/activity/activity';
import { formatCount } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { Panel } from '../ui/panel';
import { spanWords } from './activity-words';

/** They outlive their session, a restart and a switchover, with their locks. */
export function PreparedPanel({ inside }: { inside: Inside }) {
  const { prepared, preparedCount } = inside;
  return (
    <Panel title={t('Prepared transactions')} count={formatCount(preparedCount)} aside="pg_prepared_xacts">
      {prepared.length === 0 ? (
        <p className="px-3.5 py-2.5 text-f2">{t('There is none.')}</p>
      ) : (
        <ul className="text-12">
          {prepared.map(({ gid, user, database, seconds, age }) => (
            <li
              key={`${database}/${gid}`}
              className="flex flex-wrap items-baseline gap-x-4 border-l1 border-t px-3.5 py-1.5 first:border-t-0"
            >
              <span className="min-w-0 break-all font-mono font-semibold text-f0">{gid}</span>
              <span className="text-f2">{[user, database].filter(Boolean).join(', ')}</span>
              <span className="ml-auto text-f0">{seconds === null ? t('unknown') : spanWords(seconds)}</span>
              {age !== null && <span className="text-f2">{t('holds {n} xids', { n: formatCount(age) })}</span>}
            </li>
          ))}
          {preparedCount > prepared.length && (
            <li className="border-l1 border-t px-3.5 py-1.5 text-f2">
              {t('and {n} more', { n: preparedCount - prepared.length })}
            </li>
          )}
        </ul>
      )}
    </Panel>
  );
}
