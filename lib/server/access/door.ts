// The door: everything about who comes in, put together for one process. `authenticate` is asked for every request, by the wrapper
// of the routes only. It works while the store is away, as far as what it knew reaches.

import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import type { SignInOptions, TokenCreated, TokenDraft, TokenEntry } from '../../contract/access';
import { say } from '../../language/sentence';
import { SpokenError, saidBy } from '../../language/spoken-error';
import type { Journal } from '../audit/journal';
import { isLoopback } from '../config/address';
import type { HowdahConfig } from '../config/config';
import { unusable, wordsOf } from '../data-file';
import { log } from '../log';
import { Refusal } from '../route';
import { StoreAway } from '../store/driver';
import type { Store } from '../store/store';
import { AccessLog } from './access-log';
import { Accounts, grantWords } from './accounts';
import { Approvals } from './approvals';
import { type Caller, EVERYTHING, isOwing } from './caller';
import { cookieName, readClaims } from './cookie';
import { Directory } from './directory';
import { DirectoryCheck } from './directory-check';
import { EndedGlass } from './ended-glass';
import type { Keys } from './keys';
import { Passkeys } from './passkeys';
import { Refusals } from './refusals';
import { type Known, Sessions } from './sessions';
import { SignIn } from './sign-in';
import { isSame, Tokens } from './tokens';
import { UserStore } from './user-store';

export interface DoorDeps {
  readonly config: HowdahConfig;
  readonly keys: Keys;
  readonly journal: Journal;
  readonly store: Store;
  readonly now: () => number;
  /** For people at the terminal: not the log. */
  readonly print: (line: string) => void;
  /** A user was disabled. */
  readonly onGone?: (uid: string) => void;
}

/** What stands in a request for its sender. */
export interface Credentials {
  readonly authorization: string | null;
  readonly cookie: string | null;
  readonly address: string | null;
  /** A person did something: the session goes on. */
  readonly active: boolean;
}

/** Loopback, or an address of this machine: where Howdah listens on one, its own command line comes from there. */
function isOwnAddress(address: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return isLoopback(address) || own.some((one) => one.address === address);
}

const LOCAL_FILE = 'local.json';
const FORGET_EACH_MS = 3_600_000;
const DAY_MS = 86_400_000;

export class Door {
  readonly log: AccessLog;
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly passkeys: Passkeys;
  readonly accounts: Accounts;
  readonly approvals: Approvals;
  readonly refusals: Refusals;
  readonly signIn: SignIn;
  readonly keys: Keys;
  readonly cookie: string;
  readonly #deps: DoorDeps;
  readonly #local = `howdah_local_${randomBytes(24).toString('hex')}`;
  readonly #forgetting: NodeJS.Timeout;
  readonly #checking: NodeJS.Timeout | null;
  /** null: none is configured, or it cannot be asked without a password. */
  readonly directoryCheck: DirectoryCheck | null;
  #announced = false;

