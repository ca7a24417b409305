// Every kind of finding. A code never changes its meaning once shipped.

export const FINDING_CODES = [
  'no_leader',
  'multiple_primaries',
  'leader_key_without_primary',
  'primary_without_leader_key',
  'member_unreachable',
  'member_not_running',
  'member_lost',
  'replica_not_streaming',
  'replica_diverged',
  'timeline_behind',
  'replay_paused',
  'lag_high',
  'lag_unknown',
  'sync_standby_missing',
  'pending_restart',
  'config_not_in_force',
  'paused',
  'no_failover_candidate',
  'failsafe_active',
  'dcs_unreachable',
  'dcs_no_quorum',
  'dcs_endpoint_down',
  'dcs_alarm',
  'dcs_too_much',
  'dcs_rival',
  'dcs_session_limit',
  'stale_member_key',
  'system_identifier_mismatch',
  'not_its_answer',
  'initialize_key_wrong',
  'bootstrap',
  'bootstrap_failed',
  'leftover_keys',
  'keys_gone',
  'external_standby',
  'switchover_pending',
  'primary_in_standby_cluster',
  'version_mismatch',
  'slot_retains_wal',
  'archiving_failing',
  'archive_behind',
  'backup_missing',
  'backup_too_old',
  'backup_failed',
  'backup_report_late',
  'restore_window_short',
  'restore_gap',
  'scheduled_switchover',
  'scheduled_restart',
  'clock_skew',
  'observation_stale',
  'entry_unseen',
  'entry_leads_nowhere',
  'entry_wrong_member',
  'entry_several',
  'entry_role_not_tested',
  'entry_keeps_sessions',
  'entry_rest_unreachable',
  'entry_drained',
  'pool_paused',
  'pool_cannot_login',
  'pool_clients_wait',
  'pool_slow_retry',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** About backups and where a restore leads: of one tool, or of what is asked of them. */
export function isBackupCode(code: FindingCode): boolean {
  return code.startsWith('backup_') || code.startsWith('restore_');
}

/** About a door and not about a member, though it may name whom it sends clients to. */
export function isDoorCode(code: FindingCode): boolean {
  return code.startsWith('entry_') || code.startsWith('pool_');
}
