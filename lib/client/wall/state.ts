// What a wall believes, from the frames it got. Pure: frame in, next state out. It keeps the newest of everything and nothing else, so
// that it is as large after weeks as after a minute.
import type { WallEnd, WallEvent, WallFrame, WallLook, WallProblem, WallTile } from '../../contract/wall';

export interface WallState {
  /** null: nothing came yet. */
  readonly wall: WallLook | null;
  readonly build: string | null;
  /** Server clock minus this screen's, ms. */
  readonly offsetMs: number;
  readonly tiles: ReadonlyMap<string, WallTile>;
  readonly problems: readonly WallProblem[];
  readonly events: readonly WallEvent[];
  /** Server time: when the collector last spoke; null: not since Howdah was started. */
  readonly seenAt: number | null;
  /** Counts frames that brought data, for the heartbeat. */
  readonly beats: number;
  /** Counts clusters that became critical while this screen looked, for the sound. */
  readonly alarms: number;
  readonly end: WallEnd | null;
}

export const EMPTY_WALL: WallState = {
  wall: null,
  build: null,
  offsetMs: 0,
  tiles: new Map(),
  problems: [],
  events: [],
  seenAt: null,
  beats: 0,
  alarms: 0,
  end: null,
};

/** Counters stay exact for as long as a screen can run. */
const COUNT_MAX = 1_000_000_000;

/** `receivedAt`: this screen's clock when the frame came. */
export function reduceWall(state: WallState, frame: WallFrame, receivedAt: number): WallState {
  const offsetMs = frame.now - receivedAt;
  switch (frame.kind) {
    case 'hello': {
      const tiles = new Map(frame.tiles.map((tile) => [tile.scope, tile]));
      return {
        ...state,
        offsetMs,
        wall: frame.wall,
        build: frame.build,
        tiles,
        problems: frame.problems,
        events: frame.events,
        seenAt: frame.seenAt,
        beats: next(state.beats, 1),
        // What is critical when a screen is switched on is not news.
        alarms: state.wall === null ? state.alarms : next(state.alarms, newlyCritical(state.tiles, frame.tiles)),
        end: null,
      };
    }
    case 'update': {
      const tiles = new Map(state.tiles);
      for (const tile of frame.tiles) tiles.set(tile.scope, tile);
      for (const scope of frame.gone) tiles.delete(scope);
      return {
        ...state,
        offsetMs,
        tiles,
        problems: frame.problems ?? state.problems,
        events: frame.events ?? state.events,
        seenAt: frame.seenAt,
        beats: next(state.beats, 1),
        alarms: next(state.alarms, newlyCritical(state.tiles, frame.tiles)),
      };
    }
    case 'beat':
      return { ...state, offsetMs, seenAt: frame.seenAt };
    case 'end':
      // Who may not look any more keeps nothing of what was there.
      return { ...EMPTY_WALL, offsetMs, wall: state.wall, build: state.build, end: frame.reason };
    default: {
      frame satisfies never;
      return state;
    }
  }
}

function next(count: number, more: number): number {
  return (count + more) % COUNT_MAX;
}

function newlyCritical(before: ReadonlyMap<string, WallTile>, tiles: readonly WallTile[]): number {
  return tiles.filter(({ scope, health }) => health === 'critical' && before.get(scope)?.health !== 'critical').length;
}
