// The record of every action, written before anything else is done: append-only, chained by hashes, on the disk (fsync) before
// an append resolves. The store is an index of it and may be lost. One writer: the caller holds the lock of the folder.
// Nothing is ever deleted here: what was torn or broken is set aside under a name of its own, and a file that is full is left and
// continued in a new one. That waits until no action is open: what is owed an outcome stands in the newest file.

import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { field, isObject, type JsonObject, parseObject, text } from '../../domain/wire/loose';
import { carry } from '../../language/carry';
import { joined, say, type Text } from '../../language/sentence';
import { SpokenError } from '../../language/spoken-error';
import { wordsOf } from '../data-file';
import {
  chained,
  type EntryKind,
  hashOfHeader,
  headerLine,
  type JournalEntry,
  type JournalHeader,
  keepOpen,
  type OpenIntent,
} from './chain';
import {
  cutTorn,
  fileOf,
  finishReplacing,
  freeName,
  type Halt,
  type Heritage,
  headProblems,
  type JournalFile,
  journalPaths,
  type Made,
  NOTHING,
  newJournal,
  type Paths,
  readEntries,
  readHead,
  replaceFile,
  replaceJournal,
  type Segment,
  type State,
  scanFile,
  segmentsOf,
  sizeOf,
  syncFolder,
  writeHead,
} from './files';

export type { EntryKind, JournalEntry, JournalFile, OpenIntent };

/** Nothing was recorded, so nothing may be done. The message says why, for people. */
export class JournalError extends SpokenError {
  override readonly name = 'JournalError';
}

export interface Journal {
  /** Made with the journal; an entry is known everywhere by it and `seq`. Another one after `begin`. */
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
  /** Sets it aside because of what was found, and begins a new one that names it and carries over what is open. */
  begin(found: readonly Text[]): Promise<void>;
  /** Can it be written now? Tries it in a file beside; null: yes, and then `problem` is null too. */
  probe(): Promise<Text | null>;
  /** Called after each append. Returns what ends it. */
  onAppend(listener: (entry: JournalEntry) => void): () => void;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly now: () => number;
  /** A file that is larger is left, and continued in a new one. */
  readonly segmentBytes?: number;
  /** For tests: a disk that fails. */
  readonly wrap?: (file: JournalFile) => JournalFile;
  readonly halt?: Halt;
}

/** Kept in memory, so that the store's index follows without reading the file again. */
const RECENT_LIMIT = 200;
const PROBE_BYTES = 64 * 1024;
const SEGMENT_BYTES = 64 * 1024 * 1024;

/** Rejects with a JournalError where the folder cannot be written; never because of what stands in it. */
export async function openJournal(folder: string, options: JournalOptions): Promise<Journal> {
  const paths = journalPaths(folder);
  try {
    await mkdir(paths.folder, { recursive: true, mode: 0o700 });
    await syncFolder(folder);
    return await openIn(paths, options);
  } catch (error) {
    if (error instanceof JournalError) throw error;
    const file = error instanceof Error && 'path' in error ? String(error.path) : paths.journal;
    throw new JournalError(
      say`the journal cannot be opened: ${file}: ${wordsOf(error)}. It holds what was done here, and nothing is done without it. Make the file readable and writable, or put it back from a backup.`,
    );
  }
}

async function openIn(paths: Paths, options: JournalOptions): Promise<Journal> {
  await finishReplacing(paths);
  const head = await readHead(paths.head);
  const known = head === 'unreadable' ? null : head;
  const warnings: Text[] = [];
  if ((await sizeOf(paths.journal)) <= 0) {
    if (known === null || known.seq === 0) return Writer.create(paths, options, NOTHING, warnings);
    const found = [say`the journal is gone, although journal.head names ${known.seq} entries`];
    warnings.push(say`the journal is gone, although journal.head names ${known.seq} entries; a new one begins`);
    const gone = { journal: known.journal, entries: known.seq, last: known.hash, found };
    return Writer.create(paths, options, { ...NOTHING, gone }, warnings);
  }
  const [owed, recent] = [new Map<string, OpenIntent>(), [] as JournalEntry[]];
  const scan = await scanFile(paths.journal, known, (entry) => {
    keepOpen(owed, entry);
    keepRecent(recent, entry);
  });
  const problems = [...scan.problems, ...headProblems(head, scan.newest !== null)];
  const { header, entries, last } = scan;
  if (header === null || problems.length > 0) {
    const gone = { journal: header?.journal ?? known?.journal ?? null, entries, last, found: problems };
    const journal = await Writer.create(paths, options, { gone, owed }, warnings);
    const file = journal.follows ?? '';
    warnings.push(
      say`the journal is broken (${joined(problems, '; ')}); it was set aside as ${file}, a new one begins`,
    );
    return journal;
  }
  if (scan.torn) {
    const { name, bytes } = await cutTorn(paths, scan.goodBytes, options.now());
    warnings.push(say`the last ${bytes} bytes of the journal were written only in part; they were moved to ${name}`);
  }
  const newest = scan.newest ?? (entries === 0 ? null : (header.continues?.hash ?? null));
  const state = { header, entries, last, newest, size: scan.goodBytes, owed, recent };
  return Writer.open(paths, options, state, warnings);
}

