// The past on the screens: charts that zoom and come back to now, a moment that is marked as past and forbids every action, pages
// of events. Recorded clusters; the routes of the past are answered in the browser, so that each state can be had.
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { openPalette } from './palette';
import { mockHealth, mockPast, type PastOptions, pastEvents } from './past-answers';
import { type Recordings, recordings } from './recordings';

const SCOPE = 'distro-pause-replay';
const MINUTE = 60_000;

test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;

test.beforeAll(async () => {
  howdah = await recordings();
});

const keptFrom = (): number => Date.now() - 3 * 60 * MINUTE;
const told = (): PastOptions => ({ now: Date.now(), keptFrom: keptFrom() });

async function open(page: Page, query = ''): Promise<void> {
  await mockPast(page, howdah.url, SCOPE, told());
  await page.goto(`${howdah.url}/clusters/${SCOPE}${query}`);
}

/** The query of the newest request for series. */
function watchHistory(page: Page): URLSearchParams[] {
  const seen: URLSearchParams[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith('/history')) seen.push(url.searchParams);
  });
  return seen;
}

const plot = (page: Page) => page.getByRole('slider', { name: /moment$/ });

test('dragging zooms into a window that stands still, keys and buttons move it, and live comes back', async ({
  page,
}) => {
  const asked = watchHistory(page);
  await open(page);
  const chart = page.getByRole('region', { name: 'Replay lag' });
  await expect(plot(page)).toBeVisible();
  await expect(chart.getByRole('button', { name: 'Live', exact: true })).toBeDisabled();
  await plot(page).scrollIntoViewIfNeeded();
  const box = await plot(page).boundingBox();
  if (box === null) throw new Error('no plot');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, y, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => asked.at(-1)?.has('from')).toBe(true);
  const zoomed = asked.at(-1);
  const span = Number(zoomed?.get('to')) - Number(zoomed?.get('from'));
  expect(span).toBeGreaterThan(2 * MINUTE);
  expect(span).toBeLessThan(4.5 * MINUTE);
  expect(Number(zoomed?.get('points'))).toBeLessThanOrEqual(300);
  const edge = await plot(page).getAttribute('aria-valuemax');
  await page.waitForTimeout(2500);
  expect(await plot(page).getAttribute('aria-valuemax')).toBe(edge);
  await chart.getByRole('button', { name: 'Earlier' }).click();
  await expect.poll(() => Number(asked.at(-1)?.get('to'))).toBeLessThan(Number(zoomed?.get('to')));
  await chart.getByRole('button', { name: 'Live again' }).click();
  await expect(chart.getByRole('button', { name: 'Live', exact: true })).toBeDisabled();
  await expect.poll(async () => Number(await plot(page).getAttribute('aria-valuemax'))).toBeGreaterThan(Number(edge));
});

test('shift and drag moves the window, and a longer range asks for it', async ({ page }) => {
  const asked = watchHistory(page);
  await open(page);
  await expect(plot(page)).toBeVisible();
  await page.locator('label', { hasText: /^6 h$/ }).click();
  await expect.poll(() => Number(asked.at(-1)?.get('to')) - Number(asked.at(-1)?.get('from'))).toBe(6 * 60 * MINUTE);
  await expect(page.getByText(/there is nothing from before/)).toBeVisible();
  await plot(page).scrollIntoViewIfNeeded();
  const box = await plot(page).boundingBox();
  if (box === null) throw new Error('no plot');
  const before = Number(asked.at(-1)?.get('to'));
  await page.keyboard.down('Shift');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect.poll(() => (before - Number(asked.at(-1)?.get('to'))) / (6 * 60 * MINUTE)).toBeGreaterThan(0.4);
});

test('by keyboard alone: values are read, and the moment is gone to', async ({ page }) => {
  await open(page);
  await expect(plot(page)).toBeVisible();
  await plot(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await expect(plot(page)).toHaveAttribute('aria-valuetext', /n2 [\d.]+ \w+, n3 [\d.]+/);
  const at = await plot(page).getAttribute('aria-valuenow');
  await expect(page.getByRole('link', { name: 'See this moment', exact: true })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`at=${at}$`));
  await expect(page.getByRole('region', { name: 'The past' })).toBeVisible();
});

test('receive lag and WAL rate are drawn from their own columns', async ({ page }) => {
  await open(page, `?at=${Date.now() - 10 * MINUTE}`);
  await page.getByText('WAL rate', { exact: true }).click();
  const rate = page.getByRole('region', { name: 'WAL rate' });
  await expect(rate.getByText(/^WAL [\d.]+ \w+\/s$/)).toBeVisible();
  await page.locator('label', { hasText: 'Receive lag' }).click();
  await expect(page.getByRole('region', { name: 'Receive lag' }).getByText(/^n3 [\d.]+ K?i?B$/)).toBeVisible();
});

