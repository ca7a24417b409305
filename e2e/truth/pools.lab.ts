// Switchovers around which Howdah pauses PgBouncer, on a real cluster with clients that write through it: no client meets an error, no
// database stays paused whatever happens, and what somebody else paused is left alone. `HOWDAH_POOL_KILLS=50` kills Howdah more often.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord, ActionRequest } from '../../lib/domain/actions/action';
import { type Howdah, startHowdah } from '../browser/howdah';
import { Clients, prepareClients, type Way } from '../lab/clients';
import { DOORS, doorsConfig, onConsole, poolClient, startDoors, startPool, stopDoors, stopPool } from '../lab/doors';
import type { Lab } from '../lab/lab';
import { ActionClient, inWords } from './action-client';
import { healed, labOf } from './labs';

const RUNS = 3;
const KILLS = Number(process.env.HOWDAH_POOL_KILLS ?? 6);
/** A little longer than a paused switchover takes, and than its pause. */
const UNTIL_MS = 6000;
const PAUSE_MS = 5000;
const PAUSED_MS = 60_000;

describe('a switchover around which PgBouncer is paused', { retry: 0 }, () => {
  let lab: Lab;
  let howdah: Howdah;
  let client: ActionClient;
  let way: Way;

  beforeAll(async () => {
    lab = await labOf();
    await startDoors(lab);
    await prepareClients(lab);
    howdah = await startHowdah(['--config', doorsConfig(lab)]);
    client = new ActionClient(howdah.url);
    way = { name: 'paused', hosts: [{ host: lab.layout.haproxyIp, port: DOORS.pool }], database: 'app' };
  });
  afterAll(async () => {
    await howdah?.stop();
    if (lab !== undefined) await stopDoors(lab);
  });
  beforeEach(async () => {
    await healed(lab);
    await client.untilHealthy(120_000);
  });

  const request = async (): Promise<ActionRequest> => {
    const [candidate = null] = (await lab.replicas()).sort(() => Math.random() - 0.5);
    return { kind: 'switchover', candidate, scheduledAt: null, pausePools: true };
  };
  const paused = async (): Promise<readonly unknown[]> =>
    (await onConsole(lab, 'SHOW DATABASES')).filter((row) => String(row.paused) === '1').map(({ name }) => name);
  const timeline = async (): Promise<number> => (await client.untilHealthy(120_000)).cluster.timeline ?? 0;
  /** Clients of the application, from the first commit on. */
  const writing = async (): Promise<Clients> => {
    const clients = new Clients(lab, way);
    await expect.poll(() => clients.commits, { timeout: 30_000 }).toBeGreaterThan(5);
    return clients;
  };

  it(`costs a client that writes no error, ${RUNS} times`, async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const clients = await writing();
      const record = await client.act(await request());
      const commits = clients.commits;
      await expect.poll(() => clients.commits, { timeout: 30_000 }).toBeGreaterThan(commits + 5);
      const figures = await clients.end();
      console.info(`run ${run + 1}: ${JSON.stringify({ ...figures, clients: record.clients })}`);
      expect(record.outcome, inWords(record)).toBe('done');
      expect(figures.kinds).toEqual({});
      expect(record.clients?.pools.map(({ database, state }) => [database, state])).toEqual([
        ['app', 'resumed'],
        ['shop', 'resumed'],
      ]);
      const seen = record.clients?.pools.find(({ database }) => database === 'app');
      expect(seen?.waiting).toBeGreaterThan(0);
      expect(record.clients?.doors.map(({ entry, isOpen }) => [entry, isOpen])).toContainEqual(['lb', true]);
      expect(await paused()).toEqual([]);
      await client.untilHealthy(120_000);
    }
    // The next preflight expects what these took.
    const { preflight } = await client.preflight(await request());
    expect(String(JSON.stringify(preflight.pools?.text))).toContain('measured');
  });

  it('is taken back where a transaction stays open: nothing was sent, and it says whose', async () => {
    const before = await timeline();
    const holder = poolClient(lab, { application_name: 'holder' });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1');
    const clients = await writing();
    try {
      const record = await client.act(await request());
      expect(record.outcome, inWords(record)).toBe('refused');
      expect(JSON.stringify(record.outcomeText)).toMatch(/did not come to rest within.*pid \d+ \(app/);
      expect(record.sentAt).toBeNull();
      expect(await paused()).toEqual([]);
      await holder.query('COMMIT');
    } finally {
      await holder.end();
    }
    const commits = clients.commits;
    await expect.poll(() => clients.commits, { timeout: 10_000 }).toBeGreaterThan(commits + 5);
    expect((await clients.end()).kinds).toEqual({});
    expect(await timeline()).toBe(before);
  });

  it('whose PgBouncer is restarted meanwhile ends with nothing paused, and says so', async () => {
    const record = await client.send(await client.order(await request()));
    await expect.poll(paused, { timeout: 10_000, interval: 50 }).toContain('app');
    await stopPool(lab, 'pool');
    await startPool(lab, 'pool');
    const closed = await client.closed(record.id);
    expect(await paused()).toEqual([]);
    expect(['done', 'done_differently'], inWords(closed)).toContain(closed.outcome);
    expect(closed.clients?.pools.map(({ state }) => state)).toEqual(['ended_elsewhere', 'ended_elsewhere']);
  });

  it(`of a Howdah killed ${KILLS} times leaves nothing paused, does nothing twice, and leaves a foreign pause alone`, {
    timeout: 240_000 + KILLS * 60_000,
  }, async () => {
    await onConsole(lab, 'PAUSE shop');
    const wrong: string[] = [];
    try {
      for (let round = 0; round < KILLS; round += 1) {
        const before = await timeline();
        const order = await client.order(await request());
        let isRefused = false;
        const sending = client.send(order).catch(() => {
          isRefused = true;
        });
        // Most of them while something is paused, the others at any time.
        const begun = Date.now();
        const isAnyTime = Math.random() < 0.3;
        const isOver = (): boolean => isAnyTime || isRefused || Date.now() > begun + PAUSED_MS;
        while (!isOver() && !(await paused()).includes('app')) await sleep(20);
        await sleep(Math.random() * (isAnyTime ? UNTIL_MS : PAUSE_MS));
        const killedAfter = Date.now() - begun;
        await howdah.kill();
        await sending;
        const left = await paused();
        if (Math.random() < 0.3) await sleep(Math.random() * 3000);
        await howdah.restart();
        const startedAt = Date.now();
        let resumedAfter: number | null = null;
        const end = Date.now() + PAUSED_MS;
        while (resumedAfter === null && Date.now() < end) {
          if (!(await paused()).includes('app')) resumedAfter = Date.now() - startedAt;
          else await sleep(100);
        }
        const record = await closed(order.idempotencyKey);
        const moved = (await timeline()) - before;
        const states = record?.clients?.pools.map(({ state }) => state).join() ?? '';
        console.info(
          `${round + 1}: killed after ${killedAfter} ms with ${JSON.stringify(left)} paused, resumed ${resumedAfter} ms after the start; ${record?.outcome ?? 'no action'}, ${states}, ${moved} switchovers`,
        );
        if (resumedAfter === null) wrong.push(`${round + 1}: app is still paused`);
        if (moved > 1) wrong.push(`${round + 1}: done ${moved} times`);
        if (record === null && moved > 0) wrong.push(`${round + 1}: done without a record`);
        if (record?.outcome === 'done' && moved === 0) wrong.push(`${round + 1}: "done", and nothing was`);
        if (!(await paused()).includes('shop')) wrong.push(`${round + 1}: the foreign pause was resumed`);
        if ((await paused()).includes('app')) wrong.push(`${round + 1}: app was paused again`);
      }
    } finally {
      await onConsole(lab, 'RESUME shop');
    }
    expect(wrong).toEqual([]);
  });

  /** null: the order never arrived. */
  async function closed(key: string): Promise<ActionRecord | null> {
    const end = Date.now() + 180_000;
    for (;;) {
      const records = await client.list().catch(() => null);
      if (records?.every(({ phase }) => phase === 'closed'))
        return records.find(({ idempotencyKey }) => idempotencyKey === key) ?? null;
      if (Date.now() > end)
        throw new Error(`still open: ${records?.map(inWords).join('; ') ?? 'the actions cannot be read'}`);
      await sleep(300);
    }
  }
});
