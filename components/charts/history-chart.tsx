'use client';
import { memo, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Area, ComposedChart, Line, ReferenceArea, ReferenceLine, XAxis, YAxis } from 'recharts';
import { chartMarkers } from '@/lib/client/past/chart-markers';
import { byteTicks, type ChartRow, type ChartSeries, lineFacts } from '@/lib/client/past/chart-series';
import { timeTicks } from '@/lib/client/past/chart-window';
import { formatDay, formatMinute, formatTime } from '@/lib/client/words/format';
import type { ClusterEvent } from '@/lib/domain/events';
import { ownOf } from '@/lib/domain/record';
import { ChartMarkers } from './chart-markers';
import { EndLabels } from './end-labels';
import { PlotSurface } from './plot-surface';

const MARGIN = { top: 26, right: 108, bottom: 22, left: 62 } as const;
const DASHES = ['0', '4 3', '1.5 2.5', '7 3 1.5 3'] as const;
const DAY = 86_400_000;

export interface HistoryChartProps {
  readonly series: ChartSeries;
  readonly scope: string;
  /** `Replay lag`: what the values are. */
  readonly name: string;
  readonly format: (value: number | null) => string;
  /** Above it a line is in trouble, and the scale never ends below it; null: nothing is. */
  readonly limit: number | null;
  /** What stands at the end of a line that has no value there: `leads`. */
  readonly ends: Readonly<Record<string, string>>;
  readonly events: readonly ClusterEvent[];
  /** The moment that is looked at; null: now. */
  readonly at: number | null;
  /** The moment whose values are read out. */
  readonly cursor: number | null;
  readonly height?: number;
  readonly onCursor: (at: number | null) => void;
  readonly onZoom: (from: number, to: number) => void;
  readonly onPan: (share: number) => void;
  readonly onZoomBy: (factor: number, centre: number | null) => void;
  readonly onGo: (at: number) => void;
}

function tickWord(at: number, spanMs: number): string {
  if (spanMs <= 5 * 60_000) return formatTime(at, at);
  const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
  return spanMs > 3 * DAY || (spanMs > DAY / 2 && midnight) ? formatDay(at, at) : formatMinute(at);
}

const readLine =
  (line: string) =>
  (row: ChartRow): number | null =>
    ownOf(row.values, line) ?? null;

export const HistoryChart = memo(function HistoryChart(props: HistoryChartProps) {
  const { series, format, limit, at, cursor, height = 280 } = props;
  const over = useId();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const facts = useMemo(() => lineFacts(series), [series]);
  const worst = Math.max(0, ...facts.map((fact) => fact.worst ?? 0));
  const ticks = byteTicks(Math.max(worst, limit ?? 0));
  const top = ticks.at(-1) ?? 1;
  const right = width < 480 ? 88 : MARGIN.right;
  const plot = Math.max(0, width - MARGIN.left - right);
  const high = height - MARGIN.top - MARGIN.bottom;
  const markers = useMemo(
    () => chartMarkers(props.events, series, plot, right - 18),
    [props.events, series, plot, right],
  );
  const loud = facts.filter((fact) => limit !== null && (fact.worst ?? 0) > limit).map((fact) => fact.line);
  const split = limit === null ? 1 : Math.min(1, Math.max(0, 1 - limit / top));
  const inside = (moment: number): boolean => moment >= series.from && moment <= series.to;

  return (
    <div ref={box} className="relative w-full select-none" style={{ height }}>
      {width > 0 && (
        <ComposedChart
          width={width}
          height={height}
          data={[...series.rows]}
          margin={{ top: MARGIN.top, right, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          className="[&_*]:outline-none"
        >
          <defs>
            {/* A line is coloured only where it is over the limit. */}
            <linearGradient
              id={over}
              gradientUnits="userSpaceOnUse"
              x1="0"
              x2="0"
              y1={MARGIN.top}
              y2={MARGIN.top + high}
            >
              <stop offset={split} stopColor="var(--warning)" />
              <stop offset={split} stopColor="var(--f3)" />
            </linearGradient>
            <pattern
              id={`${over}blind`}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <path d="M0 0v6" stroke="var(--l2)" strokeWidth="1.5" />
            </pattern>
          </defs>
          <XAxis
            dataKey="at"
            type="number"
            domain={[series.from, series.to]}
            allowDataOverflow
            ticks={[...timeTicks(series)]}
            tickFormatter={(value: number) => tickWord(value, series.to - series.from)}
            height={MARGIN.bottom}
            axisLine={{ stroke: 'var(--l1)' }}
            tickLine={{ stroke: 'var(--l2)' }}
            tick={{ fill: 'var(--f3)', fontSize: 11 }}
          />
          <YAxis
            width={MARGIN.left}
            domain={[0, top]}
            ticks={[...ticks]}
            tickFormatter={format}
            axisLine={false}
            tickLine={false}
            tick={{ fill: 'var(--f3)', fontSize: 11 }}
          />
          {series.blind.map((span) => (
            <ReferenceArea
              key={span.from}
              x1={Math.max(span.from, series.from)}
              x2={Math.min(span.to, series.to)}
              fill={`url(#${over}blind)`}
              fillOpacity={1}
              stroke="none"
            />
          ))}
          {ticks.slice(1).map((tick) => (
            <ReferenceLine key={tick} y={tick} stroke="var(--l1)" />
          ))}
          {markers.map((marker) => (
            <ReferenceLine key={marker.at} x={marker.at} stroke="var(--f2)" strokeDasharray="3 3" />
          ))}
          {loud.map((line) => (
            <Area
              key={line}
              dataKey={readLine(line)}
              stroke="none"
              fill="var(--warning)"
              fillOpacity={0.12}
              isAnimationActive={false}
              connectNulls={false}
              activeDot={false}
            />
          ))}
          {series.lines.map((line, index) => (
            <Line
              key={line}
              dataKey={readLine(line)}
              stroke={loud.includes(line) ? `url(#${over})` : 'var(--f3)'}
              strokeWidth={loud.includes(line) ? 1.8 : 1.2}
              strokeDasharray={loud.includes(line) ? '0' : (DASHES[index % DASHES.length] ?? '0')}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
          {at !== null && inside(at) && <ReferenceLine x={at} stroke="var(--f0)" strokeWidth={2} />}
          {cursor !== null && inside(cursor) && <ReferenceLine x={cursor} stroke="var(--accent)" strokeWidth={1.2} />}
        </ComposedChart>
      )}
      {width > 0 && (
        <>
          <PlotSurface
            {...props}
            style={{ left: MARGIN.left, top: MARGIN.top, width: plot, height: high }}
            plotWidth={plot}
          />
          <ChartMarkers markers={markers} scope={props.scope} left={MARGIN.left} width={width} />
          <EndLabels
            facts={facts}
            format={format}
            limit={limit}
            ends={props.ends}
            left={width - right}
            width={right}
            yOf={(value) => MARGIN.top + high * (1 - Math.min(1, value / top))}
            bottom={height - MARGIN.bottom}
          />
        </>
      )}
    </div>
  );
});
