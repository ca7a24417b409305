import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseActivity } from './parse';

/** PostgreSQL 15.18: one session idle in transaction holds a row for which four wait in a queue; a fifth waits for a prepared transaction. */
const recorded = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'testdata/queue-and-prepared-15.json'), 'utf8'));

describe('what goes on inside', () => {
  it('is read of a recorded answer: who is root of whom, and who holds vacuum back', () => {
    const activity = parseActivity(recorded());
    const tree = activity?.blocking.map(({ depth, pid, prepared, blocks }) => [depth, pid ?? prepared, blocks]);
    expect(tree).toEqual([
      [0, 15855, 4],
      [1, 15873, 3],
      [2, 15877, 0],
      [2, 15881, 0],
      [2, 15885, 0],
      [0, 'pay-7731', 1],
      [1, 15909, 0],
    ]);
    expect(activity?.blocking[1]?.waitsFor).toMatchObject({ mode: 'ShareLock', kind: 'transactionid' });
    expect(activity?.connections).toMatchObject({ limit: 100, superuserReserved: 3, roleReserved: 0, used: 7 });
    expect(activity?.connections).toMatchObject({ waiting: 5, active: 1, idleInTransaction: 1, idle: 0 });
    expect(activity?.connections.roles[0]).toEqual({ name: 'app', count: 6, limit: 50 });
    expect(activity?.horizon).toMatchObject({ age: 7 });
    expect(activity?.slots.map(({ name, kind, active }) => [name, kind, active])).toContainEqual([
      'deb',
      'logical',
      false,
    ]);
  });

  it('tells prepared transactions apart by their lock, and leaves one unnamed that was not seen', () => {
    const row = recorded();
    const activity = parseActivity({ ...row, prepared: [] });
    expect(activity?.blocking.at(-2)).toMatchObject({ pid: null, prepared: null, blocks: 1 });
  });

  it('is nothing where the answer is another one, and whole where a column is nonsense', () => {
    for (const other of [null, 1, [], {}, { clock_ms: 1 }]) expect(parseActivity(other)).toBeNull();
    const broken = parseActivity({
      ...{ ...recorded(), sessions: [{ pid: 'x' }, null], holds: 7, slots: 'x', horizon: [{ kind: 'ghost', age: 9 }] },
      ...{ waiting: [{ pid: 1, by: 'x' }], totals: null, progress: [{ kind: 'copy', pid: 5, total: 0 }] },
    });
    expect(broken?.sessions).toEqual([]);
    expect(broken?.blocking).toEqual([]);
    expect(broken?.horizon).toBeNull();
    expect(broken?.totals.commits).toBeNull();
    expect(broken?.progress[0]?.total).toBeNull();
  });

  it('knows no statement and no state of others where the role may not look', () => {
    const row = recorded();
    const sessions = [{ pid: 5, type: 'client backend', backend_start: '2026-11-30T16:48:35.716119Z', state: null }];
    const activity = parseActivity({ ...row, monitor: false, sessions });
    expect(activity?.monitor).toBe(false);
    expect(activity?.sessions[0]).toMatchObject({ pid: 5, state: null, statement: null, transactionSeconds: null });
  });
});
