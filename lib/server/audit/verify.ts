// Does a journal still say what was written into it? Reads only, also beside a running Howdah.

import { readdir, stat } from 'node:fs/promises';
import { say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { isOwned } from '../store/lock';
import { journalPaths, readHead, scanJournal } from './chain';

export interface Verification {
  readonly ok: boolean;
  readonly entries: number;
  /** Id of the journal; null: its header cannot be read. */
  readonly journal: string | null;
  /** SHA-256 of the last entry; to be kept elsewhere, it proves all before it. null: no entry. */
  readonly head: string | null;
  readonly problems: readonly Text[];
  /** What is worth knowing and no fault of the chain. */
  readonly notes: readonly Text[];
}

/** `folder` is the data folder. Never rejects. */
export async function verifyJournal(folder: string): Promise<Verification> {
  const paths = journalPaths(folder);
  const nothing = { ok: false, entries: 0, journal: null, head: null, notes: await asideNotes(paths.folder) };
  try {
    const head = await readHead(paths.head);
    const there = await stat(paths.journal).catch(() => null);
    if (there === null) {
      const missing =
        head === null
          ? say`there is no journal in ${folder}`
          : say`there is no journal in ${folder}, although journal.head names ${head.seq} entries`;
      return { ...nothing, problems: [missing] };
    }
    const scan = await scanJournal(paths.journal, head);
    const notes = [...nothing.notes];
    if (scan.torn && !(await isOwned(folder)))
      notes.push(say`the last line was written only in part and never acknowledged`);
    if (head === null) notes.push(say`there is no journal.head: entries removed at the end would not show`);
    return {
      ok: scan.problems.length === 0,
      entries: scan.entries,
      journal: scan.header?.journal ?? null,
      head: scan.entries === 0 ? null : scan.last,
      problems: scan.problems,
      notes,
    };
  } catch (error) {
    return {
      ...nothing,
      problems: [say`the journal cannot be read: ${saidBy(error)}`],
    };
  }
}

async function asideNotes(folder: string): Promise<Text[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => /^journal\.(broken|torn)-/.test(name) && !name.endsWith('.head'))
    .sort()
    .map((name) => say`${name} was set aside earlier`);
}
