// The request behind an action that is named by kind and member alone, with everything else as a person would leave it. Pure.

import type { ActionKind } from '../action-kind';
import type { ActionRequest } from './action';

export interface StepAction {
  readonly kind: ActionKind;
  /** Candidate, or the one restarted, reloaded, copied anew; null: the cluster. */
  readonly member: string | null;
}

/** Throws for a kind that needs more than a member: no step asks for it. */
export function stepRequest({ kind, member }: StepAction): ActionRequest {
  switch (kind) {
    case 'switchover':
      return { kind, candidate: member, scheduledAt: null };
    case 'failover':
      return { kind, candidate: member ?? '' };
    case 'resume':
    case 'cancel_switchover':
      return { kind };
    case 'restart':
      return { kind, members: named(member), onlyPending: false, scheduledAt: null, timeoutSeconds: null };
    case 'rolling_restart':
      return { kind, onlyPending: true };
    case 'reload':
      return { kind, members: named(member) };
    case 'reinitialize':
      return { kind, member: member ?? '', fromLeader: false, force: false, override: false };
    case 'cancel_restart':
      return { kind, member: member ?? '' };
    case 'pause':
    case 'end_session':
    case 'maintenance':
    case 'edit_config':
    case 'demote_cluster':
    case 'promote_cluster':
      throw new Error(`a step cannot ask for ${kind}`);
  }
}

function named(member: string | null): readonly string[] {
  return member === null ? [] : [member];
}
