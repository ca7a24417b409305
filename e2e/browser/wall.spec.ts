// The wall: a link that opens one screen and nothing else, and that is honest about what it does not know. Howdah replays the
// recorded scenarios and asks for a sign-in. How it is drawn: wall-drawn.spec.ts.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { WallFrame } from '../../lib/contract/wall';
import { type Howdah, startHowdah } from './howdah';
import { TESTDATA } from './recordings';
import { makeWall, opened, phase, SIZES, wallOrder } from './walls';

test.use({ viewport: SIZES[0] });

let howdah: Howdah;
/** Of this machine's owner, as the command line finds it. */
let token: string;

test.beforeAll(async () => {
  howdah = await startHowdah([], { env: { HOWDAH_REPLAY: TESTDATA, HOWDAH_AUTH: '' } });
  token = localToken();
});

test.afterAll(async () => {
  await howdah?.stop();
});

function localToken(): string {
  const { token: found } = JSON.parse(readFileSync(path.join(howdah.dataDir, 'local.json'), 'utf8')) as {
    token: string;
  };
  return found;
}

const newWall = () => makeWall(howdah.url, {}, token);

test('a link opens without a sign-in, shows every cluster, and carries nothing else', async ({ browser }) => {
  const { at } = await newWall();
  const context = await browser.newContext({ viewport: SIZES[0] });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  await opened(page, at);
  const scenarios = readdirSync(TESTDATA).length;
  await expect(page.getByRole('listitem').filter({ hasText: '2 primaries' }).first()).toBeVisible();
  const counts = await page.getByRole('list', { name: 'Clusters by state' }).getByRole('listitem').allInnerTexts();
  expect(counts.reduce((sum, text) => sum + Number(/\d+/.exec(text)?.[0]), 0)).toBe(scenarios);
  await expect(page.getByRole('region', { name: 'Problems' }).getByRole('article')).toHaveCount(2);
  // Nothing to press, nowhere to go, no cookie, nothing kept.
  expect(await page.locator('a, button, input, form').count()).toBe(0);
  expect(await context.cookies()).toEqual([]);
  await page.keyboard.press('Control+k');
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(wrong).toEqual([]);
  const key = at.split('/wall/')[1] ?? '';
  const routes = [
    '/api/clusters',
    '/api/stream',
    '/api/clusters/distro-healthy',
    '/api/walls',
    '/api/audit',
    '/api/me',
    '/metrics',
  ];
  for (const route of routes) {
    const headers = { authorization: `Bearer ${key}`, cookie: `wall=${key}` };
    expect((await fetch(`${howdah.url}${route}?key=${key}`, { headers })).status, route).toBe(401);
    expect(await page.evaluate(async (url) => (await fetch(url)).status, howdah.url + route), route).toBe(401);
  }
  const acted = await fetch(`${howdah.url}/api/clusters/distro-healthy/actions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(acted.status).toBe(401);
  await context.close();
});

test('what it is sent names no host, address or port of a member', async () => {
  const { at } = await newWall();
  const key = at.split('/wall/')[1] ?? '';
  await expect(async () => {
    const answer = await fetch(`${howdah.url}/api/wall/${key}`);
    const hello = (await answer.json()) as Extract<WallFrame, { kind: 'hello' }>;
    expect(hello.problems.length).toBeGreaterThan(20);
    const { now: _, seenAt: __, ...shown } = hello;
    const texts: string[] = [];
    JSON.stringify(shown, (_key, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter((text) => /\d+\.\d+\.\d+\.\d+|:\d{4,5}\b|:\/\//.test(text))).toEqual([]);
  }).toPass({ timeout: 60_000 });
});

test('revoked in mid-view it says so within 10 s and shows nothing any more; its link opens nothing', async ({
  page,
}) => {
  const { id, at } = await newWall();
  await opened(page, at);
  await expect(page.getByText('2 primaries').first()).toBeVisible();
  const start = Date.now();
  expect((await wallOrder(howdah.url, `/api/walls/${id}/revoke`, {}, token)).status).toBe(200);
  await expect(page.getByRole('heading', { name: 'This link was revoked' })).toBeVisible({ timeout: 10_000 });
  expect(Date.now() - start).toBeLessThan(10_000);
  await expect(page.getByText('2 primaries')).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This link was revoked' })).toBeVisible();
  await page.goto(`${at.slice(0, -1)}${at.endsWith('A') ? 'B' : 'A'}`);
  await expect(page.getByRole('heading', { name: 'There is no such wall' })).toBeVisible();
});

test('with Howdah killed it is red within 5 s, its clock goes on, and it comes back by itself', async ({ page }) => {
  const { at } = await newWall();
  await opened(page, at);
  await expect(page.getByText('2 primaries').first()).toBeVisible();
  await howdah.kill();
  const start = Date.now();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('No data for', { timeout: 5500 });
  expect(Date.now() - start).toBeLessThan(5500);
  // Nothing is drawn as if it were known.
  await expect(page.getByText('2 primaries')).toHaveCount(0);
  await expect(page.getByText('was critical').first()).toBeVisible();
  await expect(page.getByText('Nothing below is current.')).toBeVisible();
  const clock = page.getByRole('main').getByRole('alert').locator('time');
  const before = await clock.textContent();
  await expect(clock).not.toHaveText(before ?? '');
  await howdah.restart();
  token = localToken();
  await expect(phase(page)).toHaveAttribute('data-phase', 'open', { timeout: 60_000 });
  await expect(page.getByText('2 primaries').first()).toBeVisible();
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
});
