// What the store needs of a database: connect once, ask, hear when it is lost. Two of them, one SQL text: PostgreSQL's, of which
// dialect.ts makes SQLite's. Both give integers, int8 and sums too, as numbers (none of ours passes 2^53), json and jsonb parsed,
// bytea as Uint8Array; a condition that is computed may come as 0 or 1. JSON goes in as text (`$1::text::jsonb`), because pg would
// make an array of a list.

import { say, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface Session {
  /** Begins a transaction that no other process makes at the same time. */
  begin(): Promise<void>;
  query(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  /** Several statements, without parameters. */
  script(sql: string): Promise<void>;
}

export interface Connection {
  query(sql: string, params: readonly unknown[]): Promise<readonly Row[]>;
  /** See Store. */
  together(statements: readonly Statement[], guard: Statement | null): Promise<readonly (readonly Row[])[] | null>;
  /** One session that nobody else uses meanwhile. */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** What people should know about how it came about; null: nothing. */
  readonly notice: Text | null;
  close(): Promise<void>;
}

export interface Driver {
  readonly kind: 'embedded' | 'postgres';
  /** One attempt. Rejects with an Error in words for people. `lost` is called at most once, after it resolved. */
  connect(lost: (reason: Text) => void): Promise<Connection>;
}

/** The store cannot answer now: opening, down, or too slow. What was asked may still have been done. */
export class StoreAway extends SpokenError {
  override readonly name = 'StoreAway';
}

/** Not within the time that was given; whether the server is gone is not known. */
export class StoreSlow extends StoreAway {}

/** It answers, and takes no writes: its disk is full or cannot be written. */
export class StoreFull extends StoreAway {}

/** The store answered with an error. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** SQLSTATE, on both; null: none. */
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** The clock of the database in epoch ms: for what several processes have to agree on. */
export const NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
export const QUERY_MS = 3000;
export const MIGRATE_MS = 30_000;

/** Rejects with StoreAway when `work` takes longer. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreSlow(say`the store did not answer within ${Math.round(ms / 1000)} s`)),
      ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
