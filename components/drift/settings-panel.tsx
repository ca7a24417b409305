'use client';
import type { SettingsDrift } from '@/lib/client/drift/drift';
import { t } from '@/lib/client/words/text';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { Repairs } from './repairs';
import { Value } from './value';

const SHOWN_MAX = 100;

/** One column for each member; the one that differs stands out. */
export function SettingsPanel({ settings }: { settings: SettingsDrift }) {
  const { differing } = settings;
  const members = differing[0]?.values.map(({ member }) => member) ?? [];
  return (
    <Panel
      title={t('Settings that differ')}
      count={differing.length}
      aside="pg_settings"
      bodyClassName="overflow-x-auto"
    >
      <table className="w-full text-left text-12">
        <thead className="text-f2">
          <tr className="*:whitespace-nowrap *:px-3.5 *:py-2 *:font-normal">
            <th scope="col">{t('Setting')}</th>
            {members.map((member) => (
              <th key={member} scope="col">
                <Name text={member} limit={18} />
              </th>
            ))}
            <th scope="col">{t('Dynamic configuration')}</th>
            <th scope="col">{t('What one would do')}</th>
          </tr>
        </thead>
        <tbody>
          {differing.slice(0, SHOWN_MAX).map((row) => (
            <tr key={row.name} className="border-l1 border-t align-top *:px-3.5 *:py-1.5">
              <th scope="row" className="font-mono font-semibold text-f0">
                <span className="inline-block min-w-44 break-all">{row.name}</span>
              </th>
              {row.values.map((value) => (
                <td key={value.member}>
                  <Value value={value} odd={row.odd.includes(value.member)} />
                </td>
              ))}
              <td className="break-all font-mono text-f2">
                {row.configured ?? (
                  <span className="font-sans text-f3">
                    {row.values.some(({ hidden }) => hidden) ? t('hidden') : t('says nothing')}
                  </span>
                )}
              </td>
              <td>
                <Repairs repairs={row.repairs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {differing.length > SHOWN_MAX && (
        <p className="border-l1 border-t px-3.5 py-2 text-12 text-f2">
          {t('and {n} more', { n: differing.length - SHOWN_MAX })}
        </p>
      )}
    </Panel>
  );
}
