// The published API and the command line against a production Howdah that asks people to sign in: what is documented is what is
// answered, by every route; and `npx howdah` does over it what a script needs. No browser, no cluster.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { errorSchema } from '../../lib/contract/error';
import { ERRORS } from '../../lib/contract/error-codes';
import { ALL_ROUTES, errorsOf, type Route } from '../../lib/contract/routes';
import { type Howdah, startHowdah } from './howdah';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SCOPE = 'distro-healthy';
let howdah: Howdah;
let key: string;

test.beforeAll(async () => {
  howdah = await startHowdah([], {
    env: { HOWDAH_REPLAY: path.join(ROOT, 'lib/domain/testdata'), HOWDAH_AUTH: '', HOWDAH_CONFIG: '' },
  });
  const local: { token: string } = JSON.parse(readFileSync(path.join(howdah.dataDir, 'local.json'), 'utf8'));
  key = local.token;
  await expect
    .poll(async () => (await ask('GET', '/api/clusters')).body, { timeout: 60_000 })
    .toMatchObject({ clusters: expect.arrayContaining([expect.objectContaining({ scope: SCOPE })]) });
});

test.afterAll(async () => {
  await howdah?.stop();
});

async function ask(
  method: string,
  route: string,
  { token = key, body }: { token?: string | null; body?: unknown } = {},
) {
  const answer = await fetch(`${howdah.url}${route}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  const type = answer.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    await answer.body?.cancel();
    return { status: answer.status, type, body: null };
  }
  return { status: answer.status, type, body: type.startsWith('application/json') ? await answer.json() : null };
}

function howdahCommand(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const all = { ...process.env, HOWDAH_DATA: howdah.dataDir, HOWDAH_CONFIG: '', ...env };
    execFile(process.execPath, [path.join(ROOT, 'lib/cli/howdah.mjs'), ...args], { env: all }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: `${out}${err}` });
    });
  });
}

const pathOf = (path: string): string =>
  path.replace('{scope}', SCOPE).replace('{id}', 'x1').replace('{name}', 'nobody').replace('{key}', 'abc.def');

/** The documented shape, or a documented refusal. */
function check(route: Route, got: { status: number; type: string; body: unknown }): void {
  const { answer } = route;
  if (got.status === 200 || got.status === 202) {
    if (answer instanceof z.ZodType) expect(answer.safeParse(got.body).error).toBeUndefined();
    else if (answer.kind === 'events') expect(got.type).toContain('text/event-stream');
    else expect(answer.types).toContain(got.type.split(';')[0]);
    return;
  }
  const refusal = errorSchema.parse(got.body);
  expect(ERRORS[refusal.code].status).toBe(got.status);
  expect(errorsOf(route)).toContain(refusal.code);
}

test('every route answers what the document says, to who may and to who is nobody', async () => {
  const document = (await ask('GET', '/api/openapi.json')).body;
  expect(Object.keys(document.paths).length).toBeGreaterThan(40);
  for (const route of ALL_ROUTES) {
    const { method, path, key } = route;
    await test.step(key, async () => {
      const query = path.endsWith('/moment') ? `?at=${Date.now()}` : '';
      const from = path.endsWith('/incident') ? `?from=${Date.now() - 600_000}` : '';
      const body = method === 'GET' ? {} : { body: { unexpected: true } };
      const url = `${pathOf(path)}${query}${from}`;
      check(route, await ask(method, url, body));
      const nobody = await ask(method, url, { token: null, ...body });
      check(route, nobody);
      if (document.paths[path][method.toLowerCase()].security.length > 0) expect(nobody.status).toBe(401);
    });
  }
});

test('a path that is no text, and names that are odd, are refused in words', async () => {
  // On a busy machine the collector may be late, which is said as that.
  const refusal = async (part: string) => {
    for (;;) {
      const { body } = await ask('GET', `/api/clusters/${part}/config`);
      if (body?.code !== 'not_ready') return body;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const codeOf = async (part: string) => (await refusal(part))?.code;
  for (const part of ['%', '%ff', '50%', '%00']) expect(await codeOf(part)).toBe('bad_request');
  for (const name of ['__proto__', 'constructor', 'a b', '50%', '%ff'])
    expect(await codeOf(encodeURIComponent(name))).toBe('not_found');
  // Decoded once: a second time would ask another cluster.
  expect(await refusal('a%2520b')).toMatchObject({ code: 'not_found', message: 'no cluster "a%20b" is known' });
});

test('a wrong body, a wrong content type and a foreign origin are refused in words', async () => {
  const wrong = await ask('POST', '/api/tokens', { body: { name: '' } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'bad_request', details: { problems: expect.any(Array) } } });
  const send = (headers: Record<string, string>, body: string) =>
    fetch(`${howdah.url}/api/tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...headers },
      body,
    });
  expect((await send({ 'content-type': 'text/plain' }, '{}')).status).toBe(415);
  expect((await send({ 'content-type': 'application/json', origin: 'https://evil.test' }, '{}')).status).toBe(403);
  expect((await send({ 'content-type': 'application/json', origin: 'null' }, '{}')).status).toBe(403);
  const large = await send({ 'content-type': 'application/json' }, JSON.stringify({ name: 'x'.repeat(2_000_000) }));
  expect(large.status).toBe(413);
});

