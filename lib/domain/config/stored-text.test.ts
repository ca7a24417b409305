import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, parseObject } from '../wire/loose';
import { sameJson, withLeaf } from './diff';
import { rewritten } from './stored-text';

const STORED =
  '{"ttl": 30,"maximum_lag_on_failover":9007199254740993 , "postgresql":{"parameters":{"seq_page_cost":1.0,"jit_above_cost":1e5,"x\\u00e4":"\\/"},"pg_hba":["a","b"]},"ignore_slots":[{"n":1.0},{"n":2}]}';
const value = parseObject(STORED) ?? {};

describe('rewritten', () => {
  it('changes nothing where nothing changed', () => {
    expect(rewritten(STORED, value)).toBe(STORED);
  });

  it.each<[string, JsonObject, string, string]>([
    ['a value', withLeaf(value, ['ttl'], 40), '"ttl": 30', '"ttl": 40'],
    ['a deep value', withLeaf(value, ['postgresql', 'parameters', 'seq_page_cost'], 2), '1.0,"jit', '2,"jit'],
    ['a new key', withLeaf(value, ['pause'], true), '"n":2}]}', '"n":2}],"pause":true}'],
    [
      'a new deep key',
      withLeaf(value, ['slots', 'a', 'type'], 'physical'),
      '"n":2}]}',
      '"n":2}],"slots":{"a":{"type":"physical"}}}',
    ],
    ['a removed first key', withLeaf(value, ['ttl'], undefined), '"ttl": 30,', ''],
    ['a removed last key', withLeaf(value, ['ignore_slots'], undefined), ',"ignore_slots":[{"n":1.0},{"n":2}]', ''],
    ['an item of a list', withLeaf(value, ['ignore_slots'], [{ n: 1 }, { n: 3 }]), '{"n":2}', '{"n":3}'],
    [
      'an item before others',
      withLeaf(value, ['ignore_slots'], [{ n: 7 }, { n: 1 }, { n: 2 }]),
      '[{"n":1.0}',
      '[{"n":7},{"n":1.0}',
    ],
  ])('touches only %s', (_what, after, from, to) => {
    expect(rewritten(STORED, after)).toBe(STORED.replace(from, to));
  });

  it('of a key that stands twice the last one counts, and both go', () => {
    expect(rewritten('{"a":1,"b":2,"a":3}', { a: 4, b: 2 })).toBe('{"a":1,"b":2,"a":4}');
    expect(rewritten('{"a":1,"b":2,"a":3}', { b: 2 })).toBe('{"b":2}');
    expect(rewritten('{"a":1,"a":3}', {})).toBe('{}');
  });

  it('writes anew what was no object', () => {
    expect(rewritten('broken', { a: 1 })).toBe('{"a":1}');
    expect(rewritten('', { a: 1 })).toBe('{"a":1}');
  });

  it('says what was asked for, whatever the text and the change', () => {
    const leaf = fc.oneof(
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.integer(), { maxLength: 3 }),
    );
    const document = fc.dictionary(fc.string(), fc.oneof(leaf, fc.dictionary(fc.string(), leaf, { maxKeys: 3 })), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(document, document, fc.constantFrom(undefined, 1, 2), (before, after, indent) => {
        const text = JSON.stringify(before, null, indent);
        const next = parseObject(rewritten(text, after));
        expect(next !== null && sameJson(next, JSON.parse(JSON.stringify(after)))).toBe(true);
      }),
    );
  });
});
