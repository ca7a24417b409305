import { describe, expect, it } from 'vitest';
import type { Lag, Snapshot } from '../cluster';
import { type ClusterSpec, HEAD, MIB, NOW, play, steady } from '../testkit';
import type { AlertRule, RuleTest } from './alert';
import { conditionsOf, isUnseen, reportOf } from './conditions';
import { DEFAULT_RULES } from './rules';

const rule = (test: RuleTest, over: Partial<AlertRule> = {}): AlertRule => ({
  name: 'r',
  test,
  severity: null,
  forSeconds: 0,
  clearSeconds: 0,
  scopes: null,
  labels: {},
  receivers: null,
  ...over,
});
const above = (measure: Extract<RuleTest, { kind: 'above' }>['measure'], limit: number): AlertRule =>
  rule({ kind: 'above', measure, limit });
const THREE: ClusterSpec = { members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }] };
const NO_LAG: Lag = {
  receiveBytes: null,
  replayBytes: null,
  writeSeconds: null,
  flushSeconds: null,
  replaySeconds: null,
  idle: false,
};
const find = (rules: readonly AlertRule[], snapshot: Snapshot) =>
  conditionsOf(rules, snapshot).map(({ rule: name, code, member, severity }) => [name, code, member, severity]);

describe('conditions', () => {
  it('are none on a healthy cluster', () => {
    expect(conditionsOf(DEFAULT_RULES, steady(THREE))).toEqual([]);
  });

  it('take each finding once, by the first rule that matches it', () => {
    const snapshot = steady({ ...THREE, config: { pause: true } });
    const all = { kind: 'finding', codes: [], atLeast: 'note' } as const;
    const paused = { kind: 'finding', codes: ['paused'], atLeast: null } as const;
    const rules = [rule(paused, { name: 'first', severity: 'note' }), rule(all, { name: 'second' })];
    const found = find(rules, snapshot);
    expect(found.filter(([, code]) => code === 'paused')).toEqual([['first', 'paused', null, 'note']]);
  });

  it('are of the clusters that the rule names, by pattern and labels', () => {
    const snapshot = { ...steady({ ...THREE, config: { pause: true } }), labels: { env: 'prod' } };
    const test = { kind: 'finding', codes: ['paused'], atLeast: null } as const;
    const count = (over: Partial<AlertRule>): number => conditionsOf([rule(test, over)], snapshot).length;
    expect([count({ scopes: ['de*'] }), count({ scopes: ['x*', 'demo'] }), count({ labels: { env: 'prod' } })]).toEqual(
      [1, 1, 1],
    );
    expect([count({ scopes: ['x*'] }), count({ labels: { env: 'test' } }), count({ scopes: [] })]).toEqual([0, 0, 0]);
  });

  it('say numbers with their limit, and nothing where the number is not known', () => {
    const lag = steady({ members: [{ name: 'n1', lsn: HEAD + 64 * MIB }, { name: 'n2', lsn: HEAD }, { name: 'n3' }] });
    const [condition] = conditionsOf([above('replay_lag_bytes', 32 * MIB)], lag);
    expect(condition).toMatchObject({ member: 'n2', key: 'replay_lag_bytes:n2', code: null, severity: 'warning' });
    expect(condition?.title).toBe('n2: replay is behind the leader by 64 MiB, limit 32 MiB');
    const silent = steady({
      members: [
        { name: 'n1', lsn: HEAD + 64 * MIB },
        { name: 'n2', lsn: HEAD, rest: 'refused', sql: 'refused' },
      ],
    });
    expect(find([above('replay_lag_bytes', 32 * MIB)], silent)).toEqual([]);
  });

  it('are there above a limit and not at it', () => {
    const lag = steady({ members: [{ name: 'n1', lsn: HEAD + 64 * MIB }, { name: 'n2', lsn: HEAD }, { name: 'n3' }] });
    const count = (limit: number): number => conditionsOf([above('replay_lag_bytes', limit)], lag).length;
    expect([count(64 * MIB - 1), count(64 * MIB)]).toEqual([2, 0]);
  });

  it('count a pause and a pending restart from when they began', () => {
    const paused = steady({ ...THREE, config: { pause: true } });
    expect(conditionsOf([above('paused_seconds', 3600)], paused)).toEqual([]);
    const since = paused.observedAt - 7200_000;
    const findings = paused.findings.map((finding) => (finding.code === 'paused' ? { ...finding, since } : finding));
    const [condition] = conditionsOf([above('paused_seconds', 3600)], { ...paused, findings });
    expect(condition).toMatchObject({ since, title: 'Paused for 2 h, limit 1 h', member: null });
    const members = paused.cluster.members.map((member) => ({
      ...member,
      pendingRestart: {
        since,
        parameters: [{ name: 'max_connections', from: '100', to: '200' }],
        by: ['patroni' as const],
      },
    }));
    const pending = { ...paused, cluster: { ...paused.cluster, members } };
    const found = conditionsOf([above('pending_restart_seconds', 3600)], pending);
    expect(found.map(({ member }) => member)).toEqual(['n1', 'n2', 'n3']);
    expect(found[0]?.evidence).toEqual(['max_connections: 100 now, 200 after the restart']);
  });

  it('say that nobody could take over, but not of a pause or of a cluster of one', () => {
    const none = rule({ kind: 'no_failover_possible' }, { name: 'ready' });
    const tags = { nofailover: true };
    const bound = { members: [{ name: 'n1' }, { name: 'n2', tags }, { name: 'n3', tags }] };
    const [condition] = conditionsOf([none], steady(bound));
    expect(condition).toMatchObject({ key: 'readiness', severity: 'warning' });
    expect(condition?.evidence[0]).toMatch(/^n2: .*nofailover/);
    expect(conditionsOf([none], steady({ ...bound, config: { pause: true } }))).toEqual([]);
    expect(conditionsOf([none], steady({ members: [{ name: 'n1' }] }))).toEqual([]);
    expect(conditionsOf([none], steady(THREE))).toEqual([]);
  });
});

