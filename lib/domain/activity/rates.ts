// What two readings of one server's counters say by the second. Counters begin anew at a crash and on another node: then there is no
// rate. Pure.
import type { ActivitySlot, Totals } from './activity';

export interface Rates {
  readonly seconds: number;
  readonly commitsPerSecond: number | null;
  readonly rollbacksPerSecond: number | null;
  /** Of blocks asked for, 0 to 1; null: none were. */
  readonly hitShare: number | null;
  readonly tempBytesPerSecond: number | null;
  readonly deadlocks: number | null;
  readonly conflicts: number | null;
  readonly walBytesPerSecond: number | null;
}

export function ratesOf(before: Totals, after: Totals, seconds: number): Rates | null {
  if (!(seconds > 0)) return null;
  const grown = (key: keyof Totals): number | null => {
    const [then, now] = [before[key], after[key]];
    return then === null || now === null || now < then ? null : now - then;
  };
  const rate = (key: keyof Totals): number | null => {
    const by = grown(key);
    return by === null ? null : by / seconds;
  };
  const [hits, reads] = [grown('hits'), grown('reads')];
  return {
    seconds,
    commitsPerSecond: rate('commits'),
    rollbacksPerSecond: rate('rollbacks'),
    hitShare: hits === null || reads === null || hits + reads === 0 ? null : hits / (hits + reads),
    tempBytesPerSecond: rate('tempBytes'),
    deadlocks: grown('deadlocks'),
    conflicts: grown('conflicts'),
    walBytesPerSecond: rate('walBytes'),
  };
}

/** An inactive slot comes nearer to its limit by every byte that is written. */
export function withTimeToLoss(
  slots: readonly ActivitySlot[],
  walBytesPerSecond: number | null,
): readonly ActivitySlot[] {
  return slots.map((slot) => ({
    ...slot,
    secondsToLoss:
      slot.active || slot.safeBytes === null || walBytesPerSecond === null || walBytesPerSecond <= 0
        ? null
        : Math.max(0, slot.safeBytes) / walBytesPerSecond,
  }));
}
