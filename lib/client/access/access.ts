'use client';
// One's own account, and everybody's for who may look: users, tokens, walls, what happened at the door. Each order is sent once, by
// the press, and rejects with the reason in words.
import {
  type InfiniteData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useQueryClient,
} from '@tanstack/react-query';
import type {
  AccessLogAnswer,
  PasskeyOptions,
  PasskeysAnswer,
  PasswordOrder,
  Proof,
  SessionsAnswer,
  TokenCreated,
  TokenDraft,
  TokensAnswer,
  TotpDraft,
  UserAnswer,
  UserChange,
  UserDraft,
  UsersAnswer,
  WallCreated,
  WallDraft,
  WallsAnswer,
} from '../../contract/access';
import { PATHS } from '../../contract/paths';
import { getJson, postJson } from '../live/fetch';
import { retryNow } from '../live/live';
import { useInfiniteQuery, useQuery } from '../live/query';

const EACH_MS = 15_000;
const POST_MS = 20_000;
const PAGE = 50;

function useKept<T>(key: string, path: string): UseQueryResult<T> {
  return useQuery({
    queryKey: [key],
    queryFn: ({ signal }) => getJson<T>(path, signal),
    refetchInterval: EACH_MS,
    staleTime: EACH_MS / 2,
    retry: false,
  });
}

export const useSessions = (): UseQueryResult<SessionsAnswer> => useKept('sessions', PATHS.sessions);
export const usePasskeys = (): UseQueryResult<PasskeysAnswer> => useKept('passkeys', PATHS.passkeys);
export const useUsers = (): UseQueryResult<UsersAnswer> => useKept('users', PATHS.users);
export const useTokens = (): UseQueryResult<TokensAnswer> => useKept('tokens', PATHS.tokens);
export const useWalls = (): UseQueryResult<WallsAnswer> => useKept('walls', PATHS.walls);

function accessLogPath(before: string | null): string {
  const query = new URLSearchParams({ limit: String(PAGE) });
  if (before !== null) query.set('before', before);
  return `${PATHS.accessLog}?${query}`;
}

export function useAccessLog(): UseInfiniteQueryResult<InfiniteData<AccessLogAnswer>> {
  return useInfiniteQuery({
    queryKey: ['access-log'],
    queryFn: ({ pageParam, signal }) => getJson<AccessLogAnswer>(accessLogPath(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AccessLogAnswer) => page.next,
    // Further pages are the past: only the first is asked for again.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : EACH_MS),
    staleTime: EACH_MS / 2,
    retry: false,
  });
}

/** Sends, then asks anew for what it may have changed. */
async function order<T>(client: QueryClient, path: string, body: object, touched: readonly string[]): Promise<T> {
  const answer = await postJson<T>(path, body, POST_MS);
  await Promise.all(touched.map((key) => client.invalidateQueries({ queryKey: [key] })));
  return answer;
}

export interface OwnOrders {
  readonly changePassword: (order: PasswordOrder) => Promise<void>;
  readonly draftTotp: () => Promise<TotpDraft>;
  readonly confirmTotp: (code: string) => Promise<void>;
  readonly removeTotp: (code: string) => Promise<void>;
  /** false: the person left a dialog of the browser. `proof` empty: by a passkey that is there. */
  readonly addPasskey: (name: string, proof: Proof) => Promise<boolean>;
  readonly removePasskey: (id: string, proof: Proof) => Promise<boolean>;
  readonly endSession: (id: string) => Promise<void>;
}

async function ask(what: 'new' | 'proof'): Promise<PasskeyOptions['options']> {
  return (await postJson<PasskeyOptions>(PATHS.passkeyQuestion, { for: what }, POST_MS)).options;
}

/** null: left. */
async function proved(proof: Proof): Promise<Proof | null> {
  if (proof.password !== undefined || proof.code !== undefined) return proof;
  const response = await (await import('./passkeys')).sign(await ask('proof'));
  return response === null ? null : { response };
}

export function useOwnOrders(): OwnOrders {
  const client = useQueryClient();
  return {
    changePassword: async (body) => void (await order(client, PATHS.password, body, ['sessions', 'me'])),
    draftTotp: () => order<TotpDraft>(client, PATHS.totp, {}, []),
    confirmTotp: async (code) => {
      await order(client, PATHS.confirmTotp, { code }, ['me']);
      // Where it was demanded, everything was refused until now.
      void client.invalidateQueries();
      retryNow();
    },
    removeTotp: async (code) => void (await order(client, PATHS.removeTotp, { code }, ['me'])),
    addPasskey: async (name, given) => {
      const proof = await proved(given);
      const response = proof === null ? null : await (await import('./passkeys')).make(await ask('new'));
      if (response === null) return false;
      await order(client, PATHS.passkeys, { name, response, proof }, ['passkeys', 'me']);
      // Where a factor was demanded, everything was refused until now.
      void client.invalidateQueries();
      retryNow();
      return true;
    },
    removePasskey: async (id, given) => {
      const proof = await proved(given);
      if (proof === null) return false;
      await order(client, PATHS.removePasskey(id), { proof }, ['passkeys', 'me']);
      return true;
    },
    endSession: async (id) => void (await order(client, PATHS.endSession(id), {}, ['sessions'])),
  };
}

export interface TokenOrders {
  readonly create: (draft: TokenDraft) => Promise<TokenCreated>;
  readonly revoke: (id: string) => Promise<void>;
}

export function useTokenOrders(): TokenOrders {
  const client = useQueryClient();
  return {
    create: (draft) => order<TokenCreated>(client, PATHS.tokens, draft, ['tokens', 'access-log']),
    revoke: async (id) => void (await order(client, PATHS.revokeToken(id), {}, ['tokens', 'access-log'])),
  };
}

export interface UserOrders {
  readonly add: (draft: UserDraft) => Promise<UserAnswer>;
  readonly change: (name: string, change: UserChange) => Promise<UserAnswer>;
}

export function useUserOrders(): UserOrders {
  const client = useQueryClient();
  const touched = ['users', 'me', 'access-log'];
  return {
    add: (draft) => order<UserAnswer>(client, PATHS.users, draft, touched),
    change: (name, change) => order<UserAnswer>(client, PATHS.user(name), change, touched),
  };
}

export interface WallOrders {
  readonly create: (draft: WallDraft) => Promise<WallCreated>;
  readonly link: (id: string) => Promise<WallCreated>;
  readonly revoke: (id: string) => Promise<void>;
}

export function useWallOrders(): WallOrders {
  const client = useQueryClient();
  const touched = ['walls', 'access-log'];
  return {
    create: (draft) => order<WallCreated>(client, PATHS.walls, draft, touched),
    link: (id) => order<WallCreated>(client, PATHS.wallLink(id), {}, []),
    revoke: async (id) => void (await order(client, PATHS.revokeWall(id), {}, touched)),
  };
}
