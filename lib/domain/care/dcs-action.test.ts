import { describe, expect, it } from 'vitest';
import type { Care, CareMember } from './care';
import { type DcsRequest, dcsRequests, defragmentOrder, isDcsDone, judgeDcs } from './dcs-action';
import { marginOf } from './margin';

const NOW = 1_800_000_000_000;
const MIB = 1024 * 1024;
const TIMING = { ttlSeconds: 30, loopWaitSeconds: 10 };

const member = (name: string, part: Partial<CareMember> = {}): CareMember => ({
  ...{
    key: name,
    name,
    urls: [`http://${name}:2379`],
    peerUrls: [`http://${name}:2380`],
    role: 'follower',
    was: 'follower',
  },
  ...{ votes: true, started: true, answers: true, silentSince: null, error: null, observedAt: NOW, tookMs: 1 },
  ...{
    version: '3.5.16',
    term: '7',
    position: 10_000,
    behind: 0,
    sizeBytes: 10 * MIB,
    inUseBytes: 10 * MIB,
    alarms: [],
  },
  ...{ countedAt: NOW, countsError: null, quotaBytes: 100 * MIB, leaderChanges: 0, slowApplies: 0, aheadMs: 0 },
  ...{ fsync: { p50Ms: 1, p99Ms: 2 }, roundTrip: { p50Ms: 1, p99Ms: 2 }, certificateEndsAt: null, facts: [] },
  ...{ fsyncMs: [], roundTripMs: [] },
  ...part,
});
const gone = (name: string, ms = 60_000): CareMember =>
  member(name, { role: null, answers: false, silentSince: NOW - ms, behind: null });
const e1 = member('e1', { role: 'leader' });
const learner = member('e4', { votes: false, role: 'learner' });
const care = (members: readonly CareMember[], part: Partial<Care> = {}): Care => ({
  ...{
    kind: 'etcd3',
    at: NOW,
    identity: 'abc',
    unlisted: null,
    leader: 'e1',
    leaderSince: null,
    term: '7',
    versions: [],
  },
  ...{ votes: marginOf(members), members, facts: [], ownCertificateEndsAt: null, elections: [] },
  ...part,
});
const judge = (
  request: DcsRequest,
  members: readonly CareMember[],
  part: Partial<Care> = {},
  timing: typeof TIMING | null = TIMING,
  busy: readonly string[] = [],
) => judgeDcs(request, care(members, part), { now: NOW, busy, timing });
const why = (...args: Parameters<typeof judge>): string | null => {
  const { refused } = judge(...args);
  return refused === null ? null : String(refused);
};
const ADD: DcsRequest = { kind: 'add_learner', name: 'e4', peerUrl: 'http://e4:2380' };
const three = [e1, member('e2'), member('e3')];

