import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rights, Role } from '../access/access';
import { ACTION_KINDS, DESK_KINDS } from '../action-kind';
import type { Snapshot } from '../cluster';
import type { Settings } from '../config/guc';
import { settingsOf } from '../config/test-settings';
import type { MaintenanceNote } from '../maintenance-note';
import {
  type ClusterSpec,
  GENERATIONS,
  HEAD,
  type MemberSpec,
  MIB,
  memberOf,
  NOW,
  quietFacts,
  steady,
} from '../testkit';
import type { ActionFacts, ActionRequest, Check, Preflight, Verdict } from './action';
import { deskChecks } from './checks/desk';
import { blockersOf, CHECK_ROWS as ROWS } from './judge';
import { preflight } from './preflight';
import { rollingOrder } from './rolling';

const CHECK_ROWS = [...ROWS, ...deskChecks(null)];

const n1 = { name: 'n1' } as const;
const n2 = { name: 'n2' } as const;
const n3 = { name: 'n3' } as const;
const healthy: ClusterSpec = { members: [n1, n2, n3] };
const with1 = (change: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [{ ...n1, ...change }, n2, n3],
  ...more,
});
const with2 = (change: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [n1, { ...n2, ...change }, n3],
  ...more,
});
const with3 = (change: Partial<MemberSpec>, more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [n1, n2, { ...n3, ...change }],
  ...more,
});
const headless = (more: Partial<ClusterSpec> = {}): ClusterSpec => ({
  members: [
    { ...n1, role: 'replica', rest: 'refused', sql: 'refused', key: null, upstream: null },
    { ...n2, upstream: null },
    { ...n3, upstream: null },
  ],
  leader: null,
  ...more,
});
const SYNC: Partial<ClusterSpec> = { config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2' } };
const PAUSED: Partial<ClusterSpec> = { config: { pause: true } };
/** As each Patroni says it, which is all there is while the DCS cannot be read. */
const pausedMembers = [n1, n2, n3].map((member) => ({ ...member, patroni: { pause: true } }));
const FORKED: Partial<MemberSpec> = { timeline: 1, lsn: HEAD + 60 * MIB, upstream: null };
const HISTORY = [[1, HEAD - MIB, 'no recovery target specified', '2026-11-20T23:00:00+00:00', 'n1']];
const LATER = new Date(NOW + 3_600_000).toISOString();
const soon = (ms: number): NonNullable<ClusterSpec['failover']> => ({
  leader: 'n1',
  member: 'n3',
  scheduled_at: new Date(NOW + ms).toISOString(),
});
const _ALIEN = { database_system_identifier: '7999999999999999999' };
const _ALIEN_SQL = { system_identifier: '7999999999999999999' };
const STANDBY: Partial<ClusterSpec> = { config: { standby_cluster: { host: 'source', port: 5432 } } };
const pendingOf = (name: string, from: string, to: string): Partial<MemberSpec> => ({
  patroni: { pending_restart: true, pending_restart_reason: { [name]: { old_value: from, new_value: to } } },
});

const switchover = { kind: 'switchover', candidate: 'n2', scheduledAt: null } as const;
const anyone = { kind: 'switchover', candidate: null, scheduledAt: null } as const;
const failover = { kind: 'failover', candidate: 'n2' } as const;
const pause = { kind: 'pause', owner: null, until: NOW + 3_600_000, autoResume: false } as const;
const resume = { kind: 'resume' } as const;
const restart = {
  kind: 'restart',
  members: ['n2'],
  onlyPending: false,
  scheduledAt: null,
  timeoutSeconds: null,
} as const;
const restartLeader = { ...restart, members: ['n1'] } as const;
const rolling = { kind: 'rolling_restart', onlyPending: false } as const;
const reinitialize = { kind: 'reinitialize', member: 'n3', fromLeader: false, force: false, override: false } as const;
const demote = {
  kind: 'demote_cluster',
  host: 'source',
  port: 5432,
  restoreCommand: null,
  primarySlotName: null,
} as const;
const promote = { kind: 'promote_cluster' } as const;
const endSession: ActionRequest = {
  ...{ kind: 'end_session', member: 'n1', pid: 7, how: 'terminate' },
  backendStart: '2026-11-30T12:00:00.000000Z',
};
const begin: ActionRequest = {
  ...{ kind: 'maintenance', step: 'begin', member: null },
  plan: { members: ['n2', 'n3', 'n1'], work: 'kernel', minutes: 30 },
};
const takeOut = { kind: 'maintenance', step: 'out', member: 'n3', plan: null } as const;
const isDone = { ...takeOut, step: 'back' } as const;
const endMaintenance = { ...takeOut, step: 'end', member: null } as const;
const reload = { kind: 'reload', members: ['n2'] } as const;
const CONFIG = { ttl: 30, loop_wait: 10, retry_timeout: 10, maximum_lag_on_failover: MIB };
const edit = {
  kind: 'edit_config',
  baseRevision: '50',
  baseDigest: null,
  value: { ...CONFIG, loop_wait: 5 },
  text: null,
} as const;

/** A member of the DCS on the host of each. */
const BESIDE = [{ name: '10.0.0.1', leads: true }, { name: '10.0.0.2' }, { name: '10.0.0.3' }];
const BESIDE_LAME = BESIDE.map((one) =>
  one.name === '10.0.0.2' ? { ...one, status: 'refused' as const, read: 'refused' as const } : one,
);
const PAIR: ClusterSpec = { members: [n1, n2] };
const STOPPED: Partial<MemberSpec> = { upstream: null };
/** A maintenance of all three, begun by anna: who is where in it. */
function under(states: Readonly<Record<string, 'out' | 'done'>>, spec: ClusterSpec = healthy): ClusterSpec {
  const members = spec.members.map(({ name }): MaintenanceNote['members'][number] => {
    const state = states[name] ?? 'waiting';
    const out = state === 'waiting' ? null : NOW - 60_000;
    const done = state === 'done';
    return {
      ...{ name, state, outAt: out, outBy: out === null ? null : 'anna', backAt: done ? NOW - 1000 : null },
      backBy: done ? 'boris' : null,
      before: out === null ? null : { startedAt: startOf(spec, name), postgres: '17.11', patroni: '4.1.5' },
    };
  });
  // The leader comes last.
  const order = [...members.slice(1), ...members.slice(0, 1)];
  const about = { actionId: 'a1', by: 'anna', reason: 'new kernel', beganAt: NOW - 120_000, systemIdentifier: null };
  return { ...spec, maintenance: { ...about, work: 'kernel', minutes: 30, members: order } };
}
const startOf = (spec: ClusterSpec, name: string): number | null => memberOf(steady(spec), name).startedAt;

type Change = Partial<ActionFacts> | null | ((facts: ActionFacts) => ActionFacts);

function judge(request: ActionRequest, spec: ClusterSpec, change: Change = {}, afterMs = 0): Preflight {
  const snapshot = steady(spec);
  const facts =
    change === null ? null : typeof change === 'function' ? change(quietFacts(snapshot)) : quietFacts(snapshot, change);
  return preflight(request, snapshot, facts, snapshot.observedAt + afterMs);
}
const leads =
  (change: Partial<NonNullable<ActionFacts['leader']>>) =>
  (facts: ActionFacts): ActionFacts => ({
    ...facts,
    leader: facts.leader === null ? null : { ...facts.leader, ...change },
  });
const find = (checked: Preflight, code: string): readonly Check[] =>
  checked.checks.filter((check) => check.code === code);
const codes = (checks: readonly Check[]): string[] => checks.map(({ code }) => code);

type Row = [
  code: string,
  verdict: Verdict,
  title: RegExp,
  request: ActionRequest,
  spec: ClusterSpec,
  facts?: Change,
  afterMs?: number,
];

const longest = { pid: 21877, seconds: 252, application: 'reporting', user: 'app', query: 'SELECT 1' };
const backup = { pid: 7, phase: 'streaming database files', streamedBytes: MIB, totalBytes: 4 * MIB };

const everywhere = (role: Role): Rights['grants'] => [{ role, scopes: null, labels: {} }];
const rights = (role: Role, more: Partial<Rights> = {}): Change => ({
  rights: { grants: everywhere(role), policies: [], admins: ['a.ivanova'], secondPerson: 'to_ask', ...more },
});
const TWO: Partial<Rights> = { policies: [{ actions: ['switchover'], scopes: ['demo'], labels: {}, minutes: 15 }] };

const ELSEWHERE: Partial<MemberSpec> = { patroni: { patroni: { version: '4.1.5', scope: 'elsewhere', name: 'n2' } } };

const OWNED_WHOLE = { configOwner: { name: 'Big Operator', rewrites: 'all' } } as const;
const OWNED_IN_PART = { configOwner: { name: 'Small Operator', rewrites: 'some' } } as const;
const TABLE: readonly Row[] = [
  // Whose answer it is
  [
    'not_its_answer',
    'blocker',
    /Not through this address: 10.0.0.2:8008 answers for elsewhere/,
    restart,
    with2(ELSEWHERE),
  ],
  [
    'leader_not_its_answer',
    'blocker',
    /Whether n1 leads cannot be asked: 10.0.0.1:8008 answers for elsewhere/,
    switchover,
    with1(ELSEWHERE),
  ],
  [
    'initialize_key_wrong',
    'blocker',
    /names another cluster than n1, n2 and n3 have/,
    resume,
    { ...with1({}, PAUSED), keys: { initialize: '1234567890123456789' } },
  ],
  [
    'bootstrap',
    'blocker',
    /The cluster is not made yet/,
    failover,
    headless({ keys: { initialize: '' }, members: [{ ...n2, role: 'replica', upstream: null }] }),
  ],
  // Who asks
  [
    'not_allowed',
    'blocker',
    /role viewer may not switch over on demo; operator may. Allowed for: a.ivanova/,
    switchover,
    healthy,
    rights('viewer'),
  ],
  ['second_person', 'blocker', /Needs a second person on demo/, switchover, healthy, rights('operator', TWO)],
  ['second_person', 'blocker', /Needs a second person on demo/, rolling, healthy, rights('operator', TWO)],
  [
    'second_person',
    'note',
    /This takes two people/,
    switchover,
    healthy,
    rights('operator', { ...TWO, secondPerson: 'approved' }),
  ],
  [
    'second_person',
    'warning',
    /without the second person/,
    switchover,
    healthy,
    rights('admin', { ...TWO, secondPerson: 'break_glass' }),
  ],
  // Howdah itself
  ['request_invalid', 'blocker', /n9 is not a member of demo/, { ...switchover, candidate: 'n9' }, healthy],
  ['request_invalid', 'blocker', /full instant/, { ...switchover, scheduledAt: 'tomorrow' }, healthy],
  ['read_only', 'blocker', /only watches/, pause, healthy, { readOnly: true }],
  ['journal', 'blocker', /cannot be written/, switchover, healthy, { journalProblem: 'disk full' }],
  ['journal', 'passed', /journal can be written/, switchover, healthy],
  [
    'other_action',
    'blocker',
    /Another action runs on demo: rolling restart by mk/,
    pause,
    healthy,
    { running: { id: 'a1', kind: 'rolling_restart', actor: 'mk', requestedAt: NOW } },
  ],
  ['other_action', 'passed', /no other action/, switchover, healthy],
  [
    'dcs_changes',
    'blocker',
    /The DCS of this cluster is being changed: Remove e3/,
    restart,
    healthy,
    { dcsChange: 'Remove e3' },
  ],
  ['not_asked', 'note', /Not asked yet/, switchover, healthy, null],
  ['observation_old', 'blocker', /12 s old/, switchover, healthy, {}, 12_000],
  [
    'way',
    'blocker',
    /no DCS is configured and no Patroni answers/,
    pause,
    { members: [n1, n2].map((m) => ({ ...m, rest: 'timeout' as const })), dcs: 'off' },
  ],
  ['rest_user', 'note', /No user for Patroni/, restart, healthy, { restUser: false }],
  ['rest_compares_nothing', 'warning', /goes over REST/, switchover, { ...healthy, dcs: 'off' }],
  // The DCS
  ['dcs_quorum', 'passed', /^etcd 3 of 3 with quorum$/, switchover, healthy],
  [
    'dcs_quorum',
    'warning',
    /2 of 3: one more loss/,
    switchover,
    {
      ...healthy,
      endpoints: [{ name: 'e1', leads: true }, { name: 'e2' }, { name: 'e3', status: 'refused', read: 'refused' }],
    },
  ],
  [
    'dcs_quorum',
    'blocker',
    /no quorum: 1 of 3 answer/,
    pause,
    {
      ...healthy,
      dcs: 'stale',
      endpoints: [
        { name: 'e1', read: 'timeout' },
        { name: 'e2', status: 'refused', read: 'refused' },
        { name: 'e3', status: 'refused', read: 'refused' },
      ],
    },
  ],
  [
    'dcs_quorum',
    'warning',
    /no quorum/,
    reload,
    {
      ...healthy,
      dcs: 'stale',
      endpoints: [
        { name: 'e1', read: 'timeout' },
        { name: 'e2', status: 'refused', read: 'refused' },
      ],
    },
  ],
  ['dcs_view', 'warning', /not answered for 1 min/, pause, { ...healthy, dcs: 'stale' }],
  ['dcs_view', 'blocker', /not answered for 1 min/, switchover, { members: pausedMembers, ...PAUSED, dcs: 'stale' }],
  ['dcs_view', 'blocker', /not answered for 1 min/, restart, { ...healthy, config: { ttl: 90 }, dcs: 'stale' }],
  [
    'dcs_alarm',
    'blocker',
    /NOSPACE/,
    edit,
    { ...healthy, endpoints: [{ name: 'e1', leads: true, alarms: ['NOSPACE'] }, { name: 'e2' }, { name: 'e3' }] },
  ],
  [
    'dcs_alarm',
    'warning',
    /CORRUPT/,
    edit,
    { ...healthy, endpoints: [{ name: 'e1', leads: true, alarms: ['CORRUPT'] }, { name: 'e2' }, { name: 'e3' }] },
  ],
  [
    'pending_switchover',
    'blocker',
    /already asks for a switchover from n1 to n3/,
    switchover,
    { ...healthy, failover: { leader: 'n1', member: 'n3' } },
  ],
  [
    'pending_switchover',
    'blocker',
    /already asks for a failover to n3/,
    pause,
    { ...healthy, failover: { member: 'n3' } },
  ],
  [
    'pending_switchover',
    'warning',
    /already asks/,
    resume,
    { ...healthy, ...PAUSED, failover: { leader: 'n1', member: 'n3' } },
  ],
  [
    'scheduled_switchover',
    'warning',
    /from n1 to n3 is scheduled in 1 h/,
    switchover,
    { ...healthy, failover: soon(3_602_000) },
  ],
  ['scheduled_switchover', 'blocker', /is scheduled in 15 s/, switchover, { ...healthy, failover: soon(17_000) }],
  ['scheduled_switchover', 'warning', /is scheduled/, pause, { ...healthy, failover: soon(3_602_000) }],
  ['scheduled_switchover', 'warning', /is scheduled/, rolling, { ...healthy, failover: soon(3_602_000) }],
  ['scheduled_switchover', 'warning', /is scheduled/, reinitialize, { ...healthy, failover: soon(3_602_000) }],
  ['scheduled_switchover', 'note', /is scheduled/, restart, { ...healthy, failover: soon(3_602_000) }],
  ['scheduled_switchover', 'passed', /nothing scheduled/, switchover, healthy],
  ['nothing_scheduled', 'blocker', /No switchover is scheduled/, { kind: 'cancel_switchover' }, healthy],
  ['cancel_too_late', 'warning', /due in 5 s/, { kind: 'cancel_switchover' }, { ...healthy, failover: soon(7000) }],
  // The leader
  ['leader', 'blocker', /demo has no leader/, switchover, headless()],
  ['leader', 'blocker', /n1 leads and does not answer/, switchover, with1({ rest: 'timeout', sql: 'timeout' })],
  ['leader', 'blocker', /Patroni on n1 did not answer/, switchover, with1({ rest: 'timeout' })],
  ['leader', 'blocker', /PostgreSQL on n1 is starting/, switchover, with1({ state: 'starting', sql: 'refused' })],
  [
    'leader',
    'blocker',
    /n1 holds the leader key but is not a primary/,
    switchover,
    with1({ role: 'replica', upstream: null }),
  ],
  ['leader', 'blocker', /Who leads is not known: it was n1/, switchover, { ...healthy, dcs: 'stale' }],
  ['leader', 'note', /has no leader/, edit, headless()],
  ['leader', 'passed', /n1 leads and answers/, switchover, healthy],
  ['leader_present', 'blocker', /n1 is healthy: use Switchover/, failover, healthy],
  ['leader_present', 'warning', /n1 is healthy: Switchover/, { ...failover, candidate: 'n3' }, { ...healthy, ...SYNC }],
  [
    'leader_present',
    'warning',
    /n1 holds the leader key but does not answer/,
    failover,
    with1({ rest: 'timeout', sql: 'timeout' }),
  ],
  ['leader_present', 'passed', /no leader/, failover, headless()],
  ['second_primary', 'blocker', /n3 runs as a primary without/, switchover, with3({ role: 'primary' })],
  ['second_primary', 'warning', /n3 runs as a primary without/, resume, with3({ role: 'primary' }, PAUSED)],
  [
    'second_primary',
    'blocker',
    /n1 runs as a primary without/,
    failover,
    headless({
      members: [
        { ...n1, role: 'primary', rest: 'refused' },
        { ...n2, upstream: null },
      ],
    }),
  ],
  [
    'old_primary_unseen',
    'blocker',
    /n1 does not answer, and n2 still streams from it/,
    failover,
    headless({
      members: [
        { ...n1, rest: 'timeout', sql: 'timeout' },
        { ...n2, upstream: 'n1' },
      ],
    }),
  ],
  ['old_primary_lives', 'blocker', /PostgreSQL on n1 still runs as a primary/, failover, with1({ rest: 'timeout' })],
  [
    'failsafe',
    'blocker',
    /failsafe_mode is active/,
    switchover,
    with1({ patroni: { failsafe_mode_is_active: true } }, { dcs: 'stale', config: { failsafe_mode: true } }),
  ],
  [
    'failsafe',
    'blocker',
    /failsafe_mode is active/,
    restart,
    with1({ patroni: { failsafe_mode_is_active: true } }, { dcs: 'stale', config: { failsafe_mode: true } }),
  ],
  [
    'leader_not_asked',
    'note',
    /What n1 is doing is not known/,
    switchover,
    healthy,
    { leader: null, leaderProblem: 'no SQL role' },
  ],
  ['leader_not_asked', 'note', /What n1 is doing is not known/, switchover, healthy, leads({ member: 'n3' })],
  [
    'longest_transaction',
    'warning',
    /open on n1 for 4 min 12 s/,
    switchover,
    healthy,
    leads({ longestTransaction: longest }),
  ],
  [
    'longest_transaction',
    'note',
    /open on n1 for 3 s/,
    switchover,
    healthy,
    leads({ longestTransaction: { ...longest, seconds: 3 } }),
  ],
  ['longest_transaction', 'passed', /no open transaction/, switchover, healthy],
  ['connections', 'note', /214 client connections on n1/, switchover, healthy, leads({ connections: 214 })],
  [
    'prepared_transactions',
    'warning',
    /2 prepared transactions on n1, the oldest 90|1 min 30 s/,
    switchover,
    healthy,
    leads({ preparedTransactions: { count: 2, oldestSeconds: 90 } }),
  ],
  ['prepared_transactions', 'passed', /no prepared transactions/, switchover, healthy],
  [
    'unarchived_wal',
    'warning',
    /3 WAL files are not archived yet, 48 MiB/,
    switchover,
    healthy,
    leads({ unarchivedFiles: 3, unarchivedBytes: 48 * MIB }),
  ],
  [
    'unarchived_wal',
    'note',
    /1 WAL file is not archived/,
    switchover,
    healthy,
    leads({ unarchivedFiles: 1, unarchivedBytes: null }),
  ],
  ['unarchived_wal', 'passed', /all WAL archived/, switchover, healthy],
  [
    'archiver',
    'warning',
    /archiver on n1 fails on 00000001/,
    switchover,
    with1({
      slow: {
        archiver: {
          mode: 'on',
          archived_count: 1,
          last_archived_ms: NOW - 9000,
          failed_count: 3,
          last_failed_wal: '00000001',
          last_failed_ms: NOW - 100,
        },
      },
    }),
  ],
  [
    'archiver',
    'passed',
    /archiver works/,
    switchover,
    with1({
      slow: {
        archiver: {
          mode: 'on',
          archived_count: 1,
          last_archived_ms: NOW - 9000,
          failed_count: 0,
          last_failed_ms: null,
        },
      },
    }),
  ],
  ['base_backup', 'warning', /1 base backup runs on n1/, switchover, healthy, leads({ baseBackups: [backup] })],
  ['base_backup', 'note', /1 base backup runs on n1/, reinitialize, healthy, leads({ baseBackups: [backup] })],
  ['base_backup', 'passed', /no base backup/, switchover, healthy],
  [
    'leader_pending_restart',
    'note',
    /n1 has a pending restart/,
    switchover,
    with1(pendingOf('max_connections', '100', '200')),
  ],
  // Candidates
  ['only_member', 'blocker', /n1 is the only member/, anyone, { members: [n1] }],
  ['only_member', 'blocker', /n1 is the only member/, rolling, { members: [n1] }],
  ['candidate_is_leader', 'blocker', /n1 already leads/, { ...switchover, candidate: 'n1' }, healthy],
  ['candidate_is_leader', 'blocker', /n1 already leads/, { ...failover, candidate: 'n1' }, healthy],
  ['candidate_unknown_member', 'blocker', /n9 is not in the member list/, { ...switchover, candidate: 'n9' }, healthy],
  ['candidate_refused', 'blocker', /Not n2: tagged nofailover/, switchover, with2({ tags: { nofailover: true } })],
  ['candidate_not_known', 'blocker', /Whether n2 can take over is not known/, switchover, with2({ rest: 'late' })],
  ['candidate_eligible', 'passed', /n2 is eligible/, switchover, healthy],
  ['patroni_chooses', 'note', /Patroni chooses among n2 and n3/, anyone, healthy],
  ['patroni_chooses', 'note', /only n2 can take over/, anyone, with3({ tags: { nofailover: true } })],
  [
    'patroni_chooses',
    'blocker',
    /Nobody can take over/,
    anyone,
    { members: [n1, { ...n2, tags: { nofailover: true } }] },
  ],
  [
    'patroni_chooses',
    'blocker',
    /Patroni would choose n3, which is ahead: forked/,
    anyone,
    {
      members: [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 2 },
        { ...n3, ...FORKED },
      ],
      history: HISTORY,
    },
  ],
  [
    'patroni_chooses',
    'blocker',
    /Nobody can take over/,
    rolling,
    { members: [n1, { ...n2, tags: { nofailover: true } }] },
  ],
  ['candidate_lag', 'warning', /n2 is 20 MiB behind/, switchover, with2({ lsn: HEAD - 20 * MIB, received: HEAD })],
  ['candidate_lag', 'passed', /n2 does not lag/, switchover, healthy],
  [
    'candidate_lag',
    'warning',
    /How far n2 lags is not known/,
    switchover,
    with1({ patroni: { xlog: {} }, sql: 'off' }, { members: [{ ...n1, patroni: { xlog: {} }, sql: 'off' }, n2, n3] }),
  ],
  [
    'candidate_pending_restart',
    'note',
    /n2 has a pending restart/,
    switchover,
    with2(pendingOf('shared_buffers', '128MB', '1GB')),
  ],
  ['failover_ignores', 'warning', /ignores lag, timeline and \/sync/, failover, headless()],
  ['failover_loss', 'passed', /n2 has all WAL that is known/, failover, headless()],
  [
    'failover_loss',
    'warning',
    /12 MiB of WAL would be lost with n2/,
    failover,
    headless({
      members: [
        { ...n2, role: 'replica', lsn: HEAD - 12 * MIB, upstream: null },
        { ...n3, upstream: null },
      ],
    }),
  ],
  [
    'failover_loss',
    'warning',
    /How much is lost with n2 is not known/,
    failover,
    headless({
      members: [
        {
          ...n2,
          role: 'replica',
          upstream: null,
          sql: 'off',
          patroni: { xlog: {} },
          key: { xlog_location: null, receive_lsn: null, replay_lsn: null },
        },
      ],
    }),
  ],
  [
    'behind_other',
    'warning',
    /n2 is 12 MiB behind n3/,
    failover,
    headless({
      members: [
        { ...n2, role: 'replica', lsn: HEAD - 12 * MIB, upstream: null },
        { ...n3, upstream: null },
      ],
    }),
  ],
  [
    'behind_other',
    'warning',
    /^n2 is 12 MiB behind n4$/,
    failover,
    headless({
      members: [
        { ...n2, role: 'replica', lsn: HEAD - 12 * MIB, upstream: null },
        { ...n3, lsn: HEAD - 6 * MIB, upstream: null },
        { name: 'n4', upstream: null },
      ],
    }),
  ],
  [
    'failover_timeline',
    'warning',
    /n2 is on timeline 1, the cluster reached 2/,
    failover,
    headless({
      members: [
        { ...n2, role: 'replica', upstream: null, timeline: 1, lsn: HEAD - 2 * MIB },
        { ...n3, upstream: null, timeline: 2 },
      ],
      history: HISTORY,
    }),
  ],
  ['cannot_follow', 'warning', /n3 is silent/, switchover, with3({ rest: 'timeout', sql: 'timeout' })],
  ['cannot_follow', 'warning', /Patroni on n3 does not answer/, switchover, with3({ rest: 'timeout' })],
  [
    'cannot_follow',
    'warning',
    /n3 cannot follow to timeline 2 while its replay is paused/,
    switchover,
    with3({ paused: true }),
  ],
  ['cannot_follow', 'warning', /n3 does not stream/, switchover, with3({ upstream: null })],
  [
    'stays_broken',
    'note',
    /n3 stays broken/,
    switchover,
    {
      members: [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 2 },
        { ...n3, ...FORKED },
      ],
      history: HISTORY,
    },
  ],
  // The cluster
  ['paused', 'blocker', /already paused/, pause, { ...healthy, ...PAUSED }],
  ['paused', 'blocker', /is not paused/, resume, healthy],
  ['paused', 'blocker', /name a candidate/, anyone, { ...healthy, ...PAUSED }],
  ['paused', 'blocker', /nothing can be scheduled/, { ...switchover, scheduledAt: LATER }, { ...healthy, ...PAUSED }],
  ['paused', 'blocker', /nothing can be scheduled/, { ...restart, scheduledAt: LATER }, { ...healthy, ...PAUSED }],
  ['paused', 'blocker', /demo is paused/, demote, { ...healthy, ...PAUSED }],
  ['paused', 'warning', /demo is paused/, switchover, { ...healthy, ...PAUSED }],
  ['paused', 'warning', /demo is paused/, failover, headless(PAUSED)],
  ['paused', 'warning', /demo is paused/, restartLeader, { ...healthy, ...PAUSED }],
  ['paused', 'note', /demo is paused/, restart, { ...healthy, ...PAUSED }],
  ['paused', 'warning', /demo is paused/, rolling, { ...healthy, ...PAUSED }],
  ['paused', 'warning', /demo is paused/, reinitialize, { ...healthy, ...PAUSED }],
  ['paused', 'note', /demo is paused/, edit, { ...healthy, ...PAUSED }],
  ['paused', 'passed', /not paused/, switchover, healthy],
  [
    'pause_not_known',
    'warning',
    /paused is not known/,
    switchover,
    { members: [n1, n2].map((member) => ({ ...member, rest: 'timeout' as const })), dcs: 'never' },
  ],
  [
    'sync_empty',
    'blocker',
    /\/sync names no standby/,
    switchover,
    { ...healthy, config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: null } },
  ],
  ['sync_empty', 'blocker', /\/sync names no standby/, rolling, { ...healthy, config: { synchronous_mode: true } }],
  [
    'sync_lost',
    'warning',
    /n3 is not in \/sync while synchronous_mode is on/,
    { ...failover, candidate: 'n3' },
    headless(SYNC),
  ],
  ['sync_lost', 'passed', /n2 is in \/sync/, failover, headless(SYNC)],
  [
    'sync_strict',
    'warning',
    /nobody is left to confirm/,
    switchover,
    { members: [n1, n2], ...SYNC, config: { synchronous_mode: true, synchronous_mode_strict: true } },
  ],
  [
    'sync_strict',
    'warning',
    /nobody is left to confirm/,
    switchover,
    with3({ tags: { nosync: true } }, { ...SYNC, config: { synchronous_mode: true, synchronous_mode_strict: true } }),
  ],
  [
    'sync_strict',
    'passed',
    /n3 left to confirm/,
    switchover,
    { ...healthy, ...SYNC, config: { synchronous_mode: true, synchronous_mode_strict: true } },
  ],
  ['standby_cluster', 'note', /demo is a standby cluster/, switchover, with1({ role: 'standby_leader' }, STANDBY)],
  [
    'member_versions',
    'warning',
    /different versions of Patroni: 4.0.7, 4.1.5/,
    switchover,
    with3({ version: '4.0.7' }),
  ],
  ['member_versions', 'passed', /^all run Patroni 4.1.5$/, switchover, healthy],
  [
    'postgres_versions',
    'note',
    /different versions of PostgreSQL/,
    switchover,
    with3({ fast: { server_version_num: 170010 }, patroni: { server_version: 170010 } }),
  ],
  ['clocks', 'warning', /clock of n3 is 1 min 30 s ahead/, switchover, with3({ clockMs: 90_000 })],
  ['clocks', 'passed', /^clocks within/, switchover, healthy],
  // Restart, reload
  ['member_silent', 'blocker', /Patroni on n2 does not answer/, restart, with2({ rest: 'timeout' })],
  ['member_silent', 'passed', /Patroni on n2 answers/, restart, healthy],
  ['member_busy', 'blocker', /n2 is starting/, restart, with2({ state: 'starting', sql: 'refused' })],
  ['member_not_running', 'warning', /PostgreSQL on n2: stopped/, restart, with2({ state: 'stopped', sql: 'refused' })],
  ['member_not_running', 'blocker', /PostgreSQL on n2: stopped/, rolling, with2({ state: 'stopped', sql: 'refused' })],
  ['not_streaming_before', 'blocker', /n3 does not stream/, rolling, with3({ upstream: null })],
  ['restart_leader', 'warning', /n1 leads: nothing accepts writes/, restartLeader, healthy],
  [
    'restart_scheduled_exists',
    'blocker',
    /A restart of n2 is already scheduled/,
    { ...restart, scheduledAt: LATER },
    with2({ patroni: { scheduled_restart: { schedule: LATER } }, key: { scheduled_restart: { schedule: LATER } } }),
  ],
  [
    'restart_scheduled_exists',
    'note',
    /A restart of n2 is scheduled for/,
    restart,
    with2({ patroni: { scheduled_restart: { schedule: LATER } }, key: { scheduled_restart: { schedule: LATER } } }),
  ],
  ['restart_scheduled_in_memory', 'note', /memory of Patroni/, { ...restart, scheduledAt: LATER }, healthy],
  ['restart_sync_standby', 'warning', /n2 is in \/sync/, restart, { ...healthy, ...SYNC }],
  ['restart_sync_standby', 'note', /n2 is in \/sync/, rolling, { ...healthy, ...SYNC }],
  ['restart_pending', 'blocker', /n2 has no pending restart/, { ...restart, onlyPending: true }, healthy],
  ['restart_pending', 'blocker', /No member has a pending restart/, { ...rolling, onlyPending: true }, healthy],
  [
    'restart_pending',
    'note',
    /n1 and n3 have no pending restart/,
    { ...rolling, onlyPending: true },
    with2(pendingOf('shared_buffers', '1', '2')),
  ],
  [
    'restart_pending',
    'passed',
    /all of them/,
    { ...restart, onlyPending: true },
    with2(pendingOf('shared_buffers', '1', '2')),
  ],
  [
    'restart_order',
    'warning',
    /max_connections is lowered, and n1 still runs with the old value/,
    restart,
    { members: [n1, n2, n3].map((member) => ({ ...member, ...pendingOf('max_connections', '100', '50') })) },
  ],
  [
    'no_standby_meanwhile',
    'warning',
    /No standby streams while they restart/,
    { ...restart, members: ['n2', 'n3'] },
    healthy,
  ],
  [
    'pending_not_known',
    'warning',
    /Which settings wait for the restart of n2 is not known/,
    restart,
    with2({ patroni: { pending_restart: true } }),
  ],
  ['rolling_order', 'note', /Order: n2, n3, n1/, rolling, healthy],
  [
    'rolling_order',
    'warning',
    /Order: n1, n2, n3/,
    rolling,
    { members: [n1, n2, n3].map((member) => ({ ...member, ...pendingOf('max_connections', '100', '50') })) },
  ],
  ['reload_means', 'note', /reads its local files again/, reload, healthy],
  [
    'no_scheduled_restart',
    'blocker',
    /No restart of n2 is scheduled/,
    { kind: 'cancel_restart', member: 'n2' },
    healthy,
  ],
  // Reinitialize
  ['reinitialize_leader', 'blocker', /n1 leads/, { ...reinitialize, member: 'n1' }, healthy],
  [
    'reinitialize_last_replica',
    'blocker',
    /n3 is the last healthy replica/,
    reinitialize,
    with2({ rest: 'refused', sql: 'refused' }),
  ],
  [
    'reinitialize_last_replica',
    'warning',
    /and you go on/,
    { ...reinitialize, override: true },
    with2({ rest: 'refused', sql: 'refused' }),
  ],
  [
    'reinitialize_last_replica',
    'warning',
    /No replica can take over/,
    reinitialize,
    { members: [n1, { ...n3, upstream: null }] },
  ],
  ['reinitialize_last_replica', 'passed', /n2 can take over meanwhile/, reinitialize, healthy],
  [
    'reinitialize_sync_standby',
    'blocker',
    /n2 is the only sync standby/,
    { ...reinitialize, member: 'n2' },
    { ...healthy, ...SYNC },
  ],
  [
    'reinitialize_sync_standby',
    'warning',
    /and you go on/,
    { ...reinitialize, member: 'n2', override: true },
    { ...healthy, ...SYNC },
  ],
  [
    'reinitialize_sync_standby',
    'note',
    /n2 is in \/sync/,
    { ...reinitialize, member: 'n2' },
    { ...healthy, config: { synchronous_mode: true }, sync: { leader: 'n1', sync_standby: 'n2,n3' } },
  ],
  ['reinitialize_second_primary', 'warning', /n3 runs as a primary/, reinitialize, with3({ role: 'primary' })],
  ['reinitialize_removes', 'note', /data directory of n3 will be removed/, reinitialize, healthy],
  [
    'reinitialize_removes',
    'warning',
    /with 61 MiB of WAL past the fork/,
    reinitialize,
    {
      members: [
        { ...n1, timeline: 2 },
        { ...n2, timeline: 2 },
        { ...n3, ...FORKED },
      ],
      history: HISTORY,
    },
  ],
  [
    'reinitialize_removes',
    'warning',
    /belongs to another cluster/,
    reinitialize,
    with3({ patroni: { database_system_identifier: '1' }, fast: { system_identifier: '1' } }),
  ],
  ['reinitialize_healthy', 'warning', /n3 streams: nothing shows that it needs this/, reinitialize, healthy],
  [
    'reinitialize_busy',
    'blocker',
    /n3 is creating replica/,
    reinitialize,
    with3({ state: 'creating replica', sql: 'refused' }),
  ],
  [
    'reinitialize_busy',
    'warning',
    /n3 is creating replica/,
    { ...reinitialize, force: true },
    with3({ state: 'creating replica', sql: 'refused' }),
  ],
  [
    'reinitialize_from_leader',
    'blocker',
    /Patroni 4.0.7 on n3 cannot be told/,
    { ...reinitialize, fromLeader: true },
    { ...healthy, version: '4.0.7' },
  ],
  ['reinitialize_from_leader', 'note', /copied from n1/, { ...reinitialize, fromLeader: true }, healthy],
  [
    'reinitialize_cascade',
    'warning',
    /n3 streams from n2/,
    { ...reinitialize, member: 'n2' },
    with3({ upstream: 'n2' }),
  ],
  // Configuration
  ['config_not_known', 'blocker', /has not been read/, pause, { ...healthy, keys: { config: null } }],
  ['config_revision', 'blocker', /changed since the edit began/, { ...edit, baseRevision: '49' }, healthy],
  ['config_revision', 'passed', /still at 50/, edit, healthy],
  [
    'config_unchanged',
    'blocker',
    /Nothing is changed/,
    { ...edit, value: Object.fromEntries(Object.entries(CONFIG).reverse()) },
    healthy,
  ],
  ['config_content', 'blocker', /ttl: /, { ...edit, value: { ...CONFIG, ttl: 'abc' } }, healthy],
  [
    'config_content',
    'blocker',
    /standby_cluster: /,
    { ...edit, value: { ...CONFIG, standby_cluster: { host: 'x' } } },
    healthy,
  ],
  ['config_grave', 'warning', /loop_wait changes/, edit, healthy],
  ['config_owner', 'warning', /Big Operator owns the configuration/, pause, { ...healthy, beside: OWNED_WHOLE }],
  ['config_owner', 'warning', /Small Operator owns/, edit, { ...healthy, beside: OWNED_IN_PART }],
  ['config_owner', 'note', /Small Operator owns/, pause, { ...healthy, beside: OWNED_IN_PART }],
  ['members_take_up', 'warning', /Patroni on n2 does not answer/, pause, with2({ rest: 'timeout' })],
  ['members_take_up', 'passed', /to be applied by 3 members/, pause, healthy],
  ['pause_means', 'note', /nobody takes over automatically/, pause, healthy],
  ['pause_means', 'warning', /nobody takes over automatically/, { ...pause, until: null }, healthy],
  ['pause_without_leader', 'warning', /has no leader/, pause, headless()],
  ['resume_without_leader', 'warning', /has no healthy leader/, resume, headless(PAUSED)],
  [
    'resume_trap',
    'warning',
    /Patroni may elect n3: forked/,
    resume,
    {
      members: [
        { ...n1, timeline: 2, rest: 'timeout' },
        { ...n2, timeline: 2 },
        { ...n3, ...FORKED },
      ],
      history: HISTORY,
      ...PAUSED,
    },
  ],
  ['standby_versions', 'blocker', /n1, n2 and n3 do not run Patroni 4.1/, demote, { ...healthy, version: '4.0.7' }],
  ['standby_citus', 'blocker', /Citus/, demote, { ...healthy, config: { citus: { group: 0 } } }],
  ['standby_state', 'blocker', /is already a standby cluster/, demote, with1({ role: 'standby_leader' }, STANDBY)],
  ['standby_state', 'blocker', /is not a standby cluster/, promote, healthy],
  ['demote_means', 'warning', /stops accepting writes/, demote, healthy],
  ['promote_means', 'warning', /Two clusters accept writes/, promote, with1({ role: 'standby_leader' }, STANDBY)],
  ['no_signal_role', 'blocker', /No role is configured/, endSession, healthy],
  ['session_member_silent', 'blocker', /n1 does not answer/, endSession, with1({ sql: 'refused' })],
  ['session_member_silent', 'passed', /n1 answers/, endSession, healthy],
  ['session_cost', 'note', /is rolled back/, endSession, healthy],
  ['maintenance_running', 'blocker', /under way, begun by anna/, begin, under({})],
  ['maintenance_none', 'blocker', /No maintenance is under way/, takeOut, healthy],
  ['maintenance_leader', 'passed', /n1 leads/, begin, healthy],
  ['maintenance_leader', 'blocker', /no leader that is well/, takeOut, { ...under({}), leader: null }],
  ['maintenance_order', 'note', /Order: n2, n3, n1/, begin, healthy],
  ['maintenance_alone', 'blocker', /n1 is the only member/, begin, { members: [{ name: 'n1' }] }],
  ['maintenance_streams', 'blocker', /n2 does not stream/, takeOut, under({}, with2(STOPPED))],
  ['maintenance_turn', 'passed', /nobody else is out/, takeOut, under({})],
  ['maintenance_turn', 'blocker', /n3 is out already, taken out by anna/, takeOut, under({ n3: 'out' })],
  ['maintenance_turn', 'blocker', /n2 is out, taken out by anna/, takeOut, under({ n2: 'out' })],
  ['maintenance_turn', 'blocker', /n3 is done already, said by boris/, takeOut, under({ n3: 'done' })],
  ['maintenance_turn', 'blocker', /n1 leads/, { ...takeOut, member: 'n1' }, under({ n2: 'done', n3: 'done' })],
  ['maintenance_turn', 'blocker', /n3 was not taken out/, isDone, under({})],
  ['maintenance_turn', 'blocker', /n3 is done already, said by boris/, isDone, under({ n3: 'done' })],
  ['maintenance_heirs', 'passed', /n2 can take over/, takeOut, under({})],
  ['maintenance_heirs', 'warning', /nobody can take over/, { ...takeOut, member: 'n2' }, under({}, PAIR)],
  ['maintenance_heirs', 'blocker', /n3 is the only one/, takeOut, under({}, with2({ tags: { nofailover: true } }))],
  ['maintenance_heirs', 'warning', /paused/, takeOut, under({}, { members: pausedMembers, ...PAUSED })],
  ['maintenance_sync', 'warning', /no standby confirms/, { ...takeOut, member: 'n2' }, under({}, { ...PAIR, ...SYNC })],
  [
    'maintenance_sync',
    'blocker',
    /every commit waits/,
    { ...takeOut, member: 'n2' },
    under({}, { ...PAIR, ...SYNC, config: { synchronous_mode: true, synchronous_mode_strict: true } }),
  ],
  ['maintenance_sync', 'note', /n2 is in .sync/, { ...takeOut, member: 'n2' }, under({}, { ...healthy, ...SYNC })],
  [
    'maintenance_cascade',
    'warning',
    /n3 streams from n2/,
    { ...takeOut, member: 'n2' },
    under({}, with3({ upstream: 'n2', tags: { replicatefrom: 'n2' } })),
  ],
  ['maintenance_dcs', 'note', /carries a member of the DCS/, takeOut, under({}, { ...healthy, endpoints: BESIDE })],
  ['maintenance_dcs', 'blocker', /no quorum without it/, takeOut, under({}, { ...healthy, endpoints: BESIDE_LAME })],
  ['maintenance_switchover', 'blocker', /is scheduled/, takeOut, under({}, { ...healthy, failover: soon(3_602_000) })],
  ['maintenance_proof', 'passed', /n3 runs, streams/, isDone, under({ n3: 'out' })],
  [
    'maintenance_proof',
    'blocker',
    /n3 does not answer/,
    isDone,
    under({ n3: 'out' }, with3({ rest: 'refused', sql: 'refused' })),
  ],
  ['maintenance_proof', 'blocker', /does not stream yet/, isDone, under({ n3: 'out' }, with3(STOPPED))],
  ['maintenance_proof', 'blocker', /behind, more than/, isDone, under({ n3: 'out' }, with3({ lsn: HEAD - 5 * MIB }))],
  ['maintenance_changed', 'warning', /was not restarted meanwhile/, isDone, under({ n3: 'out' })],
  ['maintenance_left', 'note', /Not done: n2, n3 and n1/, endMaintenance, under({})],
  ['maintenance_left', 'warning', /n3 is out still/, endMaintenance, under({ n3: 'out' })],
];