class Writer implements Journal {
  readonly warnings: readonly Text[];
  readonly #paths: Paths;
  readonly #options: JournalOptions;
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  #file: JournalFile;
  #ino: number;
  #header: JournalHeader;
  #segments: readonly Segment[];
  #owed: Map<string, OpenIntent>;
  #recent: JournalEntry[];
  #entries: number;
  #last: string;
  #newest: string | null;
  #size: number;
  /** Bytes of a failed append may still stand after `#size`. */
  #dirty = false;
  #closed = false;
  #problem: Text | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  static async open(paths: Paths, options: JournalOptions, state: State, warnings: readonly Text[]): Promise<Writer> {
    const handle = await open(paths.journal, 'r+');
    const writer = new Writer(paths, options, handle, (await handle.stat()).ino, state, warnings);
    writer.#segments = await segmentsOf(paths);
    await writer.#continue();
    return writer;
  }

  static async create(paths: Paths, options: JournalOptions, from: Heritage, warnings: Text[]): Promise<Writer> {
    const made = await newJournal(paths, options, from);
    const { ino } = await made.handle.stat();
    return new Writer(paths, options, made.handle, ino, made.state, warnings);
  }

  private constructor(
    paths: Paths,
    options: JournalOptions,
    handle: FileHandle,
    ino: number,
    state: State,
    warnings: readonly Text[],
  ) {
    this.#paths = paths;
    this.#options = options;
    this.warnings = warnings;
    this.#file = this.#wrapped(handle);
    this.#ino = ino;
    this.#segments = [{ file: paths.journal, until: null }];
    this.#header = state.header;
    this.#owed = new Map(state.owed);
    this.#recent = [...state.recent];
    this.#entries = state.entries;
    this.#last = state.last;
    this.#newest = state.newest;
    this.#size = state.size;
  }

  get id(): string {
    return this.#header.journal;
  }

  /** Name of the file that was set aside for this journal. */
  get follows(): string | null {
    return text(field(this.#header.follows, 'file'));
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
    return this.#newest;
  }

  openIntents(): readonly OpenIntent[] {
    return [...this.#owed.values()];
  }

  async *read(fromSeq = 1): AsyncGenerator<JournalEntry> {
    const [first] = this.#recent;
    if (fromSeq > this.#entries) return;
    if (first !== undefined && fromSeq >= first.seq) yield* this.#recent.filter(({ seq }) => seq >= fromSeq);
    else yield* readEntries(this.#paths, fromSeq, this.#segments, this.#size);
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

  begin(found: readonly Text[]): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#check();
        const gone = { journal: this.id, entries: this.#entries, last: this.#last, found };
        const made = await newJournal(this.#paths, this.#options, { gone, owed: this.#owed });
        await this.#take(made, [{ file: this.#paths.journal, until: null }]);
      } catch (error) {
        this.#problem = messageOf(error);
        throw new JournalError(this.#problem);
      }
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

  #wrapped(handle: FileHandle): JournalFile {
    const file = fileOf(handle);
    return this.#options.wrap?.(file) ?? file;
  }

  async #take({ handle, state }: Made, segments: readonly Segment[]): Promise<void> {
    const old = this.#file;
    this.#file = this.#wrapped(handle);
    this.#ino = (await handle.stat()).ino;
    this.#header = state.header;
    this.#owed = new Map(state.owed);
    this.#recent = [...state.recent];
    this.#entries = state.entries;
    this.#last = state.last;
    this.#newest = state.newest;
    this.#size = state.size;
    this.#segments = segments;
    await old.close().catch(() => undefined);
  }

  /** Goes on in a new file where this one is full, or of the version before. What fails is tried again after the next entry. */
  async #continue(): Promise<void> {
    const isFull = this.#size >= (this.#options.segmentBytes ?? SEGMENT_BYTES);
    const hasEntries = this.#entries > (this.#header.continues?.seq ?? 0);
    if (this.#owed.size > 0 || !hasEntries || !(isFull || this.#header.version === 1)) return;
    const { folder, next, at } = this.#paths;
    try {
      const name = await freeName(folder, `journal.to-${String(this.#entries).padStart(9, '0')}`, '.jsonl');
      const continues = { file: name, seq: this.#entries, hash: this.#last };
      const header = { ...this.#header, version: 2, createdAt: this.#options.now(), follows: null, continues } as const;
      const line = headerLine(header);
      const how = { keepAs: name, head: null };
      const handle = await replaceJournal(this.#paths, [line], how, this.#options.halt);
      const full = this.#segments.map((one) => (one.until === null ? { file: at(name), until: this.#entries } : one));
      const state = {
        header,
        entries: this.#entries,
        last: hashOfHeader(header),
        newest: this.#newest,
        size: Buffer.byteLength(line) + 1,
        owed: this.#owed,
        recent: this.#recent,
      };
      await this.#take({ handle, state }, [...full, { file: this.#paths.journal, until: null }]);
    } catch {
      await rm(next, { force: true }).catch(() => undefined);
    }
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
      const at = this.#options.now();
      const made = chained({ seq: this.#entries + 1, at, kind, actionId, scope, body: kept, prev: this.#last });
      entry = made.entry;
      const bytes = Buffer.from(`${made.line}\n`);
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
    this.#newest = entry.hash;
    this.#problem = null;
    keepOpen(this.#owed, entry);
    keepRecent(this.#recent, entry);
    // The entry is safe without it: an older head is no contradiction, and the next append writes it again.
    await writeHead(this.#paths, { journal: this.id, seq: entry.seq, hash: entry.hash }).catch(() => undefined);
    for (const listener of this.#listeners) queueMicrotask(() => listener(entry));
    await this.#continue();
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

function keepRecent(recent: JournalEntry[], entry: JournalEntry): void {
  recent.push(entry);
  if (recent.length > 2 * RECENT_LIMIT) recent.splice(0, RECENT_LIMIT);
}

function messageOf(error: unknown): Text {
  return error instanceof JournalError ? error.said : say`the journal cannot be written: ${wordsOf(error)}`;
}
