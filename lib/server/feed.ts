// Newest values only, for any number of viewers. A subscriber gets what is newest when it comes, then each newer value; a slow
// one skips values, it never queues them. Frames are encoded once for all.

import type { ServerState, StreamFrame } from '../contract/stream';
import type { ActionRecord } from '../domain/actions/action';
import type { FleetRow } from '../domain/fleet';
import { carry } from '../language/carry';

/** One viewer's stream. `send` returns false when the viewer cannot take more now: the frame is dropped for it. */
export interface Viewer {
  readonly scopes: ReadonlySet<string>;
  /** Which clusters it may see; absent: all. */
  readonly sees?: (scope: string) => boolean;
  send(event: StreamFrame['kind'], json: string): boolean;
  close(): void;
}

export interface FeedOptions {
  readonly state: () => ServerState;
  readonly onViewers: (scopes: readonly string[], fleet: boolean) => void;
  readonly limit: number;
}

export class Feed {
  readonly #options: FeedOptions;
  readonly #viewers = new Set<Viewer>();
  readonly #rows = new Map<string, FleetRow>();
  readonly #snapshots = new Map<string, { readonly revision: number; readonly frame: string }>();
  /** The newest frame of the newest action of a scope; who comes in the middle of one sees it at once. */
  readonly #actions = new Map<string, string>();
  readonly #missedActions = new Map<Viewer, Set<string>>();
  /** Scopes whose newest snapshot a viewer missed while it could not take more. */
  readonly #missed = new Map<Viewer, Set<string>>();
  /** Viewers that missed a change of the rows: only a whole fleet makes theirs right again. */
  readonly #behind = new Set<Viewer>();
  #rowsJson: string | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  rows(): readonly FleetRow[] {
    return [...this.#rows.values()];
  }

  /** null: no such cluster is known. */
  row(scope: string): FleetRow | null {
    return this.#rows.get(scope) ?? null;
  }

