// Reads `auth:` and `approvals:` of howdah.yaml: who may sign in and what needs a second person. What would only show when
// somebody stands before a closed door at night is refused here.
import { z } from 'zod';
import { type ApprovalPolicy, ROLES } from '../../domain/access/access';
import { ACTION_KINDS } from '../../domain/action-kind';
import { ldap } from './ldap-file';
import { outsideProblem, type Report } from './problem';
import { buildSecret, type Secret } from './secret';
import type { Env, YamlFile } from './yaml-file';
import { allOr, maybe, number, secret, section, text, where } from './yaml-schema';

const LIST_LIMIT = 500;
const SECRET_MIN = 32;
/** As `npm run user -- hash` prints it. */
const ARGON2 = /^\$argon2id\$v=\d+\$[\w=,]+\$[\w+/]+\$[\w+/]+$/;
const HASH = 'an argon2id hash, as `npm run user -- hash` prints it';
const GROUPS = 'a list of group and role';
const DEMANDED = `a list of roles: ${ROLES.join(', ')}`;

/** Plain http only where nobody can listen: a test on this machine. */
function isIssuer(issuer: string): boolean {
  const url = URL.parse(issuer);
  if (url === null || url.username !== '' || url.search + url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && /^(127\.|localhost$|\[::1\])/.test(url.hostname));
}

const oidc = section({
  /** On the button: "Sign in with <name>". */
  name: maybe(text('a name for the button'), 'OpenID'),
  /** Without trailing slash; the discovery document is below it. */
  issuer: text('https://host/path of the issuer', isIssuer).transform((issuer) => issuer.replace(/\/+$/, '')),
  clientId: text('the client id that the provider gave'),
  clientSecret: secret('the secret that the provider gave'),
  scope: maybe(text('scopes with spaces between'), 'openid profile email'),
  groupsClaim: maybe(text('the name of a claim'), 'groups'),
  /** Members of a group of the OpenID provider get a role. */
  roles: z
    .array(section({ group: text('the name of a group'), role: z.enum(ROLES), ...where }), GROUPS)
    .min(1, GROUPS)
    .max(LIST_LIMIT, `at most ${LIST_LIMIT}`),
});

const signIn = section(
  {
    oidc: maybe(oidc),
    ldap: maybe(ldap),
    /** Without activity a session ends after so long, and after `sessionHours` whatever happens. */
    idleMinutes: maybe(number('minutes', 1, 10_080), 30),
    sessionHours: maybe(number('hours', 0.1, 720), 12),
    /** So long who is signed in keeps their rights while the store is away. */
    graceMinutes: maybe(number('minutes', 0, 1440), 60),
    /** Who has one of these roles, on whatever cluster, sets a second factor before anything else is answered. */
    secondFactor: maybe(section({ required: z.array(z.enum(ROLES), DEMANDED).max(ROLES.length, DEMANDED) }), {
      required: [],
    }),
    breakGlass: maybe(
      section({
        username: text('a name that no account has'),
        passwordHash: secret(HASH, (hash) => ARGON2.test(hash.trim()), 'it is something else (not shown)'),
      }),
    ),
  },
  'none, or a map',
);

/** `none`: nobody signs in; only on loopback. */
export type AuthSettings = Readonly<z.infer<typeof signIn>> & { readonly kind: 'none' | 'sign_in' };
export const DEFAULT_AUTH: AuthSettings = { ...signIn.parse({}), kind: 'sign_in' };

export const auth = z.preprocess((value) => (value === 'none' ? {} : value), maybe(signIn, signIn.parse({})));

export const approvals = maybe(
  z
    .array(
      section({ actions: allOr(ACTION_KINDS, 'actions'), ...where, minutes: maybe(number('minutes', 1, 1440), 15) }),
      'a list of what needs a second person',
    )
    .max(LIST_LIMIT, `at most ${LIST_LIMIT}`)
    .transform((list) =>
      list.map((one): ApprovalPolicy => ({ ...one, actions: one.actions.length === 0 ? null : one.actions })),
    ),
  [],
);

/** HOWDAH_AUTH=none wins over the file: the demo and a closed lab. */
export function readAuthKind(env: Env, file: YamlFile | null, report: Report): AuthSettings['kind'] {
  const word = env.HOWDAH_AUTH?.trim() ?? '';
  if (word !== '' && word !== 'none')
    report.problems.push(
      outsideProblem('environment', 'HOWDAH_AUTH', 'none, or nothing', `got ${JSON.stringify(word.slice(0, 40))}`),
    );
  return word === 'none' || file?.textAt(['auth']) === 'none' ? 'none' : 'sign_in';
}

/** HOWDAH_SECRET, and those before it in HOWDAH_SECRET_OLD with commas between. Nothing of them is quoted. */
export function readSecrets(env: Env, report: Report): { readonly current: Secret | null; readonly old: Secret[] } {
  const read = (name: string, written: readonly string[]): Secret[] => {
    const given = written.map((word) => word.trim()).filter((word) => word !== '');
    const expected = `at least ${SECRET_MIN} characters of chance`;
    if (given.some(({ length }) => length < SECRET_MIN))
      report.problems.push(outsideProblem('environment', name, expected, 'it is shorter (not shown)'));
    return given.map(buildSecret);
  };
  const [current = null] = read('HOWDAH_SECRET', [env.HOWDAH_SECRET ?? '']);
  return { current, old: read('HOWDAH_SECRET_OLD', (env.HOWDAH_SECRET_OLD ?? '').split(',')) };
}
