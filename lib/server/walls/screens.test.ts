import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WallSettings } from '../../contract/access';
import { type WallEnd, type WallFrame, wallFrameSchema } from '../../contract/wall';
import type { Snapshot } from '../../domain/cluster';
import { type FleetRow, fleetRow } from '../../domain/fleet';
import { buildSnapshot } from '../../domain/snapshot';
import { readFrames } from '../collector/replay';
import { Feed } from '../feed';
import { Screens } from './screens';
import type { Wall, Walls } from './walls';

const TESTDATA = path.join(import.meta.dirname, '../../domain/testdata');
const SETTINGS: WallSettings = {
  name: 'NOC',
  labels: {},
  scopes: null,
  hosts: false,
  theme: 'dark',
  sound: false,
  language: 'en',
};

function snapshotOf(scenario: string, scope: string, labels: Readonly<Record<string, string>> = {}): Snapshot {
  let before: Snapshot | null = null;
  for (const raw of readFrames(path.join(TESTDATA, scenario)))
    before = buildSnapshot({ ...raw, scope, patroniScope: raw.scope, labels }, before, null).snapshot;
  if (before === null) throw new Error('no frames');
  return before;
}

function house(snapshots: readonly Snapshot[]) {
  const newest = new Map(snapshots.map((snapshot) => [snapshot.scope, snapshot]));
  const clock = { now: 1_795_300_000_000 };
  const ends = new Map<string, WallEnd>();
  const feed = new Feed({
    state: () => ({
      now: clock.now,
      version: '0',
      scopes: 0,
      members: 0,
      configured: true,
      problems: [],
      roundMs: null,
      intervalMs: 1000,
    }),
    limit: 10,
    onViewers: () => undefined,
  });
  const publish = (rows: readonly FleetRow[]): void => feed.publishRows(rows, []);
  publish(snapshots.map((snapshot) => fleetRow(snapshot, [])));
  let asked = 0;
  const collector: { seenAt: number | null } = { seenAt: clock.now };
  const screens = new Screens({
    walls: {
      endOf: (id: string) => ends.get(id) ?? null,
      enter: () => () => undefined,
      seen: () => undefined,
    } as unknown as Walls,
    feed,
    newest: async (scope) => {
      asked += 1;
      const found = newest.get(scope);
      if (found === undefined) throw new Error('the collector is away');
      return found;
    },
    ask: async (_, scope) =>
      JSON.stringify({
        events: [
          {
            id: '1',
            at: clock.now,
            by: 'seen',
            kind: 'leader_changed',
            text: `n2 leads on 127.0.0.9:5432 of ${scope}`,
          },
        ],
      }),
    historyNow: () => null,
    collectorSeenAt: () => collector.seenAt,
    build: 'build-1',
    now: () => clock.now,
  });
  return { screens, feed, collector, clock, ends, newest, publish, asked: () => asked };
}

const wall = (change: Partial<WallSettings> = {}, id = 'w1'): Wall => ({
  id,
  settings: { ...SETTINGS, ...change },
  createdBy: 'a',
  createdAt: 0,
  expiresAt: null,
  revokedAt: null,
  lastSeenAt: null,
});

function reading(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  return {
    next: async (): Promise<WallFrame | null> => {
      const { done, value } = await reader.read();
      if (done) return null;
      const text = /^event: \w+\ndata: (.*)\n\n$/s.exec(new TextDecoder().decode(value))?.[1] ?? '';
      const frame: unknown = JSON.parse(text);
      expect(wallFrameSchema.safeParse(frame).error).toBeUndefined();
      return frame as WallFrame;
    },
  };
}

const FORKED = snapshotOf('distro-forked-replica', 'orders', { env: 'prod' });
const HEALTHY = snapshotOf('distro-healthy', 'auth', { env: 'test' });

