// What `/api/health` says to whom: to nobody more than whether Howdah lives.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GET } from '../../app/api/health/route';
import type { Grant } from '../domain/access/access';
import { Limits } from './edge/limits';
import { log } from './log';

const RUNTIME = Symbol.for('howdah.runtime');
const ROWS = [
  { scope: 'orders', labels: { env: 'prod' }, members: [1, 2, 3], revision: 1, observedAt: 5 },
  { scope: 'billing', labels: { env: 'qa' }, members: [1], revision: 1, observedAt: 5 },
];

function install(grants: readonly Grant[] | null): void {
  const caller = { kind: 'user', name: 'eve', userId: 'u', sessionId: 's', token: null, address: null, grants };
  const problems = [{ source: 'etcd-prod', text: '10.1.2.3 refuses' }];
  Reflect.set(globalThis, RUNTIME, {
    config: { auth: { kind: 'sign_in' }, approvals: [], operator: 'o', databaseUrl: null },
    feed: { row: (scope: string) => ROWS.find((row) => row.scope === scope) ?? null, rows: () => ROWS, viewers: 7 },
    limits: new Limits(() => 0),
    door: async () => ({
      authenticate: async () => (grants === null ? null : { caller, known: null }),
      accounts: { admins: async () => ['root'] },
    }),
    state: () => ({ version: '1.2.3', scopes: 2, members: 4, roundMs: 5, problems }),
    startedAt: 0,
    collectorSeenAt: () => Date.now(),
    actionsNow: () => null,
    actionsProblem: () => 'the disk is full',
    historyNow: () => null,
  });
}

const ask = async () => {
  const answer = await GET(new Request('http://127.0.0.1:3000/api/health'), { params: Promise.resolve({}) });
  return { status: answer.status, body: await answer.json() };
};

describe('health', () => {
  beforeEach(() => {
    log.level = 'silent';
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, RUNTIME);
  });

  it.each([
    ['nobody', null],
    ['an account without a role', []],
  ])('tells %s that it lives, and no number, name, version or reason', async (_, grants) => {
    install(grants);
    expect(await ask()).toEqual({ status: 200, body: { ok: true } });
  });

  it('tells a viewer of one cluster of that cluster, and counts no other', async () => {
    install([{ role: 'viewer', scopes: null, labels: { env: 'qa' } }]);
    const { body } = await ask();
    expect(body).toMatchObject({ ok: true, collector: { scopes: 1, members: 1, problems: [] } });
    expect(body.scopes.map(({ scope }: { scope: string }) => scope)).toEqual(['billing']);
    expect(JSON.stringify(body)).not.toMatch(/orders|10\.1\.2\.3|disk is full/);
  });

  it('tells all to who may see all', async () => {
    install([{ role: 'viewer', scopes: null, labels: {} }]);
    const { body } = await ask();
    expect(body).toMatchObject({ streams: 7, collector: { scopes: 2, members: 4 }, version: '1.2.3' });
    expect(JSON.stringify(body)).toContain('10.1.2.3');
  });
});
