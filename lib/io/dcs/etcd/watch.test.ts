// The watch against an etcd of a few lines whose answers can be held back and whose watchers say only what a test lets them say.
import { EventEmitter } from 'node:events';
import type { Etcd3 } from 'etcd3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NEVER_ASKED } from '../../../domain/raw';
import { EtcdWatch } from './watch';

const made = vi.hoisted(() => ({ client: (_url: string): unknown => undefined }));
vi.mock('./client', async (original) => ({
  ...(await original<typeof import('./client')>()),
  createEtcdClient: (url: string) => made.client(url),
}));

interface Key {
  readonly value: string;
  readonly modRevision: number;
}

interface Asked {
  from: string;
  limit: number;
  revision: string | null;
}

class FakeWatcher extends EventEmitter {
  cancelled = false;
  constructor(
    readonly url: string,
    readonly from: string,
  ) {
    super();
  }
  says(revision: number, ...events: readonly (readonly [type: 'Put' | 'Delete', key: string, value?: string])[]): void {
    const wire = events.map(([type, key, value = '']) => ({
      type,
      kv: keyValue(key, { value, modRevision: revision }),
    }));
    this.emit('data', { header: { revision: String(revision) }, events: wire });
  }
  async cancel(): Promise<void> {
    this.cancelled = true;
  }
}

const keyValue = (key: string, { value, modRevision }: Key) => ({
  key: Buffer.from(`/service/${key}`),
  value: Buffer.from(value),
  mod_revision: String(modRevision),
  create_revision: '1',
  lease: '0',
});

/** Every endpoint serves the same keys. */
class FakeEtcd {
  revision = 10;
  keys = new Map<string, Key>();
  readonly watchers: FakeWatcher[] = [];
  readonly lists: { readonly url: string; readonly revision: string | null; readonly from: string }[] = [];
  /** Whether a new watch is accepted. */
  accepts = true;
  /** Of one answer. */
  mostBytes = Number.POSITIVE_INFINITY;
  /** Endpoints without a quorum. */
  readonly failing = new Set<string>();
  readonly closed: string[] = [];
  #held: Promise<void> | null = null;

  put(key: string, value: string): number {
    this.revision += 1;
    this.keys.set(key, { value, modRevision: this.revision });
    return this.revision;
  }

  remove(key: string): number {
    this.revision += 1;
    this.keys.delete(key);
    return this.revision;
  }

