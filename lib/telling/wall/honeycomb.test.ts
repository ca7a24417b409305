import { describe, expect, it } from 'vitest';
import { cutMiddle, fitName, textWidth } from './fit-name';
import { type Area, honeycomb, type Place } from './honeycomb';

const WALL: Area = { width: 1237, height: 852 };
const AREAS: readonly Area[] = [
  WALL,
  { width: 1237, height: 1100 },
  { width: 900, height: 700 },
  { width: 540, height: 700 },
];

const count = (places: readonly Place[], kind: Place['kind']): number =>
  places.filter((place) => place.kind === kind).length;

describe('the honeycomb', () => {
  it.each(AREAS)('of 1 to 300 clusters keeps every one inside of %o and none on another', (area) => {
    for (let total = 1; total <= 300; total += total < 40 ? 1 : 13) {
      for (const problems of new Set([0, 1, 6, Math.floor(total / 2), total])) {
        if (problems > total) continue;
        const { places, fold } = honeycomb(area, problems, total - problems);
        expect(places.length).toBe(total);
        expect(fold !== null).toBe(count(places, 'dot') > 0);
        for (const { x, y, width, height, kind } of places) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(area.width + 0.01);
          expect(y + height).toBeLessThanOrEqual(area.height + 0.01);
          if (kind === 'small') expect(width).toBeGreaterThanOrEqual(104);
          if (kind === 'large') expect(width).toBeGreaterThanOrEqual(165);
        }
        expectApart(places);
      }
    }
  });

  it('shows 6 problems and 42 healthy ones as the picture does: all by name, problems in the first row', () => {
    const { places, fold } = honeycomb(WALL, 6, 42);
    expect(fold).toBeNull();
    expect(new Set(places.slice(0, 6).map(({ y }) => y)).size).toBe(1);
    expect(count(places, 'large')).toBe(6);
    expect(places.at(-1)?.width).toBeGreaterThan(125);
  });

  it('is large where there are few, and smaller the more there are', () => {
    const widths = [1, 6, 12, 24, 48, 90].map((total) => honeycomb(WALL, 0, total).places[0]?.width ?? 0);
    expect(widths[0]).toBeGreaterThan(300);
    expect([...widths].sort((a, b) => b - a)).toEqual(widths);
  });

  it('folds the healthy ones of 300, never the problems before them', () => {
    const { places } = honeycomb(WALL, 12, 288);
    expect(count(places.slice(0, 12), 'large')).toBe(12);
    expect(count(places.slice(12), 'small')).toBeGreaterThan(20);
    expect(count(places, 'dot')).toBeGreaterThan(150);
  });

  it('of 300 in trouble still names more than it folds away at once', () => {
    const { places } = honeycomb(WALL, 300, 0);
    expect(count(places, 'large')).toBeGreaterThan(15);
    expect(count(places, 'dot')).toBeLessThan(280);
  });
});

/** Hexagons of one comb touch where their centres are closer than a tile is wide. */
function expectApart(places: readonly Place[]): void {
  const centres = places.map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2, width }));
  for (const [index, a] of centres.entries())
    for (const b of centres.slice(index + 1)) {
      const apart = Math.hypot(a.x - b.x, a.y - b.y);
      if (apart < ((a.width + b.width) / 2) * 0.93) throw new Error(`two tiles overlap: ${JSON.stringify([a, b])}`);
    }
}

describe('a name on a tile', () => {
  it('stands on one line where it fits, else breaks at its seams', () => {
    expect(fitName('orders', 100, 22)).toEqual(['orders']);
    expect(fitName('orders-archive', 100, 22)).toEqual(['orders-', 'archive']);
  });

  it('never gets wider than its tile, and keeps both ends of what is too long', () => {
    const names = [
      'patroni41-leader-key-without-primary',
      'WWWWWWWWWWWWWWWWWWWWWWWW',
      'a',
      'ленточныйконвейер-производства',
    ];
    for (const name of names)
      for (const width of [88, 120, 180]) {
        const lines = fitName(name, width, 22);
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) expect(textWidth(line, 22)).toBeLessThanOrEqual(width);
        expect(lines.join('').startsWith(name[0] ?? '')).toBe(true);
        expect(lines.join('').endsWith(name.at(-1) ?? '')).toBe(true);
      }
  });

  it('on one line loses its middle, and only where it must', () => {
    expect(cutMiddle('bi', 200, 38)).toBe('bi');
    expect(cutMiddle('patroni41-forked-replica', 300, 38)).toMatch(/^patro.*….*plica$/);
    expect(textWidth(cutMiddle('W'.repeat(200), 300, 38), 38)).toBeLessThanOrEqual(300);
  });
});
