// The alert screens: what is open and who was told, taken over, kept quiet, receivers tried, a device subscribed. Recorded
// clusters; answers with people and receivers in them are given in the browser.
import { expect, type Page, test } from '@playwright/test';
import type { Alert, AlertsAnswer, PushAnswer } from '../../lib/contract/alerts';
import { DEFAULT_RULES } from '../../lib/domain/alerts/rules';
import { expectAccessible } from './axe';
import { openPalette } from './palette';
import { type Recordings, recordings } from './recordings';

const HOUR = 3_600_000;
const KEY = 'BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U';

test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;

test.beforeAll(async () => {
  howdah = await recordings();
});

function alert(id: string, spec: Partial<Alert>): Alert {
  const now = Date.now();
  return {
    id,
    rule: 'critical',
    scope: 'orders',
    key: id,
    member: null,
    code: null,
    severity: 'critical',
    state: 'firing',
    title: id,
    cause: null,
    evidence: [],
    advice: '',
    since: now - HOUR,
    firedAt: now - HOUR,
    seenAt: now,
    resolvedAt: null,
    acknowledged: null,
    silencedBy: [],
    group: 'g',
    toldAt: null,
    ...spec,
  };
}

function someAlerts(): AlertsAnswer {
  const now = Date.now();
  return {
    alerts: [
      alert('a3', { title: 'n2 does not stream', severity: 'warning', state: 'pending', firedAt: null }),
      alert('a2', {
        title: 'n3 is 20.5 MiB behind',
        rule: 'lag-bytes',
        member: 'n3',
        severity: 'warning',
        evidence: ['replay lag 20.5 MiB'],
        advice: 'See what n3 is doing.',
      }),
      alert('a1', { title: 'No leader for 42 s: nothing accepts writes', toldAt: now - 60_000 }),
      alert('a4', { title: 'n9 came and went', state: 'resolved', resolvedAt: now - 60_000 }),
      alert('a5', { title: 'mail fails', scope: '', rule: 'receiver-failing', severity: 'warning' }),
    ],
    silences: [
      {
        id: 's1',
        scope: 'auth',
        rule: 'paused-long',
        member: null,
        labels: {},
        startsAt: now - HOUR,
        endsAt: now + HOUR,
        reason: 'planned',
        by: 'a.ivanova',
        createdAt: now - HOUR,
        endedAt: null,
        endedBy: null,
      },
    ],
    rules: DEFAULT_RULES,
    receivers: [
      {
        name: 'mail',
        kind: 'smtp',
        target: 'oncall@example.test',
        state: 'failing',
        lastOkAt: null,
        lastFailedAt: now - 20_000,
        lastError: '421 too many connections',
        queued: 3,
        oldestQueuedAt: now - 600_000,
        nextAttemptAt: now + 40_000,
        givenUp: 1,
      },
    ],
    sender: 'here',
    problem: null,
  };
}

interface Mocked {
  answer: AlertsAnswer;
  push: PushAnswer;
  readonly posted: { readonly path: string; readonly body: unknown }[];
  /** By path: what the next POST answers instead. */
  readonly refusals: Map<string, string>;
}

async function mockAlerts(page: Page, answer = someAlerts()): Promise<Mocked> {
  const mocked: Mocked = { answer, push: { publicKey: null, devices: [] }, posted: [], refusals: new Map() };
  await page.route(/\/api\/(alerts|silences|receivers|push)(\/|$)/, async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (request.method() === 'GET') {
      await route.fulfill({ json: pathname === '/api/push' ? mocked.push : mocked.answer });
      return;
    }
    mocked.posted.push({ path: pathname, body: request.postDataJSON() });
    const refusal = mocked.refusals.get(pathname);
    if (refusal !== undefined) {
      mocked.refusals.delete(pathname);
      await route.fulfill({ status: 503, json: { code: 'not_ready', message: refusal } });
    } else if (pathname.endsWith('/test')) {
      await route.fulfill({ json: { ok: false, text: '421 too many connections', tookMs: 1200 } });
    } else await route.fulfill({ json: {} });
  });
  return mocked;
}

