// The followers read snapshots as a switchover, a pause, a restart really shows them (order and states measured on 3.0 to 4.1), and
// whatever else may be observed: they never throw, forget nothing, and never give up on a leader that is still stopping.

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Text } from '../../language/sentence';
import type { Snapshot } from '../cluster';
import { type ClusterSpec, HEAD, type MemberSpec, NOW, play, steady } from '../testkit';
import type { ActionRequest } from './action';
import { bind, digestOf } from './bound';
import { follow } from './follow';
import type { Extra, FollowContext, Followed, Marks } from './follower';
import { momentOf } from './moment';
import { planOf } from './plan';
import type { RestSeen } from './rest-answer';

const MEMBERS = ['n1', 'n2', 'n3'] as const;
const NOTHING: Extra = { backup: null, uptake: null, session: null };
const SWITCHOVER = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
const RESTART = {
  kind: 'restart',
  members: ['n3'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
} as const;
const REINITIALIZE = { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false } as const;
const CONFIG = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: 1048576 };

const healthy: ClusterSpec = { members: MEMBERS.map((name) => ({ name })) };
const alone: Partial<MemberSpec> = { upstream: null };
const down = (state: string, role: MemberSpec['role'] = 'primary'): Partial<MemberSpec> => ({
  state,
  role,
  sql: 'refused',
  upstream: null,
});
const of = (
  leader: string | null,
  one: Partial<MemberSpec>,
  two: Partial<MemberSpec>,
  three: Partial<MemberSpec>,
): ClusterSpec => ({
  leader,
  members: [one, two, three].map((change, index) => ({ name: `n${index + 1}`, ...change })),
});
const led = { role: 'primary', timeline: 2, lsn: HEAD + 4096 } as const;
const follows = { role: 'replica', timeline: 2, upstream: 'n2', lsn: HEAD + 4096 } as const;

const STOPPING = of('n1', down('stopping'), alone, alone);
const VACANT = of(null, down('stopped', 'demoted'), alone, alone);
const TAKEN = of('n2', down('stopped', 'demoted'), { role: 'replica', upstream: null }, alone);
const PROMOTED = of('n2', down('stopped', 'demoted'), led, { ...alone, timeline: 1 });
const FOLLOWED = of('n2', down('starting', 'replica'), led, follows);
const BACK = of('n2', follows, led, follows);
const WHOLE = [healthy, STOPPING, VACANT, TAKEN, PROMOTED, FOLLOWED, BACK];

interface Options {
  readonly everyMs?: number;
  readonly answer?: Omit<RestSeen, 'at'> | null;
  readonly extra?: Extra;
  /** Of our write; null: by REST. */
  readonly revision?: string | null;
  /** When it was confirmed. Default: healthy. */
  readonly start?: ClusterSpec;
  /** Put over what the DCS says, by index of the moment. */
  readonly failoverRevision?: (index: number) => string;
}

/** Each moment read in turn with the marks of those before it; ends with the first end. */
function read(request: ActionRequest, moments: readonly ClusterSpec[], options: Options = {}): readonly Followed[] {
  const { everyMs = 1000, answer = null, extra = NOTHING, revision = '90' } = options;
  const { all } = play(moments, everyMs);
  const start = steady(options.start ?? healthy);
  const stage = planOf(request, start)[0];
  if (stage === undefined) throw new Error('the plan is empty');
  const found: Followed[] = [];
  let marks: Marks = {};
  for (const [index, snapshot] of all.entries()) {
    const followed = follow({
      stage,
      request,
      bound: bind(start),
      start: momentOf(start),
      sent: { at: NOW, way: revision === null ? 'rest' : 'dcs', wake: null, revision },
      answer: answer === null ? null : { ...answer, at: NOW + 100 },
      snapshot: withRevision(snapshot, options.failoverRevision?.(index)),
      marks,
      extra,
    });
    marks = followed.marks;
    found.push(followed);
    if (followed.end !== null) break;
  }
  return found;
}

function withRevision(snapshot: Snapshot, failover: string | undefined): Snapshot {
  const { dcs } = snapshot.cluster;
  if (failover === undefined || dcs?.keyRevisions == null) return snapshot;
  const keyRevisions = { ...dcs.keyRevisions, failover };
  return { ...snapshot, cluster: { ...snapshot.cluster, dcs: { ...dcs, keyRevisions } } };
}

