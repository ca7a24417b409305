// Every action over the API to its verified end on a real cluster of one generation, and the state afterwards as patronictl sees it.
// A file per generation calls it; the newest has the same through Chromium (e2e/browser/every-action.ts).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/domain/wire/loose';
import type { Generation } from '../lab/environments';
import { patronictlConfig, patronictlLeader, patronictlList } from '../lab/patronictl';
import { Acting, agrees, expectDone, switchoverTo } from './acting';

const LATER_MS = 3_600_000;

export function everyAction(generation: Generation): void {
  describe(`every action on ${generation}`, () => {
    let on: Acting;

    beforeAll(async () => {
      on = await Acting.on(generation);
    });
    afterAll(() => on?.end());
    beforeEach(() => on.ready());

    const withParameters =
      (change: JsonObject) =>
      (value: JsonObject): JsonObject => {
        const postgresql = (value.postgresql ?? {}) as JsonObject;
        const parameters = { ...((postgresql.parameters ?? {}) as JsonObject), ...change };
        return { ...value, postgresql: { ...postgresql, parameters } };
      };
    const show = async (name: string): Promise<readonly unknown[]> =>
      Promise.all(on.lab.realMembers.map(async (member) => (await on.lab.sql(member.name, `SHOW ${name}`))[0]?.[name]));
    const pending = async (): Promise<readonly string[]> =>
      (await patronictlList(on.lab)).filter((row) => row['Pending restart'] === '*').map(({ Member }) => Member);
    const listed = async (): Promise<string> => (await on.lab.patronictl(['list'])).stdout;
    /** What patronictl reads, each Patroni wrote in its last loop. */
    const inTheEnd = (what: string, test: () => Promise<boolean>): Promise<boolean> =>
      on.lab.waitUntil(what, 60_000, test);

    it('a switchover now, to the chosen candidate, with its steps and its write outage', async () => {
      const target = await on.replica();
      const record = await on.client.act(switchoverTo(target));
      expectDone(record);
      expect(record.steps.filter(({ state }) => state === 'done').length).toBeGreaterThan(1);
      expect(record.outage).toMatchObject({ by: 'probe', ms: expect.any(Number) });
      expect(await patronictlLeader(on.lab)).toBe(target);
      await agrees(on.lab, target);
    });

    it('a switchover at a time, and its cancel', async () => {
      const target = await on.replica();
      const scheduledAt = new Date(Date.now() + LATER_MS).toISOString();
      const record = await on.client.act({ kind: 'switchover', candidate: target, scheduledAt });
      expect(record.outcome).toBe('scheduled');
      const stored = JSON.parse((await on.lab.etcd.get(`${on.lab.prefix}failover`))?.value ?? '{}') as JsonObject;
      expect(stored.member).toBe(target);
      expect(Date.parse(String(stored.scheduled_at))).toBeGreaterThan(Date.now());
      await on.client.until('the schedule', ({ cluster }) => cluster.scheduledSwitchover !== null);
      expectDone(await on.client.act({ kind: 'cancel_switchover' }));
      expect((await on.lab.etcd.get(`${on.lab.prefix}failover`))?.value ?? '{}').toBe('{}');
      expect(await listed()).not.toContain('scheduled');
    });

    it('pause with an owner and an end, and resume', async () => {
      const until = Date.now() + LATER_MS;
      expectDone(await on.client.act({ kind: 'pause', owner: 'night shift', until, autoResume: false }));
      expect((await patronictlConfig(on.lab)).pause).toBe(true);
      expect(await listed()).toContain('Maintenance mode: on');
      await on.client.until('the pause with its owner', ({ cluster, findings }) => {
        const told = findings.map((finding) => JSON.stringify(finding)).join('');
        return cluster.paused === true && told.includes('night shift');
      });
      expectDone(await on.client.act({ kind: 'resume' }));
      expect((await patronictlConfig(on.lab)).pause ?? false).toBe(false);
      expect(await listed()).not.toContain('Maintenance mode');
    });

    it('a change of the configuration', async () => {
      expectDone(await on.client.act(await on.client.edit(withParameters({ log_lock_waits: true }))));
      expect(await patronictlConfig(on.lab)).toMatchObject({ postgresql: { parameters: { log_lock_waits: true } } });
      expect(await show('log_lock_waits')).toEqual(['on', 'on', 'on']);
    });

    it('a restart of a replica', async () => {
      const member = await on.replica();
      const startOf = async (): Promise<string> =>
        String((await on.lab.sql(member, 'SELECT pg_postmaster_start_time()::text AS at'))[0]?.at);
      const before = await startOf();
      const restart = { kind: 'restart', members: [member], onlyPending: false, timeoutSeconds: null } as const;
      expectDone(await on.client.act({ ...restart, scheduledAt: null }));
      expect(await startOf()).not.toBe(before);
      await agrees(on.lab, await on.lab.mustLeader());
    });

    it('a restart at a time, and its cancel', async () => {
      const member = await on.replica();
      const isScheduled = async (): Promise<boolean> =>
        (await patronictlList(on.lab)).some((row) => row.Member === member && (row['Scheduled restart'] ?? '') !== '');
      const scheduledAt = new Date(Date.now() + LATER_MS).toISOString();
      const restart = { kind: 'restart', members: [member], onlyPending: false, timeoutSeconds: null } as const;
      expect((await on.client.act({ ...restart, scheduledAt })).outcome).toBe('scheduled');
      await inTheEnd('patronictl to show the schedule', isScheduled);
      expectDone(await on.client.act({ kind: 'cancel_restart', member }));
      await inTheEnd('patronictl to show none', async () => !(await isScheduled()));
    });

    it('a reload of every member', async () => {
      expectDone(await on.client.act({ kind: 'reload', members: on.lab.realMembers.map(({ name }) => name) }));
    });

    it('a rolling restart for a pending change, replicas first and the old leader last', async () => {
      const leader = await on.lab.mustLeader();
      await on.lab.patchConfig({ postgresql: { parameters: { max_connections: 55 } } });
      await inTheEnd('a pending restart everywhere', async () => (await pending()).length === 3);
      await on.client.until('the same in Howdah', ({ cluster }) =>
        cluster.members.every(({ pendingRestart }) => pendingRestart !== null),
      );
      expectDone(await on.client.act({ kind: 'rolling_restart', onlyPending: false }, 240_000));
      await inTheEnd('no pending restart', async () => (await pending()).length === 0);
      expect(await show('max_connections')).toEqual(['55', '55', '55']);
      expect(await patronictlLeader(on.lab)).not.toBe(leader);
      await agrees(on.lab, (await on.lab.leader()) ?? '');
    });

    it('a reinitialize', async () => {
      const member = await on.replica();
      const identity = async (): Promise<unknown> =>
        (await on.lab.sql(member, "SELECT (pg_stat_file('PG_VERSION')).modification::text AS at"))[0]?.at;
      const before = await identity();
      expectDone(
        await on.client.act({ kind: 'reinitialize', member, fromLeader: false, force: false, override: false }),
      );
      expect(await identity()).not.toBe(before);
      await agrees(on.lab, await on.lab.mustLeader());
    });

    it('a failover in pause, after the leader died', async () => {
      await on.lab.setPause(true);
      const leader = await on.lab.mustLeader();
      const target = await on.replica();
      await on.lab.killMember(leader);
      // As its lease would by itself, a ttl later.
      await on.lab.etcd.remove(`${on.lab.prefix}leader`);
      await on.client.until('the leader to be missed', ({ cluster }) => cluster.leader?.name !== leader);
      const record = await on.client.act({ kind: 'failover', candidate: target });
      expect(['done', 'done_differently']).toContain(record.outcome);
      expect(await patronictlLeader(on.lab)).toBe(target);
      await on.lab.setPause(false);
      await on.heal();
      await agrees(on.lab, target);
    });

    it('the journal of all this verifies, and nothing is open', { retry: 0 }, () => on.expectWholeJournal());
  });
}
