import { describe, expect, it } from 'vitest';
import { expectedSystem, isSystem } from './identity';
import { buildSnapshot } from './snapshot';
import { cluster, GENERATIONS, type MemberSpec, memberOf, play, SYSTEM, steady } from './testkit';

const a: MemberSpec = { name: 'a' };
const b: MemberSpec = { name: 'b' };
const OTHER = '7000000000000000009';
const said = (name: string, system: string, primary = false) => ({ name, system, primary });

describe('whose answer it is', () => {
  it.each(GENERATIONS)('on Patroni %s another scope is not believed, whatever else it says', (version) => {
    const strange = { patroni: { version, scope: 'elsewhere', name: 'b' }, database_system_identifier: OTHER };
    const snapshot = steady({ version, members: [a, { ...b, sql: 'off', role: 'primary', patroni: strange }] });
    expect(memberOf(snapshot, 'b')).toMatchObject({
      identity: { verdict: 'other_scope', text: '10.0.0.2:8008 answers for elsewhere' },
      postgresRole: 'unknown',
      systemIdentifier: null,
      witnesses: { patroni: { state: 'failed', errorKind: 'foreign' } },
    });
  });

  it.each([
    ['demo/0', 'own'],
    ['demo', 'own'],
    ['demo/x', 'other_scope'],
    ['demo-2', 'other_scope'],
  ])(
    'where the scope is %s an answer that says demo is %s: a group of Citus stands below it',
    (patroniScope, verdict) => {
      const raw = { ...cluster({ members: [a, b] }), scope: 'shown', patroniScope };
      const { snapshot } = buildSnapshot(raw, null, 5);
      expect(snapshot.cluster.members.map(({ identity }) => identity.verdict)).toEqual([verdict, verdict]);
    },
  );

  it('a failure of its own stays its own: an address that nobody shares and that refuses is only silent', () => {
    const snapshot = steady({ members: [a, { ...b, rest: 'refused', sql: 'off' }] });
    expect(memberOf(snapshot, 'b').identity).toEqual({ verdict: 'unheard', text: null, node: null, sql: null });
  });

  it('what was said before the address was reused is forgotten: it is no memory of this member', () => {
    const strange = { patroni: { version: '4.1.5', scope: 'elsewhere', name: 'b' }, timeline: 99 };
    const { snapshot } = play([
      { members: [a, { ...b, sql: 'off' }] },
      { members: [a, { ...b, sql: 'off', patroni: strange }] },
    ]);
    expect(memberOf(snapshot, 'b').timeline).toBe(1);
    expect(memberOf(snapshot, 'b').observedAt).toBeNull();
  });

  it.each(GENERATIONS)('on Patroni %s a member whose answer is not its own is never eligible', (version) => {
    const strange = { patroni: { version, scope: 'elsewhere' } };
    const snapshot = steady({ version, members: [a, { ...b, patroni: strange }] });
    expect(snapshot.readiness.candidates).toMatchObject([{ member: 'b', eligible: null }]);
  });
});

describe('the identifier of a cluster', () => {
  it.each([
    ['the key, where somebody says the same', SYSTEM, [said('a', SYSTEM, true), said('b', OTHER)], 'a', SYSTEM],
    ['the members, where all say another', SYSTEM, [said('a', OTHER, true), said('b', OTHER)], 'a', OTHER],
    [
      'that of the leader against the key and a replica',
      SYSTEM,
      [said('a', OTHER, true), said('b', SYSTEM)],
      'a',
      OTHER,
    ],
    [
      'the key, where members contradict each other and none leads',
      SYSTEM,
      [said('a', '1111111111'), said('b', OTHER)],
      null,
      SYSTEM,
    ],
    ['the key, where nobody says any', SYSTEM, [], null, SYSTEM],
    ['the members, where the key is empty', '', [said('a', OTHER)], null, OTHER],
    ['the members, where the key is garbage', 'garbage', [said('a', OTHER, true)], 'a', OTHER],
    ['the members, where there is no key', null, [said('a', OTHER)], null, OTHER],
    ['not that of a replica that holds the key', SYSTEM, [said('a', OTHER), said('b', SYSTEM)], 'a', SYSTEM],
  ])('is %s', (_what, key, all, leader, expected) => {
    expect(expectedSystem(key, all, leader)).toBe(expected);
  });

  it('is ten digits at least, as Patroni asks', () => {
    expect(['', 'x', '123456789', '1234567890', '12345678901x'].map(isSystem)).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
  });
});
