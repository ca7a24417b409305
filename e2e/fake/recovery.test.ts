// What the next start makes of an intent without an outcome: it sends nothing, proves by etcd's history or the journal what
// became of it, follows what was sent, and closes each once.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import { bind } from '../../lib/domain/actions/bound';
import { momentOf } from '../../lib/domain/actions/moment';
import { planOf } from '../../lib/domain/actions/plan';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { openJournal } from '../../lib/server/audit/journal';
import { ActingHowdah, valuesOf } from './acting';
import { FakeDcs, pathOf } from './dcs';
import { type EtcdProcess, quickFolder, startEtcd } from './etcd-process';
import { FakeFleet } from './fleet';
import { FakeLeader } from './leader';
import type { FakeCluster } from './patroni';

const SWITCHOVER = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
const PAUSE = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
const RESTART = {
  kind: 'restart',
  members: ['n2'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
} as const;

describe('an action that was open when Howdah ended', () => {
  let server: EtcdProcess;
  let fleet: FakeFleet;
  let dcs: FakeDcs;
  let number = 0;
  let cluster: FakeCluster;
  let leader: FakeLeader;
  let folder: string;
  const folders: string[] = [];

  beforeAll(async () => {
    server = await startEtcd();
    fleet = await FakeFleet.start({ scopes: 9, members: 3, version: '4.1.4' });
    dcs = new FakeDcs(server.etcd);
    for (const one of fleet.clusters) one.config = { ...one.config, loop_wait: 1, ttl: 20, retry_timeout: 3 };
    await dcs.writeAll(fleet.clusters);
  });
  beforeEach(() => {
    const next = fleet.clusters[number++];
    if (next === undefined) throw new Error('more tests than clusters');
    cluster = next;
    leader = new FakeLeader(dcs, server.etcd, cluster, { loopMs: 500 }).start();
    folder = quickFolder('howdah-recovery-');
    folders.push(folder);
    return () => leader.stop();
  });
  afterAll(async () => {
    for (const one of folders) rmSync(one, { recursive: true, force: true });
    await fleet?.stop();
    await server?.stop();
  });

  const open = (): Promise<ActingHowdah> => {
    const etcd = `{ hosts: ['${server.url}'], scopes: [${cluster.scope}] }`;
    return ActingHowdah.open({ yaml: `sources:\n  - { name: fake, etcd: ${etcd} }`, folder });
  };
  /** An intent as it stands in a journal after a power cut, made on what is seen now. */
  const leave = async (request: ActionRequest, options: { plan?: boolean; sent?: boolean } = {}): Promise<string> => {
    const howdah = await open();
    await howdah.untilSeen(cluster.scope);
    const { preflight } = await howdah.executor.preflight(cluster.scope, request);
    const snapshot = howdah.snapshot(cluster.scope);
    if (snapshot === null) throw new Error('nothing was seen');
    await howdah.stop();
    const id = randomUUID();
    const before = momentOf(snapshot);
    const record: ActionRecord = {
      id,
      scope: cluster.scope,
      request,
      actor: 'tester',
      reason: 'before the power cut',
      idempotencyKey: id,
      requestedAt: Date.now(),
      phase: 'open',
      bound: bind(snapshot),
      way: preflight.way,
      wake: null,
      revision: null,
      sentAt: null,
      steps: preflight.steps.map((step) => ({ ...step, detail: null, state: 'waiting', reachedAt: null })),
      seen: [],
      progress: null,
      outage: null,
      expectedOutage: null,
      before,
      after: null,
      outcome: null,
      outcomeText: null,
      differs: [],
      checks: [],
      closedAt: null,
      recovered: false,
    };
    const plan = options.plan === false ? [] : planOf(request, snapshot);
    const journal = await openJournal(folder, { now: Date.now });
    await journal.append('intent', id, cluster.scope, { record, plan } as unknown as JsonObject);
    if (options.sent === true) {
      const sent = { at: Date.now(), way: record.way, wake: null, revision: null };
      const body = { stage: 0, sent, start: before, plan, finished: [] };
      await journal.append('sent', id, cluster.scope, body as unknown as JsonObject);
    }
    await journal.close();
    return id;
  };
  /** The next start: shown as open at once, followed to its end; nothing may be sent. */
  const recovered = async (id: string): Promise<ActionRecord> => {
    const howdah = await open();
    try {
      const recovering = howdah.executor.recover();
      const shown = await howdah.executor.get(cluster.scope, id);
      expect(shown?.phase).toBe('open');
      await recovering;
      const record = await howdah.closed({ scope: cluster.scope, id }, 25_000);
      expect(record.recovered).toBe(true);
      expect(howdah.journal.openIntents()).toEqual([]);
      return record;
    } finally {
      await howdah.stop();
    }
  };
  const put = (key: string, value: object): Promise<void> =>
    server.etcd.put(pathOf(cluster, key), JSON.stringify(value));

  test('nothing was written: refused', async () => {
    const record = await recovered(await leave(SWITCHOVER));
    expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('no such write')]);
    expect([cluster.leader, await valuesOf(server.url, cluster.scope, 'failover')]).toEqual(['n1', []]);
  });

  test('it was written, and carried out meanwhile: done, with its revision', async () => {
    const id = await leave(SWITCHOVER);
    await put('failover', { leader: 'n1', member: 'n2' });
    await expect.poll(() => cluster.leader, { timeout: 5000 }).toBe('n2');
    const record = await recovered(id);
    expect(record.outcome, String(record.outcomeText)).toBe('done');
    expect([record.revision === null, record.sentAt === null]).toEqual([false, false]);
    const asked = await valuesOf(server.url, cluster.scope, 'failover');
    expect(asked.filter(({ value }) => value !== '{}')).toHaveLength(1);
  });

  test('it was written, and Patroni takes it up only now: followed to its end', async () => {
    leader.script = { reaction: 'ignore' };
    const id = await leave(SWITCHOVER);
    await put('failover', { leader: 'n1', member: 'n2' });
    setTimeout(() => {
      leader.script = { loopMs: 100 };
    }, 2500);
    const record = await recovered(id);
    expect(record.outcome, String(record.outcomeText)).toBe('done');
    expect(cluster.unsafe).toEqual([]);
  });

  test('a pause that was written is done; its configuration is that of then', async () => {
    const id = await leave(PAUSE);
    await put('config', { ...cluster.config, pause: true });
    const record = await recovered(id);
    expect(record.outcome, String(record.outcomeText)).toBe('done');
    expect(record.revision).not.toBeNull();
  });

  test('a pause that was not written although somebody else wrote: refused', async () => {
    const id = await leave(PAUSE);
    await put('config', { ...cluster.config, loop_wait: 2 });
    const record = await recovered(id);
    expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('no such write')]);
    expect(await valuesOf(server.url, cluster.scope, 'config')).toHaveLength(2);
  });

  test('over REST nothing leaves before the journal says so: refused', async () => {
    const record = await recovered(await leave(RESTART));
    expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('the journal has')]);
    expect(cluster.unsafe).toEqual([]);
  });

  test('over REST it was sent: followed by what is seen, never sent again', async () => {
    const id = await leave(RESTART, { sent: true });
    await cluster.node('n2').restart();
    const record = await recovered(id);
    expect(record.outcome, String(record.outcomeText)).toBe('done');
    expect(cluster.unsafe).toEqual([]);
  });

  test('a refusal that was cut off stays one', async () => {
    const record = await recovered(await leave(SWITCHOVER, { plan: false }));
    expect(record.outcome).toBe('refused');
  });
});
