import { expect, it } from 'vitest';
import { memberOf, steady } from '@/lib/domain/testkit';
import { memberWords } from './member-words';
import { roleWords } from './topology-model';

const n1 = { name: 'n1' } as const;

it('a member whose walsender is gone is nowhere called streaming, whatever Patroni calls it', () => {
  for (const state of ['running', 'streaming']) {
    const snapshot = steady({ members: [n1, { name: 'n2', upstream: null, key: { state } }] });
    const member = memberOf(snapshot, 'n2');
    const words = memberWords(member, snapshot);
    expect([words.state, roleWords(member)]).toEqual(['running', 'replica, not streaming']);
    // Patroni, which sees no lag, would elect it.
    expect([words.says, words.upstream, words.electedTone]).toEqual([true, 'none', 'never']);
  }
});

it('one that streams is, and by whom it is fed', () => {
  const snapshot = steady({ members: [n1, { name: 'n2' }] });
  const words = memberWords(memberOf(snapshot, 'n2'), snapshot);
  expect([words.state, words.says, words.upstream]).toEqual(['streaming', false, 'n1']);
});