describe('a check', () => {
  it.each<Row>([...TABLE])('%s can be a %s: %s', (code, verdict, title, request, spec, facts, afterMs) => {
    const found = find(judge(request, spec, facts, afterMs), code);
    expect(found.map((check) => String(check.title))).toContainEqual(expect.stringMatching(title));
    expect(found.find((check) => title.test(String(check.title)))?.verdict).toBe(verdict);
    for (const check of found) expect(String(check.detail) === '').toBe(check.verdict === 'passed');
  });

  it('has a code of its own, and each code is proved above', () => {
    const rows = CHECK_ROWS.map((row) => row.code);
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows.filter((code) => !TABLE.some((row) => row[0] === code))).toEqual([]);
    expect(rows.filter((code) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(code))).toEqual([]);
  });

  it('that a card does not load is about nothing that a card offers', () => {
    const kinds = deskChecks(null).flatMap(({ applies }) => (applies === null ? ['every kind'] : [...applies]));
    expect([...new Set(kinds)].sort()).toEqual([...DESK_KINDS].sort());
  });

  it('has its line in docs/actions.md', () => {
    const file = join(import.meta.dirname, '../../../docs/actions.md');
    expect(existsSync(file)).toBe(true);
    const page = readFileSync(file, 'utf8');
    expect(CHECK_ROWS.filter((row) => !page.includes(`| \`${row.code}\` |`)).map((row) => row.code)).toEqual([]);
  });
});

