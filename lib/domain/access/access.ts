// Who may do what: roles, what each permission needs, grants bound to scopes or labels, and the one function that decides. The
// server refuses by it, the browser disables by it, with the same words. Pure; it knows neither sessions nor passwords.

import { say, type Text } from '../../language/sentence';
import { ACTION_KINDS, type ActionKind } from '../action-kind';
import { fitsPattern } from '../pattern';

/** Each may what the one before may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A role, and where it counts. */
export interface Grant {
  readonly role: Role;
  /** Names of clusters, with `*` for whatever text; null: of all clusters. */
  readonly scopes: readonly string[] | null;
  /** Each of them must be a label of the cluster's source; empty: none is asked for. */
  readonly labels: Readonly<Record<string, string>>;
}

export const PERMISSIONS = [
  'see',
  'note',
  'acknowledge',
  'silence',
  'take_out',
  'read_statements',
  'read_literals',
  ...ACTION_KINDS,
  'approve',
  'break_glass',
  'force_config',
  'test_receiver',
  'metrics',
  'see_access',
  'manage_users',
  'manage_tokens',
  'manage_walls',
  'acknowledge_record',
  'change_dcs',
  'manage_sources',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

interface PermissionRow {
  /** The lowest role that may. */
  readonly from: Role;
  /** As in "may not <words>". */
  readonly words: Text;
  /** Not about one cluster: only a grant of all clusters is enough. */
  readonly everywhere?: true;
}

/** The table of role and permission: the one place. */
const PERMISSION_TABLE: Readonly<Record<Permission, PermissionRow>> = {
  see: { from: 'viewer', words: say`see this cluster` },
  note: { from: 'operator', words: say`write notes` },
  acknowledge: { from: 'operator', words: say`acknowledge alerts` },
  silence: { from: 'operator', words: say`silence alerts` },
  take_out: { from: 'operator', words: say`say that members were taken out` },
  read_statements: { from: 'operator', words: say`read the statements of sessions` },
  read_literals: { from: 'admin', words: say`read the values in statements` },
  switchover: { from: 'operator', words: say`switch over` },
  cancel_switchover: { from: 'operator', words: say`cancel a scheduled switchover` },
  failover: { from: 'operator', words: say`fail over` },
  pause: { from: 'operator', words: say`pause` },
  resume: { from: 'operator', words: say`resume` },
  edit_config: { from: 'operator', words: say`edit the dynamic configuration` },
  restart: { from: 'operator', words: say`restart members` },
  rolling_restart: { from: 'operator', words: say`restart members` },
  cancel_restart: { from: 'operator', words: say`cancel a scheduled restart` },
  reload: { from: 'operator', words: say`reload members` },
  reinitialize: { from: 'admin', words: say`reinitialize a member` },
  demote_cluster: { from: 'admin', words: say`demote the cluster` },
  promote_cluster: { from: 'admin', words: say`promote the cluster` },
  end_session: { from: 'operator', words: say`end sessions` },
  maintenance: { from: 'operator', words: say`run a maintenance` },
  approve: { from: 'operator', words: say`approve requests` },
  break_glass: { from: 'admin', words: say`act without the second person` },
  force_config: { from: 'admin', words: say`store a configuration that the checks forbid` },
  test_receiver: { from: 'operator', words: say`test receivers`, everywhere: true },
  metrics: { from: 'viewer', words: say`read the metrics`, everywhere: true },
  see_access: { from: 'admin', words: say`see who has access`, everywhere: true },
  manage_users: { from: 'admin', words: say`manage users`, everywhere: true },
  manage_tokens: { from: 'admin', words: say`manage tokens of others`, everywhere: true },
  manage_walls: { from: 'admin', words: say`manage walls`, everywhere: true },
  acknowledge_record: { from: 'admin', words: say`acknowledge what was found of the record`, everywhere: true },
  change_dcs: { from: 'admin', words: say`change the members of a DCS`, everywhere: true },
  manage_sources: { from: 'admin', words: say`say where the clusters are`, everywhere: true },
};

/** What a decision is about. null: not about one cluster. */
export interface Target {
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The grant covers this cluster. */
export function covers(grant: Pick<Grant, 'scopes' | 'labels'>, target: Target): boolean {
  return (
    (grant.scopes === null || matchesAny(grant.scopes, target.scope)) &&
    Object.entries(grant.labels).every(([key, value]) => target.labels[key] === value)
  );
}

export function isEverywhere(grant: Pick<Grant, 'scopes' | 'labels'>): boolean {
  return grant.scopes === null && Object.keys(grant.labels).length === 0;
}

/** The best role on this cluster; null: none. On null: among the grants of all clusters. */
export function roleOn(grants: readonly Grant[], target: Target | null): Role | null {
  const counting = grants.filter((grant) => (target === null ? isEverywhere(grant) : covers(grant, target)));
  return [...ROLES].reverse().find((role) => counting.some((grant) => grant.role === role)) ?? null;
}

/**
 * Why these grants do not allow it, as a sentence for people; null: they do. `whom`: names of people who may, to be asked.
 * `see` of a cluster that one may not see is answered by the server as if there were none.
 */
export function denial(
  grants: readonly Grant[],
  permission: Permission,
  target: Target | null,
  whom: readonly string[] = [],
): Text | null {
  const row = PERMISSION_TABLE[permission];
  const about = row.everywhere === true ? null : target;
  const role = roleOn(grants, about);
  if (role !== null && ROLES.indexOf(role) >= ROLES.indexOf(row.from)) return null;
  // Without a cluster a permission of clusters is there where it is there for some cluster.
  if (about === null && row.everywhere !== true && grants.some((grant) => atLeast(grant.role, row.from))) return null;
  const why = whyNot(row, role, about === null ? null : aboutWords(grants, about), grants.length > 0);
  return whom.length === 0 ? why : say`${why} ${say`Allowed for: ${whom.join(', ')}.`}`;
}

/** `where`: the cluster, or the labels of the grant; null: not about one. */
function whyNot({ words, from, everywhere }: PermissionRow, role: Role | null, where: string | null, isSome: boolean) {
  if (role !== null) {
    return where === null
      ? say`Your role ${role} may not ${words}; ${from} may.`
      : say`Your role ${role} may not ${words} on ${where}; ${from} may.`;
  }
  if (everywhere === true && isSome) return say`You may not ${words}: your role does not cover all clusters.`;
  return where === null
    ? say`You may not ${words}: you have no role.`
    : say`You may not ${words}: you have no role on ${where}.`;
}

/** The same for what is not about one cluster, although the permission may be: only a role of all clusters is enough. */
export function denialEverywhere(
  grants: readonly Grant[],
  permission: Permission,
  whom: readonly string[] = [],
): Text | null {
  const row = PERMISSION_TABLE[permission];
  const role = roleOn(grants, null);
  if (role !== null && atLeast(role, row.from)) return null;
  const why = whyNot({ ...row, everywhere: true }, role, null, grants.length > 0);
  return whom.length === 0 ? why : say`${why} ${say`Allowed for: ${whom.join(', ')}.`}`;
}

function atLeast(role: Role, from: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(from);
}

/** The labels by which a role was bound here, else the cluster's name. */
function aboutWords(grants: readonly Grant[], target: Target): string {
  const bound = grants.find((grant) => Object.keys(grant.labels).length > 0 && covers(grant, target));
  return bound === undefined
    ? target.scope
    : Object.entries(bound.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ');
}

// ---- by what right

/** How a request proves who sends it. `open`: nobody has to sign in here. `local`: who runs Howdah, on its machine. */
export const CALLER_KINDS = ['open', 'user', 'token', 'local', 'break_glass'] as const;
export type CallerKind = (typeof CALLER_KINDS)[number];

/** In an action's record: by what right it was done. */
export interface Authority {
  readonly kind: CallerKind | 'howdah';
  /** Name of the token; null: by none. */
  readonly token: string | null;
  /** Who approved it; null: no second person. */
  readonly approvedBy: string | null;
  /** A second person was needed and was done without, for this reason; null: no. */
  readonly breakGlass: string | null;
}

/** What a preflight knows of the rights of the one who asks. */
export interface Rights {
  readonly grants: readonly Grant[];
  readonly policies: readonly ApprovalPolicy[];
  /** Whom to ask. */
  readonly admins: readonly string[];
  /** The second person: still to be asked, has approved, or is done without. */
  readonly secondPerson: 'to_ask' | 'approved' | 'break_glass';
}

// ---- a second person

/** Some actions on some clusters need a second person. */
export interface ApprovalPolicy {
  /** null: all kinds. */
  readonly actions: readonly ActionKind[] | null;
  readonly scopes: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
  /** A request that nobody approved by then has expired. */
  readonly minutes: number;
}

/** The first policy that asks for a second person, for one of these kinds; null: one is enough. */
export function policyFor(
  policies: readonly ApprovalPolicy[],
  kinds: readonly ActionKind[],
  target: Target,
): ApprovalPolicy | null {
  return (
    policies.find(
      (policy) =>
        (policy.actions === null || kinds.some((kind) => policy.actions?.includes(kind))) && covers(policy, target),
    ) ?? null
  );
}

/** `env=prod`, `orders, billing`, `env=prod of orders`, or `all clusters`. */
export function whereWords({ scopes, labels }: Pick<Grant, 'scopes' | 'labels'>): Text {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  if (scopes === null) return pairs.length === 0 ? say`all clusters` : pairs.join(', ');
  return pairs.length === 0 ? scopes.join(', ') : say`${pairs.join(', ')} of ${scopes.join(', ')}`;
}

/** Grants that are within both: what a token may, of what its owner may now. */
export function within(grants: readonly Grant[], owner: readonly Grant[]): readonly Grant[] {
  return grants.flatMap((grant) =>
    owner.flatMap((limit) => {
      const labels = { ...limit.labels, ...grant.labels };
      const clash = Object.entries(limit.labels).some(([key, value]) => labels[key] !== value);
      const scopes = bothScopes(grant.scopes, limit.scopes);
      if (clash || scopes?.length === 0) return [];
      const role = ROLES[Math.min(ROLES.indexOf(grant.role), ROLES.indexOf(limit.role))] ?? 'viewer';
      return [{ role, scopes, labels }];
    }),
  );
}

/** Patterns are only compared where one names what the other matches: what cannot be said exactly is left out. */
function bothScopes(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null) return b;
  if (b === null) return a;
  return [...new Set([...a.filter((one) => matchesAny(b, one)), ...b.filter((one) => matchesAny(a, one))])];
}

function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => fitsPattern(pattern, text));
}
