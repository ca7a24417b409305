// The store's copy against the journal: the second witness, where somebody cut both the journal and journal.head. Reads only.

import { canonical } from '../../domain/actions/bound';
import { parseJson } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';
import type { Store } from '../store/store';
import { storable } from './audit-index';
import { journalPaths, readEntries, scanFile } from './files';
import { olderJournal } from './store-witness';

export interface Comparison {
  readonly compared: number;
  /** Entries at the end of the journal that the store has not got (yet): no fault, it follows. */
  readonly missing: number;
  readonly problems: readonly Text[];
}

interface Copy {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly action_id: string;
  readonly scope: string;
  readonly body: unknown;
  readonly hash: string;
}

const BATCH = 500;
const PROBLEM_LIMIT = 20;

/** `store`: one that gives its rows back as they were given to it, sentences too. Rejects with StoreAway while it is away. */
export async function compareWithStore(folder: string, store: Pick<Store, 'query'>): Promise<Comparison> {
  const paths = journalPaths(folder);
  const { header, entries } = await scanFile(paths.journal, null);
  if (header === null) return { compared: 0, missing: 0, problems: [say`the journal has no header to look for`] };
  const id = header.journal;
  const [row] = await store.query<{ newest: number | null }>(
    'SELECT max(seq) AS newest FROM audit_entry WHERE journal = $1::text',
    [id],
  );
  const newest = row?.newest ?? 0;
  const problems: Text[] = [];
  let compared = 0;
  let copies = new Map<number, Copy>();
  for await (const entry of readEntries(paths)) {
    if (entry.seq > newest || problems.length >= PROBLEM_LIMIT) break;
    if (compared % BATCH === 0) copies = await copiesFrom(store, id, entry.seq);
    compared += 1;
    const copy = copies.get(entry.seq);
    if (copy === undefined) {
      problems.push(say`entry ${entry.seq} is missing in the store, although later ones are there`);
      continue;
    }
    const body = canonical(parseJson(storable(JSON.stringify(entry.body))));
    const same =
      copy.hash === entry.hash &&
      copy.kind === entry.kind &&
      copy.action_id === entry.actionId &&
      copy.scope === entry.scope &&
      copy.at === Math.round(entry.at) &&
      canonical(copy.body) === body;
    if (!same) problems.push(say`entry ${entry.seq} in the store is not the one of the journal`);
  }
  // The journal may have grown since; the store cannot be ahead of it.
  const now = newest > entries ? (await scanFile(paths.journal, null)).entries : entries;
  if (newest > now) problems.push(olderJournal(newest, now));
  return { compared, missing: Math.max(0, now - newest), problems };
}

async function copiesFrom(store: Pick<Store, 'query'>, journal: string, seq: number): Promise<Map<number, Copy>> {
  const rows = await store.query<Copy & Record<string, unknown>>(
    `SELECT seq, at, kind, action_id, scope, body, hash FROM audit_entry
     WHERE journal = $1::text AND seq >= $2::bigint AND seq < $3::bigint`,
    [journal, seq, seq + BATCH],
  );
  return new Map(rows.map((row) => [row.seq, row]));
}
