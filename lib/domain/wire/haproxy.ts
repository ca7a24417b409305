// HAProxy's `show stat` as CSV, by the names of its columns: the header ends with `,-` or goes on with columns of later versions. `addr`
// is there only for a socket of level operator and with `stats show-legends`. Read on 2.6.12 and 3.0.11. Wire spelling lives only here.
import type { HaproxyAnswer } from '../raw';
import { notNegative, once, text } from './loose';

export interface HaproxyRow {
  readonly proxy: string;
  readonly server: string;
  readonly kind: 'frontend' | 'backend' | 'server';
  /** `UP`, `UP 1/2`, `DOWN`, `DRAIN`, `MAINT (via …)`, `no check`. */
  readonly status: string;
  readonly backup: boolean;
  readonly sessions: number | null;
  readonly queued: number | null;
  readonly changedSecondsAgo: number | null;
  /** `L7OK`; without the `* ` of a check that runs. null: none yet. */
  readonly checkStatus: string | null;
  /** null also while a check runs: then the code is none. */
  readonly checkCode: number | null;
  readonly lastCheck: string | null;
  readonly address: string | null;
}

export interface HaproxyStatus {
  readonly rows: readonly HaproxyRow[];
  readonly version: string | null;
  /** An old process that drains after a reload. */
  readonly stopping: boolean;
}

const KINDS: ReadonlyMap<string | null, HaproxyRow['kind']> = new Map([
  ['0', 'frontend'],
  ['1', 'backend'],
  ['2', 'server'],
]);
const ROWS_MAX = 5000;
/** Some 130 in 3.0. */
const COLUMNS_MAX = 500;

/** null: it is not that CSV. */
export const parseHaproxyStatus = once(({ csv, info }: HaproxyAnswer): HaproxyStatus | null => {
  const [head = '', ...lines] = csv.split('\n', ROWS_MAX + 1);
  if (!head.startsWith('# pxname,')) return null;
  const columns = new Map(
    head
      .slice(2)
      .trim()
      .split(',', COLUMNS_MAX)
      .map((name, index) => [name, index] as const),
  );
  const rows = lines.flatMap((line): HaproxyRow[] => {
    const cells = cellsOf(line);
    const cell = (name: string): string | null => text(cells[columns.get(name) ?? -1] ?? null);
    const kind = KINDS.get(cell('type'));
    const proxy = cell('pxname');
    const server = cell('svname');
    if (kind === undefined || proxy === null || server === null) return [];
    const check = cell('check_status');
    return [
      {
        proxy,
        server,
        kind,
        status: cell('status') ?? '',
        backup: cell('bck') === '1',
        sessions: notNegative(cell('scur')),
        queued: notNegative(cell('qcur')),
        changedSecondsAgo: notNegative(cell('lastchg')),
        checkStatus: check === null ? null : check.replace(/^\* /, ''),
        checkCode: check?.startsWith('* ') === true ? null : notNegative(cell('check_code')),
        lastCheck: cell('last_chk'),
        address: cell('addr'),
      },
    ];
  });
  const said = (name: string): string | null =>
    new RegExp(`^${name}: (.+)$`, 'm').exec(info ?? '')?.[1]?.trim() ?? null;
  return { rows, version: said('Version'), stopping: said('Stopping') === '1' };
});

/** Quoted cells may hold commas; a quote within is doubled. */
function cellsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',', COLUMNS_MAX);
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}
