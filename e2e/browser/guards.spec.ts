// What stands between a person and a mistake, tried in a browser on one real cluster: refusals before and after the press,
// one execution for any number of presses, the finger, the keyboard, and the record.
import { expect, type Locator, type Page, test } from '@playwright/test';
import type { ActionsAnswer, AuditAnswer } from '../../lib/contract/actions';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlLeader } from '../lab/patronictl';
import { actionsBy, choose, confirm, etcdRevision, failoverRequestsSince, fill, follow, get, openCluster } from './act';
import { expectAccessible } from './axe';
import { type Howdah, startHowdahOn } from './howdah';
import { labOf } from './labs';

test.describe.configure({ timeout: 300_000 });

let lab: Lab;
let howdah: Howdah;

test.beforeAll(async () => {
  lab = await labOf('patroni41');
  howdah = await startHowdahOn(lab);
});

test.afterAll(() => howdah?.stop());

test.beforeEach(async ({ page }) => {
  await lab.waitHealthy();
  await openCluster(page, howdah);
});

async function otherReplicas(lab: Lab): Promise<readonly [string, string]> {
  const [first = '', second = ''] = await lab.replicas();
  return [first, second];
}

async function switchByPatronictl(lab: Lab, candidate: string): Promise<void> {
  const { stdout } = await lab.patronictl(['switchover', SCOPE, '--candidate', candidate, '--force']);
  expect(stdout).toContain('Successfully switched over');
}

/** Filled in as far as the press, to this candidate. */
async function readyToSwitch(
  page: Page,
  target: string,
  reason: string,
): Promise<{ dialog: Locator; button: Locator }> {
  const dialog = await choose(page, 'Switchover…');
  await dialog.getByRole('radio', { name: target }).check();
  const button = await fill(dialog, { verb: `Switch over to ${target}`, reason, typed: SCOPE });
  return { dialog, button };
}

/** Steps on with the Tab key until this has the focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let n = 0; n < 60; n++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the Tab key does not reach ${wanted}`);
}

/** Of components/ui/hold-button.tsx. */
const HOLD_MS = 2000;

const DIALOGS = [
  'Switchover…',
  'Pause…',
  'Restart members…',
  'Rolling restart…',
  'Reload…',
  'Reinitialize a member…',
  'Demote to a standby cluster…',
];

test('a refused candidate is shown, locked, with its reason', async ({ page }) => {
  const [target, other] = await otherReplicas(lab);
  await lab.reconfigureMember(target, (config) => {
    config.tags = { nofailover: true };
  });
  try {
    const dialog = await choose(page, 'Switchover…');
    const refused = dialog.getByRole('radio', { name: target });
    await expect(refused).toBeDisabled({ timeout: 60_000 });
    await expect(refused).toHaveAccessibleDescription(/Refused: .*nofailover/);
    // By force: a locked one is not clicked by Playwright's own rules.
    await dialog.getByText(target, { exact: true }).click({ force: true });
    await expect(refused).not.toBeChecked();
    await expect(dialog.getByRole('radio', { name: other })).toBeEnabled();
  } finally {
    await lab.reconfigureMember(target);
    await lab.waitUntil('the tag to go', 20_000, async () => {
      const tags = (await lab.patroniStatus(target))?.tags as Record<string, unknown> | undefined;
      return tags?.nofailover === undefined;
    });
  }
});

test('a leader changed by patronictl while the dialog is open is named, and it has to be confirmed anew', async ({
  page,
}) => {
  const leader = await lab.mustLeader();
  const [target, other] = await otherReplicas(lab);
  const reason = 'typed with care';
  const { dialog } = await readyToSwitch(page, target, reason);
  await switchByPatronictl(lab, other);
  // Asked in the middle, it says so in two parts: nobody first, then the new one.
  await expect(dialog.getByRole('status').filter({ hasText: 'Changed while this is open' })).toContainText(
    new RegExp(`(the leader was ${leader}|there was no leader), now it is ${other}`),
    { timeout: 60_000 },
  );
  await expect(dialog.getByLabel('Reason')).toHaveValue(reason);
  await expect(dialog.getByLabel(`Type ${SCOPE} to confirm`)).toHaveValue('');
  await expect(dialog.getByRole('radio', { name: target })).toBeChecked();
  expect(await actionsBy(howdah, reason)).toEqual([]);
});

