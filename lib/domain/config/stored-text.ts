// A changed document written into the stored text, so that every leaf that did not change keeps its bytes. Pure.
import { type JsonEntry, type JsonNode, nodeAt } from '../wire/json-text';
import { isObject, type JsonObject, parseObject } from '../wire/loose';
import { diffConfig, type Path, sameJson } from './diff';

/** `text` with the leaves that differ replaced in place; what is no JSON object is written anew. */
export function rewritten(text: string, after: JsonObject): string {
  const before = parseObject(text);
  if (before === null) return JSON.stringify(after);
  const next = diffConfig(before, after).reduce((now, { path, after: leaf }) => withLeafText(now, path, leaf), text);
  const read = parseObject(next);
  return read !== null && sameJson(read, after) ? next : JSON.stringify(after);
}

function withLeafText(text: string, path: Path, leaf: unknown): string {
  let node = nodeAt(text, 0);
  for (const [depth, step] of path.entries()) {
    const entries = node.entries ?? [];
    // Of a key that stands twice the last one counts, to Patroni too.
    const entry = entries.findLast(({ key }) => key === step);
    const last = depth === path.length - 1;
    if (leaf === undefined && (entry === undefined || last))
      return entries.reduceRight((now, one, index) => (one.key === step ? without(now, entries, index) : now), text);
    if (entry === undefined) return inserted(text, node, path.slice(depth), leaf);
    node = entry.node;
  }
  return text.slice(0, node.from) + printed(leaf, text, node) + text.slice(node.to);
}

function without(text: string, entries: readonly JsonEntry[], index: number): string {
  const entry = entries[index];
  if (entry === undefined) return text;
  const [previous, next] = [entries[index - 1], entries[index + 1]];
  if (next !== undefined) return text.slice(0, entry.from) + text.slice(next.from);
  return text.slice(0, previous?.node.to ?? entry.from) + text.slice(entry.node.to);
}

/** Without spaces, as Patroni writes it. */
function inserted(text: string, node: JsonNode, path: Path, leaf: unknown): string {
  const [name, ...inner] = path;
  const value = inner.reduceRight<unknown>((below, step) => ({ [step]: below }), leaf);
  const last = node.entries?.at(-1);
  const at = last === undefined ? node.from + 1 : last.node.to;
  return `${text.slice(0, at)}${last === undefined ? '' : ','}${JSON.stringify(String(name))}:${JSON.stringify(value)}${text.slice(at)}`;
}

/** Items of a list, and values below it, that are as before keep their bytes. */
function printed(value: unknown, text: string, old: JsonNode | undefined): string {
  if (old === undefined) return JSON.stringify(value);
  const source = text.slice(old.from, old.to);
  if (sameJson(JSON.parse(source), value)) return source;
  if (Array.isArray(value) && old.items !== null)
    return `[${value.map((item, index) => printed(item, text, oldItem(item, index, text, old))).join(',')}]`;
  if (isObject(value) && old.entries !== null)
    return `{${Object.entries(value)
      .map(([key, inner]) => {
        const entry = old.entries?.findLast((one) => one.key === key);
        return `${JSON.stringify(key)}:${printed(inner, text, entry?.node)}`;
      })
      .join(',')}}`;
  return JSON.stringify(value);
}

/** The same item wherever it stood, else the one in its place. */
function oldItem(item: unknown, index: number, text: string, old: JsonNode): JsonNode | undefined {
  const same = old.items?.find((node) => sameJson(JSON.parse(text.slice(node.from, node.to)), item));
  return same ?? old.items?.[index];
}
