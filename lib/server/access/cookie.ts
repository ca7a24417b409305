// The session's cookie: made and encrypted by next-auth, read here. Its name holds a mark of the installation, because browsers
// share cookies between the ports of one host.
import type { JWT } from 'next-auth/jwt';
import type { Grant } from '../../contract/access';
import { CALLER_KINDS, ROLES } from '../../domain/access/access';
import { isObject } from '../../domain/wire/loose';
import type { Keys } from './keys';
import type { SessionClaims } from './sessions';

/** Loaded with the first session. */
const jwt = () => import('next-auth/jwt');
const COOKIE_MAX = 32_000;
/** What browsers take in one cookie, with room for its name and attributes. */
const ONE_COOKIE = 3800;

export function isSecureUrl(publicUrl: string): boolean {
  return publicUrl.startsWith('https:');
}

/**
 * `__Secure-` keeps a page of plain http on the same host from writing it, `__Host-` a sister host of the domain too: browsers take that
 * one at the root only.
 */
export function cookieName(publicUrl: string, keys: Keys): string {
  const mark = keys
    .sign('session', 'cookie')
    .replace(/[^a-zA-Z0-9]/g, '')
    .slice(0, 6);
  const prefix = !isSecureUrl(publicUrl) ? '' : cookiePath(publicUrl) === '/' ? '__Host-' : '__Secure-';
  return `${prefix}howdah-session-${mark}`;
}

/** null: there is none, or it is not ours. */
export async function readClaims(header: string | null, name: string, keys: Keys): Promise<SessionClaims | null> {
  const value = header === null ? null : (cookieOf(header, name) ?? joined(header, name));
  if (value === null || value.length > COOKIE_MAX) return null;
  const { decode } = await jwt();
  const token = await decode({ token: value, secret: keys.text('session') }).catch(() => null);
  return token === null ? null : claimsOf(token);
}

/** Set-Cookie with the newest claims: what is known when the store is away is then younger. */
/** null: too long for one cookie; the one that next-auth cut into pieces goes on. */
export async function claimsCookie(
  claims: SessionClaims,
  { name, publicUrl, keys, now }: { name: string; publicUrl: string; keys: Keys; now: number },
): Promise<string | null> {
  const maxAge = Math.max(1, Math.round((claims.expiresAt - now) / 1000));
  const { encode } = await jwt();
  const value = await encode({ token: { ...claims }, secret: keys.text('session'), maxAge });
  if (value.length > ONE_COOKIE) return null;
  return `${name}=${value}; Max-Age=${maxAge}; ${attributes(publicUrl)}`;
}

/** What next-auth knows a browser by before anybody has signed in; null: it has not asked yet. `name`: of the session's cookie. */
export function csrfOf(header: unknown, name: string): string | null {
  return typeof header === 'string' ? cookieOf(header, name.replace('-session-', '-csrf-')) : null;
}

export function endCookie(name: string, publicUrl: string): string {
  return `${name}=; Max-Age=0; ${attributes(publicUrl)}`;
}

function attributes(publicUrl: string): string {
  return `Path=${cookiePath(publicUrl)}; HttpOnly; SameSite=Lax${isSecureUrl(publicUrl) ? '; Secure' : ''}`;
}

export function cookiePath(publicUrl: string): string {
  return URL.parse(publicUrl)?.pathname || '/';
}

/** next-auth cuts what is too long for one cookie into `<name>.0`, `<name>.1` … */
function joined(header: string, name: string): string | null {
  let value = '';
  for (let index = 0; index < 10; index += 1) {
    const part = cookieOf(header, `${name}.${index}`);
    if (part === null) break;
    value += part;
  }
  return value === '' ? null : value;
}

export function cookieOf(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** null: it is something else. */
function claimsOf(token: JWT): SessionClaims | null {
  const { sid, uid, name, kind, external, directory, totp, passkeys, grants, checkedAt, expiresAt } = token;
  const known = CALLER_KINDS.find((one) => one === kind);
  if (typeof sid !== 'string' || typeof uid !== 'string' || typeof name !== 'string') return null;
  if ((known !== 'user' && known !== 'break_glass') || !Array.isArray(grants)) return null;
  if (typeof checkedAt !== 'number' || typeof expiresAt !== 'number') return null;
  return {
    sid,
    uid,
    name,
    kind: known,
    external: external === true,
    directory: directory === true,
    totp: totp === true,
    passkeys: typeof passkeys === 'number' ? passkeys : 0,
    grants: grants.flatMap(grantOf),
    checkedAt,
    expiresAt,
  };
}

function grantOf(value: unknown): readonly Grant[] {
  if (!isObject(value)) return [];
  const role = ROLES.find((one) => one === value.role);
  const { scopes, labels } = value;
  if (role === undefined || !isObject(labels)) return [];
  if (scopes !== null && !(Array.isArray(scopes) && scopes.every((one) => typeof one === 'string'))) return [];
  const pairs = Object.entries(labels).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return [{ role, scopes, labels: Object.fromEntries(pairs) }];
}
