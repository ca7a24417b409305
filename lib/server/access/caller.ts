// Who sends a request, as the handlers see them. Made by the wrapper of every route (lib/server/doorway.ts) and by nobody else.
import type { CallerKind, Grant } from '../../domain/access/access';

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
  /** The other end of the connection; null: not known. */
  readonly address: string | null;
}

export const EVERYTHING: readonly Grant[] = [{ role: 'admin', scopes: null, labels: {} }];
