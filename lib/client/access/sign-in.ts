'use client';
// Through the door, by next-auth's own routes: they want a form with a token of theirs, and answer with an address that holds the
// error. Where the person goes on to is decided here and not by that address.
import type { UseQueryResult } from '@tanstack/react-query';
import type { PasskeyOptions, SetupOrder, SignInOptions } from '../../contract/access';
import { PATHS } from '../../contract/paths';
import { based } from '../live/base';
import { getJson, postJson } from '../live/fetch';
import { useQuery } from '../live/query';
import { ownPath, SIGN_IN_PAGE } from './door';

const CSRF_PATH = '/api/auth/csrf';
const LOCAL_PATH = '/api/auth/callback/credentials';
const OIDC_PATH = '/api/auth/signin/oidc';
/** argon2 takes its time, and more of it on a busy machine. */
const POST_MS = 20_000;
const RETRY_MS = 3000;

export function useSignInOptions(): UseQueryResult<SignInOptions> {
  return useQuery({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => getJson<SignInOptions>(PATHS.signIn, signal),
    // Until it answers, and while something is wrong with it.
    refetchInterval: ({ state }) => (state.data === undefined || state.data.problem !== null ? RETRY_MS : false),
    refetchOnMount: 'always',
    retry: false,
  });
}

/** Why one is not in. `other`: next-auth's own word. */
export type SignInFailure =
  | { readonly kind: 'credentials' | 'code' | 'store' | 'directory' | 'no_role' | 'disabled' | 'unreachable' }
  | { readonly kind: 'passkey' | 'passkey_unknown' | 'passkey_left' }
  | { readonly kind: 'locked'; readonly until: number }
  | { readonly kind: 'other'; readonly code: string };

/** Of the `error` in an address. */
export function failureOf(code: string): SignInFailure {
  switch (code) {
    case 'credentials':
    case 'CredentialsSignin':
      return { kind: 'credentials' };
    case 'code':
    case 'store':
    case 'directory':
    case 'no_role':
    case 'passkey':
    case 'passkey_unknown':
    case 'disabled':
      return { kind: code };
    default: {
      const [, until] = /^locked:(\d{10,16})$/.exec(code) ?? [];
      return until === undefined ? { kind: 'other', code } : { kind: 'locked', until: Number(until) };
    }
  }
}

interface AuthAnswer {
  readonly url?: string;
}

async function postForm(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const { csrfToken } = await getJson<{ readonly csrfToken: string }>(CSRF_PATH);
  const answer = await fetch(based(path), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, csrfToken, json: 'true' }),
    signal: AbortSignal.timeout(POST_MS),
  });
  const { url }: AuthAnswer = await answer.json();
  if (typeof url !== 'string') throw new Error(`no address in the answer, status ${answer.status}`);
  return url;
}

function errorIn(url: string): string | null {
  return new URL(url, location.origin).searchParams.get('error');
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Empty: none was asked for. */
  readonly code: string;
}

/** null: in. Never rejects. */
export async function signInLocal(credentials: Credentials, next: string): Promise<SignInFailure | null> {
  try {
    const error = errorIn(await postForm(LOCAL_PATH, { ...credentials, callbackUrl: based(ownPath(next)) }));
    return error === null ? null : failureOf(error);
  } catch {
    return { kind: 'unreachable' };
  }
}

/** With a passkey alone, or beside the password. null: in. Never rejects. */
export async function signInPasskey(beside: Credentials | null, next: string): Promise<SignInFailure | null> {
  try {
    // Its cookie says which browser asks.
    await getJson(CSRF_PATH);
    const { options } = await postJson<PasskeyOptions>(PATHS.signInPasskey, {}, POST_MS);
    const { sign } = await import('./passkeys');
    const response = await sign(options);
    if (response === null) return { kind: 'passkey_left' };
    const fields = { username: beside?.username ?? '', password: beside?.password ?? '', code: '' };
    const passkey = JSON.stringify(response);
    const error = errorIn(await postForm(LOCAL_PATH, { ...fields, passkey, callbackUrl: based(ownPath(next)) }));
    return error === null ? null : failureOf(error);
  } catch {
    return { kind: 'unreachable' };
  }
}

/** Leaves for the provider. Returns only where that did not work. */
export async function signInOidc(next: string): Promise<SignInFailure | null> {
  try {
    const url = await postForm(OIDC_PATH, { callbackUrl: based(ownPath(next)) });
    const error = errorIn(url);
    if (error !== null && new URL(url, location.origin).origin === location.origin) return failureOf(error);
    location.assign(url);
    return null;
  } catch {
    return { kind: 'unreachable' };
  }
}

/** A whole new page: nothing of before is in it. */
export function goIn(next: string): void {
  location.replace(based(ownPath(next)));
}

/** Rejects with the reason in words. */
export async function setUp(order: SetupOrder): Promise<void> {
  await postJson<unknown>(PATHS.setup, order, POST_MS);
}

/** Rejects where it is not known whether it happened. */
export async function signOut(everywhere: boolean): Promise<void> {
  await postJson<unknown>(PATHS.signOut, { everywhere }, POST_MS);
  document.body.hidden = true;
  location.replace(based(SIGN_IN_PAGE));
}
