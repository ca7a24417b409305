// Marked secrets in every field that can hold one, traffic that uses and fails with them, and then a search of everything that
// leaves Howdah: log, pages, streams, every GET route, errors, source maps and files of the build, metrics, data folder.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request as requestTls } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type APIRequestContext, expect, request as requests, test } from '@playwright/test';
import { ROUTES } from '../../lib/contract/routes';
import { hashPassword } from '../../lib/server/access/passwords';
import { killTree } from '../bench/howdah';
import { addresses } from './addresses';
import { freePort } from './howdah';

const ROOT = path.resolve(import.meta.dirname, '../..');
const READY_MS = 180_000;
const SCOPE = 'marked';

/** What must not be found, by name. */
const secrets = new Map<string, string>();
function mark(name: string, made = randomBytes(18).toString('hex')): string {
  secrets.set(name, made);
  return made;
}

/** What was collected, by where; and texts that must be in it, or the search looked at nothing. */
const collected: { readonly where: string; readonly text: string }[] = [];

/** As it is, in base64 of any alignment, and as a URL would write it. */
function formsOf(secret: string): string[] {
  const forms = [0, 1, 2].map((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
    return coded.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [secret, encodeURIComponent(secret), ...forms];
}

function findings(places = collected): string[] {
  return [...secrets].flatMap(([name, secret]) =>
    places
      .filter(({ text }) => formsOf(secret).some((form) => text.includes(form)))
      .map(({ where }) => `${name} in ${where}`),
  );
}

// The second looks at what the first left.
test.describe.configure({ mode: 'serial' });

let dir: string;
let peer: Server;
let port: number;
let yaml: string;
let output = '';
let child: ChildProcess | null = null;
let env: Record<string, string>;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() ? [path.join(entry.parentPath, entry.name)] : [],
  );
}

async function start(extra: Readonly<Record<string, string>> = {}): Promise<void> {
  const args = ['howdah.mjs', '--port', String(port), '--config', yaml];
  const started = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, ...extra },
  });
  child = started;
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (chunk) => {
      output += String(chunk);
    });
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (started.exitCode !== null) throw new Error(`Howdah ended with ${started.exitCode}:\n${output}`);
    if (await isReady()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`Howdah was not ready:\n${output}`);
}

