// How long nothing will be writable, from what earlier switchovers and failovers of this cluster took, and the words for it: a next step
// of a cause, the preflight and the phone say the same. Pure.

import { formatSeconds, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { type MeasuredOutage, OUTAGES_MAX, type OutageSample } from '../outage-sample';
import type { ActionRequest, ExpectedOutage } from './action';

/** null: no write outage comes of it. With `ms` null inside: one comes, and nothing was measured yet. */
export function expectedOutage(
  request: ActionRequest,
  leaderStops: boolean,
  outages: readonly MeasuredOutage[],
): ExpectedOutage | null {
  const scheduled = request.kind === 'switchover' && request.scheduledAt !== null;
  if (!leaderStops && !scheduled) return null;
  const measured = request.kind === 'switchover' || request.kind === 'failover' || request.kind === 'rolling_restart';
  const samples = measured ? newest(outages).map(({ ms }) => ms) : [];
  return {
    ms: median(samples),
    minMs: samples.length === 0 ? null : Math.min(...samples),
    maxMs: samples.length === 0 ? null : Math.max(...samples),
    samples,
  };
}

/** `isDown`: nothing is writable now, so it is the end of an outage and not its length. null: nothing was measured. */
export function outageWords({ ms, samples }: ExpectedOutage, isDown: boolean): Text | null {
  if (ms === null) return null;
  const lasts = formatSeconds(ms / 1000);
  const times = samples.length === 1 ? say`once` : plural(samples.length, 'time');
  return isDown
    ? say`Takes writes again in about ${lasts}: measured ${times} here.`
    : say`Writes stop for about ${lasts}: measured ${times} here.`;
}

/** Median over the newest runs that saw this step; null: none did. */
export function expectedAt(key: string, outages: readonly OutageSample[]): number | null {
  return median(newest(outages).flatMap(({ steps }) => (Object.hasOwn(steps, key) ? (steps[key] ?? []) : [])));
}

function newest<T extends MeasuredOutage>(outages: readonly T[]): readonly T[] {
  return [...outages].sort((a, b) => b.at - a.at).slice(0, OUTAGES_MAX);
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted.length % 2 === 0 ? sorted[middle - 1] : upper;
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** Median of how long databases were paused around earlier handovers, of those that count; null: none was. */
export function pausedMs(outages: readonly OutageSample[]): { readonly ms: number; readonly times: number } | null {
  const all = newest(outages).flatMap(({ pausedMs: ms }) => ms ?? []);
  const ms = median(all);
  return ms === null ? null : { ms, times: all.length };
}
