// Every screen in every recorded state: nothing throws, nothing overflows, nothing is unreachable for a keyboard or a screen
// reader. Howdah replays the recorded scenarios as clusters.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { addresses } from './addresses';
import { expectAccessible } from './axe';
import { startHowdah } from './howdah';
import { openPalette } from './palette';
import { type Recordings, recordings, recordingsOf, TESTDATA } from './recordings';
import { REFLOW_WIDTHS, reflowFaults } from './reflow';

const SCENARIOS = readdirSync(TESTDATA).sort();
/** One of each state: the generations differ in what they say, not in what is drawn. */
const WALKED = SCENARIOS.filter((name, index) => {
  const state = name.replace(/^[^-]+-/, '');
  return SCENARIOS.findIndex((other) => other.replace(/^[^-]+-/, '') === state) === index;
});
/** Named after who leads. */
const READINESS = /^(If .+ died now|Who could take over)$/;
const PANELS = [
  'Topology',
  'Findings',
  'Members',
  'Replication stages',
  'Replay lag',
  'Timelines',
  'DCS',
  'Sources',
  'What changed',
  READINESS,
];

/** Nothing is kept from one test to the next; a file of this many would otherwise end long after the others. */
test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;
/** Of all recordings: its cache is warm after the first, as a person's is. Each has a page of its own. */
let warm: BrowserContext;

test.beforeAll(async ({ browser }) => {
  howdah = await recordings();
  warm = await browser.newContext({ viewport: { width: 1440, height: 900 } });
});

test.afterAll(async () => {
  await warm?.close();
});

/** Console errors and exceptions of a page; a test that ends with any has failed. */
function complaints(page: Page): string[] {
  const list: string[] = [];
  page.on('pageerror', (error) => list.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/favicon/.test(message.text())) list.push(message.text());
  });
  return list;
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

interface Said {
  readonly headline: string;
  readonly steps: readonly { readonly text: string }[];
}

/** Times within it go on; what stands before them does not. */
const lasting = ({ headline }: Said): string => headline.split(/ for \d/)[0] ?? '';

for (const scenario of ['distro-second-primary', 'distro-forked-replica', 'trixie-no-leader', 'patroni41-watchdog']) {
  test(`the cause of ${scenario} is said in the same words by page, fleet, card and API`, async ({ page }) => {
    const list = complaints(page);
    const asked = async (): Promise<Said | null> => {
      const answer = await page.request.get(`${howdah.url}/api/clusters/${scenario}`);
      return ((await answer.json()) as { readonly cause: Said | null }).cause;
    };
    const soon = { timeout: 10_000 };
    // Right after the start not everybody has answered yet, and the cause may be another one a round later.
    await expect(async () => {
      const said = await asked();
      await page.goto(`${howdah.url}/clusters/${scenario}`);
      await expect(page.getByRole('region', { name: 'Topology' })).toBeVisible();
      const block = page.getByRole('region', { name: 'Cause' });
      if (said === null) return expect(block).toHaveCount(0, soon);
      const words = lasting(said);
      await expect(block.getByRole('heading')).toContainText(words, soon);
      for (const { text } of said.steps) await expect(block).toContainText(text, soon);
      await page.goto(howdah.url);
      await expect(page.locator(`[data-scope="${scenario}"]`)).toContainText(words, soon);
      await page.goto(`${howdah.url}/clusters/${scenario}/now`);
      await expect(page.getByRole('region', { name: 'Is it writable' })).toContainText(words, soon);
    }).toPass({ timeout: 120_000 });
    expect(list).toEqual([]);
  });
}

test('the fleet lists every scenario, the worst first, healthy ones last', async ({ page }) => {
  const list = complaints(page);
  await page.goto(howdah.url);
  for (const scenario of ['distro-healthy', 'patroni41-forked-replica']) {
    await expect(page.getByRole('link', { name: new RegExp(scenario) }).first()).toBeAttached();
  }
  const text = (await page.getByRole('main').textContent()) ?? '';
  const forked = text.indexOf('has forked');
  const healthy = text.search(/Healthy, \d+ clusters/);
  expect(forked).toBeGreaterThan(-1);
  expect(healthy).toBeGreaterThan(forked);
  expect(list).toEqual([]);
});

