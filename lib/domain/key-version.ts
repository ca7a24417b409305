// The version of a key in the DCS: a text that an adapter makes and a compare-and-swap takes back. Two versions of the same key have an
// order: whole numbers, several joined by `:` where the count of writes begins anew with a key that was made again.

/** The version of a key that is not there. */
export const ABSENT = '0';

/** Negative: `a` is older; 0: the same; null: one of them is no version, and nothing can be said. */
export function compareVersions(a: string, b: string): number | null {
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === null || right === null) return null;
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0n) - (right[index] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}

/** `version` is `than` or came after it; false where either is not known. */
export function isAtLeast(version: string | null | undefined, than: string): boolean {
  const order = version == null ? null : compareVersions(version, than);
  return order !== null && order >= 0;
}

function partsOf(version: string): readonly bigint[] | null {
  return /^\d{1,40}(:\d{1,40}){0,3}$/.test(version) ? version.split(':').map(BigInt) : null;
}
