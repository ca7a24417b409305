// Waiting with an end. Nothing in the lab waits without one.

import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

class DeadlinePassed extends Error {}

/** Rejects with DeadlinePassed after `ms`; the work itself is not stopped, so give it a signal of its own where it holds a socket. */
async function withDeadline<T>(what: string, ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`${what}: not done after ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks `probe` until it returns something other than false, null or undefined. A probe that throws counts as "not yet";
 * its last message is part of the error.
 */
export async function waitUntil<T>(
  what: string,
  ms: number,
  probe: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  everyMs = 250,
): Promise<T> {
  const end = Date.now() + ms;
  let last = '';
  for (;;) {
    try {
      const answer = await withDeadline(what, Math.max(1, end - Date.now()), Promise.resolve(probe()));
      if (answer !== false && answer !== null && answer !== undefined) return answer;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() >= end)
      throw new DeadlinePassed(`${what}: not so after ${ms / 1000} s${last ? ` (last: ${last})` : ''}`);
    await sleep(Math.min(everyMs, Math.max(1, end - Date.now())));
  }
}
