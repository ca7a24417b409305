'use client';
import { leads, type Report, rowsOf } from '@/lib/client/backups/backups';
import { useNow } from '@/lib/client/live/clock';
import { exactBytes, formatBytes, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import { Panel } from '../ui/panel';
import { kindWord, stateWord } from './words';

const SHOWN_MAX = 60;

/** Newest first. */
export function BackupsTable({ reports }: { reports: readonly Report[] }) {
  const now = useNow();
  const rows = rowsOf(reports);
  const several = reports.length > 1;
  return (
    <Panel title={t('Backups')} count={rows.length} aside={t('newest first')} bodyClassName="overflow-x-auto">
      <table className="w-full text-left text-12">
        <thead className="text-f2">
          <tr className="*:whitespace-nowrap *:px-3.5 *:py-2 *:font-normal">
            <th scope="col">{t('Label')}</th>
            <th scope="col">{t('Kind')}</th>
            <th scope="col">{t('Ended')}</th>
            <th scope="col" className="text-right">
              {t('Took')}
            </th>
            <th scope="col" className="text-right">
              {t('Database')}
            </th>
            <th scope="col" className="text-right">
              {t('Stored')}
            </th>
            <th scope="col">{t('State')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN_MAX).map(({ report, row }) => {
            const lost = !leads(report, row) && row.state === 'good';
            const bad = row.state === 'failed' || lost;
            return (
              <tr
                key={`${report.id} ${row.repository} ${row.label}`}
                className={`border-l1 border-t *:px-3.5 *:py-1.5 ${bad ? 'bar-warning' : ''}`}
              >
                <td className="font-mono text-f0">
                  <span className="inline-block min-w-44 break-all">{row.label}</span>
                  {several && (
                    <span className="block font-sans text-11 text-f3">{`${TOOL_NAMES[report.tool]} ${report.name}`}</span>
                  )}
                </td>
                <td className="text-f1">{kindWord(row.kind)}</td>
                <td className="whitespace-nowrap text-f1">
                  {row.endedAt === null ? t('unknown') : formatTime(row.endedAt, now)}
                </td>
                <td className="whitespace-nowrap text-right text-f1">
                  {row.endedAt === null || row.startedAt === null
                    ? t('unknown')
                    : formatDuration(row.endedAt - row.startedAt)}
                </td>
                <td className="whitespace-nowrap text-right text-f1" title={exactBytes(row.databaseBytes)}>
                  {formatBytes(row.databaseBytes)}
                </td>
                <td className="whitespace-nowrap text-right text-f1" title={exactBytes(row.storedBytes)}>
                  {formatBytes(row.storedBytes)}
                </td>
                <td className={bad ? 'font-semibold text-warning' : 'text-f2'}>
                  {lost ? t('leads nowhere: what it needs is missing') : stateWord(row.state)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > SHOWN_MAX && (
        <p className="border-l1 border-t px-3.5 py-2 text-12 text-f2">
          {t('and {n} more', { n: rows.length - SHOWN_MAX })}
        </p>
      )}
    </Panel>
  );
}
