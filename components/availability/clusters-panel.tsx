'use client';
import { useState } from 'react';
import { type AvailabilityChoice, bucketsOf, fill, type Line, type Span } from '@/lib/client/past/availability';
import { formatDuration } from '@/lib/client/words/format';
import { t, tn } from '@/lib/client/words/text';
import { Button } from '../ui/button';
import { SelectField } from '../ui/field';
import { WholeName } from '../ui/name';
import { Panel } from '../ui/panel';
import { formatDown } from './availability-words';
import { DayStrip } from './day-strip';
import { KindMark } from './kind-mark';

const SHOWN = 20;
const COLUMNS =
  'md:grid-cols-[minmax(0,180px)_minmax(0,1fr)_84px_80px_80px_88px] xl:grid-cols-[minmax(0,300px)_minmax(0,1fr)_84px_80px_84px_132px]';

interface ClustersPanelProps {
  readonly lines: readonly Line[];
  readonly groups: readonly string[];
  readonly choice: AvailabilityChoice;
  readonly span: Span;
  readonly now: number;
  readonly choose: (part: Partial<AvailabilityChoice>) => void;
}

/** Each cluster, or all with one value of a label, by day; the most unplanned first. */
export function ClustersPanel({ lines, groups, choice, span, now, choose }: ClustersPanelProps) {
  const [all, setAll] = useState(false);
  const told = lines.filter((line) => line.unplannedMs + line.plannedMs + line.unseenMs > 0);
  const shown = all ? told : told.slice(0, SHOWN);
  const days = bucketsOf(choice.period, span);
  const quiet = lines.length - told.length;
  // One for all is said once.
  const allowances = new Set(lines.flatMap(({ allowedMs }) => allowedMs ?? []));
  const [allowed = null] = allowances.size === 1 ? allowances : [];
  return (
    <Panel
      title={choice.group ?? t('Clusters')}
      count={choice.period === 'year' ? t('by month') : t('by day; weekends shaded')}
      aside={
        groups.length > 0 && (
          <span className="print:hidden">
            <SelectField
              label={t('Together by')}
              quiet
              value={choice.group ?? ''}
              onChange={(group) => choose({ group: group === '' ? null : group, scope: null })}
              options={[{ value: '', word: t('no label') }, ...groups.map((key) => ({ value: key, word: key }))]}
            />
          </span>
        )
      }
    >
      <div
        aria-hidden="true"
        className={`grid items-center gap-x-4 border-l1 border-b px-3.5 py-1 text-11 text-f2 max-md:hidden ${COLUMNS}`}
      >
        <span>{t('Most first')}</span>
        <span className="grid auto-cols-fr grid-flow-col text-center text-10">
          {days.map(({ from }, index) => (
            <span key={from} className={index % 2 === 1 && days.length > 12 ? 'max-xl:opacity-0' : ''}>
              {days.length <= 31 || index % 7 === 0
                ? choice.period === 'year'
                  ? new Date(from).getMonth() + 1
                  : new Date(from).getDate()
                : ''}
            </span>
          ))}
        </span>
        <span className="text-right">{t('Unplanned')}</span>
        <span className="text-right">{t('Planned')}</span>
        <span className="text-right">{t('Not seen')}</span>
        <span className="text-right">
          {allowed === null ? t('Left of the objective') : t('Left of {allowed}', { allowed: formatDown(allowed) })}
        </span>
      </div>
      <ul>
        {shown.map((line) => (
          <li
            key={line.name}
            className={`grid grid-cols-3 items-center gap-x-4 gap-y-1 border-l1 border-t px-3.5 first:border-t-0 max-md:py-2 ${COLUMNS} ${line.scope !== null && line.scope === choice.scope ? 'bg-bg2' : ''}`}
          >
            <span className="min-w-0 py-1 font-semibold text-13 text-f0 max-md:col-span-3">
              {line.scope === null ? (
                <>
                  <WholeName text={line.name} />
                  <span className="font-normal text-11 text-f2">
                    {tn(line.clusters.length, '{n} cluster', '{n} clusters')}
                  </span>
                </>
              ) : (
                <button
                  type="button"
                  aria-pressed={line.scope === choice.scope}
                  onClick={() => choose({ scope: line.scope === choice.scope ? null : line.scope })}
                  className="max-w-full rounded-chip text-left hover:underline pointer-coarse:min-h-11"
                >
                  <WholeName text={line.name} />
                </button>
              )}
            </span>
            <span className="self-stretch max-md:order-last max-md:col-span-3">
              <DayStrip days={fill(days, line.clusters)} now={now} />
            </span>
            <Value label={t('Unplanned')} loud={line.unplannedMs > 0} tone="text-critical" ms={line.unplannedMs} />
            <Value label={t('Planned')} loud={line.plannedMs > 0} tone="text-f0" ms={line.plannedMs} />
            <Value label={t('Not seen')} loud={line.unseenMs > 0} tone="text-unknown" ms={line.unseenMs} />
            <Left line={line} isSaid={allowed !== null} />
          </li>
        ))}
      </ul>
      <footer className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-l1 border-t px-3.5 py-2.5 text-12 text-f2">
        <span className="flex flex-wrap items-center gap-3">
          {told.length === 0
            ? t('Nothing was down, and all of it was seen.')
            : quiet > 0 &&
              tn(quiet, '{n} more without an outage, all of it seen', '{n} more without an outage, all of it seen')}
          {told.length > SHOWN && (
            <Button onClick={() => setAll(!all)}>
              {all ? t('Show fewer') : t('Show all {n}', { n: told.length })}
            </Button>
          )}
        </span>
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1 text-11">
          {(['unplanned', 'planned', 'unseen'] as const).map((kind) => (
            <span key={kind} className="flex items-center gap-1.5">
              <KindMark kind={kind} />
              {kind === 'unplanned' ? t('unplanned') : kind === 'planned' ? t('planned') : t('not seen')}
            </span>
          ))}
          <span>{t('height: the logarithm of seconds, to an hour')}</span>
        </span>
      </footer>
    </Panel>
  );
}

