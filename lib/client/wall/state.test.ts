import { describe, expect, it } from 'vitest';
import type { WallFrame, WallTile } from '../../contract/wall';
import { EMPTY_WALL, reduceWall, type WallState } from './state';
import { pageAt, scaleOf, shiftAt, viewWall } from './view';

const NOW = 1_795_300_000_000;

function tile(scope: string, change: Partial<WallTile> = {}): WallTile {
  return {
    scope,
    health: 'ok',
    impact: null,
    words: null,
    since: null,
    leader: 'n1',
    lag: '0 B',
    timeline: 1,
    marks: [],
    observedAt: NOW,
    staleAfterMs: 3000,
    ...change,
  };
}

const hello = (tiles: readonly WallTile[], now = NOW): WallFrame => ({
  kind: 'hello',
  now,
  seenAt: now,
  build: 'b1',
  wall: { name: 'NOC', theme: 'dark', language: 'en', sound: true },
  tiles,
  problems: [],
  events: [],
});
const update = (tiles: readonly WallTile[], gone: readonly string[] = [], now = NOW): WallFrame => ({
  kind: 'update',
  now,
  seenAt: now,
  tiles,
  gone,
  problems: null,
  events: null,
});
const stateAfter = (...frames: readonly WallFrame[]): WallState =>
  frames.reduce((state, frame) => reduceWall(state, frame, NOW - 5000), EMPTY_WALL);

describe('the state of a wall', () => {
  it('follows the whole, then what changed, and takes the clock of the server', () => {
    const state = stateAfter(hello([tile('a'), tile('b')]), update([tile('b', { health: 'warning' })], ['a']));
    expect([...state.tiles.keys()]).toEqual(['b']);
    expect(state.tiles.get('b')?.health).toBe('warning');
    expect(state.offsetMs).toBe(5000);
  });

  it('beats with data only', () => {
    const state = stateAfter(
      hello([]),
      { kind: 'beat', now: NOW, seenAt: NOW },
      { kind: 'beat', now: NOW, seenAt: NOW },
    );
    expect(state.beats).toBe(1);
    expect(reduceWall(state, update([tile('a')]), NOW).beats).toBe(2);
  });

  it('rings for what became critical while it looked, not for what was when it was switched on', () => {
    const first = stateAfter(hello([tile('a', { health: 'critical' })]));
    expect(first.alarms).toBe(0);
    const second = reduceWall(
      first,
      update([tile('b', { health: 'critical' }), tile('a', { health: 'critical' })]),
      NOW,
    );
    expect(second.alarms).toBe(1);
    expect(reduceWall(second, update([tile('b', { health: 'critical', since: 3 })]), NOW).alarms).toBe(1);
    // The stream was away meanwhile: what became critical then is news too.
    expect(reduceWall(second, hello([tile('c', { health: 'critical' })]), NOW).alarms).toBe(2);
  });

  it('keeps nothing of what it showed once its link has ended', () => {
    const state = stateAfter(hello([tile('secret')]), { kind: 'end', now: NOW, reason: 'revoked' });
    expect(state.end).toBe('revoked');
    expect(JSON.stringify({ ...state, tiles: [...state.tiles] })).not.toContain('secret');
    expect(reduceWall(state, hello([tile('a')]), NOW).end).toBeNull();
  });

  it('is as large after weeks as after a minute', () => {
    const sizeOf = (state: WallState): number => JSON.stringify({ ...state, tiles: [...state.tiles.values()] }).length;
    const clusters = 40;
    let state = stateAfter(hello(Array.from({ length: clusters }, (_, index) => tile(`c${index}`))));
    let early = 0;
    // Clusters come and go all the while: what is kept of them must not add up.
    for (let second = 0; second < 50_000; second += 1) {
      const now = NOW + second * 1000;
      const born = `c${clusters + second}`;
      const gone = `c${second}`;
      state = reduceWall(
        state,
        update([tile(born, { health: second % 7 === 0 ? 'critical' : 'ok' })], [gone], now),
        now,
      );
      if (second === 1000) early = sizeOf(state);
    }
    expect(state.tiles.size).toBe(clusters);
    expect(sizeOf(state)).toBeLessThan(1.2 * early);
  }, 30_000);
});

describe('what is drawn of it', () => {
  const view = (tiles: readonly WallTile[], now = NOW, lostAt: number | null = null) =>
    viewWall({ tiles: new Map(tiles.map((one) => [one.scope, one])), seenAt: now }, now, lostAt);

  it('counts a good tile that grew old as unknown and shows it among the problems', () => {
    const seen = view([tile('a'), tile('b')], NOW + 10_000);
    expect(seen.counts).toEqual({ critical: 0, unknown: 2, warning: 0, healthy: 0 });
    expect(seen.problems.map(({ freshness }) => freshness)).toEqual(['was', 'was']);
    expect(view([tile('a')], NOW + 4000).healthy[0]?.freshness).toBe('stale');
  });

  it('never draws a critical one as less than that because it grew old', () => {
    const seen = view([tile('a', { health: 'critical', observedAt: NOW - 60_000 })]);
    expect(seen.counts.critical).toBe(1);
  });

  it('is lost with its stream, and with a collector that says nothing', () => {
    expect(view([tile('a')]).lostSince).toBeNull();
    expect(view([tile('a')], NOW, NOW - 5000).lostSince).toBe(NOW - 5000);
    const tiles = new Map([['a', tile('a')]]);
    expect(viewWall({ tiles, seenAt: NOW - 11_000 }, NOW, null).lostSince).toBe(NOW - 11_000);
    // A Howdah that is starting has not heard of its collector yet.
    expect(viewWall({ tiles, seenAt: null }, NOW, null).lostSince).toBeNull();
  });

  it('is as old as the oldest cluster that answers', () => {
    const seen = view([
      tile('a', { observedAt: NOW - 400 }),
      tile('b', { observedAt: NOW - 2000 }),
      tile('c', { health: 'unknown', observedAt: NOW - 60_000 }),
    ]);
    expect(seen.dataAt).toBe(NOW - 2000);
    expect(view([]).dataAt).toBeNull();
  });
});

describe('time and size', () => {
  it('shifts everything by 4 px each ten minutes, and comes back', () => {
    const places = Array.from({ length: 18 }, (_, index) => shiftAt(index * 600_000));
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(9);
    for (const [index, { x, y }] of places.entries()) {
      const before = places[index - 1];
      if (before === undefined) continue;
      expect(Math.max(Math.abs(x - before.x), Math.abs(y - before.y))).toBeGreaterThan(0);
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(4);
    }
  });

  it('turns the pages of problems each 12 s', () => {
    expect([0, 11_999, 12_000, 24_000, 36_000].map((at) => pageAt(at, 3))).toEqual([0, 0, 1, 2, 0]);
    expect(pageAt(99_999, 1)).toBe(0);
    expect(pageAt(99_999, 0)).toBe(0);
  });

  it('draws a 4K screen as a large 1080p one', () => {
    expect(scaleOf(1920, 1080)).toBe(1);
    expect(scaleOf(3840, 2160)).toBe(2);
    expect(scaleOf(390, 844)).toBeCloseTo(2 / 3);
  });
});
