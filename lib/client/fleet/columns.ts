// Which columns the fleet's table has, and how wide they are. The width of names goes by the longest name, so that none is cut.
import type { FleetRow } from '../../contract/stream';

/** In the order in which they stand; severity, scope and finding are always there. */
export const COLUMNS = ['dcs', 'leader', 'members', 'lag', 'chart', 'timeline', 'marks', 'age'] as const;
export type Column = (typeof COLUMNS)[number];

export const DEFAULT_COLUMNS: readonly Column[] = COLUMNS.filter((column) => column !== 'dcs');

/** Pixels in a narrow, a usual and a wide table; null: no room there. */
const WIDTHS: Readonly<Record<Exclude<Column, 'leader'>, readonly [number | null, number, number]>> = {
  dcs: [null, 110, 150],
  members: [92, 150, 150],
  lag: [98, 104, 104],
  chart: [null, 88, 88],
  timeline: [null, 40, 40],
  marks: [132, 140, 140],
  age: [54, 62, 62],
};
const SCOPE = { letter: 7.6, beside: 12, least: [150, 230, 300], most: [210, 310, 440] } as const;
const LEADER = { letter: 7.2, beside: 34, least: [104, 116, 150], most: [120, 200, 260] } as const;

function wide(rule: typeof SCOPE | typeof LEADER, letters: number, at: 0 | 1 | 2): number {
  return Math.round(Math.min(rule.most[at], Math.max(rule.least[at], letters * rule.letter + rule.beside)));
}

/** `grid-template-columns` of a narrow, a usual and a wide table. */
export function columnTracks(rows: readonly FleetRow[], columns: readonly Column[]): readonly [string, string, string] {
  let scope = 0;
  let leader = 0;
  for (const row of rows) {
    scope = Math.max(scope, row.scope.length);
    leader = Math.max(leader, row.leader?.name.length ?? 0);
  }
  const tracks = (at: 0 | 1 | 2): string =>
    ['46px', `${wide(SCOPE, scope, at)}px`, 'minmax(0,1fr)']
      .concat(
        COLUMNS.filter((column) => columns.includes(column)).flatMap((column) => {
          const width = column === 'leader' ? wide(LEADER, leader, at) : WIDTHS[column][at];
          return width === null ? [] : [`${width}px`];
        }),
      )
      .join(' ');
  return [tracks(0), tracks(1), tracks(2)];
}
