// Passkeys with Chromium's own authenticator, made of software: kept on the account page, a way in by itself and beside the password, removed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible } from './axe';
import { freePort, type Howdah, startHowdah } from './howdah';

const NAME = 'anna';
const PASSWORD = 'a seat on top of it';

let howdah: Howdah;
let folder: string;
let origin: string;

test.beforeAll(async () => {
  const port = await freePort();
  // Browsers keep none for a bare address.
  origin = `http://localhost:${port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-passkeys-'));
  const config = path.join(folder, 'howdah.yaml');
  writeFileSync(config, `publicUrl: ${origin}\n`);
  howdah = await startHowdah(['--config', config], { port, env: { HOWDAH_AUTH: '' } });
});

test.afterAll(async () => {
  await howdah?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function fillPassword(page: Page): Promise<void> {
  await page.getByLabel('Name').fill(NAME);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${origin}/account`);
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await page.waitForURL(/\/sign-in/);
}

const isIn = (url: URL): boolean => !/sign-in|setup/.test(url.pathname);

test('a passkey is kept, signs in alone and beside the password, and is removed', async ({ page, context }) => {
  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await expect.poll(() => howdah.output()).toMatch(/\/setup#\S+/);
  await page.goto(/http\S+\/setup#\S+/.exec(howdah.output())?.[0] ?? '');
  await page.getByLabel('Name').fill(NAME);
  for (const field of await page.locator('input[type=password]').all()) await field.fill(PASSWORD);
  await page.locator('button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.includes('setup'));
  await page.goto(`${origin}/sign-in`);
  await fillPassword(page);
  await page.waitForURL(isIn);

  await page.goto(`${origin}/account`);
  await page.getByRole('button', { name: 'Add a passkey…' }).click();
  await page.getByLabel('Name of the passkey').fill('This laptop');
  await page.locator('input[name=current-password]').last().fill(PASSWORD);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText('1 passkey', { exact: true })).toBeVisible();
  await expectAccessible(page, 'the account page');

  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL(isIn);

  await signOut(page);
  await fillPassword(page);
  await page.getByRole('button', { name: 'Use the passkey' }).click();
  await page.waitForURL(isIn);

  await page.goto(`${origin}/account`);
  await expect(page.getByText(/last used/)).toBeVisible();
  await page.getByRole('button', { name: 'Remove the passkey This laptop' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('0 passkeys')).toBeVisible();
  await signOut(page);
  await fillPassword(page);
  await page.waitForURL(isIn);
});
