// One cluster as a row of the fleet page and a tile of a wall: the small form of a Snapshot. Pure.

import { joined, say, type Text } from '../language/sentence';
import { IMPACTS, type Impact } from './cause/cause';
import type { Cluster, ClusterRole, Member, PostgresRole, Snapshot } from './cluster';
import type { MemberGlyph } from './glyph';
import { briefOf, type MaintenanceBrief } from './maintenance-note';
import { isForeign, leads } from './members';
import { isRunning } from './patroni-states';
import type { Health } from './severity';
import type { SiteLink } from './sites/site';

export interface FleetMember {
  readonly name: string;
  readonly glyph: MemberGlyph;
  readonly clusterRole: ClusterRole | null;
  readonly postgresRole: PostgresRole;
  readonly state: string | null;
  readonly host: string | null;
  /** Neither Patroni nor PostgreSQL answers there. */
  readonly silent: boolean;
}

/** Its part in two sites of one service, and how far they are apart. */
export interface FleetSite {
  readonly role: 'primary' | 'standby';
  /** Of the other clusters; see siteId of sites/link.ts. */
  readonly others: readonly string[];
  /** Worst of the links; null: unknown. */
  readonly lagBytes: number | null;
  readonly lagSeconds: number | null;
}

/** One scope on the fleet page. */
export interface FleetRow {
  readonly scope: string;
  readonly source: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: number;
  readonly health: Health;
  /** The cause, else the worst finding; null when there is neither. `text` is the second line: what it means, or the first facts. */
  readonly headline: { readonly code: string; readonly title: Text; readonly text: Text } | null;
  /** What it costs, null when nothing needs a person; the order of clusters. */
  readonly impact: Impact | null;
  /** Since when; null where `impact` is. */
  readonly since: number | null;
  readonly findings: Readonly<Record<'critical' | 'unknown' | 'warning' | 'note', number>>;
  readonly findingCodes: readonly string[];
  /** null: nobody holds the key. `known` false: last known only. */
  readonly leader: { readonly name: string; readonly known: boolean; readonly observedAt: number } | null;
  readonly members: readonly FleetMember[];
  /** Worst replay lag of a member on the leader's timeline; null unknown. */
  readonly replayLagBytes: number | null;
  readonly replayLagOverLimit: boolean;
  readonly maximumLagOnFailoverBytes: number;
  readonly timeline: number | null;
  readonly paused: boolean | null;
  /** Absent: none is under way. */
  readonly maintenance?: MaintenanceBrief | undefined;
  readonly pendingRestarts: number;
  readonly scheduledSwitchoverAt: string | null;
  readonly writable: boolean | null;
  /** Absent: no other site is seen. */
  readonly site?: FleetSite | undefined;
  /** Oldest of the newest answers of the members that answer: the age of this row. */
  readonly observedAt: number | null;
  readonly staleAfterMs: number;
  /** Worst replay lag of the last 15 minutes, oldest first, one value per 30 s; null is a gap. */
  readonly spark: readonly (number | null)[];
}

/** What costs most first, then what lasts longest, then by name: rows do not dance. */
export function byImpact(
  a: Pick<FleetRow, 'impact' | 'since' | 'scope'>,
  b: Pick<FleetRow, 'impact' | 'since' | 'scope'>,
): number {
  // What another release calls an impact is none that is known here.
  const rank = (impact: Impact | null): number => {
    const at = impact == null ? -1 : IMPACTS.indexOf(impact);
    return at < 0 ? IMPACTS.length : at;
  };
  const order =
    rank(a.impact) - rank(b.impact) || (a.since ?? Number.MAX_SAFE_INTEGER) - (b.since ?? Number.MAX_SAFE_INTEGER);
  return order || (a.scope < b.scope ? -1 : a.scope > b.scope ? 1 : 0);
}

/** The one shape by which a member is drawn: its worst state, else its role. */
export function glyphOf(member: Member, cluster: Cluster): MemberGlyph {
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1048576;
  if (member.silent) return 'unknown';
  if (member.divergence !== null || isForeign(member, cluster)) return 'forked';
  if (member.postgresRole === 'primary' && !leads(member, cluster)) return 'forked';
  if (member.state !== null && !isRunning(member.state)) return 'not_running';
  if (leads(member, cluster)) return leaderGlyph(member, cluster);
  if (member.replayPaused === true) return 'replay_paused';
  if (member.postgresRole === 'unknown' || member.clusterRole === null) return 'unknown';
  const stopped = member.replication.kind === 'not_streaming';
  if ((member.lag.replayBytes ?? 0) > limit || (stopped && cluster.writable === true)) return 'lag_over_limit';
  if (stopped) return 'unknown';
  if (member.lag.replayBytes === null && member.replication.kind === 'unknown') return 'unknown';
  return member.clusterRole === 'sync_standby' || member.clusterRole === 'quorum_standby'
    ? member.clusterRole
    : 'replica';
}

