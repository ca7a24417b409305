// What the browser draws first is what the server drew, on every page, however slowly its parts come to life: a difference throws
// away the drawn page (React error 418). Each page is opened several times in both languages and themes, by a slowed processor, in
// another time zone than the server's, while the live connection already fills the cache. No error of the console is allowed at all.
import { expect, type Page, test } from '@playwright/test';
import { addresses } from './addresses';
import { type Recordings, recordings } from './recordings';

const SCOPE = 'patroni41-forked-replica';
const SLOWED = 6;
/** What is loaded late comes after the page is there; an error of hydration comes before. */
const SETTLE_MS = 700;
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
/** With what an address alone makes a page draw: moments, windows, filters, tabs. */
const FURTHER = [
  '/?q=replica&sort=name',
  `/events?from=${AT - 3_600_000}&to=${AT}`,
  `/clusters/${SCOPE}?at=${AT}`,
  `/clusters/${SCOPE}/events?from=${AT - 3_600_000}&to=${AT}`,
  `/clusters/${SCOPE}/incident?from=${AT - 3_600_000}&to=${AT}`,
  '/clusters/no-such-cluster',
  '/nowhere-at-all',
];
/** A recording has no store and no phone: what is asked of them is answered by a refusal, and said on the screen. */
const REFUSED = /^Failed to load resource: the server responded with a status of (404|409|422|501|503) /;

test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;

test.beforeAll(async () => {
  howdah = await recordings();
});

/** Every error of the console and every exception, with the page it came from. */
function complaints(page: Page): string[] {
  const list: string[] = [];
  const where = (): string => page.url().replace(howdah.url, '');
  page.on('pageerror', (error) => list.push(`${where()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) list.push(`${where()}: ${message.text()}`);
  });
  return list;
}

for (const locale of ['en-GB', 'ru-RU'])
  for (const colorScheme of ['dark', 'light'] as const)
    test(`every page wakes up as it was drawn: ${locale}, ${colorScheme}, a slow processor`, async ({ browser }) => {
      test.setTimeout(600_000);
      const context = await browser.newContext({ locale, colorScheme, timezoneId: 'Pacific/Auckland' });
      const page = await context.newPage();
      const list = complaints(page);
      const cdp = await context.newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWED });
      const walked = [...addresses(SCOPE), ...FURTHER];
      expect(walked.length).toBeGreaterThan(18);
      for (const address of walked) {
        await page.goto(`${howdah.url}${address}`);
        await expect(page.locator('h1, main').first()).toBeVisible();
        await page.waitForTimeout(SETTLE_MS);
        // Words that did not come leave a page in English, which complains of nothing.
        if (locale === 'ru-RU') await expect(page.locator('body'), address).toContainText(/[а-яё]{4}/i);
      }
      expect(list).toEqual([]);
      await context.close();
    });
