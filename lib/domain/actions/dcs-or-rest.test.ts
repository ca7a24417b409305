// REST is offered only where Patroni is proved to have the DCS that Howdah cannot read.
import { describe, expect, it } from 'vitest';
import { type ClusterSpec, type MemberSpec, play } from '../testkit';
import { chooseWay, dcsMayBeDown } from './dcs-or-rest';

const trio: readonly MemberSpec[] = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const PAUSE = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
const SWITCHOVER = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
/** Its newest good read is a minute old: twice the ttl. */
const blind: ClusterSpec = { members: trio, dcs: 'stale', endpoints: [] };
const seen = (spec: ClusterSpec) => play([{ members: spec.members }, spec]).snapshot;
function why(spec: ClusterSpec): string | null {
  const snapshot = seen(spec);
  return dcsMayBeDown(snapshot.cluster, snapshot.observedAt)?.toString() ?? null;
}

describe('a DCS that Howdah cannot read', () => {
  it('has not been lost by a primary that is still one after the ttl', () => {
    expect(why(blind)).toBeNull();
    expect(chooseWay(PAUSE, seen(blind), seen(blind).observedAt).way).toBe('rest');
  });

  it('may have been, before the ttl has passed', () => {
    expect(why({ ...blind, config: { ttl: 60 } })).toContain('within the ttl of 1 min');
    expect(why({ ...blind, config: { ttl: 59 } })).toBeNull();
  });

  const safe = trio.map((member) => ({
    ...member,
    patroni: { cluster_unlocked: true, failsafe_mode_is_active: true },
  }));
  it.each<[string, ClusterSpec, RegExp]>([
    ['failsafe_mode holds the primary', { ...blind, config: { failsafe_mode: true }, members: safe }, /failsafe_mode/],
    ['it is paused', { ...blind, members: trio.map((one) => ({ ...one, patroni: { pause: true } })) }, /paused/],
    ['nobody is primary', { ...blind, members: trio.map((one) => ({ ...one, role: 'replica' })) }, /nobody is primary/],
    [
      'its endpoints have no quorum',
      {
        ...blind,
        endpoints: [
          { name: 'e1', read: 'timeout' },
          { name: 'e2', read: 'timeout' },
        ],
      },
      /no quorum/,
    ],
  ])('may have been where %s: neither way is offered', (_what, spec, words) => {
    expect(why(spec)).toMatch(words);
    const snapshot = seen(spec);
    expect(chooseWay(SWITCHOVER, snapshot, snapshot.observedAt)).toMatchObject({ way: null });
  });

  it('is no matter where it is fresh, or not configured', () => {
    expect([why({ members: trio }), why({ members: trio, dcs: 'off' })]).toEqual([null, null]);
  });
});

describe('over REST', () => {
  it('a switchover needs the Patroni of the leader, a pause anybody', () => {
    const mute: ClusterSpec = { ...blind, dcs: 'off', members: [{ name: 'n1', rest: 'timeout' }, ...trio.slice(1)] };
    const snapshot = seen(mute);
    expect(chooseWay(SWITCHOVER, snapshot, snapshot.observedAt).way).toBeNull();
    expect(chooseWay(PAUSE, snapshot, snapshot.observedAt)).toMatchObject({
      way: 'rest',
      reason: expect.stringContaining('REST API of n2'),
    });
  });
});
