import { describe, expect, it } from 'vitest';
import { failureOf } from './sign-in';
import { failureText, grantDraftOf, grantText, passwordProblem, readGrant, readLabels, whereText } from './words';

describe('a role as it is typed', () => {
  const draft = { key: 'a', role: 'operator', where: 'some', names: '', labels: '' } as const;

  it('counts for all clusters only where that was chosen', () => {
    expect(readGrant({ ...draft, where: 'all', names: 'left over' }).grant).toEqual({
      role: 'operator',
      scopes: null,
      labels: {},
    });
    expect(readGrant(draft).grant).toBeNull();
    expect(readGrant({ ...draft, names: ' , ' }).problem).toMatch(/which clusters/);
  });

  it('has names with stars, labels, or both', () => {
    expect(readGrant({ ...draft, names: 'orders, billing-*\nauth' }).grant?.scopes).toEqual([
      'orders',
      'billing-*',
      'auth',
    ]);
    expect(readGrant({ ...draft, labels: 'env=prod, region=eu=west' }).grant).toEqual({
      role: 'operator',
      scopes: null,
      labels: { env: 'prod', region: 'eu=west' },
    });
    expect(readGrant({ ...draft, labels: 'prod' }).problem).toMatch(/name=value/);
  });

  it('is the same grant after it was opened and closed again', () => {
    for (const grant of [
      { role: 'viewer', scopes: null, labels: {} },
      { role: 'admin', scopes: ['a', 'b-*'], labels: { env: 'prod' } },
      { role: 'operator', scopes: null, labels: { env: 'prod', region: 'eu' } },
    ] as const)
      expect(readGrant(grantDraftOf(grant, 'x')).grant).toEqual(grant);
  });

  it('is said as a person reads it', () => {
    expect(grantText({ role: 'operator', scopes: null, labels: { env: 'prod' } })).toBe('operator on env=prod');
    expect(whereText({ scopes: null, labels: {} })).toBe('all clusters');
    expect(whereText({ scopes: ['orders'], labels: { env: 'prod' } })).toBe('env=prod of orders');
  });

  it('reads no labels where there are none', () => {
    expect(readLabels('')).toEqual({});
    expect(readLabels('=prod')).toBeNull();
  });
});

describe('a password', () => {
  it('needs twelve characters, typed the same twice', () => {
    expect(passwordProblem('short', 'short')).toMatch(/at least 12/);
    expect(passwordProblem('correct horse', 'correct hors')).toMatch(/differ/);
    expect(passwordProblem('correct horse', 'correct horse')).toBeNull();
    expect(passwordProblem('\u{1f99c}'.repeat(6), '\u{1f99c}'.repeat(6))).toMatch(/at least 12/);
  });
});

describe('why one is not in', () => {
  it('is read from the address next-auth answers with', () => {
    expect(failureOf('credentials')).toEqual({ kind: 'credentials' });
    expect(failureOf('locked:1795218900000')).toEqual({ kind: 'locked', until: 1_795_218_900_000 });
    expect(failureOf('locked:soon')).toEqual({ kind: 'other', code: 'locked:soon' });
    expect(failureOf('OAuthCallback')).toEqual({ kind: 'other', code: 'OAuthCallback' });
  });

  it('says how long a lock lasts, and that it is over', () => {
    const failure = failureOf('locked:1795218900000');
    expect(failureText(failure, null, 1_795_218_858_000)).toContain('in 42 s');
    expect(failureText(failure, null, 1_795_218_900_001)).toContain('possible now');
  });

  it('names the provider', () => {
    expect(failureText(failureOf('oidc_no_role'), 'Corp SSO', 0)).toMatch(/^Corp SSO knows you/);
  });
});
