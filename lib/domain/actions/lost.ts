// What a switchover or failover cost, said at its end: WAL that the old timeline had past the fork and the new one has not, and how long
// nothing was writable. What was not seen is said to be unknown, never to be nothing. Pure.

import { formatBytes, formatSeconds } from '../../language/quantity';
import { joined, say, type Text } from '../../language/sentence';
import type { Cluster } from '../cluster';
import { formatLsn } from '../lsn';
import type { ActionRecord, Outage, Reached } from './action';

export interface Cost {
  readonly before: ActionRecord['before'];
  /** The furthest that was seen on the old timeline. */
  readonly reached: Reached | null;
  readonly after: Cluster;
  readonly outages: Outages;
}

/** null: not measured so, or no gap was met. */
export interface Outages {
  readonly probe: Outage | null;
  readonly observation: Outage | null;
}

export function lostWords({ before, reached, after, outages }: Cost): Text {
  return say`${bytesLost(before.timeline, reached, after)} ${secondsLost(outages)}`;
}

function bytesLost(timeline: number | null, reached: Reached | null, after: Cluster): Text {
  if (timeline === null || after.timeline === null) return say`What was lost is not known: a timeline is not known.`;
  if (timeline === after.timeline) return say`No new timeline began, so nothing was left behind a fork.`;
  const fork = after.history.find((entry) => entry.timeline === timeline)?.endLsn ?? null;
  if (fork === null && reached === null)
    return say`What was lost is not known: neither where timeline ${timeline} ended nor how far it was written was seen.`;
  if (fork === null)
    return say`What was lost is not known: ${reached?.member ?? ''} was last seen at ${formatLsn(reached?.lsn ?? 0)}, and where timeline ${timeline} ended is not in /history.`;
  // What came back of the old leader says it exactly, where it has forked.
  const past = Math.max(0, ...after.members.map(({ divergence }) => divergence?.pastBytes ?? 0));
  if (reached === null && past === 0)
    return say`What was lost is not known: timeline ${timeline} ended at ${formatLsn(fork)}, and how far it was written was not seen.`;
  const bytes = Math.max(past, (reached?.lsn ?? 0) - fork);
  const where =
    reached === null
      ? say`timeline ${timeline} ended at ${formatLsn(fork)}`
      : say`${reached.member} was last seen at ${formatLsn(reached.lsn)}, timeline ${timeline} ended at ${formatLsn(fork)}`;
  return bytes > 0 ? say`Lost ${formatBytes(bytes)}: ${where}.` : say`Lost 0 B of what was seen: ${where}.`;
}

function secondsLost({ probe, observation }: Outages): Text {
  const parts = [
    ...(probe === null ? [] : [say`${lasted(probe)} by the write probe`]),
    ...(observation === null ? [] : [say`${lasted(observation)} by observation`]),
  ];
  return parts.length === 0
    ? say`How long nothing was writable was not measured.`
    : say`Not writable for ${joined(parts, ', ')}.`;
}

function lasted({ ms, writableAgainAt }: Outage): Text {
  return writableAgainAt === null ? say`at least ${formatSeconds(ms / 1000)}` : formatSeconds(ms / 1000);
}
