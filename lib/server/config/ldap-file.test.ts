import { describe, expect, it } from 'vitest';
import { isFilter } from './ldap-file';
import { loadGood, loadProblems, yaml } from './test-load';
import { TEST_CERT } from './test-pem';

const GOOD: Readonly<Record<string, string>> = {
  url: 'ldaps://ldap.example.com',
  bind: '{ dn: "cn=howdah,dc=example,dc=com", password: hunter2 }',
  base: '"ou=people,dc=example,dc=com"',
  filter: '"(&(objectClass=inetOrgPerson)(uid={name}))"',
  groups: '{ base: "ou=groups,dc=example,dc=com", filter: "(member={dn})" }',
  roles: '[{ group: dba, role: admin }]',
};

function written(change: Readonly<Record<string, string | null>>): string {
  const lines = Object.entries({ ...GOOD, ...change }).flatMap(([key, value]) =>
    value === null ? [] : [`    ${key}: ${value}`],
  );
  return ['auth:', '  ldap:', ...lines].join('\n');
}

const good = (change: Readonly<Record<string, string | null>> = {}) =>
  loadGood({ files: { '/w/howdah.yaml': written(change), '/w/ca.pem': TEST_CERT } }).auth.ldap;

describe('auth.ldap', () => {
  it('says what it does not have to say', () => {
    expect(good()).toMatchObject({
      ...{ name: 'LDAP', url: ['ldaps://ldap.example.com'], startTls: false, nameAttribute: 'uid' },
      ...{ idAttribute: 'entryUUID', groups: { nameAttribute: 'cn' }, groupsAttribute: null, checkMinutes: 5 },
    });
    expect(loadGood({}).auth.ldap).toBeNull();
    expect(JSON.stringify(good())).not.toContain('hunter2');
  });

  it('is Active Directory with its own names and its rule for nested groups', () => {
    const settings = good({
      name: 'CORP',
      url: '[ldaps://dc1.corp.example, ldaps://dc2.corp.example:3269]',
      tls: '{ ca: ca.pem }',
      bind: '{ dn: howdah@corp.example, password: hunter2 }',
      filter: '"(&(objectCategory=person)(sAMAccountName={name})(!(userAccountControl:1.2.840.113556.1.4.803:=2)))"',
      nameAttribute: 'sAMAccountName',
      idAttribute: 'objectGUID',
      groups: '{ base: "ou=Howdah,dc=corp,dc=example", filter: "(member:1.2.840.113556.1.4.1941:={dn})" }',
    });
    expect(settings).toMatchObject({ idAttribute: 'objectGUID', url: { length: 2 } });
  });

  it.each([
    [{ url: 'ldap://ldap.example.com' }, /url: expected ldaps:\/\/, startTls: true, or allowCleartext: true/],
    [{ url: 'ldaps://ldap.example.com', startTls: 'true' }, /url: expected ldap:\/\/ beside startTls/],
    [{ url: 'https://ldap.example.com' }, /url: expected ldaps:\/\/host/],
    [{ url: 'ldaps://cn=a:hunter2@ldap.example.com' }, /url/],
    [{ url: '"ldaps://ldap.example.com/dc=example"' }, /url/],
    [{ url: '"ldap://127.0.0.1:389"', tls: '{ ca: ca.pem }' }, /tls: expected ldaps:\/\/ or startTls/],
    [{ bind: null }, /bind: expected bind or bindAs/],
    [{ bindAs: '"uid={name},dc=example"' }, /bind: expected bind or bindAs/],
    [{ bind: null, bindAs: 'uid=anna' }, /bindAs: expected a DN or name@domain with \{name\}/],
    [{ bind: '{ dn: a }' }, /password/],
    [{ filter: '"(uid=anna)"' }, /filter: expected an LDAP filter with \{name\}/],
    [{ filter: '"(uid={name}"' }, /filter/],
    [{ filter: '"uid={name}"' }, /filter/],
    [{ groups: null }, /groups: expected groups or groupsAttribute/],
    [{ groupsAttribute: 'memberOf' }, /groups: expected groups or groupsAttribute/],
    [{ groups: '{ base: a, filter: "(member=x)" }' }, /filter: expected an LDAP filter with \{dn\}/],
    [{ roles: null }, /roles: expected a list/],
    [{ roles: '[{ group: dba, role: king }]' }, /role/],
    [{ nameAttribute: '"uid)(x"' }, /nameAttribute: expected the name of an attribute/],
    [{ checkMinutes: '0' }, /checkMinutes: expected minutes from 1/],
    [{ referrals: 'true' }, /referrals/],
  ])('%j is refused with its line and what was expected', (change, words) => {
    const problems = loadProblems({ files: { '/w/howdah.yaml': written(change), '/w/ca.pem': TEST_CERT } }).join('\n');
    expect(problems).toMatch(words);
    expect(problems).toMatch(/howdah\.yaml:\d+:\d+/);
    expect(problems).not.toContain('hunter2');
  });

  it('takes the clear on this machine, and where the file says so', () => {
    expect(good({ url: '"ldap://127.0.0.1:3890"' })?.allowCleartext).toBe(false);
    expect(good({ url: 'ldap://ldap.example.com', allowCleartext: 'true' })?.allowCleartext).toBe(true);
    expect(good({ url: 'ldap://ldap.example.com', startTls: 'true', tls: '{ ca: ca.pem }' })?.startTls).toBe(true);
    expect(loadProblems(yaml('auth: { ldap: yes }')).join()).toMatch(/ldap/);
  });
});

describe('a filter', () => {
  it.each(['(a=b)', '(&(a=b)(|(c=*)(!(d>=1))))', '(a:1.2.3:={dn})', '(cn=*a*b)', '(a~=b)'])('%s is one', (text) => {
    expect(isFilter(text)).toBe(true);
  });

  it.each(['', '(', '()', 'a=b', '(a=b', '(a=b))', '(&)', '(!(a=b)(c=d))', '(a)', `${'(!'.repeat(5000)}(a=b)`])(
    '%s is none',
    (text) => {
      expect(isFilter(text)).toBe(false);
    },
  );
});
