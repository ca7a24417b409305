// `howdah user` and `howdah token`: the same routes as the screens. Where no Howdah runs, users are kept directly, so that the
// first account can be made before the first start.
import type { Grant, TokenCreated, TokensAnswer, UserAnswer, UserChange, UsersAnswer } from '../contract/access';
import { PATHS } from '../contract/paths';
import { ROLES, whereWords } from '../domain/access/access';
import type { Api } from './api';
import { out, table, when } from './print';

export class Usage extends Error {}

export interface Where {
  readonly role: string | null;
  readonly scopes: readonly string[];
  readonly labels: readonly string[];
}

/** One grant of the flags. Throws Usage. */
export function grantOf({ role, scopes, labels }: Where): Grant {
  const known = ROLES.find((one) => one === role);
  if (known === undefined) throw new Usage(`expected --role ${ROLES.join('|')}`);
  const pairs = labels.map((text) => {
    const [key, value, ...more] = text.split('=');
    if (!key || value === undefined || more.length > 0) throw new Usage(`expected --label key=value, got "${text}"`);
    return [key, value] as const;
  });
  return { role: known, scopes: scopes.length === 0 ? null : scopes, labels: Object.fromEntries(pairs) };
}

const words = (grants: readonly Grant[]): string =>
  grants.length === 0 ? 'no role' : grants.map((grant) => `${grant.role} of ${whereWords(grant)}`).join('; ');

/** What the commands need of the accounts: the API, or the store itself. */
export interface UserDesk {
  list(): Promise<UsersAnswer>;
  add(name: string, grants: readonly Grant[]): Promise<UserAnswer>;
  change(name: string, change: UserChange): Promise<UserAnswer>;
}

export function apiDesk(api: Api): UserDesk {
  return {
    list: () => api.get<UsersAnswer>(PATHS.users),
    add: (name, grants) => api.post<UserAnswer>(PATHS.users, { name, grants }),
    change: (name, change) => api.post<UserAnswer>(PATHS.user(name), change),
  };
}

const CHANGES: Readonly<Record<string, UserChange>> = {
  disable: { disabled: true },
  enable: { disabled: false },
  unlock: { unlock: true },
  reset: { resetPassword: true },
  'remove-totp': { removeTotp: true },
  'sign-out': { signOut: true },
};
const USER_COMMANDS = ['list', 'add', 'grant', ...Object.keys(CHANGES), 'hash'];

export async function user(desk: UserDesk, args: readonly string[], where: Where, json: boolean): Promise<void> {
  const [command = 'list', name, ...more] = args;
  if (more.length > 0) throw new Usage(`unexpected argument "${more[0]}"`);
  if (command === 'list') {
    const { users } = await desk.list();
    if (json) return out(JSON.stringify(users));
    const rows = users.map((one) => {
      const state = one.disabled
        ? 'disabled'
        : one.lockedUntil !== null
          ? 'locked'
          : one.invitedUntil !== null
            ? 'invited'
            : '';
      return [one.name, one.kind, words(one.grants), one.totp ? 'yes' : 'no', when(one.lastSeenAt), state];
    });
    return out(table(['name', 'by', 'roles', 'second factor', 'last seen', ''], rows));
  }
  if (name === undefined) throw new Usage(`expected a name: howdah user ${command} <name>`);
  const known = Object.hasOwn(CHANGES, command) ? CHANGES[command] : undefined;
  const change = command === 'grant' ? { grants: [grantOf(where)] } : known;
  if (command !== 'add' && change === undefined) throw new Usage(`expected one of ${USER_COMMANDS.join(', ')}`);
  const answer = command === 'add' ? await desk.add(name, [grantOf(where)]) : await desk.change(name, change ?? {});
  if (json) return out(JSON.stringify(answer));
  out(`${answer.user.name}: ${words(answer.user.grants)}${answer.user.disabled ? ', disabled' : ''}`);
  if (answer.link !== null) out(`Set-up link, for 72 h, once:\n${answer.link}`);
}

export async function token(
  api: Api,
  args: readonly string[],
  where: Where & { readonly days: number; readonly owner: string | null },
  json: boolean,
): Promise<void> {
  const [command = 'list', name] = args;
  switch (command) {
    case 'list': {
      const { tokens } = await api.get<TokensAnswer>(PATHS.tokens);
      if (json) return out(JSON.stringify(tokens));
      const rows = tokens.map((one) => {
        const state = one.revokedAt !== null ? 'revoked' : one.expiresAt < Date.now() ? 'expired' : '';
        return [one.id, one.name, one.owner, words(one.grants), when(one.expiresAt), when(one.lastUsedAt), state];
      });
      return out(table(['id', 'name', 'owner', 'may', 'until', 'last used', ''], rows));
    }
    case 'add': {
      if (name === undefined) throw new Usage('expected a name: howdah token add <name>');
      const made = await api.post<TokenCreated>(PATHS.tokens, {
        ...{ name, grants: [grantOf(where)], days: where.days },
        ...(where.owner === null ? {} : { owner: where.owner }),
      });
      return out(
        json
          ? JSON.stringify(made)
          : `${made.token.name}, until ${when(made.token.expiresAt)}; shown once:\n${made.secret}`,
      );
    }
    case 'revoke': {
      if (name === undefined) throw new Usage('expected an id: howdah token revoke <id>');
      await api.post(PATHS.revokeToken(name), {});
      return out(json ? '{}' : `${name} is revoked`);
    }
    default:
      throw new Usage('expected list, add or revoke');
  }
}
