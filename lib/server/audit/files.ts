// The files of a journal: where they are, how they are read, and the few steps by which they change on the disk. The newest file is
// always journal.jsonl; the others have names of their own, and each is named by the header of the one after it. A file is kept
// under its own name first and replaced in one step then, so that there is a journal at every moment; what was interrupted between
// is finished at the next opening.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, type FileHandle, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { field, parseObject, text } from '../../domain/wire/loose';
import { carry } from '../../language/carry';
import { say, type Text } from '../../language/sentence';
import {
  ChainCheck,
  chained,
  hashOfHeader,
  headerLine,
  headLine,
  type JournalEntry,
  type JournalHead,
  type JournalHeader,
  keepOpen,
  type Line,
  type OpenIntent,
  parseEntry,
  parseHead,
  parseHeader,
  type Scan,
} from './chain';

export type Paths = ReturnType<typeof journalPaths>;

export function journalPaths(folder: string) {
  const audit = path.join(folder, 'audit');
  const at = (name: string): string => path.join(audit, name);
  return { folder: audit, journal: at('journal.jsonl'), head: at('journal.head'), next: at('journal.next'), at };
}

/** A file that was left because it was full, or set aside because it was broken. */
const KEPT = /^journal\.(?:broken-|to-).*\.jsonl$/;
const LINE_BREAK = 10;
/** No entry is longer: a file without line breaks must not fill the memory. */
const LINE_MAX = 64 * 1024 * 1024;

export async function* readLines(file: string, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Line> {
  if (limit <= 0) return;
  let parts: Buffer[] = [];
  let held = 0;
  let offset = 0;
  const stream = createReadStream(file, Number.isFinite(limit) ? { end: limit - 1 } : {});
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at !== -1; at = chunk.indexOf(LINE_BREAK, from)) {
      parts.push(chunk.subarray(from, at));
      const bytes = Buffer.concat(parts);
      parts = [];
      held = 0;
      from = at + 1;
      offset += bytes.length + 1;
      yield { bytes, end: offset, whole: true };
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > LINE_MAX) break;
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield { bytes: rest, end: offset + rest.length, whole: false };
}

/** Reads a whole file once and checks it. `head` is read before the file, so that a running Howdah may go on writing. */
export async function scanFile(
  file: string,
  head: JournalHead | null,
  onEntry: (entry: JournalEntry) => void = () => undefined,
): Promise<Scan> {
  const check = new ChainCheck(head);
  for await (const line of readLines(file)) {
    const entry = check.take(line);
    if (entry !== null) onEntry(entry);
  }
  return check.end();
}

/** The entries from `fromSeq` on as they stand there, unchecked; lines that are no entries are left out. */
async function* entriesOf(file: string, fromSeq = 1, end = Number.POSITIVE_INFINITY): AsyncGenerator<JournalEntry> {
  for await (const line of readLines(file, end)) {
    const entry = line.whole ? parseEntry(line.bytes) : null;
    if (entry !== null && entry.seq >= fromSeq) yield entry;
  }
}

/** One file of a journal that goes over several, and the number of its last entry; null: it is the one that is written. */
export interface Segment {
  readonly file: string;
  readonly until: number | null;
}

/** Every file of the newest journal that is there, the oldest first. One that is missing ends it: what was before is not known. */
export async function segmentsOf(paths: Paths): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  let at: Segment = { file: paths.journal, until: null };
  for (const seen = new Set<string>(); !seen.has(at.file); ) {
    const header = await readHeader(at.file);
    if (header === null && at.until !== null) break;
    seen.add(at.file);
    segments.unshift(at);
    if (header?.continues == null) break;
    at = { file: paths.at(path.basename(header.continues.file)), until: header.continues.seq };
  }
  return segments;
}

/** Entries over all files of the newest journal. `end`: bytes of the last file that are read. */
export async function* readEntries(
  paths: Paths,
  fromSeq = 1,
  segments: readonly Segment[] | null = null,
  end?: number,
): AsyncGenerator<JournalEntry> {
  for (const { file, until } of segments ?? (await segmentsOf(paths)))
    if (until === null) yield* entriesOf(file, fromSeq, end);
    else if (until >= fromSeq) yield* entriesOf(file, fromSeq);
}

/** null: there is none, or its first line is no header. */
export async function readHeader(file: string): Promise<JournalHeader | null> {
  try {
    for await (const { bytes, whole } of readLines(file)) return whole ? parseHeader(bytes) : null;
  } catch {
    // It is not there, or cannot be read: either way there is no header.
  }
  return null;
}

