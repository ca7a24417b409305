// A request that changes something as it reaches a fake Patroni, and how a test has one answered other than usual: what the
// caller is told and what comes about in truth are two things, which is what Howdah must cope with.

import { setTimeout as delay } from 'node:timers/promises';

export interface UnsafeRequest {
  readonly node: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: string;
  /** Of the Basic header, right or wrong; null: none was sent. */
  readonly user: string | null;
  readonly password: string | null;
  /** Null: there was none, which PATCH, PUT, switchover and failover answer with 411. */
  readonly contentLength: number | null;
  /** Epoch ms. */
  readonly at: number;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export interface Departure {
  /** `own`: what Patroni says to it. `closed`: the connection ends without an answer. `never`: it stays open. */
  readonly reply: Reply | 'own' | 'closed' | 'never';
  /** Default 0: at once. `own` comes no sooner than what it tells of. */
  readonly replyAfterMs?: number;
  /** Does it come about, whatever is replied? Default true; false also skips Patroni's checks. */
  readonly happens?: boolean;
  /** Default 0. */
  readonly happensAfterMs?: number;
  /** Who leads in the end, other than asked. */
  readonly insteadTo?: string;
  /** Later requests are answered as usual again. Default false. */
  readonly once?: boolean;
}

/** The departures that Patroni's users know. Times are short so that tests are; pass longer ones where it matters. */
export const DEPARTURES = {
  statusUnknown: (happensAfterMs: number): Departure => ({
    reply: { status: 503, body: 'Switchover status unknown' },
    happensAfterMs,
  }),
  failed: (replyAfterMs = 50): Departure => ({
    reply: { status: 503, body: 'Switchover failed' },
    replyAfterMs,
    happens: false,
  }),
  emptyReply: (happens: boolean): Departure => ({ reply: 'closed', replyAfterMs: 50, happens }),
  hang: (ms = 20_000): Departure => ({ reply: 'own', replyAfterMs: ms }),
  insteadOf: (insteadTo: string): Departure => ({ reply: 'own', insteadTo }),
  precheck: (body: string): Departure => ({ reply: { status: 412, body }, happens: false }),
  conflict: (): Departure => ({ reply: { status: 409, body: '<p>Error code: 409</p>' }, happens: false }),
} as const;

/** A wait that does not keep a finished test alive. */
export function pause(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}
