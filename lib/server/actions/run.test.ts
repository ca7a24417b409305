// One run by itself: what it sends, what it tells the journal, and what it leaves alone. The clusters are the testkit's; Patroni
// answers at once.
import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../domain/actions/action';
import { bind } from '../../domain/actions/bound';
import { momentOf } from '../../domain/actions/moment';
import { planOf } from '../../domain/actions/plan';
import type { Snapshot } from '../../domain/cluster';
import { type ClusterSpec, type MemberSpec, NOW, play, steady } from '../../domain/testkit';
import type { JsonObject } from '../../domain/wire/loose';
import type { Begun } from './begun';
import { PoolKeeper } from './pool-keeper';
import type { ClusterReach } from './reach';
import { ActionRun } from './run';

const healthy: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const ROLLING: ActionRequest = { kind: 'rolling_restart', onlyPending: false };
const RESTART: ActionRequest = {
  kind: 'restart',
  members: ['n3'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
};

/** A postmaster that was started so long after the request, and streams. */
const restartedAt = (name: string, afterMs: number): MemberSpec => {
  const at = NOW + afterMs;
  const text = new Date(at).toISOString().replace('T', ' ').replace('Z', '000+00:00');
  return { name, patroni: { postmaster_start_time: text }, fast: { started_ms: at } };
};

let sent: string[];
let journal: JsonObject[];
let closed: ActionRecord[];
beforeEach(() => {
  sent = [];
  journal = [];
  closed = [];
});

function recordOf(request: ActionRequest, snapshot: Snapshot): ActionRecord {
  return {
    ...{ id: 'a1', scope: 'demo', request, actor: 'tester', reason: 'a test', idempotencyKey: 'k1' },
    ...{ requestedAt: NOW, phase: 'open', bound: bind(snapshot), way: 'rest', wake: null, revision: null },
    ...{ sentAt: null, steps: [], seen: [], progress: null, outage: null, expectedOutage: null },
    ...{ before: momentOf(snapshot), after: null, outcome: null, outcomeText: null, differs: [], checks: [] },
    ...{ closedAt: null, recovered: false },
  };
}

interface Options {
  readonly resumed?: boolean;
  /** What the journal says when it is told. */
  readonly onSent?: () => Promise<void>;
}

function runOf(request: ActionRequest, { resumed = false, onSent = async () => undefined }: Options = {}) {
  const before = steady(healthy);
  const reach = {
    dcs: null,
    dcsScope: 'demo',
    postgres: () => null,
    probes: () => [],
    patroni: {
      send: async (url: string, method: string, path: string) => {
        sent.push(`${method} ${path} ${url}`);
        const value = { status: 200, body: 'restarted successfully', date: null };
        return { ok: true, at: NOW + 10, tookMs: 1, value };
      },
    },
  } as unknown as ClusterReach;
  const run = new ActionRun(
    recordOf(request, before),
    planOf(request, before),
    [],
    before,
    {
      reach,
      keeper: new PoolKeeper({
        ...{ dataDir: '/nowhere', now: () => NOW },
        reach: { console: () => null, whoAnswers: async () => null },
      }),
      now: () => NOW,
      onChange: () => undefined,
      onSent: async (_record, body) => {
        await onSent();
        journal.push(body);
      },
      onClose: async (record) => void closed.push(record),
    },
    resumed,
  );
  return { run, plan: planOf(request, before), before };
}

const begunAt = (stage: number, { plan, before }: ReturnType<typeof runOf>): Begun => ({
  stage,
  sent: { at: NOW, way: 'rest', wake: null, revision: null },
  start: momentOf(before),
  plan,
  finished: [],
});
const OK = { at: NOW + 10, status: 200, text: 'restarted successfully', error: null };

describe('what is sent over REST', () => {
  it('is told to the journal before it leaves', async () => {
    const order: string[] = [];
    const { run } = runOf(RESTART, {
      onSent: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`journal, ${sent.length} sent`);
      },
    });
    await run.begin();
    run.onSnapshot(play([healthy, { members: [{ name: 'n1' }, { name: 'n2' }, restartedAt('n3', 500)] }]).snapshot);
    expect(await run.done).toMatchObject({ outcome: 'done', sentAt: NOW });
    expect([order, sent.length]).toEqual([['journal, 0 sent'], 1]);
  });

  it('does not leave where the journal does not take it: refused, and nobody was asked', async () => {
    const { run } = runOf(RESTART, { onSent: () => Promise.reject(new Error('no space left on device')) });
    await run.begin();
    const record = await run.done;
    expect(sent).toEqual([]);
    expect([record.outcome, record.sentAt]).toEqual(['refused', null]);
    expect(record.outcomeText).toBe('Nothing was sent to n3: no space left on device.');
    expect(closed).toHaveLength(1);
  });

  it('does not leave in the middle of several stages either: what was done stays done', async () => {
    let told = 0;
    const { run } = runOf(ROLLING, {
      onSent: async () => {
        told += 1;
        if (told > 1) throw new Error('no space left on device');
      },
    });
    await run.begin();
    const first = sent.length;
    const name = sent[0]?.includes('10.0.0.2') ? 'n2' : 'n3';
    const members = healthy.members.map((member) => (member.name === name ? restartedAt(name, 500) : member));
    run.onSnapshot(play([healthy, { members }]).snapshot);
    const record = await run.done;
    expect([first, sent.length]).toEqual([1, 1]);
    expect(record.outcome).toBe('done_differently');
    expect(record.outcomeText).toMatch(/no space left on device; n\d restarted; not started: /);
  });
});

