// Who led when and how it came about: Patroni's /history, what was seen when it happened, and the action that asked for it. Pure.
import type { ActionRecord } from '../actions/action';
import type { Cluster } from '../cluster';
import type { Leadership } from '../incident/incident';
import { formatLsn } from '../lsn';

export interface KeptLeadership {
  readonly timeline: number;
  readonly leader: string | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly forkLsn: string | null;
  readonly reason: string | null;
  /** As it was seen when it happened; null: nobody watched. */
  readonly cause: 'switchover' | 'failover' | 'automatic' | null;
}

const WITHIN_MS = 90_000;
const MOVERS = new Set(['switchover', 'failover', 'rolling_restart']);

/** `cause` is that of the newest timeline alone. */
export function keptOf({ history }: Cluster, cause: KeptLeadership['cause']): KeptLeadership[] {
  return history.map((entry, index) => {
    const before = history[index - 1];
    return {
      timeline: entry.timeline,
      leader: entry.leader,
      startedAt: entry.startedAt,
      endedAt: entry.endedAt,
      forkLsn: before?.endLsn == null ? null : formatLsn(before.endLsn),
      // The text stands where the timeline before ended: why this one began.
      reason: before?.reason ?? null,
      cause: index === history.length - 1 ? cause : null,
    };
  });
}

/** Merges what is kept with what the snapshot says now, and finds the action that asked for each. Pure. */
export function composeLeaderships(
  kept: readonly KeptLeadership[],
  cluster: Cluster | null,
  actions: readonly ActionRecord[],
): Leadership[] {
  const byTimeline = new Map(kept.map((entry) => [entry.timeline, entry]));
  for (const entry of cluster === null ? [] : keptOf(cluster, null)) {
    const known = byTimeline.get(entry.timeline);
    byTimeline.set(entry.timeline, known === undefined ? entry : joined(known, entry));
  }
  const entries = [...byTimeline.values()].sort((a, b) => a.timeline - b.timeline);
  return entries.map((entry, index): Leadership => {
    const action = actionOf(entry, actions);
    const isLast = index === entries.length - 1;
    return {
      timeline: entry.timeline,
      leader: entry.leader,
      startedAt: entry.startedAt,
      endedAt: entry.endedAt ?? entries[index + 1]?.startedAt ?? null,
      forkLsn: entry.forkLsn,
      current: isLast && (cluster === null || cluster.timeline === entry.timeline),
      cause: entry.timeline === 1 ? 'bootstrap' : action !== null ? causeOf(action) : (entry.cause ?? 'unknown'),
      actor: action?.actor ?? null,
      actionId: action?.id ?? null,
      reason: entry.reason,
      outageMs: action?.outage?.ms ?? null,
    };
  });
}

/** Patroni's memory of the first leaders is short; ours fills its holes. */
function joined(kept: KeptLeadership, now: KeptLeadership): KeptLeadership {
  return {
    timeline: now.timeline,
    leader: now.leader ?? kept.leader,
    startedAt: now.startedAt ?? kept.startedAt,
    endedAt: now.endedAt ?? kept.endedAt,
    forkLsn: now.forkLsn ?? kept.forkLsn,
    reason: now.reason ?? kept.reason,
    cause: kept.cause ?? now.cause,
  };
}

function causeOf(action: ActionRecord): 'switchover' | 'failover' {
  return action.request.kind === 'failover' ? 'failover' : 'switchover';
}

/** The action in whose course it began; one that was refused or failed asked for nothing. */
function actionOf({ startedAt, leader }: KeptLeadership, actions: readonly ActionRecord[]): ActionRecord | null {
  if (startedAt === null) return null;
  const near = actions.filter((action) => {
    if (!MOVERS.has(action.request.kind) || action.outcome === 'refused' || action.outcome === 'failed') return false;
    const end = action.closedAt ?? Number.POSITIVE_INFINITY;
    const begin = scheduledAtOf(action) ?? action.requestedAt;
    const until = action.outcome === 'scheduled' ? begin + WITHIN_MS : end + WITHIN_MS / 3;
    return startedAt >= begin - 5000 && startedAt <= until && fits(action, leader);
  });
  return near.sort((a, b) => b.requestedAt - a.requestedAt)[0] ?? null;
}

function scheduledAtOf({ request, outcome }: ActionRecord): number | null {
  if (request.kind !== 'switchover' || request.scheduledAt === null || outcome !== 'scheduled') return null;
  const at = Date.parse(request.scheduledAt);
  return Number.isNaN(at) ? null : at;
}

function fits({ request }: ActionRecord, leader: string | null): boolean {
  if (request.kind !== 'switchover' && request.kind !== 'failover') return true;
  return request.candidate === null || leader === null || request.candidate === leader;
}
