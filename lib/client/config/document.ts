// The dynamic configuration as text: YAML or JSON to a value with positions, a value to text, and a changed value back into the
// text a person wrote, touching only the lines that changed so that comments, order and quotes stay. Pure, no React.
import {
  Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
} from 'yaml';
import { diffConfig, type LeafChange, type Path, sameJson, valueAt, withLeaf } from '../../domain/config/diff';
import { type ExactNumber, exactNumbers, withNumbers } from '../../domain/wire/json-text';
import { isObject, type JsonObject } from '../../domain/wire/loose';
import { form, t } from '../words/text';
import { numberProblem, oddities, PRINT, readYaml, STAYS } from './patronictl-yaml';

export type Format = 'yaml' | 'json';

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export interface TextProblem extends TextRange {
  readonly severity: 'error' | 'warning';
  readonly text: string;
}

export interface ConfigDocument {
  readonly text: string;
  readonly format: Format;
  /** null: it does not parse. */
  readonly value: JsonObject | null;
  readonly problems: readonly TextProblem[];
  /** From the key to the end of a single value, the key alone of an object or list; of the nearest parent where the path is absent; null: nothing of it is there. */
  rangeOf(path: Path): TextRange | null;
}

/** Numbers of the stored configuration that a JavaScript number cannot hold: they may stand in the text as they are stored. */
type Kept = readonly ExactNumber[];

export function parseConfig(text: string, format: Format, kept: Kept = []): ConfigDocument {
  return format === 'json' ? parseJsonText(text, kept) : parseYamlText(text, kept);
}

/** In the order of its keys. */
export function formatConfig(value: JsonObject, format: Format, kept: Kept = []): string {
  return format === 'json' ? `${withNumbers(JSON.stringify(value, null, 2), kept)}\n` : printed(value, [], kept);
}

/** `value` stands at `path` of the document. */
function printed(value: unknown, path: Path, kept: Kept): string {
  const inside = kept.filter((number) => path.every((step, index) => number.path[index] === step));
  if (inside.length === 0) return stringify(value, PRINT);
  const document = new Document(value, PRINT);
  for (const number of inside) {
    const rest = number.path.slice(path.length);
    const node = rest.length === 0 ? document.contents : document.getIn(rest, true);
    if (isScalar(node) && node.value === Number(number.source)) node.source = yamlNumber(number.source);
  }
  return document.toString(PRINT);
}

