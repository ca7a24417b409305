import { describe, expect, it } from 'vitest';
import { type Decision, type Keep, keepDecision, readDecision } from '../actions/decision';
import { cardKeep, keepFollowed, keepOf, readFollowed } from './card-keep';

function memory(): Keep & { readonly size: () => number } {
  const items = new Map<string, string>();
  return {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
    size: () => items.size,
  };
}

const decision = (scope: string): Decision => ({
  key: 'k-12345678',
  scope,
  request: { kind: 'resume' },
  reason: 'night',
  sentAt: 1,
});

describe('what a card remembers', () => {
  it('a decision comes back whole, for its cluster only', () => {
    const store = memory();
    keepDecision(
      keepOf(store, 'a', () => 0),
      decision('a'),
    );
    keepDecision(
      keepOf(store, 'b', () => 0),
      decision('b'),
    );
    expect(readDecision(keepOf(store, 'a', () => 0))).toEqual(decision('a'));
    expect(readDecision(keepOf(store, 'c', () => 0))).toBeNull();
    expect(store.size()).toBe(2);
  });

  it('for a day', () => {
    const store = memory();
    keepDecision(
      keepOf(store, 'a', () => 0),
      decision('a'),
    );
    expect(readDecision(keepOf(store, 'a', () => 86_400_000))).not.toBeNull();
    expect(readDecision(keepOf(store, 'a', () => 86_400_001))).toBeNull();
  });

  it('what is broken or forbidden is nothing', () => {
    const store = memory();
    store.setItem('howdah-decision-card:a', '{');
    store.setItem('howdah-followed-card:a', '[1]');
    const keep = keepOf(store, 'a', () => 0);
    expect(readDecision(keep)).toBeNull();
    expect(readFollowed(keep)).toBeNull();
    // Here there is no localStorage at all.
    const nowhere = cardKeep('a');
    keepFollowed(nowhere, 'x');
    expect(readFollowed(nowhere)).toBeNull();
  });

  it('the followed action is forgotten when it is left', () => {
    const keep = keepOf(memory(), 'a', () => 0);
    keepFollowed(keep, 'act-1');
    expect(readFollowed(keep)).toBe('act-1');
    keepFollowed(keep, null);
    expect(readFollowed(keep)).toBeNull();
  });
});
