// The lines of the fleet's table, top to bottom: rows, the heads of groups and the divider of the healthy ones.
import type { FleetRow } from '../../contract/stream';
import { ownOf } from '../../domain/record';
import { HEALTHS, type Health } from '../../domain/severity';
import type { FleetChoice } from './view';

/** Of label keys offered to group by. */
const KEYS_MAX = 20;

export type FleetLine =
  | { readonly kind: 'row'; readonly key: string; readonly row: FleetRow }
  | { readonly kind: 'healthy'; readonly key: string; readonly count: number }
  | {
      readonly kind: 'group';
      readonly key: string;
      /** Null: those without the label. */
      readonly value: string | null;
      readonly size: number;
      readonly counts: Readonly<Record<Health, number>>;
      readonly folded: boolean;
    };

/** The keys of labels that any row has, by name. */
export function labelKeys(rows: readonly FleetRow[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row.labels)))].sort().slice(0, KEYS_MAX);
}

/** How a group without a value is written in the address. */
export const foldKey = (value: string | null): string => value ?? '';

/** Groups stand in the order of their first row: worst first where the rows are. */
export function fleetLines(rows: readonly FleetRow[], choice: FleetChoice): readonly FleetLine[] {
  const { group, sort } = choice;
  const line = (row: FleetRow): FleetLine => ({ kind: 'row', key: row.scope, row });
  if (group === null) {
    const first = sort === 'worst' ? rows.findIndex((row) => row.health === 'ok') : -1;
    if (first < 0) return rows.map(line);
    const count = rows.filter((row) => row.health === 'ok').length;
    return [
      ...rows.slice(0, first).map(line),
      { kind: 'healthy', key: ' healthy', count },
      ...rows.slice(first).map(line),
    ];
  }
  const groups = new Map<string | null, FleetRow[]>();
  for (const row of rows) {
    const value = ownOf(row.labels, group) ?? null;
    const found = groups.get(value);
    if (found === undefined) groups.set(value, [row]);
    else found.push(row);
  }
  return [...groups].flatMap(([value, members]): FleetLine[] => {
    const counts = { critical: 0, unknown: 0, warning: 0, note: 0, ok: 0 } satisfies Record<Health, number>;
    for (const { health } of members) counts[health] += 1;
    const folded = choice.folded.includes(foldKey(value));
    const head: FleetLine = { kind: 'group', key: ` ${foldKey(value)}`, value, size: members.length, counts, folded };
    return folded ? [head] : [head, ...members.map(line)];
  });
}

/** What a head says of its group: how many of each that needs a person. */
export const troubled = (counts: Readonly<Record<Health, number>>): readonly Health[] =>
  HEALTHS.filter((health) => health !== 'ok' && counts[health] > 0);
