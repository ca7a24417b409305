// How the wall is drawn: readable from five metres, whatever and how many it shows, flat over hours, red when its stream hangs.
// Walls of many clusters are said into the page by its own stream.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import type { WallDraft } from '../../lib/contract/access';
import type { WallFrame } from '../../lib/contract/wall';
import { scriptsOf } from './budget';
import { type Recordings, recordings } from './recordings';
import { helloOf, speakTo } from './wall-frames';
import { makeWall, opened, phase, SIZES } from './walls';

const JAVASCRIPT_MAX = 250_000;

test.describe.configure({ mode: 'parallel' });
test.use({ viewport: SIZES[0] });

let howdah: Recordings;
/** Of the pages that it serves. */
let build: string;

test.beforeAll(async () => {
  howdah = await recordings();
  const { at } = await newWall();
  const hello = (await (await fetch(at.replace('/wall/', '/api/wall/'))).json()) as { readonly build: string };
  build = hello.build;
});

const newWall = (change: Partial<WallDraft> = {}) => makeWall(howdah.url, change);

test('a stream that only hangs is red within 5 s too', async ({ page }) => {
  const { at } = await newWall();
  // One answer, then silence: the socket stays open and says nothing.
  let visits = 0;
  await page.route('**/api/wall/*/stream', async (route) => {
    visits += 1;
    if (visits > 1) return;
    const body = `event: hello\ndata: ${JSON.stringify(helloOf(30, 6, {}, build))}\n\n`;
    await route.fulfill({ contentType: 'text/event-stream', body });
  });
  await opened(page, at);
  const start = Date.now();
  await expect(phase(page)).toHaveAttribute('data-phase', 'lost', { timeout: 6000 });
  expect(Date.now() - start).toBeLessThan(5500);
});

test('upgraded, it loads itself again once and is no loop', async ({ page }) => {
  const { at } = await newWall();
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  // Every build that answers is another one than the page's.
  const visits = await speakTo(page, () => [helloOf(30, 6)]);
  await opened(page, at);
  await expect.poll(visits, { timeout: 30_000 }).toBeGreaterThan(8);
  expect(loads).toBe(2);
});

test('its JavaScript is under 250 kB compressed, in both languages', async ({ page }) => {
  for (const language of ['en', 'ru'] as const) {
    const { at } = await newWall({ language });
    const { bytes, scripts } = await scriptsOf(page, () => opened(page, at));
    expect(bytes, scripts.join('\n')).toBeLessThan(JAVASCRIPT_MAX);
    expect(bytes).toBeGreaterThan(50_000);
    console.log(`wall, ${language}: ${bytes} bytes of JavaScript, compressed`);
  }
});

test('the sound waits for one click, says so, and rings for what becomes critical after it', async ({ page }) => {
  await page.addInitScript(() => {
    const rung: number[] = [];
    const parameter = { value: 0, setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };
    const node = { connect: (next: unknown) => next, start: () => rung.push(Date.now()), stop: () => undefined };
    class Silent extends EventTarget {
      state = 'suspended';
      currentTime = 0;
      destination = {};
      createOscillator = () => ({ ...node, frequency: parameter });
      createGain = () => ({ ...node, gain: parameter });
      close = async () => undefined;
      resume = async () => {
        this.state = 'running';
        this.dispatchEvent(new Event('statechange'));
      };
    }
    Object.assign(window, { AudioContext: Silent, rung });
  });
  const { at } = await newWall({ sound: true });
  let critical = 0;
  await speakTo(page, () => [helloOf(30, critical, { sound: true }, build)]);
  await opened(page, at);
  const rung = () => page.evaluate(() => (window as unknown as { rung: number[] }).rung.length);
  const prompt = page.getByRole('button', { name: 'Sound is blocked: click once' });
  await expect(prompt).toBeVisible();
  await prompt.click();
  await expect(prompt).toHaveCount(0);
  expect(await rung()).toBe(0);
  critical = 1;
  await expect.poll(rung).toBe(2);
  // It is critical still: that is no news.
  await page.waitForTimeout(3000);
  expect(await rung()).toBe(2);
});

