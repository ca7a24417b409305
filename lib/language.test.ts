// The two languages as a test: reads the sources and the catalogues and says what has no Russian, what no source asks for, and
// what is said in English without being asked. `npx vitest run lib/language.test.ts -t 'components/cluster'` shows one area.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { files, importsOf } from '../e2e/sources';
import { FORMATTED_FORMS } from './client/words/format';
import { WORD_AREAS } from './contract/words';
import type { Snapshot } from './domain/cluster';
import type { Change } from './domain/events';
import { fleetRow } from './domain/fleet';
import type { RawObservation } from './domain/raw';
import { parseRecording } from './domain/recording';
import { renderPreflights } from './domain/render';
import { buildSnapshot } from './domain/snapshot';
import { quietFacts } from './domain/testkit';
import { carry, revive } from './language/carry';
import { type Catalogue, partOf, speakerFrom } from './language/catalogue';
import { fillIcu, parseIcu } from './language/icu';
import { MEASURED_FORMS } from './language/quantity';
import { type Agreeing, agree, countedFormOf, countForm, formOf, isSentence, type Text } from './language/sentence';
import { CATALOGUES, speakerOf } from './language/speakers';

const ROOT = resolve(import.meta.dirname, '..');
const LETTERS = /\p{L}{2,}/u;

