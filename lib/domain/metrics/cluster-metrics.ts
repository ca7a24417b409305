// One snapshot as samples for GET /metrics. What is not known has no sample; what is only remembered (a silent member, a snapshot
// past three times its limit) is not known. Bounded: words outside of Patroni's are `other`, members beyond the limit are counted.

import type { Candidate, Cluster, Member, Snapshot, WitnessState } from '../cluster';
import { fleetRow } from '../fleet';
import { HEALTHS } from '../severity';
import { entryMetrics } from './entry-metrics';
import type { Sample } from './exposition';
import type { Put } from './put';

export const MEMBER_LIMIT = 100;
const LABEL_LIMIT = 20;
const TEXT_LIMIT = 64;
const STAGES = ['sent', 'write', 'flush', 'replay'] as const;
/** patroni/postgresql/misc.py PostgresqlState (v4.1.4), and the replication states of `/cluster`. */
const STATES: ReadonlySet<string> = new Set([
  'running',
  'streaming',
  'in archive recovery',
  'starting',
  'restarting',
  'stopping',
  'stopped',
  'stop failed',
  'start failed',
  'restart failed',
  'crashed',
  'creating replica',
  'initializing new cluster',
  'initdb failed',
  'running custom bootstrap script',
  'starting after custom bootstrap',
  'custom bootstrap failed',
]);

/** `now`: ages are up to it, so that a collector that stands still grows old. */
export function clusterMetrics(snapshot: Snapshot, now: number): readonly Sample[] {
  const samples: Sample[] = [];
  const under =
    (first: Readonly<Record<string, string>>): Put =>
    (family, value, labels = {}) => {
      if (value !== null) samples.push({ family, labels: { ...first, ...labels }, value: Number(value) });
    };
  const { scope } = snapshot;
  const put = under({ scope });
  const current = now - snapshot.observedAt <= 3 * snapshot.staleAfterMs;
  put('howdah_cluster', 1, infoLabels(snapshot));
  for (const health of HEALTHS)
    put('howdah_cluster_health', (current ? snapshot.health : 'unknown') === health, { health });
  ofHowdah(snapshot, now, put);
  const members = limited(snapshot.cluster);
  put('howdah_cluster_members', snapshot.cluster.members.length);
  put('howdah_cluster_members_omitted', snapshot.cluster.members.length - members.length);
  if (current) ofCluster(snapshot, now, put);
  if (current) entryMetrics(snapshot.cluster, put);
  const candidates = new Map(snapshot.readiness.candidates.map((candidate) => [candidate.member, candidate]));
  for (const member of members) {
    const putMember = under({ scope, member: member.name });
    const live = current && !member.silent;
    ofMember(member, now, live, putMember);
    if (current) ofWitnesses(member, putMember);
    if (live) ofLiveMember(member, now, candidates.get(member.name), putMember);
  }
  return samples;
}

function ofHowdah(snapshot: Snapshot, now: number, put: Put): void {
  put('howdah_cluster_observation_age_seconds', ageOf(fleetRow(snapshot, []).observedAt, now));
  put('howdah_cluster_round_duration_seconds', seconds(snapshot.roundMs));
  put('howdah_cluster_poll_interval_seconds', snapshot.intervalMs / 1000);
  put('howdah_cluster_snapshots', snapshot.revision);
}

function ofCluster({ cluster, findings, readiness }: Snapshot, now: number, put: Put): void {
  put('howdah_cluster_writable', cluster.writable);
  const counts = new Map<string, number>();
  for (const { code, severity } of findings)
    counts.set(`${code} ${severity}`, (counts.get(`${code} ${severity}`) ?? 0) + 1);
  for (const [key, count] of counts) {
    const [code = '', severity = ''] = key.split(' ');
    put('howdah_cluster_findings', count, { code, severity });
  }
  if (cluster.leader?.known) {
    put('howdah_cluster_leader', 1, { member: cluster.leader.name });
    put('howdah_cluster_leader_start_time_seconds', seconds(cluster.leader.since));
    put('howdah_cluster_timeline', cluster.timeline);
  }
  put('howdah_cluster_failover_possible', readiness.failoverPossible);
  // Unless somebody is, "none is" and "of some it is not known" are two things.
  const eligible = readiness.candidates.filter((candidate) => candidate.eligible === true).length;
  const unsure = readiness.candidates.some((candidate) => candidate.eligible === null);
  put('howdah_cluster_eligible_candidates', eligible === 0 && unsure ? null : eligible);
  put('howdah_cluster_maximum_lag_on_failover_bytes', cluster.config?.maximumLagOnFailoverBytes ?? null);
  put('howdah_cluster_paused', cluster.paused);
  if (cluster.paused === true) {
    const since = cluster.pauseNote?.pausedAt ?? findings.find(({ code }) => code === 'paused')?.since ?? null;
    put('howdah_cluster_pause_age_seconds', ageOf(since, now));
  }
  put('howdah_cluster_failsafe_active', cluster.failsafe.enabled === null ? null : cluster.failsafe.active);
  put('howdah_cluster_sync_standbys', cluster.sync?.standbys.length ?? null);
  const at = cluster.scheduledSwitchover === null ? Number.NaN : Date.parse(cluster.scheduledSwitchover.at);
  put('howdah_cluster_scheduled_switchover_time_seconds', Number.isNaN(at) ? null : at / 1000);
  put('howdah_cluster_wal_bytes_per_second', cluster.walBytesPerSecond);
  ofDcs(cluster, now, put);
}

