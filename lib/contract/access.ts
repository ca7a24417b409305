// What crosses the wire for sign-in, rights, the second person, tokens and walls. Rules are in domain/access.

import type { ApprovalPolicy, CallerKind, Grant } from '../domain/access/access';
import type { ActionRequest } from '../domain/actions/action';
import type { Language } from '../language/language';
import type { Text } from '../language/sentence';

export type { ApprovalPolicy, CallerKind, Grant };

/** `GET /api/me`. 401 `not_signed_in` without a session or token. */
export interface MeAnswer {
  readonly kind: CallerKind;
  /** As the audit names it. */
  readonly name: string;
  readonly grants: readonly Grant[];
  /** When the session ends without activity, and at the latest; null: it does not. */
  readonly idleAt: number | null;
  readonly expiresAt: number | null;
  /** Rights as they were when the store could last be asked; null: they are current. */
  readonly unverifiedSince: number | null;
  readonly totp: boolean;
  /** Signed in by the OpenID provider: there is no password here. */
  readonly external: boolean;
  readonly policies: readonly ApprovalPolicy[];
  /** Whom to ask: names of admins of all clusters. */
  readonly admins: readonly string[];
}

/** `GET /api/sign-in`: what the sign-in page offers. Public. */
export interface SignInOptions {
  /** Nobody has to sign in here. */
  readonly open: boolean;
  readonly local: boolean;
  /** Name of the OpenID provider on the button; null: none. */
  readonly oidc: string | null;
  /** No account exists yet: the set-up link was printed where Howdah was started. */
  readonly setupNeeded: boolean;
  /** Why accounts cannot be read now; null: they can. */
  readonly problem: Text | null;
}

/** Body of `POST /api/setup`: the first account, or one that was invited. `secret` is the part of the link after `#`. */
export interface SetupOrder {
  readonly secret: string;
  /** Ignored where the link is of an account that exists. */
  readonly name: string;
  readonly password: string;
}

export interface UserEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: 'local' | 'oidc';
  readonly grants: readonly Grant[];
  readonly disabled: boolean;
  readonly totp: boolean;
  /** A set-up link that nobody has used is open until then. */
  readonly invitedUntil: number | null;
  readonly createdAt: number;
  readonly lastSeenAt: number | null;
  /** Too many wrong passwords; null: no. */
  readonly lockedUntil: number | null;
  readonly sessions: number;
}

export interface UsersAnswer {
  readonly users: readonly UserEntry[];
}

