// Which cluster it is: source and scope, and the name made of both by which everything here goes. The file alone decides it, never who
// answers first: clusters of the first source have their bare scope, those of all others are `scope@alias`. Pure.

/** What is known of a source here. */
export interface NamedSource {
  readonly name: string;
  readonly alias: string | null;
}

export class Naming {
  /** By source: what stands behind the `@` of its clusters; null: nothing does. */
  readonly #suffixes: ReadonlyMap<string, string | null>;
  /** The source of a suffix. */
  readonly #owners: ReadonlyMap<string, string>;
  readonly #bare: string | null;

  /** In the order of the file. */
  constructor(sources: readonly NamedSource[]) {
    this.#suffixes = new Map(sources.map(({ name, alias }, index) => [name, alias ?? (index === 0 ? null : name)]));
    this.#bare = [...this.#suffixes].find(([, suffix]) => suffix === null)?.[0] ?? null;
    const owners = [...this.#suffixes].flatMap(([name, suffix]) => (suffix === null ? [] : [[suffix, name] as const]));
    // A bare scope may hold an `@` of its own: where that would read as a name of another source, it is told whose it is as well.
    this.#owners = new Map(owners.length > 0 && this.#bare !== null ? [...owners, [this.#bare, this.#bare]] : owners);
  }

  /** A source that is not in the file (a recording) has bare names. */
  nameOf(source: string, scope: string): string {
    const suffix = this.#suffixes.get(source) ?? null;
    if (suffix !== null) return `${scope}@${suffix}`;
    return this.#owners.has(split(scope).tail ?? '') ? `${scope}@${source}` : scope;
  }

  /** Whose a name is, whether there is such a cluster or not; null: nobody's. */
  ownerOf(name: string): { readonly source: string; readonly scope: string } | null {
    const { head, tail } = split(name);
    const source = this.#owners.get(tail ?? '') ?? this.#bare;
    if (source === null) return null;
    return { source, scope: this.#owners.has(tail ?? '') ? head : name };
  }
}

function split(name: string): { readonly head: string; readonly tail: string | null } {
  const at = name.lastIndexOf('@');
  return at < 0 ? { head: name, tail: null } : { head: name.slice(0, at), tail: name.slice(at + 1) };
}

/** Names and aliases that a source may not have beside the others: `demo@Prod` and `demo@prod` must not be two clusters. */
export function takenNames(sources: readonly NamedSource[]): ReadonlySet<string> {
  return new Set(sources.flatMap(({ name, alias }) => [name, ...(alias === null ? [] : [alias])]).map(foldName));
}

export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
