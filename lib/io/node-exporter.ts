// Asks node_exporter of a machine, or whatever has its families, for its text. One question at a time, capped; the text is read in
// domain/wire/node-exporter.ts.
import { Agent, request } from 'undici';
import type { Reading } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import { parseHost } from '../domain/wire/node-exporter';
import { say } from '../language/sentence';
import { ReadingRefused, read } from './failure';
import { connector, type TlsMaterial } from './tls';

/** Some 100 KiB are usual. */
const ANSWER_MAX_BYTES = 4 * 1024 * 1024;
const CONNECT_MS = 3000;

export interface HostReader {
  get(url: string, deadlineMs: number): Promise<Reading<{ readonly body: string }>>;
  close(): Promise<void>;
}

export function createHostReader(options: {
  readonly tls: TlsMaterial | null;
  readonly isInside: ((address: string) => boolean) | null;
  readonly now: () => number;
}): HostReader {
  const agent = new Agent({
    connections: 1,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    maxResponseSize: ANSWER_MAX_BYTES,
    connect: connector(options.tls, CONNECT_MS, options.isInside),
  });
  const ask = async (url: string, deadlineMs: number): Promise<{ readonly body: string }> => {
    const answer = await request(url, {
      dispatcher: agent,
      method: 'GET',
      signal: AbortSignal.timeout(deadlineMs),
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
      headers: { accept: 'text/plain', connection: 'close' },
    });
    const body = { body: await answer.body.text() };
    if (answer.statusCode !== 200) throw new ReadingRefused(failure('http', say`it answers ${answer.statusCode}`));
    if (parseHost(body) === null)
      throw new ReadingRefused(failure('malformed', say`this is not what node_exporter says`));
    return body;
  };
  return {
    get: (url, deadlineMs) => read(() => ask(url, deadlineMs), options.now),
    close: () => agent.destroy(),
  };
}
