// The two languages as a test: reads the sources and the catalogues and says what has no Russian, what no source asks for, and
// what is said in English without being asked. `npx vitest run lib/language.test.ts -t 'components/cluster'` shows one area.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { SCREENS_RU } from './client/words/russian';
import type { Snapshot } from './domain/cluster';
import type { Change } from './domain/events';
import { fleetRow } from './domain/fleet';
import type { RawObservation } from './domain/raw';
import { renderPreflights } from './domain/render';
import { buildSnapshot } from './domain/snapshot';
import { quietFacts } from './domain/testkit';
import { DOMAIN_RU } from './language/ru';
import { russian } from './language/russian';
import { type Catalogue, type Entry, placesOf } from './language/translate';

const ROOT = resolve(import.meta.dirname, '..');
const LETTERS = /\p{L}{2,}/u;

/** What is no English: the product, and terms that stay as they are in every language. */
const TERMS =
  /^(Howdah|PostgreSQL|Patroni|patronictl|etcd|DCS|LSN|TL|WAL|SQL|TTL|JSON|YAML|HTML|CSV|Markdown|TOTP|OpenID Connect|OIDC|API|REST|URL|UTC|OpenAPI|Prometheus|Ctrl|Esc|Enter|Tab|Shift|Alt|English|Русский|GET|POST|ok|px|Edge|Firefox|Chrome|Safari|Android|Mac|Windows|Linux)$/;

// ---- the sources

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));

const nodeOf = (node: Node, key: string): Node | null => {
  const value = node[key];
  return isNode(value) ? value : null;
};

const nodesOf = (node: Node, key: string): readonly Node[] => {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

interface Form {
  readonly form: string;
  /** Of a count in the core: its English of one. */
  readonly one: string | null;
  readonly where: string;
}

interface Source {
  /** Forms asked for by `say`, `plural`, `t`, `tn` and `rich`. */
  readonly forms: readonly Form[];
  /** What is wrong whatever the catalogues say. */
  readonly wrong: readonly string[];
}

function sourcesIn(folder: string, isDeep: boolean): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return isDeep && !/^(testdata|language|ru)$/.test(entry.name) ? sourcesIn(path, true) : [];
    const isTest = /\.test\.tsx?$|^(test-[\w-]+|testkit|render)\.ts$|\.d\.ts$/.test(entry.name);
    return /\.tsx?$/.test(entry.name) && !isTest ? [path] : [];
  });
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(testdata|language|ru)$/.test(entry.name))
    .map((entry) => `${folder}/${entry.name}`);
}

interface Area {
  readonly name: string;
  readonly files: readonly string[];
  readonly isScreen: boolean;
}

const CORE: readonly Area[] = ['lib/domain', 'lib/telling', 'lib/server', 'lib/io'].flatMap((folder) => [
  { name: folder, files: sourcesIn(folder, folder === 'lib/io'), isScreen: false },
  ...foldersIn(folder).map((name) => ({ name, files: sourcesIn(name, true), isScreen: false })),
]);
const APP = sourcesIn('app', true);
const AREAS: readonly Area[] = [
  ...CORE,
  { name: 'app/api', files: APP.filter((file) => file.startsWith('app/api/')), isScreen: false },
  { name: 'app', files: APP.filter((file) => !file.startsWith('app/api/')), isScreen: true },
  ...foldersIn('components').map((name) => ({ name, files: sourcesIn(name, true), isScreen: true })),
  ...foldersIn('lib/client').map((name) => ({ name, files: sourcesIn(name, true), isScreen: true })),
];

const read = new Map<string, Source>();

