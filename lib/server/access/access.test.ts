// The door against a real store (embedded, or the PostgreSQL of HOWDAH_TEST_DATABASE_URL) and a real journal: who comes in, for how
// long, and what is written down of it.
import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../domain/access/access';
import { ownReport } from '../alerts/own-report';
import { AuditIndex } from '../audit/audit-index';
import { type Journal, openJournal } from '../audit/journal';
import { buildSecret } from '../config/secret';
import { loadGood } from '../config/test-load';
import { log } from '../log';
import { StoreAway } from '../store/driver';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { AccessLog } from './access-log';
import { type Caller, EVERYTHING } from './caller';
import { claimsCookie, cookieName, endCookie } from './cookie';
import { Door } from './door';
import { Gate } from './gate';
import { Keys } from './keys';
import { hashPassword, isPassword, weakness } from './passwords';
import { lockFor, SignInRefused } from './sign-in';

const PASSWORD = 'correct horse 42 staple';
const folder = testFolder('door');
const keys = new Keys([buildSecret('k'.repeat(40))]);
let store: Store;
let journal: Journal;
let index: AuditIndex;
let away = false;
let now = Date.now();
let door: Door;
const printed: string[] = [];

/** The store, which can be gone. */
const flaky = (): Store => ({
  ...{
    state: () => store.state(),
    onReady: (listener: () => void) => store.onReady(listener),
    close: async () => undefined,
  },
  query: (sql, params) =>
    away ? Promise.reject(new StoreAway('the store is away: it is unplugged')) : store.query(sql, params),
  together: (statements, guard) => store.together(statements, guard),
});

beforeAll(async () => {
  log.level = 'silent';
  journal = await openJournal(folder, { now: () => now });
  store = testStore(folder, process.env.HOWDAH_TEST_DATABASE_URL ?? null);
  await untilReady(store);
  index = new AuditIndex(store, journal);
});

afterAll(async () => {
  index.close();
  await store.close();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  away = false;
  now = Date.now();
  printed.length = 0;
  for (const table of ['access_session', 'access_token', 'access_approval', 'access_user'])
    await store.query(`DELETE FROM ${table}`);
  door = await newDoor();
});

async function newDoor(required: readonly Role[] = []): Promise<Door> {
  const glass = { username: 'glass', passwordHash: buildSecret(await hashPassword('in case of fire 9')) };
  const base = loadGood({});
  const config = {
    ...base,
    dataDir: folder,
    auth: { ...base.auth, breakGlass: glass, secondFactor: { required: [...required] } },
  };
  return new Door({ config, keys, journal, store: flaky(), now: () => now, print: (line) => printed.push(line) });
}

const by = (name: string, userId: string | null = null): Caller => {
  return {
    kind: 'user',
    name,
    userId,
    sessionId: null,
    token: null,
    grants: EVERYTHING,
    owesFactor: false,
    address: null,
  };
};
const attempt = (name: string, password: string, code = '') => {
  return { name, password, code, address: '127.0.0.1', agent: 'a browser' };
};

async function invite(name: string, grants = EVERYTHING): Promise<string> {
  const { link, user } = await door.accounts.add({ name, grants }, by('root'));
  await door.accounts.setUp({ secret: link?.split('#')[1] ?? '', name: 'ignored', password: PASSWORD }, null);
  return user.id;
}

async function cookieOf(name: string): Promise<string> {
  const claims = await door.signIn.withPassword(attempt(name, PASSWORD));
  const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
  return (await claimsCookie(claims, at))?.split(';')[0] ?? '';
}

const health = () =>
  ({ failingSince: null, lastError: null }) as unknown as ReturnType<Parameters<typeof ownReport>[1]>;

const come = (cookie: string | null, authorization: string | null = null, active = false) =>
  door.authenticate({ cookie, authorization, address: '127.0.0.1', active });

describe('the first account', () => {
  it('is made once, by the link that was printed, and by nobody else', async () => {
    await expect.poll(() => printed.length).toBe(1);
    const secret = /#(\S+)$/.exec(printed[0] ?? '')?.[1] ?? '';
    const order = { secret, name: 'anna', password: PASSWORD };
    await expect(door.accounts.setUp({ ...order, secret: 'guess' }, null)).rejects.toThrow('not known');
    await door.accounts.setUp(order, null);
    await expect(door.accounts.setUp({ ...order, name: 'eve' }, null)).rejects.toThrow('not known');
    expect((await door.accounts.list()).users.map(({ name, grants }) => ({ name, grants }))).toEqual([
      { name: 'anna', grants: EVERYTHING },
    ]);
  });

  it('is not offered where there is an account', async () => {
    await invite('anna');
    const later = await newDoor();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(printed.filter((line) => line.includes('setup#'))).toHaveLength(1);
    expect((await later.options()).setupNeeded).toBe(false);
  });

  it('expires', async () => {
    await expect.poll(() => printed.length).toBe(1);
    now += 2 * 3_600_000;
    const secret = /#(\S+)$/.exec(printed[0] ?? '')?.[1] ?? '';
    await expect(door.accounts.setUp({ secret, name: 'anna', password: PASSWORD }, null)).rejects.toThrow('expired');
  });
});

