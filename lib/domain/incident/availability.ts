// For how long a cluster took no writes within a window, what began it, and for how long nobody can say. Pure. Made of what an incident
// is made of: a probe wins over readings. Time in which nobody watched, or in which it could not be told, is a part of its own, never up
// and never down: an outage by readings that reaches across it counts only what was seen. Planned is what an action or a request began.

import { say, type Text } from '../../language/sentence';
import type { ActionRecord } from '../actions/action';
import type { Span } from './incident';
import { leaderBefore, near, type Outage, type OutageWindow, outages, type Succession, successions } from './outages';
import { toldSpans } from './spans';

/** The cluster took no writes. */
export interface Downtime extends Outage {
  /** What of it was seen. */
  readonly ms: number;
  readonly planned: boolean;
  /** What began it. */
  readonly cause: Text;
  /** What ended it, or who asked for it and why. */
  readonly detail: Text | null;
  /** What was lost, where an action measured it. */
  readonly lost: Text | null;
  /** The action that began it; null: none of Howdah's. */
  readonly actionId: string | null;
}

/** `not_watched`: no Howdah looked. `not_known`: it looked, and nobody could tell whether writes were accepted. */
export interface Unseen extends Span {
  readonly why: 'not_watched' | 'not_known';
}

export interface Availability {
  /** Oldest first, none overlaps another. */
  readonly outages: readonly Downtime[];
  /** Oldest first; none overlaps another or an outage by readings. */
  readonly unseen: readonly Unseen[];
  readonly unplannedMs: number;
  readonly plannedMs: number;
  readonly unseenMs: number;
}

export interface AvailabilityWindow extends OutageWindow {
  /** Nobody watched; oldest first. */
  readonly unwatched: readonly Span[];
}

/** What takes the leader's PostgreSQL away by being done. */
const STOPS: ReadonlySet<string> = new Set([
  'switchover',
  'failover',
  'restart',
  'rolling_restart',
  'demote_cluster',
  'promote_cluster',
]);
/** Clocks of two machines, and a reading that came before the action's own record of it. */
const EARLY_MS = 5000;
/** A request of another takes so long from Patroni's note of it to the first reading of a leader that stopped. */
const ASKED_MS = 60_000;

export function assessAvailability(window: AvailabilityWindow): Availability {
  const changes = successions(window);
  const down = outages(window).flatMap((outage): Downtime[] => {
    const ms = outage.by === 'probe' ? lengthOf(outage) : total(without([outage], window.unwatched));
    return ms <= 0 ? [] : [{ ...outage, ms, ...begunBy(outage, window, changes) }];
  });
  const known = down.map(({ from, to }) => ({ from, to }));
  const blind = without(
    window.unwatched,
    down.filter(({ by }) => by === 'probe'),
  );
  const unseen = [
    ...blind.map((span): Unseen => ({ ...span, why: 'not_watched' })),
    ...without(unknownSpans(window), [...known, ...window.unwatched]).map(
      (span): Unseen => ({ ...span, why: 'not_known' }),
    ),
  ].sort((a, b) => a.from - b.from);
  const sum = (planned: boolean): number =>
    down.filter((one) => one.planned === planned).reduce((all, { ms }) => all + ms, 0);
  return { outages: down, unseen, unplannedMs: sum(false), plannedMs: sum(true), unseenMs: total(unseen) };
}

/** Who leads could not be read, or who led was heard by nobody. With failsafe the primary says itself that it works. */
function unknownSpans(window: OutageWindow): Span[] {
  const spans = toldSpans(window).map((span) => ({
    ...span,
    from: span.from ?? window.from,
    to: span.to ?? window.to,
  }));
  const silent = spans.filter(
    ({ code, severity, members, from }) =>
      code === 'member_unreachable' &&
      severity === 'unknown' &&
      members.some((member) => member === leaderBefore(window, from + 1)),
  );
  const blind = without(
    spans.filter(({ code }) => code === 'dcs_unreachable'),
    spans.filter(({ code }) => code === 'failsafe_active'),
  );
  return united([...silent, ...blind]).flatMap(({ from, to }) => {
    const clipped = { from: Math.max(from, window.from), to: Math.min(to, window.to) };
    return clipped.to > clipped.from ? [clipped] : [];
  });
}

type Begun = Pick<Downtime, 'planned' | 'cause' | 'detail' | 'lost' | 'actionId'>;

