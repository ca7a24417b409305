// Reads `alerts:`, `receivers:` and `publicUrl:` of howdah.yaml: who is told, of what, how. Same manners as howdah-file.ts: every
// problem is reported with its line, nothing throws, and a secret is read as one and never quoted.

import { type AlertRule, MEASURES, type RuleTest } from '../../domain/alerts/alert';
import { DEFAULT_TELLING, OWN_RULES, type TellingSettings } from '../../domain/alerts/groups';
import { DEFAULT_RULES } from '../../domain/alerts/rules';
import { FINDING_CODES, type FindingCode } from '../../domain/cluster';
import { ALERT_SEVERITIES, type AlertSeverity, SEVERITIES } from '../../domain/severity';
import { nearestWord } from './words';
import type { Field } from './yaml-field';

export interface AlertSettings extends TellingSettings {
  readonly rules: readonly AlertRule[];
}

export const DEFAULT_ALERTS: AlertSettings = { ...DEFAULT_TELLING, rules: DEFAULT_RULES };

const NAME = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const NAME_EXPECTED = 'a name of up to 64 letters, digits and dashes';
const DAY = 86_400;

/** `receivers`: the names that there are, for the rules that name some. */
export function readAlerts(field: Field, receivers: readonly string[]): AlertSettings {
  const known = ['defaults', 'rules', 'groupWaitSeconds', 'groupIntervalSeconds', 'repeatHours'];
  if (!field.expectMap(known)) return DEFAULT_ALERTS;
  const list = field.get('rules');
  if (!list.isAbsent && !list.isList) list.problem({ expected: 'a list of rules', message: `got ${list.kind}` });
  const names = new Set<string>();
  const own = list.items().flatMap((item) => readRule(item, names, receivers) ?? []);
  const defaults = (field.get('defaults').readBoolean() ?? true) ? DEFAULT_RULES : [];
  const seconds = (key: 'groupWaitSeconds' | 'groupIntervalSeconds'): number =>
    readSeconds(field.get(key), 3600) ?? DEFAULT_TELLING[key];
  return {
    groupWaitSeconds: seconds('groupWaitSeconds'),
    groupIntervalSeconds: seconds('groupIntervalSeconds'),
    repeatSeconds: readRepeat(field.get('repeatHours')),
    // Its own come first: a finding is taken by the first rule that matches.
    rules: [...own, ...defaults.filter(({ name }) => !names.has(name))],
  };
}

function readRepeat(field: Field): TellingSettings['repeatSeconds'] {
  const standard = DEFAULT_TELLING.repeatSeconds;
  if (!field.expectMap(ALERT_SEVERITIES)) return standard;
  const one = (severity: AlertSeverity): number | null => {
    const at = field.get(severity);
    if (at.isAbsent) return standard[severity];
    if (at.rawText === 'never') return null;
    const hours = at.readNumber('hours from 0.1 to 720, or never', (value) => value >= 0.1 && value <= 720);
    return hours === null ? standard[severity] : hours * 3600;
  };
  return { critical: one('critical'), warning: one('warning'), note: one('note') };
}

function readSeconds(field: Field, limit: number): number | null {
  return field.readNumber(`seconds from 0 to ${limit}`, (value) => value >= 0 && value <= limit);
}

const RULE_KEYS = [
  'name',
  'findings',
  'atLeast',
  'measure',
  'above',
  'noFailoverPossible',
  'severity',
  'forSeconds',
  'clearSeconds',
  'scopes',
  'labels',
  'receivers',
];

function readRule(field: Field, names: Set<string>, receivers: readonly string[]): AlertRule | null {
  if (!field.expectMap(RULE_KEYS)) {
    return field.isAbsent ? field.problem({ expected: 'a rule', message: 'got nothing' }) : null;
  }
  const name = readUniqueName(field, names, 'rule');
  if (OWN_RULES.includes(name)) {
    field.get('name').problem({ expected: 'another name', message: `"${name}" is a rule of Howdah itself` });
  }
  const test = readTest(field);
  const severity = readWord(field.get('severity'), ALERT_SEVERITIES);
  const forSeconds = readSeconds(field.get('forSeconds'), 7 * DAY) ?? 60;
  const clearSeconds = readSeconds(field.get('clearSeconds'), DAY) ?? 60;
  const scopes = readTexts(field.get('scopes'), 'a list of clusters, with * for whatever text');
  const labels = readLabels(field.get('labels'));
  const named = readReceiverNames(field.get('receivers'), receivers);
  return test === null ? null : { name, test, severity, forSeconds, clearSeconds, scopes, labels, receivers: named };
}

