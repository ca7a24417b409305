import { describe, expect, it } from 'vitest';
import { timeoutsInForce } from './timeouts';

const of = (ttl: unknown, loop_wait: unknown, retry_timeout: unknown, version: string | null = '4.1.5') => {
  const {
    ttl: life,
    loop_wait: loop,
    retry_timeout: retry,
  } = timeoutsInForce({ ttl, loop_wait, retry_timeout }, version);
  return [life, loop, retry];
};

/** Each row was asked of Patroni's own Config: 3.0.2 and 3.1.2, then 3.2.0, 3.3.11, 4.0.10 and 4.1.5. */
describe('timeoutsInForce', () => {
  it.each([
    [
      [30, 10, 10],
      [30, 10, 10],
      [30, 10, 10],
    ],
    [
      [15, 10, 10],
      [15, 10, 10],
      [20, 1, 9],
    ],
    [
      [30, 0, 1],
      [30, 0, 1],
      [30, 1, 3],
    ],
    [
      [30, 10, 12],
      [30, 10, 12],
      [30, 6, 12],
    ],
    [
      [30, 10, 20],
      [30, 10, 20],
      [30, 1, 14],
    ],
    [
      ['30', 5.9, true],
      [30, 5, 1],
      [30, 5, 3],
    ],
    [
      [25, 5, 10],
      [25, 5, 10],
      [25, 5, 10],
    ],
    [
      [25, 6, 10],
      [25, 6, 10],
      [25, 5, 10],
    ],
  ] as const)('of %j', (stored, before, since) => {
    const [ttl, loop, retry] = stored;
    for (const version of ['3.0.2', '3.1.2']) expect(of(ttl, loop, retry, version)).toEqual(before);
    for (const version of ['3.2.0', '3.3.11', '4.0.10', '4.1.5', null])
      expect(of(ttl, loop, retry, version)).toEqual(since);
  });

  it('has the defaults where nothing is said, or nothing that can be read', () => {
    expect(timeoutsInForce({}, '4.1.5')).toEqual({ ttl: 30, loop_wait: 10, retry_timeout: 10 });
    expect(of(null, 'x', [])).toEqual([30, 10, 10]);
  });
});
