// JSON as text with positions: where each value stands, and which numbers a JavaScript number cannot hold (`1.0`,
// 12345678901234567890). Pure.
import { parseObject } from './loose';

/** A number that would be printed as another one. */
export interface ExactNumber {
  readonly path: readonly (string | number)[];
  /** As it stands in the text. */
  readonly source: string;
}

export interface JsonEntry {
  readonly key: string;
  /** Where the key begins. */
  readonly from: number;
  readonly node: JsonNode;
}

export interface JsonNode {
  readonly from: number;
  readonly to: number;
  readonly entries: readonly JsonEntry[] | null;
  readonly items: readonly JsonNode[] | null;
}

/** Positions in a text that JSON.parse takes. */
export function nodeAt(text: string, start: number): JsonNode {
  const skip = (at: number): number => at + (/^[\s,:]*/.exec(text.slice(at, at + 1000))?.[0].length ?? 0);
  const from = skip(start);
  const first = text[from];
  if (first === '{') {
    const entries: JsonEntry[] = [];
    let at = skip(from + 1);
    while (text[at] !== '}') {
      const end = stringEnd(text, at);
      const node = nodeAt(text, end);
      entries.push({ key: String(JSON.parse(text.slice(at, end))), from: at, node });
      at = skip(node.to);
    }
    return { from, to: at + 1, entries, items: null };
  }
  if (first === '[') {
    const items: JsonNode[] = [];
    let at = skip(from + 1);
    while (text[at] !== ']') {
      const node = nodeAt(text, at);
      items.push(node);
      at = skip(node.to);
    }
    return { from, to: at + 1, entries: null, items };
  }
  const to = first === '"' ? stringEnd(text, from) : from + (/^[^\s,\]}]*/.exec(text.slice(from))?.[0].length ?? 0);
  return { from, to, entries: null, items: null };
}

function stringEnd(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** What a plain JavaScript number would not give back, digit by digit; empty where the text is no JSON object. */
export function exactNumbers(text: string): readonly ExactNumber[] {
  // The usual document has none: it is read in every round.
  if (!/\d{16}|\d[.eE]|-0/.test(text) || parseObject(text) === null) return [];
  const found: ExactNumber[] = [];
  const visit = (node: JsonNode, path: ExactNumber['path']): void => {
    for (const { key, node: inner } of node.entries ?? []) visit(inner, [...path, key]);
    for (const [index, inner] of (node.items ?? []).entries()) visit(inner, [...path, index]);
    if (node.entries !== null || node.items !== null) return;
    const source = text.slice(node.from, node.to);
    if (!/^-?\d/.test(source)) return;
    const value = Number(source);
    if (String(value) !== source || (Number.isInteger(value) && !Number.isSafeInteger(value)))
      found.push({ path, source });
  };
  visit(nodeAt(text, 0), []);
  return found;
}

/** `text`, where its numbers are those, with them as they were stored. */
export function withNumbers(text: string, numbers: readonly ExactNumber[]): string {
  return numbers.reduce((now, { path, source }) => {
    let node: JsonNode | undefined = nodeAt(now, 0);
    for (const step of path)
      node = typeof step === 'number' ? node?.items?.[step] : node?.entries?.findLast(({ key }) => key === step)?.node;
    if (node === undefined || Number(now.slice(node.from, node.to)) !== Number(source)) return now;
    return now.slice(0, node.from) + source + now.slice(node.to);
  }, text);
}
