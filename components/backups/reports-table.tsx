'use client';
import { leads, type Report } from '@/lib/client/backups/backups';
import { useNow } from '@/lib/client/live/clock';
import { formatBytes, formatDuration } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import { Panel } from '../ui/panel';
import { kindWord } from './words';

/** Who says so: a row a report. One that no longer comes "was". */
export function ReportsTable({ reports }: { reports: readonly Report[] }) {
  return (
    <Panel title={t('Reported by')} count={reports.length} bodyClassName="overflow-x-auto">
      <table className="w-full text-left text-12">
        <thead className="text-f2">
          <tr className="*:px-3.5 *:py-2 *:font-normal">
            <th scope="col">{t('Tool')}</th>
            <th scope="col">{t('Sent by')}</th>
            <th scope="col" className="text-right">
              {t('Report age')}
            </th>
            <th scope="col">{t('Last good')}</th>
            <th scope="col">{t('Keeps')}</th>
            <th scope="col">{t('Repositories')}</th>
          </tr>
        </thead>
        <tbody>
          {reports.map((report) => (
            <Row key={report.id} report={report} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Row({ report }: { report: Report }) {
  const now = useNow();
  const late = now - report.receivedAt > report.lateAfterMs;
  const good = report.backups.findLast((row) => leads(report, row));
  const full = report.backups.filter(({ kind, state }) => kind === 'full' && state === 'good').length;
  const stored = report.backups.reduce((sum, { storedBytes }) => sum + (storedBytes ?? 0), 0);
  const age =
    good === undefined || good.endedAt === null
      ? null
      : formatDuration((late ? report.receivedAt : now) - good.endedAt);
  const troubled = report.repositories.filter(({ problem }) => problem !== null);
  return (
    <tr
      className={`border-l1 border-t *:px-3.5 *:py-2 ${late ? 'bar-unknown bg-unknown-tint text-unknown' : 'text-f1'}`}
    >
      <td>
        <span className="font-semibold text-f0">{TOOL_NAMES[report.tool]}</span>{' '}
        <span className="break-all text-f2">{report.name}</span>
        {report.problem !== null && <span className="block text-warning">{report.problem}</span>}
      </td>
      <td className="font-mono">{report.reporter}</td>
      <td className="whitespace-nowrap text-right font-semibold">{formatDuration(now - report.receivedAt)}</td>
      <td>
        {good === undefined || age === null
          ? t('none')
          : late
            ? t('was {age} old, {kind}', { age, kind: kindWord(good.kind) })
            : t('{age} old, {kind}, {size}', { age, kind: kindWord(good.kind), size: formatBytes(good.databaseBytes) })}
      </td>
      <td>
        {tn(full, '{n} full', '{n} full')}, {tn(report.backups.length - full, '{n} other', '{n} others')},{' '}
        {formatBytes(stored)}
      </td>
      <td>
        {report.repositories.length === 0
          ? t('not told')
          : report.repositories
              .map(({ key, encrypted }) => `repo${key}${encrypted === true ? ` ${t('encrypted')}` : ''}`)
              .join(', ')}
        {troubled.map(({ key, problem }) => (
          <span key={key} className="block text-warning">
            {[`repo${key}`, problem].join(': ')}
          </span>
        ))}
      </td>
    </tr>
  );
}
