// Availability as a file: a line for each outage and for each span that was not seen, oldest first within a cluster. In English.
import type { AvailabilityAnswer, ClusterAvailability } from '../../contract/history';
import { cell } from '../audit/export';

const COLUMNS = [
  'cluster',
  'labels',
  'kind',
  'from',
  'to',
  'seconds',
  'by',
  'open',
  'cause',
  'detail',
  'lost',
  'action',
];

/** RFC 4180, with a line of names first. */
export function availabilityCsv({ clusters }: AvailabilityAnswer): string {
  return [COLUMNS, ...clusters.flatMap(linesOf)].map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

function linesOf({ scope, labels, outages, unseen }: ClusterAvailability): unknown[][] {
  const pairs = Object.entries(labels).map((pair) => pair.join('='));
  const spans = [
    ...outages.map((one) => ({
      ...{ from: one.from, to: one.to, ms: one.ms, kind: one.planned ? 'planned' : 'unplanned' },
      rest: [one.by, one.open, String(one.cause), String(one.detail ?? ''), String(one.lost ?? ''), one.actionId],
    })),
    ...unseen.map(({ from, to, why }) => ({ from, to, ms: to - from, kind: why, rest: [] })),
  ].sort((a, b) => a.from - b.from);
  return spans.map(({ kind, from, to, ms, rest }) => {
    const edges = [new Date(from).toISOString(), new Date(to).toISOString(), ms / 1000];
    return [scope, pairs.join(' '), kind, ...edges, ...Array.from({ length: 6 }, (_, index) => rest[index] ?? '')];
  });
}
