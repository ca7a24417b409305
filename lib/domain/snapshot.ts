// The whole pure pipeline in one call: raw readings to the Snapshot that crosses the wire, and the row of the fleet page.
import type { FleetMember, FleetRow, MemberGlyph } from '../contract/stream';
import { buildCluster } from './build-cluster';
import type { Cluster, Health, Member, Snapshot, SourceReport } from './cluster';
import { type Change, diff } from './events';
import { assess, healthOf } from './findings/assess';
import { dcsStaleAfterMs, type Observation, observe } from './observation';
import type { RawObservation } from './raw';
import { assessReadiness } from './readiness';

export interface Built {
  readonly snapshot: Snapshot;
  readonly changes: readonly Change[];
}

/** `before` is the previous snapshot of the same scope; null at the start. */
export function buildSnapshot(raw: RawObservation, before: Snapshot | null, roundMs: number | null): Built {
  const observation = observe(raw);
  const cluster = buildCluster(observation, before?.cluster ?? null);
  const readiness = assessReadiness(cluster, observation);
  const findings = assess(cluster, readiness, { now: raw.now, staleAfterMs: raw.staleAfterMs }, before);
  const snapshot: Snapshot = {
    scope: raw.scope,
    source: raw.source,
    labels: raw.labels,
    revision: (before?.revision ?? 0) + 1,
    observedAt: raw.now,
    intervalMs: raw.intervalMs,
    staleAfterMs: raw.staleAfterMs,
    roundMs,
    health: overall(healthOf(findings), cluster),
    sources: sourcesOf(observation),
    cluster,
    findings,
    readiness,
  };
  return { snapshot, changes: diff(before, snapshot) };
}

/** Nothing found is "ok" only where everything was seen: a member never asked or a leader not known is not health. */
function overall(worst: Health, cluster: Cluster): Health {
  if (worst === 'critical' || worst === 'unknown') return worst;
  const blind =
    cluster.members.length === 0 ||
    cluster.leader?.known !== true ||
    cluster.members.some((member) => member.silent && member.listed);
  const unsure = cluster.writable === null && cluster.standbyCluster === null;
  return blind || unsure ? 'unknown' : worst;
}

function sourcesOf(observation: Observation): readonly SourceReport[] {
  const { raw, members } = observation;
  const patroni = members.map((member) => ({ member: member.name, state: member.patroni.state }));
  const sql = members.map((member) => ({ member: member.name, state: member.sql.state }));
  return [
    {
      source: 'dcs',
      configured: raw.dcs !== null,
      answers:
        raw.dcs === null
          ? []
          : [
              {
                member: null,
                state: {
                  state: observation.view === null ? 'never' : observation.viewLive ? 'fresh' : 'stale',
                  observedAt: raw.dcs.currentAt,
                  tookMs: null,
                  error: raw.dcs.error?.message ?? null,
                  errorKind: raw.dcs.error?.kind ?? null,
                },
              },
            ],
      tookMs: null,
      limitMs: dcsStaleAfterMs(raw),
    },
    { source: 'patroni', configured: true, answers: patroni, tookMs: median(patroni), limitMs: raw.staleAfterMs },
    {
      source: 'sql',
      configured: sql.some(({ state }) => state.state !== null),
      answers: sql,
      tookMs: median(sql),
      limitMs: raw.staleAfterMs,
    },
    {
      source: 'cluster',
      configured: raw.fallback.cluster.last !== null,
      answers: [{ member: null, state: observation.document.state }],
      tookMs: observation.document.tookMs,
      limitMs: raw.staleAfterMs,
    },
  ];
}

function median(answers: readonly { readonly state: { readonly tookMs: number | null } }[]): number | null {
  const times = answers.flatMap(({ state }) => (state.tookMs === null ? [] : [state.tookMs])).sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}

