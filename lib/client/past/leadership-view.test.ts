import { describe, expect, it } from 'vitest';
import type { Leadership } from '../../contract/history';
import type { HealthAnswer } from '../../contract/stream';
import type { TimelineEntry } from '../../domain/cluster';
import { NOW, play, steady } from '../../domain/testkit';
import { causeCounts, leadershipView, ledUntil } from './leadership-view';
import { storeTroubles } from './store-words';

const entry = (timeline: number, startedAt: number | null, part: Partial<Leadership> = {}): Leadership => ({
  timeline,
  leader: 'n1',
  startedAt,
  endedAt: null,
  forkLsn: null,
  current: false,
  cause: 'switchover',
  actor: null,
  actionId: null,
  reason: null,
  outageMs: null,
  ...part,
});
const kept = {
  scope: 'a',
  problem: null,
  entries: [entry(1, 100, { endedAt: 200 }), entry(2, 200, { current: true })],
};
const told: readonly TimelineEntry[] = [
  { timeline: 1, endLsn: 0x3000148, startedAt: null, endedAt: 200, leader: 'n1', reason: null },
  { timeline: 2, endLsn: null, startedAt: 200, endedAt: null, leader: 'n2', reason: 'no recovery target specified' },
];

describe('leadershipView', () => {
  it('takes the kept record, and /history where there is none or it is behind', () => {
    expect(leadershipView(kept, told, null).from).toBe('kept');
    expect(leadershipView(undefined, told, null).from).toBe('history');
    const newer = [...told, { ...told[1], timeline: 3 } as TimelineEntry];
    expect(leadershipView(kept, newer, null).from).toBe('history');
  });

  it('takes the fork of a timeline from the end of the one before', () => {
    const { entries } = leadershipView(undefined, told, null);
    expect(entries.map((one) => one.forkLsn)).toEqual([null, '0/3000148']);
    expect(entries.map((one) => one.current)).toEqual([false, true]);
  });

  it('at a moment knows nothing of what came later', () => {
    const { entries } = leadershipView(kept, told.slice(0, 1), 150);
    expect(entries).toEqual([{ ...kept.entries[0], current: true, endedAt: null }]);
  });

  it('counts causes and leaves out what is not known', () => {
    expect(causeCounts([entry(1, 1), entry(2, 2), entry(3, 3, { cause: 'automatic' })])).toBe(
      '2 switchovers, 1 automatic failover',
    );
    expect(causeCounts([entry(1, 1, { cause: 'unknown' })])).toBe('');
  });
});

describe('how long somebody leads', () => {
  const trio = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
  const led = [entry(1, NOW - 100_000, { endedAt: NOW - 50_000 }), entry(2, NOW - 50_000, { current: true })] as const;
  const later = NOW + 3_600_000;

  it('grows while somebody leads, and ends where another began', () => {
    const snapshot = steady({ members: trio });
    expect(led.map((one) => ledUntil(one, snapshot, later))).toEqual([NOW - 50_000, later]);
  });

  it('stops when nobody leads any more, however long that lasts', () => {
    const gone = { name: 'n1', rest: 'refused', sql: 'refused' } as const;
    const down = { leader: null, members: [gone, { name: 'n2', upstream: null }, { name: 'n3', upstream: null }] };
    const { snapshot } = play([{ members: trio }, ...Array.from({ length: 8 }, () => down)]);
    const until = ledUntil(led[1], snapshot, later);
    expect(until).not.toBeNull();
    expect(until).toBeLessThanOrEqual(snapshot.observedAt);
    expect(ledUntil(led[1], snapshot, later + 60_000)).toBe(until);
  });

  it('goes no further than what was seen while who leads is not known', () => {
    const { snapshot } = play([{ members: trio }, { members: trio, dcs: 'stale' }]);
    expect([snapshot.cluster.leader?.known, ledUntil(led[1], snapshot, later)]).toEqual([
      false,
      snapshot.cluster.leader?.observedAt,
    ]);
  });
});

describe('storeTroubles', () => {
  const calm = {
    store: { kind: 'embedded', state: 'ready', error: null, since: 5, behind: 0 },
    history: {
      buffered: 0,
      bufferedBytes: 0,
      bufferLimitBytes: 1024,
      droppedSamples: 0,
      droppedFrames: 0,
      droppedEvents: 0,
      storedAt: 1,
      storedBytes: null,
      limitBytes: 1,
      elsewhere: 0,
      problem: null,
    },
  } as unknown as HealthAnswer;
  const health = (store: object, history: object | null = {}): HealthAnswer => ({
    ...calm,
    store: { ...calm.store, ...store },
    history: history === null || calm.history === null ? null : { ...calm.history, ...history },
  });

  it('is silent while everything is kept, and where nothing is meant to be', () => {
    expect(storeTroubles(calm)).toEqual([]);
    expect(storeTroubles(health({}, null))).toEqual([]);
    expect(storeTroubles(health({ state: 'opening' }))).toEqual([]);
  });

  it('says since when the store is away, why, and what waits for it', () => {
    const [trouble] = storeTroubles(health({ state: 'down', error: 'Refused.' }, { buffered: 1, bufferedBytes: 512 }));
    expect(trouble?.title).toMatch(/away: live goes on, the past has a gap/);
    expect(trouble?.detail).toBe('Refused. Waiting for it: 1 entry, 512 B of 1 KiB.');
    expect(trouble?.since).toBe(5);
  });

  it('says what was set aside though the store is ready again, and counts what was given up', () => {
    expect(storeTroubles(health({ error: 'set aside as store.damaged' }))[0]?.detail).toMatch(/set aside/);
    const [dropped] = storeTroubles(health({}, { droppedSamples: 12, droppedEvents: 1 }));
    expect(dropped?.title).toBe('The past has a gap: 12 samples, 1 event dropped');
  });
});
