import { describe, expect, it } from 'vitest';
import { ACTION_KINDS, type ActionKind } from '../action-kind';
import { NOW, steady } from '../testkit';
import type { ActionRequest } from './action';
import { dangerOf, describeRequest, parseSchedule, validateRequest, verbOf } from './request';

const members = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const snapshot = steady({ members });

const REQUESTS: Readonly<Record<ActionKind, ActionRequest>> = {
  switchover: { kind: 'switchover', candidate: 'n2', scheduledAt: null },
  cancel_switchover: { kind: 'cancel_switchover' },
  failover: { kind: 'failover', candidate: 'n2' },
  pause: { kind: 'pause', owner: null, until: null, autoResume: false },
  resume: { kind: 'resume' },
  edit_config: {
    kind: 'edit_config',
    baseRevision: '50',
    baseDigest: null,
    value: { ttl: 30, loop_wait: 5 },
    text: null,
  },
  restart: { kind: 'restart', members: ['n2', 'n3'], onlyPending: false, scheduledAt: null, timeoutSeconds: null },
  rolling_restart: { kind: 'rolling_restart', onlyPending: false },
  cancel_restart: { kind: 'cancel_restart', member: 'n2' },
  reload: { kind: 'reload', members: ['n2'] },
  reinitialize: { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false },
  demote_cluster: { kind: 'demote_cluster', host: 'h', port: 5432, restoreCommand: null, primarySlotName: null },
  promote_cluster: { kind: 'promote_cluster' },
  end_session: {
    ...{ kind: 'end_session', member: 'n2', pid: 7, how: 'terminate' },
    backendStart: '2026-11-30T12:00:00.000000Z',
  },
  maintenance: {
    ...{ kind: 'maintenance', step: 'begin', member: null },
    plan: { members: ['n2', 'n1'], work: 'kernel', minutes: 30 },
  },
};

describe('a scheduled instant', () => {
  it.each([
    ['2026-11-21T03:00Z', '2026-11-21T03:00:00.000Z'],
    ['2026-11-21T03:00:30+01:00', '2026-11-21T02:00:30.000Z'],
    ['2026-11-21T03:00:30.250-05:30', '2026-11-21T08:30:30.250Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('%s is read as %s', (text, iso) => {
    expect(new Date(parseSchedule(text) ?? 0).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'now',
    'tomorrow 3am',
    '2026-11-21',
    '2026-11-21T03:00',
    '2026-11-21T03:00:00',
    '2026-11-21 03:00:00+00:00',
    '2026-11-21T03:00:00+0100',
    '2026-11-21T03:00:00+01',
    '2026-11-21T03:00:00 +01:00',
    '2026-11-21T03:00:00Z ',
    ' 2026-11-21T03:00:00Z',
    '2026-11-21T03:00:00Z\n',
    '2026-02-30T03:00:00Z',
    '2027-02-29T03:00:00Z',
    '2026-13-01T03:00:00Z',
    '2026-11-00T03:00:00Z',
    '2026-11-21T24:00:00Z',
    '2026-11-21T03:60:00Z',
    '2026-11-21T03:00:60Z',
    '2026-11-21T03:00:00.1234567Z',
    '2026-11-21T03:00:00+15:00',
    '2026-11-21T03:00:00+01:60',
    '+002026-11-21T03:00:00Z',
    '1795218900',
    '2026-W47-6T03:00Z',
  ])('%j is never taken: Patroni parses it while it loads the cluster', (text) => {
    expect(parseSchedule(text)).toBeNull();
  });
});

describe('a request', () => {
  it.each(ACTION_KINDS)('%s makes sense, has a title and a verb', (kind) => {
    const request = REQUESTS[kind];
    expect(validateRequest(request, snapshot, NOW)).toBeNull();
    expect(validateRequest(request, null, NOW)).toBeNull();
    expect(describeRequest(request, 'demo')).not.toMatch(/undefined|null/);
    expect(verbOf(request)).toMatch(/^[A-Z]/);
  });

  const schedule = (scheduledAt: string): ActionRequest => ({ kind: 'switchover', candidate: null, scheduledAt });
  const restart = REQUESTS.restart as Extract<ActionRequest, { kind: 'restart' }>;
  const pause = REQUESTS.pause as Extract<ActionRequest, { kind: 'pause' }>;
  const demote = REQUESTS.demote_cluster as Extract<ActionRequest, { kind: 'demote_cluster' }>;
  it.each<[string, ActionRequest, RegExp]>([
    ['a time without offset', schedule('2027-01-01T00:00:00'), /full instant/],
    ['a time in the past', schedule('2020-01-01T00:00:00Z'), /in the past/],
    ['a time years ahead', schedule('2036-01-01T00:00:00Z'), /more than a year/],
    ['a candidate that is no member', { kind: 'failover', candidate: 'n9' }, /n9 is not a member of demo/],
    ['no candidate', { kind: 'failover', candidate: '' }, /needs a candidate/],
    ['no members', { ...restart, members: [] }, /at least one/],
    ['a member twice', { ...restart, members: ['n2', 'n2'] }, /n2 is named twice/],
    ['strangers', { kind: 'reload', members: ['n2', 'x', 'y'] }, /x and y are not members/],
    ['a timeout of zero', { ...restart, timeoutSeconds: 0 }, /positive/],
    ['a timeout that is no number', { ...restart, timeoutSeconds: Number.NaN }, /positive/],
    ['a restart without offset', { ...restart, scheduledAt: '2027-01-01T00:00' }, /full instant/],
    ['a pause that ended', { ...pause, until: NOW - 1 }, /in the future/],
    ['a resume at no time', { ...pause, autoResume: true }, /needs an end/],
    ['a demote to nothing', { ...demote, host: null, port: null }, /host, a port or a restore_command/],
    ['a port out of range', { ...demote, port: 70_000 }, /65535/],
  ])('is refused with %s', (_, request, words) => {
    expect(validateRequest(request, snapshot, NOW)).toMatch(words);
  });
});

describe('what has to be typed', () => {
  const restart = REQUESTS.restart as Extract<ActionRequest, { kind: 'restart' }>;
  const config = snapshot.cluster.config?.value ?? {};
  const edit = (value: Record<string, unknown>): ActionRequest => ({
    kind: 'edit_config',
    baseRevision: '50',
    baseDigest: null,
    value,
    text: null,
  });
  it.each<[string, ActionRequest, string | null]>([
    ['a switchover', REQUESTS.switchover, 'demo'],
    ['a failover', REQUESTS.failover, 'demo'],
    ['a rolling restart', REQUESTS.rolling_restart, 'demo'],
    ['a demote', REQUESTS.demote_cluster, 'demo'],
    ['a restart of the leader', { ...restart, members: ['n1'] }, 'demo'],
    ['a restart of every replica', restart, 'demo'],
    ['a restart of one replica', { ...restart, members: ['n2'] }, null],
    ['a reinitialize', REQUESTS.reinitialize, 'n3'],
    ['a pause', REQUESTS.pause, null],
    ['a resume', REQUESTS.resume, null],
    ['a reload', REQUESTS.reload, null],
    ['a cancel', REQUESTS.cancel_switchover, null],
    ['an edit of work_mem', edit({ ...config, postgresql: { parameters: { work_mem: '8MB' } } }), null],
    ['an edit of synchronous_mode', edit({ ...config, synchronous_mode: true }), 'demo'],
    ['an edit of max_connections', edit({ ...config, postgresql: { parameters: { max_connections: 50 } } }), 'demo'],
  ])('for %s is %s', (_, request, word) => {
    expect(dangerOf(request, snapshot)).toBe(word);
  });
});
