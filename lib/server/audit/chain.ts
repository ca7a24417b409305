// The form of a journal on disk and how to read one: a header line, then one line an entry, each with the hash of the one
// before. Reading only; what is wrong is returned, never thrown. A chain proves order and content; that entries are missing at
// its end is seen by journal.head, which is written after them.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { canonical } from '../../domain/actions/bound';
import { field, isObject, type JsonObject, parseObject, text, wholeNumber } from '../../domain/wire/loose';
import { say, type Text } from '../../language/sentence';

/** `access`: what happened at the door; its `actionId` is its own id. */
export const ENTRY_KINDS = ['intent', 'sent', 'outcome', 'access'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface JournalEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  readonly kind: EntryKind;
  readonly actionId: string;
  readonly scope: string;
  readonly body: JsonObject;
  /** Hash of the entry before; of the header for the first. */
  readonly prev: string;
  /** SHA-256, hex, of `prev` and the canonical JSON of the other fields: the keys of `body` keep their order in the file. */
  readonly hash: string;
}

export interface JournalHeader {
  readonly journal: string;
  readonly version: 1;
  readonly createdAt: number;
  /** The journal that was set aside for this one; null: it is the first. */
  readonly follows: JsonObject | null;
}

export interface JournalHead {
  readonly journal: string;
  readonly seq: number;
  readonly hash: string;
}

export interface Scan {
  /** null: the first line is no header. */
  readonly header: JournalHeader | null;
  readonly entries: number;
  /** Hash of the last entry, of the header where there is none. */
  readonly last: string;
  /** Bytes up to the end of the last whole line that is good. */
  readonly goodBytes: number;
  readonly size: number;
  /** There is something after `goodBytes` that was never acknowledged. */
  readonly torn: boolean;
  /** Empty: the chain holds. At most 20, then a last one that says how many more. */
  readonly problems: readonly Text[];
}

const PROBLEM_LIMIT = 20;

export function journalPaths(folder: string): { folder: string; journal: string; head: string } {
  const audit = path.join(folder, 'audit');
  return { folder: audit, journal: path.join(audit, 'journal.jsonl'), head: path.join(audit, 'journal.head') };
}

export function hashOfHeader(header: JournalHeader): string {
  return sha256(canonical(header));
}

export function hashOfEntry({ seq, at, kind, actionId, scope, body, prev }: Omit<JournalEntry, 'hash'>): string {
  return sha256(prev + canonical({ seq, at, kind, actionId, scope, body }));
}

