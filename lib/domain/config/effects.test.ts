import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../wire/loose';
import { diffConfig } from './diff';
import { effectsOf, restartOrder } from './effects';
import type { ConfigFacts } from './facts';
import type { Settings } from './guc';
import { factsWith, PG15, settingsOf, value } from './test-settings';
import { uptakeOf, uptakeWords } from './uptake';

const parameters = (more: JsonObject, top: JsonObject = {}): JsonObject => ({
  ...top,
  postgresql: { parameters: more },
});

function effects(
  before: JsonObject,
  after: JsonObject,
  settings: Settings | null = settingsOf(),
  facts = factsWith('4.1.5'),
) {
  return effectsOf(diffConfig(before, after), { before, after, settings, facts });
}

describe('effectsOf', () => {
  it.each<[string, JsonObject, JsonObject, string, string | RegExp]>([
    ['a key of Patroni', {}, { failsafe_mode: true }, 'next_loop', 'all members, no reload'],
    ['the default of a key', { ttl: 30, loop_wait: 10 }, { ttl: 30 }, 'none', 'it is the default'],
    ['an unknown key', {}, { nonsense: 1 }, 'none', 'Patroni does not know it'],
    ['reload', parameters({ work_mem: '4MB' }), parameters({ work_mem: '8MB' }), 'reload', 'all members'],
    ['segments', parameters({}), parameters({ wal_keep_segments: 64 }), 'reload', 'all members'],
    ['segments of the default', parameters({}), parameters({ wal_keep_segments: 8 }), 'none', 'it is the default'],
    [
      'segments beside the size',
      parameters({ wal_keep_size: '1GB' }),
      parameters({ wal_keep_size: '1GB', wal_keep_segments: 64 }),
      'none',
      'ignored beside wal_keep_size',
    ],
    ['session', parameters({}), parameters({ log_connections: 'on' }), 'session', 'all members'],
    [
      'increase',
      parameters({ max_connections: 100 }),
      parameters({ max_connections: 200 }),
      'restart',
      'n2 n3 first, then n1',
    ],
    [
      'decrease',
      parameters({ max_connections: 200 }),
      parameters({ max_connections: 100 }),
      'restart',
      /^n1 first, then n2 n3: .* second restart$/,
    ],
    ['removed, to the default', parameters({ max_connections: 200 }), parameters({}), 'restart', /^n1 first/],
    [
      'not sensitive',
      parameters({ shared_buffers: '8GB' }),
      parameters({ shared_buffers: '4GB' }),
      'restart',
      'n2 n3 first, then n1',
    ],
    ['equal in effect', parameters({ work_mem: '1GB' }), parameters({ work_mem: '1024MB' }), 'none', 'equal in effect'],
    ['the default', parameters({ work_mem: '4MB' }), parameters({}), 'none', 'it is the default'],
    [
      'a number as text',
      parameters({ max_connections: 100 }),
      parameters({ max_connections: '100' }),
      'none',
      /prints the same/,
    ],
    ['owned', parameters({}), parameters({ port: 1 }), 'none', 'Patroni owns it'],
    [
      'sync names, on',
      parameters({}),
      parameters({ synchronous_standby_names: '*' }, { synchronous_mode: true }),
      'none',
      'Patroni owns it',
    ],
    ['sync names, off', parameters({}), parameters({ synchronous_standby_names: '*' }), 'reload', 'all members'],
    ['unknown', parameters({}), parameters({ no_such: 1 }), 'none', /does not know it/],
    ['an extension', parameters({}), parameters({ 'cron.database': 'x' }), 'reload', /extension/],
    ['pg_hba', { postgresql: { pg_hba: ['a'] } }, { postgresql: { pg_hba: ['b'] } }, 'reload', /local file/],
    ['recovery_conf', {}, { postgresql: { recovery_conf: { restore_command: 'x' } } }, 'reload', /replicas/],
  ])('%s', (_name, before, after, effect, text) => {
    const found = effects(before, after).find((entry) => entry.path[0] !== 'synchronous_mode');
    expect(found).toMatchObject({ effect, text: typeof text === 'string' ? text : expect.stringMatching(text) });
  });

  it('finds members whose own file wins', () => {
    const settings = settingsOf({ n3: [value('random_page_cost', '2')] });
    const [found] = effects(parameters({ random_page_cost: 4 }), parameters({ random_page_cost: 1.1 }), settings);
    expect(found).toMatchObject({ effect: 'reload', members: ['n1', 'n2'], ignoring: [{ member: 'n3' }] });
    expect(found?.text).toBe('n3: a local file or ALTER SYSTEM sets 2. Others: n1 and n2');
    const all = settingsOf({
      n1: [value('random_page_cost', '2')],
      n2: [value('random_page_cost', '2')],
      n3: [value('random_page_cost', '2')],
    });
    expect(effects(parameters({ random_page_cost: 4 }), parameters({ random_page_cost: 1.1 }), all)[0]).toMatchObject({
      effect: 'none',
      members: [],
    });
  });

  it('finds who sets a key that the DCS has not had: patroni.yml, ALTER SYSTEM, not what initdb left', () => {
    const file = (name: string) => settingsOf({ n3: [value('random_page_cost', '2', { file: name })] });
    const add = (name: string) => effects(parameters({}), parameters({ random_page_cost: 1.1 }), file(name))[0];
    expect(add('postgresql.conf')).toMatchObject({
      members: ['n1', 'n2'],
      ignoring: [{ member: 'n3', reason: 'its patroni.yml sets 2' }],
    });
    expect(add('postgresql.auto.conf')?.ignoring).toEqual([{ member: 'n3', reason: 'ALTER SYSTEM sets 2' }]);
    expect(add('postgresql.base.conf')?.ignoring).toEqual([]);
    const taken = settingsOf({ n3: [value('random_page_cost', '1.1', { file: 'postgresql.conf' })] });
    expect(effects(parameters({}), parameters({ random_page_cost: 1.1 }), taken)[0]?.ignoring).toEqual([]);
  });

  it('does not take a pending restart or a parameter of the DCS alone for a local file', () => {
    const waiting = settingsOf({ n3: [value('shared_buffers', '16384', { pendingRestart: true })] });
    expect(
      effects(parameters({ shared_buffers: '1GB' }), parameters({ shared_buffers: '2GB' }), waiting)[0]?.ignoring,
    ).toEqual([]);
    const other = settingsOf({ n3: [value('max_connections', '50', { source: 'command line' })] });
    expect(
      effects(parameters({ max_connections: 100 }), parameters({ max_connections: 200 }), other)[0]?.ignoring,
    ).toEqual([]);
  });

  it('does not take a value that was stored a moment ago for one that lost', () => {
    const before = parameters({ random_page_cost: 4 });
    const after = parameters({ random_page_cost: 1.1 });
    const settings = settingsOf({ n3: [value('random_page_cost', '2')] }, undefined, 60_000);
    const at = (storedAt: number) =>
      effectsOf(diffConfig(before, after), { before, after, settings, facts: factsWith('4.1.5'), storedAt })[0]
        ?.ignoring;
    expect(at(50_000)).toEqual([]);
    expect(at(10_000)).toHaveLength(1);
  });

  it('names who does not stream', () => {
    const facts = factsWith('4.1.5', { n3: { streams: false } });
    const [found] = effects(
      parameters({ max_connections: 100 }),
      parameters({ max_connections: 200 }),
      settingsOf(),
      facts,
    );
    expect(found?.text).toBe('n2 first, then n1; n3 does not stream');
  });

  it('says unknown where pg_settings could not be read', () => {
    expect(effects(parameters({}), parameters({ work_mem: '8MB' }), null)[0]).toMatchObject({ effect: 'unknown' });
  });

  it('one decrease puts the primary first for all', () => {
    const before = parameters({ max_connections: 200, shared_buffers: '1GB' });
    const after = parameters({ max_connections: 100, shared_buffers: '2GB' });
    const context = { before, after, settings: settingsOf(), facts: factsWith('4.1.5') };
    expect(restartOrder(effectsOf(diffConfig(before, after), context), context)).toEqual({
      primaryFirst: true,
      members: ['n1', 'n2', 'n3'],
    });
  });
});