describe('a password', () => {
  it('is kept as argon2id and nowhere as it is', async () => {
    await invite('anna');
    const rows = JSON.stringify(await store.query('SELECT * FROM access_user'));
    expect(rows).toContain('$argon2id$');
    expect(rows).not.toContain(PASSWORD);
    expect(await readFile(path.join(folder, 'audit/journal.jsonl'), 'utf8')).not.toContain(PASSWORD);
  });

  it.each([
    ['short', 'bob', /at least 12/],
    ['a b          cde', 'bob', /at least 12/],
    [`${'long words '.repeat(12)}`, 'bob', /at most 128/],
    ['passwordpassword', 'bob', /tried first/],
    ['aaaaaaaaaaaaaaaa', 'bob', /too few/],
    ['robert-is-my-name', 'robert', /hold the name/],
  ])('%s is refused', (password, name, words) => {
    expect(weakness(password, name)).toMatch(words);
  });

  it('of somebody who does not exist is never right, and takes as long', async () => {
    expect(await isPassword('for nobody at all, not a real one', null)).toBe(false);
  });

  it('that is wrong locks for a time that doubles, for a name that nobody has too', async () => {
    await invite('anna');
    for (const name of ['anna', 'nobody']) {
      for (let tries = 1; tries < 5; tries += 1)
        await expect(door.signIn.withPassword(attempt(name, 'wrong'))).rejects.toThrow('credentials');
      await expect(door.signIn.withPassword(attempt(name, 'wrong'))).rejects.toThrow(/^locked:\d+$/);
      await expect(door.signIn.withPassword(attempt(name, PASSWORD))).rejects.toThrow(/^locked:/);
    }
    now += lockFor(5) + 1;
    expect((await door.signIn.withPassword(attempt('ANNA', PASSWORD))).name).toBe('anna');
    expect([4, 5, 6, 7, 50].map(lockFor)).toEqual([0, 30_000, 60_000, 120_000, 900_000]);
  });

  it('that is changed ends every other session', async () => {
    const id = await invite('anna');
    const [here, there] = [await cookieOf('anna'), await cookieOf('anna')];
    const known = await come(here);
    const self = { ...by('anna', id), sessionId: known?.caller.sessionId ?? null };
    await expect(door.accounts.changePassword(self, 'wrong', 'another long one 77')).rejects.toThrow(
      'current password is wrong',
    );
    await door.accounts.changePassword(self, PASSWORD, 'another long one 77');
    expect((await come(here))?.caller.name).toBe('anna');
    expect(await come(there)).toBeNull();
  });
});

