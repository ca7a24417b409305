// YAML as patronictl reads it: PyYAML 6 and YAML 1.1, where `no` is false, 0640 is 416 and 1:30 is 90. The rules are those of PyYAML's
// resolver, not of YAML 1.1 at large: `y` and 1e3 are texts. What patronictl could not store (dates, merge keys, .inf) is refused.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  Scalar,
  type ScalarTag,
} from 'yaml';
import type { Path } from '../../domain/config/diff';
import type { ExactNumber } from '../../domain/wire/json-text';
import { form, t } from '../words/text';

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOL = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INT =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const DATE =
  /^[0-9]{4}-[0-9]{2}-[0-9]{2}$|^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$/;

/** What PyYAML's scanner does not take bare. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const INVISIBLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/;
const QUOTED = new RegExp(`^(?:=|<<)$|\\t|${INVISIBLE.source}`);

/** NaN: no number after all (`0x_`), or one that JSON cannot hold. */
function intOf(text: string): number {
  const plain = text.replaceAll('_', '');
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (digits.includes(':')) return sign * sexagesimal(digits);
  if (/^0[xb]?$/.test(digits)) return digits === '0' ? 0 : Number.NaN;
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  // There is no -0 among whole numbers.
  return sign * value + 0;
}

function floatOf(text: string): number {
  const plain = text.replaceAll('_', '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const digits = plain.replace(/^[-+]/, '');
  if (digits === '.inf' || digits === '.nan') return Number.NaN;
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits));
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** A number as YAML 1.1 reads it back: `1e-7` alone would be a text. */
function numberText(value: number): string {
  const text = String(value);
  return /^-?\d+e/.test(text) ? text.replace('e', '.0e') : text;
}

const typed = { default: true } as const;
const number =
  (read: (source: string) => number) =>
  ({ value, source }: Scalar): string =>
    source !== undefined && Object.is(read(source), value) ? source : numberText(Number(value));

/** In the order of PyYAML's resolver; what none takes is a text, and a text that one would take is written in quotes. */
const TAGS: ScalarTag[] = [
  {
    ...typed,
    tag: 'tag:yaml.org,2002:null',
    test: NULL,
    identify: (value) => value === null,
    createNode: () => new Scalar(null),
    resolve: () => new Scalar(null),
    stringify: ({ source }) => (source !== undefined && NULL.test(source) ? source : 'null'),
  },
  {
    ...typed,
    tag: 'tag:yaml.org,2002:bool',
    test: BOOL,
    identify: (value) => typeof value === 'boolean',
    resolve: (text) => /^(yes|true|on)$/i.test(text),
    stringify: ({ value }) => String(value),
  },
  {
    ...typed,
    tag: 'tag:yaml.org,2002:float',
    test: FLOAT,
    identify: (value) => typeof value === 'number' && !Number.isInteger(value),
    resolve: floatOf,
    stringify: number(floatOf),
  },
  {
    ...typed,
    tag: 'tag:yaml.org,2002:int',
    test: INT,
    identify: (value) => Number.isInteger(value),
    resolve: intOf,
    stringify: number(intOf),
  },
  { ...typed, tag: 'tag:yaml.org,2002:timestamp', test: DATE, resolve: (text) => text },
  { ...typed, tag: 'tag:yaml.org,2002:value', test: QUOTED, resolve: (text) => text },
];

export const PRINT = { lineWidth: 0, version: '1.2', schema: 'failsafe', customTags: TAGS } as const;

export function readYaml(text: string): Document.Parsed {
  return parseDocument(text, {
    version: '1.2',
    schema: 'failsafe',
    customTags: TAGS,
    uniqueKeys: true,
    strict: true,
    logLevel: 'error',
  });
}

// ---- what patronictl could not read, or would not store

