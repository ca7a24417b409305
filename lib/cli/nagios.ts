// The words of the monitoring plugins: a status with an exit code, ranges of thresholds, performance data after a bar.
// Ranges as the Monitoring Plugins Development Guidelines have them: `10`, `10:`, `~:10`, `10:20`, `@10:20`.
import { Usage } from './access';

export const STATUS = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;
export type Status = keyof typeof STATUS;
/** What is not known may be critical, but it is no proof of it. */
const WORST: readonly Status[] = ['CRITICAL', 'UNKNOWN', 'WARNING', 'OK'];

export interface Range {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Alerts where the value is inside. */
  readonly inside: boolean;
}

export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly unit?: 'B';
  readonly warning?: Range | null;
  readonly critical?: Range | null;
}

export interface Result {
  readonly status: Status;
  readonly text: string;
  /** A line each, below the first. */
  readonly more?: readonly string[];
  readonly metrics: readonly Metric[];
}

export function range(text: string, flag: string): Range {
  const bad = () =>
    new Usage(`expected ${flag} as a range such as 2:, 10, ~:10, 1:3 or @1:3, got "${text.slice(0, 60)}"`);
  const found = /^(@?)(?:(~|-?\d+(?:\.\d+)?)?:)?(-?\d+(?:\.\d+)?)?$/.exec(text);
  if (found === null || text === '' || text === '@') throw bad();
  const [, at, start, end] = found;
  const from = start === '~' ? Number.NEGATIVE_INFINITY : Number(start ?? 0);
  const to = end === undefined ? Number.POSITIVE_INFINITY : Number(end);
  if (from > to) throw bad();
  return { text, from, to, inside: at === '@' };
}

export function breaks(value: number, limits: Range | null | undefined): boolean {
  if (limits == null) return false;
  const isInside = value >= limits.from && value <= limits.to;
  return limits.inside ? isInside : !isInside;
}

/** Of a value by its two ranges. */
export function rated({ value, warning, critical }: Metric): Status {
  if (breaks(value, critical)) return 'CRITICAL';
  return breaks(value, warning) ? 'WARNING' : 'OK';
}

export function worstStatus(all: readonly Status[]): Status {
  return WORST.find((status) => all.includes(status)) ?? 'OK';
}

/** `16MB` in bytes, by 1024 as Patroni and PostgreSQL count. */
export function bytesOf(text: string, flag: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(|B|kB|KB|MB|GB|TB)$/.exec(text);
  if (found === null) throw new Usage(`expected ${flag} as a size such as 16MB, got "${text.slice(0, 60)}"`);
  return Number(found[1]) * 1024 ** Math.max(0, ['B', 'KB', 'MB', 'GB', 'TB'].indexOf((found[2] || 'B').toUpperCase()));
}

/** One line for the pager, then the details. A bar or a line break in a name would begin the performance data. */
export function printed(check: string, { status, text, more = [], metrics }: Result): string {
  const plain = (line: string): string => line.replace(/[|\r\n]/g, ' ');
  const perf = metrics.map(({ name, value, unit = '', warning, critical }) => {
    const label = name.replace(/['=|\r\n]/g, '_');
    const limits = `${warning?.text ?? ''};${critical?.text ?? ''}`.replace(/;$/, '');
    return `${/\s/.test(label) ? `'${label}'` : label}=${value}${unit}${limits === '' ? '' : `;${limits}`}`;
  });
  const first = `${check.toUpperCase()} ${status} - ${plain(text)}${perf.length > 0 ? ` | ${perf.join(' ')}` : ''}`;
  return [first, ...more.map(plain)].join('\n');
}
