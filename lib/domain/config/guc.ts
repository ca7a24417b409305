// PostgreSQL settings as values: what a text with a unit means in base units, whether two texts mean the same, whether a value
// is allowed. Mirrors parse_int, parse_real and convert_to_base_unit of PostgreSQL 17 guc.c and Patroni's utils.py, which says
// what Patroni lets through. Pure.

import { joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';

/** One row of pg_settings that does not depend on the member. Bounds and boot value in the parameter's base unit, as text. */
export interface SettingDefinition {
  readonly name: string;
  readonly vartype: 'bool' | 'enum' | 'integer' | 'real' | 'string';
  readonly context: string;
  /** `8kB`, `ms`, …; null: none. */
  readonly unit: string | null;
  readonly min: string | null;
  readonly max: string | null;
  readonly enumValues: readonly string[] | null;
  readonly bootValue: string | null;
  readonly description: string;
}

/** A setting of one member that is not at its built-in default. */
export interface SettingValue {
  readonly name: string;
  /** In the base unit. */
  readonly setting: string | null;
  /** As `SHOW` prints it. */
  readonly shown: string | null;
  /** `configuration file`, `command line`, `database`, … */
  readonly source: string;
  /** Name of the file it comes from, without its folder: `postgresql.conf`; null: none, or the role may not know. */
  readonly file: string | null;
  readonly pendingRestart: boolean;
}

/** pg_settings of every member that answers; definitions by server version. */
export interface Settings {
  readonly at: number;
  readonly versions: Readonly<Record<string, readonly SettingDefinition[]>>;
  readonly members: readonly {
    readonly name: string;
    readonly version: string | null;
    readonly problem: Text | null;
    readonly values: readonly SettingValue[];
  }[];
}

export type Parsed =
  /** Numbers in base units, booleans as they are, enums in lower case. */
  | { readonly ok: true; readonly value: number | boolean | string }
  | { readonly ok: false; readonly problem: Text; readonly wrongUnit?: true };

const MEMORY: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};
/** In microseconds. */
const TIME: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1000,
  s: 1_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

interface Scale {
  /** Size of one base unit in the table's smallest. */
  readonly base: number;
  readonly table: Readonly<Record<string, number>>;
}

/** `8kB` -> 8192 bytes; null: no unit that can be converted. */
function scaleOf(unit: string | null): Scale | null {
  const [, count, name] = /^(\d*)(\w+)$/.exec(unit ?? '') ?? [];
  if (name === undefined) return null;
  const table = Object.hasOwn(MEMORY, name) ? MEMORY : Object.hasOwn(TIME, name) ? TIME : null;
  const size = table?.[name];
  if (table === null || size === undefined) return null;
  return { base: size * (count === undefined || count === '' ? 1 : Number(count)), table };
}

/** Half to even, as rint(3). */
function rint(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A value in `unit` as base units, rounded to the next smaller unit as PostgreSQL does with `30.1GB`. */
function convert(value: number, unit: string, scale: Scale): number | null {
  if (!Object.hasOwn(scale.table, unit)) return null;
  const size = scale.table[unit] ?? 1;
  const units = Object.entries(scale.table);
  const smaller = units[units.findIndex(([name]) => name === unit) - 1];
  const converted = (value * size) / scale.base;
  if (smaller === undefined) return converted;
  const step = smaller[1] / scale.base;
  return rint(converted / step) * step;
}

/** Patroni's reading, which is stricter than PostgreSQL's: no prefixes such as `t`. */
function asBoolean(text: string): boolean | null {
  const word = text.toLowerCase();
  if (['on', 'true', 'yes', '1'].includes(word)) return true;
  if (['off', 'false', 'no', '0'].includes(word)) return false;
  return null;
}

const INTEGER = /^[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*(?![\d.eE])|\d+(?![\d.]|[eE][+-]?\d))/;
const HEXADECIMAL = /^[+-]?0[xX][0-9a-fA-F]+/;
const REAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/;
const WORDS: Readonly<Record<SettingDefinition['vartype'], Text>> = {
  bool: say`on or off`,
  enum: say`one of its values`,
  integer: say`a whole number`,
  real: say`a number`,
  string: say`a string`,
};

/** strtod reads hexadecimal and no octal. */
function numeral(
  text: string,
  vartype: SettingDefinition['vartype'],
): { readonly value: number; readonly rest: string } | null {
  const whole = (vartype === 'real' ? HEXADECIMAL : INTEGER).exec(text)?.[0];
  if (whole !== undefined) {
    const digits = whole.replace(/^[+-]/, '');
    const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
    return { value: whole.startsWith('-') ? -value : value, rest: text.slice(whole.length) };
  }
  const real = REAL.exec(text)?.[0];
  return real === undefined ? null : { value: Number(real), rest: text.slice(real.length) };
}

function parseNumber(text: string, definition: SettingDefinition): Parsed {
  const found = numeral(text, definition.vartype);
  if (found === null) return { ok: false, problem: wholeProblem(definition) };
  const unit = found.rest.trim();
  const scale = scaleOf(definition.unit);
  let value = found.value;
  if (unit !== '') {
    if (scale === null)
      return { ok: false, problem: say`${definition.name} takes ${WORDS[definition.vartype]} without a unit` };
    const converted = convert(value, unit, scale);
    if (converted === null)
      return {
        ok: false,
        problem: say`${definition.name} does not know the unit ${unit}; ${unitList(scale)} are known`,
        wrongUnit: true,
      };
    value = converted;
  }
  return { ok: true, value: definition.vartype === 'integer' ? rint(value) : value };
}

function unitList(scale: Scale): Text {
  const names = Object.keys(scale.table);
  return joinNames(names);
}

function wholeProblem({ name, vartype, unit }: SettingDefinition): Text {
  return unit === null
    ? say`${name} takes ${WORDS[vartype]}`
    : say`${name} takes ${WORDS[vartype]}, alone in ${unit} or with a unit`;
}

/** How Patroni hands a JSON value on to PostgreSQL; null: it has no text (null, a list, an object). */
export function settingText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : null;
}

