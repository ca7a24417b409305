import { describe, expect, it } from 'vitest';
import type { FleetRow, ServerState, StreamFrame } from '../../contract/stream';
import type { Snapshot } from '../../domain/cluster';
import { EMPTY_LIVE, freshness, reduceFrame } from './live-state';

const server = { now: 5000 } as ServerState;
const row = (scope: string, revision: number) => ({ scope, revision }) as FleetRow;
const snapshot = (scope: string, revision: number): StreamFrame => ({
  kind: 'snapshot',
  snapshot: { scope, revision } as Snapshot,
});
const hello = (...rows: FleetRow[]): StreamFrame => ({ kind: 'hello', server, rows });

describe('reduceFrame', () => {
  /** The revisions of `a` that are shown, of those that came. */
  const shown = (...frames: StreamFrame[]): number[] => {
    let state = EMPTY_LIVE;
    return frames.flatMap((frame) => {
      const before = state;
      state = reduceFrame(state, frame, 0);
      return frame.kind === 'snapshot' && state !== before ? frame.snapshot.revision : [];
    });
  };

  it('takes only newer snapshots, of each cluster by itself', () => {
    expect(shown(...[5, 5, 4, 6].map((revision) => snapshot('a', revision)))).toEqual([5, 6]);
    expect(shown(snapshot('a', 5), snapshot('b', 1))).toEqual([5, 1]);
  });

  it('accepts smaller revisions from a restarted server', () => {
    expect(shown(snapshot('a', 500), hello(row('a', 1)), snapshot('a', 1))).toEqual([500, 1]);
  });

  it('does not lower the floor on a reconnect to the same server', () => {
    expect(shown(snapshot('a', 5), hello(row('a', 5)), snapshot('a', 4))).toEqual([5]);
  });

  it('learns the server clock, replaces rows on hello, drops older and gone rows', () => {
    let state = reduceFrame(EMPTY_LIVE, hello(row('a', 2), row('b', 2)), 4000);
    expect(state.offsetMs).toBe(1000);
    state = reduceFrame(state, { kind: 'rows', rows: [row('a', 1), row('c', 1)], gone: ['b'] }, 0);
    expect([...state.rows.values()]).toEqual([row('a', 2), row('c', 1)]);
    expect(reduceFrame(state, { kind: 'rows', rows: [], gone: ['zzz'] }, 0)).toBe(state);
  });
});

describe('freshness', () => {
  it('greys past the limit, says was past three, and trusts nothing without a connection', () => {
    const at = 10_000;
    expect([12_000, 13_001, 19_001].map((now) => freshness(at, now, 3000, false))).toEqual(['fresh', 'stale', 'was']);
    expect(freshness(at, 10_000, 3000, true)).toBe('was');
    expect(freshness(null, 10_000, 3000, false)).toBe('was');
  });
});
