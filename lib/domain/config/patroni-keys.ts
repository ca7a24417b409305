// What Patroni knows of the dynamic configuration, as rows: its own keys, the parameters it holds itself, the ones it throws
// away. No rule and no version logic here: check.ts judges, the editor completes from these rows.
// Read from Patroni 3.0.2, 4.0.11 and 4.1.5: config.py, global_config.py, postgresql/config.py CMDLINE_OPTIONS.

import { say, type Text } from '../../language/sentence';
import { DCS_SECTIONS } from '../dcs-kind';

export type KeyType = 'integer' | 'boolean' | 'choice' | 'object' | 'list' | 'text' | 'scalar';

export interface PatroniKey {
  /** Dotted, as it is written: `postgresql.use_slots`. */
  readonly path: string;
  readonly type: KeyType;
  readonly unit: 's' | 'bytes' | null;
  /** What Patroni works with where the key is absent; null: nothing. */
  readonly fallback: string | null;
  /** Smallest value Patroni takes. */
  readonly floor: number | null;
  /** What a smaller value becomes: the floor itself, or the default; null: it is taken as it is. */
  readonly below: 'floor' | 'default' | null;
  readonly choices: readonly string[] | null;
  /** First version that reads it; null: all that Howdah supports. */
  readonly since: string | null;
  /** Any text but the empty one is true to Patroni, `off` too (truth of Python); until which version, where that ended. */
  readonly truth: 'always' | '3.3.0' | null;
  /** The name to use instead. */
  readonly renamed: string | null;
  readonly note: Text;
}

const BLANK = {
  unit: null,
  fallback: null,
  floor: null,
  below: null,
  choices: null,
  since: null,
  truth: null,
  renamed: null,
} as const;

function key(path: string, type: KeyType, note: Text, rest: Partial<PatroniKey> = {}): PatroniKey {
  return { ...BLANK, path, type, note, ...rest };
}

const SLOTS = say`Permanent slots by name: {type: physical} or {type: logical, database, plugin}.`;

