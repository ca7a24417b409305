// Who sends a request, as the handlers see them. Made by the wrapper of every route (lib/server/doorway.ts) and by nobody else.
import type { CallerKind, Grant, Role } from '../../domain/access/access';

export interface Caller {
  readonly kind: CallerKind;
  /** As the audit names them: `a.ivanova`, `a.ivanova by token deploy`. */
  readonly name: string;
  /** null: no account (open, local, break glass). */
  readonly userId: string | null;
  /** null: no session (token, open, local). */
  readonly sessionId: string | null;
  /** Name of the token; null: by none. */
  readonly token: string | null;
  readonly grants: readonly Grant[];
  /** A second factor is demanded of their role, and none is set: only what leads to one is answered. */
  readonly owesFactor: boolean;
  /** The other end of the connection; null: not known. */
  readonly address: string | null;
}

/** A demanded factor is not there. The provider asks for its own, and for those who come by it. */
export function isOwing(
  required: readonly Role[],
  of: { readonly external: boolean; readonly hasFactor: boolean; readonly grants: readonly Grant[] },
): boolean {
  const { external, hasFactor, grants } = of;
  return !external && !hasFactor && isFactorDemanded(required, grants);
}

/** Is a second factor demanded of whoever has these grants? One role on one cluster is enough. */
export function isFactorDemanded(required: readonly Role[], grants: readonly Grant[]): boolean {
  return grants.some(({ role }) => required.includes(role));
}

export const EVERYTHING: readonly Grant[] = [{ role: 'admin', scopes: null, labels: {} }];
