import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ConditionReport } from '../../domain/alerts/conditions';
import { DEFAULT_RULES } from '../../domain/alerts/rules';
import type { Snapshot } from '../../domain/cluster';
import { steady } from '../../domain/testkit';
import { Reports } from './reports';

const HEALTHY = steady({ members: [{ name: 'n1' }, { name: 'n2' }] });
const CRASHED = steady({ members: [{ name: 'n1' }, { name: 'n2', state: 'crashed', patroni: { state: 'crashed' } }] });
const sent: (readonly ConditionReport[])[] = [];
let reports: Reports;
let at = HEALTHY.observedAt;

beforeEach(() => {
  vi.useFakeTimers();
  sent.length = 0;
  reports = new Reports(DEFAULT_RULES, (found) => sent.push(found));
});
afterEach(() => {
  reports.stop();
  vi.useRealTimers();
});

/** One snapshot a second. */
function show(snapshot: Snapshot, seconds: number, scope = 'demo'): number {
  const before = sent.length;
  for (let second = 0; second < seconds; second++) {
    at += 1000;
    reports.saw({ ...snapshot, scope, observedAt: at }, false);
    vi.advanceTimersByTime(1000);
  }
  return sent.length - before;
}

it('a change is said at once, what lasts each second, a quiet cluster every five', () => {
  expect(show(HEALTHY, 1)).toBe(1);
  show(HEALTHY, 300);
  expect(show(HEALTHY, 50)).toBe(10);
  reports.saw({ ...CRASHED, scope: 'demo' }, false);
  expect(sent.at(-1)?.[0]?.conditions.map(({ code }) => code)).toContain('member_not_running');
  expect(show(CRASHED, 20)).toBeGreaterThanOrEqual(19);
  expect(show(HEALTHY, 20)).toBeGreaterThanOrEqual(19);
});

it('many quiet clusters share a message, and one that is gone is said to be', () => {
  for (let scope = 0; scope < 50; scope++) show(HEALTHY, 1, `c${scope}`);
  vi.advanceTimersByTime(10_000);
  const before = sent.length;
  for (let scope = 0; scope < 50; scope++) reports.saw({ ...HEALTHY, scope: `c${scope}`, observedAt: at }, false);
  vi.advanceTimersByTime(5000);
  expect(sent.slice(before).flat()).toHaveLength(50);
  expect(sent.length - before).toBeLessThanOrEqual(2);
  reports.gone('c1', at);
  expect(sent.at(-1)).toMatchObject([{ scope: 'c1', gone: true, conditions: [] }]);
});
