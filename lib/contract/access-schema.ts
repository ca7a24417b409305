// Schemas of what access.ts describes: requests are parsed by them, answers are documented by them. Server side only.

import { z } from 'zod';
import { LANGUAGES } from '../language/language';
import type {
  AccessLogAnswer,
  Approval,
  ApprovalAnswer,
  ApprovalDraft,
  ApprovalsAnswer,
  ApproveOrder,
  DeclineOrder,
  MeAnswer,
  PasswordOrder,
  SessionsAnswer,
  SetupOrder,
  SignInOptions,
  TokenCreated,
  TokenDraft,
  TokensAnswer,
  TotpCode,
  TotpDraft,
  UserAnswer,
  UserChange,
  UserDraft,
  UsersAnswer,
  WallCreated,
  WallDraft,
  WallsAnswer,
} from './access';
import { ACCESS_EVENTS, APPROVAL_STATES } from './access';
import { grantSchema, policySchema } from './access-words';
import { actionRequestSchema, idempotencyKeySchema } from './action-schema';
import { type Frozen, instant, name, type Same } from './schema';

const knownInstant = instant.nullable();
const callerKind = z.enum(['open', 'user', 'token', 'local', 'break_glass']);
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
const grants = z.array(grantSchema).max(50);

export const meSchema = z.strictObject({
  kind: callerKind,
  name: z.string(),
  grants: z.array(grantSchema),
  idleAt: knownInstant,
  expiresAt: knownInstant,
  unverifiedSince: knownInstant,
  totp: z.boolean(),
  external: z.boolean(),
  policies: z.array(policySchema),
  admins: z.array(z.string()),
});

export const signInSchema = z.strictObject({
  open: z.boolean(),
  local: z.boolean(),
  oidc: name,
  setupNeeded: z.boolean(),
  problem: name,
});

export const setupOrderSchema = z.strictObject({ secret: z.string().min(1).max(200), name: userName, password });

const userEntry = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['local', 'oidc']),
  grants: z.array(grantSchema),
  disabled: z.boolean(),
  totp: z.boolean(),
  invitedUntil: knownInstant,
  createdAt: instant,
  lastSeenAt: knownInstant,
  lockedUntil: knownInstant,
  sessions: z.number(),
});
export const usersSchema = z.strictObject({ users: z.array(userEntry) });
export const userAnswerSchema = z.strictObject({ user: userEntry, link: name });
export const userDraftSchema = z.strictObject({ name: userName, grants });
export const userChangeSchema = z.strictObject({
  grants: grants.exactOptional(),
  disabled: z.boolean().exactOptional(),
  resetPassword: z.boolean().exactOptional(),
  removeTotp: z.boolean().exactOptional(),
  unlock: z.boolean().exactOptional(),
  signOut: z.boolean().exactOptional(),
});

export const okSchema = z.strictObject({ ok: z.literal(true) });
export const sessionsSchema = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      current: z.boolean(),
      createdAt: instant,
      seenAt: instant,
      agent: z.string(),
      address: name,
    }),
  ),
});
export const signOutSchema = z.strictObject({ everywhere: z.boolean() });
export const passwordOrderSchema = z.strictObject({ current: password, next: password });
export const totpDraftSchema = z.strictObject({ uri: z.string(), secret: z.string() });
export const totpCodeSchema = z.strictObject({ code: z.string().max(20) });

