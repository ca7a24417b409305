import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChartWindow,
  edgesOf,
  panBy,
  RANGES,
  rangeOf,
  rangeWindow,
  SPAN_MAX_MS,
  SPAN_MIN_MS,
  spanOf,
  timeTicks,
  zoomBy,
  zoomTo,
} from './chart-window';

const NOW = Date.UTC(2026, 10, 21, 14, 0, 0);
const LIVE: ChartWindow = { kind: 'live', spanMs: 900_000 };

describe('windows', () => {
  it('dragging either way zooms to the same past window', () => {
    const window = zoomTo(NOW - 600_000, NOW - 300_000, NOW);
    expect(window).toEqual({ kind: 'past', from: NOW - 600_000, to: NOW - 300_000 });
    expect(zoomTo(NOW - 300_000, NOW - 600_000, NOW)).toEqual(window);
  });

  it('a pan into the past stands still, and one that reaches now is live again', () => {
    const past = panBy(LIVE, -0.5, NOW);
    expect(past).toEqual({ kind: 'past', from: NOW - 1_350_000, to: NOW - 450_000 });
    expect(panBy(past, 0.25, NOW).kind).toBe('past');
    expect(panBy(past, 0.5, NOW)).toEqual(LIVE);
  });

  it('looking further away keeps a live window live, and the point under the cursor in its place', () => {
    expect(zoomBy(LIVE, 2, null, NOW)).toEqual({ kind: 'live', spanMs: 1_800_000 });
    const window = zoomBy({ kind: 'past', from: NOW - 4_000_000, to: NOW - 3_000_000 }, 0.5, NOW - 3_200_000, NOW);
    const { from, to } = edgesOf(window, NOW);
    expect((NOW - 3_200_000 - from) / (to - from)).toBeCloseTo(0.8, 2);
  });

  it('a range ends now, or lies around the moment that is looked at', () => {
    expect(rangeWindow('6h', null, NOW)).toEqual({ kind: 'live', spanMs: 21_600_000 });
    const at = NOW - 86_400_000;
    const { from, to } = edgesOf(rangeWindow('1h', at, NOW), NOW);
    expect([from, to]).toEqual([at - 2_400_000, at + 1_200_000]);
    for (const { value } of RANGES) expect(rangeOf(rangeWindow(value, null, NOW))).toBe(value);
    expect(rangeOf({ kind: 'live', spanMs: 1000 })).toBeNull();
  });

  it('never reaches past now, and never leaves its limits', () => {
    const instant = fc.integer({ min: NOW - 40 * 86_400_000, max: NOW });
    fc.assert(
      fc.property(instant, instant, fc.double({ min: -3, max: 3, noNaN: true }), (a, b, share) => {
        const zoomed = zoomTo(a, b, NOW);
        for (const window of [
          zoomed,
          panBy(zoomed, share, NOW),
          zoomBy(zoomed, 0.5, a, NOW),
          zoomBy(zoomed, 2, b, NOW),
        ]) {
          expect(edgesOf(window, NOW).to).toBeLessThanOrEqual(NOW + 1000);
          expect(spanOf(window)).toBeGreaterThanOrEqual(SPAN_MIN_MS);
          expect(spanOf(window)).toBeLessThanOrEqual(SPAN_MAX_MS + 2000);
        }
      }),
    );
  });

  it('has a handful of ticks inside of every window', () => {
    for (const spanMs of [20_000, 60_000, 900_000, 86_400_000, 7 * 86_400_000, SPAN_MAX_MS]) {
      const ticks = timeTicks({ from: NOW - spanMs, to: NOW });
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(7);
      for (const at of ticks) expect(at >= NOW - spanMs && at <= NOW).toBe(true);
    }
  });
});
