// The fake is only worth something while it behaves as Patroni does: its answers are read back through Howdah's own reader.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseClusterDocument, parsePatroniStatus } from '../../lib/domain/wire/patroni';
import { createPatroniReader } from '../../lib/io/patroni';
import { FakeFleet } from './fleet';
import { type Fault, PATRONI_PORT } from './patroni';

const reader = createPatroniReader({ tls: null, now: Date.now });
let fleet: FakeFleet;

beforeAll(async () => {
  fleet = await FakeFleet.start({ scopes: 2, members: 3 });
});
afterAll(async () => {
  await reader.close();
  await fleet.stop();
});

function target(name = 'n2') {
  const cluster = fleet.clusters[1];
  if (cluster === undefined) throw new Error('the fleet has two clusters');
  const node = cluster.node(name);
  return { cluster, node, base: `http://${node.host}:${PATRONI_PORT}` };
}

test('an answer is HTTP/1.0 with a Date and without Content-Length, and its end is the end of the connection', async () => {
  const { node } = target();
  const text = await new Promise<string>((resolve, reject) => {
    let all = '';
    const socket = connect(PATRONI_PORT, node.host, () => socket.write('GET /patroni HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('data', (chunk) => {
      all += chunk.toString();
    });
    socket.on('end', () => resolve(all));
    socket.on('error', reject);
  });
  expect(text).toMatch(/^HTTP\/1\.0 200 OK\r\n/);
  expect(text).toMatch(/\r\nDate: \w+, \d+ /);
  expect(text).not.toMatch(/content-length/i);
});

test('status and cluster documents are what the parsers of the product read', async () => {
  const { cluster, base } = target();
  const status = await reader.get(base, '/patroni', 2000);
  const document = await reader.get(base, '/cluster', 2000);
  const history = await reader.get(base, '/history', 2000);
  expect(status.ok && parsePatroniStatus(status.value)).toMatchObject({
    state: 'running',
    scope: cluster.scope,
    timeline: 1,
  });
  expect(document.ok && parseClusterDocument(document.value)?.members.map((member) => member.role)).toEqual([
    'leader',
    'replica',
    'replica',
  ]);
  expect(history).toMatchObject({ ok: true, value: { body: '[]' } });
  expect(await reader.get(base, '/nothing', 2000)).toMatchObject({ ok: true, value: { status: 503 } });
});

test('a promotion moves the role, the timeline and the history', async () => {
  const { cluster, base } = target('n3');
  cluster.promote('n3');
  const status = await reader.get(base, '/patroni', 2000);
  expect(status.ok && JSON.parse(status.value.body)).toMatchObject({ role: 'master', timeline: 2 });
  expect(cluster.history).toMatchObject([
    [1, expect.any(Number), 'no recovery target specified', expect.any(String), 'n3'],
  ]);
});

test('requests are counted per node and path', async () => {
  const { node, base } = target();
  fleet.resetCounts();
  await reader.get(base, '/patroni', 2000);
  await reader.get(base, '/patroni', 2000);
  await reader.get(base, '/config', 2000);
  expect(node.requests).toBe(3);
  expect(node.byPath.get('/patroni')).toBe(2);
  expect(fleet.requests).toBe(3);
});

const SEEN: readonly [Fault, object][] = [
  [{ kind: 'down' }, { ok: false, error: { kind: 'refused' } }],
  [{ kind: 'hang' }, { ok: false, error: { kind: 'timeout' } }],
  [
    { kind: 'slow', ms: 5000 },
    { ok: false, error: { kind: 'timeout' } },
  ],
  [{ kind: 'closed' }, { ok: false, error: { kind: 'closed' } }],
  [{ kind: 'wrong_json' }, { ok: true }],
  [{ kind: 'half_close' }, { ok: true }],
];

test.each(SEEN)('fault %o looks like it should and goes away', async (fault, seen) => {
  const { node, base } = target();
  await node.setFault(fault);
  const reading = await reader.get(base, '/patroni', 400);
  expect(reading).toMatchObject(seen);
  if (reading.ok) expect(parsePatroniStatus(reading.value)).toBeNull();
  await node.setFault({ kind: 'none' });
  expect(await reader.get(base, '/patroni', 2000)).toMatchObject({ ok: true, value: { status: 200 } });
});
