// The dynamic configuration as YAML-like lines, and what is in effect where it is silent.

import { wire } from '@/lib/client/words/text';
import { measured } from '@/lib/language/quantity';

export interface ConfigLine {
  readonly depth: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly kind: 'text' | 'plain' | 'section' | 'item';
  /** Not stored: what Patroni uses instead. */
  readonly isDefault: boolean;
  readonly hint: string | null;
}

const HINTS: Readonly<Record<string, (value: unknown) => string | null>> = {
  ttl: seconds,
  loop_wait: seconds,
  retry_timeout: seconds,
  maximum_lag_on_failover: (value) => (typeof value === 'number' ? bytes(value) : null),
  maximum_lag_on_syncnode: (value) => (typeof value === 'number' && value > 0 ? bytes(value) : null),
};

function seconds(value: unknown): string | null {
  return typeof value === 'number' ? wire(measured(value, 's')) : null;
}

function bytes(value: number): string {
  return wire(value % 1048576 === 0 ? measured(value / 1048576, 'MiB') : measured(Math.round(value / 1024), 'KiB'));
}

function scalar(value: unknown): { value: string; kind: 'text' | 'plain' } {
  if (typeof value !== 'string') return { value: value === null ? 'null' : String(value), kind: 'plain' };
  const plain =
    value !== '' &&
    !/^[\s\-?:,[\]{}#&*!|>'"%@`]|: |\s#|\s$|^(true|false|null|yes|no|on|off|~)$|^[\d.+-]+$/i.test(value);
  return { value: plain ? value : `'${value.replaceAll("'", "''")}'`, kind: 'text' };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function walk(value: Readonly<Record<string, unknown>>, depth: number): ConfigLine[] {
  return Object.entries(value).flatMap(([key, child]): ConfigLine[] => {
    const head = { depth, key, value: null, kind: 'section', isDefault: false, hint: null } as const;
    if (isObject(child)) {
      if (Object.keys(child).length === 0) return [{ ...head, value: '{}', kind: 'plain' }];
      return [head, ...walk(child, depth + 1)];
    }
    if (Array.isArray(child)) {
      if (child.length === 0) return [{ ...head, value: '[]', kind: 'plain' }];
      const items = child.map((item): ConfigLine => {
        const said = isObject(item) || Array.isArray(item) ? { value: JSON.stringify(item) } : scalar(item);
        return { depth: depth + 1, key: null, value: said.value, kind: 'item', isDefault: false, hint: null };
      });
      return [head, ...items];
    }
    const hint = depth === 0 ? (HINTS[key]?.(child) ?? null) : null;
    return [{ depth, key, ...scalar(child), isDefault: false, hint }];
  });
}

/** `effective`: what the cluster works with, also for keys that are not stored. */
export function configLines(
  value: Readonly<Record<string, unknown>>,
  effective: Readonly<Record<string, number | boolean>>,
): readonly ConfigLine[] {
  const absent = Object.entries(effective).filter(([key]) => !(key in value));
  return [
    ...walk(value, 0),
    ...absent.map(
      ([key, used]): ConfigLine => ({
        depth: 0,
        key,
        value: String(used),
        kind: 'plain',
        isDefault: true,
        hint: HINTS[key]?.(used) ?? null,
      }),
    ),
  ];
}

/** The stored part as text, to copy. */
export function configText(lines: readonly ConfigLine[]): string {
  return lines
    .filter((line) => !line.isDefault)
    .map((line) => {
      const indent = '  '.repeat(line.depth);
      if (line.key === null) return `${indent}- ${line.value}`;
      return line.value === null ? `${indent}${line.key}:` : `${indent}${line.key}: ${line.value}`;
    })
    .join('\n');
}
