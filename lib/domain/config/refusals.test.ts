import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../wire/loose';
import { pythonInt } from '../wire/loose';
import { refusalsOf } from './refusals';

const pg = (parameters: unknown): JsonObject => ({ postgresql: { parameters } });
/** What 3.0.2, 3.1.0 and later, and an unknown version refuse. */
const TABLE: readonly (readonly [JsonObject, { readonly old: boolean; readonly now: boolean }])[] = [
  [
    { ttl: 30, loop_wait: 10, retry_timeout: 10 },
    { old: false, now: false },
  ],
  [{}, { old: false, now: false }],
  [{ ttl: null }, { old: true, now: true }],
  [{ ttl: 'abc' }, { old: true, now: true }],
  [{ ttl: '30' }, { old: false, now: false }],
  [{ ttl: ' 1_000 ' }, { old: false, now: false }],
  [{ ttl: '30.5' }, { old: true, now: true }],
  // int() cuts it, and reads true as 1.
  [{ ttl: 30.5 }, { old: false, now: false }],
  [{ loop_wait: true }, { old: false, now: false }],
  [{ retry_timeout: [10] }, { old: true, now: true }],
  [{ maximum_lag_on_failover: null }, { old: true, now: false }],
  [{ maximum_lag_on_failover: '1MB' }, { old: true, now: false }],
  [{ check_timeline: 'on' }, { old: true, now: false }],
  [{ check_timeline: true }, { old: false, now: false }],
  [{ synchronous_node_count: 'two' }, { old: true, now: false }],
  [
    { synchronous_mode: 'quorum', failsafe_mode: null },
    { old: false, now: false },
  ],
  [{ max_timelines_history: 'x' }, { old: false, now: false }],
  [{ watchdog: { mode: 'off' } }, { old: true, now: false }],
  [{ master_start_timeout: 'x' }, { old: true, now: false }],
  [
    { master_start_timeout: 'x', primary_start_timeout: 300 },
    { old: false, now: false },
  ],
  [{ postgresql: null }, { old: false, now: false }],
  [{ postgresql: 'x' }, { old: true, now: true }],
  [{ postgresql: [] }, { old: false, now: false }],
  [{ standby_cluster: 'host' }, { old: true, now: true }],
  [{ standby_cluster: null }, { old: false, now: false }],
  [pg(null), { old: false, now: false }],
  [pg(['a']), { old: true, now: true }],
  [pg('work_mem'), { old: true, now: true }],
  [pg({ work_mem: 'nonsense' }), { old: false, now: false }],
  [pg({ max_connections: 'many' }), { old: true, now: false }],
  [pg({ Max_Connections: null }), { old: true, now: false }],
  [pg({ max_connections: '100' }), { old: false, now: false }],
  [pg({ wal_keep_size: '2 parsecs' }), { old: true, now: false }],
  [pg({ wal_keep_size: '1GB' }), { old: false, now: false }],
  [pg({ wal_level: true }), { old: true, now: false }],
  [pg({ wal_level: 'nonsense' }), { old: false, now: false }],
];

describe('refusalsOf', () => {
  it.each(TABLE)('%j', (value, { old, now }) => {
    expect(refusalsOf(value, '3.0.2').length > 0).toBe(old);
    for (const version of ['3.1.0', '3.3.11', '4.0.10', '4.1.5', null])
      expect(refusalsOf(value, version).length > 0).toBe(now);
  });

  it('names the place and the reason', () => {
    expect(refusalsOf({ ttl: null, postgresql: 'x' }, '4.1.5').map(({ path, why }) => [path, String(why)])).toEqual([
      [['ttl'], 'ttl has no value'],
      [['postgresql'], 'postgresql must be an object'],
    ]);
  });
});

describe('pythonInt', () => {
  it.each([
    ['1', 1],
    [' -7 ', -7],
    ['1__0', null],
    ['0x10', null],
    ['1.0', null],
    ['', null],
    [1.9, 1],
    [-1.9, -1],
    [true, 1],
    [null, null],
    [{}, null],
  ])('int(%j) is %j', (value, expected) => {
    expect(pythonInt(value)).toBe(expected);
  });
});