  /** false: too many viewers. */
  add(viewer: Viewer): boolean {
    if (this.#viewers.size >= this.#options.limit) return false;
    this.#viewers.add(viewer);
    viewer.send('hello', this.#helloFrame(viewer));
    for (const scope of viewer.scopes) {
      const newest = this.#snapshots.get(scope);
      if (newest !== undefined) viewer.send('snapshot', newest.frame);
      this.#sendAction(viewer, scope);
    }
    this.#tellViewers();
    return true;
  }

  remove(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#missed.delete(viewer);
    this.#missedActions.delete(viewer);
    this.#behind.delete(viewer);
    this.#tellViewers();
    for (const scope of this.#snapshots.keys()) if (!this.#isWatched(scope)) this.#snapshots.delete(scope);
  }

  publishRows(rows: readonly FleetRow[], gone: readonly string[]): void {
    for (const row of rows) this.#rows.set(row.scope, row);
    // What a viewer may see goes by labels, which a cluster that is gone has not any more.
    const restricted = [...this.#viewers].filter(({ sees }) => sees !== undefined);
    const own = new Map(restricted.map((viewer) => [viewer, ownRows(rows, gone, viewer.sees ?? (() => true))]));
    for (const scope of gone) this.#rows.delete(scope);
    this.#rowsJson = null;
    const frame = JSON.stringify(carry({ kind: 'rows', rows, gone } satisfies StreamFrame));
    for (const viewer of this.#viewers) {
      const text = viewer.sees === undefined ? frame : (own.get(viewer) ?? null);
      if (text !== null && !viewer.send('rows', text) && this.#viewers.has(viewer)) this.#behind.add(viewer);
    }
  }

  /** `json` is the Snapshot's text as the collector encoded it. */
  publishSnapshot(scope: string, revision: number, json: string): void {
    const frame = `{"kind":"snapshot","snapshot":${json}}`;
    this.#snapshots.set(scope, { revision, frame });
    for (const viewer of this.#viewers) {
      if (!viewer.scopes.has(scope)) continue;
      if (viewer.send('snapshot', frame)) this.#missed.get(viewer)?.delete(scope);
      else if (this.#viewers.has(viewer)) this.#missed.set(viewer, (this.#missed.get(viewer) ?? new Set()).add(scope));
    }
  }

  publishAction(action: ActionRecord): void {
    this.#actions.set(action.scope, JSON.stringify(carry({ kind: 'action', action } satisfies StreamFrame)));
    for (const viewer of this.#viewers) if (viewer.scopes.has(action.scope)) this.#sendAction(viewer, action.scope);
  }

  #sendAction(viewer: Viewer, scope: string): void {
    const frame = this.#actions.get(scope);
    if (frame === undefined) return;
    if (viewer.send('action', frame)) this.#missedActions.get(viewer)?.delete(scope);
    else if (this.#viewers.has(viewer))
      this.#missedActions.set(viewer, (this.#missedActions.get(viewer) ?? new Set()).add(scope));
  }

  /** Sent at least each STREAM_BEAT_MS, so that a browser can tell a quiet cluster from a dead connection. */
  beat(): void {
    const server = this.#options.state();
    const frame = JSON.stringify(carry({ kind: 'beat', server } satisfies StreamFrame));
    for (const viewer of this.#viewers) {
      if (!this.#behind.has(viewer))
        viewer.send('beat', viewer.sees === undefined ? frame : this.#ownBeat(server, viewer.sees));
      else if (viewer.send('hello', this.#helloFrame(viewer))) this.#behind.delete(viewer);
    }
    // Offered once a beat: who still cannot take it stays in the map for the next one.
    for (const [viewer, scopes] of this.#missed) {
      for (const scope of scopes) {
        const newest = this.#snapshots.get(scope);
        if (newest === undefined || viewer.send('snapshot', newest.frame)) scopes.delete(scope);
      }
      if (scopes.size === 0) this.#missed.delete(viewer);
    }
    for (const [viewer, scopes] of [...this.#missedActions])
      for (const scope of [...scopes]) this.#sendAction(viewer, scope);
  }

  /** Forgets everything and sends every viewer away, to come back to a new beginning. */
  reset(): void {
    this.close();
    this.#rows.clear();
    this.#snapshots.clear();
    this.#rowsJson = null;
  }

  close(): void {
    for (const viewer of [...this.#viewers]) viewer.close();
    this.#viewers.clear();
  }

  #ownBeat(server: ServerState, sees: (scope: string) => boolean): string {
    const rows = this.rows().filter(({ scope }) => sees(scope));
    return JSON.stringify(carry({ kind: 'beat', server: partialState(server, rows) } satisfies StreamFrame));
  }

  #helloFrame({ sees }: Viewer): string {
    // The rows are encoded once for all who see all; the clock in `server` must be now, the browser sets its own by it.
    const state = this.#options.state();
    if (sees !== undefined) {
      const rows = this.rows().filter(({ scope }) => sees(scope));
      return JSON.stringify(carry({ kind: 'hello', server: partialState(state, rows), rows } satisfies StreamFrame));
    }
    this.#rowsJson ??= JSON.stringify(carry(this.rows()));
    return `{"kind":"hello","server":${JSON.stringify(carry(state))},"rows":${this.#rowsJson}}`;
  }

  #isWatched(scope: string): boolean {
    for (const viewer of this.#viewers) if (viewer.scopes.has(scope)) return true;
    return false;
  }

  #tellViewers(): void {
    const scopes = new Set<string>();
    for (const viewer of this.#viewers) for (const scope of viewer.scopes) scopes.add(scope);
    this.#options.onViewers([...scopes].sort(), this.#viewers.size > 0);
  }
}

/** null: nothing of it is to be seen. */
function ownRows(rows: readonly FleetRow[], gone: readonly string[], sees: (scope: string) => boolean): string | null {
  const own = rows.filter(({ scope }) => sees(scope));
  const left = gone.filter(sees);
  return own.length + left.length === 0
    ? null
    : JSON.stringify(carry({ kind: 'rows', rows: own, gone: left } satisfies StreamFrame));
}

/** For who may see these clusters only: their number, and no word of sources, which name addresses. */
export function partialState(server: ServerState, rows: readonly FleetRow[]): ServerState {
  const members = rows.reduce((sum, row) => sum + row.members.length, 0);
  return { ...server, scopes: rows.length, members, problems: [] };
}