describe('the owner of a configuration', () => {
  it.each([
    ['a cluster that nobody owns', pause, healthy],
    ['a switchover, which changes no configuration', switchover, { ...healthy, beside: OWNED_WHOLE }],
  ] as const)('is not named for %s', (_name, request, spec) => {
    expect(find(judge(request, spec), 'config_owner')).toEqual([]);
  });
});

describe('another initialize than the members have', () => {
  const other = { ...healthy, ...PAUSED, leader: null, keys: { initialize: '7710406339524709999' } };
  const about = (request: ActionRequest, spec: ClusterSpec) => find(judge(request, spec), 'initialize_key_wrong');

  it('says that every Patroni would end itself and shut PostgreSQL down', () => {
    expect(about(resume, other).map(({ detail }) => String(detail))).toEqual([
      'Once resumed, Patroni of n1, n2 and n3 ends itself and stops PostgreSQL there. Put /initialize right first.',
    ]);
  });

  it.each([
    ['the same initialize', resume, { ...healthy, ...PAUSED }],
    ['a key that Patroni takes for no identifier', resume, { ...other, keys: { initialize: '123456789' } }],
    ['no key', resume, { ...other, keys: { initialize: null } }],
    ['an edit that leaves the pause', { ...edit, value: { ...CONFIG, pause: true, loop_wait: 5 } }, other],
  ] as const)('is nothing against it: %s', (_name, request, spec) => {
    expect(about(request, spec)).toEqual([]);
  });

  it('ends a pause also by removing the key in an edit', () => {
    expect(about({ ...edit, value: CONFIG }, other)).toMatchObject([{ verdict: 'blocker' }]);
  });
});

