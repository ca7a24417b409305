// What the browser believes, from the frames it got. Pure: frame in, next state out; the transport and React live in live.ts.
import type { FleetRow, ServerState, StreamFrame } from '../../contract/stream';

export interface LiveState {
  readonly server: ServerState | null;
  /** Server clock minus this browser's, ms. */
  readonly offsetMs: number;
  readonly rows: ReadonlyMap<string, FleetRow>;
  /** Revisions below or equal are old news. A restarted server counts from the beginning: hello clears them. */
  readonly floors: ReadonlyMap<string, number>;
}

export const EMPTY_LIVE: LiveState = {
  server: null,
  offsetMs: 0,
  rows: new Map(),
  floors: new Map(),
};

/** `receivedAt`: this machine's clock when the frame left the socket. Returns the same object when nothing is new. */
export function reduceFrame(state: LiveState, frame: StreamFrame, receivedAt: number): LiveState {
  switch (frame.kind) {
    case 'hello': {
      const rows = new Map(frame.rows.map((row) => [row.scope, row]));
      const floors = new Map(state.floors);
      for (const [scope, floor] of floors) {
        const revision = rows.get(scope)?.revision;
        if (revision === undefined || revision < floor) floors.delete(scope);
      }
      return { ...state, server: frame.server, offsetMs: frame.server.now - receivedAt, rows, floors };
    }
    case 'beat':
      return { ...state, server: frame.server, offsetMs: frame.server.now - receivedAt };
    case 'rows': {
      const rows = new Map(state.rows);
      let changed = false;
      for (const row of frame.rows) {
        if (row.revision < (rows.get(row.scope)?.revision ?? 0)) continue;
        rows.set(row.scope, row);
        changed = true;
      }
      for (const scope of frame.gone) changed = rows.delete(scope) || changed;
      return changed ? { ...state, rows } : state;
    }
    case 'snapshot': {
      const { scope, revision } = frame.snapshot;
      if (revision <= (state.floors.get(scope) ?? -1)) return state;
      return { ...state, floors: new Map(state.floors).set(scope, revision) };
    }
    // Kept in the query cache by live.ts, as the snapshots are.
    case 'action':
      return state;
    default: {
      frame satisfies never;
      return state;
    }
  }
}

export type Freshness = 'fresh' | 'stale' | 'was';

/** Past its limit a value greys; past three limits, or with the connection gone, it only "was". */
export function freshness(at: number | null, now: number, staleAfterMs: number, lost: boolean): Freshness {
  if (lost || at === null) return 'was';
  const age = now - at;
  return age > 3 * staleAfterMs ? 'was' : age > staleAfterMs ? 'stale' : 'fresh';
}
