// A snapshot as readable text: what `expected.txt` of a scenario holds, so that a change of the core shows as a diff that a
// DBA can judge. Pure and stable: no clock, no order but the model's.
import type { Member, Snapshot } from './cluster';
import type { Change } from './events';
import { glyphOf } from './fleet';
import { formatLsn } from './lsn';
import { formatBytes, formatSeconds } from './words';

export function renderSnapshot(snapshot: Snapshot, changes: readonly Change[]): string {
  const { cluster, findings, readiness } = snapshot;
  const leader =
    cluster.leader === null
      ? 'none'
      : `${cluster.leader.name}${cluster.leader.known ? '' : ' (not known)'} by ${cluster.leader.by}`;
  const lines = [
    `health: ${snapshot.health}`,
    `leader: ${leader}`,
    `timeline: ${cluster.timeline ?? 'unknown'}`,
    `writable: ${words(cluster.writable)}`,
    `paused: ${words(cluster.paused)}`,
    `synchronous_mode: ${cluster.synchronousMode ?? 'unknown'}${cluster.synchronousModeStrict ? ' strict' : ''}${cluster.sync === null ? '' : ` (${cluster.sync.standbys.join(', ') || 'nobody'})`}`,
    `failsafe: ${words(cluster.failsafe.enabled)}${cluster.failsafe.active ? ', active' : ''}`,
    ...(cluster.scheduledSwitchover === null
      ? []
      : [
          `scheduled switchover: ${cluster.scheduledSwitchover.from ?? '?'} to ${cluster.scheduledSwitchover.to ?? 'any'}`,
        ]),
    `dcs: ${cluster.dcs === null ? 'not configured' : `${cluster.dcs.state}, quorum ${words(cluster.dcs.quorum)}, ${cluster.dcs.endpoints.map((endpoint) => `${endpoint.name ?? '?'} ${endpoint.state}`).join(', ')}`}`,
    '',
    'members:',
    ...cluster.members.flatMap((member) => renderMember(member, snapshot)),
    '',
    `findings: ${findings.length === 0 ? 'none' : ''}`.trim(),
    ...findings.flatMap((finding) => [
      `  ${finding.severity} ${finding.code} [${finding.members.join(', ')}] ${finding.title}`,
      ...finding.evidence.map(({ label, text }) => `    ${label}: ${text}`),
      `    -> ${finding.advice}`,
    ]),
    '',
    `failover possible: ${words(readiness.failoverPossible)} (${readiness.reasons.join('; ')})`,
    ...readiness.candidates.map(
      (candidate) =>
        `  ${candidate.member}: ${candidate.eligible === null ? 'unknown' : candidate.eligible ? 'eligible' : 'refused'}${candidate.patroniWouldElect === true && candidate.eligible === false ? ', Patroni would elect it' : ''}${candidate.reasons.length === 0 ? '' : `: ${candidate.reasons.map((reason) => `${reason.text} (${reason.by})`).join('; ')}`}`,
    ),
    '',
    'events since the previous frame:',
    ...(changes.length === 0 ? ['  none'] : changes.map((change) => `  ${change.kind}: ${change.text}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function renderMember(member: Member, snapshot: Snapshot): string[] {
  const { cluster } = snapshot;
  const position = [member.lsn, member.receivedLsn, member.replayedLsn].flatMap((lsn) =>
    lsn === null ? [] : [formatLsn(lsn)],
  );
  const flow =
    member.replication.kind === 'streaming'
      ? `streaming from ${member.replication.upstream ?? '?'} (${member.replication.by})`
      : member.replication.kind;
  const lag =
    member.name === cluster.leader?.name
      ? []
      : [
          `receive lag ${bytes(member.lag.receiveBytes)}, replay lag ${bytes(member.lag.replayBytes)}${member.lag.idle ? ', idle' : ''}`,
        ];
  const tags = Object.entries(member.tags).map(([key, value]) => `${key}=${value}`);
  const pending =
    member.pendingRestart?.parameters.map((change) => `${change.name} ${change.from ?? '?'} to ${change.to ?? '?'}`) ??
    null;
  return [
    `  ${member.name} <${glyphOf(member, cluster)}> DCS says ${member.clusterRole ?? 'nothing'}, PostgreSQL says ${member.postgresRole}, state ${member.state ?? 'unknown'}${member.silent ? ' (silent)' : ''}${member.listed ? '' : ' (not listed)'}`,
    `    TL ${member.timeline ?? 'unknown'}, ${position.join(' / ') || 'position unknown'}, ${flow}${member.replayPaused === true ? ', replay paused' : ''}`,
    ...lag.map((text) => `    ${text}`),
    `    patronictl says: ${member.patroniSays.state ?? 'nothing'}, lag ${bytes(member.patroniSays.lagBytes)}`,
    ...(member.divergence === null
      ? []
      : [
          `    forked at ${member.divergence.forkLsn === null ? 'unknown' : formatLsn(member.divergence.forkLsn)}, ${bytes(member.divergence.pastBytes)} past it`,
        ]),
    ...(pending === null ? [] : [`    pending restart: ${pending.join(', ') || 'no reason given'}`]),
    ...(member.scheduledRestart === null ? [] : ['    restart scheduled']),
    ...(tags.length === 0 ? [] : [`    tags: ${tags.join(', ')}`]),
    ...(Math.abs(member.clockOffsetSeconds ?? 0) < 3
      ? []
      : [`    clock ${formatSeconds(member.clockOffsetSeconds ?? 0)} off`]),
    ...(member.externalStandbys.length === 0
      ? []
      : [`    external: ${member.externalStandbys.map((standby) => standby.applicationName).join(', ')}`]),
    `    Patroni ${member.patroniVersion ?? 'unknown'}, PostgreSQL ${member.postgresVersion ?? 'unknown'}`,
  ];
}

function words(value: boolean | null): string {
  return value === null ? 'unknown' : value ? 'yes' : 'no';
}

function bytes(value: number | null): string {
  return value === null ? 'unknown' : formatBytes(value);
}