test('it asks the screen to stay awake, and again when it is seen again', async ({ page }) => {
  await page.addInitScript(() => {
    const asked: string[] = [];
    Object.assign(window, { asked });
    const request = async (kind: string) => {
      asked.push(kind);
      return { released: true, release: async () => undefined };
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  const { at } = await newWall();
  await opened(page, at);
  const count = () => page.evaluate(() => (window as unknown as { asked: string[] }).asked.length);
  const first = await count();
  expect(first).toBeGreaterThan(0);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect.poll(count).toBe(first + 1);
});

test('its memory is flat after many frames', async ({ page }) => {
  test.slow();
  const { at } = await newWall();
  const many = (visit: number): readonly WallFrame[] => {
    const now = Date.now();
    const hello = helloOf(200, 12, {}, build);
    const updates = Array.from({ length: 150 }, (_, index): WallFrame => {
      const tiles = hello.tiles.slice(index, index + 40).map((tile) => ({ ...tile, observedAt: now - index }));
      const born = { ...hello.tiles[0], scope: `born-${visit}-${index}` } as (typeof tiles)[number];
      const events = hello.events.map((event) => ({ ...event, id: `${visit}-${index}-${event.id}` }));
      const gone = [`born-${visit}-${index - 1}`];
      return { kind: 'update', now, seenAt: now, tiles: [...tiles, born], gone, problems: hello.problems, events };
    });
    return [hello, ...updates];
  };
  const visits = await speakTo(page, many);
  await opened(page, at);
  const session = await page.context().newCDPSession(page);
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
  await expect.poll(visits, { timeout: 60_000 }).toBeGreaterThan(10);
  const [early, earlyNodes] = [await heap(), await nodes()];
  await expect.poll(visits, { timeout: 120_000 }).toBeGreaterThan(50);
  const late = await heap();
  console.log(`heap after ${10 * 151} frames ${early}, after ${50 * 151} ${late}`);
  expect(late).toBeLessThan(early * 1.25 + 1_000_000);
  expect(await nodes()).toBeLessThan(earlyNodes * 1.2);
});

/** Every text that is drawn, with its size on the screen; and what hangs out of where it belongs. */
async function measure(page: Page): Promise<{ readonly small: readonly string[]; readonly over: readonly string[] }> {
  // Widths are those of the letters that are shown in the end.
  await page.evaluate(async () => void (await document.fonts.ready));
  return page.evaluate(() => {
    const scale = Math.max(2 / 3, Math.min(innerWidth / 1920, innerHeight / 1080));
    const small: string[] = [];
    const over: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (element === null || text === '' || element.closest('script, style, .sr-only, next-route-announcer')) continue;
      const box = element.getBoundingClientRect();
      if (box.width < 2) continue;
      const size = Number.parseFloat(getComputedStyle(element).fontSize);
      if (size < 22 * scale - 0.01) small.push(`${size} ${text}`);
    }
    for (const tile of document.querySelectorAll('li[data-health]')) {
      const outer = tile.getBoundingClientRect();
      const texts = document.createTreeWalker(tile, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
        if (node.parentElement?.closest('.sr-only')) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const inner = range.getBoundingClientRect();
        const isOut =
          inner.left < outer.left || inner.right > outer.right || inner.top < outer.top || inner.bottom > outer.bottom;
        if (inner.width > 0 && isOut) over.push(`tile: ${node.textContent} of ${tile.textContent}`);
      }
    }
    for (const part of document.querySelectorAll('article, article p, header, footer, h1')) {
      const hasMore = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 2;
      if (hasMore) over.push(`${part.tagName} ${part.className}: ${part.textContent?.slice(0, 80)}`);
    }
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) over.push('the page');
    return { small, over };
  });
}

for (const [clusters, problems] of [
  [1, 0],
  [1, 1],
  [30, 4],
  [48, 6],
  [300, 12],
  [300, 300],
] as const)
  test(`${clusters} clusters, ${problems} in trouble: no text under 22 px, nothing hangs out, on 1080p and 4K`, async ({
    page,
  }) => {
    for (const language of ['en', 'ru'] as const) {
      const { at } = await newWall({ language });
      await page.unrouteAll();
      await speakTo(page, () => [helloOf(clusters, problems, { language }, build)]);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await opened(page, at);
        const dots = await page.locator('[aria-hidden="true"] > span').count();
        const tiles = await page.locator('li[data-health]').count();
        expect(tiles + dots).toBe(clusters);
        const { small, over } = await measure(page);
        expect(small, `${language}, ${size.width}`).toEqual([]);
        expect(over, `${language}, ${size.width}`).toEqual([]);
      }
    }
  });

test('no axe violations, open and lost, in both themes and both languages', async ({ page }) => {
  test.slow();
  for (const theme of ['dark', 'light'] as const)
    for (const language of ['en', 'ru'] as const) {
      const { at } = await newWall({ theme, language });
      await page.unrouteAll();
      let isCut = false;
      await page.route('**/api/wall/*/stream', async (route) => {
        if (isCut) return route.abort();
        const body = `event: hello\ndata: ${JSON.stringify(helloOf(300, 8, { theme, language }, build))}\n\n`;
        return route.fulfill({ contentType: 'text/event-stream', body });
      });
      await opened(page, at);
      await expectNoViolations(page, `open, ${theme}, ${language}`);
      isCut = true;
      await expect(phase(page)).toHaveAttribute('data-phase', 'lost', { timeout: 15_000 });
      await expectNoViolations(page, `lost, ${theme}, ${language}`);
    }
});

async function expectNoViolations(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  expect(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
}