describe('what an edit contains', () => {
  const bad = { ...edit, value: { ...CONFIG, ttl: 'abc' } } as const;
  const forced = { ...bad, force: true } as const;
  const content = (request: ActionRequest, change: Change = {}) =>
    find(judge(request, healthy, change), 'config_content').map(({ verdict }) => verdict);

  it('may be forced by an admin, and where nobody has to sign in', () => {
    expect(content(forced)).toEqual(['warning']);
    expect(content(forced, rights('admin'))).toEqual(['warning']);
    expect(content(bad, rights('admin'))).toEqual(['blocker']);
  });

  it('is not forced by an operator, who is told so', () => {
    expect(content(forced, rights('operator'))).toEqual(['blocker', 'blocker']);
    const [why] = find(judge(forced, healthy, rights('operator')), 'config_content');
    expect(String(why?.title)).toMatch(/role operator may not store a configuration that the checks forbid/);
    // Nothing is forbidden: force asks for no right.
    expect(content({ ...edit, force: true }, rights('operator'))).toEqual([]);
  });

  it('is judged by the pg_settings of the members where they are known', () => {
    const value = { ...CONFIG, postgresql: { parameters: { work_mem: '8 parsecs' } } };
    const snapshot = steady(healthy);
    const of = (settings: Settings | null) =>
      preflight({ ...edit, value }, snapshot, quietFacts(snapshot), NOW, settings).checks.filter(
        ({ code }) => code === 'config_content',
      );
    expect(of(settingsOf()).map(({ title }) => String(title))).toEqual([expect.stringMatching(/unit parsecs/)]);
    expect(of(null)).toEqual([]);
  });
});

