// A server on loopback that speaks just enough of PostgreSQL's protocol to be asked, and then does what the test says.
import { createServer, type Socket } from 'node:net';

export function message(type: string, body: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const READY = Buffer.concat([message('R', int32(0)), message('Z', 'I')]);
/** One text column named `answer`. */
export const COLUMN = message(
  'T',
  Buffer.concat([
    Buffer.from([0, 1]),
    Buffer.from('answer\0'),
    int32(0),
    Buffer.from([0, 0]),
    int32(25),
    Buffer.from([255, 255]),
    int32(-1),
    Buffer.from([0, 0]),
  ]),
);
export const row = (text: string): Buffer =>
  message('D', Buffer.concat([Buffer.from([0, 1]), int32(Buffer.byteLength(text)), Buffer.from(text)]));
export const answer = (text: string): Buffer =>
  Buffer.concat([COLUMN, row(text), message('C', 'SELECT 1\0'), message('Z', 'I')]);

/** Writes `chunk` as long as somebody takes it; no more than `mostBytes`, so that a test without a cap ends. */
export function flood(socket: Socket, chunk: Buffer, mostBytes = 256 * 1024 * 1024): void {
  const go = (): void => {
    while (!socket.destroyed && socket.bytesWritten < mostBytes) if (!socket.write(chunk)) return;
  };
  socket.on('drain', go);
  go();
}

export interface Hostile {
  readonly port: number;
  /** What each connection sent after its start message. */
  readonly heard: Buffer[];
  readonly sockets: Set<Socket>;
  close(): Promise<void>;
}

/** `onStart`: after the start message, `onQuery`: after each further message. */
export async function hostilePostgres(
  onStart: (socket: Socket) => void,
  onQuery: (socket: Socket) => void = () => undefined,
): Promise<Hostile> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let started = false;
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (started) {
        heard.push(data);
        onQuery(socket);
      } else onStart(socket);
      started = true;
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard,
    sockets,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
