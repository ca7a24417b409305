// What a caller may see and do, for one request: the handlers' one way to ask. A cluster that one may not see is answered as if
// there were none; everything else is refused with the sentence that the disabled button shows.
import {
  covers,
  denial,
  denialEverywhere,
  isEverywhere,
  type Permission,
  type Rights,
  roleOn,
  type Target,
} from '../../domain/access/access';
import { say, type Text } from '../../language/sentence';
import type { By } from '../actions/record';
import { Refusal } from '../route';
import type { Caller } from './caller';

export interface GateDeps {
  /** Labels of a cluster's source; empty where the cluster is not known. */
  /** All that are known. */
  readonly scopes: () => readonly string[];
  readonly labelsOf: (scope: string) => Readonly<Record<string, string>>;
  readonly admins: readonly string[];
  readonly policies: Rights['policies'];
}

export class Gate {
  readonly #caller: Caller | null;
  readonly #deps: GateDeps;

  constructor(caller: Caller | null, deps: GateDeps) {
    this.#caller = caller;
    this.#deps = deps;
  }

  /** Throws `not_signed_in` on a public route without one. */
  get caller(): Caller {
    if (this.#caller === null) throw notSignedIn();
    return this.#caller;
  }

  get isSignedIn(): boolean {
    return this.#caller !== null;
  }

  get name(): string {
    return this.caller.name;
  }

  /** Whom to ask. */
  get admins(): readonly string[] {
    return this.hasRole ? this.#deps.admins : [];
  }

  /** Of the clusters that this caller may see: for people to read. What is enforced goes by all (`rights`). */
  get policies(): Rights['policies'] {
    const { policies, scopes } = this.#deps;
    if (this.seesAll) return policies;
    const seen = scopes().filter((scope) => this.sees(scope));
    return policies.filter((policy) => seen.some((scope) => covers(policy, this.target(scope))));
  }

  target(scope: string): Target {
    return { scope, labels: this.#deps.labelsOf(scope) };
  }

  sees(scope: string): boolean {
    return this.#caller !== null && roleOn(this.#caller.grants, this.target(scope)) !== null;
  }

  /** On some cluster, known or not. Who has none is told nothing but about the own account. */
  get hasRole(): boolean {
    return (this.#caller?.grants.length ?? 0) > 0;
  }

  get seesAll(): boolean {
    return this.#caller?.grants.some(isEverywhere) ?? false;
  }

  /** Clusters this caller may see, for queries; null: all of them. */
  get visible(): readonly string[] | null {
    return this.seesAll ? null : this.#deps.scopes().filter((scope) => this.sees(scope));
  }

  /** Why not; null: they may. `scope` null: not about one cluster. */
  why(permission: Permission, scope: string | null): Text | null {
    const { grants } = this.caller;
    return denial(grants, permission, scope === null ? null : this.target(scope), this.admins);
  }

  /** Throws where they may not. */
  require(permission: Permission, scope: string | null): void {
    if (scope !== null && !this.sees(scope)) throw new Refusal('not_found', say`no cluster "${scope}" is known`);
    const why = this.why(permission, scope);
    if (why !== null) throw new Refusal('forbidden', why);
  }

  /** Throws where they have it for some clusters at most. */
  requireEverywhere(permission: Permission): void {
    const why = denialEverywhere(this.caller.grants, permission, this.admins);
    if (why !== null) throw new Refusal('forbidden', why);
  }

  /** As the desk of alerts knows who asks: a plain value, which crosses module graphs. */
  get desk() {
    return {
      name: this.name,
      userId: this.caller.userId,
      seesAll: this.seesAll,
      hasRole: this.hasRole,
      sees: (scope: string) => this.sees(scope),
      require: (permission: Permission, scope: string | null) => this.require(permission, scope),
      requireEverywhere: (permission: Permission) => this.requireEverywhere(permission),
    };
  }

  /** For the preflight; null: nobody has to sign in here. */
  rights(secondPerson: Rights['secondPerson'] = 'to_ask'): Rights | null {
    const { kind, grants } = this.caller;
    if (kind === 'open') return null;
    return { grants, policies: this.#deps.policies, admins: this.admins, secondPerson };
  }

  /** Who acts. `breakGlass`: the reason, where the second person is done without. */
  by(breakGlass: string | null = null): By {
    const { kind, name, token } = this.caller;
    return {
      name,
      rights: this.rights(breakGlass === null ? 'to_ask' : 'break_glass'),
      authority: { kind, token, approvedBy: null, breakGlass },
    };
  }
}

export function notSignedIn(): Refusal {
  return new Refusal('not_signed_in', say`sign in first`);
}
