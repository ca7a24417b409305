// First useful paint of the fleet, a wall and the phone's card, in turn in one run of one browser: what a bad link and an old phone
// wait for. Each visit has an empty cache. The processor is slowed down four times, as Lighthouse does for a phone.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
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
  return {
    bench: 'paint',
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
  return new URL(link).pathname;
}
