// The streams of walls. One clock for all of them: each second what changed is built once for each kind of wall and sent to its screens,
// or a beat. A screen that does not read misses frames and gets the whole again; one whose link has ended is told why and closed.
import type { WallFrame } from '../../contract/wall';
import type { FleetRow } from '../../domain/fleet';
import { say } from '../../language/sentence';
import type { Feed, Viewer } from '../feed';
import { log } from '../log';
import { Refusal } from '../route';
import { Board, boardKey } from './board';
import { Looks, type LooksDeps } from './looks';
import type { Wall, Walls } from './walls';

export interface ScreensDeps extends LooksDeps {
  readonly walls: Walls;
  readonly feed: Pick<Feed, 'rows' | 'add' | 'remove'>;
  /** null: the collector has said nothing since it was started; its rows are then not believed to be gone. */
  readonly collectorSeenAt: () => number | null;
  readonly build: string;
}

const EACH_MS = 1000;
const STALLED_MS = 30_000;
const SCREENS_MAX = 200;
const HIGH_WATER_BYTES = 512 * 1024;
/** A board without a screen is kept for the reload or the restart of one. */
const KEEP_BOARD_MS = 60_000;

interface Screen {
  readonly wall: Wall;
  readonly board: string;
  /** Has not got, or has missed, what only the whole can mend. */
  isBehind: boolean;
  /** false: it cannot take more now. */
  send(kind: WallFrame['kind'], text: string): boolean;
  close(): void;
}

interface Kept {
  readonly board: Board;
  readonly hosts: boolean;
  usedAt: number;
}

export class Screens {
  readonly #deps: ScreensDeps;
  readonly #looks: Looks;
  readonly #boards = new Map<string, Kept>();
  readonly #screens = new Set<Screen>();
  #rows: readonly FleetRow[] = [];
  #timer: NodeJS.Timeout | null = null;
  #viewer: Viewer | null = null;
  #isStopped = false;

  constructor(deps: ScreensDeps) {
    this.#deps = deps;
    this.#looks = new Looks(deps);
  }

  get size(): number {
    return this.#screens.size;
  }

