// A server of ZooKeeper's wire protocol for what no real one can be made to do: it answers what a test lets it, when it lets it.
import net from 'node:net';
import { JuteReader, JuteWriter, OP } from './jute';

export interface Question {
  readonly xid: number;
  readonly op: number;
  /** What follows the head. */
  readonly body: JuteReader;
  readonly socket: net.Socket;
}

export interface Hello {
  readonly session: bigint;
  readonly askedMs: number;
}

export class TestServer {
  readonly hellos: Hello[] = [];
  readonly asked: number[] = [];
  /** What a session is granted; 0: it has expired. */
  grantedMs = 30_000;
  sessionId = 7n;
  answer: (question: Question) => void = (question) => reply(question);
  /** null: it keeps silent after the connection is made. */
  greets = true;
  readonly sockets = new Set<net.Socket>();
  readonly #server: net.Server;

  private constructor(server: net.Server) {
    this.#server = server;
  }

  static async start(): Promise<TestServer> {
    const server = net.createServer();
    const own = new TestServer(server);
    server.on('connection', (socket) => own.#serve(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return own;
  }

  get address(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  #serve(socket: net.Socket): void {
    this.sockets.add(socket);
    let rest = Buffer.alloc(0);
    let isGreeted = false;
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const body = new JuteReader(rest.subarray(4, 4 + rest.readInt32BE(0)));
        rest = rest.subarray(4 + rest.readInt32BE(0));
        if (isGreeted) this.#question(body, socket);
        else this.#hello(body, socket);
        isGreeted = true;
      }
    });
  }

  #hello(body: JuteReader, socket: net.Socket): void {
    body.int();
    body.long();
    const askedMs = body.int();
    const session = body.long();
    this.hellos.push({ session, askedMs });
    if (!this.greets) return;
    const isExpired = this.grantedMs === 0 || (session !== 0n && session !== this.sessionId);
    const answer = new JuteWriter().int(0).int(isExpired ? 0 : this.grantedMs);
    socket.write(
      answer
        .long(isExpired ? 0n : this.sessionId)
        .bytes(Buffer.alloc(16, 1))
        .bool(false)
        .frame(),
    );
    if (isExpired) socket.end();
  }

  #question(body: JuteReader, socket: net.Socket): void {
    const xid = body.int();
    const op = body.int();
    this.asked.push(op);
    if (op === OP.ping) reply({ xid, op, body, socket });
    else this.answer({ xid, op, body, socket });
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function head(xid: number, error = 0, zxid = 5n): JuteWriter {
  return new JuteWriter().int(xid).long(zxid).int(error);
}

/** `write` adds the body. */
export function reply(
  { xid, socket }: Question,
  error = 0,
  write: (writer: JuteWriter) => JuteWriter = (writer) => writer,
): void {
  socket.write(write(head(xid, error)).frame());
}

export interface StatSpec {
  readonly czxid?: bigint;
  readonly mzxid?: bigint;
  readonly version?: number;
  readonly cversion?: number;
  readonly owner?: bigint;
  readonly children?: number;
}

export function writeStat(writer: JuteWriter, spec: StatSpec = {}): JuteWriter {
  writer
    .long(spec.czxid ?? 1n)
    .long(spec.mzxid ?? 2n)
    .long(0n)
    .long(0n);
  writer
    .int(spec.version ?? 0)
    .int(spec.cversion ?? 0)
    .int(0)
    .long(spec.owner ?? 0n);
  return writer
    .int(0)
    .int(spec.children ?? 0)
    .long(0n);
}
