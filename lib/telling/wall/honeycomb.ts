// Where the tiles of a wall stand: problems large in the first rows, healthy ones small below, as large as all of them allow. A tile
// with a name never gets so small that its text would fall below 22 px of a 1080p screen; what then finds no place is a dot and a
// count. Pure; lengths are px of a 1920 x 1080 screen.

export interface Place {
  readonly kind: 'large' | 'small' | 'dot';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Honeycomb {
  /** As many as there are clusters, in their order: problems, then the healthy. */
  readonly places: readonly Place[];
  /** Where the counts of what is folded stand; null: nothing is. */
  readonly fold: { readonly y: number } | null;
}

const GAP = 8;
/** Height of a tile of width one: a little flatter than a regular hexagon. */
const TALL = 1.12;
/** Rows of a comb grip into each other by a quarter of a tile. */
const GRIP = 0.75;
const WIDEST = 420;
/** The narrowest with a name of 22 px, and with a name of 24 px above two short lines. */
const NARROWEST = 104;
const NARROWEST_LARGE = 165;
const DOT = 24;
const DOT_GAP = 4;
const FOLD_WORDS = 44;
/** Widths of problems with those of healthy ones, the largest first. */
const STEPS: readonly (readonly [large: number, small: number])[] = [
  [407, 302],
  [303, 241],
  [303, 199],
  [241, 170],
  [199, 148],
  [199, 130],
  [170, 116],
  [170, 105],
];

export interface Area {
  readonly width: number;
  readonly height: number;
}

export function honeycomb(area: Area, problems: number, healthy: number): Honeycomb {
  for (const [large, small] of STEPS) {
    const top = comb(area.width, large, problems, 'large', 0);
    const below = comb(area.width, small, healthy, 'small', top.bottom === 0 ? 0 : top.bottom + GAP);
    if (Math.max(top.bottom, below.bottom) <= area.height)
      return { places: [...top.places, ...below.places], fold: null };
  }
  return foldedComb(area, problems, healthy);
}

interface Comb {
  readonly places: readonly Place[];
  /** 0: it is empty. */
  readonly bottom: number;
}

/** Every second row is shifted by half a tile and has one less. Tiles grow into what the columns leave of the width. */
function comb(width: number, wanted: number, count: number, kind: Place['kind'], y: number, gap = GAP): Comb {
  const columns = Math.max(1, Math.floor((width + gap) / (Math.min(wanted, width) + gap)));
  const size = kind === 'dot' ? wanted : Math.min(WIDEST, Math.max(wanted, (width - (columns - 1) * gap) / columns));
  const height = size * TALL;
  const places: Place[] = [];
  for (let row = 0; places.length < count; row += 1) {
    const isShifted = row % 2 === 1 && columns > 1;
    const inRow = Math.min(count - places.length, isShifted ? columns - 1 : columns);
    const top = y + row * (height * GRIP + gap);
    for (let column = 0; column < inRow; column += 1) {
      const x = column * (size + gap) + (isShifted ? (size + gap) / 2 : 0);
      places.push({ kind, x, y: top, width: size, height });
    }
  }
  const last = places.at(-1);
  return { places, bottom: last === undefined ? 0 : last.y + last.height };
}

/** How many tiles a comb of this height holds. */
function capacity(width: number, wanted: number, height: number): number {
  let count = 0;
  while (count < 1000 && comb(width, wanted, count + 1, 'small', 0).bottom <= height) count += 1;
  return count;
}

/** The worst stay large, as far as half of the height goes; then small ones with a name; the rest are dots. */
function foldedComb({ width, height }: Area, problems: number, healthy: number): Honeycomb {
  const narrowest = Math.min(NARROWEST, width);
  const most = Math.min(problems, capacity(width, NARROWEST_LARGE, healthy === 0 ? height * 0.7 : height / 2));
  for (let large = most; ; large -= 1) {
    const top = comb(width, NARROWEST_LARGE, large, 'large', 0);
    const start = top.bottom === 0 ? 0 : top.bottom + GAP;
    const rest = problems + healthy - large;
    for (let small = Math.min(rest, capacity(width, narrowest, height - start)); small >= 0; small -= 1) {
      const middle = comb(width, narrowest, small, 'small', start);
      const y = Math.max(top.bottom, middle.bottom) + GAP;
      const dots = comb(width, DOT, rest - small, 'dot', y + FOLD_WORDS, DOT_GAP);
      // What does not fit even as dots alone hangs out at the bottom: a screen of a watch.
      if (dots.bottom <= height || (small === 0 && large === 0))
        return { places: [...top.places, ...middle.places, ...dots.places], fold: rest === small ? null : { y } };
    }
  }
}