function leaderGlyph(member: Member, cluster: Cluster): MemberGlyph {
  if (cluster.leader?.known !== true) return 'unknown';
  if (cluster.standbyCluster !== null) return member.postgresRole === 'primary' ? 'leader' : 'standby_leader';
  return member.postgresRole === 'primary' ? 'leader' : 'not_running';
}

/** `spark`: the caller's memory of the last 15 minutes. */
export function fleetRow(snapshot: Snapshot, spark: readonly (number | null)[]): FleetRow {
  const { cause, cluster, findings, health } = snapshot;
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1048576;
  const lag = worstReplayLag(cluster);
  const worst = findings[0];
  const counts = { critical: 0, unknown: 0, warning: 0, note: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  const observedAt = ageOf(cluster);
  return {
    scope: snapshot.scope,
    source: snapshot.source,
    labels: snapshot.labels,
    revision: snapshot.revision,
    health,
    headline: cause
      ? { code: cause.code, title: cause.headline, text: cause.consequence }
      : worst
        ? { code: worst.code, title: worst.title, text: secondLine(worst) }
        : health === 'unknown'
          ? WAITING
          : null,
    impact: cause?.impact ?? IMPACT_OF[health],
    since: cause?.since ?? worst?.since ?? null,
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
        host: member.host,
        silent: member.silent,
      }),
    ),
    replayLagBytes: lag,
    replayLagOverLimit: lag !== null && lag > limit,
    maximumLagOnFailoverBytes: limit,
    timeline: cluster.timeline,
    paused: cluster.paused,
    ...(cluster.maintenance === undefined ? {} : { maintenance: briefOf(cluster.maintenance) }),
    pendingRestarts: cluster.members.filter((member) => member.pendingRestart !== null).length,
    scheduledSwitchoverAt: cluster.scheduledSwitchover?.at ?? null,
    writable: cluster.writable,
    ...siteOf(cluster),
    observedAt,
    staleAfterMs: snapshot.staleAfterMs,
    spark,
  };
}

function siteOf({ site }: Cluster): Pick<FleetRow, 'site'> {
  if (site === undefined || site.role === 'apart') return {};
  const { role, links } = site;
  const others = links.map(({ primary, standby }) => (role === 'primary' ? standby.id : primary.id));
  const worst = (of: (link: SiteLink) => number | null): number | null => {
    const all = links.map(of);
    return all.some((one) => one === null) ? null : Math.max(...all.flatMap((one) => one ?? []));
  };
  return {
    site: {
      role,
      others,
      lagBytes: worst(({ lagBytes }) => lagBytes),
      lagSeconds: worst(({ lagSeconds }) => lagSeconds),
    },
  };
}

/**
 * The row is as old as the oldest of the members that answer. One that does not answer has a finding and a glyph of its own
 * and does not make the others old; where none answers, the last that did counts.
 */
function ageOf(cluster: Cluster): number | null {
  const times = (members: readonly Member[]): number[] => members.flatMap((member) => member.observedAt ?? []);
  const live = times(cluster.members.filter((member) => !member.silent));
  if (live.length > 0) return Math.min(...live);
  const known = times(cluster.members);
  return known.length === 0 ? null : Math.max(...known);
}

/** Of a cluster whose trouble no row of causes explains. */
const IMPACT_OF: Readonly<Record<Health, Impact | null>> = {
  critical: 'data_at_risk',
  unknown: 'unknown',
  warning: 'degraded',
  note: 'note',
  ok: null,
};

const WAITING = {
  code: 'waiting',
  title: say`Waiting for the first answers`,
  text: say`known from the DCS, not yet seen`,
};

function secondLine(finding: Snapshot['findings'][number]): Text {
  const texts = finding.evidence.slice(0, 2).map(({ label, text }) => say`${label}: ${text}`);
  return texts.length === 0 ? finding.advice : joined(texts, '; ');
}

/**
 * Worst replay lag of the members whose lag has a meaning. 0 for a lone leader; null when it has standbys and of none is
 * it known.
 */
export function worstReplayLag(cluster: Cluster): number | null {
  const standbys = cluster.members.filter(
    (member) => !leads(member, cluster) && member.listed && member.identity.verdict !== 'alias',
  );
  if (cluster.leader?.known !== true) return null;
  if (standbys.length === 0) return cluster.members.length === 0 ? null : 0;
  const lags = standbys.flatMap((member) => (member.lag.replayBytes === null ? [] : [member.lag.replayBytes]));
  return lags.length === 0 ? null : Math.max(...lags);
}
