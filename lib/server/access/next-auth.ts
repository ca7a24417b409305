// next-auth, as far as Howdah uses it: the exchange with the browser (CSRF, cookies) and with the OpenID provider (PKCE, state,
// nonce, signatures). Who may come in is decided in sign-in.ts; the session is a row of the store (sessions.ts).
import type { NextAuthOptions, Profile, User } from 'next-auth';
import Credentials from 'next-auth/providers/credentials';
import { isObject, parseJson } from '../../domain/wire/loose';
import type { HowdahConfig } from '../config/config';
import { PEER_HEADER } from '../edge/peer';
import { log } from '../log';
import { cookiePath, csrfOf, isSecureUrl } from './cookie';
import type { Door } from './door';
import { oidcAgent } from './oidc-agent';
import type { SessionClaims } from './sessions';
import type { Attempt, OidcProfile } from './sign-in';

const AGENT_MAX = 300;
const GROUPS_MAX = 1000;
const PASSKEY_MAX = 16 * 1024;

/** next-auth hands a user from one callback to the next: this is what we put on it. */
interface Signed extends User {
  readonly claims: SessionClaims;
}

const isSigned = (user: User | undefined): user is Signed => user !== undefined && 'claims' in user;

/** `from`: who asks now, for the record of a sign-in by the provider. */
export function nextAuthOptions(
  door: Door,
  config: HowdahConfig,
  from: { readonly address: string | null; readonly agent: string },
): NextAuthOptions {
  const { oidc, sessionHours } = config.auth;
  const secure = isSecureUrl(config.publicUrl);
  const cookie = (name: string) => ({
    name,
    options: { httpOnly: true, sameSite: 'lax' as const, path: cookiePath(config.publicUrl), secure },
  });
  const own = (what: string): string => door.cookie.replace('-session-', `-${what}-`);
  return {
    secret: door.keys.text('session'),
    session: { strategy: 'jwt', maxAge: Math.round(sessionHours * 3600) },
    pages: { signIn: '/sign-in', error: '/sign-in', signOut: '/sign-in' },
    useSecureCookies: secure,
    cookies: {
      sessionToken: cookie(door.cookie),
      csrfToken: cookie(own('csrf')),
      callbackUrl: cookie(own('callback')),
      pkceCodeVerifier: cookie(own('pkce')),
      state: cookie(own('state')),
      nonce: cookie(own('nonce')),
    },
    providers: [
      Credentials({
        id: 'credentials',
        credentials: { username: {}, password: {}, code: {}, passkey: {} },
        async authorize(given, request) {
          const claims = await attempt(door, {
            name: text(given?.username, 200),
            password: text(given?.password, 1000),
            code: text(given?.code, 20),
            passkey: passkeyOf(given?.passkey, csrfOf(request.headers?.cookie, door.cookie)),
            address: text(request.headers?.[PEER_HEADER], 100) || null,
            agent: agentWords(text(request.headers?.['user-agent'], AGENT_MAX)),
          });
          return { id: claims.uid || claims.sid, name: claims.name, claims } as Signed;
        },
      }),
      ...(oidc === null
        ? []
        : [
            {
              id: 'oidc',
              name: oidc.name,
              type: 'oauth' as const,
              wellKnown: `${oidc.issuer}/.well-known/openid-configuration`,
              issuer: oidc.issuer,
              httpOptions: { agent: oidcAgent(oidc.issuer) },
              clientId: oidc.clientId,
              clientSecret: oidc.clientSecret.reveal(),
              authorization: { params: { scope: oidc.scope } },
              idToken: true,
              checks: ['pkce' as const, 'state' as const, 'nonce' as const],
              profile: (profile: Profile) => ({ id: profile.sub ?? '', name: nameOf(profile) }),
            },
          ]),
    ],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.provider !== 'oidc' || oidc === null) return isSigned(user);
        try {
          const known = oidcProfile(profile, oidc.groupsClaim);
          if (known === null) return '/sign-in?error=oidc_no_role';
          Object.assign(user, { claims: await door.signIn.withOidc(known, from) });
          return true;
        } catch (error) {
          const code =
            error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'store';
          return `/sign-in?error=${encodeURIComponent(code)}`;
        }
      },
      jwt: ({ token, user }) => (isSigned(user) ? { ...user.claims } : token),
      // The browser learns from /api/me who it is.
      session: ({ session }) => ({ expires: session.expires }),
      // Back from the provider it is the whole address that was made of the path before.
      redirect({ url, baseUrl }) {
        if (url.startsWith('/') && !url.startsWith('//')) return `${baseUrl}${url}`;
        return url.startsWith(`${baseUrl}/`) ? url : baseUrl;
      },
    },
    logger: {
      // What it passes along holds tokens and passwords: the code alone says what happened.
      error: (code) => log.warn({ code }, 'sign-in'),
      warn: (code) => (code === 'NEXTAUTH_URL' ? undefined : log.debug({ code }, 'sign-in')),
      debug: () => undefined,
    },
  };
}

function passkeyOf(given: unknown, cookie: string | null): NonNullable<Attempt['passkey']> | null {
  if (typeof given !== 'string' || given === '') return null;
  const response = given.length > PASSKEY_MAX ? null : parseJson(given, 1000);
  return { response, bound: `door:${cookie ?? ''}` };
}

/** Whatever went wrong inside is told to nobody outside. */
async function attempt(door: Door, given: Attempt): Promise<SessionClaims> {
  try {
    return await door.signIn.withPassword(given);
  } catch (error) {
    // By its name: the door's class is another one than this module graph's.
    if (error instanceof Error && 'code' in error && error.name === 'SignInRefused') throw error;
    log.error({ err: error }, 'a sign-in failed by itself');
    throw new Error('store');
  }
}

function text(value: unknown, limit: number): string {
  return typeof value === 'string' ? value.slice(0, limit) : '';
}

function nameOf(profile: Profile): string {
  const claims: Readonly<Record<string, unknown>> = { ...profile };
  return (
    [claims.preferred_username, claims.email, claims.name, claims.sub]
      .map((value) =>
        text(value, 100)
          .replace(/\p{Cc}/gu, '')
          .trim(),
      )
      .find((value) => value !== '') ?? 'somebody'
  );
}

/** null: it names nobody. */
function oidcProfile(profile: Profile | undefined, claim: string): OidcProfile | null {
  if (!isObject(profile) || typeof profile.sub !== 'string') return null;
  const groups = Object.hasOwn(profile, claim) ? profile[claim] : [];
  const list = Array.isArray(groups) ? groups : typeof groups === 'string' ? [groups] : [];
  return {
    subject: profile.sub.slice(0, 255),
    name: nameOf(profile),
    groups: list.filter((group): group is string => typeof group === 'string').slice(0, GROUPS_MAX),
  };
}

/** `Chrome on Linux`: enough to tell one's own sessions apart. */
export function agentWords(agent: string): string {
  const browser = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['YaBrowser/', 'Yandex Browser'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark = '']) => agent.includes(mark))?.[1];
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS X', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([mark = '']) => agent.includes(mark))?.[1];
  return [browser ?? 'a browser', system].filter((part) => part !== undefined).join(' on ');
}
