// One row of the table of routes (routes.ts): what a route must say of itself before it compiles. With zod.
import type { z } from 'zod';
import type { Permission } from '../domain/access/access';
import type { ErrorCode } from './error-codes';

export type RouteAccess =
  /** Whoever can reach the port. */
  | { readonly kind: 'public' }
  /** Whoever is signed in, with whatever rights; the handler shows and takes only what is theirs. */
  | { readonly kind: 'signed_in' }
  /** The key of a wall, which is in the path. */
  | { readonly kind: 'wall' }
  /** A token of `backups.push` of the settings, which opens nothing else; and nothing else opens it. */
  | { readonly kind: 'reporter' }
  /** Somewhere, or everywhere where the permission is of that sort; the handler asks again about the cluster it turns out to be. */
  | { readonly kind: 'somewhere'; readonly permission: Permission }
  | ScopeAccess;

/** Of a route with a cluster in its path. */
type ScopeAccess =
  /** On the cluster of the path. Without `see` there it is answered as if there were none. */
  | { readonly kind: 'scope'; readonly permission: Permission }
  /** `see` on the cluster of the path, and the permission of the action in the body. */
  | { readonly kind: 'action' };

export const PUBLIC = { kind: 'public' } as const;
export const SIGNED_IN = { kind: 'signed_in' } as const;
export const WALL = { kind: 'wall' } as const;
export const REPORTER = { kind: 'reporter' } as const;
export const ACTION = { kind: 'action' } as const;
export const on = <P extends Permission>(permission: P) => ({ kind: 'scope', permission }) as const;
export const somewhere = <P extends Permission>(permission: P) => ({ kind: 'somewhere', permission }) as const;
export const SEE = on('see');

/** An answer that is no JSON: server-sent events, each `data` one frame; or text of one of these types. */
export type OtherAnswer =
  | { readonly kind: 'events'; readonly frame: z.ZodType }
  | { readonly kind: 'text'; readonly types: readonly string[] };

/** Names in braces of a path: `'scope' | 'id'`. */
export type PathName<P extends string> = P extends `${string}{${infer N}}${infer Rest}` ? N | PathName<Rest> : never;

interface Row {
  /** What it is for, in a few words. */
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly answer: z.ZodType | OtherAnswer;
  /**
   * May a token ask it? Without a word here: yes where the route is about the cluster of its path or open to all, no everywhere else.
   * Accounts, grants, factors, sessions, tokens and walls are made and changed by people alone.
   */
  readonly tokens?: boolean;
  /** The body is text, taken as it came, whatever type it says. */
  readonly rawBody?: true;
  /** Is it answered to somebody who still has to set the second factor that their role demands? No where it does not say so. */
  readonly withoutFactor?: boolean;
  /** As what else it can be asked for. */
  readonly files?: readonly string[];
  /** It answers 202 too: then it means this. */
  readonly accepted?: string;
  /** Of its own: those of the wrapper, of a body and of a path come by themselves (errorsOf in routes.ts). */
  readonly errors: readonly ErrorCode[];
}

/** What a route of this key must say. The key is `GET` or `POST`, a space and the path. */
export type RowOf<K> = K extends `${infer Method} /${infer P}`
  ? Row & {
      readonly access: 'scope' extends PathName<P> ? ScopeAccess : Exclude<RouteAccess, ScopeAccess>;
    } & (Method extends 'GET'
        ? { readonly body?: never }
        : Method extends 'POST'
          ? { readonly body: z.ZodType }
          : never)
  : never;

/** Compiles where each row says all that its key asks for. */
export const table = <const T extends { readonly [K in keyof T]: RowOf<K> }>(rows: T): T => rows;
