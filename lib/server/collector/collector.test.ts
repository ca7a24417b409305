// Which clusters there are, as etcd says it: a watch of the test in place of the real one, and members that nobody asks.
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RawDcsKey, ReadingError } from '../../domain/raw';
import { loadConfig } from '../config/config';
import { Collector } from './collector';

class FakeWatch {
  listed = false;
  error: ReadingError | null = null;
  readonly keys = new Map<string, readonly RawDcsKey[]>();
  onChange: (scopes: readonly string[]) => void = () => undefined;
  start(): void {}
  async stop(): Promise<void> {}
  async checkHealth(): Promise<void> {}
  scopes = (): readonly string[] => [...this.keys.keys()].sort();
  keysOf = (scope: string): readonly RawDcsKey[] | null => this.keys.get(scope) ?? null;
  readLease = async () => ({ ok: false, error: { kind: 'timeout', message: '' }, at: 0, tookMs: 0 });
  rawFor = (scope: string) => ({
    ...{ kind: 'etcd3', namespace: '/service/', keys: this.listed ? (this.keys.get(scope) ?? []) : null },
    ...{ position: '5', currentAt: Date.now() + later, error: this.error, endpoints: [] },
    leaderLease: { last: null, good: null },
  });
}

const made = vi.hoisted(() => ({ watch: null as unknown }));
vi.mock('../../io/dcs/etcd/watch', async (original) => ({
  ...(await original<typeof import('../../io/dcs/etcd/watch')>()),
  EtcdWatch: class {
    constructor(options: { onChange: (scopes: readonly string[]) => void }) {
      const watch = made.watch as FakeWatch;
      watch.onChange = options.onChange;
      // biome-ignore lint/correctness/noConstructorReturn: it stands in for the class
      return watch;
    }
  },
}));

const key = (name: string, value = 'x'): RawDcsKey => ({
  ...{ key: name, value, version: '5', owner: null },
});
const PATRONI = [key('config', '{}')];

let watch: FakeWatch;
let collector: Collector;
let gone: string[];
/** ms by which the collector's clock is ahead. */
let later = 0;
function open(...flags: string[]): void {
  watch = new FakeWatch();
  made.watch = watch;
  gone = [];
  later = 0;
  const argv = ['--etcd', 'http://127.0.0.1:1', ...flags];
  const loaded = loadConfig({ argv, env: {}, cwd: '/', readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => String(message)).join('; '));
  collector = new Collector({
    sources: loaded.config.sources,
    poll: loaded.config.poll,
    now: () => Date.now() + later,
    onUpdate: () => undefined,
    onGone: (scope) => gone.push(scope),
  });
  collector.start();
}
beforeEach(() => open());
afterEach(() => collector.stop());

const TIMEOUT: ReadingError = { kind: 'timeout', message: 'no answer in time' };

function lists(...scopes: string[]): void {
  watch.listed = true;
  watch.keys.clear();
  for (const scope of scopes) watch.keys.set(scope, PATRONI);
  watch.onChange(scopes);
}

describe('a scope', () => {
  it('is there with its first key of Patroni, and gone when a list without error has it no more', () => {
    lists('a', 'b');
    expect([collector.scopes(), gone]).toEqual([['a', 'b'], []]);
    lists('b');
    expect([collector.scopes(), gone]).toEqual([['b'], ['a']]);
  });

  it('is not dropped while etcd errs, whatever is missing; only when it can be read again', () => {
    lists('a', 'b');
    watch.error = TIMEOUT;
    watch.keys.delete('a');
    watch.onChange(['a']);
    watch.keys.clear();
    watch.onChange([]);
    expect([collector.scopes(), gone]).toEqual([['a', 'b'], []]);
    watch.error = null;
    lists('b');
    expect([collector.scopes(), gone]).toEqual([['b'], ['a']]);
  });

  it('is not dropped before the first list', () => {
    lists('a');
    watch.listed = false;
    watch.keys.clear();
    watch.onChange([]);
    expect([collector.scopes(), gone]).toEqual([['a'], []]);
  });

  it('is none where only others keep keys', () => {
    watch.listed = true;
    watch.keys.set('locks', [key('lock'), key('jobs/1')]);
    watch.keys.set('a', [key('members/n1', '{}')]);
    watch.onChange(['a', 'locks']);
    expect(collector.scopes()).toEqual(['a']);
  });

  it('that has no key any more but those of others is gone', () => {
    lists('a');
    watch.keys.set('a', [key('lock')]);
    watch.onChange(['a']);
    expect(gone).toEqual(['a']);
  });
});