function sourceOf(file: string, isScreen: boolean): Source {
  const known = read.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(ROOT, file), 'utf8');
  const parsed = parseSync(file, text);
  const starts = [...text.matchAll(/\n/g)].map(({ index }) => index);
  const lineOf = (at: number): number => starts.filter((start) => start < at).length + 1;
  const isClient = file.startsWith('lib/client/');
  const forms: Form[] = [];
  const wrong: string[] = [];
  const where = (node: Node): string => `${file}:${lineOf(node.start)}`;
  const report = (node: Node, words: string): void => {
    wrong.push(`${where(node)} ${words}`);
  };
  const ask = (node: Node, form: string, one: string | null): void => {
    if (/\}\{/.test(form)) report(node, `two places touch: ${form}`);
    if (form.trim() !== form) report(node, `a form with a space at its end: "${form}"`);
    if (/\p{L}/u.test(form.replace(/\{\w+\}/g, ''))) forms.push({ form, one, where: where(node) });
  };
  const walk = (node: Node): void => {
    if (node.type === 'TaggedTemplateExpression' && nameOf(nodeOf(node, 'tag')) === 'say') {
      const quasi = nodeOf(node, 'quasi');
      if (quasi !== null) ask(node, templateOf(quasi), null);
    } else if (node.type === 'CallExpression') readCall(node);
    else if (node.type === 'NewExpression' && nameOf(nodeOf(node, 'callee')) === 'Refusal' && !isScreen) {
      for (const { at, words } of nodesOf(node, 'arguments').slice(1).flatMap(wordsOf))
        if (/\p{L} \p{L}/u.test(words)) report(at, `a refusal without say: ${words.slice(0, 100)}`);
    } else if (isScreen) readScreen(node);
    for (const child of childrenOf(node)) walk(child);
  };

  const readCall = (node: Node): void => {
    const name = nameOf(nodeOf(node, 'callee'));
    const given = nodesOf(node, 'arguments');
    if (name === 'plural' && !isScreen) {
      const [, one, many] = given;
      for (const single of literalsOf(one)) {
        const words = many === undefined ? `${single}s` : literalsOf(many)[0];
        if (words === undefined) report(node, 'plural() with words that are no literals');
        else ask(node, `{n} ${words}`, `{n} ${single}`);
      }
      if (literalsOf(one).length === 0) report(node, 'plural() with words that are no literals');
    } else if (name === 'plural') report(node, 'plural() on a screen: tn(count, one, many)');
    else if (name === 'form') {
      const found = literalsOf(given[0]);
      if (found.length === 0) report(node, 'form() with words that are no literal');
      for (const words of found) ask(node, words, null);
    } else if (name === 't' || name === 'rich' || name === 'tn') {
      const at = name === 'tn' ? 2 : 0;
      const found = literalsOf(given[at]);
      if (found.length === 0 && !isKept(given[at])) report(node, `${name}() with a form that is no literal`);
      for (const form of found) {
        ask(node, form, null);
        checkValues(node, form, given[at + 1], name === 'tn');
      }
    }
  };

  const checkValues = (node: Node, form: string, values: Node | undefined, isCount: boolean): void => {
    const wanted = new Set(placesOf(form).filter((place) => !isCount || place !== 'n'));
    if (values === undefined) {
      if (wanted.size > 0) report(node, `no values for ${form}`);
      return;
    }
    const properties = nodesOf(values, 'properties');
    if (values.type !== 'ObjectExpression' || properties.some(({ type }) => type !== 'Property')) return;
    const names = properties.map((property) => nameOf(nodeOf(property, 'key')) ?? '');
    for (const name of wanted) if (!names.includes(name)) report(node, `no value {${name}} for ${form}`);
    for (const name of names)
      if (!wanted.has(name) && !(isCount && name === 'n'))
        report(node, `a value "${name}" that has no place in ${form}`);
  };

  const readScreen = (node: Node): void => {
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
      const opening = nodeOf(node, 'openingElement');
      const tag = opening === null ? null : nameOf(nodeOf(opening, 'name'));
      if (tag !== null && /^(code|kbd|pre|samp|style|script|Code)$/.test(tag)) return;
      if (tag === 'Rich' && opening !== null) readRich(opening);
      for (const child of nodesOf(node, 'children')) {
        if (child.type === 'JSXText') flag(child, String(child.value), 'hard');
        else if (child.type === 'JSXExpressionContainer') flagAll(child, 'hard');
      }
    } else if (node.type === 'JSXAttribute') {
      const name = nameOf(nodeOf(node, 'name'));
      const value = nodeOf(node, 'value');
      if (name !== null && value !== null && (HARD.test(name) || SOFT.test(name)))
        flagAll(value, HARD.test(name) ? 'hard' : 'soft');
    } else if (node.type === 'Property') {
      const key = nodeOf(node, 'key');
      const value = nodeOf(node, 'value');
      const name = key === null ? null : (nameOf(key) ?? literalsOf(key)[0] ?? null);
      if (name !== null && value !== null && (HARD.test(name) || SOFT.test(name))) flagAll(value, 'soft');
    } else if (node.type === 'ReturnStatement' || node.type === 'VariableDeclarator') {
      const value = nodeOf(node, node.type === 'ReturnStatement' ? 'argument' : 'init');
      if (value !== null) flagAll(value, 'other');
    } else if (node.type === 'ArrowFunctionExpression') {
      const body = nodeOf(node, 'body');
      if (body !== null && body.type !== 'BlockStatement') flagAll(body, 'other');
    }
  };

  const readRich = (opening: Node): void => {
    for (const attribute of nodesOf(opening, 'attributes')) {
      if (nameOf(nodeOf(attribute, 'name')) !== 'form') continue;
      const value = nodeOf(attribute, 'value');
      const found = literalsOf(
        value?.type === 'JSXExpressionContainer' ? (nodeOf(value, 'expression') ?? undefined) : (value ?? undefined),
      );
      if (found.length === 0) report(opening, 'Rich with a form that is no literal');
      for (const form of found) ask(opening, form, null);
    }
  };

  const flag = (node: Node, words: string, kind: Kind): void => {
    const bare = words.replace(/\s+/g, ' ').trim();
    if (!LETTERS.test(bare) || TERMS.test(bare) || /^[a-z]+(_[a-z]+)+$/.test(bare)) return;
    if (kind !== 'hard' && !READS.test(bare) && !(kind === 'soft' || isClient ? SMALL.test(bare) : false)) return;
    report(node, `English without t(): ${bare.slice(0, 100)}`);
  };

  const flagAll = (node: Node, kind: Kind): void => {
    for (const { at, words } of wordsOf(node)) flag(at, words, kind);
  };

  if (parsed.errors.length > 0) wrong.push(`${file} does not parse: ${parsed.errors[0]?.message}`);
  walk(parsed.program as unknown as Node);
  const source = { forms, wrong: [...new Set(wrong)] };
  read.set(file, source);
  return source;
}

