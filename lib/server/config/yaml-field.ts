// One value of a YAML file that knows its path and its line, so that every complaint says where and what was expected.
// Reading never throws and never stops at the first problem: a wrong value is reported and read as null.
// Values that may be secret go through readSecret only; no other method's text may end up in a message unfiltered.

import path from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { buildSecret, type Secret } from './secret';
import type { Report } from './settings';
import { formatGot, formatUnknown } from './words';

export type Env = Readonly<Record<string, string | undefined>>;

export interface Files {
  readonly cwd: string;
  readonly env: Env;
  readonly readFile: (path: string) => string;
}

export interface YamlOptions {
  /** As the user wrote it; shown in problems. */
  readonly file: string;
  readonly files: Files;
  readonly report: Report;
  /** Patroni reads YAML 1.1 (`yes` is true), lets the last of two equal keys win and knows no `${NAME}`. */
  readonly dialect: 'howdah' | 'patroni';
}

interface Source extends YamlOptions {
  readonly doc: Document;
  readonly lines: LineCounter;
}

/** Own words for the parser's errors, because its messages may quote the line, and with it a password. */
const SYNTAX: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'text that begins with * is an alias here; quote it',
  BAD_DQ_ESCAPE: 'a backslash in double quotes begins an escape; use single quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_SCALAR_START: 'text cannot begin with this character; quote it',
  BLOCK_AS_IMPLICIT_KEY: 'two keys on one line; quote text that contains ": "',
  DUPLICATE_KEY: 'this key is already there',
  MISSING_CHAR: 'a quote, a comma or a colon is missing',
  MULTIPLE_DOCS: 'a second document begins here (---)',
  TAB_AS_INDENT: 'tabs cannot indent',
  TAG_RESOLVE_FAILED: 'text that begins with ! is a tag here; quote it',
};

const MERGE_DEPTH_LIMIT = 3;

/** Null after reporting: the file could not be read or is not YAML. */
export function openYaml(options: YamlOptions): Field | null {
  const text = readText(options.file, options.files, (message) =>
    report(options, null, '', { expected: 'a readable file', message: `${formatGot(options.file)}: ${message}` }),
  );
  if (text === null) return null;
  const lines = new LineCounter();
  const patroni = options.dialect === 'patroni';
  let doc: Document;
  let loose: YamlTrouble[];
  try {
    doc = parseDocument(text, {
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'error',
      uniqueKeys: !patroni,
      version: patroni ? '1.1' : '1.2',
    });
    loose = looseEnds(doc);
  } catch {
    // The parser recurses: a file of ten thousand brackets exhausts the stack.
    report(options, null, '', { expected: 'valid YAML', message: 'it is nested too deeply' });
    return null;
  }
  const troubles = [...doc.errors.map(({ code, pos }) => ({ code, offset: pos[0] })), ...loose];
  for (const { code, offset } of troubles) {
    const message = SYNTAX[code] ?? 'this is not valid YAML';
    report(options, lines.linePos(offset).line, '', { expected: 'valid YAML', message });
  }
  if (troubles.length > 0) return null;
  return new Field({ ...options, doc, lines }, '', doc.contents, null);
}

interface YamlTrouble {
  readonly code: string;
  readonly offset: number;
}

/** What the parser lets pass, but would silently change a password: `*name` of no anchor is empty, `!name x` is x. */
function looseEnds(doc: Document): YamlTrouble[] {
  const found: YamlTrouble[] = [];
  for (const { code, pos } of doc.warnings) {
    if (code === 'TAG_RESOLVE_FAILED') found.push({ code, offset: pos[0] });
  }
  visit(doc, {
    Alias: (_, node) => {
      if (node.resolve(doc) === undefined) found.push({ code: 'BAD_ALIAS', offset: node.range?.[0] ?? 0 });
    },
  });
  return found;
}

interface Complaint {
  readonly expected: string;
  readonly message: string;
}

export class Field {
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #line: number | null;
  readonly #isWritten: boolean;
  readonly path: string;

  constructor(source: Source, at: string, node: unknown, line: number | null, isWritten = false) {
    this.#source = source;
    this.#isWritten = isWritten;
    this.path = at;
    this.#node = resolve(source.doc, node);
    this.#line = lineOf(source.lines, node) ?? line;
  }

