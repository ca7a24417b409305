import { describe, expect, it } from 'vitest';
import type { ClusterAvailability } from '../../contract/history';
import {
  availabilityCsv,
  bucketsOf,
  fill,
  leftOf,
  linesOf,
  parseAvailability,
  printAvailability,
  spanOf,
} from './availability';

const at = (...parts: [number, number, number, number?, number?]): number =>
  new Date(parts[0], parts[1] - 1, ...(parts.slice(2) as [number])).getTime();
const cluster = (scope: string, change: Partial<ClusterAvailability> = {}): ClusterAvailability => ({
  scope,
  labels: {},
  objectivePercent: null,
  unplannedMs: 0,
  plannedMs: 0,
  unseenMs: 0,
  outages: [],
  unseen: [],
  ...change,
});
const outage = (from: number, to: number, planned: boolean) => ({
  ...{ from, to, planned, ms: to - from, open: false, by: 'probe' as const },
  ...{ cause: 'x', detail: null, lost: null, actionId: null },
});
const OCTOBER = spanOf('month', at(2026, 10, 9));

describe('a period', () => {
  it('is one of the calendar, and the one before it', () => {
    expect(OCTOBER).toEqual({ from: at(2026, 10, 1), to: at(2026, 11, 1) });
    expect(spanOf('month', at(2026, 1, 31), -1)).toEqual({ from: at(2025, 12, 1), to: at(2026, 1, 1) });
    expect(spanOf('week', at(2026, 11, 22))).toEqual({ from: at(2026, 11, 16), to: at(2026, 11, 23) });
    expect(spanOf('quarter', at(2026, 11, 22))).toEqual({ from: at(2026, 10, 1), to: at(2027, 1, 1) });
    expect(spanOf('year', at(2026, 2, 1), 1)).toEqual({ from: at(2027, 1, 1), to: at(2028, 1, 1) });
  });

  it('has its days, a year its months', () => {
    expect(bucketsOf('month', OCTOBER)).toHaveLength(31);
    expect(bucketsOf('year', spanOf('year', at(2026, 2, 1)))).toHaveLength(12);
  });

  it('comes back from the address as it was chosen; what is no day is now', () => {
    const choice = { period: 'week', at: at(2026, 10, 5), scope: 'orders', group: 'env' } as const;
    expect(parseAvailability(new URLSearchParams(printAvailability(choice)))).toEqual(choice);
    expect(parseAvailability(new URLSearchParams('from=yesterday&period=aeon'))).toEqual({
      ...{ period: 'month', at: null, scope: null, group: null },
    });
    expect(printAvailability({ period: 'month', at: null, scope: null, group: null })).toBe('');
  });
});

describe('the days of an outage', () => {
  it('across midnight are both, each with its share', () => {
    const days = fill(bucketsOf('month', OCTOBER), [
      cluster('a', { outages: [outage(at(2026, 10, 5, 23, 50), at(2026, 10, 6, 0, 10), false)] }),
    ]);
    expect(days.map(({ unplannedMs }) => unplannedMs / 60_000).slice(3, 7)).toEqual([0, 10, 10, 0]);
  });
});

describe('clusters together by a label', () => {
  const clusters = [
    cluster('a', { labels: { env: 'prod' }, unplannedMs: 1000, objectivePercent: 99.95 }),
    cluster('b', { labels: { env: 'prod' }, plannedMs: 600_000, objectivePercent: 99.95 }),
    cluster('c', { unplannedMs: 500 }),
  ];
  const options = { span: OCTOBER, none: 'without' };

  it('are one line with their sums, and what is left of the one that has least', () => {
    const lines = linesOf({ clusters }, { ...options, group: 'env' });
    expect(lines.map(({ name, unplannedMs, plannedMs }) => [name, unplannedMs, plannedMs])).toEqual([
      ['prod', 1000, 600_000],
      ['without', 500, 0],
    ]);
    // 22 min 19 s, of which b has used ten minutes.
    expect(Math.round((lines[0]?.leftMs ?? 0) / 1000)).toBe(12 * 60 + 19);
    expect(lines[1]?.leftMs).toBeNull();
  });

  it('planned counts against the objective, and no objective leaves nothing to say', () => {
    const [a, , c] = clusters;
    expect(a && leftOf({ ...a, plannedMs: 3_600_000 }, OCTOBER)).toBeLessThan(0);
    expect(c && leftOf(c, OCTOBER)).toBeNull();
  });

  it('are one line each in the file', () => {
    const csv = availabilityCsv(linesOf({ clusters }, { ...options, group: null }), OCTOBER).split('\n');
    expect(csv).toHaveLength(4);
    expect(csv[1]).toContain(',a,1,1,0,0,');
    expect(csv[2]).toMatch(/,c,1,0\.5,0,0,,$/);
  });
});
