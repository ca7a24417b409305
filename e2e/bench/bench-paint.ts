// First useful paint of the fleet, a wall and the phone's card, in turn in one run of one browser: what a bad link and an old phone
// wait for. Each visit has an empty cache. The processor is slowed down four times, as Lighthouse does for a phone. Then fleets of 1, 300
// and 1,000 clusters at full speed: first useful paint, how far the page shifted, and the long tasks of loading, of idling and of scrolling.
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { scriptsOf } from '../browser/budget';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { startHowdah } from './howdah';
import { type BenchResult, formatSpread, machine, round, say, spreadOf } from './numbers';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const TESTDATA = path.resolve(import.meta.dirname, '../../lib/domain/testdata');
const CLUSTER = 'distro-no-leader';
const SLOWER = 4;
const JAVASCRIPT_MAX = 250_000;
const FLEETS = [1, 300, 1000] as const;
/** Of so many clusters one has a trouble of its own; the others are well. */
const ONE_IN = 20;
const LOAD_MS = 5000;
const IDLE_MS = 15_000;
const SCROLLS = 40;

interface Visit {
  readonly name: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** What a person came for is there. */
  readonly useful: (page: Page) => Promise<void>;
}

export async function benchPaint(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const rounds = Math.max(args.number('rounds', 5), 1);
  const howdah = await startHowdah(cleanup, [], { env: { HOWDAH_REPLAY: TESTDATA } });
  const wall = await makeWall(howdah.url);
  const browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking'],
  });
  cleanup.add('Chromium', () => browser.close());
  const seen = (text: string | RegExp) => async (page: Page) => {
    await page.getByText(text).first().waitFor({ state: 'visible', timeout: 60_000 });
  };
  const visits: readonly Visit[] = [
    { name: 'fleet', path: '/', width: 1440, height: 900, useful: seen(CLUSTER) },
    { name: 'wall', path: wall, width: 1920, height: 1080, useful: seen(/not writable/) },
    { name: 'card', path: `/clusters/${CLUSTER}/now`, width: 390, height: 844, useful: seen('Not writable') },
  ];
  const times = new Map<string, number[]>(visits.map(({ name }) => [name, []]));
  const bytes = new Map<string, number>();
  // The first round warms the server up and is not counted.
  for (let turn = 0; turn <= rounds; turn += 1)
    for (const { name, path: at, width, height, useful } of visits) {
      const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB' });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
      let tookMs = 0;
      const loaded = await scriptsOf(page, async () => {
        const from = performance.now();
        await page.goto(`${howdah.url}${at}`, { waitUntil: 'commit' });
        await useful(page);
        tookMs = performance.now() - from;
        await page.waitForTimeout(500);
      });
      if (turn > 0) times.get(name)?.push(tookMs);
      bytes.set(name, loaded.bytes);
      await context.close();
    }
  const spreads = new Map([...times].map(([name, values]) => [name, spreadOf(values)]));
  const fleet = spreads.get('fleet')?.median ?? Number.NaN;
  const ratio = (name: string): number => round((spreads.get(name)?.median ?? Number.NaN) / fleet, 2);
  for (const [name, spread] of spreads)
    say(
      `${name.padEnd(6)} ${formatSpread(spread, 'ms')}, ${ratio(name)} of the fleet, ${bytes.get(name)} bytes of JavaScript`,
    );
  await howdah.stop();
  const fleets = [];
  for (const clusters of FLEETS) fleets.push(await fleetOf(cleanup, browser, clusters));
  return {
    bench: 'paint',
    fleets,
    pass: ['wall', 'card'].every((name) => (bytes.get(name) ?? 0) < JAVASCRIPT_MAX) && ratio('card') <= 1,
    ...machine(),
    rounds,
    slower: SLOWER,
    fleet: spreads.get('fleet'),
    wall: spreads.get('wall'),
    card: spreads.get('card'),
    wallOfFleet: ratio('wall'),
    cardOfFleet: ratio('card'),
    bytes: Object.fromEntries(bytes),
  };
}

