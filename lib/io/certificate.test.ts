import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { TEST_CERT, TEST_KEY } from '../server/config/test-pem';
import { endOf, shownAt, shownBy } from './certificate';

const ENDS_AT = Date.parse('2126-10-27T23:28:00Z');
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function serve(onConnect: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnect(socket);
  });
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
}
const secure = (socket: Socket): void => {
  new TLSSocket(socket, { isServer: true, cert: TEST_CERT, key: TEST_KEY }).on('error', () => undefined);
};
/** As a postmaster answers an SSLRequest. */
const postgres =
  (letter: string, said: Buffer[] = []) =>
  (socket: Socket): void => {
    socket.once('data', (request) => {
      said.push(request);
      socket.write(letter, () => letter === 'S' && secure(socket));
    });
  };
const place = (port: number, isInside: ((address: string) => boolean) | null = null) => ({
  ...{ host: '127.0.0.1', port, tls: null, isInside },
});

describe('when a certificate ends', () => {
  it('is read from an https address, and nothing from a plain one', async () => {
    const port = await serve(secure);
    expect(endOf(TEST_CERT)).toBe(ENDS_AT);
    expect(await shownBy(`https://127.0.0.1:${port}`, null)).toBe(ENDS_AT);
    expect(await shownBy(`http://127.0.0.1:${port}`, null)).toBeNull();
    expect(await shownBy('nonsense', null)).toBeNull();
  });

  it('is read from a PostgreSQL that speaks TLS, after the request that it expects', async () => {
    const said: Buffer[] = [];
    expect(await shownAt(place(await serve(postgres('S', said))), true)).toBe(ENDS_AT);
    expect(said[0]?.toString('hex')).toBe('0000000804d2162f');
  });

  it('is not known of one without TLS, of one that says more than its letter, of nobody', async () => {
    expect(await shownAt(place(await serve(postgres('N'))), true)).toBeNull();
    expect(await shownAt(place(await serve(postgres('Sx'))), true)).toBeNull();
    expect(await shownAt(place(await serve((socket) => socket.destroy())), true)).toBeNull();
    expect(await shownAt(place(1), true)).toBeNull();
  });

  it('is asked nowhere outside the networks of the source', async () => {
    const said: Buffer[] = [];
    const port = await serve(postgres('S', said));
    expect(
      await shownAt(
        place(port, () => false),
        true,
      ),
    ).toBeNull();
    expect(said).toEqual([]);
  });
});
