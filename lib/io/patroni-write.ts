// Sends one unsafe request to one Patroni, once. Nothing is retried: after a lost answer only an observation can say what
// happened. The password is in the request and nowhere else.
import { Agent, request } from 'undici';
import type { HttpAnswer, Reading } from '../domain/raw';
import { failure } from '../domain/reading-failure';
import type { JsonObject } from '../domain/wire/loose';
import { read } from './failure';
import { connector, type TlsMaterial } from './tls';

/** Patroni answers with a line. Whoever sends more is not listened to. */
const MAX_BODY_BYTES = 1024 * 1024;

export type UnsafeMethod = 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface PatroniWriter {
  /** Any HTTP status is an answer. A reading of kind `refused` or `unreachable` never left this machine's side. */
  send(
    baseUrl: string,
    method: UnsafeMethod,
    path: string,
    body: JsonObject | null,
    deadlineMs: number,
  ): Promise<Reading<HttpAnswer>>;
  close(): Promise<void>;
}

export function createPatroniWriter(options: {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: TlsMaterial | null;
  /** Where the password may go; null: anywhere. */
  readonly isInside: ((address: string) => boolean) | null;
  readonly now: () => number;
}): PatroniWriter {
  const agent = new Agent({
    connections: 4,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
    maxResponseSize: MAX_BODY_BYTES,
    connect: connector(options.tls, 2000, options.isInside),
  });
  const authorization =
    options.username === null
      ? {}
      : { authorization: `Basic ${Buffer.from(`${options.username}:${options.password ?? ''}`).toString('base64')}` };
  return {
    async send(baseUrl, method, path, body, deadlineMs) {
      let connecting = true;
      const reading = await read(async () => {
        const answer = await request(baseUrl + path, {
          dispatcher: agent,
          method,
          signal: AbortSignal.timeout(deadlineMs),
          headersTimeout: deadlineMs,
          bodyTimeout: deadlineMs,
          headers: {
            connection: 'close',
            ...authorization,
            ...(body === null ? {} : { 'content-type': 'application/json' }),
          },
          // A string has a length: Patroni refuses a chunked body with 411.
          ...(body === null ? {} : { body: JSON.stringify(body) }),
        }).catch((error: unknown) => {
          connecting = syscallOf(error) !== 'read' && syscallOf(error) !== 'write';
          throw error;
        });
        connecting = false;
        return { status: answer.statusCode, body: await answer.body.text(), date: null };
      }, options.now);
      // A host that vanishes under an open connection is "unreachable" too, and then the request may have arrived.
      if (!reading.ok && reading.error.kind === 'unreachable' && !connecting)
        return { ...reading, error: failure('closed', reading.error.message) };
      if (reading.ok && reading.value.body === '' && reading.value.status === 200)
        return { ...reading, ok: false, error: failure('closed') };
      return reading;
    },
    close: () => agent.destroy(),
  };
}

function syscallOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('syscall' in error && typeof error.syscall === 'string') return error.syscall;
  return 'cause' in error ? syscallOf(error.cause) : null;
}
