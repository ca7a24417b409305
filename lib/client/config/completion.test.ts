import { describe, expect, it } from 'vitest';
import { definitionsOf } from '../../domain/config/guc';
import { PG15, settingsOf } from '../../domain/config/test-settings';
import { placeAt, suggest } from './completion';

const definitions = definitionsOf(settingsOf());

function offered(text: string, format: 'yaml' | 'json' = 'yaml'): readonly string[] | null {
  const at = text.indexOf('|');
  const place = placeAt(text.replace('|', ''), at, format);
  return place && suggest(place, definitions, [], format).map((entry) => entry.label);
}

describe('completion in YAML', () => {
  it.each([
    ['|', ['ttl', 'synchronous_mode', 'postgresql'], ['work_mem', 'use_slots']],
    ['ttl: 30\nloop|', ['loop_wait'], ['work_mem']],
    ['postgresql:\n  |', ['use_slots', 'pg_hba', 'parameters'], ['ttl', 'work_mem']],
    ['postgresql:\n  pg_hba:\n  - a\n  parameters:\n    # x\n    wo|', ['work_mem'], ['ttl', 'block_size']],
    ['synchronous_mode: |', ['true', 'quorum'], []],
    ['postgresql:\n  parameters:\n    wal_level: |', ['replica', 'logical'], []],
    ['postgresql:\n  parameters:\n    autovacuum: o|', ['on', 'off'], ['true']],
  ])('%j', (text, wanted, unwanted) => {
    const found = offered(text);
    expect(found).toEqual(expect.arrayContaining([...wanted]));
    for (const name of unwanted) expect(found).not.toContain(name);
  });

  it('offers nothing in a comment, a list or a quote', () => {
    expect(offered('# lo|')).toBeNull();
    expect(offered('postgresql:\n  pg_hba:\n    - ho|')).toBeNull();
    expect(offered("ttl: '3|")).toBeNull();
  });
});

describe('completion in JSON', () => {
  it.each([
    ['{ "|', ['ttl']],
    ['{ "ttl": 30, "lo|" }', ['loop_wait']],
    ['{ "postgresql": { "pg_hba": ["a"], "parameters": { "|" } } }', ['work_mem']],
    ['{ "synchronous_mode": |', ['true', 'quorum']],
  ])('%j', (text, wanted) => {
    expect(offered(text, 'json')).toEqual(expect.arrayContaining([...wanted]));
  });

  it('quotes what is a text', () => {
    const place = placeAt('{ "synchronous_mode": ', 22, 'json');
    expect(place && suggest(place, definitions, [], 'json').map((entry) => entry.insert)).toEqual([
      'false',
      'true',
      '"quorum"',
    ]);
  });
});

it('says range, unit and what a change costs', () => {
  const place = placeAt('postgresql:\n  parameters:\n    ', 31, 'yaml');
  const found = place && suggest(place, definitions, ['work_mem'], 'yaml');
  expect(found?.find((entry) => entry.label === 'shared_buffers')).toMatchObject({
    detail: 'integer in 8kB, 128kB to 8589934584kB',
    info: expect.stringContaining('needs a restart'),
    insert: 'shared_buffers: ',
  });
  expect(found?.map((entry) => entry.label)).not.toContain('work_mem');
  expect(PG15.length).toBeGreaterThan(10);
});
