// What people do about their own passkeys. Who adds or removes one proves anew who they are, and guesses there cost what they cost at the door.
import type { PasskeyDraft, PasskeysAnswer, Proof } from '../../contract/access';
import { say } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { Refusal } from '../route';
import type { AccessLog } from './access-log';
import type { Caller } from './caller';
import { DirectoryAway } from './directory';
import { type CreationOptions, PASSKEYS_MAX, type Passkeys, type RequestOptions } from './passkeys';
import type { Sessions } from './sessions';
import type { SignIn } from './sign-in';
import type { Tokens } from './tokens';
import { hasFactor, hasTotp, type User, type UserStore } from './user-store';

export interface OwnPasskeysDeps {
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly passkeys: Passkeys;
  readonly signIn: SignIn;
  readonly log: AccessLog;
}

/** Of the account that asks. */
export interface Own {
  readonly self: (by: Caller) => Promise<User>;
  readonly isRight: (
    user: User,
    by: Caller,
    what: 'password' | 'code',
    ask: () => Promise<boolean>,
  ) => Promise<boolean>;
  readonly keepFactor: (user: User) => void;
}

export class OwnPasskeys {
  readonly #deps: OwnPasskeysDeps;
  readonly #own: Own;

  constructor(deps: OwnPasskeysDeps, own: Own) {
    this.#deps = deps;
    this.#own = own;
  }

  async list(by: Caller): Promise<PasskeysAnswer> {
    return { passkeys: await this.#deps.passkeys.list((await this.#own.self(by)).id) };
  }

  async ask(by: Caller, what: 'new' | 'proof'): Promise<CreationOptions | RequestOptions> {
    const user = await this.#own.self(by);
    const { passkeys } = this.#deps;
    if (passkeys.rpId === null)
      throw new Refusal(
        'refused',
        say`browsers keep no passkeys for this address: it takes https and a name, or localhost`,
      );
    const bound = `session:${by.sessionId ?? ''}` as const;
    return what === 'new' ? passkeys.creation(user, bound) : passkeys.request(bound, user.id);
  }

  async add(by: Caller, { name, response, proof }: PasskeyDraft): Promise<PasskeysAnswer> {
    const user = await this.#own.self(by);
    await this.#refuseWithoutProof(user, by, proof);
    const made = await this.#deps.passkeys.verifyNew(response, `session:${by.sessionId ?? ''}`);
    if (made === null) throw new Refusal('refused', say`this passkey was not made for this question; begin again`);
    const text = say`${user.name} added the passkey ${name}`;
    await this.#deps.log.write('passkey_changed', { actor: by.name, address: by.address, text, about: user.id });
    if (!(await this.#deps.passkeys.insert(user.id, name, made)))
      throw new Refusal('refused', say`this passkey is known already, or you have ${PASSKEYS_MAX}`);
    this.#forget(user);
    return this.list(by);
  }

  async remove(by: Caller, id: string, proof: Proof): Promise<PasskeysAnswer> {
    const user = await this.#own.self(by);
    const { passkeys } = this.#deps;
    const found = (await passkeys.list(user.id)).find((one) => one.id === id);
    if (found === undefined) throw new Refusal('not_found', say`there is no such passkey`);
    if (!hasTotp(user) && user.passkeys === 1) this.#own.keepFactor(user);
    await this.#refuseWithoutProof(user, by, proof);
    const text = say`${user.name} removed the passkey ${found.name}`;
    await this.#deps.log.write('passkey_changed', { actor: by.name, address: by.address, text, about: user.id });
    await passkeys.remove(user.id, id);
    this.#forget(user);
    return this.list(by);
  }

  #forget(user: User): void {
    this.#deps.sessions.forget(user.id);
    this.#deps.tokens.forget(user.id);
  }

  /** A session alone, taken over or left open, makes no way in that outlives it. */
  async #refuseWithoutProof(user: User, by: Caller, { password, code, response }: Proof): Promise<void> {
    const { signIn, passkeys } = this.#deps;
    const isProved = async (): Promise<boolean> => {
      if (!hasFactor(user))
        return signIn.isOwnPassword(user, password ?? '').catch((error: unknown) => {
          throw error instanceof DirectoryAway ? new Refusal('refused', saidBy(error)) : error;
        });
      if (response === undefined) return hasTotp(user) && signIn.isCode(user, code ?? '', by.address);
      return (await passkeys.verify(response, `session:${by.sessionId ?? ''}`))?.userId === user.id;
    };
    if (!(await this.#own.isRight(user, by, hasFactor(user) ? 'code' : 'password', isProved)))
      throw new Refusal(
        'refused',
        say`this does not prove who you are: a passkey, the current code, or without either the password`,
      );
    await this.#deps.users.unlock(user.id);
  }
}
