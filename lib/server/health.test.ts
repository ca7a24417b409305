// What `/api/health` says to whom: to nobody more than whether Howdah lives.
import { describe, expect, it } from 'vitest';
import type { Grant } from '../domain/access/access';
import { Gate } from './access/gate';
import { healthFor } from './health';

type Asked = Parameters<typeof healthFor>[0];

const NOW = 1_000_000;
const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  orders: { env: 'prod' },
  billing: { env: 'qa' },
};
const ROWS = [
  { scope: 'orders', members: [1, 2, 3], revision: 1, observedAt: 5 },
  { scope: 'billing', members: [1], revision: 1, observedAt: 5 },
];
const RUNTIME = {
  config: { databaseUrl: null },
  feed: { rows: () => ROWS, viewers: 7 },
  state: () => {
    const problems = [{ source: 'etcd-prod', text: '10.1.2.3 refuses' }];
    return { version: '1.2.3', scopes: 2, members: 4, roundMs: 5, problems };
  },
  startedAt: 0,
  collectorSeenAt: () => NOW,
  actionsNow: () => ({
    ...{ storeState: () => null, journal: { entries: () => 1, problem: () => null } },
    ...{ record: { problems: () => [] }, streams: { states: () => [{ name: 'siem', target: '10.9.9.9:6514' }] } },
  }),
  actionsProblem: () => 'the disk is full',
  historyNow: () => null,
} as unknown as Asked;

function tell(grants: readonly Grant[] | null) {
  const who = {
    kind: 'user',
    name: 'eve',
    userId: 'u',
    sessionId: 's',
    token: null,
    owesFactor: false,
    address: null,
  } as const;
  const known = { scopes: () => Object.keys(LABELS), labelsOf: (scope: string) => LABELS[scope] ?? {} };
  const gate = new Gate(grants === null ? null : { ...who, grants }, { ...known, admins: ['root'], policies: [] });
  return healthFor(RUNTIME, gate, NOW);
}

describe('health', () => {
  it.each([
    ['nobody', null],
    ['an account without a role', []],
  ])('tells %s that it lives, and no number, name, version or reason', (_, grants) => {
    expect(tell(grants)).toEqual({ ok: true });
  });

  it('tells a viewer of one cluster of that cluster, and counts no other', () => {
    const told = tell([{ role: 'viewer', scopes: null, labels: { env: 'qa' } }]);
    expect(told).toMatchObject({ collector: { scopes: 1, members: 1 }, scopes: [{ scope: 'billing' }] });
    expect(JSON.stringify(told)).not.toMatch(/orders|10\.1\.2\.3|10\.9\.9\.9|disk is full/);
  });

  it('tells all to who may see all', () => {
    const told = tell([{ role: 'viewer', scopes: null, labels: {} }]);
    expect(told).toMatchObject({ streams: 7, collector: { scopes: 2, members: 4 }, version: '1.2.3' });
    expect(JSON.stringify(told)).toContain('10.1.2.3');
    expect(told).toMatchObject({ journal: { streams: [{ target: '10.9.9.9:6514' }] } });
  });
});
