import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { haproxy } from '../domain/entries/test-doors';
import { parseHaproxyStatus } from '../domain/wire/haproxy';
import { createHaproxyReader, type HaproxyTarget } from './haproxy';
import { insideOf } from './networks';

const SAID = haproxy({ primary: [{ name: 'n1' }] });
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function page(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stats`;
}

async function socketAt(answer: (socket: Socket, line: string) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-haproxy-'));
  const path = join(folder, 's');
  const open = new Set<Socket>();
  const server = createSocketServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => answer(socket, String(chunk)));
  });
  cleanups.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

function ask(place: HaproxyTarget['place'], more: Partial<HaproxyTarget> = {}, deadlineMs = 2000) {
  const target = { place, username: null, password: null, tls: null, isInside: null, ...more };
  const reader = createHaproxyReader(target, Date.now);
  cleanups.push(() => reader.close());
  return reader.read(deadlineMs);
}

const web = (url: string): HaproxyTarget['place'] => ({ kind: 'http', url, host: '127.0.0.1' });

describe('the statistics page', () => {
  it('is read as CSV with the user that was set', async () => {
    const asked: string[] = [];
    const url = await page((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? 'nobody'}`);
      response.end(SAID.csv);
    });
    const reading = await ask(web(url), { username: 'w', password: 'p' });
    expect(reading).toMatchObject({ ok: true, value: SAID });
    expect(asked).toEqual([`/stats;csv Basic ${Buffer.from('w:p').toString('base64')}`]);
  });

  it.each([
    [401, '', 'auth'],
    [404, 'no', 'http'],
    [200, '<html>', 'malformed'],
  ] as const)('answers %d %s: %s', async (status, body, kind) => {
    const url = await page((_, response) => response.writeHead(status).end(body));
    expect(await ask(web(url))).toMatchObject({ ok: false, error: { kind } });
  });

  it('gets no password outside of the networks that were named', async () => {
    let asked = 0;
    const url = await page((_, response) => {
      asked += 1;
      response.end(SAID.csv);
    });
    const reading = await ask(web(url), { username: 'w', password: 'p', isInside: insideOf(['10.0.0.0/8']) });
    expect([reading.ok, asked]).toEqual([false, 0]);
  });

  it('is given up beyond a mebibyte, and at the deadline', async () => {
    const large = await page((_, response) => response.end(`${SAID.csv}${'x'.repeat(1_100_000)}`));
    expect(await ask(web(large))).toMatchObject({ ok: false, error: { kind: 'malformed' } });
    const silent = await page(() => undefined);
    expect(await ask(web(silent), {}, 200)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });
});

describe('the socket', () => {
  it('is asked for statistics and about itself, and for nothing else', async () => {
    const lines: string[] = [];
    const path = await socketAt((socket, line) => {
      lines.push(line);
      socket.end(`${SAID.csv}\nName: HAProxy\nVersion: 2.6.12-1+deb12u4\nStopping: 1\n\n`);
    });
    const reading = await ask({ kind: 'unix', path });
    expect(lines).toEqual(['show stat;show info\n']);
    if (!reading.ok) throw new Error(String(reading.error.message));
    expect(parseHaproxyStatus(reading.value)).toMatchObject({ version: '2.6.12-1+deb12u4', stopping: true });
    expect(parseHaproxyStatus(reading.value)?.rows.map(({ server }) => server)).toEqual(['FRONTEND', 'n1', 'BACKEND']);
  });

  it.each([
    ['Permission denied\n', 'denied'],
    ['hello\n', 'malformed'],
    ['', 'closed'],
  ])('says %j: %s', async (text, kind) => {
    const path = await socketAt((socket) => socket.end(text));
    expect(await ask({ kind: 'unix', path })).toMatchObject({ ok: false, error: { kind } });
  });

  it('that ends nowhere, or with lines without end, holds nobody up', async () => {
    const half = await socketAt((socket) => socket.write(SAID.csv));
    expect(await ask({ kind: 'unix', path: half }, {}, 200)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
    // Looked at with a pattern that goes back, these took hours.
    const path = await socketAt((socket) => socket.end(`${SAID.csv}${'\n'.repeat(1_000_000)}`));
    const reading = await ask({ kind: 'unix', path });
    expect(reading.ok && parseHaproxyStatus(reading.value)?.rows.length).toBe(3);
  });

  it('that names columns without end is read by the first of them', async () => {
    const csv = `# pxname,svname,${'x,'.repeat(300_000)}\n${'primary,n1\n'.repeat(40_000)}`;
    const path = await socketAt((socket) => socket.end(csv));
    const reading = await ask({ kind: 'unix', path }, {}, 4000);
    expect(reading.ok && parseHaproxyStatus(reading.value)?.rows).toEqual([]);
  });

  it('that is not there is refused, one that says nothing times out', async () => {
    expect(await ask({ kind: 'unix', path: '/nowhere/s' })).toMatchObject({ ok: false, error: { kind: 'refused' } });
    const path = await socketAt(() => undefined);
    expect(await ask({ kind: 'unix', path }, {}, 200)).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });
});
