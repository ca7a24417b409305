// Reads what is observed after a request was sent, and says which steps are reached and how it ended. An action is over when a
// fresh observation says so: an answer of 200 ends nothing, a time-out ends nothing. What cannot be said within the limits
// ends as `unknown`, never as `failed`. Pure: the snapshot carries the clock. Each group of kinds has its follower.

import { followConfig } from './follow-config';
import { followLeadership, followSchedule } from './follow-leadership';
import { followMember } from './follow-member';
import { followSession } from './follow-session';
import type { FollowContext, Followed } from './follower';

export function follow(context: FollowContext): Followed {
  switch (context.stage.kind) {
    case 'switchover':
    case 'failover':
      return followLeadership(context);
    case 'schedule_switchover':
    case 'cancel_switchover':
      return followSchedule(context);
    case 'pause':
    case 'resume':
    case 'edit_config':
    case 'demote_cluster':
    case 'promote_cluster':
      return followConfig(context);
    case 'end_session':
      return followSession(context);
    case 'maintenance':
      // Nothing was sent: it is over before anything could be followed.
      return { marks: context.marks, waiting: null, progress: null, end: null };
    case 'restart':
    case 'schedule_restart':
    case 'cancel_restart':
    case 'reload':
    case 'reinitialize':
      return followMember(context);
  }
}
