// The connection of a wall to its own stream. It reconnects for ever, by its own timers, whatever the browser or the network say; it asks
// why where it is refused; it loads the page again, once, when Howdah was upgraded. Everything it touches is a parameter.
import { PATHS } from '../../contract/paths';
import type { WallEnd, WallFrame } from '../../contract/wall';
import { WALL_ENDS } from '../../telling/wall/wall';
import { EMPTY_WALL, reduceWall, type WallState } from './state';

export interface WallConnection {
  readonly phase: 'connecting' | 'open' | 'lost' | 'ended';
  readonly state: WallState;
  /** Server time of the newest frame; null: none yet. */
  readonly lastFrameAt: number | null;
  readonly attempt: number;
  /** Server time of the next attempt; null: one is under way. */
  readonly retryAt: number | null;
}

/** What a browser has, or a test. */
export interface WallPorts {
  readonly open: (path: string) => Pick<EventSource, 'addEventListener' | 'close' | 'readyState'>;
  readonly fetch: (path: string, init?: { readonly signal: AbortSignal }) => Promise<Response>;
  readonly now: () => number;
  readonly random: () => number;
  readonly after: (ms: number, work: () => void) => () => void;
  readonly each: (ms: number, work: () => void) => () => void;
  /** Remembers over reloads of this screen; null: nothing is remembered. */
  readonly recall: (name: string) => string | null;
  readonly remember: (name: string, value: string) => void;
  readonly reload: () => void;
}

const WALL_LOST_MS = 4500;
/** The socket is dead even if the browser does not know. */
const DEAD_MS = 6000;
const WATCH_MS = 250;
const FIRST_MS = 500;
const LONGEST_MS = 5000;
/** A link that has ended rarely comes back; an admin's mistake may be mended. */
const ENDED_MS = 30_000;
const ASK_MS = 5000;
const CLOSED = 2;
const KINDS = ['hello', 'update', 'beat', 'end'] as const;
const RELOADED = 'howdah-wall-build';

/** `build`: of the page as it was loaded. Returns what ends it. */
export function connectWall(
  key: string,
  build: string,
  ports: WallPorts,
  onChange: (connection: WallConnection) => void,
): () => void {
  let connection: WallConnection = {
    phase: 'connecting',
    state: EMPTY_WALL,
    lastFrameAt: null,
    attempt: 0,
    retryAt: null,
  };
  let source: ReturnType<WallPorts['open']> | null = null;
  let openedAt = ports.now();
  let heardAt: number | null = null;
  let cancelRetry: (() => void) | null = null;
  let isOver = false;

  const publish = (change: Partial<WallConnection>): void => {
    connection = { ...connection, ...change };
    onChange(connection);
  };
  const drop = (): void => {
    source?.close();
    source = null;
  };
  const retry = (ms: number): void => {
    cancelRetry?.();
    // Half to one and a half: a hundred screens do not come back at once.
    const wait = ms * (0.5 + ports.random());
    cancelRetry = ports.after(wait, connect);
    publish({ retryAt: ports.now() + wait + connection.state.offsetMs });
  };
  const fail = (): void => {
    drop();
    const attempt = connection.attempt + 1;
    publish({ attempt });
    retry(Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10)));
  };
  const end = (reason: WallEnd): void => {
    drop();
    const frame = { kind: 'end' as const, now: ports.now() + connection.state.offsetMs, reason };
    publish({ phase: 'ended', state: reduceWall(connection.state, frame, ports.now()), attempt: 0 });
    retry(ENDED_MS);
  };

  function onFrame(own: typeof source, text: string): void {
    if (own !== source || isOver) return;
    const frame = parse(text);
    if (frame === null) return;
    if (frame.kind === 'end') {
      end(frame.reason);
      return;
    }
    const now = ports.now();
    heardAt = now;
    const state = reduceWall(connection.state, frame, now);
    publish({ phase: 'open', state, lastFrameAt: frame.now, attempt: 0, retryAt: null });
    if (frame.kind === 'hello' && frame.build !== build) void loadAgain(frame.build);
  }

  /** Once for each build: behind a proxy that keeps old pages it must not become a loop. And only where the page can be had. */
  async function loadAgain(newest: string): Promise<void> {
    if (ports.recall(RELOADED) === newest) return;
    ports.remember(RELOADED, newest);
    if (ports.recall(RELOADED) !== newest) return;
    const found = await ports.fetch(`/wall/${encodeURIComponent(key)}`, { signal: AbortSignal.timeout(ASK_MS) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (found && !isOver) ports.reload();
    else ports.remember(RELOADED, '');
  }

  function onError(own: typeof source): void {
    if (own !== source || isOver || own === null) return;
    // The browser gives up where the answer was no stream: then there is somebody to be asked why.
    const isRefused = own.readyState === CLOSED;
    fail();
    if (isRefused) void ask();
  }

  async function ask(): Promise<void> {
    try {
      const answer = await ports.fetch(PATHS.wall(key), { signal: AbortSignal.timeout(ASK_MS) });
      if (isOver || source !== null || (answer.status !== 403 && answer.status !== 404)) return;
      const reason = reasonOf(await answer.json());
      if (reason !== null && !isOver) end(reason);
    } catch {
      // Nobody to be asked either.
    }
  }

  function connect(): void {
    if (isOver) return;
    cancelRetry = null;
    drop();
    openedAt = ports.now();
    publish({ retryAt: null });
    const own = ports.open(PATHS.wallStream(key));
    source = own;
    for (const kind of KINDS) own.addEventListener(kind, (event) => onFrame(own, textOf(event)));
    own.addEventListener('error', () => onError(own));
  }

  const stopWatching = ports.each(WATCH_MS, () => {
    const now = ports.now();
    // A clock that was set back makes nothing younger.
    const silentMs = Math.abs(now - (heardAt ?? openedAt));
    if (silentMs > WALL_LOST_MS && connection.phase !== 'lost' && connection.phase !== 'ended')
      publish({ phase: 'lost' });
    if (source !== null && Math.abs(now - Math.max(openedAt, heardAt ?? 0)) > DEAD_MS) fail();
  });
  connect();
  return () => {
    isOver = true;
    stopWatching();
    cancelRetry?.();
    drop();
  };
}

function textOf(event: Event): string {
  return 'data' in event && typeof event.data === 'string' ? event.data : '';
}

function parse(text: string): WallFrame | null {
  try {
    const frame: unknown = JSON.parse(text);
    const kind = typeof frame === 'object' && frame !== null && 'kind' in frame ? frame.kind : null;
    return KINDS.some((known) => known === kind) ? (frame as WallFrame) : null;
  } catch {
    return null;
  }
}

function reasonOf(body: unknown): WallEnd | null {
  const details = typeof body === 'object' && body !== null && 'details' in body ? body.details : null;
  const reason = typeof details === 'object' && details !== null && 'reason' in details ? details.reason : null;
  return WALL_ENDS.find((known) => known === reason) ?? null;
}
