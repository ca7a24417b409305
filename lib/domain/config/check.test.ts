import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../wire/loose';
import { applyFix, CHECK_RULES, checkConfig, problemWords, uncheckedWords } from './check';
import { NO_FACTS } from './facts';
import type { Settings } from './guc';
import { factsWith, PG15, settingsOf } from './test-settings';

const NEW = factsWith('4.1.5');
const OLD = factsWith('3.0.2');
const BASE: JsonObject = {
  ttl: 30,
  loop_wait: 10,
  retry_timeout: 10,
  maximum_lag_on_failover: 1048576,
  postgresql: {
    use_pg_rewind: true,
    parameters: { max_connections: 100, archive_mode: 'on', 'pg_stat_statements.max': 1000 },
    pg_hba: ['host replication replicator 10.0.0.0/8 scram-sha-256', 'host all all 10.0.0.0/8 scram-sha-256'],
  },
};

const check = (value: JsonObject, facts = NEW, settings: Settings | null = settingsOf(), before = BASE) =>
  checkConfig({ value, before, settings, facts });
const parameters = (more: JsonObject): JsonObject => ({ ...BASE, postgresql: { parameters: more } });
const postgresql = (more: JsonObject): JsonObject => ({ ...BASE, postgresql: more });

describe('checkConfig', () => {
  it('has nothing against a sound configuration, on any version, also with nothing known', () => {
    for (const facts of [NEW, OLD, NO_FACTS]) {
      expect(check(BASE, facts)).toEqual([]);
      expect(check(BASE, facts, null)).toEqual([]);
    }
  });

  it.each<[string, JsonObject, string, 'error' | 'warning' | 'note', RegExp]>([
    ['empty', {}, 'empty_document', 'error', /writes its own copy back/],
    ['ttl text', { ...BASE, ttl: 'abc' }, 'blocks_configuration', 'error', /later changes/],
    ['ttl fraction', { ...BASE, ttl: 30.5 }, 'wrong_type', 'error', /whole number of seconds: Patroni would round it/],
    ['ttl null', { ...BASE, ttl: null }, 'blocks_configuration', 'error', /ttl has no value: Patroni would refuse/],
    ['ttl true', { ...BASE, ttl: true }, 'wrong_type', 'error', /whole number/],
    ['ttl low', { ...BASE, ttl: 15 }, 'below_floor', 'error', /become 20/],
    ['retry low', { ...BASE, retry_timeout: 2 }, 'below_floor', 'error', /become 3/],
    [
      'ttl rule',
      { ...BASE, retry_timeout: 12 },
      'ttl_rule',
      'error',
      /= 34 s is more than ttl 30 s. Patroni would lower loop_wait to 6 s/,
    ],
    [
      'ttl rule, both',
      { ...BASE, retry_timeout: 20 },
      'ttl_rule',
      'error',
      /lower loop_wait to 1 s and retry_timeout to 14 s/,
    ],
    ['ttl rule of defaults', { ...BASE, ttl: 25, loop_wait: 10 }, 'ttl_rule', 'error', /= 30 s is more than ttl 25 s/],
    ['lag with unit', { ...BASE, maximum_lag_on_failover: '1MB' }, 'wrong_type', 'error', /of bytes/],
    ['lag zero', { ...BASE, maximum_lag_on_failover: 0 }, 'lag_limit_zero', 'warning', /without any lag/],
    ['lag high', { ...BASE, maximum_lag_on_failover: 2 ** 31 }, 'lag_limit_high', 'warning', /2 GiB/],
    ['typo', { ...BASE, slost: {} }, 'unknown_key', 'warning', /Did you mean slots/],
    ['typo', { ...BASE, loop_wiat: 5 }, 'unknown_key', 'warning', /Did you mean loop_wait/],
    ['unknown', { ...BASE, howdah: 5 }, 'unknown_key', 'warning', /stored and ignored/],
    ['section', { ...BASE, tags: {} }, 'local_key', 'warning', /local file/],
    ['misplaced GUC', { ...BASE, work_mem: '8MB' }, 'misplaced_parameter', 'error', /PostgreSQL parameter/],
    ['misplaced key', { ...BASE, use_slots: true }, 'misplaced_key', 'error', /under postgresql/],
    ['GUC in postgresql', postgresql({ work_mem: '8MB' }), 'misplaced_parameter', 'error', /postgresql.parameters/],
    ['Patroni key in postgresql', postgresql({ ttl: 30 }), 'misplaced_key', 'error', /top level/],
    ['Patroni key in parameters', parameters({ loop_wait: 30 }), 'misplaced_key', 'error', /top level/],
    ['removed key', postgresql({ data_dir: '/x' }), 'removed_key', 'warning', /local file/],
    ['typo in postgresql', postgresql({ use_slot: true }), 'unknown_key', 'warning', /Did you mean use_slots/],
    ['parameters a list', postgresql({ parameters: ['a'] }), 'blocks_configuration', 'error', /must be an object/],
    ['parameters an empty list', postgresql({ parameters: [] }), 'wrong_type', 'error', /an object/],
    ['standby_cluster a text', { ...BASE, standby_cluster: 'x' }, 'blocks_configuration', 'error', /must be an object/],
    ['rewind by text', postgresql({ use_pg_rewind: 'off' }), 'text_is_true', 'error', /every text for true, also off/],
    ['slots null', postgresql({ use_slots: null }), 'null_value', 'error', /false and drops the slots/],
    ['rewind null', postgresql({ use_pg_rewind: null }), 'null_value', 'warning', /default/],
    ['rounded', { ...BASE, maximum_lag_on_failover: 2 ** 60 }, 'number_too_large', 'error', /as a text/],
    ['destination', parameters({ log_destination: 'csvlog, stdout' }), 'not_in_enum', 'error', /refuse stdout/],
    ['date style', parameters({ DateStyle: 'ISO, DYM' }), 'not_in_enum', 'error', /refuse DYM/],
    ['zone', parameters({ TimeZone: 'Mars/Base' }), 'unchecked_value', 'note', /Not checked/],
    ['locale', parameters({ lc_messages: 'de_DE' }), 'unchecked_value', 'note', /Not checked/],
    ['certificate', parameters({ ssl_cert_file: '/x.crt' }), 'unchecked_value', 'note', /Not checked/],
    ['line break', parameters({ archive_command: 'a\nb' }), 'line_break', 'error', /not start any more/],
    ['name', parameters({ 'a b.c': 1 }), 'parameter_name', 'error', /cannot be the name/],
    ['debug', parameters({ log_min_messages: 'debug' }), 'not_in_enum', 'error', /takes debug5/],
    ['file mode', parameters({ log_file_mode: 640 }), 'above_maximum', 'error', /read in decimal.*'0640'|0640/],
    ['postgresql a text', { ...BASE, postgresql: 'x' }, 'blocks_configuration', 'error', /must be an object/],
    ['unknown GUC', parameters({ wrok_mem: '8MB' }), 'unknown_parameter', 'error', /Did you mean work_mem/],
    ['far GUC', parameters({ no_such_thing: 1 }), 'unknown_parameter', 'warning', /drops it silently/],
    ['unit', parameters({ work_mem: '8 parsecs' }), 'wrong_unit', 'error', /unit parsecs/],
    ['low', parameters({ work_mem: '16kB' }), 'below_minimum', 'error', /at least 64kB. Patroni would raise/],
    ['enum', parameters({ synchronous_commit: 'remote_aply' }), 'not_in_enum', 'error', /takes local, remote_write/],
    ['bool', parameters({ autovacuum: 'maybe' }), 'wrong_type', 'error', /on or off/],
    ['object', parameters({ work_mem: { a: 1 } }), 'wrong_type', 'error', /single value/],
    ['null', parameters({ work_mem: null }), 'null_value', 'error', /leave it out/],
    ['null at the top', { ...BASE, max_timelines_history: null }, 'null_value', 'warning', /no value/],
    ['internal', parameters({ block_size: 8192 }), 'internal_parameter', 'error', /cannot be set/],
    ['owned', parameters({ port: 5433 }), 'owned_parameter', 'warning', /ignored/],
    ['hot_standby off', parameters({ hot_standby: 'off' }), 'owned_parameter', 'warning', /keeps it on/],
    ['recovery', parameters({ restore_command: 'x' }), 'recovery_parameter', 'warning', /recovery_conf/],
    ['target', postgresql({ recovery_conf: { recovery_target_time: 'x' } }), 'recovery_target', 'warning', /stop at/],
    [
      'recovery typo',
      postgresql({ recovery_conf: { restore_comand: 'x' } }),
      'unknown_parameter',
      'warning',
      /Did you mean restore_command/,
    ],
    [
      'floor',
      parameters({ max_wal_senders: 2 }),
      'below_floor',
      'error',
      /Patroni.s minimum, 3: it would silently become the default 10/,
    ],
    ['floor of connections', parameters({ max_connections: 10 }), 'below_floor', 'error', /default 100/],
    ['floor with unit', parameters({ wal_keep_size: '8MB' }), 'below_floor', 'error', /16MB/],
    ['wal_level', parameters({ wal_level: 'minimal' }), 'below_floor', 'error', /default replica/],
    ['held text', parameters({ max_connections: 'many' }), 'wrong_type', 'error', /default 100/],
    [
      'twice',
      parameters({ work_mem: '8MB', Work_Mem: '9MB' }),
      'doubled_parameter',
      'error',
      /same parameter as work_mem/,
    ],
    ['preload', parameters({ shared_preload_libraries: 'x' }), 'found_at_restart', 'note', /restart one replica first/],
    [
      'sync names',
      { ...parameters({ synchronous_standby_names: '*' }), synchronous_mode: true },
      'owned_parameter',
      'warning',
      /Owned by Patroni while synchronous_mode is on: ignored/,
    ],
    ['sync mode', { ...BASE, synchronous_mode: 'maybe' }, 'wrong_type', 'error', /read as off/],
    ['strict alone', { ...BASE, synchronous_mode_strict: true }, 'strict_without_sync', 'warning', /No effect/],
    [
      'count',
      { ...BASE, synchronous_mode: true, synchronous_node_count: 3 },
      'sync_count_high',
      'warning',
      /there are 2/,
    ],
    ['count zero', { ...BASE, synchronous_node_count: 0 }, 'below_floor', 'error', /at least 1/],
    ['4.2 key', { ...BASE, primary_race_backoff: 3 }, 'too_new', 'warning', /before Patroni 4.2.0/],
    ['slot name', { ...BASE, slots: { 'My-Slot': { type: 'physical' } } }, 'slot_name', 'error', /lower case/],
    ['slot shape', { ...BASE, slots: { a: 'physical' } }, 'slot_shape', 'error', /object/],
    ['slot type', { ...BASE, slots: { a: { type: 'x' } } }, 'slot_type', 'error', /physical or logical/],
    [
      'logical slot',
      { ...BASE, slots: { a: { type: 'logical', database: 'd' } } },
      'slot_shape',
      'error',
      /needs plugin/,
    ],
    [
      'slot collision',
      { ...BASE, slots: { n2: { type: 'logical', database: 'd', plugin: 'p' } } },
      'slot_collision',
      'error',
      /n2's own slot/,
    ],
    ['ignore_slots', { ...BASE, ignore_slots: ['a'] }, 'slot_shape', 'error', /objects/],
    ['ignore_slots key', { ...BASE, ignore_slots: [{ nmae: 'a' }] }, 'unknown_key', 'warning', /nmae/],
    ['old slots name', { ...BASE, permanent_slots: {}, slots: {} }, 'shadowed_key', 'warning', /wins over slots/],
    ['old timeout name', { ...BASE, master_start_timeout: 9 }, 'renamed_key', 'note', /primary_start_timeout/],
    ['standby by hand', { ...BASE, standby_cluster: { host: 'x' } }, 'standby_by_hand', 'error', /use Demote cluster/],
    ['standby inactive', { ...BASE, standby_cluster: {} }, 'standby_inactive', 'warning', /No effect/],
    ['pause', { ...BASE, pause: true }, 'pause_by_hand', 'warning', /use Pause/],
    ['pg_hba text', postgresql({ pg_hba: 'host all all' }), 'wrong_type', 'error', /a list/],
    ['pg_hba numbers', postgresql({ pg_hba: [1] }), 'wrong_type', 'error', /a string/],
    ['pg_hba empty', postgresql({ pg_hba: [] }), 'empty_pg_hba', 'warning', /ignored/],
    [
      'pg_hba type',
      postgresql({ pg_hba: ['hots replication all all md5'] }),
      'pg_hba_type',
      'error',
      /refuse the file/,
    ],
    ['pg_hba short', postgresql({ pg_hba: ['host replication all md5'] }), 'pg_hba_short', 'error', /5 fields/],
    [
      'pg_hba replication',
      postgresql({ pg_hba: ['host all all 0.0.0.0/0 md5'] }),
      'pg_hba_no_replication',
      'warning',
      /standbys could not connect/,
    ],
    [
      'pg_hba unused',
      postgresql({ ...(BASE.postgresql as JsonObject), parameters: { hba_file: '/x' } }),
      'pg_hba_unused',
      'warning',
      /hba_file/,
    ],
  ])('%s', (_name, value, code, severity, text) => {
    const problem = check(value).find((entry) => entry.code === code);
    expect(problem).toMatchObject({ code, severity, stored: false });
    expect(problem?.text).toMatch(text);
  });

  it('offers fixes after which the same problem is gone', () => {
    const broken: readonly JsonObject[] = [
      { ...BASE, retry_timeout: 12 },
      { ...BASE, ttl: 25 },
      { ...BASE, ttl: '5min' },
      { ...BASE, maximum_lag_on_failover: '1MB' },
      { ...BASE, work_mem: '8MB', use_slots: true, loop_wiat: 3 },
      parameters({ max_wal_senders: 2, max_connections: 'x', wrok_mem: '8MB', synchronous_commit: 'remote_aply' }),
      parameters({ work_mem: '16kB', port: 1, restore_command: 'x', block_size: 1, checkpoint_timeout: null }),
    ];
    for (const start of broken) {
      let value = start;
      for (let turn = 0; turn < 12; turn += 1) {
        const next = check(value).find((problem) => problem.severity !== 'note' && problem.fix !== null);
        if (next === undefined || next.fix === null) break;
        value = applyFix(value, next.fix);
        expect(check(value)).not.toContainEqual(next);
      }
      expect(check(value).filter((problem) => problem.severity === 'error')).toEqual([]);
    }
  });

  it('moves a misplaced parameter with its value', () => {
    const [problem] = check({ ...BASE, work_mem: '8MB' });
    expect(problem?.fix && applyFix({ ...BASE, work_mem: '8MB' }, problem.fix)).toEqual({
      ...BASE,
      postgresql: {
        ...(BASE.postgresql as JsonObject),
        parameters: { ...((BASE.postgresql as JsonObject).parameters as JsonObject), work_mem: '8MB' },
      },
    });
  });

  it('does not keep a person from a change by what was wrong before', () => {
    const before = { ...BASE, retry_timeout: 12 };
    const problems = check({ ...before, maximum_lag_on_failover: 2097152 }, NEW, settingsOf(), before);
    expect(problems).toMatchObject([{ code: 'ttl_rule', stored: true, severity: 'warning' }]);
  });

  it('reads each rule as the oldest member does', () => {
    expect(check({ ...BASE, synchronous_mode: 'quorum' }, OLD)).toMatchObject([
      { code: 'quorum_too_new', severity: 'error' },
    ]);
    expect(check({ ...BASE, synchronous_mode: 'quorum' })).toEqual([]);
    const blocks = { code: 'blocks_configuration', severity: 'error' };
    expect(check({ ...BASE, watchdog: {} }, OLD)).toMatchObject([blocks, { code: 'local_key' }]);
    expect(check(parameters({ max_connections: 'x' }), OLD)).toMatchObject([blocks]);
    for (const value of [
      { ...BASE, check_timeline: 'on' },
      { ...BASE, maximum_lag_on_failover: null },
      { ...BASE, synchronous_node_count: 'two' },
    ]) {
      expect(check(value, OLD)[0]).toMatchObject(blocks);
      expect(check(value).filter((problem) => problem.code === blocks.code)).toEqual([]);
      // One old member is enough; it is named.
      expect(check(value, factsWith('4.1.5', { n3: { patroniVersion: '3.0.2' } }))[0]?.text).toMatch(
        /: n3 \(3.0.2\) would/,
      );
    }
    expect(check(postgresql({ use_slots: 'no' }), OLD)[0]).toMatchObject({ code: 'text_is_true' });
    expect(check(postgresql({ use_slots: 'no' }))).toEqual([]);
    expect(check(postgresql({ use_pg_rewind: 'on' }), OLD)).toEqual([]);
    expect(check({ ...BASE, ttl: 15 }, OLD)[0]?.text).toMatch(/since 3.2 .* n1 \(3.0.2\).* as it is/);
    expect(check({ ...BASE, retry_timeout: 12 }, OLD)[0]?.text).toMatch(
      /n1 \(3.0.2\).*would let the leader key run out/,
    );
    const ancient = factsWith('4.0.0', { n3: { patroniVersion: '2.1.7' } });
    expect(check({ ...BASE, failsafe_mode: true }, ancient)).toMatchObject([
      { code: 'failsafe_too_new', severity: 'error' },
    ]);
  });

  it('says when strict mode would stop every write', () => {
    const value = { ...BASE, synchronous_mode: true, synchronous_mode_strict: true };
    expect(check(value)).toEqual([]);
    expect(check(value, factsWith('4.1.5', { n2: { streams: false } }))).toMatchObject([
      { code: 'strict_one_standby' },
    ]);
    expect(check(value, factsWith('4.1.5', { n2: { streams: false }, n3: { maySync: false } }))).toMatchObject([
      { code: 'strict_stops_writes', severity: 'error' },
    ]);
  });

  it('notes members whose version does not know a parameter', () => {
    const settings: Settings = {
      at: 1,
      versions: { '15.18': PG15, '14.2': PG15.filter((row) => row.name !== 'archive_timeout') },
      members: [
        { name: 'n1', version: '15.18', problem: null, values: [] },
        { name: 'n2', version: '14.2', problem: null, values: [] },
      ],
    };
    expect(check(parameters({ archive_timeout: '60s' }), NEW, settings)).toMatchObject([
      { code: 'unknown_on_member', severity: 'note', text: expect.stringContaining('n2 (14.2)') },
    ]);
  });

  it('refuses leaving a standby cluster by hand, and offers what stood there', () => {
    const before = { ...BASE, standby_cluster: { host: 'x' } };
    const [problem] = check(BASE, NEW, settingsOf(), before);
    expect(problem).toMatchObject({ code: 'standby_by_hand', severity: 'error' });
    expect(problem?.fix && applyFix(BASE, problem.fix)).toEqual(before);
  });

  it('checks no PostgreSQL value while pg_settings cannot be read, and says so', () => {
    expect(check(parameters({ work_mem: '8 parsecs', nothing: 1 }), NEW, null)).toEqual([]);
    expect(uncheckedWords(null, 'no SQL role')).toBe('not checked against pg_settings: no SQL role');
    expect(uncheckedWords(settingsOf(), null)).toBeNull();
  });

  it('never throws, whatever the document holds', () => {
    const odd = [null, 0, '', [], {}, [null], { a: null }, true, 1e300, 'x'];
    const keys = [
      'ttl',
      'slots',
      'ignore_slots',
      'postgresql',
      'standby_cluster',
      'synchronous_mode',
      'pause',
      'permanent_slots',
    ];
    const inner = ['parameters', 'pg_hba', 'recovery_conf', 'use_slots', 'create_replica_methods', 'pg_ident'];
    for (const leaf of odd) {
      for (const key of keys) expect(() => check({ [key]: leaf })).not.toThrow();
      for (const key of inner) expect(() => check({ postgresql: { [key]: leaf } })).not.toThrow();
      for (const { name } of PG15) expect(() => check(parameters({ [name]: leaf }))).not.toThrow();
      expect(() => check({ slots: { a: leaf }, ignore_slots: [leaf], postgresql: { pg_hba: [leaf] } })).not.toThrow();
    }
  });

  it('has a meaning for each rule, and counts problems in words', () => {
    for (const rule of CHECK_RULES) expect(rule.meaning.length).toBeGreaterThan(15);
    expect(problemWords(check({ ...BASE, ttl: 15, retry_timeout: 2, pause: true }))).toBe('2 errors, 1 warning');
  });
});
