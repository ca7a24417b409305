// The reader against a raw TCP server that does what Patroni's fragile HTTP/1.0 server, or something else on its port, may do.
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpAnswer, Reading } from '../domain/raw';
import { TEST_CERT, TEST_KEY } from '../server/config/test-pem';
import { createPatroniReader, type PatroniReader } from './patroni';
import type { TlsMaterial } from './tls';

const DEADLINE_MS = 400;
const PATIENT_MS = 5000;
const BODY = '{"state":"running","role":"master"}';
const HEAD =
  'HTTP/1.0 200 OK\r\nServer: BaseHTTP/0.6 Python/3.11\r\nDate: Fri, 20 Nov 2026 23:54:32 GMT\r\nContent-Type: application/json\r\n\r\n';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function port(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

/** Listens on loopback; `onRequest` gets the socket once a request has come. */
async function serve(onRequest: (socket: Socket, request: string) => void) {
  const sockets = new Set<Socket>();
  const seen = { requests: [] as string[], open: sockets };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (data) => {
      seen.requests.push(data.toString());
      onRequest(socket, data.toString());
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  return { url: `http://127.0.0.1:${port(server)}`, seen };
}

function reader(tls: TlsMaterial | null = null): PatroniReader {
  const made = createPatroniReader({ tls, now: () => 1_000 });
  ends.push(() => made.close());
  return made;
}

const kind = (reading: Reading<HttpAnswer>): string => (reading.ok ? `ok ${reading.value.status}` : reading.error.kind);

async function until(test: () => boolean): Promise<void> {
  const end = Date.now() + PATIENT_MS;
  while (!test() && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
  expect(test()).toBe(true);
}

describe('the Patroni reader', () => {
  it('reads an HTTP/1.0 body without Content-Length to its end, in pieces, with the date of the server', async () => {
    const { url } = await serve((socket) => {
      socket.write(HEAD + BODY.slice(0, 10));
      setTimeout(() => socket.end(BODY.slice(10)), 20);
    });
    const reading = await reader().get(url, '/patroni', PATIENT_MS);
    expect(reading).toMatchObject({
      ok: true,
      at: 1000,
      value: { status: 200, body: BODY, date: Date.UTC(2026, 10, 20, 23, 54, 32) },
    });
  });

  it('opens one connection per question and keeps none', async () => {
    const { url, seen } = await serve((socket) => socket.end(HEAD + BODY));
    const subject = reader();
    for (let index = 0; index < 3; index += 1) await subject.get(url, '/patroni', PATIENT_MS);
    expect(seen.requests).toHaveLength(3);
    await until(() => seen.open.size === 0);
  });

  it('takes any status with a body as an answer: 503 is how Patroni says "not that role"', async () => {
    const { url } = await serve((socket) => socket.end(HEAD.replace('200 OK', '503 Service Unavailable') + BODY));
    expect(kind(await reader().get(url, '/replica', PATIENT_MS))).toBe('ok 503');
  });

  it('gives up on a node that hangs, at the deadline, and destroys the socket', async () => {
    const { url, seen } = await serve(() => undefined);
    const reading = await reader().get(url, '/patroni', DEADLINE_MS);
    expect(kind(reading)).toBe('timeout');
    expect(reading.tookMs).toBeGreaterThanOrEqual(DEADLINE_MS - 50);
    await until(() => seen.open.size === 0);
  });

  it('gives up on a node that answers a byte at a time, at the same deadline', async () => {
    const { url, seen } = await serve((socket) => {
      socket.write(HEAD);
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write(' ')), 30);
      ends.push(() => clearInterval(drip));
    });
    expect(kind(await reader().get(url, '/patroni', DEADLINE_MS))).toBe('timeout');
    await until(() => seen.open.size === 0);
  });

  it('calls a port that nobody listens on refused', async () => {
    const { url } = await serve(() => undefined);
    await ends.pop()?.();
    expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('refused');
  });

  it('calls a connection that ends without an answer closed: so Patroni does while its DCS is away', async () => {
    const { url } = await serve((socket) => socket.end());
    expect(kind(await reader().get(url, '/cluster', PATIENT_MS))).toBe('closed');
    const { url: reset } = await serve((socket) => socket.resetAndDestroy());
    expect(kind(await reader().get(reset, '/cluster', PATIENT_MS))).toBe('closed');
    const { url: empty } = await serve((socket) => socket.end(HEAD));
    expect(kind(await reader().get(empty, '/cluster', PATIENT_MS))).toBe('closed');
  });

  it('does not swallow a body without end', async () => {
    const { url, seen } = await serve((socket) => {
      socket.write(HEAD);
      const chunk = Buffer.alloc(256 * 1024, 'x');
      const more = (): void => {
        while (!socket.destroyed && socket.write(chunk));
        socket.once('drain', more);
      };
      more();
    });
    expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('malformed');
    await until(() => seen.open.size === 0);
  });

  it.each(['SSH-2.0-OpenSSH_9.2\r\n', '\u0000\u0001\u0002', 'HTTP/9.9 banana\r\n\r\n'])(
    'calls %j something that does not speak HTTP, never an answer',
    async (garbage) => {
      const { url } = await serve((socket) => socket.end(garbage));
      expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('http');
    },
  );

  it('does not read headers without end', async () => {
    const { url, seen } = await serve((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n');
      const line = `X: ${'x'.repeat(4000)}\r\n`;
      const more = (): void => {
        while (!socket.destroyed && socket.write(line));
        socket.once('drain', more);
      };
      more();
    });
    expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('http');
    await until(() => seen.open.size === 0);
  });

  it('calls a body that ends before its length closed', async () => {
    const { url } = await serve((socket) =>
      socket.end(HEAD.replace('Server', `Content-Length: ${BODY.length + 10}\r\nServer`) + BODY),
    );
    expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('closed');
  });

  it('reads chunks, and a byte order mark before the document', async () => {
    const { url } = await serve((socket) =>
      socket.end(
        `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${(BODY.length + 3).toString(16)}\r\n\uFEFF${BODY}\r\n0\r\n\r\n`,
      ),
    );
    expect(await reader().get(url, '/patroni', PATIENT_MS)).toMatchObject({ value: { body: BODY } });
  });

  it('asks as itself: the host, and no name or password of the address', async () => {
    const { url, seen } = await serve((socket) => socket.end(HEAD + BODY));
    await reader().get(url.replace('//', '//admin:hunter2@'), '/history?x=1', PATIENT_MS);
    expect(seen.requests[0]).toMatch(/^GET \/history\?x=1 HTTP\/1\.1\r\n/);
    expect(seen.requests[0]?.toLowerCase()).toContain(`host: ${url.slice('http://'.length)}\r\n`);
    expect(seen.requests[0]).not.toMatch(/authorization|hunter2/i);
  });

  it('ends what is under way when it is closed', async () => {
    const { url, seen } = await serve(() => undefined);
    const subject = reader();
    const reading = subject.get(url, '/patroni', PATIENT_MS);
    await until(() => seen.requests.length === 1);
    await subject.close();
    expect(kind(await reading)).toBe('closed');
    await until(() => seen.open.size === 0);
  });

  it('follows no redirect', async () => {
    const { url: target, seen } = await serve((socket) => socket.end(HEAD + BODY));
    const { url } = await serve((socket) =>
      socket.end(`HTTP/1.0 302 Found\r\nLocation: ${target}/patroni\r\n\r\nmoved`),
    );
    expect(kind(await reader().get(url, '/patroni', PATIENT_MS))).toBe('ok 302');
    expect(seen.requests).toEqual([]);
  });

  it('says no secret of the address in its errors', async () => {
    const reading = await reader().get('http://admin:hunter2@127.0.0.1:1', '/patroni', PATIENT_MS);
    expect(JSON.stringify(reading)).not.toContain('hunter2');
  });
});

describe('the Patroni reader over TLS', () => {
  const tls: TlsMaterial = { ca: TEST_CERT, cert: null, key: null, serverName: 'howdah-test', verify: true };

  const reused: boolean[] = [];

  async function secure(): Promise<string> {
    const server = createTlsServer({ key: TEST_KEY, cert: TEST_CERT }, (socket) => {
      reused.push(socket.isSessionReused());
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(HEAD + BODY));
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    ends.push(() => new Promise((done) => server.close(done)));
    return `https://127.0.0.1:${port(server)}`;
  }

  it('answers where the CA and the name are right', async () => {
    expect(kind(await reader(tls).get(await secure(), '/patroni', PATIENT_MS))).toBe('ok 200');
  });

  it('shakes hands in full once, and goes on with that session', async () => {
    const url = await secure();
    reused.length = 0;
    const subject = reader(tls);
    for (let index = 0; index < 3; index += 1)
      expect(kind(await subject.get(url, '/patroni', PATIENT_MS))).toBe('ok 200');
    expect(reused).toEqual([false, true, true]);
  });

  it('says of a node that speaks no TLS that it does not, and the other way round', async () => {
    const { url } = await serve((socket) => socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n`));
    expect(kind(await reader(tls).get(url.replace('http:', 'https:'), '/patroni', PATIENT_MS))).toBe('tls');
    expect(['http', 'closed']).toContain(
      kind(await reader().get((await secure()).replace('https:', 'http:'), '/patroni', PATIENT_MS)),
    );
  });

  it('fails as tls with a CA that does not know the certificate, and with another name', async () => {
    const url = await secure();
    expect(kind(await reader({ ...tls, ca: null }).get(url, '/patroni', PATIENT_MS))).toBe('tls');
    expect(kind(await reader({ ...tls, serverName: 'elsewhere' }).get(url, '/patroni', PATIENT_MS))).toBe('tls');
  });

  it('answers without a CA only where verification was turned off', async () => {
    expect(kind(await reader({ ...tls, ca: null, verify: false }).get(await secure(), '/patroni', PATIENT_MS))).toBe(
      'ok 200',
    );
  });
});
