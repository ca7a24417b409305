// The store as a witness of the journal: it has the hash of every entry that it was given, and the newest of each journal of a data
// folder. Where the two disagree the journal is the one that was changed or put back: a new one begins, which says so, and nothing
// of either is overwritten. A store that has less than it was given was put back itself, and is filled again.
import { readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { field, parseObject, text, wholeNumber } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import type { HowdahConfig } from '../config/config';
import { log } from '../log';
import { NOW_MS } from '../store/driver';
import type { Store } from '../store/store';
import type { Anchor } from './anchors';
import { breachOf } from './chain';
import { journalPaths } from './files';
import type { Journal, JournalEntry } from './journal';
import { record } from './record-entry';

/** Whose journals these are, among those of several Howdahs on one store. */
export interface Home {
  readonly name: string;
  /** What the store was known to have, so that a store that was put back is known as one. */
  readonly copied: string;
}

export function homeOf({ dataDir, databaseUrl }: Pick<HowdahConfig, 'dataDir' | 'databaseUrl'>): Home {
  // The embedded store lies in the folder itself, which may be moved.
  const name = databaseUrl === null ? '' : `${hostname()}:${dataDir}`;
  return { name, copied: path.join(journalPaths(dataDir).folder, 'copied.json') };
}

export class StoreWitness {
  readonly #store: Pick<Store, 'query'>;
  readonly #journal: Journal;
  readonly #home: Home | null;

  constructor(store: Pick<Store, 'query'>, journal: Journal, home: Home | null) {
    this.#store = store;
    this.#journal = journal;
    this.#home = home;
  }

  /** Entries that the store has. Zero where something is missing in the middle: then everything is offered again. */
  async copied(): Promise<number> {
    const [row] = await this.#store.query<{ newest: number | null; count: number }>(
      'SELECT max(seq) AS newest, count(*) AS count FROM audit_entry WHERE journal = $1::text',
      [this.#journal.id],
    );
    const newest = row?.newest ?? 0;
    const found = await this.#disagreement(newest);
    if (found !== null) {
      log.error({ journal: this.#journal.id }, String(found));
      await this.#journal.begin([found]);
      return 0;
    }
    await this.#sayBehind(newest);
    return row !== undefined && newest === row.count ? newest : 0;
  }

  async #disagreement(newest: number): Promise<Text | null> {
    if (newest > this.#journal.entries()) return olderJournal(newest, this.#journal.entries());
    if (newest === 0) return null;
    const [row] = await this.#store.query<{ hash: string }>(
      'SELECT hash FROM audit_entry WHERE journal = $1::text AND seq = $2::bigint',
      [this.#journal.id, newest],
    );
    for await (const { hash } of this.#journal.read(newest))
      return hash === row?.hash ? null : say`entry ${newest} in the store is not the one of the journal`;
    return null;
  }

  async #sayBehind(newest: number): Promise<void> {
    const known = parseObject(
      await readFile(/* turbopackIgnore: true */ this.#home?.copied ?? '', 'utf8').catch(() => ''),
    );
    const seq = wholeNumber(field(known, 'seq'));
    if (text(field(known, 'journal')) !== this.#journal.id || seq === null || seq <= newest) return;
    const found = say`the store lacks entries ${newest + 1} to ${seq} of the journal, which it had: it was put back from a backup, and is filled again; nothing is done again`;
    log.warn({ journal: this.#journal.id }, String(found));
    await record(this.#journal, { kind: 'record_behind', actor: 'howdah', text: found, breaches: [] });
  }

  /** The head of each journal, of which its entries may be removed. */
  async anchor({ seq, hash }: JournalEntry): Promise<void> {
    if (this.#home === null) return;
    await this.#store.query(
      `INSERT INTO audit_anchor (journal, home, seq, hash, at) VALUES ($1::text, $2::text, $3::bigint, $4::text, ${NOW_MS})
       ON CONFLICT (journal) DO UPDATE SET home = excluded.home, seq = excluded.seq, hash = excluded.hash, at = excluded.at`,
      [this.#journal.id, this.#home.name, seq, hash],
    );
    const known = JSON.stringify({ journal: this.#journal.id, seq });
    await writeFile(this.#home.copied, `${known}\n`, { mode: 0o600 }).catch(() => undefined);
  }
}

export function olderJournal(newest: number, entries: number): Text {
  return say`the store has entry ${newest}, the journal ends at ${entries}: it was put back from a backup, or entries were removed at its end`;
}

/** The heads that the store knows of this data folder. */
export async function storeAnchors(store: Pick<Store, 'query'>, { name }: Home): Promise<readonly Anchor[]> {
  const rows = await store.query<{ journal: string; seq: number; hash: string }>(
    'SELECT journal, seq, hash FROM audit_anchor WHERE home = $1::text ORDER BY at LIMIT 1000',
    [name],
  );
  return rows.map(({ journal, seq, hash }) => ({ journal, seq, hash }));
}

/** A journal that the store knows and that is not among these. */
export function lostJournal({ journal, seq, hash }: Anchor) {
  return breachOf(null, `${journal} ${seq} ${hash}`, [
    say`the store has ${seq} entries of a journal that is not there any more (${journal}): the store is newer than the folder, or the journal was removed`,
  ]);
}