function lastOf(all: readonly Followed[]): Followed {
  const last = all.at(-1);
  if (last === undefined) throw new Error('nothing was read');
  return last;
}
const outcome = (all: readonly Followed[]) => lastOf(all).end?.outcome ?? null;
const text = (all: readonly Followed[]): Text => lastOf(all).end?.text ?? '';
const repeat = (spec: ClusterSpec, times: number): readonly ClusterSpec[] => Array.from({ length: times }, () => spec);

describe('a switchover', () => {
  it('reaches its steps in the order in which they are seen', () => {
    const all = read(SWITCHOVER, WHOLE);
    expect(all.map(({ marks }) => Object.keys(marks).length)).toEqual([0, 1, 3, 4, 5, 6, 8]);
    expect(lastOf(all).end).toEqual({
      outcome: 'done',
      text: 'n2 leads on timeline 2, n1 and n3 follow.',
      differs: [],
    });
    const { marks } = lastOf(all);
    expect([marks.taken_up?.at, marks.key_taken?.at, marks.old_leader?.at]).toEqual([
      NOW + 1000,
      NOW + 3000,
      NOW + 6000,
    ]);
    expect(marks.taken_up?.detail).toBe('n1 is stopping');
  });

  it('says meanwhile what it waits for', () => {
    expect(read(SWITCHOVER, WHOLE).map(({ waiting }) => waiting)).toEqual([
      'n1 has not begun yet',
      'n1 is stopping',
      'nobody holds the leader key',
      expect.stringContaining('n2 holds the key'),
      'waiting for n3 and n1',
      'waiting for n1',
      null,
    ]);
  });

  it('to somebody else is done differently', () => {
    const to = { ...SWITCHOVER, candidate: 'n3' } as const;
    expect(lastOf(read(to, WHOLE)).end?.differs).toEqual(['n2 leads, but n3 was asked for']);
    expect(outcome(read(to, WHOLE))).toBe('done_differently');
  });

  it('without a candidate is done whoever leads', () => {
    expect(outcome(read({ ...SWITCHOVER, candidate: null }, WHOLE))).toBe('done');
  });

  it('is not promoted by a member that only says primary on the timeline there was', () => {
    const claims = of('n2', down('stopped', 'demoted'), { ...led, timeline: 1 }, alone);
    const all = read(SWITCHOVER, [STOPPING, VACANT, claims, claims, PROMOTED]);
    expect(all.map(({ marks }) => marks.promoted?.at ?? null)).toEqual([null, null, null, null, NOW + 4000]);
  });

  it.each(['starting', 'stopping'])(
    'is not over while Patroni of the old leader says %s, whatever streams',
    (state) => {
      const early = of('n2', { ...follows, state, patroni: { replication_state: 'streaming' } }, led, follows);
      const all = read(SWITCHOVER, [STOPPING, VACANT, PROMOTED, early, early, BACK]);
      expect(all.map(({ end, marks }) => [end?.outcome ?? null, marks.old_leader !== undefined])).toEqual([
        ...Array.from({ length: 5 }, () => [null, false]),
        ['done', true],
      ]);
      expect(all[4]?.waiting).toBe('waiting for n1');
    },
  );

  it('a leader that leads again after the key was free has failed to hand over', () => {
    const all = read(SWITCHOVER, [STOPPING, VACANT, VACANT, healthy]);
    expect([outcome(all), text(all)]).toEqual(['failed', expect.stringContaining('it leads again')]);
  });

  it('a leader that stops for half an hour is waited for', () => {
    expect(outcome(read(SWITCHOVER, repeat(STOPPING, 31), { everyMs: 60_000 }))).toBeNull();
  });

  it('a cleared request with the same leader is refused, but not at once', () => {
    const cleared = { failoverRevision: () => '95' };
    expect(outcome(read(SWITCHOVER, [healthy, healthy], { ...cleared, everyMs: 500 }))).toBeNull();
    const all = read(SWITCHOVER, repeat(healthy, 5), cleared);
    expect([outcome(all), all.length]).toEqual(['refused', 4]);
    expect(text(all)).toContain('/failover was cleared and n1 still leads');
  });

  it('a request that nobody looks at is unknown in the end, and says that it still stands', () => {
    const stands: ClusterSpec = { ...healthy, failover: { leader: 'n1', member: 'n2' } };
    const all = read(SWITCHOVER, repeat(stands, 30), { everyMs: 10_000, failoverRevision: () => '90' });
    expect([outcome(all), text(all)]).toEqual(['unknown', expect.stringContaining('is still in /failover')]);
    expect(all.length * 10).toBeGreaterThan(120);
  });

  it('whom a follower never reaches again is named, and it is done differently', () => {
    const never = of('n2', down('stopped', 'demoted'), led, follows);
    const all = read(SWITCHOVER, [STOPPING, VACANT, ...repeat(never, 30)], { everyMs: 10_000 });
    expect([outcome(all), lastOf(all).end?.differs]).toEqual(['done_differently', ['n1 does not stream yet']]);
    expect(lastOf(all).marks.old_leader).toMatchObject({ state: 'failed', detail: 'not within 120 s' });
    // It was promoted in the third moment.
    expect(all.length).toBe(2 + 14);
  });

  const ANSWERS: readonly (readonly [Omit<RestSeen, 'at'>, readonly ClusterSpec[], string | null, RegExp])[] = [
    [{ status: 412, text: 'no good candidates', error: null }, [healthy], 'refused', /412 no good candidates/],
    [{ status: 401, text: 'no auth header received', error: null }, [healthy], 'refused', /401/],
    [{ status: null, text: 'connection refused', error: 'refused' }, [healthy], 'refused', /Nothing was sent/],
    [{ status: 200, text: 'Successfully switched over', error: null }, repeat(healthy, 9), null, /^$/],
    [{ status: 503, text: 'Switchover status unknown', error: null }, repeat(healthy, 9), null, /^$/],
    [{ status: null, text: 'no answer in time', error: 'timeout' }, repeat(healthy, 9), null, /^$/],
    [{ status: 503, text: 'Switchover failed', error: null }, repeat(healthy, 9), 'refused', /n1 still leads/],
    [{ status: 503, text: 'Switchover failed', error: null }, repeat(STOPPING, 9), null, /^$/],
    [{ status: 503, text: 'Switchover status unknown', error: null }, WHOLE, 'done', /n2 leads/],
    [{ status: 503, text: 'Switchover failed', error: null }, WHOLE, 'done', /n2 leads/],
    [{ status: null, text: 'closed', error: 'closed' }, repeat(healthy, 200), 'unknown', /nothing has changed/],
  ];
  test.each(ANSWERS)('%o', (answer, moments, expected, words) => {
    const all = read(SWITCHOVER, moments, { answer, revision: null });
    expect([outcome(all), text(all)]).toEqual([expected, expect.stringMatching(words)]);
  });
});