test('a leader changed between the press and its arrival: refused with what changed, and confirmed anew', async ({
  page,
}) => {
  const leader = await lab.mustLeader();
  const [target, other] = await otherReplicas(lab);
  const reason = 'a moment too late';
  const { dialog, button } = await readyToSwitch(page, target, reason);
  await page.route(`**/api/clusters/${SCOPE}/actions`, async (route) => {
    if (route.request().method() === 'POST') await switchByPatronictl(lab, other);
    await route.continue();
  });
  const revision = await etcdRevision(lab);
  await button.click();
  const alert = dialog.getByRole('alert');
  await expect(alert).toContainText('Refused: the cluster changed', { timeout: 60_000 });
  await expect(alert).toContainText(`the leader was ${leader}, now it is ${other}`);
  await expect(dialog.getByLabel('Reason')).toHaveValue(reason);
  await expect(dialog.getByLabel(`Type ${SCOPE} to confirm`)).toHaveValue('');
  expect(await patronictlLeader(lab)).toBe(other);
  // The one of patronictl.
  expect(await failoverRequestsSince(lab, revision)).toBe(1);
  expect((await actionsBy(howdah, reason)).every((action) => action.outcome === 'refused')).toBe(true);
});

test('a double click acts once', async ({ page }) => {
  const [target] = await otherReplicas(lab);
  const revision = await etcdRevision(lab);
  const { button } = await readyToSwitch(page, target, 'pressed twice');
  const from = page.url();
  await button.dblclick();
  expect((await follow(page, howdah, from)).outcome).toBe('done');
  expect(await failoverRequestsSince(lab, revision)).toBe(1);
  expect(await actionsBy(howdah, 'pressed twice')).toHaveLength(1);
});

test('a reload before the answer came acts once, and leads to the action', async ({ page }) => {
  const [target] = await otherReplicas(lab);
  const revision = await etcdRevision(lab);
  const { button } = await readyToSwitch(page, target, 'reloaded');
  const from = page.url();
  const arrived = new Promise<void>((resolve) => {
    void page.route(`**/api/clusters/${SCOPE}/actions`, async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      await route.fetch();
      // The server has it; the browser never hears of it.
      resolve();
    });
  });
  await button.click();
  await arrived;
  await page.reload();
  expect((await follow(page, howdah, from)).outcome).toBe('done');
  expect(await failoverRequestsSince(lab, revision)).toBe(1);
  expect(await actionsBy(howdah, 'reloaded')).toHaveLength(1);
});

test('Howdah killed in the middle: the open page tells the end, once it is back', async ({ page }) => {
  const leader = await lab.mustLeader();
  const [target] = await otherReplicas(lab);
  const { button } = await readyToSwitch(page, target, 'killed in the middle');
  const from = page.url();
  await page.route(`**/api/clusters/${SCOPE}/actions`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    const response = await route.fetch();
    // Ordered, and not over before the kill, however slow this machine is.
    lab.freezeMember(leader);
    await route.fulfill({ response });
  });
  try {
    await button.click();
    await page.waitForURL((url) => url.href !== from);
    await howdah.kill();
  } finally {
    lab.thawMember(leader);
  }
  await expect(page.getByRole('alert').filter({ hasText: /Connection lost/ })).toBeVisible({ timeout: 60_000 });
  await howdah.restart();
  const action = await follow(page, howdah, from);
  expect(action).toMatchObject({ outcome: 'done', recovered: true });
  await expect(page.getByRole('region', { name: 'Outcome' })).toContainText(/stopped in the middle/);
  expect(await patronictlLeader(lab)).toBe(target);
  expect(await actionsBy(howdah, 'killed in the middle')).toHaveLength(1);
});

test('by finger: letting go early cancels, holding confirms', async ({ browser }) => {
  const [target] = await otherReplicas(lab);
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  });
  try {
    const page = await context.newPage();
    await openCluster(page, howdah);
    await page.getByRole('button', { name: 'Switchover…' }).tap();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: target }).check();
    await dialog.getByRole('button', { name: 'Maintenance' }).tap();
    await dialog.getByLabel(`Type ${SCOPE} to confirm`).fill(SCOPE);
    const button = dialog.getByRole('button', { name: `Switch over to ${target}` });
    await expect(button).toBeEnabled();
    const box = await button.boundingBox();
    const at = { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 };
    const finger = await context.newCDPSession(page);
    const down = (): Promise<unknown> =>
      finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
    const up = (): Promise<unknown> => finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    const holding = dialog.getByRole('button', { name: /Keep holding/ });
    let sent = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/actions')) sent += 1;
    });
    await down();
    await expect(holding).toBeVisible();
    await up();
    await expect(button).toBeVisible();
    // Longer than the hold: had it gone on counting, it would have been sent by now.
    await page.waitForTimeout(HOLD_MS + 1000);
    expect([sent, await actionsBy(howdah, 'Maintenance')]).toEqual([0, []]);
    const from = page.url();
    // A slow machine counts slowly, and what changes under the finger lets the button rest: then one holds again.
    await expect(async () => {
      if (sent === 0) {
        await expect(button).toBeEnabled();
        try {
          await down();
          await expect(holding).toHaveCount(1);
          await expect(holding).toHaveCount(0, { timeout: 60_000 });
        } finally {
          await up();
        }
      }
      await expect.poll(() => sent, { timeout: 5000 }).toBe(1);
    }).toPass({ timeout: 120_000 });
    expect((await follow(page, howdah, from)).outcome).toBe('done');
    expect(await actionsBy(howdah, 'Maintenance')).toHaveLength(1);
    expect(await patronictlLeader(lab)).toBe(target);
  } finally {
    await context.close();
  }
});

