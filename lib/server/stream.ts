// The bytes of one viewer's event stream. Backpressure is the stream's own `desiredSize`: a viewer that does not read misses
// frames (it gets the newest later), and one that does not read for long is closed.
import type { Feed, Viewer } from './feed';

const HIGH_WATER_BYTES = 512 * 1024;
const STALLED_MS = 30_000;

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
};

/** null: the feed takes no more viewers. `signal` is the request's: it aborts when the client has gone. */
export function openStream(
  feed: Feed,
  scopes: ReadonlySet<string>,
  signal: AbortSignal,
): ReadableStream<Uint8Array> | null {
  const encoder = new TextEncoder();
  let accepted = true;
  let leave = (): void => undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let stalledSince: number | null = null;
        let open = true;
        const viewer: Viewer = {
          scopes,
          send: (event, json) => {
            if (!open) return true;
            if ((controller.desiredSize ?? 0) <= 0) {
              stalledSince ??= Date.now();
              if (Date.now() - stalledSince > STALLED_MS) viewer.close();
              return false;
            }
            stalledSince = null;
            controller.enqueue(encoder.encode(`event: ${event}\ndata: ${json}\n\n`));
            return true;
          },
          close: () => {
            if (!open) return;
            open = false;
            feed.remove(viewer);
            try {
              controller.close();
            } catch {
              // The client closed it first.
            }
          },
        };
        leave = viewer.close;
        accepted = feed.add(viewer);
        if (!accepted) return;
        signal.addEventListener('abort', () => viewer.close(), { once: true });
        if (signal.aborted) viewer.close();
      },
      cancel() {
        leave();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
  );
  return accepted ? stream : null;
}