describe('a failover without a leader', () => {
  it('ends when the candidate leads and the others follow', () => {
    const request = { kind: 'failover', candidate: 'n2' } as const;
    const dead = of(null, { role: 'replica', rest: 'refused', sql: 'refused', upstream: null }, alone, alone);
    const start = momentOf(steady(dead));
    const stage = planOf(request, steady(dead))[0];
    if (stage === undefined) throw new Error('the plan is empty');
    const done = of('n2', { role: 'replica', rest: 'refused', sql: 'refused', upstream: null }, led, follows);
    const followed = follow({
      stage,
      request,
      bound: bind(steady(dead)),
      start,
      sent: { at: NOW, way: 'dcs', wake: null, revision: '90' },
      answer: null,
      snapshot: play([dead, done]).snapshot,
      marks: {},
      extra: NOTHING,
    });
    expect(followed.end).toEqual({ outcome: 'done', text: 'n2 leads on timeline 2.', differs: [] });
    expect(followed.marks.stepped_down?.state).toBe('skipped');
  });
});

describe('cancelling a scheduled switchover', () => {
  const CANCEL = { kind: 'cancel_switchover' } as const;
  const due = (inMs: number): ClusterSpec => ({
    ...healthy,
    failover: { leader: 'n1', member: 'n2', scheduled_at: new Date(NOW + inMs).toISOString() },
  });
  const cancel = (inMs: number, moments: readonly ClusterSpec[]) =>
    read(CANCEL, moments, { start: due(inMs), failoverRevision: () => '95' });

  it('is done with an empty key where its time is far', () => {
    const all = cancel(3_600_000, repeat(healthy, 3));
    expect([outcome(all), all.length, text(all)]).toEqual(['done', 2, 'No switchover is scheduled any more.']);
  });

  it('is done only a loop and a half after its time where that was near: Patroni may have begun', () => {
    const all = cancel(8000, repeat(healthy, 60));
    expect(all[5]).toMatchObject({ end: null, waiting: expect.stringContaining('may have begun already') });
    expect([outcome(all), all.length]).toEqual(['done', 24]);
  });

  it('that came too late says who leads', () => {
    const all = cancel(3000, [healthy, healthy, VACANT, PROMOTED]);
    expect([outcome(all), text(all)]).toEqual(['done_differently', 'It had already begun: n2 leads.']);
  });

  it('is not done while the key still names its time', () => {
    expect(outcome(cancel(3_600_000, repeat(due(3_600_000), 5)))).toBeNull();
  });
});