const open = (page: Page) => page.getByRole('region', { name: 'Open', exact: true });
const item = (page: Page, title: string) => open(page).getByRole('listitem').filter({ hasText: title }).first();

test('the alerts of recorded clusters are there, worst first, and the navigation counts them', async ({ page }) => {
  await page.goto(howdah.url);
  const entry = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Alerts/ });
  await expect(entry).toContainText(/\d+\+? firing/, { timeout: 60_000 });
  await entry.click();
  await expect(page).toHaveURL(`${howdah.url}/alerts`);
  await expect(open(page).getByText('critical:').first()).toBeAttached();
  await expect(page.getByRole('alert').filter({ hasText: 'No Howdah is sending: these are recordings' })).toBeVisible();
  await expect(open(page).locator('ul > li').first()).toBeVisible();
  const rows = await open(page).locator('ul > li').allTextContents();
  const firstWarning = rows.findIndex((text) => text.includes('warning: '));
  const lastCritical = rows.findLastIndex((text) => text.includes('critical: ') && !text.includes('pending'));
  expect(lastCritical).toBeGreaterThan(-1);
  if (firstWarning >= 0) expect(firstWarning).toBeGreaterThan(lastCritical);
});

test('the palette leads to the alerts', async ({ page }) => {
  await mockAlerts(page);
  await page.goto(howdah.url);
  await expect(page.getByText('has forked').first()).toBeVisible();
  await openPalette(page);
  await page.keyboard.type('Alerts');
  await page.getByRole('option', { name: 'Alerts' }).click();
  await expect(page).toHaveURL(`${howdah.url}/alerts`);
});

test('each open alert says since when, and who was told or why nobody was', async ({ page }) => {
  await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  await expect(item(page, 'No leader')).toBeVisible();
  const titles = await open(page).locator('ul > li > div:first-child p:first-child').allTextContents();
  expect(titles[0]).toContain('No leader for 42 s');
  expect(titles.at(-1)).toContain('n2 does not stream');
  await expect(item(page, 'No leader')).toContainText(/Told mail at \d\d:\d\d:\d\d/);
  await expect(item(page, 'n2 does not stream')).toContainText('Nobody told yet: it has to last longer');
  await expect(item(page, 'n2 does not stream').getByRole('button', { name: /Acknowledge/ })).toHaveCount(0);
  await expect(item(page, 'mail fails')).toContainText('Howdah itself');
  await expect(page.getByRole('region', { name: 'Resolved' })).toContainText('n9 came and went');
});

test('taking an alert over asks for a reason, keeps it when it was refused, and can be taken back', async ({
  page,
}) => {
  const mocked = await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  const path = '/api/alerts/a1/acknowledge';
  await item(page, 'No leader').getByRole('button', { name: 'Acknowledge…' }).click();
  const form = page.getByRole('form', { name: /^Acknowledge/ });
  await form.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await expect(form.getByRole('alert')).toContainText('at least 3 characters');
  expect(mocked.posted).toEqual([]);
  mocked.refusals.set(path, 'the store is away');
  await form.getByLabel('Reason').fill('I am on it');
  await form.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await expect(form.getByRole('alert')).toHaveText('Not acknowledged: the store is away');
  await expect(form.getByLabel('Reason')).toHaveValue('I am on it');
  await form.getByRole('button', { name: 'Acknowledge', exact: true }).click();
  await expect(form).toHaveCount(0);
  const order = { path, body: { reason: 'I am on it', undo: false } };
  expect(mocked.posted).toEqual([order, order]);
  const taken = { by: 'm.keller', at: Date.now(), reason: 'I am on it' };
  const { alerts } = mocked.answer;
  mocked.answer = {
    ...mocked.answer,
    alerts: alerts.map((one) => (one.id === 'a1' ? { ...one, acknowledged: taken } : one)),
  };
  await expect(item(page, 'No leader')).toContainText(/Acknowledged by m\.keller at .*: I am on it/, {
    timeout: 15_000,
  });
  await item(page, 'No leader').getByRole('button', { name: 'Take the acknowledgement back' }).click();
  await expect.poll(() => mocked.posted.at(-1)).toEqual({ path, body: { reason: 'I am on it', undo: true } });
});

