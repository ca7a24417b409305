// What becomes of an action when Patroni, the leader or the network answer otherwise than one hopes: the real executor, journal
// and collector against fake clusters whose leader and REST are scripted, over a real etcd. Proved for each: the right
// outcome, and that exactly one request or write was made, or none.

import { randomUUID } from 'node:crypto';
import { afterAll, test as base, beforeAll, describe, expect, vi } from 'vitest';
import type { ActionOrder, RefusalDetails } from '../../lib/contract/actions';
import type { ActionRecord, ActionRequest, RequestOf } from '../../lib/domain/actions/action';
import { digestOf } from '../../lib/domain/actions/bound';
import { ActingHowdah, refusalOf, TESTER, valuesOf } from './acting';
import { FakeDcs, pathOf } from './dcs';
import { type EtcdProcess, startEtcd } from './etcd-process';
import { FakeFleet } from './fleet';
import { FakeLeader, type LeaderScript } from './leader';
import { type FakeCluster, PATRONI_PORT } from './patroni';
import { DEPARTURES, type Departure } from './unsafe-request';

const PASSWORD = 'rest-password-of-the-fakes';
/** How many clusters each Howdah sees; every test takes one of its own. */
const SCOPES = { dcs: 50, rest: 16, patience: 4 } as const;
const HOUR_MS = 3_600_000;

