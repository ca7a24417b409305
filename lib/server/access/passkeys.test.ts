// Passkeys at the door and on the account page, with an authenticator of software, honest and not.
import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../contract/access';
import type { Role } from '../../domain/access/access';
import { AuditIndex } from '../audit/audit-index';
import { type Journal, openJournal } from '../audit/journal';
import { buildSecret } from '../config/secret';
import { loadGood } from '../config/test-load';
import { answerHeaders } from '../edge/headers';
import { log } from '../log';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { type Caller, EVERYTHING } from './caller';
import { Door } from './door';
import { Keys } from './keys';
import { type Lies, TestAuthenticator } from './test-authenticator';

const PASSWORD = 'correct horse 42 staple';
const ORIGIN = 'https://db.example';
const folder = testFolder('passkeys');
const keys = new Keys([buildSecret('k'.repeat(40))]);
let store: Store;
let index: AuditIndex;
let journal: Journal;
let now = Date.now();
let door: Door;

beforeAll(async () => {
  log.level = 'silent';
  journal = await openJournal(folder, { now: () => now });
  store = testStore(folder, process.env.HOWDAH_TEST_DATABASE_URL ?? null);
  await untilReady(store);
  index = new AuditIndex(store, journal);
});

afterAll(async () => {
  await door.stop();
  index.close();
  await store.close();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  now = Date.now();
  for (const table of ['access_challenge', 'access_passkey', 'access_session', 'access_token', 'access_user'])
    await store.query(`DELETE FROM ${table}`);
  await open();
});

/** Below a path too the origin is that of the host. */
async function open(publicUrl = `${ORIGIN}/howdah`, required: readonly Role[] = []): Promise<void> {
  await door?.stop();
  const base = loadGood({});
  const auth = { ...base.auth, secondFactor: { required: [...required] } };
  const config = { ...base, dataDir: folder, publicUrl, auth };
  door = new Door({ config, keys, journal, store, now: () => now, print: () => undefined });
}

async function invite(name: string): Promise<Caller> {
  const { link, user } = await door.accounts.add({ name, grants: EVERYTHING }, callerOf('root', null));
  await door.accounts.setUp({ secret: link?.split('#')[1] ?? '', name: 'ignored', password: PASSWORD }, null);
  return callerOf(name, user.id);
}

function callerOf(name: string, userId: string | null, sessionId = `session of ${name}`): Caller {
  return {
    ...{ kind: 'user', name, userId, sessionId, token: null, grants: EVERYTHING },
    owesFactor: false,
    address: null,
  };
}

const json = (options: object): Readonly<Record<string, unknown>> => ({ ...options });
const question = async (by: Caller, what: 'new' | 'proof') => json(await door.accounts.keys.ask(by, what));

async function enrol(by: Caller, key: TestAuthenticator, proof: Proof = { password: PASSWORD }, lies: Lies = {}) {
  const response = key.create(await question(by, 'new'), lies);
  return door.accounts.keys.add(by, { name: `key ${key.id.toString('hex').slice(0, 4)}`, response, proof });
}

async function proofBy(by: Caller, key: TestAuthenticator): Promise<Proof> {
  return { response: key.get(await question(by, 'proof')) };
}

const atDoor = async (browser: string) => json(await door.passkeys.request(`door:${browser}`, null));
const enter = (response: unknown, browser = 'b1', more: { name?: string; password?: string; code?: string } = {}) => {
  const { name = '', password = '', code = '' } = more;
  const passkey = response === null ? null : { response, bound: `door:${browser}` as const };
  return door.signIn.withPassword({ name, password, code, passkey, address: '127.0.0.1', agent: 'a browser' });
};

