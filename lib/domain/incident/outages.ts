// When the cluster did not take writes and when members were down, as far as an incident shows it. Pure. What a probe measured
// wins over what readings showed; a silent member alone is no outage: only a change of leader or a missing key makes it one.

import { formerLeader, partsOfChange } from '../events';
import { isRunning } from '../patroni-states';
import type { Incident, Leadership, Span } from './incident';
import { toldSpans } from './spans';

/** What of an incident says when the cluster took writes and who led. */
export type OutageWindow = Pick<Incident, 'from' | 'to' | 'before' | 'after' | 'events' | 'actions' | 'leadership'>;

/** The cluster was not writable. */
export interface Outage extends Span {
  /** It had not ended when the window did; `to` is then the window's end. */
  readonly open: boolean;
  readonly by: 'probe' | 'observation';
}

/** A member did not run or did not answer. */
export interface Down {
  readonly member: string;
  /** null: already so when the window began. */
  readonly from: number | null;
  /** null: still so when the window ended. */
  readonly to: number | null;
}

/** A leadership that began in the window, with who led before. */
export interface Succession extends Leadership {
  readonly startedAt: number;
  /** null: not known, or the first. */
  readonly previous: string | null;
}

/** How long before a change of leader the trouble of the old one may have begun: ttl and then some. */
const TROUBLE_MS = 180_000;
const PROMOTE_MS = 120_000;
const TOUCHING_MS = 15_000;

/** Oldest first. Where /history is not known, from the events. */
export function successions(incident: OutageWindow): Succession[] {
  const { leadership, events, from, to } = incident;
  const told = leadership.flatMap((entry, index): Succession[] => {
    if (entry.startedAt === null || entry.startedAt < from || entry.startedAt > to) return [];
    const before = leadership[index - 1];
    return [
      { ...entry, startedAt: entry.startedAt, previous: before?.leader ?? leaderBefore(incident, entry.startedAt) },
    ];
  });
  const isTold = (at: number, notBefore: number | null, leader: string | null): boolean =>
    told.some(
      (entry) =>
        entry.leader === leader &&
        entry.startedAt <= at + PROMOTE_MS &&
        entry.startedAt >= (notBefore ?? at - PROMOTE_MS) - TOUCHING_MS,
    );
  const seen = events
    .filter((event) => event.kind === 'leader_changed' && !isTold(event.at, event.notBefore, event.member))
    .map(
      (event): Succession => ({
        timeline: 0,
        leader: event.member,
        startedAt: event.at,
        endedAt: null,
        forkLsn: null,
        current: false,
        cause: 'unknown',
        actor: null,
        actionId: null,
        reason: null,
        outageMs: null,
        previous: formerLeader(event.text) ?? leaderBefore(incident, event.at),
      }),
    );
  return [...told, ...seen].sort((a, b) => a.startedAt - b.startedAt);
}

/** Who led just before an instant, by events and the first snapshot; null: not known. */
export function leaderBefore({ before, events }: Pick<Incident, 'before' | 'events'>, at: number): string | null {
  const [changed] = events.filter((event) => event.kind === 'leader_changed' && event.at < at).slice(-1);
  const [lost] = events.filter((event) => event.kind === 'leader_lost' && event.at <= at).slice(-1);
  if (changed === undefined) return before?.cluster.leader?.name ?? lost?.member ?? null;
  return changed.member;
}

/** Oldest first, none overlaps another. */
export function outages(incident: OutageWindow): Outage[] {
  const measured = incident.actions.flatMap((action): Outage[] => {
    if (action.outage === null) return [];
    const { lastWritableAt, writableAgainAt, by } = action.outage;
    return clip(incident, {
      from: lastWritableAt,
      to: writableAgainAt ?? incident.to,
      open: writableAgainAt === null,
      by,
    });
  });
  const byRecord = incident.leadership.flatMap(({ startedAt, outageMs }): Outage[] => {
    if (startedAt === null || outageMs === null) return [];
    return clip(incident, { from: startedAt - outageMs, to: startedAt, open: false, by: 'probe' });
  });
  const known = [...measured, ...byRecord.filter((one) => !measured.some((other) => near(one, other)))];
  const seen = seenOutages(incident);
  // By the probe: exact. By observation of an action: only where readings of the whole window do not show a longer one.
  const kept = known.filter(
    (one) => one.by === 'probe' || !seen.some((other) => near(one, other) && lengthOf(other) > lengthOf(one)),
  );
  return [...kept, ...seen.filter((one) => !kept.some((other) => near(one, other)))].sort((a, b) => a.from - b.from);
}

const lengthOf = (span: Span): number => span.to - span.from;
export const near = (a: Span, b: Span): boolean => a.from <= b.to + TOUCHING_MS && b.from <= a.to + TOUCHING_MS;

