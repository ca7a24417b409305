import { describe, expect, it } from 'vitest';
import type { ActivitySlot, Totals } from './activity';
import { ratesOf, withTimeToLoss } from './rates';

const totals = (part: Partial<Totals>): Totals => ({
  ...{ commits: 100, rollbacks: 0, hits: 90, reads: 10, tempBytes: 0, deadlocks: 1, conflicts: 0, walBytes: 1000 },
  ...part,
});

describe('rates', () => {
  it('are what was counted in between, by the second', () => {
    const rates = ratesOf(totals({}), totals({ commits: 300, hits: 189, reads: 11, walBytes: 5000, deadlocks: 3 }), 2);
    expect(rates).toMatchObject({ commitsPerSecond: 100, hitShare: 0.99, walBytesPerSecond: 2000, deadlocks: 2 });
  });

  it('are unknown where a counter began anew, and never below zero', () => {
    const rates = ratesOf(totals({}), totals({ commits: 5, walBytes: null }), 2);
    expect(rates).toMatchObject({ commitsPerSecond: null, walBytesPerSecond: null, rollbacksPerSecond: 0 });
    expect(ratesOf(totals({}), totals({}), 0)).toBeNull();
  });
});

describe('the time a slot has', () => {
  const slot = (part: Partial<ActivitySlot>): ActivitySlot =>
    ({ name: 's', active: false, safeBytes: 6000, secondsToLoss: null, ...part }) as ActivitySlot;
  const of = (part: Partial<ActivitySlot>, rate: number | null) => withTimeToLoss([slot(part)], rate)[0]?.secondsToLoss;

  it('is what may still be written by what is written each second', () => {
    expect(of({}, 2000)).toBe(3);
    expect(of({ safeBytes: -5 }, 2000)).toBe(0);
  });

  it('is not said where nothing limits it, nothing is written, or somebody reads it', () => {
    expect(of({ safeBytes: null }, 2000)).toBeNull();
    expect(of({}, 0)).toBeNull();
    expect(of({}, null)).toBeNull();
    expect(of({ active: true }, 2000)).toBeNull();
  });
});
