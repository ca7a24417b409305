// Telling across restarts, processes and a store that is away, on the embedded store and, where HOWDAH_TEST_DATABASE_URL names an
// empty database, on PostgreSQL.

import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertsSchema } from '../../contract/alerts';
import type { Condition } from '../../domain/alerts/alert';
import { type ConditionReport, NOTHING_UNSEEN } from '../../domain/alerts/conditions';
import type { FleetRow } from '../../domain/fleet';
import type { Language } from '../../language/language';
import { isSentence, say, type Text } from '../../language/sentence';
import { composeMessage } from '../../telling/alerts/message';
import { DEFAULT_ALERTS } from '../config/alert-file';
import { loadGood } from '../config/test-load';
import { type Row, type Statement, StoreAway } from '../store/driver';
import type { Leases } from '../store/lease';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { AlertDesk, type DeskCaller } from './alert-desk';
import { AlertStore } from './alert-store';
import { Alerts } from './alerts';
import { pauseMs } from './dispatcher';
import type { Receiver, Sent } from './receivers/receiver';

const CALLER: DeskCaller = {
  name: 'tester',
  userId: null,
  seesAll: true,
  hasRole: true,
  sees: () => true,
  require: () => undefined,
  requireEverywhere: () => undefined,
};

const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const START = 1_795_218_900_000;
const OK: Sent = { ok: true, text: '200' };
const DOWN: Sent = { ok: false, text: 'connection refused', final: false, retryAfterMs: null };

/** What several processes share: the world outside, and its clock. */
class World {
  at = START;
  readonly now = (): number => this.at;
  answer: (message: string) => Sent | Promise<Sent> = () => OK;
  /** Every attempt, as a receiver sees it. */
  readonly attempts: string[] = [];
  readonly told: string[] = [];
  /** Addresses of every receiver, each with its language. */
  languages: Readonly<Record<string, Language>> = { '': 'en' };
  /** What each address read. */
  readonly read: string[] = [];

  receiver(name: string): Receiver {
    return {
      name,
      kind: 'webhook',
      language: (address) => this.languages[address] ?? 'en',
      target: () => 'nowhere',
      addresses: () => Object.keys(this.languages),
      send: async (message, address) => {
        this.read.push(`${address}: ${message.title}`);
        const line = `${name}: ${message.reason} ${message.alerts.map(({ key }) => key).join('+')}`;
        this.attempts.push(`${message.id} ${line}`);
        const sent = await this.answer(line);
        if (sent.ok) this.told.push(line);
        return sent;
      },
      close: async () => undefined,
    };
  }
}

/** A lease that a test hands to one process or the other. */
class HandedLease {
  fence: number | null = null;
  leases(): Leases {
    return {
      want: () => undefined,
      isHeld: () => this.fence !== null,
      fenceOf: () => this.fence,
    } as unknown as Leases;
  }
}

const REPLICA: Condition = {
  rule: 'critical',
  scope: 'main',
  key: 'replica_diverged:n2:',
  member: 'n2',
  code: 'replica_diverged',
  severity: 'critical',
  title: 'n2 forked',
  cause: null,
  evidence: ['n2: timeline 3'],
  advice: 'Reinitialize n2.',
  since: START,
};

interface Options {
  readonly store: Store;
  readonly world: World;
  readonly lease?: HandedLease;
  readonly receivers?: readonly string[];
  readonly rows?: () => readonly FleetRow[];
}

class Process {
  readonly alerts: Alerts;
  readonly desk: AlertDesk;
  readonly #world: World;

  constructor({ store, world, lease, receivers = ['hook'], rows = () => [] }: Options) {
    this.#world = world;
    const config = { ...loadGood({}), operator: 'tester', alerts: DEFAULT_ALERTS };
    const alone = new HandedLease();
    alone.fence = 0;
    this.alerts = new Alerts({
      config,
      store,
      leases: (lease ?? alone).leases(),
      holder: randomUUID(),
      now: world.now,
      rows,
      log: { info: () => undefined, warn: () => undefined, error: (detail) => console.error(detail) },
      open: () => ({ receivers: receivers.map((name) => world.receiver(name)), vapid: null, problems: [] }),
    });
    this.desk = new AlertDesk(this.alerts, config, world.now, () => ['orders']);
  }

  /** One report each second, as the collector gives it, and the second's work. */
  async run(seconds: number, conditions: readonly Condition[] = []): Promise<void> {
    for (let second = 0; second < seconds; second++) await this.#second([['main', conditions]]);
  }