/** `value` as typed in the configuration: a text or a JSON number or boolean. */
export function parseSetting(value: unknown, definition: SettingDefinition): Parsed {
  const text = settingText(value);
  if (text === null) return { ok: false, problem: say`${definition.name} takes ${WORDS[definition.vartype]}` };
  const trimmed = text.trim();
  if (definition.vartype === 'string') return { ok: true, value: text };
  if (definition.vartype === 'bool') {
    const said = asBoolean(trimmed);
    return said === null ? { ok: false, problem: say`${definition.name} takes on or off` } : { ok: true, value: said };
  }
  if (definition.vartype === 'enum') return parseEnum(trimmed, definition);
  return parseNumber(trimmed, definition);
}

/** Spellings that PostgreSQL accepts and does not list (guc_tables.c, REL_17), and Patroni lets through: `debug` it drops. */
const HIDDEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Before 15 it is a boolean and has no pglz.
  wal_compression: { on: 'pglz', true: 'pglz', yes: 'pglz', '1': 'pglz' },
  wal_level: { archive: 'replica', hot_standby: 'replica' },
};

function parseEnum(text: string, definition: SettingDefinition): Parsed {
  const allowed = (definition.enumValues ?? []).map((value) => value.toLowerCase());
  const word = text.toLowerCase();
  const hidden = HIDDEN[definition.name]?.[word];
  if (hidden !== undefined) return { ok: true, value: hidden };
  if (allowed.includes(word)) return { ok: true, value: word };
  const said = asBoolean(word);
  if (said !== null && allowed.includes(said ? 'on' : 'off')) return { ok: true, value: said ? 'on' : 'off' };
  return { ok: false, problem: say`${definition.name} takes ${(definition.enumValues ?? []).join(', ')}` };
}

/** Equal in effect: `1GB` and `1024MB`, `on` and `true`. Without a definition the texts decide. */
export function sameSetting(a: unknown, b: unknown, definition: SettingDefinition | null): boolean {
  if (definition === null) {
    const [left, right] = [settingText(a), settingText(b)];
    return left !== null && left === right;
  }
  const left = parseSetting(a, definition);
  const right = parseSetting(b, definition);
  return left.ok && right.ok && left.value === right.value;
}