describe('a screen', () => {
  it('gets the whole first, then what changed, else a beat', async () => {
    const { screens, clock, publish, newest } = house([FORKED, HEALTHY]);
    const { next } = reading(screens.open(wall(), new AbortController().signal));
    const hello = await next();
    if (hello?.kind !== 'hello') throw new Error('no hello');
    expect(hello).toMatchObject({ build: 'build-1', wall: { name: 'NOC', language: 'en' } });
    expect(hello.tiles.map(({ scope, words }) => [scope, words])).toEqual([
      ['orders', 'n3 forked'],
      ['auth', null],
    ]);
    expect(hello.problems.map(({ scope, number }) => [scope, number])).toEqual([['orders', '60.7 MiB']]);
    await screens.tick();
    expect((await next())?.kind).toBe('beat');
    clock.now += 1000;
    const later = { ...HEALTHY, revision: HEALTHY.revision + 1, observedAt: HEALTHY.observedAt + 1000 };
    newest.set('auth', later);
    publish([{ ...fleetRow(later, []), observedAt: later.observedAt }]);
    await screens.tick();
    expect(await next()).toMatchObject({ kind: 'update', tiles: [{ scope: 'auth' }], gone: [], problems: null });
    screens.stop();
  });

  it('has one card for a DCS that is silent for several clusters, and a tile for each of them', async () => {
    const silent = ['billing', 'shop'].map((scope) => snapshotOf('distro-freeze-all-etcd', scope));
    const { screens } = house([...silent, FORKED]);
    const hello = await screens.whole(wall());
    const titles = hello.problems.map(({ title, failover }) => [title, failover]);
    const shared = 'The DCS of 2 clusters does not answer';
    expect(titles.filter(([title]) => title === shared)).toEqual([[shared, shared]]);
    expect(hello.problems.map(({ scope }) => scope).sort()).toEqual(['billing', 'orders']);
    expect(hello.tiles.map(({ scope }) => scope).sort()).toEqual(['billing', 'orders', 'shop']);
  });

  it('of one cluster with a silent DCS tells it as that cluster, not as shared', async () => {
    const { screens } = house([snapshotOf('distro-freeze-all-etcd', 'billing'), FORKED]);
    const hello = await screens.whole(wall());
    expect(hello.problems.map(({ scope }) => scope).sort()).toEqual(['billing', 'orders']);
    expect(hello.problems.map(({ title }) => title).join()).not.toContain('The DCS of');
  });

  it('joins clusters by a host that is gone only where hosts may be shown', async () => {
    const gone = ['billing', 'shop'].map((scope) => snapshotOf('distro-kill-member', scope));
    const { screens } = house(gone);
    const [shown, hidden] = [await screens.whole(wall({ hosts: true })), await screens.whole(wall())];
    expect(shown.problems.map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Host 127\.\S+ is silent: members of 2 clusters were on it$/),
    ]);
    expect(hidden.problems.length).toBe(2);
    expect(JSON.stringify(hidden)).not.toContain('127.');
  });

  it('sees the clusters of its labels only', async () => {
    const { screens } = house([FORKED, HEALTHY]);
    const hello = await screens.whole(wall({ labels: { env: 'test' } }));
    expect(hello.tiles.map(({ scope }) => scope)).toEqual(['auth']);
    expect(JSON.stringify(hello)).not.toContain('orders');
  });

  it('is told in its language, and without hosts', async () => {
    const { screens } = house([FORKED, HEALTHY]);
    const hello = await screens.whole(wall({ language: 'ru' }));
    expect(hello.problems[0]).toMatchObject({
      number: '60,7 МиБ',
      failover: 'n3 разошёлся и больше не сможет следовать',
    });
    expect(hello.events[0]?.text).toContain('…');
    const hosts = FORKED.cluster.members.flatMap(({ host }) => host ?? []);
    for (const host of [...hosts, '127.0.0.9', ':5432']) expect(JSON.stringify(hello)).not.toContain(host);
    const open = await screens.whole(wall({ hosts: true }));
    expect(open.events[0]?.text).toContain('127.0.0.9:5432');
  });

  it('whose link was revoked is told so and closed at the next second', async () => {
    const { screens, ends } = house([HEALTHY]);
    const { next } = reading(screens.open(wall(), new AbortController().signal));
    await next();
    ends.set('w1', 'revoked');
    await screens.tick();
    expect(await next()).toMatchObject({ kind: 'end', reason: 'revoked' });
    expect(await next()).toBeNull();
    expect(screens.size).toBe(0);
  });

  it('that comes while others look takes nothing away from them', async () => {
    const { screens, publish, newest, clock } = house([FORKED, HEALTHY]);
    const first = reading(screens.open(wall(), new AbortController().signal));
    await first.next();
    const later = { ...HEALTHY, revision: HEALTHY.revision + 1 };
    newest.set('auth', later);
    publish([{ ...fleetRow(later, []), pendingRestarts: 1 }]);
    const second = reading(screens.open(wall({}, 'w2'), new AbortController().signal));
    await second.next();
    clock.now += 1000;
    await screens.tick();
    expect(await first.next()).toMatchObject({
      kind: 'update',
      tiles: [{ scope: 'auth', marks: ['pending_restart'] }],
    });
    screens.stop();
  });

  it('keeps what it had while the collector is started again', async () => {
    const { screens, feed, collector } = house([FORKED, HEALTHY]);
    const { next } = reading(screens.open(wall(), new AbortController().signal));
    await next();
    feed.reset();
    collector.seenAt = null;
    await screens.tick();
    expect((await next())?.kind).toBe('beat');
    collector.seenAt = 1;
    await screens.tick();
    expect(await next()).toMatchObject({ kind: 'update', gone: ['orders', 'auth'] });
    screens.stop();
  });

  it('asks for the snapshot of a cluster once for all walls, and again only when there is a newer one', async () => {
    const { screens, asked } = house([FORKED]);
    for (let index = 0; index < 20; index += 1) await screens.whole(wall({ hosts: true }, `w${index}`));
    expect(asked()).toBe(1);
  });
});
