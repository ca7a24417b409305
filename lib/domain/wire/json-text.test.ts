import { describe, expect, it } from 'vitest';
import { exactNumbers, withNumbers } from './json-text';

const STORED =
  '{"ttl": 30,"maximum_lag_on_failover":9007199254740993 , "postgresql":{"parameters":{"seq_page_cost":1.0,"jit_above_cost":1e5,"x\\u00e4":"\\/"},"pg_hba":["a","b"]},"ignore_slots":[{"n":1.0},{"n":2}]}';

describe('exactNumbers', () => {
  it('names each number that a JavaScript number does not give back', () => {
    expect(exactNumbers(STORED)).toEqual([
      { path: ['maximum_lag_on_failover'], source: '9007199254740993' },
      { path: ['postgresql', 'parameters', 'seq_page_cost'], source: '1.0' },
      { path: ['postgresql', 'parameters', 'jit_above_cost'], source: '1e5' },
      { path: ['ignore_slots', 0, 'n'], source: '1.0' },
    ]);
  });

  it.each([
    '{"a":9007199254740991,"b":1.5,"c":"1.0","d":"9007199254740993"}',
    '{"a":-1,"b":0,"1.0":2}',
    'no JSON 1.0',
    '[1.0]x',
  ])('names none in %s', (text) => {
    expect(exactNumbers(text)).toEqual([]);
  });
});

describe('withNumbers', () => {
  it('puts them back where the same number stands, and nowhere else', () => {
    const numbers = exactNumbers('{"a":{"b":[1.0]},"c":9007199254740993,"d":1e5}');
    expect(withNumbers('{"a":{"b":[1]},"c":9007199254740992,"d":7}', numbers)).toBe(
      '{"a":{"b":[1.0]},"c":9007199254740993,"d":7}',
    );
    expect(withNumbers('{"a":5}', numbers)).toBe('{"a":5}');
  });
});
