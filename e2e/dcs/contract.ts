// What Howdah asks of a DCS of any kind, as tests: each adapter of lib/io/dcs passes them against its real store. A kind supplies
//   - `start`: one store of its own, empty, as a DcsStore: how Howdah reaches it (`access`), and how somebody else writes to it, which
//     must not be the adapter under test: raw requests, or the store's own tool;
//   - `startSecured`: a store in which rights count, as a SecuredStore;
//   - `missing`: why none can be started on this machine, which then counts as skipped with that word; null: it can.
// Keys are given as Patroni names them below the namespace: `demo/leader`, `demo/members/n1`; where a kind keeps them elsewhere, its
// `put` knows where. The file that calls it is e2e/truth/dcs-<kind>.lab.ts. Waits have generous ends and nothing asserts a time.
import { afterEach, describe, expect, test } from 'vitest';
import { ABSENT, compareVersions } from '../../lib/domain/key-version';
import { NEVER_ASKED, type RawDcsKey } from '../../lib/domain/raw';
import { type DcsAccess, openWatch } from '../../lib/io/dcs/open';
import { openWriter } from '../../lib/io/dcs/open-writer';
import type { Commit, DcsWatch, DcsWriter } from '../../lib/io/dcs/port';
import { sleep, waitUntil } from '../lab/deadline';
import { type Relay, startRelay, type Upstream } from './relay';

