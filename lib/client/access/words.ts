// Rights as a form and in words: roles, where they count, what a person typed for them. Pure but for the language.
import { type Grant, ROLES, type Role } from '../../domain/access/access';
import { formatDuration } from '../words/format';
import { form, t } from '../words/text';
import type { SignInFailure } from './sign-in';

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  viewer: form('viewer'),
  operator: form('operator'),
  admin: form('admin'),
};
const ROLE_NOTES: Readonly<Record<Role, string>> = {
  viewer: form('sees, changes nothing'),
  operator: form('switches over, restarts, edits the configuration, answers alerts'),
  admin: form('also reinitializes, demotes and promotes clusters, and says who has access'),
};

export function roleWords(role: Role): string {
  return t(ROLE_WORDS[role]);
}

export function roleNote(role: Role): string {
  return t(ROLE_NOTES[role]);
}

export function roleOptions(upTo: Role = 'admin'): readonly { readonly value: Role; readonly word: string }[] {
  return ROLES.slice(0, ROLES.indexOf(upTo) + 1).map((value) => ({ value, word: roleWords(value) }));
}

/** The best role of all; null: none. */
export function bestRole(grants: readonly Grant[]): Role | null {
  return [...ROLES].reverse().find((role) => grants.some((grant) => grant.role === role)) ?? null;
}

const pairsOf = (labels: Grant['labels']): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** `all clusters`, `env=prod`, `orders, billing-*`, `env=prod of orders`. */
export function whereText({ scopes, labels }: Pick<Grant, 'scopes' | 'labels'>): string {
  const pairs = pairsOf(labels);
  if (scopes === null) return pairs === '' ? t('all clusters') : pairs;
  const names = scopes.join(', ');
  return pairs === '' ? names : t('{labels} of {names}', { labels: pairs, names });
}

/** `operator on env=prod`. */
export function grantText(grant: Grant): string {
  return t('{role} on {where}', { role: roleWords(grant.role), where: whereText(grant) });
}

// ---- as it is typed

export interface GrantDraft {
  readonly key: string;
  readonly role: Role;
  readonly where: 'all' | 'some';
  readonly names: string;
  readonly labels: string;
}

/** `env=prod, region=eu`; null: that is none. */
export function readLabels(text: string): Readonly<Record<string, string>> | null {
  const pairs = splitList(text).map((pair) => /^([^=\s]+)=(.*)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2]?.trim() ?? '']));
}

/** By commas, or one a line. */
export function splitList(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function grantDraftOf(grant: Grant, key: string): GrantDraft {
  const isAll = grant.scopes === null && Object.keys(grant.labels).length === 0;
  return {
    key,
    role: grant.role,
    where: isAll ? 'all' : 'some',
    names: grant.scopes?.join(', ') ?? '',
    labels: pairsOf(grant.labels),
  };
}

/** The grant, or what is wrong with it, as a sentence. */
export function readGrant(
  draft: GrantDraft,
): { readonly grant: Grant; readonly problem: null } | { readonly grant: null; readonly problem: string } {
  if (draft.where === 'all') return { grant: { role: draft.role, scopes: null, labels: {} }, problem: null };
  const names = splitList(draft.names);
  const labels = readLabels(draft.labels);
  if (labels === null) return { grant: null, problem: t('Write labels as name=value, with commas between them.') };
  if (names.length === 0 && Object.keys(labels).length === 0)
    return { grant: null, problem: t('Say which clusters: by name, by label or by both.') };
  return { grant: { role: draft.role, scopes: names.length === 0 ? null : names, labels }, problem: null };
}

// ---- passwords

export const PASSWORD_MIN = 12;

/** What can be told before the server is asked; null: nothing is wrong so far. */
export function passwordProblem(password: string, again: string): string | null {
  if ([...password].length < PASSWORD_MIN) return t('The password needs at least {n} characters.', { n: PASSWORD_MIN });
  return password === again ? null : t('The two passwords differ.');
}

// ---- why one is not in

/** `provider`: as the button names it; null: none. */
export function failureText(failure: SignInFailure, provider: string | null, now: number): string {
  switch (failure.kind) {
    case 'credentials':
      return t('Name or password is wrong.');
    case 'code':
      return t('The code is wrong or was used before. A new one comes every 30 s.');
    case 'locked':
      return failure.until > now
        ? t('Too many wrong attempts. The next is possible in {time}.', { time: formatDuration(failure.until - now) })
        : t('Too many wrong attempts. The next is possible now.');
    case 'store':
      return t('Accounts cannot be read now. Only the break-glass account can sign in.');
    case 'directory':
      return t('The directory cannot be asked now. Accounts of Howdah itself can sign in.');
    case 'no_role':
      return t('The directory knows you, but none of your groups has a role here. Ask an admin of Howdah.');
    case 'passkey':
      return t('This account asks for a passkey beside the password.');
    case 'passkey_unknown':
      return t('This passkey opens no account here.');
    case 'passkey_left':
      return t('No passkey was given.');
    case 'disabled':
      return t('This account is disabled. An admin can enable it.');
    case 'unreachable':
      return t('Howdah did not answer. Nothing is known of the attempt; try again.');
    case 'other':
      return otherText(failure.code, provider ?? t('the provider'));
  }
}

function otherText(code: string, provider: string): string {
  switch (code) {
    case 'oidc_no_role':
      return t('{provider} knows you, but none of your groups has a role here. Ask an admin of Howdah.', { provider });
    case 'OAuthSignin':
      return t('{provider} could not be reached. Its address or its certificate may be wrong; the log says more.', {
        provider,
      });
    case 'OAuthCallback':
    case 'Callback':
      return t('{provider} did not complete the sign-in. Try again; the log of Howdah says more.', { provider });
    case 'AccessDenied':
      return t('{provider} refused the sign-in.', { provider });
    case 'SessionRequired':
      return t('Sign in to see this page.');
    default:
      return t('The sign-in did not work: {code}.', { code });
  }
}
