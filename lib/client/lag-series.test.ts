import { describe, expect, it } from 'vitest';
import type { HistoryAnswer } from '../contract/history';
import { appendSample, byteTicks, lagSeries, POINTS_MAX } from './lag-series';

const history = (points: readonly (number | null)[], stepMs = 1000): HistoryAnswer => ({
  scope: 'a',
  from: 0,
  to: points.length * stepMs,
  stepMs,
  level: 'memory',
  times: points.map((_, index) => index * stepMs),
  members: {
    n2: {
      replayBytes: points,
      receiveBytes: points.map(() => null),
      replaySeconds: points.map(() => null),
      timeline: points.map(() => 1),
      state: points.map(() => 'streaming'),
    },
  },
  walBytesPerSecond: points.map(() => null),
  health: points.map(() => 'ok'),
  leader: points.map(() => 'n1'),
  events: [],
  eventsCut: false,
  keptFrom: 0,
  problem: null,
});

describe('lagSeries', () => {
  it('keeps a gap a gap and appends what came after the history', () => {
    const series = lagSeries(
      history([1, null, 3]),
      [
        { at: 2500, lag: { n2: 9 } },
        { at: 6000, lag: { n2: 7 } },
      ],
      ['n2'],
    );
    expect(series?.rows.map((row) => row.n2)).toEqual([1, null, 3, null, null, null, 7]);
  });

  it('does not call one empty bucket between two answers a gap', () => {
    const series = lagSeries(history([1, 2, 3]), [{ at: 4000, lag: { n2: 7 } }], ['n2']);
    expect(series?.rows.map((row) => row.n2)).toEqual([1, 2, 3, 7]);
  });

  it('never has more points than the chart can draw, and keeps the peak', () => {
    const points = Array.from({ length: 3600 }, (_, index) => (index === 1234 ? 999 : 1));
    const series = lagSeries(history(points), [], ['n2']);
    expect(series?.rows.length).toBeLessThanOrEqual(POINTS_MAX);
    expect(Math.max(...(series?.rows.map((row) => row.n2 ?? 0) ?? []))).toBe(999);
  });

  it('says nothing without data', () => {
    expect(lagSeries(undefined, [], ['n2'])).toBeNull();
  });

  it('ignores a sample that is not newer', () => {
    const tail = [{ at: 5, lag: {} }];
    expect(appendSample(tail, { at: 5, lag: {} })).toBe(tail);
  });
});

describe('byteTicks', () => {
  it('chooses round binary sizes that hold the top', () => {
    const MiB = 1024 ** 2;
    expect(byteTicks(20.5 * MiB)).toEqual([0, 8, 16, 24].map((n) => n * MiB));
    expect(byteTicks(1 * MiB)).toEqual([0, 256, 512, 768, 1024].map((n) => n * 1024));
    expect(byteTicks(0)).toEqual([0, 1, 2]);
  });
});