test('by keyboard alone: from the menu to the end', async ({ page }) => {
  await tabTo(page, page.getByRole('button', { name: 'Actions', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Switchover…' })).toBeFocused();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  const candidate = dialog.getByRole('radiogroup', { name: 'Candidate' }).getByRole('radio').first();
  const target = (await candidate.getAttribute('value')) ?? '';
  await expect(candidate).toBeFocused();
  await page.keyboard.press('Space');
  await expect(candidate).toBeChecked();
  await tabTo(page, dialog.getByLabel('Reason'));
  await page.keyboard.type('without a mouse');
  await tabTo(page, dialog.getByLabel(`Type ${SCOPE} to confirm`));
  await page.keyboard.type(SCOPE);
  const button = dialog.getByRole('button', { name: `Switch over to ${target}` });
  await expect(button).toBeEnabled();
  await tabTo(page, button);
  const from = page.url();
  await page.keyboard.press('Enter');
  expect((await follow(page, howdah, from)).outcome).toBe('done');
  expect(await patronictlLeader(lab)).toBe(target);
});

test('the audit lists all of it, filters, and gives it as CSV', async ({ page }) => {
  await confirm(page, howdah, await choose(page, 'Reload…'), {
    verb: 'Reload n1, n2 and n3',
    reason: 'for the record, "quoted"',
  });
  await openCluster(page, howdah);
  await page.getByRole('navigation', { name: 'Cluster' }).getByRole('link', { name: 'Audit' }).click();
  const table = page.getByRole('region', { name: 'What was done' });
  const { rows, journal } = (await (
    await fetch(`${howdah.url}/api/audit?scope=${SCOPE}&limit=100`)
  ).json()) as AuditAnswer;
  expect(journal.problem).toBeNull();
  await expect(table.getByRole('row')).toHaveCount(1 + rows.length);
  expect(rows.every((row) => row.phase === 'closed')).toBe(true);
  await page.getByLabel('Action', { exact: true }).selectOption('Reload');
  await expect(table.getByRole('row')).toHaveCount(1 + rows.filter((row) => row.request.kind === 'reload').length);
  await page.getByLabel('Find in the audit').fill('no such reason');
  await expect(table.getByText(/None of the/)).toBeVisible();
  await table.getByRole('button', { name: 'Clear filter' }).click();
  await expect(table.getByRole('row')).toHaveCount(1 + rows.length);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const csv = Buffer.concat(chunks).toString();
  for (const row of rows) expect(csv).toContain(row.id);
  expect(csv).toContain('"for the record, ""quoted"""');
});

for (const width of [1440, 390]) {
  test(`no axe violations where one acts, dark and light, ${width} px`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: 'reduce' });
    try {
      const page = await context.newPage();
      await openCluster(page, howdah);
      for (const word of DIALOGS) {
        const dialog = await choose(page, word);
        if (word === 'Switchover…') await dialog.getByRole('radio', { name: (await lab.replicas())[0] ?? '' }).check();
        // Everything is there once the server has judged it.
        await expect(dialog.getByText(/\d+ passed$|: then everything is checked/).first()).toBeVisible();
        await expectAccessible(page, `${word} dialog`);
        await page.keyboard.press('Escape');
        await expect(dialog).toHaveCount(0);
      }
      const { actions } = await get<ActionsAnswer>(howdah, 'actions');
      const long = actions.find((action) => action.request.kind === 'switchover') ?? actions[0];
      for (const [path, panel] of [
        [`actions/${long?.id}`, 'Observed steps'],
        ['audit', 'What was done'],
        ['config', 'What saving would do'],
      ] as const) {
        await page.goto(`${howdah.url}/clusters/${SCOPE}/${path}`);
        await expect(page.getByRole('region', { name: panel })).toBeVisible();
        await expectAccessible(page, panel);
      }
    } finally {
      await context.close();
    }
  });
}
