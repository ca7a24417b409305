import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Api, endpointOf } from './api';

const KEY = { url: 'http://127.0.0.1:3000', token: 'local-key', pid: process.pid };
function folder(local: object | string | null): string {
  const dir = mkdtempSync(join(tmpdir(), 'howdah-cli-'));
  if (local !== null) writeFileSync(join(dir, 'local.json'), typeof local === 'string' ? local : JSON.stringify(local));
  return dir;
}

describe('whom the command line speaks to', () => {
  it('is the Howdah of the data folder, by the key that it leaves there', () => {
    expect(endpointOf({ url: null, token: null }, folder(KEY))).toEqual({
      ...{ url: KEY.url, token: 'local-key', local: true },
    });
  });

  it('is nobody where none runs: no key, the key of a dead one, or no key at all', () => {
    const dead = { ...KEY, pid: 2 ** 22 + 1 };
    for (const local of [null, dead, { ...KEY, pid: null }, { url: KEY.url }, 'no JSON'])
      expect(endpointOf({ url: null, token: null }, folder(local))).toBeNull();
  });

  it('never gets the key of the folder at another address', () => {
    const at = (url: string) => endpointOf({ url, token: null }, folder(KEY));
    for (const url of ['http://evil:3000', 'https://127.0.0.1:3000', 'http://127.0.0.1:3001', 'nonsense'])
      expect(at(url)).toBeNull();
    expect(at('http://127.0.0.1:3000/')?.token).toBe('local-key');
  });

  it('is whoever is named, with a token of its own', () => {
    const given = { url: 'https://howdah.example//', token: 'mine' };
    expect(endpointOf(given, folder(KEY))).toEqual({ url: 'https://howdah.example', token: 'mine', local: false });
    expect(endpointOf({ url: null, token: 'mine' }, folder(KEY))?.url).toBe(KEY.url);
    expect(endpointOf({ url: null, token: 'mine' }, folder(null))?.url).toBe('http://127.0.0.1:3000');
  });
});

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer(request, response, asked.length);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { asked, api: new Api({ url: `http://127.0.0.1:${port}`, token: 'mine', local: false }) };
}

describe('a question', () => {
  it('brings the token and its answer', async () => {
    const { api, asked } = await serve((_request, response) => response.end('{"one":1}'));
    expect(await api.get('/api/x')).toEqual({ one: 1 });
    expect(asked).toEqual(['GET /api/x Bearer mine']);
  });

  it('is asked again where nobody answered, and an order never', async () => {
    const { api, asked } = await serve((request, response, count) => {
      if (count < 3) request.socket.destroy();
      else response.end('{"one":1}');
    });
    expect(await api.get('/api/x')).toEqual({ one: 1 });
    expect(asked).toHaveLength(3);
    const lost = await serve((request) => request.socket.destroy());
    await expect(lost.api.post('/api/x', {})).rejects.toThrow(/does not answer/);
    expect(lost.asked).toHaveLength(1);
  });

  it('that was refused is not asked again; the words, the code and the status are those of Howdah', async () => {
    const { api, asked } = await serve((_request, response) => {
      response.writeHead(409);
      response.end('{"code":"changed","message":"the leader changed","details":{"x":1}}');
    });
    const error = await api.get('/api/x').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'changed', message: 'the leader changed', status: 409, details: { x: 1 } });
    expect(asked).toHaveLength(1);
  });

  it('answered by something else is told by its status', async () => {
    const { api } = await serve((_request, response) => {
      response.writeHead(502);
      response.end('<html>bad gateway</html>');
    });
    await expect(api.get('/api/x')).rejects.toMatchObject({ code: 'internal', message: 'Howdah answered 502' });
  });

  it('never follows to another place, where the token would go too', async () => {
    const other = await serve((_request, response) => response.end('{}'));
    const { api } = await serve((_request, response) => {
      response.writeHead(302, { location: `${other.api.endpoint.url}/api/x` });
      response.end();
    });
    await expect(api.post('/api/x', {})).rejects.toThrow(/does not answer/);
    expect(other.asked).toEqual([]);
  });
});
