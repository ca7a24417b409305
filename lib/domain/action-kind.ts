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
  'maintenance',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/** Offered at a desk alone, by no phone and no step: what is judged of them stands in actions/checks/desk.ts, which a card does not load. */
export const DESK_KINDS: readonly ActionKind[] = [
  ...(['edit_config', 'demote_cluster', 'promote_cluster', 'end_session', 'maintenance'] as const),
];
