// What stands between the socket and the screens: no screen breaks the policy it is sent with, what is injected does not run, and
// all of Howdah works below a path behind a proxy that speaks https for it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { addresses } from './addresses';
import { BASE, BUILD_BELOW_PATH, keepingConfig } from './below-path';
import { freePort, type Howdah, startHowdah } from './howdah';
import { openPalette } from './palette';
import { type Recordings, recordings, recordingsOf } from './recordings';

const SCOPE = 'patroni41-forked-replica';

/** What the browser held against a page: broken policies, errors in the console, exceptions. */
async function watch(page: Page): Promise<string[]> {
  const list: string[] = [];
  page.on('pageerror', (error) => list.push(`${page.url()} ${error.message}`));
  page.on('console', (message) => {
    // What a recording has not: said on the screen, and the subject of other tests.
    const expected = /^Failed to load resource: the server responded/.test(message.text());
    if (message.type() === 'error' && !expected) list.push(message.text());
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return list;
}

async function walk(page: Page, base: string): Promise<string[]> {
  const walked: string[] = [];
  for (const address of [...addresses(SCOPE), '/nowhere-at-all', `/clusters/${SCOPE}?at=1`]) {
    await page.goto(`${base}${address}`);
    await expect(page.locator('h1, main').first()).toBeVisible();
    await page.waitForTimeout(500);
    walked.push(address);
  }
  return walked;
}

test.describe('the policy', () => {
  let howdah: Recordings;

  test.beforeAll(async () => {
    howdah = await recordings();
  });

  test('is broken by no screen, nor by palette, charts, theme and language', async ({ page }) => {
    const list = await watch(page);
    expect((await walk(page, howdah.url)).length).toBeGreaterThan(12);
    await page.goto(`${howdah.url}/clusters/${SCOPE}`);
    await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
    await openPalette(page);
    await page.keyboard.type('healthy');
    await expect(page.getByRole('option').first()).toBeVisible();
    await page.keyboard.press('Escape');
    const chart = page.getByRole('region', { name: 'Replay lag' });
    await chart.hover();
    await page.reload();
    await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
    expect(list).toEqual([]);
  });

  test('has a nonce of its own for each page, in the theme script too', async ({ request }) => {
    const nonces = await Promise.all(
      ['/', '/', '/nowhere-at-all'].map(async (address) => {
        const answer = await request.get(`${howdah.url}${address}`);
        const [, nonce = ''] = /'nonce-([^']+)'/.exec(answer.headers()['content-security-policy'] ?? '') ?? [];
        const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
        expect(scripts.length).toBeGreaterThan(3);
        expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(3);
  });

  test('keeps injected scripts from running', async ({ page }) => {
    const list = await watch(page);
    const attacks = [
      '<script>window.ran = "inline"</script>',
      '<script nonce="guessed">window.ran = "nonce"</script>',
      '<script src="data:text/javascript,window.ran=1"></script>',
      `<script src="${howdah.url}/live-worker.js"></script>`,
      '<img src="data:," onerror="window.ran = \'handler\'">',
      '<iframe srcdoc="<script>parent.ran = 1</script>"></iframe>',
      '<object data="/icon.svg"></object>',
      '<base href="https://evil.example/">',
      '<style>body { outline: 1px solid rgb(1, 2, 3) }</style>',
    ];
    await page.route(`${howdah.url}/`, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace(/<body[^>]*>/, (tag) => `${tag}${attacks.join('')}`);
      await route.fulfill({ response: answer, body });
    });
    await page.goto(`${howdah.url}/`);
    const broken = (directive: string) => () => list.filter((text) => text.startsWith(`policy: ${directive}`)).length;
    await expect.poll(broken('script-src-elem')).toBeGreaterThanOrEqual(4);
    await expect.poll(broken('script-src-attr')).toBeGreaterThanOrEqual(1);
    for (const directive of ['object-src', 'base-uri', 'style-src-elem'])
      await expect.poll(broken(directive)).toBeGreaterThanOrEqual(1);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(await page.evaluate(() => getComputedStyle(document.body).outlineColor)).not.toBe('rgb(1, 2, 3)');
    expect(await page.evaluate(() => document.baseURI)).toBe(`${howdah.url}/`);
  });

  test('lets nobody frame a screen, nor open data as a page that runs', async ({ page, request }) => {
    await page.setContent(`<iframe src="${howdah.url}/" title="framed"></iframe>`);
    await page.waitForTimeout(1000);
    const framed = page.frames().find((frame) => frame.parentFrame() !== null);
    expect(await framed?.locator('main').count()).toBe(0);
    const { 'content-security-policy': policy } = (await request.get(`${howdah.url}/api/health`)).headers();
    expect(policy).toContain("default-src 'none'");
  });
});

test.describe('below a path, behind a proxy', () => {
  const CLIENT = '203.0.113.7';
  const [NAME, PASSWORD] = ['a.ivanova', 'a long enough pass phrase'];
  let howdah: Howdah;
  let proxy: Server;
  let origin: string;
  let dir: string;

  test.use({ ignoreHTTPSErrors: true });

  test.beforeAll(async () => {
    test.setTimeout(600_000);
    dir = mkdtempSync(path.join(tmpdir(), 'howdah-edge-'));
    const made = ['-keyout', `${dir}/key.pem`, '-out', `${dir}/cert.pem`, '-days', '2', '-subj', '/CN=localhost'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, ...made], { stdio: 'ignore' });
    const outside = await freePort();
    origin = `https://localhost:${outside}`;
    const yaml = path.join(dir, 'howdah.yaml');
    writeFileSync(yaml, `publicUrl: ${origin}${BASE}\nlisten:\n  trustedProxies: [127.0.0.1]\n`);
    const { HOWDAH_DIST } = BUILD_BELOW_PATH;
    const env = { HOWDAH_REPLAY: recordingsOf(SCOPE, 'distro-healthy'), HOWDAH_DIST, HOWDAH_AUTH: '' };
    howdah = await keepingConfig(() => startHowdah(['--config', yaml], { env, basePath: BASE }));
    const tls = { cert: readFileSync(`${dir}/cert.pem`), key: readFileSync(`${dir}/key.pem`) };
    // As nginx does by itself: the name of whom it asks as Host, and what it was asked for beside it.
    proxy = createServer(tls, (asked, answer) => {
      const headers = {
        ...asked.headers,
        host: `127.0.0.1:${howdah.port}`,
        'x-forwarded-host': asked.headers.host,
        'x-forwarded-proto': 'https',
        'x-forwarded-for': [asked.headers['x-forwarded-for'], CLIENT].filter(Boolean).join(', '),
      };
      // A connection for each question, also as nginx: one that is kept may end in the moment it is used again.
      const onward = forward(
        { host: '127.0.0.1', port: howdah.port, method: asked.method, path: asked.url, headers, agent: false },
        (got) => {
          answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
          got.pipe(answer);
        },
      );
      // As nginx does too: what could not be asked is a 502 that says so, not a connection that is torn.
      onward.on('error', () => {
        if (!answer.headersSent) answer.writeHead(502).end();
        else answer.destroy();
      });
      answer.on('close', () => onward.destroy());
      asked.pipe(onward);
    });
    // Not Node's 5 s: on a busy machine the browser would use connections that are just being closed, and give up after the third.
    proxy.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve) => proxy.listen(outside, '127.0.0.1', resolve));
  });

  test.afterAll(async () => {
    proxy?.closeAllConnections();
    proxy?.close();
    await howdah?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('everything works: set-up, sign-in, stream, requests, cookies', async ({ page, context }) => {
    const list = await watch(page);
    const astray: string[] = [];
    page.on('request', (asked) => {
      const url = new URL(asked.url());
      if (url.protocol !== 'data:' && !`${url.pathname}/`.startsWith(`${BASE}/`)) astray.push(asked.url());
    });

    const printed = (): string => /https:\/\/\S+\/setup#\S+/.exec(howdah.output())?.[0] ?? '';
    await expect.poll(printed, { timeout: 60_000 }).not.toBe('');
    const link = printed();
    expect(link.startsWith(`${origin}${BASE}/setup#`)).toBe(true);
    await page.goto(link);
    await page.getByLabel('Name').fill(NAME);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('The same password again').fill(PASSWORD);
    await page.getByRole('button', { name: 'Set up' }).click();
    await page.waitForURL(`${origin}${BASE}/sign-in`);
    await page.goto(`${origin}${BASE}/clusters/${SCOPE}`);
    await page.waitForURL(/sign-in/);
    await page.getByLabel('Name').fill(NAME);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');

    await page.waitForURL(`${origin}${BASE}/clusters/${SCOPE}`);
    await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
    await page.goto(`${origin}${BASE}`);
    await expect(page.getByText('has forked').first()).toBeVisible();
    await page
      .getByRole('link', { name: new RegExp(SCOPE) })
      .first()
      .click();
    await expect(page).toHaveURL(`${origin}${BASE}/clusters/${SCOPE}`);
    await expect(page.getByText('has forked').first()).toBeVisible();

    const cookies = (await context.cookies()).filter(({ name }) => /session/.test(name));
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Lax', path: BASE });

    const answers = await page.evaluate(async (base) => {
      const post = async (target: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${base}${target}`, { method: 'POST', headers, body: JSON.stringify(body) });
        return [answer.status, await answer.json()] as const;
      };
      const sessions = await (await fetch(`${base}/api/me/sessions`)).json();
      return {
        made: await post('/api/tokens', {
          name: 'deploy',
          grants: [{ role: 'viewer', scopes: null, labels: {} }],
          days: 1,
        }),
        sessions,
      };
    }, BASE);
    expect(answers.made[0]).toBeLessThan(400);
    expect(answers.sessions.sessions[0].address).toBe(CLIENT);

    expect((await walk(page, `${origin}${BASE}`)).length).toBeGreaterThan(12);
    expect(astray).toEqual([]);
    expect(list).toEqual([]);
  });

  test('an unsafe request of another origin is refused, and nothing is outside the path', async ({ request }) => {
    const post = async (from: string) => {
      const headers = { origin: from, 'content-type': 'application/json' };
      const data = { secret: 'x', name: 'x', password: 'x' };
      return (await request.post(`${origin}${BASE}/api/setup`, { headers, data })).json();
    };
    const foreign = { code: 'forbidden', message: 'a page of another site may not do this' };
    for (const from of ['https://evil.example', origin.replace('https', 'http'), 'https://localhost', 'null'])
      expect(await post(from)).toMatchObject(foreign);
    expect(await post(origin)).not.toMatchObject(foreign);
    for (const outside of ['/', '/api/health', '/live-worker.js', '/db/howdahs', '/db'])
      expect((await request.get(`${origin}${outside}`)).status()).toBe(404);
    expect((await request.get(`${origin}${BASE}/api/health`)).headers()).toMatchObject({ 'x-frame-options': 'DENY' });
  });
});

/** Next adds the types of another build folder to tsconfig.json; a test leaves no trace in the sources. */
