// Reads `auth:` and `approvals:` of howdah.yaml: who may sign in and what needs a second person. What would only show when
// somebody stands before a closed door at night is refused here.
import { type ApprovalPolicy, type Grant, ROLES } from '../../domain/access/access';
import { ACTION_KINDS } from '../../domain/action-kind';
import { readTexts, readWord } from './alert-file';
import type { Secret } from './secret';
import type { ConfigProblem } from './settings';
import type { Env, Field } from './yaml-field';

/** Members of a group of the OpenID provider get a role. */
export interface GroupGrant extends Grant {
  readonly group: string;
}

export interface OidcSettings {
  /** On the button: "Sign in with <name>". */
  readonly name: string;
  /** Without trailing slash; the discovery document is below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly scope: string;
  readonly groupsClaim: string;
  readonly roles: readonly GroupGrant[];
}

export interface AuthSettings {
  /** `none`: nobody signs in; only on loopback. */
  readonly kind: 'none' | 'sign_in';
  readonly oidc: OidcSettings | null;
  /** Without activity a session ends after so long, and after `sessionHours` whatever happens. */
  readonly idleMinutes: number;
  readonly sessionHours: number;
  /** So long who is signed in keeps their rights while the store is away. */
  readonly graceMinutes: number;
  readonly breakGlass: { readonly username: string; readonly passwordHash: Secret } | null;
}

export const DEFAULT_AUTH: AuthSettings = {
  kind: 'sign_in',
  oidc: null,
  idleMinutes: 60,
  sessionHours: 12,
  graceMinutes: 60,
  breakGlass: null,
};

const KEYS = ['oidc', 'idleMinutes', 'sessionHours', 'graceMinutes', 'breakGlass'];
/** As `npm run user -- hash` prints it. */
const ARGON2 = /^\$argon2id\$v=\d+\$[\w=,]+\$[\w+/]+\$[\w+/]+$/;

export function readAuth(field: Field): AuthSettings {
  if (field.rawText === 'none') return { ...DEFAULT_AUTH, kind: 'none' };
  if (field.isAbsent) return DEFAULT_AUTH;
  if (!field.isMap) {
    field.problem({ expected: 'none, or a map', message: field.got });
    return DEFAULT_AUTH;
  }
  field.expectMap(KEYS);
  const number = (key: 'idleMinutes' | 'sessionHours' | 'graceMinutes', unit: string, from: number, to: number) =>
    field.get(key).readNumber(`${unit} from ${from} to ${to}`, (value) => value >= from && value <= to) ??
    DEFAULT_AUTH[key];
  return {
    kind: 'sign_in',
    oidc: readOidc(field.get('oidc')),
    idleMinutes: number('idleMinutes', 'minutes', 1, 10_080),
    sessionHours: number('sessionHours', 'hours', 0.1, 720),
    graceMinutes: number('graceMinutes', 'minutes', 0, 1440),
    breakGlass: readBreakGlass(field.get('breakGlass')),
  };
}

function readOidc(field: Field): OidcSettings | null {
  if (!field.expectMap(['name', 'issuer', 'clientId', 'clientSecret', 'scope', 'groupsClaim', 'roles'])) return null;
  const expected = 'https://host/path of the issuer';
  const issuer = required(field.get('issuer'), expected);
  if (issuer !== '' && !isIssuer(issuer)) field.get('issuer').problem({ expected, message: field.get('issuer').got });
  const clientId = required(field.get('clientId'), 'the client id that the provider gave');
  const clientSecret = field.get('clientSecret').readSecret();
  if (field.get('clientSecret').isAbsent)
    field.get('clientSecret').problem({ expected: 'the secret that the provider gave', message: 'it is missing' });
  const list = field.get('roles');
  if (!list.isList || list.items().length === 0)
    list.problem({ expected: 'a list of group and role', message: list.isAbsent ? 'it is missing' : list.got });
  const roles = list.items().flatMap((item) => readGroup(item) ?? []);
  if (clientSecret === null) return null;
  return {
    name: field.get('name').readText('a name for the button')?.trim() || 'OpenID',
    issuer: issuer.replace(/\/+$/, ''),
    clientId,
    clientSecret,
    scope: field.get('scope').readText('scopes with spaces between')?.trim() || 'openid profile email',
    groupsClaim: field.get('groupsClaim').readText('the name of a claim')?.trim() || 'groups',
    roles,
  };
}

/** Plain http only where nobody can listen: a test on this machine. */
function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.search + url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && /^(127\.|localhost$|\[::1\])/.test(url.hostname));
}

