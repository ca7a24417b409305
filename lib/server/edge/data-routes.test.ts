import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { dataRoutes, foundIn } from './data-routes';

interface Context {
  readonly params: Promise<unknown>;
}
type Handle = (request: Request, context: Context) => Response | Promise<Response>;

const get = (handle: Handle) => ({ GET: handle });
const post = (handle: Handle) => ({ POST: handle });

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server with one folder of handlers; what it does not answer is 'pages'. */
async function serve(folder: string, handlers: Readonly<Record<string, Handle>>, base = ''): Promise<number> {
  const data = dataRoutes(async (asked) => (asked === folder ? handlers : {}), base);
  const server: Server = createServer((incoming, response) => {
    data(incoming, response).then(
      (done) => done || response.end('pages'),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

async function ask(
  port: number,
  path: string,
  more: { method?: string; headers?: object; body?: string } = {},
): Promise<Got> {
  const { method = 'GET', headers = {}, body } = more;
  const asked = request({ port, path, method, agent: false, headers: { ...headers } });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return { status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) };
}

const CLUSTER = 'api/clusters/[scope]';

describe('which handlers are asked', () => {
  it.each([
    ['GET', '/api/clusters', 'api/clusters', {}],
    ['HEAD', '/api/clusters', 'api/clusters', {}],
    ['GET', '/api/clusters/50%25', CLUSTER, { scope: '50%' }],
    ['GET', '/api/clusters/a%2Fb%20%D0%B6', CLUSTER, { scope: 'a/b ж' }],
    ['GET', '/api/clusters/__proto__', CLUSTER, { scope: '__proto__' }],
    ['GET', '/metrics', 'metrics', {}],
    // A word of its own before any name.
    ['POST', '/api/sources/look', 'api/sources/look', {}],
    ['POST', '/api/sources/s1', 'api/sources/[id]', { id: 's1' }],
    ['POST', '/api/me/passkeys/question', 'api/me/passkeys/question', {}],
    ['POST', '/api/me/passkeys/k1/remove', 'api/me/passkeys/[id]/remove', { id: 'k1' }],
  ])('%s %s', (method, path, folder, params) => {
    const found = foundIn(method, path);
    expect(found?.folder).toBe(folder);
    expect(Object.entries(found?.params ?? {})).toEqual(Object.entries(params));
  });

  it.each([
    ['GET', '/'],
    ['GET', '/clusters/demo'],
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nobody'],
    ['GET', '/api/clusters/'],
    ['GET', '/api/clusters//history'],
    ['POST', '/api/clusters'],
    ['GET', '/api/auth/csrf'],
  ])('none for %s %s: the pages know what to say', (method, path) => {
    expect(foundIn(method, path)).toBeNull();
  });
});

describe('an answer', () => {
  it('is what the handler gave: status, headers, each cookie', async () => {
    const port = await serve(
      'api/clusters',
      get(() => {
        const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
        headers.append('set-cookie', 'a=1; Path=/');
        headers.append('set-cookie', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT');
        return new Response('{"a":1}', { status: 409, headers });
      }),
    );
    const got = await ask(port, '/api/clusters?x=1');
    expect(got.status).toBe(409);
    expect(got.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' });
    expect(got.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT']);
    expect(String(got.bytes)).toBe('{"a":1}');
  });

  it('has no body for HEAD, and the length is not told of another', async () => {
    const port = await serve(
      'api/clusters',
      get(() => new Response('{"a":1}', { headers: { 'x-own': 'here' } })),
    );
    const got = await ask(port, '/api/clusters', { method: 'HEAD' });
    expect([got.status, got.headers['x-own'], got.bytes.length]).toEqual([200, 'here', 0]);
  });

  const LONG = JSON.stringify({ text: 'patroni '.repeat(2000) });

  it('is packed for who takes it, and only for them', async () => {
    const port = await serve(
      'api/clusters',
      get(() => new Response(LONG)),
    );
    const packed = await ask(port, '/api/clusters', { headers: { 'accept-encoding': 'br, gzip;q=0.5' } });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(packed.bytes.length).toBeLessThan(LONG.length / 10);
    expect(String(gunzipSync(packed.bytes))).toBe(LONG);
    for (const encoding of ['identity', 'gzip;q=0', 'x-gzipped']) {
      const plain = await ask(port, '/api/clusters', { headers: { 'accept-encoding': encoding } });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(String(plain.bytes)).toBe(LONG);
    }
  });

  it('in many pieces is whole, packed or not', async () => {
    const pieces = Array.from({ length: 300 }, (_, at) => `${at} ${'x'.repeat(5000)}\n`);
    const body = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
          controller.close();
        },
      });
    const port = await serve(
      'api/audit',
      get(() => new Response(body())),
    );
    expect(String((await ask(port, '/api/audit')).bytes)).toBe(pieces.join(''));
    const packed = await ask(port, '/api/audit', { headers: { 'accept-encoding': 'gzip' } });
    expect(String(gunzipSync(packed.bytes))).toBe(pieces.join(''));
  });

  it('that lives is sent piece by piece as it comes, unpacked, and ends with who left', async () => {
    let send: (text: string) => void = () => undefined;
    let cancelled = false;
    let signal: AbortSignal | null = null;
    const port = await serve(
      'api/stream',
      get((asked) => {
        signal = asked.signal;
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            send = (text) => controller.enqueue(new TextEncoder().encode(text));
          },
          cancel: () => {
            cancelled = true;
          },
        });
        return new Response(body, { headers: { 'cache-control': 'no-cache, no-transform' } });
      }),
    );
    const asked = request({ port, path: '/api/stream', agent: false, headers: { 'accept-encoding': 'gzip' } });
    asked.on('error', () => undefined);
    asked.end();
    const [answer] = await once(asked, 'response');
    answer.on('error', () => undefined);
    expect(answer.headers['content-encoding']).toBeUndefined();
    for (const text of ['one', 'two']) {
      send(text);
      expect(String((await once(answer, 'data'))[0])).toBe(text);
    }
    asked.destroy();
    await expect
      .poll(() => [cancelled, (signal as AbortSignal | null)?.aborted], { timeout: 30_000 })
      .toEqual([true, true]);
  });

  it('waits for who reads slowly, and forgets who never comes back', async () => {
    let pulled = 0;
    let cancelled = false;
    const port = await serve(
      'api/stream',
      get(() => {
        const body = new ReadableStream<Uint8Array>({
          pull: (controller) => {
            pulled += 1;
            controller.enqueue(new Uint8Array(64 * 1024));
          },
          cancel: () => {
            cancelled = true;
          },
        });
        return new Response(body, { headers: { 'cache-control': 'no-transform' } });
      }),
    );
    const asked = request({ port, path: '/api/stream', agent: false });
    asked.on('error', () => undefined);
    asked.end();
    const [answer] = await once(asked, 'response');
    answer.on('error', () => undefined);
    answer.pause();
    let before = -1;
    // Buffers of two sockets, and not one piece more.
    await expect
      .poll(
        () => {
          const stands = pulled === before;
          before = pulled;
          return stands;
        },
        { interval: 500, timeout: 30_000 },
      )
      .toBe(true);
    expect(pulled).toBeLessThan(1000);
    asked.destroy();
    await expect.poll(() => cancelled, { timeout: 30_000 }).toBe(true);
  });
});

