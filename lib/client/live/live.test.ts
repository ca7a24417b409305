// The tab's own judgement of its connection, with a worker of the test and a clock of the test. Hooks are read without a page.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STREAM_LOST_MS } from '../../contract/limits';
import type { StreamFrame } from '../../contract/stream';

vi.mock('react', async (original) => ({
  ...(await original<typeof import('react')>()),
  useSyncExternalStore: (_subscribe: unknown, get: () => unknown) => get(),
}));

const page = { hidden: false, addEventListener: () => undefined, removeEventListener: () => undefined };
let ports: FakePort[];

class FakePort {
  onmessage: ((event: { data: object }) => void) | null = null;
  readonly sent: object[] = [];
  closed = false;
  start(): void {
    ports.push(this);
  }
  postMessage(message: object): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  ports = [];
  vi.stubGlobal('document', page);
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  vi.stubGlobal(
    'SharedWorker',
    class {
      readonly port = new FakePort();
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open(scope: string | null = null) {
  const live = await import('./live');
  const away = live.look(scope);
  const say = (data: object): void => ports.at(-1)?.onmessage?.({ data });
  const beat = (aheadMs = 0): void => {
    const frame = { kind: 'beat', server: { now: Date.now() + aheadMs } } as StreamFrame;
    say({ type: 'frame', frame, at: Date.now() });
  };
  return { live, away, say, beat, phase: () => live.useConnection().phase };
}
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe('the connection', () => {
  it('is lost though no frame ever came, once one should have come', async () => {
    const { phase } = await open();
    expect(phase()).toBe('connecting');
    await pass(STREAM_LOST_MS - 100);
    expect(phase()).toBe('connecting');
    await pass(400);
    expect(phase()).toBe('lost');
  });

  it('is open with the first frame, lost when they stop, and open again with the next', async () => {
    const { phase, beat } = await open();
    await pass(500);
    beat();
    expect(phase()).toBe('open');
    await pass(STREAM_LOST_MS - 100);
    expect(phase()).toBe('open');
    await pass(400);
    expect(phase()).toBe('lost');
    beat();
    expect(phase()).toBe('open');
  });

  it('is not opened by a frame that had waited in the worker for too long', async () => {
    const { phase, say } = await open();
    await pass(STREAM_LOST_MS + 1000);
    const frame = { kind: 'beat', server: { now: 0 } } as StreamFrame;
    say({ type: 'frame', frame, at: Date.now() - STREAM_LOST_MS - 500 });
    expect(phase()).toBe('lost');
  });

  it("says when it is tried again by the server's clock, and how often it was", async () => {
    const { live, beat, say } = await open();
    beat(60_000);
    say({ type: 'state', lastFrameAt: null, attempt: 3, retryAt: Date.now() + 2000 });
    expect(live.useConnection()).toMatchObject({ attempt: 3, retryAt: Date.now() + 62_000 });
  });
});

describe('who looks', () => {
  it('is told to the worker: each scope once, in order', async () => {
    const { live } = await open('b');
    live.look('a');
    live.look('b');
    live.look(null);
    expect(ports[0]?.sent.at(-1)).toEqual({ type: 'watch', scopes: ['a', 'b'] });
    ports[0]?.onmessage?.({ data: { type: 'who' } });
    expect(ports[0]?.sent.at(-1)).toEqual({ type: 'watch', scopes: ['a', 'b'] });
  });

  it('closes it a second after the last looked away, and not where another looks in between', async () => {
    const { live, away } = await open('a');
    away();
    await pass(900);
    const second = live.look('b');
    await pass(5000);
    expect([ports.length, ports[0]?.closed]).toEqual([1, false]);
    second();
    await pass(1100);
    expect([ports[0]?.sent.at(-1), ports[0]?.closed]).toEqual([{ type: 'bye' }, true]);
  });
});