export interface Oddity {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

/** `stored`: numbers that stand in the stored configuration and that Howdah could not write itself. */
export function oddities(text: string, document: Document.Parsed, stored: readonly ExactNumber[]): readonly Oddity[] {
  const found: Oddity[] = [];
  const kept = new Map(stored.map(({ path, source }) => [path.join('\n'), source]));
  const tell = (at: { readonly range?: ParsedNode['range'] | null }, severity: Oddity['severity'], said: string) => {
    const [from, to] = at.range ?? [0, 0];
    found.push({ from, to, severity, text: said });
  };
  const visit = (node: unknown, path: Path, inFlow: boolean): void => {
    if (isAlias(node)) tell(node as ParsedNode, 'error', t('Aliases are not stored: write the value out'));
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    const flow = inFlow || (!isScalar(node) && node.flow === true);
    dressed(node as ParsedNode, flow);
    if (isMap(node)) for (const pair of node.items) visitPair(pair, path, flow);
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) visit(item, [...path, index], flow);
    else if (node.type === 'PLAIN') {
      const said = plainProblem(node.value, node.source ?? '', kept.get(path.join('\n')));
      if (said !== null) tell(node as ParsedNode, said.severity, said.text);
    }
  };
  const visitPair = (pair: unknown, path: Path, flow: boolean): void => {
    if (!isPair(pair)) return;
    const key = pair.key as ParsedNode;
    if (!isScalar(key)) {
      tell(key, 'error', t('A key is a single text'));
      return;
    }
    const source = key.source ?? '';
    dressed(key, flow);
    if (key.type === 'PLAIN' && source === '<<')
      tell(key, 'error', t('Merge keys are not stored: write the values out'));
    else if (typeof key.value !== 'string' || (key.type === 'PLAIN' && DATE.test(source)))
      tell(key, 'error', t('A key is a text: patronictl would change {key}; put it in quotes', { key: source }));
    visit(pair.value, [...path, String(key.value)], flow);
  };
  /** Anchors and tags before a node, and what a plain text may not hold between brackets. */
  const dressed = (node: ParsedNode, flow: boolean): void => {
    if (node.anchor !== undefined) tell(node, 'error', t('Anchors are not stored: write the value out'));
    if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str' && isTagged(text, node))
      tell(node, 'error', t('Tags are not stored: write the plain value'));
    if (flow && isScalar(node) && node.type === 'PLAIN' && /^:|\?/.test(node.source ?? ''))
      tell(node, 'error', t('patronictl takes no such text between brackets: put it in quotes'));
  };
  visit(document.contents, [], false);
  const control = INVISIBLE.exec(text);
  if (control !== null)
    found.push({
      from: control.index,
      to: control.index + 1,
      severity: 'error',
      text: t('patronictl cannot read this invisible character'),
    });
  const tab = looseTab(text, document);
  if (tab !== null)
    found.push({
      from: tab,
      to: tab + 1,
      severity: 'error',
      text: t('patronictl takes no tab here: use spaces, or quotes around the text'),
    });
  return found;
}

/** `!!str 5` and the like stand before the node. */
function isTagged(text: string, node: ParsedNode): boolean {
  const start = node.range?.[0] ?? 0;
  return /!\S*\s*(&\S+\s*)?$/.test(text.slice(Math.max(0, start - 200), start)) || text[start] === '!';
}

/** PyYAML knows tabs in quotes, in block texts and in comments only. */
function looseTab(text: string, document: Document.Parsed): number | null {
  if (!text.includes('\t')) return null;
  const covered: (readonly [number, number])[] = [];
  const cover = (node: unknown): void => {
    if (isPair(node)) {
      cover(node.key);
      cover(node.value);
    } else if (isMap(node) || isSeq(node)) for (const item of node.items) cover(item);
    else if (isScalar(node) && node.type !== 'PLAIN') {
      const [from, to] = (node as ParsedNode).range ?? [0, 0];
      const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      covered.push([block ? text.indexOf('\n', from) : from, to]);
    }
  };
  cover(document.contents);
  for (let at = text.indexOf('\t'); at >= 0; at = text.indexOf('\t', at + 1)) {
    const inside = covered.some(([from, to]) => at >= from && at < to);
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
    if (!inside && !/(^|\s)#/.test(line)) return at;
  }
  return null;
}

const UNSTORABLE = form('This number cannot be stored as JSON');
const TOO_LARGE = form('This number is too large to be kept exactly: put it in quotes');
const WHOLE_FRACTION = form('Howdah would store {value}, patronictl {source}: write {value}, or put it in quotes');
export const STAYS = form('Stored as {source}: to Howdah the same number, it stays as it is');

type Said = Pick<Oddity, 'severity' | 'text'>;
const error = (text: string): Said => ({ severity: 'error', text });

function plainProblem(value: unknown, source: string, kept: string | undefined): Said | null {
  if (DATE.test(source)) return error(t('A date to patronictl, which it cannot store: put it in quotes'));
  if (source === '=' || source === '<<')
    return error(t('patronictl cannot read a single {text}: put it in quotes', { text: source }));
  if (/^%/.test(source)) return error(t('patronictl takes no % at the beginning: put the text in quotes'));
  if (typeof value !== 'number') return null;
  return numberProblem(value, source, FLOAT.test(source), kept);
}

/** `kept`: how the number at this place is stored, where a JavaScript number cannot hold that. */
export function numberProblem(value: number, source: string, fraction: boolean, kept: string | undefined): Said | null {
  if (!Number.isFinite(value)) return error(t(UNSTORABLE));
  if (kept !== undefined && Number(kept) === value) {
    const float = /[.eE]/.test(kept);
    if (float !== fraction) return { severity: 'warning', text: t(STAYS, { source: kept }) };
    if (float || source.replaceAll('_', '').replace(/^\+/, '') === kept) return null;
  }
  if (!fraction && !Number.isSafeInteger(value)) return error(t(TOO_LARGE));
  return fraction && Number.isInteger(value) && Math.abs(value) < 1e21
    ? error(t(WHOLE_FRACTION, { value: String(value), source }))
    : null;
}
