import { describe, expect, it } from 'vitest';
import { load, loadGood, loadProblems, yaml } from './test-load';

const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$bm90IG9mIGEgcGFzc3dvcmQ';

describe('auth', () => {
  it('asks for a sign-in where nothing is said', () => {
    expect(loadGood({}).auth).toMatchObject({ kind: 'sign_in', oidc: null, breakGlass: null });
    expect(loadGood(yaml('auth: {idleMinutes: 5}')).auth).toMatchObject({ kind: 'sign_in', idleMinutes: 5 });
  });

  it('is off by the file or by the environment, which wins', () => {
    expect(loadGood(yaml('auth: none')).auth.kind).toBe('none');
    const { files = {} } = yaml('auth: {idleMinutes: 5}');
    expect(loadGood({ files, env: { HOWDAH_AUTH: 'none' } }).auth.kind).toBe('none');
    expect(loadProblems({ env: { HOWDAH_AUTH: 'off' } }).join()).toMatch(/HOWDAH_AUTH: expected none, or nothing/);
  });

  it('without a sign-in listens on loopback only', () => {
    const { files = {} } = yaml('listen: {host: 10.0.0.1}\nauth: none');
    expect(loadProblems({ files }).join()).toMatch(/listen\.host/);
    expect(load({ ...yaml('listen: {host: 10.0.0.1}') }).ok).toBe(true);
  });

  it.each([
    ['auth: maybe', /auth: expected none, or a map/],
    ['auth: {idleMinutes: 0}', /idleMinutes: expected minutes from 1/],
    ['auth: {idle: 5}', /idle/],
    [
      'auth: {oidc: {issuer: "http://id.example", clientId: a, clientSecret: b, roles: [{group: g, role: admin}]}}',
      /issuer/,
    ],
    [
      'auth: {oidc: {issuer: "https://id.example?x=1", clientId: a, clientSecret: b, roles: [{group: g, role: admin}]}}',
      /issuer/,
    ],
    ['auth: {oidc: {issuer: "https://id.example", clientId: a, clientSecret: b}}', /roles: expected a list/],
    ['auth: {oidc: {issuer: "https://id.example", clientId: a, roles: [{group: g, role: admin}]}}', /clientSecret/],
    [
      'auth: {oidc: {issuer: "https://id.example", clientId: a, clientSecret: b, roles: [{group: g, role: king}]}}',
      /role: expected/,
    ],
    ['auth: {breakGlass: {username: g, passwordHash: hunter2}}', /passwordHash: expected an argon2id hash/],
    ['auth: {breakGlass: {username: g}}', /passwordHash/],
    ['auth: {secondFactor: {required: [king]}}', /required\[0\]: expected one of viewer, operator, admin/],
    ['auth: {secondFactor: {required: admin}}', /expected a list of roles/],
    ['auth: {secondFactor: true}', /secondFactor/],
    ['auth: {secondFactor: {require: [admin]}}', /require/],
    ['approvals: {actions: all}', /approvals: expected a list/],
    ['approvals: [{labels: {env: prod}}]', /actions: expected all, or a list/],
    ['approvals: [{actions: [failovr]}]', /did you mean "failover"/],
    ['approvals: [{actions: all, minutes: 0}]', /minutes: expected minutes from 1/],
  ])('%s is refused with what was expected, and no secret is quoted', (text, words) => {
    const problems = loadProblems(yaml(text)).join('\n');
    expect(problems).toMatch(words);
    expect(problems).not.toContain('hunter2');
  });

  it('demands a second factor of the roles that are named, and of nobody where none is', () => {
    expect(loadGood(yaml('auth: {secondFactor: {required: [admin, operator]}}')).auth.secondFactor).toEqual({
      required: ['admin', 'operator'],
    });
    expect(loadGood({}).auth.secondFactor).toEqual({ required: [] });
  });

  it('takes a provider on this machine without TLS, for a test', () => {
    const text =
      'auth: {oidc: {issuer: "http://127.0.0.1:9/x/", clientId: a, clientSecret: b, roles: [{group: g, role: viewer, scopes: [o*]}]}}';
    expect(loadGood(yaml(text)).auth.oidc).toMatchObject({
      issuer: 'http://127.0.0.1:9/x',
      groupsClaim: 'groups',
      roles: [{ group: 'g', role: 'viewer', scopes: ['o*'], labels: {} }],
    });
  });

  it('hides the hash of the break-glass account and the secrets', () => {
    const config = loadGood({
      ...yaml(`auth: {breakGlass: {username: glass, passwordHash: "${HASH}"}}`),
      env: { HOWDAH_SECRET: 's'.repeat(40), HOWDAH_SECRET_OLD: `${'o'.repeat(40)}, ${'p'.repeat(40)}` },
    });
    const shown = JSON.stringify(config);
    expect(shown).not.toMatch(/argon2id|ssss|oooo|pppp/);
    expect(config.secrets.old).toHaveLength(2);
    expect(loadProblems({ env: { HOWDAH_SECRET: 'short' } }).join()).toMatch(/HOWDAH_SECRET: expected at least 32/);
  });
});