describe('a run that breaks', () => {
  it('was refused where nothing had been sent, and is unknown where something had', async () => {
    const before = runOf(RESTART).run;
    await before.fail('it broke');
    expect(await before.done).toMatchObject({ outcome: 'refused', outcomeText: 'Howdah failed: it broke.' });
    const after = runOf(RESTART).run;
    await after.begin();
    await after.fail('it broke');
    expect(await after.done).toMatchObject({ outcome: 'unknown', sentAt: NOW });
    expect(closed).toHaveLength(2);
  });
});

describe('a run that is resumed between two stages', () => {
  const afterFirst = (name: string): Snapshot =>
    play([
      healthy,
      { members: healthy.members.map((member) => (member.name === name ? restartedAt(name, 500) : member)) },
    ]).snapshot;

  it('closes with what was done and begins nothing more', async () => {
    const made = runOf(ROLLING, { resumed: true });
    const first = made.plan[0]?.member ?? '';
    made.run.resume(begunAt(0, made), OK);
    made.run.onSnapshot(afterFirst(first));
    const record = await made.run.done;
    expect([sent, journal]).toEqual([[], []]);
    expect([record.outcome, record.recovered]).toEqual(['done_differently', true]);
    expect(record.outcomeText).toMatch(
      /^Stopped: Howdah was restarted in the middle and did not go on; n\d restarted;/,
    );
    expect(record.differs).toEqual([expect.stringMatching(/^not started: n\d, the switchover and n1$/)]);
  });

  it('does not ask again where Patroni was busy', async () => {
    const made = runOf(ROLLING, { resumed: true });
    made.run.resume(begunAt(1, made), { ...OK, status: 503, text: 'restart already in progress' });
    const record = await made.run.done;
    expect(sent).toEqual([]);
    expect(record.outcome).toBe('refused');
  });

  it('that was not resumed goes on to the next stage: the near miss', async () => {
    const { run, plan } = runOf(ROLLING);
    await run.begin();
    run.onSnapshot(afterFirst(plan[0]?.member ?? ''));
    await expect.poll(() => sent.length).toBe(2);
    run.hold('the test is over');
    run.abandon();
  });
});
