// What the web server's thread and the embedded store's thread say to each other.
import type { Text } from '../../language/sentence';

/** `script`: several statements without parameters, no rows come back. */
export type ToStore =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'query'; readonly id: number; readonly sql: string; readonly params: readonly unknown[] }
  | { readonly kind: 'script'; readonly id: number; readonly sql: string }
  | { readonly kind: 'close' };

export type FromStore =
  | { readonly kind: 'opened' }
  /** The folder was empty and is made now. The thread ends: making one takes memory that only a new thread gives back. */
  | { readonly kind: 'made' }
  | { readonly kind: 'failed'; readonly message: Text }
  | { readonly kind: 'rows'; readonly id: number; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly code: string | null }
  | { readonly kind: 'closed' };