export const PATRONI_KEYS: readonly PatroniKey[] = [
  key('ttl', 'integer', say`Life of the leader key. At least loop_wait + 2 × retry_timeout.`, {
    unit: 's',
    fallback: '30',
    floor: 20,
    below: 'floor',
  }),
  key('loop_wait', 'integer', say`Pause between two loops of Patroni.`, {
    unit: 's',
    fallback: '10',
    floor: 1,
    below: 'floor',
  }),
  key('retry_timeout', 'integer', say`How long operations on the DCS and PostgreSQL are retried.`, {
    unit: 's',
    fallback: '10',
    floor: 3,
    below: 'floor',
  }),
  key('maximum_lag_on_failover', 'integer', say`A replica further behind is not a candidate.`, {
    unit: 'bytes',
    fallback: '1048576',
    floor: 0,
  }),
  key('maximum_lag_on_syncnode', 'integer', say`A sync standby further behind is replaced; 0 or less: never.`, {
    unit: 'bytes',
    fallback: '-1',
  }),
  key('max_timelines_history', 'integer', say`Timelines kept in /history; 0: all.`, { fallback: '0', floor: 0 }),
  key('check_timeline', 'boolean', say`A candidate must be on the newest timeline.`, { fallback: 'false' }),
  key('primary_start_timeout', 'integer', say`How long a crashed primary may take to start; 0: fail over at once.`, {
    unit: 's',
    fallback: '300',
    floor: 0,
  }),
  key(
    'primary_stop_timeout',
    'integer',
    say`How long a stop may take in synchronous mode before it is killed; 0: off.`,
    {
      unit: 's',
      fallback: '0',
      floor: 0,
    },
  ),
  key('master_start_timeout', 'integer', say`Old name of primary_start_timeout.`, {
    unit: 's',
    floor: 0,
    renamed: 'primary_start_timeout',
  }),
  key('master_stop_timeout', 'integer', say`Old name of primary_stop_timeout.`, {
    unit: 's',
    floor: 0,
    renamed: 'primary_stop_timeout',
  }),
  key('synchronous_mode', 'choice', say`Patroni chooses the sync standbys and fails over only to them.`, {
    fallback: 'false',
    choices: ['false', 'true', 'quorum'],
  }),
  key(
    'synchronous_mode_strict',
    'boolean',
    say`Without a sync standby, writes stop instead of going on asynchronously.`,
    {
      fallback: 'false',
    },
  ),
  key('synchronous_node_count', 'integer', say`How many sync standbys.`, { fallback: '1', floor: 1 }),
  key('failsafe_mode', 'boolean', say`The primary goes on without the DCS while every member answers it.`, {
    fallback: 'false',
    since: '3.0.0',
  }),
  key('pause', 'boolean', say`No automatic failover. Set it with the action Pause.`, { fallback: 'false' }),
  key('member_slots_ttl', 'scalar', say`How long the slot of a lost member is kept; 0: not at all.`, {
    unit: 's',
    fallback: '1800',
    since: '4.0.0',
  }),
  key('primary_race_backoff', 'integer', say`Wait before another member races for the leader key.`, {
    unit: 's',
    fallback: '0',
    floor: 0,
    since: '4.2.0',
  }),
  key('standby_cluster', 'object', say`Makes this a standby cluster. Change it with Demote or Promote.`),
  key('slots', 'object', SLOTS),
  key('permanent_slots', 'object', SLOTS, { renamed: 'slots' }),
  key('permanent_replication_slots', 'object', SLOTS, { renamed: 'slots' }),
  key('ignore_slots', 'list', say`Slots that Patroni leaves alone: a list of {name, type, database, plugin}.`),
  key('postgresql', 'object', say`PostgreSQL: parameters, pg_hba and how Patroni handles it.`),
  key('postgresql.parameters', 'object', say`PostgreSQL parameters of all members.`),
  key('postgresql.use_pg_rewind', 'boolean', say`Rewind an old leader instead of copying it anew.`, {
    truth: 'always',
    fallback: 'false',
  }),
  key('postgresql.use_slots', 'boolean', say`A slot for each member. Only here, never in a local file.`, {
    truth: '3.3.0',
    fallback: 'true',
  }),
  key('postgresql.pg_hba', 'list', say`The whole pg_hba.conf, one string per line.`),
  key('postgresql.pg_ident', 'list', say`The whole pg_ident.conf, one string per line.`),
  key('postgresql.recovery_conf', 'object', say`Recovery settings such as restore_command.`),
  key('postgresql.pg_ctl_timeout', 'integer', say`How long pg_ctl waits.`, { unit: 's', fallback: '60', floor: 0 }),
  key('postgresql.callbacks', 'object', say`Scripts Patroni calls on events.`),
  key('postgresql.create_replica_methods', 'list', say`How a replica is made, in order.`),
  key('postgresql.basebackup', 'scalar', say`Options of pg_basebackup.`),
  key('postgresql.remove_data_directory_on_rewind_failure', 'boolean', say`Copy anew when pg_rewind fails.`, {
    truth: 'always',
    fallback: 'false',
  }),
  key('postgresql.remove_data_directory_on_diverged_timelines', 'boolean', say`Copy anew when the WAL has forked.`, {
    truth: 'always',
    fallback: 'false',
  }),
  key('postgresql.pre_promote', 'text', say`Script that must succeed before a promotion.`),
  key('postgresql.before_stop', 'text', say`Script called before PostgreSQL is stopped.`),
  key('postgresql.custom_conf', 'text', say`A file included instead of postgresql.base.conf.`),
  key('postgresql.bin_dir', 'text', say`Where the PostgreSQL programs are.`),
  key('postgresql.bin_name', 'object', say`Other names of the PostgreSQL programs.`),
  key('postgresql.database', 'text', say`Database Patroni connects to.`, { fallback: 'postgres' }),
  key('postgresql.use_unix_socket', 'boolean', say`Patroni connects through a socket.`, {
    truth: 'always',
    fallback: 'false',
  }),
  key('postgresql.use_unix_socket_repl', 'boolean', say`Also for replication.`, { truth: 'always', fallback: 'false' }),
  key('postgresql.parameters_primary', 'object', say`Parameters while primary.`, { since: '4.2.0' }),
  key('postgresql.parameters_replica', 'object', say`Parameters while replica.`, { since: '4.2.0' }),
  key('postgresql.parameters_standby_leader', 'object', say`Parameters while standby leader.`, { since: '4.2.0' }),
  key('postgresql.pg_hba_primary', 'list', say`pg_hba while primary.`, { since: '4.2.0' }),
  key('postgresql.pg_hba_replica', 'list', say`pg_hba while replica.`, { since: '4.2.0' }),
  key('postgresql.pg_hba_standby_leader', 'list', say`pg_hba while standby leader.`, { since: '4.2.0' }),
  key('postgresql.pg_ident_primary', 'list', say`pg_ident while primary.`, { since: '4.2.0' }),
  key('postgresql.pg_ident_replica', 'list', say`pg_ident while replica.`, { since: '4.2.0' }),
  key('postgresql.pg_ident_standby_leader', 'list', say`pg_ident while standby leader.`, { since: '4.2.0' }),
  key('standby_cluster.host', 'text', say`Where the primary cluster is.`),
  key('standby_cluster.port', 'scalar', say`Port of the primary cluster.`),
  key('standby_cluster.primary_slot_name', 'text', say`Slot on the primary cluster.`),
  key('standby_cluster.create_replica_methods', 'list', say`How the standby leader is made.`),
  key('standby_cluster.restore_command', 'text', say`Fetches WAL from an archive.`),
  key('standby_cluster.archive_cleanup_command', 'text', say`Removes WAL that is not needed.`),
  key('standby_cluster.recovery_min_apply_delay', 'scalar', say`Delays replay by this much.`),
];

