import { memo } from 'react';

const WIDTH = 84;
const HEIGHT = 18;

interface SparklineProps {
  /** Oldest first; null is a gap. */
  readonly values: readonly (number | null)[];
  /** The scale never ends below it, so quiet is flat. */
  readonly atLeast: number;
  readonly trouble: boolean;
}

interface Run {
  readonly points: readonly (readonly [number, number])[];
}

function runs(values: readonly (number | null)[], top: number): readonly Run[] {
  const found: [number, number][][] = [];
  let open: [number, number][] | null = null;
  values.forEach((value, index) => {
    if (value === null) {
      open = null;
      return;
    }
    const x = values.length < 2 ? WIDTH - 2 : (index / (values.length - 1)) * (WIDTH - 4) + 1;
    const point: [number, number] = [x, HEIGHT - 3 - (Math.min(value, top) / top) * (HEIGHT - 6)];
    if (open === null) {
      open = [point];
      found.push(open);
    } else open.push(point);
  });
  return found.map((points) => ({ points }));
}

const print = (points: Run['points']): string => points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join(' L');

export const Sparkline = memo(function Sparkline({ values, atLeast, trouble }: SparklineProps) {
  const top = Math.max(1, atLeast, ...values.map((value) => value ?? 0));
  const lines = runs(values, top);
  const last = lines.at(-1)?.points.at(-1);
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true" className={trouble ? 'text-warning' : 'text-f3'}>
      <path d={`M1 ${HEIGHT - 1.5}H${WIDTH - 3}`} className="stroke-l2" strokeDasharray="1.5 2.5" />
      {lines.map(({ points }) => (
        <g key={points[0]?.[0]}>
          {trouble && points.length > 1 && (
            <path
              d={`M${points[0]?.[0]} ${HEIGHT - 2} L${print(points)} L${points.at(-1)?.[0]} ${HEIGHT - 2}Z`}
              fill="currentColor"
              opacity=".16"
            />
          )}
          <path d={`M${print(points)}`} fill="none" stroke="currentColor" strokeWidth="1.3" strokeLinejoin="round" />
        </g>
      ))}
      {last && <circle cx={last[0]} cy={last[1]} r="1.8" fill="currentColor" />}
    </svg>
  );
});
