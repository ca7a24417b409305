import { describe, expect, it } from 'vitest';
import type { WallFrame } from '../../contract/wall';
import { connectWall, type WallConnection, type WallPorts } from './stream';

type Listener = (event: Event) => void;

interface Timer {
  readonly at: number;
  readonly everyMs: number | null;
  readonly work: () => void;
}

/** A browser with a clock of its own: streams that the test speaks into, a page that counts its reloads. */
function browser(answer: () => Response | Error = () => new Response('{}')) {
  let now = 1_000_000;
  const timers = new Map<number, Timer>();
  let nextTimer = 0;
  const memory = new Map<string, string>();
  const sources: { listeners: Map<string, Listener>; readyState: number; closed: boolean }[] = [];
  let reloads = 0;
  const start = (ms: number, everyMs: number | null, work: () => void): (() => void) => {
    const id = nextTimer++;
    timers.set(id, { at: now + ms, everyMs, work });
    return () => timers.delete(id);
  };
  const ports: WallPorts = {
    open: () => {
      const source = { listeners: new Map<string, Listener>(), readyState: 0, closed: false };
      sources.push(source);
      return {
        addEventListener: (kind: string, listener: Listener) => void source.listeners.set(kind, listener),
        close: () => {
          source.closed = true;
        },
        get readyState() {
          return source.readyState;
        },
      } as unknown as ReturnType<WallPorts['open']>;
    },
    fetch: async () => {
      const found = answer();
      if (found instanceof Error) throw found;
      return found;
    },
    now: () => now,
    random: () => 0.5,
    after: (ms, work) => start(ms, null, work),
    each: (ms, work) => start(ms, ms, work),
    recall: (name) => memory.get(name) ?? null,
    remember: (name, value) => void memory.set(name, value),
    reload: () => {
      reloads += 1;
    },
  };
  const seen: WallConnection[] = [];
  return {
    ports,
    sources,
    timers,
    get reloads() {
      return reloads;
    },
    get last(): WallConnection {
      const last = seen.at(-1);
      if (last === undefined) throw new Error('nothing was published');
      return last;
    },
    onChange: (connection: WallConnection) => void seen.push(connection),
    open: () => sources.filter(({ closed }) => !closed),
    say: (frame: WallFrame) => {
      const data = new Event('message');
      Object.assign(data, { data: JSON.stringify(frame) });
      sources.at(-1)?.listeners.get(frame.kind)?.(data);
    },
    fail: (readyState = 0) => {
      const source = sources.at(-1);
      if (source === undefined) return;
      source.readyState = readyState;
      source.listeners.get('error')?.(new Event('error'));
    },
    pass: async (ms: number) => {
      const end = now + ms;
      for (;;) {
        const [id, due] = [...timers].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
        if (id === undefined || due === undefined || due.at > end) break;
        now = due.at;
        if (due.everyMs === null) timers.delete(id);
        else timers.set(id, { ...due, at: due.at + due.everyMs });
        due.work();
      }
      now = end;
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    get now() {
      return now;
    },
  };
}

const hello = (now: number, build = 'b1'): WallFrame => ({
  kind: 'hello',
  now,
  seenAt: now,
  build,
  wall: { name: 'NOC', theme: 'dark', language: 'en', sound: false },
  tiles: [],
  problems: [],
  events: [],
});

describe('the stream of a wall', () => {
  it('is lost within 5 s of silence, by the screen itself', async () => {
    const screen = browser();
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now));
    expect(screen.last.phase).toBe('open');
    await screen.pass(4400);
    expect(screen.last.phase).toBe('open');
    await screen.pass(600);
    expect(screen.last.phase).toBe('lost');
  });

  it('takes a socket for dead that says nothing, and opens another', async () => {
    const screen = browser();
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now));
    await screen.pass(8000);
    expect(screen.sources.length).toBeGreaterThan(1);
    expect(screen.open().length).toBeLessThanOrEqual(1);
  });

  it('reconnects for ever, at most each few seconds, holding one stream and few timers', async () => {
    const screen = browser(() => new Error('no network'));
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now));
    for (let round = 0; round < 2000; round += 1) {
      screen.fail();
      await screen.pass(5001);
    }
    expect(screen.sources.length).toBeGreaterThan(1900);
    expect(screen.open().length).toBeLessThanOrEqual(1);
    expect(screen.timers.size).toBeLessThanOrEqual(2);
    expect(screen.last.phase).toBe('lost');
    screen.say(hello(screen.now));
    expect(screen.last).toMatchObject({ phase: 'open', attempt: 0, retryAt: null });
  });

  it('asks why where it is refused, shows the reason and comes back if the link does', async () => {
    const refused = JSON.stringify({
      code: 'forbidden',
      message: 'this link was revoked',
      details: { reason: 'revoked' },
    });
    const screen = browser(() => new Response(refused, { status: 403 }));
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now));
    screen.fail(2);
    await screen.pass(10);
    expect(screen.last).toMatchObject({ phase: 'ended', state: { end: 'revoked' } });
    const before = screen.sources.length;
    await screen.pass(25_000);
    expect(screen.sources.length).toBe(before);
    await screen.pass(10_000);
    expect(screen.sources.length).toBe(before + 1);
    screen.say(hello(screen.now));
    expect(screen.last).toMatchObject({ phase: 'open', state: { end: null } });
  });

  it('told that it ended stops at once', async () => {
    const screen = browser();
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now));
    screen.say({ kind: 'end', now: screen.now, reason: 'revoked' });
    expect(screen.last.phase).toBe('ended');
    expect(screen.open()).toEqual([]);
  });

  it('a refusal that says nothing of the link is no end of it', async () => {
    const screen = browser(() => new Response('{"code":"forbidden"}', { status: 403 }));
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.fail(2);
    await screen.pass(6000);
    expect(screen.last.phase).toBe('lost');
  });
});

describe('an upgrade', () => {
  it('loads the page again once, however often the new build says hello', async () => {
    const screen = browser();
    connectWall('key', 'b1', screen.ports, screen.onChange);
    for (let round = 0; round < 5; round += 1) {
      screen.say(hello(screen.now, 'b2'));
      await screen.pass(1000);
    }
    expect(screen.reloads).toBe(1);
  });

  it('is no loop behind a proxy that goes on serving the old page', async () => {
    const screen = browser();
    for (let load = 0; load < 5; load += 1) {
      const stop = connectWall('key', 'b1', screen.ports, screen.onChange);
      screen.say(hello(screen.now, 'b2'));
      await screen.pass(1000);
      stop();
    }
    expect(screen.reloads).toBe(1);
  });

  it('leaves the page alone where it could not be had again, and tries at the next hello', async () => {
    let isUp = false;
    const screen = browser(() => (isUp ? new Response('') : new Response('', { status: 502 })));
    connectWall('key', 'b1', screen.ports, screen.onChange);
    screen.say(hello(screen.now, 'b2'));
    await screen.pass(1000);
    expect(screen.reloads).toBe(0);
    isUp = true;
    screen.say(hello(screen.now, 'b2'));
    await screen.pass(1000);
    expect(screen.reloads).toBe(1);
  });

  it('is not asked of a browser that remembers nothing', async () => {
    const screen = browser();
    connectWall('key', 'b1', { ...screen.ports, recall: () => null }, screen.onChange);
    screen.say(hello(screen.now, 'b2'));
    await screen.pass(1000);
    expect(screen.reloads).toBe(0);
  });
});
