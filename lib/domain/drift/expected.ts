// Settings that differ between the members of a sound cluster, and why: data. What stands here is left out of a comparison.
import { say, type Text } from '../../language/sentence';

const PLACE = say`a place on its own machine`;
const ADDRESS = say`its own address`;
const NAME = say`a name of its own`;
const ROLE = say`goes by its role`;
const UPSTREAM = say`Patroni writes it for each replica`;
const MACHINE = say`follows from its machine`;
const FOLLOWS = say`follows from other settings`;
const ELSEWHERE = say`compared by itself`;

/** By name. */
export const EXPECTED: Readonly<Record<string, Text>> = {
  data_directory: PLACE,
  config_file: PLACE,
  hba_file: PLACE,
  ident_file: PLACE,
  external_pid_file: PLACE,
  unix_socket_directories: PLACE,
  stats_temp_directory: PLACE,
  log_directory: PLACE,
  ssl_cert_file: PLACE,
  ssl_key_file: PLACE,
  ssl_ca_file: PLACE,
  krb_server_keyfile: PLACE,
  listen_addresses: ADDRESS,
  port: ADDRESS,
  cluster_name: NAME,
  syslog_ident: NAME,
  event_source: NAME,
  bonjour_name: NAME,
  primary_conninfo: UPSTREAM,
  primary_slot_name: UPSTREAM,
  promote_trigger_file: UPSTREAM,
  synchronous_standby_names: ROLE,
  synchronized_standby_slots: ROLE,
  in_hot_standby: ROLE,
  transaction_read_only: ROLE,
  restore_command: ROLE,
  archive_cleanup_command: ROLE,
  recovery_end_command: ROLE,
  recovery_min_apply_delay: ROLE,
  recovery_target: ROLE,
  recovery_target_action: ROLE,
  recovery_target_inclusive: ROLE,
  recovery_target_lsn: ROLE,
  recovery_target_name: ROLE,
  recovery_target_time: ROLE,
  recovery_target_timeline: ROLE,
  recovery_target_xid: ROLE,
  max_stack_depth: MACHINE,
  huge_pages_status: MACHINE,
  shared_memory_size: FOLLOWS,
  shared_memory_size_in_huge_pages: FOLLOWS,
  num_os_semaphores: FOLLOWS,
  server_version: ELSEWHERE,
  server_version_num: ELSEWHERE,
  data_checksums: ELSEWHERE,
};

/** Sources that speak of the session which asks: they hide what the server has. */
export const OF_THE_SESSION: readonly string[] = [
  'client',
  'session',
  'user',
  'database',
  'database user',
  'interactive',
];
