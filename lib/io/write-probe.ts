// Measures a write outage by writing: each `everyMs` one row of the probe's own table, on whichever member is out of recovery.
// A standby is only asked whether it still is one, so that no server's log fills with refused writes. It knows nothing of
// leaders and actions; it says when a write was last acknowledged and where. Ends when told, or by its own limit.

import type { Text } from '../language/sentence';
import { openPostgres, type PostgresLink, type PostgresTarget } from './postgres-link';

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
  const links = new Set<PostgresLink>();
  const limit = setTimeout(end, options.limitMs);
  limit.unref();

  function end(): void {
    ended = true;
    clearTimeout(limit);
    for (const link of links) link.destroy();
  }

  const probe = async (target: ProbeTarget): Promise<void> => {
    let said = '';
    while (!ended) {
      const link = openPostgres(target, {
        name: 'howdah-probe',
        options: `-c statement_timeout=${STATEMENT_MS} -c lock_timeout=500`,
        connectMs: CONNECT_MS,
      });
      links.add(link);
      try {
        await within(link.client.connect(), CONNECT_MS);
        while (!ended) {
          const start = performance.now();
          const at = options.now();
          const answer = await within(link.query('SELECT pg_is_in_recovery()::text AS rec'), STATEMENT_MS);
          if (answer.rows[0]?.rec === 'false') {
            await within(link.query(WRITE, [options.scope]), STATEMENT_MS);
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
      link.client.end().catch(() => undefined);
      link.destroy();
      links.delete(link);
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
