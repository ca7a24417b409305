// The keys below a namespace as last listed and watched, by scope. Only remembers: listing and watching are the adapters'.
// Whoever can write below the namespace can write anything there: what one scope holds is limited, so that it costs only itself.
import type { RawDcsKey, ScopeExcess } from '../../domain/raw';

export interface KeyEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly value: string;
  /** Grows with each change of any key: etcd's mod_revision. */
  readonly version: string;
  /** Of the change that made the key: etcd's create_revision. */
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

/** Of one scope; Patroni writes a key for each member and a dozen others. Values in characters. */
export const MEMBERS_MAX = 128;
export const KEYS_MAX = 300;
export const BYTES_MAX = 8 * 1024 * 1024;
/** Of one namespace. A healthy scope has some 5,000 bytes. */
export const SCOPES_MAX = 5000;
export const ALL_BYTES_MAX = 256 * 1024 * 1024;
const NAME_MAX = 200;
const MEMBERS = 'members/';

/** A name that can be shown, stored and written back. Neither PostgreSQL nor a line of a file holds NUL and its like. */
export function isName(name: string): boolean {
  return name.length > 0 && name.length <= NAME_MAX && !/[\p{Cc}\p{Cs}\ufffd]/u.test(name);
}

/** The keys of one scope, as many as are read. */
class ScopeKeys {
  readonly keys = new Map<string, RawDcsKey>();
  excess: ScopeExcess | null = null;
  bytes = 0;
  #members = 0;

  /** `room`: what the others leave. */
  put(entry: RawDcsKey, room: number): void {
    const known = this.keys.get(entry.key);
    const bytes = sizeOf(entry) - (known === undefined ? 0 : sizeOf(known));
    const isMember = entry.key.startsWith(MEMBERS);
    if (this.bytes + bytes > Math.min(BYTES_MAX, room)) {
      // An old value would be a wrong one.
      this.delete(entry.key);
      this.excess = 'bytes';
      return;
    }
    if (known === undefined && (this.keys.size >= KEYS_MAX || (isMember && this.#members >= MEMBERS_MAX))) {
      this.excess = isMember && this.#members >= MEMBERS_MAX ? 'members' : 'keys';
      return;
    }
    if (known === undefined && isMember) this.#members += 1;
    this.bytes += bytes;
    this.keys.set(entry.key, entry);
  }

  delete(key: string): void {
    const known = this.keys.get(key);
    if (known === undefined) return;
    this.keys.delete(key);
    this.bytes -= sizeOf(known);
    if (key.startsWith(MEMBERS)) this.#members -= 1;
  }
}

function sizeOf({ key, value }: RawDcsKey): number {
  return key.length + value.length;
}

type Scopes = Map<string, ScopeKeys>;

/** A list on its way, page by page. */
export class DcsList {
  readonly scopes: Scopes = new Map();
  /** Keys that are left out because nobody could show or store their names, or because there are too many scopes. */
  refused = 0;
  #bytes = 0;
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  add({ key, value, version, created, owner }: KeyEvent): void {
    const place = splitKey(this.#namespace, key);
    if (place === null) return;
    const known = this.scopes.get(place.scope);
    if (!isName(key.slice(this.#namespace.length)) || (known === undefined && this.scopes.size >= SCOPES_MAX)) {
      this.refused += 1;
      return;
    }
    const scope = known ?? new ScopeKeys();
    const others = this.#bytes - scope.bytes;
    scope.put({ key: place.rest, value, version, created, owner }, ALL_BYTES_MAX - others);
    this.#bytes = others + scope.bytes;
    this.scopes.set(place.scope, scope);
  }

  /** Where to go on after this key, when all that follows at once would be left out; null: with the next key. */
  skipAfter(key: string): string | null {
    const place = splitKey(this.#namespace, key);
    const scope = place === null ? undefined : this.scopes.get(place.scope);
    if (place === null || scope === undefined || scope.excess === null) return null;
    if (scope.excess !== 'members') return `${this.#namespace}${place.scope}0`;
    return place.rest.startsWith(MEMBERS) ? `${this.#namespace}${place.scope}/members0` : null;
  }
}

export class DcsView {
  readonly #namespace: string;
  readonly #scopes: Scopes = new Map();
  #bytes = 0;
  /** The array per scope keeps its identity until a key changes: the core remembers what it parsed by it. */
  readonly #arrays = new Map<string, readonly RawDcsKey[]>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  scopes(): readonly string[] {
    return [...this.#scopes.keys()].sort();
  }

  keysOf(scope: string): readonly RawDcsKey[] | null {
    const found = this.#scopes.get(scope);
    if (found === undefined) return null;
    let array = this.#arrays.get(scope);
    if (array === undefined) {
      array = [...found.keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      this.#arrays.set(scope, array);
    }
    return array;
  }

  excessOf(scope: string): ScopeExcess | null {
    return this.#scopes.get(scope)?.excess ?? null;
  }

  /** Returns the scope that changed, null when the event is old, not below the namespace, or left out. */
  apply(event: KeyEvent): string | null {
    const place = splitKey(this.#namespace, event.key);
    if (place === null || !isName(event.key.slice(this.#namespace.length))) return null;
    const known = this.#scopes.get(place.scope);
    if (known === undefined && (event.type === 'delete' || this.#scopes.size >= SCOPES_MAX)) return null;
    const scope = known ?? new ScopeKeys();
    const before = scope.keys.get(place.rest);
    if (before !== undefined && BigInt(before.version) >= BigInt(event.version)) return null;
    const { value, version, created, owner } = event;
    const excess = scope.excess;
    const others = this.#bytes - scope.bytes;
    if (event.type === 'delete') scope.delete(place.rest);
    else scope.put({ key: place.rest, value, version, created, owner }, ALL_BYTES_MAX - others);
    this.#bytes = others + scope.bytes;
    if (before === scope.keys.get(place.rest) && excess === scope.excess) return null;
    if (scope.keys.size === 0) this.#scopes.delete(place.scope);
    else this.#scopes.set(place.scope, scope);
    this.#arrays.delete(place.scope);
    return place.scope;
  }

  /** Takes a complete list as the truth; returns the scopes in which anything differs. `kept`: of these it says nothing. */
  replace({ scopes: fresh }: DcsList, kept: (scope: string) => boolean = () => false): readonly string[] {
    const changed = [...new Set([...fresh.keys(), ...this.#scopes.keys()])].filter(
      (scope) => !kept(scope) && !sameKeys(fresh.get(scope), this.#scopes.get(scope)),
    );
    for (const scope of changed) {
      const found = fresh.get(scope);
      if (found === undefined) this.#scopes.delete(scope);
      else this.#scopes.set(scope, found);
      this.#arrays.delete(scope);
    }
    this.#bytes = 0;
    for (const { bytes } of this.#scopes.values()) this.#bytes += bytes;
    return changed;
  }
}

function sameKeys(a: ScopeKeys | undefined, b: ScopeKeys | undefined): boolean {
  if (a === undefined || b === undefined || a.keys.size !== b.keys.size || a.excess !== b.excess) return false;
  for (const [key, entry] of a.keys) {
    const other = b.keys.get(key);
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
