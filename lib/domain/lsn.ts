// LSN arithmetic. An LSN is kept as its byte offset in a JS number (exact up to 9 PB of WAL); text is for wire and screen only.

/** Byte offset in the WAL. Never negative; unknown is null, not 0. */
export type Lsn = number;

const LSN_TEXT = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/;

/** `16/B374D848` to bytes; null for anything else, also for `0/0`, which PostgreSQL prints for "invalid". */
export function parseLsn(text: unknown): Lsn | null {
  if (typeof text !== 'string') return null;
  const match = LSN_TEXT.exec(text.trim());
  if (!match?.[1] || !match[2]) return null;
  const value = Number.parseInt(match[1], 16) * 2 ** 32 + Number.parseInt(match[2], 16);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
}

/** As PostgreSQL prints it. */
export function formatLsn(lsn: Lsn): string {
  const high = Math.floor(lsn / 2 ** 32);
  const low = lsn - high * 2 ** 32;
  return `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;
}

/** Bytes by which `behind` is behind `ahead`, never below 0; null when either is unknown. */
export function lagBytes(ahead: Lsn | null, behind: Lsn | null): number | null {
  if (ahead === null || behind === null) return null;
  return Math.max(0, ahead - behind);
}

/** The greatest of the known positions, null when none is known. */
export function maxLsn(...lsns: readonly (Lsn | null)[]): Lsn | null {
  let best: Lsn | null = null;
  for (const lsn of lsns) if (lsn !== null && (best === null || lsn > best)) best = lsn;
  return best;
}