describe('the configuration', () => {
  const paused: ClusterSpec = {
    members: MEMBERS.map((name) => ({ name, patroni: { pause: true } })),
    config: { ...CONFIG, pause: true },
  };
  const pause = { kind: 'pause', owner: null, until: null, autoResume: false } as const;
  const half: ClusterSpec = { ...paused, members: [...paused.members.slice(0, 2), { name: 'n3' }] };
  const edit = {
    kind: 'edit_config',
    baseRevision: '50',
    baseDigest: digestOf(CONFIG),
    value: { ...CONFIG, loop_wait: 5 },
    text: null,
  } as const;
  const edited: ClusterSpec = { ...healthy, config: edit.value };

  it('a pause ends when every member says so', () => {
    const all = read(pause, [healthy, half, paused], { revision: '1' });
    expect(all.map(({ end }) => end?.outcome ?? null)).toEqual(['done_differently']);
    const seen = read(pause, [half, paused], { revision: '1' });
    expect(seen.map(({ waiting }) => waiting)).toEqual(['waiting for n3', null]);
    expect(outcome(seen)).toBe('done');
  });

  it('a pause waits for a member that is silent, whatever its key says', () => {
    const silent: MemberSpec = { name: 'n3', rest: 'timeout', sql: 'timeout', key: { pause: true } };
    const mute: ClusterSpec = { ...paused, members: [...paused.members.slice(0, 2), silent] };
    const seen = read(pause, [mute, mute, paused], { revision: '1' });
    expect(seen.map(({ waiting }) => waiting)).toEqual(['waiting for n3', 'waiting for n3', null]);
    expect([outcome(seen), text(seen)]).toEqual(['done', 'Paused: n1, n2 and n3 see it.']);
  });

  it('who does not take it up is named', () => {
    const all = read(pause, repeat(half, 60), { revision: '1' });
    expect([outcome(all), text(all)]).toEqual(['done_differently', expect.stringContaining('n3 has not applied it')]);
  });

  it('over REST the old value is waited out, and in the end said to be missing', () => {
    const answer = { status: 200, text: '{}', error: null };
    const soon = read(edit, [healthy, healthy, edited], { answer, revision: null });
    expect([outcome(soon), soon.length]).toEqual(['done', 3]);
    const never = read(edit, repeat(healthy, 60), { answer, revision: null });
    expect(outcome(never)).toBe('done_differently');
    expect(never.length).toBeGreaterThan(20);
  });

  it('one that somebody else overwrote says so', () => {
    const all = read(edit, [{ ...healthy, config: { ...CONFIG, ttl: 40 } }], { revision: '1' });
    expect([outcome(all), text(all)]).toEqual(['done_differently', expect.stringContaining('changed again since')]);
  });

  it('pg_settings are waited for, and what beats it is named', () => {
    const waits = read(edit, [edited], { revision: '1', extra: { backup: null, uptake: 'pending', session: null } });
    expect(lastOf(waits).waiting).toContain('pg_settings');
    const uptake = { n1: 'taken', n2: 'pending_restart', n3: 'ignored' } as const;
    const all = read(edit, [edited], { revision: '1', extra: { backup: null, uptake, session: null } });
    expect([outcome(all), lastOf(all).end?.differs]).toEqual(['done_differently', ['no effect on n3']]);
  });
});