test('the filter finds by scope and by finding, lives in the address, and says what it hides', async ({ page }) => {
  await page.goto(howdah.url);
  await expect(page.getByText('has forked').first()).toBeVisible();
  await page.keyboard.press('/');
  await page.keyboard.type('replica_diverged');
  await expect(page.getByText('healthy', { exact: true })).toHaveCount(0);
  await expect(page).toHaveURL(/replica_diverged/);
  await page.reload();
  await expect(page.getByText('has forked').first()).toBeVisible();
  await page.goto(`${howdah.url}/?q=nothing-is-called-so`);
  await expect(page.getByText(/No cluster matches/)).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(page.getByText('has forked').first()).toBeVisible();
});

test('the fleet by keyboard: groups, a column less, a view kept under a name and taken again', async ({ page }) => {
  await page.goto(`${howdah.url}/?q=patroni41&group=env`);
  const table = page.getByRole('table', { name: 'Clusters' });
  await expect(table.getByRole('link').first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(table.getByRole('button', { expanded: true }).first()).toBeFocused();
  await page.keyboard.press('j');
  await expect(table.getByRole('link').first()).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(table.getByRole('link')).toHaveCount(0);
  await expect(page).toHaveURL(/fold=lab/);
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'View of the fleet' });
  await dialog.getByLabel('Timeline', { exact: true }).uncheck();
  await expect(table.getByRole('columnheader', { name: 'TL' })).toHaveCount(0);
  await dialog.getByLabel(/^Keep filter/).fill('forty-one');
  await dialog.getByRole('button', { name: 'Save view' }).click();
  await page.goto(howdah.url);
  await expect(table.getByRole('columnheader', { name: 'TL' })).toBeVisible();
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await dialog.getByRole('button', { name: 'forty-one', exact: true }).click();
  await expect(page).toHaveURL(/q=patroni41.*group=env.*fold=lab.*columns=/);
  await expect(table.getByRole('columnheader', { name: 'TL' })).toHaveCount(0);
});

test('the palette jumps to a cluster by keyboard alone', async ({ page }) => {
  await page.goto(howdah.url);
  await expect(page.getByText('has forked').first()).toBeVisible();
  await openPalette(page);
  await page.keyboard.type('distro-healthy');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/clusters\/distro-healthy/);
  await expect(page.getByRole('heading', { level: 1, name: 'distro-healthy' })).toBeVisible();
});

for (const scenario of WALKED) {
  test(`${scenario}: every panel is there, wide and at 390 px, and nothing complains`, async () => {
    const page = await warm.newPage();
    try {
      const list = complaints(page);
      await page.goto(`${howdah.url}/clusters/${scenario}`);
      await expect(page.getByRole('heading', { level: 1, name: scenario })).toBeVisible();
      for (const panel of PANELS) await expect(page.getByRole('region', { name: panel })).toBeVisible();
      expect(await overflow(page)).toBe(0);
      await page.setViewportSize({ width: 390, height: 844 });
      await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
      expect(await overflow(page)).toBe(0);
      expect(list).toEqual([]);
    } finally {
      await page.close();
    }
  });
}

test('a forked replica is called forked in words, with what patronictl claims beside it', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/distro-forked-replica`);
  const findings = page.getByRole('region', { name: 'Findings' });
  await expect(findings.getByText(/has forked/)).toBeVisible();
  await expect(findings.getByText(/lag 0 B: wrong/)).toBeVisible();
  await expect(page.getByRole('region', { name: READINESS }).getByText(/refused: forked/)).toBeVisible();
});

test('with the DCS silent nothing says who leads as if it were known', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/distro-freeze-all-etcd`);
  await expect(page.getByRole('region', { name: 'Findings' }).getByText(/etcd has not answered/)).toBeVisible();
  await expect(
    page
      .getByRole('heading', { level: 1 })
      .locator('..')
      .getByText(/healthy/i),
  ).toHaveCount(0);
});

