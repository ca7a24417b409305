// What the fake answers to requests that change something, through Howdah's own writer.
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../lib/domain/wire/loose';
import { parsePatroniStatus } from '../../lib/domain/wire/patroni';
import { createPatroniReader } from '../../lib/io/patroni';
import { createPatroniWriter, type UnsafeMethod } from '../../lib/io/patroni-write';
import { FakeFleet } from './fleet';
import { type FakeCluster, PATRONI_PORT } from './patroni';
import { DEPARTURES } from './unsafe-request';

const writer = createPatroniWriter({
  username: 'patroni',
  password: 'right',
  tls: null,
  isInside: null,
  now: Date.now,
});
const stranger = createPatroniWriter({
  username: 'patroni',
  password: 'wrong',
  tls: null,
  isInside: null,
  now: Date.now,
});
const reader = createPatroniReader({ tls: null, now: Date.now });
let fleet: FakeFleet;
let cluster: FakeCluster;

beforeEach(async () => {
  await fleet?.stop();
  fleet = await FakeFleet.start({ scopes: 1, members: 3, version: '4.1.4' });
  const [first] = fleet.clusters;
  if (first === undefined) throw new Error('no cluster');
  cluster = first;
  cluster.user = { name: 'patroni', password: 'right' };
  cluster.stepMs = 10;
});
afterAll(async () => {
  await Promise.all([writer.close(), stranger.close(), reader.close(), fleet?.stop()]);
});

const base = (name: string): string => `http://${cluster.node(name).host}:${PATRONI_PORT}`;

async function send(name: string, method: UnsafeMethod, path: string, body: JsonObject | null, deadlineMs = 3000) {
  const reading = await writer.send(base(name), method, path, body, deadlineMs);
  return reading.ok ? [reading.value.status, reading.value.body] : reading.error.kind;
}

const switchover = { leader: 'n1', candidate: 'n2' };

test('a switchover waits, moves the leader, and says so', async () => {
  expect(await send('n1', 'POST', '/switchover', switchover)).toEqual([200, 'Successfully switched over to "n2"']);
  const status = await reader.get(base('n2'), '/patroni', 2000);
  expect(status.ok && parsePatroniStatus(status.value)).toMatchObject({ role: 'primary', timeline: 2 });
  expect(cluster.unsafe).toMatchObject([{ node: 'n1', method: 'POST', path: '/switchover', user: 'patroni' }]);
  expect(JSON.parse(cluster.unsafe[0]?.body ?? '')).toEqual(switchover);
});

test('a wrong password is refused before anything else, and recorded', async () => {
  const reading = await stranger.send(base('n1'), 'POST', '/switchover', switchover, 2000);
  expect(reading).toMatchObject({ ok: true, value: { status: 401, body: 'not authenticated' } });
  expect(cluster.leader).toBe('n1');
  expect(cluster.unsafe).toHaveLength(1);
});

const REFUSED: readonly [string, string, JsonObject, number, string][] = [
  ['no leader', '/switchover', { candidate: 'n2' }, 400, 'Switchover could be performed only from a specific leader'],
  ['no candidate', '/failover', { leader: 'n1' }, 400, 'Failover could be performed only to a specific candidate'],
  ['itself', '/switchover', { leader: 'n1', candidate: 'n1' }, 400, 'Switchover target and source are the same'],
  ['another leader', '/switchover', { leader: 'n2' }, 412, 'leader name does not match'],
  ['a stranger', '/failover', { candidate: 'n9' }, 412, 'candidate does not exists'],
  [
    'the past',
    '/switchover',
    { leader: 'n1', scheduled_at: '2020-01-01T00:00:00Z' },
    422,
    'Cannot schedule switchover in the past',
  ],
  [
    'no offset',
    '/switchover',
    { leader: 'n1', scheduled_at: '2099-01-01T00:00:00' },
    400,
    'Timezone information is mandatory for the scheduled switchover',
  ],
];

test.each(REFUSED)('%s is refused in the words of Patroni', async (_, path, body, status, words) => {
  expect(await send('n1', 'POST', path, body)).toEqual([status, words]);
  expect(cluster.leader).toBe('n1');
});

test('a scheduled switchover can be seen and deleted once', async () => {
  const scheduled_at = '2099-01-01T00:00:00+00:00';
  expect(await send('n1', 'POST', '/switchover', { ...switchover, scheduled_at })).toEqual([
    202,
    'Switchover scheduled',
  ]);
  expect(cluster.document()).toMatchObject({ scheduled_switchover: { at: scheduled_at, from: 'n1', to: 'n2' } });
  expect(await send('n3', 'DELETE', '/switchover', null)).toEqual([200, 'scheduled switchover deleted']);
  expect(await send('n3', 'DELETE', '/switchover', null)).toEqual([404, 'no switchover is scheduled']);
});

test('status unknown is answered while the move still comes', async () => {
  cluster.departures.set('POST /switchover', DEPARTURES.statusUnknown(80));
  expect(await send('n1', 'POST', '/switchover', switchover)).toEqual([503, 'Switchover status unknown']);
  expect(cluster.leader).toBe('n1');
  await expect.poll(() => cluster.leader, { timeout: 2000, interval: 20 }).toBe('n2');
});

