// Who comes in, and what they may: the set-up link, local accounts and a real OpenID provider, roles on the screen and at the server,
// the second person by two browsers on a real cluster, tokens and sessions that end while they are used.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { parse, stringify } from 'yaml';
import type { AccessLogAnswer, ApprovalsAnswer, UserAnswer } from '../../lib/contract/access';
import type { ActionAnswer } from '../../lib/contract/actions';
import type { ApiError } from '../../lib/contract/error';
import type { Lab } from '../lab/lab';
import { SCOPE } from '../lab/layout';
import { patronictlLeader } from '../lab/patronictl';
import { ACTION_MS, choose, openCluster } from './act';
import { expectAccessible } from './axe';
import { freePort, type Howdah, startHowdah } from './howdah';
import { labOf } from './labs';
import { type OidcServer, startOidcServer } from './oidc-server';

const CLIENT = { id: 'howdah', secret: 'of-one-test-run' };
const PROVIDER = 'Lab SSO';
const ADMIN = 'a.ivanova';
const OPERATOR = 'm.keller';
const VIEWER = 'v.petrov';
const PASSWORDS: Readonly<Record<string, string>> = {
  [ADMIN]: 'a seat on top of it',
  [OPERATOR]: 'steady hands at night',
};
/** What one hears of at the latest when a session or token ends elsewhere. */
const ENDS_MS = 10_000;

// The accounts of the first tests are those of the others.
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let lab: Lab;
let howdah: Howdah;
let oidc: OidcServer;
/** One browser each, as they are one person each. */
let admin: Page;
let operator: Page;
let viewer: Page;
const contexts: BrowserContext[] = [];

async function newPage(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: howdah.url, reducedMotion: 'reduce', ...options });
  contexts.push(context);
  return context.newPage();
}

test.beforeAll(async () => {
  test.setTimeout(600_000);
  const port = await freePort();
  lab = await labOf('distro');
  oidc = await startOidcServer(
    { ...CLIENT, redirectUri: `http://127.0.0.1:${port}/api/auth/callback/oidc` },
    { [VIEWER]: ['staff', 'dba-viewers'], stranger: ['staff'] },
  );
  const config = path.join(lab.layout.stateDir, 'howdah-access.yaml');
  const { listen: _, ...base } = parse(readFileSync(lab.howdahYaml, 'utf8'));
  const auth = {
    oidc: {
      name: PROVIDER,
      issuer: oidc.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      roles: [{ group: 'dba-viewers', role: 'viewer', labels: { env: 'lab' } }],
    },
  };
  const approvals = [{ actions: ['switchover', 'pause'], labels: { env: 'lab' }, minutes: 30 }];
  writeFileSync(config, stringify({ ...base, auth, approvals }), { mode: 0o600 });
  // With the lab's mark: the lab's end is its end too, also after a crash.
  const mark = { HOWDAH_LAB: lab.layout.dataDir, HOWDAH_LAB_PART: 'howdah' };
  howdah = await startHowdah(['--config', config], { port, env: { ...mark, HOWDAH_AUTH: '' } });
});

test.afterAll(async () => {
  test.setTimeout(120_000);
  for (const context of contexts) await context.close();
  await howdah?.stop();
  await oidc?.stop();
  await lab?.down({ purge: true });
});

interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** From inside the page, as its own script would. */
function ask<T>(page: Page, path: string, body: object | null = null): Promise<Answer<T>> {
  return page.evaluate(
    async ([where, sent]) => {
      const answer = await fetch(where, {
        method: sent === null ? 'GET' : 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: sent,
      });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    },
    [path, body === null ? null : JSON.stringify(body)] as const,
  );
}

