'use client';
import { useRouter } from 'next/navigation';
import { useMemo, useState } from 'react';
import { clockNow } from '@/lib/client/live/clock';
import { chartSeries, type Metric, rowAt } from '@/lib/client/past/chart-series';
import { panBy, zoomBy, zoomTo } from '@/lib/client/past/chart-window';
import type { IncidentWindow } from '@/lib/client/past/incident';
import { momentPath } from '@/lib/client/past/moment';
import { formatBytes, formatDuration, formatTime } from '@/lib/client/words/format';
import { t, wire } from '@/lib/client/words/text';
import type { IncidentAnswer } from '@/lib/contract/history';
import { INCIDENT_MAX_MS } from '@/lib/contract/limits';
import { ownOf } from '@/lib/domain/record';
import { formatRate as rateOf, unknown } from '@/lib/language/quantity';
import { useHistoryChart } from '../charts/use-history-chart';
import { goTo } from '../ui/go-to';
import { Panel } from '../ui/panel';

interface IncidentChartsProps {
  readonly answer: IncidentAnswer;
  readonly onChoose: (window: IncidentWindow) => void;
}

export function IncidentCharts(props: IncidentChartsProps) {
  return (
    <>
      <Chart {...props} metric="replay" title={t('Replay lag')} format={formatBytes} />
      <Chart {...props} metric="wal" title={t('WAL rate')} format={formatRate} />
    </>
  );
}

const formatRate = (value: number | null): string => wire(value === null ? unknown() : rateOf(value));

interface ChartProps extends IncidentChartsProps {
  readonly metric: Metric;
  readonly title: string;
  readonly format: (value: number | null) => string;
}

function Chart({ answer, onChoose, metric, title, format }: ChartProps) {
  const router = useRouter();
  const { HistoryChart, failed } = useHistoryChart();
  const [cursor, setCursor] = useState<number | null>(null);
  const { scope, from, to, history, events } = answer;
  const series = useMemo(() => {
    const names = Object.keys(history.members).filter((name) =>
      ownOf(history.members, name)?.replayBytes.some((value) => value !== null),
    );
    return chartSeries(metric, history, [], names, { from, to });
  }, [metric, history, from, to]);
  const config = (answer.after ?? answer.before)?.cluster.config;
  const limit = metric === 'wal' ? null : (config?.maximumLagOnFailoverBytes ?? 1024 * 1024);
  // A leader has no lag: that is no gap of knowledge.
  const led = metric === 'wal' ? null : (history.leader.findLast((one) => one !== null) ?? null);
  const hasValues = series?.rows.some(({ values }) => Object.values(values).some((value) => value !== null)) === true;
  const row = series === null || cursor === null ? null : rowAt(series, cursor);
  const choose = (window: ReturnType<typeof zoomTo>): void => {
    if (window.kind === 'live') onChoose({ from: clockNow() - window.spanMs, to: clockNow() });
    else onChoose({ from: Math.max(window.from, window.to - INCIDENT_MAX_MS), to: window.to });
  };
  const past = { kind: 'past', from, to } as const;
  return (
    <Panel
      title={title}
      count={formatDuration(to - from)}
      aside={
        row === null
          ? t('drag to zoom')
          : `${formatTime(row.at, to)}: ${Object.entries(row.values)
              .map(([name, value]) => `${name} ${format(value)}`)
              .join(', ')}`
      }
      bodyClassName="min-h-[194px] px-1 py-1"
    >
      {!hasValues || series === null ? (
        <p className="px-2.5 py-2 text-f2">{t('No value was kept of this window.')}</p>
      ) : HistoryChart === null ? (
        <p className="px-2.5 py-2 text-f2">
          {t(failed ? 'The chart could not be loaded; it is tried again.' : 'Loading.')}
        </p>
      ) : (
        <HistoryChart
          series={series}
          scope={scope}
          name={title}
          format={format}
          limit={limit}
          ends={led === null ? {} : { [led]: t('led') }}
          events={events}
          at={null}
          cursor={cursor}
          height={186}
          onCursor={setCursor}
          onZoom={(a, b) => choose(zoomTo(a, b, clockNow()))}
          onPan={(share) => choose(panBy(past, share, clockNow()))}
          onZoomBy={(factor, centre) => choose(zoomBy(past, factor, centre, clockNow()))}
          onGo={(moment) => goTo(router, momentPath(scope, moment))}
        />
      )}
    </Panel>
  );
}
