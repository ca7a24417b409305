import { describe, expect, it } from 'vitest';
import { ACTION_KINDS, type ActionKind } from '../action-kind';
import type { JsonObject } from '../wire/loose';
import type { ActionRequest } from './action';
import { type Around, consequencesOf, requiredKinds, secondPersonFor } from './consequences';

const edit = (value: JsonObject) =>
  ({ kind: 'edit_config', baseRevision: '1', baseDigest: null, value, text: null }) as const;

/** A cluster of n1, which leads, and n2. */
function around({ leads = true, config = {} }: { leads?: boolean; config?: JsonObject | null } = {}): Around {
  const leader = { name: 'n1', known: leads };
  return {
    leader,
    members: [],
    config: config === null ? null : { value: config },
  } as unknown as Around;
}

const restart = (members: readonly string[], scheduledAt: string | null = null): ActionRequest => {
  return { kind: 'restart', members, onlyPending: false, scheduledAt, timeoutSeconds: null };
};
const pause = (autoResume: boolean): ActionRequest => ({ kind: 'pause', owner: null, until: 5, autoResume });
const switchover: ActionRequest = { kind: 'switchover', candidate: 'n2', scheduledAt: null };
const demote: ActionRequest = {
  ...{ kind: 'demote_cluster', host: 'h', port: 1, restoreCommand: null, primarySlotName: null },
};

/** Written from what Patroni and Howdah do with it, not from the table. */
const LEADS_TO: Readonly<Record<ActionKind, readonly (readonly [ActionRequest, Around, readonly ActionKind[]])[]>> = {
  switchover: [[switchover, around(), []]],
  cancel_switchover: [[{ kind: 'cancel_switchover' }, around(), []]],
  failover: [[{ kind: 'failover', candidate: 'n2' }, around(), ['switchover']]],
  pause: [
    [pause(false), around(), []],
    [pause(true), around(), ['resume']],
  ],
  resume: [
    [{ kind: 'resume' }, around(), []],
    [{ kind: 'resume' }, around({ leads: false }), ['failover']],
    [{ kind: 'resume' }, null, ['failover']],
  ],
  edit_config: [
    [edit({ ttl: 30 }), around({ config: { ttl: 30 } }), []],
    [edit({ ttl: 20 }), around({ config: { ttl: 30 } }), ['failover']],
    [edit({}), around({ config: { synchronous_mode: true } }), ['failover']],
    [edit({ postgresql: { pg_hba: ['local all all trust'] } }), around(), ['reload']],
    [edit({ pause: true }), around(), ['pause']],
    [edit({ standby_cluster: { host: 'a' } }), around(), ['demote_cluster', 'switchover', 'restart']],
    [edit({}), around({ config: { standby_cluster: { host: 'a' } } }), ['promote_cluster', 'failover']],
    [edit({ note: 'mine' }), around(), []],
  ],
  restart: [
    [restart(['n2']), around(), []],
    [restart(['n1']), around(), ['failover']],
    [restart(['n2']), around({ leads: false }), ['failover']],
    [restart(['n2']), null, ['failover']],
    [restart(['n2'], '2030-01-01T00:00:00Z'), around(), ['failover']],
    [restart(['n2', 'n3']), around(), ['rolling_restart']],
  ],
  rolling_restart: [[{ kind: 'rolling_restart', onlyPending: true }, around(), ['restart', 'switchover', 'failover']]],
  cancel_restart: [[{ kind: 'cancel_restart', member: 'n1' }, around(), []]],
  reload: [[{ kind: 'reload', members: ['n1'] }, around(), []]],
  reinitialize: [
    [{ kind: 'reinitialize', member: 'n2', fromLeader: false, force: false, override: false }, around(), ['restart']],
  ],
  demote_cluster: [[demote, around(), ['switchover', 'restart']]],
  promote_cluster: [[{ kind: 'promote_cluster' }, around(), ['failover']]],
  // A transaction less: nobody else leads by it.
  end_session: [
    [{ ...{ kind: 'end_session', member: 'n1', pid: 7, how: 'terminate' }, backendStart: 'x' }, around(), []],
  ],
  // What is planned stops every member; the steps of the plan that follow are covered by who agreed to it.
  maintenance: [
    [
      {
        ...{ kind: 'maintenance', step: 'begin', member: null },
        plan: { members: ['n1', 'n2'], work: 'kernel', minutes: 30 },
      },
      around(),
      ['rolling_restart', 'restart', 'switchover'],
    ],
  ],
};

