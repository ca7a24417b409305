// A switchover around which PgBouncer is paused, as one run: in which order things leave, and that RESUME comes however it ends. The clusters
// are the testkit's, the PgBouncers behave as real ones (test-pools.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord, ActionRequest, PausedPool } from '../../domain/actions/action';
import { bind } from '../../domain/actions/bound';
import { momentOf } from '../../domain/actions/moment';
import { planOf } from '../../domain/actions/plan';
import type { Snapshot } from '../../domain/cluster';
import { type ClusterSpec, NOW, play, steady } from '../../domain/testkit';
import type { ProbeStatus } from '../../domain/wire/entry-probe';
import { PoolKeeper } from './pool-keeper';
import type { ClusterReach } from './reach';
import { ActionRun } from './run';
import { FakePgbouncer } from './test-pools';

const CLUSTER: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const REQUEST: ActionRequest = { kind: 'switchover', candidate: 'n2', scheduledAt: null, pausePools: true };
const before = steady(CLUSTER);
const planned = (entry: string): PausedPool => ({
  ...{ entry, database: 'app', target: '10.0.0.9:5000', state: 'planned' },
  ...{ pausedAt: null, resumedAt: null, waiting: null },
});

let folder: string;
let said: string[];
let pool: FakePgbouncer;
let second: FakePgbouncer;
let keeper: PoolKeeper;
let way: ProbeStatus | null;
let answer: { status: number; body: string };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'howdah-around-'));
  said = [];
  way = null;
  answer = { status: 200, body: 'Successfully switched over to "n2"' };
  [pool, second] = [new FakePgbouncer(said), new FakePgbouncer()];
  keeper = new PoolKeeper({
    ...{ dataDir: folder, now: Date.now },
    reach: {
      console: (entry) => (entry === 'pool' ? pool : second).console,
      whoAnswers: async () => way,
    },
  });
});
afterEach(async () => {
  await keeper.stop();
  rmSync(folder, { recursive: true, force: true });
});

function runOf(entries: readonly string[] = ['pool'], meanwhile: () => void = () => undefined): ActionRun {
  const reach = {
    ...{ dcs: null, dcsScope: 'demo', pools: [], postgres: () => null, probes: () => [] },
    patroni: {
      send: async (_url: string, method: string, where: string) => {
        said.push(`${method} ${where}`);
        meanwhile();
        return { ok: true, at: NOW + 10, tookMs: 1, value: { ...answer, date: null } };
      },
    },
  } as unknown as ClusterReach;
  const record: ActionRecord = {
    ...{ id: 'a1', scope: 'demo', request: REQUEST, actor: 'tester', reason: 'a test', idempotencyKey: 'k1' },
    ...{ requestedAt: NOW, phase: 'open', bound: bind(before), way: 'rest', wake: null, revision: null },
    ...{ sentAt: null, steps: [], seen: [], progress: null, outage: null, expectedOutage: null },
    ...{ before: momentOf(before), after: null, outcome: null, outcomeText: null, differs: [], checks: [] },
    ...{ closedAt: null, recovered: false, clients: { sessions: 3, doors: [], pools: entries.map(planned) } },
  };
  return new ActionRun(
    record,
    planOf(REQUEST, before),
    [],
    before,
    {
      ...{ reach, keeper, now: Date.now, onChange: () => undefined },
      onSent: async () => void said.push('journal'),
      onClose: async () => undefined,
    },
    false,
  );
}
const newLeader = (): Snapshot =>
  play([
    CLUSTER,
    {
      ...CLUSTER,
      leader: 'n2',
      members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }].map((member) => ({ ...member, timeline: 5 })),
    },
  ]).snapshot;

describe('a paused switchover', () => {
  it('sends PAUSE first, then asks Patroni, and RESUME when the new leader answers by the way', async () => {
    const run = runOf();
    await run.begin();
    expect(said).toEqual(['PAUSE app', 'journal', 'POST /switchover']);
    expect(pool.paused.has('app')).toBe(true);
    way = {
      ...{ isPrimary: true, startedAt: 1, systemIdentifier: before.cluster.systemIdentifier, serverAddress: null },
      ...{ timeline: (before.cluster.timeline ?? 0) + 1, name: null },
    };
    await expect.poll(() => said.at(-1)).toBe('RESUME app');
    await expect.poll(() => pool.paused.size).toBe(0);
    run.onSnapshot(newLeader());
    run.hold('the test is over');
    run.abandon();
  });

  it('that Patroni refuses is resumed at once, although nothing answers by the way', async () => {
    answer = { status: 412, body: 'leader name does not match' };
    const run = runOf();
    await run.begin();
    const record = await run.done;
    expect(record.outcome).toBe('refused');
    expect(said).toEqual(['PAUSE app', 'journal', 'POST /switchover', 'RESUME app']);
    expect(record.clients?.pools).toMatchObject([{ state: 'resumed' }]);
    expect(pool.paused.size).toBe(0);
  });

  it('of which one PgBouncer refuses asks nobody for anything and leaves none paused', async () => {
    second.refuses = 'admin access needed';
    const run = runOf(['pool', 'second']);
    await run.begin();
    const record = await run.done;
    expect([record.outcome, record.sentAt]).toEqual(['refused', null]);
    expect(String(record.outcomeText)).toBe('Nothing was sent: app on second: admin access needed.');
    expect(said.filter((what) => what.startsWith('POST'))).toEqual([]);
    expect([pool.paused.size, second.paused.size]).toEqual([0, 0]);
    expect(record.clients?.pools.map(({ state }) => state)).toEqual(['not_paused', 'not_paused']);
  });

  it('that meets somebody else’s pause leaves it paused', async () => {
    pool.paused.add('app');
    const run = runOf();
    await run.begin();
    const record = await run.done;
    expect(record.outcome).toBe('refused');
    expect(said).toEqual([]);
    expect(pool.paused.has('app')).toBe(true);
  });

  it('whose PgBouncer was restarted meanwhile ends with that said, and sends no RESUME', async () => {
    answer = { status: 412, body: 'leader name does not match' };
    const run = runOf(['pool'], () => pool.paused.clear());
    await run.begin();
    const record = await run.done;
    expect(said).not.toContain('RESUME app');
    expect(record.clients?.pools).toMatchObject([{ state: 'ended_elsewhere' }]);
    expect(record.differs.map(String)).toEqual([expect.stringContaining('not paused any more')]);
  });
});