describe('a question', () => {
  it('comes as it was sent: address, headers, body, names of the path', async () => {
    const seen: unknown[] = [];
    const port = await serve(
      'api/alerts/[id]/acknowledge',
      post(async (asked, context) => {
        seen.push(
          asked.url,
          asked.method,
          asked.headers.get('x-forwarded-for'),
          await asked.json(),
          await context.params,
        );
        return Response.json({});
      }),
    );
    await ask(port, '/api/alerts/a%20b/acknowledge?x=1', {
      method: 'POST',
      headers: { host: 'howdah.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': '10.0.0.1' },
      body: '{"n":1}',
    });
    expect(seen).toEqual([
      'https://howdah.example/api/alerts/a%20b/acknowledge?x=1',
      'POST',
      '10.0.0.1',
      { n: 1 },
      { id: 'a b' },
    ]);
  });

  it('whose body nobody read leaves the connection for the next one', async () => {
    const port = await serve(
      'api/silences',
      post(() => new Response('no', { status: 401 })),
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    ends.push(() => agent.destroy());
    for (let turn = 0; turn < 3; turn += 1) {
      const asked = request({ port, path: '/api/silences', method: 'POST', agent });
      asked.end('x'.repeat(200_000));
      const [answer] = await once(asked, 'response');
      expect(answer.statusCode).toBe(401);
      answer.resume();
      await once(answer, 'end');
    }
  });

  it('below the path of Howdah alone is ours', async () => {
    const port = await serve(
      'api/clusters',
      get(() => new Response('data')),
      '/db/howdah',
    );
    expect(String((await ask(port, '/db/howdah/api/clusters')).bytes)).toBe('data');
    for (const path of ['/api/clusters', '/db/howdahs/api/clusters', '/db/howdah'])
      expect(String((await ask(port, path)).bytes)).toBe('pages');
  });
});
