// One scope over real sockets: scripted Patronis on loopback, no DCS of ours or one that is only a list of keys. Order and
// outcome are judged, with generous deadlines; nothing here depends on how fast the machine is.
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../domain/cluster';
import type { RawDcsKey } from '../../domain/raw';
import { cluster, HEAD, memberOf } from '../../domain/testkit';
import type { DcsWatch } from '../../io/dcs/port';
import { createPatroniReader } from '../../io/patroni';
import { ScopeCollector, type ScopeContext } from './scope-collector';

const PATIENT_MS = 8000;
const DEADLINE_MS = 1500;
const ROUND_MS = 100;

type Path = '/patroni' | '/cluster' | '/config' | '/history';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function until(test: () => boolean): Promise<void> {
  const end = Date.now() + PATIENT_MS;
  while (!test() && Date.now() < end) await new Promise((done) => setTimeout(done, 5));
  expect(test()).toBe(true);
}

/** A node that hangs on some paths and breaks off on others. */
async function startNode(name: string) {
  const open = new Set<ServerResponse>();
  const node = {
    name,
    url: '',
    hangs: new Set<Path>(),
    breaks: new Set<Path>(),
    bodies: new Map<Path, string>(),
    asked: { '/patroni': 0, '/cluster': 0, '/config': 0, '/history': 0 },
    open: new Map<Path, number>(),
    most: 0,
    mostStatus: 0,
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '') as Path;
    node.asked[path] += 1;
    open.add(response);
    node.open.set(path, (node.open.get(path) ?? 0) + 1);
    node.most = Math.max(node.most, open.size);
    node.mostStatus = Math.max(node.mostStatus, node.open.get('/patroni') ?? 0);
    response.on('close', () => {
      open.delete(response);
      node.open.set(path, (node.open.get(path) ?? 1) - 1);
    });
    if (node.hangs.has(path)) return;
    if (node.breaks.has(path)) return void response.socket?.destroy();
    response.setHeader('connection', 'close');
    response.end(node.bodies.get(path) ?? '{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  const address = server.address();
  node.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return node;
}
type Node = Awaited<ReturnType<typeof startNode>>;

/** Nodes that say what the testkit's members say; every one tells the same `/cluster`. */
async function startNodes(...names: string[]): Promise<Node[]> {
  const nodes = await Promise.all(names.map(startNode));
  const raw = cluster({ members: names.map((name) => ({ name })), dcs: 'off' });
  tellList(nodes, nodes);
  for (const [index, node] of nodes.entries()) {
    node.bodies.set('/patroni', raw.members[index]?.patroni.good?.value.body ?? '');
    node.bodies.set('/config', '{"ttl":30,"loop_wait":10}');
    node.bodies.set('/history', '[]');
  }
  return nodes;
}

function tellList(nodes: readonly Node[], listed: readonly Node[]): void {
  const members = listed.map(({ name, url }, index) => ({
    name,
    role: index === 0 ? 'leader' : 'replica',
    state: index === 0 ? 'running' : 'streaming',
    api_url: `${url}/patroni`,
    timeline: 1,
    ...(index === 0 ? {} : { lag: 0 }),
  }));
  for (const node of nodes) node.bodies.set('/cluster', JSON.stringify({ members, scope: 'demo' }));
}

function memberKeys(nodes: readonly Node[]): RawDcsKey[] {
  const stamp = { version: '5', owner: '7' };
  return [
    { key: 'leader', value: nodes[0]?.name ?? '', ...stamp },
    ...nodes.map((node) => ({
      key: `members/${node.name}`,
      value: JSON.stringify({ api_url: `${node.url}/patroni`, state: 'running', role: 'replica', xlog_location: HEAD }),
      ...stamp,
    })),
  ];
}

/** As much of the watch as a scope uses: the keys it was given, always current. */
function fakeWatch(view: { keys: readonly RawDcsKey[] }): DcsWatch {
  const watch = {
    listed: true,
    error: null,
    keysOf: () => view.keys,
    readLease: async () => ({ ok: true, value: { ttlSeconds: 20, grantedSeconds: 30 }, at: Date.now(), tookMs: 1 }),
    rawFor: () => ({
      kind: 'etcd3',
      namespace: '/service/',
      keys: view.keys,
      position: '5',
      currentAt: Date.now(),
      error: null,
      endpoints: [],
      leaderLease: { last: null, good: null },
    }),
  };
  return watch as unknown as DcsWatch;
}

function collect(seeds: readonly string[], more: Partial<ScopeContext> = {}) {
  const published: Snapshot[] = [];
  const clock = { skewMs: 0 };
  const now = (): number => Date.now() + clock.skewMs;
  const patroni = createPatroniReader({ tls: null, now });
  const collector = new ScopeCollector(
    {
      scope: 'demo',
      patroniScope: 'demo',
      source: 'lab',
      labels: {},
      dcs: null,
      seeds,
      patroni,
      postgres: null,
      deadlineMs: DEADLINE_MS,
      now,
      onPublish: (scope) => {
        if (scope.snapshot !== null) published.push(scope.snapshot);
      },
      ...more,
    },
    ROUND_MS,
  );
  ends.push(() => patroni.close());
  ends.push(() => collector.stop());
  collector.start();
  const live = (name: string): boolean => {
    const newest = published.at(-1)?.cluster.members.find((member) => member.name === name);
    return newest?.witnesses.patroni.state === 'fresh';
  };
  return { collector, published, clock, live };
}

describe('a scope without a DCS of ours', () => {
  it('finds its members through /cluster of a seed and asks each of them', async () => {
    const nodes = await startNodes('n1', 'n2', 'n3');
    const { published, live } = collect([nodes[0]?.url ?? '']);
    await until(() => ['n1', 'n2', 'n3'].every(live));
    expect(published.at(-1)?.cluster.leader).toMatchObject({ name: 'n1', known: true });
  });

  it('publishes revisions that grow by one', async () => {
    const nodes = await startNodes('n1', 'n2');
    const { published } = collect([nodes[0]?.url ?? '']);
    await until(() => published.length > 5);
    expect(published.map((snapshot) => snapshot.revision)).toEqual(published.map((_, index) => index + 1));
  });

  it('asks a broken /cluster again only after a pause, and /patroni all the while', async () => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    const { live } = collect([n1.url]);
    await until(() => live('n1') && live('n2'));
    for (const node of [n1, n2]) node.breaks.add('/cluster');
    await until(() => n1.asked['/cluster'] + n2.asked['/cluster'] > 2);
    const before = n1.asked['/cluster'] + n2.asked['/cluster'];
    const polls = n1.asked['/patroni'];
    await until(() => n1.asked['/patroni'] > polls + 15);
    expect(n1.asked['/cluster'] + n2.asked['/cluster'] - before).toBeLessThanOrEqual(2);
    expect(live('n1') && live('n2')).toBe(true);
  });

  it.each([
    ['an error', '{"error":"no"}'],
    ['an empty object', '{}'],
    ['no JSON', '<html>proxy</html>'],
    ['a list', '[]'],
  ])('keeps the last good /cluster where the next answer is %s', async (_what, body) => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    const { collector, published, live } = collect([n1.url]);
    await until(() => live('n1') && live('n2'));
    const good = collector.raw().fallback.cluster.good?.value.body;
    expect(good).toContain('"n2"');
    for (const node of [n1, n2]) node.bodies.set('/cluster', body);
    const asked = (): number => n1.asked['/cluster'] + n2.asked['/cluster'];
    const [before, rounds] = [asked(), n1.asked['/patroni']];
    await until(() => asked() > before + 1 && n1.asked['/patroni'] > rounds + 5);
    expect(collector.raw().fallback.cluster.good?.value.body).toBe(good);
    const newest = published.at(-1);
    expect(newest?.cluster.members.map(({ name, listed, clusterRole }) => [name, listed, clusterRole])).toEqual([
      ['n1', true, 'leader'],
      ['n2', true, 'replica'],
    ]);
  });

  it('keeps reading /patroni while /cluster, /config and /history hang, on at most two connections', async () => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    for (const node of [n1, n2]) for (const path of ['/config', '/history'] as const) node.hangs.add(path);
    const { published, live } = collect([n1.url]);
    await until(() => live('n1') && live('n2'));
    for (const node of [n1, n2]) node.hangs.add('/cluster');
    const polls = n1.asked['/patroni'];
    await until(() => n1.asked['/patroni'] > polls + 15);
    // An answer that waited for a hanging document took as long as that document's deadline.
    const waited = published
      .flatMap((snapshot) => snapshot.cluster.members.map((member) => member.witnesses.patroni))
      .filter(({ tookMs, error }) => error !== null || (tookMs ?? 0) > DEADLINE_MS / 2);
    expect(waited).toEqual([]);
    expect(Math.max(n1.most, n2.most)).toBeLessThanOrEqual(2);
  });
});

