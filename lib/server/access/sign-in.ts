// Signing in: name and password with a second factor where one is set, here or in the directory, the OpenID provider, the account for
// breaking the glass.
// Wrong passwords cost time that doubles; the same answer comes for a name that nobody has. The reason of a refusal is a short code
// that the sign-in page words.

import { randomUUID } from 'node:crypto';
import { say, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import type { AuthSettings } from '../config/auth-file';
import { log } from '../log';
import { StoreAway } from '../store/driver';
import type { AccessLog, AccessNote } from './access-log';
import { EVERYTHING } from './caller';
import { type Directory, DirectoryAway, type Person } from './directory';
import type { Keys } from './keys';
import type { Bound, Passkeys } from './passkeys';
import { isPassword } from './passwords';
import type { Refusals } from './refusals';
import type { SessionClaims, Sessions } from './sessions';
import { stepOf } from './totp';
import { hasFactor, hasTotp, type User, type UserStore } from './user-store';

export interface Attempt {
  readonly name: string;
  readonly password: string;
  readonly code: string;
  /** Of an authenticator, and for which browser it was asked; null: none was sent. */
  readonly passkey?: { readonly response: unknown; readonly bound: Bound } | null;
  readonly address: string | null;
  readonly agent: string;
}

/** `code` of the sign-in page: credentials, code, locked:<epoch ms>, store, directory, disabled, no_role, oidc_no_role,
 * passkey (one is asked for), passkey_unknown. */
export class SignInRefused extends SpokenError {
  override readonly name = 'SignInRefused';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export interface OidcProfile {
  readonly subject: string;
  readonly name: string;
  readonly groups: readonly string[];
}

const FREE_TRIES = 5;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 15 * 60_000;
const STRANGERS = 2000;

export class SignIn {
  readonly #users: UserStore;
  readonly #sessions: Sessions;
  readonly #keys: Keys;
  readonly #settings: AuthSettings;
  readonly #log: AccessLog;
  readonly #refusals: Refusals;
  readonly #now: () => number;
  readonly #directory: Directory | null;
  readonly #passkeys: Passkeys;
  readonly #onRights: (uid: string) => void;
  /** Names that nobody has, so that they are locked like those that somebody has. */
  readonly #strangers = new Map<string, Try>();
  /** Of the break-glass account, by address. */
  readonly #glass = new Map<string, Try>();

  constructor(deps: {
    readonly users: UserStore;
    readonly sessions: Sessions;
    readonly keys: Keys;
    readonly settings: AuthSettings;
    readonly log: AccessLog;
    readonly refusals: Refusals;
    readonly now: () => number;
    readonly passkeys: Passkeys;
    /** null: none is configured. */
    readonly directory: Directory | null;
    /** The rights of this user are others now. */
    readonly onRights: (uid: string) => void;
  }) {
    this.#users = deps.users;
    this.#sessions = deps.sessions;
    this.#keys = deps.keys;
    this.#settings = deps.settings;
    this.#log = deps.log;
    this.#refusals = deps.refusals;
    this.#now = deps.now;
    this.#directory = deps.directory;
    this.#passkeys = deps.passkeys;
    this.#onRights = deps.onRights;
  }

  /** Rejects with SignInRefused. */
  async withPassword(attempt: Attempt): Promise<SessionClaims> {
    try {
      return await this.#byPassword(attempt);
    } catch (error) {
      if (error instanceof SignInRefused && isGuess(error, attempt)) {
        const [word = ''] = error.code.split(':');
        const name = await this.#nameOf(attempt.name);
        await this.#refusals.note({ kind: 'guess', name, address: attempt.address, what: `sign-in: ${word}` });
      }
      throw error;
    }
  }

  /** As the account has it; null: nobody has it, or it cannot be looked up now. */
  async #nameOf(tried: string): Promise<string | null> {
    if (tried === this.#settings.breakGlass?.username) return tried;
    const user = await this.#users.byName(tried).catch(() => null);
    return user?.name ?? null;
  }

  async #byPassword(attempt: Attempt): Promise<SessionClaims> {
    if (attempt.name === this.#settings.breakGlass?.username) return this.#breakGlass(attempt);
    try {
      if (attempt.password === '' && attempt.passkey != null) return await this.#byPasskey(attempt);
      const user = await this.#users.byName(attempt.name);
      return await this.#asUser(user, attempt);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      throw new SignInRefused('store');
    }
  }

  /** Without a name and a password: the key says whose it is, and has verified them. Nothing here can be guessed, so no name is locked. */
  async #byPasskey(attempt: Attempt): Promise<SessionClaims> {
    const user = await this.#ownerOf(attempt);
    if (user === null) {
      await this.#refused({ ...attempt, name: '?' }, say`a sign-in by a passkey failed`);
      throw new SignInRefused('passkey_unknown');
    }
    if (user.disabled) {
      await this.#refused(attempt, say`a sign-in as ${user.name} was refused: the account is disabled`);
      throw new SignInRefused('disabled');
    }
    // The directory has taken it: only a password tells it that they are back.
    if (user.kind === 'ldap' && user.grants.length === 0) throw new SignInRefused('no_role');
    const claims = await this.#sessions.begin(user, attempt);
    const text = say`${user.name} signed in by a passkey`;
    await this.#log.note('signed_in', { ...about(attempt), actor: user.name, text });
    return claims;
  }

  async #ownerOf({ passkey }: Pick<Attempt, 'passkey'>): Promise<User | null> {
    const signed = passkey == null ? null : await this.#passkeys.verify(passkey.response, passkey.bound);
    const user = signed === null ? null : await this.#users.byId(signed.userId);
    return user?.kind === 'oidc' ? null : user;
  }

  /** Of whom has no factor yet, or a password here. Rejects with DirectoryAway. */
  async isOwnPassword(user: User, password: string): Promise<boolean> {
    if (user.kind === 'local') return isPassword(password, user.passwordHash);
    let isOwn = false;
    const found = await this.#directory?.signIn(user.name, password, async (subject) => {
      isOwn = (await this.#users.bySubject(subject))?.id === user.id;
    });
    return isOwn && found != null;
  }

  async #asUser(user: User | null, attempt: Attempt): Promise<SessionClaims> {
    const tried = user === null ? this.#takeStranger(attempt.name) : await this.takeTry(user);
    const hash = user?.kind === 'local' ? user.passwordHash : null;
    const good = await isPassword(attempt.password, hash);
    // A name that an account of Howdah has is that account's, whatever the directory knows of it.
    if (user?.kind !== 'local' && this.#directory !== null)
      return this.#asPerson(this.#directory, { named: user, tried }, attempt);
    if (!good || user === null) return this.#fail(tried, attempt, 'credentials', user);
    return this.#withFactor(user, tried, attempt);
  }

  /** The password of `user` was right. */
  async #withFactor(user: User, tried: Try, attempt: Attempt): Promise<SessionClaims> {
    if (user.disabled) {
      await this.#users.giveBack(user.id);
      await this.#refused(attempt, say`a sign-in as ${user.name} was refused: the account is disabled`);
      throw new SignInRefused('disabled');
    }
    if (hasFactor(user) && attempt.passkey != null) {
      if ((await this.#ownerOf(attempt))?.id !== user.id) return this.#fail(tried, attempt, 'passkey_unknown', user);
    } else if (hasFactor(user)) {
      // Asking for the code says that the password was right; a wrong one counts like a wrong password.
      if (attempt.code.trim() === '') {
        await this.#users.giveBack(user.id);
        throw new SignInRefused(hasTotp(user) ? 'code' : 'passkey');
      }
      if (!(await this.isCode(user, attempt.code, attempt.address))) return this.#fail(tried, attempt, 'code', user);
    }
    await this.#users.unlock(user.id);
    const claims = await this.#sessions.begin(user, attempt);
    await this.#log.note('signed_in', { ...about(attempt), actor: user.name, text: say`${user.name} signed in` });
    return claims;
  }

  async #asPerson(
    directory: Directory,
    { named, tried }: { readonly named: User | null; readonly tried: Try },
    attempt: Attempt,
  ): Promise<SessionClaims> {
    const [strange, asked] = [attempt.name.toLowerCase(), { user: named, tried, key: '' }];
    const giveAllBack = async (): Promise<void> => {
      for (const user of new Set([named, asked.user])) if (user !== null) await this.#users.giveBack(user.id);
      for (const key of [strange, asked.key]) giveBack(this.#strangers, key);
    };
    let person: Person | null;
    try {
      person = await directory.signIn(attempt.name, attempt.password, async (subject) => {
        // By whatever name of theirs somebody is tried: there are no more tries than by one.
        asked.user = await this.#users.bySubject(subject);
        asked.key = subject;
        if (asked.user === null) asked.tried = this.#takeStranger(subject);
        else if (asked.user.id !== named?.id) asked.tried = await this.takeTry(asked.user);
      });
    } catch (error) {
      if (!(error instanceof DirectoryAway)) throw error;
      await giveAllBack();
      log.warn({ err: error }, 'the directory could not be asked');
      throw new SignInRefused('directory');
    }
    if (person === null) return this.#fail(asked.tried, attempt, 'credentials', asked.user);
    const { subject, name, grants } = person;
    if (grants.length === 0) {
      await giveAllBack();
      await this.#refused(attempt, say`a sign-in as ${name} was refused: no group has a role`);
      if (asked.user !== null) await this.withdraw(asked.user);
      throw new SignInRefused('no_role');
    }
    const user = asked.user ?? (await this.#newUser('ldap', name, subject, 'ldap'));
    await this.#users.setGrants(user.id, grants);
    this.#sessions.forget(user.id);
    this.#onRights(user.id);
    // The name as it was typed has no row of its own, or not this one.
    if (named !== null && named.id !== user.id) await this.#users.giveBack(named.id);
    for (const key of [strange, subject]) this.#strangers.delete(key);
    return this.#withFactor({ ...user, grants }, asked.tried, attempt);
  }

  /** Role, sessions, and the tokens with them, of somebody whom provider or directory no longer vouches for. */
  async withdraw(user: User): Promise<void> {
    await this.#users.setGrants(user.id, []);
    await this.#sessions.end(user.id, null);
    this.#onRights(user.id);
  }

  /** The next try of a password or code. Rejects with SignInRefused where the name is locked. */
  async takeTry(user: User): Promise<Try> {
    const limits = { free: FREE_TRIES, firstMs: FIRST_LOCK_MS, longestMs: LONGEST_LOCK_MS };
    const taken = await this.#users.takeTry(user.id, { now: this.#now(), ...limits });
    if (taken !== null) return taken;
    throw new SignInRefused(`locked:${(await this.#users.byId(user.id))?.lockedUntil ?? this.#now()}`);
  }

  /** The lock of the break-glass account, which no row has. */
  unlockBreakGlass(): void {
    this.#glass.clear();
  }

  /** A code of now that was not used before; it is used by this. */
  async isCode(user: User, code: string, address: string | null): Promise<boolean> {
    const secret = user.totp === null ? null : this.#keys.unseal(user.totp.replace(/^draft:/, ''), user.id);
    const step = secret === null ? null : stepOf(secret.text, code, this.#now());
    if (secret === null || step === null) return false;
    if (!(await this.#users.takeTotp(user.id, step))) {
      // Somebody may have read it over a shoulder.
      const text = say`a code of ${user.name} that was used already came a second time`;
      await this.#log.note('sign_in_failed', { actor: user.name, address, text, about: user.id });
      return false;
    }
    // Sealed by an older secret: from now on by the newest, so that the old one can go.
    if (!secret.isCurrent)
      await this.#users.confirmTotp(user.id, this.#sealed(user, secret.text)).catch(() => undefined);
    return true;
  }

  #sealed(user: User, secret: string): string {
    const draft = user.totp?.startsWith('draft:') === true ? 'draft:' : '';
    return `${draft}${this.#keys.seal(secret, user.id)}`;
  }

  async #fail(tried: Try, attempt: Attempt, why = 'credentials', user: User | null = null): Promise<never> {
    const name = attempt.name.slice(0, 64);
    await this.#refused(attempt, say`a sign-in as ${name} failed`);
    await this.noteLock(tried, name, { ...about(attempt), ...(user === null ? {} : { about: user.id }) });
    throw new SignInRefused(tried.lockedUntil === null ? why : `locked:${tried.lockedUntil}`);
  }

  /** Says so where this try has locked the name. */
  async noteLock(
    { failures, lockedUntil }: Try,
    name: string,
    of: Pick<AccessNote, 'address' | 'about'>,
  ): Promise<void> {
    if (lockedUntil === null) return;
    const seconds = Math.round((lockedUntil - this.#now()) / 1000);
    const text = say`${name} is locked for ${seconds} s after ${failures} wrong tries`;
    await this.#log.note('locked_out', { ...of, actor: name, text });
  }

  async #refused(attempt: Pick<Attempt, 'name' | 'address'>, text: Text): Promise<void> {
    await this.#log.note('sign_in_failed', { ...about(attempt), actor: attempt.name.slice(0, 64), text });
  }

  /** Works whether or not the store does: it is for the night in which nothing else does. */
  async #breakGlass(attempt: Attempt): Promise<SessionClaims> {
    // By address: whoever knows the name must not lock out the one who needs it.
    const tried = take(this.#glass, attempt.address ?? '', this.#now());
    const hash = this.#settings.breakGlass?.passwordHash.reveal().trim() ?? null;
    if (!(await isPassword(attempt.password, hash))) return this.#fail(tried, attempt);
    this.#glass.delete(attempt.address ?? '');
    const text = say`the break-glass account ${attempt.name} signed in`;
    log.warn({ address: attempt.address }, 'the break-glass account signed in');
    await this.#log.note('break_glass_sign_in', { ...about(attempt), actor: attempt.name, text });
    return this.#sessions.beginBreakGlass(attempt.name, EVERYTHING);
  }

  /** The account of an OpenID subject, made at the first time; its rights are those of its groups at each sign-in. */
  async withOidc(profile: OidcProfile, from: Pick<Attempt, 'address' | 'agent'>): Promise<SessionClaims> {
    const grants = this.grantsOf(profile);
    const subject = `${this.#settings.oidc?.issuer}#${profile.subject}`;
    try {
      if (grants.length === 0) return await this.#withoutRole(profile, subject, from);
      const user = (await this.#users.bySubject(subject)) ?? (await this.#newOidcUser(profile, subject));
      if (user.disabled) throw new SignInRefused('disabled');
      await this.#users.setGrants(user.id, grants);
      const claims = await this.#sessions.begin({ ...user, grants }, from);
      this.#sessions.forget(user.id);
      this.#onRights(user.id);
      await this.#log.note('signed_in', {
        ...about(from),
        actor: user.name,
        text: say`${user.name} signed in by the OpenID provider`,
      });
      return claims;
    } catch (error) {
      if (error instanceof StoreAway) throw new SignInRefused('store');
      throw error;
    }
  }

  /** Whoever lost every group loses what they have: the role, the sessions, and their tokens with it. */
  async #withoutRole(profile: OidcProfile, subject: string, from: Pick<Attempt, 'address'>): Promise<never> {
    const known = await this.#users.bySubject(subject);
    if (known !== null) await this.withdraw(known);
    await this.#refused(
      { name: profile.name, ...from },
      say`a sign-in as ${profile.name} was refused: no group has a role`,
    );
    throw new SignInRefused('oidc_no_role');
  }

  grantsOf({ groups }: OidcProfile) {
    const roles = this.#settings.oidc?.roles ?? [];
    return roles
      .filter(({ group }) => groups.includes(group))
      .map(({ role, scopes, labels }) => ({ role, scopes, labels }));
  }

  #newOidcUser(profile: OidcProfile, subject: string): Promise<User> {
    const host = URL.parse(this.#settings.oidc?.issuer ?? '')?.host ?? 'oidc';
    return this.#newUser('oidc', profile.name, subject, host);
  }

  /** A name that somebody else has gets `host`: two persons are never one in the audit. */
  async #newUser(kind: 'oidc' | 'ldap', wish: string, subject: string, host: string): Promise<User> {
    for (const name of [wish, `${wish}@${host}`, `${wish}@${host}#${subject.replace(/^.*#/, '')}`]) {
      const user: User = {
        id: randomUUID(),
        name: name.slice(0, 200),
        kind,
        passwordHash: null,
        totp: null,
        totpUsed: 0,
        passkeys: 0,
        grants: [],
        disabled: false,
        invitationHash: null,
        invitedUntil: null,
        failures: 0,
        lockedUntil: null,
        createdAt: this.#now(),
        lastSeenAt: null,
      };
      if (name !== this.#settings.breakGlass?.username && (await this.#users.insert(user, subject))) return user;
      const there = await this.#users.bySubject(subject);
      if (there !== null) return there;
    }
    throw new SignInRefused('disabled');
  }

  #takeStranger(name: string): Try {
    return take(this.#strangers, name.toLowerCase(), this.#now());
  }
}

