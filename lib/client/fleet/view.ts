// What the fleet page shows of the rows: filter, order, counts. Pure; the choice lives in the address bar.

import type { FleetRow } from '../../contract/stream';
import { byImpact } from '../../domain/fleet';
import { HEALTHS, type Health } from '../../domain/severity';
import { csvLine } from '../words/format';
import { t, wire } from '../words/text';
import { COLUMNS, type Column, DEFAULT_COLUMNS } from './columns';

export const SORTS = ['worst', 'name', 'lag', 'age'] as const;
export type Sort = (typeof SORTS)[number];

export interface FleetChoice {
  /** The filter as typed. */
  readonly text: string;
  readonly health: Health | null;
  readonly sort: Sort;
  /** The key of the label that groups the rows; null: they are one list. */
  readonly group: string | null;
  /** The values of that label whose rows are folded away; the empty one is of those without it. */
  readonly folded: readonly string[];
  readonly columns: readonly Column[];
}

export const DEFAULT_CHOICE: FleetChoice = {
  text: '',
  health: null,
  sort: 'worst',
  group: null,
  folded: [],
  columns: DEFAULT_COLUMNS,
};

export type Token =
  | { readonly kind: 'label'; readonly key: string; readonly value: string; readonly text: string }
  | { readonly kind: 'lag'; readonly over: boolean; readonly bytes: number; readonly text: string }
  | { readonly kind: 'word'; readonly text: string };

const TEXT_MAX = 200;
const GROUP_MAX = 100;
const FOLDED_MAX = 50;
const UNIT: Readonly<Record<string, number>> = { b: 0, kib: 1, kb: 1, k: 1, mib: 2, mb: 2, m: 2, gib: 3, gb: 3, g: 3 };

function isSort(value: string): value is Sort {
  return (SORTS as readonly string[]).includes(value);
}

function isColumn(value: string): value is Column {
  return (COLUMNS as readonly string[]).includes(value);
}

function isHealth(value: string): value is Health {
  return (HEALTHS as readonly string[]).includes(value);
}

/** Reads `?q=&severity=&sort=&group=&fold=&columns=`. What it does not understand is ignored and said. */
export function parseChoice(params: URLSearchParams): { choice: FleetChoice; notices: readonly string[] } {
  const notices: string[] = [];
  const sort = params.get('sort') ?? DEFAULT_CHOICE.sort;
  const health = params.get('severity');
  const text = params.get('q') ?? '';
  if (!isSort(sort)) notices.push(t('Sort "{sort}" is not known, worst first is used.', { sort: sort.slice(0, 40) }));
  if (health !== null && !isHealth(health))
    notices.push(t('Severity "{severity}" is not known, all are shown.', { severity: health.slice(0, 40) }));
  if (text.length > TEXT_MAX)
    notices.push(t('The filter is longer than {limit} characters, the rest is ignored.', { limit: TEXT_MAX }));
  const named = params.get('columns')?.split(',').filter(Boolean);
  for (const name of named?.filter((one) => !isColumn(one)) ?? [])
    notices.push(t('Column "{column}" is not known and left out.', { column: name.slice(0, 40) }));
  const group = params.get('group')?.slice(0, GROUP_MAX) || null;
  const choice = {
    text: text.slice(0, TEXT_MAX),
    health: health !== null && isHealth(health) ? health : null,
    sort: isSort(sort) ? sort : DEFAULT_CHOICE.sort,
    group,
    folded: group === null ? [] : [...new Set(params.getAll('fold'))].slice(0, FOLDED_MAX),
    columns: named === undefined ? DEFAULT_COLUMNS : COLUMNS.filter((column) => named.includes(column)),
  };
  return { choice, notices: [...notices, ...parseFilter(choice.text).notices] };
}

/** The shortest address that says the same; other parameters are dropped. */
export function printChoice(choice: FleetChoice): string {
  const params = new URLSearchParams();
  if (choice.text.trim() !== '') params.set('q', choice.text.trim());
  if (choice.health !== null) params.set('severity', choice.health);
  if (choice.sort !== DEFAULT_CHOICE.sort) params.set('sort', choice.sort);
  if (choice.group !== null) {
    params.set('group', choice.group);
    for (const value of choice.folded.slice(0, FOLDED_MAX)) params.append('fold', value);
  }
  if (choice.columns.join() !== DEFAULT_COLUMNS.join()) params.set('columns', choice.columns.join());
  const query = params.toString();
  return query === '' ? '' : `?${query}`;
}

