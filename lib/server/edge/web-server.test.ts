import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BODY_MAX_BYTES } from '../../contract/limits';
import { loadConfig } from '../config/config';
import { RENEWED_CERT, RENEWED_KEY, TEST_CERT, TEST_KEY } from '../config/test-pem';
import { log } from '../log';
import { type Handler, openWebServer, type WebServerOptions } from './web-server';

const ends: (() => void)[] = [];
beforeAll(() => {
  log.level = 'silent';
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) end();
});

function configOf(yaml: string) {
  const readFile = (name: string): string => {
    if (name.endsWith('howdah.yaml')) return yaml;
    if (!name.endsWith('.pem')) throw Object.assign(new Error('there is none'), { code: 'ENOENT' });
    return name.endsWith('key.pem') ? TEST_KEY : TEST_CERT;
  };
  const result = loadConfig({ argv: ['-c', 'howdah.yaml'], env: {}, cwd: '/w', readFile, user: 'tester' });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

/** What the handler saw. */
interface Seen {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function open(yaml = '', answer?: Handler, times?: WebServerOptions['times']) {
  const seen: Seen[] = [];
  const handler: Handler =
    answer ??
    (async (incoming, response) => {
      let body = '';
      for await (const chunk of incoming) body += String(chunk);
      seen.push({ url: incoming.url, headers: incoming.headers, body });
      response.setHeader('x-content-type-options', 'twice');
      response.end('well');
    });
  const server: Server = openWebServer({
    config: configOf(yaml),
    handler,
    upgrade: null,
    dev: false,
    readTls: () => null,
    ...(times === undefined ? {} : { times }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { seen, server, port };
}

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: boolean;
}

async function ask(port: number, { method = 'GET', path: target = '/', headers = {}, body, tls = false }: Ask = {}) {
  const options = { port, host: '127.0.0.1', method, path: target, headers, agent: false as const };
  const sent = tls ? requestTls({ ...options, rejectUnauthorized: false }) : request(options);
  // The answer to what is too large comes before all of it was sent.
  sent.on('error', () => undefined);
  sent.end(body);
  const [answer]: [IncomingMessage] = await new Promise((resolve) => sent.once('response', (got) => resolve([got])));
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, text };
}

/** Raw bytes out, raw bytes back. */
async function speak(port: number, text: string): Promise<string> {
  const socket: Socket = connect({ port, host: '127.0.0.1' });
  ends.push(() => socket.destroy());
  let got = '';
  socket.on('data', (chunk) => {
    got += String(chunk);
  });
  socket.write(text);
  await once(socket, 'close');
  return got;
}

describe('what is refused before anybody reads it', () => {
  it('is a method that nothing here takes, and a line of the log', async () => {
    const { port, seen } = await open();
    const methods = ['TRACE', 'PROPFIND', 'PURGE', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    const said = vi.spyOn(log, 'info');
    for (const method of methods) {
      const answer = await ask(port, { method, path: '/wall/a-secret-key' });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
    }
    const lines = said.mock.calls.filter(([, word]) => word === 'refused');
    const line = { address: '127.0.0.1', status: 405, code: 'bad_request' };
    expect(lines.map(([about]) => about)).toEqual(methods.map((method) => ({ method, ...line })));
    expect(await speak(port, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
    expect(seen).toEqual([]);
  });

  it('is a body of more than a mebibyte, or of unknown length', async () => {
    const { port, seen } = await open();
    const just = 'x'.repeat(BODY_MAX_BYTES);
    const post = { method: 'POST', headers: { 'content-length': String(BODY_MAX_BYTES) } };
    expect((await ask(port, { ...post, body: just })).status).toBe(200);
    const more = { method: 'POST', headers: { 'content-length': String(BODY_MAX_BYTES + 1) }, body: `${just}x` };
    expect(await ask(port, more)).toMatchObject({ status: 413, headers: { connection: 'close' } });
    const chunked = { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x' };
    expect(JSON.parse((await ask(port, chunked)).text)).toMatchObject({ code: 'bad_request' });
    expect((await ask(port, chunked)).status).toBe(411);
    expect(seen.map(({ body }) => body.length)).toEqual([BODY_MAX_BYTES]);
  });

  it('is a body of more than 16 KiB where somebody only signs in', async () => {
    const { port, seen } = await open('publicUrl: https://h.example.com/db');
    const send = (path: string, length: number) =>
      ask(port, { method: 'POST', path, headers: { 'content-length': String(length) }, body: 'x'.repeat(length) });
    for (const path of ['/api/auth/callback/credentials', '/db/api/auth/signin/oidc?x=1']) {
      expect((await send(path, 16_384)).status).toBe(200);
      expect(JSON.parse((await send(path, 16_385)).text)).toMatchObject({ code: 'too_large' });
    }
    expect((await send('/api/tokens', 16_385)).status).toBe(200);
    expect(seen.length).toBe(3);
  });

  it.each(['/api/clusters/%ff', '/clusters/%', '/api/clusters/50%/history', '/x%00'])(
    'is a path that is no text: %s',
    async (path) => {
      const { port, seen } = await open();
      const answer = await ask(port, { path });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'bad_request']);
      expect(seen).toEqual([]);
    },
  );

  it('is what a page of another site sends, whatever the path', async () => {
    const { port, seen } = await open('publicUrl: https://h.example.com\nlisten: { names: [db.example.com] }');
    const send = (method: string, headers: Record<string, string>) =>
      ask(port, { method, path: '/api/tokens', headers });
    for (const method of ['POST'])
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { origin: 'http://db.example.com', host: 'h.example.com' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
        { origin: 'https://h.example.com', 'sec-fetch-site': 'cross-site' },
      ]) {
        const answer = await send(method, headers);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'forbidden']);
      }
    expect(seen).toEqual([]);
    for (const headers of [{}, { origin: 'https://h.example.com', 'sec-fetch-site': 'same-origin' }])
      expect((await send('POST', headers)).status).toBe(200);
    expect((await send('GET', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(200);
  });

  it('is a foreign name, for pages and files too', async () => {
    const { port, seen } = await open('publicUrl: https://h.example.com\nlisten: { names: [db.example.com] }');
    for (const host of ['evil.example', '10.0.0.1', 'localhost.evil.example'])
      for (const target of ['/', '/icon.svg', '/api/health'])
        expect((await ask(port, { path: target, headers: { host } })).status).toBe(403);
    expect(seen).toEqual([]);
    for (const host of ['h.example.com', 'db.example.com:1', 'localhost', `127.0.0.1:${port}`])
      expect((await ask(port, { headers: { host } })).status).toBe(200);
  });

  it('is an address of another host, and headers without end', async () => {
    const { port, seen } = await open();
    expect((await ask(port, { path: 'http://evil.example/' })).status).toBe(400);
    const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await speak(port, long)).toMatch(/^HTTP\/1\.1 431 /);
    expect(
      await speak(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it('says nothing of why, where a handler fails', async () => {
    const { port } = await open('', async () => {
      throw new Error('hunter2');
    });
    const answer = await ask(port);
    expect([answer.status, answer.text.includes('hunter2')]).toEqual([500, false]);
  });

  it('ends who sends headers or a body too slowly', async () => {
    const { server } = await open();
    expect([server.headersTimeout, server.requestTimeout]).toEqual([10_000, 30_000]);
    expect(server).toMatchObject({ timeout: 0, connectionsCheckingInterval: 1000 });
  });

  it('ends a body that drips for ever, read or not, and headers that drip, and not a stream that was asked for at once', async () => {
    const times = { headersTimeout: 300, requestTimeout: 900, connectionsCheckingInterval: 50 };
    const early: Handler = async (_, response) => void response.end('early');
    for (const answer of [undefined, async () => undefined, early] as const) {
      const { port } = await open('', answer, times);
      for (const text of [
        'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\n',
        'GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: ',
      ]) {
        const socket = connect({ port, host: '127.0.0.1' });
        ends.push(() => socket.destroy());
        socket.on('error', () => undefined);
        socket.resume();
        socket.write(text);
        const drip = setInterval(() => socket.write('x'), 20);
        await once(socket, 'close');
        clearInterval(drip);
      }
    }
    const { port } = await open('', async (_, response) => void response.write('first'), times);
    const socket = connect({ port, host: '127.0.0.1' });
    ends.push(() => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(socket, 'data');
    await new Promise((done) => setTimeout(done, 1500));
    expect(socket.closed).toBe(false);
  });

  it('is a header twice that may stand once: two names, two origins, two lengths', async () => {
    const { port, seen } = await open();
    for (const twice of [
      'host: localhost\r\nHost: evil.example',
      'host: localhost\r\nhost: localhost',
      'host: localhost\r\norigin: http://localhost\r\nOrigin: http://evil.example',
      'host: localhost\r\nauthorization: Bearer a\r\nauthorization: Bearer b',
    ])
      expect(await speak(port, `GET / HTTP/1.1\r\n${twice}\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    expect(seen).toEqual([]);
    const accepted = 'host: localhost\r\naccept: a\r\naccept: b\r\ncookie: a=1\r\ncookie: b=2';
    expect(await speak(port, `GET / HTTP/1.1\r\n${accepted}\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('is a path that is no text, in JSON', async () => {
    const { port, seen } = await open();
    for (const path of [
      '/api/clusters/%',
      '/api/clusters/%ff',
      '/api/clusters/%00',
      '/clusters/%2',
      '/api/clusters/a%E0%A4',
    ]) {
      const answer = await ask(port, { path });
      expect([answer.status, answer.headers['content-type'], JSON.parse(answer.text).code]).toEqual([
        400,
        'application/json; charset=utf-8',
        'bad_request',
      ]);
    }
    expect(seen).toEqual([]);
  });
});

describe('what a handler is told', () => {
  const CLAIMS = {
    'x-howdah-peer': '6.6.6.6',
    'x-howdah-nonce': 'mine',
    'x-forwarded-for': '6.6.6.6',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
    forwarded: 'for=6.6.6.6',
    'x-real-ip': '6.6.6.6',
    'content-security-policy': "script-src 'nonce-bWluZQ=='",
    'content-security-policy-report-only': "script-src 'nonce-bWluZQ=='",
  };

  it('is what the socket says, not what the caller claims', async () => {
    const { port, seen } = await open();
    await ask(port, { headers: { ...CLAIMS, host: 'localhost:1', 'x-howdah-active': '1' } });
    const { headers } = seen[0] ?? { headers: {} };
    expect(headers).toMatchObject({
      host: 'localhost:1',
      'x-howdah-peer': '127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-howdah-active': '1',
    });
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil|mine|bWluZQ|443/);
  });

  it('is what a trusted proxy says, its name for us included', async () => {
    const { port, seen } = await open('publicUrl: https://h.example.com\nlisten: { trustedProxies: 127.0.0.1 }');
    const said = {
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'h.example.com',
    };
    expect((await ask(port, { headers: said })).status).toBe(200);
    expect(seen[0]?.headers).toMatchObject({
      host: 'h.example.com',
      'x-howdah-peer': '203.0.113.9',
      'x-forwarded-proto': 'https',
    });
    expect(seen[0]?.headers).not.toHaveProperty('x-forwarded-host');
    expect((await ask(port, { headers: { ...said, 'x-forwarded-host': 'evil.example' } })).status).toBe(403);
  });
});

describe('every answer', () => {
  const nonceIn = (policy: string | undefined): string | undefined => /'nonce-([^']+)'/.exec(policy ?? '')?.[1];

  it('says what may run, with a nonce of its own that only the handler knows beside it', async () => {
    const { port, seen } = await open();
    const [first, second] = [await ask(port), await ask(port, { path: '/nowhere' })];
    const policies = [first, second].map(({ headers }) => String(headers['content-security-policy']));
    for (const policy of policies) {
      expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic';/);
      expect(policy).not.toMatch(/unsafe-eval|\*|http:|https:/);
      expect(policy.replace(/style-src-attr 'unsafe-inline'/, '')).not.toContain('unsafe-inline');
      for (const part of ["frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'", "object-src 'none'"])
        expect(policy).toContain(part);
    }
    expect(nonceIn(policies[0])).not.toBe(nonceIn(policies[1]));
    expect(seen.map(({ headers }) => headers['content-security-policy'])).toEqual(policies);
    expect(seen.map(({ headers }) => headers['x-howdah-nonce'])).toEqual(policies.map(nonceIn));
  });

  it('has the other headers once, also where it is a refusal or data', async () => {
    const { port } = await open();
    const answers = [await ask(port), await ask(port, { method: 'TRACE' }), await ask(port, { path: '/api/health?x' })];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    const data = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";
    expect(answers[2]?.headers['content-security-policy']).toBe(data);
    const below = await open('publicUrl: https://h.example.com/db');
    expect((await ask(below.port, { path: '/db/metrics' })).headers['content-security-policy']).toBe(data);
    expect((await ask(below.port, { path: '/apis' })).headers['content-security-policy']).toContain(
      "script-src 'self'",
    );
  });

  it('asks for https from now on only where it came by https, and never of localhost', async () => {
    const { port } = await open('publicUrl: https://h.example.com\nlisten: { trustedProxies: 127.0.0.1 }');
    const by = async (host: string, scheme: string) => {
      const { headers } = await ask(port, { headers: { host, 'x-forwarded-proto': scheme } });
      return headers['strict-transport-security'];
    };
    expect(await by('h.example.com', 'https')).toBe('max-age=31536000');
    expect(await by('h.example.com', 'http')).toBeUndefined();
    expect(await by('localhost', 'https')).toBeUndefined();
  });
});

describe('its own https', () => {
  const TLS = 'listen: { tls: { cert: cert.pem, key: key.pem } }';

  it('speaks TLS 1.2 and newer, and tells the handler', async () => {
    const { port, seen } = await open(TLS);
    expect((await ask(port, { tls: true })).status).toBe(200);
    expect(seen[0]?.headers).toMatchObject({ 'x-forwarded-proto': 'https' });
    const old = connectTls({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    const outcome = await new Promise((resolve) => {
      old.once('error', () => resolve('refused'));
      old.once('secureConnect', () => resolve('spoken'));
    });
    old.destroy();
    expect(outcome).toBe('refused');
    expect(await speak(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('200 OK');
  });

  it('takes a renewed certificate without ending what is open', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'howdah-tls-'));
    ends.push(() => rmSync(dir, { recursive: true, force: true }));
    const [cert, key] = [path.join(dir, 'cert.pem'), path.join(dir, 'key.pem')];
    const config = configOf(`listen: { tls: { cert: ${cert}, key: ${key} } }`);
    const { tls } = config.listen;
    if (tls === null) throw new Error('no TLS');
    writeFileSync(cert, TEST_CERT);
    let reads = 0;
    const server = openWebServer({
      config,
      handler: async (_, response) => void response.write('still '),
      upgrade: null,
      dev: false,
      lookMs: 20,
      // As when the key comes a moment after the certificate.
      readTls: () => {
        reads += 1;
        return reads < 3 ? null : { ...tls, cert: RENEWED_CERT, key: { reveal: () => RENEWED_KEY } };
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const shown = async (): Promise<string> => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { CN } = socket.getPeerCertificate().subject;
      socket.destroy();
      return String(CN);
    };
    const stream = requestTls({ port, host: '127.0.0.1', rejectUnauthorized: false, agent: false });
    stream.end();
    const [answer]: [IncomingMessage] = await new Promise((resolve) =>
      stream.once('response', (got) => resolve([got])),
    );
    let ended = false;
    answer.on('close', () => {
      ended = true;
    });
    answer.resume();
    expect(await shown()).toBe('howdah-test');
    writeFileSync(cert, RENEWED_CERT);
    await expect.poll(shown, { timeout: 10_000 }).toBe('howdah-renewed');
    expect([reads, ended]).toEqual([3, false]);
    stream.destroy();
  });
});
