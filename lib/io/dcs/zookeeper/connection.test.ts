// One connection against a server that does what a real one cannot be made to do.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection, type ConnectionOptions, classifyZooKeeper, partsOf } from './connection';
import { ERR, JuteReader, JuteWriter, Malformed, OP, readStat } from './jute';
import { head, reply, TestServer, writeStat } from './test-server';

let server: TestServer;
let opened: Connection[];

beforeEach(async () => {
  server = await TestServer.start();
  opened = [];
});

afterEach(async () => {
  for (const connection of opened) connection.destroy(new Error('over'));
  await server.stop();
});

async function open(options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const plain = { address: server.address, session: null, username: null, password: null, tls: null };
  const connection = await Connection.open({ ...plain, ...options });
  opened.push(connection);
  return connection;
}

const failing = (answer: Promise<unknown>) => answer.then(() => null, classifyZooKeeper);

describe('the words', () => {
  it('are read as they were written, numbers beyond 2^53 too', () => {
    const frame = new JuteWriter()
      .int(-2)
      .long(-9007199254740993n)
      .bool(true)
      .text('größe')
      .bytes(Buffer.of(0, 255))
      .frame();
    const reader = new JuteReader(frame.subarray(4));
    expect([reader.int(), reader.long(), reader.bool(), reader.text(), [...reader.bytes()]]).toEqual([
      ...[-2, -9007199254740993n, true, 'größe', [0, 255]],
    ]);
    expect(() => reader.int()).toThrow(Malformed);
  });

  it('that claim more than there is are refused before anything is made for them', () => {
    const claims = (length: number) => new JuteReader(new JuteWriter().int(length).int(1).frame().subarray(4));
    expect(() => claims(2_000_000_000).bytes()).toThrow(Malformed);
    expect(() => claims(2_000_000_000).texts()).toThrow(Malformed);
    expect(() => claims(-5).bytes()).toThrow(Malformed);
    expect(claims(-1).text()).toBe('');
  });

  it('of a node tell how many children were ever made: what is shown counts what went as well', () => {
    const statOf = (cversion: number, children: number) =>
      readStat(new JuteReader(writeStat(new JuteWriter(), { cversion, children }).frame().subarray(4))).made;
    // Five made, two of them gone: seven changes, three there.
    expect(statOf(7, 3)).toBe(5);
    expect(statOf(0, 0)).toBe(0);
  });

  it('of an address keep IPv6 whole', () => {
    expect([partsOf('zk1:2181'), partsOf('[::1]:22')]).toEqual([
      { host: 'zk1', port: 2181 },
      { host: '::1', port: 22 },
    ]);
  });
});

