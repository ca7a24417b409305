import { describe, expect, it } from 'vitest';
import type { Snapshot, TimelineEntry } from '../cluster';
import { steady } from '../testkit';
import type { ActionRecord } from './action';
import { endByHistory, LATE_MS } from './history-end';
import { momentOf } from './moment';

const start = steady({ members: [{ name: 'n1', role: 'primary' }, { name: 'n2' }, { name: 'n3' }] });
const sentAt = start.observedAt;
const HOUR = 3_600_000;

function record(candidate: string | null): ActionRecord {
  const request = { kind: 'switchover', candidate, scheduledAt: null };
  return { request, before: { ...momentOf(start), timeline: 1 } } as unknown as ActionRecord;
}

function entry(timeline: number, leader: string, startedAt: number | null): TimelineEntry {
  return { timeline, leader, startedAt, endLsn: null, endedAt: null, reason: null };
}

/** Some time after the request, with this leader and these timelines. */
function found(afterMs: number, leader: string, history: readonly TimelineEntry[]): Snapshot {
  const timeline = history.at(-1)?.timeline ?? 1;
  const known = start.cluster.leader;
  if (known === null) throw new Error('no leader');
  return {
    ...start,
    observedAt: sentAt + afterMs,
    cluster: { ...start.cluster, leader: { ...known, name: leader }, timeline, history },
  };
}

describe('an open switchover that is found long after', () => {
  it('is followed like every other while it is young', () => {
    expect(endByHistory(record('n2'), sentAt, found(LATE_MS - 1, 'n2', [entry(2, 'n2', sentAt)]))).toBeNull();
  });

  it('is done by the history, also when somebody else leads since', () => {
    const history = [entry(1, 'n1', null), entry(2, 'n2', sentAt + 3000), entry(3, 'n1', sentAt + HOUR)];
    const end = endByHistory(record('n2'), sentAt, found(2 * HOUR, 'n1', history));
    expect(end?.outcome).toBe('done');
    expect(end?.text).toMatch(/n2 led on timeline 2.*timeline 3/);
  });

  it('is done differently where another member led first', () => {
    const end = endByHistory(record('n2'), sentAt, found(HOUR, 'n3', [entry(2, 'n3', sentAt + 3000)]));
    expect(end).toMatchObject({ outcome: 'done_differently', differs: ['n3 led, but n2 was asked for'] });
  });

  it('is unknown where the new timeline began at another time: that was a failover of its own', () => {
    expect(
      endByHistory(record('n2'), sentAt, found(5 * HOUR, 'n2', [entry(2, 'n2', sentAt + 4 * HOUR)]))?.outcome,
    ).toBe('unknown');
    expect(endByHistory(record('n2'), sentAt, found(5 * HOUR, 'n2', [entry(2, 'n2', null)]))?.outcome).toBe('unknown');
  });

  it('is refused only where timeline and leader are the same as before', () => {
    expect(endByHistory(record('n2'), sentAt, found(HOUR, 'n1', [entry(1, 'n1', null)]))?.outcome).toBe('refused');
    expect(endByHistory(record('n2'), sentAt, found(HOUR, 'n3', [entry(1, 'n1', null)]))?.outcome).toBe('unknown');
  });
});
