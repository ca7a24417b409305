// Sign-in, rights, the second person, tokens and walls on the wire: requests are parsed by these schemas, answers documented. The rules
// are in domain/access. With zod: the browser imports types.
import { z } from 'zod';
import { type ApprovalPolicy, CALLER_KINDS, type CallerKind, type Grant } from '../domain/access/access';
import { LANGUAGES } from '../language/language';
import { actionRequestSchema, idempotencyKeySchema, reasonSchema } from './actions';
import { PASSWORD_MAX, PASSWORD_MIN } from './limits';
import { grantSchema, policySchema } from './rights';
import { instant, jsonObject, knownInstant, name } from './scalar';
import { shape, spoken } from './spoken';
import type { Wire } from './wire';

export type { ApprovalPolicy, CallerKind, Grant };

const labels = z.record(z.string().min(1).max(100), z.string().max(200));
const patterns = z.array(z.string().min(1).max(200)).min(1).max(100).nullable();
/** Of a person, a token, a wall: no control characters, no space at the ends. */
const title = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}+$/u, 'expected no control characters');
const userName = z
  .string()
  .max(64)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]*$/u, 'expected letters, digits, dots, dashes, underscores or @');
const password = z.string().min(1).max(1000);
/** Weakness is said in words of its own (server/access/passwords.ts): what is published here is what it asks for at least. */
const newPassword = password.meta({
  minLength: PASSWORD_MIN,
  maxLength: PASSWORD_MAX,
  description: 'none that is tried first, holds the name, or has fewer than five different characters',
});
const grants = z.array(grantSchema).max(50);

/** How many changes of one's own account are told at a sign-in. */
export const NOTICES_MAX = 10;
export const meSchema = shape({
  kind: z.enum(CALLER_KINDS),
  name: z.string().describe('as the audit names it'),
  grants: z.array(grantSchema),
  idleAt: knownInstant.describe('when the session ends without activity; null: it does not'),
  expiresAt: knownInstant.describe('when it ends at the latest; null: it does not'),
  unverifiedSince: knownInstant.describe(
    'rights as they were when the store could last be asked; null: they are current',
  ),
  totp: z.boolean(),
  passkeys: z.number().describe('how many this account has; each counts as a second factor'),
  owesFactor: z
    .boolean()
    .describe('a second factor is demanded of this role and none is set: until one is, nothing else is answered'),
  external: z.boolean().describe('signed in by the OpenID provider: there is no password here'),
  directory: z.boolean().describe('the password is that of a directory (LDAP): it is not changed here'),
  notices: z
    .array(shape({ at: instant, text: spoken, address: name }))
    .max(NOTICES_MAX)
    .describe(
      'what became of this account between the sign-in before and this one: password, factor, tokens, roles, locks; newest first',
    ),
  policies: z.array(policySchema),
  admins: z.array(z.string()).describe('whom to ask: names of admins of all clusters'),
});
export type MeAnswer = Wire<typeof meSchema>;

export const signInSchema = shape({
  open: z.boolean().describe('nobody has to sign in here'),
  local: z.boolean(),
  oidc: name.describe('name of the OpenID provider on the button; null: none'),
  passkeys: z.boolean().describe('browsers keep passkeys for this address: https, or localhost'),
  setupNeeded: z.boolean().describe('no account exists yet: the set-up link was printed where Howdah was started'),
  problem: spoken.nullable().describe('why accounts cannot be read now; null: they can'),
});
export type SignInOptions = Wire<typeof signInSchema>;

export const setupOrderSchema = shape({
  secret: z.string().min(1).max(200).describe('the part of the link after `#`'),
  name: userName.describe('ignored where the link is of an account that exists'),
  password: newPassword,
});
export type SetupOrder = Wire<typeof setupOrderSchema>;

