'use client';
import { t, wire } from '@/lib/client/words/text';
import type { Member } from '@/lib/domain/cluster';
import { joinNames } from '@/lib/language/quantity';
import { Since } from '../ui/age';
import { Panel } from '../ui/panel';

const BY = { patroni: 'Patroni', postgres: 'pg_settings', dcs: 'DCS' } as const;

/** What waits for its restart; nothing where nothing does. */
export function SettingsPanel({ member }: { member: Member }) {
  const { pendingRestart } = member;
  if (pendingRestart === null) return null;
  const { parameters, since, by } = pendingRestart;
  return (
    <Panel
      title={t('Waits for a restart')}
      count={parameters.length === 0 ? undefined : parameters.length}
      aside={
        <>
          {wire(joinNames(by.map((one) => BY[one])))}
          {since !== null && <Since at={since} />}
        </>
      }
    >
      {parameters.length === 0 ? (
        <p className="px-3.5 py-2 text-f2">{t('Which parameter is unknown: the source does not say which.')}</p>
      ) : (
        <ul className="text-12">
          {parameters.map(({ name, from, to }) => (
            <li
              key={name}
              className="flex flex-wrap items-baseline gap-x-3 border-l1 border-t px-3.5 py-1.5 font-mono first:border-t-0"
            >
              <span className="min-w-52 text-f0">{name}</span>
              <span className="text-f2">{from ?? t('unknown')}</span>
              <span className="text-f3" aria-hidden="true">
                →
              </span>
              <span className="sr-only">{t('to')}</span>
              <span className="font-semibold text-f0">{to ?? t('unknown')}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