/** Props whose literal is always read by a person; and those that usually are. */
const HARD = /^(aria-(label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label)$/;
const SOFT =
  /^(heading|caption|hint|description|subtitle|summary|tooltip|text|words|confirm|empty|note|lead|legend|message|verb|unit|action)$/;

/** Where words stand: where a person reads them for sure, probably, or perhaps (then they may be names, keys or classes). */
type Kind = 'hard' | 'soft' | 'other';
/** Begins as a sentence or a heading does. */
const READS = /^\p{Lu}\p{Ll}+$|^\p{Lu}[\p{Ll}']* [\p{L}\d{(]/u;
/** Words in small letters. */
const SMALL = /^[\p{Ll}{}]+,?( [\p{Ll}\d{},:()]+)+[.:]?$/u;

function nameOf(node: Node | null): string | null {
  return node !== null && typeof node.name === 'string' ? node.name : null;
}

function templateOf(template: Node): string {
  return nodesOf(template, 'quasis')
    .map((part, index) => `${index === 0 ? '' : `{${index - 1}}`}${(part.value as { cooked: string }).cooked}`)
    .join('');
}

/** The literals that an expression can be: itself, or the arms of a condition. Empty: it can be something else. */
function literalsOf(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type === 'TemplateLiteral') return nodesOf(node, 'expressions').length === 0 ? [templateOf(node)] : [];
  if (node.type !== 'ConditionalExpression') return [];
  const [yes, no] = ['consequent', 'alternate'].map((key) => literalsOf(nodeOf(node, key) ?? undefined));
  return yes?.length && no?.length ? [...yes, ...no] : [];
}

/** A form that a constant keeps: marked by `form()` where it is written, and asked for there. */
function isKept(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if (node.type === 'ConditionalExpression' || node.type === 'LogicalExpression') {
    const arms = [nodeOf(node, 'consequent'), nodeOf(node, 'alternate'), nodeOf(node, 'left'), nodeOf(node, 'right')];
    return arms.every((arm) => arm === null || literalsOf(arm).length > 0 || isKept(arm));
  }
  if (node.type === 'CallExpression') return nameOf(nodeOf(node, 'callee')) === 'form';
  return node.type === 'Identifier' || node.type === 'MemberExpression';
}

/** Words that come to be seen where this expression stands; calls are looked at by themselves. */
function wordsOf(node: Node): readonly { readonly at: Node; readonly words: string }[] {
  const into = (...keys: readonly string[]) =>
    keys.flatMap((key) => wordsOf(nodeOf(node, key) ?? { type: '', start: 0 }));
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [{ at: node, words: node.value }] : [];
    case 'TemplateLiteral':
      return [
        { at: node, words: templateOf(node).replace(/\{\d+\}/g, '{}') },
        ...nodesOf(node, 'expressions').flatMap(wordsOf),
      ];
    case 'ConditionalExpression':
      return into('consequent', 'alternate');
    case 'LogicalExpression':
    case 'BinaryExpression':
      return node.operator === '&&' || node.operator === '??' || node.operator === '||' || node.operator === '+'
        ? into('left', 'right')
        : [];
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return into('expression');
    case 'ArrayExpression':
      return nodesOf(node, 'elements').flatMap(wordsOf);
    default:
      return [];
  }
}

