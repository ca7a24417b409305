// pg_settings as three members would give them, cut down to the parameters the tests speak of.
import type { ConfigFacts, ConfigMember } from './facts';
import type { SettingDefinition, Settings, SettingValue } from './guc';

function row(
  name: string,
  vartype: SettingDefinition['vartype'],
  rest: Partial<SettingDefinition> = {},
): SettingDefinition {
  return {
    name,
    vartype,
    context: 'user',
    unit: null,
    min: null,
    max: null,
    enumValues: null,
    bootValue: null,
    description: '',
    ...rest,
  };
}

const int = (name: string, context: string, unit: string | null, min: string, max: string, bootValue: string) =>
  row(name, 'integer', { context, unit, min, max, bootValue });

export const PG15: readonly SettingDefinition[] = [
  int('work_mem', 'user', 'kB', '64', '2147483647', '4096'),
  int('shared_buffers', 'postmaster', '8kB', '16', '1073741823', '16384'),
  int('max_connections', 'postmaster', null, '1', '262143', '100'),
  int('max_wal_senders', 'postmaster', null, '0', '262143', '10'),
  int('wal_keep_size', 'sighup', 'MB', '0', '2147483647', '0'),
  int('log_min_duration_statement', 'superuser', 'ms', '-1', '2147483647', '-1'),
  int('checkpoint_timeout', 'sighup', 's', '30', '86400', '300'),
  int('archive_timeout', 'sighup', 's', '0', '1073741823', '0'),
  int('log_rotation_age', 'sighup', 'min', '0', '35791394', '1440'),
  int('block_size', 'internal', null, '8192', '8192', '8192'),
  row('random_page_cost', 'real', { min: '0', max: '1.79769e+308', bootValue: '4' }),
  row('autovacuum_vacuum_cost_delay', 'real', { context: 'sighup', unit: 'ms', min: '-1', max: '100', bootValue: '2' }),
  row('autovacuum', 'bool', { context: 'sighup', bootValue: 'on' }),
  row('log_connections', 'bool', { context: 'superuser-backend', bootValue: 'off' }),
  row('hot_standby', 'bool', { context: 'postmaster', bootValue: 'on' }),
  row('track_commit_timestamp', 'bool', { context: 'postmaster', bootValue: 'off' }),
  row('wal_level', 'enum', {
    context: 'postmaster',
    enumValues: ['minimal', 'replica', 'logical'],
    bootValue: 'replica',
  }),
  row('archive_mode', 'enum', { context: 'postmaster', enumValues: ['always', 'on', 'off'], bootValue: 'off' }),
  row('synchronous_commit', 'enum', {
    enumValues: ['local', 'remote_write', 'remote_apply', 'on', 'off'],
    bootValue: 'on',
  }),
  int('log_file_mode', 'sighup', null, '0', '511', '384'),
  row('log_min_messages', 'enum', {
    context: 'superuser',
    enumValues: ['debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'info', 'notice', 'warning', 'error'],
    bootValue: 'warning',
  }),
  ...['log_destination', 'DateStyle', 'TimeZone', 'lc_messages', 'ssl_cert_file'].map((name) =>
    row(name, 'string', { context: 'sighup', bootValue: '' }),
  ),
  row('archive_command', 'string', { context: 'sighup', bootValue: '' }),
  row('synchronous_standby_names', 'string', { context: 'sighup', bootValue: '' }),
  row('shared_preload_libraries', 'string', { context: 'postmaster', bootValue: '' }),
  row('hba_file', 'string', { context: 'postmaster', bootValue: null }),
];

export function value(name: string, setting: string, rest: Partial<SettingValue> = {}): SettingValue {
  return { name, setting, shown: setting, source: 'configuration file', file: null, pendingRestart: false, ...rest };
}

/** n1 to n3 on one version, each with these values. */
export function settingsOf(
  values: Readonly<Record<string, readonly SettingValue[]>> = {},
  versions: Settings['versions'] = { '15.18': PG15 },
  at = 1000,
): Settings {
  const [version = null] = Object.keys(versions);
  return {
    at,
    versions,
    members: ['n1', 'n2', 'n3'].map((name) => ({ name, version, problem: null, values: values[name] ?? [] })),
  };
}

export function factsWith(
  patroniVersion: string,
  members: Partial<Record<string, Partial<ConfigMember>>> = {},
): ConfigFacts {
  return {
    leader: 'n1',
    members: ['n1', 'n2', 'n3'].map((name) => ({
      name,
      patroniVersion,
      postgresVersion: '15.18',
      streams: true,
      maySync: true,
      ...members[name],
    })),
  };
}