/** The one shape by which a member is drawn: its worst state, else its role. */
export function glyphOf(member: Member, cluster: Cluster): MemberGlyph {
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1048576;
  if (member.silent) return 'unknown';
  if (member.divergence !== null) return 'forked';
  if (member.state !== null && !['running', 'streaming', 'in archive recovery'].includes(member.state))
    return 'not_running';
  if (member.name === cluster.leader?.name) return leaderGlyph(member, cluster);
  if (member.replayPaused === true) return 'replay_paused';
  if (member.postgresRole === 'unknown' || member.clusterRole === null) return 'unknown';
  if ((member.lag.replayBytes ?? 0) > limit || member.replication.kind === 'not_streaming') return 'lag_over_limit';
  if (member.lag.replayBytes === null && member.replication.kind === 'unknown') return 'unknown';
  return member.clusterRole === 'sync_standby' || member.clusterRole === 'quorum_standby'
    ? member.clusterRole
    : 'replica';
}

function leaderGlyph(member: Member, cluster: Cluster): MemberGlyph {
  if (cluster.leader?.known !== true) return 'unknown';
  if (cluster.standbyCluster !== null) return 'standby_leader';
  return member.postgresRole === 'primary' ? 'leader' : 'not_running';
}

/** `spark`: the caller's memory of the last 15 minutes. */
export function fleetRow(snapshot: Snapshot, spark: readonly (number | null)[]): FleetRow {
  const { cluster, findings, health } = snapshot;
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1048576;
  const lag = worstReplayLag(cluster);
  const worst = findings[0];
  const counts = { critical: 0, unknown: 0, warning: 0, note: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  const ages = cluster.members
    .filter((member) => member.listed || !member.silent)
    .flatMap((member) => (member.observedAt === null ? [] : [member.observedAt]));
  return {
    scope: snapshot.scope,
    source: snapshot.source,
    labels: snapshot.labels,
    revision: snapshot.revision,
    health,
    headline: worst
      ? { code: worst.code, title: worst.title, text: secondLine(worst) }
      : health === 'unknown'
        ? WAITING
        : null,
    findings: counts,
    findingCodes: [...new Set(findings.map((finding) => finding.code))],
    leader:
      cluster.leader === null
        ? null
        : { name: cluster.leader.name, known: cluster.leader.known, observedAt: cluster.leader.observedAt },
    members: cluster.members.map(
      (member): FleetMember => ({
        name: member.name,
        glyph: glyphOf(member, cluster),
        clusterRole: member.clusterRole,
        postgresRole: member.postgresRole,
        state: member.state,
      }),
    ),
    replayLagBytes: lag,
    replayLagOverLimit: lag !== null && lag > limit,
    maximumLagOnFailoverBytes: limit,
    timeline: cluster.timeline,
    paused: cluster.paused,
    pendingRestarts: cluster.members.filter((member) => member.pendingRestart !== null).length,
    scheduledSwitchoverAt: cluster.scheduledSwitchover?.at ?? null,
    writable: cluster.writable,
    observedAt: ages.length === 0 ? null : Math.min(...ages),
    staleAfterMs: snapshot.staleAfterMs,
    spark,
  };
}

const WAITING = { code: 'waiting', title: 'Waiting for the first answers', text: 'known from the DCS, not yet seen' };

function secondLine(finding: Snapshot['findings'][number]): string {
  const texts = finding.evidence.slice(0, 2).map(({ label, text }) => `${label}: ${text}`);
  return texts.length === 0 ? finding.advice : texts.join('; ');
}

/**
 * Worst replay lag of the members whose lag has a meaning. 0 for a lone leader; null when it has standbys and of none is
 * it known.
 */
export function worstReplayLag(cluster: Cluster): number | null {
  const standbys = cluster.members.filter((member) => member.name !== cluster.leader?.name && member.listed);
  if (cluster.leader?.known !== true) return null;
  if (standbys.length === 0) return cluster.members.length === 0 ? null : 0;
  const lags = standbys.flatMap((member) => (member.lag.replayBytes === null ? [] : [member.lag.replayBytes]));
  return lags.length === 0 ? null : Math.max(...lags);
}
