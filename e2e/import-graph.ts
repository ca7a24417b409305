// Who imports whom: circles between files, and the drawings of docs/architecture.md. `npx tsx e2e/import-graph.ts` writes them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { files, importsOf, isTest, ROOT } from './sources';

/** By importer: what it imports, and how often. */
export type Graph = ReadonlyMap<string, ReadonlyMap<string, number>>;

const DOCUMENT = join(ROOT, 'docs/architecture.md');
const BEGIN = '<!-- drawn by e2e/import-graph.ts -->';
const END = '<!-- end of what is drawn -->';

const known = new Set(files);
const fileOf = (target: string): string[] =>
  [target, `${target}.ts`, `${target}.tsx`].filter((path) => known.has(path)).slice(0, 1);

/** `nameOf`: the room of a file; null: it is not drawn. */
export function graphOf(from: readonly string[], nameOf: (file: string) => string | null): Graph {
  const graph = new Map<string, Map<string, number>>();
  for (const file of from) {
    const name = nameOf(file);
    if (name === null) continue;
    const out = graph.get(name) ?? new Map<string, number>();
    graph.set(name, out);
    for (const target of importsOf(file).flatMap(fileOf).map(nameOf))
      if (target !== null && target !== name) out.set(target, (out.get(target) ?? 0) + 1);
  }
  return graph;
}

/** The way from one to the other by the fewest arrows, both ends included; null: there is none. */
function wayBetween(graph: Graph, from: string, to: string, avoid?: string): string[] | null {
  const ways = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? '')?.keys() ?? []) {
      if (way.length === 1 && next === avoid) continue;
      if (next === to) return [...way, to];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return null;
}

/** One circle for each group that imports each other: `a > b > a`. */
export function circlesIn(graph: Graph): string[] {
  const told = new Set<string>();
  return [...graph.keys()].sort().flatMap((name) => {
    const circle = told.has(name) ? null : wayBetween(graph, name, name);
    for (const one of circle ?? []) told.add(one);
    return circle === null ? [] : [circle.join(' > ')];
  });
}

/** Arrows to what is reached by others anyway are left out, so that layers can be seen. */
function draw(graph: Graph, alone: readonly string[] = []): string {
  const circles = circlesIn(graph);
  if (circles.length > 0) throw new Error(`what has circles has no layers: ${circles.join(', ')}`);
  const id = (name: string): string => name.replace(/^lib\//, '').replace(/[^\w-]/g, '_');
  const height = (name: string): number =>
    Math.max(0, ...[...(graph.get(name)?.keys() ?? [])].map((target) => height(target) + 1));
  const names = [...graph.keys()].sort((a, b) => height(b) - height(a) || (a < b ? -1 : 1));
  const arrows = names.flatMap((name) =>
    [...(graph.get(name) ?? [])]
      .filter(([target]) => wayBetween(graph, name, target, target) === null)
      .sort(([a], [b]) => height(b) - height(a) || (a < b ? -1 : 1))
      .map(([target, count]) => `  ${id(name)} -->|${count}| ${id(target)}`),
  );
  const nodes = [...alone, ...names].map((name) => `  ${id(name)}["${name}"]`);
  return ['```mermaid', 'flowchart TB', ...nodes, ...arrows, '```'].join('\n');
}

function roomOf(file: string): string | null {
  const [first = '', second = '', ...rest] = file.split('/');
  if (first !== 'lib') return first;
  return rest.length === 0 ? null : `${first}/${second}`;
}

/** Folders alone: files come and go. */
const foldersOf =
  (layer: string, without: readonly string[] = []) =>
  (file: string): string | null => {
    const room = file.startsWith(`${layer}/`) ? file.slice(layer.length + 1).split('/') : [];
    return room.length < 2 || room[0] === undefined || without.includes(room[0]) ? null : room[0];
  };

/** All drawings, without what tests import. `public` is asked for by its address and imports nothing. */
export function drawings(): string {
  const shipped = files.filter((file) => !isTest(file));
  return [
    draw(graphOf(shipped, roomOf), ['public']),
    'The folders of `lib/server`, without `config`, which all of them read:',
    draw(graphOf(shipped, foldersOf('lib/server', ['config']))),
    'The folders of `lib/domain`:',
    draw(graphOf(shipped, foldersOf('lib/domain'))),
  ].join('\n\n');
}

/** What stands in the document. */
export function drawn(): string {
  const page = readFileSync(DOCUMENT, 'utf8');
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

export function writeDrawings(): void {
  const page = readFileSync(DOCUMENT, 'utf8');
  const [head, tail] = [page.slice(0, page.indexOf(BEGIN)), page.slice(page.indexOf(END))];
  writeFileSync(DOCUMENT, `${head}${BEGIN}\n\n${drawings()}\n\n${tail}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeDrawings();
