// What a chart shows, as parameters of the page's address: `?chart=receive&range=24h`, or `&range=FROM-TO` of a window that stands still.
// What is usual is not written; other parameters stay. Pure.
import { METRICS, type Metric } from './chart-series';
import { type ChartWindow, LIVE_DEFAULT, RANGES, rangeOf, rangeWindow, SPAN_MAX_MS, SPAN_MIN_MS } from './chart-window';

export interface ChartChoice {
  readonly metric: Metric;
  readonly window: ChartWindow;
}

/** What is not understood is as usual: an address is no place to complain about a drawing. */
export function parseChart(params: Pick<URLSearchParams, 'get'>): ChartChoice {
  const metric = METRICS.find((one) => one === params.get('chart')) ?? 'replay';
  const range = params.get('range') ?? '';
  const named = RANGES.find(({ value }) => value === range);
  if (named !== undefined) return { metric, window: rangeWindow(named.value, null, 0) };
  const [, from, to] = /^(\d{13})-(\d{13})$/.exec(range) ?? [];
  const span = Number(to) - Number(from);
  const isWindow = span >= SPAN_MIN_MS && span <= SPAN_MAX_MS + 1000;
  return { metric, window: isWindow ? { kind: 'past', from: Number(from), to: Number(to) } : LIVE_DEFAULT };
}

/** The query with what this chart shows in it; empty: nothing is left to say. */
export function printChart({ metric, window }: ChartChoice, query: string): string {
  const params = new URLSearchParams(query);
  params.delete('chart');
  params.delete('range');
  if (metric !== 'replay') params.set('chart', metric);
  const range = window.kind === 'past' ? `${window.from}-${window.to}` : rangeOf(window);
  if (range !== null && range !== rangeOf(LIVE_DEFAULT)) params.set('range', range);
  const printed = params.toString();
  return printed === '' ? '' : `?${printed}`;
}