/** `unreadable`: there is one, and it is not as Howdah writes it. Rejects where it is there and may not be read: that is no breach. */
export async function readHead(file: string): Promise<JournalHead | null | 'unreadable'> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw Object.assign(error, { path: file });
  });
  return bytes === null ? null : (parseHead(bytes) ?? 'unreadable');
}

/** It is written after each entry, so that a journal with entries always has one. */
export function headProblems(head: Awaited<ReturnType<typeof readHead>>, hasEntries: boolean): readonly Text[] {
  if (head === 'unreadable') return [say`journal.head is not as Howdah writes it`];
  return head === null && hasEntries ? [say`journal.head is missing, although the journal has entries`] : [];
}

/** SHA-256 of a file's bytes. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** Kept files that are not journal.jsonl under another name, which is what an interrupted change leaves. */
export async function keptFiles(paths: Paths): Promise<readonly string[]> {
  const ino = await inoOf(paths.journal);
  const names = (await readdir(paths.folder).catch(() => [])).filter((name) => KEPT.test(name)).sort();
  const inos = await Promise.all(names.map((name) => inoOf(paths.at(name))));
  return names.filter((_, index) => inos[index] !== ino);
}

/** Changes when a file of the journal that is not written any more is changed, added or removed. */
export async function keptState(paths: Paths): Promise<string> {
  const names = (await readdir(paths.folder).catch(() => [])).filter((name) => KEPT.test(name)).sort();
  const stats = await Promise.all(names.map((name) => stat(paths.at(name), { bigint: true }).catch(() => null)));
  return names.map((name, index) => `${name} ${stats[index]?.size} ${stats[index]?.ctimeNs}`).join('\n');
}

/** For tests: called between the steps of a change; what it throws is where the process ended. */
export type Halt = (step: 'prepared' | 'kept' | 'headed' | 'replaced') => void;

/**
 * Makes `lines` the newest file, and keeps the one before it under `keepAs`; null: there is none. Where a new journal begins, `head`
 * is its head. The handle is of the new file.
 */
export async function replaceJournal(
  paths: Paths,
  lines: readonly string[],
  { keepAs, head }: { readonly keepAs: string | null; readonly head: JournalHead | null },
  halt: Halt = () => undefined,
): Promise<FileHandle> {
  await replaceFile(paths.next, Buffer.from(lines.map((line) => `${line}\n`).join('')));
  const handle = await open(paths.next, 'r+');
  try {
    halt('prepared');
    if (keepAs !== null) await keep(paths, keepAs);
    await syncFolder(paths.folder);
    halt('kept');
    if (head !== null && keepAs !== null)
      await copyFile(paths.head, paths.at(keepAs.replace(/\.jsonl$/, '.head'))).catch(() => undefined);
    if (head !== null) await writeHead(paths, head);
    halt('headed');
    await rename(paths.next, paths.journal);
    await syncFolder(paths.folder);
    halt('replaced');
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Under its own name too; where the file system knows no links, under that name alone until the next step. */
async function keep(paths: Paths, name: string): Promise<void> {
  await link(paths.journal, paths.at(name)).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    if (error.code === 'EEXIST') throw error;
    await rename(paths.journal, paths.at(name));
  });
}

/** What a new journal takes over from the one before it. */
export interface Heritage {
  /** null: there is none before it. */
  readonly gone: {
    readonly journal: string | null;
    readonly entries: number;
    readonly last: string;
    readonly found: readonly Text[];
  } | null;
  readonly owed: ReadonlyMap<string, OpenIntent>;
}

export const NOTHING: Heritage = { gone: null, owed: new Map() };

/** A journal as it is written on. */
export interface State {
  readonly header: JournalHeader;
  readonly entries: number;
  readonly last: string;
  /** Hash of the last entry. */
  readonly newest: string | null;
  readonly size: number;
  readonly owed: ReadonlyMap<string, OpenIntent>;
  readonly recent: readonly JournalEntry[];
}

export interface Made {
  readonly handle: FileHandle;
  readonly state: State;
}

