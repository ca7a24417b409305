// Actions through a production Howdah on real clusters: what must be refused is refused with its reason and leaves /failover as
// it was; what is done is compared with patronictl. Howdah is asked over its API, as its browser does.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import { canonical } from '../../lib/domain/actions/bound';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { verifyJournal } from '../../lib/server/audit/verify';
import { type Howdah, startHowdah } from '../browser/howdah';
import type { Generation } from '../lab/environments';
import type { FaultName } from '../lab/faults';
import { bringUp, type Lab } from '../lab/lab';
import { PORTS } from '../lab/layout';
import { patronictlConfig, patronictlLeader, patronictlList, STANDBY_ARGUMENTS } from '../lab/patronictl';
import { ActionClient, inWords, memberIn } from './action-client';

/** A lab of this name that stays, for work on these tests. */
const KEPT = process.env.HOWDAH_KEEP_LAB;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function labOf(generation: Generation): Promise<Lab> {
  return bringUp({
    generation,
    say,
    ...(KEPT === undefined ? {} : { name: generation === 'distro' ? KEPT : `${KEPT}-${generation}` }),
  });
}

async function end(lab: Lab | undefined): Promise<void> {
  if (KEPT === undefined) await lab?.down({ purge: true });
}

const switchoverTo = (candidate: string | null): ActionRequest => ({
  kind: 'switchover',
  candidate,
  scheduledAt: null,
});
const editOf = (change: JsonObject) => (value: JsonObject) => ({ ...value, ...change });

function expectDone(record: ActionRecord): void {
  expect(record.outcome, inWords(record)).toBe('done');
}

/** What patronictl says of the leader and of everybody else. */
async function agrees(lab: Lab, leader: string): Promise<void> {
  await lab.waitHealthy();
  expect(await patronictlLeader(lab)).toBe(leader);
  const rows = await patronictlList(lab);
  expect(new Set(rows.map((row) => String(row.TL))).size, JSON.stringify(rows)).toBe(1);
}

