import { memo } from 'react';

/** Corner of a tile, of its width. */
const ROUND = 0.075;

/** A hexagon that stands on its point, with round corners, inside of its box. `inset`: half of its line. */
function hexPath(width: number, height: number, inset: number): string {
  const [w, h] = [width - 2 * inset, height - 2 * inset];
  const points = [
    [0.5, 0],
    [1, 0.25],
    [1, 0.75],
    [0.5, 1],
    [0, 0.75],
    [0, 0.25],
  ].map(([x = 0, y = 0]) => [inset + x * w, inset + y * h] as const);
  const radius = ROUND * width;
  const at = (index: number): readonly [number, number] => points[(index + 6) % 6] ?? [0, 0];
  const toward = (from: readonly [number, number], to: readonly [number, number]): string => {
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const part = Math.min(0.5, radius / length);
    return `${round(from[0] + (to[0] - from[0]) * part)} ${round(from[1] + (to[1] - from[1]) * part)}`;
  };
  const corners = points.map((point, index) => {
    const [before, after] = [toward(point, at(index - 1)), toward(point, at(index + 1))];
    return `${index === 0 ? 'M' : 'L'}${before}Q${round(point[0])} ${round(point[1])} ${after}`;
  });
  return `${corners.join('')}Z`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** What all hatched tiles are filled with; drawn once. */
export function Hatches() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="absolute">
      <defs>
        {(['unknown', 'lost'] as const).map((name) => (
          <pattern
            key={name}
            id={`wall-${name}`}
            width="14"
            height="14"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="14" height="14" fill="var(--bg1)" />
            <rect width="6" height="14" fill={name === 'unknown' ? 'var(--unknown-tint)' : 'var(--bg2)'} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

export const Hex = memo(function Hex({ width, height, line }: { width: number; height: number; line: number }) {
  return (
    <svg viewBox={`0 0 ${round(width)} ${round(height)}`} aria-hidden="true" className="absolute inset-0 size-full">
      <path d={hexPath(width, height, line / 2)} strokeWidth={line} />
    </svg>
  );
});