  constructor(deps: DoorDeps) {
    const { config, keys, journal, store, now, onGone = () => undefined } = deps;
    this.#deps = deps;
    this.keys = keys;
    this.cookie = cookieName(config.publicUrl, keys);
    this.log = new AccessLog(journal, store);
    this.refusals = new Refusals(this.log, now);
    this.users = new UserStore(store);
    this.sessions = new Sessions(this.users, config.auth, new EndedGlass(config.dataDir, now), now);
    this.tokens = new Tokens(store, config.auth, now);
    this.passkeys = new Passkeys(store, config.publicUrl, now);
    const own = {
      users: this.users,
      sessions: this.sessions,
      keys,
      settings: config.auth,
      log: this.log,
      refusals: this.refusals,
      passkeys: this.passkeys,
      now,
    };
    const { ldap } = config.auth;
    const directory = ldap === null ? null : new Directory(ldap);
    this.signIn = new SignIn({ ...own, directory, onRights: (uid) => this.tokens.forget(uid) });
    this.directoryCheck =
      directory?.canLook === true
        ? new DirectoryCheck({ ...own, directory, tokens: this.tokens, signIn: this.signIn })
        : null;
    this.accounts = new Accounts({
      ...own,
      tokens: this.tokens,
      signIn: this.signIn,
      publicUrl: config.publicUrl,
      onGone,
    });
    this.approvals = new Approvals(store, this.log, now);
    store.onReady(() => {
      void this.directoryCheck?.round();
      void this.#announceSetup();
      void this.sessions.settle().catch((error: unknown) => log.warn({ err: error }, 'ended sessions are still owed'));
    });
    this.#forgetting = setInterval(() => {
      void this.users.forget(now() - 7 * DAY_MS).catch(() => undefined);
    }, FORGET_EACH_MS);
    this.#forgetting.unref();
    const check = (): void => void this.directoryCheck?.round();
    this.#checking = this.directoryCheck === null ? null : setInterval(check, (ldap?.checkMinutes ?? 1) * 60_000);
    this.#checking?.unref();
  }

  /** Where the owner of this machine's data folder finds the way in: `howdah` on the command line reads it. */
  async writeLocalKey(url: string): Promise<void> {
    const file = path.join(this.#deps.config.dataDir, LOCAL_FILE);
    const body = `${JSON.stringify({ url, token: this.#local, pid: process.pid })}\n`;
    try {
      await rm(file, { force: true });
      await writeFile(file, body, { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw new SpokenError(unusable(file, LOCAL_FILE, wordsOf(error)));
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#forgetting);
    if (this.#checking !== null) clearInterval(this.#checking);
    await rm(path.join(this.#deps.config.dataDir, LOCAL_FILE), { force: true }).catch(() => undefined);
  }

  /** null: nobody. Rejects with StoreAway where it cannot be known now. */
  async authenticate(
    credentials: Credentials,
  ): Promise<{ readonly caller: Caller; readonly known: Known | null } | null> {
    const { authorization, address } = credentials;
    if (authorization !== null) {
      const caller = await this.#byToken(authorization, address);
      return caller === null ? null : { caller, known: null };
    }
    const claims = await readClaims(credentials.cookie, this.cookie, this.keys);
    const known = claims === null ? null : await this.sessions.known(claims, credentials.active);
    if (known === null) return null;
    const { uid, sid, name, kind, grants, external, totp, passkeys } = known.claims;
    const { required } = this.#deps.config.auth.secondFactor;
    const caller: Caller = {
      kind,
      name,
      userId: uid === '' ? null : uid,
      sessionId: sid,
      token: null,
      grants,
      // Who breaks the glass has nothing else left.
      owesFactor: kind === 'user' && isOwing(required, { external, hasFactor: totp || passkeys > 0, grants }),
      address,
    };
    return { caller, known };
  }

  async #byToken(authorization: string, address: string | null): Promise<Caller | null> {
    const [, text = ''] = /^Bearer\s+(\S{1,200})$/i.exec(authorization) ?? [];
    const anonymous = { userId: null, sessionId: null, token: null, owesFactor: false, address };
    if (isSame(text, this.#local)) {
      if (address !== null && !isOwnAddress(address)) return null;
      return { ...anonymous, kind: 'local', name: this.#deps.config.operator, grants: EVERYTHING };
    }
    const use = await this.tokens.use(text, address);
    if (use === null) return null;
    const { name, owner, userId, grants, owesFactor } = use;
    const actor = `${owner} by token ${name}`;
    return { kind: 'token', name: actor, userId, sessionId: null, token: name, grants, owesFactor, address };
  }

  async createToken(draft: TokenDraft, by: Caller): Promise<TokenCreated> {
    const owner = draft.owner === undefined ? by.userId : ((await this.users.byName(draft.owner))?.id ?? null);
    if (by.kind === 'token') throw new Refusal('forbidden', say`a token cannot make tokens`);
    if (owner === null)
      throw new Refusal(
        'refused',
        draft.owner === undefined ? say`a token needs an account it belongs to` : say`there is no such user`,
      );
    const text = say`${by.name} made the token ${draft.name}: ${grantWords(draft.grants)}`;
    await this.log.write('token_created', { actor: by.name, address: by.address, text, about: owner });
    const { entry, secret } = await this.tokens.create({ id: owner }, draft);
    return { token: entry, secret };
  }

  /** `all`: also those of others. */
  async revokeToken(id: string, by: Caller, all: boolean): Promise<TokenEntry> {
    const token = await this.tokens.revoke(id, all ? null : (by.userId ?? ''));
    if (token === null) throw new Refusal('not_found', say`there is no such token`);
    const text = say`${by.name} revoked the token ${token.name} of ${token.owner}`;
    await this.log.note('token_revoked', { actor: by.name, address: by.address, text });
    return token;
  }

  async options(): Promise<SignInOptions> {
    const { auth } = this.#deps.config;
    const base = { open: false, local: true, oidc: auth.oidc?.name ?? null, passkeys: this.passkeys.rpId !== null };
    try {
      return {
        ...base,
        setupNeeded: auth.oidc === null && auth.ldap === null && (await this.accounts.isEmpty()),
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      return { ...base, setupNeeded: false, problem: saidBy(error) };
    }
  }

  async #announceSetup(): Promise<void> {
    if (this.#announced || this.#deps.config.auth.kind === 'none') return;
    try {
      const link = await this.accounts.setupLink();
      this.#announced = true;
      if (link !== null)
        this.#deps.print(`Howdah: there is no account yet. Make the first one here, within an hour: ${link}`);
    } catch (error) {
      log.warn({ err: error }, 'it could not be seen whether there is an account');
    }
  }
}
