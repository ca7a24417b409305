'use client';
import { memo, useEffect, useRef, useState } from 'react';
import { Area, ComposedChart, Line, ReferenceLine, XAxis, YAxis } from 'recharts';
import { formatBytes, formatMinute, formatTime } from '@/lib/client/format';
import { byteTicks, type LagSeries } from '@/lib/client/lag-series';
import type { ClusterEvent } from '@/lib/domain/events';

const HEIGHT = 186;
const MARGIN = { top: 26, right: 108, bottom: 22, left: 62 } as const;
const LABEL_PITCH = 14;
const LABELS_MAX = 6;
const DASHES = ['0', '4 3', '1.5 2.5', '7 3 1.5 3'] as const;

export interface LagChartProps {
  readonly series: LagSeries;
  readonly limitBytes: number;
  /** Members over the limit: the lines in trouble. */
  readonly troubled: readonly string[];
  readonly events: readonly ClusterEvent[];
}

interface EndLabel {
  readonly name: string;
  readonly bytes: number | null;
  readonly y: number;
  readonly loud: boolean;
}

/** Labels at the right end, pushed apart, kept inside the plot. */
function endLabels(series: LagSeries, troubled: readonly string[], top: number): readonly EndLabel[] {
  const plot = HEIGHT - MARGIN.top - MARGIN.bottom;
  const last = series.rows.at(-1);
  const wanted = series.members
    .map((name) => {
      const bytes = last?.[name] ?? null;
      return {
        name,
        bytes,
        loud: troubled.includes(name),
        y: MARGIN.top + plot * (1 - Math.min(1, (bytes ?? 0) / top)),
      };
    })
    .sort((a, b) => Number(b.loud) - Number(a.loud) || (b.bytes ?? -1) - (a.bytes ?? -1))
    .slice(0, LABELS_MAX)
    .sort((a, b) => a.y - b.y);
  let floor = HEIGHT - MARGIN.bottom + 6;
  for (let index = wanted.length - 1; index >= 0; index -= 1) {
    const label = wanted[index];
    if (label === undefined) continue;
    label.y = Math.min(label.y, floor);
    floor = label.y - LABEL_PITCH;
  }
  return wanted;
}

/** One marker every so often; a label only where the words of the one before have ended. */
function markers(
  events: readonly ClusterEvent[],
  series: LagSeries,
  width: number,
): { at: number; x: number; text: string }[] {
  const plot = width - MARGIN.left - MARGIN.right;
  const placed: { at: number; x: number; text: string }[] = [];
  let free = 0;
  for (const event of [...events].sort((a, b) => a.at - b.at)) {
    if (event.at < series.from || event.at > series.to) continue;
    const x = MARGIN.left + (plot * (event.at - series.from)) / (series.to - series.from);
    const room = Math.floor((width - MARGIN.right + 90 - x) / 6.2);
    const text = event.text.length > room ? `${event.text.slice(0, Math.max(0, room - 1))}…` : event.text;
    const shown = x >= free && room > 8;
    placed.push({ at: event.at, x, text: shown ? text : '' });
    if (shown) free = x + text.length * 6.2 + 18;
  }
  return placed;
}

export const LagChart = memo(function LagChart({ series, limitBytes, troubled, events }: LagChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const worst = Math.max(0, ...series.rows.flatMap((row) => series.members.map((name) => row[name] ?? 0)));
  const ticks = byteTicks(Math.max(worst, limitBytes));
  const top = ticks.at(-1) ?? 1;
  const marks = markers(events, series, width);
  const span = series.to - series.from;
  const stepMinutes = [1, 2, 5, 10, 15, 30, 60].find((minutes) => span / (minutes * 60_000) <= 5) ?? 120;
  const stepMs = stepMinutes * 60_000;
  const xTicks: number[] = [];
  for (let at = Math.ceil(series.from / stepMs) * stepMs; at <= series.to; at += stepMs) xTicks.push(at);

  return (
    <div ref={box} className="relative w-full" style={{ height: HEIGHT }}>
      {width > 0 && (
        <ComposedChart
          width={width}
          height={HEIGHT}
          data={[...series.rows]}
          margin={{ ...MARGIN, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          className="[&_*]:outline-none"
        >
          <XAxis
            dataKey="at"
            type="number"
            domain={[series.from, series.to]}
            ticks={xTicks}
            tickFormatter={formatMinute}
            height={MARGIN.bottom}
            axisLine={{ stroke: 'var(--l1)' }}
            tickLine={{ stroke: 'var(--l2)' }}
            tick={{ fill: 'var(--f3)', fontSize: 11 }}
          />
          <YAxis
            width={MARGIN.left}
            domain={[0, top]}
            ticks={[...ticks]}
            tickFormatter={formatBytes}
            axisLine={false}
            tickLine={false}
            tick={{ fill: 'var(--f3)', fontSize: 11 }}
          />
          {ticks.slice(1).map((tick) => (
            <ReferenceLine key={tick} y={tick} stroke="var(--l1)" />
          ))}
          {marks.map((mark) => (
            <ReferenceLine key={`${mark.at}${mark.text}`} x={mark.at} stroke="var(--f2)" strokeDasharray="3 3" />
          ))}
          {series.members
            .filter((name) => troubled.includes(name))
            .map((name) => (
              <Area
                key={name}
                dataKey={name}
                stroke="none"
                fill="var(--warning)"
                fillOpacity={0.12}
                isAnimationActive={false}
                connectNulls={false}
                activeDot={false}
              />
            ))}
          {series.members.map((name, index) => (
            <Line
              key={name}
              dataKey={name}
              stroke={troubled.includes(name) ? 'var(--warning)' : 'var(--f3)'}
              strokeWidth={troubled.includes(name) ? 1.8 : 1.2}
              strokeDasharray={troubled.includes(name) ? '0' : (DASHES[index % DASHES.length] ?? '0')}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
        </ComposedChart>
      )}
      {marks.map((mark) => (
        <span
          key={`${mark.at}${mark.text}`}
          style={{ left: mark.x - 4, top: 4 }}
          className="absolute flex items-center gap-1.5 whitespace-nowrap text-11 text-f1"
        >
          <svg width="8" height="7" className="fill-f1" aria-hidden="true">
            <path d="M0 0h8L4 6Z" />
          </svg>
          <span title={formatTime(mark.at, series.to)}>{mark.text}</span>
        </span>
      ))}
      {endLabels(series, troubled, top)
        .filter((label) => label.loud)
        .map((label) => (
          <span
            key={label.name}
            style={{ left: width - MARGIN.right - 3, top: label.y - 3 }}
            className="absolute size-1.5 rounded-full bg-warning"
          />
        ))}
      {endLabels(series, troubled, top).map((label) => (
        <span
          key={label.name}
          style={{ left: width - MARGIN.right + 8, top: label.y - 8, width: MARGIN.right - 8 }}
          className={`absolute truncate text-11 ${label.loud ? 'font-semibold text-warning' : label.bytes === null ? 'text-unknown' : 'text-f2'}`}
          title={`${label.name} ${formatBytes(label.bytes)}`}
        >
          {label.name.length > 9 ? `…${label.name.slice(-8)}` : label.name} {formatBytes(label.bytes)}
        </span>
      ))}
    </div>
  );
});