describe('a session', () => {
  it('ends by itself without activity, and goes on with it', async () => {
    await invite('anna');
    const cookie = await cookieOf('anna');
    now += 25 * 60_000;
    expect(await come(cookie, null, true)).not.toBeNull();
    now += 25 * 60_000;
    expect(await come(cookie)).not.toBeNull();
    now += 6 * 60_000;
    expect(await come(cookie)).toBeNull();
  });

  it('ends at the latest after its hours, however busy', async () => {
    await invite('anna');
    const cookie = await cookieOf('anna');
    for (let hours = 0; hours < 24; hours += 1) {
      now += 30 * 60_000;
      await come(cookie, null, true);
    }
    now += 60_000;
    expect(await come(cookie, null, true)).toBeNull();
  });

  it('ends at once where it is signed out, everywhere, by its owner or an admin, or with the account', async () => {
    for (const end of [
      (id: string) => door.accounts.signOut(by('anna', id), null),
      () => door.accounts.change('anna', { signOut: true }, by('root')),
      () => door.accounts.change('anna', { disabled: true }, by('root')),
      () => door.accounts.change('anna', { resetPassword: true }, by('root')),
    ]) {
      await store.query('DELETE FROM access_session');
      await store.query('DELETE FROM access_user');
      await invite('root-of-all');
      const id = await invite('anna');
      const cookies = [await cookieOf('anna'), await cookieOf('anna')];
      for (const cookie of cookies) expect(await come(cookie)).not.toBeNull();
      await end(id);
      for (const cookie of cookies) expect(await come(cookie)).toBeNull();
    }
  });

  it('ends within seconds where another Howdah on this store ended it, or the account, or its row is gone', async () => {
    for (const end of [
      (other: Door) => other.accounts.change('anna', { signOut: true }, by('root')),
      (other: Door) => other.accounts.change('anna', { disabled: true }, by('root')),
      () => store.query('DELETE FROM access_session'),
    ]) {
      await store.query('DELETE FROM access_session');
      await store.query('DELETE FROM access_user');
      await invite('root-of-all');
      await invite('anna');
      const [cookie, root] = [await cookieOf('anna'), await cookieOf('root-of-all')];
      now += 10_000;
      expect(await come(cookie)).not.toBeNull();
      await end(await newDoor());
      now += 10_000;
      expect(await come(cookie)).toBeNull();
      if (end.length > 0) expect(await come(root)).not.toBeNull();
    }
  });

  it.each([-3, 3])('that ended elsewhere is not believed because the clock was set by %i hours', async (hours) => {
    await invite('anna');
    const ended = await cookieOf('anna');
    now += 1;
    const lives = await cookieOf('anna');
    expect(await come(ended)).not.toBeNull();
    expect(await come(lives, null, true)).not.toBeNull();
    await store.query(
      'DELETE FROM access_session WHERE id = (SELECT id FROM access_session ORDER BY created_at, id LIMIT 1)',
    );
    const left = await store.query('SELECT id FROM access_session');
    now += hours * 3_600_000;
    const both = [await come(ended), await come(lives)].filter((one) => one !== null);
    // Ahead by more than a session may idle, nobody is in; back, whoever was not ended.
    expect([left.length, both.length]).toEqual([1, hours < 0 ? 1 : 0]);
    away = true;
    expect(await come(lives)).toEqual(hours < 0 ? expect.anything() : null);
    now -= 3 * 3_600_000;
    expect(await come(lives)).toBeNull();
  });

  it('gets other rights within seconds', async () => {
    await invite('root-of-all');
    await invite('anna');
    const cookie = await cookieOf('anna');
    expect((await come(cookie))?.caller.grants).toEqual(EVERYTHING);
    const less = [{ role: 'viewer' as const, scopes: ['orders'], labels: {} }];
    await door.accounts.change('anna', { grants: less }, by('root'));
    expect((await come(cookie))?.caller.grants).toEqual(less);
  });

  it('keeps its rights while the store is away, for the time of grace and no longer, also after a restart', async () => {
    await invite('anna');
    const cookie = await cookieOf('anna');
    away = true;
    now += 10 * 60_000;
    const known = await come(cookie);
    expect(known?.caller.grants).toEqual(EVERYTHING);
    expect(known?.known?.unverifiedSince).toBeLessThan(now);
    door = await newDoor();
    expect((await come(cookie))?.caller.name).toBe('anna');
    now += 55 * 60_000;
    expect(await come(cookie)).toBeNull();
  });

  it('that was ended while the store is away stays ended', async () => {
    const id = await invite('anna');
    const cookie = await cookieOf('anna');
    expect(await come(cookie)).not.toBeNull();
    away = true;
    await door.accounts.signOut(by('anna', id), null).catch(() => undefined);
    expect(await come(cookie)).toBeNull();
  });

  it('is not made by a cookie that somebody changed, or that another installation made', async () => {
    await invite('anna');
    const cookie = await cookieOf('anna');
    expect(await come(`${cookie.slice(0, -3)}xyz`)).toBeNull();
    expect(await come('something=else')).toBeNull();
    const others = new Keys([buildSecret('o'.repeat(40))]);
    const claims = await door.signIn.withPassword(attempt('anna', PASSWORD));
    const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys: others, now };
    expect(await come((await claimsCookie(claims, at))?.split(';')[0] ?? '')).toBeNull();
  });
});

describe('the glass', () => {
  it('is broken with its own password, store or not, and everybody learns of it', async () => {
    away = true;
    await expect(door.signIn.withPassword(attempt('anna', PASSWORD))).rejects.toThrow(new SignInRefused('store'));
    const claims = await door.signIn.withPassword(attempt('glass', 'in case of fire 9'));
    expect(claims).toMatchObject({ kind: 'break_glass', name: 'glass', grants: EVERYTHING });
    expect(door.log.glass(now).map(({ kind, actor }) => ({ kind, actor }))).toContainEqual({
      kind: 'break_glass_sign_in',
      actor: 'glass',
    });
    now += 16 * 60_000;
    expect(door.log.glass(now)).toEqual([]);
  });

  it('is locked like every other name', async () => {
    for (let tries = 1; tries < 5; tries += 1)
      await expect(door.signIn.withPassword(attempt('glass', 'wrong'))).rejects.toThrow('credentials');
    await expect(door.signIn.withPassword(attempt('glass', 'wrong'))).rejects.toThrow(/^locked:/);
  });

  it('has a name that no account gets', async () => {
    await expect(door.accounts.add({ name: 'Glass', grants: [] }, by('root'))).rejects.toThrow('break-glass');
  });
});

