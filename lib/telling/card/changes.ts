// What changed in the last ten minutes, newest first: the events, without those that say again what another one says, and the
// newest action. Pure.
import type { ActionRecord } from '../../domain/actions/action';
import { describeRequest } from '../../domain/actions/request';
import type { FindingCode } from '../../domain/cluster';
import type { ClusterEvent, EventKind } from '../../domain/events';
import { say, type Text } from '../../language/sentence';
import { WINDOW_MS } from './writable';

export interface CardChange {
  readonly key: string;
  readonly at: number;
  readonly text: Text;
  /** Leadership, and what is critical. */
  readonly loud: boolean;
}

export interface CardChanges {
  readonly shown: readonly CardChange[];
  /** How many more there were. */
  readonly more: number;
}

const SHOWN_MAX = 6;
/** A finding and the event it comes from are this close. */
const SAME_MS = 45_000;

/** What an event of this kind says already. */
const TOLD_BY: Partial<Readonly<Record<FindingCode, readonly EventKind[]>>> = {
  no_leader: ['leader_lost'],
  member_unreachable: ['member_silent'],
  member_not_running: ['state_changed'],
  paused: ['paused'],
  replay_paused: ['replay_paused'],
  scheduled_switchover: ['switchover_scheduled'],
  timeline_behind: ['leader_changed'],
};
const LOUD: ReadonlySet<EventKind> = new Set<EventKind>(['leader_lost', 'leader_changed']);

export function assessChanges(events: readonly ClusterEvent[], action: ActionRecord | null, now: number): CardChanges {
  const young = events.filter(({ at }) => at >= now - WINDOW_MS);
  const told = young.filter((event) => event.kind !== 'finding_cleared' && !isRepeat(event, young));
  const own = action === null || action.requestedAt < now - WINDOW_MS ? [] : [actionChange(action)];
  const seen = [
    ...told.map(
      ({ id, at, text, kind, severity }): CardChange => ({
        key: id,
        at,
        text,
        loud: LOUD.has(kind) || severity === 'critical',
      }),
    ),
  ].sort((a, b) => b.at - a.at);
  // What a person did is always among them.
  const shown = [...own, ...seen.slice(0, SHOWN_MAX - own.length)].sort((a, b) => b.at - a.at);
  return { shown, more: own.length + seen.length - shown.length };
}

function isRepeat(event: ClusterEvent, all: readonly ClusterEvent[]): boolean {
  if (event.kind === 'timeline_changed')
    return all.some(({ kind, at }) => kind === 'leader_changed' && Math.abs(at - event.at) <= SAME_MS);
  if (event.kind !== 'finding_raised' || event.code === null) return false;
  const kinds = TOLD_BY[event.code] ?? [];
  return all.some(
    (other) =>
      kinds.includes(other.kind) &&
      Math.abs(other.at - event.at) <= SAME_MS &&
      (event.members.length === 0 || other.member === null || event.members.includes(other.member)),
  );
}

/** When it ended, as its outcome is what is told. */
function actionChange({ id, request, scope, requestedAt, closedAt, actor, outcome, before }: ActionRecord): CardChange {
  const what = describeRequest(request, scope, before.leader);
  const text = say`${what}, by ${actor}: ${outcome === null ? say`running` : outcomeWords(outcome)}`;
  return { key: id, at: closedAt ?? requestedAt, text, loud: true };
}

function outcomeWords(outcome: NonNullable<ActionRecord['outcome']>): Text {
  switch (outcome) {
    case 'done':
      return say`done`;
    case 'done_differently':
      return say`done differently`;
    case 'scheduled':
      return say`scheduled`;
    case 'refused':
      return say`refused`;
    case 'failed':
      return say`failed`;
    case 'unknown':
      return say`outcome unknown`;
  }
}
