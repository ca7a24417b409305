'use client';
import { METRICS, type Metric } from '@/lib/client/past/chart-series';
import { type ChartWindow, RANGES, type Range, rangeOf } from '@/lib/client/past/chart-window';
import { form, t, wire } from '@/lib/client/words/text';
import { SelectField } from '../ui/field';
import { Icon, type IconName } from '../ui/icon';
import { Segmented } from '../ui/segmented';

export const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  replay: form('Replay lag'),
  receive: form('Receive lag'),
  wal: form('WAL rate'),
};

interface ChartToolbarProps {
  readonly metric: Metric;
  readonly window: ChartWindow;
  /** A moment of the past is looked at: the charts cannot be live. */
  readonly past: boolean;
  readonly onMetric: (metric: Metric) => void;
  readonly onRange: (range: Range) => void;
  readonly onPan: (share: number) => void;
  readonly onZoom: (factor: number) => void;
  readonly onLive: () => void;
}

/** What is drawn, over how long, and the ways to move without dragging. */
export function ChartToolbar({ metric, window, past, onMetric, onRange, onPan, onZoom, onLive }: ChartToolbarProps) {
  const range = rangeOf(window);
  const live = window.kind === 'live';
  const metrics = METRICS.map((value) => ({ value, word: t(METRIC_WORDS[value]) }));
  const ranges = RANGES.map(({ value, word }) => ({ value, word: wire(word) }));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2 px-2.5 pt-1 pb-2">
      <Segmented label={t('What is drawn')} options={metrics} value={metric} onChange={onMetric} />
      <div className="ml-auto max-md:hidden">
        <Segmented<Range | ''>
          label={t('Range')}
          options={ranges}
          value={range ?? ''}
          onChange={(to) => to !== '' && onRange(to)}
        />
      </div>
      <div className="grow md:hidden">
        <SelectField
          label={t('Range')}
          quiet
          value={range ?? ''}
          onChange={(value) => {
            const chosen = RANGES.find((one) => one.value === value);
            if (chosen !== undefined) onRange(chosen.value);
          }}
          options={[...(range === null ? [{ value: '', word: t('Chosen') }] : []), ...ranges]}
        />
      </div>
      <div className="flex items-center gap-1">
        <Tool label={t('Earlier')} icon="earlier" onClick={() => onPan(-0.5)} />
        <Tool label={t('Later')} icon="later" disabled={live} onClick={() => onPan(0.5)} />
        {/* The wheel and the keys do the same where the row is full. */}
        <span className="flex gap-1 md:max-[1600px]:hidden">
          <Tool label={t('Closer')} icon="closer" onClick={() => onZoom(0.5)} />
          <Tool label={t('Further away')} icon="further" onClick={() => onZoom(2)} />
        </span>
      </div>
      {!past && (
        <button
          type="button"
          onClick={onLive}
          disabled={live}
          className={`inline-flex min-h-7 items-center gap-1.5 rounded-control border px-2.5 font-medium text-12 disabled:cursor-default pointer-coarse:min-h-11 ${live ? 'border-transparent text-f2' : 'border-l2 bg-bg2 text-f0 hover:border-l3'}`}
        >
          <span aria-hidden="true" className={`size-1.5 rounded-full ${live ? 'bg-f1' : 'border border-f2'}`} />
          {live ? t('Live') : t('Live again')}
        </button>
      )}
    </div>
  );
}

function Tool({
  label,
  icon,
  onClick,
  disabled = false,
}: {
  label: string;
  icon: IconName;
  onClick: () => void;
  disabled?: boolean;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={disabled}
      className="inline-flex size-7 items-center justify-center rounded-control border border-l2 bg-bg1 text-f1 enabled:hover:border-l3 enabled:hover:text-f0 disabled:cursor-default disabled:text-l3 pointer-coarse:size-11"
    >
      <Icon name={icon} size={14} />
    </button>
  );
}
