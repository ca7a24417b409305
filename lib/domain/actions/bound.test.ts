// What a decision was made on survives the way through the browser, and each thing that changed since is named.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type ClusterSpec, steady } from '../testkit';
import type { Bound } from './action';
import { bind, canonical, changesOf, digestOf, formatToken, parseToken } from './bound';

const healthy: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const then = bind(steady(healthy));

describe('a token', () => {
  it('is read back as it was, also with names that are not ASCII', () => {
    const bound: Bound = { ...then, members: ['Köln-1', 'n2', '日本'] };
    expect(parseToken(formatToken(bound))).toEqual(bound);
    expect(formatToken(bound)).toMatch(/^[\w-]+$/);
  });

  it('never throws on what is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseToken(text)).not.toThrow();
      }),
    );
    for (const text of ['', 'nonsense', btoa('{}'), btoa('[]'), btoa('{"scope":1,"members":[]}')])
      expect(parseToken(text)).toBeNull();
  });
});

describe('what changed', () => {
  it('is nothing where nothing did', () => {
    expect(changesOf(then, bind(steady(healthy)))).toEqual([]);
    expect(changesOf(then, parseToken(formatToken(then)) ?? then)).toEqual([]);
  });

  const CHANGES: readonly (readonly [Partial<Bound>, RegExp])[] = [
    [{ leader: 'n2' }, /the leader was n1, now it is n2/],
    [{ leader: null }, /now there is none/],
    [{ timeline: 9 }, /the timeline was 1, now it is 9/],
    [{ failoverRevision: '77' }, /\/failover was .*, now it is at revision 77/],
    [{ syncRevision: '77' }, /\/sync was .*, now it is at revision 77/],
    [{ configRevision: '77' }, /the configuration was .*, now it is at revision 77/],
    [{ configRevision: null }, /not readable in the DCS/],
    [{ members: ['n1', 'n2'] }, /n3 left the cluster/],
    [{ members: ['n1', 'n2', 'n3', 'n4'] }, /n4 joined the cluster/],
  ];
  test.each(CHANGES)('%o', (change, words) => {
    expect(changesOf(then, { ...then, ...change }).join('; ')).toMatch(words);
  });

  it('shows by content where only REST can be read', () => {
    const rest = (config: Readonly<Record<string, unknown>>): Bound => ({
      ...then,
      configRevision: null,
      configDigest: digestOf(config),
    });
    expect(changesOf(rest({ a: 1, b: 2 }), rest({ b: 2, a: 1 }))).toEqual([]);
    expect(changesOf(rest({ a: 1 }), rest({ a: 2 }))).toEqual(['the configuration changed']);
  });
});

it('the canonical text does not depend on the order of keys', () => {
  expect(canonical({ b: [1, { d: 1, c: null }], a: undefined })).toBe(canonical({ b: [1, { c: null, d: 1 }] }));
  expect(canonical({ a: '1' })).not.toBe(canonical({ a: 1 }));
});
