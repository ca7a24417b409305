import { describe, expect, it } from 'vitest';
import { hbaProblems, letsReplicationIn } from './check-hba';

const PATH = ['postgresql', 'pg_hba'];
const problems = (...lines: readonly string[]): readonly string[] =>
  hbaProblems(lines, PATH).map(({ code, severity, path }) => `${severity} ${code} ${path.at(-1)}`);

describe('a line of pg_hba', () => {
  it.each([
    'host all all 10.0.0.0/8 scram-sha-256',
    'host all all 10.0.0.0 255.0.0.0 md5',
    'hostssl "my db", other +dba,app ::1/128 cert clientcert=verify-full map=x # why',
    'host replication replicator ::ffff:10.0.0.1/128 trust',
    'host all all all reject',
    'host all all samenet md5',
    'host all all db.example.com scram-sha-256',
    'host all all .example.com scram-sha-256',
    'local all postgres peer map=admins',
    'hostssl all all 0.0.0.0/0 ldap ldapserver=ldap.example.com ldapport=389 ldapbasedn=dc=x',
    'local all all ident',
    '# a comment',
    '',
    'include_if_exists more.conf',
    '@more',
  ])('is fine: %s', (line) => {
    expect(problems(line)).toEqual([]);
  });

  it.each([
    ['hosts all all 10.0.0.0/8 md5', 'pg_hba_type'],
    ['host all all md5', 'pg_hba_short'],
    ['local all all', 'pg_hba_short'],
    ['host all all 10.0.0.0 md5', 'pg_hba_address'],
    ['host all all 10.0.0.0/33 md5', 'pg_hba_address'],
    ['host all all ::1/129 md5', 'pg_hba_address'],
    ['host all all 10.0.0/8 md5', 'pg_hba_address'],
    ['host all all 10.0.0.256/32 md5', 'pg_hba_address'],
    ['host all all 10.0.0.300 255.0.0.0 md5', 'pg_hba_address'],
    ['host all all 10.0.0.0 255.0.255.0 md5', 'pg_hba_address'],
    ['host all all 10.0.0.0 ffff:: md5', 'pg_hba_address'],
    ['host all all db.example.com/24 md5', 'pg_hba_address'],
    ['host all all 10.0.0.0/8 scram', 'pg_hba_method'],
    ['host all all 10.0.0.0/8 MD5', 'pg_hba_method'],
    ['host all all 10.0.0.0/8 peer', 'pg_hba_method'],
    ['host all all 10.0.0.0/8 cert', 'pg_hba_method'],
    ['local all all gss', 'pg_hba_method'],
    ['host all all 10.0.0.0/8 md5 map=x', 'pg_hba_option'],
    ['host all all 10.0.0.0/8 md5 clientcert=verify-ca', 'pg_hba_option'],
    ['hostssl all all 10.0.0.0/8 md5 clientcert=1', 'pg_hba_option'],
    ['hostssl all all 10.0.0.0/8 md5 clientcerts=verify-ca', 'pg_hba_option'],
    ['host all all 10.0.0.0/8 md5 really', 'pg_hba_option'],
    ['host all all 10.0.0.0/8 ldap ldapserver=ldap.example.com', 'pg_hba_option'],
  ])('is an error: %s', (line, code) => {
    expect(problems(line)).toEqual([`error ${code} 0`]);
  });

  it('is corrected where it is clear what was meant', () => {
    const [problem] = hbaProblems(['host all all 10.0.0.0/8 scram'], PATH);
    expect(problem?.fix?.edits).toEqual([{ path: [...PATH, 0], value: 'host all all 10.0.0.0/8 scram-sha-256' }]);
  });
});

describe('the order', () => {
  const never = (earlier: string, later: string): boolean =>
    problems(earlier, later).includes('warning pg_hba_never 1');

  it.each([
    ['host all all 10.0.0.0/8 md5', 'host app app 10.1.0.0/16 scram-sha-256'],
    ['host all all all reject', 'hostssl app app 10.1.0.0/16 md5'],
    ['host all all 10.0.0.0 255.0.0.0 md5', 'host all all 10.0.0.0/8 md5'],
    ['host all all ::/0 md5', 'host all all ::1/128 md5'],
    ['local all all peer', 'local app app md5'],
    ['host a,b c,d 10.0.0.0/8 md5', 'host b d 10.0.0.1/32 md5'],
    ['host replication all 0.0.0.0/0 md5', 'host replication replicator 10.0.0.1/32 trust'],
  ])('%s hides %s', (earlier, later) => {
    expect(never(earlier, later)).toBe(true);
  });

  it.each([
    ['host app app 10.1.0.0/16 md5', 'host all all 10.0.0.0/8 md5'],
    ['host all all 10.0.0.0/8 md5', 'host all all 11.0.0.0/8 md5'],
    ['host all all 10.0.0.0/8 md5', 'host replication replicator 10.0.0.1/32 md5'],
    ['hostssl all all 10.0.0.0/8 md5', 'host all all 10.0.0.0/8 reject'],
    ['hostssl all all 10.0.0.0/8 md5', 'hostnossl all all 10.0.0.0/8 reject'],
    ['host all all 0.0.0.0/0 md5', 'host all all ::/0 md5'],
    ['host all app 10.0.0.0/8 md5', 'host all all 10.0.0.0/8 md5'],
    ['local all all peer', 'host all all 10.0.0.0/8 md5'],
    ['host all all a.example.com md5', 'host all all b.example.com md5'],
    ['host all all samenet md5', 'host all all 10.0.0.0/8 md5'],
  ])('%s does not hide %s', (earlier, later) => {
    expect(never(earlier, later)).toBe(false);
  });
});

it('a standby comes in by a host line for the database replication', () => {
  expect(letsReplicationIn(['local replication all peer', 'host app, replication all all md5'])).toBe(true);
  expect(
    letsReplicationIn(['local replication all peer', '# host replication all all md5', 'host all all all md5']),
  ).toBe(false);
});
