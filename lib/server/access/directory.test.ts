// The directory as a way in: against a real OpenLDAP, and against one that lies. What Active Directory has of its own (its rule for nested
// groups, names of attributes) is in the filters, which are read in config/ldap-file.test.ts.
import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../domain/access/access';
import { type Journal, openJournal } from '../audit/journal';
import { buildSecret } from '../config/secret';
import { loadGood } from '../config/test-load';
import { log } from '../log';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { type Caller, EVERYTHING } from './caller';
import { claimsCookie } from './cookie';
import { Directory, inDn, inFilter } from './directory';
import { Door } from './door';
import { Keys } from './keys';
import { openLdap } from './ldap-link';
import { hasSlapd, TestSlapd } from './test-slapd';

const MINUTE = 60_000;

function settingsOf(slapd: TestSlapd, change: (yaml: string) => string = (yaml) => yaml, more = '') {
  const ca = path.join(slapd.folder, 'ca.pem');
  const files = { '/w/howdah.yaml': change(slapd.settings(more)), [ca]: readFileSync(ca, 'utf8') };
  return loadGood({ files }).auth;
}

describe.skipIf(!hasSlapd)('a real OpenLDAP', () => {
  const folder = testFolder('directory');
  const keys = new Keys([buildSecret('k'.repeat(40))]);
  let slapd: TestSlapd;
  let store: Store;
  let journal: Journal;
  let now = Date.now();
  let door: Door;

  beforeAll(async () => {
    log.level = 'silent';
    slapd = await new TestSlapd().start();
    journal = await openJournal(folder, { now: () => now });
    store = testStore(folder, null);
    await untilReady(store);
    for (const uid of ['anna', 'bob', 'carl', 'dora', 'emil'])
      slapd.addPerson(uid, `${uid} knows 1`, `mail: ${uid}@example.com\n`);
    slapd.addPerson('star', 'star knows 1', 'title: (uid=*)\n');
    slapd.addGroup('dba', 'anna', 'dora', 'emil');
    slapd.addGroup('oncall', 'bob');
    slapd.addGroup('staff', 'carl');
  }, 60_000);

  afterAll(async () => {
    await door?.stop();
    await store.close();
    await journal.close();
    await slapd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await door?.stop();
    now = Date.now();
    for (const table of ['access_session', 'access_token', 'access_user']) await store.query(`DELETE FROM ${table}`);
    door = newDoor();
  });

  function newDoor(auth = settingsOf(slapd), required: readonly Role[] = []): Door {
    const config = { ...loadGood({}), dataDir: folder, auth: { ...auth, secondFactor: { required: [...required] } } };
    return new Door({ config, keys, journal, store, now: () => now, print: () => undefined });
  }

  const enter = (name: string, password: string, code = '', at = door) =>
    at.signIn.withPassword({ name, password, code, address: '127.0.0.1', agent: 'a browser' });
  const cookieFor = async (claims: Awaited<ReturnType<typeof enter>>) => {
    const at = { name: door.cookie, publicUrl: 'http://127.0.0.1:3000', keys, now };
    return (await claimsCookie(claims, at))?.split(';')[0] ?? '';
  };
  const come = async (cookie: string) =>
    (await door.authenticate({ cookie, authorization: null, address: '127.0.0.1', active: false }))?.caller ?? null;
  const root: Caller = {
    ...{ kind: 'user', name: 'root', userId: null, sessionId: null, token: null },
    ...{ grants: EVERYTHING, owesFactor: false, address: null },
  };

  it('lets in with the password, and gives the roles of the groups', async () => {
    expect(await enter('anna', 'anna knows 1')).toMatchObject({ name: 'anna', grants: EVERYTHING, directory: true });
    const bob = await enter('bob', 'bob knows 1');
    expect(bob.grants).toEqual([{ role: 'operator', scopes: null, labels: { env: 'prod' } }]);
    // The same account at the next time, however the name is written.
    expect((await enter('Anna', 'anna knows 1')).uid).toBe((await enter('anna', 'anna knows 1')).uid);
  });

  it.each([
    ['a wrong password', 'anna', 'guess', 'credentials'],
    ['no password, which a directory takes for nobody', 'anna', '', 'credentials'],
    ['a password with an end within', 'anna', 'anna knows 1\0x', 'credentials'],
    ['somebody whom it does not know', 'nobody', 'anna knows 1', 'credentials'],
    ['a name that is a pattern', '*', 'anna knows 1', 'credentials'],
    ['a name that is a filter', 'anna)(uid=*', 'anna knows 1', 'credentials'],
    ['a name that is a DN', 'anna,ou=people', 'anna knows 1', 'credentials'],
    ['another way to write a name', 'anna ', 'anna knows 1', 'credentials'],
    ['an account outside the base', 'howdah', 'may search 1', 'credentials'],
    ['somebody in no group with a role', 'carl', 'carl knows 1', 'no_role'],
  ])('lets nobody in by %s', async (_, name, password, code) => {
    await expect(enter(name, password)).rejects.toMatchObject({ code });
  });

  it('limits guesses as those of passwords here, by whatever name they come', async () => {
    const auth = settingsOf(slapd, (yaml) => yaml.replace('(uid={name})', '(|(uid={name})(mail={name}))'));
    await door.stop();
    door = newDoor(auth);
    for (const name of ['dora', 'dora@example.com', 'DORA', 'dora'])
      await expect(enter(name, 'guess')).rejects.toMatchObject({ code: 'credentials' });
    await expect(enter('Dora@example.com', 'guess')).rejects.toMatchObject({ code: expect.stringMatching(/^locked:/) });
    for (const name of ['dora@example.com', 'dora'])
      await expect(enter(name, 'dora knows 1')).rejects.toMatchObject({ code: expect.stringMatching(/^locked:/) });
    now += MINUTE;
    await enter('dora', 'dora knows 1');
    // From now on the account is counted, not the name.
    for (const name of ['dora', 'dora@example.com', 'DORA', 'dora'])
      await expect(enter(name, 'guess')).rejects.toMatchObject({ code: 'credentials' });
    await expect(enter('dora@EXAMPLE.com', 'guess')).rejects.toMatchObject({ code: expect.stringMatching(/^locked:/) });
    await expect(enter('dora', 'dora knows 1')).rejects.toMatchObject({ code: expect.stringMatching(/^locked:/) });
  });

  it('several people whom one name finds are nobody', async () => {
    await door.stop();
    door = newDoor(settingsOf(slapd, (yaml) => yaml.replace('(uid={name})', '(|(uid={name})(mail=*@example.com))')));
    await expect(enter('anna', 'anna knows 1')).rejects.toMatchObject({ code: 'credentials' });
  });

  it('never signs in to an account of Howdah, nor changes its password', async () => {
    await door.accounts.add({ name: 'emil', grants: [] }, root);
    await expect(enter('emil', 'emil knows 1')).rejects.toMatchObject({ code: 'credentials' });
    const { uid } = await enter('anna', 'anna knows 1');
    const self: Caller = { ...root, name: 'anna', userId: uid };
    await expect(door.accounts.changePassword(self, 'anna knows 1', 'another one of mine 7')).rejects.toThrow(
      /directory/,
    );
    await expect(door.accounts.change('anna', { resetPassword: true }, root)).rejects.toThrow(/directory/);
  });

  it('who left, moved or lost the groups loses role and session at the next check; who only moved within stays', async () => {
    const [anna, bob, emil] = [
      await cookieFor(await enter('anna', 'anna knows 1')),
      await cookieFor(await enter('bob', 'bob knows 1')),
      await cookieFor(await enter('emil', 'emil knows 1')),
    ];
    const check = door.directoryCheck;
    await check?.round();
    expect([(await come(anna))?.grants, (await come(bob))?.grants[0]?.role]).toEqual([EVERYTHING, 'operator']);
    slapd.change(
      `dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: moddn\nnewrdn: uid=bob\ndeleteoldrdn: 0\nnewsuperior: ou=left,dc=example,dc=com\n`,
    );
    slapd.change(
      `dn: cn=dba,ou=groups,dc=example,dc=com\nchangetype: modify\ndelete: member\nmember: uid=emil,ou=people,dc=example,dc=com\n`,
    );
    slapd.change(`dn: uid=anna,ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=anna2\ndeleteoldrdn: 1\n`);
    slapd.change(
      `dn: cn=dba,ou=groups,dc=example,dc=com\nchangetype: modify\nadd: member\nmember: uid=anna2,ou=people,dc=example,dc=com\n`,
    );
    await check?.round();
    now += 4000;
    expect([await come(bob), await come(emil)]).toEqual([null, null]);
    // It goes by what never changes, and not by the name.
    expect((await come(anna))?.grants).toEqual(EVERYTHING);
    await expect(enter('bob', 'bob knows 1')).rejects.toMatchObject({ code: 'credentials' });
    // Another person under an old name is another account.
    const before = (await come(anna))?.userId;
    slapd.addPerson('anna', 'the other anna 1');
    const other = await enter('anna', 'the other anna 1');
    expect(other.uid).not.toBe(before);
    expect(other.name).toBe('anna@ldap');
  });

  it('a directory that says nothing lets nobody in, costs no tries, and ends sessions after the time of grace', async () => {
    const cookie = await cookieFor(await enter('dora', 'dora knows 1'));
    const directory = new Directory(settingsOf(slapd).ldap ?? never(), 500);
    slapd.freeze(true);
    try {
      await expect(directory.signIn('dora', 'dora knows 1', async () => undefined)).rejects.toThrow(/does not answer/);
      for (let tries = 0; tries < 6; tries += 1) await expect(directory.look([])).rejects.toThrow(/does not answer/);
    } finally {
      slapd.freeze(false);
    }
    const check = door.directoryCheck;
    await check?.round();
    const gone = newDoor(settingsOf(slapd, (yaml) => yaml.replace(/ldaps:.*/, 'ldaps://localhost:1')));
    for (let tries = 0; tries < 6; tries += 1)
      await expect(enter('dora', 'guess', '', gone)).rejects.toMatchObject({ code: 'directory' });
    await gone.directoryCheck?.round();
    now += 4000;
    expect(await come(cookie)).not.toBeNull();
    now += 61 * MINUTE;
    await gone.directoryCheck?.round();
    await gone.stop();
    now -= 61 * MINUTE - 4000;
    expect(await come(cookie)).toBeNull();
    await enter('dora', 'dora knows 1');
  });

  it('a second factor is asked of them as of others, and demanded by role', async () => {
    await door.stop();
    door = newDoor(settingsOf(slapd), ['admin']);
    const claims = await enter('dora', 'dora knows 1');
    const caller = await come(await cookieFor(claims));
    expect(caller?.owesFactor).toBe(true);
    const self: Caller = { ...root, name: 'dora', userId: claims.uid };
    const { secret } = await door.accounts.draftTotp(self);
    const code = (): string => new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: now });
    await door.accounts.confirmTotp(self, code());
    await expect(enter('dora', 'dora knows 1')).rejects.toMatchObject({ code: 'code' });
    now += MINUTE;
    expect((await enter('dora', 'dora knows 1', code())).totp).toBe(true);
  });

  it('by StartTLS and by groups of the person it is the same', async () => {
    slapd.addGroup('nested', 'dora');
    const auth = settingsOf(slapd, (yaml) =>
      yaml
        .replace(/url: .*/, `url: [ldap://localhost:1, "ldap://localhost:${slapd.port}"]\n    startTls: true`)
        .replace(/groups: \{.*\}/, 'groupsAttribute: memberOf')
        .replace('group: dba', 'group: "CN=nested, ou=groups,dc=example,dc=com"')
        .replace('group: oncall', 'group: nested'),
    );
    const directory = new Directory(auth.ldap ?? never());
    const person = await directory.signIn('dora', 'dora knows 1', async () => undefined);
    // A name alone is no group here: anybody who may make one below another place could call it so.
    expect(person?.grants).toEqual(EVERYTHING);
    await directory.probe();
  });

  it('people can be asked to sign in by themselves: by their own DN, and as nobody else', async () => {
    const direct = (as: string, filter = '(uid={name})') =>
      new Directory(
        settingsOf(slapd, (yaml) =>
          yaml
            .replace(/bind: .*/, `bindAs: "${as}"`)
            .replace(/filter: "\(&.*/, `filter: "${filter}"`)
            .replace(/groups: \{.*\}/, 'groupsAttribute: memberOf')
            .replace('group: dba', 'group: "cn=nested,ou=groups,dc=example,dc=com"'),
        ).ldap ?? never(),
      );
    const own = direct('uid={name},ou=people,dc=example,dc=com');
    const enterBy = (directory: Directory, name: string, password: string) =>
      directory.signIn(name, password, async () => undefined);
    expect((await enterBy(own, 'dora', 'dora knows 1'))?.name).toBe('dora');
    expect(await enterBy(own, 'dora', '')).toBeNull();
    expect(await enterBy(own, 'dora', 'guess')).toBeNull();
    expect(own.canLook).toBe(false);
  });

  it('no password goes to whoever has another certificate', async () => {
    const wrong = [
      // The system's authorities do not know this one; the name is another.
      settingsOf(slapd, (yaml) => yaml.replace(/ {4}tls: .*\n/, '')),
      settingsOf(slapd, (yaml) => yaml.replace('ldaps://localhost', 'ldaps://127.0.0.1')),
      settingsOf(slapd, (yaml) => yaml.replace(/url: .*/, `url: "ldap://127.0.0.1:${slapd.port}"\n    startTls: true`)),
    ];
    for (const { ldap } of wrong) await expect(new Directory(ldap ?? never()).probe()).rejects.toThrow(/certificate/);
  });
});