describe('on a healthy cluster', () => {
  it.each(GENERATIONS)('Patroni %s: a switchover to a streaming replica has no blocker and no warning', (version) => {
    const checked = judge(switchover, { ...healthy, version });
    expect(checked.checks.filter(({ verdict }) => verdict === 'blocker' || verdict === 'warning')).toEqual([]);
    expect(checked).toMatchObject({ way: 'dcs', verb: 'Switch over to n2', confirm: 'demo' });
    expect(checked.atRisk).toMatchObject({ bytes: 0, seconds: 0 });
  });

  it('nothing that needs the server passes before it was asked', () => {
    for (const kind of ACTION_KINDS) {
      const request = [
        switchover,
        failover,
        pause,
        resume,
        edit,
        restart,
        rolling,
        reload,
        reinitialize,
        demote,
        promote,
      ].find((entry) => entry.kind === kind);
      if (request === undefined) continue;
      const passed = judge(request, healthy, null).checks.filter(({ verdict }) => verdict === 'passed');
      for (const code of [
        'journal',
        'other_action',
        'longest_transaction',
        'prepared_transactions',
        'unarchived_wal',
        'base_backup',
      ])
        expect(codes(passed)).not.toContain(code);
    }
  });

  it('checks are sorted: blockers, warnings, notes, passed', () => {
    const order = ['blocker', 'warning', 'note', 'passed'];
    const ranks = judge(rolling, with3({ paused: true }), null).checks.map(({ verdict }) => order.indexOf(verdict));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });

  it('is the same for the same question: no clock inside', () => {
    const snapshot: Snapshot = steady(healthy);
    const facts = quietFacts(snapshot);
    expect(preflight(switchover, snapshot, facts, NOW + 9)).toEqual(preflight(switchover, snapshot, facts, NOW + 9));
  });
});

