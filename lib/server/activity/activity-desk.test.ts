import { describe, expect, it } from 'vitest';
import type { Activity, Session, Totals } from '../../domain/activity/activity';
import type { Snapshot } from '../../domain/cluster';
import { say } from '../../language/sentence';
import { Refusal } from '../route';
import { ActivityDesk } from './activity-desk';
import { activityAnswer } from './answer';

const TEXT = "UPDATE cards SET number = '4111-1111'";
const totals = (commits: number): Totals => ({
  ...{ commits, rollbacks: 0, hits: 1, reads: 0, tempBytes: 0, deadlocks: 0, conflicts: 0, walBytes: commits * 1000 },
});
const inside = (commits: number): Activity =>
  ({
    ...{ inRecovery: false, monitor: true, blocking: [], prepared: [], preparedCount: 0, horizon: null },
    sessions: [{ pid: 7, statement: TEXT } as unknown as Session],
    slots: [{ name: 's', active: false, safeBytes: 5_000_000, secondsToLoss: null }],
    totals: totals(commits),
  }) as unknown as Activity;
const member = (name: string, sql: string | null) => ({ name, identity: { sql } });
const snapshot = {
  scope: 'orders',
  cluster: { members: [member('n1', null), member('n2', null), member('n3', 'n9 answers there')] },
};

function house(readings: (() => unknown)[] = []) {
  let elapsed = 0;
  const asked: string[] = [];
  const desk = new ActivityDesk({
    elapsed: () => elapsed,
    newest: async () => snapshot as unknown as Snapshot,
    ask: async (_what, scope, name) => {
      asked.push(`${scope}/${name}`);
      const next = readings.shift();
      const good = { ok: true, value: inside(asked.length * 100), at: asked.length * 2000, tookMs: 9 };
      const reading = next === undefined ? good : next();
      return reading === null ? null : JSON.stringify(reading);
    },
  });
  const pass = (ms: number): void => {
    elapsed += ms;
  };
  return { desk, asked, pass };
}

/** As the gate answers a viewer, an operator and an admin. */
const gate = (may: readonly string[]) => ({
  why: (permission: string) => (may.includes(permission) ? null : say`no`),
  require: (permission: string) => {
    if (!may.includes(permission)) throw new Refusal('forbidden', say`no`);
  },
});
const answerFor = (desk: ActivityDesk, may: readonly string[], literals = false) =>
  activityAnswer({ activity: desk }, 'orders', 'n1', literals, gate(may));

describe('the desk of activity', () => {
  it('asks a member once for all who look within a moment, and each member for itself', async () => {
    const { desk, asked, pass } = house();
    await Promise.all([desk.answer('orders', 'n1', 'masked'), desk.answer('orders', 'n1', 'denied')]);
    await desk.answer('orders', 'n2', 'masked');
    expect(asked).toEqual(['orders/n1', 'orders/n2']);
    pass(2000);
    await desk.answer('orders', 'n1', 'masked');
    expect(asked).toHaveLength(3);
  });

  it('gives no text to whoever may not read it, though another who may looks at the same moment', async () => {
    const { desk } = house();
    const [operator, viewer] = await Promise.all([answerFor(desk, ['read_statements']), answerFor(desk, [])]);
    expect(operator.inside.sessions[0]?.statement).toBe('UPDATE cards SET number = ?');
    expect(viewer).toMatchObject({ texts: 'denied' });
    expect(JSON.stringify(viewer)).not.toMatch(/UPDATE|4111/);
  });

  it('gives the values to whoever may read them and asks for them, and refuses the others', async () => {
    const { desk } = house();
    const whole = await answerFor(desk, ['read_statements', 'read_literals'], true);
    expect(whole.inside.sessions[0]?.statement).toBe(TEXT);
    expect(() => answerFor(desk, ['read_statements'], true)).toThrow(Refusal);
  });

  it('says by the second what was counted between two readings, and how long a slot has at that', async () => {
    const { desk, pass } = house();
    expect((await desk.answer('orders', 'n1', 'denied')).rates).toBeNull();
    pass(2000);
    const second = await desk.answer('orders', 'n1', 'denied');
    expect(second.rates).toMatchObject({ commitsPerSecond: 50, walBytesPerSecond: 50_000 });
    expect(second.inside.slots[0]?.secondsToLoss).toBe(100);
  });

  it('says why not: no such member, the answer of another one, no role, a failure', async () => {
    const failed = { ok: false, error: { kind: 'timeout', message: 'no answer in time' }, at: 1, tookMs: 2000 };
    const { desk, asked } = house([() => null, () => failed]);
    await expect(desk.answer('orders', 'n4', 'masked')).rejects.toThrow(/has no member "n4"/);
    await expect(desk.answer('orders', 'n3', 'masked')).rejects.toThrow(/n9 answers there/);
    expect(asked).toEqual([]);
    await expect(desk.answer('orders', 'n1', 'masked')).rejects.toThrow(/no SQL role/);
    await expect(desk.answer('orders', 'n2', 'masked')).rejects.toThrow(/no answer in time/);
  });
});
