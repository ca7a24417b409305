// The kinds of actions: one word each for requests, rights, policies and counts.

export const ACTION_KINDS = [
  'switchover',
  'cancel_switchover',
  'failover',
  'pause',
  'resume',
  'edit_config',
  'restart',
  'rolling_restart',
  'cancel_restart',
  'reload',
  'reinitialize',
  'demote_cluster',
  'promote_cluster',
  'end_session',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];
