// The journal as a SIEM gets it: from real sockets, that are down, slow, or end in the middle.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer as createPlain, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer as createTls } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { StreamSettings } from '../config/audit-file';
import { buildSecret } from '../config/secret';
import { TEST_CERT, TEST_KEY } from '../config/test-pem';
import { compareAnchors, parseAnchors } from './anchors';
import type { Told } from './chain';
import { type Journal, type JournalEntry, openJournal } from './journal';
import { AuditStreams } from './streams';
import { message } from './syslog';

const ends: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function made(): Promise<{ where: string; journal: Journal }> {
  const where = mkdtempSync(path.join(tmpdir(), 'howdah-streams-'));
  const journal = await openJournal(where, { now: Date.now });
  ends.push(
    () => rmSync(where, { recursive: true, force: true }),
    () => journal.close(),
  );
  return { where, journal };
}

async function act(journal: Journal, id: string): Promise<void> {
  await journal.append('intent', id, 'main', { record: { id, actor: 'anna', reason: 'плановая "замена" ]' } });
  await journal.append('outcome', id, 'main', { record: { id, actor: 'anna', outcome: 'done' } });
}

const TLS = { ca: TEST_CERT, cert: null, key: null, serverName: 'howdah-test', verify: true };

function settings(port: number, changes: Partial<StreamSettings> = {}): StreamSettings {
  const syslog = { host: '127.0.0.1', port, transport: 'tls', facility: 13, tls: TLS } as const;
  return { name: 'siem', what: 'entries', syslog, webhook: null, dropAfter: 100_000, ...changes };
}

function stream(where: string, journal: Journal, one: StreamSettings): AuditStreams {
  const streams = new AuditStreams({ folder: where, journal, settings: [one], now: Date.now, retryMs: 20 });
  ends.push(() => streams.stop());
  return streams;
}

/** A syslog server that counts octets. `take` false: the connection is cut before what came is kept. */
async function listen(how: { take: (bytes: number) => boolean }, port = 0, tls = true) {
  const got: string[] = [];
  const open = new Set<Socket>();
  const onSocket = (socket: Socket): void => {
    open.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!how.take(bytes.length)) {
        socket.destroy();
        return;
      }
      for (let space = bytes.indexOf(32); space > 0; space = bytes.indexOf(32)) {
        const length = Number(bytes.subarray(0, space).toString());
        if (bytes.length < space + 1 + length) break;
        got.push(bytes.subarray(space + 1, space + 1 + length).toString('utf8'));
        bytes = bytes.subarray(space + 1 + length);
      }
    });
  };
  const server: Server = tls ? createTls({ cert: TEST_CERT, key: TEST_KEY }, onSocket) : createPlain(onSocket);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  ends.push(close);
  return { got, port: (server.address() as AddressInfo).port, close };
}

const seqsOf = (got: readonly string[]): number[] => got.map((one) => Number(/ seq="(\d+)"/.exec(one)?.[1]));
/** In order, whatever came twice. */
const isWhole = (seqs: readonly number[], count: number): boolean => {
  const first = seqs.filter((seq, index) => seqs.indexOf(seq) === index);
  return first.length === count && first.every((seq, index) => seq === index + 1);
};

