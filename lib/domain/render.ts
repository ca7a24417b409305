// A snapshot as readable text: what `expected.txt` of a scenario holds, so that a change of the core shows as a diff that a
// DBA can judge. Pure and stable: no clock, no order but the model's.

import { formatBytes, formatSeconds, plural } from '../language/quantity';
import type { Text } from '../language/sentence';
import type { ActionFacts, ActionRequest, Preflight } from './actions/action';
import { digestOf } from './actions/bound';
import { failoverCandidates, switchoverCandidates } from './actions/candidates';
import { blockersOf } from './actions/judge';
import { preflight } from './actions/preflight';
import type { Member, Snapshot } from './cluster';
import type { Change } from './events';
import { glyphOf } from './fleet';
import { formatLsn } from './lsn';
import { isTrap } from './readiness';

/** Of a wide cluster the first few of each kind say enough. */
const SHOWN = 3;

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
    ...renderCause(snapshot.cause),
    '',
    `failover possible: ${words(readiness.failoverPossible)} (${readiness.reasons.join('; ')})`,
    ...readiness.candidates.map(
      (candidate) =>
        `  ${candidate.member}: ${candidate.eligible === null ? 'unknown' : candidate.eligible ? 'eligible' : 'refused'}${isTrap(candidate) ? ', Patroni would elect it' : ''}${candidate.reasons.length === 0 ? '' : `: ${candidate.reasons.map((reason) => `${reason.text} (${reason.by})`).join('; ')}`}`,
    ),
    '',
    'events since the previous frame:',
    ...(changes.length === 0 ? ['  none'] : changes.map((change) => `  ${change.kind}: ${change.text}`)),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * The preflight of every action on this snapshot, one line each: refused and why, or that it may go and what it warns of.
 * `see` is shown each of them whole.
 */
export function renderPreflights(
  snapshot: Snapshot,
  facts: ActionFacts,
  see: (checked: Preflight) => void = () => undefined,
): string {
  const { cluster } = snapshot;
  const now = snapshot.observedAt;
  const leader = cluster.leader?.name ?? null;
  const listed = cluster.members.filter((member) => member.listed).map((member) => member.name);
  const replicas = listed.filter((name) => name !== leader);
  const few = <T>(all: readonly T[], line: (item: T) => string): string[] => [
    ...all.slice(0, SHOWN).map(line),
    ...(all.length > SHOWN ? [`  and ${all.length - SHOWN} more`] : []),
  ];
  const line = (label: string, request: ActionRequest): string => {
    const checked = preflight(request, snapshot, facts, now);
    see(checked);
    return `  ${label}: ${verdictLine(checked)}`;
  };
  const at = new Date(now + 3_600_000).toISOString();
  const schedule = { kind: 'switchover', candidate: null, scheduledAt: at } as const;
  const restart = { kind: 'restart', onlyPending: false, scheduledAt: null, timeoutSeconds: null } as const;
  const pause = { kind: 'pause', owner: null, until: now + 3_600_000, autoResume: false } as const;
  const edit = {
    kind: 'edit_config',
    baseRevision: cluster.config?.revision ?? null,
    baseDigest: cluster.config === null ? null : digestOf(cluster.config.value),
    value: { ...cluster.config?.value, loop_wait: 7 },
    text: null,
  } as const;
  const reinitialize = { kind: 'reinitialize', fromLeader: false, force: false, override: false } as const;
  const source = { host: 'elsewhere', port: 5432, restoreCommand: null, primarySlotName: null } as const;
  const waiting = cluster.members.find((member) => member.scheduledRestart !== null);
  const lines = [
    'preflight:',
    ...few(switchoverCandidates(snapshot), ({ member, words: what, detail }) => {
      const text = line(`switchover to ${member} (${what})`, {
        kind: 'switchover',
        candidate: member,
        scheduledAt: null,
      });
      return text.includes(': may go') ? `${text} [${detail}]` : text;
    }),
    line('switchover to whom Patroni chooses', { ...schedule, scheduledAt: null }),
    line('switchover in an hour', schedule),
    line('cancel the switchover', { kind: 'cancel_switchover' }),
    ...few(failoverCandidates(snapshot), ({ member }) =>
      line(`failover to ${member}`, { kind: 'failover', candidate: member }),
    ),
    line('pause', pause),
    line('resume', { kind: 'resume' }),
    line('set loop_wait to 7', edit),
    ...(leader === null ? [] : [line(`restart ${leader}`, { ...restart, members: [leader] })]),
    ...(replicas.length === 0 ? [] : [line('restart the replicas', { ...restart, members: replicas })]),
    line('restart one by one', { kind: 'rolling_restart', onlyPending: false }),
    line('restart the pending ones', { kind: 'rolling_restart', onlyPending: true }),
    ...(waiting === undefined
      ? []
      : [line(`cancel the restart of ${waiting.name}`, { kind: 'cancel_restart', member: waiting.name })]),
    line(`reload ${plural(listed.length, 'member')}`, { kind: 'reload', members: listed }),
    ...few(replicas, (member) => line(`reinitialize ${member}`, { ...reinitialize, member })),
    line('demote the cluster', { kind: 'demote_cluster', ...source }),
    line('promote the cluster', { kind: 'promote_cluster' }),
  ];
  return `${lines.join('\n')}\n`;
}

function verdictLine(checked: Preflight): string {
  const titles = (verdict: Preflight['checks'][number]['verdict']): Text[] =>
    checked.checks.filter((check) => check.verdict === verdict).map((check) => check.title);
  const blockers = blockersOf(checked);
  if (blockers.length > 0) return `refused: ${blockers.map(({ title }) => title).join('; ')}`;
  const warnings = titles('warning');
  const risk = checked.request.kind === 'failover' && checked.atRisk !== null ? `, ${checked.atRisk.text}` : '';
  return `may go by ${checked.way ?? 'no way'}${risk}${warnings.length === 0 ? '' : `; warns: ${warnings.join('; ')}`}`;
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

function renderCause(cause: Snapshot['cause']): string[] {
  if (cause === null) return ['cause: none'];
  return [
    `cause: ${cause.severity} ${cause.code}, ${cause.impact}: ${cause.headline}`,
    `    ${cause.consequence}`,
    ...cause.evidence.map(({ label, text }) => `    ${label}: ${text}`),
    `    if nobody acts: ${cause.ifNobodyActs}`,
    ...cause.steps.map(({ text, command, cost, refused }, index) =>
      [
        `    ${index + 1}. ${text}`,
        ...(command === null ? [] : [`(${command})`]),
        ...cost.map(String),
        ...(refused === null ? [] : [`[refused: ${refused}]`]),
      ].join(' '),
    ),
    `    explains ${cause.explains.join(' ')}`,
  ];
}

function words(value: boolean | null): string {
  return value === null ? 'unknown' : value ? 'yes' : 'no';
}

function bytes(value: number | null): Text {
  return value === null ? 'unknown' : formatBytes(value);
}