describe('a second factor', () => {
  it('counts after it was confirmed, and each code once', async () => {
    const id = await invite('anna');
    const { secret, uri } = await door.accounts.draftTotp(by('anna', id));
    expect(uri).toContain('otpauth://totp/Howdah');
    expect((await door.signIn.withPassword(attempt('anna', PASSWORD))).name).toBe('anna');
    const codes = new TOTP({ secret });
    const code = (): string => codes.generate({ timestamp: now });
    await expect(door.accounts.confirmTotp(by('anna', id), '000000')).rejects.toThrow('not the current code');
    await door.accounts.confirmTotp(by('anna', id), code());
    await expect(door.signIn.withPassword(attempt('anna', PASSWORD))).rejects.toThrow('code');
    await expect(door.signIn.withPassword(attempt('anna', PASSWORD, code()))).rejects.toThrow('code');
    now += 30_000;
    expect((await door.signIn.withPassword(attempt('anna', PASSWORD, code()))).name).toBe('anna');
    expect(JSON.stringify(await store.query('SELECT totp FROM access_user'))).not.toContain(secret);
  });
});

describe('a second factor that is demanded', () => {
  const VIEWER = [{ role: 'viewer' as const, scopes: null, labels: {} }];
  const ON_ONE = [...VIEWER, { role: 'operator' as const, scopes: ['orders'], labels: {} }];
  const owes = async (cookie: string | null, token: string | null = null) =>
    (await come(cookie, token === null ? null : `Bearer ${token}`))?.caller.owesFactor;
  async function enrol(name: string, id: string): Promise<TOTP> {
    const codes = new TOTP({ secret: (await door.accounts.draftTotp(by(name, id))).secret });
    await door.accounts.confirmTotp(by(name, id), codes.generate({ timestamp: now }));
    now += 30_000;
    return codes;
  }
  beforeEach(async () => {
    door = await newDoor(['admin', 'operator']);
  });

  it('is owed by who has such a role on any cluster, until it is confirmed, and by nobody else', async () => {
    const [anna, bob, eve] = [await invite('anna'), await invite('bob', ON_ONE), await invite('eve', VIEWER)];
    expect([anna, bob, eve].every((id) => id !== '')).toBe(true);
    const cookies = [await cookieOf('anna'), await cookieOf('bob'), await cookieOf('eve')];
    expect(await Promise.all(cookies.map((cookie) => owes(cookie)))).toEqual([true, true, false]);
    // A draft that nobody confirmed is none.
    const { secret } = await door.accounts.draftTotp(by('anna', anna));
    now += 4000;
    expect(await owes(cookies[0] ?? '')).toBe(true);
    const code = new TOTP({ secret }).generate({ timestamp: now });
    await door.accounts.confirmTotp(by('anna', anna), code);
    expect(await owes(cookies[0] ?? '')).toBe(false);
  });

  it('is owed from the moment in which the role is given, and again where an admin removes it', async () => {
    const eve = await invite('eve', VIEWER);
    const cookie = await cookieOf('eve');
    expect(await owes(cookie)).toBe(false);
    await door.accounts.change('eve', { grants: ON_ONE }, by('root'));
    expect(await owes(cookie)).toBe(true);
    await enrol('eve', eve);
    expect(await owes(cookie)).toBe(false);
    await door.accounts.change('eve', { removeTotp: true }, by('root'));
    expect(await owes(cookie)).toBe(true);
  });

  it('closes the tokens of who owes it, whatever the token may, and opens them with it', async () => {
    const id = await invite('anna');
    const { secret } = await door.createToken({ name: 'ci', grants: VIEWER, days: 1 }, by('anna', id));
    const eve = await invite('eve', VIEWER);
    const hers = await door.createToken({ name: 'ci', grants: EVERYTHING, days: 1 }, by('eve', eve));
    expect(await owes(null, secret)).toBe(true);
    expect(await owes(null, hers.secret)).toBe(false);
    await enrol('anna', id);
    expect(await owes(null, secret)).toBe(false);
  });

  it('cannot be taken off by its owner, neither on the account page nor as an admin; another admin can', async () => {
    const id = await invite('anna');
    const codes = await enrol('anna', id);
    const code = codes.generate({ timestamp: now });
    await expect(door.accounts.removeTotp(by('anna', id), code)).rejects.toThrow('your role demands');
    await expect(door.accounts.change('anna', { removeTotp: true }, by('anna', id))).rejects.toThrow(
      'your role demands',
    );
    const eve = await invite('eve', VIEWER);
    const hers = await enrol('eve', eve);
    await door.accounts.removeTotp(by('eve', eve), hers.generate({ timestamp: now }));
    await door.accounts.change('anna', { removeTotp: true }, by('root'));
    expect((await door.accounts.list()).users.map(({ totp }) => totp)).toEqual([false, false]);
  });

  it('is not asked of the glass, which is for the night in which nothing else works', async () => {
    const claims = await door.signIn.withPassword(attempt('glass', 'in case of fire 9'));
    const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
    expect(await owes((await claimsCookie(claims, at))?.split(';')[0] ?? '')).toBe(false);
  });

  it('is remembered while the store is away, also after a restart', async () => {
    const id = await invite('anna');
    const codes = await enrol('anna', id);
    const claims = await door.signIn.withPassword(attempt('anna', PASSWORD, codes.generate({ timestamp: now })));
    const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
    const cookie = (await claimsCookie(claims, at))?.split(';')[0] ?? '';
    door = await newDoor(['admin']);
    away = true;
    expect(await owes(cookie)).toBe(false);
  });
});

