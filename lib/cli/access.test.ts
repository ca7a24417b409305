import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Grant, UserChange } from '../contract/access';
import { grantOf, token, Usage, type UserDesk, user } from './access';
import type { Api } from './api';
import { table, when } from './print';

const printed = vi.hoisted(() => ({ out: [] as string[] }));
vi.mock('./print', async (original) => ({
  ...(await original<typeof import('./print')>()),
  out: (text: string) => void printed.out.push(text),
}));
beforeEach(() => {
  printed.out = [];
});

const WHERE = { role: 'operator', scopes: [], labels: [] } as const;

describe('a grant of the flags', () => {
  it('is a role on all clusters, or on those named by name and label', () => {
    expect(grantOf(WHERE)).toEqual({ role: 'operator', scopes: null, labels: {} });
    expect(grantOf({ ...WHERE, scopes: ['orders*'], labels: ['env=prod', 'site='] })).toEqual({
      ...{ role: 'operator', scopes: ['orders*'], labels: { env: 'prod', site: '' } },
    });
  });

  it.each([
    { ...WHERE, role: null },
    { ...WHERE, role: 'root' },
    { ...WHERE, labels: ['env'] },
    { ...WHERE, labels: ['=prod'] },
    { ...WHERE, labels: ['env=a=b'] },
  ])('that says less or more is a wrong argument: %j', (where) => {
    expect(() => grantOf(where)).toThrow(Usage);
  });
});

describe('howdah user', () => {
  const calls: string[] = [];
  const answer = (name: string, grants: readonly Grant[] = [], link: string | null = null) => ({
    user: { name, kind: 'local', grants, disabled: false, totp: false, lockedUntil: null, invitedUntil: null },
    link,
  });
  const desk = {
    list: async () => ({ users: [{ ...answer('ann').user, disabled: true, lastSeenAt: null }] }),
    add: async (name: string, grants: readonly Grant[]) => {
      calls.push(`add ${name} ${JSON.stringify(grants)}`);
      return answer(name, grants, 'https://howdah/setup/x');
    },
    change: async (name: string, change: UserChange) => {
      calls.push(`change ${name} ${JSON.stringify(change)}`);
      return answer(name);
    },
  } as unknown as UserDesk;
  beforeEach(() => {
    calls.length = 0;
  });

  it('adds somebody with a role, and prints the link once', async () => {
    await user(desk, ['add', 'ann'], { ...WHERE, role: 'viewer' }, false);
    expect(calls).toEqual(['add ann [{"role":"viewer","scopes":null,"labels":{}}]']);
    expect(printed.out.join('\n')).toContain('https://howdah/setup/x');
  });

  it.each([
    ['disable', '{"disabled":true}'],
    ['enable', '{"disabled":false}'],
    ['unlock', '{"unlock":true}'],
    ['reset', '{"resetPassword":true}'],
    ['remove-totp', '{"removeTotp":true}'],
    ['sign-out', '{"signOut":true}'],
  ])('%s sends that one change', async (command, change) => {
    await user(desk, [command, 'ann'], { role: null, scopes: [], labels: [] }, false);
    expect(calls).toEqual([`change ann ${change}`]);
  });

  it('grant replaces the roles by the one of the flags, and never by none', async () => {
    await user(desk, ['grant', 'ann'], { ...WHERE, scopes: ['a'] }, false);
    expect(calls).toEqual(['change ann {"grants":[{"role":"operator","scopes":["a"],"labels":{}}]}']);
    await expect(user(desk, ['grant', 'ann'], { ...WHERE, role: null }, false)).rejects.toThrow(Usage);
    expect(calls).toHaveLength(1);
  });

  it.each([[['promote', 'ann']], [['add']], [['disable']], [['add', 'ann', 'bob']], [['constructor', 'ann']]])(
    'does nothing for %j',
    async (args) => {
      await expect(user(desk, args, WHERE, false)).rejects.toThrow(Usage);
      expect(calls).toEqual([]);
    },
  );

  it('lists who is disabled, and everything with --json', async () => {
    await user(desk, [], WHERE, false);
    expect(printed.out[0]).toMatch(/ann +local +no role +no +never +disabled/);
    await user(desk, ['list'], WHERE, true);
    expect(JSON.parse(printed.out[1] ?? '')).toMatchObject([{ name: 'ann' }]);
  });
});

describe('howdah token', () => {
  const sent: string[] = [];
  const api = {
    get: async () => ({ tokens: [] }),
    post: async (path: string, body: object) => {
      sent.push(`${path} ${JSON.stringify(body)}`);
      return { token: { name: 'ci', expiresAt: 0 }, secret: 'hwd_secret' };
    },
  } as unknown as Api;
  const options = { ...WHERE, days: 30, owner: null };

  it('makes one for a time and shows its secret; revokes one; refuses what it does not know', async () => {
    await token(api, ['add', 'ci'], options, false);
    await token(api, ['revoke', 'id1'], options, false);
    expect(sent[0]).toContain('"days":30');
    expect(sent[0]).not.toContain('owner');
    expect(printed.out[0]).toContain('hwd_secret');
    expect(sent[1]).toMatch(/id1\/revoke \{\}$/);
    for (const args of [['add'], ['revoke'], ['rotate', 'x']])
      await expect(token(api, args, options, false)).rejects.toThrow(Usage);
    expect(sent).toHaveLength(2);
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell, numbers to the right, and no blanks at the end', () => {
    const text = table(
      ['name', ' lag', ''],
      [
        ['a', '1', 'x'],
        ['longer', '100', ''],
      ],
    );
    expect(text.split('\n')).toEqual(['name    lag', 'a         1  x', 'longer  100']);
  });

  it('names an instant with its zone, and none as never', () => {
    expect([when(Date.UTC(2026, 10, 21, 3)), when(null)]).toEqual(['2026-11-21 03:00:00 UTC', 'never']);
  });
});