/** Body of `POST /api/users`. The answer has the set-up link, shown once. */
export interface UserDraft {
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Body of `POST /api/users/{name}`: what is given is changed. */
export interface UserChange {
  readonly grants?: readonly Grant[];
  readonly disabled?: boolean;
  /** A new set-up link; the old password ends at once, and every session. */
  readonly resetPassword?: boolean;
  readonly removeTotp?: boolean;
  readonly unlock?: boolean;
  /** Ends every session. */
  readonly signOut?: boolean;
}

export interface UserAnswer {
  readonly user: UserEntry;
  /** Shown once; null: none was made. */
  readonly link: string | null;
}

export interface SessionEntry {
  readonly id: string;
  readonly current: boolean;
  readonly createdAt: number;
  readonly seenAt: number;
  /** `Chrome on Linux`, from the browser's own words. */
  readonly agent: string;
  readonly address: string | null;
}

export interface SessionsAnswer {
  readonly sessions: readonly SessionEntry[];
}

/** Body of `POST /api/me/password`. */
export interface PasswordOrder {
  readonly current: string;
  readonly next: string;
}

/** Answer of `POST /api/me/totp`: to be shown once, and confirmed with a code before it counts. */
export interface TotpDraft {
  /** `otpauth://…`, for a QR code. */
  readonly uri: string;
  /** Base32, for typing. */
  readonly secret: string;
}

/** Body of `POST /api/me/totp/confirm` and `/remove`. */
export interface TotpCode {
  readonly code: string;
}

export interface TokenEntry {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly grants: readonly Grant[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
  readonly lastUsedFrom: string | null;
}

/** `GET /api/tokens`: one's own; of everybody for who may manage them. */
export interface TokensAnswer {
  readonly tokens: readonly TokenEntry[];
}

/** Body of `POST /api/tokens`. Grants are narrowed to the owner's at each use. */
export interface TokenDraft {
  readonly name: string;
  readonly grants: readonly Grant[];
  /** 1 to 366. */
  readonly days: number;
  /** Whose it becomes; for who manages tokens. Without it one's own. */
  readonly owner?: string;
}

export interface TokenCreated {
  readonly token: TokenEntry;
  /** `howdah_…`, shown once. */
  readonly secret: string;
}

/** What a wall shows. */
export interface WallSettings {
  readonly name: string;
  /** Clusters of these labels; empty: all. */
  readonly labels: Readonly<Record<string, string>>;
  /** Patterns; null: all. */
  readonly scopes: readonly string[] | null;
  /** Host names and addresses may be shown in texts. */
  readonly hosts: boolean;
  readonly theme: 'dark' | 'light';
  /** On a new critical. */
  readonly sound: boolean;
  readonly language: Language;
}

export interface WallEntry extends WallSettings {
  readonly id: string;
  readonly createdBy: string;
  readonly createdAt: number;
  /** null: until it is revoked. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** When a screen last asked with this link. */
  readonly lastSeenAt: number | null;
  readonly screens: number;
}

export interface WallsAnswer {
  readonly walls: readonly WallEntry[];
}

/** Body of `POST /api/walls`. */
export interface WallDraft extends WallSettings {
  /** null: until it is revoked. */
  readonly days: number | null;
}

export interface WallCreated {
  readonly wall: WallEntry;
  /** `https://…/wall/<key>`. Can be made again by an admin while the wall exists: it is signed, not kept. */
  readonly link: string;
}

// ---- the second person

export const APPROVAL_STATES = ['waiting', 'approved', 'declined', 'withdrawn', 'expired'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export interface Approval {
  readonly id: string;
  readonly scope: string;
  readonly request: ActionRequest;
  /** The preflight's sentence when it was asked. */
  readonly summary: Text;
  /** What the button says: `Fail over to n2`. */
  readonly verb: Text;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: number;
  readonly expiresAt: number;
  readonly state: ApprovalState;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  /** Why it was declined; null: nobody said. */
  readonly words: string | null;
  /** The action that came of it. */
  readonly actionId: string | null;
}

/** `GET /api/approvals?scope`: those that wait, soonest end first, then those decided in the last 24 h. */
export interface ApprovalsAnswer {
  readonly approvals: readonly Approval[];
}

/** Body of `POST /api/clusters/{scope}/approvals`: asks for a second person. */
export interface ApprovalDraft {
  readonly request: ActionRequest;
  readonly reason: string;
}

/** Body of `POST /api/approvals/{id}/approve`: runs it. The token is of the approver's own preflight. */
export interface ApproveOrder {
  readonly token: string;
  readonly confirmation: string | null;
  readonly idempotencyKey: string;
}

/** Body of `POST /api/approvals/{id}/decline` and `/withdraw`. */
export interface DeclineOrder {
  readonly words: string | null;
}

export interface ApprovalAnswer {
  readonly approval: Approval;
}

// ---- what happened at the door

export const ACCESS_EVENTS = [
  'signed_in',
  'sign_in_failed',
  'locked_out',
  'signed_out',
  'break_glass_sign_in',
  'break_glass_action',
  'setup',
  'user_added',
  'user_changed',
  'password_changed',
  'totp_changed',
  'token_created',
  'token_revoked',
  'wall_created',
  'wall_revoked',
  'approval_asked',
  'approval_approved',
  'approval_declined',
  'approval_withdrawn',
] as const;
export type AccessEventKind = (typeof ACCESS_EVENTS)[number];

export interface AccessEvent {
  readonly id: string;
  readonly at: number;
  readonly kind: AccessEventKind;
  /** Who did it; for `sign_in_failed` the name that was tried, cut. */
  readonly actor: string;
  readonly address: string | null;
  /** One sentence. */
  readonly text: Text;
  readonly scope: string | null;
}

/** `GET /api/access-log?limit&before`, newest first. */
export interface AccessLogAnswer {
  readonly events: readonly AccessEvent[];
  readonly next: string | null;
}
