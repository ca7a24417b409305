// The keys below a namespace as last listed and watched, by scope. Only remembers: listing and watching are etcd-watch.ts's.
import type { RawDcsKey } from '../domain/raw';

export interface KeyEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  /** mod_revision. */
  readonly version: string;
  /** create_revision. */
  readonly created: string;
  readonly owner: string | null;
}

/** Citus puts a group number between scope and key: `/service/demo/0/leader` is the cluster `demo/0`. */
const CITUS_GROUP =
  /^(\d+)\/((?:leader|config|initialize|sync|failover|history|status|failsafe|optime\/leader|members\/.+))$/;

export function splitKey(namespace: string, key: string): { readonly scope: string; readonly rest: string } | null {
  if (!key.startsWith(namespace)) return null;
  const path = key.slice(namespace.length);
  const slash = path.indexOf('/');
  if (slash <= 0) return null;
  const scope = path.slice(0, slash);
  const rest = path.slice(slash + 1);
  const group = CITUS_GROUP.exec(rest);
  return group?.[1] && group[2] ? { scope: `${scope}/${group[1]}`, rest: group[2] } : { scope, rest };
}

export class EtcdView {
  readonly #namespace: string;
  readonly #scopes = new Map<string, Map<string, RawDcsKey>>();
  /** The array per scope keeps its identity until a key changes: the core remembers what it parsed by it. */
  readonly #arrays = new Map<string, readonly RawDcsKey[]>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  scopes(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  keysOf(scope: string): readonly RawDcsKey[] | null {
    const keys = this.#scopes.get(scope);
    if (keys === undefined) return null;
    let array = this.#arrays.get(scope);
    if (array === undefined) {
      array = [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      this.#arrays.set(scope, array);
    }
    return array;
  }

  /** Returns the scope that changed, null when the event is old or not below the namespace. */
  apply(event: KeyEvent): string | null {
    const place = splitKey(this.#namespace, event.key);
    if (place === null) return null;
    const keys = this.#scopes.get(place.scope) ?? new Map<string, RawDcsKey>();
    const known = keys.get(place.rest);
    if (known !== undefined && BigInt(known.version) >= BigInt(event.version)) return null;
    if (event.type === 'delete') {
      if (known === undefined) return null;
      keys.delete(place.rest);
    } else {
      const { value, version, created, owner } = event;
      keys.set(place.rest, { key: place.rest, value, version, created, owner });
    }
    if (keys.size === 0) this.#scopes.delete(place.scope);
    else this.#scopes.set(place.scope, keys);
    this.#arrays.delete(place.scope);
    return place.scope;
  }

  /** Takes a complete list as the truth; returns the scopes in which anything differs. */
  replace(list: readonly KeyEvent[]): readonly string[] {
    const fresh = new Map<string, Map<string, RawDcsKey>>();
    for (const { key, value, version, created, owner } of list) {
      const place = splitKey(this.#namespace, key);
      if (place === null) continue;
      const keys = fresh.get(place.scope) ?? new Map<string, RawDcsKey>();
      keys.set(place.rest, { key: place.rest, value, version, created, owner });
      fresh.set(place.scope, keys);
    }
    const changed = [...new Set([...fresh.keys(), ...this.#scopes.keys()])].filter(
      (scope) => !sameKeys(fresh.get(scope), this.#scopes.get(scope)),
    );
    for (const scope of changed) {
      const keys = fresh.get(scope);
      if (keys === undefined) this.#scopes.delete(scope);
      else this.#scopes.set(scope, keys);
      this.#arrays.delete(scope);
    }
    return changed;
  }
}

function sameKeys(a: Map<string, RawDcsKey> | undefined, b: Map<string, RawDcsKey> | undefined): boolean {
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [key, entry] of a) {
    const other = b.get(key);
    // A restored etcd can hold another value at an equal revision, so values are compared too.
    if (
      other === undefined ||
      other.version !== entry.version ||
      other.value !== entry.value ||
      other.owner !== entry.owner
    )
      return false;
  }
  return true;
}
