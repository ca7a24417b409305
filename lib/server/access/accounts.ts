// What people do about accounts: set up the first, invite, change, disable, unlock; and about their own: password, second factor,
// sessions. Who may is decided before (gate.ts); every change stands in the journal before it is made.
import { randomBytes, randomUUID } from 'node:crypto';
import type {
  Grant,
  SessionsAnswer,
  SetupOrder,
  TotpDraft,
  UserAnswer,
  UserChange,
  UserDraft,
  UsersAnswer,
} from '../../contract/access';
import { isEverywhere, whereWords } from '../../domain/access/access';
import { joined, say, type Text } from '../../language/sentence';
import type { AuthSettings } from '../config/auth-file';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import type { AccessLog } from './access-log';
import { type Caller, EVERYTHING, isFactorDemanded } from './caller';
import type { Keys } from './keys';
import { OwnPasskeys } from './own-passkeys';
import type { Passkeys } from './passkeys';
import { hashPassword, isPassword, weakness } from './passwords';
import type { Refusals } from './refusals';
import type { Sessions } from './sessions';
import { type SignIn, SignInRefused } from './sign-in';
import { hashOf, isSame, type Tokens } from './tokens';
import { newTotpSecret, totpUri } from './totp';
import { entryOf, hasFactor, hasTotp, type User, type UserStore } from './user-store';

const INVITED_MS = 72 * 3_600_000;
const SETUP_MS = 3_600_000;
const ADMINS_MS = 15_000;

export interface AccountsDeps {
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly passkeys: Passkeys;
  readonly signIn: SignIn;
  readonly keys: Keys;
  readonly settings: AuthSettings;
  readonly log: AccessLog;
  readonly refusals: Refusals;
  readonly publicUrl: string;
  readonly now: () => number;
  /** A user was disabled: what is theirs elsewhere ends too. */
  readonly onGone: (uid: string) => void;
}

export class Accounts {
  readonly keys: OwnPasskeys;
  readonly #deps: AccountsDeps;
  #setup: { readonly hash: string; readonly until: number } | null = null;
  #admins: { readonly names: readonly string[]; readonly readAt: number } = { names: [], readAt: 0 };

  constructor(deps: AccountsDeps) {
    this.#deps = deps;
    this.keys = new OwnPasskeys(deps, {
      self: (by) => this.#self(by),
      isRight: (...about) => this.#isRight(...about),
      keepFactor: (user) => this.#keepFactor(user),
    });
  }

  // ---- the first account

