// Availability of several clusters at once, out of what is kept: events, leaderships, actions, and where samples are missing. A few
// statements for all of them, none for each; snapshots are read for one cluster alone, for the words of its causes.

import type { AvailabilityAnswer, ClusterAvailability, ClusterEvent, Downtime } from '../../contract/history';
import type { ActionRecord } from '../../domain/actions/action';
import { composeLeaderships } from '../../domain/history/leadership';
import { assessAvailability, missingWords } from '../../domain/incident/availability';
import type { HistorySettings } from '../config/settings';
import type { Store } from '../store/store';
import { leadershipsWithin } from './leaderships';
import { type PastStore, snapshotOf } from './past-store';
import type { Window } from './query';
import { holes, writability, writabilityBefore } from './writability';

export interface Asked {
  readonly scope: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly objectivePercent: number | null;
}

export interface AvailabilityOptions {
  readonly store: Store;
  readonly past: PastStore;
  readonly settings: HistorySettings;
  readonly now: () => number;
  /** Of several clusters, newest first: what was asked for and takes a leader away. */
  readonly stopping: (
    scopes: readonly string[],
    from: number,
    to: number,
    limit: number,
  ) => Promise<readonly ActionRecord[]>;
}

const DAY_MS = 86_400_000;
/** What stood when the window began is looked for so far back. */
const BEFORE_MS = 31 * DAY_MS;
/** A switchover is scheduled at most so long ahead of what it does. */
const AHEAD_MS = 31 * DAY_MS;
/** At the pace of a fleet nobody looks at, what waits to be written included. */
const TOUCH_MS = 90_000;
const EVENTS_MAX = 50_000;
const ACTIONS_MAX = 5000;
const SHOWN_MAX = 500;
const CAUSES_MAX = 50;

/** Rejects with StoreAway. The most unplanned first. */
export async function readAvailability(
  { store, past, settings, now, stopping }: AvailabilityOptions,
  asked: readonly Asked[],
  { from, to }: Window,
): Promise<AvailabilityAnswer> {
  const scopes = asked.map(({ scope }) => scope);
  const halfMinutesFrom = now() - settings.days * DAY_MS;
  const [events, standing, leaderships, actions, missing] = await Promise.all([
    writability(store, scopes, from, to, EVENTS_MAX),
    writabilityBefore(store, scopes, from - BEFORE_MS, from),
    leadershipsWithin(store, scopes, { from, to }),
    stopping(scopes, from - AHEAD_MS, to, ACTIONS_MAX),
    holes(store, scopes, { from, to, touchMs: TOUCH_MS, halfMinutesFrom }),
  ]);
  const eventsOf = byScope([...standing, ...events]);
  const leadershipsOf = byScope(leaderships);
  const actionsOf = byScope(actions);
  const clusters = asked.map((cluster): ClusterAvailability => {
    const done = actionsOf.get(cluster.scope) ?? [];
    const { outages, unseen, ...sums } = assessAvailability({
      from,
      to,
      before: null,
      after: null,
      events: (eventsOf.get(cluster.scope) ?? []).map(({ scope: _, ...event }): ClusterEvent => event),
      actions: [...done].reverse(),
      leadership: composeLeaderships(leadershipsOf.get(cluster.scope) ?? [], null, done),
      unwatched: missing.get(cluster.scope) ?? [],
    });
    return { ...cluster, ...sums, outages: newest(outages), unseen: newest(unseen) };
  });
  const [only] = clusters;
  const told = clusters.length === 1 && only !== undefined ? [await withCauses(past, only)] : clusters;
  return {
    from,
    to,
    clusters: told.sort(
      (a, b) => b.unplannedMs - a.unplannedMs || b.plannedMs - a.plannedMs || (a.scope < b.scope ? -1 : 1),
    ),
    problem: missingWords(events.length === EVENTS_MAX, actions.length === ACTIONS_MAX),
  };
}

function byScope<T extends { readonly scope: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const row of rows) {
    const own = map.get(row.scope);
    if (own === undefined) map.set(row.scope, [row]);
    else own.push(row);
  }
  return map;
}

function newest<T>(spans: readonly T[]): T[] {
  return [...spans].reverse().slice(0, SHOWN_MAX);
}

/** In the words of the cause that was found while it lasted. */
async function withCauses(past: PastStore, cluster: ClusterAvailability): Promise<ClusterAvailability> {
  const outages: Downtime[] = [];
  for (const [index, outage] of cluster.outages.entries()) {
    const frame = outage.planned || index >= CAUSES_MAX ? null : await past.frameAt(cluster.scope, outage.to - 1);
    const found = frame === null || frame.at < outage.from ? null : (snapshotOf(frame.json)?.cause ?? null);
    outages.push(found === null ? outage : { ...outage, cause: found.headline });
  }
  return { ...cluster, outages };
}
