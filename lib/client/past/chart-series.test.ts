import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryAnswer } from '../../contract/history';
import {
  appendSample,
  byteTicks,
  chartSeries,
  lineFacts,
  linesOf,
  POINTS_MAX,
  rowAt,
  type TailSample,
} from './chart-series';

type Points = readonly (number | null)[];

const history = (points: Points, part: Partial<HistoryAnswer> = {}, stepMs = 1000): HistoryAnswer => ({
  scope: 'a',
  from: 0,
  to: points.length * stepMs,
  stepMs,
  level: 'memory',
  times: points.map((_, index) => index * stepMs),
  members: {
    n2: {
      replayBytes: points,
      receiveBytes: points.map((value) => (value === null ? null : value * 2)),
      replaySeconds: points.map(() => null),
      timeline: points.map(() => 1),
      state: points.map(() => 'streaming'),
    },
  },
  walBytesPerSecond: points.map((value) => (value === null ? null : value * 10)),
  health: points.map(() => 'ok'),
  leader: points.map(() => 'n1'),
  events: [],
  eventsCut: false,
  keptFrom: 0,
  problem: null,
  ...part,
});
const sample = (at: number, replay: Record<string, number | null>): TailSample => ({ at, replay, receive: {}, wal: 5 });
const values = (series: ReturnType<typeof chartSeries>, line: string) => series?.rows.map((row) => row.values[line]);

describe('chartSeries', () => {
  it('keeps a gap a gap and appends what came after the history', () => {
    const tail = [sample(2500, { n2: 9 }), sample(6000, { n2: 7 })];
    expect(values(chartSeries('replay', history([1, null, 3]), tail, ['n2']), 'n2')).toEqual([
      1,
      null,
      3,
      null,
      null,
      null,
      7,
    ]);
  });

  it('does not call one empty bucket between two answers a gap', () => {
    const series = chartSeries('replay', history([1, 2, 3]), [sample(4000, { n2: 7 })], ['n2']);
    expect(values(series, 'n2')).toEqual([1, 2, 3, 7]);
  });

  it('draws each metric from its own column', () => {
    expect(values(chartSeries('receive', history([1, 2]), [], ['n2']), 'n2')).toEqual([2, 4]);
    expect(values(chartSeries('wal', history([1, 2]), [sample(2500, {})], []), 'WAL')).toEqual([10, 20, 5]);
  });

  it('never has more points than the chart can draw, and keeps the peak', () => {
    const points = Array.from({ length: 3600 }, (_, index) => (index === 1234 ? 999 : 1));
    const series = chartSeries('replay', history(points), [], ['n2']);
    expect(series?.rows.length).toBeLessThanOrEqual(POINTS_MAX);
    expect(Math.max(...(series?.rows.map((row) => row.values.n2 ?? 0) ?? []))).toBe(999);
  });

  it('leaves the tail out of a past window: nothing moves there', () => {
    const series = chartSeries('replay', history([1, 2, 3]), [sample(4000, { n2: 7 })], ['n2'], { from: 0, to: 3000 });
    expect(values(series, 'n2')).toEqual([1, 2, 3]);
    expect(series?.to).toBe(3000);
  });

  it('says nothing without data', () => {
    expect(chartSeries('replay', undefined, [], ['n2'])).toBeNull();
    expect(chartSeries('replay', undefined, [], ['n2'], { from: 0, to: 1000 })).toBeNull();
  });

  it('tells spans in which nobody watched from members that were silent', () => {
    const health = ['ok', null, null, null, 'ok', null, 'ok', null, null] as const;
    const series = chartSeries('replay', history([1, null, null, null, 5, null, 7, null, null], { health }), [], []);
    expect(series?.blind).toEqual([
      { from: 1000, to: 4000 },
      { from: 7000, to: 9000 },
    ]);
    expect(chartSeries('replay', history([1, null, null, 4]), [], [])?.blind).toEqual([]);
  });

  it('is not confused by a member called like a field of a row', () => {
    const [column] = Object.values(history([1, 2]).members);
    const odd = history([1, 2], { members: column === undefined ? {} : { at: column } });
    expect(values(chartSeries('replay', odd, [], []), 'at')).toEqual([1, 2]);
  });

  it('never draws a value that nobody gave, whatever the window', () => {
    const point = fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 700 }),
        fc.integer({ min: 1, max: 50 }),
        (points, step) => {
          const series = chartSeries('replay', history(points, {}, step * 100), [], ['n2']);
          const given = new Set(points);
          for (const row of series?.rows ?? [])
            expect(given.has(row.values.n2 ?? null) || row.values.n2 === null).toBe(true);
          const worst = Math.max(-1, ...points.map((value) => value ?? -1));
          expect(Math.max(-1, ...(series?.rows ?? []).map((row) => row.values.n2 ?? -1))).toBe(worst);
        },
      ),
    );
  });
});

describe('the words of a chart', () => {
  it('has a line for who led only if it has values', () => {
    const data = history([1, 2]);
    expect(linesOf(data, 'replay', ['n10', 'n3'])).toEqual(['n2', 'n3', 'n10']);
    expect(linesOf(history([null, null]), 'replay', ['n3'])).toEqual(['n3']);
  });

  it('tells the newest and the worst, and unknown is not zero', () => {
    const series = chartSeries('replay', history([1, 9, 3]), [], ['n2', 'n3']);
    expect(series === null ? [] : lineFacts(series)).toEqual([
      { line: 'n2', last: 3, worst: 9, worstAt: 1000 },
      { line: 'n3', last: null, worst: null, worstAt: null },
    ]);
  });

  it('takes the newest kept value for the end of a past window, where the last samples are not there yet', () => {
    const window = { from: 0, to: 20_000 };
    const series = chartSeries('replay', history([1, 9, 3, null, null], {}, 4000), [], ['n2'], window);
    expect(series === null ? [] : lineFacts(series)[0]?.last).toBe(3);
    const late = chartSeries('replay', history([1, null, null, null, null], {}, 60_000), [], ['n2'], {
      from: 0,
      to: 300_000,
    });
    expect(late === null ? [] : lineFacts(late)[0]?.last).toBeNull();
  });

  it('never hides behind what was that the stream says nothing now', () => {
    const tail = [sample(5000, { n2: null })];
    const series = chartSeries('replay', history([1, 9, 3]), tail, ['n2']);
    expect(series === null ? [] : lineFacts(series)[0]?.last).toBeNull();
  });

  it('reads the nearest row, and none where there is none near', () => {
    const series = chartSeries('replay', history([1, 2, 3]), [], ['n2']);
    expect(series && rowAt(series, 1400)?.at).toBe(1000);
    expect(series && rowAt(series, 99_000)).toBeNull();
  });
});

describe('the tail', () => {
  it('ignores a sample that is not newer', () => {
    const tail = [sample(5, {})];
    expect(appendSample(tail, sample(5, {}))).toBe(tail);
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