describe('a scope whose keys vanish', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A Patroni that runs a primary, on a port of its own. */
  async function patroni(): Promise<string> {
    const server = createServer((_, answer) =>
      answer.end(
        JSON.stringify({
          state: 'running',
          role: 'primary',
          timeline: 1,
          xlog: { location: 1 },
          patroni: { version: '4.1.5', scope: 'a', name: 'n1' },
        }),
      ),
    );
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }
  const vanish = (): void => {
    watch.keys.clear();
    watch.keys.set('b', PATRONI);
    watch.onChange(['a', 'b']);
  };

  it('stays while a member answers, and is said; it goes when nobody has answered for a quarter of an hour', async () => {
    const url = await patroni();
    watch.listed = true;
    watch.keys.set('a', [
      ...PATRONI,
      key('members/n1', JSON.stringify({ api_url: `${url}/patroni`, state: 'running' })),
    ]);
    watch.keys.set('b', PATRONI);
    watch.onChange(['a', 'b']);
    await vi.waitFor(() => expect(collector.snapshotOf('a')?.cluster.members[0]?.silent).toBe(false), 20_000);
    vanish();
    expect([collector.scopes(), gone]).toEqual([['a', 'b'], []]);
    await vi.waitFor(
      () => expect(collector.snapshotOf('a')?.findings.map(({ code }) => code)).toContain('keys_gone'),
      20_000,
    );
    for (const server of servers) server.close();
    later = 16 * 60_000;
    watch.onChange(['a']);
    expect([collector.scopes(), gone]).toEqual([['b'], ['a']]);
  });

  const remembered = (url: string) => ({
    ...{ name: 'n1', systemIdentifier: '7710406339524702777', firstAt: 1, listedAt: 2 },
    ...{ apiUrl: url, host: '127.0.0.1', port: 5432 },
  });

  it('is there after a restart too, by what was remembered, and is critical; also when nobody answers any more, for ever', async () => {
    const url = await patroni();
    watch.listed = true;
    watch.keys.set('b', PATRONI);
    watch.onChange(['b']);
    expect(collector.scopes()).toEqual(['b']);
    collector.setRosters({ a: [remembered(url)] });
    const titles = (): string[] =>
      collector
        .snapshotOf('a')
        ?.findings.flatMap(({ code, severity, title }) => (code === 'keys_gone' ? [`${severity}: ${title}`] : [])) ??
      [];
    await vi.waitFor(
      () => expect(titles()).toEqual(['critical: The keys of the cluster are gone; n1 still runs as a primary']),
      20_000,
    );
    for (const server of servers) server.close();
    later = 400 * 86_400_000;
    watch.onChange(['a']);
    await vi.waitFor(
      () => expect(titles()).toEqual(['critical: The keys of the cluster are gone, and none of n1 answers']),
      20_000,
    );
    expect([collector.scopes(), gone]).toEqual([['a', 'b'], []]);
  });

  it('ends when a person has said that it was removed, also while a member still answers', async () => {
    const url = await patroni();
    watch.listed = true;
    watch.keys.set('b', PATRONI);
    collector.setRosters({ a: [remembered(url)] });
    await vi.waitFor(() => expect(collector.snapshotOf('a')?.cluster.members[0]?.silent).toBe(false), 20_000);
    collector.setRosters({});
    expect([collector.scopes(), gone]).toEqual([['b'], ['a']]);
  });

  it('is not brought back where the store has not said what was there, nor where the file does not name it', () => {
    lists('b');
    collector.setRosters(null);
    expect(collector.scopes()).toEqual(['b']);
  });

  it('goes at once where no member was ever heard', () => {
    watch.listed = true;
    watch.keys.set('a', [...PATRONI, key('members/n1', JSON.stringify({ api_url: 'http://127.0.0.1:1/patroni' }))]);
    watch.onChange(['a']);
    vanish();
    expect([collector.scopes(), gone]).toEqual([['b'], ['a']]);
  });
});

describe('what is wrong with a source', () => {
  it('is what etcd says, or that it holds nothing', () => {
    lists();
    expect(collector.state().problems.map(({ text }) => String(text))).toEqual([
      expect.stringContaining('there is no cluster below /service/'),
    ]);
    lists('a');
    expect(collector.state().problems).toEqual([]);
    watch.error = TIMEOUT;
    expect(collector.state().problems.map(({ text }) => String(text))).toEqual(['etcd: no answer in time']);
  });
});
