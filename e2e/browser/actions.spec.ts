// Every action from the browser to its verified end on a real cluster of the newest generation, and the state afterwards as patronictl
// sees it; e2e/truth/every-action.ts has the same over the API on the others. What goes wrong on the way to a click is in guards.spec.ts.
import { expect, test } from '@playwright/test';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlConfig, patronictlLeader, patronictlList } from '../lab/patronictl';
import { choose, chooseFor, confirm, editParameters, expectAgreement, openCluster, openConfigEditor } from './act';
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

test('a switchover now, to the chosen candidate, with its steps and its write outage', async ({ page }) => {
  const [target = ''] = await lab.replicas();
  const before = await lab.mustLeader();
  const dialog = await choose(page, 'Switchover…');
  await dialog.getByRole('radio', { name: target }).check();
  const action = await confirm(page, howdah, dialog, {
    verb: `Switch over to ${target}`,
    reason: 'from the browser',
    typed: SCOPE,
  });
  expect(action.outcome).toBe('done');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`${before} to ${target}`);
  const steps = page.getByRole('region', { name: 'Observed steps' });
  await expect(steps.getByText(/, observed$/)).not.toHaveCount(0);
  await expect(steps.getByText(`${target} takes the key`)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Write outage' })).toContainText(/\d s.*by the write probe/);
  expect(await patronictlLeader(lab)).toBe(target);
  await expectAgreement(howdah, lab);
});

test('a switchover at a time, and its cancel from the page that tells of it', async ({ page }) => {
  const [target = ''] = await lab.replicas();
  const dialog = await chooseFor(page, target, 'Switch over to this member…');
  await expect(dialog.getByRole('radio', { name: target })).toBeChecked();
  await dialog.getByText('At a time', { exact: true }).click();
  const action = await confirm(page, howdah, dialog, {
    verb: `Schedule switchover to ${target}`,
    reason: 'tonight',
    typed: SCOPE,
  });
  expect(action.outcome).toBe('scheduled');
  const stored = JSON.parse((await lab.etcd.get(`${lab.prefix}failover`))?.value ?? '{}') as Record<string, string>;
  expect(stored.member).toBe(target);
  expect(Date.parse(stored.scheduled_at ?? '')).toBeGreaterThan(Date.now());
  await page.getByRole('button', { name: 'Cancel the switchover…' }).click();
  const cancelled = await confirm(page, howdah, page.getByRole('dialog'), {
    verb: 'Cancel switchover',
    reason: 'not tonight',
  });
  expect(cancelled.outcome).toBe('done');
  expect((await lab.etcd.get(`${lab.prefix}failover`))?.value ?? '{}').toBe('{}');
  expect((await lab.patronictl(['list'])).stdout).not.toContain('scheduled');
});

test('pause with an owner and an end, and resume', async ({ page }) => {
  const dialog = await choose(page, 'Pause…');
  await dialog.getByLabel('Owner').fill('night shift');
  await dialog.getByLabel('End', { exact: true }).selectOption('In 2 h');
  const paused = await confirm(page, howdah, dialog, { verb: 'Pause', reason: 'storage work' });
  expect(paused.outcome).toBe('done');
  expect((await patronictlConfig(lab)).pause).toBe(true);
  expect((await lab.patronictl(['list'])).stdout).toContain('Maintenance mode: on');
  await openCluster(page, howdah);
  await expect(page.getByRole('region', { name: 'Findings' })).toContainText(/night shift/);
  const again = await choose(page, 'Resume…');
  await expect(again).toContainText('storage work');
  const resumed = await confirm(page, howdah, again, { verb: 'Resume', reason: 'storage is done' });
  expect(resumed.outcome).toBe('done');
  expect((await patronictlConfig(lab)).pause ?? false).toBe(false);
  expect((await lab.patronictl(['list'])).stdout).not.toContain('Maintenance mode');
});

test('a change of the configuration in the editor', async ({ page }) => {
  await openConfigEditor(page, howdah);
  await editParameters(page, howdah, { log_lock_waits: true });
  await page.getByRole('button', { name: 'Save 1 change' }).click();
  const action = await confirm(page, howdah, page.getByRole('dialog'), {
    verb: 'Save revision',
    reason: 'who waits for whom',
  });
  expect(action.outcome).toBe('done');
  expect(await patronictlConfig(lab)).toMatchObject({ postgresql: { parameters: { log_lock_waits: true } } });
  for (const { name } of lab.realMembers)
    expect((await lab.sql(name, 'SHOW log_lock_waits'))[0]?.log_lock_waits).toBe('on');
});

test('a restart of a replica', async ({ page }) => {
  const [member = ''] = await lab.replicas();
  const startOf = async (): Promise<string> =>
    String((await lab.sql(member, 'SELECT pg_postmaster_start_time()::text AS at'))[0]?.at);
  const before = await startOf();
  const action = await confirm(page, howdah, await chooseFor(page, member, 'Restart…'), {
    verb: `Restart ${member}`,
    reason: 'it swaps',
  });
  expect(action.outcome).toBe('done');
  expect(await startOf()).not.toBe(before);
  await expectAgreement(howdah, lab);
});

