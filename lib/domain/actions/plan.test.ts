// What is sent, to the byte: the values of /failover and /config as Patroni 4.1.5 writes them itself, the bodies its REST takes.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { patchOf } from '../config/diff';
import { type ClusterSpec, steady } from '../testkit';
import type { JsonObject } from '../wire/loose';
import type { ActionRequest, Way } from './action';
import { canonical, digestOf } from './bound';
import { type Call, callOf, planOf, wayOf } from './plan';

const members = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }];
const healthy: ClusterSpec = { members };
const AT = '2026-11-21T03:06:59.297+00:00';
const CONFIG = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: 1048576 };
const restart = {
  kind: 'restart',
  members: ['n1', 'n3'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
} as const;

function call(request: ActionRequest, way: Way = 'dcs', spec: ClusterSpec = healthy): Call | null {
  const snapshot = steady(spec);
  const stage = planOf(request, snapshot)[0];
  if (stage === undefined) throw new Error('the plan is empty');
  return callOf(stage, request, way, snapshot);
}
const textOf = (made: Call | null): string | null => (made?.way === 'dcs' ? made.value : null);
const bodyOf = (made: Call | null): unknown =>
  made?.way === 'rest' ? [made.method, made.path, made.member, made.body] : null;

describe('by the DCS', () => {
  const VALUES: readonly (readonly [ActionRequest, string])[] = [
    [{ kind: 'switchover', candidate: 'n2', scheduledAt: null }, '{"leader":"n1","member":"n2"}'],
    [{ kind: 'switchover', candidate: null, scheduledAt: null }, '{"leader":"n1"}'],
    [{ kind: 'switchover', candidate: 'n2', scheduledAt: AT }, `{"leader":"n1","member":"n2","scheduled_at":"${AT}"}`],
    [{ kind: 'failover', candidate: 'n2' }, '{"member":"n2"}'],
    [{ kind: 'cancel_switchover' }, '{}'],
    [{ kind: 'pause', owner: null, until: null, autoResume: false }, JSON.stringify({ ...CONFIG, pause: true })],
    [{ kind: 'resume' }, JSON.stringify(CONFIG)],
    [
      { kind: 'demote_cluster', host: 'a', port: 5432, restoreCommand: null, primarySlotName: null },
      JSON.stringify({ ...CONFIG, standby_cluster: { host: 'a', port: 5432 } }),
    ],
    [{ kind: 'promote_cluster' }, JSON.stringify(CONFIG)],
  ];
  test.each(VALUES)('%o', (request, value) => {
    const config = request.kind === 'resume' ? { ...CONFIG, pause: true } : CONFIG;
    const standby = request.kind === 'promote_cluster' ? { ...CONFIG, standby_cluster: { host: 'a' } } : config;
    expect(textOf(call(request, 'dcs', { ...healthy, config: standby }))).toBe(value);
  });

  it('a switchover compares all that was seen and names the leader; it wakes nobody for later', () => {
    expect(call({ kind: 'switchover', candidate: 'n2', scheduledAt: null })).toMatchObject({
      compare: ['failover', 'sync', 'config'],
      leader: { holder: 'n1' },
      key: 'failover',
      wake: 'n1',
    });
    expect(call({ kind: 'switchover', candidate: 'n2', scheduledAt: AT })).toMatchObject({ wake: null });
    expect(call({ kind: 'failover', candidate: 'n2' }, 'dcs', { ...healthy, leader: null })).toMatchObject({
      wake: 'n2',
    });
  });

  it('without a leader there is nobody to switch over from', () => {
    expect(
      call({ kind: 'switchover', candidate: 'n2', scheduledAt: null }, 'dcs', { ...healthy, leader: null }),
    ).toBeNull();
  });

  it('the configuration keeps the order of keys that was typed', () => {
    const value = { postgresql: { parameters: { b: 1, a: 2 } }, ttl: 20 };
    const edit = { kind: 'edit_config', baseRevision: '50', baseDigest: digestOf(CONFIG), value, text: null } as const;
    expect(textOf(call(edit))).toBe('{"postgresql":{"parameters":{"b":1,"a":2}},"ttl":20}');
    expect(call(edit)).toMatchObject({ compare: ['config'], key: 'config', wake: null });
  });
});

describe('over REST', () => {
  const BODIES: readonly (readonly [ActionRequest, readonly unknown[]])[] = [
    [
      { kind: 'switchover', candidate: 'n2', scheduledAt: AT },
      ['POST', '/switchover', 'n1', { leader: 'n1', candidate: 'n2', scheduled_at: AT }],
    ],
    [{ kind: 'failover', candidate: 'n2' }, ['POST', '/failover', 'n1', { candidate: 'n2' }]],
    [{ kind: 'cancel_switchover' }, ['DELETE', '/switchover', null, null]],
    [{ kind: 'pause', owner: null, until: null, autoResume: false }, ['PATCH', '/config', 'n1', { pause: true }]],
    [{ kind: 'resume' }, ['PATCH', '/config', 'n1', { pause: null }]],
    [restart, ['POST', '/restart', 'n3', null]],
    [{ ...restart, members: ['n2'], timeoutSeconds: 30 }, ['POST', '/restart', 'n2', { timeout: 30 }]],
    [{ ...restart, members: ['n2'], onlyPending: true }, ['POST', '/restart', 'n2', null]],
    [
      { ...restart, members: ['n2'], onlyPending: true, scheduledAt: AT },
      ['POST', '/restart', 'n2', { restart_pending: true, schedule: AT }],
    ],
    [{ kind: 'cancel_restart', member: 'n2' }, ['DELETE', '/restart', 'n2', null]],
    [{ kind: 'reload', members: ['n2'] }, ['POST', '/reload', 'n2', null]],
    [
      { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: true },
      ['POST', '/reinitialize', 'n3', null],
    ],
    [
      { kind: 'reinitialize', member: 'n3', fromLeader: true, force: true, override: false },
      ['POST', '/reinitialize', 'n3', { force: true, from_leader: true }],
    ],
  ];
  test.each(BODIES)('%o', (request, body) => {
    expect(bodyOf(call(request, 'rest'))).toEqual(body);
  });
});

describe('stages', () => {
  const order = (request: ActionRequest, spec: ClusterSpec = healthy) =>
    planOf(request, steady(spec)).map(({ kind, member, prefix }) => `${prefix}${kind} ${member ?? '-'}`);
  const pending = (from: string, to: string): ClusterSpec => ({
    members: members.map((member) => ({
      ...member,
      patroni: {
        pending_restart: true,
        pending_restart_reason: { max_connections: { old_value: from, new_value: to } },
      },
    })),
  });

  it('the leader is restarted last', () => {
    expect(order(restart)).toEqual(['restart n3', 'restart n1']);
  });

  it('a rolling restart hands over before the leader, and raises nothing on a standby before a lowered primary', () => {
    const rolling = { kind: 'rolling_restart', onlyPending: true } as const;
    expect(order(rolling, pending('100', '200'))).toEqual([
      'restart n2',
      'restart n3',
      'switchover:switchover -',
      'restart n1',
    ]);
    expect(order(rolling, pending('200', '100'))).toEqual(['restart n1', 'restart n2', 'restart n3']);
    expect(order(rolling)).toEqual([]);
  });

  it('what Patroni takes only over REST goes there, the switchover in between to the DCS', () => {
    const snapshot = steady(pending('100', '200'));
    const plan = planOf({ kind: 'rolling_restart', onlyPending: true }, snapshot);
    expect(plan.map((stage) => wayOf(stage, snapshot, 'rest'))).toEqual(['rest', 'rest', 'dcs', 'rest']);
  });
});

describe('the patch for REST', () => {
  it('removes by null, merges objects, leaves out what is the same', () => {
    expect(patchOf({ a: 1, b: { c: 2, d: 3 }, e: 4 }, { a: 1, b: { c: 5 }, f: [1] })).toEqual({
      e: null,
      b: { d: null, c: 5 },
      f: [1],
    });
  });

  it('applied as Patroni applies it, it gives the document that was wanted', () => {
    const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean());
    const key = fc.constantFrom('a', 'b', 'c');
    const document = fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { noNullPrototype: true })), {
      noNullPrototype: true,
    });
    const apply = (into: JsonObject, patch: JsonObject): JsonObject => {
      const result: Record<string, unknown> = { ...into };
      for (const [name, value] of Object.entries(patch)) {
        const old = result[name];
        const both = typeof value === 'object' && typeof old === 'object' && value !== null && old !== null;
        if (value === null) delete result[name];
        else result[name] = both ? apply(old as JsonObject, value as JsonObject) : value;
      }
      return result;
    };
    fc.assert(
      fc.property(document, document, (before, after) => {
        expect(canonical(apply(before, patchOf(before, after)))).toBe(canonical(after));
      }),
    );
  });
});
