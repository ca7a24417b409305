import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockingTree } from './blocking';

describe('the blocking tree', () => {
  it('of a queue on one row has its holder as root and draws each waiter once, not as many times as it has others ahead', () => {
    const tree = blockingTree([
      { pid: 11, by: [10] },
      { pid: 12, by: [11] },
      { pid: 13, by: [11, 12] },
      { pid: 14, by: [11, 12, 13] },
    ]);
    expect(tree).toEqual([
      { depth: 0, pid: 10, blocks: 4 },
      { depth: 1, pid: 11, blocks: 3 },
      { depth: 2, pid: 12, blocks: 0 },
      { depth: 2, pid: 13, blocks: 0 },
      { depth: 2, pid: 14, blocks: 0 },
    ]);
  });

  it('puts the root that blocks the most first, a prepared transaction too', () => {
    const tree = blockingTree([
      { pid: 21, by: [20] },
      { pid: 31, by: [-1] },
      { pid: 32, by: [31] },
    ]);
    expect(tree.map(({ pid, depth }) => [pid, depth])).toEqual([
      [-1, 0],
      [31, 1],
      [32, 2],
      [20, 0],
      [21, 1],
    ]);
  });

  it('is empty where nobody waits, and breaks a circle of a deadlock once', () => {
    expect(blockingTree([])).toEqual([]);
    expect(blockingTree([{ pid: 5, by: [] }])).toEqual([]);
    const circle = blockingTree([
      { pid: 1, by: [2] },
      { pid: 2, by: [1] },
      { pid: 3, by: [3] },
    ]);
    expect(circle).toEqual([
      { depth: 0, pid: 1, blocks: 1 },
      { depth: 1, pid: 2, blocks: 0 },
    ]);
  });

  it('holds every waiter and every root exactly once, and the roots count all the others', () => {
    const waiters = fc.uniqueArray(
      fc.record({
        pid: fc.integer({ min: 1, max: 15 }),
        by: fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { minLength: 1 }),
      }),
      { selector: ({ pid }) => pid },
    );
    fc.assert(
      fc.property(waiters, (all) => {
        const blocked = all.filter(({ pid, by }) => by.some((one) => one !== pid));
        const tree = blockingTree(all);
        const pids = tree.map(({ pid }) => pid);
        expect(new Set(pids).size).toBe(pids.length);
        for (const { pid } of blocked) expect(pids).toContain(pid);
        const known = all.flatMap(({ pid, by }) => [pid, ...by]);
        for (const pid of pids) expect(known).toContain(pid);
        const roots = tree.filter(({ depth }) => depth === 0);
        expect(roots.reduce((sum, { blocks }) => sum + blocks + 1, 0)).toBe(tree.length);
      }),
    );
  });
});