for (const [width, colorScheme] of [
  [1440, 'dark'],
  [390, 'light'],
] as const) {
  test(`no axe violations, dark and light, ${width} px; a browser that prefers ${colorScheme} gets it`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    // Each with what is there once everything is.
    const pages: readonly (readonly [address: string, there: () => Locator])[] = [
      ['/?q=patroni41', () => page.getByText('has forked').first()],
      ...['distro-forked-replica', 'distro-freeze-all-etcd', 'distro-pause-replay'].map(
        (name) => [`/clusters/${name}`, () => page.getByRole('region', { name: READINESS })] as const,
      ),
      [
        '/clusters/distro-healthy/config',
        () => page.getByRole('region', { name: 'Configuration' }).filter({ hasText: 'as stored' }),
      ],
      [
        '/clusters/distro-healthy/events',
        () => page.getByRole('region', { name: 'What changed' }).filter({ hasText: 'newest first' }),
      ],
      ['/clusters/no-such-cluster', () => page.getByRole('link', { name: /Fleet/ }).first()],
    ];
    for (const [address, there] of pages) {
      await page.goto(howdah.url + address);
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      await expect(there()).toBeVisible();
      await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
      await expectAccessible(page, address);
    }
    await context.close();
  });
}

test('on paper there is the page and nothing to press, dark on light, and the screen is afterwards as it was', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`${howdah.url}/clusters/patroni41-forked-replica`);
  await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  expect(await theme()).toBe('dark');
  // The page hears it once it has woken.
  const printed = async () => {
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    return theme();
  };
  await expect.poll(printed).toBe('light');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Cluster, member or action, Ctrl K' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await theme()).toBe('dark');
});

test('no address is too wide, cuts a control off or lays words on one another, from 320 to 3840 px', async ({
  page,
}) => {
  test.setTimeout(600_000);
  const faults: string[] = [];
  const walked = [...addresses('patroni41-forked-replica'), '/clusters/distro-thirty', '/?group=env'];
  for (const address of walked) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(howdah.url + address);
    await expect(page.locator('h1, h2, main').first()).toBeVisible();
    // Some ask what a recording does not answer, and say so after a while: those are measured as they are.
    await expect(page.locator('[aria-busy="true"]'))
      .toHaveCount(0, { timeout: 5000 })
      .catch(() => undefined);
    for (const width of REFLOW_WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      // Drawings take the new width with the next frames.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await expect
        .poll(() => reflowFaults(page), { timeout: 3000 })
        .toEqual([])
        .catch(async () => {
          for (const fault of await reflowFaults(page)) faults.push(`${address} at ${width} px: ${fault}`);
        });
    }
  }
  expect(faults).toEqual([]);
});

test('an unknown cluster says so and leads back', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/no-such-cluster`);
  await expect(page.getByText(/no-such-cluster/).first()).toBeVisible();
  await expect(page.getByRole('link', { name: /Fleet/ }).first()).toBeVisible();
});

test('an empty install leads the newcomer by the hand', async ({ page }) => {
  const empty = await startHowdah([], { env: { HOWDAH_CONFIG: path.resolve(import.meta.dirname, 'empty.yaml') } });
  try {
    await page.goto(empty.url);
    await expect(page.getByText('No cluster yet')).toBeVisible();
    await expect(page.getByText(/npm start -- --patroni/)).toBeVisible();
  } finally {
    await empty.stop();
  }
});

test('ten tabs on plain http share one stream and none freezes', async ({ browser }) => {
  const scopes = SCENARIOS.slice(0, 10);
  // Streams are counted: of its own.
  const own = await startHowdah([], { env: { HOWDAH_REPLAY: recordingsOf(...scopes) } });
  const context = await browser.newContext();
  try {
    const pages: (readonly [scope: string, page: Page])[] = [];
    for (const scope of scopes) {
      const page = await context.newPage();
      await page.goto(`${own.url}/clusters/${scope}`);
      pages.push([scope, page]);
    }
    for (const [scope, page] of pages) {
      await expect(page.getByRole('heading', { level: 1, name: scope })).toBeVisible();
      await expect(page.getByRole('region', { name: 'Members' })).toBeVisible();
    }
    const health = (await (await fetch(`${own.url}/api/health`)).json()) as { streams: number };
    expect(health.streams).toBeLessThanOrEqual(2);
  } finally {
    await context.close();
    await own.stop();
  }
});