function begunBy(outage: Outage, window: OutageWindow, changes: readonly Succession[]): Begun {
  const action = window.actions.find((one) => isBegunBy(outage, one));
  const change = changes.filter(({ startedAt }) => near(outage, { from: startedAt, to: startedAt })).at(-1);
  if (action !== undefined)
    return {
      planned: true,
      cause: actionWords(action, change?.leader ?? null),
      detail: action.reason === '' ? action.actor : say`${action.actor}: ${action.reason}`,
      lost: action.lost ?? null,
      actionId: action.id,
    };
  const none = { lost: null, actionId: null };
  if (change?.cause === 'switchover' && change.startedAt - outage.from <= ASKED_MS)
    return { ...none, planned: true, cause: handedOver(change), detail: say`asked for by patronictl or REST` };
  return { ...none, planned: false, cause: firstWord(outage, window), detail: endedBy(outage, change) };
}

/** It was asked for before writes stopped, and had not ended. */
function isBegunBy(
  outage: Outage,
  { request, requestedAt, closedAt, outcome, before, outage: measured }: ActionRecord,
): boolean {
  if (!STOPS.has(request.kind) || outcome === 'refused') return false;
  if (request.kind === 'restart' && (before.leader === null || !request.members.includes(before.leader))) return false;
  const asked = request.kind === 'switchover' && request.scheduledAt !== null ? Date.parse(request.scheduledAt) : null;
  const begin = asked === null || Number.isNaN(asked) ? requestedAt : asked;
  if (begin - EARLY_MS > outage.from) return false;
  if (
    measured !== null &&
    measured.lastWritableAt <= outage.to &&
    (measured.writableAgainAt ?? outage.to) >= outage.from
  )
    return true;
  // A scheduled one is closed as soon as Patroni has it.
  const until = outcome === 'scheduled' ? begin + ASKED_MS : (closedAt ?? Number.POSITIVE_INFINITY);
  return outage.from <= until;
}

function actionWords({ request, before }: ActionRecord, leader: string | null): Text {
  switch (request.kind) {
    case 'failover':
      return say`Failover to ${request.candidate}`;
    case 'restart':
      return say`Restart of PostgreSQL`;
    case 'rolling_restart':
      return say`Rolling restart`;
    case 'demote_cluster':
      return say`Demotion to a standby cluster`;
    case 'promote_cluster':
      return say`Promotion of the standby cluster`;
    default: {
      const to = leader ?? (request.kind === 'switchover' ? request.candidate : null);
      if (before.leader === null || to === null) return say`Switchover`;
      return say`Switchover from ${before.leader} to ${to}`;
    }
  }
}

function handedOver({ previous, leader }: Succession): Text {
  return previous === null || leader === null ? say`Switchover` : say`Switchover from ${previous} to ${leader}`;
}

/** The first thing that was told of it. */
function firstWord(outage: Outage, { events }: OutageWindow): Text {
  const told = events.filter(
    ({ at, kind, code }) =>
      at >= outage.from - EARLY_MS &&
      at <= outage.to &&
      (kind === 'leader_lost' ||
        kind === 'state_changed' ||
        kind === 'member_silent' ||
        (kind === 'finding_raised' && (code === 'no_leader' || code === 'leader_key_without_primary'))),
  );
  const first = told.find(({ kind }) => kind !== 'finding_raised') ?? told[0];
  return first?.text ?? say`What began it was not seen`;
}

function endedBy({ open }: Outage, change: Succession | undefined): Text | null {
  if (open) return say`not over`;
  if (change === undefined || change.leader === null) return null;
  const { leader, actor, cause } = change;
  if (cause === 'automatic') return say`Patroni elected ${leader}`;
  if (actor !== null) return say`${actor} failed over to ${leader}`;
  if (cause === 'failover' || cause === 'switchover')
    return say`a failover to ${leader} was asked for by patronictl or REST`;
  return say`then ${leader} led`;
}

const lengthOf = ({ from, to }: Span): number => to - from;
const total = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + lengthOf(span), 0);

/** In order, none touches another. */
function united(spans: readonly Span[]): Span[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}

/** What of `spans` lies in none of `holes`. */
function without(spans: readonly Span[], holes: readonly Span[]): Span[] {
  return united(holes).reduce<Span[]>(
    (left, hole) =>
      left.flatMap(({ from, to }) =>
        [
          { from, to: Math.min(to, hole.from) },
          { from: Math.max(from, hole.to), to },
        ].filter((piece) => piece.to > piece.from),
      ),
    spans.map(({ from, to }) => ({ from, to })),
  );
}

/** The share of a window of that length that may be down, in ms; `percent`: that is up. */
export function allowanceMs(percent: number, windowMs: number): number {
  return (1 - percent / 100) * windowMs;
}

/** Why it may be less than there was; null: all that was kept has been looked at. */
export function missingWords(eventsCut: boolean, actionsCut: boolean): Text | null {
  if (eventsCut)
    return say`there were too many events to look at all of them: the oldest are not counted; choose a shorter period`;
  if (actionsCut)
    return say`there were too many actions to look at all of them: what the oldest of them began may be called unplanned`;
  return null;
}
