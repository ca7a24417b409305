// Which leaves of the dynamic configuration differ, and how a change is said to Patroni's REST API. A leaf is whatever is no
// object with keys; lists are one leaf, because Patroni replaces them whole. Pure.

import { plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { isObject, type JsonObject } from '../wire/loose';

export type Path = readonly (string | number)[];

export interface LeafChange {
  readonly path: Path;
  /** undefined: absent. */
  readonly before: unknown;
  readonly after: unknown;
}

/** In the order of `after`, then what was removed in the order of `before`. */
export function diffConfig(before: JsonObject, after: JsonObject): readonly LeafChange[] {
  return changesBelow(before, after, []);
}

function changesBelow(before: unknown, after: unknown, path: Path): LeafChange[] {
  if (sameJson(before, after)) return [];
  const left = isObject(before) ? before : null;
  const right = isObject(after) ? after : null;
  const branch = (side: JsonObject | null, other: unknown): boolean =>
    side !== null && (isObject(other) || (other === undefined && Object.keys(side).length > 0));
  if (!branch(right, before) && !branch(left, after)) return [{ path, before, after }];
  // An object that lost its last key is still there: what changed are its keys.
  const keys = [...Object.keys(right ?? {}), ...Object.keys(left ?? {}).filter((name) => !own(right, name))];
  const inner = keys.flatMap((name) => changesBelow(get(left, name), get(right, name), [...path, name]));
  return inner;
}

function own(object: JsonObject | null, name: string): boolean {
  return object !== null && Object.hasOwn(object, name);
}

function get(object: JsonObject | null, name: string): unknown {
  return own(object, name) ? object?.[name] : undefined;
}

/** Equal as JSON; the order of keys does not matter. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
  );
}

/** The last word of a path where that is clear: `work_mem`, `postgresql.use_slots`. */
export function leafName(path: Path): string {
  const [first, second, ...rest] = path;
  if (first === 'postgresql' && second === 'parameters' && rest.length > 0) return rest.join('.');
  return path.join('.');
}

/** Reads along a path; undefined: absent. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step];
    else if (isObject(at) && Object.hasOwn(at, step)) at = at[step];
    else return undefined;
  }
  return at;
}

/** A copy with the leaf set, or removed with undefined; objects on the way are made, emptied ones stay. */
export function withLeaf(value: JsonObject, path: Path, leaf: unknown): JsonObject {
  const [head, ...rest] = path;
  if (head === undefined) return isObject(leaf) ? leaf : value;
  const name = String(head);
  if (rest.length > 0) {
    const inner = Object.hasOwn(value, name) ? value[name] : undefined;
    if (Array.isArray(inner)) return define(value, name, withItem(inner, rest, leaf));
    if (leaf === undefined && !isObject(inner)) return value;
    return define(value, name, withLeaf(isObject(inner) ? inner : {}, rest, leaf));
  }
  if (leaf !== undefined) return define(value, name, leaf);
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

function withItem(list: readonly unknown[], path: Path, leaf: unknown): readonly unknown[] {
  const [head, ...rest] = path;
  if (typeof head !== 'number') return list;
  if (rest.length > 0) {
    const item = list[head];
    return list.map((entry, index) => (index === head ? withLeaf(isObject(item) ? item : {}, rest, leaf) : entry));
  }
  return leaf === undefined
    ? list.filter((_, index) => index !== head)
    : list.map((entry, index) => (index === head ? leaf : entry));
}

/** `__proto__` is an ordinary key here. */
function define(value: JsonObject, name: string, leaf: unknown): JsonObject {
  const entries = Object.entries(value).filter(([key]) => key !== name);
  const index = Object.keys(value).indexOf(name);
  entries.splice(index < 0 ? entries.length : index, 0, [name, leaf]);
  return Object.fromEntries(entries);
}

/**
 * The body of `PATCH /config` that turns `before` into `after`: null removes a key, lists are replaced whole. An object that
 * is new and empty cannot be said this way and an object replaced by another kind of value is sent as it is.
 */
export function patchOf(before: JsonObject, after: JsonObject): JsonObject {
  const patch: [string, unknown][] = [];
  for (const name of Object.keys(before)) if (!Object.hasOwn(after, name)) patch.push([name, null]);
  for (const [name, value] of Object.entries(after)) {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    if (sameJson(was, value)) continue;
    patch.push([name, isObject(value) && isObject(was) ? patchOf(was, value) : value]);
  }
  return Object.fromEntries(patch);
}

/** What Patroni makes of a PATCH. Patroni v4.1.5 utils.py patch_config: values that print the same are no change. */
export function applyPatch(value: JsonObject, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(value));
  for (const [name, change] of Object.entries(patch)) {
    const was = result.get(name);
    if (change === null) result.delete(name);
    else if (!result.has(name)) result.set(name, change);
    else if (isObject(change)) result.set(name, isObject(was) ? applyPatch(was, change) : change);
    else if (printed(was) !== printed(change)) result.set(name, change);
  }
  return Object.fromEntries(result);
}

/** Python's str() of a JSON value, as far as equality goes. */
function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** As shown in a cell: short, one line. */
export function leafText(value: unknown): Text {
  if (value === undefined) return say`absent`;
  if (typeof value === 'string') return /^[\w./:%+-]+$/.test(value) ? value : `'${value}'`;
  if (Array.isArray(value)) return plural(value.length, 'line');
  return JSON.stringify(value);
}
