// Quantities as people read them, for titles, evidence and screens alike; each is a sentence, so that every language writes its own
// units. Binary bytes with three significant figures; a unit after a space; never a sentinel.
import { joined, Sentence, say, type Text } from './sentence';

export { plural } from './sentence';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

export const unknown = (): Sentence => say`unknown`;

/** `584 B`, `20.5 MiB`, `41.3 GiB`. */
export function formatBytes(bytes: number): Sentence {
  return measured(...binary(bytes));
}

/** `584 B/s`, `20.5 MiB/s`. */
export function formatRate(bytesPerSecond: number): Sentence {
  const [value, unit] = binary(bytesPerSecond);
  return measured(value, `${unit}/s`);
}

function binary(bytes: number): readonly [value: number, unit: (typeof UNITS)[number]] {
  let value = Math.abs(bytes);
  let unit = 0;
  while (unit < UNITS.length - 1 && value >= 999.5) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const shown = Number(value.toFixed(digits));
  return [bytes < 0 ? -shown : shown, UNITS[unit] ?? 'B'];
}

/** `1.6 ms`, `0.4 s`, `42 s`, `1 min 30 s`, `10 min`, `3 h 12 min`, `2 d`. */
export function formatSeconds(seconds: number): Sentence {
  const value = Math.abs(seconds);
  if (value < 0.1) return measured(tenths(value * 1000), 'ms');
  if (value < 9.95) return measured(tenths(value), 's');
  if (value < 59.5) return measured(Math.round(value), 's');
  // Below ten minutes a minute's rounding is too coarse: 90 s are not two minutes.
  const whole = Math.round(value);
  if (whole < 600)
    return whole % 60 === 0 ? measured(whole / 60, 'min') : say`${Math.floor(whole / 60)} min ${whole % 60} s`;
  return formatMinutes(Math.round(value / 60));
}

/** `42 min`, `3 h 12 min`, `2 d`; days rounded by `round`. */
export function formatMinutes(minutes: number, round: (days: number) => number = Math.round): Sentence {
  if (minutes < 60) return measured(minutes, 'min');
  if (minutes >= 48 * 60) return measured(round(minutes / 1440), 'd');
  return minutes % 60 === 0 ? measured(minutes / 60, 'h') : say`${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const TIMES = ['ms', 's', 'min', 'h', 'd'] as const;
type Unit = (typeof UNITS)[number] | `${(typeof UNITS)[number]}/s` | (typeof TIMES)[number];

/** Every form that `measured` makes. */
export const MEASURED_FORMS: readonly string[] = [
  ...[...UNITS, ...UNITS.map((unit) => `${unit}/s`), ...TIMES].map((unit) => `{0} ${unit}`),
  '{0, number, ::.0} s',
  '{0, number, ::.00} s',
];

/** `20.5 MiB`: a form for each unit. `digits`: so many after the point, also zeros; without it the number as it is. */
export function measured(value: number, unit: Unit, digits?: number): Sentence {
  return digits === undefined
    ? new Sentence(`${value} ${unit}`, [`{0} ${unit}`, value])
    : new Sentence(`${value.toFixed(digits)} ${unit}`, [`{0, number, ::.${'0'.repeat(digits)}} ${unit}`, value]);
}

function tenths(value: number): number {
  return Number(value.toFixed(1));
}

/** `n2`, `n2 and n3`, `n2, n3 and n4`. */
export function joinNames(names: readonly Text[]): Text {
  if (names.length <= 1) return names[0] ?? '';
  return say`${joined(names.slice(0, -1), ', ')} and ${names[names.length - 1] ?? ''}`;
}

/** An ISO instant as people read it, in the offset it was given with: `2026-11-21 03:00:00 UTC`. Other text stays as it is. */
export function formatInstant(instant: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})$/.exec(instant);
  if (parts === null) return instant;
  const offset = /^(Z|[+-]00:?00)$/.test(parts[3] ?? '') ? 'UTC' : parts[3];
  return `${parts[1]} ${parts[2]} ${offset}`;
}