  /** The link that makes the first account; null: there is an account already. Rejects with StoreAway. */
  async setupLink(): Promise<string | null> {
    if ((await this.#deps.users.count()) > 0) {
      this.#setup = null;
      return null;
    }
    const secret = randomBytes(32).toString('base64url');
    this.#setup = { hash: hashOf(secret), until: this.#deps.now() + SETUP_MS };
    return this.#link(secret, null);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#deps.users.count()) === 0;
  }

  /** The first account, or the password of one that was invited. */
  async setUp(order: SetupOrder, address: string | null): Promise<void> {
    const { users, log, now } = this.#deps;
    const hash = hashOf(order.secret);
    const invited = await users.byInvitation(hash);
    const first = this.#setup !== null && isSame(this.#setup.hash, hash) && this.#setup.until > now();
    if (invited === null && !first) throw new Refusal('refused', say`this link is not known, used or expired`);
    if (invited !== null && (invited.disabled || (invited.invitedUntil ?? 0) <= now()))
      throw new Refusal('refused', say`this link is not known, used or expired`);
    const name = invited?.name ?? order.name;
    this.#refuseName(name);
    const weak = weakness(order.password, name);
    if (weak !== null) throw new Refusal('bad_request', weak);
    const passwordHash = await hashPassword(order.password);
    if (invited !== null) {
      await log.write('setup', {
        ...{ actor: name, address, about: invited.id },
        text: say`${name} set a password by the set-up link`,
      });
      await users.setPassword(invited.id, passwordHash);
      await this.#deps.sessions.end(invited.id, null);
      return;
    }
    await log.write('setup', {
      actor: name,
      address,
      text: say`${name} made the first account, as admin of all clusters`,
    });
    const user = { ...newUser(name, EVERYTHING, now()), passwordHash };
    if (!(await users.insert(user, null, true))) throw new Refusal('conflict', say`there is already an account`);
    // Only now: what failed on the way may be tried again with the same link.
    this.#setup = null;
    this.#admins = { names: [], readAt: 0 };
  }

  // ---- of others

  async list(): Promise<UsersAnswer> {
    const { users, now } = this.#deps;
    const counts = await users.countSessions(now(), this.#idleMs());
    return { users: (await users.all()).map((user) => entryOf(user, counts.get(user.id) ?? 0, now())) };
  }

  async add(draft: UserDraft, by: Caller): Promise<UserAnswer> {
    const { users, log, now } = this.#deps;
    this.#refuseName(draft.name);
    if ((await users.byName(draft.name)) !== null)
      throw new Refusal('conflict', say`there is already a user with this name`);
    const secret = randomBytes(32).toString('base64url');
    const user: User = {
      ...newUser(draft.name, draft.grants, now()),
      invitationHash: hashOf(secret),
      invitedUntil: now() + INVITED_MS,
    };
    const text = say`${by.name} added ${user.name}: ${grantWords(user.grants)}`;
    await log.write('user_added', { actor: by.name, address: by.address, text });
    if (!(await users.insert(user, null))) throw new Refusal('conflict', say`there is already a user with this name`);
    this.#admins = { names: [], readAt: 0 };
    return { user: entryOf(user, 0, now()), link: this.#link(secret, user.name) };
  }

  async change(name: string, change: UserChange, by: Caller): Promise<UserAnswer> {
    const { users, sessions, tokens, log, now } = this.#deps;
    if (name === this.#deps.settings.breakGlass?.username && change.unlock === true) return this.#unlockGlass(name, by);
    const user = await users.byName(name);
    if (user === null) throw new Refusal('not_found', say`there is no such user`);
    if (change.removeTotp === true && user.id === by.userId) this.#keepFactor(user);
    const losesRights = change.disabled === true || (change.grants !== undefined && !isAdmin(change.grants));
    if (losesRights && isAdmin(user.grants) && !user.disabled) await this.#keepOneAdmin(user);
    if (user.kind !== 'local' && (change.resetPassword === true || change.grants !== undefined))
      throw new Refusal(
        'refused',
        user.kind === 'oidc'
          ? say`${user.name} signs in by the OpenID provider: password and roles come from there`
          : say`${user.name} signs in by the directory: password and roles come from there`,
      );
    const what = changeWords(change);
    if (what === '') throw new Refusal('bad_request', say`expected something to change`);
    const text = say`${by.name} changed ${user.name}: ${what}`;
    await log.write('user_changed', { actor: by.name, address: by.address, text, about: user.id });
    let link: string | null = null;
    if (change.grants !== undefined) await users.setGrants(user.id, change.grants);
    if (change.disabled !== undefined) await users.setDisabled(user.id, change.disabled);
    if (change.removeTotp === true) {
      await users.setTotp(user.id, null);
      await this.#deps.passkeys.remove(user.id, null);
    }
    if (change.unlock === true) await users.unlock(user.id);
    if (change.resetPassword === true) {
      const secret = randomBytes(32).toString('base64url');
      await users.invite(user.id, hashOf(secret), now() + INVITED_MS);
      link = this.#link(secret, user.name);
    }
    if (change.signOut === true || change.disabled === true || change.resetPassword === true)
      await sessions.end(user.id, null);
    if (change.disabled === true) this.#deps.onGone(user.id);
    sessions.forget(user.id);
    tokens.forget(user.id);
    this.#admins = { names: [], readAt: 0 };
    const after = (await users.byId(user.id)) ?? user;
    const open = await users.sessionsOf(user.id, now(), this.#idleMs());
    return { user: entryOf(after, open.length, now()), link };
  }

  async #unlockGlass(name: string, by: Caller): Promise<UserAnswer> {
    const { log, signIn, now } = this.#deps;
    const text = say`${by.name} changed ${name}: ${say`unlocked`}`;
    await log.write('user_changed', { actor: by.name, address: by.address, text });
    signIn.unlockBreakGlass();
    return { user: entryOf(newUser(name, EVERYTHING, now()), 0, now()), link: null };
  }

  /** Whom to ask: who may everything everywhere. Empty while nobody can be read. */
  async admins(): Promise<readonly string[]> {
    const now = this.#deps.now();
    if (Math.abs(now - this.#admins.readAt) < ADMINS_MS) return this.#admins.names;
    const users = await this.#deps.users.all().catch(() => null);
    if (users === null) return this.#admins.names;
    const names = users.filter((user) => !user.disabled && isAdmin(user.grants)).map((user) => user.name);
    this.#admins = { names: names.slice(0, 3), readAt: now };
    return this.#admins.names;
  }

  async #keepOneAdmin(user: User): Promise<void> {
    const others = (await this.#deps.users.all()).filter(
      (other) => other.id !== user.id && !other.disabled && isAdmin(other.grants) && canSignIn(other),
    );
    if (others.length === 0) throw new Refusal('refused', say`${user.name} is the last admin of all clusters`);
  }

  // ---- one's own

  async sessions(by: Caller): Promise<SessionsAnswer> {
    const { users, now } = this.#deps;
    if (by.kind === 'token')
      throw new Refusal('forbidden', say`only somebody who signed in with an account can do this`);
    const own = by.userId === null ? [] : await users.sessionsOf(by.userId, now(), this.#idleMs());
    return {
      sessions: own.map(({ id, createdAt, seenAt, agent, address }) => {
        return { id, current: id === by.sessionId, createdAt, seenAt, agent, address };
      }),
    };
  }

  /** `only` null: everywhere. Where the store is away it is told later; here it has ended. */
  async signOut(by: Caller, only: string | null): Promise<void> {
    if (by.kind !== 'user' && by.kind !== 'break_glass')
      throw new Refusal('forbidden', say`only somebody who signed in with an account can do this`);
    const { sessions, log } = this.#deps;
    if (only !== null && only !== by.sessionId && !(await this.sessions(by)).sessions.some(({ id }) => id === only))
      throw new Refusal('not_found', say`there is no such session`);
    const text = only === null ? say`${by.name} signed out everywhere` : say`${by.name} signed out`;
    await log.note('signed_out', { actor: by.name, address: by.address, text });
    if (by.kind === 'break_glass') sessions.endBreakGlass(by.sessionId ?? '');
    else
      await sessions.end(by.userId ?? '', only).catch((error: unknown) => {
        if (!(error instanceof StoreAway)) throw error;
      });
  }

  async changePassword(by: Caller, current: string, next: string): Promise<void> {
    const user = await this.#self(by);
    if (user.kind === 'ldap') throw new Refusal('refused', say`this password is kept by the directory`);
    const weak = weakness(next, user.name);
    if (weak !== null) throw new Refusal('bad_request', weak);
    if (!(await this.#isRight(user, by, 'password', () => isPassword(current, user.passwordHash))))
      throw new Refusal('refused', say`the current password is wrong`);
    const hash = await hashPassword(next);
    const text = say`${user.name} changed the password`;
    await this.#deps.log.write('password_changed', { actor: by.name, address: by.address, text, about: user.id });
    await this.#deps.users.setPassword(user.id, hash);
    // Whoever knew the old one is out; this session stays.
    for (const { id } of (await this.sessions(by)).sessions)
      if (id !== by.sessionId) await this.#deps.sessions.end(user.id, id);
  }

  async draftTotp(by: Caller): Promise<TotpDraft> {
    const user = await this.#self(by);
    if (hasTotp(user)) throw new Refusal('refused', say`a second factor is already set; remove it first`);
    const secret = newTotpSecret();
    await this.#deps.users.setTotp(user.id, `draft:${this.#deps.keys.seal(secret, user.id)}`);
    return { uri: totpUri(secret, user.name), secret };
  }

  async confirmTotp(by: Caller, code: string): Promise<void> {
    const user = await this.#self(by);
    if (user.totp === null || !user.totp.startsWith('draft:'))
      throw new Refusal('refused', say`there is no second factor to confirm`);
    await this.#refuseWrongCode(user, by, code);
    const text = say`${user.name} set a second factor`;
    await this.#deps.log.write('totp_changed', { actor: by.name, address: by.address, text, about: user.id });
    await this.#deps.users.confirmTotp(user.id, user.totp.replace(/^draft:/, ''));
    this.#deps.sessions.forget(user.id);
    this.#deps.tokens.forget(user.id);
  }

  async removeTotp(by: Caller, code: string): Promise<void> {
    const user = await this.#self(by);
    if (user.totp === null) throw new Refusal('refused', say`there is no second factor`);
    if (user.passkeys === 0) this.#keepFactor(user);
    if (hasTotp(user)) await this.#refuseWrongCode(user, by, code);
    const text = say`${user.name} removed the second factor`;
    await this.#deps.log.write('totp_changed', { actor: by.name, address: by.address, text, about: user.id });
    await this.#deps.users.setTotp(user.id, null);
    this.#deps.sessions.forget(user.id);
    this.#deps.tokens.forget(user.id);
  }

  /** Wrong passwords and codes cost here what they cost at the door, and are told as those are. */
  async #isRight(
    user: User,
    { address }: Caller,
    what: 'password' | 'code',
    ask: () => Promise<boolean>,
  ): Promise<boolean> {
    const { signIn, refusals } = this.#deps;
    const note = (why: string): Promise<void> =>
      refusals.note({ kind: 'guess', name: user.name, address, what: `account: ${why}` });
    const tried = await signIn.takeTry(user).catch(async (error: unknown) => {
      if (!(error instanceof SignInRefused)) throw error;
      await note('locked');
      throw new Refusal('refused', say`too many wrong tries; wait a little`);
    });
    if (await ask()) return true;
    await note(what);
    await signIn.noteLock(tried, user.name, { address, about: user.id });
    return false;
  }

  async #refuseWrongCode(user: User, by: Caller, code: string): Promise<void> {
    if (!(await this.#isRight(user, by, 'code', () => this.#deps.signIn.isCode(user, code, by.address))))
      throw new Refusal('refused', say`this is not the current code; check the clock of the device`);
    await this.#deps.users.unlock(user.id);
  }

  /** One's own that is demanded goes by another person only, who has looked who asks. */
  #keepFactor(user: User): void {
    if (hasFactor(user) && isFactorDemanded(this.#deps.settings.secondFactor.required, user.grants))
      throw new Refusal(
        'refused',
        say`your role demands a second factor: for another one, ask an admin to remove this`,
      );
  }

  async #self(by: Caller): Promise<User> {
    // A token must not be enough to take the account it belongs to.
    const user = by.kind === 'user' && by.userId !== null ? await this.#deps.users.byId(by.userId) : null;
    if (user === null) throw new Refusal('forbidden', say`only somebody who signed in with an account can do this`);
    if (user.kind === 'oidc') throw new Refusal('refused', say`this account is kept by the OpenID provider`);
    return user;
  }

  #refuseName(name: string): void {
    if (name.toLowerCase() === this.#deps.settings.breakGlass?.username.toLowerCase())
      throw new Refusal('conflict', say`this is the name of the break-glass account`);
  }

  /** With the name of who is invited: the page shows whose password it is. */
  #link(secret: string, name: string | null): string {
    const query = name === null ? '' : `?name=${encodeURIComponent(name)}`;
    return `${this.#deps.publicUrl}/setup${query}#${secret}`;
  }

  #idleMs(): number {
    return this.#deps.settings.idleMinutes * 60_000;
  }
}

function isAdmin(grants: readonly Grant[]): boolean {
  return grants.some((grant) => grant.role === 'admin' && isEverywhere(grant));
}

function canSignIn(user: User): boolean {
  return user.kind !== 'local' || user.passwordHash !== null;
}

function newUser(name: string, grants: readonly Grant[], now: number): User {
  return {
    id: randomUUID(),
    name,
    kind: 'local',
    passwordHash: null,
    totp: null,
    totpUsed: 0,
    passkeys: 0,
    grants,
    disabled: false,
    invitationHash: null,
    invitedUntil: null,
    failures: 0,
    lockedUntil: null,
    createdAt: now,
    lastSeenAt: null,
  };
}

/** `operator of env=prod; viewer of all clusters`, for the log. */
export function grantWords(grants: readonly Grant[]): Text {
  if (grants.length === 0) return say`no role`;
  return joined(
    grants.map((grant) => say`${grant.role} of ${whereWords(grant)}`),
    '; ',
  );
}

function changeWords(change: UserChange): Text {
  const parts = [
    change.grants === undefined ? null : say`roles now ${grantWords(change.grants)}`,
    change.disabled === undefined ? null : change.disabled ? say`disabled` : say`enabled`,
    change.resetPassword === true ? say`password reset` : null,
    change.removeTotp === true ? say`second factor removed` : null,
    change.unlock === true ? say`unlocked` : null,
    change.signOut === true ? say`signed out everywhere` : null,
  ];
  return joined(
    parts.filter((part) => part !== null),
    ', ',
  );
}