/** What is no English: the product, and terms that stay as they are in every language. */
const TERMS =
  /^(Howdah|PostgreSQL|Patroni|patronictl|etcd|DCS|LSN|TL|WAL|SQL|TTL|JSON|YAML|HTML|CSV|Markdown|TOTP|OpenID Connect|OIDC|LDAP|API|REST|URL|UTC|OpenAPI|Prometheus|Ctrl|Esc|Enter|Tab|Shift|Alt|English|Русский|GET|POST|ok|px|Edge|Firefox|Chrome|Safari|Android|Mac|Windows|Linux)$/;

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
  const ask = (node: Node, form: string): void => {
    if (/\w\}\{\w/.test(form)) report(node, `two places touch: ${form}`);
    if (form.trim() !== form) report(node, `a form with a space at its end: "${form}"`);
    if (/\p{L}/u.test(form.replace(/\{\w+\}/g, ''))) forms.push({ form, where: where(node) });
  };
  const walk = (node: Node): void => {
    if (node.type === 'TaggedTemplateExpression' && nameOf(nodeOf(node, 'tag')) === 'say') {
      const quasi = nodeOf(node, 'quasi');
      if (quasi !== null) {
        const values = nodesOf(quasi, 'expressions').map(agreeingOf);
        if (values.includes(null)) report(node, 'agree() with words that are no literals');
        ask(node, formOf(quasisOf(quasi), values));
        for (const { at, words } of nodesOf(quasi, 'expressions').flatMap(wordsOf))
          if (/^\p{Ll}/u.test(words)) report(at, `a word without say: ${words}`);
      }
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
        else ask(node, countedFormOf(single, words));
      }
      if (literalsOf(one).length === 0) report(node, 'plural() with words that are no literals');
    } else if (name === 'plural') report(node, 'plural() on a screen: tn(count, one, many)');
    else if (name === 'form') {
      const found = literalsOf(given[0]);
      if (found.length === 0) report(node, 'form() with words that are no literal');
      for (const words of found) ask(node, words);
    } else if (name === 't' || name === 'rich' || name === 'tn') {
      const at = name === 'tn' ? 2 : 0;
      const found = literalsOf(given[at]);
      if (found.length === 0 && !isKept(given[at])) report(node, `${name}() with a form that is no literal`);
      const [one] = literalsOf(given[1]);
      for (const form of found) {
        ask(node, name === 'tn' ? countForm(one ?? '', form) : form);
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
      for (const form of found) ask(opening, form);
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

function quasisOf(template: Node): readonly string[] {
  return nodesOf(template, 'quasis').map((part) => (part.value as { cooked: string }).cooked);
}

/** The names of a screen form's places. */
function placesOf(form: string): readonly string[] {
  return [...form.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** What `agree` puts into a form; null: its words are no literals; undefined: another value. */
function agreeingOf(node: Node): Agreeing | null | undefined {
  if (node.type !== 'CallExpression' || nameOf(nodeOf(node, 'callee')) !== 'agree') return undefined;
  const [one, many, ...others] = nodesOf(node, 'arguments').slice(1).flatMap(literalsOf);
  return one === undefined || many === undefined || others.length > 0 ? null : agree(0, one, many);
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

/** What runs in the browser where a page begins there. */
function reachedFrom(entry: string): readonly string[] {
  const reached = [entry];
  for (const file of reached) {
    const targets = importsOf(file).flatMap((target) => [target, `${target}.ts`, `${target}.tsx`]);
    for (const target of targets)
      if (/^(components|lib\/client)\//.test(target) && files.includes(target) && !reached.includes(target))
        reached.push(target);
  }
  return reached;
}

// ---- the catalogues

const CORE_AREAS = AREAS.filter(({ isScreen }) => !isScreen);
const SCREEN_AREAS = AREAS.filter(({ isScreen }) => isScreen);
const formsOf = (areas: readonly Area[]): readonly Form[] =>
  areas.flatMap(({ files, isScreen }) => files.flatMap((file) => sourceOf(file, isScreen).forms));
/** A screen may write a sentence of the core's own kind, with `say` and `plural`. */
const isOfCore = (form: string): boolean => /\{0[,}]/.test(form);

const merged = (half: Catalogue['core']): ReadonlyMap<string, string> =>
  new Map(Object.values(half).flatMap((area) => Object.entries(area)));

/** By the reference implementation; null: it is no ICU message. */
function compiled(text: string, language: string): IntlMessageFormat | null {
  try {
    return new IntlMessageFormat(text, language, undefined, { ignoreTag: true });
  } catch {
    return null;
  }
}

/** The names of an ICU message's arguments; null: it is none. */
function argumentsOf(message: string, language: string): string | null {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      const { type, value: name } = value as { readonly type?: unknown; readonly value?: unknown };
      // 0 is text, 7 the count's own sign.
      if (typeof type === 'number' && type > 0 && type < 7 && typeof name === 'string') names.add(name);
      Object.values(value).forEach(walk);
    }
  };
  const made = compiled(message, language);
  if (made === null) return null;
  walk(made.getAst());
  return [...names].sort().join();
}

/** What is wrong with one message; null: nothing. */
function faultOf(form: string, message: string | undefined, language: string): string | null {
  if (message === undefined) return 'has no message';
  if (message.trim() === '') return 'is empty';
  const places = argumentsOf(message, language);
  if (places === null) return `is no ICU message: ${message}`;
  // A screen's form is no ICU message itself: its braces may be text.
  const wanted = argumentsOf(form, 'en') ?? [...new Set(placesOf(form))].sort().join();
  // What agrees with a count in English need not do so in another language.
  const counted = [...form.matchAll(/\{(\d+), plural, one \{[^{}]*\} other/g)].map(([, place = '']) => place);
  const said = [...new Set([...places.split(','), ...counted])].filter((place) => place !== '');
  return said.sort().join() === wanted ? null : `has the places "${places}", the form "${wanted}": ${message}`;
}

/** Of every language but English: a third one is proved by its file alone. */
describe.each([...CATALOGUES].map(([language, catalogue]) => ({ language, catalogue })))(
  'in $language',
  ({ language, catalogue }) => {
    const core = merged(catalogue.core);
    const all = new Map([...merged(catalogue.screens), ...core]);

    it.each(AREAS.map(({ name }) => name))('%s is said', (name) => {
      const area = AREAS.find((one) => one.name === name);
      const wrong = (area?.files ?? []).flatMap((file) => {
        const source = sourceOf(file, area?.isScreen ?? false);
        const messages = area?.isScreen ? all : core;
        const faults = source.forms.flatMap(({ form, where }) => {
          const fault = faultOf(form, messages.get(form), language);
          return fault === null ? [] : [`${where} "${form}" ${fault}`];
        });
        return [...source.wrong, ...faults];
      });
      expect(wrong).toEqual([]);
    });

    it('quantities and days are said', () => {
      const forms = [...MEASURED_FORMS, ...FORMATTED_FORMS];
      expect(forms.flatMap((form) => faultOf(form, core.get(form), language) ?? [])).toEqual([]);
    });

    it('every message is filled as the reference implementation fills it', () => {
      // It groups thousands as the language does, we by a thin space.
      const bare = (text: string): string => text.replace(/(?<=\d)\s(?=\d{3})/g, '');
      const wrong = [...all].flatMap(([form, message]) =>
        [0, 1, 2, 5, 21, 1.5, 12_345].flatMap((count) => {
          const names = argumentsOf(message, language)?.split(',') ?? [];
          const values = Object.fromEntries(names.map((name) => [name, count]));
          const parsed = parseIcu(message);
          const ours = parsed === null ? null : (fillIcu(parsed, values, language)?.join('') ?? null);
          const theirs = String(compiled(message, language)?.format(values));
          return ours !== null && bare(ours) === bare(theirs) ? [] : [`${form}: ${ours}, not ${theirs}`];
        }),
      );
      expect(all.size).toBeGreaterThan(1000);
      expect(wrong).toEqual([]);
    });

    it('nothing stands in the catalogue that no source says', () => {
      const ofCore = new Set([
        ...formsOf(CORE_AREAS).map(({ form }) => form),
        ...formsOf(SCREEN_AREAS).flatMap(({ form }) => (isOfCore(form) ? form : [])),
        ...MEASURED_FORMS,
        ...FORMATTED_FORMS,
        ...sourcesIn('lib/language', false).flatMap((file) => sourceOf(file, false).forms.map(({ form }) => form)),
      ]);
      const ofScreens = new Set(formsOf(SCREEN_AREAS).map(({ form }) => form));
      expect([...core.keys()].filter((form) => !ofCore.has(form))).toEqual([]);
      expect([...merged(catalogue.screens).keys()].filter((form) => !ofScreens.has(form))).toEqual([]);
    });

    it.each([
      { area: 'card', entry: 'components/phone/now-screen.tsx' },
      { area: 'wall', entry: 'components/wall/wall-screen.tsx' },
    ] as const)('what the $area loads has every form that its code says', ({ area, entry }) => {
      const loaded = partOf(catalogue, WORD_AREAS[area]);
      const messages = new Map([...merged(loaded.screens), ...merged(loaded.core)]);
      const files = reachedFrom(entry);
      expect(files.length).toBeGreaterThan(20);
      const wrong = files.flatMap((file) =>
        sourceOf(file, true).forms.flatMap(({ form, where }) => (messages.has(form) ? [] : [`${where} "${form}"`])),
      );
      expect(wrong).toEqual([]);
    });

    it('what the card loads has every form that can come to it from the server', () => {
      const loaded = merged(partOf(catalogue, WORD_AREAS.card).core);
      const elsewhere =
        /^lib\/(domain\/(backups|config|drift|incident|care)|server\/(backups|care|drift|runbooks|sources)|telling\/(compare|incident|runbooks|wall))$/;
      // A maintenance is led at a desk.
      const ofDesk = /^lib\/(io\/dcs\/\w+\/(care|members)|domain\/actions\/(checks\/)?maintenance)\.ts\b/;
      const forms = formsOf(CORE_AREAS.filter(({ name }) => !elsewhere.test(name))).filter(
        ({ where }) => !ofDesk.test(where),
      );
      expect(forms.length).toBeGreaterThan(1000);
      expect(forms.flatMap(({ form, where }) => (loaded.has(form) ? [] : [`${where} "${form}"`]))).toEqual([]);
    });

    // A form of the core and one of a screen may differ: a sentence of the wire is another thing than the label of a button.
    it.each(['core', 'screens'] as const)('one form of the %s is said in one way everywhere', (half) => {
      const first = new Map<string, string>();
      const wrong = Object.values(catalogue[half]).flatMap((area) =>
        Object.entries(area).filter(([form, message]) => {
          const before = first.get(form) ?? message;
          first.set(form, before);
          return before !== message;
        }),
      );
      expect(wrong).toEqual([]);
    });
  },
);

// ---- what was recorded

const TESTDATA = join(ROOT, 'lib/domain/testdata');
const { speak } = speakerOf('ru');

/** Words of Patroni, PostgreSQL and etcd that Russian text holds as they are; commands, options and foreign messages. */
const KEPT =
  /`[^`]*`|"[^"]*"|\(see [^)]*\)|\b(pending restart|leader key|replay lag|receive lag|in archive recovery|creating replica|member key|starting|stopping|running|streaming|stopped|start failed|crashed|initializing new cluster|running custom bootstrap script|restart failed|restarting|initdb failed|custom bootstrap failed|system identifier|base backup|failsafe_mode|sync standby|quorum standby|standby leader)\b/g;

/** After a reason of ours stands what etcd, PostgreSQL or a socket said. */
const FOREIGN = /(соединение отклонено|неверный ответ|нет прав|вход отклонён|сбой TLS): .*$/;

/** What is left of English: three words of small Latin letters in a row. */
function leftOf(text: string): string | null {
  return /\b[a-z]{2,}(?: [a-z]{2,}){2,}\b/.exec(text.replace(FOREIGN, '').replace(KEPT, '#'))?.[0] ?? null;
}

/** By their English: each once. */
type Texts = Map<string, Text>;

interface Recorded {
  readonly findings: Texts;
  readonly readiness: Texts;
  readonly events: Texts;
  readonly preflights: Texts;
}

function framesOf(name: string): readonly RawObservation[] {
  return readdirSync(join(TESTDATA, name))
    .filter((file) => /^frame-\d+\.json$/.test(file))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((file) => parseRecording(readFileSync(join(TESTDATA, name, file), 'utf8')));
}

const note = (texts: Texts, text: Text): void => void texts.set(String(text), text);

/** Every text for people that the core makes of the recordings. */
function recorded(): Recorded {
  const told: Recorded = { findings: new Map(), readiness: new Map(), events: new Map(), preflights: new Map() };
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
          note(told.findings, text);
      const { headline } = fleetRow(snapshot, []);
      for (const text of [headline?.title, headline?.text]) if (text !== undefined) note(told.findings, text);
      for (const text of snapshot.readiness.reasons) note(told.readiness, text);
      for (const { reasons } of snapshot.readiness.candidates)
        for (const { text } of reasons) note(told.readiness, text);
      for (const { text } of changes) note(told.events, text);
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
      for (const text of texts) note(told.preflights, text);
    });
  }
  return told;
}

describe('what is recorded', () => {
  const told = recorded();

  it('is plenty', () => {
    const counts = Object.values(told).map((texts: Texts) => texts.size);
    expect(Math.min(...counts)).toBeGreaterThan(10);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
  });

  it.each(['findings', 'readiness', 'events', 'preflights'] as const)('recorded %s leave no English', (kind) => {
    const left = [...told[kind]].flatMap(([text, sentence]) => {
      const said = speak(sentence);
      const english = leftOf(said);
      // Two words or more that stay exactly as they are were not found.
      const isSame = said === text && /^[A-Za-z]{2,} [a-z]{2,}/.test(text.replace(KEPT, '#'));
      return english === null && !isSame ? [] : [`${text}  ->  ${said}`];
    });
    expect(left.sort()).toEqual([]);
  });

  it('is the same after it has crossed the wire', () => {
    const texts = Object.values(told).flatMap((kind: Texts) => [...kind.values()]);
    const crossed = revive(JSON.parse(JSON.stringify(carry({ texts }))) as { readonly texts: readonly Text[] });
    expect(crossed.texts.map(String)).toEqual(texts.map(String));
    expect(crossed.texts.map(speak)).toEqual(texts.map(speak));
  });

  it('is said whole in a third language, of which there is nothing but its file', () => {
    // Each message says its own form backwards in brackets: whatever is English in the end went around the catalogue.
    const half = (messages: Catalogue['core']): Catalogue['core'] =>
      Object.fromEntries(
        Object.entries(messages).map(([name, area]) => [
          name,
          Object.fromEntries(
            Object.keys(area).map((form) => {
              const places = [...new Set(form.match(/(?<!(one|other) )\{\w+(?=[,}])/g) ?? [])].map(
                (place) => `${place}}`,
              );
              return [form, `«${places.reverse().join('·')}»`];
            }),
          ),
        ]),
      );
    const [[, known] = []] = CATALOGUES;
    if (known === undefined) throw new Error('no catalogue to make one of');
    const third = speakerFrom('cy', { core: half(known.core), screens: half(known.screens) });
    const left = Object.values(told)
      .flatMap((kind: Texts) => [...kind.values()])
      .filter(isSentence)
      .map((text) => [String(text), third.speak(text)] as const)
      // After a reason of ours stands what a socket said.
      .filter(([, said]) => leftOf(said.replace(/»: [^;«]*/g, '').replace(/[«»·]/g, ' ')) !== null);
    expect(left).toEqual([]);
    expect(third.fill('{name} has led for {age}', { name: 'replica', age: '3 s' })).toBe('«3 s·replica»');
  });

  it('would show English that is left', () => {
    expect(leftOf('Нет лидера: nothing accepts writes')).toBe('nothing accepts writes');
    expect(leftOf('n1 недоступен: pending restart, `patronictl resume it now`')).toBeNull();
  });
});