describe('what became of an account', () => {
  const told = async (cookie: string) => {
    const sid = (await come(cookie))?.caller.sessionId ?? '';
    return (await newestLog().toldAt(sid, now)).map(({ text }) => String(text));
  };
  const newestLog = () => new AccessLog(journal, store);

  it('is told to its owner at the next sign-in, once, and to nobody else', async () => {
    const id = await invite('anna');
    await invite('eve');
    now += 1000;
    const first = await cookieOf('anna');
    now += 1000;
    await door.accounts.changePassword(by('anna', id), PASSWORD, PASSWORD);
    await door.accounts.change('anna', { signOut: true }, by('root'));
    await door.createToken({ name: 'ci', grants: EVERYTHING, days: 1 }, by('anna', id));
    now += 1000;
    const [second, other] = [await cookieOf('anna'), await cookieOf('eve')];
    const expected = [/made the token ci/, /root changed anna/, /anna changed the password/];
    await expect.poll(async () => (await told(second)).length).toBe(3);
    const words = await told(second);
    for (const form of expected) expect(words.filter((text) => form.test(text))).toHaveLength(1);
    expect(await told(other)).toEqual([]);
    expect(await come(first)).toBeNull();
    now += 1000;
    expect(await told(await cookieOf('anna'))).toEqual([]);
  });

  it('has a code that came twice in it', async () => {
    const id = await invite('anna');
    const { secret } = await door.accounts.draftTotp(by('anna', id));
    const codes = new TOTP({ secret });
    await door.accounts.confirmTotp(by('anna', id), codes.generate({ timestamp: now }));
    now += 30_000;
    const code = codes.generate({ timestamp: now });
    await door.signIn.withPassword(attempt('anna', PASSWORD, code));
    now += 1000;
    await expect(door.signIn.withPassword(attempt('anna', PASSWORD, code))).rejects.toThrow('code');
    await expect(door.signIn.withPassword(attempt('anna', PASSWORD, '000000'))).rejects.toThrow('code');
    now += 30_000;
    const claims = await door.signIn.withPassword(attempt('anna', PASSWORD, codes.generate({ timestamp: now })));
    const words = async () => (await newestLog().toldAt(claims.sid, now)).map(({ text }) => String(text));
    await expect.poll(words).toEqual(['a code of anna that was used already came a second time']);
  });
});

describe('wrong tries on the account page', () => {
  it('lock the name and are told, as those at the door', async () => {
    const id = await invite('anna');
    const self = { ...by('anna', id), address: '10.0.0.7' };
    for (let tries = 0; tries < 3; tries += 1)
      await expect(door.accounts.changePassword(self, 'wrong', 'another long one 77')).rejects.toThrow('is wrong');
    await door.accounts.draftTotp(self);
    for (let tries = 0; tries < 2; tries += 1)
      await expect(door.accounts.confirmTotp(self, '000000')).rejects.toThrow('not the current code');
    await expect(door.accounts.confirmTotp(self, '000000')).rejects.toThrow('too many wrong tries');
    const guesses = door.log.glass(now).filter(({ kind, address }) => kind === 'guesses' && address === '10.0.0.7');
    expect(guesses).toMatchObject([{ actor: 'anna' }]);
    const locked = async () =>
      (await door.log.list(200, null)).events.filter(
        ({ kind, address }) => kind === 'locked_out' && address === '10.0.0.7',
      ).length;
    await expect.poll(locked).toBe(1);
  });
});

describe('a token', () => {
  it('lets in until it is revoked, expires, or its owner is disabled', async () => {
    await invite('root-of-all');
    const id = await invite('anna');
    const draft = { name: 'deploy', grants: [{ role: 'operator' as const, scopes: ['orders'], labels: {} }], days: 1 };
    const make = async () => (await door.createToken(draft, by('anna', id))).secret;
    const use = (secret: string) => come(null, `Bearer ${secret}`);
    const [first, second, third] = [await make(), await make(), await make()];
    expect((await use(first))?.caller).toMatchObject({
      kind: 'token',
      name: 'anna by token deploy',
      grants: draft.grants,
    });
    expect(await use(`${first.slice(0, -1)}x`)).toBeNull();
    await door.revokeToken(first.split('_')[1] ?? '', by('anna', id), false);
    expect(await use(first)).toBeNull();
    now += 86_400_001;
    expect(await use(second)).toBeNull();
    now -= 86_400_001;
    await door.accounts.change('anna', { disabled: true }, by('root'));
    expect(await use(third)).toBeNull();
    expect(JSON.stringify(await store.query('SELECT * FROM access_token'))).not.toContain(
      first.split('_').slice(2).join('_'),
    );
  });

  it('shrinks with the rights of its owner', async () => {
    await invite('root-of-all');
    const id = await invite('anna');
    const { secret } = await door.createToken({ name: 't', grants: EVERYTHING, days: 1 }, by('anna', id));
    const less = [{ role: 'viewer' as const, scopes: ['orders'], labels: {} }];
    await door.accounts.change('anna', { grants: less }, by('root'));
    expect((await come(null, `Bearer ${secret}`))?.caller.grants).toEqual(less);
  });

  it('cannot make tokens, nor change the account it belongs to', async () => {
    const id = await invite('anna');
    const token: Caller = { ...by('anna by token t', id), kind: 'token', token: 't' };
    await expect(door.createToken({ name: 'x', grants: [], days: 1 }, token)).rejects.toThrow('cannot make tokens');
    await expect(door.accounts.changePassword(token, PASSWORD, 'another long one 77')).rejects.toThrow(
      'only somebody who signed in',
    );
  });
});