test('a failed switchover changes nothing', async () => {
  cluster.departures.set('POST /switchover', DEPARTURES.failed());
  expect(await send('n1', 'POST', '/switchover', switchover)).toEqual([503, 'Switchover failed']);
  expect([cluster.leader, cluster.timeline]).toEqual(['n1', 1]);
});

test.each([true, false])('an empty reply is given while it happens: %s', async (happens) => {
  cluster.departures.set('POST /switchover', DEPARTURES.emptyReply(happens));
  expect(await send('n1', 'POST', '/switchover', switchover)).toBe('closed');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(cluster.leader).toBe(happens ? 'n2' : 'n1');
});

test('a hang outlasts the deadline of the caller while the move is over long before', async () => {
  cluster.departures.set('POST /switchover', DEPARTURES.hang(20_000));
  expect(await send('n1', 'POST', '/switchover', switchover, 300)).toBe('timeout');
  expect(cluster.leader).toBe('n2');
});

test('another member than asked for leads, and the answer is 200', async () => {
  cluster.departures.set('POST /switchover', DEPARTURES.insteadOf('n3'));
  const words = 'Switched over to "n3" instead of "n2"';
  expect(await send('n1', 'POST', '/switchover', switchover)).toEqual([200, words]);
  expect(cluster.leader).toBe('n3');
});

test('a departure for one request leaves the next alone', async () => {
  cluster.departures.set('POST /switchover', { ...DEPARTURES.precheck('leader name does not match'), once: true });
  expect(await send('n1', 'POST', '/switchover', switchover)).toEqual([412, 'leader name does not match']);
  expect(await send('n1', 'POST', '/switchover', switchover)).toMatchObject([200, expect.any(String)]);
});

test('a PATCH merges, a null removes, and one that changes nothing still wakes the leader', async () => {
  let woken = 0;
  cluster.onWake = () => {
    woken += 1;
  };
  const before = cluster.config;
  expect(await send('n1', 'PATCH', '/config', { howdah_wake: null })).toEqual([200, JSON.stringify(before)]);
  expect(cluster.config).toBe(before);
  await send('n1', 'PATCH', '/config', { pause: true, postgresql: { parameters: { work_mem: '8MB' } } });
  expect(cluster.config).toMatchObject({
    pause: true,
    postgresql: { parameters: { max_connections: 100, work_mem: '8MB' } },
  });
  expect(cluster.statusOf(cluster.node('n3'))).toMatchObject({ pause: true });
  await send('n1', 'PATCH', '/config', { pause: null });
  expect(cluster.paused).toBe(false);
  expect(woken).toBe(3);
  expect(await send('n1', 'PATCH', '/config', {})).toMatchObject([400, expect.any(String)]);
});

test('a PUT replaces everything and wakes nobody', async () => {
  cluster.onWake = () => expect.unreachable();
  expect(await send('n1', 'PUT', '/config', { ttl: 20 })).toEqual([200, '{"ttl":20}']);
  expect(cluster.config).toEqual({ ttl: 20 });
});

test('a restart blocks until it is over; a second one meanwhile is told so', async () => {
  const node = cluster.node('n2');
  node.pendingRestart = true;
  cluster.stepMs = 150;
  const before = node.startedAt;
  const first = send('n2', 'POST', '/restart', { restart_pending: true });
  await expect
    .poll(() => cluster.statusOf(node), { timeout: 1000, interval: 10 })
    .toMatchObject({ state: 'restarting' });
  expect(await send('n2', 'POST', '/restart', {})).toEqual([503, 'restart already in progress']);
  expect(await first).toEqual([200, 'restarted successfully']);
  expect(node.startedAt).toBeGreaterThan(before);
  expect(await send('n2', 'POST', '/restart', { restart_pending: false })).toEqual([
    503,
    'restart conditions are not satisfied',
  ]);
});

test('one restart can be scheduled and deleted', async () => {
  const schedule = '2099-01-01T00:00:00+00:00';
  expect(await send('n2', 'POST', '/restart', { schedule })).toEqual([202, 'Restart scheduled']);
  expect(cluster.statusOf(cluster.node('n2'))).toMatchObject({ scheduled_restart: { schedule } });
  expect(await send('n2', 'POST', '/restart', { schedule })).toEqual([409, 'Another restart is already scheduled']);
  expect(await send('n2', 'DELETE', '/restart', null)).toEqual([200, 'scheduled restart deleted']);
  expect(await send('n2', 'DELETE', '/restart', null)).toEqual([404, 'no restarts are scheduled']);
});

test('reinitialize is answered at once and goes on; a leader refuses, reload is taken', async () => {
  const node = cluster.node('n3');
  cluster.stepMs = 60;
  expect(await send('n3', 'POST', '/reinitialize', {})).toEqual([200, 'reinitialize started']);
  expect(await send('n3', 'POST', '/reinitialize', {})).toEqual([503, 'reinitialize already in progress']);
  await expect
    .poll(() => cluster.statusOf(node), { timeout: 1000, interval: 10 })
    .toMatchObject({ state: 'creating replica', role: 'uninitialized' });
  await expect.poll(() => node.busy, { timeout: 1000, interval: 10 }).toBeNull();
  expect(await send('n1', 'POST', '/reinitialize', {})).toEqual([503, 'I am the leader, can not reinitialize']);
  expect(await send('n3', 'POST', '/reload', null)).toEqual([202, 'reload scheduled']);
});
