import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../wire/loose';
import { applyPatch, diffConfig, leafName, patchOf, sameJson, valueAt, withLeaf } from './diff';
import { mergeConfig } from './merge';

const paths = (before: JsonObject, after: JsonObject) =>
  diffConfig(before, after).map((change) => leafName(change.path));

describe('diffConfig', () => {
  it('goes down to leaves and takes lists whole', () => {
    const before = { ttl: 30, postgresql: { pg_hba: ['a', 'b'], parameters: { work_mem: '4MB', old: 1 } } };
    const after = { ttl: 30, pause: true, postgresql: { pg_hba: ['a'], parameters: { work_mem: '8MB', fresh: 2 } } };
    expect(paths(before, after)).toEqual(['pause', 'postgresql.pg_hba', 'work_mem', 'fresh', 'old']);
  });

  it('takes an object apart that came or went as a whole', () => {
    expect(paths({}, { slots: { a: { type: 'physical' } } })).toEqual(['slots.a.type']);
    expect(paths({ slots: { a: { type: 'physical' } } }, {})).toEqual(['slots.a.type']);
    expect(diffConfig({}, { slots: {} })).toEqual([{ path: ['slots'], before: undefined, after: {} }]);
    expect(paths({ slots: 1 }, { slots: { a: 1 } })).toEqual(['slots']);
  });

  it('does not see the order of keys', () => {
    expect(paths({ a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 })).toEqual([]);
  });
});

const leaf = fc.oneof(
  fc.constantFrom('on', 'off', '8GB', ''),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.constant([1, 2]),
);
const names = fc.constantFrom('a', 'b', 'c', '__proto__');
const config: fc.Arbitrary<JsonObject> = fc.letrec<{ node: unknown; object: JsonObject }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object')),
  object: fc.array(fc.tuple(names, tie('node')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
})).object;

describe('mergeConfig', () => {
  it('is the other side where one side changed nothing', () => {
    fc.assert(
      fc.property(config, config, (base, other) => {
        expect(mergeConfig(base, other, base)).toEqual({ value: other, conflicts: [] });
        expect(mergeConfig(base, base, other)).toEqual({ value: other, conflicts: [] });
        expect(mergeConfig(base, other, other)).toEqual({ value: other, conflicts: [] });
      }),
    );
  });

  it('loses no change: each of both sides is in the result or in a conflict', () => {
    fc.assert(
      fc.property(config, config, config, (base, theirs, mine) => {
        const { value, conflicts } = mergeConfig(base, theirs, mine);
        const inConflict = (path: readonly (string | number)[]): boolean =>
          conflicts.some((conflict) => conflict.path.every((step, index) => path[index] === step));
        for (const change of [...diffConfig(base, theirs), ...diffConfig(base, mine)]) {
          if (inConflict(change.path)) continue;
          const now = valueAt(value, change.path);
          // A removed branch may have been an object of which the other side kept nothing.
          if (change.after === undefined) expect(now === undefined || sameJson(now, {})).toBe(true);
          else if (!sameJson(change.after, {})) expect(now).toEqual(change.after);
        }
      }),
    );
  });

  it('keeps mine at a conflict and names all three', () => {
    const at = (work_mem: string) => ({ ttl: 30, postgresql: { parameters: { work_mem } } });
    const merged = mergeConfig(at('16MB'), { ...at('24MB'), loop_wait: 5 }, at('32MB'));
    expect(merged.value).toEqual({ ...at('32MB'), loop_wait: 5 });
    expect(merged.conflicts).toEqual([
      { path: ['postgresql', 'parameters', 'work_mem'], base: '16MB', theirs: '24MB', mine: '32MB' },
    ]);
  });

  it('puts keys in the order of mine, then what theirs added', () => {
    const merged = mergeConfig({ a: 1, b: 1 }, { c: 1, a: 1, b: 1 }, { b: 1, d: 1, a: 1 });
    expect(Object.keys(merged.value)).toEqual(['b', 'd', 'a', 'c']);
  });

  it('calls it a conflict when one removes what the other changed', () => {
    const base = { slots: { a: { type: 'physical' } } };
    const { value, conflicts } = mergeConfig(base, {}, { slots: { a: { type: 'logical' } } });
    expect(value).toEqual({ slots: { a: { type: 'logical' } } });
    expect(conflicts).toHaveLength(1);
  });
});

describe('patchOf', () => {
  it('removes with null, replaces lists whole and says nothing of what stays', () => {
    const before = { ttl: 30, loop_wait: 10, postgresql: { pg_hba: ['a'], parameters: { work_mem: '4MB' } } };
    const after = { ttl: 30, postgresql: { pg_hba: ['b'], parameters: { work_mem: '4MB', max_connections: 200 } } };
    expect(patchOf(before, after)).toEqual({
      loop_wait: null,
      postgresql: { pg_hba: ['b'], parameters: { max_connections: 200 } },
    });
    expect(applyPatch(before, patchOf(before, after))).toEqual(after);
  });

  it('cannot turn 40 into the text 40: Patroni compares what it prints', () => {
    expect(applyPatch({ ttl: 40 }, patchOf({ ttl: 40 }, { ttl: '40' }))).toEqual({ ttl: 40 });
  });
});

it('withLeaf sets, makes and removes, and keeps the place of a key', () => {
  expect(withLeaf({ a: 1, b: 2 }, ['a'], 3)).toEqual({ a: 3, b: 2 });
  expect(Object.keys(withLeaf({ a: 1, b: 2 }, ['a'], 3))).toEqual(['a', 'b']);
  expect(withLeaf({}, ['postgresql', 'parameters', 'work_mem'], '4MB')).toEqual({
    postgresql: { parameters: { work_mem: '4MB' } },
  });
  expect(withLeaf({ a: { b: 1, c: 2 } }, ['a', 'b'], undefined)).toEqual({ a: { c: 2 } });
  expect(withLeaf({ a: ['x', 'y'] }, ['a', 0], undefined)).toEqual({ a: ['y'] });
  expect(withLeaf({ a: 1 }, ['b', 'c'], undefined)).toEqual({ a: 1 });
});