export function parseFilter(text: string): { tokens: readonly Token[]; notices: readonly string[] } {
  const tokens: Token[] = [];
  const notices: string[] = [];
  for (const part of text.split(/\s+/).filter((word) => word !== '')) {
    const lag = /^lag([<>])(.*)$/i.exec(part);
    if (lag) {
      const size = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(lag[2] ?? '');
      const power = UNIT[(size?.[2] || 'b').toLowerCase()];
      if (size === null || power === undefined)
        notices.push(t('"{part}" is not understood and ignored; lag>1MiB would be.', { part }));
      else tokens.push({ kind: 'lag', over: lag[1] === '>', bytes: Number(size[1]) * 1024 ** power, text: part });
      continue;
    }
    const label = /^([^=]+)=(.+)$/.exec(part);
    if (label?.[1] && label[2]) tokens.push({ kind: 'label', key: label[1], value: label[2], text: part });
    else tokens.push({ kind: 'word', text: part });
  }
  return { tokens, notices };
}

function matchesWord(row: FleetRow, word: string): boolean {
  const needle = word.toLowerCase();
  const has = (text: string) => text.toLowerCase().includes(needle);
  return (
    has(row.scope) ||
    row.findingCodes.some(has) ||
    row.members.some((member) => has(member.name)) ||
    Object.entries(row.labels).some(([key, value]) => has(`${key}=${value}`)) ||
    (row.headline !== null && has(wire(row.headline.title)))
  );
}

/** Words all match; values of one label are alternatives, different labels all match. */
export function matches(row: FleetRow, tokens: readonly Token[]): boolean {
  const labels = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'label') labels.set(token.key, [...(labels.get(token.key) ?? []), token.value]);
    else if (token.kind === 'word') {
      if (!matchesWord(row, token.text)) return false;
    } else {
      const lag = row.replayLagBytes;
      if (lag === null || (token.over ? lag <= token.bytes : lag >= token.bytes)) return false;
    }
  }
  return [...labels].every(([key, values]) => values.includes(row.labels[key] ?? ''));
}

const byName = (a: FleetRow, b: FleetRow): number => (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0);

/** Unknown lag and unknown age count as the worst. Ties go by name, so that rows do not dance. */
function compareRows(sort: Sort): (a: FleetRow, b: FleetRow) => number {
  switch (sort) {
    case 'name':
      return byName;
    case 'lag':
      return (a, b) => compareDown(a.replayLagBytes, b.replayLagBytes) || byName(a, b);
    case 'age':
      return (a, b) => (a.observedAt ?? 0) - (b.observedAt ?? 0) || byName(a, b);
    case 'worst':
      return byImpact;
    default:
      return sort satisfies never;
  }
}

function compareDown(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  return b === null ? 1 : b - a;
}

export interface FleetView {
  readonly rows: readonly FleetRow[];
  /** Per health, of the rows the text filter leaves. */
  readonly counts: Readonly<Record<Health, number>>;
  readonly matching: number;
  readonly hidden: number;
}

export function viewFleet(rows: readonly FleetRow[], choice: FleetChoice): FleetView {
  const { tokens } = parseFilter(choice.text);
  const found = rows.filter((row) => matches(row, tokens));
  const counts = { critical: 0, unknown: 0, warning: 0, note: 0, ok: 0 };
  for (const row of found) counts[row.health] += 1;
  const shown = choice.health === null ? found : found.filter((row) => row.health === choice.health);
  return {
    rows: [...shown].sort(compareRows(choice.sort)),
    counts,
    matching: found.length,
    hidden: rows.length - shown.length,
  };
}

/** Keeps rows where they were while somebody points at them; new ones come last. */
export function holdOrder(rows: readonly FleetRow[], held: readonly string[] | null): readonly FleetRow[] {
  if (held === null) return rows;
  const place = new Map(held.map((scope, index) => [scope, index]));
  const at = (row: FleetRow) => place.get(row.scope) ?? Number.MAX_SAFE_INTEGER;
  return [...rows].sort((a, b) => at(a) - at(b));
}

export function fleetCsv(rows: readonly FleetRow[]): string {
  const head = [
    'scope',
    'severity',
    'finding',
    'leader',
    'members',
    'replay_lag_bytes',
    'timeline',
    'paused',
    'pending_restarts',
  ];
  const lines = rows.map((row) =>
    csvLine([
      row.scope,
      row.health,
      String(row.headline?.title ?? ''),
      row.leader === null ? 'none' : row.leader.known ? row.leader.name : null,
      row.members.length,
      row.replayLagBytes,
      row.timeline,
      row.paused === null ? null : String(row.paused),
      row.pendingRestarts,
    ]),
  );
  return [...[csvLine(head)], ...lines].join('\n');
}
