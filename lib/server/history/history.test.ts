import { rmSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionRecord } from '../../domain/actions/action';
import type { Snapshot } from '../../domain/cluster';
import { type ClusterEvent, diff } from '../../domain/events';
import { type ClusterSpec, NOW, play } from '../../domain/testkit';
import { Sampler } from '../collector/sampler';
import { type PastBatch, Tape } from '../collector/tape';
import { DEFAULT_HISTORY, type HistorySettings } from '../config/settings';
import { StoreAway, StoreError } from '../store/driver';
import { Leases } from '../store/lease';
import type { Store } from '../store/store';
import { testFolder, testStore, untilReady } from '../store/test-store';
import { readAvailability } from './availability';
import { Compactor, WINDOW_MS } from './compactor';
import { EVERYTHING, LEVEL, PastStore, readTicks } from './past-store';
import { fits, Reader } from './reader';
import { Recorder } from './recorder';

/** An empty database of its own. */
const POSTGRES = process.env.HOWDAH_TEST_DATABASE_URL ?? null;
const DAY = 86_400_000;
/** Begin of a quarter of an hour and of a day. */
const START = Math.ceil(NOW / DAY) * DAY;
const spec: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const switched: ClusterSpec = {
  leader: 'n2',
  members: [
    { name: 'n1', role: 'replica', timeline: 2 },
    { name: 'n2', role: 'primary', timeline: 2 },
    { name: 'n3', timeline: 2 },
  ],
};
const silent = { warn: () => undefined };
const quiet = play([spec, spec, spec]).snapshot;

/** The snapshot of a spec at that moment, for this scope. */
function at(scope: string, ms: number, like: Snapshot = quiet): Snapshot {
  return { ...like, scope, observedAt: START + ms };
}

/** What the collector would hand on of these snapshots. */
function filmed(snapshots: readonly Snapshot[], told = true): PastBatch[] {
  const batches: PastBatch[] = [];
  const tape = new Tape((batch) => batches.push(batch));
  const sampler = new Sampler();
  let before: Snapshot | null = null;
  for (const snapshot of snapshots) {
    const changes = before === null ? [] : diff(before, snapshot);
    tape.add(snapshot, sampler.add(snapshot, changes));
    if (before !== null && snapshot.observedAt % 10_000 === 0) tape.flush();
    before = snapshot;
  }
  tape.stop();
  return told ? batches : batches.map((batch) => ({ ...batch, told: [] }));
}

interface House {
  readonly store: Store;
  readonly past: PastStore;
  readonly leases: Leases;
  readonly recorder: Recorder;
  readonly compactor: Compactor;
  readonly reader: Reader;
  now: number;
}

function house(store: Store, settings: Partial<HistorySettings> = {}, limitBytes?: number, holder = 'one'): House {
  const all = { ...DEFAULT_HISTORY, ...settings };
  const made = { now: START } as { now: number };
  const now = (): number => made.now;
  const past = new PastStore(store);
  const leases = new Leases({ store, holder, now: Date.now });
  const limit = limitBytes === undefined ? {} : { limitBytes };
  const recorder = new Recorder({ store, past, leases, now, log: silent, eventsDays: all.eventsDays, ...limit });
  const compactor = new Compactor({ store, leases, settings: all, now, log: silent });
  const memory = async (): Promise<never> => {
    throw new Error('the memory was asked');
  };
  const actions = async (): Promise<readonly ActionRecord[]> => [];
  const reader = new Reader({ store, past, recorder, settings: all, now, memory, actions });
  return Object.assign(made, { store, past, leases, recorder, compactor, reader });
}

async function written(one: House): Promise<void> {
  await one.leases.renew();
  await one.recorder.flush();
}

async function ended(one: House): Promise<void> {
  await one.compactor.stop();
  await one.recorder.stop();
  await one.leases.stop();
}

const homes: readonly (readonly [string, string | null])[] = [
  ['the embedded store', null],
  ...(POSTGRES === null ? [] : [['PostgreSQL', POSTGRES] as const]),
];