test('a mark says what it folds, and one of them leads to its moment', async ({ page }) => {
  await open(page);
  const mark = page.getByRole('button', { name: /n1 leads.*list \d changes/ });
  await mark.focus();
  const line = page.getByRole('link', { name: /n2 lost the leader key/ });
  await expect(line).toBeVisible();
  await line.click();
  await expect(page.getByRole('region', { name: 'The past' })).toBeVisible();
});

test('a moment of the past is marked, stands still, and forbids every action', async ({ page }) => {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  const at = Math.round((Date.now() - 4 * MINUTE) / 1000) * 1000;
  await open(page, `?at=${at}`);
  const bar = page.getByRole('region', { name: 'The past' });
  await expect(bar).toContainText(/The past: \d\d:\d\d:\d\d/);
  await expect(bar).toContainText(/4 min ago/);
  await expect(bar).toContainText(/Kept snapshot from .*, 5 s before/);
  await expect(page.getByRole('heading', { level: 1, name: SCOPE })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Actions are off: this is the past' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Resume: off, this is the past' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Menu of n3: off, this is the past' }).first()).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Switchover…' })).toHaveCount(0);
  await openPalette(page);
  await page.keyboard.type('switchover');
  await expect(page.getByRole('option', { name: /Switchover.*Off: this is the past/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.keyboard.press('Escape');
  const members = page.getByRole('region', { name: 'Members' });
  const ages = await members.textContent();
  await page.waitForTimeout(2500);
  expect(await members.textContent()).toBe(ages);
  expect(posts).toEqual([]);
  await expect(page.getByRole('region', { name: 'Configuration' })).toContainText('loop_wait');
  await page.getByRole('button', { name: 'Back to live' }).click();
  await expect(page.getByRole('button', { name: 'Switchover…' })).toBeEnabled();
  await expect(page).toHaveURL(/\/clusters\/[\w-]+$/);
});

test('one steps from change to change by button and by key, and goes to a typed moment', async ({ page }) => {
  const at = Math.round((Date.now() - 4 * MINUTE) / 1000) * 1000;
  await open(page, `?at=${at}`);
  const bar = page.getByRole('region', { name: 'The past' });
  await bar.getByRole('button', { name: /^Previous change: .*dynamic configuration/ }).click();
  await expect(bar.getByRole('button', { name: /^Previous change: .*(n1 leads|timeline 1 to 2)/ })).toBeVisible();
  await page.keyboard.press('[');
  await expect(bar.getByRole('button', { name: /^Previous change: .*n2 lost the leader key/ })).toBeVisible();
  await page.keyboard.press(']');
  await expect(bar.getByRole('button', { name: /^Previous change: .*(n1 leads|timeline 1 to 2)/ })).toBeVisible();
  await page.keyboard.press(']');
  await expect(bar.getByRole('button', { name: /^Next change: .*Replay is paused/ })).toBeVisible();
  const field = bar.getByLabel('Moment');
  await field.fill('2030-01-01T00:00:00');
  await bar.getByRole('button', { name: 'Go', exact: true }).click();
  await expect(bar.getByRole('alert')).toHaveText(/future/);
  await field.fill('2020-01-01T00:00:00');
  await bar.getByRole('button', { name: 'Go', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Nothing is kept of this moment' })).toBeVisible();
  await page.getByRole('button', { name: 'Go there' }).click();
  await expect(page.getByRole('heading', { level: 1, name: SCOPE })).toBeVisible();
});

test('an address that holds no moment says what it should hold', async ({ page }) => {
  await open(page, '?at=yesterday');
  await expect(page.getByText(/"yesterday" is not a time/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Back to live' })).toBeEnabled();
});

test('where nobody watched, nothing of the moment looks fresh', async ({ page }) => {
  await mockPast(page, howdah.url, SCOPE, { ...told(), covered: false });
  await page.route(
    (url) => url.pathname.endsWith('/moment'),
    async (route) => {
      // An hour lies between what was kept and what is asked for.
      const snapshot: unknown = await (await fetch(`${howdah.url}/api/clusters/${SCOPE}`)).json();
      const at = Number(new URL(route.request().url()).searchParams.get('at'));
      await route.fulfill({
        json: {
          scope: SCOPE,
          at: at + 60 * MINUTE,
          snapshot,
          covered: false,
          previous: null,
          next: null,
          keptFrom: keptFrom(),
          problem: null,
        },
      });
    },
  );
  await page.goto(`${howdah.url}/clusters/${SCOPE}?at=${Date.now() - MINUTE}`);
  await expect(page.getByText(/Howdah did not watch between the two/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Members' })).toContainText('was streaming');
});

test('a timeline tells by touch and keyboard who, why, how long, and links what is known', async ({ page }) => {
  await open(page);
  const panel = page.getByRole('region', { name: 'Timelines' });
  await expect(panel).toContainText('1 switchover, 1 automatic failover');
  await panel.getByRole('button', { name: /n1 TL \d+ 1\d min/ }).focus();
  await expect(panel).toContainText('switchover by alice');
  await expect(panel).toContainText('0/5F1A2B8');
  await expect(panel).toContainText(/write outage\s*0\.8\d* s/);
  await expect(panel.getByRole('link', { name: 'The action' })).toHaveAttribute('href', /\/actions\/019f/);
  await panel.getByRole('link', { name: 'See that moment' }).click();
  await expect(page.getByRole('region', { name: 'The past' })).toBeVisible();
});

test('events are filtered in the address, paged, and lead to their moments and to the report', async ({ page }) => {
  await mockPast(page, howdah.url, SCOPE, told());
  await page.goto(`${howdah.url}/clusters/${SCOPE}/events`);
  const list = page.getByRole('region', { name: 'What changed' });
  await expect(list.getByRole('listitem')).toHaveCount(pastEvents(Date.now()).length);
  await expect(list.getByText(/^between .* and .*, while Howdah was not watching$/)).toBeVisible();
  await expect(list.getByText("from Patroni's /history")).toBeVisible();
  await list.getByRole('button', { name: 'Load older ones' }).click();
  await expect(list.getByText('n9 joined the member list')).toBeVisible();
  await page.getByLabel('Kind').selectOption('pause');
  await expect(page).toHaveURL(/group=pause/);
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.reload();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.getByLabel('Kind').selectOption('');
  await expect(page.getByRole('button', { name: /Incident report: choose from and to/ })).toBeDisabled();
  await list
    .getByRole('button', { name: /^From / })
    .last()
    .click();
  await list.getByRole('button', { name: /^To / }).first().click();
  await expect(page.getByRole('link', { name: 'Incident report' })).toHaveAttribute(
    'href',
    /incident\?from=\d+&to=\d+$/,
  );
  await list
    .getByRole('link', { name: /see this moment/ })
    .first()
    .click();
  await expect(page.getByRole('region', { name: 'The past' })).toBeVisible();
});

test('every cluster has its events on one page, from the navigation', async ({ page }) => {
  await mockPast(page, howdah.url, SCOPE, told());
  await page.goto(howdah.url);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Events' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
  await expect(page.getByRole('link', { name: SCOPE }).first()).toBeVisible();
});

test('the store away, set aside or too slow is said where the past is shown', async ({ page }) => {
  await mockPast(page, howdah.url, SCOPE, told());
  await mockHealth(page, howdah.url, (health) => ({
    ...health,
    store: { ...health.store, state: 'down', error: 'The store does not answer.', since: Date.now() - MINUTE },
    history: {
      buffered: 1840,
      bufferedBytes: 3 * 1024 * 1024,
      bufferLimitBytes: 32 * 1024 * 1024,
      droppedSamples: 12,
      droppedFrames: 0,
      droppedEvents: 0,
      storedAt: null,
      storedBytes: null,
      limitBytes: 1,
      elsewhere: 0,
      problem: null,
    },
  }));
  for (const place of ['', '/events']) {
    await page.goto(`${howdah.url}/clusters/${SCOPE}${place}`);
    await expect(
      page.getByText(/The store is away: live goes on, the past has a gap, since \d\d:\d\d:\d\d/),
    ).toBeVisible();
    await expect(page.getByText(/12 samples dropped/)).toBeVisible();
  }
});

for (const width of [1440, 390])
  test(`no axe violations and nothing overflows in the past, ${width} px`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await mockPast(page, howdah.url, SCOPE, {
      ...told(),
      blind: { from: Date.now() - 9 * MINUTE, to: Date.now() - 7 * MINUTE },
    });
    for (const query of ['', `?at=${Date.now() - 4 * MINUTE}`, '?at=yesterday', '/events']) {
      await page.goto(`${howdah.url}/clusters/${SCOPE}${query}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (query === '' || query.includes('at=1')) {
        await plot(page).focus();
        await page.keyboard.press('Home');
        await page.getByRole('button', { name: /TL \d/ }).last().focus();
      }
      await expectAccessible(page, query);
    }
    await context.close();
  });
