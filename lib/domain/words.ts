// Numbers as people read them, for titles, evidence and screens alike. Binary bytes with three significant figures; a unit
// after a space; never a sentinel.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `584 B`, `20.5 MiB`, `41.3 GiB`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (unit < UNITS.length - 1 && value >= 999.5) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  const shown = value.toFixed(digits).replace(/\.0+$/, '');
  return `${bytes < 0 ? '-' : ''}${shown} ${UNITS[unit]}`;
}

/** `1.6 ms`, `0.4 s`, `42 s`, `1 min 30 s`, `10 min`, `3 h 12 min`, `2 d`. */
export function formatSeconds(seconds: number): string {
  const value = Math.abs(seconds);
  if (value < 0.1) return `${trim(value * 1000)} ms`;
  if (value < 9.95) return `${trim(value)} s`;
  if (value < 59.5) return `${Math.round(value)} s`;
  // Below ten minutes a minute's rounding is too coarse: 90 s are not two minutes.
  const whole = Math.round(value);
  if (whole < 600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`;
  const minutes = Math.round(value / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60)
    return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} d`;
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}

/** `n2`, `n2 and n3`, `n2, n3 and n4`. */
export function joinNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** An ISO instant as people read it, in the offset it was given with: `2026-11-21 03:00:00 UTC`. Other text stays as it is. */
export function formatInstant(instant: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})$/.exec(instant);
  if (parts === null) return instant;
  const offset = /^(Z|[+-]00:?00)$/.test(parts[3] ?? '') ? 'UTC' : parts[3];
  return `${parts[1]} ${parts[2]} ${offset}`;
}