const BY_PATH: ReadonlyMap<string, PatroniKey> = new Map(PATRONI_KEYS.map((row) => [row.path, row]));

export function patroniKey(path: readonly (string | number)[]): PatroniKey | null {
  return BY_PATH.get(path.join('.')) ?? null;
}

/** Names below a key, `''` for the top level. */
export function keysBelow(parent: string): readonly PatroniKey[] {
  const head = parent === '' ? '' : `${parent}.`;
  return PATRONI_KEYS.filter((row) => row.path.startsWith(head) && !row.path.slice(head.length).includes('.'));
}

/** Keys below `postgresql` that belong into the local file: Patroni takes them out of the dynamic configuration. */
export const LOCAL_ONLY_KEYS: readonly string[] = [
  'connect_address',
  'proxy_address',
  'listen',
  'config_dir',
  'data_dir',
  'pgpass',
  'authentication',
];

/** Top-level sections of the local file that mean nothing in the DCS. */
export const LOCAL_ONLY_SECTIONS: readonly string[] = [
  'scope',
  'name',
  'namespace',
  'bootstrap',
  'restapi',
  ...DCS_SECTIONS,
  'log',
  'tags',
  'watchdog',
  'ctl',
  'citus',
];

export interface HeldParameter {
  readonly name: string;
  readonly fallback: string;
  /** Whole number, in `unit` where there is one; null: another kind of value. */
  readonly floor: number | null;
  readonly unit: 'MB' | null;
  readonly choices: readonly string[] | null;
  /** Must be equal on all members or larger on standbys: decides in which order they restart. */
  readonly sensitive: boolean;
}

function held(name: string, fallback: string, floor: number | null, rest: Partial<HeldParameter> = {}): HeldParameter {
  return { name, fallback, floor, unit: null, choices: null, sensitive: false, ...rest };
}

/** Parameters that only the DCS can set: Patroni ignores them in local files and passes most on the command line. */
const HELD_PARAMETERS: readonly HeldParameter[] = [
  held('max_connections', '100', 25, { sensitive: true }),
  held('max_worker_processes', '8', 2, { sensitive: true }),
  held('max_wal_senders', '10', 3, { sensitive: true }),
  held('max_prepared_transactions', '0', 0, { sensitive: true }),
  held('max_locks_per_transaction', '64', 32, { sensitive: true }),
  held('max_replication_slots', '10', 4),
  held('wal_keep_segments', '8', 1),
  held('wal_keep_size', '128MB', 16, { unit: 'MB' }),
  held('wal_level', 'replica', null, { choices: ['hot_standby', 'replica', 'logical'] }),
  held('track_commit_timestamp', 'off', null),
  held('wal_log_hints', 'on', null),
];

export function heldParameter(name: string): HeldParameter | null {
  return HELD_PARAMETERS.find((row) => row.name === name.toLowerCase()) ?? null;
}

/** Parameters Patroni sets itself: a value in the configuration is dropped. By name, the reason in words. */
export const OWNED_PARAMETERS: Readonly<Record<string, Text>> = {
  listen_addresses: say`Patroni takes it from postgresql.listen of each local file`,
  port: say`Patroni takes it from postgresql.listen of each local file`,
  cluster_name: say`Patroni sets it to the scope`,
  hot_standby: say`Patroni keeps it on`,
  data_directory: say`Patroni takes it from postgresql.data_dir of each local file`,
  primary_conninfo: say`Patroni writes it for each replica`,
  primary_slot_name: say`Patroni writes it for each replica`,
  promote_trigger_file: say`Patroni promotes by itself`,
  trigger_file: say`Patroni promotes by itself`,
  standby_mode: say`Patroni writes it for each replica`,
};

/** Recovery settings: below `postgresql.parameters` they are dropped, below `postgresql.recovery_conf` taken. */
export const RECOVERY_PARAMETERS: readonly string[] = [
  'archive_cleanup_command',
  'recovery_end_command',
  'recovery_min_apply_delay',
  'restore_command',
  'pause_at_recovery_target',
  'recovery_target',
  'recovery_target_action',
  'recovery_target_inclusive',
  'recovery_target_lsn',
  'recovery_target_name',
  'recovery_target_time',
  'recovery_target_timeline',
  'recovery_target_xid',
];

/** Where Patroni's recovery target is its own: a target set by hand stops replicas for ever. */
export function isRecoveryTarget(name: string): boolean {
  return name.startsWith('recovery_target') || name === 'pause_at_recovery_target';
}
