// Runs every made state through the whole core and asks for what its `expect` says.
import { describe, expect, it } from 'vitest';
import { complaints } from './test-made-judge';
import { madeNames, madeSnapshot, readMade } from './test-made-states';

describe('made states', () => {
  it.each(madeNames())('%s', (name) => {
    const state = readMade(name);
    expect(complaints(state.expect, madeSnapshot(state)), `${state.what} ${state.must}`).toEqual([]);
  });

  it('are at least 20, and each expects something', () => {
    expect(madeNames().length).toBeGreaterThanOrEqual(20);
    for (const name of madeNames()) expect(Object.keys(readMade(name).expect).length, name).toBeGreaterThan(0);
  });
});
