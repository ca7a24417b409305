import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ServerState } from '../contract/stream';
import { Feed } from './feed';
import { openStream } from './stream';

const STATE: ServerState = {
  now: 0,
  version: '0',
  scopes: 0,
  members: 0,
  configured: true,
  problems: [],
  roundMs: null,
  intervalMs: 1000,
};
const newFeed = (limit = 10): Feed => new Feed({ state: () => STATE, limit, onViewers: () => undefined });
const BIG = JSON.stringify({ revision: 1, pad: 'x'.repeat(300 * 1024) });

function open(feed: Feed, scopes: readonly string[] = []) {
  const abort = new AbortController();
  const stream = openStream(feed, new Set(scopes), abort.signal);
  if (stream === null) throw new Error('the feed is full');
  return { abort, reader: stream.getReader() };
}

async function text(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

afterEach(() => {
  vi.useRealTimers();
});

describe('an event stream', () => {
  it('begins with the fleet, as one well-formed event', async () => {
    const { reader } = open(newFeed());
    expect(await text(reader)).toMatch(/^event: hello\ndata: \{.*\}\n\n$/);
  });

  it('leaves the feed and ends when the request is aborted', async () => {
    const feed = newFeed();
    const { abort, reader } = open(feed);
    await reader.read();
    abort.abort();
    expect(feed.viewers).toBe(0);
    expect((await reader.read()).done).toBe(true);
    expect(() => feed.beat()).not.toThrow();
  });

  it('leaves the feed when the reader cancels without aborting the request', async () => {
    const feed = newFeed();
    const { reader } = open(feed);
    await reader.cancel();
    expect(feed.viewers).toBe(0);
    expect(() => feed.beat()).not.toThrow();
  });

  it('of a request that was aborted before it began leaves nothing behind', () => {
    const feed = newFeed();
    openStream(feed, new Set(), AbortSignal.abort());
    expect(feed.viewers).toBe(0);
  });

  it('is refused when the feed is full', () => {
    expect(openStream(newFeed(0), new Set(), new AbortController().signal)).toBeNull();
  });

  it('ends when the feed closes', async () => {
    const feed = newFeed();
    const { reader } = open(feed);
    feed.close();
    await reader.read();
    expect((await reader.read()).done).toBe(true);
  });

  it('queues no more than its limit for a reader that does not read, and sends it the newest when it does', async () => {
    const feed = newFeed();
    const { reader } = open(feed, ['a']);
    for (let revision = 1; revision <= 50; revision += 1) {
      feed.publishSnapshot('a', revision, BIG.replace('"revision":1', `"revision":${revision}`));
    }
    const seen: number[] = [];
    const drain = async (): Promise<void> => {
      for (;;) {
        pending ??= text(reader);
        const next = await Promise.race([pending, new Promise<null>((done) => setTimeout(() => done(null), 50))]);
        if (next === null) return;
        pending = null;
        const revision = /"revision":(\d+)/.exec(next)?.[1];
        if (next.startsWith('event: snapshot') && revision !== undefined) seen.push(Number(revision));
      }
    };
    let pending: Promise<string> | null = null;
    await drain();
    expect(seen).toEqual([1, 2]);
    feed.beat();
    await drain();
    expect(seen).toEqual([1, 2, 50]);
  });

  it('is closed when nobody reads it for half a minute, and the beat never hangs meanwhile', () => {
    vi.useFakeTimers();
    const feed = newFeed();
    open(feed, ['a']);
    for (let revision = 1; revision <= 5; revision += 1) feed.publishSnapshot('a', revision, BIG);
    for (let beat = 0; beat < 10; beat += 1) {
      vi.advanceTimersByTime(2000);
      const start = performance.now();
      feed.beat();
      expect(performance.now() - start).toBeLessThan(1000);
    }
    expect(feed.viewers).toBe(1);
    vi.advanceTimersByTime(30_000);
    feed.beat();
    expect(feed.viewers).toBe(0);
  });
});