describe('a connection', () => {
  it('makes a session, asks for a long one and takes what it is granted', async () => {
    const { session } = await open();
    expect([session.id, session.timeoutMs, server.hellos]).toEqual([7n, 30_000, [{ session: 0n, askedMs: 120_000 }]]);
  });

  it('goes on with a session that is still there, and says which one has expired', async () => {
    const { session } = await open();
    await open({ session });
    expect(server.hellos[1]?.session).toBe(7n);
    server.sessionId = 8n;
    const error = await failing(open({ session }));
    expect(String(error?.message)).toMatch(/session has expired/);
  });

  it('signs in before anything is asked, and says that it was refused', async () => {
    server.answer = (question) => reply(question);
    await open({ username: 'howdah', password: 'pw' });
    expect(server.asked).toEqual([OP.auth]);
    server.answer = (question) => reply(question, ERR.authFailed);
    expect((await failing(open({ username: 'howdah', password: 'pw' })))?.kind).toBe('auth');
  });

  it('gives up on a server that takes the connection and keeps silent', async () => {
    server.greets = false;
    expect((await failing(open()))?.kind).toBe('timeout');
  });

  it('gives up on a server that falls silent later, with every question that is out', async () => {
    const connection = await open();
    server.answer = () => undefined;
    const [one, two] = await Promise.all([failing(connection.get('/a')), failing(connection.get('/b'))]);
    expect([one?.kind, two?.kind]).toEqual(['timeout', 'timeout']);
    expect(await failing(connection.get('/c'))).toMatchObject({ kind: 'timeout' });
  });

  it('keeps a quiet one alive by asking', async () => {
    const connection = await open();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(server.asked.filter((op) => op === OP.ping).length).toBeGreaterThan(0);
    await connection.sync('/');
  });

  it('puts together an answer that comes byte by byte, and takes several that come at once', async () => {
    const connection = await open();
    server.answer = ({ xid, socket }) => {
      const frame = writeStat(head(xid).text('{"a":1}'), { version: 3 }).frame();
      for (const byte of frame) socket.write(Buffer.of(byte));
    };
    expect((await connection.get('/a')).node).toMatchObject({ value: '{"a":1}', stat: { version: 3 } });
    const frames: Buffer[] = [];
    server.answer = ({ xid, socket }) => {
      frames.push(writeStat(head(xid).text(`value ${frames.length}`)).frame());
      if (frames.length === 3) socket.write(Buffer.concat(frames));
    };
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => connection.get(path)));
    expect(answers.map(({ node }) => node?.value)).toEqual(['value 0', 'value 1', 'value 2']);
  });

  it.each([
    ['a frame without end', 0x7fffffff],
    ['a frame of negative length', -7],
  ])('ends at %s', async (_, length) => {
    const connection = await open();
    server.answer = ({ socket }) => socket.write(new JuteWriter().int(length).frame().subarray(4));
    expect((await failing(connection.get('/a')))?.kind).toBe('malformed');
  });

  it('ends at an answer to what was not asked', async () => {
    const connection = await open();
    server.answer = ({ xid, socket }) => socket.write(head(xid + 1).frame());
    expect((await failing(connection.sync('/')))?.kind).toBe('malformed');
  });

  it('ends with all questions when the other side hangs up', async () => {
    const connection = await open();
    server.answer = ({ socket }) => socket.destroy();
    expect((await failing(connection.get('/a')))?.kind).toBe('closed');
  });

  it('hands on what the watch names, between the answers', async () => {
    const paths: string[] = [];
    const connection = await open({ onEvent: (path) => paths.push(path) });
    server.answer = (question) => {
      question.socket.write(head(-1, 0, -1n).int(3).int(3).text('/service/demo/leader').frame());
      reply(question);
    };
    await connection.watch('/service');
    expect(paths).toEqual(['/service/demo/leader']);
  });
});

describe('an answer', () => {
  it.each([
    [ERR.noAuth, 'denied', /ACL/],
    [ERR.sessionMoved, 'closed', /moved/],
    [ERR.unimplemented, 'malformed', /3\.6/],
    [-3, 'malformed', /-3/],
  ])('of error %d says what it is', async (code, kind, words) => {
    const connection = await open();
    server.answer = (question) => reply(question, code);
    const error = await failing(connection.watch('/service'));
    expect(error?.kind).toBe(kind);
    expect(String(error?.message)).toMatch(words);
  });

  it('of a transaction names the step that failed, not those that were not tried', async () => {
    const connection = await open();
    const failed = (writer: JuteWriter, code: number) => writer.int(-1).bool(false).int(code).int(code);
    const send = () => connection.multi([{ op: 'check', path: '/a', version: 0 }]);
    const end = (writer: JuteWriter) => writer.int(-1).bool(true).int(-1);
    // The head says nothing of a missing right: ZooKeeper 3.8.0.
    for (const head of [ERR.badVersion, 0]) {
      server.answer = (question) =>
        reply(question, head, (writer) => {
          for (const code of [0, ERR.noAuth, -2]) failed(writer, code);
          return end(writer);
        });
      await expect(send()).rejects.toMatchObject({ code: ERR.noAuth });
    }
    server.answer = (question) => reply(question, 0, (writer) => end(writer.int(OP.check).bool(false).int(-1)));
    expect(await send()).toBe(5n);
    server.answer = (question) => reply(question, 0);
    expect((await failing(send()))?.kind).toBe('malformed');
  });

  it('proves a quorum also where the check itself is refused, but not where the session is none', async () => {
    const connection = await open();
    const end = (writer: JuteWriter) => writer.int(-1).bool(true).int(-1);
    server.answer = (question) => reply(question, ERR.noAuth, end);
    expect(await connection.proveQuorum()).toBe(true);
    server.answer = (question) => reply(question, ERR.sessionMoved, end);
    expect((await failing(connection.proveQuorum()))?.kind).toBe('closed');
  });
});
