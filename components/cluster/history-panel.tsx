'use client';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { clockNow, usePast } from '@/lib/client/live/clock';
import { parseChart, printChart } from '@/lib/client/past/chart-address';
import {
  type ChartSeries,
  chartSeries,
  lineFacts,
  type Metric,
  rowAt,
  type TailSample,
} from '@/lib/client/past/chart-series';
import {
  type ChartWindow,
  edgesOf,
  LIVE_DEFAULT,
  momentWindow,
  panBy,
  rangeWindow,
  spanOf,
  zoomBy,
  zoomTo,
} from '@/lib/client/past/chart-window';
import { useHistory } from '@/lib/client/past/history';
import { eventsPath, momentPath } from '@/lib/client/past/moment';
import { useChartTail } from '@/lib/client/past/use-chart-tail';
import { formatBytes, formatDuration, formatTime, sentence } from '@/lib/client/words/format';
import { form, t, tn, wire } from '@/lib/client/words/text';
import type { HistoryAnswer } from '@/lib/contract/history';
import type { Snapshot } from '@/lib/domain/cluster';
import { joinNames, formatRate as rateOf } from '@/lib/language/quantity';
import { saidBy } from '@/lib/language/spoken-error';
import { ChartToolbar, METRIC_WORDS } from '../charts/chart-toolbar';
import { useHistoryChart } from '../charts/use-history-chart';
import { SeverityIcon } from '../ui/glyph';
import { goTo } from '../ui/go-to';
import { Panel } from '../ui/panel';
import { MomentLink } from './moment-link';

const NONE: readonly never[] = [];
const NO_TAIL: readonly TailSample[] = [];
const LEVEL_WORDS: Readonly<Record<HistoryAnswer['level'], string | null>> = {
  full: null,
  half_minute: form('half-minute values'),
  ten_minutes: form('ten-minute values'),
  memory: form("from this process's memory"),
};

const formatRate = (value: number | null): string => (value === null ? t('unknown') : wire(rateOf(value)));

/** The window before a moment is looked at: most of it before, a little after. */
const AROUND_MS = 15 * 60_000;

/** Browsers refuse more than about a hundred address changes in half a minute. */
const WRITE_AFTER_MS = 200;

interface Choice {
  readonly window: ChartWindow;
  /** The moment it was chosen for: another one that is outside of it moves it. */
  readonly at: number | null;
}

function follow(choice: Choice, at: number | null): ChartWindow {
  if (choice.at === at) return choice.window;
  if (at === null) return LIVE_DEFAULT;
  const { window } = choice;
  if (window.kind === 'past' && at >= window.from && at <= window.to) return window;
  return momentWindow(at, choice.at === null ? AROUND_MS : spanOf(window), clockNow() || Date.now());
}