const tokenEntry = z.strictObject({
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
export const tokenAnswerSchema = z.strictObject({ token: tokenEntry });
export const tokensSchema = z.strictObject({ tokens: z.array(tokenEntry) });
export const tokenCreatedSchema = z.strictObject({ token: tokenEntry, secret: z.string() });
export const tokenDraftSchema = z.strictObject({
  name: title,
  grants: grants.min(1),
  days: z.number().int().min(1).max(366),
  owner: userName.exactOptional(),
});

const wallSettings = {
  name: title,
  labels,
  scopes: patterns,
  hosts: z.boolean(),
  theme: z.enum(['dark', 'light']),
  sound: z.boolean(),
  language: z.enum(LANGUAGES),
};
const wallEntry = z.strictObject({
  ...wallSettings,
  id: z.string(),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: knownInstant,
  revokedAt: knownInstant,
  lastSeenAt: knownInstant,
  screens: z.number(),
});
export const wallEntrySchema = z.strictObject({ wall: wallEntry });
export const wallsSchema = z.strictObject({ walls: z.array(wallEntry) });
export const wallCreatedSchema = z.strictObject({ wall: wallEntry, link: z.string() });
export const wallDraftSchema = z.strictObject({ ...wallSettings, days: z.number().int().min(1).max(3660).nullable() });

const approvalSchema = z.strictObject({
  id: z.string(),
  scope: z.string(),
  request: actionRequestSchema,
  summary: z.string(),
  verb: z.string(),
  reason: z.string(),
  askedBy: z.string(),
  askedAt: instant,
  expiresAt: instant,
  state: z.enum(APPROVAL_STATES),
  decidedBy: name,
  decidedAt: knownInstant,
  words: name,
  actionId: name,
});
export const approvalsSchema = z.strictObject({ approvals: z.array(approvalSchema) });
export const approvalAnswerSchema = z.strictObject({ approval: approvalSchema });
export const approvalDraftSchema = z.strictObject({ request: actionRequestSchema, reason: z.string().max(4000) });
export const approveOrderSchema = z.strictObject({
  token: z.string().max(100_000),
  confirmation: z.string().max(1000).nullable(),
  idempotencyKey: idempotencyKeySchema,
});
export const declineOrderSchema = z.strictObject({ words: z.string().trim().max(2000).nullable() });

export const accessLogSchema = z.strictObject({
  events: z.array(
    z.strictObject({
      id: z.string(),
      at: instant,
      kind: z.enum(ACCESS_EVENTS),
      actor: z.string(),
      address: name,
      text: z.string(),
      scope: name,
    }),
  ),
  next: name,
});

/** Compile-time proof that schema and type say the same, in both directions. */
export const ACCESS_SCHEMAS_MATCH: readonly [
  Same<Frozen<z.infer<typeof meSchema>>, Frozen<MeAnswer>>,
  Same<Frozen<z.infer<typeof signInSchema>>, Frozen<SignInOptions>>,
  Same<Frozen<z.infer<typeof setupOrderSchema>>, Frozen<SetupOrder>>,
  Same<Frozen<z.infer<typeof usersSchema>>, Frozen<UsersAnswer>>,
  Same<Frozen<z.infer<typeof userAnswerSchema>>, Frozen<UserAnswer>>,
  Same<Frozen<z.infer<typeof userDraftSchema>>, Frozen<UserDraft>>,
  Same<Frozen<z.infer<typeof userChangeSchema>>, Frozen<UserChange>>,
  Same<Frozen<z.infer<typeof sessionsSchema>>, Frozen<SessionsAnswer>>,
  Same<Frozen<z.infer<typeof passwordOrderSchema>>, Frozen<PasswordOrder>>,
  Same<Frozen<z.infer<typeof totpDraftSchema>>, Frozen<TotpDraft>>,
  Same<Frozen<z.infer<typeof totpCodeSchema>>, Frozen<TotpCode>>,
  Same<Frozen<z.infer<typeof tokensSchema>>, Frozen<TokensAnswer>>,
  Same<Frozen<z.infer<typeof tokenCreatedSchema>>, Frozen<TokenCreated>>,
  Same<Frozen<z.infer<typeof tokenDraftSchema>>, Frozen<TokenDraft>>,
  Same<Frozen<z.infer<typeof wallsSchema>>, Frozen<WallsAnswer>>,
  Same<Frozen<z.infer<typeof wallCreatedSchema>>, Frozen<WallCreated>>,
  Same<Frozen<z.infer<typeof wallDraftSchema>>, Frozen<WallDraft>>,
  Same<Frozen<z.infer<typeof approvalSchema>>, Frozen<Approval>>,
  Same<Frozen<z.infer<typeof approvalsSchema>>, Frozen<ApprovalsAnswer>>,
  Same<Frozen<z.infer<typeof approvalAnswerSchema>>, Frozen<ApprovalAnswer>>,
  Same<Frozen<z.infer<typeof approvalDraftSchema>>, Frozen<ApprovalDraft>>,
  Same<Frozen<z.infer<typeof approveOrderSchema>>, Frozen<ApproveOrder>>,
  Same<Frozen<z.infer<typeof declineOrderSchema>>, Frozen<DeclineOrder>>,
  Same<Frozen<z.infer<typeof accessLogSchema>>, Frozen<AccessLogAnswer>>,
] = [
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
  true,
];