function clip(window: Span, outage: Outage): Outage[] {
  const from = Math.max(outage.from, window.from);
  const to = Math.min(outage.to, window.to);
  return to < from || (to === from && !outage.open) ? [] : [{ ...outage, from, to }];
}

function seenOutages(incident: OutageWindow): Outage[] {
  const { events, from, to } = incident;
  const raw: { from: number; to: number | null }[] = [];
  for (const span of toldSpans(incident)) {
    if (span.code === 'no_leader' || span.code === 'leader_key_without_primary')
      raw.push({ from: span.from ?? from, to: span.to });
  }
  const changes = successions(incident);
  const again = (at: number): number | null => {
    const taken = changes.find((change) => change.startedAt >= at)?.startedAt;
    const seen = events.find((event) => event.kind === 'leader_changed' && event.at >= at)?.at;
    return taken === undefined ? (seen ?? null) : Math.min(taken, seen ?? taken);
  };
  for (const event of events) if (event.kind === 'leader_lost') raw.push({ from: event.at, to: again(event.at) });
  if (incident.before?.cluster.writable === false && incident.before.cluster.standbyCluster === null)
    raw.push({ from, to: again(from) });
  for (const change of changes) {
    const begun = troubleOf(incident, change);
    if (begun !== null) raw.push({ from: begun, to: promotedAt(incident, change) });
  }
  return merge(raw).flatMap((span) =>
    clip(incident, { ...span, to: span.to ?? to, open: span.to === null, by: 'observation' }),
  );
}

/** The old leader went silent or down shortly before the change; null: nothing of that kind was seen. */
function troubleOf(incident: OutageWindow, { startedAt, previous, leader, cause }: Succession): number | null {
  if (previous === null || previous === leader) return null;
  const begun = incident.events.find((event) => {
    if (event.member !== previous || event.at < startedAt - TROUBLE_MS || event.at > startedAt) return false;
    if (event.kind === 'member_silent') return cause !== 'switchover';
    if (event.kind === 'role_changed') return true;
    if (event.kind !== 'state_changed') return false;
    return !isRunning(partsOfChange(event.text)?.after ?? '');
  });
  return begun?.at ?? null;
}

function promotedAt({ events }: OutageWindow, { startedAt, leader }: Succession): number {
  const promoted = events.find(
    (event) =>
      event.kind === 'role_changed' &&
      event.member === leader &&
      partsOfChange(event.text)?.after === 'primary' &&
      event.at >= startedAt &&
      event.at <= startedAt + PROMOTE_MS,
  );
  return promoted?.at ?? startedAt;
}

function merge(spans: readonly { from: number; to: number | null }[]): { from: number; to: number | null }[] {
  const merged: { from: number; to: number | null }[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || (last.to !== null && span.from > last.to + 2000)) merged.push({ ...span });
    else last.to = last.to === null || span.to === null ? null : Math.max(last.to, span.to);
  }
  return merged;
}

/** Members that were not there, in the order of their absence. */
export function downs(incident: Incident): Down[] {
  const raw = new Map<string, { from: number; to: number | null; known: boolean }[]>();
  const add = (member: string, from: number | null, to: number | null): void => {
    raw.set(member, [...(raw.get(member) ?? []), { from: from ?? incident.from, to, known: from !== null }]);
  };
  for (const span of toldSpans(incident)) {
    if (span.code !== 'member_unreachable' && span.code !== 'member_not_running') continue;
    for (const member of span.members) add(member, span.from, span.to);
  }
  const backKinds = { member_silent: 'member_answers', member_left: 'member_joined' } as const;
  for (const event of incident.events) {
    if (event.member === null || (event.kind !== 'member_silent' && event.kind !== 'member_left')) continue;
    const back = backKinds[event.kind];
    const end = incident.events.find(
      (other) => other.kind === back && other.member === event.member && other.at >= event.at,
    );
    add(event.member, event.at, end?.at ?? null);
  }
  return [...raw]
    .flatMap(([member, spans]) => {
      const joined: { from: number; to: number | null; known: boolean }[] = [];
      for (const span of spans.sort((a, b) => a.from - b.from)) {
        const last = joined.at(-1);
        if (last === undefined || (last.to !== null && span.from > last.to + TOUCHING_MS)) joined.push({ ...span });
        else last.to = last.to === null || span.to === null ? null : Math.max(last.to, span.to);
      }
      return joined.map(({ from, to, known }): Down => ({ member, from: known ? from : null, to }));
    })
    .sort((a, b) => (a.from ?? 0) - (b.from ?? 0) || a.member.localeCompare(b.member));
}
