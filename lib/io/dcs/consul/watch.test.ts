// What a real Consul does only when something is wrong with it: an index that falls, answers without a change, bodies without an end,
// lists that look empty because of rights, no leader.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEVER_ASKED, type RawDcs } from '../../../domain/raw';
import { say, TestConsul } from './test-consul';
import { ConsulWatch } from './watch';

const POLICY = 'key_prefix "service/" { policy = "read" }';

let consul: TestConsul;
const releases: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  consul = await started();
});
afterEach(async () => {
  for (const release of releases.splice(0).reverse()) await release();
});

async function started(): Promise<TestConsul> {
  const made = await new TestConsul().start();
  releases.push(() => made.stop());
  return made;
}

function watching(hosts: readonly string[] = [consul.url], token: string | null = 'marked-secret-41'): ConsulWatch {
  const watch = new ConsulWatch({
    kind: 'consul',
    hosts,
    namespace: '/service/',
    token,
    datacenter: 'fra',
    tls: null,
    now: Date.now,
    onChange: () => undefined,
  });
  releases.push(() => watch.stop());
  watch.start();
  return watch;
}

async function until(what: string, test: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!test()) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const raw = (watch: ConsulWatch): RawDcs => watch.rawFor('demo', NEVER_ASKED);
const textOf = (watch: ConsulWatch, key: string): string | undefined =>
  watch.keysOf('demo')?.find((entry) => entry.key === key)?.value;

