'use client';
// Availability as the browser asks and shows it: a period of the calendar in the reader's zone, its days, and clusters together by a
// label. What is asked for stands in the address.
import type { UseQueryResult } from '@tanstack/react-query';
import type { AvailabilityAnswer, ClusterAvailability } from '../../contract/history';
import { PATHS } from '../../contract/paths';
import { allowanceMs } from '../../domain/incident/availability';
import { getJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { csvLine } from '../words/format';

export const PERIODS = ['week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

export interface AvailabilityChoice {
  readonly period: Period;
  /** Some moment within it; null: now. */
  readonly at: number | null;
  /** Whose outages are listed; null: those of all. */
  readonly scope: string | null;
  /** Key of a label; null: by cluster. */
  readonly group: string | null;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const two = (value: number): string => String(value).padStart(2, '0');

export function parseAvailability(query: URLSearchParams): AvailabilityChoice {
  const [, year, month, day] = DAY.exec(query.get('from') ?? '') ?? [];
  const at = year === undefined ? null : new Date(Number(year), Number(month) - 1, Number(day)).getTime();
  return {
    period: PERIODS.find((period) => period === query.get('period')) ?? 'month',
    at: at === null || Number.isNaN(at) ? null : at,
    scope: query.get('scope') || null,
    group: query.get('group') || null,
  };
}

/** For the address; `?` included, empty where nothing is chosen. */
export function printAvailability({ period, at, scope, group }: AvailabilityChoice): string {
  const query = new URLSearchParams();
  if (period !== 'month') query.set('period', period);
  if (at !== null) {
    const date = new Date(at);
    query.set('from', `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`);
  }
  if (scope !== null) query.set('scope', scope);
  if (group !== null) query.set('group', group);
  return query.size === 0 ? '' : `?${query}`;
}

/** The week (from Monday), month, quarter or year that holds a moment, in the reader's zone. `by`: so many later. */
export function spanOf(period: Period, at: number, by = 0): Span {
  const date = new Date(at);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  const between = (from: Date, to: Date): Span => ({ from: from.getTime(), to: to.getTime() });
  if (period === 'week') {
    const monday = day - ((date.getDay() + 6) % 7) + 7 * by;
    return between(new Date(year, month, monday), new Date(year, month, monday + 7));
  }
  if (period === 'year') return between(new Date(year + by, 0, 1), new Date(year + by + 1, 0, 1));
  const [length, first] = period === 'quarter' ? [3, month - (month % 3)] : [1, month];
  return between(new Date(year, first + length * by, 1), new Date(year, first + length * (by + 1), 1));
}

/** Days, of a year months. */
export function bucketsOf(period: Period, { from, to }: Span): Span[] {
  const buckets: Span[] = [];
  for (let at = from; at < to; ) {
    const date = new Date(at);
    const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
    const next = (period === 'year' ? new Date(year, month + 1, 1) : new Date(year, month, day + 1)).getTime();
    buckets.push({ from: at, to: next });
    at = next;
  }
  return buckets;
}

export interface Bucket extends Span {
  readonly unplannedMs: number;
  readonly plannedMs: number;
  readonly unseenMs: number;
}

type Spans = Pick<ClusterAvailability, 'outages' | 'unseen'>;

/** What of each bucket was down or not seen; an outage across two counts in both, by its share. */
export function fill(buckets: readonly Span[], clusters: readonly Spans[]): Bucket[] {
  const all = buckets.map(({ from, to }) => ({ from, to, unplannedMs: 0, plannedMs: 0, unseenMs: 0 }));
  const add = (span: Span, ms: number, key: 'unplannedMs' | 'plannedMs' | 'unseenMs'): void => {
    for (const bucket of all) {
      const shared = Math.min(bucket.to, span.to) - Math.max(bucket.from, span.from);
      if (shared > 0) bucket[key] += (ms * shared) / (span.to - span.from);
    }
  };
  for (const { outages, unseen } of clusters) {
    for (const outage of outages) add(outage, outage.ms, outage.planned ? 'plannedMs' : 'unplannedMs');
    for (const span of unseen) add(span, span.to - span.from, 'unseenMs');
  }
  return all;
}

/** One line of the table: a cluster, or all with one value of a label. */
export interface Line {
  readonly name: string;
  /** null: several clusters. */
  readonly scope: string | null;
  readonly clusters: readonly ClusterAvailability[];
  readonly unplannedMs: number;
  readonly plannedMs: number;
  readonly unseenMs: number;
  /** That may be down in the whole period; of several, of each of them. null: no objective, or not the same for all. */
  readonly allowedMs: number | null;
  /** Of the one that has least left. */
  readonly leftMs: number | null;
}

/** `none`: the word for clusters without the label. */
export function linesOf(
  { clusters }: Pick<AvailabilityAnswer, 'clusters'>,
  { group, span, none }: { readonly group: string | null; readonly span: Span; readonly none: string },
): Line[] {
  const groups = new Map<string, ClusterAvailability[]>();
  for (const cluster of clusters) {
    const name = group === null ? cluster.scope : (cluster.labels[group] ?? none);
    groups.set(name, [...(groups.get(name) ?? []), cluster]);
  }
  const sum = (own: readonly ClusterAvailability[], key: 'unplannedMs' | 'plannedMs' | 'unseenMs'): number =>
    own.reduce((all, cluster) => all + cluster[key], 0);
  return [...groups]
    .map(([name, own]): Line => {
      const allowed = own.map((cluster) => allowedOf(cluster, span));
      const [first = null] = allowed;
      const left = own.flatMap((cluster) => leftOf(cluster, span) ?? []);
      return {
        name,
        scope: group === null ? name : null,
        clusters: own,
        unplannedMs: sum(own, 'unplannedMs'),
        plannedMs: sum(own, 'plannedMs'),
        unseenMs: sum(own, 'unseenMs'),
        allowedMs: allowed.every((ms) => ms === first) ? first : null,
        leftMs: left.length === 0 ? null : Math.min(...left),
      };
    })
    .sort(
      (a, b) =>
        b.unplannedMs - a.unplannedMs ||
        b.plannedMs - a.plannedMs ||
        b.unseenMs - a.unseenMs ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
}

function allowedOf({ objectivePercent }: ClusterAvailability, span: Span): number | null {
  return objectivePercent === null ? null : allowanceMs(objectivePercent, span.to - span.from);
}

/** Below zero: over it. Planned counts too: clients feel no difference. null: no objective. */
export function leftOf(cluster: ClusterAvailability, span: Span): number | null {
  const allowed = allowedOf(cluster, span);
  return allowed === null ? null : allowed - cluster.unplannedMs - cluster.plannedMs;
}

/** Keys by which clusters can be put together. */
export function groupsOf({ clusters }: Pick<AvailabilityAnswer, 'clusters'>): string[] {
  return [...new Set(clusters.flatMap(({ labels }) => Object.keys(labels)))].sort();
}

const COLUMNS = ['from', 'to', 'name', 'clusters', 'unplanned_s', 'planned_s', 'not_seen_s', 'allowed_s', 'left_s'];

/** As the table is; seconds. */
export function availabilityCsv(lines: readonly Line[], span: Span): string {
  const seconds = (ms: number | null): number | string => (ms === null ? '' : Math.round(ms) / 1000);
  const edges = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
  return [
    csvLine(COLUMNS),
    ...lines.map(({ name, clusters, unplannedMs, plannedMs, unseenMs, allowedMs, leftMs }) =>
      csvLine([
        ...edges,
        ...[name, clusters.length],
        ...[unplannedMs, plannedMs, unseenMs, allowedMs, leftMs].map(seconds),
      ]),
    ),
  ].join('\n');
}

/** `format` csv: each outage as a file. */
export function availabilityPath({ from, to }: Span, scope: string | null, format: 'json' | 'csv' = 'json'): string {
  const query = new URLSearchParams({ from: String(from), to: String(to) });
  if (scope !== null) query.set('scope', scope);
  if (format === 'csv') query.set('format', format);
  return `${PATHS.availability}?${query}`;
}

const EACH_MS = 30_000;

/** null: not asked. */
export function useAvailability(span: Span | null, scope: string | null): UseQueryResult<AvailabilityAnswer> {
  const path = span === null ? '' : availabilityPath(span, scope);
  return useQuery({
    queryKey: ['availability', path],
    queryFn: ({ signal }) => getJson<AvailabilityAnswer>(path, signal),
    enabled: span !== null,
    refetchInterval: EACH_MS,
    staleTime: EACH_MS,
  });
}