describe('a passkey', () => {
  it('is kept with a name, signs in without a password, and says when it did', async () => {
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    const { passkeys } = await enrol(anna, key);
    expect(passkeys).toEqual([
      { id: key.id.toString('base64url'), name: expect.stringMatching(/^key /), createdAt: now, lastUsedAt: null },
    ]);
    now += 1000;
    expect(await enter(key.get(await atDoor('b1')))).toMatchObject({ name: 'anna', uid: anna.userId, passkeys: 1 });
    expect((await door.accounts.keys.list(anna)).passkeys[0]?.lastUsedAt).toBe(now);
    await expect
      .poll(async () => (await door.log.list(20, null)).events.map(({ kind, text }) => `${kind}: ${text}`).join('\n'))
      .toMatch(/signed_in: anna signed in by a passkey[\s\S]*passkey_changed: anna added the passkey key/);
  });

  it('is a second factor: the password alone asks for it, a code is asked for where one is set', async () => {
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    await enrol(anna, key);
    const known = { name: 'anna', password: PASSWORD };
    await expect(enter(null, 'b1', known)).rejects.toMatchObject({ code: 'passkey' });
    expect(await enter(key.get(await atDoor('b1')), 'b1', known)).toMatchObject({ name: 'anna' });
    // That of somebody else is none of hers.
    const bob = await invite('bob');
    const other = new TestAuthenticator(ORIGIN);
    await enrol(bob, other);
    await expect(enter(other.get(await atDoor('b1')), 'b1', known)).rejects.toMatchObject({ code: 'passkey_unknown' });
    await expect(enter(key.get(await atDoor('b1')), 'b1', { ...known, password: 'guess' })).rejects.toMatchObject({
      code: 'credentials',
    });
  });

  const foreign = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  it.each<[string, Lies]>([
    ['of a page of another origin', { origin: 'https://db.example.evil.example' }],
    ['of another port', { origin: 'https://db.example:8443' }],
    ['without TLS', { origin: 'http://db.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['that did not verify its user', { isUserVerified: false }],
    ['to a question that nobody asked', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['to a question for a new one', { type: 'webauthn.create' }],
    ['signed by another key', { key: foreign }],
  ])('an answer %s opens nothing, and its question is used up', async (_, lies) => {
    const key = new TestAuthenticator(ORIGIN);
    await enrol(await invite('anna'), key);
    const asked = await atDoor('b1');
    await expect(enter(key.get(asked, lies))).rejects.toMatchObject({ code: 'passkey_unknown' });
    if (lies.challenge === undefined)
      await expect(enter(key.get(asked))).rejects.toMatchObject({ code: 'passkey_unknown' });
    expect(await enter(key.get(await atDoor('b1')))).toMatchObject({ name: 'anna' });
  });

  it('an answer counts once, within two minutes, and for the browser that asked', async () => {
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    await enrol(anna, key);
    const answer = key.get(await atDoor('b1'));
    await expect(enter(answer, 'b2')).rejects.toMatchObject({ code: 'passkey_unknown' });
    await enter(answer, 'b1');
    await expect(enter(answer, 'b1')).rejects.toMatchObject({ code: 'passkey_unknown' });
    const late = key.get(await atDoor('b1'));
    now += 2 * 60_000;
    await expect(enter(late)).rejects.toMatchObject({ code: 'passkey_unknown' });
    // A question of the account page is none of the door.
    const inside = key.get(await question(anna, 'proof'));
    await expect(enter(inside)).rejects.toMatchObject({ code: 'passkey_unknown' });
    const many = key.get(await atDoor('b1'));
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => enter(many)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('a copy of it is noticed: its count stands still or goes back', async () => {
    const key = new TestAuthenticator(ORIGIN);
    await enrol(await invite('anna'), key);
    await enter(key.get(await atDoor('b1'), { counter: 7 }));
    for (const counter of [7, 3, 0])
      await expect(enter(key.get(await atDoor('b1'), { counter }))).rejects.toMatchObject({ code: 'passkey_unknown' });
    await enter(key.get(await atDoor('b1'), { counter: 8 }));
    // One that counts nothing never does.
    const plain = new TestAuthenticator(ORIGIN);
    await enrol(await invite('bob'), plain, { password: PASSWORD }, { counter: 0 });
    for (let times = 0; times < 2; times += 1) await enter(plain.get(await atDoor('b1'), { counter: 0 }));
  });

  it('that was removed, or whose account is disabled, opens nothing any more', async () => {
    const anna = await invite('anna');
    await invite('root-of-all');
    const [key, second] = [new TestAuthenticator(ORIGIN), new TestAuthenticator(ORIGIN)];
    await enrol(anna, key);
    await enrol(anna, second, await proofBy(anna, key));
    await door.accounts.keys.remove(anna, key.id.toString('base64url'), await proofBy(anna, second));
    await expect(enter(key.get(await atDoor('b1')))).rejects.toMatchObject({ code: 'passkey_unknown' });
    await enter(second.get(await atDoor('b1')));
    await door.accounts.change('anna', { disabled: true }, callerOf('root', null));
    await expect(enter(second.get(await atDoor('b1')))).rejects.toMatchObject({ code: 'disabled' });
    // As a code is: by an admin, for another device.
    await door.accounts.change('anna', { disabled: false, removeTotp: true }, callerOf('root', null));
    await expect(enter(second.get(await atDoor('b1')))).rejects.toMatchObject({ code: 'passkey_unknown' });
    expect(await enter(null, 'b1', { name: 'anna', password: PASSWORD })).toMatchObject({ passkeys: 0 });
  });
});

describe('who changes passkeys', () => {
  it('proves anew who they are: by the password, then by a factor, and by no other person', async () => {
    const anna = await invite('anna');
    const bob = await invite('bob');
    const [key, bobs] = [new TestAuthenticator(ORIGIN), new TestAuthenticator(ORIGIN)];
    for (const proof of [{}, { password: 'guess' }, { code: '123456' }])
      await expect(enrol(anna, key, proof)).rejects.toThrow(/prove/);
    await enrol(anna, key);
    await enrol(bob, bobs);
    const more = new TestAuthenticator(ORIGIN);
    // The password is enough no longer.
    await expect(enrol(anna, more, { password: PASSWORD })).rejects.toThrow(/prove/);
    await expect(enrol(anna, more, { response: bobs.get(await question(anna, 'proof')) })).rejects.toThrow(/prove/);
    await expect(
      door.accounts.keys.remove(anna, bobs.id.toString('base64url'), await proofBy(anna, key)),
    ).rejects.toThrow(/no such/);
    const { secret } = await door.accounts.draftTotp(anna);
    const code = (): string => new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: now });
    await door.accounts.confirmTotp(anna, code());
    now += 60_000;
    await enrol(anna, more, { code: code() });
    expect((await door.accounts.keys.list(anna)).passkeys).toHaveLength(2);
  });

  it('guesses no longer than at the door', async () => {
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    for (let tries = 0; tries < 5; tries += 1) await expect(enrol(anna, key, { password: 'guess' })).rejects.toThrow();
    await expect(enrol(anna, key)).rejects.toThrow(/wait/);
  });

  it('adds none to a question of another session, nor one of another origin, nor without its user, nor twice', async () => {
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    const proof = { password: PASSWORD };
    const asked = await question(callerOf('anna', anna.userId, 'another session'), 'new');
    await expect(door.accounts.keys.add(anna, { name: 'x', response: key.create(asked), proof })).rejects.toThrow(
      /made for/,
    );
    for (const lies of [
      { origin: 'https://evil.example' },
      { isUserVerified: false },
      { rpId: 'evil.example' },
      { type: 'webauthn.get' },
    ])
      await expect(enrol(anna, key, proof, lies)).rejects.toThrow(/made for/);
    await enrol(anna, key);
    await expect(enrol(anna, key, await proofBy(anna, key))).rejects.toThrow(/known already/);
    const bob = await invite('bob');
    await expect(enrol(bob, key)).rejects.toThrow(/known already/);
  });

  it('is no token, no break-glass account and nobody of the OpenID provider', async () => {
    const anna = await invite('anna');
    for (const kind of ['token', 'break_glass', 'local'] as const)
      await expect(question({ ...anna, kind }, 'new')).rejects.toThrow(/signed in with an account/);
  });

  it('keeps the last factor while one is demanded, and has one by it', async () => {
    await open(`${ORIGIN}/`, ['admin']);
    const anna = await invite('anna');
    const key = new TestAuthenticator(ORIGIN);
    await enrol(anna, key);
    const { secret } = await door.createToken({ name: 't', grants: EVERYTHING, days: 9 }, anna);
    const bearer = { authorization: `Bearer ${secret}`, cookie: null, address: null, active: false };
    expect((await door.authenticate(bearer))?.caller.owesFactor).toBe(false);
    const id = key.id.toString('base64url');
    await expect(door.accounts.keys.remove(anna, id, await proofBy(anna, key))).rejects.toThrow(
      /demands a second factor/,
    );
    await door.passkeys.remove(anna.userId ?? '', null);
    door.tokens.forget(anna.userId ?? '');
    expect((await door.authenticate(bearer))?.caller.owesFactor).toBe(true);
  });
});

describe('an address', () => {
  it.each([
    ['https://db.example', 'db.example'],
    ['https://db.example:8443/howdah', 'db.example'],
    ['http://localhost:3000', 'localhost'],
    ['http://127.0.0.1:3000', null],
    ['https://10.0.0.7', null],
    ['https://[fd00::7]', null],
    ['http://db.example', null],
  ])('%s keeps passkeys for %s', async (url, rpId) => {
    await open(url);
    expect(door.passkeys.rpId).toBe(rpId);
    expect((await door.options()).passkeys).toBe(rpId !== null);
  });
});

it('our own pages may ask a browser for one', () => {
  const arrival = { secure: true } as Parameters<typeof answerHeaders>[0]['arrival'];
  const policy = answerHeaders({ arrival, isLoopback: false, policy: '' }).find(
    ([name]) => name === 'Permissions-Policy',
  );
  expect(policy?.[1]).toMatch(/camera=\(\)/);
  expect(policy?.[1]).not.toMatch(/publickey/);
});
