// The paths of the routes, for whoever asks: each is one of the table (routes.ts), of which only the type is imported, so that the
// browser does not load it. What stands in braces becomes an argument and is encoded here.
import type { RouteKey } from './routes';

/** `/api/clusters/{scope}` */
export type RoutePath = RouteKey extends infer K ? (K extends `${string} ${infer P}` ? P : never) : never;

/** A string for each name of the path, in its order. */
type Arguments<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? [...{ [K in N]: [text: string] }[N], ...Arguments<Rest>]
  : [];

export function pathOf<P extends RoutePath>(path: P, ...names: Arguments<P>): string {
  const given: readonly string[] = names;
  let at = 0;
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(given[at++] ?? ''));
}

const at =
  <P extends RoutePath>(path: P) =>
  (...names: Arguments<P>): string =>
    pathOf(path, ...names);

export const PATHS = {
  health: pathOf('/api/health'),
  clusters: pathOf('/api/clusters'),
  cluster: at('/api/clusters/{scope}'),
  dcs: at('/api/dcs/{source}'),
  dcsSnapshot: at('/api/dcs/{source}/snapshot'),
  dcsActions: at('/api/dcs/{source}/actions'),
  history: at('/api/clusters/{scope}/history'),
  moment: at('/api/clusters/{scope}/moment'),
  leadership: at('/api/clusters/{scope}/leadership'),
  incident: at('/api/clusters/{scope}/incident'),
  notes: at('/api/clusters/{scope}/notes'),
  runbooks: at('/api/clusters/{scope}/runbooks'),
  roster: at('/api/clusters/{scope}/roster'),
  note: at('/api/clusters/{scope}/notes/{id}'),
  config: at('/api/clusters/{scope}/config'),
  revisions: at('/api/clusters/{scope}/config/revisions'),
  activity: at('/api/clusters/{scope}/members/{name}/activity'),
  drift: at('/api/clusters/{scope}/drift'),
  fleetDrift: pathOf('/api/drift'),
  backups: at('/api/clusters/{scope}/backups'),
  reportBackups: pathOf('/api/backups'),
  settings: at('/api/clusters/{scope}/settings'),
  preflight: at('/api/clusters/{scope}/preflight'),
  actions: at('/api/clusters/{scope}/actions'),
  action: at('/api/clusters/{scope}/actions/{id}'),
  audit: pathOf('/api/audit'),
  acknowledgeRecord: pathOf('/api/audit/acknowledge'),
  events: pathOf('/api/events'),
  availability: pathOf('/api/availability'),
  alerts: pathOf('/api/alerts'),
  acknowledge: at('/api/alerts/{id}/acknowledge'),
  silences: pathOf('/api/silences'),
  endSilence: at('/api/silences/{id}/end'),
  receiverTest: at('/api/receivers/{name}/test'),
  push: pathOf('/api/push'),
  pushDevice: at('/api/push/{id}'),
  me: pathOf('/api/me'),
  signIn: pathOf('/api/sign-in'),
  words: at('/api/words/{language}/{area}'),
  signOut: pathOf('/api/me/sign-out'),
  setup: pathOf('/api/setup'),
  sessions: pathOf('/api/me/sessions'),
  endSession: at('/api/me/sessions/{id}/end'),
  password: pathOf('/api/me/password'),
  totp: pathOf('/api/me/totp'),
  confirmTotp: pathOf('/api/me/totp/confirm'),
  removeTotp: pathOf('/api/me/totp/remove'),
  passkeys: pathOf('/api/me/passkeys'),
  passkeyQuestion: pathOf('/api/me/passkeys/question'),
  removePasskey: at('/api/me/passkeys/{id}/remove'),
  signInPasskey: pathOf('/api/sign-in/passkey'),
  users: pathOf('/api/users'),
  user: at('/api/users/{name}'),
  tokens: pathOf('/api/tokens'),
  revokeToken: at('/api/tokens/{id}/revoke'),
  walls: pathOf('/api/walls'),
  wallLink: at('/api/walls/{id}/link'),
  revokeWall: at('/api/walls/{id}/revoke'),
  wall: at('/api/wall/{key}'),
  wallStream: at('/api/wall/{key}/stream'),
  approvals: pathOf('/api/approvals'),
  askApproval: at('/api/clusters/{scope}/approvals'),
  approve: at('/api/approvals/{id}/approve'),
  decline: at('/api/approvals/{id}/decline'),
  withdraw: at('/api/approvals/{id}/withdraw'),
  sources: pathOf('/api/sources'),
  lookAtSource: pathOf('/api/sources/look'),
  readSources: pathOf('/api/sources/read'),
  source: at('/api/sources/{id}'),
  removeSource: at('/api/sources/{id}/remove'),
  accessLog: pathOf('/api/access-log'),
} as const;
