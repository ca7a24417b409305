import { describe, expect, it } from 'vitest';
import { blindSpans, columnsOf, stepFor } from './series';
import { coarsen, SILENT_TICK, type Tick } from './tick';

const HOUR = 3_600_000;
const at = (time: number, replayBytes: number | null, more: Partial<Tick> = {}): Tick => ({
  at: time,
  health: 'ok',
  leader: 'n1',
  timeline: 1,
  walBytesPerSecond: 10,
  members: { n2: { ...SILENT_TICK, state: 'streaming', replayBytes } },
  ...more,
});

describe('coarser steps', () => {
  it('keep the worst lag and health, the newest leader, the mean WAL rate', () => {
    const [bucket, ...rest] = coarsen(
      [
        at(1000, 5),
        at(9000, 900, { health: 'critical', walBytesPerSecond: 30 }),
        at(20_000, 7, { leader: 'n3', walBytesPerSecond: null }),
      ],
      30_000,
    );
    expect(rest).toEqual([]);
    expect(bucket).toMatchObject({ at: 0, health: 'critical', leader: 'n3', walBytesPerSecond: 20 });
    expect(bucket?.members.n2?.replayBytes).toBe(900);
  });

  it('say the same however often they are made coarser', () => {
    const ticks = Array.from({ length: 500 }, (_, index) => at(index * 2000, (index * 37) % 91));
    const lag = (list: readonly Tick[]): unknown => list.map((tick) => [tick.at, tick.members.n2?.replayBytes]);
    expect(lag(coarsen(coarsen(ticks, 30_000), 600_000))).toEqual(lag(coarsen(ticks, 600_000)));
  });
});

describe('columns of a chart', () => {
  it('have a null where there is nothing, also between two values, and never a zero', () => {
    const columns = columnsOf([at(0, 1), at(15_000, 3)], 0, 20_000, 5000);
    expect(columns.times).toEqual([0, 5000, 10_000, 15_000, 20_000]);
    expect(columns.members.n2?.replayBytes).toEqual([1, null, null, 3, null]);
    expect(columns.health).toEqual(['ok', null, null, 'ok', null]);
  });

  it('end where the window ends, whatever else there is', () => {
    const columns = columnsOf([at(0, 1), at(HOUR, 3)], 1000, 20_000, 5000);
    expect(columns.times.at(-1)).toBe(20_000);
    expect(columns.members.n2?.replayBytes.some((value) => value === 3)).toBe(false);
  });

  it('are never more than was asked for', () => {
    for (const window of [60_000, HOUR, 24 * HOUR, 7 * 24 * HOUR, 400 * 24 * HOUR]) {
      for (const points of [10, 300]) expect(window / stepFor(window, points)).toBeLessThanOrEqual(points);
    }
  });
});

describe('blind spans', () => {
  it('are where nobody watched, also at both ends of the window', () => {
    expect(blindSpans([20_000, 21_000, 60_000], 0, 100_000, 10_000)).toEqual([
      { from: 0, to: 20_000 },
      { from: 21_000, to: 60_000 },
      { from: 60_000, to: 100_000 },
    ]);
    expect(blindSpans([0, 5000, 10_000], 0, 12_000, 10_000)).toEqual([]);
    expect(blindSpans([], 0, 12_000, 10_000)).toEqual([{ from: 0, to: 12_000 }]);
  });
});