test('a restart at a time, and its cancel', async ({ page }) => {
  const [member = ''] = await lab.replicas();
  const scheduled = async (): Promise<boolean> =>
    (await patronictlList(lab)).some((row) => row.Member === member && (row['Scheduled restart'] ?? '') !== '');
  const dialog = await chooseFor(page, member, 'Restart…');
  await dialog.getByText('At a time', { exact: true }).click();
  const action = await confirm(page, howdah, dialog, {
    verb: `Schedule restart of ${member}`,
    reason: 'at night',
  });
  expect(action.outcome).toBe('scheduled');
  await expect.poll(scheduled, { timeout: 60_000 }).toBe(true);
  await openCluster(page, howdah);
  const cancelled = await confirm(page, howdah, await chooseFor(page, member, 'Cancel the scheduled restart…'), {
    verb: `Cancel restart of ${member}`,
    reason: 'not at night',
  });
  expect(cancelled.outcome).toBe('done');
  await expect.poll(scheduled, { timeout: 60_000 }).toBe(false);
});

test('a reload of every member', async ({ page }) => {
  const dialog = await choose(page, 'Reload…');
  const names = lab.realMembers.map((member) => member.name);
  const action = await confirm(page, howdah, dialog, {
    verb: `Reload ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`,
    reason: 'new certificates',
  });
  expect(action.outcome).toBe('done');
});

test('a rolling restart for a pending change, replicas first and the old leader last', async ({ page }) => {
  const leader = await lab.mustLeader();
  await lab.patchConfig({ postgresql: { parameters: { max_connections: 55 } } });
  await expect
    .poll(async () => (await patronictlList(lab)).filter((row) => row['Pending restart'] === '*').length, {
      timeout: 60_000,
    })
    .toBe(3);
  await expectAgreement(howdah, lab);
  const action = await confirm(page, howdah, await choose(page, 'Rolling restart…'), {
    verb: 'Restart one by one',
    reason: 'more connections',
    typed: SCOPE,
  });
  expect(action.outcome).toBe('done');
  // What patronictl reads, each Patroni wrote in its last loop.
  await expect
    .poll(async () => (await patronictlList(lab)).filter((row) => row['Pending restart'] === '*'), {
      timeout: 60_000,
    })
    .toEqual([]);
  for (const { name } of lab.realMembers)
    expect((await lab.sql(name, 'SHOW max_connections'))[0]?.max_connections).toBe('55');
  expect(await patronictlLeader(lab)).not.toBe(leader);
  await expectAgreement(howdah, lab);
});

test('a reinitialize, for which the name of the member is typed', async ({ page }) => {
  const [member = ''] = await lab.replicas();
  const dialog = await chooseFor(page, member, 'Reinitialize…');
  const action = await confirm(page, howdah, dialog, {
    verb: `Reinitialize ${member}`,
    reason: 'its disk was replaced',
    typed: member,
  });
  expect(action.outcome).toBe('done');
  await lab.waitHealthy();
  await expectAgreement(howdah, lab);
});

test('a failover in pause, after the leader died', async ({ page }) => {
  await lab.setPause(true);
  const leader = await lab.mustLeader();
  const [target = ''] = await lab.replicas();
  await lab.killMember(leader);
  // As its lease would by itself, a ttl later.
  await lab.etcd.remove(`${lab.prefix}leader`);
  const dialog = await choose(page, 'Failover…');
  await dialog.getByRole('radio', { name: target }).check();
  const action = await confirm(page, howdah, dialog, {
    verb: `Fail over to ${target}`,
    reason: `${leader} burns`,
    typed: SCOPE,
  });
  expect(['done', 'done_differently']).toContain(action.outcome);
  expect(await patronictlLeader(lab)).toBe(target);
  await lab.setPause(false);
  await healLab(lab);
  await expectAgreement(howdah, lab);
});

test('demote to a standby cluster and promote it again', async ({ page }) => {
  const dialog = await choose(page, 'Demote to a standby cluster…');
  await dialog.getByLabel('restore_command').fill('/bin/false');
  const demoted = await confirm(page, howdah, dialog, {
    verb: 'Demote cluster',
    reason: 'the other site takes over',
    typed: SCOPE,
  });
  expect(demoted.outcome).toBe('done');
  expect((await patronictlList(lab)).map((row) => row.Role)).toContain('Standby Leader');
  await expectAgreement(howdah, lab);
  await openCluster(page, howdah);
  const promoted = await confirm(page, howdah, await choose(page, 'Promote the standby cluster…'), {
    verb: 'Promote cluster',
    reason: 'the other site is gone',
    typed: SCOPE,
  });
  expect(promoted.outcome).toBe('done');
  expect((await patronictlList(lab)).map((row) => row.Role)).toContain('Leader');
  await lab.waitHealthy();
  await expectAgreement(howdah, lab);
});
