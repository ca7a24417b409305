// The words of ZooKeeper's wire protocol: big-endian numbers, texts and lists with their length before them, and the few records that
// Howdah asks and reads. Knows no socket. Reading past the end is an error, never a value.

export const OP = {
  create: 1,
  delete: 2,
  getData: 4,
  setData: 5,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  auth: 100,
  addWatch: 106,
  closeSession: -11,
} as const;

/** Of an answer, as the server counts them. */
export const ERR = {
  unimplemented: -6,
  noNode: -101,
  noAuth: -102,
  badVersion: -103,
  nodeExists: -110,
  sessionExpired: -112,
  authFailed: -115,
  sessionMoved: -118,
} as const;

/** Texts of an answer, and children of one node: more than a whole namespace holds. */
const COUNT_MAX = 1_000_000;
const EVERYBODY = [{ perms: 31, scheme: 'world', id: 'anyone' }] as const;

/** The answer is not what the protocol says. */
export class Malformed extends Error {}

export class JuteWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    this.#parts.push(part);
    return this;
  }

  long(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    this.#parts.push(part);
    return this;
  }

  bool(value: boolean): this {
    this.#parts.push(Buffer.of(value ? 1 : 0));
    return this;
  }

  bytes(value: Uint8Array): this {
    this.int(value.length);
    this.#parts.push(Buffer.from(value));
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  /** With its length before it. */
  frame(): Buffer {
    const body = Buffer.concat(this.#parts);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}

export class JuteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  #take(length: number): number {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) throw new Malformed('the answer ends too early');
    this.#at = from + length;
    return from;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  long(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  bool(): boolean {
    return this.#bytes[this.#take(1)] !== 0;
  }

  /** Nothing at all (-1) reads as empty. */
  bytes(): Buffer {
    const length = this.int();
    if (length === -1) return Buffer.alloc(0);
    const from = this.#take(length);
    return this.#bytes.subarray(from, from + length);
  }

  text(): string {
    return this.bytes().toString();
  }

  texts(): string[] {
    const count = this.int();
    if (count > COUNT_MAX) throw new Malformed(`${count} names in one answer`);
    return Array.from({ length: Math.max(0, count) }, () => this.text());
  }
}

export interface Stat {
  /** Of the transaction that made the node, and of the one that wrote it last. */
  readonly czxid: bigint;
  readonly mzxid: bigint;
  /** Writes since it was made. */
  readonly version: number;
  readonly children: number;
  /** Children that were ever made, each counted once: what the next sequential name ends with. */
  readonly made: number;
  /** Of the session with whose end it goes; 0: it stays. */
  readonly owner: bigint;
}

export function readStat(reader: JuteReader): Stat {
  const czxid = reader.long();
  const mzxid = reader.long();
  reader.long();
  reader.long();
  const version = reader.int();
  const childrenVersion = reader.int();
  reader.int();
  const owner = reader.long();
  reader.int();
  const children = reader.int();
  reader.long();
  // DataNode.copyStat (3.8): what is shown counts changes, twice the children made less those that are there.
  return { czxid, mzxid, version, children, made: (childrenVersion + children) / 2, owner };
}

/** What a transaction does, in order; all of it or nothing. */
export type Step =
  | { readonly op: 'check'; readonly path: string; readonly version: number }
  | { readonly op: 'set'; readonly path: string; readonly value: string; readonly version: number }
  | { readonly op: 'create'; readonly path: string; readonly value: string; readonly sequential?: boolean }
  | { readonly op: 'delete'; readonly path: string; readonly version: number };

/** CreateMode of ZooKeeper: a number behind the name. */
const SEQUENTIAL = 2;

export function writeSteps(steps: readonly Step[]): JuteWriter {
  const writer = new JuteWriter();
  for (const step of steps) {
    const type = { check: OP.check, set: OP.setData, create: OP.create, delete: OP.delete }[step.op];
    writer.int(type).bool(false).int(-1).text(step.path);
    if (step.op === 'set') writer.text(step.value);
    if (step.op !== 'create') writer.int(step.version);
    else {
      writer.text(step.value).int(EVERYBODY.length);
      for (const { perms, scheme, id } of EVERYBODY) writer.int(perms).text(scheme).text(id);
      writer.int(step.sequential ? SEQUENTIAL : 0);
    }
  }
  return writer.int(-1).bool(true).int(-1);
}

/**
 * The error of the step for which a transaction failed; 0: it was done. A failure stands in the answer itself: the head says nothing of a
 * missing right (3.8.0). Of one that failed every step is an error: 0 for those before, "not tried" for those after.
 */
export function readOutcome(reader: JuteReader, head: number): number {
  const NOT_TRIED = -2;
  if (head !== 0 && reader.isEnd) return head;
  for (;;) {
    const type = reader.int();
    const isLast = reader.bool();
    reader.int();
    if (isLast || type !== -1) return head;
    const error = reader.int();
    if (error !== 0 && error !== NOT_TRIED) return error;
  }
}