describe('a member', () => {
  const started = (ms: number): Partial<MemberSpec> => ({
    patroni: { postmaster_start_time: new Date(ms).toISOString().replace('T', ' ').replace('Z', '000+00:00') },
    fast: { started_ms: ms },
  });
  const restarting = of('n1', {}, {}, down('restarting', 'replica'));
  const mute = of('n1', {}, {}, { role: 'replica', rest: 'timeout', sql: 'refused', upstream: null });
  const again = of('n1', {}, {}, { ...started(NOW + 1000), upstream: null });
  const streams = of('n1', {}, {}, started(NOW + 1000));
  const ok = { status: 200, text: 'restarted successfully', error: null };

  it('a restart is over with a new postmaster that streams, not with the answer', () => {
    expect(outcome(read(RESTART, [healthy, healthy], { answer: ok, revision: null }))).toBeNull();
    const all = read(RESTART, [restarting, mute, again, streams], { answer: ok, revision: null });
    expect([outcome(all), all.length]).toEqual(['done', 4]);
    expect(all[2]?.waiting).toBe('n3 runs again and does not stream yet');
  });

  const TEXTS: readonly (readonly [Omit<RestSeen, 'at'>, string])[] = [
    [{ status: 503, text: 'restart already in progress', error: null }, 'refused'],
    [{ status: 503, text: 'restart conditions are not satisfied', error: null }, 'refused'],
    [{ status: 503, text: 'restart failed', error: null }, 'failed'],
    [{ status: 401, text: 'no auth header received', error: null }, 'refused'],
    [{ status: null, text: 'connection refused', error: 'refused' }, 'refused'],
  ];
  test.each(TEXTS)('%o', (answer, expected) => {
    expect(outcome(read(RESTART, [healthy], { answer, revision: null }))).toBe(expected);
  });

  it('a restart whose answer was lost and which nobody saw is unknown', () => {
    const answer = { status: null, text: 'closed', error: 'closed' } as const;
    expect(outcome(read(RESTART, repeat(healthy, 120), { answer, revision: null }))).toBe('unknown');
  });

  it('a reinitialize shows its base backup and ends streaming', () => {
    const answer = { status: 200, text: 'reinitialize started', error: null };
    const copying = of('n1', {}, {}, { ...down('creating replica', 'replica') });
    const backup = { doneBytes: 400, totalBytes: 800, phase: 'streaming database files' };
    const half = read(REINITIALIZE, [copying], {
      answer,
      revision: null,
      extra: { backup, uptake: null, session: null },
    });
    expect(lastOf(half).progress).toMatchObject({ done: 400, total: 800, unit: 'bytes' });
    const all = read(REINITIALIZE, [healthy, copying, streams], { answer, revision: null });
    expect([outcome(all), Object.keys(lastOf(all).marks)]).toEqual([
      'done',
      ['removed', 'copying', 'starting', 'streaming', 'verified'],
    ]);
  });

  it('a reload is over with the answer, or unknown', () => {
    const reload = { kind: 'reload', members: ['n3'] } as const;
    const answer = { status: 202, text: 'reload scheduled', error: null };
    expect(outcome(read(reload, [healthy], { answer, revision: null }))).toBe('done');
    const lost = { status: null, text: 'no answer in time', error: 'timeout' } as const;
    expect(outcome(read(reload, [healthy], { answer: lost, revision: null }))).toBe('unknown');
  });
});