  /** Missing, empty or null: all the same to a reader of a configuration. */
  get isAbsent(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  get isMap(): boolean {
    return isMap(this.#node);
  }

  get isList(): boolean {
    return isSeq(this.#node);
  }

  problem(complaint: Complaint): null {
    report(this.#source, this.#line, this.path, complaint);
    return null;
  }

  warn(message: string): void {
    const { file } = this.#source;
    this.#source.report.warnings.push({ file, line: this.#line, path: this.path, message, expected: '' });
  }

  /** The value under a key; an absent Field at this line when there is none. */
  get(key: string): Field {
    return this.entries().get(key) ?? new Field(this.#source, childPath(this.path, key), null, this.#line);
  }

  /** Keys and values of a map, merge keys (`<<`) included; empty when this is no map. */
  entries(): Map<string, Field> {
    const found = new Map<string, Field>();
    collectPairs(this.#source.doc, this.#node, 0, (key, pair) => {
      const line = lineOf(this.#source.lines, pair.key) ?? this.#line;
      found.set(key, new Field(this.#source, childPath(this.path, key), pair.value, line, true));
    });
    return found;
  }

  items(): Field[] {
    if (!isSeq(this.#node)) return [];
    return this.#node.items.map((item, index) => new Field(this.#source, `${this.path}[${index}]`, item, this.#line));
  }

  /** True when this is a map of known keys only; reports each unknown key. Absent is no problem and yields false. */
  expectMap(known: readonly string[]): boolean {
    if (this.isAbsent) return false;
    if (!this.isMap) {
      this.problem({ expected: `a map of ${known.join(', ')}`, message: `got ${this.kind}` });
      return false;
    }
    for (const [key, field] of this.entries()) {
      if (known.includes(key)) continue;
      const message = formatUnknown('key', key, known);
      report(this.#source, field.#line, this.path, { expected: `one of ${known.join(', ')}`, message });
    }
    return true;
  }

  /** Text with `${NAME}` replaced. A number is taken as it is written; true and false need quotes. */
  readText(expected: string): string | null {
    const raw = this.rawText;
    if (raw !== null) return this.#expand(raw);
    if (!this.isAbsent) this.problem({ expected, message: `got ${this.kind}` });
    return null;
  }

  readNumber(expected: string, isGood: (value: number) => boolean): number | null {
    const text = this.readText(expected);
    if (text === null) return null;
    const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
    return isGood(value) ? value : this.problem({ expected, message: this.got });
  }

  readBoolean(): boolean | null {
    const value = isScalar(this.#node) ? this.#node.value : null;
    if (typeof value === 'boolean' || this.isAbsent) return typeof value === 'boolean' ? value : null;
    return this.problem({ expected: 'true or false', message: this.got });
  }

  /** Text, `${NAME}`, or {file: path}, whose last line break is dropped. */
  readSecret(): Secret | null {
    if (this.isAbsent) {
      // `password: #x` is a comment to YAML; without this the login would fail much later, and puzzle everybody.
      const empty = this.#isWritten && this.#source.dialect === 'howdah';
      return empty
        ? this.problem({ expected: 'a password', message: 'it is empty (quote text that begins with #)' })
        : null;
    }
    // Not the general map check: the unknown key may be the password itself.
    const file = this.isMap && this.#source.dialect === 'howdah' ? this.get('file') : null;
    const expected = `a password as text, \${NAME} or {file: path}`;
    const text = file === null || file.isAbsent ? this.readText(expected) : file.readFile()?.replace(/\r?\n$/, '');
    if (text === '') this.problem({ expected, message: 'it is empty' });
    return text === null || text === undefined || text === '' ? null : buildSecret(text);
  }

  /** The content of the file that is named here. */
  readFile(): string | null {
    const name = this.readText('the path of a file');
    if (name === null) return null;
    return readText(this.resolvePath(name), this.#source.files, (message) =>
      this.problem({ expected: 'a readable file', message: `${this.got}: ${message}` }),
    );
  }

  /** Relative paths start at the folder of the file they are written in. */
  resolvePath(name: string): string {
    const { file, files } = this.#source;
    return resolveFrom(path.dirname(resolveFrom(files.cwd, file, files.env)), name, files.env);
  }

  /** `got "..."` for a problem's message; never call it on a secret. */
  get got(): string {
    const raw = this.rawText;
    return raw === null ? `got ${this.kind}` : formatGot(raw);
  }

  /** The text as written, before `${NAME}`; null when this is no text or number. */
  get rawText(): string | null {
    if (!isScalar(this.#node)) return null;
    const { value, source } = this.#node;
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'bigint' ? (source ?? String(value)) : null;
  }

  /** Text, number, true or false as YAML has it; null for everything else. */
  get plain(): unknown {
    return isScalar(this.#node) ? this.#node.value : null;
  }

  get kind(): string {
    if (this.isAbsent) return 'nothing';
    if (this.isMap) return 'a map';
    if (this.isList) return 'a list';
    const value = isScalar(this.#node) ? this.#node.value : null;
    return typeof value === 'boolean' ? 'true or false (quote it to make it text)' : 'text';
  }

  #expand(raw: string): string | null {
    if (this.#source.dialect === 'patroni') return raw;
    const missing: string[] = [];
    let malformed = false;
    const text = raw.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole, name: string | undefined) => {
      if (name === undefined) return '${';
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || !whole.endsWith('}')) malformed = true;
      const value = malformed ? undefined : this.#source.files.env[name];
      if (value === undefined && !malformed) missing.push(name);
      return value ?? '';
    });
    if (malformed) {
      return this.problem({
        expected: `\${NAME}, or $\${ for a plain \${`,
        message: `\${ is not followed by a name and }`,
      });
    }
    for (const name of missing) {
      this.problem({ expected: `the environment variable ${name}`, message: 'it is not set' });
    }
    return missing.length > 0 ? null : text;
  }
}

/** `~/` is the HOME of the environment. */
export function resolveFrom(folder: string, name: string, env: Env): string {
  const home = env.HOME;
  return name.startsWith('~/') && home ? path.join(home, name.slice(2)) : path.resolve(folder, name);
}

function readText(name: string, files: Files, complain: (message: string) => void): string | null {
  try {
    return files.readFile(resolveFrom(files.cwd, name, files.env));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'no permission to read it',
      EISDIR: 'it is a folder',
      ENOTDIR: 'there is no such file',
    };
    complain(why[code] ?? 'it cannot be read');
    return null;
  }
}

function report(options: YamlOptions, line: number | null, at: string, complaint: Complaint): void {
  options.report.problems.push({ file: options.file, line, path: at, ...complaint });
}

function childPath(parent: string, key: string): string {
  const shown = /^[\w.-]{1,40}$/.test(key) ? key : '(key)';
  return parent === '' ? shown : `${parent}.${shown}`;
}

function resolve(doc: Document, node: unknown): Node | null {
  const target = isAlias(node) ? node.resolve(doc) : node;
  return isMap(target) || isSeq(target) || isScalar(target) ? target : null;
}

function lineOf(lines: LineCounter, node: unknown): number | null {
  const range = isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range : null;
  return range ? lines.linePos(range[0]).line : null;
}

/** Merged maps first, so that a key written here overrides them. The depth limit ends a map that merges itself. */
function collectPairs(doc: Document, node: unknown, depth: number, add: (key: string, pair: Pair) => void): void {
  const map = resolve(doc, node);
  if (!isMap(map) || depth > MERGE_DEPTH_LIMIT) return;
  for (const pair of map.items) {
    if (keyText(pair.key) !== '<<') continue;
    const merged = resolve(doc, pair.value);
    const maps: readonly unknown[] = isSeq(merged) ? [...merged.items].reverse() : [merged];
    for (const each of maps) collectPairs(doc, each, depth + 1, add);
  }
  for (const pair of map.items) {
    const key = keyText(pair.key);
    if (key !== '<<') add(key, pair);
  }
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return '(no text)';
  // YAML 1.1 in the yaml package makes a merge key a scalar whose value is a symbol.
  return typeof key.value === 'symbol' ? '<<' : String(key.source ?? key.value);
}
