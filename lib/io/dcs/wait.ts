// Waiting with an end, for the adapters of all kinds.
import type { Reading, Witness } from '../../domain/raw';

const BACKOFF_MS = [200, 500, 1000, 2000, 3000] as const;

/** How long to wait after so many failures in a row, spread by a quarter. */
export function backoffMs(failures: number): number {
  return (BACKOFF_MS[Math.min(failures, BACKOFF_MS.length) - 1] ?? 3000) * (0.75 + Math.random() / 2);
}

export function witness<T>(before: Witness<T>, reading: Reading<T>): Witness<T> {
  return {
    last: reading,
    good: reading.ok ? { value: reading.value, at: reading.at, tookMs: reading.tookMs } : before.good,
  };
}

/** Which endpoint to watch: the one that last proved a quorum; without proof, each in turn, from `from` on. */
export function preferredOf(endpoints: readonly { readonly quorumRead: Witness<unknown> }[], from: number): number {
  const order = endpoints.map((_, offset) => (from + offset) % endpoints.length);
  return order.find((index) => endpoints[index]?.quorumRead.last?.ok === true) ?? order[0] ?? 0;
}

/** Keeps no process alive. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref?.();
  });
}

/** Rejects with ETIMEDOUT; the answer itself goes on, and is dropped. */
export async function deadline<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('deadline exceeded'), { code: 'ETIMEDOUT' })), ms);
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
