// What the web server's thread and the embedded store's thread say to each other.
import type { Row, Statement } from './driver';

/** `ask`: several are one transaction; the first is a guard where `guarded`. `script`: no parameters, no rows come back. */
export type ToStore =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'ask'; readonly id: number; readonly statements: readonly Statement[]; readonly guarded: boolean }
  | { readonly kind: 'script'; readonly id: number; readonly sql: string }
  /** The thread ends. */
  | { readonly kind: 'close' };

/** Rows as SQLite gives them, and which of their columns are more than that: parsed on the other side, where they are used. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly json: readonly string[];
  readonly boolean: readonly string[];
}

export type FromStore =
  | { readonly kind: 'opened' }
  /** `code`: SQLSTATE; null: none. */
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | null }
  /** `answers` null: the guard gave no row, and nothing was done. */
  | { readonly kind: 'answers'; readonly id: number; readonly answers: readonly Answer[] | null }
  | { readonly kind: 'error'; readonly id: number; readonly message: string; readonly code: string | null };