function readTest(field: Field): RuleTest | null {
  const kinds = ['findings', 'measure', 'noFailoverPossible'].filter((key) => !field.get(key).isAbsent);
  if (kinds.length !== 1) {
    const message = kinds.length === 0 ? 'the rule has none of them' : `it has ${kinds.join(' and ')}`;
    return field.problem({ expected: 'one of findings, measure and noFailoverPossible', message });
  }
  for (const [key, of] of [
    ['atLeast', 'findings'],
    ['above', 'measure'],
  ] as const) {
    const at = field.get(key);
    if (!at.isAbsent && kinds[0] !== of) at.problem({ expected: `${of} beside it`, message: `${of} is missing` });
  }
  switch (kinds[0]) {
    case 'findings':
      return {
        kind: 'finding',
        codes: readCodes(field.get('findings')),
        atLeast: readWord(field.get('atLeast'), SEVERITIES),
      };
    case 'measure': {
      const measure = readWord(field.get('measure'), MEASURES);
      const at = field.get('above');
      const expected = 'a number: bytes or seconds, as the measure says';
      const limit = at.readNumber(expected, (value) => Number.isFinite(value) && value >= 0);
      if (at.isAbsent) at.problem({ expected, message: 'it is missing' });
      return measure === null || limit === null ? null : { kind: 'above', measure, limit };
    }
    default:
      if (field.get('noFailoverPossible').readBoolean() === false) {
        field.get('noFailoverPossible').problem({ expected: 'true', message: 'got false; leave the rule out instead' });
      }
      return { kind: 'no_failover_possible' };
  }
}

/** `all` is every code. */
function readCodes(field: Field): readonly FindingCode[] {
  if (field.rawText === 'all') return [];
  const texts = field.isList ? field.items() : [field];
  if (texts.length === 0) field.problem({ expected: 'all, or a list of findings', message: 'the list is empty' });
  return texts.flatMap((at) => readWord(at, FINDING_CODES) ?? []);
}

/** One of a few words. Null when absent or reported. */
export function readWord<T extends string>(field: Field, known: readonly T[]): T | null {
  const expected = known.length > 8 ? 'a known word' : `one of ${known.join(', ')}`;
  const text = field.readText(expected)?.trim() ?? null;
  if (text === null) return null;
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  const near = nearestWord(text, known);
  return field.problem({ expected, message: near === null ? field.got : `${field.got}; did you mean "${near}"?` });
}

export function readUniqueName(field: Field, names: Set<string>, what: string): string {
  const at = field.get('name');
  const name = at.readText(NAME_EXPECTED) ?? '';
  if (at.isAbsent) at.problem({ expected: NAME_EXPECTED, message: 'it is missing' });
  else if (!NAME.test(name)) at.problem({ expected: NAME_EXPECTED, message: at.got });
  if (names.has(name)) at.problem({ expected: 'a name of its own', message: `another ${what} has the same name` });
  names.add(name);
  return name;
}

/** A list of texts, or one. Null when absent. */
export function readTexts(field: Field, expected: string): readonly string[] | null {
  if (field.isAbsent) return null;
  const fields = field.isList ? field.items() : [field];
  if (fields.length === 0) field.problem({ expected, message: 'the list is empty' });
  return fields.flatMap((at) => {
    const text = at.readText(expected)?.trim() ?? '';
    if (text === '') at.problem({ expected, message: at.isAbsent ? 'got nothing' : at.got });
    return text === '' ? [] : [text];
  });
}

function readReceiverNames(field: Field, receivers: readonly string[]): readonly string[] | null {
  if (field.isAbsent) return null;
  const fields = field.isList ? field.items() : [field];
  return fields.flatMap((at) => readWord(at, receivers) ?? []);
}

function readLabels(field: Field): Readonly<Record<string, string>> {
  if (field.isAbsent) return {};
  if (!field.isMap) field.problem({ expected: 'a map of text to text', message: `got ${field.kind}` });
  const expected = 'text (quote true and false)';
  return Object.fromEntries([...field.entries()].map(([key, value]) => [key, value.readText(expected) ?? '']));
}

/** How people reach these pages, for the links in messages: a proxy may stand before the loopback address. */
export function readPublicUrl(field: Field): string | null {
  const expected = 'http(s)://host, with the path under which Howdah is reached';
  const text = field.readText(expected)?.trim() ?? null;
  if (text === null) return null;
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search + url.hash === '';
  // The pages are built for this path; what would be written differently in two places is refused.
  const written = text.replace(/^\w+:\/\/[^/]*/, '') || '/';
  const good = isPlain && /^(\/[\w.~-]+)*\/*$/.test(written) && url.pathname === written;
  return good ? text.replace(/\/+$/, '') : field.problem({ expected, message: field.got });
}