describe('the trap that lost data', () => {
  const forked = (version: ClusterSpec['version']): ClusterSpec => ({
    ...(version === undefined ? {} : { version }),
    members: [
      { ...n1, timeline: 2 },
      { ...n2, ...FORKED },
      { ...n3, timeline: 2 },
    ],
    history: HISTORY,
  });

  it.each(GENERATIONS)('on Patroni %s: running, lag 0, forked: refused, with what patronictl says', (version) => {
    const checked = judge(switchover, forked(version));
    const [refusal] = find(checked, 'candidate_refused');
    expect(refusal?.title).toBe('Not n2: forked on timeline 1, 61 MiB past the fork');
    expect(refusal?.evidence).toContainEqual({ label: 'patronictl says', text: 'running, lag 0 B' });
    expect(refusal?.detail).toContain('Patroni does not check this');
    expect(checked.candidates.map(({ member, choice }) => `${member} ${choice}`)).toEqual([
      'n3 eligible',
      'n2 refused',
    ]);
    expect(checked.candidates[1]).toMatchObject({ words: 'forked, running', lagBytes: null, atRiskBytes: null });
    expect(checked.candidates[1]?.detail).toContain('although patronictl says lag 0');
  });

  it.each(GENERATIONS)('on Patroni %s: running, lag 0, not streaming: refused', (version) => {
    const checked = judge(switchover, with2({ upstream: null }, { version }));
    expect(find(checked, 'candidate_refused')[0]?.title).toBe('Not n2: does not stream');
  });

  it('is refused for a failover without a leader too, by the history alone', () => {
    const spec = headless({
      members: [
        { ...n2, ...FORKED, role: 'replica' },
        { ...n3, upstream: null, timeline: 2 },
      ],
      history: HISTORY,
    });
    const checked = judge(failover, spec);
    expect(find(checked, 'candidate_refused')[0]?.title).toMatch(/Not n2: .*forked/);
    // Its WAL is nobody's measure for the others.
    expect(judge({ ...failover, candidate: 'n3' }, spec).atRisk).toMatchObject({ bytes: 0, seconds: 0 });
    expect(find(judge({ ...failover, candidate: 'n3' }, spec), 'behind_other')).toEqual([]);
  });

  it('is chosen by Patroni only where it is ahead: level with a good one it is no reason to name somebody', () => {
    const beside = (lsn: number) =>
      find(
        judge(anyone, {
          members: [
            { ...n1, timeline: 2 },
            { ...n2, timeline: 2 },
            { ...n3, ...FORKED, lsn },
          ],
          history: HISTORY,
        }),
        'patroni_chooses',
      ).map(({ verdict }) => verdict);
    expect([beside(HEAD), beside(HEAD + 1)]).toEqual([['note'], ['blocker']]);
  });
});

