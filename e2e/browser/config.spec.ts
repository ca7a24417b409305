// The configuration editor on a real cluster: what a change would do, that members took it up, and that two people who edit at
// once lose nothing. What is in force is asked of PostgreSQL and of patronictl.
import { type Browser, expect, type Page, test } from '@playwright/test';
import type { Json } from '../lab/config-files';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlConfig } from '../lab/patronictl';
import { confirm, editParameters, openConfigEditor } from './act';
import { type Howdah, startHowdahOn } from './howdah';
import { labOf } from './labs';

test.describe.configure({ timeout: 300_000 });

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

const openEditor = (page: Page): Promise<void> => openConfigEditor(page, howdah);
const edit = (page: Page, parameters: Json): Promise<void> => editParameters(page, howdah, parameters);

async function save(page: Page, reason: string): Promise<void> {
  await page.getByRole('button', { name: /^Save \d+ changes?$/ }).click();
  const action = await confirm(page, howdah, page.getByRole('dialog'), { verb: 'Save revision', reason });
  expect(['done', 'done_differently']).toContain(action.outcome);
}

async function parametersOf(): Promise<Json> {
  return ((await patronictlConfig(lab)).postgresql as Json).parameters as Json;
}

async function inForce(name: string): Promise<readonly unknown[]> {
  return Promise.all(lab.realMembers.map(async (member) => (await lab.sql(member.name, `SHOW ${name}`))[0]?.[name]));
}

/** As a person goes back from the progress page: without a reload. */
async function openByLink(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Outcome' }).getByRole('link', { name: 'Back to the editor' }).click();
  await expect(page.getByRole('textbox', { name: `Dynamic configuration of ${SCOPE}, yaml` })).toBeVisible();
}

const taken = (page: Page) => page.getByRole('region', { name: 'Applied' });
const effects = (page: Page) => page.getByRole('region', { name: 'What saving would do' });

test('a value that a local file of the members beats: foretold before the save, and named after it', async ({
  page,
}) => {
  await openEditor(page);
  await edit(page, { work_mem: '8MB' });
  const row = effects(page).getByRole('row', { name: /^work_mem/ });
  // First of all: right after another save nothing is concluded from what the members run with; they are asked each minute.
  await expect(row).toContainText('no effect', { timeout: 100_000 });
  await expect(row).toContainText('its patroni.yml sets 1MB');
  await save(page, 'bigger sorts');
  await openByLink(page);
  await expect(taken(page).getByText('not applied', { exact: true })).toHaveCount(3, { timeout: 60_000 });
  await expect(taken(page)).toContainText('its patroni.yml sets 1MB');
  expect(await inForce('work_mem')).toEqual(['1MB', '1MB', '1MB']);
  await edit(page, { work_mem: '16MB' });
  await expect(effects(page).getByRole('row', { name: /^work_mem/ })).toContainText('no effect', { timeout: 60_000 });
});

test('a change says what it would do, is saved, and who took it up is seen, member by member', async ({ page }) => {
  await openEditor(page);
  await edit(page, { log_min_duration_statement: '2s' });
  await expect(effects(page).getByRole('row', { name: /^log_min_duration_statement/ })).toContainText(
    /reload.*all members/,
  );
  await save(page, 'slow queries');
  await openByLink(page);
  await expect(taken(page).getByText('applied', { exact: true })).toHaveCount(3, { timeout: 60_000 });
  expect((await parametersOf()).log_min_duration_statement).toBe('2s');
  expect(await inForce('log_min_duration_statement')).toEqual(['2s', '2s', '2s']);
});

test('an error is named where it stands, and is not saved', async ({ page }) => {
  await openEditor(page);
  await edit(page, { random_page_cost: 'cheap', max_connections: 'many' });
  await expect(page.getByRole('button', { name: /^Save: fix \d errors? first$/ })).toBeDisabled();
  await expect(effects(page).getByRole('row', { name: /^random_page_cost/ })).toContainText(/error, line \d+/);
});

async function person(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await openEditor(page);
  return page;
}

test('two people edit at once: the second is told, merges, and nobody’s change is lost', async ({ browser }) => {
  const [one, two] = [await person(browser), await person(browser)];
  try {
    await edit(one, { random_page_cost: 1.5 });
    await edit(two, { log_lock_waits: 'on' });
    await save(one, 'faster disks');
    const conflict = two.getByRole('region', { name: 'Conflict' });
    await expect(conflict).toContainText('This configuration changed while you were editing', { timeout: 60_000 });
    await expect(conflict).toContainText('random_page_cost');
    await expect(two.getByRole('button', { name: 'Save: merge first' })).toBeDisabled();
    await conflict.getByRole('button', { name: 'Compare three versions' }).click();
    await expect(two.getByRole('region', { name: 'Three versions' })).toContainText('log_lock_waits');
    await conflict.getByRole('button', { name: 'Merge, no conflict' }).click();
    await expect(conflict).toHaveCount(0);
    await save(two, 'who waits for whom');
    expect(await parametersOf()).toMatchObject({ random_page_cost: 1.5, log_lock_waits: 'on' });
  } finally {
    await one.context().close();
    await two.context().close();
  }
});

test('the same leaf changed by patronictl meanwhile: both values are shown, and a person decides', async ({ page }) => {
  await openEditor(page);
  await edit(page, { random_page_cost: 2.5 });
  await expect(effects(page).getByRole('row', { name: /^random_page_cost/ })).toBeVisible();
  const { code } = await lab.patronictl([
    'edit-config',
    SCOPE,
    '--force',
    '-p',
    'random_page_cost=3',
    '-p',
    'log_temp_files=0',
  ]);
  expect(code).toBe(0);
  const conflict = page.getByRole('region', { name: 'Conflict' });
  await conflict.getByRole('button', { name: 'Merge, 1 conflict' }).click({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Keep yours: random_page_cost 2.5/ }).click();
  await save(page, 'measured again');
  expect(await parametersOf()).toMatchObject({ random_page_cost: 2.5, log_temp_files: 0, log_lock_waits: 'on' });
});

test('an earlier revision is put back through the same checks', async ({ page }) => {
  await openEditor(page);
  const before = await parametersOf();
  await edit(page, { log_autovacuum_min_duration: '5s' });
  await save(page, 'to be put back');
  await openByLink(page);
  const revisions = page.getByRole('region', { name: 'Revisions' });
  await expect(revisions.getByRole('button', { name: /log_autovacuum_min_duration.*lab/ })).toBeVisible();
  await revisions.getByRole('listitem').nth(1).getByRole('button').click();
  await revisions.getByRole('button', { name: /^Revert to \d+$/ }).click();
  await expect(effects(page).getByRole('row', { name: /^log_autovacuum_min_duration/ })).toContainText('removed');
  await save(page, 'as it was');
  expect(await parametersOf()).toEqual(before);
});
