// ttl, loop_wait and retry_timeout as Patroni works with them. Since 3.2.0 a value below its floor becomes the floor, and where
// `loop_wait + 2 * retry_timeout` is more than ttl first loop_wait is lowered, then both, in memory only; 3.0.2 and 3.1.2 take what
// stands there (config.py _validate_and_adjust_timeouts). Pure.
import { type JsonObject, patroniInt, pythonInt } from '../wire/loose';
import { compareVersions } from './facts';

export const TIMEOUTS = { ttl: 30, loop_wait: 10, retry_timeout: 10 } as const;
export const TIMEOUT_FLOORS = { ttl: 20, loop_wait: 1, retry_timeout: 3 } as const;

export interface Timeouts {
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

/** `version` null: not known, read as the newest. What no version takes over counts as absent. */
export function timeoutsInForce(value: JsonObject, version: string | null): Timeouts {
  const said = (name: keyof Timeouts): number =>
    (Object.hasOwn(value, name) ? pythonInt(value[name]) : null) ?? TIMEOUTS[name];
  const stored = { ttl: said('ttl'), loop_wait: said('loop_wait'), retry_timeout: said('retry_timeout') };
  if (compareVersions(version, '3.2.0') === -1) return stored;
  const ttl = Math.max(stored.ttl, TIMEOUT_FLOORS.ttl);
  const loop_wait = Math.max(stored.loop_wait, TIMEOUT_FLOORS.loop_wait);
  const retry_timeout = Math.max(stored.retry_timeout, TIMEOUT_FLOORS.retry_timeout);
  const least = TIMEOUT_FLOORS.loop_wait;
  if (least + 2 * retry_timeout > ttl) return { ttl, loop_wait: least, retry_timeout: Math.floor((ttl - least) / 2) };
  return { ttl, loop_wait: Math.min(loop_wait, ttl - 2 * retry_timeout), retry_timeout };
}

/** How long a primary may take to start before Patroni hands over, s; before 3.0 it was called master_start_timeout. */
export function startTimeoutOf(value: JsonObject | undefined): number {
  return patroniInt(value?.primary_start_timeout ?? value?.master_start_timeout) ?? 300;
}
