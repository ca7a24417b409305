// The card at 3 am, on a real cluster and with a finger: what it says, what it sends and what not, a link that goes in the middle of
// a switchover, a page that ends in the middle of one, and a leader that is gone. And what it weighs.
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import type { AuditAnswer } from '../../lib/contract/actions';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlLeader } from '../lab/patronictl';
import { ACTION_MS, actionsBy, etcdRevision, expectAgreement, failoverRequestsSince } from './act';
import { expectAccessible } from './axe';
import { type Howdah, startHowdahOn } from './howdah';
import { labOf } from './labs';

/** Of components/ui/hold-button.tsx. */
const HOLD_MS = 2000;
const JAVASCRIPT_MAX = 250_000;
/** Data, kept by the browser until the catalogue changes. */
const WORDS_MAX = 100_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

test.describe.configure({ timeout: 240_000 });

let lab: Lab;
let howdah: Howdah;

test.beforeAll(async () => {
  lab = await labOf('patroni41');
  howdah = await startHowdahOn(lab);
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  await howdah?.stop();
});

const CARD = `/clusters/${SCOPE}/now`;
const isOrder = (url: string): boolean => url.endsWith(`/api/clusters/${SCOPE}/actions`);

/** What this page was told to do, by the requests that left it. */
function ordersOf(page: Page): readonly string[] {
  const orders: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && isOrder(request.url())) orders.push(request.url());
  });
  return orders;
}

async function openCard(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${howdah.url}${CARD}`);
  await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
  return page;
}

/** A finger on the button while `during` lasts. */
async function press(page: Page, button: Locator, during: () => Promise<void>): Promise<void> {
  const box = await button.boundingBox();
  if (box === null) throw new Error(`nothing to press: ${button}`);
  const touch = await page.context().newCDPSession(page);
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
  try {
    await during();
  } finally {
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await touch.detach();
  }
}

/** Until it is sent. What changes under the finger lets the button rest: then one holds again. */
async function hold(page: Page, button: Locator, orders: readonly string[]): Promise<void> {
  const holding = page.getByRole('button', { name: /Keep holding/ });
  await expect(async () => {
    if (orders.length === 0) {
      await expect(button).toBeEnabled();
      await press(page, button, async () => {
        await expect(holding).toHaveCount(1);
        await expect(holding).toHaveCount(0, { timeout: 60_000 });
      });
    }
    await expect.poll(() => orders.length, { timeout: 5000 }).toBe(1);
  }).toPass({ timeout: 120_000 });
  // The finger was lifted where the button had been: it pressed nothing else.
  expect(new URL(page.url()).pathname).toBe(CARD);
}

/** From the card to the button that is held, with a reason. */
async function readyToSwitch(page: Page, reason: string): Promise<{ readonly button: Locator; readonly to: string }> {
  const option = page.getByRole('radio', { name: /^Switch over to / });
  await expect(option).toBeEnabled({ timeout: 60_000 });
  await option.check();
  await page.getByRole('button', { name: /^Next: switch over to / }).click();
  await page.getByRole('button', { name: 'Other…' }).click();
  await page.getByLabel('Why').fill(reason);
  const button = page.getByRole('button', { name: /^Hold 2 s: switch over to / });
  await expect(button).toBeEnabled({ timeout: 60_000 });
  return { button, to: /switch over to (\S+)/.exec((await button.textContent()) ?? '')?.[1] ?? '' };
}

/** The order arrives at Howdah, and the link is gone before its answer comes back. */
async function cutAfterOrder(context: BrowserContext, page: Page, reason: string): Promise<void> {
  await page.route(`**/api/clusters/${SCOPE}/actions`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const arriving = route.fetch({ timeout: 60_000 }).catch(() => null);
    await expect.poll(async () => (await actionsBy(howdah, reason)).length, { timeout: 30_000 }).toBe(1);
    await context.setOffline(true);
    await route.abort('connectionreset');
    await arriving;
  });
}

async function auditOf(reason: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${howdah.url}/api/audit?scope=${SCOPE}&limit=100`, {
    signal: AbortSignal.timeout(30_000),
  });
  return ((await answer.json()) as AuditAnswer).rows.filter((row) => row.reason === reason);
}

