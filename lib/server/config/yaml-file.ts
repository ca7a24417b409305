// A YAML file as plain data for a zod schema, and each complaint about it with line and column, found by its path.
// A schema says what was expected (the text of its error); what was found is said here, from what is written in the file: before
// `${NAME}` is replaced, and never where a secret may stand (those schemas say themselves what was found).
import path from 'node:path';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { Report } from './problem';
import { formatGot, formatUnknown, nearestWord } from './words';

export type Env = Readonly<Record<string, string | undefined>>;
export type Path = readonly PropertyKey[];

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
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission to read it',
  ECLOSED: 'no file of this machine is read for it; put the text in its place',
  EISDIR: 'it is a folder',
  ENOTDIR: 'there is no such file',
};

/** Of this file and of each that it names. */
const SIZE_LIMIT = 1_000_000;
/** Aliases counted as often as they are used. */
const VALUES_LIMIT = 50_000;
const DEPTH_LIMIT = 32;
const WORDS_SHOWN = 8;

interface Place {
  /** What stands there, aliases followed. */
  readonly node: unknown;
  readonly offset: number;
  readonly keyOffset: number;
}

/** What a schema adds to its error: what was found instead of the value, or why the value shown is wrong. */
export interface Found {
  readonly found?: string;
  readonly because?: string;
}

let current: YamlFile | null = null;

/** The file that a schema is reading right now: zod hands no context down, and reads in one go. */
export function reading(): YamlFile {
  if (current === null) throw new Error('no file is being read');
  return current;
}

/** Null after reporting: the file could not be read or is not YAML. */
export function openYaml(options: YamlOptions): YamlFile | null {
  const report = (message: string, expected: string): null => {
    options.report.problems.push({ file: options.file, line: null, column: null, path: '', message, expected });
    return null;
  };
  const content = readText(options.file, options.files);
  if ('why' in content) return report(`${formatGot(options.file)}: ${content.why}`, 'a readable file');
  try {
    const file = new YamlFile(options, content.text);
    return file.isGood ? file : null;
  } catch {
    // The parser recurses too: a file of ten thousand brackets exhausts the stack.
    return report('it is nested too deeply, or holds too much', 'valid YAML');
  }
}

export class YamlFile {
  readonly options: YamlOptions;
  readonly data: unknown;
  readonly isGood: boolean;
  readonly #doc;
  readonly #lines = new LineCounter();
  readonly #places = new Map<string, Place>();
  /** Paths that were complained about before the schema looked. */
  readonly #wrong = new Set<string>();