  /** Lists are answered only after the function that comes back was called, and then with what stood when they were asked. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#held = null;
      release();
    };
  }

  get watcher(): FakeWatcher {
    const newest = this.watchers.at(-1);
    if (newest === undefined) throw new Error('nobody watches');
    return newest;
  }

  async #answer(url: string, asked: Asked) {
    if (this.failing.has(url)) throw new Error('etcdserver: request timed out');
    this.lists.push({ url, revision: asked.revision, from: asked.from });
    const revision = this.revision;
    const all = [...this.keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => keyValue(key, entry));
    await this.#held;
    const rest = all.filter(({ key }) => key.toString() >= asked.from);
    if (rest.slice(0, asked.limit).reduce((sum, { value }) => sum + value.length, 0) > this.mostBytes)
      throw new Error('8 RESOURCE_EXHAUSTED: Received message larger than max (50000 vs 40000)');
    return { header: { revision: String(revision) }, kvs: rest.slice(0, asked.limit), more: rest.length > asked.limit };
  }

  client(url: string): Etcd3 {
    const watch = {
      prefix: () => watch,
      startRevision: (revision: string) => ({
        watcher: () => {
          const watcher = new FakeWatcher(url, revision);
          this.watchers.push(watcher);
          if (this.accepts) queueMicrotask(() => queueMicrotask(() => watcher.emit('connected')));
          return watcher;
        },
      }),
    };
    const list = () => {
      const asked: Asked = { from: '', limit: 0, revision: null };
      const page = {
        inRange: ({ start }: { start: string | Buffer }) => {
          asked.from = start.toString();
          return page;
        },
        limit: (count: number) => {
          asked.limit = count;
          return page;
        },
        sort: () => page,
        revision: (revision: string) => {
          asked.revision = revision;
          return page;
        },
        exec: () => this.#answer(url, asked),
      };
      return page;
    };
    const read = async (): Promise<object> => {
      if (this.failing.has(url)) throw new Error('etcdserver: request timed out');
      return { header: { revision: String(this.revision) } };
    };
    const status = {
      header: { member_id: '1' },
      leader: '1',
      version: '3.5',
      dbSize: '1',
      raftTerm: '1',
      raftIndex: '1',
    };
    const client = {
      watch: () => watch,
      getAll: list,
      get: () => ({ exec: read }),
      maintenance: { status: async () => status, alarm: async () => ({ alarms: [] }) },
      cluster: { memberList: async () => ({ members: [] }) },
      close: () => this.closed.push(url),
    };
    return client as unknown as Etcd3;
  }
}

const E1 = 'http://e1:2379';
const E2 = 'http://e2:2379';
const RELIST_MS = 30_000;

let etcd: FakeEtcd;
let watch: EtcdWatch;
let changes: (readonly string[])[];

beforeEach(() => {
  vi.useFakeTimers();
  etcd = new FakeEtcd();
  made.client = (url) => etcd.client(url);
  changes = [];
  watch = new EtcdWatch({
    hosts: [E1, E2],
    namespace: '/service/',
    username: null,
    password: null,
    tls: null,
    now: Date.now,
    onChange: (scopes) => changes.push(scopes),
  });
  etcd.keys.set('demo/leader', { value: 'n1', modRevision: 5 });
  etcd.keys.set('demo/members/n1', { value: '{}', modRevision: 6 });
  etcd.keys.set('demo/members/n2', { value: '{}', modRevision: 7 });
});
afterEach(async () => {
  const stopped = watch.stop();
  await vi.advanceTimersByTimeAsync(5000);
  await stopped;
  vi.useRealTimers();
});

const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const start = async (): Promise<void> => {
  watch.start();
  await settle();
};
const saidOf = (key: string, scope = 'demo'): string | null =>
  watch.keysOf(scope)?.find((entry) => entry.key === key)?.value ?? null;
const raw = () => watch.rawFor('demo', NEVER_ASKED);

describe('the beginning', () => {
  it('knows nothing before the first list, and watches from the revision after it', async () => {
    expect([watch.listed, raw().keys, raw().currentAt]).toEqual([false, null, null]);
    await start();
    expect([watch.listed, watch.scopes(), saidOf('leader')]).toEqual([true, ['demo'], 'n1']);
    expect(etcd.watchers.map(({ from }) => from)).toEqual(['11']);
    expect(raw()).toMatchObject({ position: '10', error: null, currentAt: Date.now() });
    expect(changes).toContainEqual(['demo']);
  });

  it('lists many keys page by page, all of them at the revision of the first', async () => {
    for (let n = 0; n < 2500; n += 1) etcd.keys.set(`demo${n}/members/m${n}`, { value: '{}', modRevision: 8 });
    await start();
    expect(etcd.lists.map(({ revision }) => revision)).toEqual([null, '10', '10']);
    expect(watch.scopes()).toHaveLength(2501);
  });

  it('skips what it would not read of a scope with too many members, and reads the next ones whole', async () => {
    for (let n = 0; n < 5000; n += 1) etcd.keys.set(`bad/members/m${n}`, { value: '{}', modRevision: 8 });
    etcd.keys.set('bad/sync', { value: '{}', modRevision: 8 });
    await start();
    expect(etcd.lists.map(({ from }) => from)).toEqual(['/service/', '/service/bad/members0']);
    expect(watch.keysOf('bad')?.map(({ key }) => key)).toContain('sync');
    expect(watch.rawFor('bad', NEVER_ASKED).excess).toBe('members');
    expect(watch.keysOf('demo')).toHaveLength(3);
    expect(watch.rawFor('demo', NEVER_ASKED)).not.toHaveProperty('excess');
  });

  it('asks for fewer keys where a page is longer than a message, and for many again after it', async () => {
    for (let n = 0; n < 50; n += 1)
      etcd.keys.set(`big/members/m${n + 10}`, { value: 'x'.repeat(1000), modRevision: 8 });
    etcd.mostBytes = 40_000;
    await start();
    expect(watch.error).toBeNull();
    expect(watch.keysOf('big')).toHaveLength(50);
    expect(watch.keysOf('demo')).toHaveLength(3);
  });

  it('leaves out names that are none, and counts them', async () => {
    etcd.keys.set('a\0b/leader', { value: 'n1', modRevision: 8 });
    etcd.keys.set('demo/members/n\u00003', { value: '{}', modRevision: 8 });
    await start();
    expect([watch.scopes(), watch.refused, watch.keysOf('demo')?.length]).toEqual([['demo'], 2, 3]);
    etcd.watcher.says(12, ['Put', 'b\0c/leader', 'n1']);
    expect(watch.scopes()).toEqual(['demo']);
  });

  it('gives a server five seconds to accept the watch, says that it did not, and begins anew', async () => {
    etcd.accepts = false;
    await start();
    await settle(4900);
    expect([watch.error, etcd.watchers.length]).toEqual([null, 1]);
    await settle(200);
    expect(watch.error?.kind).toBe('timeout');
    etcd.accepts = true;
    await settle(5000);
    expect([watch.error, etcd.watchers.length, etcd.watchers[0]?.cancelled]).toEqual([null, 2, true]);
  });
});

describe('events', () => {
  it('are in the view at once, and name the scope that changed', async () => {
    await start();
    changes.length = 0;
    await settle(1000);
    etcd.watcher.says(11, ['Put', 'demo/leader', 'n2'], ['Delete', 'demo/members/n1']);
    expect([saidOf('leader'), saidOf('members/n1')]).toEqual(['n2', null]);
    expect(changes).toEqual([['demo']]);
    expect(raw()).toMatchObject({ position: '11', currentAt: Date.now() });
  });

  it('that arrive during a list and are newer than it stand after it', async () => {
    await start();
    const release = etcd.hold();
    await settle(RELIST_MS);
    expect(etcd.lists).toHaveLength(2);
    const revision = etcd.put('demo/leader', 'n2');
    etcd.keys.delete('demo/members/n1');
    etcd.watcher.says(revision, ['Put', 'demo/leader', 'n2'], ['Delete', 'demo/members/n1']);
    release();
    // The list differed from the view, so there will be another: what is seen until then counts too.
    etcd.hold();
    await settle();
    expect([saidOf('leader'), saidOf('members/n1')]).toEqual(['n2', null]);
    expect(changes.length).toBeGreaterThan(0);
  });

  it('that arrive during a list and are older than it change nothing in it', async () => {
    await start();
    etcd.put('demo/failover', '{"member":"n2"}');
    etcd.remove('demo/failover');
    const release = etcd.hold();
    await settle(RELIST_MS);
    etcd.watcher.says(11, ['Put', 'demo/failover', '{"member":"n2"}']);
    expect(saidOf('failover')).not.toBeNull();
    release();
    etcd.hold();
    await settle();
    // What removed it at revision 12 is still on its way; the list knew already.
    expect(saidOf('failover')).toBeNull();
  });
});

describe('the list each half minute', () => {
  it('that finds nothing new keeps the watch', async () => {
    await start();
    await settle(3 * RELIST_MS);
    expect([etcd.lists.length, etcd.watchers.length]).toEqual([4, 1]);
    expect([etcd.watcher.cancelled, watch.error]).toEqual([false, null]);
  });

  it('finds what a silent watch did not say, and gives that watch up for a new one', async () => {
    await start();
    const silent = etcd.watcher;
    etcd.put('demo/leader', 'n2');
    changes.length = 0;
    await settle(RELIST_MS - 1000);
    expect(saidOf('leader')).toBe('n1');
    await settle(2000);
    expect(saidOf('leader')).toBe('n2');
    expect(changes).toContainEqual(['demo']);
    expect([silent.cancelled, etcd.watchers.length, etcd.watcher.from]).toEqual([true, 2, '12']);
    expect(watch.error).toBeNull();
  });

  it('makes a scope go whose keys are gone without a word', async () => {
    await start();
    etcd.keys.clear();
    etcd.revision += 1;
    await settle(RELIST_MS + 1000);
    expect([watch.scopes(), raw().keys]).toEqual([[], []]);
  });

  it('takes a revision that went backwards for a restored etcd: the view is that of the backup, watched from its revision', async () => {
    etcd.revision = 500;
    await start();
    const old = etcd.watcher;
    expect(old.from).toBe('501');
    // The same keys: only the revision shows it. The watch from 501 would say nothing for 400 revisions.
    etcd.revision = 100;
    await settle(RELIST_MS + 100);
    expect(old.cancelled).toBe(true);
    expect(watch.error?.message.toString()).toMatch(/restored/);
    await settle(5000);
    expect([etcd.watcher === old, etcd.watcher.from, watch.error]).toEqual([false, '101', null]);
    etcd.watcher.says(101, ['Put', 'demo/leader', 'n2']);
    expect(saidOf('leader')).toBe('n2');
  });

  it('of a restored etcd replaces newer values by older ones', async () => {
    etcd.revision = 500;
    etcd.keys.set('demo/leader', { value: 'n2', modRevision: 480 });
    await start();
    etcd.revision = 100;
    etcd.keys.set('demo/leader', { value: 'n1', modRevision: 90 });
    await settle(RELIST_MS + 5000);
    expect([saidOf('leader'), etcd.watcher.from]).toEqual(['n1', '101']);
  });
});

describe('a watch in doubt', () => {
  it.each([
    ['error', new Error('required revision has been compacted')],
    ['end', undefined],
    ['disconnected', new Error('connection reset')],
  ])('ends with %s, says so, and begins anew with a list', async (event, argument) => {
    await start();
    const first = etcd.watcher;
    etcd.put('demo/leader', 'n2');
    changes.length = 0;
    first.emit(event, argument);
    await settle(10);
    expect([watch.error === null, first.cancelled, saidOf('leader')]).toEqual([false, true, 'n1']);
    expect(changes).toContainEqual([]);
    await settle(1000);
    expect([watch.error, saidOf('leader'), etcd.watcher.from]).toEqual([null, 'n2', '12']);
    // Nothing that the old one still says counts.
    first.says(99, ['Put', 'demo/leader', 'n9']);
    expect(saidOf('leader')).toBe('n2');
  });

  it('moves at once to another endpoint when its own fails the quorum read', async () => {
    await start();
    expect(etcd.watcher.url).toBe(E1);
    await watch.checkHealth();
    etcd.failing.add(E1);
    await watch.checkHealth();
    await settle(10);
    // Which of the two answers first is chance: by the second question both are known.
    await watch.checkHealth();
    await settle(10);
    expect([etcd.watcher.url, watch.error]).toEqual([E2, null]);
  });

  it('stays where it is, and says what is wrong, when every endpoint fails', async () => {
    await start();
    etcd.failing.add(E1).add(E2);
    await watch.checkHealth();
    await settle(10);
    expect([etcd.watchers.length, watch.error?.kind]).toEqual([1, 'timeout']);
  });

  it('waits longer after each failure, up to a few seconds', async () => {
    etcd.failing.add(E1).add(E2);
    const closed = (): number => etcd.closed.length;
    await start();
    await settle(60_000);
    // 0.2, 0.5, 1, 2, then 3 s each, a quarter more or less: 20 in a minute, not hundreds.
    expect(closed()).toBeGreaterThan(12);
    expect(closed()).toBeLessThan(32);
    expect(watch.listed).toBe(false);
  });
});

describe('how old the view is', () => {
  it('is told by a quorum read through the endpoint that is watched', async () => {
    await start();
    await settle(4000);
    expect(raw().currentAt).toBe(Date.now() - 4000);
    await watch.checkHealth();
    expect(raw().currentAt).toBe(Date.now());
  });

  it('is not told by another endpoint that is well', async () => {
    await start();
    const listedAt = Date.now();
    await settle(4000);
    etcd.failing.add(E1);
    await watch.checkHealth();
    expect(raw().currentAt).toBe(listedAt);
  });
});

describe('the end', () => {
  it('closes every client and asks nothing more', async () => {
    await start();
    const stopped = watch.stop();
    await settle(3000);
    await stopped;
    const asked = etcd.lists.length;
    expect([etcd.watcher.cancelled, etcd.closed.sort()]).toEqual([true, [E1, E1, E2]]);
    await settle(2 * RELIST_MS);
    expect([etcd.lists.length, etcd.watchers.length]).toEqual([asked, 1]);
  });
});
