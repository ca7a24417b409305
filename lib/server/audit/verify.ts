// Does the record still say what was written into it? Follows the journal back through every file it was ever continued from or
// begun after. What is wrong with one of those stays wrong until an entry of a later one acknowledges it; what is wrong with the
// newest has to be looked into first. Reads only, also beside a running Howdah.
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { field, isObject, type JsonObject, list, text } from '../../domain/wire/loose';
import { revive } from '../../language/carry';
import { distinct, joined, say, type Text } from '../../language/sentence';
import { saidBy } from '../../language/spoken-error';
import { isOwned } from '../store/lock';
import { type Breach, breachOf, type JournalEntry, type JournalHead, type JournalHeader, type Scan } from './chain';
import { digestOf, headProblems, journalPaths, keptFiles, type Paths, readHead, scanFile } from './files';

export interface Verification {
  readonly ok: boolean;
  readonly entries: number;
  /** Id of the journal; null: its header cannot be read. */
  readonly journal: string | null;
  /** SHA-256 of the last entry; to be kept elsewhere, it proves all before it. null: no entry. */
  readonly head: string | null;
  readonly problems: readonly Text[];
  /** Those of the problems that somebody with the right can acknowledge: not of the file that is written. */
  readonly breaches: readonly Breach[];
  /** Of those that somebody has acknowledged. */
  readonly acknowledged: readonly string[];
  /** Ids of this journal and of all that it follows. */
  readonly journals: readonly string[];
  /** What is worth knowing and no fault of the chain. */
  readonly notes: readonly Text[];
  /** Files of this journal that were left full, the oldest first: when, and with which entry. */
  readonly full: readonly {
    readonly file: string;
    readonly leftAt: number;
    readonly seq: number;
    readonly hash: string;
  }[];
}

/** What entries of kind `record` say, over all files that can be believed. */
interface Sayings {
  readonly acknowledged: Map<string, { readonly actor: string; readonly reason: string }>;
  readonly broken: Breach[];
  readonly retired: Set<string>;
}

/** `folder` is the data folder. Never rejects. */
export async function verifyJournal(folder: string): Promise<Verification> {
  const paths = journalPaths(folder);
  const notes = await tornNotes(paths.folder);
  const nothing = {
    ok: false,
    entries: 0,
    journal: null,
    head: null,
    breaches: [],
    acknowledged: [],
    journals: [],
    notes,
    full: [],
  };
  try {
    const head = await readHead(paths.head);
    const known = head === 'unreadable' ? null : head;
    if ((await stat(paths.journal).catch(() => null)) === null) {
      const missing =
        known === null
          ? say`there is no journal in ${folder}`
          : say`there is no journal in ${folder}, although journal.head names ${known.seq} entries`;
      return { ...nothing, problems: [missing] };
    }
    const sayings: Sayings = { acknowledged: new Map(), broken: [], retired: new Set() };
    const scan = await listen(paths.journal, known, sayings);
    if (scan.torn && !(await isOwned(folder)))
      notes.push(say`the last line was written only in part and never acknowledged`);
    const { found, journals, full } = await lookBack(paths, scan.header, sayings);
    const retired = new Set([...sayings.retired].map((key) => key.split(' ')[0]));
    const unnamed = (await keptFiles(paths)).filter((name) => !found.has(name) && !retired.has(name));
    for (const name of unnamed) found.set(name, await foundIn(paths, name, [say`no journal names it`]));
    const all = [...found.values()].flatMap((breach) => breach ?? []);
    const breaches: Breach[] = [];
    for (const breach of [...all, ...sayings.broken]) {
      const by = sayings.acknowledged.get(breach.id);
      if (by === undefined) breaches.push(breach);
      else notes.push(say`${problemOf(breach)}; acknowledged by ${by.actor}: ${by.reason}`);
    }
    const problems = [...scan.problems, ...headProblems(head, scan.newest !== null), ...breaches.map(problemOf)];
    const newest = scan.newest ?? scan.header?.continues?.hash ?? null;
    return {
      ok: problems.length === 0,
      entries: scan.entries,
      journal: scan.header?.journal ?? null,
      head: scan.entries === 0 ? null : newest,
      problems,
      breaches,
      acknowledged: [...sayings.acknowledged.keys()],
      journals,
      notes,
      full,
    };
  } catch (error) {
    return { ...nothing, problems: [say`the journal cannot be read: ${saidBy(error)}`] };
  }
}