/** Begins a journal in the place of the one that is there, which is kept beside it. What was open there is still owed an outcome. */
export async function newJournal(
  paths: Paths,
  { now, halt }: { readonly now: () => number; readonly halt?: Halt | undefined },
  { gone, owed }: Heritage,
): Promise<Made> {
  const at = now();
  const keepAs = gone === null ? null : await freeName(paths.folder, `journal.broken-${stamp(at)}`, '.jsonl');
  const follows = gone === null ? null : (parseObject(JSON.stringify(carry({ file: keepAs, ...gone }))) ?? {});
  const header: JournalHeader = { journal: randomUUID(), version: 2, createdAt: at, follows, continues: null };
  const lines = [headerLine(header)];
  const carried = new Map<string, OpenIntent>();
  let [entries, last] = [0, hashOfHeader(header)];
  const recent: JournalEntry[] = [];
  for (const { intent, sent } of owed.values())
    for (const { kind, actionId, scope, body } of sent === null ? [intent] : [intent, sent]) {
      const { entry, line } = chained({ seq: entries + 1, at, kind, actionId, scope, body, prev: last });
      lines.push(line);
      recent.push(entry);
      keepOpen(carried, entry);
      [entries, last] = [entry.seq, entry.hash];
    }
  const head = { journal: header.journal, seq: entries, hash: last };
  const handle = await replaceJournal(paths, lines, { keepAs, head }, halt);
  const size = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  const newest = entries === 0 ? null : last;
  return { handle, state: { header, entries, last, newest, size, owed: carried, recent } };
}

/** What an interrupted `replaceJournal` left: done to its end where the old file is kept already, else undone. */
export async function finishReplacing(paths: Paths): Promise<void> {
  const header = await readHeader(paths.next);
  const old = await inoOf(paths.journal);
  const before = header?.continues ?? header?.follows ?? null;
  const name = text(field(before, 'file'));
  const kept = name === null ? null : await inoOf(paths.at(path.basename(name)));
  // Whoever went on writing the old one after the change had failed has more in it than the new one knows.
  const until = field(before, 'seq') ?? field(before, 'entries');
  const isKept = old !== null && name !== null && kept !== null && (old === kept || (await isCopy(paths, name)));
  const isLeft = old === null || (isKept && (await scanFile(paths.journal, null)).entries === until);
  if (header !== null && isLeft) {
    const { entries, last } = await scanFile(paths.next, null);
    if (header.continues === null) await writeHead(paths, { journal: header.journal, seq: entries, hash: last });
    await rename(paths.next, paths.journal);
  } else if (old !== null) {
    for (const name of (await readdir(paths.folder)).filter((one) => KEPT.test(one)))
      if ((await inoOf(paths.at(name))) === old) await rm(paths.at(name));
  }
  await rm(paths.next, { force: true });
  await syncFolder(paths.folder);
}

/** A backup that was made in between has two files where there were two names of one. */
async function isCopy(paths: Paths, name: string): Promise<boolean> {
  return (await digestOf(paths.journal)) === (await digestOf(paths.at(path.basename(name))));
}

/** null: there is none. */
async function inoOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ ino }) => ino,
    () => null,
  );
}

/** -1: there is none. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => -1,
  );
}

export async function freeName(folder: string, name: string, end: string): Promise<string> {
  let free = `${name}${end}`;
  for (let number = 2; (await sizeOf(path.join(folder, free))) >= 0; number += 1) free = `${name}-${number}${end}`;
  return free;
}

/** `20261121T024644Z` */
function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

export async function writeHead(paths: Paths, head: JournalHead): Promise<void> {
  const next = `${paths.head}.new`;
  await replaceFile(next, Buffer.from(headLine(head)));
  await rename(next, paths.head);
}

export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The end that was never acknowledged goes to a file of its own. Returns its name and length. */
export async function cutTorn(paths: Paths, goodBytes: number, now: number): Promise<{ name: string; bytes: number }> {
  const name = await freeName(paths.folder, `journal.torn-${stamp(now)}`, '');
  const whole = await readFile(paths.journal);
  await replaceFile(paths.at(name), whole.subarray(goodBytes));
  await syncFolder(paths.folder);
  const file = await open(paths.journal, 'r+');
  try {
    await file.truncate(goodBytes);
    await file.sync();
  } finally {
    await file.close();
  }
  return { name, bytes: whole.length - goodBytes };
}

/** The calls of an open file that the journal makes. */
export interface JournalFile {
  write(bytes: Uint8Array, position: number): Promise<number>;
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  stat(): Promise<{ readonly ino: number; readonly size: number }>;
  close(): Promise<void>;
}

export function fileOf(handle: FileHandle): JournalFile {
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    sync: () => handle.sync(),
    truncate: (size) => handle.truncate(size),
    stat: () => handle.stat(),
    close: () => handle.close(),
  };
}
