// One connection to one server of ZooKeeper, within a session that outlives it. Answers come in the order of the questions. A server
// that keeps silent is given up after a few seconds, whatever the session would allow; nothing is ever asked twice.
import net from 'node:net';
import tls from 'node:tls';
import type { ReadingError } from '../../../domain/raw';
import { failure } from '../../../domain/reading-failure';
import { say } from '../../../language/sentence';
import { classify } from '../../failure';
import { secureContext, type TlsMaterial } from '../../tls';
import {
  ERR,
  JuteReader,
  JuteWriter,
  Malformed,
  OP,
  readOutcome,
  readStat,
  type Stat,
  type Step,
  writeSteps,
} from './jute';

export interface ZooKeeperAccess {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsMaterial | null;
}

/** `host:port`, IPv6 in brackets. */
export function partsOf(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}

export interface Session {
  readonly id: bigint;
  readonly password: Buffer;
  /** As the server granted it. */
  readonly timeoutMs: number;
}

const CONNECT_MS = 2000;
const PING_MS = 1000;
/** Without a byte while something is asked. */
const SILENT_MS = 3000;
/** Of one answer, however steadily its bytes come. */
const ANSWER_MS = 10_000;
/** What is asked for; a server grants less where its maxSessionTimeout is less. No key of ours hangs on it. */
export const ASKED_TIMEOUT_MS = 120_000;
/** A node holds 1 MiB (jute.maxbuffer); the names below one node come in one answer too. */
const FRAME_MAX = 16 * 1024 * 1024;
const PASSWORD_BYTES = 16;

const XID = { event: -1, ping: -2, auth: -4 } as const;

/** The server refuses with one of its own numbers. */
export class Refused extends Error {
  readonly code: number;
  readonly path: string;

  constructor(code: number, path: string) {
    super(`ZooKeeper: error ${code} of ${path}`);
    this.code = code;
    this.path = path;
  }
}

export function classifyZooKeeper(error: unknown): ReadingError {
  if (error instanceof Malformed) return failure('malformed');
  if (!(error instanceof Refused)) return classify(error);
  switch (error.code) {
    case ERR.noAuth:
      return failure('denied', say`${error.path}: its ACL does not let this user in`);
    case ERR.authFailed:
      return failure('auth');
    case ERR.sessionExpired:
      return failure('closed', say`the session has expired`);
    case ERR.sessionMoved:
      return failure('closed', say`the session has moved to another server`);
    case ERR.unimplemented:
      return failure('malformed', say`it is older than 3.6`);
    default:
      return failure('malformed', say`error ${String(error.code)}`);
  }
}

export function openSocket(written: string, material: TlsMaterial | null): net.Socket {
  const address = partsOf(written);
  if (material === null) return net.connect(address);
  const name = material.serverName ?? (net.isIP(address.host) === 0 ? address.host : undefined);
  return tls.connect({
    ...address,
    secureContext: secureContext(material),
    rejectUnauthorized: material.verify,
    ...(name === undefined ? {} : { servername: name }),
  });
}

interface Waiting {
  readonly xid: number;
  readonly path: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly zxid: bigint;
  readonly error: number;
  readonly body: JuteReader;
}

export interface Node {
  readonly value: string;
  readonly stat: Stat;
}

export interface ConnectionOptions extends ZooKeeperAccess {
  /** `host:port`. */
  readonly address: string;
  /** To go on with; null: a new one. */
  readonly session: Session | null;
  /** A path below a watch changed. */
  readonly onEvent?: (path: string) => void;
}

export class Connection {
  /** Resolves with the reason when it is over; never rejects. */
  readonly closed: Promise<Error>;
  readonly #socket: net.Socket;
  readonly #onEvent: (path: string) => void;
  #end: (why: Error) => void = () => undefined;
  #over: Error | null = null;
  #session: Session | null = null;
  #greeted: ((answer: JuteReader) => void) | null = null;
  #waiting: Waiting[] = [];
  #rest: Buffer[] = [];
  #restBytes = 0;
  #xid = 0;
  #heardAt = performance.now();
  /** Since when the first of those that wait is the first. */
  #firstAt = 0;
  #ticker: NodeJS.Timeout | null = null;
  /** Of the last answer: how far this server had come. */
  zxid = 0n;