export function HistoryPanel({ snapshot }: { snapshot: Snapshot }) {
  const router = useRouter();
  const { scope } = snapshot;
  const at = usePast()?.at ?? null;
  const params = useSearchParams();
  const [metric, setMetric] = useState<Metric>(() => parseChart(params).metric);
  const [choice, setChoice] = useState<Choice>(() => ({ window: parseChart(params).window, at: null }));
  const [cursor, setCursor] = useState<number | null>(null);
  const window = useMemo(() => follow(choice, at), [choice, at]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const query = printChart({ metric, window: choice.window }, location.search);
      if (query !== location.search)
        globalThis.history.replaceState(null, '', `${location.pathname}${query}${location.hash}`);
    }, WRITE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [metric, choice.window]);
  const live = window.kind === 'live';
  const history = useHistory(scope, window);
  const { HistoryChart, failed } = useHistoryChart();
  const newest = useChartTail(snapshot);
  const { members, leader, config } = snapshot.cluster;
  const limit = metric === 'wal' ? null : (config?.maximumLagOnFailoverBytes ?? 1024 * 1024);
  const names = members
    .filter((member) => member.name !== leader?.name && member.divergence === null)
    .map((member) => member.name)
    .join('\n');
  // A live answer drawn into another window would leave holes that are none.
  const data = history.data;
  const tail = live && !history.isPlaceholderData ? newest : NO_TAIL;
  const series = useMemo(() => {
    const drawn = names === '' ? [] : names.split('\n');
    return chartSeries(metric, data, tail, drawn, window.kind === 'past' ? window : null);
  }, [metric, data, tail, names, window]);
  const ends = useMemo(() => endWords(data, leader?.name ?? null, live), [data, leader?.name, live]);

  const choose = useCallback(
    (next: ChartWindow) => {
      setChoice({ window: next, at });
      setCursor(null);
    },
    [at],
  );
  const onZoom = useCallback((from: number, to: number) => choose(zoomTo(from, to, clockNow())), [choose]);
  const onPan = useCallback(
    (share: number) => choose(keepPast(panBy(window, share, clockNow()), at)),
    [choose, window, at],
  );
  const onZoomBy = useCallback(
    (factor: number, centre: number | null) => choose(keepPast(zoomBy(window, factor, centre ?? at, clockNow()), at)),
    [choose, window, at],
  );
  const onGo = useCallback((moment: number) => goTo(router, momentPath(scope, moment)), [router, scope]);
  const format = metric === 'wal' ? formatRate : formatBytes;
  const name = t(METRIC_WORDS[metric]);

  return (
    <Panel
      title={name}
      count={series === null ? undefined : formatDuration(series.to - series.from)}
      aside={
        <Aside snapshot={snapshot} metric={metric} limit={limit} data={data} reading={history.isPlaceholderData} />
      }
      bodyClassName="px-1 py-1.5"
    >
      <ChartToolbar
        metric={metric}
        window={window}
        past={at !== null}
        onMetric={setMetric}
        onRange={(range) => choose(rangeWindow(range, at, clockNow()))}
        onPan={onPan}
        onZoom={(factor) => onZoomBy(factor, cursor)}
        onLive={() => choose(LIVE_DEFAULT)}
      />
      <div className={history.isPlaceholderData ? 'opacity-60' : ''}>
        {metric !== 'wal' && series !== null && series.lines.length === 0 ? (
          <p className="h-[280px] px-2.5 py-1 text-f2">{t('No replica whose lag could be drawn.')}</p>
        ) : series === null ? (
          <p className="h-[280px] px-2.5 py-1 text-f3">
            {live
              ? t('The first points come within a few seconds.')
              : history.isError
                ? ''
                : t('Reading what was kept of this window.')}
          </p>
        ) : HistoryChart === null ? (
          <p className="h-[280px] px-2.5 py-1 text-f3">
            {failed && t('The drawing could not be loaded; it is tried again.')}
          </p>
        ) : (
          <HistoryChart
            series={series}
            scope={scope}
            name={name}
            format={format}
            limit={limit}
            ends={ends}
            events={data?.events ?? NONE}
            at={at}
            cursor={cursor}
            onCursor={setCursor}
            onZoom={onZoom}
            onPan={onPan}
            onZoomBy={onZoomBy}
            onGo={onGo}
          />
        )}
      </div>
      <Readout series={series} cursor={cursor} format={format} scope={scope} />
      <Notes
        data={data}
        error={history.isError ? wire(saidBy(history.error)) : null}
        from={edgesOf(window, data?.to ?? 0).from}
        live={live}
        scope={scope}
      />
      {series !== null && <Spoken name={name} series={series} format={format} ends={ends} />}
    </Panel>
  );
}

/** While a moment of the past is looked at nothing is live: the window ends now and stays. */
function keepPast(next: ChartWindow, at: number | null): ChartWindow {
  return at === null || next.kind === 'past' ? next : { kind: 'past', ...edgesOf(next, clockNow()) };
}

/** Who led at the end of the window has no lag: its label says so. */
function endWords(
  data: HistoryAnswer | undefined,
  leader: string | null,
  live: boolean,
): Readonly<Record<string, string>> {
  const led = live ? leader : (data?.leader.findLast((one) => one !== null) ?? null);
  return led === null ? {} : { [led]: t('leads') };
}

function Aside({
  snapshot,
  metric,
  limit,
  data,
  reading,
}: {
  snapshot: Snapshot;
  metric: Metric;
  limit: number | null;
  data: HistoryAnswer | undefined;
  reading: boolean;
}) {
  const apart = snapshot.cluster.members.filter((member) => member.divergence !== null).map((member) => member.name);
  const level = data === undefined ? null : LEVEL_WORDS[data.level];
  const members = wire(joinNames(apart));
  const words = [
    reading ? t('reading') : level && t(level),
    metric !== 'wal' && apart.length > 0
      ? t('{members} not drawn: other timeline, lag has no meaning', { members })
      : null,
    limit === null || apart.length > 0 ? null : t('limit {size}', { size: formatBytes(limit) }),
  ].filter((word) => word !== null);
  return <span>{words.join(', ')}</span>;
}

