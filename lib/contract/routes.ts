// Who may ask which route: the one table. The wrapper of every handler looks its own row up (lib/server/doorway.ts), a test compares
// the table with the files under app/ and asks every route as every role.
import type { Permission } from '../domain/access/access';

export type RouteAccess =
  /** Whoever can reach the port. */
  | { readonly kind: 'public' }
  /** Whoever is signed in, with whatever rights; the handler shows and takes only what is theirs. */
  | { readonly kind: 'signed_in' }
  /** The key of a wall, which is in the path. */
  | { readonly kind: 'wall' }
  /** On the cluster of the path. Without `see` there it is answered as if there were none. */
  | { readonly kind: 'scope'; readonly permission: Permission }
  /** Somewhere, or everywhere where the permission is of that sort; the handler asks again about the cluster it turns out to be. */
  | { readonly kind: 'somewhere'; readonly permission: Permission }
  /** `see` on the cluster of the path, and the permission of the action in the body. */
  | { readonly kind: 'action' };

const PUBLIC: RouteAccess = { kind: 'public' };
const SIGNED_IN: RouteAccess = { kind: 'signed_in' };
const WALL: RouteAccess = { kind: 'wall' };
const SEE: RouteAccess = { kind: 'scope', permission: 'see' };
const on = (permission: Permission): RouteAccess => ({ kind: 'scope', permission });
const somewhere = (permission: Permission): RouteAccess => ({ kind: 'somewhere', permission });

export const ROUTES = {
  'GET /metrics': somewhere('metrics'),
  'GET /api/health': PUBLIC,
  'GET /api/openapi.json': PUBLIC,
  'GET /api/sign-in': PUBLIC,
  'POST /api/setup': PUBLIC,
  'GET /api/me': SIGNED_IN,
  'POST /api/me/sign-out': SIGNED_IN,
  'GET /api/me/sessions': SIGNED_IN,
  'POST /api/me/sessions/{id}/end': SIGNED_IN,
  'POST /api/me/password': SIGNED_IN,
  'POST /api/me/totp': SIGNED_IN,
  'POST /api/me/totp/confirm': SIGNED_IN,
  'POST /api/me/totp/remove': SIGNED_IN,
  'GET /api/users': somewhere('see_access'),
  'POST /api/users': somewhere('manage_users'),
  'POST /api/users/{name}': somewhere('manage_users'),
  'GET /api/tokens': SIGNED_IN,
  'POST /api/tokens': SIGNED_IN,
  'POST /api/tokens/{id}/revoke': SIGNED_IN,
  'GET /api/walls': somewhere('see_access'),
  'POST /api/walls': somewhere('manage_walls'),
  'POST /api/walls/{id}/link': somewhere('manage_walls'),
  'POST /api/walls/{id}/revoke': somewhere('manage_walls'),
  'GET /api/wall/{key}': WALL,
  'GET /api/wall/{key}/stream': WALL,
  'GET /api/access-log': somewhere('see_access'),
  'GET /api/approvals': SIGNED_IN,
  'POST /api/approvals/{id}/approve': somewhere('approve'),
  'POST /api/approvals/{id}/decline': somewhere('approve'),
  'POST /api/approvals/{id}/withdraw': SIGNED_IN,
  'GET /api/clusters': SIGNED_IN,
  'GET /api/stream': SIGNED_IN,
  'GET /api/events': SIGNED_IN,
  'GET /api/audit': SIGNED_IN,
  'GET /api/alerts': SIGNED_IN,
  'POST /api/alerts/{id}/acknowledge': somewhere('acknowledge'),
  'POST /api/silences': somewhere('silence'),
  'POST /api/silences/{id}/end': somewhere('silence'),
  'POST /api/receivers/{name}/test': somewhere('test_receiver'),
  'GET /api/push': SIGNED_IN,
  'POST /api/push': SIGNED_IN,
  'POST /api/push/{id}': SIGNED_IN,
  'GET /api/clusters/{scope}': SEE,
  'GET /api/clusters/{scope}/history': SEE,
  'GET /api/clusters/{scope}/moment': SEE,
  'GET /api/clusters/{scope}/leadership': SEE,
  'GET /api/clusters/{scope}/incident': SEE,
  'POST /api/clusters/{scope}/notes': on('note'),
  'POST /api/clusters/{scope}/notes/{id}': on('note'),
  'GET /api/clusters/{scope}/config': SEE,
  'GET /api/clusters/{scope}/config/revisions': SEE,
  'GET /api/clusters/{scope}/settings': SEE,
  'POST /api/clusters/{scope}/preflight': SEE,
  'GET /api/clusters/{scope}/actions': SEE,
  'POST /api/clusters/{scope}/actions': { kind: 'action' },
  'POST /api/clusters/{scope}/approvals': { kind: 'action' },
  'GET /api/clusters/{scope}/actions/{id}': SEE,
} as const satisfies Readonly<Record<string, RouteAccess>>;

export type RouteKey = keyof typeof ROUTES;