describe('a member that hangs', () => {
  it('does not delay what the others say: they are published while its answer is still out', async () => {
    const [n1, n2, n3] = (await startNodes('n1', 'n2', 'n3')) as [Node, Node, Node];
    n3.hangs.add('/patroni');
    const view = { keys: memberKeys([n1, n2, n3]) };
    const { live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
      deadlineMs: 60_000,
    });
    await until(() => live('n1') && live('n2'));
    expect(n3.open.get('/patroni')).toBe(1);
    expect(live('n3')).toBe(false);
    const rounds = n1.asked['/patroni'];
    await until(() => n1.asked['/patroni'] > rounds + 3);
    expect(n3.asked['/patroni']).toBe(1);
  });

  it('has at most one question open, round after round, and is heard again when it answers', async () => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    n2.hangs.add('/patroni');
    const view = { keys: memberKeys([n1, n2]) };
    const { published, live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
      deadlineMs: 300,
    });
    await until(() => n2.asked['/patroni'] > 3);
    expect(n2.mostStatus).toBe(1);
    const newest = published.at(-1) as Snapshot;
    expect(memberOf(newest, 'n2')).toMatchObject({ silent: true });
    expect(newest.health).not.toBe('ok');
    n2.hangs.clear();
    await until(() => live('n2'));
    expect(n2.mostStatus).toBe(1);
  });
});