describe.each(ACTION_KINDS)('%s', (kind) => {
  it.each(LEADS_TO[kind])('can lead to what is written of it: %j', (request, cluster, kinds) => {
    expect(consequencesOf(request, cluster).map((one) => one.kind)).toEqual(kinds);
  });

  it('is held by a policy of each thing that it leads to, in words, and by no other', () => {
    const target = { scope: 'demo', labels: {} };
    for (const [request, cluster, kinds] of LEADS_TO[kind])
      for (const named of ACTION_KINDS) {
        const policies = [{ actions: [named], scopes: null, labels: {}, minutes: 15 }];
        const needed = secondPersonFor(policies, request, target, cluster);
        expect([named, needed !== null]).toEqual([named, named === kind || kinds.includes(named)]);
        if (needed !== null) expect(needed.why === null).toBe(named === kind);
      }
  });
});

it('the steps of a maintenance need no second person each: whoever agreed to its plan agreed to them', () => {
  const policies = [{ actions: [...ACTION_KINDS], scopes: null, labels: {}, minutes: 15 }];
  for (const step of ['out', 'back', 'end'] as const) {
    const request: ActionRequest = { kind: 'maintenance', step, member: step === 'end' ? null : 'n2', plan: null };
    expect(secondPersonFor(policies, request, { scope: 'demo', labels: {} }, around())).toBeNull();
  }
});

describe('a right', () => {
  it('is needed to what an action does, and not to what may come of it', () => {
    expect(requiredKinds(pause(true), around())).toEqual(['pause', 'resume']);
    expect(requiredKinds({ kind: 'rolling_restart', onlyPending: false }, around())).toEqual(['rolling_restart']);
    expect(requiredKinds(restart(['n1']), around())).toEqual(['restart']);
  });
});

describe('an edited configuration needs the rights to', () => {
  it.each([
    ['nothing more where only settings change', { ttl: 20 }, { ttl: 30 }, ['edit_config']],
    ['pause', {}, { pause: true }, ['edit_config', 'pause']],
    ['resume', { pause: true }, {}, ['edit_config', 'resume']],
    [
      'demote, where a standby cluster comes',
      {},
      { standby_cluster: { host: 'a' } },
      ['edit_config', 'demote_cluster'],
    ],
    [
      'demote, where its source becomes another',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: { host: 'b' } },
      ['edit_config', 'demote_cluster'],
    ],
    ['promote, where it goes', { standby_cluster: { host: 'a' } }, {}, ['edit_config', 'promote_cluster']],
    [
      'promote, where it is emptied',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: {} },
      ['edit_config', 'promote_cluster'],
    ],
    [
      'nothing more where it stays',
      { standby_cluster: { host: 'a' } },
      { standby_cluster: { host: 'a' }, ttl: 30 },
      ['edit_config'],
    ],
  ])('%s', (_, before, after, kinds) => {
    expect(requiredKinds(edit(after as JsonObject), around({ config: before as JsonObject }))).toEqual(kinds);
  });

  it('whatever it does, where it is not known what is there', () => {
    expect(requiredKinds(edit({ standby_cluster: { host: 'a' }, pause: true }), around({ config: null }))).toEqual([
      'edit_config',
      'demote_cluster',
      'pause',
    ]);
  });
});
