// Reads HAProxy's state: the statistics page as CSV over HTTP, or `show stat` over a TCP or unix socket. Reads and nothing else: no
// command that changes anything is ever written. The rows are parsed in domain/wire/haproxy.ts.
import { connect, type NetConnectOpts } from 'node:net';
import { Agent, request } from 'undici';
import type { HaproxyAnswer, Reading, ReadingError } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import { say } from '../language/sentence';
import { ReadingRefused, readWithin } from './failure';
import { outsideWords } from './networks';
import { connector, type TlsMaterial } from './tls';

/** Where HAProxy tells its state. */
export type StatsPlace =
  | { readonly kind: 'http'; readonly url: string; readonly host: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface HaproxyTarget {
  readonly place: StatsPlace;
  /** Over HTTP; null: it asks for none. */
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsMaterial | null;
  readonly isInside: ((address: string) => boolean) | null;
}

export interface EntryReader<T> {
  read(deadlineMs: number): Promise<Reading<T>>;
  close(): void;
}

/** Some two thousand rows. */
const ANSWER_MAX_BYTES = 1024 * 1024;
const COMMAND = 'show stat;show info\n';
const CONNECT_MS = 3000;

export function createHaproxyReader(target: HaproxyTarget, now: () => number): EntryReader<HaproxyAnswer> {
  const { place } = target;
  if (place.kind !== 'http') {
    const where = place.kind === 'unix' ? { path: place.path } : { host: place.host, port: place.port };
    return {
      read: (deadlineMs) => readWithin(() => askSocket(where, target.isInside, deadlineMs), deadlineMs, now),
      close: () => undefined,
    };
  }
  const agent = new Agent({
    connections: 1,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    maxResponseSize: ANSWER_MAX_BYTES,
    connect: connector(target.tls, CONNECT_MS, target.isInside),
  });
  return {
    read: (deadlineMs) => readWithin(() => askPage(agent, place.url, target, deadlineMs), deadlineMs, now),
    close: () => void agent.destroy(),
  };
}

async function askPage(
  agent: Agent,
  url: string,
  { username, password }: HaproxyTarget,
  deadlineMs: number,
): Promise<HaproxyAnswer> {
  const basic = username === null ? null : Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  const answer = await request(`${url};csv`, {
    dispatcher: agent,
    method: 'GET',
    signal: AbortSignal.timeout(deadlineMs),
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    headers: { connection: 'close', ...(basic === null ? {} : { authorization: `Basic ${basic}` }) },
  });
  const csv = await answer.body.text();
  const wrong = wrongStatus(answer.statusCode) ?? wrongText(csv);
  if (wrong !== null) throw new ReadingRefused(wrong);
  return { kind: 'haproxy', csv, info: null };
}

function wrongStatus(status: number): ReadingError | null {
  if (status === 200) return null;
  if (status === 401)
    return failure('auth', say`it answers 401: user or password of the statistics page are not these`);
  if (status === 403) return failure('denied', say`it answers 403`);
  return failure('http', say`it answers ${status}: the statistics page is not at this address`);
}

function wrongText(text: string): ReadingError | null {
  if (text.startsWith('# pxname,')) return null;
  if (/^permission denied/i.test(text)) return failure('denied', say`the socket does not let Howdah ask`);
  return failure('malformed', say`this is not the statistics of HAProxy`);
}

/** Of a unix socket's file. */
function openError(error: Error): ReadingRefused | null {
  const code = 'code' in error ? error.code : null;
  if (code === 'ENOENT') return new ReadingRefused(failure('refused', say`there is no such socket`));
  return code === 'EACCES' ? new ReadingRefused(failure('denied', say`Howdah may not open the socket`)) : null;
}

/** Writes one line and reads to the end, which HAProxy makes. */
function askSocket(
  where: NetConnectOpts,
  isInside: HaproxyTarget['isInside'],
  deadlineMs: number,
): Promise<HaproxyAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(where);
    const chunks: Buffer[] = [];
    let bytes = 0;
    // What came until then is half an answer.
    const giveUp = setTimeout(() => refuse(failure('timeout')), deadlineMs);
    const refuse = (why: ReadingError): void => void socket.destroy(new ReadingRefused(why));
    socket.once('connect', () => {
      const address = socket.remoteAddress ?? '';
      if (isInside !== null && !('path' in where) && !isInside(address))
        refuse({ kind: 'denied', message: outsideWords(address) });
      else socket.write(COMMAND);
    });
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > ANSWER_MAX_BYTES) refuse(failure('malformed', say`it answers with more than was asked for`));
      else chunks.push(chunk);
    });
    socket.once('error', (error) => reject(openError(error) ?? error));
    socket.once('close', () => {
      clearTimeout(giveUp);
      const text = Buffer.concat(chunks).toString('utf8');
      const at = text.indexOf('\n\nName:');
      const [csv, info] = at < 0 ? [text, null] : [text.slice(0, at + 1), text.slice(at + 2)];
      const wrong = bytes === 0 ? failure('closed') : wrongText(csv);
      if (wrong !== null) reject(new ReadingRefused(wrong));
      else resolve({ kind: 'haproxy', csv, info });
    });
  });
}
