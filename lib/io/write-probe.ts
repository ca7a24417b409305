// Measures a write outage by writing: each `everyMs` one row of the probe's own table, on whichever member is out of recovery.
// A standby is only asked whether it still is one, so that no server's log fills with refused writes. It knows nothing of
// leaders and actions; it says when a write was last acknowledged and where. Ends when told, or by its own limit.

import { Socket } from 'node:net';
import { Client } from 'pg';
import type { Text } from '../language/sentence';
import type { PostgresTarget } from './postgres';
import { sslOf } from './tls';

export interface ProbeTarget extends PostgresTarget {
  readonly member: string;
}

export type ProbeEvent =
  /** A write was acknowledged; `at` is when it was sent, `ackAt` when the answer came. */
  | { readonly kind: 'wrote'; readonly member: string; readonly at: number; readonly ackAt: number }
  | { readonly kind: 'refused'; readonly member: string; readonly at: number; readonly text: Text };

const CONNECT_MS = 1000;
const STATEMENT_MS = 1500;

const WRITE = `INSERT INTO howdah.probe AS p (scope, n, at) VALUES ($1, 1, now())
ON CONFLICT (scope) DO UPDATE SET n = p.n + 1, at = now()`;

/** Call the result to end it. `onEvent` gets each acknowledged write and the first refusal after one. */
export function startProbe(options: {
  readonly scope: string;
  readonly targets: readonly ProbeTarget[];
  readonly everyMs: number;
  readonly limitMs: number;
  readonly now: () => number;
  readonly onEvent: (event: ProbeEvent) => void;
}): () => void {
  let ended = false;
  const sockets = new Set<Socket>();
  const limit = setTimeout(end, options.limitMs);
  limit.unref();

  function end(): void {
    ended = true;
    clearTimeout(limit);
    for (const socket of sockets) socket.destroy();
  }

  const probe = async (target: ProbeTarget): Promise<void> => {
    let said = '';
    while (!ended) {
      const socket = new Socket();
      sockets.add(socket);
      const client = new Client({
        host: target.host,
        port: target.port,
        user: target.username,
        database: target.database,
        ...(target.password === null ? {} : { password: target.password }),
        ssl: target.tls === null ? false : sslOf(target.tls),
        stream: () => socket,
        connectionTimeoutMillis: CONNECT_MS,
        query_timeout: STATEMENT_MS,
        application_name: 'howdah-probe',
        options: `-c statement_timeout=${STATEMENT_MS} -c lock_timeout=500`,
      });
      client.on('error', () => undefined);
      try {
        await within(client.connect(), CONNECT_MS);
        while (!ended) {
          const start = performance.now();
          const at = options.now();
          const answer = await within(
            client.query<{ rec: boolean }>('SELECT pg_is_in_recovery() AS rec'),
            STATEMENT_MS,
          );
          if (answer.rows[0]?.rec === false) {
            await within(client.query(WRITE, [options.scope]), STATEMENT_MS);
            said = '';
            options.onEvent({ kind: 'wrote', member: target.member, at, ackAt: options.now() });
          }
          await pause(Math.max(5, options.everyMs - (performance.now() - start)));
        }
      } catch (error) {
        const text = error instanceof Error ? error.message.slice(0, 120) : 'failed';
        if (!ended && text !== said)
          options.onEvent({ kind: 'refused', member: target.member, at: options.now(), text });
        said = text;
      }
      client.end().catch(() => undefined);
      socket.destroy();
      sockets.delete(socket);
      if (!ended) await pause(options.everyMs);
    }
  };
  for (const target of options.targets) void probe(target);
  return end;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  promise.catch(() => undefined);
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}
