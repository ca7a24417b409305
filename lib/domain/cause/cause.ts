// The model of a cause: why a cluster is as it is, what that costs, and what a person can do. Data only; the rows beside it find it, and it
// crosses the wire as it is.

import type { Text } from '../../language/sentence';
import type { ActionKind } from '../action-kind';
import type { Severity } from '../severity';

export const CAUSE_CODES = [
  'two_primaries',
  'initialize_key_wrong',
  'primary_in_standby_cluster',
  'keys_gone',
  'bootstrap_failed',
  'not_its_answer',
  'config_not_in_force',
  'bootstrap',
  'reads_only',
  'ttl_too_short',
  'dcs_not_seen',
  'leader_gone_paused',
  'leader_gone_unconfirmed',
  'leader_gone_nobody_eligible',
  'leader_gone_election_due',
  'leader_gone_overdue',
  'key_lost_primary_works',
  'leader_postgres_dead',
  'leader_silent',
  'leader_unheard',
  'leader_patroni_dead',
  'dcs_no_quorum',
  'dcs_refuses_writes',
  'dcs_unreachable',
  'dcs_member_down',
  'clients_cut_off',
  'dcs_slow',
  'commits_hang',
  'wrong_identifier',
  'standby_forked',
  'archive_failing',
  'slot_retains',
  'not_protected',
  'standby_cannot_stream',
  'standby_frozen',
  'replay_held',
  'standby_slow',
  'postgres_down',
  'member_lost',
  'member_silent',
  'patroni_dead',
  'rest_refuses',
  'stray_primary',
  'key_of_nobody',
  'failsafe_holds',
  'standby_leader_gone',
  'pause_forgotten',
  'pending_restart_left',
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];

/** What a trouble costs, the worst first: the order of clusters, and of causes within one. */
export const IMPACTS = [
  'two_primaries',
  'not_writable',
  'not_reached',
  'commits_hang',
  'will_stop',
  'data_at_risk',
  'unknown',
  'no_failover',
  'degraded',
  'note',
] as const;
export type Impact = (typeof IMPACTS)[number];

/** One thing to do: an action, judged as its button will be, or an instruction with the command to type. */
export interface CauseStep {
  /** `member` null: it concerns the cluster. null: nothing that Howdah does. */
  readonly action: { readonly kind: ActionKind; readonly member: string | null } | null;
  readonly text: Text;
  /** Exact, to be typed by a person; null: none. */
  readonly command: string | null;
  /** In sentences: writable when, what is lost, what else. */
  readonly cost: readonly Text[];
  /** The first thing that forbids it; null: nothing that can be seen without asking the server. */
  readonly refused: Text | null;
}

/** Why, what it costs, and what to do: at most one a cluster. */
export interface Cause {
  readonly code: CauseCode;
  readonly severity: Severity;
  readonly impact: Impact;
  /** One sentence without a full stop. */
  readonly headline: Text;
  /** When it began, as far as a source or Howdah's memory knows. */
  readonly since: number;
  /** null: it is writable, or nobody can tell since when it is not. */
  readonly notWritableSince: number | null;
  /** What it means for clients and data. */
  readonly consequence: Text;
  readonly evidence: readonly { readonly label: Text; readonly text: Text }[];
  readonly ifNobodyActs: Text;
  /** Keys of the findings that follow from it (`keyFinding`). */
  readonly explains: readonly string[];
  /** At most three, best first. */
  readonly steps: readonly CauseStep[];
}
