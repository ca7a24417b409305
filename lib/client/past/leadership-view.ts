// Who led when, as the ribbon shows it: from the kept leadership, else from the /history of a snapshot. Pure.
import type { Leadership, LeadershipAnswer, LeadershipCause } from '../../contract/history';
import type { Snapshot, TimelineEntry } from '../../domain/cluster';
import { formatLsn } from '../../domain/lsn';
import { form, tn } from '../words/text';

export const CAUSE_WORDS: Readonly<Record<LeadershipCause, string>> = {
  bootstrap: form('bootstrap'),
  switchover: form('switchover'),
  failover: form('manual failover'),
  automatic: form('automatic failover'),
  unknown: form('cause unknown'),
};

const COUNTED = {
  switchover: (count: number) => tn(count, '{n} switchover', '{n} switchovers'),
  failover: (count: number) => tn(count, '{n} manual failover', '{n} manual failovers'),
  automatic: (count: number) => tn(count, '{n} automatic failover', '{n} automatic failovers'),
} as const;

export interface LeadershipView {
  readonly entries: readonly Leadership[];
  /** `kept`: Howdah's own record; `history`: only what Patroni's /history says. */
  readonly from: 'kept' | 'history';
}

/** Oldest first in, oldest first out. The end of one timeline is the fork of the next. */
function leadershipOf(history: readonly TimelineEntry[]): readonly Leadership[] {
  return history.map((entry, index) => {
    const before = history[index - 1];
    const forkLsn = before === undefined || before.endLsn === null ? null : formatLsn(before.endLsn);
    return {
      timeline: entry.timeline,
      leader: entry.leader,
      startedAt: entry.startedAt,
      endedAt: entry.endedAt,
      forkLsn,
      current: index === history.length - 1,
      cause: entry.timeline === 1 ? 'bootstrap' : 'unknown',
      actor: null,
      actionId: null,
      reason: entry.reason,
      outageMs: null,
    };
  });
}

/** As it was at `at`: what began later had not happened. null: now. */
function until(entries: readonly Leadership[], at: number | null): readonly Leadership[] {
  if (at === null) return entries;
  const begun = entries.filter((entry) => entry.startedAt === null || entry.startedAt <= at);
  return begun.map((entry, index) =>
    index === begun.length - 1 ? { ...entry, current: true, endedAt: null } : { ...entry, current: false },
  );
}

/** The kept record, unless the snapshot already knows of a later timeline than it. */
export function leadershipView(
  answer: LeadershipAnswer | undefined,
  history: readonly TimelineEntry[],
  at: number | null,
): LeadershipView {
  const kept = until(answer?.entries ?? [], at);
  const newest = kept.at(-1)?.timeline ?? 0;
  if (kept.length > 0 && newest >= (history.at(-1)?.timeline ?? 0)) return { entries: kept, from: 'kept' };
  return { entries: until(leadershipOf(history), at), from: 'history' };
}

/**
 * Until when it led, or leads; null: not known. A leadership whose leader is lost ends, as far as anybody saw, when it was lost, though
 * no timeline has followed it yet.
 */
export function ledUntil(
  entry: Leadership,
  { cluster, cause, findings }: Pick<Snapshot, 'cluster' | 'cause' | 'findings'>,
  now: number,
): number | null {
  if (!entry.current) return entry.endedAt;
  if (cluster.leader?.known === true) return now;
  if (cluster.leader !== null) return cluster.leader.observedAt;
  return cause?.notWritableSince ?? findings.find(({ code }) => code === 'no_leader')?.since ?? null;
}

/** `2 switchovers, 1 automatic failover`; empty when no cause is known. */
export function causeCounts(entries: readonly Leadership[]): string {
  const counted = (['switchover', 'failover', 'automatic'] as const).flatMap((cause) => {
    const count = entries.filter((entry) => entry.cause === cause).length;
    return count === 0 ? [] : [COUNTED[cause](count)];
  });
  return counted.join(', ');
}
