import type { LineFacts } from '@/lib/client/past/chart-series';

const PITCH = 14;
const LABELS_MAX = 6;

interface EndLabelsProps {
  readonly facts: readonly LineFacts[];
  readonly format: (value: number | null) => string;
  readonly limit: number | null;
  readonly ends: Readonly<Record<string, string>>;
  readonly left: number;
  readonly width: number;
  readonly yOf: (value: number) => number;
  readonly bottom: number;
}

interface Placed {
  readonly fact: LineFacts;
  readonly loud: boolean;
  /** Where the line ends, and where its label has room. */
  readonly dot: number;
  y: number;
}

/** The loudest and largest have a label; they are pushed apart and kept inside the plot. */
function place({ facts, limit, yOf, bottom }: EndLabelsProps): readonly Placed[] {
  const placed: Placed[] = facts
    .map((fact) => {
      const y = yOf(fact.last ?? 0);
      return { fact, loud: limit !== null && (fact.last ?? 0) > limit, dot: y, y };
    })
    .sort((a, b) => Number(b.loud) - Number(a.loud) || (b.fact.last ?? -1) - (a.fact.last ?? -1))
    .slice(0, LABELS_MAX)
    .sort((a, b) => a.y - b.y);
  let floor = bottom + 6;
  for (const label of [...placed].reverse()) {
    label.y = Math.min(label.y, floor);
    floor = label.y - PITCH;
  }
  return placed;
}

const shorten = (name: string): string => (name.length > 9 ? `…${name.slice(-8)}` : name);

/** Names and newest values at the right end of the lines: there is no legend. */
export function EndLabels(props: EndLabelsProps) {
  const { format, ends, left, width } = props;
  const placed = place(props);
  return (
    <>
      {placed
        .filter((label) => label.loud)
        .map(({ fact, dot }) => (
          <span
            key={`dot${fact.line}`}
            style={{ left: left - 3, top: dot - 3 }}
            className="absolute size-1.5 rounded-full bg-warning"
          />
        ))}
      {placed.map(({ fact, loud, y }) => {
        const word = fact.last === null ? (ends[fact.line] ?? format(null)) : format(fact.last);
        const unknown = fact.last === null && ends[fact.line] === undefined;
        return (
          <span
            key={fact.line}
            style={{ left: left + 8, top: y - 8, width: width - 8 }}
            className={`pointer-events-none absolute truncate text-11 ${loud ? 'font-semibold text-warning' : unknown ? 'text-unknown' : 'text-f2'}`}
            title={`${fact.line} ${word}`}
          >
            {shorten(fact.line)} {word}
          </span>
        );
      })}
    </>
  );
}
