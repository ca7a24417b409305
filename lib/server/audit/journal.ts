// The record of every action, written before anything else is done: append-only, chained by hashes, on the disk (fsync) before
// an append resolves. The store is an index of it and may be lost. One writer: the caller holds the lock of the folder.
// Nothing is ever deleted here: what was torn or broken is set aside under a name of its own, and `warnings` say so.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isObject, type JsonObject, parseObject } from '../../domain/wire/loose';
import { carry } from '../../language/carry';
import { joined, say, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import {
  type EntryKind,
  hashOfEntry,
  hashOfHeader,
  type JournalEntry,
  type JournalHead,
  type JournalHeader,
  journalPaths,
  readEntries,
  readHead,
  type Scan,
  scanJournal,
} from './chain';

export type { EntryKind, JournalEntry };

/** Nothing was recorded, so nothing may be done. The message says why, for people. */
export class JournalError extends SpokenError {
  override readonly name = 'JournalError';
}

export interface OpenIntent {
  readonly intent: JournalEntry;
  readonly sent: JournalEntry | null;
}

export interface Journal {
  /** Made with the journal; an entry is known everywhere by it and `seq`. */
  readonly id: string;
  /** What was found and set aside when it was opened. */
  readonly warnings: readonly Text[];
  /** One after the other. Resolves when the entry is on the disk; rejects with a JournalError, and then it is not in the journal. */
  append(kind: EntryKind, actionId: string, scope: string, body: JsonObject): Promise<JournalEntry>;
  /** Why the last append (or probe) failed; null: it did not. */
  problem(): Text | null;
  entries(): number;
  /** null: no entry yet. */
  head(): string | null;
  /** Intents without an outcome, oldest first. */
  openIntents(): readonly OpenIntent[];
  /** Entries from this one on. */
  read(fromSeq?: number): AsyncIterable<JournalEntry>;
  /** Can it be written now? Tries it in a file beside; null: yes, and then `problem` is null too. */
  probe(): Promise<Text | null>;
  /** Called after each append. Returns what ends it. */
  onAppend(listener: (entry: JournalEntry) => void): () => void;
  close(): Promise<void>;
}

/** The calls of an open file that the journal makes. */
export interface JournalFile {
  write(bytes: Uint8Array, position: number): Promise<number>;
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  stat(): Promise<{ readonly ino: number; readonly size: number }>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly now: () => number;
  /** For tests: a disk that fails. */
  readonly wrap?: (file: JournalFile) => JournalFile;
}

/** Kept in memory, so that the store's index follows without reading the file again. */
const RECENT_LIMIT = 200;
const PROBE_BYTES = 64 * 1024;

/** Rejects with a JournalError where the folder cannot be written; never because of what stands in it. */
export async function openJournal(folder: string, options: JournalOptions): Promise<Journal> {
  const paths = journalPaths(folder);
  try {
    await mkdir(paths.folder, { recursive: true, mode: 0o700 });
    await syncFolder(folder);
    return await openIn(paths, options);
  } catch (error) {
    throw error instanceof JournalError
      ? error
      : new JournalError(say`the journal cannot be opened: ${wordsOf(error)}`);
  }
}

type Paths = ReturnType<typeof journalPaths>;

async function openIn(paths: Paths, options: JournalOptions): Promise<Journal> {
  const warnings: Text[] = [];
  const owed = new Map<string, OpenIntent>();
  const recent: JournalEntry[] = [];
  const head = await readHead(paths.head);
  const exists = (await sizeOf(paths.journal)) > 0;
  let follows: JsonObject | null = null;
  if (exists) {
    const scan = await scanJournal(paths.journal, head, (entry) => {
      keepOpen(owed, entry);
      recent.push(entry);
      if (recent.length > 2 * RECENT_LIMIT) recent.splice(0, RECENT_LIMIT);
    });
    if (scan.header !== null && scan.problems.length === 0) {
      if (scan.torn) warnings.push(await cutTorn(paths, scan, options.now()));
      const found = { header: scan.header, entries: scan.entries, last: scan.last, size: scan.goodBytes };
      return Writer.open(paths, options, { ...found, owed, recent, warnings });
    }
    const file = await setAside(paths, options.now());
    warnings.push(
      say`the journal is broken (${joined(scan.problems, '; ')}); it was set aside as ${file}, a new one begins`,
    );
    follows = { file, entries: scan.entries, last: scan.last };
  } else if (head !== null && head.seq > 0) {
    warnings.push(say`the journal is gone, although journal.head names ${head.seq} entries; a new one begins`);
    const file = await setAside(paths, options.now());
    follows = { file, entries: head.seq, last: head.hash };
  }
  const journal = await create(paths, options, follows, warnings);
  // What the broken one left open is still owed an outcome.
  for (const { intent, sent } of owed.values()) {
    await journal.append('intent', intent.actionId, intent.scope, intent.body);
    if (sent !== null) await journal.append('sent', sent.actionId, sent.scope, sent.body);
  }
  return journal;
}

async function create(
  paths: Paths,
  options: JournalOptions,
  follows: JsonObject | null,
  warnings: Text[],
): Promise<Journal> {
  const header: JournalHeader = { journal: randomUUID(), version: 1, createdAt: options.now(), follows };
  const bytes = Buffer.from(`${JSON.stringify(header)}\n`);
  const last = hashOfHeader(header);
  await replaceFile(`${paths.journal}.new`, bytes);
  await rename(`${paths.journal}.new`, paths.journal);
  await writeHead(paths, { journal: header.journal, seq: 0, hash: last });
  await syncFolder(paths.folder);
  return Writer.open(paths, options, {
    header,
    entries: 0,
    last,
    size: bytes.length,
    owed: new Map(),
    recent: [],
    warnings,
  });
}

interface Opened {
  readonly header: JournalHeader;
  readonly entries: number;
  readonly last: string;
  readonly size: number;
  readonly owed: Map<string, OpenIntent>;
  readonly recent: JournalEntry[];
  readonly warnings: readonly Text[];
}

class Writer implements Journal {
  readonly id: string;
  readonly warnings: readonly Text[];
  readonly #paths: Paths;
  readonly #now: () => number;
  readonly #file: JournalFile;
  readonly #ino: number;
  readonly #owed: Map<string, OpenIntent>;
  readonly #recent: JournalEntry[];
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  #entries: number;
  #last: string;
  #size: number;
  /** Bytes of a failed append may still stand after `#size`. */
  #dirty = false;
  #closed = false;
  #problem: Text | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  static async open(paths: Paths, options: JournalOptions, opened: Opened): Promise<Journal> {
    const file = fileOf(await open(paths.journal, 'r+'));
    const wrapped = options.wrap?.(file) ?? file;
    const { ino } = await file.stat();
    return new Writer(paths, options.now, wrapped, ino, opened);
  }

  private constructor(paths: Paths, now: () => number, file: JournalFile, ino: number, opened: Opened) {
    this.id = opened.header.journal;
    this.warnings = opened.warnings;
    this.#paths = paths;
    this.#now = now;
    this.#file = file;
    this.#ino = ino;
    this.#owed = opened.owed;
    this.#recent = opened.recent;
    this.#entries = opened.entries;
    this.#last = opened.last;
    this.#size = opened.size;
  }

  append(kind: EntryKind, actionId: string, scope: string, body: JsonObject): Promise<JournalEntry> {
    return this.#inTurn(() => this.#write(kind, actionId, scope, body));
  }

  problem(): Text | null {
    return this.#problem;
  }

  entries(): number {
    return this.#entries;
  }

  head(): string | null {
    return this.#entries === 0 ? null : this.#last;
  }

  openIntents(): readonly OpenIntent[] {
    return [...this.#owed.values()];
  }

  async *read(fromSeq = 1): AsyncGenerator<JournalEntry> {
    const [first] = this.#recent;
    if (fromSeq > this.#entries) return;
    if (first !== undefined && fromSeq >= first.seq) yield* this.#recent.filter(({ seq }) => seq >= fromSeq);
    else yield* readEntries(this.#paths.journal, fromSeq, this.#size);
  }

  probe(): Promise<Text | null> {
    return this.#inTurn(async () => {
      try {
        await this.#check();
        await access(this.#paths.folder, constants.W_OK);
        const scratch = path.join(this.#paths.folder, 'journal.probe');
        try {
          await replaceFile(scratch, Buffer.alloc(PROBE_BYTES));
        } finally {
          await rm(scratch, { force: true });
        }
        await this.#file.sync();
        this.#problem = null;
      } catch (error) {
        this.#problem = messageOf(error);
      }
      return this.#problem;
    });
  }

  onAppend(listener: (entry: JournalEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#file.close();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Is the file still the one that was opened, and as long as it was left? */
  async #check(): Promise<void> {
    if (this.#closed) throw new JournalError(say`the journal is closed`);
    const there = await stat(this.#paths.journal).catch(() => null);
    if (there?.ino !== this.#ino) {
      throw new JournalError(say`the journal was removed or replaced while Howdah was running; restart Howdah`);
    }
    if (this.#dirty) await this.#cutBack();
    const { size } = await this.#file.stat();
    if (size !== this.#size) {
      throw new JournalError(say`the journal was changed by something else while Howdah was running; restart Howdah`);
    }
  }

  async #write(kind: EntryKind, actionId: string, scope: string, body: JsonObject): Promise<JournalEntry> {
    let entry: JournalEntry;
    try {
      await this.#check();
      // As it will be read back: without undefined, with dates as text.
      const kept = parseObject(JSON.stringify(carry({ body })))?.body;
      if (!isObject(kept)) throw new JournalError(say`an entry is nested too deeply for the journal`);
      const fields = { seq: this.#entries + 1, at: this.#now(), kind, actionId, scope, body: kept, prev: this.#last };
      entry = { ...fields, hash: hashOfEntry(fields) };
      const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
      this.#dirty = true;
      await this.#put(bytes);
      this.#dirty = false;
      this.#size += bytes.length;
    } catch (error) {
      this.#problem = messageOf(error);
      if (this.#dirty) await this.#cutBack().catch(() => undefined);
      throw new JournalError(this.#problem);
    }
    this.#entries = entry.seq;
    this.#last = entry.hash;
    this.#problem = null;
    keepOpen(this.#owed, entry);
    this.#recent.push(entry);
    if (this.#recent.length > 2 * RECENT_LIMIT) this.#recent.splice(0, RECENT_LIMIT);
    // The entry is safe without it: an older head is no contradiction, and the next append writes it again.
    await writeHead(this.#paths, { journal: this.id, seq: entry.seq, hash: entry.hash }).catch(() => undefined);
    for (const listener of this.#listeners) queueMicrotask(() => listener(entry));
    return entry;
  }

  async #put(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const written = await this.#file.write(bytes.subarray(done), this.#size + done);
      if (written === 0) throw new JournalError(say`the journal cannot be written: nothing was taken`);
      done += written;
    }
    await this.#file.sync();
  }

  async #cutBack(): Promise<void> {
    await this.#file.truncate(this.#size);
    await this.#file.sync();
    this.#dirty = false;
  }
}

function keepOpen(owed: Map<string, OpenIntent>, entry: JournalEntry): void {
  const known = owed.get(entry.actionId);
  if (entry.kind === 'outcome') owed.delete(entry.actionId);
  else if (entry.kind === 'intent') owed.set(entry.actionId, { intent: entry, sent: known?.sent ?? null });
  else if (known !== undefined) owed.set(entry.actionId, { ...known, sent: entry });
}

/** The end that was never acknowledged goes to a file of its own. */
async function cutTorn(paths: Paths, scan: Scan, now: number): Promise<Text> {
  const name = await freeName(paths.folder, `journal.torn-${stamp(now)}`, '');
  const whole = await readFile(paths.journal);
  await replaceFile(path.join(paths.folder, name), whole.subarray(scan.goodBytes));
  await syncFolder(paths.folder);
  const file = await open(paths.journal, 'r+');
  try {
    await file.truncate(scan.goodBytes);
    await file.sync();
  } finally {
    await file.close();
  }
  const bytes = whole.length - scan.goodBytes;
  return say`the last ${bytes} bytes of the journal were written only in part; they were moved to ${name}`;
}

/** Returns the name under which the broken journal is now. */
async function setAside(paths: Paths, now: number): Promise<string> {
  const name = await freeName(paths.folder, `journal.broken-${stamp(now)}`, '.jsonl');
  const move = (from: string, to: string): Promise<void> =>
    rename(from, path.join(paths.folder, to)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  await move(paths.journal, name);
  await move(paths.head, name.replace(/\.jsonl$/, '.head'));
  await syncFolder(paths.folder);
  return name;
}

async function freeName(folder: string, name: string, end: string): Promise<string> {
  let free = `${name}${end}`;
  for (let number = 2; (await sizeOf(path.join(folder, free))) >= 0; number += 1) free = `${name}-${number}${end}`;
  return free;
}

/** `20261121T024644Z` */
function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** -1: there is none. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => -1,
  );
}

async function writeHead(paths: Paths, head: JournalHead): Promise<void> {
  const next = `${paths.head}.new`;
  await replaceFile(next, Buffer.from(`${JSON.stringify(head)}\n`));
  await rename(next, paths.head);
}

async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function fileOf(handle: FileHandle): JournalFile {
  return {
    write: async (bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
    sync: () => handle.sync(),
    truncate: (size) => handle.truncate(size),
    stat: () => handle.stat(),
    close: () => handle.close(),
  };
}

const WORDS: Readonly<Record<string, Text>> = {
  ENOSPC: say`the disk is full`,
  EDQUOT: say`the disk quota is used up`,
  EROFS: say`the file system is read-only`,
  EACCES: say`no permission`,
  EPERM: say`no permission`,
  EIO: say`the disk reports an error`,
};

function wordsOf(error: unknown): Text {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  return (code === null ? null : (WORDS[code] ?? code)) ?? String(error);
}

function messageOf(error: unknown): Text {
  return error instanceof JournalError ? error.said : say`the journal cannot be written: ${wordsOf(error)}`;
}