describe('a member list that changes', () => {
  it('shows a member that left as not listed, and forgets it after a quarter of an hour', async () => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    const view = { keys: memberKeys([n1, n2]) };
    const { collector, published, clock, live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
    });
    await until(() => live('n1') && live('n2'));
    view.keys = memberKeys([n1]);
    collector.onDcsChange();
    await until(() => published.at(-1)?.cluster.members.find((member) => member.name === 'n2')?.listed === false);
    clock.skewMs = 14 * 60_000;
    const rounds = n1.asked['/patroni'];
    await until(() => n1.asked['/patroni'] > rounds + 3);
    expect(published.at(-1)?.cluster.members.map((member) => member.name)).toEqual(['n1', 'n2']);
    clock.skewMs = 16 * 60_000;
    await until(() => published.at(-1)?.cluster.members.length === 1);
  });

  it('drops one that never answered and belonged to nobody as soon as its key is deleted; one that is remembered stays', async () => {
    const [n1] = (await startNodes('n1')) as [Node];
    const dead = (name: string) => ({ ...n1, name, url: 'http://127.0.0.1:9' });
    const view = { keys: memberKeys([n1, dead('ghost'), dead('n3')]) };
    const { collector, published, live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
    });
    const entry = (name: string) => ({
      ...{ name, systemIdentifier: null, firstAt: 1, listedAt: 2 },
      ...{ apiUrl: null, host: null, port: null },
    });
    collector.setRoster(['n1', 'n3'].map(entry));
    await until(() => live('n1') && published.at(-1)?.cluster.members.length === 3);
    view.keys = memberKeys([n1]);
    collector.onDcsChange();
    await until(() => published.at(-1)?.cluster.members.every(({ name }) => name !== 'ghost') === true);
    expect(published.at(-1)?.cluster.members.map(({ name }) => name)).toEqual(['n1', 'n3']);
  });

  it('asks a member that came at once', async () => {
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    const view = { keys: memberKeys([n1]) };
    const { collector, live } = collect([], { dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] } });
    await until(() => live('n1'));
    view.keys = memberKeys([n1, n2]);
    collector.onDcsChange();
    await until(() => live('n2'));
  });

  it('keeps the last known list when the DCS names nobody', async () => {
    const [n1] = (await startNodes('n1')) as [Node];
    const view = { keys: memberKeys([n1]) };
    const { published, clock, live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
    });
    await until(() => live('n1'));
    view.keys = [];
    clock.skewMs = 60 * 60_000;
    const rounds = n1.asked['/patroni'];
    await until(() => n1.asked['/patroni'] > rounds + 3);
    expect(published.at(-1)?.cluster.members.map((member) => member.name)).toEqual(['n1']);
  });
});

