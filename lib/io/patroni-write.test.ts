// What changes something is sent once, and what is said of it decides whether it may have arrived.
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { insideOf } from './networks';
import { createPatroniWriter, type PatroniWriter } from './patroni-write';

const fails = vi.hoisted(() => ({ next: null as Error | null }));
vi.mock('undici', async (original) => {
  const real = await original<typeof import('undici')>();
  return {
    ...real,
    request: (...args: Parameters<typeof real.request>) => {
      const error = fails.next;
      fails.next = null;
      return error === null ? real.request(...args) : Promise.reject(error);
    },
  };
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A Patroni on loopback: each request whole, and what the test makes of it. */
async function serve(onRequest: (socket: Socket) => void) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (data) => {
      text += data;
      const [head = '', body] = text.split('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      requests.push(text);
      text = '';
      onRequest(socket);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((done) => server.close(done));
  });
  const address = server.address();
  return { requests, url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}` };
}

function writer(username: string | null = 'admin', networks: readonly string[] = ['127.0.0.1']): PatroniWriter {
  const made = createPatroniWriter({
    username,
    password: 'secret',
    tls: null,
    isInside: insideOf(networks),
    now: () => 1000,
  });
  ends.push(() => made.close());
  return made;
}
const answers = (status: string, body: string) => (socket: Socket) => {
  socket.end(`HTTP/1.0 ${status}\r\n\r\n${body}`);
};
const SWITCHOVER = { leader: 'n1', candidate: 'n2' };

describe('a request', () => {
  it('is not sent outside of the networks, by IPv4 and IPv6, and is known not to have been sent', async () => {
    const { url, requests } = await serve(answers('200 OK', 'taken'));
    for (const network of ['10.0.0.0/8', '::1', 'fd00::/8', '127.0.0.2/32'])
      expect(await writer('admin', [network]).send(url, 'POST', '/restart', {}, 5000)).toMatchObject({
        ok: false,
        error: { kind: 'skipped' },
      });
    expect(requests).toEqual([]);
    for (const network of ['127.0.0.0/8', '::ffff:127.0.0.1'])
      expect((await writer('admin', [network]).send(url, 'POST', '/restart', {}, 5000)).ok).toBe(true);
  });

  it('goes with the password, and a length: Patroni refuses a body in chunks', async () => {
    const { url, requests } = await serve(answers('200 OK', 'Successfully switched over'));
    const reading = await writer().send(url, 'POST', '/switchover', SWITCHOVER, 5000);
    expect(reading).toMatchObject({ ok: true, value: { status: 200, body: 'Successfully switched over' } });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^POST \/switchover HTTP\/1\.1\r\n/);
    expect(requests[0]).toContain(`authorization: Basic ${Buffer.from('admin:secret').toString('base64')}`);
    expect(requests[0]).toMatch(/content-length: 32\r\n/i);
    expect(requests[0]).not.toMatch(/transfer-encoding/i);
    expect(requests[0]?.endsWith('\r\n\r\n{"leader":"n1","candidate":"n2"}')).toBe(true);
  });

  it('without a body says nothing of its type, and without a user brings no password', async () => {
    const { url, requests } = await serve(answers('200 OK', 'ok'));
    await writer(null).send(url, 'DELETE', '/restart', null, 5000);
    expect(requests[0]).toMatch(/^DELETE \/restart /);
    expect(requests[0]).not.toMatch(/content-type|authorization/i);
  });
});

describe('an answer', () => {
  it.each(['202 Accepted', '401 Unauthorized', '409 Conflict', '412 Precondition', '503 Service Unavailable'])(
    '%s is one, whatever it means',
    async (status) => {
      const { url } = await serve(answers(status, 'words'));
      expect(await writer().send(url, 'POST', '/restart', {}, 5000)).toMatchObject({
        ok: true,
        value: { status: Number(status.slice(0, 3)), body: 'words' },
      });
    },
  );

  it('of 200 with nothing in it is a connection that was cut; of another status it stays an answer', async () => {
    const empty = await serve(answers('200 OK', ''));
    expect(await writer().send(empty.url, 'POST', '/restart', {}, 5000)).toMatchObject({
      ok: false,
      error: { kind: 'closed' },
    });
    const other = await serve(answers('503 Busy', ''));
    expect(await writer().send(other.url, 'POST', '/restart', {}, 5000)).toMatchObject({ ok: true });
  });
});

describe('an answer without an end', () => {
  it('is broken off after a megabyte: what came is no answer, and it may have arrived', async () => {
    let sent = 0;
    const { url, requests } = await serve((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(65_536))) sent += 65_536;
      };
      socket.on('drain', more);
      more();
    });
    const reading = await writer().send(url, 'POST', '/reload', null, 20_000);
    expect(reading).toMatchObject({ ok: false, error: { kind: 'malformed' } });
    expect(requests).toHaveLength(1);
    // What stood in the buffers of two sockets comes on top.
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('no answer', () => {
  it('after the request was taken is "closed" or a time-out, and it is not sent again', async () => {
    const cut = await serve((socket) => socket.destroy());
    expect(await writer().send(cut.url, 'POST', '/switchover', {}, 5000)).toMatchObject({ error: { kind: 'closed' } });
    const mute = await serve(() => undefined);
    expect(await writer().send(mute.url, 'POST', '/switchover', {}, 300)).toMatchObject({ error: { kind: 'timeout' } });
    expect([cut.requests.length, mute.requests.length]).toEqual([1, 1]);
  });

  it('where nobody listens is "refused": nothing left', async () => {
    const reading = await writer().send('http://127.0.0.1:1', 'POST', '/switchover', {}, 5000);
    expect(reading).toMatchObject({ ok: false, error: { kind: 'refused' } });
  });

  const lost = (syscall: string | null, wrapped = false): Error => {
    const inner = Object.assign(new Error('no route to host'), {
      code: 'EHOSTUNREACH',
      ...(syscall === null ? {} : { syscall }),
    });
    return wrapped ? Object.assign(new Error('other side closed', { cause: inner }), { code: 'EHOSTUNREACH' }) : inner;
  };

  it.each([
    ['connect', false, 'unreachable'],
    [null, false, 'unreachable'],
    ['read', false, 'closed'],
    ['write', false, 'closed'],
    ['read', true, 'closed'],
    ['connect', true, 'unreachable'],
  ] as const)(
    'of a host that vanished in %s (wrapped: %s) is "%s": unreachable means that it never left',
    async (syscall, wrapped, kind) => {
      fails.next = lost(syscall, wrapped);
      expect(await writer().send('http://127.0.0.1:1', 'POST', '/switchover', {}, 5000)).toMatchObject({
        ok: false,
        error: { kind },
      });
    },
  );
});
