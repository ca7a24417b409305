// A maintenance from its begin to its end: the real collector, journal and executor on a fake cluster, Howdah stopped between all presses,
// two people at once, a member that is really down in between, and a press that was cut off.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionRequest } from '../../lib/domain/actions/action';
import type { Snapshot } from '../../lib/domain/cluster';
import { outOf } from '../../lib/domain/maintenance-note';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { openJournal } from '../../lib/server/audit/journal';
import { ActingHowdah, refusalOf } from './acting';
import { FakeDcs } from './dcs';
import { type EtcdProcess, quickFolder, startEtcd } from './etcd-process';
import { FakeFleet } from './fleet';
import { FakeLeader } from './leader';
import type { FakeCluster } from './patroni';

const press = (step: 'out' | 'back' | 'end', member: string | null): ActionRequest => ({
  ...{ kind: 'maintenance', step, member, plan: null },
});
const BEGIN: ActionRequest = {
  ...{ kind: 'maintenance', step: 'begin', member: null },
  plan: { members: ['n2', 'n3', 'n1'], work: 'kernel', minutes: 30 },
};
const statesIn = (snapshot: Snapshot | null): string | undefined =>
  snapshot?.cluster.maintenance?.members.map(({ name, state }) => `${name} ${state}`).join(', ');

describe('a maintenance', () => {
  let server: EtcdProcess;
  let fleet: FakeFleet;
  let cluster: FakeCluster;
  let leader: FakeLeader;
  let folder: string;

  beforeAll(async () => {
    server = await startEtcd();
    fleet = await FakeFleet.start({ scopes: 1, members: 3, version: '4.1.4' });
    const [first] = fleet.clusters;
    if (first === undefined) throw new Error('there is no cluster');
    cluster = first;
    cluster.config = { ...cluster.config, loop_wait: 1, ttl: 20, retry_timeout: 3 };
    const dcs = new FakeDcs(server.etcd);
    await dcs.writeAll(fleet.clusters);
    leader = new FakeLeader(dcs, server.etcd, cluster, { loopMs: 500 }).start();
    folder = quickFolder('howdah-maintenance-');
  });
  afterAll(async () => {
    leader?.stop();
    rmSync(folder, { recursive: true, force: true });
    await fleet?.stop();
    await server?.stop();
  });

  const open = (): Promise<ActingHowdah> => {
    const etcd = `{ hosts: ['${server.url}'], scopes: [${cluster.scope}] }`;
    return ActingHowdah.open({ yaml: `sources:\n  - { name: fake, etcd: ${etcd} }`, folder });
  };
  /** One press by a Howdah that has just started, and what a later one shows of it. */
  const alone = async (request: ActionRequest, seen = 3): Promise<string | undefined> => {
    const howdah = await open();
    await howdah.untilSeen(cluster.scope, seen);
    const record = await howdah.act(cluster.scope, request);
    expect([record.outcome, record.way], String(record.outcomeText)).toEqual(['done', 'howdah']);
    await howdah.stop();
    const next = await open();
    await next.untilSeen(cluster.scope, seen);
    const states = statesIn(next.snapshot(cluster.scope));
    await next.stop();
    return states;
  };
  const refused = async (howdah: ActingHowdah, request: ActionRequest): Promise<string> => {
    return String((await refusalOf(howdah.act(cluster.scope, request))).message);
  };

  test('goes through restarts of Howdah, one member at a time, and sends nothing to anybody', {
    timeout: 300_000,
  }, async () => {
    expect(await alone(BEGIN)).toBe('n2 waiting, n3 waiting, n1 waiting');
    expect(await alone(press('out', 'n2'))).toBe('n2 out, n3 waiting, n1 waiting');

    const howdah = await open();
    await howdah.untilSeen(cluster.scope);
    expect(await refused(howdah, press('out', 'n3'))).toContain('n2 is out');
    expect(await refused(howdah, press('out', 'n1'))).toContain('n2 is out');
    const node = cluster.node('n2');
    await node.setFault({ kind: 'down' });
    await howdah.until('n2 to be missed', () =>
      (howdah.snapshot(cluster.scope)?.cluster.members ?? []).some(({ name, silent }) => name === 'n2' && silent),
    );
    expect(await refused(howdah, press('back', 'n2'))).toMatch(/n2 (has not answered|does not answer)/);
    expect(howdah.snapshot(cluster.scope)?.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    await node.setFault({ kind: 'none' });
    node.startedAt = Date.now();
    await howdah.untilSeen(cluster.scope);
    // Two people, two browsers, one press that counts.
    const orders = await Promise.all([1, 2].map(() => howdah.order(cluster.scope, press('back', 'n2'))));
    const ends = await Promise.allSettled(orders.map((order) => howdah.start(cluster.scope, order)));
    expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    await howdah.until('n2 to be done', () => statesIn(howdah.snapshot(cluster.scope))?.startsWith('n2 done') === true);
    expect(await refused(howdah, press('back', 'n2'))).toContain('n2 is done already');
    await howdah.stop();

    expect(await alone(press('out', 'n3'))).toBe('n2 done, n3 out, n1 waiting');
    expect(await alone(press('end', null))).toBeUndefined();
    expect(cluster.nodes.flatMap(({ unsafe }) => unsafe)).toEqual([]);
    expect(cluster.leader).toBe('n1');
  });

  test('a press that Howdah was killed in did nothing, and is closed as refused', { timeout: 120_000 }, async () => {
    expect(await alone(BEGIN)).toBe('n2 waiting, n3 waiting, n1 waiting');
    const first = await open();
    await first.untilSeen(cluster.scope);
    const done = await first.act(cluster.scope, press('out', 'n3'));
    await first.act(cluster.scope, press('back', 'n3'));
    await first.stop();
    const id = randomUUID();
    const journal = await openJournal(folder, { now: Date.now });
    const { outcome: _outcome, outcomeText: _text, closedAt: _closedAt, after: _after, ...rest } = done;
    const cut = { ...rest, id, idempotencyKey: id, phase: 'open', request: press('out', 'n2') };
    const body = { record: cut, plan: [{ kind: 'maintenance', prefix: '', member: null, onlyPending: false }] };
    await journal.append('intent', id, cluster.scope, body as unknown as JsonObject);
    await journal.close();

    const howdah = await open();
    await howdah.executor.recover();
    const closed = await howdah.closed({ scope: cluster.scope, id });
    expect([closed.outcome, closed.recovered]).toEqual(['refused', true]);
    await howdah.untilSeen(cluster.scope);
    expect(outOf(howdah.snapshot(cluster.scope)?.cluster.maintenance)).toBeNull();
    expect(statesIn(howdah.snapshot(cluster.scope))).toBe('n2 waiting, n3 done, n1 waiting');
    await howdah.stop();
  });
});