describe('a change of members', () => {
  it('may be made of three that are well, each way', () => {
    expect(why(ADD, three)).toBeNull();
    expect(why({ kind: 'promote', member: 'e4' }, [...three, learner])).toBeNull();
    expect(why({ kind: 'remove', member: 'e3' }, three)).toBeNull();
    expect(why({ kind: 'move_leader', member: 'e2' }, three)).toBeNull();
  });

  it('is refused while a member has only just gone silent, and not once that has lasted', () => {
    const at = (ms: number) => [e1, member('e2'), gone('e3', ms)];
    for (const request of [ADD, { kind: 'remove', member: 'e2' } as const])
      expect(why(request, at(3000))).toMatch(/only just/);
    expect(why({ kind: 'promote', member: 'e4' }, [...at(9000), learner])).toMatch(/only just/);
    expect(why(ADD, at(10_000))).toBeNull();
    // Who has just died may be back in a moment.
    expect(why({ kind: 'remove', member: 'e3' }, at(3000))).toMatch(/only just/);
    expect(why({ kind: 'remove', member: 'e3' }, at(10_000))).toBeNull();
  });

  it('counts who would answer after it against the quorum after it', () => {
    const one = [e1, member('e2'), gone('e3')];
    expect(why({ kind: 'remove', member: 'e2' }, one)).toMatch(/1 of 2 would answer, and the quorum is 2/);
    expect(judge({ kind: 'remove', member: 'e3' }, one).after).toEqual({ voters: 2, answer: 2, quorum: 2 });
    expect(judge({ kind: 'promote', member: 'e4' }, [...one, learner]).after).toEqual({
      voters: 4,
      answer: 3,
      quorum: 3,
    });
    const four = [e1, member('e5'), gone('e2'), gone('e3')];
    expect(why({ kind: 'promote', member: 'e4' }, [...four, learner])).toBeNull();
    expect(why({ kind: 'promote', member: 'e4' }, [e1, gone('e2'), gone('e3'), learner])).toMatch(
      /2 of 4 would answer/,
    );
    expect(why(ADD, [e1, gone('e2'), gone('e3')])).toMatch(/1 of 3 would answer/);
  });

  it('is refused where it is not known whether a voter answers, or who belongs to it, or who leads', () => {
    expect(why(ADD, [e1, member('e2'), member('e3', { role: null, answers: null })])).toMatch(/not known/);
    expect(why(ADD, three, { unlisted: 'denied' })).toMatch(/who belongs to it is not known/);
    expect(why(ADD, three, { leader: null })).toMatch(/nobody is known to lead/);
  });

  it('is refused with an alarm, an unstarted voter, a voter that is behind, and while an action runs on a cluster there', () => {
    expect(why(ADD, [e1, member('e2'), member('e3', { alarms: ['NOSPACE'] })])).toMatch(/alarm/);
    const never = member('e5', { started: false, answers: false, role: null, position: null, behind: null });
    expect(why({ kind: 'promote', member: 'e4' }, [...three, learner, never])).toMatch(/never started/);
    expect(why({ kind: 'remove', member: 'e5' }, [...three, never])).toBeNull();
    expect(why(ADD, [e1, member('e2'), member('e3', { behind: 9000 })])).toMatch(/behind/);
    expect(why(ADD, three, {}, TIMING, ['orders'])).toMatch(/an action runs on orders/);
  });

  it('adds one learner at a time, by a name and an address that are no other member', () => {
    expect(why({ ...ADD, name: 'e5', peerUrl: 'http://e5:2380' }, [...three, learner])).toMatch(/learner already/);
    expect(why({ ...ADD, name: 'e1' }, three)).toMatch(/has that name/);
    expect(why({ ...ADD, peerUrl: 'http://e1:2380' }, three)).toMatch(/has that address/);
    for (const name of ['', 'a b', '$(reboot)', '-x', `x'y`]) expect(why({ ...ADD, name }, three)).toMatch(/no word/);
    for (const peerUrl of ['e4:2380', 'http://e4', 'http://e4:2380/x', 'http://e4:2380 --x'])
      expect(why({ ...ADD, peerUrl }, three)).toMatch(/host:port/);
  });

  it('promotes only a learner that answers and has caught up', () => {
    expect(why({ kind: 'promote', member: 'e2' }, three)).toMatch(/has a vote already/);
    expect(why({ kind: 'promote', member: 'e4' }, [...three, { ...learner, answers: false }])).toMatch(
      /does not answer/,
    );
    expect(why({ kind: 'promote', member: 'e4' }, [...three, { ...learner, position: 8000 }])).toMatch(/caught up/);
  });

  it('never takes the leader out, nor the last voter, nor whom there is not', () => {
    expect(why({ kind: 'remove', member: 'e1' }, three)).toMatch(/move the leader first/);
    expect(why({ kind: 'remove', member: 'e1' }, [e1], { leader: null })).toMatch(/last voter/);
    expect(why({ kind: 'remove', member: 'e9' }, three)).toMatch(/no member any more/);
  });

  it('prints what starts the new member: exactly the members of now and itself', () => {
    const [, start = ''] = judge(ADD, three).commands;
    expect(start).toContain(
      '--initial-cluster e1=http://e1:2380,e2=http://e2:2380,e3=http://e3:2380,e4=http://e4:2380 ',
    );
    expect(start).toContain('--initial-cluster-state existing');
  });
});

