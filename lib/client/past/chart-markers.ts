// Events as marks above a chart: which are marked, which are folded into one, and whose words have room. Pure.
import type { ClusterEvent, EventKind } from '../../domain/events';
import { t, wire } from '../words/text';
import type { Edges } from './chart-window';

/** The first is what a folded mark is called after. */
const RANK: readonly EventKind[] = [
  'leader_changed',
  'leader_lost',
  'paused',
  'resumed',
  'replay_paused',
  'replay_resumed',
  'switchover_scheduled',
  'config_changed',
  'finding_raised',
];

/** Closer than this they are one mark, px. */
const FOLD_PX = 18;
const CHAR_PX = 6.2;
const ROOM_MIN = 8;

export interface Marker {
  /** Of the first of them. */
  readonly at: number;
  /** From the left edge of the plot, px. */
  readonly x: number;
  /** Oldest first. */
  readonly events: readonly ClusterEvent[];
  /** In full, for lists and screen readers. */
  readonly words: string;
  /** As much of it as has room; empty: only the triangle. */
  readonly label: string;
}

function isMarked(event: ClusterEvent): boolean {
  return RANK.includes(event.kind);
}

function nameOf(events: readonly ClusterEvent[]): string {
  const first = [...events].sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind))[0];
  if (first === undefined) return '';
  const text = wire(first.text);
  return events.length === 1 ? text : t('{text}, {n} more', { text, n: events.length - 1 });
}

/** `plot`: width of the plot; `beyond`: how far words may run over its right edge. */
export function chartMarkers(
  events: readonly ClusterEvent[],
  { from, to }: Edges,
  plot: number,
  beyond: number,
): readonly Marker[] {
  if (to <= from || plot <= 0) return [];
  const xOf = (at: number): number => (plot * (at - from)) / (to - from);
  const groups: ClusterEvent[][] = [];
  for (const event of [...events].filter(isMarked).sort((a, b) => a.at - b.at)) {
    if (event.at < from || event.at > to) continue;
    const open = groups.at(-1);
    const first = open?.[0];
    if (open !== undefined && first !== undefined && xOf(event.at) - xOf(first.at) < FOLD_PX) open.push(event);
    else groups.push([event]);
  }
  let free = Number.NEGATIVE_INFINITY;
  return groups.flatMap((group, index) => {
    const [first] = group;
    if (first === undefined) return [];
    const x = xOf(first.at);
    const next = groups[index + 1]?.[0];
    const words = nameOf(group);
    const room = Math.floor(
      (Math.min(plot + beyond, next === undefined ? plot + beyond : xOf(next.at) - 8) - x - 14) / CHAR_PX,
    );
    const shown = x >= free && room >= Math.min(ROOM_MIN, words.length);
    const label = !shown ? '' : words.length > room ? `${words.slice(0, Math.max(0, room - 1)).trimEnd()}…` : words;
    if (shown) free = x + label.length * CHAR_PX + 16;
    return [{ at: first.at, x, events: group, words, label }];
  });
}
