// Plants small faults in code, one at a time, and says which of them no test notices:
// `npx tsx e2e/mutate.ts lib/domain/findings [more paths] [--count 60] [--seed 1] [--minutes 30] [--tests lib/domain] [--at FILE:LINE ...]`
// It works in a copy of the tree beside the system's temporary files, never in the tree itself. Asked are the tests below `--tests`
// (default: the room of the file, `lib/domain`) that reach the file by their imports. What survives is a missing test, or no fault at
// all: somebody has to look. The last line is JSON.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSync } from 'oxc-parser';
import { files, importsOf, isTest, ROOT, text } from './sources';

export interface Planted {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  /** Offsets in the file, and what stands there instead. */
  readonly start: number;
  readonly end: number;
  readonly instead: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const COUNT = 60;
const MINUTES = 30;
/** A run without a fault is measured first; one that takes so much longer hangs, and that is noticed too. */
const HANG_FACTOR = 3;
const HANG_MS = 30_000;

const SWAPPED: Readonly<Record<string, string>> = {
  ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '===': '!==', '!==': '===', '==': '!=', '!=': '==' },
  ...{ '-': '+', '*': '/', '/': '*', '&&': '||', '||': '&&' },
};

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Every small fault that this file could have, in the order of the text. */
export function faultsOf(file: string, source: string): readonly Planted[] {
  const found: Planted[] = [];
  const cut = (node: Node): string => source.slice(node.start, node.end);
  const lineOf = (at: number): number => source.slice(0, at).split('\n').length;
  const plant = (what: string, { start, end }: Pick<Node, 'start' | 'end'>, instead: string): void => {
    found.push({ file, line: lineOf(start), what, start, end, instead });
  };

  /** One of a list: with the comma that parts it from its neighbour. */
  const drop = (what: string, list: readonly Node[], index: number): void => {
    const [before, one, after] = [list[index - 1], list[index], list[index + 1]];
    if (one === undefined) return;
    if (after !== undefined) plant(what, { start: one.start, end: after.start }, '');
    else plant(what, { start: before?.end ?? one.start, end: one.end }, '');
  };

  const look = (node: Node): void => {
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const { left, right, operator } = node as unknown as { left: Node; right: Node; operator: string };
        const other = SWAPPED[operator];
        const at = source.indexOf(operator, left.end);
        if (operator === '??') plant('no default', { start: left.end, end: right.end }, '');
        else if (other !== undefined && at < right.start)
          plant(`${operator} is ${other}`, { start: at, end: at + operator.length }, other);
        break;
      }
      case 'ConditionalExpression': {
        const { consequent, alternate } = node as unknown as { consequent: Node; alternate: Node };
        const middle = source.slice(consequent.end, alternate.start);
        plant(
          'branches swapped',
          { start: consequent.start, end: alternate.end },
          cut(alternate) + middle + cut(consequent),
        );
        break;
      }
      case 'UnaryExpression':
        if (node.operator === '!') plant('no !', { start: node.start, end: node.start + 1 }, '');
        break;
      case 'IfStatement': {
        const { test, consequent, alternate } = node as unknown as {
          test: Node;
          consequent: Node;
          alternate: Node | null;
        };
        const last = consequent.type === 'BlockStatement' ? (consequent.body as Node[]).at(-1) : consequent;
        const leaves = /^(Return|Throw|Continue|Break)Statement$/.test(last?.type ?? '');
        if (leaves && alternate === null) plant('no early exit', test, `false && (${cut(test)})`);
        break;
      }
      case 'ArrayExpression': {
        const elements = (node.elements as (Node | null)[]).filter((element) => element !== null);
        for (const index of elements.keys()) drop('an element dropped', elements, index);
        break;
      }
      case 'ObjectExpression': {
        const properties = node.properties as Node[];
        for (const [index, property] of properties.entries())
          if (property.type === 'SpreadElement') drop('a spread dropped', properties, index);
        break;
      }
      case 'Literal':
        if (typeof node.value === 'number') plant(`${node.value} is one more`, node, String(node.value + 1));
        if (typeof node.value === 'boolean') plant(`${node.value} is ${!node.value}`, node, String(!node.value));
        break;
    }
    for (const [key, child] of Object.entries(node)) {
      // Types, names of properties and sentences of types are no code that runs.
      if (['typeAnnotation', 'typeArguments', 'typeParameters', 'returnType', 'superTypeArguments'].includes(key))
        continue;
      for (const one of Array.isArray(child) ? child : [child]) if (isNode(one) && !isTypeOnly(one)) look(one);
    }
  };
  look(parseSync(file, source).program as unknown as Node);
  return found.sort((a, b) => a.start - b.start);
}

function isTypeOnly({ type }: Node): boolean {
  return type.startsWith('TS') && !/^TS(As|Satisfies|NonNull)Expression$/.test(type) && type !== 'TSParameterProperty';
}