  /** A second of several clusters. */
  async runAll(scopes: readonly string[], conditionOf: (scope: string) => Condition | null): Promise<void> {
    await this.#second(scopes.map((scope) => [scope, [conditionOf(scope)].filter((one) => one !== null)]));
  }

  async #second(all: readonly (readonly [scope: string, conditions: readonly Condition[]])[]): Promise<void> {
    this.#world.at += 1000;
    const unseen = NOTHING_UNSEEN;
    const observedAt = this.#world.at;
    const reports = all.map(
      ([scope, conditions]): ConditionReport => ({
        ...{ scope, labels: { env: 'prod' }, observedAt, conditions },
        ...{ unseen, changing: false, gone: false, intervalMs: 1000 },
      }),
    );
    this.alerts.saw(reports);
    await this.alerts.tick();
    await settled();
  }
}

/** A store that a test takes away, and gives back. */
function flakyStore(store: Store): Store & { isAway: boolean } {
  const flaky = {
    isAway: false,
    state: () => (flaky.isAway ? { ...store.state(), state: 'down' as const, error: 'failing over' } : store.state()),
    query: <R extends Row>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      flaky.isAway ? Promise.reject(new StoreAway('failing over')) : store.query<R>(sql, params),
    together: (statements: readonly Statement[], guard?: Statement): Promise<Row[][] | null> =>
      flaky.isAway ? Promise.reject(new StoreAway('failing over')) : store.together(statements, guard),
    onReady: (listener: () => void) => store.onReady(listener),
    close: () => store.close(),
  };
  return flaky;
}

/** Attempts end in other turns than the tick that began them. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 2));
}

const folders: string[] = [];
const stores: Store[] = [];
const opened: Process[] = [];

function start(options: Options): Process {
  const made = new Process(options);
  opened.push(made);
  return made;
}

/** An empty store, made once: that takes seconds, a copy does not. */
let template = '';

beforeAll(async () => {
  template = testFolder('alerts');
  folders.push(template);
  const store = testStore(template);
  await untilReady(store);
  await store.close();
}, 180_000);

function emptyFolder(): string {
  const folder = testFolder('alerts');
  folders.push(folder);
  cpSync(template, folder, { recursive: true });
  return folder;
}

async function embedded(folder = emptyFolder()): Promise<Store> {
  const store = testStore(folder);
  stores.push(store);
  await untilReady(store);
  return store;
}