it('wal_keep_segments is taken up as wal_keep_size', () => {
  const of = (setting: string) => {
    const [before, after] = [parameters({}), parameters({ wal_keep_segments: 64 })];
    const rows = [value('wal_keep_size', setting)];
    const settings = settingsOf({ n1: rows, n2: rows, n3: rows }, { '15.18': PG15 }, 50_000);
    const about = {
      facts: factsWith('4.1.5'),
      savedAt: 1000,
      now: 60_000,
      loopWaitSeconds: 10,
      pending: {},
      silent: [],
    };
    return uptakeOf(diffConfig(before, after), { before, after, settings, ...about }).map(({ state }) => state);
  };
  expect(of('1024')).toEqual(['taken', 'taken', 'taken']);
  expect(of('128')).not.toContain('taken');
});

describe('uptakeOf', () => {
  const before = parameters({ work_mem: '4MB', max_connections: 100 });
  const after = parameters({ work_mem: '8MB', max_connections: 200 });
  const base = {
    before,
    after,
    facts: factsWith('4.1.5') as ConfigFacts,
    savedAt: 1000,
    now: 30_000,
    loopWaitSeconds: 10,
    pending: {},
    silent: [],
  };
  const done = [
    value('work_mem', '8192', { shown: '8MB' }),
    value('max_connections', '200', { source: 'command line' }),
  ];

  it('names who has it, who waits for a restart, who does not answer', () => {
    const settings = settingsOf(
      {
        n1: done,
        n2: [value('work_mem', '8192', { shown: '8MB' }), value('max_connections', '100', { source: 'command line' })],
      },
      undefined,
      20_000,
    );
    const found = uptakeOf(diffConfig(before, after), {
      ...base,
      settings,
      pending: { n2: ['max_connections'] },
      silent: ['n3'],
    });
    expect(found.map((entry) => entry.state)).toEqual(['taken', 'pending_restart', 'unknown']);
    expect(uptakeWords(found)).toBe('applied by n1, not by n2 and n3');
  });

  it('believes only what was read after the save', () => {
    const old = settingsOf({ n1: done, n2: done, n3: done }, undefined, 900);
    expect(
      uptakeOf(diffConfig(before, after), { ...base, now: 2000, settings: old }).map((entry) => entry.state),
    ).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('shows a local file that wins over a new key only after a loop', () => {
    const start = parameters({});
    const next = parameters({ work_mem: '8MB' });
    const settings = settingsOf(
      { n1: done, n2: done, n3: [value('work_mem', '2048', { shown: '2MB' })] },
      undefined,
      20_000,
    );
    const context = { ...base, before: start, after: next, settings };
    expect(uptakeOf(diffConfig(start, next), { ...context, now: 5000 })[2]).toMatchObject({ state: 'waiting' });
    expect(uptakeOf(diffConfig(start, next), context)[2]).toMatchObject({
      state: 'ignored',
      text: expect.stringContaining('2MB'),
    });
  });

  it('does not take its own session for the server', () => {
    const own = [value('work_mem', '65536', { source: 'user' })];
    const settings = settingsOf({ n1: own, n2: done, n3: own }, undefined, 20_000);
    const next = parameters({ work_mem: '8MB', max_connections: 100 });
    expect(uptakeOf(diffConfig(before, next), { ...base, after: next, settings })[0]).toMatchObject({
      state: 'taken',
      text: expect.stringContaining('own session'),
    });
  });

  it('does not claim to see what Patroni does not show', () => {
    const changes = diffConfig({}, { failsafe_mode: true });
    const context = { ...base, before: {}, after: { failsafe_mode: true }, settings: null };
    expect(uptakeOf(changes, { ...context, now: 2000 })[0]?.state).toBe('waiting');
    expect(uptakeOf(changes, context)[0]).toMatchObject({
      state: 'taken',
      text: expect.stringContaining('does not show'),
    });
  });
});