describe('actions on the cluster of the distribution', () => {
  let lab: Lab;
  let howdah: Howdah;
  let client: ActionClient;

  beforeAll(async () => {
    lab = await labOf('distro');
    howdah = await startHowdah(['--config', lab.howdahYaml]);
    client = new ActionClient(howdah.url);
    await client.untilHealthy();
  });
  afterAll(async () => {
    await howdah?.stop();
    await end(lab);
  });

  const failoverRevision = async (): Promise<string> =>
    (await lab.etcd.get(`${lab.prefix}failover`))?.modRevision ?? '0';
  const replica = async (index = 0): Promise<string> => (await lab.replicas())[index] ?? 'n2';
  const healthy = async (): Promise<void> => {
    await lab.heal();
    await client.untilHealthy(120_000);
  };

  describe('refused, with /failover as it was', () => {
    const TRAPS: readonly (readonly [
      what: string,
      fault: FaultName,
      request: (hit: string) => ActionRequest,
      why: RegExp,
    ])[] = [
      [
        'a candidate that runs and does not stream',
        'break-replication',
        switchoverTo,
        /does not stream|not streaming/i,
      ],
      ['a candidate tagged nofailover', 'nofailover', switchoverTo, /nofailover/],
      ['a candidate whose lag is over the limit', 'lag', switchoverTo, /maximum_lag_on_failover|behind/],
      ['nobody named while paused', 'pause', () => switchoverTo(null), /pause/i],
      ['etcd without a quorum', 'freeze-quorum', switchoverTo, /quorum|etcd/],
    ];

    it.each(TRAPS)('%s', async (_, fault, request, why) => {
      const hit = await replica(1);
      const before = await failoverRevision();
      const leader = await lab.mustLeader();
      try {
        await lab.fault(fault, fault === 'break-replication' || fault === 'lag' ? hit : undefined);
        if (fault === 'freeze-quorum')
          await client.until(
            'the quorum to be missed',
            ({ cluster }) => cluster.dcs?.state !== 'fresh' || cluster.dcs.quorum === false,
          );
        const refused = await client.refused(await client.order(request(hit)));
        expect(refused.body.code).toBe('refused');
        expect(refused.why).toMatch(why);
      } finally {
        await healthy();
      }
      expect([await failoverRevision(), await lab.mustLeader()]).toEqual([before, leader]);
    });

    it('in synchronous mode one that is no sync standby', async () => {
      await lab.fault('sync');
      const sync = JSON.parse((await lab.etcd.get(`${lab.prefix}sync`))?.value ?? '{}') as { sync_standby?: string };
      const other = (await lab.replicas()).find((name) => name !== sync.sync_standby) ?? 'n3';
      await client.until(
        'the sync standby to be seen',
        ({ cluster }) => cluster.sync?.standbys[0] === sync.sync_standby,
      );
      const before = await failoverRevision();
      const refused = await client.refused(await client.order(switchoverTo(other)));
      expect(refused.why).toMatch(/sync/);
      expect(await failoverRevision()).toBe(before);
      await healthy();
    });

    it('a candidate frozen between the preflight and the order', async () => {
      const hit = await replica(0);
      const before = await failoverRevision();
      const order = await client.order(switchoverTo(hit));
      lab.freezeMember(hit);
      const refused = await client.refused(order).finally(() => lab.thawMember(hit));
      expect(refused.why).toContain(`${hit} has not answered since the click`);
      expect(await failoverRevision()).toBe(before);
      await healthy();
    });

    it('the leader changed since, by patronictl', async () => {
      const [old, heir, other] = [await lab.mustLeader(), await replica(0), await replica(1)];
      const order = await client.order(switchoverTo(other));
      const { code, stdout } = await lab.patronictl(
        ['switchover', 'demo', '--master', old, '--candidate', heir, '--force'],
        60_000,
      );
      expect(code, stdout).toBe(0);
      await client.until(`${heir} to lead`, ({ cluster }) => cluster.leader?.name === heir);
      const refused = await client.refused(order);
      expect(refused.why).toContain(`the leader was ${old}, now it is ${heir}`);
      await healthy();
      await agrees(lab, heir);
    });

    it('the configuration changed since, by patronictl', async () => {
      const order = await client.order(switchoverTo(await replica(0)));
      const { code, stderr } = await lab.patronictl([
        'edit-config',
        'demo',
        '--force',
        '-s',
        'maximum_lag_on_failover=2097152',
      ]);
      expect(code, stderr).toBe(0);
      await client.until('the change', ({ cluster }) => cluster.config?.value.maximum_lag_on_failover === 2097152);
      const before = await failoverRevision();
      const refused = await client.refused(order);
      expect(refused.why).toMatch(/the configuration was at revision/);
      expect(await failoverRevision()).toBe(before);
      await healthy();
    });
  });

  it('a forked replica is refused as candidate, and reinitialize makes it follow', async () => {
    const forked = await replica(1);
    await lab.fault('forked-replica', forked);
    const leader = await lab.mustLeader();
    await client.until('the fork to be seen', (snapshot) => memberIn(snapshot, forked).divergence !== null, 60_000);
    const before = await failoverRevision();
    const refused = await client.refused(await client.order(switchoverTo(forked)));
    expect(refused.why).toMatch(/fork|timeline/i);
    expect(await failoverRevision()).toBe(before);
    const record = await client.act({
      kind: 'reinitialize',
      member: forked,
      fromLeader: false,
      force: false,
      override: false,
    });
    expectDone(record);
    await healthy();
    await agrees(lab, leader);
  });

  it.each([
    ['lowered: the primary first', 36],
    ['raised: the replicas first', 44],
  ])('a rolling restart with max_connections %s', async (_, connections) => {
    const leader = await lab.mustLeader();
    expectDone(
      await client.act(
        await client.edit((value) => {
          const postgresql = (value.postgresql ?? {}) as JsonObject;
          const parameters = { ...((postgresql.parameters ?? {}) as JsonObject), max_connections: connections };
          return { ...value, postgresql: { ...postgresql, parameters } };
        }),
      ),
    );
    await client.until('a pending restart everywhere', ({ cluster }) =>
      cluster.members.every((member) => member.pendingRestart !== null),
    );
    const record = await client.act({ kind: 'rolling_restart', onlyPending: true }, 240_000);
    expectDone(record);
    const first = record.steps.find(({ key }) => key.startsWith('restart:'))?.key;
    expect(first === `restart:${leader}`).toBe(connections < 40);
    await client.untilHealthy();
    await agrees(lab, (await lab.leader()) ?? '');
    expect((await patronictlList(lab)).map((row) => row['Pending restart'] ?? '').join('')).toBe('');
    for (const { name } of lab.members) {
      const rows = await lab.sql(name, 'SHOW max_connections');
      expect([name, rows[0]?.max_connections]).toEqual([name, String(connections)]);
    }
  });

  it('a pause ends by itself where that was asked for', async () => {
    const record = await client.act({ kind: 'pause', owner: 'the tests', until: Date.now() + 6000, autoResume: true });
    expectDone(record);
    expect((await patronictlConfig(lab)).pause).toBe(true);
    await client.until('the end of the pause', ({ cluster }) => cluster.paused === false, 40_000);
    await lab.waitUntil('the record of it', 20_000, async () =>
      (await client.list()).some(({ request, phase }) => request.kind === 'resume' && phase === 'closed'),
    );
    const resumed = (await client.list()).find(({ request }) => request.kind === 'resume');
    expect([resumed?.outcome, resumed?.actor]).toEqual(['done', expect.stringContaining('the tests')]);
    expect((await patronictlConfig(lab)).pause).toBeUndefined();
  });

  it('with the wrong REST password the leader is woken by a touch of /config', async () => {
    const file = path.join(path.dirname(lab.howdahYaml), 'wrong-rest.yaml');
    const wrong = readFileSync(lab.howdahYaml, 'utf8').replace(
      /(patroni:\s+username: patroni\s+password:)\s+file: \S+/,
      '$1 wrong',
    );
    expect(wrong).toContain('password: wrong');
    writeFileSync(file, wrong, { mode: 0o600 });
    const other = await startHowdah(['--config', file]);
    try {
      const mine = new ActionClient(other.url);
      await mine.untilHealthy();
      const heir = await replica(0);
      const before = await patronictlConfig(lab);
      const record = await mine.act(switchoverTo(heir));
      expectDone(record);
      expect([record.way, record.wake]).toEqual(['dcs', 'touch']);
      expect(await patronictlConfig(lab)).toEqual(before);
      await agrees(lab, heir);
    } finally {
      await other.stop();
      rmSync(file, { force: true });
    }
    await client.untilHealthy();
  });

  describe('two Howdahs with one store', () => {
    const both: Howdah[] = [];
    let clients: ActionClient[] = [];

    beforeAll(async () => {
      await lab.sql(await lab.mustLeader(), 'CREATE DATABASE howdah_store').catch(() => undefined);
      const env = {
        DATABASE_URL: `postgres://postgres:${lab.secrets.superuser}@${lab.layout.haproxyIp}:${PORTS.haproxyPrimary}/howdah_store`,
      };
      for (let count = 0; count < 2; count += 1) both.push(await startHowdah(['--config', lab.howdahYaml], { env }));
      clients = both.map(({ url }) => new ActionClient(url));
      for (const one of clients) await one.untilHealthy();
      await lab.waitUntil('both stores', 60_000, async () => {
        const pages = await Promise.all(clients.map((one) => one.audit()));
        return pages.every(({ from }) => from === 'store');
      });
    });
    afterAll(async () => {
      for (const howdah of both) {
        const { dataDir } = howdah;
        const verified = await verifyJournal(dataDir);
        expect(verified.problems).toEqual([]);
        await howdah.stop();
      }
    });

    it('racing each other and patronictl for one leader: one of them does it, once', async () => {
      const [old, heir, other] = [await lab.mustLeader(), await replica(0), await replica(1)];
      const timeline = (await client.untilHealthy()).cluster.timeline ?? 0;
      const orders = await Promise.all([clients[0]?.order(switchoverTo(heir)), clients[1]?.order(switchoverTo(other))]);
      const [one, two] = await Promise.all([
        ...clients.map((mine, index) => {
          const order = orders[index];
          if (order === undefined) throw new Error('no order');
          return mine.send(order).then(
            (record) => mine.closed(record.id),
            (error: unknown) => error,
          );
        }),
        lab.patronictl(['switchover', 'demo', '--master', old, '--candidate', heir, '--force'], 60_000),
      ]);
      const outcomes = [one, two].map((end) => (end instanceof Error ? 'refused' : (end as ActionRecord).outcome));
      expect(outcomes.filter((outcome) => outcome === 'done' || outcome === 'done_differently').length).toBeLessThan(3);
      await lab.waitHealthy();
      const after = await client.untilHealthy();
      expect(after.cluster.timeline, JSON.stringify(outcomes)).toBe(timeline + 1);
      expect([heir, other]).toContain(after.cluster.leader?.name);
      await agrees(lab, after.cluster.leader?.name ?? '');
      for (const mine of clients) await mine.untilHealthy();
    });

    it('two people and patronictl edit the configuration at once: nobody loses a change', async () => {
      await healthy();
      const changes = [{ loop_wait: 3 }, { retry_timeout: 4 }];
      const edits = await Promise.all(clients.map((mine, index) => mine.edit(editOf(changes[index] ?? {}))));
      const orders = await Promise.all(clients.map((mine, index) => mine.order(edits[index] ?? { kind: 'resume' })));
      const ends = await Promise.all([
        ...clients.map((mine, index) => {
          const order = orders[index];
          if (order === undefined) throw new Error('no order');
          return mine.send(order).then(
            async (record) => (await mine.closed(record.id)).outcome,
            () => 'refused' as const,
          );
        }),
        lab
          .patronictl(['edit-config', 'demo', '--force', '-s', 'maximum_lag_on_failover=3145728'], 30_000)
          .then(({ code }) => (code === 0 ? ('done' as const) : ('refused' as const))),
      ]);
      const saved = await patronictlConfig(lab);
      const kept = [saved.loop_wait === 3, saved.retry_timeout === 4, saved.maximum_lag_on_failover === 3145728];
      // Whoever was told that it is saved finds it saved; whoever was refused finds it not.
      expect(kept, JSON.stringify(ends)).toEqual(
        ends.map((outcome) => outcome === 'done' || outcome === 'done_differently'),
      );
      expect(kept).toContain(true);
      for (const [index, mine] of clients.entries()) {
        if (kept[index] === true) continue;
        await mine.until(
          'what the others saved',
          ({ cluster }) => canonical(cluster.config?.value) === canonical(saved),
        );
        await sleep(500);
        const record = await mine.act(await mine.edit(editOf(changes[index] ?? {})));
        expectDone(record);
      }
      if (kept[2] !== true)
        await lab.patronictl(['edit-config', 'demo', '--force', '-s', 'maximum_lag_on_failover=3145728']);
      expect(await patronictlConfig(lab)).toMatchObject({
        loop_wait: 3,
        retry_timeout: 4,
        maximum_lag_on_failover: 3145728,
      });
      await healthy();
    });
  });

  it('the journal of all this verifies, and nothing is open', async () => {
    const verified = await verifyJournal(howdah.dataDir);
    expect([verified.ok, verified.problems]).toEqual([true, []]);
    expect((await client.audit()).rows.filter(({ phase }) => phase === 'open')).toEqual([]);
  });
});

