// The page of one member in recorded states: what is wrong with it stands at its top, nothing wrong is said quietly, unknown as
// unknown; and table, card and palette lead there.
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { openPalette } from './palette';
import { type Recordings, recordings } from './recordings';

test.describe.configure({ mode: 'parallel' });

let howdah: Recordings;

test.beforeAll(async () => {
  howdah = await recordings();
});

const address = (scope: string, name: string): string => `${howdah.url}/clusters/${scope}/members/${name}`;
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test('a forked replica: the cause and the finding stand at the top of its own page, and of no other member', async ({
  page,
}) => {
  await page.goto(address('patroni41-forked-replica', 'n3'));
  await expect(page.getByRole('heading', { level: 1, name: 'n3' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Cause' })).toContainText('n3 has forked');
  await expect(page.getByRole('region', { name: 'Cause' })).toContainText('60.7 MiB');
  await expect(page.getByRole('region', { name: 'Replication' })).toContainText('not streaming');

  await page.getByRole('navigation', { name: 'Members' }).getByRole('link', { name: /n2/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'n2' })).toBeVisible();
  await expect(page.getByText('Nothing is known to be wrong with n2.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Cause' })).toHaveCount(0);
  await page.getByRole('link', { name: /n3 has forked/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'patroni41-forked-replica' })).toBeVisible();
});

test('a silent member is unknown, never healthy', async ({ page }) => {
  await page.goto(address('distro-kill-member', 'n2'));
  const header = page.getByRole('banner').or(page.locator('main header')).filter({ hasText: 'n2' });
  await expect(page.getByRole('heading', { level: 1, name: 'n2' })).toBeVisible();
  await expect(header.getByText(/Unknown/).first()).toBeVisible();
  await expect(page.getByText('Nothing is known to be wrong')).toHaveCount(0);
});

test('of a healthy leader the page has who follows it, its slots, how to reach it and what can be done', async ({
  page,
}) => {
  await page.goto(`${howdah.url}/clusters/patroni41-healthy`);
  await page.getByRole('region', { name: 'Members' }).getByRole('link', { name: 'n1' }).click();
  await expect(page).toHaveURL(/\/members\/n1$/);
  await expect(page.getByText('Nothing is known to be wrong with n1.')).toBeVisible();
  const replication = page.getByRole('region', { name: 'Replication', exact: true });
  await expect(replication.getByRole('link', { name: 'n2' })).toBeVisible();
  await expect(replication.getByRole('link', { name: 'n3' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Slots on n1' })).toContainText('for n2');
  await expect(page.getByRole('region', { name: 'Connect' })).toContainText(
    /psql "host=[\d.]+ port=\d+ dbname=postgres"/,
  );
  const actions = page.getByRole('region', { name: 'What can be done with n1' });
  await expect(actions.getByRole('button', { name: /Restart/ })).toBeVisible();
  await expect(actions.getByRole('button', { name: /Reinitialize/ })).toHaveCount(0);
});

test('the palette leads to a member, and one that is not there is said not to be', async ({ page }) => {
  await page.goto(howdah.url);
  await openPalette(page);
  await page.keyboard.type('n3 patroni41-lag');
  const found = page.getByRole('option', { name: /n3 of patroni41-lag/ });
  await expect(found).toBeVisible();
  await found.click();
  await expect(page).toHaveURL(/\/clusters\/patroni41-lag\/members\/n3$/);
  await page.goto(address('patroni41-healthy', 'nobody'));
  await expect(page.getByRole('heading', { level: 1, name: 'No member named nobody' })).toBeVisible();
  await page.goto(address('no-such-cluster', 'n1'));
  await expect(page.getByText('No cluster named no-such-cluster')).toBeVisible();
  await page.goto(`${address('patroni41-healthy', 'n1')}?at=1`);
  await expect(page.getByText('before 2014')).toBeVisible();
});

for (const [width, colorScheme] of [
  [1440, 'dark'],
  [390, 'light'],
] as const)
  test(`no axe violations and nothing overflows, ${colorScheme}, ${width} px`, async ({ browser }) => {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    for (const [scope, name] of [
      ['patroni41-forked-replica', 'n3'],
      ['patroni41-pending-restart-dcs', 'n1'],
      ['distro-kill-member', 'n2'],
      ['patroni41-healthy', 'nobody'],
    ] as const) {
      await page.goto(address(scope, name));
      await expect(page.getByRole('region', { name: /^Last events of/ })).toBeVisible();
      await expectAccessible(page, `${scope}/${name}`);
      expect(await overflow(page)).toBe(0);
    }
    await context.close();
  });

test('it speaks Russian', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'ru-RU' });
  const page = await context.newPage();
  await page.goto(address('patroni41-healthy', 'n2'));
  await expect(page.getByText('Неполадок у n2 не видно.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Что можно сделать с n2' })).toBeVisible();
  await context.close();
});
