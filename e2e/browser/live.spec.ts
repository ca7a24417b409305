// The browser on a real cluster: what happens there is on the screen by itself, and what cannot be known is never drawn as good.
import { expect, test } from '@playwright/test';
import { applyFault } from '../lab/faults';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { type Howdah, startHowdahOn } from './howdah';
import { labOf } from './labs';

test.describe.configure({ mode: 'serial', timeout: 300_000 });

let lab: Lab;
let howdah: Howdah;

test.beforeAll(async () => {
  lab = await labOf('distro');
  howdah = await startHowdahOn(lab);
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  await howdah?.stop();
});

const SLOW = { timeout: 60_000 };

test('a switchover changes the leader in the open page without a reload', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  const leader = page.locator('[data-leader]').first();
  await expect(leader).toHaveAttribute('data-leader', (await lab.leader()) ?? '');
  const target = (await lab.replicas())[0] ?? '';
  await lab.switchover(target);
  await expect(leader).toHaveAttribute('data-leader', target, SLOW);
  await expect(
    page.getByRole('region', { name: 'Members' }).getByRole('row', { name: new RegExp(`^${target}\\b`) }),
  ).toContainText('leader', SLOW);
  await lab.waitHealthy();
});

test('a paused replay shows on the fleet and on the cluster page, and goes when it is resumed', async ({ page }) => {
  await applyFault(lab, 'pause-replay');
  await page.goto(howdah.url);
  await expect(page.getByText(/Paused|Replay is paused/).first()).toBeVisible(SLOW);
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  await expect(page.getByRole('region', { name: 'Findings' }).getByText(/Replay is paused on/)).toBeVisible(SLOW);
  await healLab(lab);
  await expect(page.getByRole('region', { name: 'Findings' }).getByText(/Replay is paused on/)).toHaveCount(0, SLOW);
});

test('etcd frozen: the page stays up and says that who leads is not known; it heals without a restart', async ({
  page,
}) => {
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  await expect(page.getByRole('heading', { level: 1, name: SCOPE })).toBeVisible();
  await applyFault(lab, 'freeze-all-etcd');
  await expect(page.getByRole('region', { name: 'Findings' }).getByText(/etcd has not answered/)).toBeVisible(SLOW);
  for (const { name } of lab.members)
    await expect(
      page.getByRole('region', { name: 'Members' }).getByRole('row', { name: new RegExp(`^${name}\\b`) }),
    ).toBeVisible();
  await healLab(lab);
  await expect(page.getByRole('region', { name: 'Findings' }).getByText(/etcd has not answered/)).toHaveCount(0, {
    timeout: 120_000,
  });
});

test('one node gone: the others stay live, the one is unknown', async ({ page }) => {
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  const gone = (await lab.replicas())[0] ?? '';
  await applyFault(lab, 'kill-member', gone);
  await expect(
    page.getByRole('region', { name: 'Findings' }).getByText(new RegExp(`${gone} has not answered`)),
  ).toBeVisible(SLOW);
  await expect(
    page.getByRole('region', { name: 'Members' }).getByRole('row', { name: new RegExp(`^${gone}\\b`) }),
  ).toContainText(/was |unknown/, SLOW);
  await healLab(lab);
  await expect(
    page.getByRole('region', { name: 'Findings' }).getByText(new RegExp(`${gone} has not answered`)),
  ).toHaveCount(0, { timeout: 120_000 });
});

test('the stream lost: said within seconds, nothing old looks alive, and it comes back by itself after a restart', async ({
  page,
}) => {
  await page.goto(`${howdah.url}/clusters/${SCOPE}`);
  await expect(page.locator('[data-leader]').first()).toHaveAttribute('data-leader', (await lab.leader()) ?? '');
  const ended = await howdah.stop();
  expect(ended.code).toBe(0);
  await expect(page.getByRole('alert').filter({ hasText: /Connection lost/ })).toBeVisible({ timeout: 20_000 });
  howdah = await startHowdahOn(lab, { port: howdah.port });
  await expect(page.getByRole('alert').filter({ hasText: /Connection lost/ })).toHaveCount(0, SLOW);
  await expect(page.locator('[data-leader]').first()).toHaveAttribute('data-leader', (await lab.leader()) ?? '', SLOW);
});

test('no secret of the configuration reaches a browser', async ({ page }) => {
  const secrets = [lab.secrets.howdah, lab.secrets.rest, lab.secrets.probe];
  const seen: string[] = [];
  for (const address of [
    '/api/clusters',
    `/api/clusters/${SCOPE}`,
    `/api/clusters/${SCOPE}/config`,
    `/api/clusters/${SCOPE}/history`,
    '/api/health',
    '/api/openapi.json',
    `/clusters/${SCOPE}`,
  ]) {
    seen.push(await (await fetch(howdah.url + address)).text());
  }
  await page.goto(`${howdah.url}/clusters/${SCOPE}/config`);
  await expect(page.getByText('loop_wait').first()).toBeVisible();
  seen.push(await page.content(), howdah.output());
  for (const secret of secrets) expect(seen.some((text) => text.includes(secret))).toBe(false);
});
