// A relay in front of a store that can keep its answers back: the one way to have a write arrive and nobody hear of it. What comes from
// the client is always passed on, so that the store does what it was asked to.
import { connect, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

export interface Upstream {
  readonly host: string;
  readonly port: number;
  /** Where the store takes nothing but TLS: the relay itself is spoken to in the clear. */
  readonly tls?: ConnectionOptions;
}

export interface Relay {
  readonly host: string;
  readonly port: number;
  /** From the request on in which these bytes are seen: `hold` keeps the answer back for ever, `cut` ends the connection instead. */
  keepBack(marker: string, how: 'hold' | 'cut'): void;
  /** How many times the marker was sent. */
  readonly sent: number;
  stop(): Promise<void>;
}

const KEPT_BYTES = 64 * 1024;
/** What was passed on is read by the store before the connection goes. */
const CUT_MS = 300;

export async function startRelay(upstream: Upstream): Promise<Relay> {
  const sockets = new Set<Socket>();
  let armed: { readonly marker: string; readonly how: 'hold' | 'cut' } | null = null;
  let sent = 0;
  const server = createServer((client) => {
    const store = upstream.tls
      ? connectTls({ host: upstream.host, port: upstream.port, ...upstream.tls })
      : connect({ host: upstream.host, port: upstream.port });
    let tail = '';
    let isSilent = false;
    for (const socket of [client, store]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        store.destroy();
      });
    }
    client.on('data', (chunk) => {
      tail += chunk.toString('latin1');
      const found = armed === null ? 0 : tail.split(armed.marker).length - 1;
      if (armed !== null && found > 0) {
        sent += found;
        tail = '';
        isSilent = true;
        if (armed.how === 'cut') setTimeout(() => client.destroy(), CUT_MS);
      }
      tail = tail.slice(-KEPT_BYTES);
      store.write(chunk);
    });
    store.on('data', (chunk) => {
      if (!isSilent) client.write(chunk);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
  const address = server.address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    keepBack: (marker, how) => {
      armed = { marker, how };
    },
    get sent() {
      return sent;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
