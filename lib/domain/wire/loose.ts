// Total readers for foreign JSON: each returns the value when it has the expected shape and null otherwise. They never throw.

import { setOwn } from '../record';

export type Json = unknown;
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses text to an object; anything else (also valid JSON that is no object) is null. */
export function parseObject(text: string, mostValues?: number): JsonObject | null {
  const value = parseJson(text, mostValues);
  return isObject(value) ? value : null;
}

export function parseJson(text: string, mostValues: number = MAX_VALUES): Json {
  if (isTooMuch(text, mostValues)) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** No document of Patroni nests ten deep; JSON.stringify overflows the stack at some thousands, JSON.parse does not. */
const MAX_DEPTH = 100;
/** The longest history and the settings of a server have some ten thousand. 64 MiB of `{},` take 2 GB and a minute. */
const MAX_VALUES = 500_000;

function isTooMuch(text: string, mostValues: number): boolean {
  let depth = 0;
  let values = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (quoted) {
      if (char === '\\') index += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === ',') values += 1;
    else if (char === '{' || char === '[') {
      values += 1;
      depth += 1;
    } else if (char === '}' || char === ']') depth -= 1;
    if (depth > MAX_DEPTH || values > mostValues) return true;
  }
  return false;
}

/** Remembers by the answer object what it parsed to: a snapshot is rebuilt far more often than an answer arrives. */
export function once<A extends object, T>(parse: (answer: A) => T): (answer: A) => T {
  const known = new WeakMap<A, { readonly value: T }>();
  return (answer) => {
    const found = known.get(answer) ?? { value: parse(answer) };
    known.set(answer, found);
    return found.value;
  };
}

/** Own property only: `__proto__` and `constructor` in foreign text are ordinary, absent keys. */
export function field(object: Json, key: string): Json {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function text(value: Json): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A finite number, also from decimal text (bigint columns arrive so). */
export function number(value: Json): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim())) {
    const parsed = Number(value);
    return Number.isFinite(parsed) ? parsed : null;
  }
  return null;
}

export function positive(value: Json): number | null {
  const parsed = number(value);
  return parsed !== null && parsed > 0 ? parsed : null;
}

/** Lags, counts, sizes: a negative one is some program's sentinel for "unknown". */
export function notNegative(value: Json): number | null {
  const parsed = number(value);
  return parsed !== null && parsed >= 0 ? parsed : null;
}

/** LSN offsets and timelines: past 2^53 a number is no exact position any more. */
export function positiveWhole(value: Json): number | null {
  const parsed = wholeNumber(value);
  return parsed !== null && parsed > 0 ? parsed : null;
}

export function wholeNumber(value: Json): number | null {
  const parsed = number(value);
  return parsed !== null && Number.isSafeInteger(parsed) ? parsed : null;
}

export function boolean(value: Json): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/**
 * Patroni's reading of a boolean setting: on/off/true/false/yes/no/1/0 in any case.
 * Patroni v4.1.4 patroni/utils.py parse_bool, which does not trim.
 */
export function patroniBoolean(value: Json): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = String(value ?? '').toLowerCase();
  if (['on', 'true', 'yes', '1'].includes(word)) return true;
  if (['off', 'false', 'no', '0'].includes(word)) return false;
  return null;
}

/** Patroni's reading of a whole number: decimal, 0x, octal with a leading 0, a fraction rounded. v4.1.5 patroni/utils.py parse_int without a unit. */
export function patroniInt(value: Json): number | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value).trim();
  const [, sign, digits] = /^([+-]?)(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [];
  const whole =
    digits === undefined ? Number.NaN : /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const isReal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const parsed = Number.isNaN(whole) ? (isReal ? Math.round(Number(text)) : Number.NaN) : sign === '-' ? -whole : whole;
  return Number.isSafeInteger(parsed) ? parsed + 0 : null;
}

/** Python's int(), which reads `ttl` and its like: text of digits, a fraction cut off. null: it raises, and Patroni takes nothing of it. */
export function pythonInt(value: Json): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return null;
  const parsed = Number(value.replaceAll('_', ''));
  return Number.isSafeInteger(parsed) ? parsed : null;
}

export function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** `2026-11-20 14:08:31.123456+00:00` or ISO, to epoch ms. Without an offset it names no instant: null. */
export function instant(value: Json): number | null {
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  if (!/(Z|[+-]\d{2}(:?\d{2})?)$/.test(trimmed)) return null;
  const iso = trimmed.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00');
  const at = Date.parse(iso);
  return Number.isFinite(at) ? at : null;
}

const NESTED_MAX = 100;

/** Tags. null is as good as absent, for Patroni too; what is nested is kept as text, because for Patroni it is true unless empty. */
export function scalars(value: Json): Readonly<Record<string, string | number | boolean>> {
  const result: Record<string, string | number | boolean> = {};
  if (!isObject(value)) return result;
  for (const [key, entry] of Object.entries(value)) {
    if (key === '__proto__') continue;
    // 1e400 reads as Infinity, which JSON cannot carry on.
    if (typeof entry === 'string' || typeof entry === 'boolean' || Number.isFinite(entry))
      setOwn(result, key, entry as string | number | boolean);
    else if (typeof entry === 'object' && entry !== null)
      setOwn(result, key, Object.keys(entry).length === 0 ? '' : JSON.stringify(entry).slice(0, NESTED_MAX));
  }
  return result;
}