/** Long tasks (over 50 ms) of a while: how many, and the longest. */
interface LongTasks {
  readonly count: number;
  readonly longestMs: number;
}

interface FleetFigures {
  readonly clusters: number;
  readonly usefulMs: number;
  readonly loading: LongTasks;
  readonly idle: LongTasks;
  readonly scrolling: LongTasks;
  /** Cumulative layout shift, all windows in one. */
  readonly shift: number;
  readonly lines: number;
}

declare global {
  interface Window {
    howdahPaint: { tasks: number[]; shift: number };
  }
}

async function fleetOf(cleanup: Cleanup, browser: Browser, clusters: number): Promise<FleetFigures> {
  const folder = folderOf(clusters);
  cleanup.add('recordings', () => rmSync(folder, { recursive: true, force: true }));
  const howdah = await startHowdah(cleanup, [], { env: { HOWDAH_REPLAY: folder } });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.howdahPaint = { tasks: [], shift: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.howdahPaint.tasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if ('value' in entry && typeof entry.value === 'number') window.howdahPaint.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const taken = (): Promise<LongTasks> =>
    page.evaluate(() => {
      const tasks = window.howdahPaint.tasks.splice(0);
      return { count: tasks.length, longestMs: Math.round(Math.max(0, ...tasks)) };
    });
  // Once warm: the first question compiles what the server draws with.
  await page.goto(howdah.url);
  await page.locator('[data-scope]').first().waitFor({ timeout: 120_000 });
  const from = performance.now();
  await page.goto(howdah.url, { waitUntil: 'commit' });
  await page.locator('[data-scope]').first().waitFor({ timeout: 120_000 });
  const usefulMs = round(performance.now() - from);
  await page.waitForTimeout(LOAD_MS);
  const loading = await taken();
  await page.waitForTimeout(IDLE_MS);
  const idle = await taken();
  for (let turn = 0; turn < SCROLLS; turn += 1) {
    await page.mouse.wheel(0, 900);
    await page.waitForTimeout(50);
  }
  const scrolling = await taken();
  const shift = round(await page.evaluate(() => window.howdahPaint.shift), 4);
  const lines = await page.locator('[data-scope]').count();
  await context.close();
  await howdah.stop();
  const told = ({ count, longestMs }: LongTasks): string => `${count} (longest ${longestMs} ms)`;
  say(
    `${clusters} clusters: useful after ${usefulMs} ms, long tasks loading ${told(loading)}, idle ${told(idle)}, scrolling ${told(scrolling)}, shift ${shift}, ${lines} rows drawn`,
  );
  return { clusters, usefulMs, loading, idle, scrolling, shift, lines };
}

/** Recordings under long names, as links: mostly well, some in each trouble there is. */
function folderOf(clusters: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-paint-'));
  const troubles = readdirSync(TESTDATA).filter((name) => /^distro-/.test(name) && !/thirty/.test(name));
  for (let index = 0; index < clusters; index += 1) {
    const trouble = troubles[Math.floor(index / ONE_IN) % troubles.length];
    const recording = index % ONE_IN === ONE_IN - 1 && trouble !== undefined ? trouble : 'distro-healthy';
    symlinkSync(
      path.join(TESTDATA, recording),
      path.join(folder, `prod-eu-west-checkout-${String(index + 1).padStart(4, '0')}`),
    );
  }
  return folder;
}

/** Nobody signs in here: whoever asks may make a wall. The path of its link. */
async function makeWall(url: string): Promise<string> {
  const draft = {
    name: 'bench',
    labels: {},
    scopes: null,
    hosts: false,
    theme: 'dark',
    sound: false,
    language: 'en',
    days: null,
  };
  const answer = await fetch(`${url}/api/walls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(draft),
  });
  const { link }: { link: string } = await answer.json();
  return new URL(link, url).pathname;
}