function isReady(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = requestTls({ port, host: '127.0.0.1', path: '/api/health', rejectUnauthorized: false, agent: false });
    asked.once('response', (answer) => resolve((answer.resume().statusCode ?? 500) < 600));
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

async function stop(): Promise<void> {
  const running = child;
  if (running === null) return;
  const ended = new Promise((resolve) => running.once('exit', resolve));
  running.kill('SIGTERM');
  await ended;
  child = null;
}

test.beforeAll(async () => {
  test.setTimeout(300_000);
  dir = mkdtempSync(path.join(tmpdir(), 'howdah-secrets-'));
  const closed = await freePort();
  port = await freePort();
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const pem = (name: string): { cert: string; key: string } => {
    const [cert, key] = [path.join(dir, `${name}.pem`), path.join(dir, `${name}.key`)];
    const args = ['req', '-x509', ...curve, '-subj', '/CN=localhost', '-keyout', key, '-out', cert];
    execFileSync('openssl', args, { stdio: 'ignore' });
    // The second line is all chance; the first begins alike in all keys.
    mark(`key ${name}`, readFileSync(key, 'utf8').split('\n')[2]?.slice(0, 40));
    return { cert, key };
  };
  // Somebody who answers everything with a refusal.
  peer = createServer((_, answer) => {
    answer.writeHead(500, { 'content-type': 'text/plain' });
    answer.end('refused');
  });
  await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
  const at = peer.address();
  const beside = `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
  const file = (name: string, secret: string): string => {
    writeFileSync(path.join(dir, name), secret);
    return name;
  };
  file('rest', mark('patroni.password from a file'));
  file(
    'patronictl.yml',
    `etcd3: {host: "127.0.0.1:${closed}", username: u, password: ${mark('patronictl etcd3.password')}}\n` +
      `restapi: {authentication: {username: u, password: ${mark('patronictl restapi password')}}}\n` +
      `ctl: {authentication: {username: u, password: ${mark('patronictl ctl password')}}}\nscope: other\n`,
  );
  const [own, etcd, rest, sql, hook] = ['listen', 'etcd', 'patroni', 'postgres', 'webhook'].map(pem);
  const tls = (of: typeof own): string => `{ cert: ${of?.cert}, key: ${of?.key} }`;
  mark('HOWDAH_SECRET_OLD');
  const breakGlass = mark('break-glass password');
  const hash = await hashPassword(breakGlass);
  mark('auth.breakGlass hash', hash.split('$').at(-1));
  const password = (name: string): string => mark(`${name}.password`);
  yaml = path.join(dir, 'howdah.yaml');
  writeFileSync(
    yaml,
    `publicUrl: https://localhost:${port}
listen: { tls: ${tls(own)} }
auth:
  oidc: { name: Corp, issuer: "http://127.0.0.1:${closed}", clientId: howdah, clientSecret: ${mark('auth.oidc.clientSecret')}, roles: [{ group: g, role: viewer }] }
  breakGlass: { username: breakglass, passwordHash: '${hash}' }
sources:
  - name: first
    etcd: { hosts: ["http://127.0.0.1:${closed}"], scopes: [${SCOPE}], username: etcd-user, password: ${password('etcd')} }
    patroni: { hosts: ["${beside}"], username: rest-user, password: { file: rest } }
    postgres: { username: sql-user, password: "\${PG_SECRET}" }
    probe: { username: probe-user, password: ${password('probe')} }
  - name: second
    etcd: { hosts: ["https://127.0.0.1:${closed}"], tls: ${tls(etcd)} }
    patroni: { hosts: ["https://127.0.0.1:${closed}"], tls: ${tls(rest)} }
    postgres: { username: sql-user, password: ${password('postgres with tls')}, tls: ${tls(sql)} }
  - name: third
    patronictl: patronictl.yml
receivers:
  - { name: am, alertmanager: { urls: ["${beside}"], username: u, password: ${password('alertmanager')} } }
  - { name: hook, webhook: { url: "${beside}/${mark('webhook path')}?k=${mark('webhook query')}", secret: ${mark('webhook secret')}, tls: ${tls(hook)} } }
  - { name: slack, slack: { url: "${beside}/services/${mark('slack path')}" } }
  - { name: bot, telegram: { token: "1:${mark('telegram token')}", chat: "1", url: "${beside}" } }
  - { name: mail, smtp: { host: 127.0.0.1, port: ${closed}, security: starttls, username: u, password: ${password('smtp')}, from: a@example.com, to: [b@example.com] } }
  - { name: push, webpush: { subject: "mailto:a@example.com" } }
`,
  );
  const old = secrets.get('HOWDAH_SECRET_OLD') ?? '';
  env = {
    HOWDAH_DATA: path.join(dir, 'data'),
    HOWDAH_AUTH: '',
    HOWDAH_SECRET: mark('HOWDAH_SECRET'),
    HOWDAH_SECRET_OLD: old,
    PG_SECRET: mark('postgres password from the environment'),
    HOWDAH_LOG: 'trace',
  };
});

test.afterAll(async () => {
  if (child !== null) await killTree(child);
  peer?.closeAllConnections();
  peer?.close();
  rmSync(dir, { recursive: true, force: true });
});

async function signIn(api: APIRequestContext, username: string, password: string): Promise<number> {
  const { csrfToken } = await (await api.get('/api/auth/csrf')).json();
  const form = { username, password, code: '', csrfToken, json: 'true', callbackUrl: '/' };
  const answer = await api.post('/api/auth/callback/credentials', {
    form,
    headers: { origin: `https://localhost:${port}` },
  });
  keep(`sign-in of ${username}`, `${JSON.stringify(answer.headers())} ${await answer.text()}`);
  return (await api.get('/api/me')).status();
}

function keep(where: string, text: string): void {
  collected.push({ where, text });
}

