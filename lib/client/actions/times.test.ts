import { describe, expect, it } from 'vitest';
import type { ActionRecord, ActionStep } from '../../domain/actions/action';
import {
  elapsedOf,
  formatAway,
  formatElapsed,
  formatOutage,
  formatStepTook,
  fromLocalInput,
  outageMs,
  stepTimes,
  toIsoWithOffset,
  toLocalInput,
} from './times';

const step = (key: string, state: ActionStep['state'], reachedAt: number | null): ActionStep => ({
  key,
  title: key,
  detail: null,
  state,
  reachedAt,
  expectedAtMs: null,
});

function action(part: Partial<ActionRecord>): ActionRecord {
  return { requestedAt: 1000, phase: 'open', closedAt: null, outage: null, steps: [], ...part } as ActionRecord;
}

describe('steps', () => {
  it('take as long as since the latest one reached before them', () => {
    const times = stepTimes(
      action({ steps: [step('requested', 'done', 1009), step('taken', 'done', 1380), step('stepped', 'done', 3110)] }),
      9000,
    );
    expect(times.map((time) => time.atMs)).toEqual([9, 380, 2110]);
    expect(times.map((time) => time.tookMs)).toEqual([9, 371, 1730]);
  });

  it('the current one grows until the action is closed, waiting and skipped ones say nothing', () => {
    const steps = [
      step('a', 'done', 2000),
      step('b', 'skipped', 2500),
      step('c', 'current', null),
      step('d', 'waiting', null),
    ];
    expect(stepTimes(action({ steps }), 4000).map((time) => time.tookMs)).toEqual([1000, null, 1500, null]);
    const closed = action({ steps, phase: 'closed', closedAt: 3000 });
    expect(stepTimes(closed, 90_000)[2]?.tookMs).toBe(500);
  });

  it('observed out of order never take less than nothing', () => {
    const steps = [step('a', 'done', 5000), step('b', 'done', 4000)];
    expect(stepTimes(action({ steps }), 9000).map((time) => time.tookMs)).toEqual([4000, 0]);
  });
});

describe('the outage', () => {
  const outage = { ms: 500, by: 'probe', precisionMs: 50, lastWritableAt: 1500, writableAgainAt: null } as const;

  it('grows while nothing is writable, and stands when it is again', () => {
    expect(outageMs(action({ outage }), 4500)).toBe(3000);
    expect(outageMs(action({ outage: { ...outage, ms: 1840, writableAgainAt: 3340 } }), 9000)).toBe(1840);
  });

  it('does not grow after the end, and is nothing where there was none', () => {
    expect(outageMs(action({ outage, phase: 'closed', closedAt: 2000 }), 99_000)).toBe(500);
    expect(outageMs(action({}), 2000)).toBeNull();
  });
});

describe('words', () => {
  it('hundredths while it runs, then minutes', () => {
    expect(formatElapsed(2340)).toBe('2.34 s');
    expect(formatElapsed(-5)).toBe('0.00 s');
    expect(formatElapsed(72_000)).toBe('1 min 12 s');
    expect(formatOutage(2900)).toBe('2.9 s');
    expect(formatOutage(42_300)).toBe('42 s');
    expect(formatStepTook(9)).toBe('9 ms');
    expect(formatStepTook(1730)).toBe('1.73 s');
    expect(elapsedOf(action({ closedAt: 3500, phase: 'closed' }), 9000)).toBe(2500);
  });

  it('how far away', () => {
    expect(formatAway(3 * 3_600_000 + 12 * 60_000, 0)).toBe('in 3 h 12 min');
    expect(formatAway(0, 12_000)).toBe('12 s ago');
  });
});

describe('a local time', () => {
  it('is sent as a full instant with its offset, and comes back the same', () => {
    const at = new Date(2026, 10, 21, 14, 30, 0).getTime();
    const text = toLocalInput(at);
    expect(text).toBe('2026-11-21T14:30');
    const time = fromLocalInput(text);
    expect(time?.at).toBe(at);
    expect(time?.iso).toBe(toIsoWithOffset(at));
    expect(time?.iso).toMatch(/^2026-11-21T14:30:00[+-]\d\d:\d\d$/);
    expect(Date.parse(time?.iso ?? '')).toBe(at);
  });

  it('that is none is none', () => {
    for (const text of ['', '2026-11-21', 'soon', '2026-11-21T25:00']) expect(fromLocalInput(text)).toBeNull();
  });
});