describe('whatever is observed', () => {
  const state = fc.constantFrom(
    'running',
    'streaming',
    'stopping',
    'stopped',
    'starting',
    'restarting',
    'creating replica',
  );
  const member = fc.record(
    {
      role: fc.constantFrom<NonNullable<MemberSpec['role']>[]>('primary', 'replica', 'standby_leader', 'demoted'),
      state,
      timeline: fc.integer({ min: 1, max: 4 }),
      upstream: fc.constantFrom<(string | null)[]>('n1', 'n2', 'n3', null),
      rest: fc.constantFrom<NonNullable<MemberSpec['rest']>[]>('answers', 'refused', 'timeout', 'late', 'never'),
      sql: fc.constantFrom<NonNullable<MemberSpec['sql']>[]>('answers', 'refused', 'off', 'closed'),
      patroni: fc.constantFrom({}, { pause: true }, { pending_restart: true }),
    },
    { requiredKeys: [] },
  );
  const moment = fc.record(
    {
      members: fc
        .tuple(member, member, member)
        .map((all) => all.map((spec, index) => ({ name: `n${index + 1}`, ...spec }))),
      leader: fc.constantFrom('n1', 'n2', 'n3', null),
      config: fc.constantFrom(CONFIG, { ...CONFIG, pause: true }, { ...CONFIG, standby_cluster: { host: 'x' } }),
      failover: fc.constantFrom<Readonly<Record<string, unknown>>[]>(
        {},
        { leader: 'n1', member: 'n2' },
        { member: 'n2' },
      ),
      dcs: fc.constantFrom<NonNullable<ClusterSpec['dcs']>[]>('fresh', 'stale', 'never', 'off'),
    },
    { requiredKeys: ['members'] },
  );
  const requests: readonly ActionRequest[] = [
    SWITCHOVER,
    { ...SWITCHOVER, candidate: null },
    { ...SWITCHOVER, scheduledAt: '2030-01-01T00:00:00Z' },
    { kind: 'cancel_switchover' },
    { kind: 'failover', candidate: 'n2' },
    { kind: 'pause', owner: null, until: null, autoResume: false },
    { kind: 'resume' },
    { kind: 'edit_config', baseRevision: null, baseDigest: null, value: CONFIG, text: null },
    RESTART,
    { ...RESTART, scheduledAt: '2030-01-01T00:00:00Z' },
    { kind: 'cancel_restart', member: 'n3' },
    { kind: 'reload', members: ['n3'] },
    REINITIALIZE,
    { kind: 'demote_cluster', host: 'x', port: null, restoreCommand: null, primarySlotName: null },
    { kind: 'promote_cluster' },
  ];
  const answer = fc.constantFrom<(Omit<RestSeen, 'at'> | null)[]>(
    null,
    { status: 200, text: 'ok', error: null },
    { status: 202, text: 'scheduled', error: null },
    { status: 500, text: 'oops', error: null },
    { status: 503, text: 'Switchover failed', error: null },
    { status: 503, text: 'Switchover status unknown', error: null },
    { status: null, text: 'no answer in time', error: 'timeout' },
    { status: null, text: 'closed', error: 'closed' },
  );
  const scenario = fc.record({
    request: fc.constantFrom(...requests),
    moments: fc.array(moment, { minLength: 1, maxLength: 6 }),
    everyMs: fc.constantFrom(250, 3000, 70_000),
    revision: fc.constantFrom<(string | null)[]>(null, '1', '90'),
    cleared: fc.constantFrom('0', '50', '95'),
    answer,
  });

  it('nothing throws, no mark is lost or changed, an end stays what it is', () => {
    fc.assert(
      fc.property(scenario, ({ request, moments, everyMs, revision, cleared, answer: said }) => {
        const { all } = play(moments, everyMs);
        const start = steady(healthy);
        const stage = planOf(request, start)[0];
        if (stage === undefined) throw new Error('the plan is empty');
        let marks: Marks = {};
        for (const snapshot of all) {
          const context: FollowContext = {
            stage,
            request,
            bound: bind(start),
            start: momentOf(start),
            sent: { at: NOW, way: revision === null ? 'rest' : 'dcs', wake: null, revision },
            answer: said === null ? null : { ...said, at: NOW },
            snapshot: withRevision(snapshot, cleared),
            marks,
            extra: NOTHING,
          };
          const followed = follow(context);
          expect(followed.marks).toMatchObject(marks);
          marks = followed.marks;
          if (followed.end === null) continue;
          expect(followed.end.text).not.toBe('');
          expect(follow({ ...context, marks }).end?.outcome).toBe(followed.end.outcome);
          const old = snapshot.cluster.members.find(({ name }) => name === 'n1');
          const stopping = old?.state === 'stopping' && !old.silent;
          const moves = request.kind === 'switchover' || request.kind === 'failover';
          if (stopping && moves && stage.kind !== 'schedule_switchover')
            expect(['failed', 'refused']).not.toContain(followed.end.outcome);
          break;
        }
      }),
      { numRuns: 600 },
    );
  });
});