/** Everything that can be asked without changing anything. */
async function askAll(api: APIRequestContext, who: string): Promise<void> {
  const gets = Object.keys(ROUTES).flatMap((key) => (key.startsWith('GET ') ? [key.slice(4)] : []));
  const paths = gets
    .filter((route) => !route.endsWith('/stream'))
    .map((route) => route.replace('{scope}', SCOPE).replace(/\{\w+\}/g, 'x'));
  for (const target of [...paths, ...addresses(SCOPE), '/nowhere', '/api/nowhere', '/manifest.webmanifest']) {
    for (const headers of [{}, { rsc: '1' }]) {
      const answer = await api.get(target, { headers });
      keep(`${who} GET ${target} (${answer.status()})`, `${JSON.stringify(answer.headers())}\n${await answer.text()}`);
    }
  }
}

/** The first seconds of a stream. */
function listen(cookie: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const headers = { cookie, host: `localhost:${port}` };
    const asked = requestTls({
      port,
      host: '127.0.0.1',
      path: `/api/stream?scope=${SCOPE}`,
      headers,
      rejectUnauthorized: false,
    });
    asked.once('response', (answer) =>
      answer.on('data', (chunk) => {
        text += String(chunk);
      }),
    );
    asked.on('error', () => undefined);
    asked.end();
    setTimeout(() => {
      asked.destroy();
      resolve(text);
    }, 4000);
  });
}

test('the search finds every one of them, also as a header or an address would carry it', () => {
  expect(secrets.size).toBeGreaterThan(20);
  for (const [name, secret] of secrets)
    for (const before of ['', 'u:', 'user:', 'etcd-user:']) {
      const basic = Buffer.from(`${before}${secret}`).toString('base64');
      for (const text of [`x ${before}${secret} y`, `Basic ${basic}`, `?k=${encodeURIComponent(secret)}`])
        expect(findings([{ where: 'here', text }])).toContain(`${name} in here`);
    }
});