function never(): never {
  throw new Error('there is no ldap in these settings');
}

describe('a directory that lies', () => {
  const open = new Set<net.Socket>();
  const servers: net.Server[] = [];
  afterAll(() => {
    for (const socket of open) socket.destroy();
    for (const server of servers) server.close();
  });

  async function listen(answer: (socket: net.Socket, said: Buffer, connection: number) => void): Promise<number> {
    let connections = 0;
    const server = net.createServer((socket) => {
      open.add(socket);
      connections += 1;
      const own = connections;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => answer(socket, chunk, own));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as net.AddressInfo).port;
  }

  /** ExtendedResponse and BindResponse, success, as this message. */
  const said = (id: number, operation: number): Buffer =>
    Buffer.of(0x30, 12, 2, 1, id, operation, 7, 0x0a, 1, 0, 4, 0, 4, 0);

  it('cannot put an answer before TLS that would be read behind it', async () => {
    for (const injected of [said(2, 0x61), said(2, 0x61).subarray(0, 8), Buffer.of(0x30)]) {
      const port = await listen((socket) => socket.write(Buffer.concat([said(1, 0x78), injected])));
      const place = { url: `ldap://127.0.0.1:${port}`, startTls: true, tls: null };
      await expect(openLdap(place)).rejects.toThrow(/follows the answer/);
    }
  });

  it('that refuses StartTLS, or cuts it, hears nothing more, also not in the clear', async () => {
    const heard: string[] = [];
    for (const refusal of [Buffer.of(0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 2, 4, 0, 4, 0), null]) {
      const port = await listen((socket, chunk) => {
        heard.push(chunk.toString('latin1'));
        if (refusal === null) socket.destroy();
        else socket.write(refusal);
      });
      await expect(openLdap({ url: `ldap://127.0.0.1:${port}`, startTls: true, tls: null })).rejects.toThrow();
    }
    expect(heard).toHaveLength(2);
    for (const one of heard) expect(one).toMatch(/1\.3\.6\.1\.4\.1\.1466\.20037$/);
  });

  it('gets no second connection where the first was cut', async () => {
    let connections = 0;
    const port = await listen((socket, _, own) => {
      connections = own;
      socket.destroy();
    });
    const client = await openLdap({ url: `ldap://127.0.0.1:${port}`, startTls: false, tls: null });
    await expect(client.bind('cn=a', 'secret')).rejects.toThrow();
    await expect(client.bind('cn=a', 'secret')).rejects.toThrow();
    // The first was opened to see whether somebody is there, and said nothing.
    expect(connections).toBe(2);
  });

  it('that answers without end is cut', async () => {
    const flood = Buffer.concat([Buffer.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff), Buffer.alloc(64 * 1024, 0x30)]);
    const port = await listen((socket) => {
      const more = (): void => {
        if (!socket.destroyed) socket.write(flood, more);
      };
      more();
    });
    const client = await openLdap({ url: `ldap://127.0.0.1:${port}`, startTls: false, tls: null }, 1024 * 1024);
    await expect(client.bind('cn=a', 'secret')).rejects.toThrow(/more than was asked for/);
  });
});

describe('what has a meaning', () => {
  it('in a filter or a DN is written so that it has none', () => {
    expect(inFilter('a*(b)\\c\0')).toBe('a\\2a\\28b\\29\\5cc\\00');
    expect(inDn(' a,b+c="d"<e>;\\ ')).toBe('\\20a\\2cb\\2bc\\3d\\22d\\22\\3ce\\3e\\3b\\5c\\20');
    expect(inDn('#a')).toBe('\\23a');
    expect([inFilter('anna@example.com'), inDn('anna.b-c')]).toEqual(['anna@example.com', 'anna.b-c']);
  });
});