for (const [locale, writable] of [
  ['en-GB', 'Writable'],
  ['ru-RU', 'Запись'],
] as const) {
  test(`of a healthy cluster, ${locale}: what it says, within reach of a thumb, and accessible`, async ({
    browser,
  }) => {
    await lab.waitHealthy();
    const context = await browser.newContext({ ...PHONE, locale });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${howdah.url}${CARD}`);
    await expect(page.getByRole('heading', { level: 1, name: SCOPE })).toBeVisible();
    await expect(page.getByText(writable).first()).toBeVisible();
    await expect(page.getByRole('listitem').filter({ hasText: /^n\d/ })).toHaveCount(3);
    const option = page.getByRole('radio').first();
    await expect(option).toBeEnabled({ timeout: 60_000 });
    await expectAccessible(page, `the card, ${locale}`);
    await option.check();
    await page.getByRole('button', { name: /^(Next|Дальше): / }).click();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(SCOPE);
    await expect(page.getByRole('button', { name: /^(Other|Другая)…$/ })).toBeVisible();
    await expectAccessible(page, `the confirm step, ${locale}`);
    const small = await page.evaluate(() =>
      [
        ...document.querySelectorAll<HTMLElement>(
          'main button, main a, main label, main summary, footer button, header a, header button',
        ),
      ]
        .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
        .map(({ text, box }) => `${text}: ${Math.round(box.width)} x ${Math.round(box.height)}`),
    );
    expect(small).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
}

for (const language of ['en', 'ru'])
  test(`in ${language} it weighs less than 250 kB of JavaScript, and opens no stream`, async ({ browser }) => {
    const context = await browser.newContext({ ...PHONE, locale: language });
    const page = await context.newPage();
    const streams: string[] = [];
    page.on('request', (request) => void (request.url().includes('/api/stream') && streams.push(request.url())));
    await page.goto(`${howdah.url}${CARD}`);
    await expect(page.getByRole('radio').first()).toBeVisible({ timeout: 60_000 });
    const [scripts = 0, words = 0] = await page.evaluate(() => {
      const read = performance
        .getEntriesByType('resource')
        .filter((entry): entry is PerformanceResourceTiming => entry instanceof PerformanceResourceTiming);
      const sizeOf = (of: RegExp): number =>
        read
          .filter(({ name }) => of.test(new URL(name).pathname))
          .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
      return [sizeOf(/\.js$/), sizeOf(/\/api\/words\//)];
    });
    process.stderr.write(`the card in ${language}: ${scripts} bytes of JavaScript, ${words} of words, compressed\n`);
    expect(scripts).toBeGreaterThan(50_000);
    expect(scripts).toBeLessThan(JAVASCRIPT_MAX);
    expect(words).toBeLessThan(WORDS_MAX);
    expect(words > 0).toBe(language !== 'en');
    expect(streams).toEqual([]);
    await context.close();
  });

test('letting go before 2 s sends nothing', async ({ browser }) => {
  await lab.waitHealthy();
  const context = await browser.newContext(PHONE);
  const page = await openCard(context);
  const orders = ordersOf(page);
  const { button } = await readyToSwitch(page, 'let go');
  await press(page, button, () => page.waitForTimeout(HOLD_MS / 2));
  // Had it gone on counting, it would have been sent by now.
  await page.waitForTimeout(HOLD_MS);
  await expect(button).toBeEnabled();
  expect(orders).toEqual([]);
  expect(await actionsBy(howdah, 'let go')).toEqual([]);
  await context.close();
});

test('the link goes after the order left: the card says so, comes back, and it is done once', async ({ browser }) => {
  await lab.waitHealthy();
  const context = await browser.newContext(PHONE);
  const page = await openCard(context);
  const orders = ordersOf(page);
  const revision = await etcdRevision(lab);
  const reason = 'one bar of signal';
  const { button, to } = await readyToSwitch(page, reason);
  await cutAfterOrder(context, page, reason);
  await hold(page, button, orders);
  await expect(page.getByRole('alert').filter({ hasText: 'Connection lost' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('alert').filter({ hasText: 'Whether it arrived is not known' })).toBeVisible();
  await expect(page.locator('[data-greyed]')).toBeVisible();
  await page.waitForTimeout(3000);
  await context.setOffline(false);
  await expect(page.getByRole('region', { name: 'Observed steps' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('Done', { timeout: ACTION_MS });
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText(`to ${to}`);
  await expect(page.getByText(`${to} takes the key`)).toBeVisible();
  expect(orders).toHaveLength(1);
  expect(await actionsBy(howdah, reason)).toHaveLength(1);
  expect(await auditOf(reason)).toHaveLength(1);
  expect(await failoverRequestsSince(lab, revision)).toBe(1);
  expect(await patronictlLeader(lab)).toBe(to);
  await expectAccessible(page, 'the end of an action');
  await page.getByRole('button', { name: 'Back to the card' }).click();
  await expect(page.getByText(new RegExp(`Switchover of ${SCOPE}: .* to ${to}, by .*: done`))).toBeVisible();
  await context.close();
});

test('a page that ends before the answer came: the next one finds the order by its key and sends nothing', async ({
  browser,
}) => {
  await lab.waitHealthy();
  const context = await browser.newContext(PHONE);
  const reason = 'the phone ended it';
  const first = await openCard(context);
  const sent = ordersOf(first);
  const { button } = await readyToSwitch(first, reason);
  await cutAfterOrder(context, first, reason);
  await hold(first, button, sent);
  await expect(first.getByRole('alert').filter({ hasText: 'Whether it arrived is not known' })).toBeVisible();
  await first.close();
  await context.setOffline(false);
  const page = await context.newPage();
  const orders = ordersOf(page);
  await page.goto(`${howdah.url}${CARD}`);
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('Done', { timeout: ACTION_MS });
  expect(orders).toEqual([]);
  expect(await actionsBy(howdah, reason)).toHaveLength(1);
  // Also what has ended is still there when the page ends once more.
  await page.reload();
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText('Done');
  await context.close();
});

test('the leader is gone: not writable, since when, and a failover held on the card itself', async ({ browser }) => {
  await lab.waitHealthy();
  // Paused, so that Patroni leaves it to the person.
  await lab.setPause(true);
  const leader = await lab.mustLeader();
  const context = await browser.newContext(PHONE);
  const page = await openCard(context);
  const orders = ordersOf(page);
  const reason = `${leader} is gone`;
  try {
    await lab.killMember(leader);
    await lab.etcd.remove(`${lab.prefix}leader`);
    const head = page.getByRole('region', { name: 'Is it writable' });
    await expect(head).toContainText('Not writable', { timeout: 60_000 });
    await expect(head).toContainText(`${leader} is gone and ${SCOPE} is paused: nobody takes over`);
    await expect(head).toContainText(/Since \d\d:\d\d:\d\d\./);
    await expect(head).toContainText(/\d+ s/);
    await expect(page.getByRole('listitem').filter({ hasText: leader }).first()).toContainText('no answer, was leader');
    await expect(page.getByRole('region', { name: 'What changed in 10 min' })).toContainText(
      `${leader} lost the leader key`,
      { timeout: 60_000 },
    );
    const option = page.getByRole('radio', { name: /^Fail over to / });
    await expect(option).toBeEnabled({ timeout: 60_000 });
    await option.check();
    await page.getByRole('button', { name: reason }).click();
    const button = page.getByRole('button', { name: /^Hold 2 s: fail over to / });
    await expect(button).toBeEnabled({ timeout: 60_000 });
    const to = /fail over to (\S+)/.exec((await button.textContent()) ?? '')?.[1] ?? '';
    await hold(page, button, orders);
    await expect(page.getByRole('region', { name: 'Outcome' })).toContainText(/Done/, { timeout: ACTION_MS });
    expect(await patronictlLeader(lab)).toBe(to);
    expect(await actionsBy(howdah, reason)).toHaveLength(1);
  } finally {
    await context.close();
    await lab.setPause(false);
    await healLab(lab);
  }
  await expectAgreement(howdah, lab);
});
