import { describe, expect, it } from 'vitest';
import { ABSENT, compareVersions, isAtLeast } from './key-version';

describe('versions of a key', () => {
  it.each([
    ['9', '10', -1],
    ['10', '10', 0],
    ['9007199254740993', '9007199254740992', 1],
    // A key that was made again counts its writes from nought.
    ['100:7', '200:0', -1],
    ['200:1', '200:0', 1],
    [ABSENT, '100:0', -1],
  ])('%s against %s is %s', (a, b, order) => {
    expect(compareVersions(a, b)).toBe(order);
    expect(compareVersions(b, a)).toBe(0 - order);
  });

  it.each(['', 'x', '1:', '-1', '1.5', '1'.repeat(100_000)])(
    '%j is none, and is never taken for a newer one',
    (odd) => {
      expect(compareVersions(odd, '1')).toBeNull();
      expect([isAtLeast(odd, '1'), isAtLeast('1', odd)]).toEqual([false, false]);
    },
  );

  it('one that is not known is at least nothing', () => {
    expect([isAtLeast(null, ABSENT), isAtLeast(undefined, ABSENT), isAtLeast('7', '7')]).toEqual([false, false, true]);
  });
});
