// What makes a version of Patroni refuse a whole dynamic configuration: an exception while it is taken over. Nothing of `ttl`,
// `loop_wait`, `retry_timeout`, `postgresql` and `standby_cluster` is then in force, and no later change of them either, with a line
// in the log only; what Patroni reads raw (`pause`, `synchronous_mode`, slots) goes on.
// config.py set_dynamic_configuration and _safe_copy_dynamic_configuration, v3.0.2, v3.1.0, v3.2.0, v3.3.11, v4.0.10, v4.1.5. Pure.
import { say, type Text } from '../../language/sentence';
import { field, isObject, type JsonObject, pythonInt } from '../wire/loose';
import type { Path } from './diff';
import { compareVersions } from './facts';

export interface Refusal {
  readonly path: Path;
  readonly why: Text;
}

const SECONDS = ['ttl', 'loop_wait', 'retry_timeout'] as const;

/** Before 3.1 every key that Patroni has a default for, but modes, is read by int(). */
const WHOLE_BEFORE_31 = [
  'maximum_lag_on_failover',
  'maximum_lag_on_syncnode',
  'check_timeline',
  'primary_start_timeout',
  'primary_stop_timeout',
  'synchronous_node_count',
  'watchdog',
] as const;

/** Python's truth: what is false counts as absent. */
function pythonTruth(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** Whole numbers that Patroni before 3.1 reads by int(), with their floors; wal_keep_size by its own reading. */
const HELD_NUMBERS = [
  'max_connections',
  'max_wal_senders',
  'wal_keep_segments',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'max_replication_slots',
  'max_worker_processes',
] as const;

/** `version` null: not known, what every version refuses. Empty: it takes the configuration over, as far as it understands it. */
export function refusalsOf(value: JsonObject, version: string | null): readonly Refusal[] {
  const old = compareVersions(version, '3.1.0') === -1;
  const keys: readonly string[] = old ? [...SECONDS, ...WHOLE_BEFORE_31] : SECONDS;
  return [
    ...keys.flatMap((name) => wholeRefusal(value, name)),
    ...(old ? renamedRefusals(value) : []),
    ...['postgresql', 'standby_cluster'].flatMap((name) => objectRefusal(value[name], [name])),
    ...objectRefusal(field(value.postgresql, 'parameters'), ['postgresql', 'parameters']),
    ...(old ? heldRefusals(field(value.postgresql, 'parameters')) : []),
  ];
}

function wholeRefusal(value: JsonObject, name: string): readonly Refusal[] {
  if (!Object.hasOwn(value, name) || pythonInt(value[name]) !== null) return [];
  const why = value[name] === null ? say`${name} has no value` : say`${name} is no whole number`;
  return [{ path: [name], why }];
}

function renamedRefusals(value: JsonObject): readonly Refusal[] {
  return ['start', 'stop'].flatMap((word) =>
    Object.hasOwn(value, `primary_${word}_timeout`) ? [] : wholeRefusal(value, `master_${word}_timeout`),
  );
}

function objectRefusal(value: unknown, path: readonly string[]): readonly Refusal[] {
  return !pythonTruth(value) || isObject(value) ? [] : [{ path, why: say`${path.join('.')} must be an object` }];
}

function heldRefusals(parameters: unknown): readonly Refusal[] {
  if (!isObject(parameters)) return [];
  return Object.entries(parameters).flatMap(([name, value]): readonly Refusal[] => {
    const low = name.toLowerCase();
    const path = ['postgresql', 'parameters', name];
    const whole = HELD_NUMBERS.some((held) => held === low) && pythonInt(value) === null;
    // parse_int of a text with a unit that it does not know is None, which is no number to compare.
    const size =
      low === 'wal_keep_size' &&
      !/^\s*[-+]?(0[xX][\da-fA-F]+|\d+(\.\d*)?([eE][-+]?\d+)?)\s*([kMGT]?B)?\s*$/.test(String(value));
    if (whole || size) return [{ path, why: say`${name} is no whole number` }];
    return low === 'wal_level' && typeof value !== 'string' ? [{ path, why: say`wal_level is no text` }] : [];
  });
}