  private constructor(socket: net.Socket, onEvent: (path: string) => void) {
    this.#socket = socket;
    this.#onEvent = onEvent;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Rejects with a Refused of `sessionExpired` where the session is no more. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const socket = openSocket(options.address, options.tls);
    const connection = new Connection(socket, options.onEvent ?? (() => undefined));
    const late = setTimeout(() => connection.destroy(lateError()), CONNECT_MS);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => connection.#onData(chunk));
    socket.on('error', (error) => connection.destroy(error));
    socket.on('close', () => connection.destroy(new Error('connection closed')));
    try {
      await connection.#greet(options);
      if (options.username !== null) await connection.#signIn(options.username, options.password ?? '');
    } catch (error) {
      connection.destroy(error instanceof Error ? error : new Error('connection closed'));
      throw error;
    } finally {
      clearTimeout(late);
    }
    connection.#ticker = setInterval(() => connection.#tick(), PING_MS);
    connection.#ticker.unref();
    return connection;
  }

  get session(): Session {
    if (this.#session === null) throw new Malformed('no session');
    return this.#session;
  }

  async #greet({ session, tls: material }: ConnectionOptions): Promise<void> {
    const hello = new JuteWriter()
      .int(0)
      .long(0n)
      .int(ASKED_TIMEOUT_MS)
      .long(session?.id ?? 0n);
    hello.bytes(session?.password ?? Buffer.alloc(PASSWORD_BYTES)).bool(false);
    this.#socket.once(material === null ? 'connect' : 'secureConnect', () => this.#socket.write(hello.frame()));
    const greeting = new Promise<JuteReader>((resolve) => {
      this.#greeted = resolve;
    });
    const answer = await Promise.race([greeting, this.#failed()]);
    answer.int();
    const timeoutMs = answer.int();
    const id = answer.long();
    const password = Buffer.from(answer.bytes());
    if (password.length > PASSWORD_BYTES) throw new Malformed('a password of another protocol');
    if (timeoutMs <= 0) throw new Refused(ERR.sessionExpired, '');
    this.#session = { id, password, timeoutMs };
  }

  async #signIn(username: string, password: string): Promise<void> {
    const words = new JuteWriter().int(0).text('digest').text(`${username}:${password}`);
    const { error } = await this.#ask(OP.auth, words, '', XID.auth);
    if (error !== 0) throw new Refused(error, '');
  }

  async #failed(): Promise<never> {
    throw await this.closed;
  }

  destroy(why: Error): void {
    if (this.#over !== null) return;
    this.#over = why;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(why);
    this.#rest = [];
    this.#end(why);
  }

  /** Ends the session too, so that the server need not wait for its end. */
  close(): void {
    if (this.#over !== null) return;
    const goodbye = new JuteWriter().int(this.#nextXid()).int(OP.closeSession);
    this.#socket.end(goodbye.frame());
    this.#destroySoon();
  }

  #destroySoon(): void {
    const timer = setTimeout(() => this.destroy(new Error('connection closed')), 500);
    timer.unref();
  }

  #nextXid(): number {
    this.#xid = (this.#xid % 0x7fffffff) + 1;
    return this.#xid;
  }

  #tick(): void {
    const now = performance.now();
    const silent = now - this.#heardAt;
    if (this.#waiting.length === 0) {
      if (silent >= PING_MS) this.#ask(OP.ping, null, '', XID.ping).catch(() => undefined);
    } else if (silent > SILENT_MS || now - this.#firstAt > ANSWER_MS) this.destroy(lateError());
  }

  /** A question that the server refuses resolves too: its `error` says so. */
  #ask(op: number, body: JuteWriter | null, path: string, xid = this.#nextXid()): Promise<Answer> {
    if (this.#over !== null) return Promise.reject(this.#over);
    const head = new JuteWriter().int(xid).int(op);
    // What was heard before says nothing of this one.
    if (this.#waiting.length === 0) this.#heardAt = this.#firstAt = performance.now();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ xid, path, resolve, reject });
      this.#socket.write(framed(head, body));
    });
  }

  #onData(chunk: Buffer): void {
    this.#heardAt = performance.now();
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    try {
      for (let frame = this.#nextFrame(); frame !== null; frame = this.#nextFrame()) this.#onFrame(frame);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Malformed('no frame'));
    }
  }

