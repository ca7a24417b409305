// What of an answer somebody may read. The texts of statements hold what people type: they leave the server only by right. Pure.
import type { Activity } from './activity';
import { masked } from './mask';

/** `denied`: none leaves. `masked`: without literals. `whole`: as they are. */
export type Sight = 'denied' | 'masked' | 'whole';

export function seenWith(activity: Activity, sight: Sight): Activity {
  if (sight === 'whole') return activity;
  const sessions = activity.sessions.map((session) => ({
    ...session,
    statement: sight === 'denied' || session.statement === null ? null : masked(session.statement),
  }));
  return { ...activity, sessions };
}