function Value({ label, ms, loud, tone }: { label: string; ms: number; loud: boolean; tone: string }) {
  return (
    <span className="text-13 md:text-right">
      <span className="block text-11 text-f3 md:sr-only">{label} </span>
      <span className={`whitespace-nowrap ${loud ? `font-semibold ${tone}` : 'text-f2'}`}>{formatDown(ms)}</span>
    </span>
  );
}

function Left({ line: { allowedMs, leftMs }, isSaid }: { line: Line; isSaid: boolean }) {
  const share = allowedMs === null || leftMs === null ? null : Math.max(0, Math.min(1, 1 - leftMs / allowedMs));
  return (
    <span className="flex items-center gap-3 text-12 max-md:col-span-3 md:justify-end">
      <span className="text-11 text-f3 md:sr-only">{t('Left of the objective')} </span>
      {leftMs === null ? (
        <span className="text-f3">{t('none is set')}</span>
      ) : (
        <>
          {share !== null && leftMs >= 0 && (
            <span aria-hidden="true" className="h-1 w-14 shrink-0 overflow-clip rounded-chip bg-bg3 max-xl:hidden">
              <i className="block h-full bg-f2" style={{ width: `${share * 100}%` }} />
            </span>
          )}
          <span className={leftMs < 0 ? 'text-right font-semibold text-critical' : 'text-right text-f1'}>
            {leftMs < 0
              ? t('over by {time}', { time: formatDuration(-leftMs) })
              : allowedMs === null || isSaid
                ? formatDuration(leftMs)
                : t('{left} of {allowed}', { left: formatDuration(leftMs), allowed: formatDuration(allowedMs) })}
          </span>
        </>
      )}
    </span>
  );
}
