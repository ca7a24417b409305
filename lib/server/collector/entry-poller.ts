// Looks at one door, at the pace of the fastest cluster behind it, whatever the number of clusters: one question in flight, the newest
// answer and the newest good one are kept. An address signs in anew each time, so it is asked more seldom.
import { type EntryAnswer, NEVER_ASKED, type RawEntry, type Witness } from '../../domain/raw';
import { witness } from '../../io/dcs/wait';
import { createAddressReader } from '../../io/entry-address';
import { createHaproxyReader, type EntryReader } from '../../io/haproxy';
import { insideOf } from '../../io/networks';
import type { PatroniReader } from '../../io/patroni';
import { CONSOLE, createPgbouncerReader } from '../../io/pgbouncer';
import type { PostgresTarget } from '../../io/postgres-link';
import { type EntryConfig, shownAddress } from '../config/entry-file';
import { material } from '../tls-material';

export interface EntrySource {
  /** Its own: closed with it. */
  readonly patroni: PatroniReader;
  readonly isRestSecure: boolean;
  /** Of the source whose cluster an address leads to; null: it has none. */
  readonly role: Omit<PostgresTarget, 'host' | 'port'> | null;
  readonly deadlineMs: number;
  readonly now: () => number;
}

const SIGN_IN_EVERY_MS = 5000;
/** While an action runs it matters more. */
const ACTING_EVERY_MS = 1000;

export class EntryPoller {
  readonly config: EntryConfig;
  readonly #reader: EntryReader<EntryAnswer>;
  readonly #source: EntrySource;
  readonly #listeners = new Set<() => void>();
  #answer: Witness<EntryAnswer> = NEVER_ASKED;
  #askedAt = Number.NEGATIVE_INFINITY;
  #everyMs = SIGN_IN_EVERY_MS;
  #asking = false;
  #closed = false;

  constructor(config: EntryConfig, source: EntrySource) {
    this.config = config;
    this.#source = source;
    this.#reader = readerOf(config, source);
  }

  /** Told of every answer and failure. */
  onAnswer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** `intervalMs`: the pace of the cluster that asks. */
  async poll(intervalMs: number): Promise<void> {
    const { now, deadlineMs } = this.#source;
    this.#everyMs = this.config.way.kind === 'address' ? addressEvery(intervalMs) : intervalMs;
    if (this.#asking || this.#closed || now() - this.#askedAt < this.#everyMs * 0.9) return;
    this.#asking = true;
    this.#askedAt = now();
    const reading = await this.#reader.read(deadlineMs);
    this.#asking = false;
    if (this.#closed) return;
    this.#answer = witness(this.#answer, reading);
    for (const listener of this.#listeners) listener();
  }

  raw(): RawEntry {
    const { config } = this;
    const { name, way } = config;
    const address = shownAddress(config);
    const own = way.kind === 'address' ? { primary: [], replicas: way.for === 'replicas' ? [name] : [] } : way;
    return {
      name,
      kind: way.kind,
      address,
      primary: own.primary,
      replicas: own.replicas,
      everyMs: this.#everyMs,
      answer: this.#answer,
    };
  }

  /** Some cluster stands behind it. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  close(): void {
    this.#closed = true;
    this.#reader.close();
    void this.#source.patroni.close();
  }
}

function addressEvery(intervalMs: number): number {
  return intervalMs < ACTING_EVERY_MS ? ACTING_EVERY_MS : Math.max(intervalMs, SIGN_IN_EVERY_MS);
}

function readerOf({ way, networks }: EntryConfig, source: EntrySource): EntryReader<EntryAnswer> {
  const { now } = source;
  const isInside = networks === null ? null : insideOf(networks);
  switch (way.kind) {
    case 'haproxy': {
      const { place, username, password, tls } = way;
      const secret = password?.reveal() ?? null;
      return createHaproxyReader({ place, username, password: secret, tls: material(tls), isInside }, now);
    }
    case 'pgbouncer': {
      const { host, port, username, password, tls, allowCleartext } = way;
      const secret = password?.reveal() ?? null;
      return createPgbouncerReader(
        { host, port, username, password: secret, database: CONSOLE, tls: material(tls), allowCleartext, isInside },
        now,
      );
    }
    case 'address': {
      const { host, port, restPort } = way;
      const { role, patroni, isRestSecure } = source;
      const isAllowed = (address: string): boolean =>
        (role?.isInside ?? (() => true))(address) && (isInside ?? (() => true))(address);
      return createAddressReader(
        { host, port, restPort, patroni, isRestSecure, role: role === null ? null : { ...role, isInside: isAllowed } },
        now,
      );
    }
  }
}
