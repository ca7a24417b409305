// What may be written at a place of the configuration: keys of Patroni, parameters of PostgreSQL with range and meaning, values of
// enums. Works on text that does not parse yet, by indentation (YAML) or brackets (JSON). Pure.
import { anyDefinition, type Definitions, rangeWords, type SettingDefinition } from '../../domain/config/guc';
import { keysBelow, type PatroniKey, patroniKey } from '../../domain/config/patroni-keys';
import { form, t, wire } from '../words/text';
import type { Format } from './document';

export interface Place {
  readonly parent: readonly string[];
  readonly kind: 'key' | 'value';
  /** The key whose value is written; null while a key is written. */
  readonly key: string | null;
  /** Where the word begins. */
  readonly from: number;
}

export interface Suggestion {
  readonly label: string;
  /** Beside it: unit, range, default. */
  readonly detail: string;
  /** Below it: what it does. */
  readonly info: string;
  readonly insert: string;
}

/** null: nothing to offer there (comments, lists, quotes). */
export function placeAt(text: string, at: number, format: Format): Place | null {
  return format === 'json' ? jsonPlace(text, at) : yamlPlace(text, at);
}

function yamlPlace(text: string, at: number): Place | null {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const line = text.slice(start, at);
  if (/(^|\s)#|^\s*-\s/.test(line) || /^\s*-$/.test(line)) return null;
  const indent = line.length - line.trimStart().length;
  const parent = yamlParents(text.slice(0, start), indent);
  const [, key, gap, word] = /^\s*([\w.]+):(\s+)([\w.]*)$/.exec(line) ?? [];
  if (key !== undefined && gap !== undefined) return { parent, kind: 'value', key, from: at - (word?.length ?? 0) };
  if (!/^\s*[\w.]*$/.test(line)) return null;
  return { parent, kind: 'key', key: null, from: start + indent };
}

/** Keys of lower indentation above, nearest last. */
function yamlParents(above: string, indent: number): readonly string[] {
  const parents: string[] = [];
  let limit = indent;
  for (const line of above.split('\n').reverse()) {
    if (limit === 0) break;
    const [, spaces, key] = /^( *)([\w.]+):/.exec(line) ?? [];
    if (spaces === undefined || key === undefined || spaces.length >= limit) continue;
    parents.unshift(key);
    limit = spaces.length;
  }
  return parents;
}

function jsonPlace(text: string, at: number): Place | null {
  const stack: (string | null)[] = [];
  let key: string | null = null;
  let last: string | null = null;
  let afterColon = false;
  let quote = -1;
  for (let index = 0; index < at; index += 1) {
    const char = text[index];
    if (quote >= 0) {
      if (char === '\\') index += 1;
      else if (char === '"') {
        last = text.slice(quote + 1, index);
        quote = -1;
      }
    } else if (char === '"') quote = index;
    else if (char === ':') {
      key = last;
      afterColon = true;
    } else if (char === '{' || char === '[') {
      stack.push(char === '[' ? null : key);
      key = null;
      afterColon = false;
    } else if (char === '}' || char === ']') {
      stack.pop();
      afterColon = false;
    } else if (char === ',') afterColon = false;
  }
  if (stack.length === 0 || stack.includes(null, 1)) return null;
  const parent = stack.slice(1).filter((step) => step !== null);
  if (quote >= 0) return { parent, kind: afterColon ? 'value' : 'key', key: afterColon ? key : null, from: quote };
  const word = /[\w.]*$/.exec(text.slice(0, at))?.[0] ?? '';
  return { parent, kind: afterColon ? 'value' : 'key', key: afterColon ? key : null, from: at - word.length };
}

/** `present`: keys that stand there already. */
export function suggest(
  place: Place,
  definitions: Definitions,
  present: readonly string[],
  format: Format,
): readonly Suggestion[] {
  return place.kind === 'key'
    ? suggestKeys(place, definitions, present, format)
    : suggestValues(place, definitions, format);
}

function suggestKeys(
  place: Place,
  definitions: Definitions,
  present: readonly string[],
  format: Format,
): readonly Suggestion[] {
  const path = place.parent.join('.');
  if (path === 'postgresql.parameters')
    return definitions.names
      .filter((name) => !present.includes(name))
      .sort()
      .flatMap((name) => {
        const definition = anyDefinition(definitions, name);
        if (definition === null || definition.context === 'internal') return [];
        return [
          {
            label: definition.name,
            detail: settingDetail(definition),
            info: settingInfo(definition),
            insert: asKey(definition.name, false, format),
          },
        ];
      });
  return keysBelow(path)
    .filter((row) => row.renamed === null)
    .map((row) => ({ row, name: row.path.split('.').at(-1) ?? row.path }))
    .filter(({ name }) => !present.includes(name))
    .map(({ row, name }) => ({
      label: name,
      detail: keyDetail(row),
      info:
        row.since === null
          ? wire(row.note)
          : t('{note} Since Patroni {version}.', { note: wire(row.note), version: row.since }),
      insert: asKey(name, row.type === 'object' || row.type === 'list', format),
    }));
}

function asKey(name: string, opens: boolean, format: Format): string {
  if (format === 'json') return `${JSON.stringify(name)}: `;
  return opens ? `${name}:` : `${name}: `;
}

function keyDetail(row: PatroniKey): string {
  return [
    row.type,
    ...(row.unit === null ? [] : [row.unit === 's' ? row.unit : t('bytes')]),
    ...(row.floor === null ? [] : [t('at least {floor}', { floor: row.floor })]),
    ...(row.fallback === null ? [] : [t('default {value}', { value: row.fallback })]),
  ].join(', ');
}

function settingDetail(definition: SettingDefinition): string {
  const range = rangeWords(definition);
  const { vartype, unit } = definition;
  const type = unit === null ? vartype : t('{type} in {unit}', { type: vartype, unit });
  return range === null || vartype === 'bool' ? type : `${type}, ${wire(range)}`;
}

const CONTEXTS: Readonly<Record<string, string>> = {
  postmaster: form('needs a restart'),
  sighup: form('reload'),
  backend: form('new sessions only'),
  'superuser-backend': form('new sessions only'),
};

function settingInfo(definition: SettingDefinition): string {
  const { description, bootValue, unit, context } = definition;
  const boot = bootValue === '' ? t('empty') : bootValue;
  return [
    description,
    ...(boot === null ? [] : [t('Default {value}.', { value: unit === null ? boot : `${boot} × ${unit}` })]),
    t('Change: {how}.', { how: t(CONTEXTS[context] ?? form('reload')) }),
  ].join(' ');
}

function suggestValues(place: Place, definitions: Definitions, format: Format): readonly Suggestion[] {
  const { parent, key } = place;
  if (key === null) return [];
  const plain = (label: string, info: string, text: boolean): Suggestion => ({
    label,
    detail: '',
    info,
    insert: text && format === 'json' ? JSON.stringify(label) : label,
  });
  if (parent.join('.') === 'postgresql.parameters') {
    const definition = anyDefinition(definitions, key);
    if (definition === null) return [];
    if (definition.vartype === 'bool') return ['on', 'off'].map((label) => plain(label, definition.description, true));
    return (definition.enumValues ?? []).map((label) => plain(label, definition.description, true));
  }
  const row = patroniKey([...parent, key]);
  if (row === null) return [];
  if (row.type === 'boolean') return ['true', 'false'].map((label) => plain(label, wire(row.note), false));
  if (row.choices !== null)
    return row.choices.map((label) => plain(label, wire(row.note), !['true', 'false'].includes(label)));
  return row.fallback === null ? [] : [plain(row.fallback, t('The default. {note}', { note: wire(row.note) }), false)];
}
