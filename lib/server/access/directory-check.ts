// Asks the directory, each few minutes, about everybody who came from it and has a role: whoever is not found any longer, or in no group
// that has one, loses role, sessions and tokens; other groups are other roles. While nobody answers all stays as it is, for the time of grace.
import { sameJson } from '../../domain/config/diff';
import { say } from '../../language/sentence';
import type { AuthSettings } from '../config/auth-file';
import { log } from '../log';
import type { AccessLog } from './access-log';
import { grantWords } from './accounts';
import type { Directory, Person } from './directory';
import type { Sessions } from './sessions';
import type { SignIn } from './sign-in';
import type { Tokens } from './tokens';
import type { User, UserStore } from './user-store';

export interface DirectoryCheckDeps {
  readonly directory: Pick<Directory, 'look'>;
  readonly users: UserStore;
  readonly sessions: Sessions;
  readonly tokens: Tokens;
  readonly signIn: SignIn;
  readonly log: AccessLog;
  readonly settings: Pick<AuthSettings, 'graceMinutes'>;
  readonly now: () => number;
}

/** More are looked at in the next rounds. */
const AT_ONCE = 1000;
const BY = 'howdah';

export class DirectoryCheck {
  readonly #deps: DirectoryCheckDeps;
  #goodAt: number;
  #next = 0;
  #running: Promise<void> | null = null;

  constructor(deps: DirectoryCheckDeps) {
    this.#deps = deps;
    this.#goodAt = deps.now();
  }

  /** Never rejects; one at a time. */
  round(): Promise<void> {
    this.#running ??= this.#round()
      .catch((error: unknown) => log.warn({ err: error }, 'people of the directory could not be checked'))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #round(): Promise<void> {
    const { users, directory, now } = this.#deps;
    const all = (await users.withSubject('ldap')).filter(({ user }) => !user.disabled && user.grants.length > 0);
    if (this.#next >= all.length) this.#next = 0;
    const some = all.slice(this.#next, this.#next + AT_ONCE);
    this.#next += AT_ONCE;
    if (some.length === 0) return;
    let people: ReadonlyMap<string, Person | null>;
    try {
      people = await directory.look(some.map(({ subject }) => subject));
    } catch (error) {
      await this.#away(all.map(({ user }) => user));
      throw error;
    }
    this.#goodAt = now();
    for (const { user, subject } of some) await this.#settle(user, people.get(subject) ?? null);
  }

  async #settle(user: User, person: Person | null): Promise<void> {
    const { users, sessions, tokens, signIn } = this.#deps;
    const grants = person?.grants ?? [];
    if (sameJson(grants, user.grants)) return;
    const text =
      person === null
        ? say`${user.name} is not found in the directory any longer: no role`
        : say`the groups of ${user.name} in the directory are others: ${grantWords(grants)}`;
    await this.#deps.log.write('user_changed', { actor: BY, address: null, text, about: user.id });
    if (grants.length === 0) return signIn.withdraw(user);
    await users.setGrants(user.id, grants);
    sessions.forget(user.id);
    tokens.forget(user.id);
  }

  /** Nobody new comes in meanwhile either. */
  async #away(people: readonly User[]): Promise<void> {
    const { sessions, settings, now } = this.#deps;
    if (now() - this.#goodAt <= settings.graceMinutes * 60_000) return;
    for (const user of people) await sessions.end(user.id, null);
  }
}
