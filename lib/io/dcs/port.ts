// What the rest of Howdah knows of a DCS, whatever its kind. An adapter lists, watches and writes the keys that Patroni keeps, in the
// words of the core's RawDcs; nothing above this file imports an adapter but `open.ts`.
import type { RawCare } from '../../domain/care/raw-care';
import type { RawDcs, RawDcsKey, RawLease, Reading, ReadingError, Witness } from '../../domain/raw';

export interface DcsWatchContext {
  readonly now: () => number;
  /** Something in these scopes changed, or (empty) the state of the DCS itself did. */
  readonly onChange: (scopes: readonly string[]) => void;
}

/** Watches all scopes of one namespace for ever. Nothing here rejects: what fails is in `error` and in the endpoints of `rawFor`. */
export interface DcsWatch {
  start(): void;
  stop(): Promise<void>;
  scopes(): readonly string[];
  /** As Patroni calls it, where a scope of this DCS goes by another word here; absent: the same. */
  patroniScope?(scope: string): string;
  /**
   * The scope's keys as Patroni writes them to etcd (`leader`, `config`, `members/n1`, ...), the same array until one changes; null:
   * none. Versions are whole numbers that grow with each change of the key.
   */
  keysOf(scope: string): readonly RawDcsKey[] | null;
  /** The scope's part of what a snapshot is built from. `keys` is empty, not null, for a scope that has gone. */
  rawFor(scope: string, leaderLease: Witness<RawLease>): RawDcs;
  /** The keys were listed once. */
  readonly listed: boolean;
  /** null: what is shown is current. */
  readonly error: ReadingError | null;
  /** Keys that the last list left out. */
  readonly refused: number;
  /** Of some scopes nothing may be read, and which right is missing; null or absent: there are none. */
  readonly denied?: ReadingError | null;
  /** What is left of the lease of this owner; value null: it has expired. */
  readLease(owner: string): Promise<Reading<RawLease | null>>;
  /** Asks every endpoint how it is and whether a quorum answers. An endpoint whose last question is unanswered is not asked again. */
  checkHealth(): Promise<void>;
}

export type WritableKey = 'failover' | 'config';

export interface Commit {
  /** Version that each key must have; '0': the key must not exist. */
  readonly compare: Readonly<Partial<Record<WritableKey | 'sync', string>>>;
  /** Holder the leader key must name, `nobody`: it must not exist; null: not compared. */
  readonly leader: { readonly holder: string } | 'nobody' | null;
  readonly put: Readonly<Partial<Record<WritableKey, string>>>;
}

export type CommitResult =
  | {
      readonly kind: 'committed';
      readonly revision: string;
      readonly tookMs: number;
      /** Keys that were read just before and not compared in the write itself; absent: all were compared. */
      readonly readBefore?: readonly string[];
    }
  /** Nothing was written: something had changed. */
  | { readonly kind: 'changed'; readonly now: CurrentKeys }
  /** Nothing was written. */
  | { readonly kind: 'failed'; readonly error: ReadingError }
  /** It may have been written. */
  | { readonly kind: 'unknown'; readonly error: ReadingError };

export interface CurrentKeys {
  readonly leader: CurrentKey | null;
  readonly failover: CurrentKey | null;
  readonly sync: CurrentKey | null;
  readonly config: CurrentKey | null;
}

export type CurrentKey = Pick<RawDcsKey, 'value' | 'version'>;

export interface PastValue {
  readonly revision: string;
  readonly value: string;
}

/** The only thing that writes to a DCS. Each commit is sent once; what is not known to have failed is said so. */
export interface DcsWriter {
  /** What the keys are now, by a read that a quorum answers. Rejects with a ReadingError. */
  current(scope: string): Promise<CurrentKeys>;
  commit(scope: string, commit: Commit): Promise<CommitResult>;
  /** Earlier values of a key, newest first, as far as the DCS keeps them; empty where it keeps none. */
  past(scope: string, key: WritableKey, fromRevision: string, limit: number): Promise<readonly PastValue[]>;
  close(): void;
}

/** Looks at the DCS as a thing of its own: its members and how each is. Nothing here rejects, and nothing is changed by it. */
export interface CareReader {
  read(): Promise<RawCare>;
  close(): void;
}

export function isReadingError(error: unknown): error is ReadingError {
  return typeof error === 'object' && error !== null && 'kind' in error && 'message' in error;
}
