// Events: what changed between two snapshots. Pure.
export type EventKind =
  | 'leader_changed'
  | 'leader_lost'
  | 'timeline_changed'
  | 'role_changed'
  | 'state_changed'
  | 'member_joined'
  | 'member_left'
  | 'member_silent'
  | 'member_answers'
  | 'paused'
  | 'resumed'
  | 'config_changed'
  | 'finding_raised'
  | 'finding_cleared'
  | 'replay_paused'
  | 'replay_resumed'
  | 'switchover_scheduled'
  | 'switchover_cancelled';

/** Something that changed between two snapshots of one cluster. */
export interface ClusterEvent {
  /** Unique and growing within the scope and this process. */
  readonly id: number;
  readonly at: number;
  readonly kind: EventKind;
  readonly severity: import('./cluster').Severity | null;
  readonly member: string | null;
  /** One sentence, with from and to. */
  readonly text: string;
}
