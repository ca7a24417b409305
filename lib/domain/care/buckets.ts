// How long something took, of counts in buckets: of what happened between two looks, never of all since the process began, which says
// nothing of now. Pure.
import type { Buckets } from './raw-care';

/** Fewer happenings have no percentile. */
const LEAST = 20;

/** What came between; null: it began anew meanwhile, or counts by other bounds. */
export function between(earlier: Buckets, later: Buckets): Buckets | null {
  const isSame =
    earlier.upTo.length === later.upTo.length && earlier.upTo.every((bound, at) => bound === later.upTo[at]);
  if (!isSame) return null;
  const counts = later.counts.map((count, at) => count - (earlier.counts[at] ?? 0));
  return counts.some((count) => count < 0) ? null : { upTo: later.upTo, counts };
}

/** Seconds that this share of them did not pass, even within a bucket; null: too few of them. Above the last bound it is that bound. */
export function quantile({ upTo, counts }: Buckets, share: number): number | null {
  const all = counts.at(-1) ?? 0;
  if (all < LEAST) return null;
  const wanted = all * share;
  const at = counts.findIndex((count) => count >= wanted);
  const [low, high] = [upTo[at - 1] ?? 0, upTo[at] ?? 0];
  if (!Number.isFinite(high)) return low;
  const [below, within] = [counts[at - 1] ?? 0, (counts[at] ?? 0) - (counts[at - 1] ?? 0)];
  return within === 0 ? high : low + ((high - low) * (wanted - below)) / within;
}
