import { describe, expect, it } from 'vitest';
import { checkSetting, closest, formatSetting, mayBeSame, parseSetting, rangeWords, sameSetting } from './guc';
import { PG15 } from './test-settings';

const definition = (name: string) => {
  const found = PG15.find((row) => row.name === name);
  if (found === undefined) throw new Error(`no definition of ${name}`);
  return found;
};

describe('parseSetting reads as PostgreSQL does', () => {
  it.each([
    ['shared_buffers', '8GB', 1048576],
    ['shared_buffers', '128MB', 16384],
    ['shared_buffers', 16384, 16384],
    ['shared_buffers', '1.5GB', 196608],
    ['work_mem', '64kB', 64],
    ['work_mem', '4096', 4096],
    ['work_mem', '65536B', 64],
    ['work_mem', '0x400', 1024],
    ['work_mem', '0100', 64],
    ['work_mem', ' 1 MB ', 1024],
    ['work_mem', '4097.5kB', 4098],
    // Rounded to a whole MB first, the next smaller unit of GB.
    ['work_mem', '0.0301GB', 31744],
    ['log_min_duration_statement', '10min', 600000],
    ['log_min_duration_statement', '1.5s', 1500],
    ['log_min_duration_statement', '-1', -1],
    ['log_rotation_age', '1d', 1440],
    ['checkpoint_timeout', '500ms', 0],
    ['checkpoint_timeout', '1500ms', 2],
    ['random_page_cost', '1.1', 1.1],
    ['random_page_cost', '1e-3', 0.001],
    ['random_page_cost', '010', 10],
    ['random_page_cost', '0x10', 16],
    ['autovacuum_vacuum_cost_delay', '500us', 0.5],
    ['autovacuum', 'YES', true],
    ['autovacuum', 0, false],
    ['autovacuum', true, true],
    ['wal_level', 'hot_standby', 'replica'],
    ['archive_mode', true, 'on'],
    ['synchronous_commit', 'Remote_Write', 'remote_write'],
  ] as const)('%s %s', (name, typed, value) => {
    expect(parseSetting(typed, definition(name))).toEqual({ ok: true, value });
  });

  it.each([
    ['work_mem', '8mb'],
    ['work_mem', '8 parsecs'],
    ['work_mem', 'lots'],
    ['work_mem', ''],
    ['work_mem', null],
    ['work_mem', []],
    ['max_connections', '100kB'],
    ['checkpoint_timeout', '5MB'],
    ['autovacuum', 't'],
    ['wal_level', 'hot'],
  ] as const)('refuses %s %s', (name, typed) => {
    expect(parseSetting(typed, definition(name)).ok).toBe(false);
  });
});

describe('sameSetting', () => {
  it.each([
    ['work_mem', '1GB', '1024MB', true],
    ['work_mem', 4096, '4MB', true],
    ['work_mem', '16MB', '32MB', false],
    ['autovacuum', 'on', true, true],
    ['random_page_cost', '1.10', 1.1, true],
    ['archive_command', 'a', 'A', false],
    ['work_mem', 'lots', 'lots', false],
  ] as const)('%s: %s and %s: %s', (name, a, b, same) => {
    expect(sameSetting(a, b, definition(name))).toBe(same);
  });
});

describe('checkSetting', () => {
  it.each([
    ['work_mem', '16kB', 'below_minimum', '64kB'],
    ['checkpoint_timeout', '2d', 'above_maximum', '1d'],
    ['checkpoint_timeout', '5 parsecs', 'wrong_unit', null],
    ['checkpoint_timeout', 'soon', 'wrong_type', null],
    ['synchronous_commit', 'remote_aply', 'not_in_enum', 'remote_apply'],
    ['max_connections', '1e9', 'above_maximum', '262143'],
  ] as const)('%s %s is %s', (name, typed, code, nearest) => {
    expect(checkSetting(typed, definition(name))).toMatchObject({ code, nearest });
  });

  it('lets through what is in range', () => {
    expect(checkSetting('32MB', definition('work_mem'))).toBeNull();
    expect(checkSetting('1.1', definition('random_page_cost'))).toBeNull();
  });
});

it('formats base units as SHOW does', () => {
  expect(formatSetting('16384', definition('shared_buffers'))).toBe('128MB');
  expect(formatSetting('250', definition('log_min_duration_statement'))).toBe('250ms');
  expect(formatSetting('60000', definition('log_min_duration_statement'))).toBe('1min');
  expect(formatSetting('-1', definition('log_min_duration_statement'))).toBe('-1');
  expect(rangeWords(definition('work_mem'))).toBe('64kB to 2147483647kB');
  expect(rangeWords(definition('autovacuum'))).toBe('on or off');
});

it('offers the name that was meant, and none that is far', () => {
  expect(closest('wrok_mem', ['work_mem', 'ttl'])).toBe('work_mem');
  expect(closest('loopwait', ['loop_wait'])).toBe('loop_wait');
  expect(closest('something', ['ttl', 'work_mem'])).toBeNull();
});

it('knows texts that PostgreSQL rewrites', () => {
  const text = { ...definition('archive_command'), name: 'DateStyle' };
  expect(mayBeSame('ISO, MDY', 'iso', text)).toBe(true);
  expect(mayBeSame('ISO, MDY', 'iso,mdy', text)).toBe(true);
  expect(mayBeSame('ISO, MDY', 'german', text)).toBe(false);
  const compression = {
    ...definition('archive_mode'),
    name: 'wal_compression',
    enumValues: ['pglz', 'lz4', 'on', 'off'],
  };
  expect(sameSetting('pglz', 'on', compression)).toBe(true);
});