// ---- the catalogues

interface Shelf {
  readonly name: string;
  readonly catalogue: Catalogue;
}

async function shelvesOf(folder: string, prefix: string): Promise<readonly Shelf[]> {
  const files = readdirSync(join(ROOT, folder)).filter((file) => /^[a-z-]+\.ts$/.test(file));
  return Promise.all(
    files.map(async (file) => {
      const loaded = (await import(join(ROOT, folder, file))) as Record<string, Catalogue>;
      return { name: `${prefix}/${file.replace('.ts', '')}`, catalogue: Object.assign({}, ...Object.values(loaded)) };
    }),
  );
}

const CORE_SHELVES = await shelvesOf('lib/language/ru', 'domain/ru');
const SCREEN_SHELVES = await shelvesOf('lib/client/words/ru', 'client/ru');
const SHELVES = [...CORE_SHELVES, ...SCREEN_SHELVES];
const merged = (shelves: readonly Shelf[]): ReadonlyMap<string, Entry> =>
  new Map(shelves.flatMap(({ catalogue }) => Object.entries(catalogue)));
const CORE_FORMS = merged(CORE_SHELVES);
const ALL_FORMS = merged(SHELVES);

/** What is wrong with one entry: other places than its form, or nothing said. */
function faultOf(form: string, entry: Entry): string | null {
  const wanted = [...new Set(placesOf(form))].sort().join();
  const spoken = typeof entry === 'string' ? [entry] : entry.slice(0, 3);
  for (const text of spoken) {
    if (text.trim() === '') return 'is empty';
    const places = [...new Set(placesOf(text))].sort().join();
    if (places !== wanted) return `has the places "${places}", the form "${wanted}": ${text}`;
  }
  return null;
}

/** Of a count: does the translator know the English of one? */
function faultOfOne({ form, one }: Form, entry: Entry): string | null {
  if (one === null) return null;
  if (typeof entry === 'string') return 'is a count: [one, few, many]';
  return (entry[3] ?? form.replace(/s$/, '')) === one ? null : `needs the English of one as its fourth: '${one}'`;
}

