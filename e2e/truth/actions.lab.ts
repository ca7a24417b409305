// Actions through a production Howdah on a real cluster: what is done is compared with patronictl, and two Howdahs and patronictl
// at once lose nothing.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../lib/domain/actions/action';
import { canonical } from '../../lib/domain/actions/bound';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { verifyJournal } from '../../lib/server/audit/verify';
import { type Howdah, startHowdah, startHowdahOn } from '../browser/howdah';
import { applyFault } from '../lab/faults';
import { PORTS } from '../lab/layout';
import { patronictlConfig } from '../lab/patronictl';
import { Acting, agrees, expectDone, switchoverTo } from './acting';
import { ActionClient, memberIn } from './action-client';

const editOf = (change: JsonObject) => (value: JsonObject) => ({ ...value, ...change });

describe('actions on the cluster of the distribution', () => {
  let on: Acting;

  beforeAll(async () => {
    on = await Acting.on();
  });
  afterAll(() => on?.end());
  beforeEach(() => on.ready());

  it('a forked replica is refused as candidate, and reinitialize makes it follow', async () => {
    const forked = await on.replica(1);
    await applyFault(on.lab, 'forked-replica', forked);
    const leader = await on.lab.mustLeader();
    await on.client.until('the fork to be seen', (snapshot) => memberIn(snapshot, forked).divergence !== null);
    const before = await on.failoverRevision();
    const refused = await on.client.refused(await on.client.order(switchoverTo(forked)));
    expect(refused.why).toMatch(/fork|timeline/i);
    expect(await on.failoverRevision()).toBe(before);
    const record = await on.client.act({
      kind: 'reinitialize',
      member: forked,
      fromLeader: false,
      force: false,
      override: false,
    });
    expectDone(record);
    await on.heal();
    await agrees(on.lab, leader);
  });

  it.each([
    ['lowered: the primary first', -4],
    ['raised: the replicas first', +8],
  ])('a rolling restart with max_connections %s', async (_, change) => {
    const leader = await on.lab.mustLeader();
    const connections = Number((await on.lab.sql(leader, 'SHOW max_connections'))[0]?.max_connections) + change;
    expectDone(
      await on.client.act(
        await on.client.edit((value) => {
          const postgresql = (value.postgresql ?? {}) as JsonObject;
          const parameters = { ...((postgresql.parameters ?? {}) as JsonObject), max_connections: connections };
          return { ...value, postgresql: { ...postgresql, parameters } };
        }),
      ),
    );
    await on.client.until('a pending restart everywhere', ({ cluster }) =>
      cluster.members.every((member) => member.pendingRestart !== null),
    );
    const record = await on.client.act({ kind: 'rolling_restart', onlyPending: true }, 240_000);
    expectDone(record);
    const first = record.steps.find(({ key }) => key.startsWith('restart:'))?.key;
    expect(first === `restart:${leader}`).toBe(change < 0);
    await on.client.untilHealthy();
    await agrees(on.lab, (await on.lab.leader()) ?? '');
    for (const { name } of on.lab.members) {
      const rows = await on.lab.sql(name, 'SHOW max_connections');
      expect([name, rows[0]?.max_connections]).toEqual([name, String(connections)]);
    }
  });

  it('a pause ends by itself where that was asked for', async () => {
    const before = new Set((await on.client.list()).map(({ id }) => id));
    const record = await on.client.act({
      kind: 'pause',
      owner: 'the tests',
      until: Date.now() + 15_000,
      autoResume: true,
    });
    expectDone(record);
    expect((await patronictlConfig(on.lab)).pause).toBe(true);
    await on.client.until('the end of the pause', ({ cluster }) => cluster.paused === false);
    const resumed = await on.lab.waitUntil('the record of it', 60_000, async () =>
      (await on.client.list()).find(
        ({ id, request, phase }) => !before.has(id) && request.kind === 'resume' && phase === 'closed',
      ),
    );
    expect([resumed.outcome, resumed.actor]).toEqual(['done', expect.stringContaining('the tests')]);
    expect((await patronictlConfig(on.lab)).pause).toBeUndefined();
  });

  it('with the wrong REST password the leader is woken by a touch of /config', async () => {
    const file = path.join(path.dirname(on.lab.howdahYaml), 'wrong-rest.yaml');
    const wrong = readFileSync(on.lab.howdahYaml, 'utf8').replace(
      /(patroni:\s+username: patroni\s+password:)\s+file: \S+/,
      '$1 wrong',
    );
    expect(wrong).toContain('password: wrong');
    writeFileSync(file, wrong, { mode: 0o600 });
    const other = await startHowdah(['--config', file]);
    try {
      const mine = new ActionClient(other.url);
      await mine.untilHealthy();
      const heir = await on.replica(0);
      const before = await patronictlConfig(on.lab);
      const record = await mine.act(switchoverTo(heir));
      expectDone(record);
      expect([record.way, record.wake]).toEqual(['dcs', 'touch']);
      expect(await patronictlConfig(on.lab)).toEqual(before);
      await agrees(on.lab, heir);
    } finally {
      await other.stop();
      rmSync(file, { force: true });
    }
    await on.client.untilHealthy();
  });

  describe('two Howdahs with one store', { retry: 0 }, () => {
    const both: Howdah[] = [];
    let clients: ActionClient[] = [];

    beforeAll(async () => {
      await on.lab.sql(await on.lab.mustLeader(), 'CREATE DATABASE howdah_store').catch(() => undefined);
      const env = {
        DATABASE_URL: `postgres://postgres:${on.lab.secrets.superuser}@${on.lab.layout.haproxyIp}:${PORTS.haproxyPrimary}/howdah_store`,
      };
      for (let count = 0; count < 2; count += 1) both.push(await startHowdahOn(on.lab, { env }));
      clients = both.map(({ url }) => new ActionClient(url));
      for (const one of clients) await one.untilHealthy();
      await on.lab.waitUntil('both stores', 60_000, async () => {
        const pages = await Promise.all(clients.map((one) => one.audit()));
        return pages.every(({ from }) => from === 'store');
      });
    });
    afterAll(async () => {
      const verified = await Promise.all(both.map(({ dataDir }) => verifyJournal(dataDir)));
      for (const howdah of both) await howdah.stop();
      expect(verified.flatMap(({ problems }) => problems)).toEqual([]);
    });

    it('racing each other and patronictl for one leader: one of them does it, once', async () => {
      const [old, heir, other] = [await on.lab.mustLeader(), await on.replica(0), await on.replica(1)];
      const timeline = (await on.client.untilHealthy()).cluster.timeline ?? 0;
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
        on.lab.patronictl(['switchover', 'demo', '--master', old, '--candidate', heir, '--force'], 60_000),
      ]);
      const outcomes = [one, two].map((end) => (end instanceof Error ? 'refused' : (end as ActionRecord).outcome));
      expect(outcomes.filter((outcome) => outcome === 'done' || outcome === 'done_differently').length).toBeLessThan(3);
      await on.lab.waitHealthy();
      const after = await on.client.untilHealthy();
      expect(after.cluster.timeline, JSON.stringify(outcomes)).toBe(timeline + 1);
      expect([heir, other]).toContain(after.cluster.leader?.name);
      await agrees(on.lab, after.cluster.leader?.name ?? '');
      for (const mine of clients) await mine.untilHealthy();
    });

    it('two people and patronictl edit the configuration at once: nobody loses a change', async () => {
      await on.heal();
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
        on.lab
          .patronictl(['edit-config', 'demo', '--force', '-s', 'maximum_lag_on_failover=3145728'], 30_000)
          .then(({ code }) => (code === 0 ? ('done' as const) : ('refused' as const))),
      ]);
      const saved = await patronictlConfig(on.lab);
      const kept = [saved.loop_wait === 3, saved.retry_timeout === 4, saved.maximum_lag_on_failover === 3145728];
      // Whoever was told that it is saved finds it saved; whoever was refused finds it not.
      expect(kept, JSON.stringify(ends)).toEqual(
        ends.map((outcome) => outcome === 'done' || outcome === 'done_differently'),
      );
      expect(kept).toContain(true);
      for (const [index, mine] of clients.entries()) {
        if (kept[index] === true) continue;
        await on.lab.waitUntil('what the others saved', 90_000, async () => {
          const seen = (await mine.snapshot()).cluster.config?.value;
          return canonical(seen) === canonical(await patronictlConfig(on.lab));
        });
        await sleep(500);
        const record = await mine.act(await mine.edit(editOf(changes[index] ?? {})));
        expectDone(record);
      }
      if (kept[2] !== true)
        await on.lab.patronictl(['edit-config', 'demo', '--force', '-s', 'maximum_lag_on_failover=3145728']);
      expect(await patronictlConfig(on.lab)).toMatchObject({
        loop_wait: 3,
        retry_timeout: 4,
        maximum_lag_on_failover: 3145728,
      });
      await on.heal();
    });
  });

  it('the journal of all this verifies, and nothing is open', { retry: 0 }, () => on.expectWholeJournal());
});
