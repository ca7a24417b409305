// Three-way merge of the dynamic configuration by leaf: what only one side changed is kept, what both changed differently is a
// conflict and stays as mine until a person decides. Nothing is lost silently. Pure.
import { isObject, type JsonObject } from '../wire/loose';
import { type Path, sameJson } from './diff';

export interface Conflict {
  readonly path: Path;
  /** undefined: absent. */
  readonly base: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
}

export interface Merge {
  readonly value: JsonObject;
  readonly conflicts: readonly Conflict[];
}

/** Keys stand in the order of `mine`, then those that `theirs` added. */
export function mergeConfig(base: JsonObject, theirs: JsonObject, mine: JsonObject): Merge {
  const conflicts: Conflict[] = [];
  const value = mergeObjects(base, theirs, mine, [], conflicts);
  return { value, conflicts };
}

function mergeObjects(
  base: JsonObject,
  theirs: JsonObject,
  mine: JsonObject,
  path: Path,
  conflicts: Conflict[],
): JsonObject {
  const names = [...Object.keys(mine), ...Object.keys(theirs).filter((name) => !Object.hasOwn(mine, name))];
  const entries: [string, unknown][] = [];
  for (const name of names) {
    const merged = mergeLeaf(own(base, name), own(theirs, name), own(mine, name), [...path, name], conflicts);
    if (merged !== undefined) entries.push([name, merged]);
  }
  return Object.fromEntries(entries);
}

function own(value: JsonObject, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function mergeLeaf(base: unknown, theirs: unknown, mine: unknown, path: Path, conflicts: Conflict[]): unknown {
  if (sameJson(mine, theirs)) return mine;
  if (sameJson(theirs, base)) return mine;
  if (sameJson(mine, base)) return theirs;
  // Both added or both changed an object: its leaves decide. One removed it and the other changed it: a conflict of the whole.
  if (isObject(theirs) && isObject(mine) && (isObject(base) || base === undefined))
    return mergeObjects(isObject(base) ? base : {}, theirs, mine, path, conflicts);
  conflicts.push({ path, base, theirs, mine });
  return mine;
}