function problemOf({ file, found }: Breach): Text {
  const what = joined(found, '; ');
  return file === null ? what : say`${file}: ${what}`;
}

async function lookBack(paths: Paths, newest: JournalHeader | null, sayings: Sayings) {
  /** By name; null: nothing is wrong with it. */
  const found = new Map<string, Breach | null>();
  const journals = new Set(newest === null ? [] : [newest.journal]);
  const full: Verification['full'][number][] = [];
  for (let header = newest; header !== null; ) {
    const before = header.continues ?? revive(header.follows);
    const name = text(field(before, 'file'));
    if (before === null || name === null || found.has(path.basename(name))) break;
    const file = path.basename(name);
    if (header.continues !== null) {
      const { seq, hash } = header.continues;
      // Removed as configured, and all before it: an entry says so.
      if (sayings.retired.has(retiredKey(file, seq, hash))) break;
      full.unshift({ file, leftAt: header.createdAt, seq, hash });
    }
    const id = text(field(before, 'journal'));
    if (id !== null) journals.add(id);
    const own = await readHead(paths.at(file.replace(/\.jsonl$/, '.head')));
    const head = header.continues === null && own !== 'unreadable' ? own : null;
    const scan = await listen(paths.at(file), head, sayings).catch(() => null);
    const wrong = header.continues === null ? wrongAside(header.follows ?? {}, scan) : wrongFull(header, scan);
    found.set(file, wrong.length === 0 ? null : await foundIn(paths, file, wrong));
    if (scan?.header != null) journals.add(scan.header.journal);
    header = scan?.header ?? null;
  }
  return { found, journals: [...journals], full };
}

async function foundIn(paths: Paths, file: string, found: readonly Text[]): Promise<Breach> {
  return breachOf(file, await digestOf(paths.at(file)).catch(() => 'missing'), found);
}

/** Whatever was set aside is a break of the chain, also where it reads well now. */
function wrongAside(follows: JsonObject, scan: Scan | null): readonly Text[] {
  const said = list(revive(follows).found).flatMap((one) => (isText(one) ? [one] : []));
  if (scan === null) return distinct([...said, say`it is missing`]);
  const isSame = follows.entries === scan.entries && follows.last === scan.last;
  const since = isSame ? [] : [say`it is not as it was when it was set aside`];
  const found = distinct([...said, ...scan.problems, ...since]);
  return found.length > 0 ? found : [say`it was set aside`];
}

function wrongFull({ journal, continues }: JournalHeader, scan: Scan | null): readonly Text[] {
  if (scan === null) return [say`it is missing`];
  const torn = scan.torn ? [say`its end is not as Howdah left it`] : [];
  const isSame = continues?.seq === scan.entries && continues.hash === scan.last && scan.header?.journal === journal;
  return [...scan.problems, ...torn, ...(isSame ? [] : [say`its last entry is not the one that the next file names`])];
}

/** Scans a file, and believes what it says of the record where its own chain holds. */
async function listen(file: string, head: JournalHead | null, sayings: Sayings): Promise<Scan> {
  const heard: JournalEntry[] = [];
  const scan = await scanFile(file, head, (entry) => {
    if (entry.kind === 'record') heard.push(entry);
  });
  if (scan.problems.length > 0) return scan;
  for (const { body } of heard) {
    const { event, breaches, retired } = revive(body);
    const [kind, actor] = [text(field(event, 'kind')), text(field(event, 'actor'))];
    const reason = text(body.reason) ?? '';
    for (const one of list(breaches)) {
      const [id, name] = [text(field(one, 'id')), text(field(one, 'file'))];
      if (id === null) continue;
      if (kind === 'record_acknowledged') sayings.acknowledged.set(id, { actor: actor ?? '', reason });
      const found = list(field(one, 'found')).flatMap((each) => (isText(each) ? [each] : []));
      if (kind === 'record_broken') sayings.broken.push({ id, file: name, found });
    }
    if (kind === 'record_retired' && isObject(retired))
      sayings.retired.add(retiredKey(String(retired.file), Number(retired.seq), String(retired.hash)));
  }
  return scan;
}

const retiredKey = (file: string, seq: number, hash: string): string => `${file} ${seq} ${hash}`;

function isText(value: unknown): value is Text {
  return typeof value === 'string' || value instanceof String;
}

async function tornNotes(folder: string): Promise<Text[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith('journal.torn-'))
    .sort()
    .map((name) => say`${name} was cut off earlier: written only in part and never acknowledged`);
}