describe('the watch of Consul', () => {
  it('asks with token and datacenter, and waits from the index of the last answer', async () => {
    consul.put('service/demo/leader', 'n1', 's1');
    const watch = watching();
    await until('the list', () => textOf(watch, 'leader') === 'n1');
    consul.put('service/demo/leader', 'n2', 's2');
    await until('the change', () => textOf(watch, 'leader') === 'n2' && consul.lists().length > 2);
    const [first, second, third] = consul.lists();
    expect([first?.query.get('index'), second?.query.get('index')]).toEqual([null, '11']);
    expect([third?.query.get('index'), third?.query.get('wait')]).toEqual(['12', '10s']);
    expect([third?.token, third?.query.get('dc'), third?.path]).toEqual(['marked-secret-41', 'fra', '/v1/kv/service/']);
    expect(watch.keysOf('demo')).toEqual([{ key: 'leader', value: 'n2', version: '12', created: '11', owner: 's2' }]);
  });

  it('begins anew when the index falls: Consul was restored from a snapshot', async () => {
    consul.index = 500;
    consul.put('service/demo/config', '{"ttl":30}');
    const watch = watching();
    await until('the list', () => textOf(watch, 'config') === '{"ttl":30}' && consul.waiting > 0);
    consul.index = 90;
    consul.put('service/demo/config', '{"ttl":20}');
    await until('what was restored', () => textOf(watch, 'config') === '{"ttl":20}');
    expect(raw(watch)).toMatchObject({ position: '91', error: null });
    const fallen = consul.lists().map(({ query }) => query.get('index'));
    expect(fallen.slice(0, 3)).toEqual([null, '501', null]);
  });

  it('takes an answer without any change for what it is, and does not ask again as fast as it can', async () => {
    consul.put('service/demo/leader', 'n1');
    const watch = watching();
    await until('the list', () => textOf(watch, 'leader') === 'n1');
    const before = watch.keysOf('demo');
    consul.hurries = true;
    consul.wake();
    const asked = consul.lists().length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(consul.lists().length - asked).toBeLessThan(10);
    expect([watch.keysOf('demo'), watch.error]).toEqual([before, null]);
  });

  it('believes no empty list before it could read one exact key: without the right Consul says "nothing there"', async () => {
    consul.put('service/demo/leader', 'n1');
    consul.denies = true;
    const watch = watching();
    await until('a refusal', () => watch.error !== null);
    expect(watch.error?.kind).toBe('denied');
    expect(String(watch.error?.message)).toContain(POLICY);
    expect([watch.listed, raw(watch).keys]).toEqual([false, null]);
    consul.denies = false;
    await until('the list', () => textOf(watch, 'leader') === 'n1');
    expect(watch.error).toBeNull();
  });

  it('keeps what it saw when the right goes, and lets a cluster go whose keys were deleted', async () => {
    consul.put('service/demo/leader', 'n1');
    consul.put('service/other/leader', 'n9');
    const watch = watching();
    await until('the list', () => watch.scopes().length === 2);
    consul.denies = true;
    consul.remove('service/other/leader');
    await until('a refusal', () => watch.error?.kind === 'denied');
    expect(watch.scopes()).toEqual(['demo', 'other']);
    consul.denies = false;
    await until('the list', () => watch.error === null);
    await until('the other to go', () => watch.scopes().length === 1);
  });

  it('calls a list refused that Consul says it has shortened', async () => {
    consul.put('service/demo/leader', 'n1');
    consul.isFiltered = true;
    const watch = watching([consul.url], null);
    await until('a refusal', () => watch.error !== null);
    expect(String(watch.error?.message)).toBe(`permission denied: give Howdah a token whose policy has ${POLICY}`);
    expect(watch.listed).toBe(false);
  });

  it('of an unknown token says so, and never the token', async () => {
    consul.bend = ({ path }, response) => {
      if (path.startsWith('/v1/status')) return false;
      say(response, 403, 'rpc error making call: ACL not found');
      return true;
    };
    const watch = watching();
    await until('a refusal', () => watch.error !== null);
    expect(String(watch.error?.message)).toBe('sign-in refused: it does not know the token');
    await watch.checkHealth();
    expect(JSON.stringify(raw(watch))).not.toContain('marked-secret-41');
  });

  it('without a leader shows what a server still knows, as old, and is current again with one', async () => {
    consul.put('service/demo/leader', 'n1');
    consul.leader = '';
    const watch = watching();
    await until('what is left', () => textOf(watch, 'leader') === 'n1');
    expect(raw(watch).currentAt).toBeNull();
    expect(String(watch.error?.message)).toBe('no answer in time: it knows no leader');
    await watch.checkHealth();
    expect(raw(watch).endpoints[0]).toMatchObject({
      status: { last: { ok: true, value: { role: 'leaderless' } } },
      quorumRead: { last: { ok: false } },
    });
    expect(consul.lists(), 'nobody waits seven seconds').toEqual([]);
    consul.leader = '10.0.0.1:8300';
    consul.put('service/demo/leader', 'n2');
    await until('the change', () => textOf(watch, 'leader') === 'n2');
    expect([watch.error, raw(watch).currentAt !== null]).toEqual([null, true]);
  });

  it('shows nothing older than it has seen', async () => {
    consul.put('service/demo/leader', 'n1');
    const watch = watching();
    await until('the list', () => textOf(watch, 'leader') === 'n1');
    consul.leader = '';
    consul.index = 5;
    consul.keys.set('service/demo/leader', { value: 'n0', created: 4, modified: 5, session: null });
    consul.wake();
    await until('an error', () => watch.error !== null);
    await until('an old list', () => consul.asked.some(({ query }) => query.has('stale')));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(textOf(watch, 'leader')).toBe('n1');
  });

  it('ends an answer that has no end', async () => {
    let written = 0;
    let isClosed = false;
    consul.bend = ({ query }, response) => {
      if (!query.has('recurse')) return false;
      response.writeHead(200, { 'X-Consul-Index': '12' });
      response.on('close', () => {
        isClosed = true;
      });
      const chunk = Buffer.alloc(1024 * 1024, 'x');
      const more = (): void => {
        while (!isClosed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
      };
      more();
      return true;
    };
    const watch = watching();
    await until('an error', () => watch.error !== null);
    expect(String(watch.error?.message)).toBe('not a valid answer: more than 64 MiB of keys stand below service/');
    await until('the end', () => isClosed);
    expect(written).toBeLessThan(100 * 1024 * 1024);
  });

  it.each([
    [
      'another server',
      (response: Parameters<typeof say>[0]) => say(response, 404, '<html>'),
      'no Consul answers there',
    ],
    ['a page', (response: Parameters<typeof say>[0]) => say(response, 200, '<html>'), 'no Consul answers there'],
    ['a redirection', (response: Parameters<typeof say>[0]) => say(response, 301, ''), 'answers 301'],
  ])('of %s says that', async (_, answer, words) => {
    consul.bend = (_asked, response) => {
      answer(response);
      return true;
    };
    const watch = watching();
    await until('an error', () => watch.error !== null);
    expect(String(watch.error?.message)).toContain(words);
    expect(watch.listed).toBe(false);
  });

  it('leaves out rows that are no keys, and reads text of any language', async () => {
    consul.put('service/demo/config', '{"clé":"ключ"}');
    consul.bend = ({ query }, response) => {
      if (!query.has('recurse') || query.has('index')) return false;
      const Value = Buffer.from('{"clé":"ключ"}').toString('base64');
      const good = { Key: 'service/demo/config', Value, CreateIndex: 11, ModifyIndex: 11 };
      const bad = [null, 7, [], {}, { Key: 'service/demo/x', Value, ModifyIndex: 'a', CreateIndex: 1 }];
      const empty = { Key: 'service/demo/sync', Value: null, CreateIndex: 11, ModifyIndex: 11 };
      say(response, 200, JSON.stringify([...bad, good, empty]), { 'X-Consul-Index': '11' });
      return true;
    };
    const watch = watching();
    await until('the list', () => watch.listed);
    expect(watch.keysOf('demo')?.map(({ key, value }) => [key, value])).toEqual([
      ['config', '{"clé":"ключ"}'],
      ['sync', ''],
    ]);
  });

  it('goes on with another agent while one knows no leader', async () => {
    const other = await started();
    for (const one of [consul, other]) one.put('service/demo/leader', 'n1');
    const watch = watching([consul.url, other.url]);
    await until('the list', () => textOf(watch, 'leader') === 'n1');
    await watch.checkHealth();
    consul.leader = '';
    other.put('service/demo/leader', 'n2');
    await watch.checkHealth();
    await until('the other one', () => textOf(watch, 'leader') === 'n2');
    expect(watch.error).toBeNull();
  });
});

describe('the health of an agent', () => {
  async function statusOf(watch: ConsulWatch) {
    await watch.checkHealth();
    const last = raw(watch).endpoints[0]?.status.last;
    return last?.ok ? last.value : null;
  }

  it('is told by the agent itself', async () => {
    consul.self = {
      Config: { NodeName: 'c1', Server: true, Version: '1.14.11' },
      Stats: { raft: { term: '7', state: 'Leader' }, consul: { leader: 'true' } },
      Member: { Tags: {} },
    };
    const watch = watching();
    expect(await statusOf(watch)).toEqual({
      name: 'c1',
      role: 'leader',
      version: '1.14.11',
      sizeBytes: null,
      term: '7',
      alarms: [],
    });
    consul.self = {
      Config: { NodeName: 'c1' },
      Stats: { consul: { leader: 'false' } },
      Member: { Tags: { read_replica: '1' } },
    };
    expect(await statusOf(watch)).toMatchObject({ role: 'learner' });
  });

  it('without the right is who leads, by the address', async () => {
    const watch = watching();
    expect(await statusOf(watch)).toMatchObject({ name: null, role: 'follower', version: null });
    consul.leader = '127.0.0.1:8300';
    expect(await statusOf(watch)).toMatchObject({ role: 'leader' });
  });

  it('tells the missing right from a missing quorum', async () => {
    consul.put('service/demo/leader', 'n1');
    const watch = watching();
    await until('the list', () => watch.listed);
    consul.denies = true;
    await watch.checkHealth();
    const last = raw(watch).endpoints[0]?.quorumRead.last;
    expect(last?.ok === false ? String(last.error.message) : null).toBe(
      `permission denied: the policy of the token lacks ${POLICY}`,
    );
  });

  it('tells no remaining life of a session: Consul knows none', async () => {
    expect(await watching().readLease()).toMatchObject({ ok: false, error: { kind: 'skipped' } });
  });
});