describe('a standby cluster on Patroni 4.1', () => {
  let lab: Lab;
  let howdah: Howdah;
  let client: ActionClient;

  beforeAll(async () => {
    lab = await labOf('patroni41');
    howdah = await startHowdah(['--config', lab.howdahYaml]);
    client = new ActionClient(howdah.url);
    await client.untilHealthy();
  });
  afterAll(async () => {
    await howdah?.stop();
    await end(lab);
  });

  it('is made, handed over and promoted again', async () => {
    const restoreCommand = STANDBY_ARGUMENTS[1];
    const demoted = await client.act({
      kind: 'demote_cluster',
      host: null,
      port: null,
      restoreCommand,
      primarySlotName: null,
    });
    expectDone(demoted);
    const rows = await patronictlList(lab);
    expect(rows.map((row) => row.Role)).toContain('Standby Leader');
    expect((await patronictlConfig(lab)).standby_cluster).toEqual({ restore_command: restoreCommand });
    await client.until(
      'a standby leader',
      ({ cluster }) => cluster.leader?.known === true && cluster.standbyCluster !== null,
    );
    await client.untilHealthy();
    const heir = (await lab.replicas())[0] ?? 'n2';
    const moved = await client.act(switchoverTo(heir));
    expectDone(moved);
    expect(await patronictlLeader(lab)).toBe(heir);
    await client.untilHealthy();
    const promoted = await client.act({ kind: 'promote_cluster' });
    expectDone(promoted);
    await client.untilHealthy();
    await agrees(lab, heir);
    expect((await patronictlConfig(lab)).standby_cluster).toBeUndefined();
    const written = await lab.sql(heir, 'SELECT pg_is_in_recovery() AS standby');
    expect(written[0]?.standby).toBe(false);
  });
});