/** `now` from pg_settings may be what `stored` became: some texts are rewritten (DateStyle, TimeZone, lists of names). */
export function mayBeSame(now: string, stored: unknown, definition: SettingDefinition): boolean {
  if (sameSetting(now, stored, definition)) return true;
  if (definition.vartype !== 'string') return false;
  const plain = (text: string): string => text.toLowerCase().replace(/[\s"']/g, '');
  const [left, right] = [plain(now), plain(settingText(stored) ?? '')];
  return left === right || (definition.name === 'DateStyle' && left.startsWith(right));
}

export interface SettingProblem {
  readonly code: 'wrong_type' | 'wrong_unit' | 'not_in_enum' | 'below_minimum' | 'above_maximum';
  readonly text: Text;
  /** The nearest value that is allowed; null: there is none to offer. */
  readonly nearest: string | null;
}

/** null: PostgreSQL would take it. */
export function checkSetting(value: unknown, definition: SettingDefinition): SettingProblem | null {
  const parsed = parseSetting(value, definition);
  if (!parsed.ok) {
    const enumerated = definition.vartype === 'enum';
    const code = enumerated ? 'not_in_enum' : parsed.wrongUnit === true ? 'wrong_unit' : 'wrong_type';
    const nearest = enumerated ? closest(settingText(value) ?? '', definition.enumValues ?? []) : null;
    return { code, text: parsed.problem, nearest };
  }
  if (typeof parsed.value !== 'number') return null;
  const { min, max } = definition;
  if (min !== null && parsed.value < Number(min))
    return {
      code: 'below_minimum',
      text: say`${definition.name} is at least ${formatSetting(min, definition)}`,
      nearest: formatSetting(min, definition),
    };
  const mode = MODES.includes(definition.name) ? octalMeant(value) : null;
  if (max !== null && parsed.value > Number(max) && mode !== null)
    return {
      code: 'above_maximum',
      text: say`${definition.name} is an octal mode and ${String(value)} is read in decimal: ${mode} is meant`,
      nearest: mode,
    };
  if (max !== null && parsed.value > Number(max))
    return {
      code: 'above_maximum',
      text: say`${definition.name} is at most ${formatSetting(max, definition)}`,
      nearest: formatSetting(max, definition),
    };
  return null;
}

/** Written in octal: in JSON 640 is not 0640. */
const MODES: readonly string[] = ['log_file_mode', 'unix_socket_permissions'];

function octalMeant(value: unknown): string | null {
  const text = settingText(value)?.trim() ?? '';
  return /^[0-7]{3}$/.test(text) ? `0${text}` : null;
}

/** Base units as `SHOW` prints them: `16384` of 8kB is `128MB`; what is no number stays. */
export function formatSetting(setting: string, definition: SettingDefinition): string {
  const scale = scaleOf(definition.unit);
  const value = Number(setting);
  if (scale === null || !Number.isFinite(value) || setting.trim() === '') return setting;
  // 0 and -1 mean something of their own.
  if (value <= 0) return setting;
  const smallest = value * scale.base;
  const units = Object.entries(scale.table).reverse();
  const best = units.find(([, size]) => smallest % size === 0);
  return best === undefined ? setting : `${smallest / best[1]}${best[0]}`;
}

/** `64kB to 2TB`, `on, off`; null: nothing is said. */
export function rangeWords(definition: SettingDefinition): Text | null {
  if (definition.vartype === 'bool') return say`on or off`;
  if (definition.enumValues !== null) return definition.enumValues.join(', ');
  const { min, max } = definition;
  if (min === null || max === null || definition.vartype === 'string') return null;
  return say`${formatSetting(min, definition)} to ${formatSetting(max, definition)}`;
}

/** The name that was probably meant: at most 2 letters away (1 for short words); null: none. */
export function closest(word: string, names: readonly string[]): string | null {
  const limit = word.length <= 4 ? 1 : 2;
  let best: string | null = null;
  let least = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > limit) continue;
    const away = distance(word.toLowerCase(), name.toLowerCase());
    if (away < least) {
      best = name;
      least = away;
    }
  }
  return best;
}

/** Letters to insert, remove, replace or swap with the neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

export interface Definitions {
  /** By server version, then by name in lower case. */
  readonly byVersion: ReadonlyMap<string, ReadonlyMap<string, SettingDefinition>>;
  readonly names: readonly string[];
  readonly complete: boolean;
}

/** An index over the answer; `complete`: every member was asked. */
export function definitionsOf(settings: Settings | null): Definitions {
  const byVersion = new Map<string, ReadonlyMap<string, SettingDefinition>>();
  for (const [version, rows] of Object.entries(settings?.versions ?? {}))
    if (rows.length > 0) byVersion.set(version, new Map(rows.map((row) => [row.name.toLowerCase(), row])));
  const names = [...new Set([...byVersion.values()].flatMap((rows) => [...rows.keys()]))];
  const complete =
    settings !== null &&
    settings.members.length > 0 &&
    settings.members.every(({ version }) => version !== null && byVersion.has(version));
  return { byVersion, names, complete };
}

/** The definition on one member; null: it does not know the parameter, or was not asked. */
export function definitionOn(definitions: Definitions, version: string | null, name: string): SettingDefinition | null {
  return version === null ? null : (definitions.byVersion.get(version)?.get(name.toLowerCase()) ?? null);
}

/** Any version's definition, the newest first. */
export function anyDefinition(definitions: Definitions, name: string): SettingDefinition | null {
  const versions = [...definitions.byVersion.keys()].sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  for (const version of versions) {
    const found = definitionOn(definitions, version, name);
    if (found !== null) return found;
  }
  return null;
}
