// Which clusters there are, as etcd says it: a watch of the test in place of the real one, and members that nobody asks.
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
    ...{ revision: '5', currentAt: Date.now(), error: this.error, endpoints: [] },
    leaderLease: { last: null, good: null },
  });
}

const made = vi.hoisted(() => ({ watch: null as unknown }));
vi.mock('../../io/etcd-watch', async (original) => ({
  ...(await original<typeof import('../../io/etcd-watch')>()),
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
function open(...flags: string[]): void {
  watch = new FakeWatch();
  made.watch = watch;
  gone = [];
  const argv = ['--etcd', 'http://127.0.0.1:1', ...flags];
  const loaded = loadConfig({ argv, env: {}, cwd: '/', readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => String(message)).join('; '));
  collector = new Collector({
    sources: loaded.config.sources,
    poll: loaded.config.poll,
    now: Date.now,
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