describe('who may still be a primary', () => {
  const silent = { role: 'replica', rest: 'timeout', sql: 'timeout' } as const;
  const named = (members: readonly MemberSpec[]) =>
    find(judge({ ...failover, candidate: 'n4' }, { members, leader: null }), 'old_primary_unseen').flatMap((check) =>
      check.verdict === 'blocker' ? check.members : [],
    );

  it('is a silent member that others stream from', () => {
    const fed = { ...n3, upstream: 'n2' };
    expect(named([{ ...n1, role: 'replica', upstream: null }, { ...n2, ...silent, upstream: null }, fed])).toEqual([
      'n2',
    ]);
  });

  it('is not a silent cascade, which streams itself', () => {
    const fed = { ...n3, upstream: 'n2' };
    const cascade = { ...n2, ...silent, upstream: 'n1' };
    expect(named([{ ...n1, role: 'replica', upstream: null }, cascade, fed])).toEqual([]);
  });
});

describe('a switchover is refused', () => {
  it.each<[string, ClusterSpec, string]>([
    ['to a member tagged nofailover', with2({ tags: { nofailover: true } }), 'nofailover'],
    ['over the lag limit', with2({ lsn: HEAD - 2 * MIB, received: HEAD - 2 * MIB }), 'lag'],
    ['to one outside /sync', { ...healthy, ...SYNC, sync: { leader: 'n1', sync_standby: 'n3' } }, 'not_sync'],
    ['to a stopped member', with2({ state: 'stopped', sql: 'refused' }), 'not_running'],
    ['to an unreachable member', with2({ rest: 'refused', sql: 'refused' }), 'unreachable'],
    [
      'with a failed watchdog',
      with2({ patroni: { watchdog_failed: true }, key: { watchdog_failed: true }, tags: {} }),
      'watchdog',
    ],
    ['to one with paused replay', with2({ paused: true, lsn: HEAD - 4096, received: HEAD }), 'replay_paused'],
    ['to one that streams from another', with2({ upstream: 'n3' }), 'not_from_leader'],
    [
      'to one of another cluster',
      with2({ patroni: { database_system_identifier: '1' }, fast: { system_identifier: '1' } }),
      'system_identifier',
    ],
  ])('%s', (_, spec, code) => {
    const verdict = judge(switchover, spec).candidates.find(({ member }) => member === 'n2');
    expect(verdict?.choice).toBe('refused');
    expect(verdict?.reasons.map((reason) => reason.code)).toContain(code);
    expect(codes(blockersOf(judge(switchover, spec)))).toContain('candidate_refused');
  });

  it.each<[string, Partial<MemberSpec>]>([
    ['whose last question timed out', { rest: 'late', sql: 'late' }],
    ['that was never asked', { rest: 'never', sql: 'never' }],
  ])('to a frozen member %s: not known is not eligible', (_, change) => {
    const checked = judge(switchover, with2(change));
    expect(checked.candidates.find(({ member }) => member === 'n2')?.choice).toBe('unknown');
    expect(codes(blockersOf(checked))).toContain('candidate_not_known');
    expect(codes(blockersOf(judge(anyone, { members: [n1, { ...n2, ...change }] })))).toContain('patroni_chooses');
  });

  it('on etcd without quorum, and neither way is offered', () => {
    const spec: ClusterSpec = {
      ...healthy,
      dcs: 'stale',
      endpoints: [
        { name: 'e1', read: 'timeout' },
        { name: 'e2', status: 'refused', read: 'refused' },
      ],
    };
    expect(judge(switchover, spec).way).toBeNull();
    expect(codes(blockersOf(judge(switchover, spec)))).toContain('dcs_quorum');
  });
});

