// Which events an action brings about by itself, one row an action. Pure. What is not in its row is told on its own, also when
// it happens in the middle of the action: a member that crashes during a switchover is news.

import type { ActionKind } from '../../domain/action-kind';
import type { ActionRecord } from '../../domain/actions/action';
import { type ClusterEvent, partsOfChange } from '../../domain/events';

export type Teller = (event: ClusterEvent, action: ActionRecord) => boolean;

/** PostgreSQL is down and nobody is bringing it up. */
export function isProblemState(state: string): boolean {
  return /crashed|failed/.test(state) || state === 'stopped';
}

const endsBadly = (event: ClusterEvent): boolean => /crashed|failed/.test(partsOfChange(event.text)?.after ?? '');
const of = (members: readonly (string | null)[], event: ClusterEvent): boolean =>
  event.member !== null && members.includes(event.member);

const leadership: Teller = (event, action) => {
  const target = 'candidate' in action.request ? action.request.candidate : null;
  const pair = [action.bound.leader, target, action.after?.leader ?? null];
  switch (event.kind) {
    case 'leader_lost':
    case 'leader_changed':
    case 'timeline_changed':
    case 'entry_moved':
      return true;
    case 'role_changed':
      return of(pair, event);
    case 'state_changed':
      // Every standby turns to the new leader.
      return !endsBadly(event) && (of(pair, event) || !isProblemState(partsOfChange(event.text)?.after ?? ''));
    case 'switchover_scheduled':
    case 'switchover_cancelled':
      return true;
    default:
      return false;
  }
};

const restart =
  (members: (action: ActionRecord) => readonly string[] | null): Teller =>
  (event, action) => {
    const mine = members(action);
    return event.kind === 'state_changed' && !endsBadly(event) && (mine === null || of(mine, event));
  };

const kinds =
  (...wanted: readonly ClusterEvent['kind'][]): Teller =>
  (event) =>
    wanted.includes(event.kind);

/** The finding that only says that it is so. */
const withFinding =
  (code: ClusterEvent['code'], teller: Teller): Teller =>
  (event, action) =>
    teller(event, action) || event.code === code;

export const TELLERS: Readonly<Record<ActionKind, Teller>> = {
  switchover: withFinding('scheduled_switchover', leadership),
  cancel_switchover: withFinding('scheduled_switchover', kinds('switchover_cancelled')),
  failover: leadership,
  pause: withFinding('paused', kinds('paused')),
  resume: withFinding('paused', kinds('resumed')),
  edit_config: kinds('config_changed'),
  restart: restart((action) => (action.request.kind === 'restart' ? action.request.members : [])),
  rolling_restart: restart(() => null),
  cancel_restart: withFinding('scheduled_restart', () => false),
  reload: () => false,
  reinitialize: restart((action) => (action.request.kind === 'reinitialize' ? [action.request.member] : [])),
  demote_cluster: kinds('config_changed', 'role_changed'),
  promote_cluster: kinds('config_changed', 'role_changed', 'timeline_changed'),
  end_session: () => false,
  maintenance: restart((action) => (action.request.kind === 'maintenance' ? [action.request.member ?? ''] : [])),
};
