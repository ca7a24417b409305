'use client';
import type { SettingsDrift } from '@/lib/client/drift/drift';
import { t } from '@/lib/client/words/text';
import { Name } from '../ui/name';
import { Panel } from '../ui/panel';
import { Repairs } from './repairs';
import { Value } from './value';

/** Somebody changed the dynamic configuration and nothing happened there: this is why. */
export function OverridesPanel({ settings }: { settings: SettingsDrift }) {
  return (
    <Panel
      title={t('Local values that win over the dynamic configuration')}
      count={settings.overrides.length}
      bodyClassName="overflow-x-auto"
    >
      <table className="w-full text-left text-12">
        <thead className="text-f2">
          <tr className="*:whitespace-nowrap *:px-3.5 *:py-2 *:font-normal">
            <th scope="col">{t('Setting')}</th>
            <th scope="col">{t('Member')}</th>
            <th scope="col">{t('Dynamic configuration')}</th>
            <th scope="col">{t('It runs with')}</th>
            <th scope="col">{t('What one would do')}</th>
          </tr>
        </thead>
        <tbody>
          {settings.overrides.map((row) => (
            <tr
              key={`${row.name} ${row.member}`}
              className="bar-warning border-l1 border-t align-top *:px-3.5 *:py-1.5"
            >
              <th scope="row" className="font-mono font-semibold text-f0">
                <span className="inline-block min-w-44 break-all">{row.name}</span>
              </th>
              <td className="text-f0">
                <Name text={row.member} limit={18} />
              </td>
              <td className="break-all font-mono text-f1">{row.configured ?? t('hidden')}</td>
              <td>
                <Value value={row.value} odd />
              </td>
              <td>
                <Repairs repairs={[row.repair]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