export interface DcsStore {
  /** May read and write all below the namespace. */
  readonly access: DcsAccess;
  readonly upstream: Upstream;
  /** The same access through a relay, which speaks in the clear. */
  through(host: string, port: number): DcsAccess;
  /** How this text stands in the bytes of a request that writes it. */
  wire(value: string): string;
  /** Writes whatever is there now, and makes what is missing. */
  put(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** As `patronictl edit-config` does: reads, changes, writes if nobody else has. Was it written? */
  edit(key: string, change: (value: string) => string): Promise<boolean>;
  /** Writes a key that goes with its owner; returns the owner as the adapter names it. null: the kind has no such keys. */
  readonly own: ((key: string, value: string) => Promise<string>) | null;
  /** Ends an owner; its keys go. */
  end(owner: string): Promise<void>;
  /** The whole store stops to answer and keeps its connections (SIGSTOP), and goes on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** The whole store ends and starts again with what it held. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface SecuredStore {
  /** May read all below the namespace and write nothing. */
  readonly reader: DcsAccess;
  /** May do nothing; its name or password is known to the store. */
  readonly nobody: DcsAccess;
  /** Is not known to the store: a wrong password or token, which holds `SECRET`. null: the kind asks for none. */
  readonly stranger: DcsAccess | null;
  put(key: string, value: string): Promise<void>;
  /** Takes all rights of the reader away, while it reads. */
  withdraw(): Promise<void>;
  stop(): Promise<void>;
}

export const SECRET = 'marked-secret-41';
const LONG_MS = 60_000;
const ROUNDS = 100;
const HEALTH_MS = 500;
const REFUSED = ['denied', 'auth'];

interface Kind {
  readonly name: string;
  readonly start: () => Promise<DcsStore>;
  readonly startSecured: () => Promise<SecuredStore>;
  readonly missing: string | null;
}

export function dcsContract({ name, start, startSecured, missing }: Kind): void {
  const releases: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const release of releases.splice(0).reverse()) await release();
  });

  const claim = (what: string, body: () => Promise<void>): void => {
    test(what, async ({ skip }) => {
      if (missing !== null) skip(missing);
      await body();
    });
  };
  async function started(): Promise<DcsStore> {
    const store = await start();
    releases.push(() => store.stop());
    return store;
  }
  async function secured(): Promise<SecuredStore> {
    const store = await startSecured();
    releases.push(() => store.stop());
    return store;
  }
  /** As the collector keeps one: it asks for the health all the time. */
  function watching(access: DcsAccess): DcsWatch & { readonly changed: Set<string> } {
    const changed = new Set<string>();
    const watch = openWatch(access, {
      now: Date.now,
      onChange: (scopes) => {
        for (const scope of scopes) changed.add(scope);
      },
    });
    watch.start();
    const timer = setInterval(() => void watch.checkHealth(), HEALTH_MS);
    releases.push(() => {
      clearInterval(timer);
      return watch.stop();
    });
    return Object.assign(watch, { changed });
  }
  function writing(access: DcsAccess): DcsWriter {
    const writer = openWriter(access);
    releases.push(() => writer.close());
    return writer;
  }

  describe(`${name}: the watch`, () => {
    claim('lists what is there, by scope and with the names that Patroni gives', async () => {
      const store = await started();
      await store.put('demo/initialize', '7000000000000000001');
      await store.put('demo/config', '{"ttl":30}');
      await store.put('demo/members/n1', '{"state":"running"}');
      await store.put('demo/leader', 'n1');
      await store.put('other/initialize', '7000000000000000002');
      const watch = watching(store.access);
      await waitUntil('the list', LONG_MS, () => watch.listed && watch.scopes().length === 2);
      expect(watch.scopes()).toEqual(['demo', 'other']);
      expect(values(watch)).toMatchObject({
        initialize: '7000000000000000001',
        config: '{"ttl":30}',
        leader: 'n1',
        'members/n1': '{"state":"running"}',
      });
      expect(watch.error).toBeNull();
      expect(watch.keysOf('nobody')).toBeNull();
    });

    claim('says an empty store is empty', async () => {
      const watch = watching((await started()).access);
      await waitUntil('the list', LONG_MS, () => watch.listed);
      expect([watch.scopes(), watch.error]).toEqual([[], null]);
    });

    claim('follows a key that comes, changes, goes and comes again, each with a later version', async () => {
      const store = await started();
      await store.put('demo/initialize', '1');
      const watch = watching(store.access);
      await waitUntil('the scope', LONG_MS, () => watch.keysOf('demo') !== null);
      const versions: string[] = [];
      for (const holder of ['n1', 'n2', null, 'n3'] as const) {
        watch.changed.clear();
        if (holder === null) await store.remove('demo/leader');
        else await store.put('demo/leader', holder);
        await waitUntil(`the leader ${holder}`, LONG_MS, () => (keyOf(watch, 'leader')?.value ?? null) === holder, 20);
        expect(watch.changed).toContain('demo');
        const version = keyOf(watch, 'leader')?.version;
        if (version !== undefined) versions.push(version);
      }
      expect(versions).toHaveLength(3);
      for (const [index, version] of versions.entries()) {
        const before = versions[index - 1];
        if (before !== undefined) expect(compareVersions(before, version)).toBeLessThan(0);
      }
    });

    claim('tells a key with an owner from one without, and sees it go with its owner', async () => {
      const store = await started();
      await store.put('demo/initialize', '1');
      const watch = watching(store.access);
      if (store.own === null) return;
      const owner = await store.own('demo/leader', 'n1');
      await waitUntil('the leader', LONG_MS, () => keyOf(watch, 'leader') !== undefined);
      expect([keyOf(watch, 'leader')?.owner, keyOf(watch, 'initialize')?.owner]).toEqual([owner, null]);
      const lease = await watch.readLease(owner);
      if (lease.ok && lease.value !== null) {
        expect(lease.value.ttlSeconds).toBeGreaterThanOrEqual(0);
        expect(lease.value.ttlSeconds).toBeLessThanOrEqual(lease.value.grantedSeconds);
      }
      await store.end(owner);
      await waitUntil('the key to go', LONG_MS, () => watch.listed && keyOf(watch, 'leader') === undefined);
      expect(keyOf(watch, 'initialize')?.value).toBe('1');
      const ended = await watch.readLease(owner);
      expect(ended.ok ? ended.value : null).toBeNull();
    });

    claim('keeps the array of a scope in which nothing changed', async () => {
      const store = await started();
      await store.put('demo/initialize', '1');
      await store.put('other/initialize', '2');
      const watch = watching(store.access);
      await waitUntil('the list', LONG_MS, () => watch.scopes().length === 2);
      const before = watch.keysOf('demo');
      await store.put('other/config', '{}');
      await waitUntil('the other', LONG_MS, () => keyOf(watch, 'config', 'other') !== undefined);
      expect(watch.keysOf('demo')).toBe(before);
    });

    claim('is current while the store answers although nothing changes, and each endpoint is told of', async () => {
      const store = await started();
      await store.put('demo/initialize', '1');
      const watch = watching(store.access);
      const at = (): number => watch.rawFor('demo', NEVER_ASKED).currentAt ?? 0;
      await waitUntil('the list', LONG_MS, () => at() > 0);
      for (let round = 0; round < 3; round += 1) {
        const before = at();
        await waitUntil('a later answer', LONG_MS, () => at() > before);
      }
      const endpoints = () => watch.rawFor('demo', NEVER_ASKED).endpoints;
      await waitUntil('the health', LONG_MS, () =>
        endpoints().every(({ status, quorumRead }) => status.last?.ok && quorumRead.last?.ok),
      );
      expect(endpoints().length).toBeGreaterThan(0);
    });

    claim(
      'of a store that keeps silent says so, keeps what was seen as old, and catches up when it is back',
      async () => {
        const store = await started();
        await store.put('demo/initialize', '1');
        await store.put('demo/leader', 'n1');
        const watch = watching(store.access);
        const raw = () => watch.rawFor('demo', NEVER_ASKED);
        const proofs = (): unknown[] => raw().endpoints.map(({ quorumRead }) => quorumRead.last?.ok);
        await waitUntil('a quorum', LONG_MS, () => keyOf(watch, 'leader') !== undefined && proofs().includes(true));
        await store.freeze();
        await waitUntil('an error', LONG_MS, () => watch.error !== null && !proofs().includes(true));
        const frozenAt = raw().currentAt;
        await sleep(3000);
        expect([keyOf(watch, 'leader')?.value, raw().currentAt]).toEqual(['n1', frozenAt]);
        await store.thaw();
        await waitUntil('an answer', LONG_MS, () => watch.error === null && proofs().includes(true));
        await store.put('demo/leader', 'n2');
        await waitUntil('the change', LONG_MS, () => keyOf(watch, 'leader')?.value === 'n2');
        expect(raw().currentAt).toBeGreaterThan(frozenAt ?? Number.POSITIVE_INFINITY);
      },
    );

    claim('of a store that was restarted sees what changed before it looks again, and what changes then', async () => {
      const store = await started();
      await store.put('demo/initialize', '1');
      await store.put('demo/config', '{"ttl":30}');
      const watch = watching(store.access);
      await waitUntil('the list', LONG_MS, () => keyOf(watch, 'config') !== undefined);
      await store.restart();
      await store.put('demo/config', '{"ttl":20}');
      await waitUntil('the first change', LONG_MS, () => keyOf(watch, 'config')?.value === '{"ttl":20}');
      await store.put('demo/config', '{"ttl":40}');
      await waitUntil('the second', LONG_MS, () => keyOf(watch, 'config')?.value === '{"ttl":40}');
      await waitUntil('no error', LONG_MS, () => watch.error === null);
    });
  });

  describe(`${name}: rights`, () => {
    claim('without any, nothing is known: neither that there is a cluster nor that there is none', async () => {
      const store = await secured();
      await store.put('demo/initialize', '1');
      const watch = watching(store.nobody);
      await waitUntil('a refusal', LONG_MS, () => watch.error !== null);
      expect(REFUSED).toContain(watch.error?.kind);
      expect([watch.listed, watch.rawFor('demo', NEVER_ASKED).keys]).toEqual([false, null]);
    });

    claim('who is not known is refused, and what was sent is never repeated', async () => {
      const store = await secured();
      if (store.stranger === null) return;
      const watch = watching(store.stranger);
      await waitUntil('a refusal', LONG_MS, () => watch.error !== null);
      expect(REFUSED).toContain(watch.error?.kind);
      expect(JSON.stringify(watch.rawFor('demo', NEVER_ASKED))).not.toContain(SECRET);
      expect(watch.listed).toBe(false);
    });

    claim('to read are enough to read; nothing is written, which is certain', async () => {
      const store = await secured();
      await store.put('demo/initialize', '1');
      await store.put('demo/config', '{"ttl":30}');
      const watch = watching(store.reader);
      await waitUntil('the list', LONG_MS, () => keyOf(watch, 'config') !== undefined);
      expect(watch.error).toBeNull();
      const writer = writing(store.reader);
      const { config } = await writer.current('demo');
      const answer = await writer.commit('demo', {
        compare: { config: config?.version ?? ABSENT },
        leader: null,
        put: { config: '{"ttl":20}' },
      });
      expect(answer.kind === 'failed' && REFUSED.includes(answer.error.kind), JSON.stringify(answer)).toBe(true);
      expect((await writer.current('demo')).config?.value).toBe('{"ttl":30}');
    });

    claim('that are taken away while it watches do not end a cluster', async () => {
      const store = await secured();
      await store.put('demo/initialize', '1');
      const watch = watching(store.reader);
      await waitUntil('the list', LONG_MS, () => keyOf(watch, 'initialize') !== undefined && watch.error === null);
      await store.withdraw();
      // A watch that etcd has accepted goes on without rights; what it is refused is the next list or the proof of a quorum.
      await store.put('demo/config', '{}');
      await waitUntil('a refusal', LONG_MS, () => watch.error !== null);
      expect(REFUSED).toContain(watch.error?.kind);
      expect(keyOf(watch, 'initialize')?.value).toBe('1');
    });
  });

  describe(`${name}: writing`, { retry: 0 }, () => {
    const failover = '{"leader":"n1","member":"n2"}';
    async function cluster(): Promise<{ readonly store: DcsStore; readonly writer: DcsWriter }> {
      const store = await started();
      await store.put('demo/initialize', '1');
      await store.put('demo/config', '{"ttl":30}');
      await store.put('demo/leader', 'n1');
      return { store, writer: writing(store.access) };
    }

    claim('reads what is there with the versions that the watch sees, and absent keys as absent', async () => {
      const { store, writer } = await cluster();
      const watch = watching(store.access);
      await waitUntil('the list', LONG_MS, () => keyOf(watch, 'leader') !== undefined);
      const now = await writer.current('demo');
      expect(now).toMatchObject({ leader: { value: 'n1' }, config: { value: '{"ttl":30}' }, sync: null });
      expect(now.config?.version).toBe(keyOf(watch, 'config')?.version);
      expect(now.failover).toBeNull();
    });

    claim('of a key that is not there makes it, and not twice', async () => {
      const { writer } = await cluster();
      const wanted: Commit = { compare: { failover: ABSENT }, leader: { holder: 'n1' }, put: { failover } };
      expect((await writer.commit('demo', wanted)).kind).toBe('committed');
      const again = await writer.commit('demo', { ...wanted, put: { failover: '{"member":"n3"}' } });
      expect(again).toMatchObject({ kind: 'changed', now: { failover: { value: failover } } });
      expect((await writer.current('demo')).failover?.value).toBe(failover);
    });

    claim('tells the version it made', async () => {
      const { writer } = await cluster();
      const answer = await writer.commit('demo', { compare: { failover: ABSENT }, leader: null, put: { failover } });
      const { failover: made } = await writer.current('demo');
      expect(answer).toMatchObject({ kind: 'committed', revision: made?.version });
    });

    claim('is refused when any of what was seen has changed, or the leader is another one, or none', async () => {
      const { store, writer } = await cluster();
      await store.put('demo/sync', '{"leader":"n1"}');
      const seen = await writer.current('demo');
      const wanted: Commit = {
        compare: { failover: ABSENT, config: seen.config?.version ?? '', sync: seen.sync?.version ?? '' },
        leader: { holder: 'n1' },
        put: { failover },
      };
      const refused = async (why: string, commit = wanted): Promise<void> => {
        const answer = await writer.commit('demo', commit);
        expect(answer.kind, `${why}: ${JSON.stringify(answer)}`).toBe('changed');
        expect((await writer.current('demo')).failover, why).toBeNull();
      };
      await refused('somebody leads', { ...wanted, leader: 'nobody' });
      await store.put('demo/leader', 'n2');
      await refused('another one leads');
      await store.remove('demo/leader');
      await refused('nobody leads');
      await refused('sync has changed', {
        ...wanted,
        leader: 'nobody',
        compare: { ...wanted.compare, sync: seen.config?.version ?? '' },
      });
      await store.put('demo/config', '{"ttl":20}');
      await refused('config has changed', { ...wanted, leader: 'nobody' });
      const now = await writer.current('demo');
      const last = { ...wanted, compare: { ...wanted.compare, config: now.config?.version ?? '' } };
      expect((await writer.commit('demo', { ...last, leader: 'nobody' })).kind).toBe('committed');
    });

    claim('makes no cluster where none is', async () => {
      const { writer } = await cluster();
      const answer = await writer.commit('elsewhere', {
        compare: { config: ABSENT },
        leader: null,
        put: { config: '{}' },
      });
      expect(['changed', 'failed']).toContain(answer.kind);
      expect((await writer.current('elsewhere')).config).toBeNull();
    });

    claim(`beside another writer: in ${ROUNDS} rounds nothing is lost and nothing is written blindly`, async () => {
      const { store, writer } = await cluster();
      const marks = (value: string): string[] => (JSON.parse(value) as { marks?: string[] }).marks ?? [];
      const marked = (value: string, mark: string): string =>
        JSON.stringify({ ...JSON.parse(value), marks: [...marks(value), mark] });
      const written: string[] = [];
      let conflicts = 0;
      const ours = async (round: number): Promise<void> => {
        const { config } = await writer.current('demo');
        if (config === null) throw new Error('/config has gone');
        // Every third time the other one is certainly between the look and the write.
        if (round % 3 === 0) await theirs(`${round}b`);
        const answer = await writer.commit('demo', {
          compare: { config: config.version },
          leader: null,
          put: { config: marked(config.value, `ours ${round}`) },
        });
        if (answer.kind === 'committed') written.push(`ours ${round}`);
        else if (answer.kind === 'changed') conflicts += 1;
        else throw new Error(`round ${round}: ${JSON.stringify(answer)}`);
      };
      const theirs = async (round: string): Promise<void> => {
        if (await store.edit('demo/config', (value) => marked(value, `theirs ${round}`)))
          written.push(`theirs ${round}`);
        else conflicts += 1;
      };
      for (let round = 0; round < ROUNDS; round += 1) await Promise.all([ours(round), theirs(`${round}`)]);
      const { config } = await writer.current('demo');
      expect(marks(config?.value ?? '{}').sort()).toEqual(written.sort());
      // Without any the rounds proved nothing.
      expect(conflicts).toBeGreaterThanOrEqual(Math.floor(ROUNDS / 3));
    });

    for (const how of ['hold', 'cut'] as const)
      claim(`is sent once and not known when its answer is lost (${how}), although it was written`, async () => {
        const { store, writer } = await cluster();
        const relay = await startRelay(store.upstream);
        releases.push(() => relay.stop());
        const behind = writing(store.through(relay.host, relay.port));
        const value = JSON.stringify({ leader: 'n1', member: 'marked-candidate-93' });
        expect((await behind.current('demo')).failover).toBeNull();
        relay.keepBack(store.wire(value), how);
        const answer = await behind.commit('demo', {
          compare: { failover: ABSENT },
          leader: { holder: 'n1' },
          put: { failover: value },
        });
        expect(answer.kind, JSON.stringify(answer)).toBe('unknown');
        await sentOnce(relay);
        const made = (await writer.current('demo')).failover;
        expect(made?.value).toBe(value);
      });

    claim('to a store that is away is certainly not written', async () => {
      const { store } = await cluster();
      const relay = await startRelay(store.upstream);
      const behind = writing(store.through(relay.host, relay.port));
      await relay.stop();
      const answer = await behind.commit('demo', { compare: { failover: ABSENT }, leader: null, put: { failover } });
      expect(answer.kind, JSON.stringify(answer)).toBe('failed');
      await expect(behind.current('demo')).rejects.toMatchObject({ kind: expect.any(String) });
    });

    claim('tells earlier values newest first, or none where the store keeps none', async () => {
      const { store, writer } = await cluster();
      await store.put('demo/config', '{"ttl":20}');
      const { config } = await writer.current('demo');
      const past = await writer.past('demo', 'config', config?.version ?? '', 5);
      expect(past.map(({ value }) => value)).toEqual(past.length === 0 ? [] : ['{"ttl":20}', '{"ttl":30}']);
    });
  });
}

const keyOf = (watch: DcsWatch, key: string, scope = 'demo'): RawDcsKey | undefined =>
  watch.keysOf(scope)?.find((entry) => entry.key === key);

function values(watch: DcsWatch): Record<string, string> {
  return Object.fromEntries((watch.keysOf('demo') ?? []).map(({ key, value }) => [key, value]));
}

/** Long enough for a second try to be seen. */
async function sentOnce(relay: Relay): Promise<void> {
  await sleep(3000);
  expect(relay.sent).toBe(1);
}