describe('many wrong passwords', () => {
  it('are one alert with account and address, and never with what was typed', async () => {
    await invite('anna');
    for (let tries = 0; tries < 12; tries += 1)
      await expect(door.signIn.withPassword(attempt('anna', 'tr0ub4dor wrong'))).rejects.toThrow();
    for (let tries = 0; tries < 5; tries += 1)
      await expect(door.signIn.withPassword(attempt('my own passphrase', 'anna'))).rejects.toThrow();
    const noted = door.log.glass(now).filter(({ kind }) => kind === 'guesses');
    expect(noted).toMatchObject([{ actor: 'anna', address: '127.0.0.1' }]);
    const { conditions } = ownReport([], health, { glass: noted, record: [], streams: [] }, now);
    expect(conditions).toMatchObject([{ rule: 'many-refused', key: 'guesses', severity: 'warning' }]);
    expect(JSON.stringify(conditions)).toContain('anna');
    now += 6 * 60_000;
    await expect(door.signIn.withPassword(attempt('my own passphrase', 'anna'))).rejects.toThrow();
    const { conditions: all } = ownReport([], health, { glass: door.log.glass(now), record: [], streams: [] }, now);
    const later = all.filter(({ rule }) => rule !== 'break-glass');
    expect(later.map(({ rule, key }) => `${rule} ${key}`)).toEqual(['many-refused guesses']);
    expect(JSON.stringify(later)).not.toMatch(/tr0ub4dor|passphrase/);
  });
});

describe('what a gate tells', () => {
  const policies = ['orders', 'billing'].map((scope) => ({ actions: null, scopes: [scope], labels: {}, minutes: 15 }));
  const gateOf = (grants: Caller['grants']) =>
    new Gate(
      { ...by('eve', 'u1'), grants },
      { scopes: () => ['orders', 'billing'], labelsOf: () => ({}), admins: ['root'], policies },
    );

  it('is nothing to an account without a role, and of its own clusters to others', () => {
    const none = gateOf([]);
    expect([none.hasRole, none.policies, none.admins, none.visible]).toEqual([false, [], [], []]);
    expect(none.why('switchover', 'orders')).not.toMatch(/root/);
    const one = gateOf([{ role: 'viewer', scopes: ['bill*'], labels: {} }]);
    expect([one.policies, one.admins]).toEqual([[policies[1]], ['root']]);
    // What is enforced is never cut to what is seen.
    expect(one.rights()?.policies).toEqual(policies);
  });
});

describe('the last admin of all clusters', () => {
  it('cannot be disabled, nor made less', async () => {
    await invite('anna');
    await expect(door.accounts.change('anna', { disabled: true }, by('anna'))).rejects.toThrow('last admin');
    await expect(door.accounts.change('anna', { grants: [] }, by('anna'))).rejects.toThrow('last admin');
    await invite('bob');
    await door.accounts.change('anna', { disabled: true }, by('bob'));
  });
});

describe('what happened at the door', () => {
  it('stands in the journal and comes back page by page, newest first', async () => {
    // Other tests were ahead in time.
    now += 400 * 86_400_000;
    await invite('anna');
    await cookieOf('anna');
    await index.catchUp();
    const first = await door.log.list(2, null);
    const second = await door.log.list(2, first.next);
    expect([...first.events, ...second.events].map(({ kind }) => kind)).toEqual([
      'signed_in',
      'setup',
      'user_added',
      expect.any(String),
    ]);
    away = true;
    const own = await door.log.list(50, null);
    expect(own.events[0]).toMatchObject({ kind: 'signed_in', actor: 'anna' });
  });

  it('is written before a right is changed: where it cannot be, nothing changes', async () => {
    const closed = await openJournal(testFolder('door-closed'), { now: () => now });
    await closed.close();
    const config = { ...loadGood({}), dataDir: folder };
    const other = new Door({ config, keys, journal: closed, store: flaky(), now: () => now, print: () => undefined });
    await expect(other.accounts.add({ name: 'eve', grants: EVERYTHING }, by('root'))).rejects.toThrow(
      'nothing was changed',
    );
    expect((await door.accounts.list()).users).toEqual([]);
  });
});