describe('in Russian', () => {
  it.each(AREAS.map(({ name }) => name))('%s is said', (name) => {
    const area = AREAS.find((one) => one.name === name);
    const shelves = area?.isScreen ? ALL_FORMS : CORE_FORMS;
    const wrong = (area?.files ?? []).flatMap((file) => {
      const source = sourceOf(file, area?.isScreen ?? false);
      const missing = source.forms.flatMap((asked) => {
        const entry = shelves.get(asked.form);
        const fault = entry === undefined ? 'has no Russian' : (faultOf(asked.form, entry) ?? faultOfOne(asked, entry));
        return fault === null ? [] : [`${asked.where} "${asked.form}" ${fault}`];
      });
      return [...source.wrong, ...missing];
    });
    expect(wrong).toEqual([]);
  });

  it.each(SHELVES.map(({ name }) => name))('%s has nothing that no source says', (name) => {
    const shelf = SHELVES.find((one) => one.name === name);
    const isScreen = name.startsWith('client/');
    const asked = new Set(
      AREAS.filter((area) => area.isScreen === isScreen)
        .flatMap((area) => area.files.flatMap((file) => sourceOf(file, area.isScreen).forms))
        .map(({ form }) => form),
    );
    expect(Object.keys(shelf?.catalogue ?? {}).filter((form) => !asked.has(form))).toEqual([]);
  });

  // A form of the core and one of a screen may differ: a sentence of the wire is another thing than the label of a button.
  it.each([
    ['core', CORE_SHELVES],
    ['screens', SCREEN_SHELVES],
  ] as const)('one form of the %s is said in one way everywhere', (_name, shelves) => {
    const first = new Map<string, { readonly name: string; readonly entry: Entry }>();
    const wrong: string[] = [];
    for (const { name, catalogue } of shelves) {
      for (const [form, entry] of Object.entries(catalogue)) {
        const before = first.get(form);
        if (before === undefined) first.set(form, { name, entry });
        else if (String(before.entry) !== String(entry)) wrong.push(`${form}: ${before.name} and ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('the catalogues are those that the translator is given', () => {
    expect(Object.keys(DOMAIN_RU).sort()).toEqual([...CORE_FORMS.keys()].sort());
    const screens = merged(SCREEN_SHELVES);
    expect(Object.keys(SCREENS_RU).sort()).toEqual([...screens.keys()].sort());
  });
});

// ---- what was recorded

const TESTDATA = join(ROOT, 'lib/domain/testdata');
const { wire } = russian(DOMAIN_RU);

/** Words of Patroni, PostgreSQL and etcd that Russian text holds as they are; commands, options and foreign messages. */
const KEPT =
  /`[^`]*`|"[^"]*"|\(see [^)]*\)|\b(pending restart|leader key|replay lag|receive lag|in archive recovery|creating replica|member key|starting|stopping|running|streaming|stopped|start failed|crashed|initializing new cluster|running custom bootstrap script|restart failed|restarting|initdb failed|custom bootstrap failed|system identifier|base backup|failsafe_mode|sync standby|standby leader)\b/g;

/** After a reason of ours stands what etcd, PostgreSQL or a socket said. */
const FOREIGN = /(соединение отклонено|неверный ответ|нет прав|вход отклонён|сбой TLS): .*$/;

/** What is left of English: three words of small Latin letters in a row. */
function leftOf(text: string): string | null {
  return /\b[a-z]{2,}(?: [a-z]{2,}){2,}\b/.exec(text.replace(FOREIGN, '').replace(KEPT, '#'))?.[0] ?? null;
}

interface Recorded {
  readonly findings: Set<string>;
  readonly readiness: Set<string>;
  readonly events: Set<string>;
  readonly preflights: Set<string>;
}

function framesOf(name: string): readonly RawObservation[] {
  return readdirSync(join(TESTDATA, name))
    .filter((file) => /^frame-\d+\.json$/.test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((file) => JSON.parse(readFileSync(join(TESTDATA, name, file), 'utf8')) as RawObservation);
}

/** Every text for people that the core makes of the recordings. */
function recorded(): Recorded {
  const told: Recorded = { findings: new Set(), readiness: new Set(), events: new Set(), preflights: new Set() };
  for (const name of readdirSync(TESTDATA)) {
    if (!existsSync(join(TESTDATA, name, 'scenario.json'))) continue;
    let before: Snapshot | null = null;
    for (const raw of framesOf(name)) {
      const { snapshot, changes }: { readonly snapshot: Snapshot; readonly changes: readonly Change[] } = buildSnapshot(
        raw,
        before,
        null,
      );
      before = snapshot;
      for (const { title, evidence, advice } of snapshot.findings)
        for (const text of [title, advice, ...evidence.flatMap((fact) => [fact.label, fact.text])])
          told.findings.add(text);
      const { headline } = fleetRow(snapshot, []);
      for (const text of [headline?.title, headline?.text]) if (text !== undefined) told.findings.add(text);
      for (const text of snapshot.readiness.reasons) told.readiness.add(text);
      for (const { reasons } of snapshot.readiness.candidates) for (const { text } of reasons) told.readiness.add(text);
      for (const { text } of changes) told.events.add(text);
    }
    if (before === null) continue;
    renderPreflights(before, quietFacts(before), (checked) => {
      const { summary, verb, wayReason, atRisk, steps, checks, candidates } = checked;
      const texts = [
        ...[summary, verb, wayReason, atRisk?.text ?? ''],
        ...steps.map(({ title }) => title),
        ...checks.flatMap(({ title, detail, evidence }) => [title, detail, ...evidence.map(({ text }) => text)]),
        ...candidates.flatMap(({ words, detail }) => [words, detail]),
      ];
      for (const text of texts) told.preflights.add(text);
    });
  }
  return told;
}

describe('what is recorded', () => {
  const told = recorded();

  it('is plenty', () => {
    const counts = Object.values(told).map((texts: Set<string>) => texts.size);
    expect(Math.min(...counts)).toBeGreaterThan(10);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
  });

  it.each(['findings', 'readiness', 'events', 'preflights'] as const)('recorded %s leave no English', (kind) => {
    const left = [...told[kind]].flatMap((text) => {
      const said = wire(text);
      const english = leftOf(said);
      // Two words or more that stay exactly as they are were not found.
      const isSame = said === text && /^[A-Za-z]{2,} [a-z]{2,}/.test(text.replace(KEPT, '#'));
      return english === null && !isSame ? [] : [`${text}  ->  ${said}`];
    });
    expect(left.sort()).toEqual([]);
  });

  it('would show English that is left', () => {
    expect(leftOf('Нет лидера: nothing accepts writes')).toBe('nothing accepts writes');
    expect(leftOf('n1 недоступен: pending restart, `patronictl resume it now`')).toBeNull();
  });
});