describe('syslog over TLS', () => {
  it('has every entry in order, with what is needed to find it in the journal', async () => {
    const { where, journal } = await made();
    const server = await listen({ take: () => true });
    const streams = stream(where, journal, settings(server.port));
    for (const id of ['a', 'b', 'c']) await act(journal, id);
    await vi.waitFor(() => expect(streams.states()[0]?.behind).toBe(0), 10_000);
    expect(seqsOf(server.got)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(server.got[1]).toMatch(/^<109>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ howdah \d+ outcome \[howdah@32473 journal="/);
    expect(JSON.parse(server.got[0]?.slice(server.got[0].indexOf('{') ?? 0) ?? '')).toMatchObject({
      ...{ seq: 1, id: 'a', cluster: 'main', actor: 'anna', reason: 'плановая "замена" ]' },
    });
    expect(await compareAnchors(where, parseAnchors(server.got.join('\n')).anchors)).toEqual([]);
  });

  it('that is down gets everything when it is back, also after a restart of Howdah', async () => {
    const { where, journal } = await made();
    const first = await listen({ take: () => true });
    await first.close();
    const streams = stream(where, journal, settings(first.port));
    await act(journal, 'a');
    await vi.waitFor(() => expect(streams.states()[0]?.failingSince).not.toBeNull(), 10_000);
    expect(String(streams.states()[0]?.lastError)).toContain('refused');
    await streams.stop();
    await act(journal, 'b');
    const second = await listen({ take: () => true }, first.port);
    const again = stream(where, journal, settings(first.port));
    await vi.waitFor(() => expect(again.states()[0]).toMatchObject({ behind: 0, failingSince: null }), 10_000);
    expect(seqsOf(second.got)).toEqual([1, 2, 3, 4]);
  });

  it('that is killed in the middle gets again what it did not take, in order', async () => {
    const { where, journal } = await made();
    let cuts = 0;
    const server = await listen({ take: (bytes) => bytes < 300 || cuts++ > 2 });
    for (let index = 0; index < 10; index += 1) await act(journal, `a${index}`);
    const streams = stream(where, journal, settings(server.port));
    await vi.waitFor(() => expect(streams.states()[0]?.behind).toBe(0), 20_000);
    expect(cuts).toBeGreaterThan(2);
    expect(isWhole(seqsOf(server.got), 20)).toBe(true);
  });

  it('whose certificate is another one is not told anything', async () => {
    const { where, journal } = await made();
    const server = await listen({ take: () => true });
    const wrong = { host: '127.0.0.1', port: server.port, transport: 'tls', facility: 13 } as const;
    const streams = stream(where, journal, settings(0, { syslog: { ...wrong, tls: { ...TLS, serverName: 'other' } } }));
    await act(journal, 'a');
    await vi.waitFor(() => expect(streams.states()[0]?.failingSince).not.toBeNull(), 10_000);
    expect(server.got).toEqual([]);
  });

  it('goes on though the clock is set back by hours while it waits to try again', async () => {
    const { where, journal } = await made();
    await act(journal, 'a');
    const syslog = settings(1);
    let back = 0;
    const closed = await listen({ take: () => true });
    await closed.close();
    const again = settings(closed.port);
    const streams = new AuditStreams({
      ...{ folder: where, journal, settings: [{ ...again, name: syslog.name }] },
      ...{ now: () => Date.now() - back, retryMs: 20 },
    });
    ends.push(() => streams.stop());
    await vi.waitFor(() => expect(streams.states()[0]?.failingSince).not.toBeNull(), 10_000);
    back = 3 * 3_600_000;
    const server = await listen({ take: () => true }, closed.port);
    await vi.waitFor(() => expect(seqsOf(server.got)).toEqual([1, 2]), 10_000);
  });

  it('that is too far behind loses the oldest, and is told how many', async () => {
    const { where, journal } = await made();
    for (let index = 0; index < 10; index += 1) await act(journal, `a${index}`);
    const server = await listen({ take: () => true });
    const streams = stream(where, journal, settings(server.port, { dropAfter: 5 }));
    await vi.waitFor(
      () =>
        expect(streams.states()[0]).toMatchObject({
          behind: 0,
          dropped: 15,
          droppedAt: expect.any(Number),
          lastOkAt: expect.any(Number),
        }),
      10_000,
    );
    expect(server.got[0]).toMatch(/^<105>1 .* gap .*"dropped":15/);
    expect(seqsOf(server.got.slice(1))).toEqual([16, 17, 18, 19, 20]);
  });
});

describe('anchors', () => {
  it('the head is told over TCP when an action is over, and proves what was before it', async () => {
    const { where, journal } = await made();
    const server = await listen({ take: () => true }, 0, false);
    const syslog = { host: '127.0.0.1', port: server.port, transport: 'tcp', facility: 4, tls: null } as const;
    stream(where, journal, settings(0, { what: 'heads', syslog }));
    await act(journal, 'a');
    await vi.waitFor(() => expect(seqsOf(server.got)).toContain(2), 10_000);
    await act(journal, 'b');
    await vi.waitFor(() => expect(seqsOf(server.got)).toContain(4), 10_000);
    await journal.close();
    const { anchors } = parseAnchors(server.got.join('\n'));
    expect(await compareAnchors(where, anchors)).toEqual([]);
    // The end is removed, and the head with it: the folder alone looks whole.
    const file = path.join(where, 'audit/journal.jsonl');
    writeFileSync(file, `${readFileSync(file, 'utf8').split('\n').slice(0, 3).join('\n')}\n`);
    expect((await compareAnchors(where, anchors)).map(String)).toEqual([
      `entry 4 of journal ${journal.id} is kept elsewhere and is not here`,
    ]);
  });

  it('a webhook gets JSON lines that are signed, again where it answered with an error, and they are anchors too', async () => {
    const { where, journal } = await made();
    const bodies: string[] = [];
    let refusals = 2;
    const server = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        refusals -= 1;
        if (refusals < 0 && request.headers['howdah-signature'] !== undefined) bodies.push(body);
        response.writeHead(refusals < 0 ? 200 : 503).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const url = buildSecret(`http://127.0.0.1:${(server.address() as AddressInfo).port}/in`);
    const webhook = { url, secret: buildSecret('key'), tls: null };
    const streams = stream(where, journal, settings(0, { syslog: null, webhook }));
    await act(journal, 'a');
    await vi.waitFor(() => expect(streams.states()[0]?.behind).toBe(0), 10_000);
    const lines = bodies.join('').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2]);
    const { anchors, others } = parseAnchors(lines.join('\n'));
    expect([anchors.length, others]).toEqual([2, 0]);
    expect(await compareAnchors(where, anchors)).toEqual([]);
  });
});

describe('a message', () => {
  it('is cut at its end and never in the middle of a character', () => {
    const entry: JournalEntry = {
      ...{ seq: 1, at: 0, kind: 'intent', actionId: 'a', scope: 'main', prev: 'p', hash: 'h' },
      body: { record: { reason: 'ж'.repeat(5000) } },
    };
    const told: Told = { what: 'entry', journal: 'j"]\\', seq: 1, hash: 'h', at: 0, entry };
    const bytes = message(told, 13, 2048, 'a host');
    expect(bytes.length).toBeLessThanOrEqual(2048);
    expect(bytes.toString('utf8')).not.toContain('\uFFFD');
    expect(bytes.toString('utf8')).toMatch(
      /^<109>1 1970-01-01T00:00:00.000Z ahost howdah \d+ intent \[howdah@32473 journal="j\\"\\\]\\\\" seq="1" hash="h"\] \{/,
    );
  });
});
