'use client';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { type ChartSeries, rowAt } from '@/lib/client/past/chart-series';
import { exactTime, formatDuration, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';

interface PlotSurfaceProps {
  readonly series: ChartSeries;
  readonly name: string;
  readonly format: (value: number | null) => string;
  readonly cursor: number | null;
  readonly style: CSSProperties;
  readonly plotWidth: number;
  readonly onCursor: (at: number | null) => void;
  readonly onZoom: (from: number, to: number) => void;
  readonly onPan: (share: number) => void;
  readonly onZoomBy: (factor: number, centre: number | null) => void;
  readonly onGo: (at: number) => void;
}

interface Drag {
  readonly from: number;
  readonly to: number;
  readonly pan: boolean;
}

/** A shorter way is a click. */
const DRAG_MIN_PX = 6;
const BIG_STEP = 10;

/** What takes the pointer and the keys of one plot. It is a slider: its value is the moment that is read out. */
export function PlotSurface({
  series,
  name,
  format,
  cursor,
  style,
  plotWidth,
  onCursor,
  onZoom,
  onPan,
  onZoomBy,
  onGo,
}: PlotSurfaceProps) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const pinned = useRef(false);
  const span = series.to - series.from;
  const atX = (x: number): number =>
    series.from + (span * Math.max(0, Math.min(plotWidth, x))) / Math.max(1, plotWidth);
  const xOf = (event: PointerEvent<HTMLElement>): number =>
    event.clientX - event.currentTarget.getBoundingClientRect().left;

  const snap = (moment: number): number => rowAt(series, moment)?.at ?? moment;

  const onMove = (event: PointerEvent<HTMLElement>) => {
    const x = xOf(event);
    if (drag !== null) setDrag({ ...drag, to: x });
    else if (event.pointerType === 'mouse' && !pinned.current) onCursor(snap(atX(x)));
  };
  const onUp = (event: PointerEvent<HTMLElement>) => {
    if (drag === null) return;
    const to = xOf(event);
    setDrag(null);
    if (Math.abs(to - drag.from) < DRAG_MIN_PX) {
      // A second click lets go.
      pinned.current = !pinned.current || event.pointerType !== 'mouse';
      onCursor(snap(atX(to)));
    } else if (drag.pan) onPan((drag.from - to) / Math.max(1, plotWidth));
    else onZoom(atX(drag.from), atX(to));
  };

  const step = (buckets: number) => {
    pinned.current = true;
    const here = cursor ?? series.to + series.stepMs * (buckets > 0 ? -1 : 1);
    onCursor(snap(Math.max(series.from, Math.min(series.to, here + buckets * series.stepMs))));
  };
  const press = (key: string, shift: boolean): boolean => {
    switch (key) {
      case 'ArrowLeft':
      case 'ArrowRight': {
        const way = key === 'ArrowLeft' ? -1 : 1;
        if (shift) onPan(way * 0.25);
        else step(way);
        return true;
      }
      case 'PageDown':
      case 'PageUp':
        step(key === 'PageDown' ? -BIG_STEP : BIG_STEP);
        return true;
      case 'Home':
      case 'End':
        pinned.current = true;
        onCursor(series.rows.at(key === 'Home' ? 0 : -1)?.at ?? series.to);
        return true;
      case '+':
      case '=':
      case '-':
        onZoomBy(key === '-' ? 2 : 0.5, cursor);
        return true;
      case 'Enter':
        if (cursor !== null) onGo(cursor);
        return cursor !== null;
      case 'Escape':
        pinned.current = false;
        onCursor(null);
        return true;
      default:
        return false;
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key, event.shiftKey)) event.preventDefault();
  };

  const row = cursor === null ? null : rowAt(series, cursor);
  const read =
    row === null
      ? ''
      : series.lines
          .filter((line) => row.values[line] != null)
          .map((line) => `${line} ${format(row.values[line] ?? null)}`)
          .join(', ');
  const said =
    cursor === null
      ? t('no moment chosen')
      : `${formatTime(cursor, series.to)}: ${read === '' ? t('nothing known') : read}`;

  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={t('{name}, moment', { name })}
      aria-valuemin={Math.round(series.from)}
      aria-valuemax={Math.round(series.to)}
      aria-valuenow={Math.round(cursor ?? series.to)}
      aria-valuetext={said}
      aria-keyshortcuts="ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight + - Enter Escape"
      style={style}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const x = xOf(event);
        setDrag({ from: x, to: x, pan: event.shiftKey });
      }}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => {
        if (drag === null && !pinned.current) onCursor(null);
      }}
      onKeyDown={onKey}
      className={`absolute touch-pan-y rounded-chip ${drag?.pan ? 'cursor-grabbing' : 'cursor-crosshair'}`}
    >
      {drag !== null && Math.abs(drag.to - drag.from) >= DRAG_MIN_PX && (
        <Band drag={drag} width={plotWidth} from={atX(drag.from)} to={atX(drag.to)} />
      )}
    </div>
  );
}

function Band({ drag, width, from, to }: { drag: Drag; width: number; from: number; to: number }) {
  const left = Math.max(0, Math.min(drag.from, drag.to));
  const right = Math.min(width, Math.max(drag.from, drag.to));
  const span = formatDuration(Math.abs(to - from));
  const words = !drag.pan ? span : to > from ? t('{span} earlier', { span }) : t('{span} later', { span });
  return (
    <span
      style={{ left, width: right - left }}
      title={t('{start} to {end}', { start: exactTime(Math.min(from, to)), end: exactTime(Math.max(from, to)) })}
      className={`pointer-events-none absolute inset-y-0 border-accent border-x bg-accent/12 ${drag.pan ? 'border-dashed' : ''}`}
    >
      <span className="absolute top-1 left-1/2 -translate-x-1/2 whitespace-nowrap rounded-chip bg-bg3 px-1.5 text-11 text-f0">
        {words}
      </span>
    </span>
  );
}