describe.each(homes)('the past in %s', (_home, url) => {
  let folder = '';
  let store: Store;

  beforeAll(async () => {
    folder = testFolder('history');
    store = testStore(folder, url);
    await untilReady(store);
    for (const table of ['history_recent', 'history_chunk', 'cluster_event', 'leadership', 'note', 'lease'])
      await store.query(`DELETE FROM ${table}`);
  }, 180_000);
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told from samples, frames and events, also while they wait, and says the same after packing', async () => {
    const one = house(store);
    const later = play([switched, switched, switched]).snapshot;
    const film = Array.from({ length: 1200 }, (_, index) =>
      at('packed', index * 2000, index * 2000 < WINDOW_MS ? quiet : later),
    );
    for (const batch of filmed(film)) one.recorder.take(batch);
    one.now = START + 1200 * 2000;
    const ask = async (): Promise<unknown> => {
      const { events, ...history } = await one.reader.history('packed', START, one.now, 300);
      const moment = await one.reader.moment('packed', START + WINDOW_MS - 500);
      const after = await one.reader.moment('packed', START + WINDOW_MS + 500);
      const { covered } = moment;
      return {
        history: { ...history, keptFrom: null },
        events: events.map(({ id }) => id),
        leaders: [moment, after].map(({ snapshot }) => snapshot.cluster.leader?.name),
        covered,
        next: moment.next?.at,
        previous: after.previous?.at,
      };
    };
    const waiting = await ask();
    expect(waiting).toMatchObject({
      leaders: ['n1', 'n2'],
      next: START + WINDOW_MS,
      previous: START + WINDOW_MS,
      covered: true,
    });
    await written(one);
    expect(one.recorder.state()).toMatchObject({ buffered: 0, bufferedBytes: 0, problem: null });
    expect(await ask()).toEqual(waiting);
    await one.compactor.packRecent(START + 10 * WINDOW_MS);
    const left = await store.query("SELECT count(*) AS n FROM history_recent WHERE scope = 'packed'");
    expect(Number(left[0]?.n)).toBe(0);
    expect(await ask()).toEqual(waiting);
    await ended(one);
  });

  it('is the same however often it is handed on', async () => {
    const one = house(store);
    const batches = filmed([at('twice', 0), at('twice', 2000), at('twice', 4000, play([switched, switched]).snapshot)]);
    for (const batch of [...batches, ...batches]) one.recorder.take(batch);
    await written(one);
    for (const batch of batches) one.recorder.take(batch);
    await written(one);
    const { events } = await one.reader.events({ ...EVERYTHING, scope: 'twice', limit: 100 });
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.filter(({ kind }) => kind === 'leader_changed')).toHaveLength(1);
    await ended(one);
  });

  it('tells what happened between two lives of Howdah once, with both ends of that time', async () => {
    const first = house(store);
    for (const batch of filmed([at('gap', 0), at('gap', 2000), at('gap', 4000)])) first.recorder.take(batch);
    await written(first);
    await ended(first);
    const later = play([switched, switched, switched]).snapshot;
    for (let life = 0; life < 2; life += 1) {
      const next = house(store);
      const film = [0, 2000].map((ms) => at('gap', 300_000 + life * 60_000 + ms, later));
      for (const batch of filmed(film)) next.recorder.take(batch);
      await written(next);
      await ended(next);
    }
    const reader = house(store);
    const { events } = await reader.reader.events({ ...EVERYTHING, scope: 'gap', limit: 100 });
    const leader = events.filter(({ kind }) => kind === 'leader_changed');
    expect(leader).toHaveLength(1);
    expect(leader[0]).toMatchObject({ by: 'gap', notBefore: START + 4000, at: START + 300_000, member: 'n2' });
    expect(events.filter(({ kind }) => kind === 'timeline_changed')).toHaveLength(1);
    expect((await reader.reader.moment('gap', START + 100_000)).covered).toBe(false);
    await ended(reader);
  });

  it('keeps what cannot be written yet within its limit, gives up the cheapest first, and counts it', async () => {
    const away: Store = {
      ...store,
      state: () => ({ ...store.state(), state: 'down' as const, error: 'a test' }),
      onReady: () => () => undefined,
      query: () => Promise.reject(new StoreAway('a test')),
      together: () => Promise.reject(new StoreAway('a test')),
      close: async () => undefined,
    };
    const one = house(away, {}, 20_000);
    const later = play([switched, switched, switched]).snapshot;
    const film = Array.from({ length: 900 }, (_, index) =>
      at('full', index * 2000, index % 300 === 299 ? later : quiet),
    );
    for (const batch of filmed(film)) one.recorder.take(batch);
    const state = one.recorder.state();
    expect(state.bufferedBytes).toBeLessThan(20_000 + 400 * state.buffered);
    expect(state.droppedFrames).toBeGreaterThan(0);
    expect(state.droppedEvents).toBe(0);
    // Asked, it says what it remembers and that this is all.
    const { from, events, problem } = await one.reader.events({ ...EVERYTHING, scope: 'full', limit: 500 });
    expect(from).toBe('memory');
    expect(problem).toMatch(/a test/);
    expect(events.filter(({ kind }) => kind === 'leader_changed').length).toBeGreaterThan(0);
    await expect(one.reader.moment('full', START)).rejects.toMatchObject({ body: { code: 'not_ready' } });
    await ended(one);
  });

  it('tries again what the store could not take now, and gives up what it never will', async () => {
    let answer: Error | null = null;
    const moody: Store = {
      state: () => store.state(),
      onReady: () => () => undefined,
      query: (sql, params) => (answer === null ? store.query(sql, params) : Promise.reject(answer)),
      together: (statements, guard) => store.together(statements, guard),
      close: async () => undefined,
    };
    const one = house(moody);
    one.leases.want('past/moody');
    await one.leases.renew();
    answer = new StoreError('no room', '53100');
    for (const batch of filmed([at('moody', 0), at('moody', 2000)], false)) one.recorder.take(batch);
    await one.recorder.flush();
    expect(one.recorder.state()).toMatchObject({ problem: 'no room', droppedSamples: 0 });
    expect(one.recorder.state().buffered).toBeGreaterThan(0);
    answer = null;
    await written(one);
    expect(one.recorder.state()).toMatchObject({ problem: null, buffered: 0 });
    answer = new StoreError('that is no bigint', '22P02');
    for (const batch of filmed([at('moody', 60_000), at('moody', 62_000)], false)) one.recorder.take(batch);
    await one.recorder.flush();
    expect(one.recorder.state()).toMatchObject({ buffered: 0, droppedSamples: 1 });
    await ended(one);
  });

  it('goes on with all clusters where the newest kept snapshot of one is of another shape', async () => {
    const one = house(store);
    const body = brotliCompressSync(JSON.stringify({ scope: 'shape', observedAt: START, cluster: {} }));
    await one.past.addRows([
      { kind: 'frame', scope: 'shape', from: START - 60_000, to: START - 60_000, body, changed: true },
    ]);
    for (const scope of ['shape', 'sound'])
      for (const batch of filmed([at(scope, 0), at(scope, 2000), at(scope, 4000, play([switched, switched]).snapshot)]))
        one.recorder.take(batch);
    await written(one);
    expect(one.recorder.state()).toMatchObject({ buffered: 0, problem: null });
    for (const scope of ['shape', 'sound'])
      expect((await one.reader.moment(scope, START + 5000)).snapshot.cluster.leader?.name).toBe('n2');
    await ended(one);
  });

  it('shows half minutes where full samples were given up, and does not call that unwatched', async () => {
    const one = house(store);
    const film = Array.from({ length: 1800 }, (_, index) => at('lean', index * 2000));
    for (const batch of filmed(film, false)) one.recorder.take(batch);
    await written(one);
    await one.compactor.packRecent(START + DAY);
    await store.query("DELETE FROM history_chunk WHERE scope = 'lean' AND level = 0");
    one.now = START + 3_600_000;
    const { members } = await one.reader.history('lean', START + 1_200_000, START + 2_400_000, 300);
    const known = members.n2?.replayBytes.filter((value) => value !== null).length ?? 0;
    expect(known).toBeGreaterThanOrEqual(39);
    await ended(one);
  });

  it('says for how long a cluster took no writes, and for how long nobody watched it, also after packing', async () => {
    const one = house(store);
    const headless = play([
      { ...spec, leader: null, members: [{ name: 'n1', rest: 'lost', sql: 'lost' }, { name: 'n2' }, { name: 'n3' }] },
      { ...spec, leader: null, members: [{ name: 'n1', rest: 'lost', sql: 'lost' }, { name: 'n2' }, { name: 'n3' }] },
    ]).snapshot;
    const later = play([switched, switched, switched]).snapshot;
    const film = Array.from({ length: 1800 }, (_, index) => {
      const ms = index * 2000;
      return at('away', ms, ms < 600_000 ? quiet : ms < 660_000 ? headless : later);
    }).filter(({ observedAt }) => observedAt < START + 1_200_000 || observedAt >= START + 1_800_000);
    for (const batch of filmed(film)) one.recorder.take(batch);
    one.now = START + 3_600_000;
    await written(one);
    const known = ['away', 'nobody'].map((scope) => ({ scope, labels: {}, objectivePercent: null }));
    const ask = async (): Promise<unknown> => {
      const options = {
        store,
        past: one.past,
        settings: DEFAULT_HISTORY,
        now: () => one.now,
        stopping: async () => [],
      };
      const { clusters } = await readAvailability(options, known, { from: START, to: one.now });
      return clusters.map(({ scope, unplannedMs, unseen }) => ({
        scope,
        unplanned: Math.round(unplannedMs / 10_000),
        unseen: unseen.map(({ from, to, why }) => [
          why,
          Math.round((from - START) / 60_000),
          Math.round((to - START) / 60_000),
        ]),
      }));
    };
    const told = [
      { scope: 'away', unplanned: 6, unseen: [['not_watched', 20, 30]] },
      { scope: 'nobody', unplanned: 0, unseen: [['not_watched', 0, 60]] },
    ];
    expect(await ask()).toEqual(told);
    await one.compactor.packRecent(one.now + 120_000);
    expect(await ask()).toEqual(told);
    await one.compactor.packDays(START + DAY + 120_000);
    expect(await ask()).toEqual(told);
    await ended(one);
  });

  it('pages through a filter that fits little without reading everything at once, and keeps odd characters out', async () => {
    const one = house(store);
    const event = (index: number, text: string): ClusterEvent => ({
      id: `e${index}`,
      at: START + index,
      by: 'seen',
      notBefore: null,
      kind: 'paused',
      severity: null,
      member: null,
      code: null,
      members: [],
      text,
    });
    const odd = `needle \u0000 ${'\ud83d'}`;
    const list = Array.from({ length: 450 }, (_, index) => event(index, index % 100 === 0 ? odd : 'hay'));
    await one.past.addEvents(list.map((one) => ({ scope: 'search', event: one })));
    const found: string[] = [];
    let before: string | null = null;
    do {
      const page = await one.past.events({ ...EVERYTHING, scope: 'search', text: 'needle', limit: 2, before });
      found.push(...page.events.map(({ id }) => id));
      before = page.next;
    } while (before !== null);
    expect(found).toEqual(['e400', 'e300', 'e200', 'e100', 'e0']);
    await ended(one);
  });

  it('finds the events of a member, and of none whose name begins like it, in the store and in memory', async () => {
    const one = house(store);
    const event = (id: string, members: readonly string[]): ClusterEvent => ({
      id,
      at: START,
      by: 'seen',
      notBefore: null,
      kind: 'finding_raised',
      severity: 'warning',
      member: members[0] ?? null,
      code: 'lag_high',
      members,
      text: 'n1 lags',
    });
    const list = [event('a', ['n10']), event('b', ['n2', 'n1']), event('c', []), event('d', ['n"1'])];
    await one.past.addEvents(list.map((one) => ({ scope: 'whose', event: one })));
    for (const [member, ids] of [
      ['n1', ['b']],
      ['n10', ['a']],
      ['n"1', ['d']],
      ['n', []],
    ] as const) {
      const query = { ...EVERYTHING, scope: 'whose', member, limit: 10 };
      const page = await one.past.events(query);
      expect(page.events.map(({ id }) => id)).toEqual(ids);
      expect(list.filter((one) => fits({ ...one, scope: 'whose' }, query)).map(({ id }) => id)).toEqual(ids);
    }
    await ended(one);
  });

  it('packs half minutes by the day and keeps the worst lag in ten-minute steps', async () => {
    const one = house(store);
    const slow = {
      ...quiet,
      cluster: {
        ...quiet.cluster,
        members: quiet.cluster.members.map((member) => ({ ...member, lag: { ...member.lag, replayBytes: 777_000 } })),
      },
    } as Snapshot;
    const film = Array.from({ length: 8 * 60 }, (_, index) => at('days', index * 60_000, index === 300 ? slow : quiet));
    for (const batch of filmed(film, false)) one.recorder.take(batch);
    await written(one);
    await one.compactor.packRecent(START + 2 * DAY);
    await one.compactor.packDays(START + 2 * DAY);
    const [half, ...more] = await one.past.chunks('days', LEVEL.halfMinute, START, START + DAY);
    expect(more).toEqual([]);
    expect(half?.count).toBeGreaterThan(400);
    const [tens] = await one.past.chunks('days', LEVEL.tenMinutes, START, START + DAY);
    const ticks = await readTicks(tens?.body ?? new Uint8Array());
    expect(ticks).toHaveLength(48);
    expect(Math.max(...ticks.map((tick) => tick.members.n2?.replayBytes ?? 0))).toBe(777_000);
    await one.compactor.packDays(START + 2 * DAY);
    expect(await one.past.chunks('days', LEVEL.halfMinute, START, START + DAY)).toHaveLength(1);
    await ended(one);
  });

  it('forgets by age, the finest first, but not the snapshots of changes', async () => {
    const one = house(store, { fullDays: 1, days: 3, coarseDays: 9 });
    const later = play([switched, switched, switched]).snapshot;
    const film = Array.from({ length: 120 }, (_, index) => at('old', index * 5000, index < 60 ? quiet : later));
    for (const batch of filmed(film)) one.recorder.take(batch);
    await written(one);
    await one.compactor.packRecent(START + DAY);
    await one.compactor.packDays(START + 1.5 * DAY);
    const levels = async (): Promise<number[]> => {
      const rows = await store.query("SELECT DISTINCT level FROM history_chunk WHERE scope = 'old' ORDER BY level");
      return rows.map(({ level }) => Number(level));
    };
    await one.compactor.packDays(START + 2 * DAY);
    await one.compactor.sweep(START + 2 * DAY);
    expect(await levels()).not.toContain(LEVEL.full);
    expect(await levels()).toContain(LEVEL.thinned);
    expect((await one.reader.moment('old', START + 60 * 5000)).snapshot.cluster.leader?.name).toBe('n2');
    expect((await one.reader.moment('old', START + 59 * 5000)).snapshot.cluster.leader?.name).toBe('n1');
    await one.compactor.sweep(START + 5 * DAY);
    expect((await levels()).filter((level) => level !== LEVEL.tenMinutes)).toEqual([]);
    await one.compactor.sweep(START + 20 * DAY);
    expect(await levels()).toEqual([]);
    await ended(one);
  });

  it('stays within its size, the oldest of the finest going first, and says how large it is', async () => {
    const one = house(store, { megabytes: 0.02 });
    const film = Array.from({ length: 400 }, (_, index) => at('large', index * 60_000));
    for (const batch of filmed(film, false)) one.recorder.take(batch);
    await written(one);
    await one.compactor.packRecent(START + DAY);
    const count = async (levels: string): Promise<number> => {
      const [row] = await store.query(`SELECT count(*) AS n FROM history_chunk WHERE level IN (${levels})`);
      return Number(row?.n);
    };
    const before = { fine: await count('0, 10'), coarse: await count('1, 2') };
    await one.compactor.sweep(START + DAY / 2);
    expect(one.compactor.storedBytes() ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(20_000);
    expect(await count('0, 10')).toBeLessThan(before.fine);
    expect(await count('1, 2')).toBe(before.coarse);
    await ended(one);
  });

  if (url !== null) {
    it('is written by one of two Howdahs, and by the other when the first is gone', async () => {
      const one = house(store, {}, undefined, 'first');
      const two = house(store, {}, undefined, 'second');
      const batches = filmed([at('shared', 0), at('shared', 2000)], false);
      for (const batch of batches) one.recorder.take(batch);
      await one.leases.renew();
      for (const batch of batches) two.recorder.take(batch);
      await two.leases.renew();
      await two.recorder.flush();
      expect(two.recorder.state()).toMatchObject({ elsewhere: 1 });
      expect(two.recorder.state().buffered).toBeGreaterThan(0);
      await one.recorder.flush();
      expect(one.recorder.state()).toMatchObject({ elsewhere: 0, buffered: 0 });
      const fence = one.leases.fenceOf('past/shared') ?? 0;
      await one.leases.stop();
      await two.leases.renew();
      expect(two.leases.fenceOf('past/shared')).toBeGreaterThan(fence);
      await two.recorder.flush();
      expect(two.recorder.state()).toMatchObject({ elsewhere: 0, buffered: 0 });
      await ended(two);
    });
  }
});
