'use client';
import { leads, type Report } from '@/lib/client/backups/backups';
import { useNow } from '@/lib/client/live/clock';
import { exactTime, formatDay, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { BackupsAnswer } from '@/lib/contract/backups';
import { TOOL_NAMES } from '@/lib/domain/backups/backup';
import { Age } from '../ui/age';
import { Panel } from '../ui/panel';
import { kindWord } from './words';

const DAY_MS = 86_400_000;
const TICKS_MAX = 15;
const HATCH = 'bg-[repeating-linear-gradient(135deg,var(--critical)_0_1.5px,transparent_1.5px_7px)]';

/** Where a restore leads: a ribbon for each tool, over one time. */
export function RestoreWindow({ answer }: { answer: BackupsAnswer }) {
  const now = useNow();
  const from = answer.reports.flatMap(({ spans, backups }) => spans[0]?.fromAt ?? backups[0]?.endedAt ?? []);
  const end = answer.newestAt ?? now;
  const start = Math.min(...from, end - DAY_MS);
  const place = (at: number): number => Math.min(100, Math.max(0, ((at - start) / (end - start)) * 100));
  return (
    <Panel title={t('Restore window')} count={t('where a restore can lead')}>
      <div className="grid gap-5 px-4 py-3">
        {answer.reports.map((report) => (
          <Ribbon key={report.id} report={report} place={place} end={end} now={now} />
        ))}
        <Axis start={start} end={end} place={place} now={now} />
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-11 text-f2">
          <span className="flex items-center gap-1.5">
            <i className="h-3 w-0.5 bg-f0" />
            {t('full')}
          </span>
          <span className="flex items-center gap-1.5">
            <i className="h-2 w-px bg-f2" />
            {t('incremental')}
          </span>
          <span className="flex items-center gap-1.5">
            <i className="h-2 w-5 bg-l3" />
            {t('restorable to any moment')}
          </span>
          <span className="flex items-center gap-1.5">
            <i className={`h-2 w-5 border border-critical border-dashed ${HATCH}`} />
            {t('no restore leads there')}
          </span>
          <span className="ml-auto">
            {t(
              'A lost WAL file makes every moment up to the end of the next good backup unreachable, not only its own.',
            )}
          </span>
        </p>
      </div>
    </Panel>
  );
}

interface Drawn {
  readonly place: (at: number) => number;
  readonly end: number;
  readonly now: number;
}

function Ribbon({ report, place, end, now }: Drawn & { report: Report }) {
  const { spans, gaps, proven, walAt, receivedAt, lateAfterMs } = report;
  const width = (fromAt: number, toAt: number): string => `${Math.max(0.3, place(toAt) - place(fromAt))}%`;
  const late = now - receivedAt > lateAfterMs;
  return (
    <div>
      <p className="mb-1.5 flex flex-wrap items-baseline gap-x-3 text-12">
        <span className="font-semibold text-f0">{`${TOOL_NAMES[report.tool]} ${report.name}`}</span>
        <span className={spans.length === 0 ? 'text-unknown' : 'text-f1'}>
          {spans[0] === undefined
            ? t('no restore leads anywhere')
            : late
              ? t('was any moment from {time}', { time: formatTime(spans[0].fromAt, now) })
              : t('any moment from {time}', { time: formatTime(spans[0].fromAt, now) })}
        </span>
        {gaps.map((gap) => (
          <span key={gap.fromAt} className="text-critical">
            {gap.toAt === null
              ? t('not restorable since {from}: {wal} is missing', {
                  from: formatTime(gap.fromAt, now),
                  wal: gap.firstWal,
                })
              : t('not restorable {from} to {to}: {wal} is missing', {
                  from: formatTime(gap.fromAt, now),
                  to: formatTime(gap.toAt, now),
                  wal: gap.firstWal,
                })}
          </span>
        ))}
        <span className={`ml-auto text-11 ${proven ? 'text-f3' : 'text-unknown'}`}>
          {proven ? (
            <>
              {t('archive list')} <Age at={walAt} staleAfterMs={lateAfterMs} />
            </>
          ) : (
            t('not proved: no list of the archive')
          )}
        </span>
      </p>
      <div
        className="relative h-6 bg-bg3"
        role="img"
        aria-label={t('{n} spans, {gaps} gaps', { n: spans.length, gaps: gaps.length })}
      >
        {spans.map(({ fromAt, toAt }) => (
          <i
            key={fromAt}
            className={`absolute inset-y-0 ${late ? 'border border-unknown border-dashed' : proven ? 'bg-l3' : 'border-f3 border-y border-dashed bg-l2'}`}
            style={{ left: `${place(fromAt)}%`, width: width(fromAt, toAt ?? end) }}
          />
        ))}
        {gaps.map(({ fromAt, toAt }) => (
          <i
            key={fromAt}
            className={`absolute inset-y-0 border border-critical border-dashed ${HATCH}`}
            style={{ left: `${place(fromAt)}%`, width: width(fromAt, toAt ?? end) }}
          />
        ))}
      </div>
      <div className="relative mt-1 h-4">
        {report.backups.map((row) => {
          const at = row.endedAt ?? row.startedAt;
          const look = row.kind === 'full' ? 'h-4 w-0.5 bg-f0' : 'h-2.5 w-px bg-f2';
          return at === null ? null : (
            <i
              key={`${row.repository} ${row.label}`}
              title={`${row.label}, ${kindWord(row.kind)}, ${exactTime(at)}`}
              className={`absolute ${leads(report, row) ? look : 'text-11 text-critical not-italic leading-none'}`}
              style={{ left: `${place(at)}%` }}
            >
              {leads(report, row) ? null : '×'}
            </i>
          );
        })}
      </div>
    </div>
  );
}

function Axis({ start, end, place, now }: Drawn & { start: number }) {
  const days = Math.ceil((end - start) / DAY_MS);
  const step = Math.max(1, Math.ceil(days / TICKS_MAX));
  const first = new Date(start);
  first.setHours(0, 0, 0, 0);
  const ticks = Array.from({ length: Math.ceil(days / step) + 1 }, (_, index) => {
    const at = new Date(first);
    at.setDate(at.getDate() + index * step);
    return at.getTime();
  }).filter((at) => at >= start && at <= end);
  return (
    <div className="relative h-4 border-l1 border-t text-11 text-f3" aria-hidden="true">
      {ticks.map((at) => (
        <span
          key={at}
          className="absolute whitespace-nowrap max-md:nth-[even]:hidden"
          style={{ left: `${Math.min(96, place(at))}%` }}
        >
          {formatDay(at, now)}
        </span>
      ))}
    </div>
  );
}