function readGroup(field: Field): GroupGrant | null {
  if (!field.expectMap(['group', 'role', 'scopes', 'labels'])) return null;
  const group = required(field.get('group'), 'the name of a group');
  const role = readWord(field.get('role'), ROLES);
  if (field.get('role').isAbsent) field.get('role').problem({ expected: ROLES.join(', '), message: 'it is missing' });
  return role === null ? null : { group, role, ...readWhere(field) };
}

function readWhere(field: Field): Pick<Grant, 'scopes' | 'labels'> {
  const at = field.get('labels');
  if (!at.isAbsent && !at.isMap) at.problem({ expected: 'a map of text to text', message: `got ${at.kind}` });
  const expected = 'text (quote true and false)';
  const labels = Object.fromEntries([...at.entries()].map(([key, value]) => [key, value.readText(expected) ?? '']));
  return { scopes: readTexts(field.get('scopes'), 'a list of clusters, with * for whatever text'), labels };
}

function readBreakGlass(field: Field): AuthSettings['breakGlass'] {
  if (!field.expectMap(['username', 'passwordHash'])) return null;
  const username = required(field.get('username'), 'a name that no account has');
  const at = field.get('passwordHash');
  const expected = 'an argon2id hash, as `npm run user -- hash` prints it';
  const passwordHash = at.readSecret();
  if (at.isAbsent) at.problem({ expected, message: 'it is missing' });
  if (passwordHash === null) return null;
  if (ARGON2.test(passwordHash.reveal().trim())) return { username, passwordHash };
  return at.problem({ expected, message: 'it is something else (not shown)' });
}

function required(field: Field, expected: string): string {
  const text = field.readText(expected)?.trim() ?? '';
  if (field.isAbsent || text === '') field.problem({ expected, message: field.isAbsent ? 'it is missing' : field.got });
  return text;
}

const POLICY_MINUTES = 15;

export function readApprovals(field: Field): readonly ApprovalPolicy[] {
  if (!field.isAbsent && !field.isList)
    field.problem({ expected: 'a list of what needs a second person', message: `got ${field.kind}` });
  return field.items().flatMap((item) => {
    if (!item.expectMap(['actions', 'scopes', 'labels', 'minutes'])) return [];
    const at = item.get('actions');
    if (at.isAbsent) at.problem({ expected: 'all, or a list of actions', message: 'it is missing' });
    const actions =
      at.rawText === 'all' ? null : (at.isList ? at.items() : [at]).flatMap((one) => readWord(one, ACTION_KINDS) ?? []);
    const minutes = item.get('minutes').readNumber('minutes from 1 to 1440', (value) => value >= 1 && value <= 1440);
    return [{ actions, ...readWhere(item), minutes: minutes ?? POLICY_MINUTES }];
  });
}

/** HOWDAH_AUTH=none wins over the file: the demo and a closed lab. */
export function authFromEnv(env: Env, fromFile: AuthSettings, problems: ConfigProblem[]): AuthSettings {
  const word = env.HOWDAH_AUTH?.trim() ?? '';
  if (word === '') return fromFile;
  if (word === 'none') return { ...fromFile, kind: 'none' };
  const complaint = { expected: 'none, or nothing', message: `got ${JSON.stringify(word.slice(0, 40))}` };
  problems.push({ file: 'environment', line: null, path: 'HOWDAH_AUTH', ...complaint });
  return fromFile;
}

const SECRET_MIN = 32;

/** HOWDAH_SECRET, and those before it in HOWDAH_SECRET_OLD with commas between. Nothing of them is quoted. */
export function readSecrets(
  env: Env,
  build: (text: string) => Secret,
  problems: ConfigProblem[],
): { readonly current: Secret | null; readonly old: readonly Secret[] } {
  const texts = (name: string): string[] => (env[name] ?? '').split(',').map((text) => text.trim());
  const complain = (path: string): void => {
    const expected = `at least ${SECRET_MIN} characters of chance`;
    problems.push({ file: 'environment', line: null, path, expected, message: 'it is shorter (not shown)' });
  };
  const current = (env.HOWDAH_SECRET ?? '').trim();
  const old = texts('HOWDAH_SECRET_OLD').filter((text) => text !== '');
  if (current !== '' && current.length < SECRET_MIN) complain('HOWDAH_SECRET');
  if (old.some((text) => text.length < SECRET_MIN)) complain('HOWDAH_SECRET_OLD');
  return { current: current === '' ? null : build(current), old: old.map(build) };
}
