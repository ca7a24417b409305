import { describe, expect, it } from 'vitest';
import { parseFacts } from './facts';
import { compareSettings } from './settings';

type Own = readonly [
  name: string,
  setting: string,
  source: string,
  file?: string | undefined,
  extra?: { vartype?: string; unit?: string; boot?: string; shown?: string; pending?: boolean; line?: number },
];

const row = ([name, setting, source, file, extra = {}]: Own) => [
  ...[name, setting, extra.shown ?? setting, extra.vartype ?? 'string', extra.unit ?? null, extra.boot ?? null],
  ...[
    source,
    file === undefined ? null : `/etc/postgresql/15/main/${file}`,
    extra.line ?? null,
    extra.pending ?? false,
  ],
];
const member = (name: string, ...own: readonly Own[]) => parseFacts(name, 1, { settings: own.map(row) }, []);
const unread = (name: string) => parseFacts(name, 1, {}, []);
const WORK_MEM = { vartype: 'integer', unit: 'kB', boot: '4096' };
const config = (parameters: Record<string, unknown>) => ({ postgresql: { parameters } });

describe('settings that differ', () => {
  it('names who differs from the others, with source, file and line, and how it is repaired', () => {
    const { differing } = compareSettings(
      [
        member('n1', ['work_mem', '4096', 'configuration file', 'postgresql.conf', { ...WORK_MEM, shown: '4MB' }]),
        member('n2', [
          'work_mem',
          '8192',
          'configuration file',
          'postgresql.auto.conf',
          { ...WORK_MEM, shown: '8MB', line: 3 },
        ]),
        member('n3', ['work_mem', '4096', 'configuration file', 'postgresql.conf', { ...WORK_MEM, shown: '4MB' }]),
      ],
      null,
    );
    expect(differing).toHaveLength(1);
    expect(differing[0]).toMatchObject({ name: 'work_mem', odd: ['n2'], configured: null });
    expect(differing[0]?.values[1]).toMatchObject({
      shown: '8MB',
      origin: 'alter_system',
      file: 'postgresql.auto.conf',
      line: 3,
    });
    expect(differing[0]?.repairs).toMatchObject([{ member: 'n2', command: 'ALTER SYSTEM RESET work_mem;' }]);
  });

  it('takes what is built in for a member that does not name it', () => {
    const own = (setting: string) =>
      member('n2', ['work_mem', setting, 'configuration file', 'postgresql.conf', WORK_MEM]);
    expect(compareSettings([member('n1'), own('8192')], null).differing[0]?.values[0]).toMatchObject({
      shown: '4MB',
      origin: 'default',
    });
    // Written down, and what is built in.
    expect(compareSettings([member('n1'), own('4096')], null).differing).toEqual([]);
  });

  it('leaves out what is expected to differ, and says that it did', () => {
    const view = compareSettings(
      [
        member('n1', ['listen_addresses', '10.0.0.1', 'command line'], ['data_directory', '/a', 'override']),
        member(
          'n2',
          ['listen_addresses', '10.0.0.2', 'command line'],
          ['data_directory', '/a', 'override'],
          ['primary_conninfo', 'host=a', 'configuration file', 'postgresql.conf', { boot: '' }],
        ),
      ],
      null,
    );
    expect(view.differing).toEqual([]);
    expect(view.expected.map(({ name }) => name)).toEqual(['listen_addresses', 'primary_conninfo']);
  });

  it('does not compare what the session of Howdah hides', () => {
    const view = compareSettings(
      [member('n1', ['statement_timeout', '2000', 'client']), member('n2', ['statement_timeout', '9000', 'client'])],
      null,
    );
    expect(view).toMatchObject({ differing: [], hidden: ['statement_timeout'] });
  });

  it('does not take a member that was not read for one that agrees or differs', () => {
    const { differing } = compareSettings(
      [member('n1', ['work_mem', '8192', 'command line', undefined, WORK_MEM]), unread('n2')],
      null,
    );
    expect(differing).toEqual([]);
  });

  it('names both where two members differ: nobody has most', () => {
    const [only] = compareSettings(
      [
        member('n1', ['jit', 'on', 'configuration file', 'postgresql.conf', { vartype: 'bool', boot: 'on' }]),
        member('n2', ['jit', 'off', 'configuration file', 'conf.d/own.conf', { vartype: 'bool', boot: 'on', line: 7 }]),
      ],
      null,
    ).differing;
    expect(only?.odd).toEqual(['n1', 'n2']);
    expect(String(only?.repairs[1]?.text)).toMatch(/own\.conf of n2 sets it in line 7/);
  });

  it('offers no command for a name that is none', () => {
    const odd: Own = ['a; DROP TABLE x', '1', 'configuration file', 'postgresql.auto.conf', { boot: '0' }];
    expect(
      compareSettings([member('n1'), member('n2', odd), member('n3')], null).differing[0]?.repairs[0]?.command,
    ).toBeNull();
  });
});

describe('local values that win over the dynamic configuration', () => {
  const of = (own: Own, parameters: Record<string, unknown>) =>
    compareSettings([member('n1', own)], config(parameters)).overrides;

  it('names a value of patroni.yml and one of ALTER SYSTEM, each with its way back', () => {
    const local = of(['work_mem', '16384', 'configuration file', 'postgresql.conf', { ...WORK_MEM, shown: '16MB' }], {
      work_mem: '8MB',
    });
    expect(local).toMatchObject([
      { name: 'work_mem', member: 'n1', configured: '8MB', value: { shown: '16MB', origin: 'patroni' } },
    ]);
    expect(String(local[0]?.repair.text)).toMatch(/patroni\.yml of n1 .* wins over the dynamic configuration/);
    const system = of(['work_mem', '16384', 'configuration file', 'postgresql.auto.conf', WORK_MEM], {
      work_mem: '8MB',
    });
    expect(system[0]?.repair.command).toBe('ALTER SYSTEM RESET work_mem;');
  });

  it('says nothing where both mean the same, are written otherwise, or wait for a restart', () => {
    expect(of(['work_mem', '8192', 'configuration file', 'postgresql.conf', WORK_MEM], { work_mem: '8MB' })).toEqual(
      [],
    );
    expect(of(['jit', 'off', 'configuration file', 'postgresql.conf', { vartype: 'bool' }], { jit: false })).toEqual(
      [],
    );
    expect(
      of(['wal_level', 'replica', 'configuration file', 'postgresql.conf', { vartype: 'enum' }], {
        wal_level: 'REPLICA',
      }),
    ).toEqual([]);
    expect(
      of(
        [
          'shared_buffers',
          '16384',
          'configuration file',
          'postgresql.conf',
          { vartype: 'integer', unit: '8kB', pending: true },
        ],
        { shared_buffers: '1GB' },
      ),
    ).toEqual([]);
  });

  it('says nothing of what Patroni takes for itself', () => {
    expect(of(['port', '5433', 'command line'], { port: 5432 })).toEqual([]);
    expect(of(['cluster_name', 'demo', 'command line'], { cluster_name: 'other' })).toEqual([]);
  });
});