const userEntry = shape({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'oidc', 'ldap']),
  grants: z.array(grantSchema),
  disabled: z.boolean(),
  totp: z.boolean(),
  invitedUntil: knownInstant.describe('a set-up link that nobody has used is open until then'),
  createdAt: instant,
  lastSeenAt: knownInstant,
  lockedUntil: knownInstant.describe('too many wrong passwords; null: no'),
  sessions: z.number(),
});
export type UserEntry = Wire<typeof userEntry>;
export const usersSchema = shape({ users: z.array(userEntry) });
export type UsersAnswer = Wire<typeof usersSchema>;
export const userAnswerSchema = shape({
  user: userEntry,
  link: name.describe('set-up link, shown once; null: none was made'),
});
export type UserAnswer = Wire<typeof userAnswerSchema>;
export const userDraftSchema = shape({ name: userName, grants });
export type UserDraft = Wire<typeof userDraftSchema>;
export const userChangeSchema = shape({
  grants: grants.exactOptional(),
  disabled: z.boolean().exactOptional(),
  resetPassword: z
    .boolean()
    .exactOptional()
    .describe('a new set-up link; the old password ends at once, and every session'),
  removeTotp: z.boolean().exactOptional(),
  unlock: z.boolean().exactOptional(),
  signOut: z.boolean().exactOptional().describe('ends every session'),
});
export type UserChange = Wire<typeof userChangeSchema>;

export const sessionsSchema = shape({
  sessions: z.array(
    shape({
      id: z.string(),
      current: z.boolean(),
      createdAt: instant,
      seenAt: instant,
      agent: z.string().describe("`Chrome on Linux`, from the browser's own words"),
      address: name,
    }),
  ),
});
export type SessionsAnswer = Wire<typeof sessionsSchema>;
export const signOutSchema = shape({ everywhere: z.boolean() });
export const passwordOrderSchema = shape({ current: password, next: newPassword });
export type PasswordOrder = Wire<typeof passwordOrderSchema>;
export const totpDraftSchema = shape({
  uri: z.string().describe('`otpauth://…`, for a QR code'),
  secret: z.string().describe('Base32, for typing'),
});
export type TotpDraft = Wire<typeof totpDraftSchema>;
export const totpCodeSchema = shape({ code: z.string().max(20) });

const passkeyEntry = shape({ id: z.string(), name: z.string(), createdAt: instant, lastUsedAt: knownInstant });
export type PasskeyEntry = Wire<typeof passkeyEntry>;
export const passkeysSchema = shape({ passkeys: z.array(passkeyEntry) });
export type PasskeysAnswer = Wire<typeof passkeysSchema>;
/** `new`: of a key that is to be made; `proof`: of one that this account has. */
export const passkeyQuestionSchema = shape({ for: z.enum(['new', 'proof']) });
export const passkeyOptionsSchema = shape({
  options: jsonObject.describe('for `navigator.credentials`, as JSON of WebAuthn; good once, for two minutes'),
});
export type PasskeyOptions = Wire<typeof passkeyOptionsSchema>;
/** Who changes factors proves anew who they are: by a factor where one is set, else by the password. */
const proofSchema = shape({
  password: z.string().max(1000).exactOptional(),
  code: z.string().max(20).exactOptional(),
  response: jsonObject.exactOptional().describe('of a passkey of this account, to a question for `proof`'),
});
export type Proof = Wire<typeof proofSchema>;
export const passkeyDraftSchema = shape({
  name: title,
  response: jsonObject.describe('of `navigator.credentials.create`, as JSON of WebAuthn'),
  proof: proofSchema,
});
export type PasskeyDraft = Wire<typeof passkeyDraftSchema>;
export const passkeyRemovalSchema = shape({ proof: proofSchema });

const tokenEntry = shape({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  grants: z.array(grantSchema),
  createdAt: instant,
  expiresAt: instant,
  revokedAt: knownInstant,
  lastUsedAt: knownInstant,
  lastUsedFrom: name,
});
export type TokenEntry = Wire<typeof tokenEntry>;
export const tokenAnswerSchema = shape({ token: tokenEntry });
export const tokensSchema = shape({ tokens: z.array(tokenEntry) });
export type TokensAnswer = Wire<typeof tokensSchema>;
export const tokenCreatedSchema = shape({
  token: tokenEntry,
  secret: z.string().describe('`howdah_…`, shown once'),
});
export type TokenCreated = Wire<typeof tokenCreatedSchema>;
export const tokenDraftSchema = shape({
  name: title,
  grants: grants.min(1),
  days: z.number().int().min(1).max(366),
  owner: userName.exactOptional().describe("whose it becomes, for who manages tokens; without it one's own"),
});
export type TokenDraft = Wire<typeof tokenDraftSchema>;