const SWITCHOVER = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
const PAUSE = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
const RESUME = { kind: 'resume' } as const;
const RESTART = {
  kind: 'restart',
  members: ['n2'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
} as const;
const REINITIALIZE = { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false } as const;

vi.setConfig({ maxConcurrency: 12, testTimeout: 180_000 });

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('an action against what Patroni may do', () => {
  let server: EtcdProcess;
  let fleet: FakeFleet;
  let dcs: FakeDcs;
  let howdah: ActingHowdah;
  let byRest: ActingHowdah;
  /** Its clock can be put forward. */
  let patient: ActingHowdah;
  let skew = 0;
  let yamlOf: (clusters: readonly FakeCluster[]) => string;
  const free = new Map<ActingHowdah, FakeCluster[]>();
  const beforeIntent = new Map<string, () => Promise<void> | void>();

  beforeAll(async () => {
    server = await startEtcd();
    const scopes = SCOPES.dcs + SCOPES.rest + SCOPES.patience;
    fleet = await FakeFleet.start({ scopes, members: 3, version: '4.1.4' });
    dcs = new FakeDcs(server.etcd);
    for (const cluster of fleet.clusters) {
      cluster.config = { ...cluster.config, loop_wait: 1, ttl: 20, retry_timeout: 3 };
      cluster.user = { name: 'patroni', password: PASSWORD };
    }
    await dcs.writeAll(fleet.clusters);
    const take = (from: number, count: number): FakeCluster[] => fleet.clusters.slice(from, from + count);
    const source = (body: string): string =>
      `sources:\n  - { name: fake, ${body}: { username: patroni, password: '${PASSWORD}' ROOM } }`;
    yamlOf = (clusters) => {
      const names = clusters.map(({ scope }) => scope);
      return source(`etcd: { hosts: ['${server.url}'], scopes: ${JSON.stringify(names)} }, patroni`).replace(
        ' ROOM',
        '',
      );
    };
    const beforeAppend = (kind: string, scope: string): Promise<void> | void =>
      kind === 'intent' ? beforeIntent.get(scope)?.() : undefined;
    const clusters = {
      dcs: take(0, SCOPES.dcs),
      rest: take(SCOPES.dcs, SCOPES.rest),
      patience: take(SCOPES.dcs + SCOPES.rest, SCOPES.patience),
    };
    const seeds = clusters.rest.map((cluster) => `http://${cluster.node('n2').host}:${PATRONI_PORT}`);
    howdah = await ActingHowdah.open({ yaml: yamlOf(clusters.dcs), beforeAppend });
    byRest = await ActingHowdah.open({ yaml: source('patroni').replace(' ROOM', `, hosts: ${JSON.stringify(seeds)}`) });
    patient = await ActingHowdah.open({ yaml: yamlOf(clusters.patience), now: () => Date.now() + skew });
    free.set(howdah, clusters.dcs).set(byRest, clusters.rest).set(patient, clusters.patience);
  });
  afterAll(async () => {
    await Promise.all([howdah?.stop(), byRest?.stop(), patient?.stop()]);
    await fleet?.stop();
    await server?.stop();
  });

  interface Arena {
    readonly cluster: FakeCluster;
    readonly scope: string;
    readonly leader: FakeLeader;
  }
  type Enter = (script?: LeaderScript, through?: ActingHowdah) => Promise<Arena>;
  const test = base.extend<{ arena: Enter }>({
    arena: async ({ task: _task }, use) => {
      const leaders: FakeLeader[] = [];
      await use(async (script = {}, through = howdah) => {
        const cluster = free.get(through)?.shift();
        if (cluster === undefined) throw new Error('more tests than clusters');
        const leader = new FakeLeader(dcs, server.etcd, cluster, { loopMs: 60_000, ...script }).start();
        leaders.push(leader);
        await through.untilSeen(cluster.scope);
        return { cluster, scope: cluster.scope, leader };
      });
      for (const leader of leaders) await leader.stop();
    },
  });
  /** Requests to change something, without the PATCH that only wakes. */
  const requests = (cluster: FakeCluster): readonly string[] =>
    cluster.unsafe.filter(({ body }) => !body.includes('howdah_wake')).map(({ method, path }) => `${method} ${path}`);
  /** What was ever asked for by `/failover`. */
  const asked = async ({ scope }: Arena): Promise<readonly string[]> =>
    (await valuesOf(server.url, scope, 'failover')).map(({ value }) => value).filter((value) => value !== '{}');
  const key = async (cluster: FakeCluster, name: string): Promise<string | null> =>
    (await server.etcd.get(pathOf(cluster, name)))?.value ?? null;
  const reached = (record: ActionRecord): readonly string[] =>
    record.steps.filter(({ state }) => state === 'done').map(({ key: name }) => name);
  const editOf = async (scope: string, change: object, through = howdah): Promise<RequestOf<'edit_config'>> => {
    const { cluster } = await through.executor.preflight(scope, RESUME).then(() => through.snapshot(scope) ?? never());
    return {
      kind: 'edit_config',
      baseRevision: cluster.config?.revision ?? null,
      baseDigest: cluster.config === null ? null : digestOf(cluster.config.value),
      value: { ...cluster.config?.value, ...change },
      text: null,
    };
  };
  const never = (): never => {
    throw new Error('nothing is known of it');
  };

  describe('by the DCS', { concurrent: true }, () => {
    test('a switchover is one write in the format of Patroni, woken by a PATCH that changes nothing', async ({
      arena,
    }) => {
      const { cluster, scope, leader } = await arena();
      const record = await howdah.act(scope, SWITCHOVER);
      expect([record.outcome, record.way, record.wake], String(record.outcomeText)).toEqual(['done', 'dcs', 'patch']);
      expect(await asked({ cluster, scope, leader })).toEqual(['{"leader":"n1","member":"n2"}']);
      expect(requests(cluster)).toEqual([]);
      expect(cluster.unsafe.map(({ body }) => body)).toEqual(['{"howdah_wake":null}']);
      expect(leader.taken).toHaveLength(1);
      expect(reached(record)).toEqual([
        'requested',
        'taken_up',
        'stepped_down',
        'key_released',
        'key_taken',
        'promoted',
        'followers',
        'old_leader',
        'verified',
      ]);
      expect([record.after?.leader, record.after?.timeline]).toEqual(['n2', 2]);
      expect(record.outage?.by).toBe('observation');
    });

    test('where the REST API refuses our password the leader is woken by a touch of /config', async ({ arena }) => {
      const { cluster, scope, leader } = await arena();
      cluster.user = { name: 'patroni', password: 'another-one' };
      const before = await key(cluster, 'config');
      const record = await howdah.act(scope, SWITCHOVER);
      expect([record.outcome, record.wake], String(record.outcomeText)).toEqual(['done', 'touch']);
      expect(JSON.parse((await key(cluster, 'config')) ?? '')).toEqual(JSON.parse(before ?? ''));
      expect(await asked({ cluster, scope, leader })).toHaveLength(1);
    });

    test('without a candidate the key names none', async ({ arena }) => {
      const place = await arena();
      const record = await howdah.act(place.scope, { ...SWITCHOVER, candidate: null });
      expect(record.outcome, String(record.outcomeText)).toBe('done');
      expect(await asked(place)).toEqual(['{"leader":"n1"}']);
    });

    test('a request that the leader clears is refused, and nothing moved', async ({ arena }) => {
      const place = await arena({ reaction: 'refuse' });
      const record = await howdah.act(place.scope, SWITCHOVER);
      expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('cleared')]);
      expect([place.cluster.leader, place.cluster.timeline, await asked(place)]).toEqual([
        'n1',
        1,
        ['{"leader":"n1","member":"n2"}'],
      ]);
    });

    test('a leader that moves to somebody else has done it differently', async ({ arena }) => {
      const place = await arena({ reaction: { insteadTo: 'n3' } });
      const record = await howdah.act(place.scope, SWITCHOVER);
      expect(record.outcome, String(record.outcomeText)).toBe('done_differently');
      expect(record.differs).toEqual(['n3 leads, but n2 was asked for']);
      expect(await asked(place)).toHaveLength(1);
    });

    test('a leader that hesitates is waited for', async ({ arena }) => {
      const place = await arena({ hesitateMs: 4000 });
      const record = await howdah.act(place.scope, SWITCHOVER);
      expect(record.outcome, String(record.outcomeText)).toBe('done');
      expect((record.closedAt ?? 0) - record.requestedAt).toBeGreaterThan(4000);
    });

    test('a leader that steps down and takes the key again has failed to hand over', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const { cluster, scope } = place;
      const record = await howdah.start(scope, await howdah.order(scope, SWITCHOVER));
      await howdah.until('the request to be sent', () => howdah.executor.running(scope)?.sentAt != null);
      const old = cluster.node('n1');
      await old.enter({ state: 'stopping', role: 'primary' });
      await sleep(400);
      cluster.leader = null;
      await old.enter({ state: 'stopped', role: 'demoted' });
      await cluster.publish(['leader']);
      await sleep(800);
      expect(howdah.executor.running(scope)?.phase).toBe('open');
      cluster.leader = 'n1';
      await old.enter(null);
      await cluster.writeFailover(null);
      await cluster.publish(['leader', 'members/n1']);
      const closed = await howdah.closed(record);
      expect([closed.outcome, closed.outcomeText]).toEqual(['failed', expect.stringContaining('it leads again')]);
      expect(await asked(place)).toHaveLength(1);
    });

    test('the leader key is compared: one who took it in that moment is not asked to hand over', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      beforeIntent.set(place.scope, async () => void (await dcs.moveLeader(place.cluster, 'n3')));
      const record = await howdah.act(place.scope, SWITCHOVER);
      expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('/leader changed')]);
      expect(await asked(place)).toEqual([]);
    });

    test.for(['failover', 'sync', 'config'] as const)('/%s is compared in the transaction', async (name, { arena }) => {
      const place = await arena({ reaction: 'ignore' });
      beforeIntent.set(place.scope, () => server.etcd.put(pathOf(place.cluster, name), '{"ttl":99}'));
      const record = await howdah.act(place.scope, SWITCHOVER);
      expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining(`/${name} changed`)]);
      expect((await valuesOf(server.url, place.scope, 'failover')).map(({ value }) => value)).toEqual(
        name === 'failover' ? ['{"ttl":99}'] : [],
      );
    });

    test('a scheduled switchover is written with its full instant, and taken back', async ({ arena }) => {
      const place = await arena();
      const at = new Date(Date.now() + HOUR_MS).toISOString();
      const record = await howdah.act(place.scope, { ...SWITCHOVER, scheduledAt: at });
      expect([record.outcome, record.wake], String(record.outcomeText)).toEqual(['scheduled', null]);
      expect(await asked(place)).toEqual([`{"leader":"n1","member":"n2","scheduled_at":"${at}"}`]);
      const cancelled = await howdah.act(place.scope, { kind: 'cancel_switchover' });
      expect(cancelled.outcome, String(cancelled.outcomeText)).toBe('done');
      expect([await key(place.cluster, 'failover'), requests(place.cluster)]).toEqual(['{}', []]);
    });

    test('a pause is over when every member says so, and so is its end', async ({ arena }) => {
      const { cluster, scope } = await arena();
      const paused = await howdah.act(scope, PAUSE);
      expect([paused.outcome, paused.way], String(paused.outcomeText)).toEqual(['done', 'dcs']);
      expect(JSON.parse((await key(cluster, 'config')) ?? '')).toMatchObject({ pause: true, ttl: 20 });
      const resumed = await howdah.act(scope, RESUME);
      expect(resumed.outcome, String(resumed.outcomeText)).toBe('done');
      expect(await key(cluster, 'config')).not.toContain('pause');
      expect(await valuesOf(server.url, scope, 'config')).toHaveLength(3);
      expect(requests(cluster)).toEqual([]);
    });

    test('two edits at once from one base: one is done, one refused, nothing is lost', async ({ arena }) => {
      const { cluster, scope } = await arena();
      const second = await ActingHowdah.open({ yaml: yamlOf([cluster]) });
      const [one, two] = [await editOf(scope, { loop_wait: 3 }), await editOf(scope, { retry_timeout: 5 })];
      await second.untilSeen(scope);
      const orders = [await howdah.order(scope, one), await second.order(scope, two)];
      const ends = await Promise.all(
        orders.map((order, index) => {
          const by = index === 0 ? howdah : second;
          return by
            .start(scope, order)
            .then((record) => by.closed(record))
            .then(
              ({ outcome }) => outcome,
              (error: unknown) => error,
            );
        }),
      );
      await second.stop();
      const kinds = ends.map((end) => (end instanceof Error ? 'refused' : end)).sort();
      expect(kinds).toEqual(['done', 'refused']);
      const values = (await valuesOf(server.url, scope, 'config')).map(({ value }) => JSON.parse(value) as unknown);
      expect(values).toHaveLength(2);
      expect([one.value, two.value]).toContainEqual(JSON.parse((await key(cluster, 'config')) ?? ''));
    });

    test('an edit from an older revision than the one in force is refused', async ({ arena }) => {
      const { cluster, scope } = await arena();
      const edit = await editOf(scope, { loop_wait: 4 });
      await server.etcd.put(
        pathOf(cluster, 'config'),
        JSON.stringify({ ...cluster.config, maximum_lag_on_failover: 7 }),
      );
      await howdah.until('the change to be seen', () => {
        const value = howdah.snapshot(scope)?.cluster.config?.value;
        return value?.maximum_lag_on_failover === 7;
      });
      const refusal = await refusalOf(howdah.act(scope, edit));
      expect(refusal.body.code).toBe('refused');
      expect(await key(cluster, 'config')).toContain('"maximum_lag_on_failover":7');
    });

    test('what the checks forbid is refused, and stored only by force, with every other byte as it was', async ({
      arena,
    }) => {
      const { cluster, scope } = await arena();
      const stored = `${JSON.stringify(cluster.config).slice(0, -1)}, "ours": [1.0, 9007199254740993]}`;
      await server.etcd.put(pathOf(cluster, 'config'), stored);
      await howdah.until(
        'the change to be seen',
        () => 'ours' in (howdah.snapshot(scope)?.cluster.config?.value ?? {}),
      );
      const edit = await editOf(scope, { pause: true, ttl: null });
      const refusal = await refusalOf(howdah.act(scope, edit));
      expect(refusal.body.code).toBe('refused');
      expect(await key(cluster, 'config')).toBe(stored);
      // The fake takes over what is stored.
      const ttl = JSON.stringify(cluster.config.ttl);
      await howdah.act(scope, { ...edit, force: true });
      expect(await key(cluster, 'config')).toBe(
        `${stored.slice(0, -1).replace(`"ttl":${ttl}`, '"ttl":null')},"pause":true}`,
      );
    });
  });

  describe('over REST, where no DCS can be read', { concurrent: true }, () => {
    const SWITCHES: readonly (readonly [string, Departure, string, RegExp])[] = [
      ['503 status unknown, then it happens', DEPARTURES.statusUnknown(1500), 'done', /n2 leads/],
      ['an empty reply, then it happens', DEPARTURES.emptyReply(true), 'done', /n2 leads/],
      ['a hang, then it happens', DEPARTURES.hang(3500), 'done', /n2 leads/],
      ['an answer that never comes, and it happens', { reply: 'never' }, 'done', /n2 leads/],
      ['switched over to n3 instead', DEPARTURES.insteadOf('n3'), 'done_differently', /n2 was asked for/],
      ['412', DEPARTURES.precheck('no good candidates have been found'), 'refused', /412 no good candidates/],
      ['503 Switchover failed', DEPARTURES.failed(), 'refused', /Switchover failed.*n1 still leads/],
    ];
    test.for(SWITCHES)('switchover: %s', async ([, departure, outcome, text], { arena }) => {
      const place = await arena({}, byRest);
      place.cluster.departures.set('POST /switchover', departure);
      const record = await byRest.act(place.scope, SWITCHOVER);
      expect([record.outcome, record.way]).toEqual([outcome, 'rest']);
      expect(record.outcomeText).toMatch(text);
      expect(requests(place.cluster)).toEqual(['POST /switchover']);
    });

    test('an empty reply and nothing happens: open as long as it may go on', async ({ arena }) => {
      const place = await arena({}, byRest);
      place.cluster.departures.set('POST /switchover', DEPARTURES.emptyReply(false));
      const started = await byRest.start(place.scope, await byRest.order(place.scope, SWITCHOVER));
      await sleep(4000);
      const record = await byRest.executor.get(place.scope, started.id);
      expect([record?.phase, record?.outcome]).toEqual(['open', null]);
      expect(requests(place.cluster)).toEqual(['POST /switchover']);
    });

    test('a REST API that refuses our password', async ({ arena }) => {
      const place = await arena({}, byRest);
      place.cluster.user = { name: 'patroni', password: 'another-one' };
      const record = await byRest.act(place.scope, SWITCHOVER);
      expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('401')]);
      expect(place.cluster.leader).toBe('n1');
    });

    test('pause and resume are one PATCH each', async ({ arena }) => {
      const place = await arena({}, byRest);
      const paused = await byRest.act(place.scope, PAUSE);
      const resumed = await byRest.act(place.scope, RESUME);
      expect([paused.outcome, resumed.outcome], `${paused.outcomeText} ${resumed.outcomeText}`).toEqual([
        'done',
        'done',
      ]);
      expect(place.cluster.unsafe.map(({ method, body }) => `${method} ${body}`)).toEqual([
        'PATCH {"pause":true}',
        'PATCH {"pause":null}',
      ]);
    });

    test('an edit is a PATCH of what changed; 409 is a refusal', async ({ arena }) => {
      const place = await arena({}, byRest);
      const edit = await editOf(place.scope, { loop_wait: 3 }, byRest);
      const record = await byRest.act(place.scope, edit);
      expect([record.outcome, record.way], String(record.outcomeText)).toEqual(['done', 'rest']);
      expect(place.cluster.unsafe.map(({ body }) => body)).toEqual(['{"loop_wait":3}']);
      place.cluster.departures.set('PATCH /config', DEPARTURES.conflict());
      const again = await byRest.act(place.scope, await editOf(place.scope, { loop_wait: 4 }, byRest));
      expect([again.outcome, again.outcomeText]).toEqual(['refused', expect.stringContaining('409')]);
    });
  });

  describe('at a member', { concurrent: true }, () => {
    const say = (status: number, body: string): Departure => ({ reply: { status, body }, happens: false });
    test('a restart is over with a new postmaster', async ({ arena }) => {
      const { cluster, scope } = await arena();
      const record = await howdah.act(scope, RESTART);
      expect(record.outcome, String(record.outcomeText)).toBe('done');
      expect(requests(cluster)).toEqual(['POST /restart']);
    });

    test('a restart whose answer is lost is done all the same', async ({ arena }) => {
      const { cluster, scope } = await arena();
      cluster.departures.set('POST /restart', DEPARTURES.emptyReply(true));
      const record = await howdah.act(scope, RESTART);
      expect(record.outcome, String(record.outcomeText)).toBe('done');
      expect(requests(cluster)).toEqual(['POST /restart']);
    });

    const IN_AN_HOUR = new Date(Date.now() + HOUR_MS).toISOString();
    const REFUSED: readonly (readonly [string, ActionRequest, string, Departure, string, RegExp])[] = [
      [
        'restart: busy',
        RESTART,
        'POST /restart',
        say(503, 'restart already in progress'),
        'refused',
        /already in progress/,
      ],
      ['restart: failed', RESTART, 'POST /restart', say(503, 'restart failed'), 'failed', /restart failed/],
      [
        'restart: conditions',
        RESTART,
        'POST /restart',
        say(503, 'restart conditions are not satisfied'),
        'refused',
        /conditions/,
      ],
      [
        'scheduled restart: another one',
        { ...RESTART, scheduledAt: IN_AN_HOUR },
        'POST /restart',
        say(409, 'Another restart is already scheduled'),
        'refused',
        /Another restart/,
      ],
      [
        'scheduled restart: paused',
        { ...RESTART, scheduledAt: IN_AN_HOUR },
        'POST /restart',
        say(500, "Can't schedule restart in the paused state"),
        'refused',
        /paused state/,
      ],
      [
        'reload: refused',
        { kind: 'reload', members: ['n2'] },
        'POST /reload',
        say(401, 'no auth header received'),
        'refused',
        /401/,
      ],
      [
        'reinitialize: busy',
        REINITIALIZE,
        'POST /reinitialize',
        say(503, 'reinitialize already in progress'),
        'refused',
        /already in progress/,
      ],
    ];
    test.for(REFUSED)('%s', async ([, request, path, departure, outcome, text], { arena }) => {
      const { cluster, scope } = await arena();
      cluster.departures.set(path, departure);
      const record = await howdah.act(scope, request);
      expect(record.outcome, String(record.outcomeText)).toBe(outcome);
      expect(record.outcomeText).toMatch(text);
      expect(requests(cluster)).toEqual([path]);
    });

    test('a restart is scheduled, and its cancel proved', async ({ arena }) => {
      const { cluster, scope } = await arena();
      const record = await howdah.act(scope, { ...RESTART, scheduledAt: IN_AN_HOUR });
      expect(record.outcome, String(record.outcomeText)).toBe('scheduled');
      const cancelled = await howdah.act(scope, { kind: 'cancel_restart', member: 'n2' });
      expect(cancelled.outcome, String(cancelled.outcomeText)).toBe('done');
      expect(requests(cluster)).toEqual(['POST /restart', 'DELETE /restart']);
    });

    test('reload and reinitialize', async ({ arena }) => {
      const { cluster, scope } = await arena();
      cluster.stepMs = 600;
      const reloaded = await howdah.act(scope, { kind: 'reload', members: ['n2', 'n3'] });
      expect(reloaded.outcome, String(reloaded.outcomeText)).toBe('done');
      const record = await howdah.act(scope, REINITIALIZE);
      expect(record.outcome, String(record.outcomeText)).toBe('done');
      expect(requests(cluster)).toEqual(['POST /reload', 'POST /reload', 'POST /reinitialize']);
    });

    test('the one scheduled at whose cancel nothing was found', async ({ arena }) => {
      const { cluster, scope } = await arena();
      cluster.node('n2').scheduledRestart = { schedule: IN_AN_HOUR };
      await cluster.publish(['members/n2']);
      await howdah.until('it to be seen', () =>
        Boolean(howdah.snapshot(scope)?.cluster.members.some((member) => member.scheduledRestart !== null)),
      );
      cluster.departures.set('DELETE /restart', say(404, 'no restarts are scheduled'));
      const record = await howdah.act(scope, { kind: 'cancel_restart', member: 'n2' });
      expect([record.outcome, record.outcomeText]).toEqual(['refused', expect.stringContaining('404')]);
    });
  });

  describe('never begun', { concurrent: true }, () => {
    const untouched = async (place: Arena): Promise<void> => {
      expect(place.cluster.unsafe).toEqual([]);
      expect(await valuesOf(server.url, place.scope, 'failover')).toEqual([]);
      expect(howdah.executor.running(place.scope)).toBeNull();
    };

    test('the leader changed since the preflight', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const order = await howdah.order(place.scope, { ...SWITCHOVER, candidate: 'n3' });
      await dcs.moveLeader(place.cluster, 'n2');
      await howdah.until('n2 to lead', () => howdah.snapshot(place.scope)?.cluster.leader?.name === 'n2');
      const refusal = await refusalOf(howdah.start(place.scope, order));
      expect(refusal.body.code).toBe('refused');
      expect((refusal.body.details as RefusalDetails).changes).toContain('the leader was n1, now it is n2');
      await untouched(place);
    });

    test.for([
      ['config', '{"ttl":20,"loop_wait":2}', 'the configuration was at revision'],
      ['sync', '{"leader":"n1","sync_standby":"n3"}', '/sync was at revision'],
    ] as const)('/%s changed since the preflight', async ([name, value, words], { arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const order = await howdah.order(place.scope, SWITCHOVER);
      const revision = (): unknown => howdah.snapshot(place.scope)?.cluster.dcs?.keyRevisions?.[name];
      const before = revision();
      await server.etcd.put(pathOf(place.cluster, name), value);
      await howdah.until(`/${name} to be seen`, () => revision() !== before);
      const refusal = await refusalOf(howdah.start(place.scope, order));
      expect(refusal.message).toContain(words);
      await untouched(place);
    });

    test('a member joined since the preflight', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const order = await howdah.order(place.scope, SWITCHOVER);
      await server.etcd.put(pathOf(place.cluster, 'members/n4'), '{"state":"starting","role":"replica"}');
      await howdah.until('n4 to be seen', () => howdah.snapshot(place.scope)?.cluster.members.length === 4);
      const refusal = await refusalOf(howdah.start(place.scope, order));
      expect(refusal.message).toContain('n4 joined the cluster');
      await untouched(place);
    });

    test('a candidate that hangs since the preflight', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const order = await howdah.order(place.scope, SWITCHOVER);
      await place.cluster.node('n2').setFault({ kind: 'hang' });
      const refusal = await refusalOf(howdah.start(place.scope, order));
      expect(refusal.message).toContain('n2 has not answered since the click');
      await place.cluster.node('n2').setFault({ kind: 'none' });
      await untouched(place);
    });

    test('another action runs on the cluster', async ({ arena }) => {
      const place = await arena({ hesitateMs: 2500 });
      const [order, other] = [await howdah.order(place.scope, SWITCHOVER), await howdah.order(place.scope, PAUSE)];
      const running = await howdah.start(place.scope, order);
      const refusal = await refusalOf(howdah.start(place.scope, other));
      expect(refusal.message).toContain('another action runs');
      expect((refusal.body.details as RefusalDetails).running).toMatchObject({ id: running.id, kind: 'switchover' });
      expect((await howdah.closed(running)).outcome).toBe('done');
      expect([await asked(place), requests(place.cluster)]).toEqual([[expect.any(String)], []]);
    });

    test('one idempotency key is one execution, however often and however fast it comes', async ({ arena }) => {
      const place = await arena();
      const order = await howdah.order(place.scope, SWITCHOVER);
      const both = await Promise.all([1, 2, 3].map(() => howdah.executor.start(place.scope, order, TESTER)));
      expect(new Set(both.map(({ action }) => action.id)).size).toBe(1);
      expect(both.map(({ created }) => created).sort()).toEqual([false, false, true]);
      const record = await howdah.closed(both[0]?.action ?? never());
      const later = await howdah.executor.start(place.scope, order, TESTER);
      expect([later.created, later.action.id, later.action.outcome]).toEqual([false, record.id, 'done']);
      const other = { ...order, request: PAUSE };
      expect((await refusalOf(Promise.resolve().then(() => howdah.start(place.scope, other)))).body.code).toBe(
        'conflict',
      );
      expect(await asked(place)).toHaveLength(1);
    });

    const BAD: readonly (readonly [string, Partial<ActionOrder>])[] = [
      ['the wrong confirmation', { confirmation: 'another-name' }],
      ['no confirmation', { confirmation: null }],
      ['something else than a token', { token: 'nonsense' }],
      ...['tomorrow', '2036-01-01T10:00:00', '2036-01-01 10:00:00+00:00', '', '2036-02-31T10:00:00Z', 'Z'].map(
        (scheduledAt): readonly [string, Partial<ActionOrder>] => [
          `scheduled_at "${scheduledAt}"`,
          { request: { ...SWITCHOVER, scheduledAt } },
        ],
      ),
      ['an instant in the past', { request: { ...SWITCHOVER, scheduledAt: '2020-01-01T00:00:00Z' } }],
      ['a stranger as candidate', { request: { ...SWITCHOVER, candidate: 'n9' } }],
    ];
    test('what makes no sense is a bad request, and nothing is written', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      const order = await howdah.order(place.scope, SWITCHOVER);
      for (const [what, change] of BAD) {
        const bad = { ...order, idempotencyKey: randomUUID(), ...change };
        const refusal = await refusalOf(howdah.start(place.scope, bad));
        expect(refusal.body.code, what).toBe('bad_request');
      }
      const foreign = await refusalOf(howdah.start('fake-49', { ...order, idempotencyKey: randomUUID() }));
      expect(foreign.body.code).toBe('bad_request');
      await untouched(place);
    });

    test('a journal that cannot be written stops everything before it is sent', async ({ arena }) => {
      const place = await arena({ reaction: 'ignore' });
      beforeIntent.set(place.scope, () => Promise.reject(new Error('no space left on device')));
      const refusal = await refusalOf(howdah.act(place.scope, SWITCHOVER));
      expect(refusal.message).toBe('nothing was sent: no space left on device');
      await untouched(place);
      beforeIntent.delete(place.scope);
      place.leader.script = {};
      expect((await howdah.act(place.scope, SWITCHOVER)).outcome).toBe('done');
    });
  });

  test('what nobody takes up stays open, and ends as unknown or with the name of who did not, never as failed', async ({
    arena,
  }) => {
    const ignored = await arena({ reaction: 'ignore' }, patient);
    const deaf = await arena({}, patient);
    deaf.cluster.node('n3').deaf = true;
    const started = await Promise.all(
      (
        [
          [ignored, SWITCHOVER],
          [deaf, PAUSE],
        ] as const
      ).map(async ([{ scope }, request]) => patient.start(scope, await patient.order(scope, request))),
    );
    await sleep(3000);
    const now = await Promise.all(started.map(({ scope, id }) => patient.executor.get(scope, id)));
    expect(now.map((record) => record?.phase)).toEqual(['open', 'open']);
    skew += 200_000;
    const [one, two] = await Promise.all(started.map((record) => patient.closed(record)));
    expect([one?.outcome, one?.outcomeText]).toEqual(['unknown', expect.stringContaining('is still in /failover')]);
    expect([two?.outcome, two?.differs]).toEqual(['done_differently', [expect.stringContaining('n3 has not')]]);
    expect([await asked(ignored), requests(deaf.cluster)]).toEqual([['{"leader":"n1","member":"n2"}'], []]);
  });

  test('every action left one intent and one outcome in the journal, and none is open', async () => {
    const entries = new Map<string, string[]>();
    for await (const { actionId, kind } of howdah.journal.read()) {
      entries.set(actionId, [...(entries.get(actionId) ?? []), kind]);
    }
    for (const [id, kinds] of entries) {
      if (howdah.executor.recent().some((record) => record.id === id && record.phase === 'open')) continue;
      expect(
        kinds.filter((kind) => kind === 'intent'),
        id,
      ).toHaveLength(1);
      expect(
        kinds.filter((kind) => kind === 'outcome'),
        id,
      ).toHaveLength(1);
    }
  });
});