test('the command line lists, shows, keeps users and tokens, and says how it ended', async () => {
  const list = await howdahCommand(['list']);
  expect(list.code).toBe(0);
  expect(list.out).toMatch(/distro-forked-replica\s+critical\s+n2/);
  await expect
    .poll(async () => (await howdahCommand(['show', 'distro-forked-replica'])).out, { timeout: 60_000 })
    .toContain('n3 has forked');
  expect(JSON.parse((await howdahCommand(['show', SCOPE, '--json'])).out)).toMatchObject({ scope: SCOPE });

  const added = await howdahCommand(['user', 'add', 'bob', '--role', 'operator', '--cluster', 'distro-*']);
  expect(added.code).toBe(0);
  expect(added.out).toContain('operator of distro-*');
  expect(added.out).toMatch(/\/setup\S*#\S{20,}/);
  const made = JSON.parse(
    (await howdahCommand(['token', 'add', 'ci', '--role', 'admin', '--owner', 'bob', '--json'])).out,
  );
  const env = { HOWDAH_URL: howdah.url, HOWDAH_TOKEN: made.secret };
  const own = await howdahCommand(['list', '--json'], env);
  const scopes: string[] = JSON.parse(own.out).map(({ scope }: { scope: string }) => scope);
  expect(scopes.length).toBeGreaterThan(5);
  expect(scopes.every((scope) => scope.startsWith('distro-'))).toBe(true);
  expect((await howdahCommand(['show', 'trixie-healthy'], env)).out).toContain('no cluster "trixie-healthy" is known');

  const pause = await howdahCommand(['pause', SCOPE, '--reason', 'to see it refused', '--yes'], env);
  expect(pause.code).toBe(1);
  expect(pause.out).toContain('refused: This Howdah only watches');
  expect((await howdahCommand(['token', 'revoke', made.token.id])).code).toBe(0);
  const revoked = await howdahCommand(['list'], env);
  expect(revoked.code).toBe(1);
  expect(revoked.out).toContain('unknown, revoked or expired');
});

test('the command line says what was wrong, and with what it can help', async () => {
  expect((await howdahCommand([])).code).toBe(2);
  expect((await howdahCommand(['--help'])).code).toBe(0);
  expect(await howdahCommand(['pausee', SCOPE])).toMatchObject({
    code: 2,
    out: expect.stringContaining('unknown command'),
  });
  expect(await howdahCommand(['pause', SCOPE])).toMatchObject({ code: 2, out: expect.stringContaining('--reason') });
  const role = await howdahCommand(['user', 'add', 'eve', '--role', 'king']);
  expect(role).toMatchObject({ code: 2, out: expect.stringContaining('viewer|operator|admin') });
  const elsewhere = await howdahCommand(['list'], { HOWDAH_DATA: '/nowhere-at-all' });
  expect(elsewhere).toMatchObject({ code: 2, out: expect.stringContaining('no Howdah runs') });
  const doctor = await howdahCommand(['doctor']);
  expect(doctor.out).toContain('ok       store (embedded): ready');
  expect(doctor.out).toContain('no break-glass account');
});