test('no secret leaves Howdah, whatever is asked and whatever fails', async () => {
  test.setTimeout(400_000);
  await start();
  await expect.poll(() => /setup#\S+/.test(output), { timeout: 60_000 }).toBe(true);
  const link = /setup#(\S+)/.exec(output)?.[1] ?? '';
  // Printed where Howdah was started, because that is how the first person comes in; it must be nowhere else.
  output = output.replaceAll(link, 'LINK');
  mark('set-up link', link);
  const admin = await requests.newContext({ baseURL: `https://localhost:${port}`, ignoreHTTPSErrors: true });
  const origin = { origin: `https://localhost:${port}` };
  const post = async (target: string, data: unknown, isShown = false) => {
    const answer = await admin.post(target, { data, headers: origin });
    if (!isShown) keep(`POST ${target} (${answer.status()})`, await answer.text());
    return answer;
  };

  const password = mark('password of a user');
  const set = await post('/api/setup', { secret: link, name: 'a.ivanova', password });
  expect(set.ok()).toBe(true);
  expect(await signIn(admin, 'a.ivanova', mark('wrong password'))).toBe(401);
  expect(await signIn(admin, 'nobody', mark('password of nobody'))).toBe(401);
  expect(await signIn(admin, 'a.ivanova', password)).toBe(200);

  // What is shown once belongs into that answer alone.
  const grants = [{ role: 'viewer', scopes: null, labels: {} }];
  const token = await (await post('/api/tokens', { name: 'deploy', grants, days: 1 }, true)).json();
  mark('token', token.secret);
  const wallDraft = {
    name: 'noc',
    labels: {},
    scopes: null,
    hosts: false,
    theme: 'dark',
    sound: false,
    language: 'en',
    days: 1,
  };
  const wall = await (await post('/api/walls', wallDraft, true)).json();
  mark('wall key', String(wall.link).split('/').at(-1));
  const user = await (await post('/api/users', { name: 'b.petrov', grants }, true)).json();
  mark('set-up link of another', String(user.link).split('#').at(-1));
  const totp = await (await post('/api/me/totp', {}, true)).json();
  mark('TOTP secret', totp.secret);
  for (const [name, secret] of secrets) expect(secret.length, name).toBeGreaterThan(15);

  for (const name of ['am', 'hook', 'slack', 'bot', 'mail', 'push']) await post(`/api/receivers/${name}/test`, {});
  for (const target of Object.keys(ROUTES).flatMap((key) => (key.startsWith('POST ') ? [key.slice(5)] : []))) {
    if (/sign-out|setup|end$/.test(target)) continue;
    await post(target.replace('{scope}', SCOPE).replace(/\{\w+\}/g, 'x'), { nonsense: true });
  }
  const broken = await admin.post('/api/tokens', {
    headers: { ...origin, 'content-type': 'application/json' },
    data: '{"name',
  });
  keep('broken JSON', await broken.text());
  for (const method of ['TRACE', 'PUT', 'DELETE'])
    keep(method, await (await admin.fetch('/api/tokens', { method, headers: origin })).text().catch(() => ''));
  keep(
    'foreign origin',
    await (await admin.post('/api/tokens', { data: {}, headers: { origin: 'https://evil.example' } })).text(),
  );
  await admin.get(`/api/wall/${secrets.get('wall key')}`);
  await admin.get('/api/me', { headers: { authorization: `Bearer ${token.secret}` } });
  await admin.get('/api/me', {
    headers: { authorization: `Bearer ${mark('token that is none', `howdah_${randomBytes(20).toString('hex')}`)}` },
  });

  await askAll(admin, 'admin');
  const cookie = (await admin.storageState()).cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const stream = await listen(cookie);
  keep('stream', stream);
  const nobody = await requests.newContext({ baseURL: `https://localhost:${port}`, ignoreHTTPSErrors: true });
  await askAll(nobody, 'nobody');
  await stop();

  // The same again where the store is away: its address holds a password too, and every answer has an error in it.
  const url = `postgresql://howdah:${mark('DATABASE_URL')}@127.0.0.1:1/howdah`;
  await start({ DATABASE_URL: url, HOWDAH_DATA: path.join(dir, 'other') });
  const broke = await requests.newContext({ baseURL: `https://localhost:${port}`, ignoreHTTPSErrors: true });
  expect(await signIn(broke, 'breakglass', secrets.get('break-glass password') ?? '')).toBe(200);
  await askAll(broke, 'break glass');
  await stop();

  keep('log', output);
  // It was looked where something is to be seen.
  expect(stream).toContain('event: hello');
  expect(output).toMatch(/"level":50|"level":40|"level":10|"level":20/);
  const all = collected.map(({ text }) => text).join('\n');
  for (const shown of ['a.ivanova', 'deploy', 'b.petrov', 'howdah_', 'not_signed_in']) expect(all).toContain(shown);
  expect(findings()).toEqual([]);
});

test('no secret is kept in the clear', () => {
  // Web push needs its own key; it was made there and is of nobody's configuration.
  const kept = files(path.join(dir, 'data')).map((file) => ({
    where: file.slice(dir.length),
    text: readFileSync(file, 'latin1'),
  }));
  expect(kept.map(({ where }) => path.basename(where))).toContain('store.db');
  const all = kept.map(({ text }) => text).join('\n');
  for (const shown of ['a.ivanova', 'deploy', 'signed_in', '$argon2id$']) expect(all).toContain(shown);
  expect(findings(kept)).toEqual([]);
});

test('no secret is in what was built', () => {
  const dist = path.join(ROOT, process.env.HOWDAH_DIST || '.next');
  const built = files(dist)
    .filter((file) => /[/\\](static|server)[/\\]/.test(file) && /\.(js|map|json|html|css|rsc|txt)$/.test(file))
    .map((file) => ({ where: path.relative(dist, file), text: readFileSync(file, 'utf8') }));
  expect(built.length).toBeGreaterThan(50);
  expect(findings(built)).toEqual([]);
  // Nor a map that would hand out the sources.
  const handed = built.filter(({ where }) => where.startsWith('static'));
  expect(handed.filter(({ where }) => where.endsWith('.map'))).toEqual([]);
});
