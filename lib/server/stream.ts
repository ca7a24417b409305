// The bytes of one viewer's event stream. Backpressure is the stream's own `desiredSize`: a viewer that does not read misses
// frames (it gets the newest later), and one that does not read for long is closed.
import { elapsed } from './clock';
import type { Feed, Viewer } from './feed';

const HIGH_WATER_BYTES = 512 * 1024;
const STALLED_MS = 30_000;

export const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
};

export interface StreamAccess {
  /** Which clusters may be seen; absent: all. */
  readonly sees?: (scope: string) => boolean;
  /** Asked now and then: is the viewer still who they were, with the same rights? */
  readonly isStill?: () => Promise<boolean>;
  readonly onEnd?: () => void;
}

/** A stream outlives a session: so often it is asked whether that goes on. */
const ASK_AGAIN_MS = 3000;

/** null: the feed takes no more viewers. `signal` is the request's: it aborts when the client has gone. */
export function openStream(
  feed: Feed,
  scopes: ReadonlySet<string>,
  signal: AbortSignal,
  access: StreamAccess = {},
): ReadableStream<Uint8Array> | null {
  const encoder = new TextEncoder();
  let accepted = true;
  let leave = (): void => undefined;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let stalledSince: number | null = null;
        let open = true;
        let asking: NodeJS.Timeout | null = null;
        const viewer: Viewer = {
          scopes,
          ...(access.sees === undefined ? {} : { sees: access.sees }),
          send: (event, json) => {
            if (!open) return true;
            if ((controller.desiredSize ?? 0) <= 0) {
              stalledSince ??= elapsed();
              if (elapsed() - stalledSince > STALLED_MS) viewer.close();
              return false;
            }
            stalledSince = null;
            controller.enqueue(encoder.encode(`event: ${event}\ndata: ${json}\n\n`));
            return true;
          },
          close: () => {
            if (!open) return;
            open = false;
            if (asking !== null) clearInterval(asking);
            feed.remove(viewer);
            access.onEnd?.();
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
        const { isStill } = access;
        if (isStill !== undefined)
          asking = setInterval(() => {
            // Where it cannot be known now, it goes on as before.
            void isStill().then(
              (still) => (still ? undefined : viewer.close()),
              () => undefined,
            );
          }, ASK_AGAIN_MS);
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