  /** Throws where the file is too much. */
  constructor(options: YamlOptions, text: string) {
    this.options = options;
    const isPatroni = options.dialect === 'patroni';
    this.#doc = parseDocument(text, {
      prettyErrors: false,
      lineCounter: this.#lines,
      logLevel: 'error',
      uniqueKeys: !isPatroni,
      version: isPatroni ? '1.1' : '1.2',
    });
    const troubles = [...this.#doc.errors, ...this.#looseEnds()];
    for (const { code, pos } of troubles)
      this.#report(pos[0], [], 'valid YAML', SYNTAX[code] ?? 'this is not valid YAML');
    this.isGood = troubles.length === 0;
    this.data = this.isGood ? this.#plain(this.#doc.contents, [], 0, 0) : null;
  }

  /** Null after reporting everything that is wrong. */
  read<S extends z.ZodType>(schema: S): z.output<S> | null {
    const outer = current;
    current = this;
    try {
      const { problems } = this.options.report;
      const start = problems.length;
      const result = schema.safeParse(this.data);
      // Those of files that are named in this one come after its own.
      const nested = problems.splice(start);
      for (const issue of result.error?.issues ?? []) this.#explain(issue);
      problems.push(...nested);
      return result.success && this.#wrong.size === 0 ? result.data : null;
    } finally {
      current = outer;
    }
  }

  complain(at: Path, expected: string, { found, because }: Found = {}): void {
    // A schema may see one value as a list of one, or a path as {file: path}: the file has no such place.
    const where = at.findIndex((key, index) => {
      const parent = this.#places.get(keyOf(at.slice(0, index)))?.node;
      return typeof key === 'number' ? !isSeq(parent) : isScalar(parent);
    });
    const real = where < 0 ? at : at.slice(0, where);
    if (this.#wrong.has(keyOf(real))) return;
    const got = found ?? this.#got(real);
    this.#report(this.#placeOf(real).offset, real, expected, because === undefined ? got : `${got}: ${because}`);
  }

  /** Where it begins. */
  lineOf(at: Path): number {
    return this.#lines.linePos(this.#placeOf(at).offset).line;
  }

  warn(at: Path, message: string): void {
    this.options.report.warnings.push(this.#problem(this.#placeOf(at).offset, at, '', message));
  }

  /** Relative paths start at the folder of the file they are written in. */
  resolve(name: string): string {
    const { file, files } = this.options;
    return resolveFrom(path.dirname(resolveFrom(files.cwd, file, files.env)), name, files.env);
  }

  /** The content of another file that is named in this one. */
  open(name: string): { readonly text: string } | { readonly why: string } {
    return readText(this.resolve(name), this.options.files);
  }

  /** The text at a place, whatever a schema says of it; null where there is none. */
  textAt(at: Path): string | null {
    const into = (value: unknown, key: PropertyKey): unknown =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : null;
    const found = at.reduce(into, this.data);
    return typeof found === 'string' || typeof found === 'number' ? String(found).trim() : null;
  }

  /** That of each map of a list under one key. */
  textsAt(at: Path, key: string): string[] {
    const { node } = this.#placeOf(at);
    return isSeq(node) ? node.items.flatMap((_, index) => this.textAt([...at, index, key]) ?? []) : [];
  }

  #explain(issue: z.core.$ZodIssue): void {
    const { path: at, message } = issue;
    const list = this.#placeOf(at).node;
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        const { keyOffset } = this.#placeOf([...at, key]);
        this.#report(keyOffset, at, `one of ${message}`, formatUnknown('key', key, message.split(', ')));
      }
    } else if (issue.code === 'invalid_value') {
      const known = issue.values.map(String);
      const expected = known.length > WORDS_SHOWN ? 'a known word' : `one of ${known.join(', ')}`;
      const near = isScalar(list) && typeof list.value === 'string' ? nearestWord(list.value, known) : null;
      this.complain(at, expected, near === null ? {} : { found: `${this.#got(at)}; did you mean "${near}"?` });
    } else if (issue.code === 'too_small' && issue.origin === 'array')
      this.complain(at, message, { found: 'the list is empty' });
    else if (issue.code === 'too_big' && issue.origin === 'array')
      this.complain(at, message, { found: `there are ${isSeq(list) ? list.items.length : 'more'}` });
    else this.complain(at, message, issue.code === 'custom' ? (issue.params as Found | undefined) : {});
  }

  /** Of the nearest place that is in the file. */
  #placeOf(at: Path): Place {
    const place = this.#places.get(keyOf(at));
    if (place !== undefined) return place;
    const above = at.length === 0 ? undefined : this.#placeOf(at.slice(0, -1));
    return { node: null, offset: above?.offset ?? 0, keyOffset: above?.offset ?? 0 };
  }

  #got(at: Path): string {
    const { node } = this.#placeOf(at);
    if (isMap(node)) return 'got a map';
    if (isSeq(node)) return 'got a list';
    const value = isScalar(node) ? node.value : null;
    if (value === null) return typeof at.at(-1) === 'string' ? 'it is missing' : 'got nothing';
    if (typeof value === 'boolean') return 'got true or false (quote it to make it text)';
    return formatGot(typeof value === 'string' ? value : sourceOf(node));
  }

  #report(offset: number, at: Path, expected: string, message: string): void {
    this.options.report.problems.push(this.#problem(offset, at, expected, message));
  }

  #problem(offset: number, at: Path, expected: string, message: string) {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.options.file, line, column: col, path: formatPath(at), message, expected };
  }

  /** What the parser lets pass, but would silently change a password: `*name` of no anchor is empty, `!name x` is x. */
  #looseEnds(): { code: string; pos: readonly [number, number] }[] {
    const found: { code: string; pos: readonly [number, number] }[] = this.#doc.warnings.filter(
      ({ code }) => code === 'TAG_RESOLVE_FAILED',
    );
    visit(this.#doc, {
      Alias: (_, node) => {
        const at = node.range?.[0] ?? 0;
        if (node.resolve(this.#doc) === undefined) found.push({ code: 'BAD_ALIAS', pos: [at, at] });
      },
    });
    return found;
  }

  /** A number stays one only where it would be written the same: `0123` and `1.0` are texts to whoever wants a text. */
  #plain(written: unknown, at: Path, keyOffset: number, above: number): unknown {
    if (at.length > DEPTH_LIMIT || this.#places.size > VALUES_LIMIT) throw new Error('too much');
    const node = this.#target(written);
    const offset = (isNode(written) ? written.range?.[0] : undefined) ?? above;
    this.#places.set(keyOf(at), { node, offset, keyOffset });
    if (isSeq(node)) return node.items.map((item, index) => this.#plain(item, [...at, index], offset, offset));
    if (isMap(node)) {
      const map: Record<string, unknown> = Object.create(null);
      for (const [key, pair] of this.#pairs(node, 0)) {
        const start = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
        map[key] = this.#plain(pair.value, [...at, key], start, start);
      }
      return map;
    }
    const value = isScalar(node) ? node.value : null;
    if (typeof value === 'string') return this.#expand(value, at, offset);
    if (value === null || typeof value === 'boolean') return value;
    const source = sourceOf(node);
    return typeof value === 'number' && String(value) === source ? value : source;
  }

  #target(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#doc) : node;
  }

  /** Merged maps first, so that a key written here overrides them; the depth ends a map that merges itself. */
  #pairs(node: unknown, depth: number): Map<string, Pair> {
    const found = new Map<string, Pair>();
    const map = this.#target(node);
    if (!isMap(map) || depth > DEPTH_LIMIT) return found;
    const isMerge = ({ key }: Pair): boolean => keyText(key) === '<<';
    for (const { value } of map.items.filter(isMerge)) {
      const merged = this.#target(value);
      for (const each of isSeq(merged) ? [...merged.items].reverse() : [merged])
        for (const [key, pair] of this.#pairs(each, depth + 1)) found.set(key, pair);
    }
    for (const pair of map.items) if (!isMerge(pair)) found.set(keyText(pair.key), pair);
    return found;
  }

  #expand(raw: string, at: Path, offset: number): string {
    if (this.options.dialect === 'patroni') return raw;
    const complain = (expected: string, message: string): string => {
      this.#wrong.add(keyOf(at));
      this.#report(offset, at, expected, message);
      return '';
    };
    return raw.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole, name: string | undefined) => {
      if (name === undefined) return '${';
      if (!/^[A-Za-z_]\w*$/.test(name) || !whole.endsWith('}'))
        return complain(`\${NAME}, or $\${ for a plain \${`, `\${ is not followed by a name and }`);
      return this.options.files.env[name] ?? complain(`the environment variable ${name}`, 'it is not set');
    });
  }
}