/** What a wall shows. */
export const wallSettings = {
  name: title,
  labels: labels.describe('clusters of these labels; empty: all'),
  scopes: patterns.describe('patterns; null: all'),
  hosts: z.boolean().describe('host names and addresses may be shown in texts'),
  theme: z.enum(['dark', 'light']),
  sound: z.boolean().describe('on a new critical'),
  language: z.enum(LANGUAGES),
};
export type WallSettings = Pick<WallDraft, keyof typeof wallSettings>;
const wallEntry = shape({
  ...wallSettings,
  id: z.string(),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: knownInstant.describe('null: until it is revoked'),
  revokedAt: knownInstant,
  lastSeenAt: knownInstant.describe('when a screen last asked with this link'),
  screens: z.number(),
});
export type WallEntry = Wire<typeof wallEntry>;
export const wallEntrySchema = shape({ wall: wallEntry });
export const wallsSchema = shape({ walls: z.array(wallEntry) });
export type WallsAnswer = Wire<typeof wallsSchema>;
export const wallCreatedSchema = shape({
  wall: wallEntry,
  link: z.string().describe('can be made again while the wall exists'),
});
export type WallCreated = Wire<typeof wallCreatedSchema>;
export const wallDraftSchema = shape({
  ...wallSettings,
  days: z.number().int().min(1).max(3660).nullable().describe('null: until it is revoked'),
});
export type WallDraft = Wire<typeof wallDraftSchema>;

const approvalSchema = shape({
  id: z.string(),
  scope: z.string(),
  request: actionRequestSchema,
  summary: spoken.describe("the preflight's sentence when it was asked"),
  verb: spoken.describe('what the button says'),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: instant,
  expiresAt: instant,
  state: z.enum(['waiting', 'approved', 'declined', 'withdrawn', 'expired']),
  decidedBy: name,
  decidedAt: knownInstant,
  words: name.describe('why it was declined; null: nobody said'),
  actionId: name.describe('the action that came of it'),
});
export type Approval = Wire<typeof approvalSchema>;
export type ApprovalState = Approval['state'];
export const approvalsSchema = shape({ approvals: z.array(approvalSchema) });
export type ApprovalsAnswer = Wire<typeof approvalsSchema>;
export const approvalAnswerSchema = shape({ approval: approvalSchema });
export type ApprovalAnswer = Wire<typeof approvalAnswerSchema>;
/** `POST /api/clusters/{scope}/roster` */
export const takeOutSchema = shape({
  member: name.describe('who was taken out of it; null: the whole cluster was removed'),
  reason: reasonSchema,
});
export type TakeOut = Wire<typeof takeOutSchema>;
export const approvalDraftSchema = shape({ request: actionRequestSchema, reason: reasonSchema });
export type ApprovalDraft = Wire<typeof approvalDraftSchema>;
export const approveOrderSchema = shape({
  token: z.string().max(100_000).describe("of the approver's own preflight"),
  confirmation: z.string().max(1000).nullable(),
  idempotencyKey: idempotencyKeySchema,
});
export type ApproveOrder = Wire<typeof approveOrderSchema>;
export const declineOrderSchema = shape({ words: z.string().trim().max(2000).nullable() });

export const ACCESS_EVENTS = [
  'signed_in',
  'sign_in_failed',
  'locked_out',
  'guesses',
  'refusals',
  'signed_out',
  'break_glass_sign_in',
  'break_glass_action',
  'setup',
  'user_added',
  'user_changed',
  'password_changed',
  'totp_changed',
  'passkey_changed',
  'token_created',
  'token_revoked',
  'wall_created',
  'wall_revoked',
  'approval_asked',
  'approval_approved',
  'approval_declined',
  'approval_withdrawn',
  'member_taken_out',
  'cluster_removed',
  'dcs_begun',
  'dcs_ended',
  'source_added',
  'source_changed',
  'source_removed',
  'sources_read',
  'record_broken',
  'record_acknowledged',
  'record_behind',
  'record_retired',
] as const;

const accessEvent = shape({
  id: z.string(),
  at: instant,
  kind: z.enum(ACCESS_EVENTS),
  actor: z.string().describe('who did it; for `sign_in_failed` the name that was tried, cut'),
  address: name,
  text: spoken,
  scope: name,
});
export type AccessEvent = Wire<typeof accessEvent>;
export type AccessEventKind = AccessEvent['kind'];
/** `GET /api/access-log` */
export const accessLogSchema = shape({
  events: z.array(accessEvent),
  next: name.describe('pass as `before` for the next page; null: this was the last'),
});
export type AccessLogAnswer = Wire<typeof accessLogSchema>;