/** What the lines say at one moment, and the way to it. Keeps its height, so that nothing jumps. */
function Readout({
  series,
  cursor,
  format,
  scope,
}: {
  series: ChartSeries | null;
  cursor: number | null;
  format: (value: number | null) => string;
  scope: string;
}) {
  const row = series === null || cursor === null ? null : rowAt(series, cursor);
  if (series === null || cursor === null) {
    return (
      <p className="min-h-7 px-2.5 py-1 text-11 text-f3 pointer-coarse:min-h-11">
        <span className="pointer-coarse:hidden">
          {t('Drag to look closer, shift and drag to move. Arrow keys read values.')}
        </span>
        <span className="hidden pointer-coarse:inline">
          {t('Drag along the time to look closer, tap to read values.')}
        </span>
      </p>
    );
  }
  const known = series.lines.filter((line) => row?.values[line] != null);
  return (
    <p className="flex min-h-7 flex-wrap items-center gap-x-3 px-2.5 py-1 text-12 text-f2 pointer-coarse:min-h-11">
      <span className="font-medium text-f0">{formatTime(cursor, series.to)}</span>
      {known.slice(0, 8).map((line) => (
        <span key={line}>
          {line} <span className="text-f0">{format(row?.values[line] ?? null)}</span>
        </span>
      ))}
      {known.length === 0 && <span className="text-unknown">{t('unknown')}</span>}
      <MomentLink scope={scope} at={cursor} className="ml-auto rounded-chip text-accent underline">
        {t('See this moment')}
      </MomentLink>
    </p>
  );
}

/** Why less is drawn than was asked for; and where the changes are read. */
function Notes({
  data,
  error,
  from,
  live,
  scope,
}: {
  data: HistoryAnswer | undefined;
  error: string | null;
  from: number;
  live: boolean;
  scope: string;
}) {
  const notes: string[] = [];
  if (data?.problem != null) notes.push(sentence(wire(data.problem)));
  if (data !== undefined && data.keptFrom !== null && data.keptFrom > from + 2 * data.stepMs) {
    const time = formatTime(data.keptFrom, data.to);
    notes.push(t('Kept since {time}: there is nothing from before.', { time }));
  }
  if (data !== undefined && !live && data.keptFrom === null && data.problem === null) {
    notes.push(t('Nothing is kept of this cluster.'));
  }
  if (data?.eventsCut) {
    const count = data.events.length;
    notes.push(tn(count, 'Only the newest {n} change is marked.', 'Only the newest {n} changes are marked.'));
  }
  return (
    <div className="grid gap-1 px-2.5 pb-1 text-12 text-f2">
      {error !== null && (
        <p role="status" className="flex items-start gap-2 text-unknown">
          <SeverityIcon health="unknown" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">
            {t('The history could not be read.')} {sentence(wire(error))}
          </span>
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className="flex items-start gap-2">
          <SeverityIcon health="note" size={14} className="mt-0.5" />
          <span className="min-w-0 break-words">{note}</span>
        </p>
      ))}
      {data !== undefined && data.events.length > 0 && (
        <p>
          <Link
            href={eventsPath(scope, data.from, live ? null : data.to)}
            prefetch={false}
            className="rounded-chip text-f1 underline hover:text-f0"
          >
            {tn(data.events.length, '{n} change in this window', '{n} changes in this window')}
          </Link>
        </p>
      )}
    </div>
  );
}

/** The chart for those who do not see it. */
function Spoken({
  name,
  series,
  format,
  ends,
}: {
  name: string;
  series: ChartSeries;
  format: (value: number | null) => string;
  ends: Readonly<Record<string, string>>;
}) {
  const [from, to] = [formatTime(series.from, series.to), formatTime(series.to, series.to)];
  return (
    <div className="sr-only">
      <table>
        <caption>
          {series.blind.length === 0
            ? t('{name} from {from} to {to}', { name, from, to })
            : tn(
                series.blind.length,
                '{name} from {from} to {to}, with {n} span in which nobody watched',
                '{name} from {from} to {to}, with {n} spans in which nobody watched',
                { name, from, to },
              )}
        </caption>
        <thead>
          <tr>
            <th scope="col">{t('Line')}</th>
            <th scope="col">{t('At the end')}</th>
            <th scope="col">{t('Worst')}</th>
          </tr>
        </thead>
        <tbody>
          {lineFacts(series).map((fact) => (
            <tr key={fact.line}>
              <th scope="row">{fact.line}</th>
              <td>{fact.last === null ? (ends[fact.line] ?? t('unknown')) : format(fact.last)}</td>
              <td>
                {fact.worst === null || fact.worstAt === null
                  ? t('unknown')
                  : t('{value} at {time}', {
                      value: format(fact.worst),
                      time: formatTime(fact.worstAt, series.to),
                    })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
