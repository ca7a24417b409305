import { describe, expect, it } from 'vitest';
import type { Text } from '../../language/sentence';
import { type ClusterSpec, type MemberSpec, steady } from '../testkit';
import type { ActionRecord } from './action';
import { momentOf } from './moment';
import { isRestartedByStepDown, obstacleToNext } from './next-stage';
import type { Stage } from './plan';

const n1: MemberSpec = { name: 'n1', role: 'primary' };
const n2: MemberSpec = { name: 'n2' };
const n3: MemberSpec = { name: 'n3' };
const healthy: ClusterSpec = { members: [n1, n2, n3] };
const before = momentOf(steady(healthy));
const next: Stage = { kind: 'restart', prefix: '', member: 'n3', onlyPending: false };

function judge(now: ClusterSpec, stage: Stage = next, leader: string | null = 'n1'): Text | null {
  const snapshot = steady(now);
  const request = { kind: 'rolling_restart', onlyPending: false } as const;
  return obstacleToNext({ request, before, next: stage, leader, snapshot, now: snapshot.observedAt });
}

describe('the next stage of an action', () => {
  it('may begin while the cluster is what it was planned for', () => {
    expect(judge(healthy)).toBeNull();
    expect(judge(healthy, { kind: 'switchover', prefix: 'switchover:', member: 'n2', onlyPending: false })).toBeNull();
  });

  it.each<[string, ClusterSpec, RegExp]>([
    [
      'another leader',
      { members: [{ ...n1, role: 'replica' }, n2, { ...n3, role: 'primary' }], leader: 'n3' },
      /n3 leads now/,
    ],
    ['a pause', { ...healthy, config: { pause: true } }, /paused meanwhile/],
    ['an unreadable DCS', { ...healthy, dcs: 'stale' }, /not known|cannot be read/],
    ['a request of somebody else', { ...healthy, failover: { leader: 'n1', member: 'n2' } }, /holds a request/],
    [
      'a switchover that was scheduled',
      { ...healthy, failover: { leader: 'n1', member: 'n2', scheduled_at: '2030-01-01T00:00:00+00:00' } },
      /scheduled meanwhile/,
    ],
    ['a standby that was left behind', { members: [n1, { ...n2, upstream: null }, n3] }, /n2 does not stream/],
    ['a member that has gone', { members: [n1, n3] }, /n2 left the cluster/],
    ['a second primary', { members: [n1, { ...n2, role: 'primary' }, n3] }, /n2/],
  ])('does not begin after %s', (_what, now, words) => {
    expect(judge(now)).toMatch(words);
  });

  it('does not mind that the member it is about does not stream', () => {
    expect(judge({ members: [n1, n2, { ...n3, upstream: null }] })).toBeNull();
  });
});

describe('the restart of the old leader', () => {
  const request = { kind: 'rolling_restart', onlyPending: false } as const;
  const record = { request, before } as Pick<ActionRecord, 'request' | 'before'>;
  const member = steady(healthy).cluster.members[0] ?? null;

  it('was its step down, where PostgreSQL was started since and nothing waits', () => {
    if (member?.startedAt == null) throw new Error('no start time');
    expect(isRestartedByStepDown(record, member)).toBe(false);
    expect(isRestartedByStepDown(record, { ...member, startedAt: member.startedAt + 5000 })).toBe(true);
    const waits = { since: null, parameters: [], by: ['patroni' as const] };
    expect(
      isRestartedByStepDown(record, { ...member, startedAt: member.startedAt + 5000, pendingRestart: waits }),
    ).toBe(false);
  });
});
