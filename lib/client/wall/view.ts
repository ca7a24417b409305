// What is drawn of a wall's state at one moment: which tiles are still to be believed, in which order, what is counted, how old the
// data is, whether anything is current at all. Pure.

import type { WallTile } from '../../contract/wall';
import type { Health, LOUD } from '../../domain/severity';
import { byUrgency, isProblem } from '../../telling/wall/wall';
import { type Freshness, freshness } from '../live/live-state';
import type { WallState } from './state';

/** The collector speaks each second. */
const SILENT_MS = 10_000;

export interface ShownTile {
  readonly tile: WallTile;
  /** As it counts now: what is too old to be believed is unknown. */
  readonly health: Health;
  readonly freshness: Freshness;
}

export interface WallView {
  readonly problems: readonly ShownTile[];
  readonly healthy: readonly ShownTile[];
  readonly counts: Readonly<Record<(typeof LOUD)[number] | 'healthy', number>>;
  /** Of the clusters that answer, the oldest; null: none does. */
  readonly dataAt: number | null;
  /** Server time since when nothing is current; null: it is. */
  readonly lostSince: number | null;
}

/** `lostAt`: server time of the last frame where the stream is gone; null: it is open. */
export function viewWall(
  { tiles, seenAt }: Pick<WallState, 'tiles' | 'seenAt'>,
  now: number,
  lostAt: number | null,
): WallView {
  const lostSince = lostAt ?? (seenAt !== null && now - seenAt > SILENT_MS ? seenAt : null);
  // With nothing current every tile says so and stays where it was: it was sorted by what is known.
  const shown = [...tiles.values()].map((tile) =>
    lostSince === null ? believed(tile, now) : { tile, health: tile.health, freshness: 'was' as const },
  );
  shown.sort((a, b) => byUrgency(seen(a), seen(b)));
  const count = (health: Health): number => shown.filter((one) => one.health === health).length;
  const healthy = shown.filter((one) => !isProblem(one));
  const ages = shown.flatMap(({ tile, health }) =>
    health === 'unknown' || tile.observedAt === null ? [] : [tile.observedAt],
  );
  const known = shown.flatMap(({ tile }) => tile.observedAt ?? []);
  return {
    problems: shown.filter(isProblem),
    healthy,
    counts: {
      critical: count('critical'),
      unknown: count('unknown'),
      warning: count('warning'),
      healthy: healthy.length,
    },
    dataAt: ages.length > 0 ? Math.min(...ages) : known.length > 0 ? Math.max(...known) : null,
    lostSince,
  };
}

/** A cluster that is known not to answer says so by its finding; one that only grew old was good once, and is unknown now. */
function believed(tile: WallTile, now: number): ShownTile {
  const level = freshness(tile.observedAt, now, tile.staleAfterMs, false);
  const isOld = level === 'was' && tile.health !== 'critical';
  return { tile, health: isOld ? 'unknown' : tile.health, freshness: level };
}

const SHIFT_EACH_MS = 600_000;
const SHIFT_PX = 4;
const SHIFTS: readonly (readonly [x: number, y: number])[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
];

/** Where everything stands for the next ten minutes: nothing burns in. px of a 1920 x 1080 screen. */
export function shiftAt(now: number): { readonly x: number; readonly y: number } {
  const [x, y] = SHIFTS[Math.floor(now / SHIFT_EACH_MS) % SHIFTS.length] ?? [0, 0];
  return { x: x * SHIFT_PX, y: y * SHIFT_PX };
}

export const CARDS_AT_ONCE = 2;
const ROTATE_EACH_MS = 12_000;

/** Which of so many pages of cards is shown now. */
export function pageAt(now: number, pages: number): number {
  return pages < 2 ? 0 : Math.floor(now / ROTATE_EACH_MS) % pages;
}

/** How large one px of a 1920 x 1080 screen is on this one. A small screen stays readable and shows less. */
export function scaleOf(width: number, height: number): number {
  return Math.max(2 / 3, Math.min(width / 1920, height / 1080));
}

/** A tile that is too old to be believed costs what is not known. */
function seen({ tile, health }: ShownTile): ShownTile['tile'] {
  return { ...tile, health, impact: health === tile.health ? tile.impact : 'unknown' };
}
