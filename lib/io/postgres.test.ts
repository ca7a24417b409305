// A PostgreSQL that is none: conn_url names whom it likes, and what answers there may want memory, time or the password.
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { insideOf } from './networks';
import { createPostgresReader } from './postgres';
import type { PostgresTarget } from './postgres-link';
import { askPostgres } from './postgres-once';
import {
  answer,
  COLUMN,
  flood,
  type Hostile,
  hostilePostgres,
  int32,
  message,
  READY,
  row,
} from './test-hostile-postgres';

const PATIENT_MS = 20_000;
const SECRET = 'the-secret-of-the-role';
/** What a kernel takes before anybody reads. */
const KERNEL_BYTES = 16 * 1024 * 1024;
const MD5_WANTED = message('R', Buffer.concat([int32(5), Buffer.from('salt')]));
const CLEARTEXT_WANTED = message('R', int32(3));
const SASL_WANTED = message('R', Buffer.concat([int32(10), Buffer.from('SCRAM-SHA-256\0\0')]));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(onStart: (socket: Socket) => void, onQuery?: (socket: Socket) => void): Promise<Hostile> {
  const server = await hostilePostgres(onStart, onQuery);
  ends.push(() => server.close());
  return server;
}

const targetOf = ({ port }: Hostile, own: Partial<PostgresTarget> = {}): PostgresTarget => ({
  host: '127.0.0.1',
  port,
  username: 'howdah',
  password: SECRET,
  database: 'postgres',
  tls: null,
  allowCleartext: false,
  isInside: null,
  ...own,
});

async function ask(server: Hostile, own: Partial<PostgresTarget> = {}) {
  const reader = createPostgresReader(targetOf(server, own), () => 1000);
  ends.push(() => reader.close());
  const reading = await reader.read(PATIENT_MS, 0);
  return reading.ok
    ? { kind: 'ok', text: JSON.stringify(reading.value) }
    : { kind: reading.error.kind, text: String(reading.error.message) };
}

const sentBy = ({ sockets }: Hostile): number => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0);
const heardBy = ({ heard }: Hostile): string => Buffer.concat(heard).toString('latin1');
const notice = message('N', `SNOTICE\0M${'x'.repeat(1000)}\0\0`);
const parameter = message('S', 'search_path\0public\0');

describe('a server that says more than it was asked', () => {
  it('an honest answer is taken, with notices and changed parameters around it', async () => {
    const server = await serve(
      (socket) => socket.write(Buffer.concat([parameter, notice, READY])),
      (socket) => socket.write(Buffer.concat([notice, parameter, answer('{"timeline":3}')])),
    );
    expect(await ask(server)).toMatchObject({ kind: 'ok', text: expect.stringContaining('"timeline":3') });
  });

  it('an answer that comes byte by byte is the same answer', async () => {
    const server = await serve(
      (socket) => {
        for (const byte of READY) socket.write(Buffer.from([byte]));
      },
      async (socket) => {
        for (const byte of answer('{"timeline":3}')) {
          socket.write(Buffer.from([byte]));
          await new Promise((done) => setImmediate(done));
        }
      },
    );
    expect(await ask(server)).toMatchObject({ kind: 'ok' });
  });

  const floods: [string, Buffer][] = [
    ['rows', Buffer.concat(Array.from({ length: 1000 }, () => row('{}')))],
    ['notices', Buffer.concat(Array.from({ length: 50 }, () => notice))],
    ['parameters', Buffer.concat(Array.from({ length: 1000 }, () => parameter))],
    [
      'errors',
      Buffer.concat(Array.from({ length: 50 }, () => message('E', `SERROR\0C42P01\0M${'x'.repeat(1000)}\0\0`))),
    ],
  ];
  for (const [what, chunk] of floods) {
    it(`${what} without end cost one connection and no memory`, async () => {
      const server = await serve(
        (socket) => socket.write(READY),
        (socket) => {
          socket.write(COLUMN);
          flood(socket, chunk);
        },
      );
      expect((await ask(server)).kind).not.toBe('ok');
      expect(sentBy(server)).toBeLessThan(KERNEL_BYTES);
    });

    it(`${what} without end before the sign-in likewise`, async () => {
      const server = await serve((socket) => flood(socket, chunk));
      expect((await ask(server)).kind).not.toBe('ok');
      expect(sentBy(server)).toBeLessThan(KERNEL_BYTES);
    });
  }

  it('a row of a gigabyte is refused by its header', async () => {
    const giant = Buffer.alloc(64 * 1024, 'x');
    const server = await serve(
      (socket) => socket.write(READY),
      (socket) => {
        socket.write(COLUMN);
        socket.write(Buffer.concat([Buffer.from('D'), int32(1024 * 1024 * 1024)]));
        flood(socket, giant);
      },
    );
    expect(await ask(server)).toMatchObject({
      kind: 'malformed',
      text: expect.stringContaining('more than was asked for'),
    });
    expect(sentBy(server)).toBeLessThan(KERNEL_BYTES);
  });

  it('parameters said while nothing is asked are counted too', async () => {
    const server = await serve(
      (socket) => socket.write(READY),
      (socket) => {
        socket.write(answer('{}'));
      },
    );
    const reader = createPostgresReader(targetOf(server), () => 1000);
    ends.push(() => reader.close());
    expect((await reader.read(PATIENT_MS, 0)).ok).toBe(true);
    const [socket] = server.sockets;
    const closed = new Promise((done) => socket?.once('close', done));
    if (socket !== undefined) flood(socket, Buffer.concat(Array.from({ length: 100 }, () => parameter)));
    await closed;
    expect(sentBy(server)).toBeLessThan(KERNEL_BYTES);
  });

  it('brackets without end are no document', async () => {
    const server = await serve(
      (socket) => socket.write(READY),
      (socket) => socket.write(answer('['.repeat(1_000_000))),
    );
    expect(await ask(server)).toEqual({ kind: 'ok', text: expect.stringMatching(/"fast":null/) });
    const once = await askPostgres(targetOf(server), 'settings', PATIENT_MS, () => 1);
    expect(once).toMatchObject({ ok: true, value: null });
  });

  it('what is no protocol at all is said so', async () => {
    const server = await serve((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await ask(server)).kind).toBe('malformed');
  });
});