describe('the leader', () => {
  it('is moved only to a voter that answers and is in step', () => {
    expect(why({ kind: 'move_leader', member: 'e4' }, [...three, learner])).toMatch(/no vote/);
    expect(why({ kind: 'move_leader', member: 'e3' }, [e1, member('e2'), gone('e3')])).toMatch(/does not answer/);
    expect(why({ kind: 'move_leader', member: 'e1' }, three)).toMatch(/leads already/);
  });
});

describe('an alarm', () => {
  it('is disarmed once there is room again, and one of damage never', () => {
    const raised = (part: Partial<CareMember>) => [e1, member('e2'), member('e3', { alarms: ['NOSPACE'], ...part })];
    expect(why({ kind: 'disarm', member: 'e3' }, raised({}))).toBeNull();
    expect(why({ kind: 'disarm', member: 'e3' }, raised({ sizeBytes: 95 * MIB }))).toMatch(/would come back/);
    expect(why({ kind: 'disarm', member: 'e3' }, raised({ alarms: ['CORRUPT'] }))).toMatch(/damaged/);
    expect(why({ kind: 'disarm', member: 'e2' }, raised({}))).toMatch(/no alarm/);
  });
});

describe('defragmenting', () => {
  const full = { sizeBytes: 900 * MIB, inUseBytes: 900 * MIB };

  it('goes by name, with the leader last', () => {
    expect(defragmentOrder(care([e1, member('e3'), member('e2')])).map(({ name }) => name)).toEqual(['e2', 'e3', 'e1']);
  });

  it('of three that answer may take its time; with one silent it is refused', () => {
    expect(
      why(
        { kind: 'defragment' },
        three.map((one) => ({ ...one, ...full })),
      ),
    ).toBeNull();
    expect(why({ kind: 'defragment' }, [e1, member('e2'), gone('e3')])).toMatch(/e3 does not answer/);
  });

  it('of one alone is refused where its estimate passes what the ttl bears: 18 s of 10', () => {
    expect(why({ kind: 'defragment' }, [{ ...e1, ...full }])).toMatch(
      /18 s nobody could write, and the ttl of 30 s bears 10 s/,
    );
    expect(why({ kind: 'defragment' }, [{ ...e1, sizeBytes: 900 * MIB, inUseBytes: 100 * MIB }])).toBeNull();
    expect(why({ kind: 'defragment' }, [{ ...e1, ...full }], {}, null)).toBeNull();
    // Two carry no quorum without each other.
    expect(why({ kind: 'defragment' }, [e1, member('e2', full)])).toMatch(/nobody could write/);
  });
});

describe('what is offered', () => {
  it('is nothing of a kind that is only looked at', () => {
    expect(dcsRequests(care(three, { kind: 'zookeeper' }))).toEqual([]);
    expect(why({ kind: 'snapshot' }, three, { kind: 'consul' })).toMatch(/only looks at Consul/);
  });

  it('is seen to be done by the list and the members alone', () => {
    expect(isDcsDone(ADD, care(three))).toBe(false);
    expect(isDcsDone(ADD, care([...three, learner]))).toBe(true);
    expect(isDcsDone({ kind: 'promote', member: 'e4' }, care([...three, learner]))).toBe(false);
    expect(isDcsDone({ kind: 'promote', member: 'e2' }, care(three))).toBe(true);
    expect(isDcsDone({ kind: 'remove', member: 'e9' }, care(three))).toBe(true);
    expect(isDcsDone({ kind: 'remove', member: 'e9' }, care(three, { unlisted: 'denied' }))).toBeNull();
    expect(isDcsDone({ kind: 'move_leader', member: 'e2' }, care(three))).toBe(false);
  });
});