/** JSON's 1e5 would be a text in YAML 1.1. */
function yamlNumber(source: string): string {
  const [mantissa = source, exponent] = source.split(/[eE]/);
  if (exponent === undefined) return source;
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}e${/^[-+]/.test(exponent) ? '' : '+'}${exponent}`;
}

function parseYamlText(text: string, kept: Kept): ConfigDocument {
  const document = readYaml(text);
  const problems = [...document.errors.map((error) => asProblem(error, 'error')), ...oddities(text, document, kept)];
  const broken = problems.some((problem) => problem.severity === 'error');
  const root = broken ? undefined : document.toJS();
  if (!broken && root !== null && !isObject(root))
    problems.push({
      from: 0,
      to: text.length,
      severity: 'error',
      text: t('The configuration is a list of keys and values'),
    });
  const value = broken ? null : root === null ? {} : isObject(root) ? root : null;
  return { text, format: 'yaml', value, problems, rangeOf: (path) => rangeIn(document, path) };
}

function parseJsonText(text: string, kept: Kept): ConfigDocument {
  const document = parseDocument(text, { uniqueKeys: true, logLevel: 'error' });
  const problems = document.errors
    .filter((error) => error.code === 'DUPLICATE_KEY')
    .map((error) => asProblem(error, 'error'));
  for (const { path, source } of exactNumbers(text)) {
    const stored = kept.find((number) => samePath(number.path, path))?.source;
    const said = numberProblem(Number(source), source, /[.eE]/.test(source), stored);
    if (said !== null) problems.push({ ...(rangeIn(document, path) ?? { from: 0, to: text.length }), ...said });
  }
  let root: unknown;
  try {
    root = text.trim() === '' ? {} : JSON.parse(text);
    if (!isObject(root))
      problems.push({ from: 0, to: text.length, severity: 'error', text: t('The configuration is an object: { … }') });
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const at = Math.min(Number(/position (\d+)/.exec(said)?.[1] ?? document.errors[0]?.pos[0] ?? 0), text.length);
    problems.push({
      from: at,
      to: Math.min(at + 1, text.length),
      severity: 'error',
      text: t('This is not JSON: a comma, a quote or a bracket is missing, or there is one too many'),
    });
  }
  for (const { path, source } of kept) {
    const range = rangeIn(document, path);
    const said = range === null ? '' : text.slice(range.from, range.to).replace(/^.*:\s*/, '');
    if (range !== null && valueAt(root, path) === Number(source) && !/[.eE]|\d{16}/.test(said))
      problems.push({ ...range, severity: 'warning', text: t(STAYS, { source }) });
  }
  const value = problems.some((problem) => problem.severity === 'error') || !isObject(root) ? null : root;
  return { text, format: 'json', value, problems, rangeOf: (path) => rangeIn(document, path) };
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

function asProblem(
  error: { readonly pos: readonly [number, number]; readonly code: string; readonly message: string },
  severity: TextProblem['severity'],
): TextProblem {
  const [from, to] = error.pos;
  const said = error.message.split(/ at line \d+/)[0] ?? error.message;
  const words = WORDS[error.code];
  return { from, to: Math.max(to, from), severity, text: words === undefined ? said : t(words) };
}

const WORDS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: form('This key is here twice: only one can be stored'),
  TAB_AS_INDENT: form('A tab cannot indent YAML: use spaces'),
  BAD_INDENT: form('This line is indented differently from its neighbours'),
  MULTIPLE_DOCS: form('One document only: remove the line ---'),
  MISSING_CHAR: form('A quote or bracket is not closed, or a colon is missing'),
};

// ---- positions

function pairAt(map: YAMLMap, step: string | number): Pair | null {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step)) ?? null;
}

interface Place {
  readonly pair: Pair | null;
  readonly node: unknown;
  /** How many steps of the path exist. */
  readonly depth: number;
}

function follow(document: Document, path: Path): Place {
  let place: Place = { pair: null, node: document.contents, depth: 0 };
  for (const step of path) {
    const { node, depth } = place;
    if (isMap(node)) {
      const pair = pairAt(node, step);
      if (pair === null) break;
      place = { pair, node: pair.value, depth: depth + 1 };
    } else if (isSeq(node) && typeof step === 'number' && node.items[step] !== undefined) {
      place = { pair: null, node: node.items[step], depth: depth + 1 };
    } else break;
  }
  return place;
}

/** Where the last thing in a node ends, without the comments and blank lines after it. */
function endOf(node: unknown): number | null {
  if (isPair(node)) return endOf(node.value) ?? endOf(node.key);
  if (!isNode(node)) return null;
  const flow = (isMap(node) || isSeq(node)) && node.flow === true;
  if ((isMap(node) || isSeq(node)) && !flow && node.items.length > 0) return endOf(node.items.at(-1));
  return node.range?.[1] ?? null;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}

function rangeIn(document: Document, path: Path): TextRange | null {
  const { pair, node, depth } = follow(document, path);
  if (depth === 0) return null;
  const from = pair === null ? startOf(node) : startOf(pair.key);
  // A parent stands for what is in it, or absent in it, by its key alone.
  const single = depth === path.length && !isMap(node) && !isSeq(node);
  const whole = single || pair === null ? (endOf(node) ?? endOf(pair?.key)) : endOf(pair.key);
  return from === null ? null : { from, to: Math.max(from, whole ?? from) };
}

// ---- changing text

/** The text with the leaves that differ changed in place. What cannot be done in place is printed anew, comments kept. */
export function updateText(text: string, format: Format, value: JsonObject, kept: Kept = []): string {
  if (format === 'json') return formatConfig(value, 'json', kept);
  let now = text;
  const start = parseYamlText(text, kept);
  if (start.value === null) return formatConfig(value, 'yaml', kept);
  for (const change of diffConfig(start.value, value)) {
    const before = parseYamlText(now, kept).value;
    if (before === null) return formatConfig(value, 'yaml', kept);
    const wanted = withLeaf(before, change.path, change.after);
    now = inPlace(now, change, wanted, kept) ?? reprinted(now, change, wanted, kept);
  }
  return sameJson(parseYamlText(now, kept).value, value) ? now : formatConfig(value, 'yaml', kept);
}

/** null: not possible line by line. Proved by reading it again. */
function inPlace(text: string, change: LeafChange, wanted: JsonObject, kept: Kept): string | null {
  const place = follow(readYaml(text), change.path);
  const next =
    place.depth < change.path.length
      ? inserted(text, place, change, kept)
      : change.after === undefined
        ? removed(text, place)
        : replaced(text, place, change, kept);
  return next !== null && sameJson(parseYamlText(next, kept).value, wanted) ? next : null;
}

function reprinted(text: string, change: LeafChange, wanted: JsonObject, kept: Kept): string {
  const document = readYaml(text);
  if (change.after === undefined) document.deleteIn(change.path);
  else document.setIn(change.path, document.createNode(change.after));
  const next = document.toString(PRINT);
  return sameJson(parseYamlText(next, kept).value, wanted) ? next : formatConfig(wanted, 'yaml', kept);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** After the line break of the line that holds `at`. */
function lineEnd(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found + 1;
}

function indentAt(text: string, at: number): string | null {
  const indent = text.slice(lineStart(text, at), at);
  return /^ *$/.test(indent) ? indent : null;
}

function block(value: unknown, indent: string, path: Path, kept: Kept): string {
  return printed(value, path, kept)
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}

function inserted(text: string, place: Place, change: LeafChange, kept: Kept): string | null {
  if (change.after === undefined) return text;
  const map = place.node;
  const value = change.path
    .slice(place.depth)
    .reduceRight<unknown>((inner, step) => ({ [String(step)]: inner }), change.after);
  if (!isMap(map))
    return place.depth === 0 && map === null
      ? `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block(value, '', [], kept)}\n`
      : null;
  const first = startOf(map.items[0]?.key);
  const end = endOf(map);
  if (map.flow === true || first === null || end === null) return null;
  const indent = indentAt(text, first);
  if (indent === null) return null;
  const at = lineEnd(text, Math.max(0, end - (text[end - 1] === '\n' ? 1 : 0)));
  const head = text.slice(0, at);
  return `${head}${head.endsWith('\n') ? '' : '\n'}${block(value, indent, change.path.slice(0, place.depth), kept)}\n${text.slice(at)}`;
}

function removed(text: string, place: Place): string | null {
  const from = startOf(place.pair?.key);
  const end = place.pair === null ? null : endOf(place.pair);
  if (from === null || end === null || indentAt(text, from) === null) return null;
  return (
    text.slice(0, lineStart(text, from)) +
    text.slice(lineEnd(text, Math.max(from, end - (text[end - 1] === '\n' ? 1 : 0))))
  );
}

function replaced(text: string, place: Place, change: LeafChange, kept: Kept): string | null {
  const { pair, node } = place;
  const [from, to] = [startOf(node), endOf(node)];
  if (from === null || to === null) return null;
  if (isScalar(node) && !isBlockScalar(node.type) && typeof change.after !== 'object') {
    return text.slice(0, from) + scalarText(change, node.type, kept) + text.slice(to);
  }
  if (isSeq(node) && node.flow !== true && Array.isArray(change.after) && Array.isArray(change.before))
    return replacedItems(text, node.items, change.before, change.after);
  const key = startOf(pair?.key);
  const indent = key === null ? null : indentAt(text, key);
  if (key === null || indent === null) return null;
  const name = String(change.path.at(-1));
  const end = lineEnd(text, Math.max(key, to - (text[to - 1] === '\n' ? 1 : 0)));
  return `${text.slice(0, lineStart(text, key))}${block({ [name]: change.after }, indent, change.path.slice(0, -1), kept)}\n${text.slice(end)}`;
}

function isBlockScalar(type: string | undefined): boolean {
  return type === 'BLOCK_FOLDED' || type === 'BLOCK_LITERAL';
}

/** In the quotes it had. */
function scalarText({ path, after }: LeafChange, type: string | undefined, kept: Kept): string {
  const quoted = typeof after === 'string' && (type === 'QUOTE_SINGLE' || type === 'QUOTE_DOUBLE');
  return (quoted ? stringify(after, { ...PRINT, defaultStringType: type }) : printed(after, path, kept)).trimEnd();
}

/** Only the lines between the first and the last item that differ, so that comments beside the others stay. */
function replacedItems(
  text: string,
  items: readonly unknown[],
  before: readonly unknown[],
  after: readonly unknown[],
): string | null {
  let head = 0;
  while (head < before.length && head < after.length && sameJson(before[head], after[head])) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    sameJson(before.at(-1 - tail), after.at(-1 - tail))
  )
    tail += 1;
  const first = startOf(items[0]);
  if (first === null || after.length === 0) return null;
  const dash = text.slice(lineStart(text, first), first);
  if (!/^ *- +$/.test(dash)) return null;
  const indent = dash.slice(0, dash.indexOf('-'));
  const lineOf = (index: number): number | null => {
    const at = startOf(items[index]);
    return at === null ? null : lineStart(text, at);
  };
  const end = endOf(items.at(-1));
  if (end === null) return null;
  const from = head < items.length ? lineOf(head) : lineEnd(text, end);
  const to =
    tail > 0 ? lineOf(items.length - tail) : lineEnd(text, Math.max(0, end - (text[end - 1] === '\n' ? 1 : 0)));
  if (from === null || to === null) return null;
  const middle = after.slice(head, after.length - tail);
  const lines = middle.length === 0 ? '' : `${block(middle, indent, [], [])}\n`;
  const start = text.slice(0, from);
  return `${start}${start === '' || start.endsWith('\n') ? '' : '\n'}${lines}${text.slice(Math.max(from, to))}`;
}
