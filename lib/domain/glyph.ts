// The shapes of members. By themselves: every page draws one, a page of an error too.

import type { Health } from './severity';

/** How a member is drawn: role shape, replaced inside by its worst state. */
export type MemberGlyph =
  | 'leader'
  | 'standby_leader'
  | 'sync_standby'
  | 'quorum_standby'
  | 'replica'
  | 'replay_paused'
  | 'lag_over_limit'
  | 'not_running'
  | 'forked'
  | 'unknown';

/** How bad the shape alone says it is. */
export const GLYPH_HEALTH: Readonly<Record<MemberGlyph, Health>> = {
  leader: 'ok',
  standby_leader: 'ok',
  sync_standby: 'ok',
  quorum_standby: 'ok',
  replica: 'ok',
  replay_paused: 'warning',
  lag_over_limit: 'warning',
  not_running: 'critical',
  forked: 'critical',
  unknown: 'unknown',
};