test('a silence has a subject, an end and a reason, and can be ended', async ({ page }) => {
  const mocked = await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  await item(page, 'n3 is 20.5 MiB behind').getByRole('button', { name: 'Silence this…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Silence' });
  await expect(dialog.getByLabel('Cluster')).toHaveValue('orders');
  await expect(dialog.getByLabel('Rule')).toHaveValue('lag-bytes');
  await expect(dialog.getByLabel('Member')).toHaveValue('n3');
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('say why');
  await dialog.getByText('4 h', { exact: true }).click();
  await dialog.getByLabel('Reason').fill('load test');
  await expect(dialog).toContainText('lag-bytes on orders, member n3 is silenced until');
  const before = Date.now();
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const sent = mocked.posted.at(-1)?.body as { endsAt: number };
  expect(sent).toMatchObject({
    scope: 'orders',
    rule: 'lag-bytes',
    member: 'n3',
    labels: {},
    startsAt: null,
    reason: 'load test',
  });
  expect(Math.abs(sent.endsAt - before - 4 * HOUR)).toBeLessThan(60_000);
  await page.getByRole('region', { name: 'Silences' }).getByRole('button', { name: 'End now' }).click();
  await expect.poll(() => mocked.posted.at(-1)).toEqual({ path: '/api/silences/s1/end', body: {} });
});

test('a silence of everything says so before it is made, and a past end is refused', async ({ page }) => {
  const mocked = await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  await page.getByRole('button', { name: 'New silence…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Silence' });
  await dialog.getByLabel('Reason').fill('because');
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('choose a cluster');
  await dialog.getByLabel('Cluster').selectOption({ label: 'All clusters' });
  await expect(dialog.getByText('This silences everything on all clusters.')).toBeVisible();
  await dialog.getByText('Until…', { exact: true }).click();
  await dialog.locator('input[type=datetime-local]').fill('2020-01-01T00:00');
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('in the past');
  expect(mocked.posted).toEqual([]);
});

test('a silence may begin later, as a planned maintenance does', async ({ page }) => {
  const mocked = await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  await page.getByRole('button', { name: 'New silence…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Silence' });
  await dialog.getByLabel('Cluster').selectOption({ label: 'All clusters' });
  await dialog.getByText('From…', { exact: true }).click();
  await dialog.locator('input[type=datetime-local]').fill('2099-01-01T03:00');
  await dialog.getByText('4 h', { exact: true }).click();
  await dialog.getByLabel('Reason').fill('kernel update');
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const sent = mocked.posted.at(-1)?.body as { startsAt: number; endsAt: number };
  expect(sent.endsAt - sent.startsAt).toBe(4 * HOUR);
});

test('a failing receiver says what waits and since when; its test says what came back', async ({ page }) => {
  await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  const receivers = page.getByRole('region', { name: 'Receivers' });
  await expect(receivers).toContainText('421 too many connections');
  await expect(receivers).toContainText(
    /3 messages waiting, the oldest for 10 min, tried in \d+ s; 1 message given up/,
  );
  await receivers.getByRole('button', { name: 'Test mail' }).click();
  await expect(receivers.getByRole('status')).toHaveText('Did not arrive: 421 too many connections, after 1.2 s');
});

test('that nobody sends is the first thing on the page', async ({ page }) => {
  await mockAlerts(page, { ...someAlerts(), sender: 'nobody', problem: 'the store is away since 14:02' });
  await page.goto(`${howdah.url}/alerts`);
  await expect(page.getByRole('alert').first()).toHaveText('No Howdah is sending: the store is away since 14:02');
});

test('without a web push receiver the card says so and asks nothing', async ({ page }) => {
  await mockAlerts(page);
  await page.goto(`${howdah.url}/alerts`);
  const card = page.getByRole('region', { name: 'Notify this device' });
  await expect(card).toContainText('No web push receiver is configured');
  await expect(card.getByRole('button')).toHaveCount(0);
});