describe('the cookie', () => {
  it.each([
    ['https://howdah.example', /^__Host-howdah-session-/, 'Path=/; HttpOnly; SameSite=Lax; Secure'],
    ['https://howdah.example/db', /^__Secure-howdah-session-/, 'Path=/db; HttpOnly; SameSite=Lax; Secure'],
    ['http://127.0.0.1:3000', /^howdah-session-/, 'Path=/; HttpOnly; SameSite=Lax'],
  ])('of %s has the prefix that a browser takes there, and no domain', (publicUrl, name, attributes) => {
    const own = cookieName(publicUrl, keys);
    expect(own).toMatch(name);
    expect(endCookie(own, publicUrl)).toBe(`${own}=; Max-Age=0; ${attributes}`);
  });
});

describe('keys', () => {
  const [old, fresh] = [buildSecret('a'.repeat(40)), buildSecret('b'.repeat(40))];

  it('open what an older secret closed, and close with the newest', () => {
    const sealed = new Keys([old]).seal('a secret', 'row 1');
    const rotated = new Keys([fresh, old]);
    expect(rotated.unseal(sealed, 'row 1')).toEqual({ text: 'a secret', isCurrent: false });
    expect(rotated.unseal(sealed, 'row 2')).toBeNull();
    expect(new Keys([fresh]).unseal(sealed, 'row 1')).toBeNull();
    expect(rotated.unseal(rotated.seal('x', 'r'), 'r')).toEqual({ text: 'x', isCurrent: true });
    expect(rotated.isSigned('wall', 'w1', new Keys([old]).sign('wall', 'w1'))).toBe(true);
    expect(rotated.isSigned('wall', 'w1', rotated.sign('session', 'w1'))).toBe(false);
  });

  it('unseal nothing that is damaged, and never throw', () => {
    for (const text of ['', 'v1.', 'v1.AAAA', 'v2.x', 'v1.!!!!', sealedWith('x').slice(0, -2)])
      expect(keys.unseal(text, 'r')).toBeNull();
  });

  function sealedWith(text: string): string {
    return keys.seal(text, 'r');
  }
});

