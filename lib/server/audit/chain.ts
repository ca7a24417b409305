// The form of a journal and the check of one file of it, line by line: a header, then one line an entry, each with the hash of the
// one before. Pure. A line counts only as Howdah writes it, byte for byte: what reads alike but is written otherwise was written by
// somebody else. A chain proves order and content; that entries are missing at its end is seen by journal.head, which is written
// after them, by the store and by whatever the head was told to.
import { createHash } from 'node:crypto';
import { canonical } from '../../domain/actions/bound';
import { isObject, type JsonObject, parseObject } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';

/** `access`: what happened at the door; `record`: what was found of the journal itself, and who acknowledged it. Their `actionId` is their own id. */
const ENTRY_KINDS = ['intent', 'sent', 'outcome', 'access', 'record'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface JournalEntry {
  /** From 1, without gaps, also from file to file. */
  readonly seq: number;
  readonly at: number;
  readonly kind: EntryKind;
  readonly actionId: string;
  readonly scope: string;
  readonly body: JsonObject;
  /** Hash of the line before: of the header for the first of a file. */
  readonly prev: string;
  /** SHA-256, hex, of `prev` and the JSON of the other fields: as written, in version 1 canonical. */
  readonly hash: string;
}

export interface OpenIntent {
  readonly intent: JournalEntry;
  readonly sent: JournalEntry | null;
}

/** Where a file goes on that was left because it was full. */
export interface Continued {
  readonly file: string;
  readonly seq: number;
  readonly hash: string;
}

/** The journal that was set aside for this one. Of version 1: without `journal` and `found`. */
export interface Followed extends JsonObject {
  readonly file: string;
  readonly journal: string | null;
  readonly entries: number;
  readonly last: string;
  /** Why. */
  readonly found: readonly string[];
}

export interface JournalHeader {
  readonly journal: string;
  readonly version: 1 | 2;
  readonly createdAt: number;
  /** null: it is the first. */
  readonly follows: JsonObject | null;
  /** null: the journal begins with this file. */
  readonly continues: Continued | null;
}

export interface JournalHead {
  readonly journal: string;
  readonly seq: number;
  readonly hash: string;
}

export interface Scan {
  /** null: the first line is no header. */
  readonly header: JournalHeader | null;
  /** Number of the last entry, also where it stands in a file before this one. */
  readonly entries: number;
  /** Hash of the last line, of the header where there is no entry. */
  readonly last: string;
  /** Hash of the last entry; null: there is none in this file. */
  readonly newest: string | null;
  /** Bytes up to the end of the last whole line that is good. */
  readonly goodBytes: number;
  /** There is something after `goodBytes` that was never acknowledged. */
  readonly torn: boolean;
  /** Empty: the chain holds. At most 20, then a last one that says how many more. */
  readonly problems: readonly Text[];
}

export interface Line {
  readonly bytes: Buffer;
  /** Byte offset after its line break. */
  readonly end: number;
  /** It ends with a line break. */
  readonly whole: boolean;
}

const PROBLEM_LIMIT = 20;

export function headerLine({ journal, version, createdAt, follows, continues }: JournalHeader): string {
  const fields = { journal, version, createdAt, follows };
  return JSON.stringify(version === 1 ? fields : { ...fields, continues });
}

export function hashOfHeader(header: JournalHeader): string {
  if (header.version === 2) return sha256(headerLine(header));
  const { journal, version, createdAt, follows } = header;
  return sha256(canonical({ journal, version, createdAt, follows }));
}

type Unhashed = Omit<JournalEntry, 'hash'>;

/** The next entry of a chain, and its line. */
export function chained(fields: Unhashed): { readonly entry: JournalEntry; readonly line: string } {
  const entry = { ...ordered(fields), prev: fields.prev, hash: hashOfEntry(fields, 2) };
  return { entry, line: JSON.stringify(entry) };
}

export function hashOfEntry(fields: Unhashed, version: JournalHeader['version']): string {
  const said = ordered(fields);
  return sha256(fields.prev + (version === 2 ? JSON.stringify(said) : canonical(said)));
}

function ordered({ seq, at, kind, actionId, scope, body }: Unhashed): Omit<Unhashed, 'prev'> {
  return { seq, at, kind, actionId, scope, body };
}

export function headLine({ journal, seq, hash }: JournalHead): string {
  return `${JSON.stringify({ journal, seq, hash })}\n`;
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** null: it is not one, or not written as one. */
export function parseHead(bytes: Buffer): JournalHead | null {
  const json = parseObject(bytes.toString('utf8'));
  if (json === null) return null;
  const { journal, seq, hash } = json;
  if (typeof journal !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return null;
  const head = { journal, seq, hash };
  return bytes.equals(Buffer.from(headLine(head))) ? head : null;
}

export function parseHeader(bytes: Buffer): JournalHeader | null {
  const json = parseObject(bytes.toString('utf8'));
  if (json === null) return null;
  const { journal, version, createdAt, follows = null, continues = null } = json;
  if (typeof journal !== 'string' || typeof createdAt !== 'number' || (version !== 1 && version !== 2)) return null;
  if (follows !== null && !isObject(follows)) return null;
  if (continues !== null && !isContinued(continues)) return null;
  const header: JournalHeader = { journal, version, createdAt, follows, continues };
  return bytes.equals(Buffer.from(headerLine(header))) ? header : null;
}

function isContinued(value: unknown): value is Continued {
  if (!isObject(value)) return false;
  return typeof value.file === 'string' && typeof value.seq === 'number' && typeof value.hash === 'string';
}

/** null: it is not an entry, or not written as Howdah writes one. */
export function parseEntry(bytes: Buffer): JournalEntry | null {
  const json = parseObject(bytes.toString('utf8'));
  if (json === null) return null;
  const { seq, at, actionId, scope, body, prev, hash } = json;
  const kind = ENTRY_KINDS.find((known) => known === json.kind);
  if (kind === undefined || !isObject(body)) return null;
  if (typeof seq !== 'number' || typeof at !== 'number' || typeof actionId !== 'string') return null;
  if (typeof scope !== 'string' || typeof prev !== 'string' || typeof hash !== 'string') return null;
  const entry = { seq, at, kind, actionId, scope, body, prev, hash };
  return bytes.equals(Buffer.from(JSON.stringify(entry))) ? entry : null;
}

/** Checks one file as its lines come by. `head` is that of the newest file; null: it has none, or is not asked about. */
export class ChainCheck {
  readonly #head: JournalHead | null;
  readonly #problems: Text[] = [];
  #hidden = 0;
  #number = 0;
  #header: JournalHeader | null = null;
  #entries = 0;
  #last = '';
  #newest: string | null = null;
  #goodBytes = 0;
  #torn = false;
  #atHead: string | null = null;

  constructor(head: JournalHead | null) {
    this.#head = head;
  }

  /** Returns the entry that the line is; null: it is none. */
  take(line: Line): JournalEntry | null {
    this.#number += 1;
    // Only at the end of a file, where a crash leaves half a line, and a power cut zeros for what had not reached the disk.
    if (this.#torn) this.#complain(say`line ${this.#number - 1} is not an entry`);
    this.#torn = false;
    if (!line.whole || (this.#number > 1 && line.bytes.includes(0))) {
      this.#torn = true;
      return null;
    }
    if (this.#number === 1) return this.#takeHeader(line);
    const entry = parseEntry(line.bytes);
    if (entry === null) {
      this.#complain(say`line ${this.#number} is not an entry as Howdah writes it`);
      return null;
    }
    const { seq } = entry;
    if (seq !== this.#entries + 1) this.#complain(say`after entry ${this.#entries} comes entry ${seq}`);
    else if (entry.prev !== this.#last) this.#complain(say`entry ${seq} does not follow the one before it`);
    if (hashOfEntry(entry, this.#header?.version ?? 2) !== entry.hash) this.#complain(say`entry ${seq} was changed`);
    this.#entries = seq;
    this.#last = entry.hash;
    this.#newest = entry.hash;
    this.#goodBytes = line.end;
    if (this.#head?.seq === seq) this.#atHead = entry.hash;
    return entry;
  }

  #takeHeader(line: Line): null {
    this.#header = parseHeader(line.bytes);
    if (this.#header === null) {
      this.#complain(say`the first line is not the header of a journal`);
      return null;
    }
    this.#last = hashOfHeader(this.#header);
    this.#goodBytes = line.end;
    const { continues } = this.#header;
    this.#entries = continues?.seq ?? 0;
    if (this.#head?.seq === this.#entries) this.#atHead = continues?.hash ?? this.#last;
    return null;
  }

  end(): Scan {
    const [head, header] = [this.#head, this.#header];
    if (this.#number === 0) this.#complain(say`the journal is empty`);
    if (head !== null) {
      if (head.seq > this.#entries) this.#complain(removedAtEnd(this.#entries, head.seq));
      else if (header !== null && head.journal !== header.journal)
        this.#complain(say`journal.head belongs to another journal (${head.journal})`);
      // An older head is no contradiction: the entry was safe before it.
      else if (head.seq >= (header?.continues?.seq ?? 0) && this.#atHead !== head.hash)
        this.#complain(say`entry ${head.seq} is not the one that journal.head names`);
    }
    const hidden = this.#hidden === 0 ? [] : [say`and ${this.#hidden} more`];
    return {
      header,
      entries: this.#entries,
      last: this.#last,
      newest: this.#newest,
      goodBytes: this.#goodBytes,
      torn: this.#torn,
      problems: [...this.#problems, ...hidden],
    };
  }

  #complain(problem: Text): void {
    if (this.#problems.length < PROBLEM_LIMIT) this.#problems.push(problem);
    else this.#hidden += 1;
  }
}

function removedAtEnd(entries: number, seq: number): Text {
  return seq === entries + 1
    ? say`entry ${seq} was removed at the end`
    : say`entries ${entries + 1} to ${seq} were removed at the end`;
}

/** Something that is wrong with the record, until somebody with the right has acknowledged it. */
export interface Breach {
  /** Of the file as it is: another change of it is another one. */
  readonly id: string;
  /** null: about no file that is there. */
  readonly file: string | null;
  readonly found: readonly Text[];
}

export function breachOf(file: string | null, state: string, found: readonly Text[]): Breach {
  return { id: sha256(`${file ?? ''} ${state}`).slice(0, 16), file, found };
}

/** What is told: an entry, the head alone, or that some are missing. Each names an entry and its hash: an anchor. */
export type Told = { readonly journal: string; readonly seq: number; readonly hash: string; readonly at: number } & (
  | { readonly what: 'entry'; readonly entry: JournalEntry }
  | { readonly what: 'head' }
  | { readonly what: 'gap'; readonly dropped: number; readonly text: string }
);

/** What is owed an outcome, after this entry. */
export function keepOpen(owed: Map<string, OpenIntent>, entry: JournalEntry): void {
  const known = owed.get(entry.actionId);
  if (entry.kind === 'outcome') owed.delete(entry.actionId);
  else if (entry.kind === 'intent') owed.set(entry.actionId, { intent: entry, sent: known?.sent ?? null });
  else if (known !== undefined) owed.set(entry.actionId, { ...known, sent: entry });
}