describe('a report', () => {
  it('says that leadership changes, from the request until it has settled, and while Howdah acts', () => {
    const steadily = steady(THREE);
    expect(reportOf([], steadily, false).changing).toBe(false);
    expect(reportOf([], steadily, true).changing).toBe(true);
    const moving = { ...steadily.cluster, pendingSwitchover: { from: 'n1', to: 'n2' } };
    expect(reportOf([], { ...steadily, cluster: moving }, false).changing).toBe(true);
    const leader = { name: 'n1', known: true, by: 'dcs', observedAt: NOW } as const;
    const young = { ...steadily.cluster, timeline: 2, leader: { ...leader, since: steadily.observedAt - 10_000 } };
    expect(reportOf([], { ...steadily, cluster: young }, false).changing).toBe(true);
    const old = { ...steadily.cluster, timeline: 2, leader: { ...leader, since: steadily.observedAt - 60_000 } };
    expect(reportOf([], { ...steadily, cluster: old }, false).changing).toBe(false);
  });

  it('calls it no change any more when the ttl has passed without a leader: that is news', () => {
    const gone: ClusterSpec = { leader: null, members: THREE.members.map(({ name }) => ({ name, role: 'replica' })) };
    const { all } = play(Array.from({ length: 40 }, () => gone));
    // Its own time of 30 s; the first second is not one yet.
    expect(all.map((snapshot) => reportOf([], snapshot, false).changing).lastIndexOf(true)).toBe(29);
    expect(reportOf([], all[39] as Snapshot, false).changing).toBe(false);
  });

  it('has settled two loops and five seconds after the key was taken', () => {
    const { cluster, ...rest } = steady(THREE);
    const changing = (ms: number): boolean => {
      const leader = { name: 'n1', known: true, by: 'dcs', observedAt: NOW, since: rest.observedAt - ms } as const;
      return reportOf([], { ...rest, cluster: { ...cluster, leader } }, false).changing;
    };
    expect([changing(24_999), changing(25_000)]).toEqual([true, false]);
  });

  it('names whom nobody could see, so that what is not seen is not called over', () => {
    const lost = steady({
      ...THREE,
      members: [{ name: 'n1' }, { name: 'n2' }, { name: 'n3', rest: 'timeout', sql: 'timeout' }],
    });
    const report = reportOf([], lost, false);
    expect(report.unseen).toMatchObject({ members: ['n3'], dcs: false, readiness: false });
    const about = (code: 'replica_diverged' | 'member_unreachable' | 'no_leader', member: string) =>
      isUnseen({ code, key: `${code}:${member}:`, member }, report, null);
    expect([about('replica_diverged', 'n3'), about('replica_diverged', 'n2')]).toEqual([true, false]);
    expect(about('member_unreachable', 'n3')).toBe(false);
    const blind = reportOf([], steady({ ...THREE, dcs: 'stale' }), false);
    expect(isUnseen({ code: 'no_leader', key: 'no_leader::', member: null }, blind, null)).toBe(true);
    expect(isUnseen({ code: 'no_leader', key: 'no_leader::', member: null }, { ...blind, gone: true }, null)).toBe(
      false,
    );
  });

  it('does not take a lag that is not known for none, and takes a leader to have none', () => {
    const behind: ClusterSpec = {
      members: [
        { name: 'n1', lsn: HEAD + 64 * MIB },
        { name: 'n2', lsn: HEAD },
      ],
    };
    const rules = [
      above('replay_lag_bytes', MIB),
      rule({ kind: 'finding', codes: ['lag_high'], atLeast: null }, { name: 'lag' }),
    ];
    const blindOf = (snapshot: Snapshot, over: Partial<Snapshot['cluster']['members'][number]> = {}) => {
      const members = snapshot.cluster.members.map((member) =>
        member.name === 'n2' ? { ...member, ...over } : member,
      );
      const report = reportOf(rules, { ...snapshot, cluster: { ...snapshot.cluster, members } }, false);
      const lagging = reportOf(rules, steady(behind), false).conditions;
      expect(lagging.map(({ key }) => key.split(':')[0])).toEqual(['replay_lag_bytes', 'lag_high']);
      return lagging.map((about) =>
        isUnseen(about, report, rules.find(({ name }) => name === about.rule)?.test ?? null),
      );
    };
    expect(blindOf(steady(THREE))).toEqual([false, false]);
    // The leader fell silent: nobody knows its position.
    const silent = { members: [{ name: 'n1', rest: 'timeout', sql: 'timeout' }, { name: 'n2' }] } as const;
    expect(blindOf(steady(silent))).toEqual([true, true]);
    expect(blindOf(steady(THREE), { replication: { kind: 'leader' }, lag: { ...NO_LAG } })).toEqual([false, false]);
  });

  it.each([
    ['replay_lag_seconds', { lag: { ...NO_LAG, idle: true } }, false],
    ['replay_lag_seconds', { lag: NO_LAG }, true],
    ['receive_lag_bytes', { lag: NO_LAG }, true],
    ['pending_restart_seconds', { pendingRestart: { since: null, parameters: [], by: [] } }, true],
    ['pending_restart_seconds', { pendingRestart: null }, false],
    ['observation_age_seconds', { observedAt: null }, true],
    ['observation_age_seconds', {}, false],
  ] as const)('%s of %j is not known: %s', (measure, over, unknown) => {
    const snapshot = steady(THREE);
    const members = snapshot.cluster.members.map((member) => (member.name === 'n2' ? { ...member, ...over } : member));
    const report = reportOf([], { ...snapshot, cluster: { ...snapshot.cluster, members } }, false);
    const about = { code: null, key: `${measure}:n2`, member: 'n2' };
    expect(isUnseen(about, report, { kind: 'above', measure, limit: 1 })).toBe(unknown);
  });

  it('does not know of a pause where nobody says whether there is one', () => {
    const snapshot = steady(THREE);
    const report = reportOf([], { ...snapshot, cluster: { ...snapshot.cluster, paused: null } }, false);
    const test = { kind: 'above', measure: 'paused_seconds', limit: 1 } as const;
    expect(isUnseen({ code: null, key: 'paused_seconds:', member: null }, report, test)).toBe(true);
  });
});