function ofDcs({ dcs }: Cluster, now: number, put: Put): void {
  if (dcs === null) return;
  put('howdah_dcs_view_age_seconds', ageOf(dcs.currentAt, now));
  put('howdah_dcs_quorum', dcs.quorum);
  const counts = new Map<string, number>();
  for (const { state } of dcs.endpoints) counts.set(state, (counts.get(state) ?? 0) + 1);
  for (const [state, count] of counts) put('howdah_dcs_endpoints', count, { state });
}

function ofMember(member: Member, now: number, live: boolean, put: Put): void {
  put('howdah_member', 1, {
    patroni_version: cut(member.patroniVersion ?? ''),
    postgres_version: cut(member.postgresVersion ?? ''),
  });
  // Nobody was asked yet: that is not the same as no answer.
  const asked = [member.witnesses.patroni.state, member.witnesses.sql.state].some(
    (state) => state !== null && state !== 'never',
  );
  put('howdah_member_answering', asked || live ? live : null);
  put('howdah_member_observation_age_seconds', ageOf(member.observedAt, now));
}

function ofWitnesses({ witnesses }: Member, put: Put): void {
  const each: readonly (readonly [string, WitnessState])[] = Object.entries(witnesses);
  for (const [witness, { state, tookMs }] of each) {
    if (state === null || state === 'never') continue;
    put('howdah_member_witness_fresh', state === 'fresh', { witness });
    if (state === 'fresh') put('howdah_member_answer_duration_seconds', seconds(tookMs), { witness });
  }
}

function ofLiveMember(member: Member, now: number, candidate: Candidate | undefined, put: Put): void {
  const { state, lag, replication, pendingRestart } = member;
  if (state !== null) put('howdah_member_state', 1, { state: STATES.has(state) ? state : 'other' });
  if (member.clusterRole !== null) put('howdah_member_cluster_role', 1, { role: member.clusterRole });
  if (member.postgresRole !== 'unknown') put('howdah_member_postgres_role', 1, { role: member.postgresRole });
  put('howdah_member_timeline', member.timeline);
  const flows = replication.kind === 'streaming';
  const stands = replication.kind === 'not_streaming' || replication.kind === 'archive_recovery';
  put('howdah_member_streaming', flows || stands ? flows : null);
  put('howdah_member_diverged', member.divergence !== null);
  put('howdah_member_receive_lag_bytes', lag.receiveBytes);
  put('howdah_member_replay_lag_bytes', lag.replayBytes);
  // PostgreSQL clears its intervals where there is nothing to time. Only with no byte outstanding is that no lag.
  const caughtUp = lag.idle && lag.replayBytes === 0 ? 0 : null;
  put('howdah_member_write_lag_seconds', lag.writeSeconds ?? caughtUp);
  put('howdah_member_flush_lag_seconds', lag.flushSeconds ?? caughtUp);
  put('howdah_member_replay_lag_seconds', lag.replaySeconds ?? caughtUp);
  ofStages(member, put);
  put('howdah_member_replay_paused', member.replayPaused);
  put('howdah_member_pending_restart', pendingRestart !== null);
  put('howdah_member_pending_restart_age_seconds', ageOf(pendingRestart?.since ?? null, now));
  put('howdah_member_failover_eligible', candidate?.eligible ?? null);
  put('howdah_member_clock_offset_seconds', member.clockOffsetSeconds);
  put('howdah_member_start_time_seconds', seconds(member.startedAt));
}

function ofStages({ stages }: Member, put: Put): void {
  if (stages === null) return;
  const bytes = {
    sent: stages.sentBytes,
    write: stages.writeBytes,
    flush: stages.flushBytes,
    replay: stages.replayBytes,
  };
  for (const stage of STAGES)
    put('howdah_member_upstream_lag_bytes', bytes[stage], { upstream: stages.upstream, stage });
}

/** The leader is never the one that is left out. */
function limited({ members, leader }: Cluster): readonly Member[] {
  if (members.length <= MEMBER_LIMIT) return members;
  const first = members.filter((member) => member.name === leader?.name);
  return [...first, ...members.filter((member) => member.name !== leader?.name)].slice(0, MEMBER_LIMIT);
}

/** `a.b` and `a-b` are one name to Prometheus: the first in order is kept. */
function infoLabels({ source, labels, cluster }: Snapshot): Readonly<Record<string, string>> {
  const all: Record<string, string> = { source, system_identifier: cut(cluster.systemIdentifier ?? '') };
  for (const name of Object.keys(labels).sort().slice(0, LABEL_LIMIT)) {
    const key = `label_${name.replace(/[^a-zA-Z0-9_]/g, '_')}`;
    all[key] ??= labels[name] ?? '';
  }
  return all;
}

const cut = (text: string): string => text.slice(0, TEXT_LIMIT);
const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
/** A clock that was set back gives no age below 0. */
const ageOf = (at: number | null, now: number): number | null => (at === null ? null : Math.max(0, now - at) / 1000);
