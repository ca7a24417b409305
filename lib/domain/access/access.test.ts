import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_KINDS } from '../action-kind';
import {
  covers,
  denial,
  denialEverywhere,
  type Grant,
  PERMISSIONS,
  policyFor,
  ROLES,
  roleOn,
  whereWords,
  within,
} from './access';

const ORDERS = { scope: 'orders', labels: { env: 'prod', team: 'shop' } };
const BILLING = { scope: 'billing', labels: { env: 'qa' } };
const grant = (role: Grant['role'], more: Partial<Grant> = {}): Grant => ({ role, scopes: null, labels: {}, ...more });

describe('a right', () => {
  it.each([
    ['nobody without a grant', [], 'see', 'You may not see this cluster: you have no role on orders.'],
    [
      'a role that is too low, with what it would need and whom to ask',
      [grant('viewer')],
      'switchover',
      'Your role viewer may not switch over on orders; operator may. Allowed for: a.ivanova, m.keller.',
    ],
    [
      'the labels by which a role is bound',
      [grant('operator', { labels: { env: 'prod' } })],
      'reinitialize',
      'Your role operator may not reinitialize a member on env=prod; admin may. Allowed for: a.ivanova, m.keller.',
    ],
    [
      'what is not about one cluster, to a role of some clusters',
      [grant('admin', { labels: { env: 'prod' } })],
      'manage_users',
      'You may not manage users: your role does not cover all clusters. Allowed for: a.ivanova, m.keller.',
    ],
  ] as const)('is denied to %s', (_, grants, permission, words) => {
    const whom = grants.length === 0 ? [] : ['a.ivanova', 'm.keller'];
    expect(denial(grants, permission, ORDERS, whom)).toBe(words);
  });

  it('counts where the grant does: by labels that all fit, by name with a star', () => {
    expect(roleOn([grant('operator', { labels: { env: 'prod', team: 'shop' } })], ORDERS)).toBe('operator');
    expect(roleOn([grant('operator', { labels: { env: 'prod', team: 'data' } })], ORDERS)).toBeNull();
    expect(roleOn([grant('operator', { scopes: ['ord*'] })], ORDERS)).toBe('operator');
    expect(roleOn([grant('operator', { scopes: ['ord*'] })], BILLING)).toBeNull();
    expect(roleOn([grant('viewer'), grant('admin', { scopes: ['orders'] })], ORDERS)).toBe('admin');
    expect(roleOn([grant('viewer'), grant('admin', { scopes: ['orders'] })], BILLING)).toBe('viewer');
  });

  it('on no cluster in particular is there where it is there for some cluster', () => {
    const here = [grant('operator', { scopes: ['orders'] })];
    expect(denial(here, 'silence', null)).toBeNull();
    expect(denial(here, 'test_receiver', null)).not.toBeNull();
    expect(denial([grant('viewer')], 'silence', null)).not.toBeNull();
  });

  it('of all clusters is not put together from one role everywhere and a higher one somewhere', () => {
    const both = [grant('viewer'), grant('operator', { labels: { env: 'qa' } })];
    expect(denial(both, 'silence', null)).toBeNull();
    expect(denialEverywhere(both, 'silence')).toBe('Your role viewer may not silence alerts; operator may.');
    expect(denialEverywhere([grant('operator')], 'silence')).toBeNull();
  });

  it('a name like a property of every object gives no label', () => {
    expect(covers({ scopes: null, labels: { constructor: 'x' } }, ORDERS)).toBe(false);
    expect(covers({ scopes: null, labels: { toString: 'x' } }, ORDERS)).toBe(false);
  });
});

const grants = fc.array(
  fc.record({
    role: fc.constantFrom(...ROLES),
    scopes: fc.option(
      fc.array(fc.constantFrom('orders', 'billing', 'o*', '*', '*s', 'b?'), { minLength: 1, maxLength: 3 }),
    ),
    labels: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'qa'), { maxKeys: 2 }),
  }),
  { maxLength: 4 },
);
const targets = fc.record({
  scope: fc.constantFrom('orders', 'billing', 'other'),
  labels: fc.dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('prod', 'qa'), { maxKeys: 2 }),
});
const rank = (role: Grant['role'] | null): number => (role === null ? -1 : ROLES.indexOf(role));

describe('a token', () => {
  it('never may more than its owner, nor more than it was given, on whatever cluster', () => {
    fc.assert(
      fc.property(grants, grants, targets, (own, owner, target) => {
        const limit = Math.min(rank(roleOn(own, target)), rank(roleOn(owner, target)));
        expect(rank(roleOn(within(own, owner), target))).toBeLessThanOrEqual(limit);
        expect(rank(roleOn(within(own, owner), null))).toBeLessThanOrEqual(rank(roleOn(owner, null)));
      }),
    );
  });

  it('of all clusters may what its owner may', () => {
    fc.assert(
      fc.property(grants, targets, (owner, target) => {
        expect(roleOn(within([grant('admin')], owner), target)).toBe(roleOn(owner, target));
      }),
    );
  });
});

describe('a second person', () => {
  const policies = [
    { actions: ['failover'] as const, scopes: null, labels: { env: 'prod' }, minutes: 15 },
    { actions: null, scopes: ['ledger*'], labels: {}, minutes: 5 },
  ];

  it('is needed for what the first policy that fits says', () => {
    expect(policyFor(policies, ['failover'], ORDERS)?.minutes).toBe(15);
    expect(policyFor(policies, ['switchover'], ORDERS)).toBeNull();
    expect(policyFor(policies, ['failover'], BILLING)).toBeNull();
    expect(policyFor(policies, ['pause'], { scope: 'ledger-2', labels: {} })?.minutes).toBe(5);
  });

  it('is asked for in words of where', () => {
    expect(whereWords({ scopes: null, labels: { env: 'prod' } })).toBe('env=prod');
    expect(whereWords({ scopes: ['ledger*'], labels: {} })).toBe('ledger*');
    expect(whereWords({ scopes: null, labels: {} })).toBe('all clusters');
  });
});

describe('the table', () => {
  it('has a permission of its own for every action', () => {
    for (const kind of ACTION_KINDS) expect(PERMISSIONS).toContain(kind);
  });

  it('says of every permission who may, in words', () => {
    for (const permission of PERMISSIONS) {
      expect(denial([], permission, ORDERS)).toMatch(/^You may not \S/);
      expect(denial([grant('admin')], permission, ORDERS)).toBeNull();
    }
  });
});