  /** null: the rest of it has not come yet. Nothing is put together before it is all there. */
  #nextFrame(): Buffer | null {
    if (this.#over !== null || this.#restBytes < 4) return null;
    if ((this.#rest[0]?.length ?? 0) < 4) this.#rest = [Buffer.concat(this.#rest)];
    const length = this.#rest[0]?.readInt32BE(0) ?? 0;
    if (length < 0 || length > FRAME_MAX) throw new Malformed(`a frame of ${length} bytes`);
    if (this.#restBytes < 4 + length) return null;
    const all = this.#rest.length === 1 && this.#rest[0] !== undefined ? this.#rest[0] : Buffer.concat(this.#rest);
    const rest = all.subarray(4 + length);
    this.#rest = rest.length === 0 ? [] : [rest];
    this.#restBytes = rest.length;
    return all.subarray(4, 4 + length);
  }

  #onFrame(frame: Buffer): void {
    const body = new JuteReader(frame);
    if (this.#greeted !== null) {
      this.#greeted(body);
      this.#greeted = null;
      return;
    }
    const xid = body.int();
    const zxid = body.long();
    const error = body.int();
    if (xid === XID.event) {
      body.int();
      body.int();
      this.#onEvent(body.text());
      return;
    }
    if (zxid > this.zxid) this.zxid = zxid;
    const [asked] = this.#waiting;
    if (asked === undefined || asked.xid !== xid) throw new Malformed('an answer to another question');
    this.#waiting.shift();
    this.#firstAt = performance.now();
    asked.resolve({ zxid, error, body });
  }

  async #answered(op: number, body: JuteWriter | null, path: string): Promise<Answer> {
    const answer = await this.#ask(op, body, path);
    if (answer.error !== 0) throw new Refused(answer.error, path);
    return answer;
  }

  /** What is read here afterwards is not older than what the leader had when this was asked. */
  async sync(path: string): Promise<void> {
    await this.#answered(OP.sync, new JuteWriter().text(path), path);
  }

  /** null: there is no such node. `zxid`: how far the server had come when it said so. */
  async get(path: string): Promise<{ readonly node: Node | null; readonly zxid: bigint }> {
    const { error, zxid, body } = await this.#ask(OP.getData, new JuteWriter().text(path).bool(false), path);
    if (error === ERR.noNode) return { node: null, zxid };
    if (error !== 0) throw new Refused(error, path);
    return { node: { value: body.text(), stat: readStat(body) }, zxid };
  }

  /** null: there is no such node. */
  async children(path: string): Promise<{ readonly names: readonly string[]; readonly stat: Stat } | null> {
    const { error, body } = await this.#ask(OP.getChildren2, new JuteWriter().text(path).bool(false), path);
    if (error === ERR.noNode) return null;
    if (error !== 0) throw new Refused(error, path);
    return { names: body.texts(), stat: readStat(body) };
  }

  /** Tells of every change at this path and below it from now on, until the connection ends. It proves no right to read. */
  async watch(path: string): Promise<void> {
    const RECURSIVE = 1;
    await this.#answered(OP.addWatch, new JuteWriter().text(path).int(RECURSIVE), path);
  }

  /** All or nothing, sent once. Its zxid is the mzxid of all that it wrote. Rejects with a Refused where a step failed: then nothing was written. */
  async multi(steps: readonly Step[]): Promise<bigint> {
    const path = steps.at(-1)?.path ?? '';
    const { error, zxid, body } = await this.#ask(OP.multi, writeSteps(steps), path);
    const outcome = readOutcome(body, error);
    if (outcome !== 0) throw new Refused(outcome, path);
    return zxid;
  }

  /** A transaction that changes nothing: it is answered only where a quorum has taken it, whatever the answer. */
  async proveQuorum(): Promise<true> {
    const ROOT = [{ op: 'check', path: '/', version: -1 }] as const;
    await this.multi(ROOT).catch((error: unknown) => {
      const isTaken = error instanceof Refused && error.code !== ERR.sessionExpired && error.code !== ERR.sessionMoved;
      if (!isTaken) throw error;
    });
    return true;
  }
}

function framed(head: JuteWriter, body: JuteWriter | null): Buffer {
  const first = head.frame();
  if (body === null) return first;
  const second = body.frame().subarray(4);
  first.writeInt32BE(first.length - 4 + second.length);
  return Buffer.concat([first, second]);
}

function lateError(): Error {
  return Object.assign(new Error('deadline exceeded'), { code: 'ETIMEDOUT' });
}