describe('the way', () => {
  it.each<[string, ActionRequest, ClusterSpec, Preflight['way']]>([
    ['the DCS while it can be read', switchover, healthy, 'dcs'],
    ['REST for what Patroni takes only there', restart, healthy, 'rest'],
    ['REST without a DCS', pause, { ...healthy, dcs: 'off' }, 'rest'],
    ['REST where a primary outlived the ttl, so only Howdah lost etcd', pause, { ...healthy, dcs: 'stale' }, 'rest'],
    ['none before the ttl is over', pause, { ...healthy, dcs: 'stale', config: { ttl: 90 } }, null],
    ['none while paused, where nothing is proved', resume, { members: pausedMembers, dcs: 'stale', ...PAUSED }, null],
    [
      'none where nobody is primary',
      pause,
      { members: [{ ...n1, role: 'replica', upstream: null }, n2], dcs: 'stale' },
      null,
    ],
  ])('is %s', (_, request, spec, way) => {
    const checked = judge(request, spec);
    expect(checked.way).toBe(way);
    expect(checked.wayReason).not.toBe('');
    if (way === null) expect(blockersOf(checked)).not.toEqual([]);
  });
});

describe('steps and outage', () => {
  const outages = [5, 4, 3, 2, 1, 6, 7, 8, 90].map((seconds, index) => ({
    at: NOW - index * 1000,
    ms: seconds * 1000,
    by: 'probe' as const,
    steps: { requested: 0, promoted: seconds * 500 },
  }));
  const keys = (checked: Preflight): string[] => checked.steps.map(({ key }) => key);
  const LEADERSHIP = [
    'requested',
    'taken_up',
    'stepped_down',
    'key_released',
    'key_taken',
    'promoted',
    'followers',
    'old_leader',
    'verified',
  ];

  it('come from the newest eight earlier runs', () => {
    const checked = judge(switchover, healthy, { outages });
    expect(checked.outage).toMatchObject({ ms: 4500, minMs: 1000, maxMs: 8000 });
    expect(checked.outage?.samples).toHaveLength(8);
    // Nobody who leads has to stop, and nothing is writable before it is over all the same.
    expect(judge(failover, headless(), { outages }).outage).toMatchObject({ ms: 4500 });
    expect(judge(failover, headless(), { outages: [] }).outage).toMatchObject({ ms: null });
    expect(judge(anyone, headless(), { outages }).outage).toBeNull();
    expect(checked.steps.find(({ key }) => key === 'promoted')?.expectedAtMs).toBe(2250);
    expect(checked.steps.find(({ key }) => key === 'followers')?.expectedAtMs).toBeNull();
  });

  it.each<[string, ActionRequest, readonly string[], boolean]>([
    ['switchover', switchover, LEADERSHIP, true],
    ['failover', failover, LEADERSHIP, true],
    ['scheduled switchover', { ...switchover, scheduledAt: LATER }, ['requested', 'scheduled'], true],
    ['cancel', { kind: 'cancel_switchover' }, ['requested', 'cancelled'], false],
    ['pause', pause, ['requested', 'written', 'taken_up', 'verified'], false],
    ['edit', edit, ['requested', 'written', 'taken_up', 'verified'], false],
    ['restart', { ...restart, members: ['n1', 'n2'] }, ['requested', 'restart:n2', 'restart:n1', 'verified'], true],
    ['reload', reload, ['requested', 'reload:n2', 'verified'], false],
    ['reinitialize', reinitialize, ['requested', 'removed', 'copying', 'starting', 'streaming', 'verified'], false],
    ['demote', demote, ['requested', 'written', 'taken_up', 'verified'], true],
    [
      'rolling restart',
      rolling,
      [
        'requested',
        'restart:n2',
        'restart:n3',
        ...LEADERSHIP.map((key) => `switchover:${key}`),
        'restart:n1',
        'verified',
      ],
      true,
    ],
  ])('of a %s have the keys that are followed', (_, request, expected, outage) => {
    const checked = judge(request, healthy);
    expect(keys(checked)).toEqual(expected);
    expect(checked.outage !== null).toBe(outage);
  });
});

describe('a rolling restart', () => {
  const order = (members: readonly MemberSpec[], onlyPending = false) =>
    rollingOrder(steady({ members }).cluster, onlyPending);

  it('takes the replicas first, cascaded ones before their upstream', () => {
    expect(order([n1, n2, { ...n3, upstream: 'n2' }])).toMatchObject({
      primaryFirst: false,
      replicas: ['n3', 'n2'],
      leader: 'n1',
    });
  });

  it.each([
    ['100', '50', true],
    ['50', '100', false],
  ])('goes to the primary first only where a sensitive parameter is lowered: %s to %s', (from, to, primaryFirst) => {
    const lowered = pendingOf('max_connections', from, to);
    expect(order([n1, n2].map((member) => ({ ...member, ...lowered })))).toMatchObject({ primaryFirst });
    expect(order([n1, n2].map((member) => ({ ...member, ...pendingOf('shared_buffers', from, to) })))).toMatchObject({
      primaryFirst: false,
    });
  });

  it('leaves out who has nothing pending, where asked so', () => {
    expect(order([n1, { ...n2, ...pendingOf('shared_buffers', '1', '2') }, n3], true)).toMatchObject({
      replicas: ['n2'],
      leader: null,
    });
  });
});

describe('what is at risk', () => {
  it('says bytes and seconds in words for everything that can lose', () => {
    const lost = headless({
      members: [
        { ...n2, role: 'replica', lsn: HEAD - 12 * MIB, upstream: null },
        { ...n3, upstream: null },
      ],
    });
    expect(judge(failover, lost).atRisk).toMatchObject({ bytes: 12 * MIB });
    expect(judge(failover, lost).atRisk?.text).toMatch(/^12 MiB, seconds not known: n2 against n3 at /);
    expect(judge(switchover, { ...healthy, ...SYNC }).atRisk?.text).toBe(
      '0 B, 0 s: n2 confirms every commit before the client sees it',
    );
    expect(judge(pause, healthy).atRisk).toBeNull();
  });
});