describe('a server that wants the password', () => {
  for (const [form, wanted] of [
    ['in clear text', CLEARTEXT_WANTED],
    ['as MD5', MD5_WANTED],
  ] as const) {
    it(`does not get it ${form} over a connection without TLS`, async () => {
      const server = await serve((socket) => socket.write(wanted));
      expect(await ask(server)).toMatchObject({ kind: 'auth', text: expect.stringContaining(form) });
      expect(await askPostgres(targetOf(server), 'loaded', PATIENT_MS, () => 1)).toMatchObject({ ok: false });
      expect(server.heard).toEqual([]);
    });

    it(`does not get it ${form} where the message comes in pieces`, async () => {
      const server = await serve(async (socket) => {
        for (const byte of wanted) {
          socket.write(Buffer.from([byte]));
          await new Promise((done) => setTimeout(done, 2));
        }
      });
      expect((await ask(server)).kind).toBe('auth');
      expect(server.heard).toEqual([]);
    });

    it(`gets it ${form} where the file allows it`, async () => {
      const server = await serve(
        (socket) => socket.write(wanted),
        (socket) => socket.write(message('E', 'SFATAL\0C28P01\0Mwrong\0\0')),
      );
      expect(await ask(server, { allowCleartext: true })).toMatchObject({ kind: 'auth' });
      expect(heardBy(server)).toContain(form === 'as MD5' ? 'md5' : SECRET);
    });
  }

  it('may ask for SCRAM, but not for as many rounds as keep a processor for hours', async () => {
    const server = await serve(
      (socket) => socket.write(SASL_WANTED),
      (socket) => {
        const [, nonce = ''] = /r=([^,]+)$/.exec(heardBy(server)) ?? [];
        socket.write(message('R', Buffer.concat([int32(11), Buffer.from(`r=${nonce}abc,s=c2FsdA==,i=2000000000`)])));
      },
    );
    expect(await ask(server)).toMatchObject({ kind: 'malformed', text: expect.stringContaining('2000000000 rounds') });
    expect(server.heard).toHaveLength(1);
    expect(heardBy(server)).not.toContain(SECRET);
  });

  it('gets nothing at all outside of the networks, not even the name of the role', async () => {
    const server = await serve(
      (socket) => socket.write(READY),
      (socket) => socket.write(answer('{}')),
    );
    const said = await ask(server, { isInside: insideOf(['10.0.0.0/8', 'fd00::/8']) });
    expect(said).toMatchObject({
      kind: 'denied',
      text: expect.stringContaining('127.0.0.1 is in none of the networks'),
    });
    for (const socket of server.sockets) expect(socket.bytesRead).toBe(0);
    const near = await ask(server, { isInside: insideOf(['127.0.0.0/8']) });
    expect(near.kind).toBe('ok');
  });
});
