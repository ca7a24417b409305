// The families of GET /metrics as rows: name, type, unit, labels, and what the number means. docs/metrics.md is compared with
// them. A family without a sample is not written: what is not known is absent, never 0 and never -1. Names never change their
// meaning once shipped. A counter's samples end in `_total` and an info's in `_info`; their names here do not.

export interface Family {
  readonly type: 'gauge' | 'counter' | 'info';
  /** The name ends in it; null: a number without one. */
  readonly unit: 'seconds' | 'bytes' | 'ratio' | 'bytes_per_second' | null;
  readonly labels: readonly string[];
  readonly help: string;
}

type Labels = readonly string[];
const gauge = (labels: Labels, help: string, unit: Family['unit'] = null): Family => ({
  type: 'gauge',
  unit,
  labels,
  help,
});
const counter = (labels: Labels, help: string, unit: Family['unit'] = null): Family => ({
  type: 'counter',
  unit,
  labels,
  help,
});
const info = (labels: Labels, help: string): Family => ({ type: 'info', unit: null, labels, help });

const SCOPE = ['scope'] as const;
const MEMBER = ['scope', 'member'] as const;
const LISTENER = ['scope', 'entry', 'listener'] as const;

export const FAMILIES = {
  howdah_cluster: info(
    ['scope', 'source', 'system_identifier'],
    'A watched cluster: the source it comes from and the labels of that source as label_NAME.',
  ),
  howdah_cluster_health: gauge(
    ['scope', 'health'],
    'Worst finding of the cluster: 1 for the one that holds, 0 for the others.',
  ),
  howdah_cluster_writable: gauge(SCOPE, 'A primary holds the leader key and answers.'),
  howdah_cluster_findings: gauge(['scope', 'code', 'severity'], 'Findings of a code and severity that stand now.'),
  howdah_cluster_leader: gauge(MEMBER, '1 for the member that holds the leader key.'),
  howdah_cluster_leader_start_time_seconds: gauge(SCOPE, 'When the leader became leader, Unix time.', 'seconds'),
  howdah_cluster_timeline: gauge(SCOPE, 'Timeline of the leader.'),
  howdah_cluster_members: gauge(SCOPE, 'Members known, also those that do not answer.'),
  howdah_cluster_members_omitted: gauge(
    SCOPE,
    'Members without metrics of their own because the cluster has more than the limit.',
  ),
  howdah_cluster_failover_possible: gauge(SCOPE, 'If the leader died now, Patroni would fail over by itself.'),
  howdah_cluster_eligible_candidates: gauge(SCOPE, 'Members that could become leader now and should.'),
  howdah_cluster_maximum_lag_on_failover_bytes: gauge(
    SCOPE,
    'maximum_lag_on_failover of the dynamic configuration.',
    'bytes',
  ),
  howdah_cluster_paused: gauge(SCOPE, 'Maintenance mode: Patroni watches and does not act.'),
  howdah_cluster_pause_age_seconds: gauge(SCOPE, 'For how long the cluster has been paused.', 'seconds'),
  howdah_cluster_failsafe_active: gauge(SCOPE, 'The leader stays leader without the DCS because all members agree.'),
  howdah_cluster_sync_standbys: gauge(SCOPE, 'Members named in the /sync key; absent without synchronous mode.'),
  howdah_cluster_scheduled_switchover_time_seconds: gauge(
    SCOPE,
    'When the scheduled switchover begins, Unix time; absent without one.',
    'seconds',
  ),
  howdah_cluster_wal_bytes_per_second: gauge(
    SCOPE,
    'WAL written by the leader over the last readings.',
    'bytes_per_second',
  ),
  howdah_cluster_observation_age_seconds: gauge(
    SCOPE,
    'Age of the oldest newest answer of the members that answer.',
    'seconds',
  ),
  howdah_cluster_round_duration_seconds: gauge(SCOPE, 'How long the last round over all members took.', 'seconds'),
  howdah_cluster_poll_interval_seconds: gauge(SCOPE, 'Time between two rounds at the present pace.', 'seconds'),
  howdah_cluster_snapshots: counter(SCOPE, 'Snapshots made since the collector started.'),
  howdah_dcs_view_age_seconds: gauge(
    SCOPE,
    'Since when the view of the DCS has not been known to be current.',
    'seconds',
  ),
  howdah_dcs_quorum: gauge(SCOPE, 'The DCS answers a read that needs a quorum.'),
  howdah_dcs_endpoints: gauge(['scope', 'state'], 'Configured endpoints of the DCS by what they answer.'),
  howdah_dcs_findings: gauge(
    ['source', 'code', 'severity'],
    'Findings of the DCS of a source that stand now, once for all clusters there.',
  ),
  howdah_dcs_voters: gauge(['source', 'state'], 'Voters of the DCS of a source: answer, silent, unknown.'),
  howdah_dcs_margin: gauge(['source'], 'Voters that may still fail; below 0 there is no quorum.'),
  howdah_dcs_look_age_seconds: gauge(['source'], 'Age of the newest look at the DCS of a source.', 'seconds'),
  howdah_member: info([...MEMBER, 'patroni_version', 'postgres_version'], 'A member and the versions it runs.'),
  howdah_member_answering: gauge(MEMBER, 'Its Patroni or its PostgreSQL answers.'),
  howdah_member_observation_age_seconds: gauge(MEMBER, 'Age of its newest good answer.', 'seconds'),
  howdah_member_witness_fresh: gauge(
    [...MEMBER, 'witness'],
    'What this witness says of the member is current: dcs, patroni, sql.',
  ),
  howdah_member_answer_duration_seconds: gauge([...MEMBER, 'witness'], 'How long its newest answer took.', 'seconds'),
  howdah_member_state: gauge(
    [...MEMBER, 'state'],
    "1 for the state it is in, in Patroni's word; a word that is not known is other.",
  ),
  howdah_member_cluster_role: gauge([...MEMBER, 'role'], '1 for the role that the DCS gives it.'),
  howdah_member_postgres_role: gauge([...MEMBER, 'role'], '1 for what its PostgreSQL says it is: primary or replica.'),
  howdah_member_timeline: gauge(MEMBER, 'Timeline it is on.'),
  howdah_member_streaming: gauge(
    MEMBER,
    "WAL flows into it, by its upstream's or its own PostgreSQL; absent for a leader.",
  ),
  howdah_member_diverged: gauge(MEMBER, 'It has WAL that the leader never had and cannot stream again.'),
  howdah_member_receive_lag_bytes: gauge(
    MEMBER,
    "The leader's position minus what it received, both read live.",
    'bytes',
  ),
  howdah_member_replay_lag_bytes: gauge(
    MEMBER,
    "The leader's position minus what it replayed, both read live.",
    'bytes',
  ),
  howdah_member_write_lag_seconds: gauge(MEMBER, 'write_lag as its upstream sees it; 0 when caught up.', 'seconds'),
  howdah_member_flush_lag_seconds: gauge(MEMBER, 'flush_lag as its upstream sees it; 0 when caught up.', 'seconds'),
  howdah_member_replay_lag_seconds: gauge(MEMBER, 'replay_lag as its upstream sees it; 0 when caught up.', 'seconds'),
  howdah_member_upstream_lag_bytes: gauge(
    [...MEMBER, 'upstream', 'stage'],
    'WAL that waits in each stage, by the pg_stat_replication of the upstream: sent, write, flush, replay; the sum is the lag.',
    'bytes',
  ),
  howdah_member_replay_paused: gauge(MEMBER, 'Replay is paused.'),
  howdah_member_pending_restart: gauge(MEMBER, 'PostgreSQL must be restarted for settings to take effect.'),
  howdah_member_pending_restart_age_seconds: gauge(MEMBER, 'For how long a restart has been pending.', 'seconds'),
  howdah_member_failover_eligible: gauge(MEMBER, 'It could become leader now and should; absent for the leader.'),
  howdah_member_clock_offset_seconds: gauge(MEMBER, "The node's clock minus Howdah's.", 'seconds'),
  howdah_member_start_time_seconds: gauge(MEMBER, 'When its PostgreSQL started, Unix time.', 'seconds'),
  howdah_entry_seen: gauge([...SCOPE, 'entry', 'kind'], 'What a door says of itself is current.'),
  howdah_entry_verdict: gauge(
    [...LISTENER, 'verdict'],
    '1 for where a listener leads: leader, replicas, nobody, several and so on.',
  ),
  howdah_entry_leads_to: gauge([...LISTENER, 'member'], '1 for each member to whom new connections come.'),
  howdah_entry_sessions: gauge(LISTENER, 'Sessions of a listener, clients of a pool.'),
  howdah_pool_paused: gauge(LISTENER, 'The pool is paused: its clients wait.'),
  howdah_pool_clients_waiting: gauge(LISTENER, 'Clients of a pool that wait for a connection.'),
  howdah_pool_oldest_wait_seconds: gauge(LISTENER, 'How long the one that waits longest has waited.', 'seconds'),
  howdah_pool_connections_busy: gauge(LISTENER, 'Connections to PostgreSQL that are in use.'),
  howdah_pool_connections_limit: gauge(LISTENER, 'The most that there may be, for each user.'),
  howdah_build: info(['version', 'node_version'], 'The Howdah that answers.'),
  howdah_collector_answering: gauge([], 'The collector answered this scrape; if 0, nothing is said of clusters.'),
  howdah_collector_silence_seconds: gauge([], 'Since the collector last spoke.', 'seconds'),
  howdah_collector_clusters: gauge([], 'Clusters watched.'),
  howdah_collector_members: gauge([], 'Members watched.'),
  howdah_collector_round_duration_seconds: gauge([], 'Median over the clusters of how long a round took.', 'seconds'),
  howdah_collector_problems: gauge(['source'], 'Reasons why a configured source cannot be read.'),
  howdah_readings: counter(
    ['source', 'witness', 'outcome'],
    'Questions asked of members, by witness and how they ended.',
  ),
  howdah_streams: gauge([], 'Open streams to browsers.'),
  howdah_store_ready: gauge(['kind'], "Howdah's own database answers."),
  howdah_store_state_age_seconds: gauge(['kind'], 'Since when it has been so.', 'seconds'),
  howdah_store_journal_behind: gauge(['kind'], 'Journal entries that the store has not got yet.'),
  howdah_journal_entries: counter([], 'Entries of the audit journal.'),
  howdah_journal_writable: gauge([], 'The audit journal can be written; if 0, no action is possible.'),
  howdah_audit_stream_behind: gauge(
    ['stream'],
    'Journal entries that the receiver of an audit stream has not got yet.',
  ),
  howdah_audit_stream_dropped: counter(['stream'], 'Journal entries that it never got: it was too far behind.'),
  howdah_audit_stream_failing: gauge(['stream'], 'The newest attempt failed.'),
  howdah_audit_stream_success_time_seconds: gauge(['stream'], 'When it last took something, Unix time.', 'seconds'),
  howdah_history_buffered: gauge([], 'Samples, snapshots and events that wait for the store.'),
  howdah_history_buffered_bytes: gauge([], 'Their size.', 'bytes'),
  howdah_history_buffer_limit_bytes: gauge([], 'Above this they are dropped.', 'bytes'),
  howdah_history_dropped: counter(['kind'], 'Given up since the start: sample, frame, event.'),
  howdah_history_stored_time_seconds: gauge([], 'When the store last took something, Unix time.', 'seconds'),
  howdah_history_stored_bytes: gauge([], 'Size of the tables of the past.', 'bytes'),
  howdah_history_limit_bytes: gauge([], 'Above this the oldest is thrown away.', 'bytes'),
  howdah_history_clusters_elsewhere: gauge([], 'Clusters whose past another Howdah on this store writes.'),
  howdah_actions_running: gauge([], 'Actions that run in this process.'),
  howdah_actions: counter(['kind', 'outcome'], 'Actions closed by this process since its start.'),
  howdah_alerting_here: gauge(
    [],
    'This process evaluates the rules and sends; of several on one store one does. Absent without a receiver.',
  ),
  howdah_alerting_working: gauge([], 'Nothing keeps it from telling people. Absent without a receiver.'),
  howdah_alerts: gauge(['state', 'severity'], 'Alerts that stand now, where this process evaluates: pending, firing.'),
  howdah_receiver_failing: gauge(['receiver', 'kind'], 'The newest attempt failed; absent until something was sent.'),
  howdah_receiver_queued: gauge(['receiver', 'kind'], 'Messages that wait.'),
  howdah_receiver_oldest_queued_age_seconds: gauge(
    ['receiver', 'kind'],
    'For how long the oldest of them has waited.',
    'seconds',
  ),
  howdah_receiver_success_time_seconds: gauge(
    ['receiver', 'kind'],
    'When a message was last taken, Unix time.',
    'seconds',
  ),
  howdah_receiver_given_up: counter(['receiver', 'kind'], 'Messages given up: too old, or refused for good.'),
  howdah_event_loop_delay_seconds: gauge(['thread'], 'Longest delay of the event loop in the last 10 s.', 'seconds'),
  howdah_event_loop_utilization_ratio: gauge(['thread'], 'Busy part of the event loop in the last 10 s.', 'ratio'),
  process_cpu_seconds: counter([], 'User and system CPU time of the process, all threads.', 'seconds'),
  process_resident_memory_bytes: gauge([], 'Resident memory of the process.', 'bytes'),
  process_start_time_seconds: gauge([], 'When the process started, Unix time.', 'seconds'),
  process_open_fds: gauge([], 'Open file descriptors.'),
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;
export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly FamilyName[];

export function familyOf(name: FamilyName): Family {
  return FAMILIES[name];
}

/** What its samples are called, and what Prometheus knows it by. */
export function sampleName(name: FamilyName): string {
  const { type } = familyOf(name);
  return type === 'counter' ? `${name}_total` : type === 'info' ? `${name}_info` : name;
}
