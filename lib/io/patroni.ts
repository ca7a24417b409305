// Reads Patroni's REST API. The server is HTTP/1.0 with as few as five workers, so: one connection per question, closed by
// the peer, destroyed at the deadline; bodies are capped; redirects are not followed. Deciding is not done here.
//
// By Node's own http without an agent: of a question that has a connection to itself a client with a pool costs two to three times the CPU.
import { request } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { HttpAnswer, Reading } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import { shownBy } from './certificate';
import { ReadingRefused, read } from './failure';
import { outsideWords } from './networks';
import { secureContext, type TlsMaterial } from './tls';

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** Of TLS, by address. */
const MAX_SESSIONS = 1000;

export interface PatroniReader {
  /** `path` such as `/patroni`. Any HTTP status is an answer; only transport trouble is a failed reading. */
  get(baseUrl: string, path: string, deadlineMs: number): Promise<Reading<HttpAnswer>>;
  /** When the certificate ends that is shown there; null: none is, or nobody answers. */
  certificateEndsAt(baseUrl: string): Promise<number | null>;
  close(): Promise<void>;
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** What ends a question: at `close`, or because it is late or too long. */
type End = (error: Error) => void;

export function createPatroniReader(options: {
  readonly tls: TlsMaterial | null;
  readonly now: () => number;
  readonly connectMs?: number;
  /** Where a question may go at all; absent: anywhere. */
  readonly isInside?: ((address: string) => boolean) | undefined;
}): PatroniReader {
  const connectMs = options.connectMs ?? 3000;
  const secure = dialerTls(options.tls);
  const running = new Set<End>();
  const ask = (url: URL, deadlineMs: number): Promise<HttpAnswer> =>
    new Promise((resolve, reject) => {
      const isTls = url.protocol === 'https:';
      const place = {
        host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
        port: Number(url.port) || (isTls ? 443 : 80),
      };
      const { isInside } = options;
      if (isInside !== undefined && isIP(place.host) !== 0 && !isInside(place.host)) return reject(outside(place.host));
      const socket = isTls ? secure(place) : connect({ ...place, noDelay: true });
      const question = request({
        ...{ host: place.host, port: place.port, path: url.pathname + url.search, maxHeaderSize: MAX_HEADER_BYTES },
        headers: { accept: 'application/json', connection: 'close' },
        createConnection: () => socket,
      });
      const end: End = (error) => {
        over();
        question.destroy();
        socket.destroy();
        reject(error);
      };
      const late = (): void => end(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' }));
      const deadline = setTimeout(late, deadlineMs);
      const connecting = connectMs < deadlineMs ? setTimeout(late, connectMs) : undefined;
      const over = (): void => {
        clearTimeout(deadline);
        clearTimeout(connecting);
        running.delete(end);
      };
      running.add(end);
      if (isInside !== undefined) {
        const look = (address = ''): void => void (isInside(address) || end(outside(address)));
        socket.on('lookup', (_: unknown, address: string) => look(address));
        socket.once('connect', () => look(socket.remoteAddress));
      }
      socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
      question.once('error', end);
      question.once('response', (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes > MAX_BODY_BYTES) end(new ReadingRefused(failure('malformed')));
        });
        answer.once('error', end);
        answer.once('end', () => {
          over();
          socket.destroy();
          const date = Date.parse(answer.headers.date ?? '');
          resolve({
            status: answer.statusCode ?? 0,
            body: new TextDecoder().decode(parts.length === 1 ? parts[0] : Buffer.concat(parts)),
            date: Number.isFinite(date) ? date : null,
          });
        });
      });
      question.end();
    });
  return {
    async get(baseUrl, path, deadlineMs) {
      const reading = await read(() => ask(new URL(baseUrl + path), deadlineMs), options.now);
      // 503 with a status document is how Patroni answers for a node that is not what the path asks; an empty one is not.
      if (reading.ok && reading.value.body === '') return { ...reading, ok: false, error: failure('closed') };
      return reading;
    },
    certificateEndsAt: (baseUrl) => shownBy(baseUrl, options.tls),
    close: async () => {
      for (const end of [...running]) end(new ReadingRefused(failure('closed')));
    },
  };
}

const outside = (address: string): ReadingRefused =>
  new ReadingRefused({ kind: 'skipped', message: outsideWords(address) });

/** One context for all nodes: it costs 3 ms of CPU. A session of before spares a node the handshake. */
function dialerTls(tls: TlsMaterial | null): (place: Place) => TLSSocket | Socket {
  const context = tls === null ? null : secureContext(tls);
  const sessions = new Map<string, Buffer>();
  return (place) => {
    const name = `${place.host}:${place.port}`;
    const session = sessions.get(name);
    const socket = connectTls({
      ...place,
      ...(context === null ? {} : { secureContext: context }),
      ...(session === undefined ? {} : { session }),
      rejectUnauthorized: tls?.verify ?? true,
      servername: tls?.serverName ?? (isIP(place.host) === 0 ? place.host : ''),
    });
    socket.on('session', (ticket: Buffer) => {
      sessions.delete(name);
      sessions.set(name, ticket);
      const [oldest] = sessions.keys();
      if (sessions.size > MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest);
    });
    return socket;
  };
}
