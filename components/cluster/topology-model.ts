// The words and marks of the topology, read off a snapshot; no geometry, no rules: what is wrong was decided by the findings.
import { formatBytes, formatSeconds, formatTime } from '@/lib/client/words/format';
import { t } from '@/lib/client/words/text';
import type { MemberGlyph } from '@/lib/contract/stream';
import type { Member, Snapshot, Stages } from '@/lib/domain/cluster';
import { isDoorCode } from '@/lib/domain/finding-code';
import { glyphOf } from '@/lib/domain/fleet';
import { GLYPH_HEALTH } from '@/lib/domain/glyph';
import { formatLsn } from '@/lib/domain/lsn';
import { type Health, type Tone, toneOf, worse, worstOf } from '@/lib/domain/severity';
import { GLYPH_WORDS } from '../ui/glyph';
import type { TopologyItem } from './topology-layout';

export interface NodeLine {
  readonly text: string;
  readonly mono?: boolean;
  readonly tone?: Tone | 'dim';
  readonly icon?: 'pause' | 'restart';
  /** The text ends with how long, counted from here. */
  readonly since?: number;
}

export interface TopologyNode extends TopologyItem {
  readonly glyph: MemberGlyph;
  /** Inverted: it holds the leader key and that is known. */
  readonly leads: boolean;
  readonly timeline: number | null;
  readonly tone: Tone;
  /** Said in full for screen readers. */
  readonly label: string;
  readonly strong: string | null;
  /** `strong` says that it does not answer. */
  readonly mute: boolean;
  readonly role: string;
  readonly line: NodeLine | null;
  readonly edge: TopologyEdge | null;
  readonly fork: readonly string[] | null;
  readonly lagBytes: number | null;
  readonly observedAt: number | null;
}

export interface TopologyEdge {
  readonly kind: 'sync' | 'async' | 'broken' | 'unknown';
  readonly tone: Tone;
  readonly above: string;
  readonly below: string;
}

/** Worst finding that is about the member. */
export function memberHealth(snapshot: Snapshot, name: string): Health {
  const about = snapshot.findings.filter(({ code, members }) => members.includes(name) && !isDoorCode(code));
  return worstOf(about.map(({ severity }) => severity)) ?? 'ok';
}

function parentOf(member: Member, snapshot: Snapshot): string | null {
  const { cluster } = snapshot;
  if (member.name === cluster.leader?.name) return null;
  if (member.postgresRole === 'primary') return null;
  const exists = (name: string | null) => name !== null && cluster.members.some((other) => other.name === name);
  const upstream = member.replication.kind === 'streaming' ? member.replication.upstream : null;
  return [upstream, member.upstream, member.replicateFrom].find(exists) ?? cluster.leader?.name ?? null;
}

/** Everything between the upstream's position and what this member has replayed: all stages together. */
function behindUpstream(stages: Stages | null): number | null {
  if (stages === null) return null;
  const { sentBytes, writeBytes, flushBytes, replayBytes } = stages;
  if (sentBytes === null || writeBytes === null || flushBytes === null || replayBytes === null) return null;
  return sentBytes + writeBytes + flushBytes + replayBytes;
}

/** Findings about what flows into a member. A node may be in trouble of its own while WAL reaches it as it should. */
const FLOW_FINDINGS: readonly string[] = [
  'lag_high',
  'lag_unknown',
  'not_its_answer',
  'observation_stale',
  'replay_paused',
  'replica_diverged',
  'replica_not_streaming',
  'sync_standby_missing',
  'system_identifier_mismatch',
  'timeline_behind',
];

function flowTone(snapshot: Snapshot, name: string): Tone {
  const about = snapshot.findings.filter(({ code, members }) => FLOW_FINDINGS.includes(code) && members.includes(name));
  return toneOf(worstOf(about.map(({ severity }) => severity)) ?? 'ok');
}

function edgeOf(member: Member, snapshot: Snapshot, parent: string | null): TopologyEdge | null {
  if (parent === null) return null;
  const tone = flowTone(snapshot, member.name);
  const { replication, lag, stages } = member;
  const bytes = behindUpstream(stages) ?? lag.replayBytes;
  const seconds = stages?.replaySeconds ?? lag.replaySeconds;
  const sync = member.clusterRole === 'sync_standby' || member.clusterRole === 'quorum_standby';
  if (replication.kind === 'unknown' || member.silent)
    return { kind: 'unknown', tone: 'unknown', above: t('unknown'), below: '' };
  if (replication.kind === 'archive_recovery') return { kind: 'async', tone, above: t('from the archive'), below: '' };
  if (replication.kind === 'not_streaming') {
    const since =
      replication.since === null ? '' : t('since {time}', { time: formatTime(replication.since, snapshot.observedAt) });
    return { kind: 'broken', tone: tone === 'plain' ? 'critical' : tone, above: t('not streaming'), below: since };
  }
  const received = t('received {size} behind', { size: formatBytes(lag.receiveBytes) });
  // With bytes under way nothing is idle, whatever the walsender has no interval for.
  const timing = seconds === null ? (lag.idle && bytes === 0 ? t('idle') : '') : formatSeconds(seconds);
  const word = member.clusterRole === 'quorum_standby' ? 'quorum' : 'sync';
  const below = member.replayPaused === true ? received : [sync ? word : '', timing].filter(Boolean).join(', ');
  return { kind: sync ? 'sync' : 'async', tone: tone === 'unknown' ? 'plain' : tone, above: formatBytes(bytes), below };
}