describe('an answer', () => {
  const postgres = {
    username: 'howdah',
    password: null,
    database: 'postgres',
    tls: null,
    allowCleartext: false,
    isInside: null,
  };

  it('of the DCS is parsed once for as long as it stays, one of Patroni once however many snapshots it is in', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    ends.push(() => parse.mockRestore());
    const parsed = (text: string | undefined): number => parse.mock.calls.filter(([given]) => given === text).length;
    const [n1, n2] = (await startNodes('n1', 'n2')) as [Node, Node];
    const keys = memberKeys([n1, n2]).map((entry) => ({
      ...entry,
      // Nobody listens there: SQL is tried, and the poller looks for what Patroni said of pending restarts.
      value: entry.value.replace('{', '{"conn_url":"postgres://127.0.0.1:1/postgres",'),
    }));
    const { collector, published, live } = collect([], {
      dcs: { watch: fakeWatch({ keys }), scope: 'demo', troubles: () => [] },
      postgres,
    });
    await until(() => live('n1') && live('n2') && n1.asked['/patroni'] > 5 && published.length > 5);
    collector.onDcsChange();
    collector.stop();
    expect(keys.filter(({ key }) => key.startsWith('members/')).map(({ value }) => parsed(value))).toEqual([1, 1]);
    for (const node of [n1, n2]) {
      expect(parsed(node.bodies.get('/patroni'))).toBeGreaterThan(0);
      expect(parsed(node.bodies.get('/patroni'))).toBeLessThanOrEqual(node.asked['/patroni']);
    }
  });

  it('of a fallback document is parsed once, by whoever asks for it', async () => {
    const parse = vi.spyOn(JSON, 'parse');
    ends.push(() => parse.mockRestore());
    const [n1] = (await startNodes('n1')) as [Node];
    const { collector, live } = collect([n1.url]);
    await until(() => live('n1') && n1.asked['/patroni'] > 5);
    collector.stop();
    for (const path of ['/cluster', '/config', '/history'] as const) {
      const parses = parse.mock.calls.filter(([given]) => given === n1.bodies.get(path)).length;
      expect({ path, isOnce: parses > 0 && parses <= n1.asked[path] }).toEqual({ path, isOnce: true });
    }
  });
});

describe('a scope that is stopped', () => {
  it('asks and publishes nothing more', async () => {
    const [n1] = (await startNodes('n1')) as [Node];
    const view = { keys: memberKeys([n1]) };
    const { collector, published, live } = collect([], {
      dcs: { watch: fakeWatch(view), scope: 'demo', troubles: () => [] },
    });
    await until(() => live('n1'));
    collector.stop();
    await until(() => n1.open.get('/patroni') === 0);
    const [asked, count] = [n1.asked['/patroni'], published.length];
    await new Promise((done) => setTimeout(done, 3 * ROUND_MS));
    collector.onDcsChange();
    await new Promise((done) => setTimeout(done, 50));
    expect([n1.asked['/patroni'], published.length]).toEqual([asked, count]);
  });
});