/** A browser that would ask a person: counts the questions, and answers them as told. */
async function withPush(page: Page, answer: 'granted' | 'denied'): Promise<void> {
  await page.addInitScript((permission) => {
    let now = 'default';
    const asked = { times: 0 };
    Object.assign(globalThis, { asked });
    const fake = {
      get permission() {
        return now;
      },
      requestPermission: async () => {
        asked.times += 1;
        now = permission;
        return now;
      },
    };
    Object.defineProperty(globalThis, 'Notification', { value: fake, configurable: true });
    const subscription = {
      options: { applicationServerKey: null },
      toJSON: () => ({ endpoint: 'https://push.example.test/x', keys: { p256dh: 'p', auth: 'a' } }),
    };
    const pushManager = { getSubscription: async () => null, subscribe: async () => subscription };
    const worker = { register: async () => ({ pushManager }), ready: Promise.resolve({ pushManager }) };
    Object.defineProperty(navigator, 'serviceWorker', { value: worker, configurable: true });
  }, answer);
}

test('a device is asked only after the press, told to Howdah by its name, and can be removed', async ({ page }) => {
  await withPush(page, 'granted');
  const mocked = await mockAlerts(page);
  mocked.push = { publicKey: KEY, devices: [] };
  await page.goto(`${howdah.url}/alerts`);
  const card = page.getByRole('region', { name: 'Notify this device' });
  const name = card.getByLabel('Name of this device');
  await expect(name).toHaveValue(/^Chrome on /);
  await page.waitForTimeout(500);
  expect(await page.evaluate('asked.times')).toBe(0);
  await name.fill('on-call phone');
  await card.getByRole('button', { name: 'Notify this device' }).click();
  await expect(card.getByRole('status')).toContainText('This device is notified from now on');
  expect(await page.evaluate('asked.times')).toBe(1);
  const subscription = { endpoint: 'https://push.example.test/x', keys: { p256dh: 'p', auth: 'a' } };
  expect(mocked.posted).toEqual([{ path: '/api/push', body: { name: 'on-call phone', language: 'en', subscription } }]);
  const device = { id: 'd1', name: 'on-call phone', addedAt: Date.now(), lastOkAt: null, lastError: null };
  mocked.push = { publicKey: KEY, devices: [device, { ...device, id: 'd2', name: 'old phone' }] };
  await page.reload();
  await card.getByRole('button', { name: 'Remove old phone' }).click();
  await expect.poll(() => mocked.posted.at(-1)).toEqual({ path: '/api/push/d2', body: {} });
});

test('a refused permission is said with the way out, and Howdah is told nothing', async ({ page }) => {
  await withPush(page, 'denied');
  const mocked = await mockAlerts(page);
  mocked.push = { publicKey: KEY, devices: [] };
  await page.goto(`${howdah.url}/alerts`);
  const card = page.getByRole('region', { name: 'Notify this device' });
  await card.getByRole('button', { name: 'Notify this device' }).click();
  await expect(card).toContainText('Notifications from Howdah are blocked in this browser.');
  expect(mocked.posted).toEqual([]);
});

test('on a phone every target is at least 44 px high', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  try {
    const page = await context.newPage();
    await mockAlerts(page);
    await page.goto(`${howdah.url}/alerts`);
    await expect(item(page, 'No leader')).toBeVisible();
    const small = await page
      .getByRole('main')
      .locator('button, a, input, select, summary')
      .evaluateAll((elements) =>
        elements
          .filter((element) => element.getClientRects().length > 0 && element.getBoundingClientRect().height < 44)
          .map((element) => element.outerHTML.slice(0, 120)),
      );
    expect(small).toEqual([]);
  } finally {
    await context.close();
  }
});

for (const width of [1440, 390]) {
  test(`no axe violations at ${width} px, in both themes`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const mocked = await mockAlerts(page);
    mocked.push = {
      publicKey: KEY,
      devices: [{ id: 'd1', name: 'phone', addedAt: Date.now(), lastOkAt: null, lastError: 'HTTP 413' }],
    };
    await page.goto(`${howdah.url}/alerts`);
    await expect(item(page, 'No leader')).toBeVisible();
    await item(page, 'No leader').getByRole('button', { name: 'Acknowledge…' }).click();
    await expectAccessible(page, 'alerts');
    await page.getByRole('button', { name: 'New silence…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page, 'silence');
  });
}