describe('what a hostile reading found', () => {
  it('many wrong passwords at once are no more tries than one after the other', async () => {
    await invite('anna');
    const tries = Array.from({ length: 20 }, (_, index) => attempt('anna', index === 19 ? PASSWORD : 'wrong'));
    const ended = await Promise.allSettled(tries.map((one) => door.signIn.withPassword(one)));
    const reasons = ended.map((one) => (one.status === 'rejected' ? String(one.reason.message) : 'in'));
    expect(reasons.filter((reason) => reason === 'credentials').length).toBeLessThanOrEqual(4);
    expect(reasons.at(-1)).toMatch(/^locked:/);
  });

  it('asking for the code gives no tries back that were wrong before', async () => {
    const id = await invite('anna');
    const { secret } = await door.accounts.draftTotp(by('anna', id));
    await door.accounts.confirmTotp(by('anna', id), new TOTP({ secret }).generate({ timestamp: now }));
    const reasons: string[] = [];
    for (let round = 0; round < 8; round += 1)
      for (const code of ['', '000000'])
        reasons.push(await door.signIn.withPassword(attempt('anna', PASSWORD, code)).then(String, (e) => e.message));
    expect(reasons.at(-1)).toMatch(/^locked:/);
  });

  it('removing a second factor costs tries too', async () => {
    const id = await invite('anna');
    const { secret } = await door.accounts.draftTotp(by('anna', id));
    await door.accounts.confirmTotp(by('anna', id), new TOTP({ secret }).generate({ timestamp: now }));
    for (let tries = 1; tries <= 5; tries += 1)
      await expect(door.accounts.removeTotp(by('anna', id), '000000')).rejects.toThrow('not the current code');
    await expect(door.accounts.removeTotp(by('anna', id), '000000')).rejects.toThrow('too many wrong tries');
  });

  it('a token does not outlive the time of grace by being used again and again', async () => {
    const id = await invite('anna');
    const { secret } = await door.createToken({ name: 't', grants: EVERYTHING, days: 300 }, by('anna', id));
    expect(await come(null, `Bearer ${secret}`)).not.toBeNull();
    away = true;
    now += 2 * 3_600_000;
    for (let tries = 0; tries < 4; tries += 1) expect(await come(null, `Bearer ${secret}`)).toBeNull();
  });

  it('nobody ends the session of somebody else, nor a token its owner’s', async () => {
    const [anna, bob] = [await invite('anna'), await invite('bob')];
    const cookie = await cookieOf('anna');
    const sid = (await come(cookie))?.caller.sessionId ?? '';
    await expect(door.accounts.signOut(by('bob', bob), sid)).rejects.toThrow('no such session');
    const token: Caller = { ...by('anna by token t', anna), kind: 'token', token: 't' };
    await expect(door.accounts.signOut(token, null)).rejects.toThrow('only somebody who signed in');
    expect(await come(cookie)).not.toBeNull();
  });

  it('the end of a break-glass session is its end, and its lock is of one address', async () => {
    const claims = await door.signIn.withPassword(attempt('glass', 'in case of fire 9'));
    const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
    const cookie = (await claimsCookie(claims, at))?.split(';')[0] ?? '';
    const caller = (await come(cookie))?.caller;
    expect(caller?.kind).toBe('break_glass');
    if (caller !== undefined) await door.accounts.signOut(caller, null);
    expect(await come(cookie)).toBeNull();
    door = await newDoor();
    expect(await come(cookie)).toBeNull();
    for (let tries = 1; tries <= 5; tries += 1)
      await door.signIn.withPassword({ ...attempt('glass', 'wrong'), address: '10.0.0.9' }).catch(() => undefined);
    await expect(
      door.signIn.withPassword({ ...attempt('glass', 'in case of fire 9'), address: '10.0.0.9' }),
    ).rejects.toThrow(/^locked:/);
    expect((await door.signIn.withPassword(attempt('glass', 'in case of fire 9'))).kind).toBe('break_glass');
  });

  it('who lost every group loses role, sessions and tokens', async () => {
    const oidc = {
      ...{ name: 'id', issuer: 'https://id.example', clientId: 'c', clientSecret: buildSecret('s'), scope: 'openid' },
      groupsClaim: 'groups',
      roles: [{ group: 'dba', role: 'admin' as const, scopes: null, labels: {} }],
    };
    const base = loadGood({});
    const config = { ...base, dataDir: folder, auth: { ...base.auth, oidc } };
    const other = new Door({ config, keys, journal, store: flaky(), now: () => now, print: () => undefined });
    const from = { address: null, agent: 'a browser' };
    const claims = await other.signIn.withOidc({ subject: 's1', name: 'olga', groups: ['dba'] }, from);
    const { secret } = await other.createToken({ name: 't', grants: EVERYTHING, days: 9 }, by('olga', claims.uid));
    const use = (authorization: string | null, cookie: string | null) =>
      other.authenticate({ authorization, cookie, address: null, active: false });
    expect((await use(`Bearer ${secret}`, null))?.caller.grants).toEqual(EVERYTHING);
    // Its roles and its password are the provider's matter.
    await invite('root-of-all');
    for (const change of [{ grants: [] }, { grants: EVERYTHING }, { resetPassword: true }])
      await expect(other.accounts.change('olga', change, by('root'))).rejects.toThrow(/OpenID provider/);
    await expect(other.signIn.withOidc({ subject: 's1', name: 'olga', groups: [] }, from)).rejects.toThrow('no_role');
    expect((await use(`Bearer ${secret}`, null))?.caller.grants).toEqual([]);
    const at = { name: other.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
    expect(await use(null, (await claimsCookie(claims, at))?.split(';')[0] ?? '')).toBeNull();
    await other.stop();
  });

  it('a request that runs never waits again, whatever becomes of the note of it', async () => {
    const [anna, bob] = [await invite('anna'), await invite('bob')];
    const rights = {
      ...{ grants: EVERYTHING, admins: [], secondPerson: 'to_ask' as const },
      policies: [{ actions: null, scopes: null, labels: {}, minutes: 15 }],
    };
    const judged = { preflight: { checks: [], summary: 'Fail over to n2.', verb: 'Fail over to n2' } };
    const actions = { executor: { preflight: async () => judged } } as unknown as Parameters<
      typeof door.approvals.ask
    >[4];
    const target = { scope: 'orders', policy: { minutes: 15 } };
    const draft = { request: { kind: 'failover' as const, candidate: 'n2' }, reason: 'because' };
    const asked = await door.approvals.ask(target, draft, by('anna', anna), rights, actions);
    await expect(door.approvals.approve(asked.id, by('anna', anna), () => Promise.resolve('never'))).rejects.toThrow(
      'your own',
    );
    const approved = await door.approvals.approve(asked.id, by('bob', bob), async () => {
      away = true;
      return 'action-1';
    });
    expect(approved).toMatchObject({ state: 'approved', actionId: 'action-1', decidedBy: 'bob', askedBy: 'anna' });
    away = false;
    expect((await door.approvals.find(asked.id)).state).toBe('approved');
    const refused = await door.approvals.ask(target, draft, by('anna', anna), rights, actions);
    const failing = () => Promise.reject(new Error('the cluster changed'));
    await expect(door.approvals.approve(refused.id, by('bob', bob), failing)).rejects.toThrow('the cluster changed');
    expect((await door.approvals.find(refused.id)).state).toBe('waiting');
    now += 16 * 60_000;
    expect((await door.approvals.find(refused.id)).state).toBe('expired');
    await expect(door.approvals.approve(refused.id, by('bob', bob), failing)).rejects.toThrow('expired');
  });
});