async function signIn(page: Page, name: string, to = '/account'): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(to)}`);
  await enter(page, name, PASSWORDS[name] ?? '');
  await page.waitForURL((url) => url.pathname === to);
}

async function enter(page: Page, name: string, password: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function choosePassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('The same password again').fill(password);
  await page.getByRole('button', { name: 'Set up', exact: true }).click();
}

const setupLink = (): string => /http:\S+\/setup#\S+/.exec(howdah.output())?.[0] ?? '';

test('the first account is made by the printed link, which leaves the address and counts once', async ({ browser }) => {
  admin = await newPage(browser);
  await expect.poll(setupLink, { timeout: 60_000 }).not.toBe('');
  await admin.goto(setupLink());
  await admin.getByLabel('Name', { exact: true }).fill(ADMIN);
  expect(admin.url()).toBe(`${howdah.url}/setup`);
  await choosePassword(admin, 'too short');
  await expect(admin.getByRole('alert').filter({ hasText: 'at least 12 characters' })).toBeVisible();
  await choosePassword(admin, 'passwordpassword');
  await expect(admin.getByRole('alert').filter({ hasText: 'in lists that are tried first' })).toBeVisible();
  await choosePassword(admin, PASSWORDS[ADMIN] ?? '');
  await admin.waitForURL(/\/sign-in$/);
  const again = await newPage(browser);
  await again.goto(setupLink());
  await again.getByLabel('Name', { exact: true }).fill('mallory');
  await choosePassword(again, 'another good password');
  await expect(again.getByRole('alert').filter({ hasText: 'this link is not known, used or expired' })).toBeVisible();
});

test('a local sign-in: a wrong password is said, and one comes back to where one was going, never to another site', async () => {
  await admin.goto('/audit');
  await admin.waitForURL(/\/sign-in\?next=%2Faudit$/);
  await enter(admin, ADMIN, 'not the password');
  await expect(admin.getByRole('alert').filter({ hasText: 'Name or password is wrong.' })).toBeVisible();
  await expect(admin.getByLabel('Password', { exact: true })).toBeFocused();
  await enter(admin, ADMIN, PASSWORDS[ADMIN] ?? '');
  await admin.waitForURL(`${howdah.url}/audit`);
  await expect(admin.getByRole('region', { name: 'What was done' })).toBeVisible();
  await admin
    .getByRole('button', { name: `${ADMIN}: account and access` })
    .first()
    .click();
  await admin.getByRole('menuitem', { name: 'Sign out' }).click();
  await admin.waitForURL(/\/sign-in$/);
  await admin.goto('/sign-in?next=//evil.example/');
  await enter(admin, ADMIN, PASSWORDS[ADMIN] ?? '');
  await admin.waitForURL(`${howdah.url}/`);
});

test('an admin adds a user, whose link shows the name and sets the password', async ({ browser }) => {
  await admin.goto('/access');
  await admin.getByRole('button', { name: 'Add a user…' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Add a user' });
  await dialog.getByLabel('Name', { exact: true }).fill(OPERATOR);
  await dialog.getByLabel('Role', { exact: true }).selectOption('operator');
  await dialog.getByText('Some', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Say which clusters');
  await dialog.getByLabel('and by label').fill('env=lab');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const link = await admin
    .getByRole('dialog', { name: `Set-up link of ${OPERATOR}` })
    .getByRole('code')
    .textContent();
  await admin.getByRole('button', { name: 'Close' }).click();
  operator = await newPage(browser);
  await operator.goto((link ?? '').trim());
  await expect(operator.getByLabel('Name', { exact: true })).toHaveValue(OPERATOR);
  await choosePassword(operator, PASSWORDS[OPERATOR] ?? '');
  await operator.waitForURL(/\/sign-in$/);
  await signIn(operator, OPERATOR);
  await expect(operator.getByRole('region', { name: 'Who you are here' })).toContainText('operator on env=lab');
  await operator.goto('/access');
  await expect(operator.getByRole('main')).toContainText(/You may not see who has access/);
});

test('by OpenID Connect: groups become roles, and the exchange is bound to this browser', async ({ browser }) => {
  viewer = await newPage(browser);
  await viewer.goto('/clusters/demo');
  await viewer.waitForURL(/\/sign-in\?next=/);
  await viewer.getByRole('button', { name: `Sign in with ${PROVIDER}` }).click();
  await viewer.getByLabel('User').fill(VIEWER);
  await viewer.getByRole('button', { name: 'Go on' }).click();
  await viewer.waitForURL(`${howdah.url}/clusters/${SCOPE}`);
  await viewer.goto('/account');
  await expect(viewer.getByRole('region', { name: 'Who you are here' })).toContainText('viewer on env=lab');
  await expect(viewer.getByRole('main')).toContainText('kept by the provider');
  const [asked] = oidc.asked;
  expect(asked?.get('response_type')).toBe('code');
  expect(asked?.get('code_challenge_method')).toBe('S256');
  for (const name of ['code_challenge', 'state', 'nonce']) expect(asked?.get(name)?.length ?? 0).toBeGreaterThan(20);
  const nobody = await newPage(browser);
  await nobody.goto('/sign-in');
  await nobody.getByRole('button', { name: `Sign in with ${PROVIDER}` }).click();
  await nobody.getByLabel('User').fill('stranger');
  await nobody.getByRole('button', { name: 'Go on' }).click();
  await expect(nobody.getByRole('alert').filter({ hasText: 'none of your groups has a role here' })).toBeVisible();
  expect((await ask<ApiError>(nobody, '/api/me')).body.code).toBe('not_signed_in');
});

test('what a viewer may not do is disabled with the reason, and the server refuses with the same words', async () => {
  await openCluster(viewer, howdah);
  await expect(viewer.getByRole('button', { name: 'Switchover…' })).toBeDisabled();
  await viewer.getByRole('button', { name: 'Actions', exact: true }).click();
  for (const [word, request] of [
    ['Switchover…', { kind: 'switchover', candidate: (await lab.replicas())[0] ?? '', scheduledAt: null }],
    ['Pause…', { kind: 'pause', owner: null, until: null, autoResume: false }],
    [
      'Edit dynamic configuration…',
      { kind: 'edit_config', baseRevision: '1', baseDigest: null, value: {}, text: null },
    ],
  ] as const) {
    const item = viewer.getByRole('menuitem', { name: word });
    await expect(item).toHaveAttribute('aria-disabled', 'true');
    await expect(item).toHaveAccessibleDescription(
      /^Your role viewer may not .* on env=lab; operator may\. Allowed for: a\.ivanova\.$/,
    );
    const order = {
      request,
      token: 'x',
      reason: 'trying',
      confirmation: null,
      idempotencyKey: `viewer-${request.kind}`,
    };
    const { status, body } = await ask<ApiError>(viewer, `/api/clusters/${SCOPE}/actions`, order);
    expect([status, body.code]).toEqual([403, 'forbidden']);
    await expect(item).toHaveAccessibleDescription(String(body.message));
  }
  await viewer.keyboard.press('Escape');
});

async function asksFor(page: Page, target: string, reason: string): Promise<Locator> {
  await openCluster(page, howdah);
  const dialog = await choose(page, 'Switchover…');
  await dialog.getByRole('radio', { name: target }).check();
  await dialog.getByLabel('Reason').fill(reason);
  const button = dialog.getByRole('button', { name: 'Ask for approval' });
  await expect(button).toBeEnabled({ timeout: 60_000 });
  await expect(dialog.getByRole('button', { name: 'Break glass…' })).toHaveCount(0);
  await button.click();
  await expect(dialog.getByText('Waits for a second person')).toBeVisible();
  await expect(dialog.getByText('You cannot approve your own request.')).toBeVisible();
  return dialog;
}

test('a switchover by two persons: asked, declined with words, asked again, approved and done', async () => {
  const [target = '', other = ''] = await lab.replicas();
  const before = await lab.mustLeader();
  const asked = await asksFor(operator, target, 'kernel update');
  const { body } = await ask<ApprovalsAnswer>(operator, '/api/approvals');
  const own = body.approvals[0];
  expect(own).toMatchObject({ askedBy: OPERATOR, state: 'waiting' });
  const order = { token: 'x', confirmation: SCOPE, idempotencyKey: 'approve-my-own' };
  const refused = await ask<ApiError>(operator, `/api/approvals/${own?.id}/approve`, order);
  expect(refused.status).toBe(409);
  expect(refused.body.message).toContain('cannot approve your own');

  await admin.goto('/');
  const banner = admin.getByRole('region', { name: 'Requests for a second person' });
  await expect(banner).toContainText(`${OPERATOR} asks: Switch over to ${target} (${SCOPE}).`);
  await expect(admin.getByRole('navigation', { name: 'Main' })).toContainText('1 request waits for you');
  await banner.getByRole('button', { name: /^Look at what/ }).click();
  const first = admin.getByRole('dialog');
  await first.getByLabel(`A word to ${OPERATOR}, if you decline`).fill('not during the backup');
  await first.getByRole('button', { name: 'Decline' }).click();
  await expect(first).toHaveCount(0);
  await expect(asked).toContainText(`${ADMIN} declined it`);
  await expect(asked).toContainText('not during the backup');
  expect(await patronictlLeader(lab)).toBe(before);

  await operator.keyboard.press('Escape');
  const again = await asksFor(operator, other, 'kernel update, backup is over');
  await banner.getByRole('button', { name: /^Look at what/ }).click();
  const second = admin.getByRole('dialog');
  await expect(second).toContainText('kernel update, backup is over');
  await expect(second.getByRole('radio')).toHaveCount(0);
  await second.getByLabel(`Type ${SCOPE} to confirm`).fill(SCOPE);
  const approve = second.getByRole('button', { name: `Approve and switch over to ${other}` });
  await expect(approve).toBeEnabled({ timeout: 60_000 });
  await approve.click();
  await admin.waitForURL(/\/actions\/[^/]+$/, { timeout: 60_000 });
  const follow = again.getByRole('link', { name: 'Follow it' });
  await expect(again).toContainText(`${ADMIN} approved it`);
  await follow.click();
  await operator.waitForURL(/\/actions\/[^/]+$/);
  for (const page of [operator, admin])
    await expect(page.getByRole('region', { name: 'Outcome' })).toBeVisible({ timeout: ACTION_MS });
  expect(await patronictlLeader(lab)).toBe(other);
  const id = new URL(operator.url()).pathname.split('/').at(-1) ?? '';
  const { action } = (await ask<ActionAnswer>(operator, `/api/clusters/${SCOPE}/actions/${id}`)).body;
  expect(action).toMatchObject({
    actor: OPERATOR,
    outcome: 'done',
    authority: { approvedBy: ADMIN, breakGlass: null },
  });
});

test('breaking the glass needs an admin and a reason, and is recorded', async () => {
  await openCluster(admin, howdah);
  const dialog = await choose(admin, 'Pause…');
  await dialog.getByLabel('Reason').fill('alone');
  await dialog.getByRole('button', { name: 'Break glass…' }).click();
  await expect(dialog.getByRole('button', { name: 'Give a reason of at least 10 characters first' })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('nobody else is awake');
  const confirm = dialog.getByLabel(`Type ${SCOPE} to confirm`);
  const button = dialog.getByRole('button', { name: /^Break glass: pause .*alone$/ });
  await expect(button.or(dialog.getByRole('button', { name: `Type ${SCOPE} first` }))).toBeVisible();
  if ((await confirm.count()) > 0) await confirm.fill(SCOPE);
  await expect(button).toBeEnabled({ timeout: 60_000 });
  await button.click();
  await admin.waitForURL(/\/actions\/[^/]+$/, { timeout: 60_000 });
  await expect(admin.getByRole('region', { name: 'Outcome' })).toBeVisible({ timeout: ACTION_MS });
  const { events } = (await ask<AccessLogAnswer>(admin, '/api/access-log?limit=20')).body;
  expect(events.find(({ kind }) => kind === 'break_glass_action')).toMatchObject({
    actor: ADMIN,
    scope: SCOPE,
    text: expect.stringContaining('nobody else is awake'),
  });
  await admin.goto('/access');
  await expect(admin.getByRole('region', { name: 'Access log' })).toContainText('acted without the second person');
  await lab.patronictl(['resume', SCOPE, '--wait']);
});

test('a token that is revoked in mid-use ends its stream, and opens nothing more', async () => {
  await operator.goto('/account');
  const panel = operator.getByRole('region', { name: 'API tokens' });
  await panel.getByRole('button', { name: 'New token…' }).click();
  await operator.getByRole('dialog').getByLabel('Name', { exact: true }).fill('deploy');
  await operator.getByRole('dialog').getByRole('button', { name: 'Create the token' }).click();
  const shown = operator.getByRole('dialog', { name: 'The new token' });
  const secret = ((await shown.getByRole('code').textContent()) ?? '').trim();
  expect(secret).toMatch(/^howdah_/);
  await shown.getByRole('button', { name: 'Close' }).click();
  const headers = { authorization: `Bearer ${secret}` };
  const stream = await fetch(`${howdah.url}/api/stream`, { headers });
  expect(stream.status).toBe(200);
  let text = '';
  const ended = (async () => {
    for await (const chunk of stream.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    return Date.now();
  })();
  await expect.poll(() => text).toContain('event: hello');
  await expect(panel).toContainText('deploy');
  await panel.getByRole('button', { name: 'Revoke deploy' }).click();
  await panel.getByRole('button', { name: 'Press again to revoke it' }).click();
  await expect(panel).toContainText('revoked');
  const revokedAt = Date.now();
  expect((await ended) - revokedAt).toBeLessThan(ENDS_MS);
  expect((await fetch(`${howdah.url}/api/clusters`, { headers })).status).toBe(401);
});

test('signing out everywhere ends the session of another browser, which shows nothing more', async ({ browser }) => {
  const other = await newPage(browser);
  await signIn(other, OPERATOR, `/clusters/${SCOPE}`);
  await expect(other.getByRole('region', { name: 'Members' })).toBeVisible();
  await operator.goto('/account');
  await expect(operator.getByRole('region', { name: 'Sessions' })).toContainText('2 sessions');
  await operator.getByRole('button', { name: 'Sign out everywhere' }).click();
  await operator.getByRole('button', { name: /^Press again: every session ends/ }).click();
  await operator.waitForURL(/\/sign-in$/);
  await other.waitForURL(/\/sign-in\?next=%2Fclusters%2Fdemo$/, { timeout: ENDS_MS });
  await expect(other.getByRole('region', { name: 'Members' })).toHaveCount(0);
  await other.goto(`/clusters/${SCOPE}`);
  await other.waitForURL(/\/sign-in\?next=/);
});

test('a second factor is asked for beside the password, and each code counts once', async ({ browser }) => {
  await signIn(operator, OPERATOR);
  const panel = operator.getByRole('region', { name: 'Second factor' });
  await panel.getByRole('button', { name: 'Turn on…' }).click();
  await expect(panel.getByRole('img', { name: /QR code/ })).toBeVisible();
  const secret = Secret.fromBase32(((await panel.getByRole('code').textContent()) ?? '').trim());
  const codeAt = (stepsFromNow: number): string =>
    new TOTP({ secret }).generate({ timestamp: Date.now() + stepsFromNow * 30_000 });
  const first = codeAt(-1);
  await panel.getByLabel('Code of your authenticator').fill(first);
  await panel.getByRole('button', { name: 'Turn on', exact: true }).click();
  await expect(panel.getByRole('button', { name: 'Turn off…' })).toBeVisible();
  const other = await newPage(browser);
  await other.goto('/sign-in');
  await enter(other, OPERATOR, PASSWORDS[OPERATOR] ?? '');
  const code = other.getByLabel('Code of your authenticator');
  await expect(code).toBeFocused();
  await expect(other.getByRole('alert').filter({ hasText: /\S/ })).toHaveCount(0);
  await code.fill(first);
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(other.getByRole('alert').filter({ hasText: 'The code is wrong or was used before.' })).toBeVisible();
  await code.fill(codeAt(0));
  await other.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.waitForURL(`${howdah.url}/`);
  await panel.getByRole('button', { name: 'Turn off…' }).click();
  await panel.getByLabel('Code of your authenticator').fill(codeAt(1));
  await panel.getByRole('button', { name: 'Turn off', exact: true }).click();
  await expect(panel.getByRole('button', { name: 'Turn on…' })).toBeVisible();
});

test('too many wrong passwords lock the account for a while, and an admin unlocks it', async ({ browser }) => {
  const page = await newPage(browser);
  await page.goto('/sign-in');
  for (let n = 0; n < 5; n++) {
    const answered = page.waitForResponse(/callback\/credentials/);
    await enter(page, OPERATOR, `wrong password ${n}`);
    await answered;
    if (n < 4) await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
    await expect(page.getByRole('alert').filter({ hasText: n < 4 ? 'is wrong' : 'Too many wrong' })).toBeVisible();
  }
  await expect(page.getByRole('button', { name: /^Possible in \d+ s$/ })).toBeDisabled();
  await admin.goto('/access');
  const users = admin.getByRole('region', { name: 'Users' });
  await expect(users).toContainText(/locked for \d+ s/);
  await users.getByRole('button', { name: `Menu of ${OPERATOR}` }).click();
  await admin.getByRole('menuitem', { name: 'Unlock…' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(users).not.toContainText(/locked for/);
  await signIn(page, OPERATOR);
});

for (const [language, width] of [
  ['en', 1440],
  ['ru', 390],
] as const) {
  test(`no axe violations at the door and behind it, ${language}, ${width} px`, async ({ browser }) => {
    const page = await newPage(browser, { viewport: { width, height: 900 } });
    await page.context().addCookies([{ name: 'howdah-language', value: language, url: howdah.url }]);
    const isRussian = language === 'ru';
    for (const [where, shown] of [
      ['/sign-in?error=oidc_no_role', PROVIDER],
      ['/setup?name=somebody#secret', 'somebody'],
    ] as const) {
      await page.goto(where);
      const found = page.getByText(shown).first();
      const field = page.locator(`input[value="${shown}"]`);
      await expect(found.or(field).first()).toBeVisible();
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expectAccessible(page, where);
    }
    await page.context().addCookies(await admin.context().cookies());
    await page.context().addCookies([{ name: 'howdah-language', value: language, url: howdah.url }]);
    await page.goto('/account');
    await page.getByRole('button', { name: isRussian ? 'Включить…' : 'Turn on…' }).click();
    await expect(page.getByRole('img', { name: /QR/ })).toBeVisible();
    await expectAccessible(page, '/account');
    await page.getByRole('button', { name: isRussian ? 'Новый токен…' : 'New token…' }).click();
    await expectAccessible(page, 'new token');
    await page.keyboard.press('Escape');
    await page.goto('/access');
    await expect(page.getByRole('region', { name: isRussian ? 'Журнал доступа' : 'Access log' })).toContainText(ADMIN);
    await expectAccessible(page, '/access');
    for (const name of isRussian ? ['Добавить пользователя…', 'Новое табло…'] : ['Add a user…', 'New wall…']) {
      await page.getByRole('button', { name }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectAccessible(page, name);
      await page.keyboard.press('Escape');
    }
  });
}

test('the second person decides on a phone: everything of the request and of now is there', async ({ browser }) => {
  const [target = ''] = await lab.replicas();
  const invited = await ask<UserAnswer>(admin, '/api/users', {
    name: 'n.night',
    grants: [{ role: 'admin', scopes: [SCOPE], labels: {} }],
  });
  const secret = (invited.body.link ?? '').split('#')[1] ?? '';
  const setUp = await ask(admin, '/api/setup', { secret, name: 'n.night', password: 'one bar of signal' });
  expect(setUp.status).toBe(200);
  await signIn(operator, OPERATOR);
  await asksFor(operator, target, 'by the phone');
  const phone = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.goto('/sign-in');
  await enter(phone, 'n.night', 'one bar of signal');
  await phone.waitForURL(`${howdah.url}/`);
  await phone.getByRole('button', { name: /^Look at what/ }).tap();
  const dialog = phone.getByRole('dialog');
  await expect(dialog).toContainText('by the phone');
  await dialog.getByLabel(`Type ${SCOPE} to confirm`).fill(SCOPE);
  await expect(dialog.getByRole('button', { name: `Approve and switch over to ${target}` })).toBeEnabled({
    timeout: 60_000,
  });
  await expectAccessible(phone, 'the second person on a phone');
  await dialog.getByRole('button', { name: 'Decline' }).tap();
  await expect(dialog).toHaveCount(0);
});
