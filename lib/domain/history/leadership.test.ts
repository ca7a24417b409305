import { describe, expect, it } from 'vitest';
import type { ActionRecord } from '../actions/action';
import { steady } from '../testkit';
import { composeLeaderships, type KeptLeadership, keptOf } from './leadership';

const T = 1_795_000_000_000;
const { cluster } = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const history = [
  { timeline: 1, endLsn: 0x1000, startedAt: null, endedAt: T, leader: null, reason: 'no recovery target specified' },
  {
    timeline: 2,
    endLsn: 0x2000,
    startedAt: T,
    endedAt: T + 60_000,
    leader: 'n2',
    reason: 'no recovery target specified',
  },
  { timeline: 3, endLsn: null, startedAt: T + 60_000, endedAt: null, leader: 'n1', reason: null },
];
const now = { ...cluster, timeline: 3, history };
const kept = (change: Partial<KeptLeadership>): KeptLeadership => ({
  timeline: 1,
  leader: 'n1',
  startedAt: null,
  endedAt: null,
  forkLsn: null,
  reason: null,
  cause: null,
  ...change,
});
/** What the matching looks at. */
const action = (change: Partial<ActionRecord>): ActionRecord =>
  ({
    id: 'a1',
    actor: 'dba',
    request: { kind: 'switchover', candidate: 'n2', scheduledAt: null },
    requestedAt: T - 3000,
    closedAt: T + 4000,
    outcome: 'done',
    outage: { ms: 1500, by: 'probe', precisionMs: 50, lastWritableAt: T - 1000, writableAgainAt: T + 500 },
    ...change,
  }) as ActionRecord;

describe('who led when', () => {
  it('begins each timeline where the one before ended, with that place and that reason', () => {
    expect(keptOf(now, null).map(({ timeline, forkLsn, startedAt }) => [timeline, forkLsn, startedAt])).toEqual([
      [1, null, null],
      [2, '0/1000', T],
      [3, '0/2000', T + 60_000],
    ]);
  });

  it('keeps a leader whom Patroni has forgotten, and how it came to lead', () => {
    const entries = composeLeaderships([kept({}), kept({ timeline: 2, leader: 'n2', cause: 'automatic' })], now, []);
    expect(entries.map(({ leader, cause }) => [leader, cause])).toEqual([
      ['n1', 'bootstrap'],
      ['n2', 'automatic'],
      ['n1', 'unknown'],
    ]);
    expect(entries.map(({ current }) => current)).toEqual([false, false, true]);
  });

  it('names who asked, where Howdah did it, and the outage that was measured', () => {
    const [, second, third] = composeLeaderships([], now, [action({})]);
    expect(second).toMatchObject({ cause: 'switchover', actor: 'dba', actionId: 'a1', outageMs: 1500 });
    expect(third).toMatchObject({ cause: 'unknown', actor: null });
  });

  it('never credits an action that was refused, had another target, or ended long before', () => {
    const others = [
      action({ outcome: 'refused' }),
      action({ request: { kind: 'switchover', candidate: 'n3', scheduledAt: null } }),
      action({ requestedAt: T - 900_000, closedAt: T - 800_000 }),
      action({ requestedAt: T + 20_000, closedAt: null }),
      action({ request: { kind: 'reload', members: ['n2'] } as ActionRecord['request'] }),
    ];
    expect(composeLeaderships([], now, others)[1]).toMatchObject({ cause: 'unknown', actor: null });
  });

  it('credits a scheduled switchover at its time, not when it was asked for', () => {
    const scheduledAt = new Date(T - 1000).toISOString();
    const scheduled = action({
      request: { kind: 'switchover', candidate: 'n2', scheduledAt },
      requestedAt: T - 7_200_000,
      closedAt: T - 7_199_000,
      outcome: 'scheduled',
      outage: null,
    });
    expect(composeLeaderships([], now, [scheduled])[1]).toMatchObject({ cause: 'switchover', actor: 'dba' });
  });
});
