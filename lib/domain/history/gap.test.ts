import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../cluster';
import { type ClusterSpec, NOW, steady } from '../testkit';
import { firstEvents, gapEvents, timelineEventId, timelineEvents } from './gap';

const spec: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }] };
const before = steady(spec);
const later = (change: Partial<ClusterSpec>, by = 120_000): Snapshot => steady({ ...spec, ...change, now: NOW + by });
const switched = later({
  leader: 'n2',
  members: [
    { name: 'n1', role: 'replica', timeline: 2 },
    { name: 'n2', role: 'primary', timeline: 2 },
  ],
});

describe('what happened while nobody watched', () => {
  it('is told with both ends of the time in which it can have happened', () => {
    const events = gapEvents(before, switched, before.observedAt + 1000, 15_000);
    const leader = events.find((event) => event.kind === 'leader_changed');
    expect(leader).toMatchObject({ by: 'gap', notBefore: before.observedAt + 1000, at: switched.observedAt });
    expect(leader?.text).toBe('n2 leads, after n1');
  });

  it('is the same event when it is told again', () => {
    const ids = (): string[] => gapEvents(before, switched, before.observedAt, 15_000).map(({ id }) => id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(ids().length);
  });

  it('gives the beginning of a timeline the id under which it is known live and in /history', () => {
    const id = timelineEventId(switched.cluster.systemIdentifier, 2);
    expect(gapEvents(before, switched, before.observedAt, 15_000).map((event) => event.id)).toContain(id);
  });

  it('is no gap when Howdah was away for seconds', () => {
    const soon = later({ config: { pause: true } }, 4000);
    for (const event of gapEvents(before, soon, before.observedAt, 15_000)) expect(event.by).toBe('seen');
  });

  it('is nothing where another cluster has taken the name', () => {
    const other = { ...switched, cluster: { ...switched.cluster, systemIdentifier: '1' } };
    expect(gapEvents(before, other, before.observedAt, 15_000)).toEqual([]);
  });
});

describe('the first look', () => {
  it('tells what is found as found, and nothing else', () => {
    const broken = later({ members: [{ name: 'n1' }, { name: 'n2', rest: 'lost', sql: 'lost' }] });
    expect(firstEvents(broken).map(({ kind }) => kind)).toEqual(broken.findings.map(() => 'finding_raised'));
    expect(firstEvents(before)).toEqual([]);
  });
});

describe('events of /history', () => {
  it('come for each timeline that has a time, with its leader', () => {
    const history = [
      { timeline: 1, endLsn: 10, startedAt: null, endedAt: 5000, leader: 'n1', reason: 'x' },
      { timeline: 2, endLsn: 20, startedAt: 5000, endedAt: 9000, leader: 'n2', reason: 'x' },
      { timeline: 3, endLsn: null, startedAt: 9000, endedAt: null, leader: 'n1', reason: null },
    ];
    const events = timelineEvents({ ...before.cluster, history });
    expect(events.map(({ at, text, by }) => ({ at, text, by }))).toEqual([
      { at: 5000, text: 'timeline 1 to 2: n2 leads', by: 'history' },
      { at: 9000, text: 'timeline 2 to 3: n1 leads', by: 'history' },
    ]);
  });
});