/** `~/` is the HOME of the environment. */
export function resolveFrom(folder: string, name: string, env: Env): string {
  const home = env.HOME;
  return name.startsWith('~/') && home ? path.join(home, name.slice(2)) : path.resolve(folder, name);
}

function readText(name: string, { cwd, env, readFile }: Files): { readonly text: string } | { readonly why: string } {
  try {
    const text = readFile(resolveFrom(cwd, name, env));
    return text.length > SIZE_LIMIT ? { why: `it is larger than ${SIZE_LIMIT} characters` } : { text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return { why: UNREADABLE[code] ?? 'it cannot be read' };
  }
}

const keyOf = (at: Path): string => JSON.stringify(at);

/** A key that looks like something else may be a password in the wrong place. */
function formatPath(at: Path): string {
  const shown = at.map((key) => {
    if (typeof key === 'number') return `[${key}]`;
    return /^[\w.-]{1,40}$/.test(String(key)) ? `.${String(key)}` : '.(key)';
  });
  return shown.join('').replace(/^\./, '');
}

function sourceOf(node: unknown): string {
  return isScalar(node) ? (node.source ?? String(node.value)) : '';
}

function keyText(key: unknown): string {
  if (!isScalar(key)) return '(no text)';
  // YAML 1.1 in the yaml package makes a merge key a scalar whose value is a symbol.
  return typeof key.value === 'symbol' ? '<<' : String(key.source ?? key.value);
}