/** The same order for the same seed (mulberry32). */
export function shuffled<T>(all: readonly T[], seed: number): T[] {
  let state = seed;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return all
    .map((one) => ({ one, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const roomOf = (file: string): string =>
  file
    .split('/')
    .slice(0, file.startsWith('lib/') ? 2 : 1)
    .join('/');

function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'howdah-mutate-'));
  const names = [
    'app',
    'components',
    'docs',
    'e2e',
    'lib',
    'public',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
  ];
  for (const name of [...names, 'howdah.example.yaml']) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** The tests that run now lead a group of their own, so that all they started can be ended with them. */
let running: number | null = null;
function endRunning(): void {
  if (running !== null) process.kill(-running, 'SIGKILL');
  running = null;
}

/** Tests below a folder that reach the file by their imports, types counted. */
function testsOf(file: string, folder: string): string[] {
  const known = new Set(files);
  const next = (from: string): string[] =>
    importsOf(from).flatMap((target) => [target, `${target}.ts`, `${target}.tsx`].filter((path) => known.has(path)));
  return files.filter((test) => {
    if (!test.startsWith(`${folder}/`) || !/\.test\.tsx?$/.test(test)) return false;
    const seen = new Set([test]);
    for (const one of seen) for (const target of next(one)) seen.add(target);
    return seen.has(file);
  });
}

/** Null: it hung and was ended, with all that it had started. */
function passes(copy: string, tests: readonly string[], limitMs: number): Promise<boolean | null> {
  if (tests.length === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const args = ['run', ...tests, '--bail=1', '--reporter=dot'];
    const child = spawn(join(copy, 'node_modules/.bin/vitest'), args, { cwd: copy, stdio: 'ignore', detached: true });
    running = child.pid ?? null;
    const timer = setTimeout(() => {
      resolve(null);
      endRunning();
    }, limitMs);
    child.once('exit', (code) => {
      running = null;
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      count: { type: 'string', default: String(COUNT) },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: String(MINUTES) },
      tests: { type: 'string' },
      at: { type: 'string', multiple: true },
    },
  });
  const below = (file: string): boolean => positionals.some((path) => file === path || file.startsWith(`${path}/`));
  const chosen = files.filter((file) => below(file) && !isTest(file) && !file.endsWith('.d.ts'));
  const all = chosen.flatMap((file) => faultsOf(file, text.get(file) ?? ''));
  const wanted = values.at === undefined ? all : all.filter(({ file, line }) => values.at?.includes(`${file}:${line}`));
  const seed = Number(values.seed);
  const faults = shuffled(wanted, seed).slice(0, Number(values.count));
  if (faults.length === 0) {
    say('usage: npx tsx e2e/mutate.ts FOLDER_OR_FILE ... [--count 60] [--seed 1] [--minutes 30] [--tests FOLDER]');
    return 2;
  }
  const end = Date.now() + Number(values.minutes) * 60_000;
  const copy = copyTree();
  process.once('exit', () => {
    endRunning();
    rmSync(copy, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const limits = new Map<string, number>();
  const byFile = new Map<string, { planted: number; survived: number }>();
  const survivors: Planted[] = [];
  for (const [index, fault] of faults.entries()) {
    if (Date.now() > end) {
      say(`the time is over: ${faults.length - index} faults were not planted`);
      break;
    }
    const { file, line, what, start, end: until, instead } = fault;
    const tests = testsOf(file, values.tests ?? roomOf(file));
    if (!limits.has(file)) {
      const before = Date.now();
      if ((await passes(copy, tests, MINUTES * 60_000)) !== true)
        throw new Error(`${file}: its tests fail without a fault`);
      limits.set(file, HANG_FACTOR * (Date.now() - before) + HANG_MS);
    }
    const source = text.get(file) ?? '';
    writeFileSync(join(copy, file), source.slice(0, start) + instead + source.slice(until));
    const survived = await passes(copy, tests, limits.get(file) ?? HANG_MS);
    writeFileSync(join(copy, file), source);
    const count = byFile.get(file) ?? { planted: 0, survived: 0 };
    byFile.set(file, { planted: count.planted + 1, survived: count.survived + (survived === true ? 1 : 0) });
    if (survived === true) survivors.push(fault);
    const there = source.slice(start, until).replace(/\s+/g, ' ').slice(0, 60);
    say(
      `${survived === true ? 'SURVIVED' : survived === null ? 'hangs   ' : 'noticed '} ${file}:${line} ${what}: ${there}`,
    );
  }
  say('');
  for (const [file, { planted, survived }] of [...byFile].sort())
    say(`${file.padEnd(52)} ${planted} planted ${planted - survived} noticed ${survived} survived`);
  const planted = [...byFile.values()].reduce((sum, one) => sum + one.planted, 0);
  const left = survivors.map(({ file, line, what }) => `${file}:${line} ${what}`);
  say(JSON.stringify({ seed, planted, noticed: planted - left.length, survived: left.length, survivors: left }));
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = await main(process.argv.slice(2));