function sha256(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** null: there is none, or it cannot be read as one. */
export async function readHead(file: string): Promise<JournalHead | null> {
  const json = parseObject(await readFile(file, 'utf8').catch(() => ''));
  const [journal, seq, hash] = [
    text(field(json, 'journal')),
    wholeNumber(field(json, 'seq')),
    text(field(json, 'hash')),
  ];
  return journal === null || seq === null || hash === null ? null : { journal, seq, hash };
}

/** Reads a whole journal once and checks it. `head` is read before the file, so that a running Howdah may go on writing. */
export async function scanJournal(
  file: string,
  head: JournalHead | null,
  onEntry: (entry: JournalEntry) => void = () => undefined,
): Promise<Scan> {
  const problems: Text[] = [];
  let hidden = 0;
  const complain = (problem: Text): void => {
    if (problems.length < PROBLEM_LIMIT) problems.push(problem);
    else hidden += 1;
  };
  let header: JournalHeader | null = null;
  let entries = 0;
  let last = '';
  let goodBytes = 0;
  let torn = false;
  let atHead: string | null = null;
  /** A whole line that is no entry: torn when it turns out to be the last. */
  let junk: { readonly line: number; readonly seq: number } | null = null;
  let number = 0;
  for await (const line of readLines(file, Number.POSITIVE_INFINITY)) {
    number += 1;
    if (!line.whole) {
      torn = true;
      break;
    }
    if (junk !== null) complain(say`line ${junk.line} is not an entry`);
    junk = null;
    if (number === 1) {
      header = parseHeader(line.text);
      if (header === null) complain(say`the first line is not the header of a journal`);
      last = header === null ? '' : hashOfHeader(header);
      if (header !== null && head?.seq === 0) atHead = last;
      goodBytes = line.end;
      continue;
    }
    const entry = parseEntry(line.text);
    if (entry === null) {
      junk = { line: number, seq: entries + 1 };
      continue;
    }
    if (entry.seq !== entries + 1) complain(say`after entry ${entries} comes entry ${entry.seq}`);
    else if (entry.prev !== last) complain(say`entry ${entry.seq} does not follow the one before it`);
    if (hashOfEntry(entry) !== entry.hash) complain(say`entry ${entry.seq} was changed`);
    entries = entry.seq;
    last = entry.hash;
    goodBytes = line.end;
    if (head?.seq === entry.seq) atHead = entry.hash;
    onEntry(entry);
  }
  // Only the last line can be one that was never acknowledged, and only where journal.head has not got it yet.
  if (junk !== null && (head === null || head.seq < junk.seq)) torn = true;
  else if (junk !== null) complain(say`line ${junk.line} is not an entry`);
  if (number === 0) complain(say`the journal is empty`);
  if (head !== null && head.seq > entries) complain(removedAtEnd(entries, head.seq));
  else if (head !== null && header !== null && head.journal !== header.journal)
    complain(say`journal.head belongs to another journal (${head.journal})`);
  else if (head !== null && atHead !== head.hash)
    complain(say`entry ${head.seq} is not the one that journal.head names`);
  if (hidden > 0) problems.push(say`and ${hidden} more`);
  const { size } = await stat(file);
  return { header, entries, last, goodBytes, size, torn, problems };
}

function removedAtEnd(entries: number, seq: number): Text {
  return seq === entries + 1
    ? say`entry ${seq} was removed at the end`
    : say`entries ${entries + 1} to ${seq} were removed at the end`;
}

/** The entries from `fromSeq` on as they stand there, unchecked; lines that are no entries are left out. */
export async function* readEntries(
  file: string,
  fromSeq = 1,
  end = Number.POSITIVE_INFINITY,
): AsyncGenerator<JournalEntry> {
  for await (const line of readLines(file, end)) {
    const entry = line.whole ? parseEntry(line.text) : null;
    if (entry !== null && entry.seq >= fromSeq) yield entry;
  }
}

interface Line {
  readonly text: string;
  /** Byte offset after its line break. */
  readonly end: number;
  /** It ends with a line break. */
  readonly whole: boolean;
}

const LINE_BREAK = 10;

async function* readLines(file: string, limit: number): AsyncGenerator<Line> {
  if (limit <= 0) return;
  let parts: Buffer[] = [];
  let offset = 0;
  const stream = createReadStream(file, Number.isFinite(limit) ? { end: limit - 1 } : {});
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at !== -1; at = chunk.indexOf(LINE_BREAK, from)) {
      parts.push(chunk.subarray(from, at));
      const bytes = Buffer.concat(parts);
      parts = [];
      from = at + 1;
      offset += bytes.length + 1;
      yield { text: bytes.toString('utf8'), end: offset, whole: true };
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  const rest = Buffer.concat(parts);
  if (rest.length > 0) yield { text: rest.toString('utf8'), end: offset + rest.length, whole: false };
}

function parseHeader(line: string): JournalHeader | null {
  const json = parseObject(line);
  const journal = text(field(json, 'journal'));
  const createdAt = wholeNumber(field(json, 'createdAt'));
  if (json === null || journal === null || createdAt === null || json.version !== 1) return null;
  return { journal, version: 1, createdAt, follows: isObject(json.follows) ? json.follows : null };
}

function parseEntry(line: string): JournalEntry | null {
  const json = parseObject(line);
  if (json === null) return null;
  const { seq, at, actionId, scope, body, prev, hash } = json;
  const kind = ENTRY_KINDS.find((known) => known === json.kind);
  if (kind === undefined || !isObject(body)) return null;
  if (typeof seq !== 'number' || typeof at !== 'number' || typeof actionId !== 'string') return null;
  if (typeof scope !== 'string' || typeof prev !== 'string' || typeof hash !== 'string') return null;
  return { seq, at, kind, actionId, scope, body, prev, hash };
}