  /** What a new screen gets first. */
  async whole(wall: Wall): Promise<Extract<WallFrame, { kind: 'hello' }>> {
    const kept = this.#board(wall);
    const key = boardKey(wall.settings);
    const isKept = (): boolean => [...this.#screens].some(({ board, isBehind }) => board === key && !isBehind);
    // Where others look at it already it is a second old at most, and what is changed here they would never get.
    if (!isKept()) {
      this.#readRows();
      await this.#looks.refresh(this.#rows, !kept.hosts);
      if (!isKept()) kept.board.update(this.#rows, this.#deps.now());
    }
    return this.#hello(wall, kept);
  }

  /** Throws a Refusal where there are too many. `signal` is the request's: it aborts when the screen has gone. */
  open(wall: Wall, signal: AbortSignal): ReadableStream<Uint8Array> {
    if (this.#isStopped) throw new Refusal('not_ready', say`Howdah is stopping`);
    if (this.#screens.size >= SCREENS_MAX)
      throw new Refusal('too_many_streams', say`too many screens; close some walls`);
    const encoder = new TextEncoder();
    let leave = (): void => undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const left = this.#deps.walls.enter(wall.id);
          let stalledSince: number | null = null;
          let isOpen = true;
          const screen: Screen = {
            wall,
            board: boardKey(wall.settings),
            isBehind: true,
            send: (kind, text) => {
              if (!isOpen) return true;
              if ((controller.desiredSize ?? 0) <= 0) {
                stalledSince ??= this.#deps.now();
                if (this.#deps.now() - stalledSince > STALLED_MS) screen.close();
                return false;
              }
              stalledSince = null;
              controller.enqueue(encoder.encode(`event: ${kind}\ndata: ${text}\n\n`));
              return true;
            },
            close: () => {
              if (!isOpen) return;
              isOpen = false;
              left();
              this.#screens.delete(screen);
              if (this.#screens.size === 0) this.#rest();
              try {
                controller.close();
              } catch {
                // The screen closed it first.
              }
            },
          };
          leave = screen.close;
          this.#screens.add(screen);
          signal.addEventListener('abort', () => screen.close(), { once: true });
          if (signal.aborted) return screen.close();
          this.#wake();
          void this.whole(wall).then(
            (hello) => {
              if (screen.isBehind) this.#offer(screen, hello.kind, JSON.stringify(hello));
            },
            (error: unknown) => log.warn({ err: error }, 'a wall waits for its first frame'),
          );
        },
        cancel: () => leave(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
    );
  }

  stop(): void {
    this.#isStopped = true;
    for (const screen of [...this.#screens]) screen.close();
    this.#rest();
  }

  /** One second of all walls. Called by its own timer; by tests themselves. */
  async tick(): Promise<void> {
    const now = this.#deps.now();
    this.#endScreens(now);
    this.#readRows();
    await this.#looks.refresh(
      this.#rows,
      [...this.#screens].some(({ wall }) => !wall.settings.hosts),
    );
    const used = new Set([...this.#screens].map(({ board }) => board));
    for (const [key, kept] of this.#boards) {
      if (used.has(key)) kept.usedAt = now;
      else if (now - kept.usedAt > KEEP_BOARD_MS) this.#boards.delete(key);
    }
    for (const key of used) this.#tell(key);
  }

  #tell(key: string): void {
    const kept = this.#boards.get(key);
    if (kept === undefined) return;
    const times = this.#times();
    const changed = kept.board.update(this.#rows, times.now);
    const frame: WallFrame = changed === null ? { kind: 'beat', ...times } : { ...changed, ...times };
    const text = JSON.stringify(frame);
    for (const screen of [...this.#screens]) {
      if (screen.board !== key) continue;
      if (!screen.isBehind) this.#offer(screen, frame.kind, text);
      else this.#offer(screen, 'hello', JSON.stringify(this.#hello(screen.wall, kept)));
      this.#deps.walls.seen(screen.wall.id);
    }
  }

  #offer(screen: Screen, kind: WallFrame['kind'], text: string): void {
    // A beat that is lost is followed by the next; what was lost of the rest only the whole can mend.
    if (screen.send(kind, text)) screen.isBehind = false;
    else if (kind !== 'beat') screen.isBehind = true;
  }

  #endScreens(now: number): void {
    for (const screen of [...this.#screens]) {
      const reason = this.#deps.walls.endOf(screen.wall.id);
      if (reason === null) continue;
      screen.send('end', JSON.stringify({ kind: 'end', now, reason } satisfies WallFrame));
      screen.close();
    }
  }

  #hello({ settings }: Wall, { board }: Kept): Extract<WallFrame, { kind: 'hello' }> {
    const { name, theme, language, sound } = settings;
    const { build } = this.#deps;
    return { kind: 'hello', ...this.#times(), build, wall: { name, theme, language, sound }, ...board.whole() };
  }

  #times(): { readonly now: number; readonly seenAt: number | null } {
    return { now: this.#deps.now(), seenAt: this.#deps.collectorSeenAt() };
  }

  #board({ settings }: Wall): Kept {
    const key = boardKey(settings);
    const known = this.#boards.get(key);
    if (known !== undefined) return known;
    const made = { board: new Board(settings, this.#looks), hosts: settings.hosts, usedAt: this.#deps.now() };
    this.#boards.set(key, made);
    return made;
  }

  /** A collector that was started again has no rows for a moment: the old ones stay and grow old. */
  #readRows(): void {
    const rows = this.#deps.feed.rows();
    if (rows.length > 0 || this.#deps.collectorSeenAt() !== null) this.#rows = rows;
  }

  #wake(): void {
    this.#look();
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => {
      this.#look();
      void this.tick();
    }, EACH_MS);
  }

  /** While a wall is open the collector is to know that somebody looks at the fleet. */
  #look(): void {
    if (this.#viewer !== null || this.#screens.size === 0) return;
    const viewer: Viewer = {
      scopes: new Set(),
      send: () => true,
      close: () => {
        if (this.#viewer === viewer) this.#viewer = null;
      },
    };
    if (this.#deps.feed.add(viewer)) this.#viewer = viewer;
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#viewer !== null) this.#deps.feed.remove(this.#viewer);
    this.#viewer = null;
  }
}