/** Not where the store is away, nor where the right password only lacks its code. */
function isGuess({ code }: SignInRefused, attempt: Attempt): boolean {
  return (
    code !== 'store' &&
    code !== 'directory' &&
    code !== 'no_role' &&
    code !== 'passkey' &&
    !(code === 'code' && attempt.code.trim() === '')
  );
}

/** How often it was tried; `lockedUntil` null: not locked by this try. */
interface Try {
  readonly failures: number;
  readonly lockedUntil: number | null;
}

/** As `takeTry` of the store, for what has no row. Throws SignInRefused where it is locked. */
function take(tries: Map<string, Try>, key: string, now: number): Try {
  const before = tries.get(key);
  if ((before?.lockedUntil ?? 0) > now) throw new SignInRefused(`locked:${before?.lockedUntil}`);
  const failures = (before?.failures ?? 0) + 1;
  const lockMs = lockFor(failures);
  const taken = { failures, lockedUntil: lockMs === 0 ? null : now + lockMs };
  tries.delete(key);
  tries.set(key, taken);
  const [oldest] = tries.keys();
  if (tries.size > STRANGERS && oldest !== undefined) tries.delete(oldest);
  return taken;
}

/** The try was neither right nor wrong. */
function giveBack(tries: Map<string, Try>, key: string): void {
  const before = tries.get(key);
  if (before !== undefined) tries.set(key, { failures: Math.max(0, before.failures - 1), lockedUntil: null });
}

/** The first tries are free; then each costs twice the one before. */
export function lockFor(failures: number): number {
  return failures < FREE_TRIES
    ? 0
    : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(10, failures - FREE_TRIES));
}

function about({ address }: { readonly address: string | null }): { readonly address: string | null } {
  return { address };
}
