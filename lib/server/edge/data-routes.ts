// Data is answered without Next: a handler of app/ takes a web Request and gives a Response, and the table of routes says which one is
// asked. So rows are there before the pages are loaded, and no route is in memory twice. What is in no row (the doors of next-auth, pages,
// paths and methods that nobody has) is left to Next.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { ALL_ROUTES } from '../../contract/routes';

export type HandlersOf = (folder: string) => Promise<Readonly<Record<string, unknown>>>;

type Params = Readonly<Record<string, string>>;
type Handle = (request: Request, context: { readonly params: Promise<Params> }) => Promise<Response>;

interface Found {
  /** Below app/, as Next names folders. */
  readonly folder: string;
  readonly params: Params;
}

interface Known {
  readonly method: string;
  readonly folder: string;
  readonly segments: readonly string[];
}

/** Shorter answers gain nothing by it. */
const GZIP_FROM_BYTES = 1024;
const packed = promisify(gzip);

const named = (segment: string): string | null => /^\{(\w+)\}$/.exec(segment)?.[1] ?? null;

const KNOWN: readonly Known[] = ALL_ROUTES.map(({ method, path }) => {
  const segments = path.slice(1).split('/');
  const folder = segments.map((segment) => segment.replace(/^\{(\w+)\}$/, '[$1]')).join('/');
  return { method, folder, segments };
})
  // Where both fit, the one with a word of its own there.
  .sort((a, b) => places(a) - places(b));

function places({ segments }: Known): number {
  return segments.filter((segment) => named(segment) !== null).length;
}

/** `pathname` below the path of `publicUrl`, its encoding read before (path.ts). null: Next may know. */
export function foundIn(method: string, pathname: string): Found | null {
  const asked = pathname.slice(1).split('/');
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const { method: own, folder, segments } of KNOWN) {
    if (own !== wanted || segments.length !== asked.length) continue;
    const fits = segments.every((segment, at) =>
      named(segment) === null ? segment === asked[at] : (asked[at] ?? '') !== '',
    );
    if (!fits) continue;
    const pairs = segments.flatMap((segment, at) => {
      const name = named(segment);
      return name === null ? [] : [[name, decodeURIComponent(asked[at] ?? '')] as const];
    });
    return { folder, params: Object.fromEntries(pairs) };
  }
  return null;
}

/** Answers what is in the table; false: nothing was done. `base`: the path of `publicUrl`, without a slash at its end. */
export function dataRoutes(handlersOf: HandlersOf, base: string) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { method = 'GET', url = '/' } = request;
    const [pathname = '/'] = url.split('?');
    if (base !== '' && !pathname.startsWith(`${base}/`)) return false;
    const found = foundIn(method, pathname.slice(base.length));
    if (found === null) return false;
    const handle = (await handlersOf(found.folder))[method === 'HEAD' ? 'GET' : method];
    if (!isHandle(handle)) return false;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const answer = await handle(webRequest(request, gone.signal), { params: Promise.resolve(found.params) });
    await send(answer, request, response);
    return true;
  };
}

const isHandle = (value: unknown): value is Handle => typeof value === 'function';

function webRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = request;
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  const scheme = headers.get('x-forwarded-proto') ?? 'http';
  const address = `${scheme}://${headers.get('host') ?? 'localhost'}${url}`;
  const body = method === 'POST' ? { body: bodyOf(request), duplex: 'half' as const } : {};
  return new Request(address, { method, headers, signal, ...body });
}

/** Nothing is taken before it is asked for: what nobody reads is dropped by Node, and the connection goes on. */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  let parts: AsyncIterator<Uint8Array> | null = null;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        parts ??= request.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
        const { done, value } = await parts.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

async function send(answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  // Of several the loop leaves the last one.
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  if (answer.body === null || request.method === 'HEAD') {
    await answer.body?.cancel();
    response.end();
    return;
  }
  const reader = answer.body.getReader();
  const end = (): void => void reader.cancel().catch(() => undefined);
  response.once('close', end);
  try {
    await (isLive(answer) ? pour(reader, response) : sendWhole(reader, request, response));
  } finally {
    response.off('close', end);
    end();
  }
}

/** Its parts have their hour: nothing is kept back for the next one. */
function isLive({ headers }: Response): boolean {
  return (headers.get('cache-control') ?? '').includes('no-transform');
}

async function pour(reader: ReadableStreamDefaultReader<Uint8Array>, response: ServerResponse): Promise<void> {
  response.flushHeaders();
  for await (const part of partsOf(reader)) if (!response.write(part)) await room(response);
  response.end();
}

/** What comes in one piece is sent as one. */
async function sendWhole(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts = partsOf(reader);
  const first = await parts.next();
  const second = first.done === true ? first : await parts.next();
  const mayPack = takesGzip(request.headers['accept-encoding']) && !response.hasHeader('content-encoding');
  response.appendHeader('vary', 'accept-encoding');
  if (second.done === true) {
    const whole = first.done === true ? Buffer.alloc(0) : Buffer.from(first.value);
    const isPacked = mayPack && whole.length >= GZIP_FROM_BYTES;
    if (isPacked) response.setHeader('content-encoding', 'gzip');
    const bytes = isPacked ? await packed(whole) : whole;
    response.setHeader('content-length', bytes.length);
    response.end(bytes);
    return;
  }
  const target = mayPack ? createGzip() : response;
  if (target !== response) {
    response.setHeader('content-encoding', 'gzip');
    target.pipe(response);
    response.once('close', () => target.destroy());
  }
  for (const part of [first.value, second.value]) if (part !== undefined && !target.write(part)) await room(target);
  for await (const part of parts) if (!target.write(part)) await room(target);
  target.end();
}

async function* partsOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return;
    yield value;
  }
}

/** Until it takes more, or takes nothing any more. */
async function room(target: NodeJS.WritableStream & { readonly destroyed?: boolean }): Promise<void> {
  if (target.destroyed === true) return;
  const waited = new AbortController();
  await Promise.race([
    once(target, 'drain', { signal: waited.signal }),
    once(target, 'close', { signal: waited.signal }),
  ]).catch(() => undefined);
  waited.abort();
}

function takesGzip(header: string | readonly string[] | undefined): boolean {
  return String(header ?? '')
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .some(([name, quality]) => name === 'gzip' && !/^q=0(\.0*)?$/.test(quality ?? ''));
}
