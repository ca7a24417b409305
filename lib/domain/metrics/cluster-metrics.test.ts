import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFrames } from '../../server/collector/replay';
import type { Snapshot } from '../cluster';
import { haproxy, other } from '../entries/test-doors';
import { fleetRow } from '../fleet';
import { buildSnapshot } from '../snapshot';
import {
  type ClusterSpec,
  type EntrySpec,
  HEAD,
  type MemberSpec,
  MIB,
  memberOf,
  NOW,
  STALE_MS,
  steady,
} from '../testkit';
import { clusterMetrics, MEMBER_LIMIT } from './cluster-metrics';
import { type Sample, sampleLines } from './exposition';
import { type FamilyName, familyOf } from './family';

const n1: MemberSpec = { name: 'n1' };
const n2: MemberSpec = { name: 'n2' };
const HEALTHY: ClusterSpec = { members: [n1, n2] };

const samplesOf = (snapshot: Snapshot, laterMs = 0): readonly Sample[] =>
  clusterMetrics(snapshot, snapshot.observedAt + laterMs);

/** The value of the one sample whose labels hold these; undefined: there is none. */
function sampleOf(
  samples: readonly Sample[],
  family: FamilyName,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const fitting = samples.filter(
    (sample) =>
      sample.family === family && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  if (fitting.length > 1) throw new Error(`${family}: ${fitting.length} samples`);
  return fitting[0]?.value;
}

describe('the doors', () => {
  const spec = (answer: EntrySpec['answer']): ClusterSpec => ({
    members: [n1, n2],
    entries: [{ kind: 'haproxy', answer }],
  });
  const servers = [{ name: 'n1', sessions: 4 }, other('n2')];

  it('say where they lead, how many come, and that they are seen', () => {
    const samples = samplesOf(steady(spec(haproxy({ primary: servers }))));
    const at = { entry: 'lb', listener: 'primary' };
    expect(sampleOf(samples, 'howdah_entry_seen', { entry: 'lb', kind: 'haproxy' })).toBe(1);
    expect(sampleOf(samples, 'howdah_entry_leads_to', at)).toBe(1);
    expect(sampleOf(samples, 'howdah_entry_leads_to', { ...at, member: 'n2' })).toBeUndefined();
    expect(sampleOf(samples, 'howdah_entry_verdict', { ...at, verdict: 'leader' })).toBe(1);
    expect(sampleOf(samples, 'howdah_entry_sessions', at)).toBe(4);
  });

  it('that are not seen say that alone', () => {
    const samples = samplesOf(steady(spec('timeout')));
    expect(
      samples.filter(({ family }) => /_(entry|pool)_/.test(family)).map(({ family, value }) => [family, value]),
    ).toEqual([['howdah_entry_seen', 0]]);
  });
});

describe('a healthy cluster', () => {
  const samples = samplesOf(steady(HEALTHY));

  it('says that it is, who leads it and that it could fail over', () => {
    expect(sampleOf(samples, 'howdah_cluster_health', { health: 'ok' })).toBe(1);
    expect(sampleOf(samples, 'howdah_cluster_health', { health: 'critical' })).toBe(0);
    expect(sampleOf(samples, 'howdah_cluster_writable')).toBe(1);
    expect(sampleOf(samples, 'howdah_cluster_leader', { member: 'n1' })).toBe(1);
    expect(sampleOf(samples, 'howdah_cluster_failover_possible')).toBe(1);
    expect(sampleOf(samples, 'howdah_cluster_eligible_candidates')).toBe(1);
    expect(sampleOf(samples, 'howdah_cluster_paused')).toBe(0);
    expect(sampleOf(samples, 'howdah_cluster_findings')).toBeUndefined();
    expect(sampleOf(samples, 'howdah_dcs_quorum')).toBe(1);
  });

  it('has ages and no age of what is not so', () => {
    expect(sampleOf(samples, 'howdah_cluster_observation_age_seconds')).toBe(0);
    expect(sampleOf(samples, 'howdah_cluster_pause_age_seconds')).toBeUndefined();
    expect(sampleOf(samples, 'howdah_member_pending_restart_age_seconds', { member: 'n2' })).toBeUndefined();
    expect(sampleOf(samples, 'howdah_cluster_scheduled_switchover_time_seconds')).toBeUndefined();
  });

  it('has lag for the replica and none for the leader', () => {
    expect(sampleOf(samples, 'howdah_member_replay_lag_bytes', { member: 'n2' })).toBe(0);
    expect(sampleOf(samples, 'howdah_member_replay_lag_bytes', { member: 'n1' })).toBeUndefined();
    expect(sampleOf(samples, 'howdah_member_streaming', { member: 'n2' })).toBe(1);
    expect(sampleOf(samples, 'howdah_member_streaming', { member: 'n1' })).toBeUndefined();
  });
});

describe('lag', () => {
  it('is in bytes behind the leader and behind the upstream', () => {
    const snapshot = steady({ members: [n1, { ...n2, lsn: HEAD - 3 * MIB, received: HEAD - MIB }] });
    const samples = samplesOf(snapshot);
    expect(sampleOf(samples, 'howdah_member_receive_lag_bytes', { member: 'n2' })).toBe(MIB);
    expect(sampleOf(samples, 'howdah_member_replay_lag_bytes', { member: 'n2' })).toBe(3 * MIB);
    const stages = samples.filter(({ family }) => family === 'howdah_member_upstream_lag_bytes');
    expect(stages.map(({ labels }) => labels.stage)).toEqual(['sent', 'write', 'flush', 'replay']);
    expect(stages.reduce((sum, { value }) => sum + value, 0)).toBe(3 * MIB);
    const replay = { member: 'n2', upstream: 'n1', stage: 'replay' };
    expect(sampleOf(samples, 'howdah_member_upstream_lag_bytes', replay)).toBe(2 * MIB);
  });

  const withLag = (lag: Partial<ReturnType<typeof memberOf>['lag']>): readonly Sample[] => {
    const snapshot = steady(HEALTHY);
    const members = snapshot.cluster.members.map((member) => ({ ...member, lag: { ...member.lag, ...lag } }));
    return samplesOf({ ...snapshot, cluster: { ...snapshot.cluster, members } });
  };
  const n2Lag = (samples: readonly Sample[]): number | undefined =>
    sampleOf(samples, 'howdah_member_replay_lag_seconds', { member: 'n2' });

  it('in seconds is 0 only where nothing is outstanding: idle with bytes to go is not known', () => {
    expect(n2Lag(withLag({ replaySeconds: null, idle: true, replayBytes: 0 }))).toBe(0);
    expect(n2Lag(withLag({ replaySeconds: null, idle: true, replayBytes: 1 }))).toBeUndefined();
    expect(n2Lag(withLag({ replaySeconds: null, idle: true, replayBytes: null }))).toBeUndefined();
    expect(n2Lag(withLag({ replaySeconds: null, idle: false, replayBytes: 0 }))).toBeUndefined();
    expect(n2Lag(withLag({ replaySeconds: 2.5, idle: false, replayBytes: 7 }))).toBe(2.5);
  });
});

describe('what is not known', () => {
  it('of a silent member is absent: only that it is silent, for how long, and what it was', () => {
    const snapshot = steady({ members: [n1, { ...n2, rest: 'lost', sql: 'lost', ageMs: 60_000 }] });
    expect(memberOf(snapshot, 'n2').silent).toBe(true);
    const families = new Set(
      samplesOf(snapshot).flatMap(({ family, labels }) => (labels.member === 'n2' ? family : [])),
    );
    expect([...families].sort()).toEqual(
      [
        'howdah_member',
        'howdah_member_answering',
        'howdah_member_observation_age_seconds',
        'howdah_member_witness_fresh',
      ].sort(),
    );
    expect(sampleOf(samplesOf(snapshot), 'howdah_member_answering', { member: 'n2' })).toBe(0);
    expect(sampleOf(samplesOf(snapshot), 'howdah_member_observation_age_seconds', { member: 'n2' })).toBeGreaterThan(
      59,
    );
  });

  it('of a member that nobody has asked yet is also whether it answers', () => {
    const samples = samplesOf(steady({ members: [n1, { ...n2, rest: 'never', sql: 'never' }] }));
    expect(sampleOf(samples, 'howdah_member_answering', { member: 'n2' })).toBeUndefined();
  });

  it('of a snapshot that grew too old is all of it: its health is unknown, its age goes on', () => {
    const snapshot = steady({ members: [n1, { ...n2, role: 'replica' }], config: { pause: true } });
    const laterMs = 3 * STALE_MS + 1;
    const old = samplesOf(snapshot, laterMs);
    expect(sampleOf(old, 'howdah_cluster_health', { health: 'unknown' })).toBe(1);
    expect(sampleOf(old, 'howdah_cluster_writable')).toBeUndefined();
    expect(sampleOf(old, 'howdah_cluster_paused')).toBeUndefined();
    expect(sampleOf(old, 'howdah_cluster_observation_age_seconds')).toBe(laterMs / 1000);
    expect(old.filter(({ family }) => family === 'howdah_member_replay_lag_bytes')).toEqual([]);
    expect(sampleOf(samplesOf(snapshot, laterMs - 1), 'howdah_cluster_paused')).toBe(1);
  });

  it('of candidates is not "none"', () => {
    const snapshot = steady(HEALTHY);
    const unsure = { ...snapshot.readiness, failoverPossible: null };
    const candidates = unsure.candidates.map((candidate) => ({ ...candidate, eligible: null }));
    const samples = samplesOf({ ...snapshot, readiness: { ...unsure, candidates } });
    expect(sampleOf(samples, 'howdah_cluster_eligible_candidates')).toBeUndefined();
    expect(sampleOf(samples, 'howdah_cluster_failover_possible')).toBeUndefined();
  });
});

describe('what people did', () => {
  it('has the age of the pause, by who paused it or by when it was first seen', () => {
    const paused = steady({ ...HEALTHY, config: { pause: true } }, 5);
    expect(sampleOf(samplesOf(paused, 5000), 'howdah_cluster_pause_age_seconds')).toBe(
      (paused.observedAt + 5000 - (paused.findings.find(({ code }) => code === 'paused')?.since ?? Number.NaN)) / 1000,
    );
    const note = {
      ...{ actionId: 'a', by: 'ada', owner: 'ada', reason: 'maintenance', until: null, autoResume: false },
      ...{ pausedAt: NOW - 3_600_000, systemIdentifier: null, configRevision: null },
    };
    const told = { ...paused, cluster: { ...paused.cluster, pauseNote: note } };
    expect(sampleOf(clusterMetrics(told, NOW), 'howdah_cluster_pause_age_seconds')).toBe(3600);
  });

  it('has when a switchover is to be, and nothing where that is no time', () => {
    const snapshot = steady(HEALTHY);
    const scheduled = (at: string): number | undefined =>
      sampleOf(
        samplesOf({ ...snapshot, cluster: { ...snapshot.cluster, scheduledSwitchover: { at, from: 'n1', to: null } } }),
        'howdah_cluster_scheduled_switchover_time_seconds',
      );
    expect(scheduled('2026-11-21T10:00:00+02:00')).toBe(Date.UTC(2026, 10, 21, 8) / 1000);
    expect(scheduled('tomorrow')).toBeUndefined();
  });
});

describe('labels', () => {
  it('of a state that Patroni has no word for are "other"', () => {
    const odd = { state: `state ${'x'.repeat(500)}` };
    const samples = samplesOf(steady({ members: [n1, { ...n2, state: odd.state, patroni: odd, sql: 'off' }] }));
    expect(sampleOf(samples, 'howdah_member_state', { member: 'n2', state: 'other' })).toBe(1);
  });

  it('are there for the first members only, the leader among them, and the rest is counted', () => {
    const many = Array.from({ length: MEMBER_LIMIT + 20 }, (_, index): MemberSpec => ({ name: `n${index + 1}` }));
    const last = many.at(-1)?.name ?? '';
    const members = many.map((member) => ({ ...member, role: member.name === last ? 'primary' : 'replica' }) as const);
    const samples = samplesOf(steady({ members, leader: last }, 2));
    const named = new Set(
      samples.flatMap(({ family, labels }) => (family === 'howdah_member' ? (labels.member ?? []) : [])),
    );
    expect(named.size).toBe(MEMBER_LIMIT);
    expect(named.has(last)).toBe(true);
    expect(sampleOf(samples, 'howdah_cluster_members')).toBe(MEMBER_LIMIT + 20);
    expect(sampleOf(samples, 'howdah_cluster_members_omitted')).toBe(20);
  });

  it('of the source are valid names, each once', () => {
    const snapshot = { ...steady(HEALTHY), labels: { 'a-b': '1', 'a.b': '2', env: 'prod' } };
    const found = samplesOf(snapshot).find(({ family }) => family === 'howdah_cluster');
    expect(found?.labels).toMatchObject({ label_a_b: '1', label_env: 'prod' });
    expect(Object.keys(found?.labels ?? {}).every((name) => /^[a-z_][a-z0-9_]*$/.test(name))).toBe(true);
  });
});

describe.each(readdirSync(join(import.meta.dirname, '../testdata')).sort())('%s', (scenario) => {
  it('is told with the labels of the table, each series once, and the findings that the screen shows', () => {
    const snapshot = recorded(scenario);
    const samples = samplesOf(snapshot);
    for (const { family, labels } of samples) {
      const names = Object.keys(labels).filter((name) => !name.startsWith('label_'));
      expect(names).toEqual(familyOf(family).labels);
    }
    expect(Object.values(sampleLines(samples)).flat()).toHaveLength(samples.length);
    const counted = samples.flatMap(({ family, value }) => (family === 'howdah_cluster_findings' ? value : []));
    expect(counted.reduce((sum, value) => sum + value, 0)).toBe(snapshot.findings.length);
    const { observedAt } = fleetRow(snapshot, []);
    expect(sampleOf(samples, 'howdah_cluster_observation_age_seconds')).toBe(
      observedAt === null ? undefined : Math.max(0, snapshot.observedAt - observedAt) / 1000,
    );
  });
});

function recorded(scenario: string): Snapshot {
  let before: Snapshot | null = null;
  for (const raw of readFrames(join(import.meta.dirname, '../testdata', scenario)))
    before = buildSnapshot(raw, before, 12).snapshot;
  if (before === null) throw new Error('no frames');
  return before;
}