afterAll(async () => {
  await Promise.all(opened.map((one) => one.alerts.stop()));
  await Promise.all(stores.map((store) => store.close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

it('tells what several clusters have in common once, keeps it over a restart, and ends it once', async () => {
  const world = new World();
  const folder = emptyFolder();
  const etcd = say`${'etcd'} does not answer`;
  const row = (scope: string): FleetRow =>
    ({
      ...{ scope, source: 'east', members: [], health: 'critical', impact: 'unknown', since: START, writable: true },
      headline: { code: 'dcs_unreachable', title: etcd, text: '' },
    }) as unknown as FleetRow;
  const silent = (scope: string): Condition => ({
    ...REPLICA,
    scope,
    key: 'dcs_unreachable',
    title: etcd,
    cause: etcd,
  });
  const scopes = ['a', 'b', 'c'];
  const store = await embedded(folder);
  const one = start({ store, world, rows: () => scopes.map(row) });
  for (let second = 0; second < 30; second += 1) await one.runAll(scopes, silent);
  expect(world.read).toEqual([': CRITICAL: The DCS of 3 clusters does not answer']);
  await one.alerts.stop();
  await store.close();
  world.read.length = 0;
  const two = start({ store: await embedded(folder), world, rows: () => [] });
  for (let second = 0; second < 60; second += 1) await two.runAll(scopes, () => null);
  expect(world.read).toEqual([': Over: 3 clusters: etcd does not answer']);
});

it('tells each address in its own language, also the test of a receiver', async () => {
  const world = new World();
  world.languages = { desk: 'en', phone: 'ru' };
  const howdah = start({ store: await embedded(), world });
  await howdah.run(20, [{ ...REPLICA, title: say`Archiving fails on ${'n2'}` }]);
  expect(world.read.sort()).toEqual([
    'desk: CRITICAL: main: Archiving fails on n2',
    'phone: КРИТИЧНО: main: Архивирование на n2 не работает',
  ]);
  world.read.length = 0;
  await howdah.desk.test('hook', CALLER);
  expect(world.read.sort()).toEqual(['desk: Test: Howdah reaches hook', 'phone: Проверка: Howdah доходит до hook']);
});

const kinds = [
  {
    kind: 'the embedded store',
    skip: false,
    make: async () => {
      const folder = emptyFolder();
      return () => embedded(folder);
    },
  },
  {
    kind: 'PostgreSQL',
    skip: POSTGRES === null,
    make: async () => {
      const base = testStore(testFolder('alerts'), POSTGRES);
      stores.push(base);
      await untilReady(base);
      const schema = `alerts_${randomUUID().slice(0, 8)}`;
      await base.query(`CREATE SCHEMA ${schema}`);
      const url = `${POSTGRES}${POSTGRES?.includes('?') ? '&' : '?'}options=-c%20search_path%3D${schema}`;
      return async () => {
        const store = testStore(testFolder('alerts'), url);
        stores.push(store);
        await untilReady(store);
        const rows = "INSERT INTO lease VALUES ('alerts', 'whoever', 1, 0) ON CONFLICT DO NOTHING";
        await store.query(rows);
        return store;
      };
    },
  },
] as const;

const held = (fence: number): HandedLease => {
  const lease = new HandedLease();
  lease.fence = fence;
  return lease;
};

for (const { kind, make } of kinds.filter(({ skip }) => !skip)) {
  describe(`telling, on ${kind}`, () => {
    it('goes on after a restart: nothing is told twice, and what is over is told', async () => {
      const open = await make();
      const world = new World();
      const store = await open();
      const first = start({ store, world, lease: held(1) });
      await first.run(30, [REPLICA]);
      expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
      await first.alerts.stop();
      await store.close();
      const second = start({ store: await open(), world, lease: held(1) });
      await second.run(40, [REPLICA]);
      expect(world.told).toHaveLength(1);
      const [alert] = (await second.desk.answer(CALLER)).alerts;
      expect(alert).toMatchObject({ state: 'firing', toldAt: START + 15_000 });
      await second.run(40);
      expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
    }, 180_000);

    it('keeps what could not be sent, in order, across a restart, and sends each once', async () => {
      const open = await make();
      const world = new World();
      world.answer = () => DOWN;
      const store = await open();
      const first = start({ store, world, lease: held(1) });
      await first.run(30, [REPLICA]);
      await first.run(60);
      expect(world.told).toEqual([]);
      const [receiver] = (await first.desk.answer(CALLER)).receivers;
      expect(receiver).toMatchObject({ state: 'failing', lastError: 'connection refused', queued: 2 });
      await first.alerts.stop();
      await store.close();
      world.answer = () => OK;
      const second = start({ store: await open(), world, lease: held(1) });
      world.at += 6 * 60_000;
      await second.run(10);
      expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
      expect((await second.desk.answer(CALLER)).receivers[0]).toMatchObject({
        state: 'ok',
        queued: 0,
        givenUp: 0,
      });
    }, 180_000);

    it('shows what is told of a DCS to who sees a cluster there, and lets only a right on all clusters quieten it', async () => {
      const world = new World();
      const one = start({ store: await (await make())(), world, lease: held(1) });
      const slow: Condition = { ...REPLICA, rule: 'dcs', scope: '/dcs/etcd-main', key: 'dcs:slow_disk', code: null };
      const twin: Condition = { ...slow, key: 'dcs:twin' };
      const report = { labels: {}, unseen: NOTHING_UNSEEN, intervalMs: 30_000, changing: false, gone: false };
      await one.run(1);
      for (let look = 0; look < 3; look++) {
        one.alerts.saw([{ ...report, scope: slow.scope, observedAt: world.at, conditions: [slow, twin] }]);
        await one.run(30);
      }
      expect(world.read.at(-1)).toContain('DCS etcd-main: n2 forked');
      const some = {
        ...CALLER,
        seesAll: false,
        requireEverywhere: () => {
          throw new Error('everywhere');
        },
      };
      const seen = (scope: string) => one.desk.answer({ ...some, sees: (name) => name === scope });
      expect((await seen('orders')).alerts.map(({ key }) => key)).toEqual(['dcs:slow_disk']);
      expect((await seen('other')).alerts).toEqual([]);
      expect((await one.desk.answer(CALLER)).alerts).toHaveLength(2);
      const id = (await seen('orders')).alerts[0]?.id ?? '';
      await expect(one.desk.acknowledge(id, { reason: 'on it', undo: false }, some)).rejects.toThrow('everywhere');
      const draft = { scope: slow.scope, rule: null, member: null, labels: {}, startsAt: null, reason: 'work' };
      await expect(one.desk.silence({ ...draft, endsAt: world.at + 3600_000 }, some)).rejects.toThrow('everywhere');
      const silence = await one.desk.silence({ ...draft, endsAt: world.at + 3600_000 }, CALLER);
      await one.run(2);
      expect((await one.desk.answer(CALLER)).alerts[0]?.silencedBy).toEqual([silence.id]);
    });

    it('acknowledges, silences and ends silences, and answers as it is described', async () => {
      const open = await make();
      const world = new World();
      const one = start({ store: await open(), world, lease: held(1) });
      await one.run(30, [REPLICA]);
      const id = (await one.desk.answer(CALLER)).alerts[0]?.id ?? '';
      const acknowledged = await one.desk.acknowledge(id, { reason: 'on it', undo: false }, CALLER);
      expect(acknowledged.acknowledged).toEqual({ by: 'tester', at: world.at, reason: 'on it' });
      await expect(one.desk.acknowledge('none', { reason: 'on it', undo: false }, CALLER)).rejects.toThrow(
        'no such alert',
      );
      world.at += 5 * 3600_000;
      await one.run(40, [REPLICA]);
      expect(world.told).toHaveLength(1);
      await one.desk.acknowledge(id, { reason: 'gave up', undo: true }, CALLER);
      await one.run(2, [REPLICA]);
      expect(world.told.at(-1)).toBe('hook: still replica_diverged:n2:');
      const draft = { scope: 'main', rule: null, member: null, labels: { env: 'prod' }, startsAt: null };
      const silence = await one.desk.silence({ ...draft, endsAt: world.at + 3600_000, reason: 'work' }, CALLER);
      const stranger = await one.desk.answer({ ...CALLER, seesAll: false, hasRole: false, sees: () => false });
      expect(stranger).toMatchObject({ alerts: [], silences: [], rules: [], receivers: [], problem: null });
      const elsewhere = await one.desk.answer({ ...CALLER, seesAll: false, sees: () => false });
      expect(elsewhere.alerts).toEqual([]);
      expect(elsewhere.receivers).toMatchObject([{ name: 'hook', target: 'shown to a role of all clusters' }]);
      await one.run(2, [REPLICA]);
      expect((await one.desk.answer(CALLER)).alerts[0]?.silencedBy).toEqual([silence.id]);
      await one.desk.endSilence(silence.id, CALLER);
      await expect(one.desk.endSilence(silence.id, CALLER)).rejects.toThrow('already ended');
      await one.run(2, [REPLICA]);
      const answer = await one.desk.answer(CALLER);
      expect(answer.alerts[0]?.silencedBy).toEqual([]);
      expect(alertsSchema.safeParse(JSON.parse(JSON.stringify(answer))).error).toBeUndefined();
    }, 180_000);
  });
}

describe('telling', () => {
  it('of a receiver that is dead comes by the others', async () => {
    const world = new World();
    world.answer = (line) => (line.startsWith('dead') ? DOWN : OK);
    const one = start({ store: await embedded(), world, receivers: ['dead', 'hook'] });
    await one.run(30, [REPLICA]);
    world.at += 5 * 60_000;
    await one.run(60, [REPLICA]);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: new dead']);
    const own = (await one.desk.answer(CALLER)).alerts.find(({ rule }) => rule === 'receiver-failing');
    expect(own).toMatchObject({ scope: '', key: 'dead', state: 'firing' });
  }, 180_000);

  it('while the store is away sends what is critical from memory, and not again when it is back', async () => {
    const world = new World();
    const store = await embedded();
    const flaky = flakyStore(store);
    const one = start({ store: flaky, world });
    await one.run(3);
    flaky.isAway = true;
    const slow: Condition = {
      ...REPLICA,
      rule: 'warning',
      key: 'clock_skew:n3:',
      code: 'clock_skew',
      severity: 'warning',
    };
    await one.run(30, [REPLICA, { ...slow, scope: 'other' }]);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
    expect((await one.desk.answer(CALLER)).problem).toContain('only what is critical is told');
    flaky.isAway = false;
    await one.run(30, [REPLICA]);
    expect(world.told).toHaveLength(1);
    expect(await store.query('SELECT state, attempts FROM outbox')).toEqual([{ state: 'sent', attempts: 1 }]);
    expect((await one.desk.answer(CALLER)).problem).toBeNull();
  }, 180_000);

  it('goes on after the store was away while a message was on its way', async () => {
    const world = new World();
    const flaky = flakyStore(await embedded());
    let arrive = (_: Sent): void => undefined;
    world.answer = (line) => {
      if (!line.includes('new')) return OK;
      return new Promise((resolve) => {
        arrive = resolve;
      });
    };
    const one = start({ store: flaky, world });
    await one.run(20, [REPLICA]);
    expect(world.attempts).toHaveLength(1);
    flaky.isAway = true;
    arrive(OK);
    await one.run(40);
    flaky.isAway = false;
    await one.run(5);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
    expect(await flaky.query('SELECT state FROM outbox ORDER BY seq')).toEqual([{ state: 'sent' }, { state: 'sent' }]);
  }, 180_000);

  it('does not end at a text that jsonb refuses', async () => {
    const world = new World();
    const store = await embedded();
    const one = start({ store, world });
    const odd = { ...REPLICA, key: 'odd', title: 'n2 \u0000 \ud800', evidence: ['\udc00'], advice: 'a\u0000b' };
    await one.run(30, [odd, REPLICA]);
    expect(world.told).toEqual(['hook: new odd+replica_diverged:n2:']);
    const [row] = await store.query(
      "SELECT body -> 'alert' ->> 'advice' AS advice FROM alert WHERE body::text LIKE '%odd%'",
    );
    expect(row?.advice).toBe('ab');
  }, 180_000);

  it('of the others goes on where the database refuses one row', async () => {
    const rows = new AlertStore(await embedded(), 'one');
    const telling = { receiver: 'r', id: 'g-1', group: 'g', scope: 'main', at: START, openedAt: START, alerts: [] };
    const message = composeMessage({ ...telling, reason: 'new' }, 'http://h');
    const row = { receiver: 'r', address: '', message, attempts: 0, nextAt: START, doneAt: null } as const;
    const outgoing = [
      { ...row, id: 'bad', at: START + 0.5, state: 'waiting' as const },
      { ...row, id: 'good', at: START, state: 'waiting' as const },
    ];
    const refused: string[] = [];
    const group = { id: 'g', openedAt: START, count: 1, toldAt: START };
    expect(await rows.save({ alerts: [], groups: { main: group }, outgoing }, null, (id) => refused.push(id))).toBe(
      true,
    );
    expect(refused).toEqual(['bad']);
    expect((await rows.load(START)).groups.get('main')).toEqual(group);
    expect((await rows.claim(START, [], null)).map(({ id }) => id)).toEqual(['good']);
  }, 180_000);

  it('keeps the newest error of a phone, and no form of one before', async () => {
    const rows = new AlertStore(await embedded(), 'one');
    const subscription = { endpoint: 'https://push.example/1', keys: { p256dh: 'p', auth: 'a' } };
    const device = { id: 'one', name: 'phone', addedAt: START, lastOkAt: null, lastError: null, subscription };
    await rows.saveDevice(device);
    const errorAfter = async (lastError: Text): Promise<Text | null | undefined> => {
      await rows.updateDevice({ ...device, lastError });
      return (await rows.devices())[0]?.lastError;
    };
    expect(await errorAfter(say`connection refused`)).toSatisfy(isSentence);
    expect(typeof (await errorAfter('HTTP 400'))).toBe('string');
  }, 180_000);

  it('to others does not wait for a receiver that does not answer', async () => {
    const world = new World();
    const flaky = flakyStore(await embedded());
    const endings: ((sent: Sent) => void)[] = [];
    world.answer = (line) => (line.startsWith('dead') ? new Promise((resolve) => endings.push(resolve)) : OK);
    const one = start({ store: flaky, world, receivers: ['dead', 'hook'] });
    await one.run(3);
    flaky.isAway = true;
    await one.run(30, [REPLICA]);
    expect(world.attempts).toHaveLength(2);
    flaky.isAway = false;
    await one.run(40);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
    world.answer = () => OK;
    for (const end of endings) end(DOWN);
  }, 180_000);

  it('goes on where the clock was ahead, also with what waited for another attempt', async () => {
    const world = new World();
    const one = start({ store: await embedded(), world });
    world.answer = () => DOWN;
    await one.run(30, [REPLICA]);
    world.at -= 3600_000;
    world.answer = () => OK;
    await one.run(45);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
  }, 60_000);

  it('sends what is critical and was saved before the store went, once, and settles it later', async () => {
    const world = new World();
    const flaky = flakyStore(await embedded());
    world.answer = () => DOWN;
    const one = start({ store: flaky, world });
    await one.run(20, [REPLICA]);
    expect(await flaky.query('SELECT state FROM outbox')).toEqual([{ state: 'waiting' }]);
    flaky.isAway = true;
    world.answer = () => OK;
    await one.run(30, [REPLICA]);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
    expect(new Set(world.attempts).size).toBe(1);
    flaky.isAway = false;
    await one.run(30, [REPLICA]);
    expect(world.told).toHaveLength(1);
    expect(await flaky.query('SELECT state FROM outbox')).toEqual([{ state: 'sent' }]);
  }, 60_000);

  it('begins without a store too, when it does not open', async () => {
    const world = new World();
    const away: Store = {
      state: () => ({ kind: 'postgres', state: 'down', error: 'connection refused', notice: null, since: START }),
      query: () => Promise.reject(new StoreAway('the store is away')),
      together: () => Promise.reject(new StoreAway('the store is away')),
      onReady: () => () => undefined,
      close: async () => undefined,
    };
    const one = start({ store: away, world, lease: new HandedLease() });
    await one.run(15, [REPLICA]);
    expect(world.told).toEqual([]);
    await one.run(30, [REPLICA]);
    expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
  });

  it('gives up after a day, and what is refused for good at once, and counts both', async () => {
    const world = new World();
    const store = await embedded();
    world.answer = () => DOWN;
    const one = start({ store, world });
    await one.run(30, [REPLICA]);
    world.at += 25 * 3600_000;
    await one.run(3);
    expect((await one.desk.answer(CALLER)).receivers[0]).toMatchObject({ givenUp: 1 });
    world.answer = () => ({ ok: false, text: 'HTTP 400', final: true, retryAfterMs: null });
    await one.run(40);
    await one.run(3);
    expect((await one.desk.answer(CALLER)).receivers[0]).toMatchObject({ queued: 0, givenUp: 2 });
  }, 180_000);

  it('takes a receiver for failing only where attempts fail, and a test that works ends it', async () => {
    const world = new World();
    const one = start({ store: await embedded(), world });
    const own = async () => (await one.desk.answer(CALLER)).alerts.filter(({ rule }) => rule === 'receiver-failing');
    const state = async () => (await one.desk.answer(CALLER)).receivers[0];
    world.answer = () => ({ ok: false, text: 'HTTP 410', final: true, retryAfterMs: null, gone: true });
    await one.run(20, [REPLICA]);
    expect(await state()).toMatchObject({ state: 'untried', givenUp: 1 });
    world.answer = () => ({ ok: false, text: 'HTTP 400', final: true, retryAfterMs: null });
    await one.run(40);
    expect(await state()).toMatchObject({ state: 'failing', givenUp: 2, lastError: 'HTTP 400' });
    world.at += 10 * 60_000;
    await one.run(2);
    expect(await own()).toEqual([]);
    world.answer = () => DOWN;
    await one.desk.test('hook', CALLER);
    world.at += 6 * 60_000;
    await one.run(2);
    expect(await own()).toMatchObject([{ key: 'hook', state: 'firing' }]);
    world.answer = () => OK;
    expect(await one.desk.test('hook', CALLER)).toMatchObject({ ok: true });
    await one.run(62);
    expect(await own()).toMatchObject([{ key: 'hook', state: 'resolved' }]);
    expect(await state()).toMatchObject({ state: 'ok' });
  }, 60_000);

  it('elsewhere shows what the process that tells has noted', async () => {
    const world = new World();
    const store = await embedded();
    const other = start({ store, world, lease: new HandedLease() });
    await other.run(15);
    const rows = new AlertStore(store, 'teller');
    const health = { lastOkAt: START, lastFailedAt: null, lastError: null, failingSince: null, givenUp: 0 };
    await rows.saveHealth('hook', health);
    expect((await other.desk.answer(CALLER)).receivers[0]).toMatchObject({ state: 'ok' });
    await rows.saveHealth('hook', {
      ...health,
      lastFailedAt: START + 1,
      lastError: 'refused',
      failingSince: START + 1,
    });
    expect((await other.desk.answer(CALLER)).receivers[0]).toMatchObject({
      state: 'failing',
      lastError: 'refused',
    });
  }, 60_000);

  it('pauses longer and longer between attempts, at most five minutes', () => {
    const pauses = [1, 2, 3, 8, 50].map(pauseMs);
    for (const [index, limit] of [2000, 4000, 8000, 256_000, 300_000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(limit * 0.9);
      expect(pauses[index]).toBeLessThanOrEqual(limit * 1.1);
    }
  });
});

/** The step `store` of the tests has one. */
const onPostgres = POSTGRES === null ? () => undefined : describe;
onPostgres('two processes on one PostgreSQL', () => {
  const two = async () => {
    const [, postgres] = kinds;
    const open = await postgres.make();
    const [left, right] = [await open(), await open()];
    const world = new World();
    return { world, left, right };
  };

  it('tell once, whichever holds the lease, and the other answers from the store', async () => {
    const { world, left, right } = await two();
    const leases = [held(1), new HandedLease()] as const;
    const one = start({ store: left, world, lease: leases[0] });
    const other = start({ store: right, world, lease: leases[1] });
    for (let second = 0; second < 30; second++) {
      await one.run(1, [REPLICA]);
      await other.run(1, [REPLICA]);
    }
    expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
    const answer = await other.desk.answer(CALLER);
    expect(answer).toMatchObject({ sender: 'elsewhere', alerts: [{ state: 'firing' }] });
    const id = answer.alerts[0]?.id ?? '';
    await other.desk.acknowledge(id, { reason: 'on it', undo: false }, CALLER);
    world.at += 6000;
    await one.run(2, [REPLICA]);
    expect((await one.desk.answer(CALLER)).alerts[0]?.acknowledged?.reason).toBe('on it');
    await left.query("UPDATE lease SET fence = 2 WHERE name = 'alerts'");
    [leases[0].fence, leases[1].fence] = [null, 2];
    for (let second = 0; second < 60; second++) {
      await one.run(1);
      await other.run(1);
    }
    expect(world.told).toEqual(['hook: new replica_diverged:n2:', 'hook: over replica_diverged:n2:']);
  }, 180_000);

  it('claim a message once, however many ask at the same moment, and nobody without the lease', async () => {
    const { left, right } = await two();
    const stores = [new AlertStore(left, 'one'), new AlertStore(right, 'other')] as const;
    const telling = { receiver: 'r', id: 'g-1', group: 'g', scope: 'main', at: START, openedAt: START, alerts: [] };
    const message = composeMessage({ ...telling, reason: 'new' }, 'http://h');
    const row = { receiver: 'r', address: '', at: START, message, attempts: 0, nextAt: START, doneAt: null } as const;
    const outgoing = ['a', 'b'].map((id) => ({ ...row, id, state: 'waiting' as const }));
    expect(await stores[0].save({ alerts: [], groups: {}, outgoing }, 7)).toBe(false);
    expect(await stores[0].save({ alerts: [], groups: {}, outgoing }, 1)).toBe(true);
    expect(await stores[0].claim(START, [], 7)).toEqual([]);
    const asked = Array.from({ length: 10 }, (_, index) => stores[index % 2 === 0 ? 0 : 1].claim(START, [], 1));
    const claims = (await Promise.all(asked)).flat();
    expect(claims.map(({ id, attempts }) => [id, attempts])).toEqual([['a', 1]]);
    const done = { state: 'sent', nextAt: START, doneAt: START } as const;
    for (const store of stores) await store.settle(claims[0]?.seq ?? '', done);
    expect((await stores[1].claim(START, [], 1)).map(({ id }) => id)).toEqual(['b']);
  }, 180_000);

  it('a process that was paused past its lease writes and sends nothing', async () => {
    const { world, left, right } = await two();
    const [stale, current] = [held(1), new HandedLease()];
    const one = start({ store: left, world, lease: stale });
    const other = start({ store: right, world, lease: current });
    await one.run(3);
    await left.query("UPDATE lease SET fence = 2 WHERE name = 'alerts'");
    current.fence = 2;
    for (let second = 0; second < 30; second++) {
      await one.run(1, [REPLICA]);
      await other.run(1, [REPLICA]);
    }
    expect(world.told).toEqual(['hook: new replica_diverged:n2:']);
    expect(new Set(world.attempts).size).toBe(world.attempts.length);
  }, 180_000);
});
