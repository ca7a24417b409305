// Reads Patroni's REST API. The server is HTTP/1.0 with as few as five workers, so: one connection per question, closed by
// the peer, destroyed at the deadline; bodies are capped; redirects are not followed. Deciding is not done here.
import { Agent, request } from 'undici';
import type { HttpAnswer, Reading } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import { read } from './failure';
import { connector, type TlsMaterial } from './tls';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface PatroniReader {
  /** `path` such as `/patroni`. Any HTTP status is an answer; only transport trouble is a failed reading. */
  get(baseUrl: string, path: string, deadlineMs: number): Promise<Reading<HttpAnswer>>;
  close(): Promise<void>;
}

export function createPatroniReader(options: {
  readonly tls: TlsMaterial | null;
  readonly now: () => number;
  readonly connectMs?: number;
}): PatroniReader {
  const agent = new Agent({
    // Per node: one for /patroni, which is asked again only after it answered, one for a fallback document, which may hang.
    connections: 2,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    maxResponseSize: MAX_BODY_BYTES,
    connect: connector(options.tls, options.connectMs ?? 3000),
  });
  return {
    async get(baseUrl, path, deadlineMs) {
      const reading = await read(async () => {
        const answer = await request(baseUrl + path, {
          dispatcher: agent,
          method: 'GET',
          signal: AbortSignal.timeout(deadlineMs),
          headersTimeout: deadlineMs,
          bodyTimeout: deadlineMs,
          headers: { accept: 'application/json', connection: 'close' },
        });
        const body = await answer.body.text();
        const date = answer.headers.date;
        const parsed = typeof date === 'string' ? Date.parse(date) : Number.NaN;
        return { status: answer.statusCode, body, date: Number.isFinite(parsed) ? parsed : null };
      }, options.now);
      // 503 with a status document is how Patroni answers for a node that is not what the path asks; an empty one is not.
      if (reading.ok && reading.value.body === '') return { ...reading, ok: false, error: failure('closed') };
      return reading;
    },
    close: () => agent.destroy(),
  };
}