function lineOf(member: Member, snapshot: Snapshot): NodeLine | null {
  if (member.silent && member.lag.replayBytes !== null)
    return { text: t('was {value}', { value: formatBytes(member.lag.replayBytes) }), tone: 'unknown' };
  if (member.divergence !== null) {
    const { state, lagBytes } = member.patroniSays;
    const [said, lag] = [state ?? t('unknown'), lagBytes ?? t('unknown')];
    return { text: t('patronictl: {state}, lag {lag}', { state: said, lag }), tone: 'dim' };
  }
  if (member.replayPaused === true) {
    const since = snapshot.findings.find((f) => f.code === 'replay_paused' && f.members.includes(member.name))?.since;
    return { text: t('replay paused'), tone: 'warning', icon: 'pause', ...(since === undefined ? {} : { since }) };
  }
  if (member.replicateFrom !== null) return { text: `replicatefrom: ${member.replicateFrom}`, mono: true, tone: 'dim' };
  const position = member.lsn ?? member.replayedLsn ?? member.receivedLsn;
  if (position !== null) return { text: formatLsn(position), mono: true, tone: 'dim' };
  return member.pendingRestart === null ? null : { text: t('pending restart'), icon: 'restart', tone: 'dim' };
}

/** What the DCS calls it, in words; a role of its own stays as it is. */
function roleWord(role: string | null): string | null {
  const known = Object.entries(GLYPH_WORDS).find(([glyph]) => glyph === role)?.[1];
  return known === undefined ? (role?.replace('_', ' ') ?? null) : t(known);
}

/** `leader, running`: what the DCS calls it, and whether WAL flows. */
export function roleWords(member: Member): string {
  const role =
    roleWord(member.clusterRole) ??
    (member.postgresRole === 'unknown' ? t('role unknown') : roleWord(member.postgresRole));
  const flow = {
    leader: member.state,
    streaming: 'streaming',
    archive_recovery: 'in archive recovery',
    not_streaming: t('not streaming'),
  };
  const state = member.replication.kind === 'unknown' ? member.state : flow[member.replication.kind];
  return `${role}, ${state ?? t('state unknown')}`;
}

function nodeOf(member: Member, snapshot: Snapshot): TopologyNode {
  const { cluster } = snapshot;
  const parent = parentOf(member, snapshot);
  const glyph = glyphOf(member, cluster);
  const holds = cluster.leader?.name === member.name;
  const leads = holds && cluster.leader?.known === true && !member.silent;
  const tone = toneOf(worse(GLYPH_HEALTH[glyph], memberHealth(snapshot, member.name)));
  const words = roleWords(member);
  // Forked or not: first of all it takes writes.
  const isStray = !member.silent && member.postgresRole === 'primary' && !holds;
  const strong = isStray
    ? t('primary')
    : member.divergence !== null
      ? t('forked')
      : member.silent
        ? t('no answer')
        : holds && !leads
          ? t('leader unknown')
          : null;
  const role = isStray
    ? member.divergence === null
      ? t('without the leader key')
      : t('without the leader key, forked')
    : member.divergence !== null
      ? (roleWord(member.clusterRole) ?? t('replica'))
      : member.silent || (holds && !leads)
        ? member.clusterRole === null
          ? t('role unknown')
          : t('was {value}', { value: roleWord(member.clusterRole) ?? t('unknown') })
        : words;
  const fork =
    member.divergence === null
      ? null
      : [
          member.divergence.pastBytes === null
            ? t('past the fork')
            : t('{size} past the fork', { size: formatBytes(member.divergence.pastBytes) }),
          t('timeline {timeline} began at', { timeline: member.divergence.leaderTimeline }),
          member.divergence.forkLsn === null ? t('unknown') : formatLsn(member.divergence.forkLsn),
          t('{member} is at {lsn}', { member: member.name, lsn: formatLsn(member.divergence.memberLsn) }),
        ];
  const marks = [
    member.replayPaused === true ? t('replay paused') : '',
    member.pendingRestart === null ? '' : t('pending restart'),
  ];
  const timeline =
    member.timeline === null ? t('timeline unknown') : t('timeline {timeline}', { timeline: member.timeline });
  return {
    name: member.name,
    parent,
    sync: member.clusterRole === 'sync_standby' || member.clusterRole === 'quorum_standby',
    troubled: tone !== 'plain',
    noted: fork !== null,
    glyph,
    leads,
    timeline: member.timeline,
    tone,
    label: [member.name, [strong, role].filter(Boolean).join(', '), ...marks.filter(Boolean), timeline].join(', '),
    strong,
    mute: member.divergence === null && member.silent,
    role,
    line: lineOf(member, snapshot),
    edge: edgeOf(member, snapshot, parent),
    fork,
    lagBytes: member.lag.replayBytes,
    observedAt: member.observedAt,
  };
}

export function topologyNodes(snapshot: Snapshot): readonly TopologyNode[] {
  return snapshot.cluster.members.map((member) => nodeOf(member, snapshot));
}
