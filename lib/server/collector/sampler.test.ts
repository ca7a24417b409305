import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../domain/cluster';
import { type ClusterSpec, HEAD, MIB, NOW, play } from '../../domain/testkit';
import { Sampler, STEP_MS, WINDOW_MS } from './sampler';

const START = Math.ceil(NOW / 30_000) * 30_000;

/** n2 this far behind n1; null: n2 does not answer. */
function at(ms: number, behind: number | null, members: ClusterSpec['members'] = []): Snapshot {
  const n2 = { name: 'n2', lsn: HEAD - (behind ?? 0) };
  const silent = { name: 'n2', rest: 'timeout', sql: 'off', fast: {} } as const;
  return play([{ now: START + ms, members: [{ name: 'n1' }, behind === null ? silent : n2, ...members] }]).snapshot;
}

const replay = (sampler: Sampler, now: number): (number | null)[] => [
  ...(sampler.history('demo', now).members.n2?.replayBytes ?? []),
];

describe('the sampler', () => {
  it('keeps the larger of the lags of one step and never averages them away', () => {
    const sampler = new Sampler();
    sampler.add(at(0, MIB), []);
    sampler.add(at(1000, 5 * MIB), []);
    sampler.add(at(2000, 0), []);
    expect(replay(sampler, START + 2000)).toEqual([5 * MIB]);
  });

  it('shows a step without an answer as a gap, also where nothing was sampled at all', () => {
    const sampler = new Sampler();
    sampler.add(at(0, MIB), []);
    sampler.add(at(STEP_MS, null), []);
    sampler.add(at(4 * STEP_MS, 0), []);
    expect(replay(sampler, START + 4 * STEP_MS)).toEqual([MIB, null, null, null, 0]);
  });

  it('draws nothing of a member that is silent, though the row of its upstream and what it said before are there', () => {
    const members = [{ name: 'n1' }, { name: 'n2' }] as const;
    const silent = { name: 'n2', rest: 'timeout', sql: 'timeout' } as const;
    const { all } = play([{ members }, { members: [{ name: 'n1' }, silent], now: NOW + STEP_MS }]);
    expect(all[1]?.cluster.members[1]).toMatchObject({ silent: true, timeline: 1, lag: { replaySeconds: 0.0004 } });
    const sampler = new Sampler();
    for (const snapshot of all) sampler.add(snapshot, []);
    const { n1, n2 } = sampler.history('demo', NOW + STEP_MS).members;
    expect(n2).toMatchObject({ replaySeconds: [0.0004, null], replayBytes: [0, null], receiveBytes: [0, null] });
    expect(n2).toMatchObject({ timeline: [1, null], state: ['streaming', null] });
    expect(n1).toMatchObject({ timeline: [1, 1], state: ['running', 'running'] });
  });

  it('never invents a zero for a member that was not there', () => {
    const sampler = new Sampler();
    sampler.add(at(0, 0), []);
    sampler.add(at(STEP_MS, 0, [{ name: 'n3' }]), []);
    const { members } = sampler.history('demo', START + STEP_MS);
    expect(members.n3?.replayBytes).toEqual([null, 0]);
  });

  it('has no lag for the leader', () => {
    const sampler = new Sampler();
    sampler.add(at(0, 0), []);
    const { members, leader } = sampler.history('demo', START);
    expect(leader).toEqual(['n1']);
    expect(members.n1?.replayBytes).toEqual([null]);
    expect(members.n2?.replayBytes).toEqual([0]);
  });

  it('keeps a quarter of an hour and no more, whatever is added', () => {
    const sampler = new Sampler();
    const snapshot = at(0, 0);
    for (let step = 0; step < 1000; step += 1) sampler.add({ ...snapshot, observedAt: START + step * STEP_MS }, []);
    const history = sampler.history('demo', START + 999 * STEP_MS);
    expect(history.members.n2?.replayBytes).toHaveLength(WINDOW_MS / STEP_MS);
    expect(history.walBytesPerSecond).toHaveLength(WINDOW_MS / STEP_MS);
    expect(history.times[0]).toBe(history.from);
  });

  it('keeps the newest 200 events, newest first, each with an id of its own', () => {
    const sampler = new Sampler();
    const snapshot = at(0, 0);
    const change = { kind: 'paused', severity: null, member: null, code: null, members: [], text: 'x' } as const;
    for (let step = 0; step < 300; step += 1) sampler.add(snapshot, [{ ...change, text: `event ${step}` }]);
    const { events } = sampler.history('demo', START);
    expect(events).toHaveLength(200);
    expect(events[0]?.text).toBe('event 299');
    expect(new Set(events.map((event) => event.id)).size).toBe(200);
    expect(events.some((event) => new Sampler().add(snapshot, [change])[0]?.id === event.id)).toBe(false);
  });
});

describe('a spark', () => {
  it('has one value per 30 s of the last quarter of an hour, newest last, nulls where nothing is known', () => {
    const sampler = new Sampler();
    sampler.add(at(0, 2 * MIB), []);
    sampler.add(at(STEP_MS, MIB), []);
    sampler.add(at(60_000, null), []);
    sampler.add(at(90_000, 7), []);
    const spark = sampler.spark(START + 90_000);
    expect(spark).toHaveLength(WINDOW_MS / 30_000);
    expect(spark.slice(-4)).toEqual([2 * MIB, null, null, 7]);
    expect(spark.slice(0, -4).every((value) => value === null)).toBe(true);
  });

  it('forgets what is older than its window', () => {
    const sampler = new Sampler();
    sampler.add(at(0, MIB), []);
    expect(sampler.spark(START + WINDOW_MS).every((value) => value === null)).toBe(true);
  });
});
