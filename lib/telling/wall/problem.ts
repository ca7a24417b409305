// The card of a cluster in trouble: one number, its members in few lines, and whether somebody could take over. Pure.

import type { Candidate, Cluster, Member, Readiness, Snapshot } from '../../domain/cluster';
import { glyphOf } from '../../domain/fleet';
import { GLYPH_HEALTH, type MemberGlyph } from '../../domain/glyph';
import { isRunning } from '../../domain/patroni-states';
import { bySeverity, type Health, toneOf } from '../../domain/severity';
import { formatBytes, joinNames, plural } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { worstOf } from './tile';
import type { WallMembers, WallProblem } from './wall';
import { labelOf, numberOf } from './words';

const LINES_MAX = 6;
const NAMES_MAX = 3;
/** More calm standbys than these are one line. */
const CALM_MAX = 2;

/** null: nothing in it needs a person. */
export function problemOf(snapshot: Snapshot): WallProblem | null {
  const worst = worstOf(snapshot);
  if (worst === null) return null;
  const { cause } = snapshot;
  const { number, words } = numberOf(worst, snapshot);
  const groups = memberGroups(snapshot.cluster, worst.members);
  return {
    scope: snapshot.scope,
    health: snapshot.health,
    label: labelOf(worst, snapshot),
    title: cause?.headline ?? worst.title,
    number,
    numberWords: words,
    since: cause?.since ?? worst.since,
    members: groups.slice(0, LINES_MAX),
    more: Math.max(0, groups.length - LINES_MAX),
    failoverPossible: snapshot.readiness.failoverPossible,
    failover: cause?.headline ?? failoverWords(snapshot.readiness, snapshot.cluster),
  };
}

/** The leader first, then those in trouble, worst first, those that the finding is about, and the calm ones. */
function memberGroups(cluster: Cluster, named: readonly string[]): readonly WallMembers[] {
  const leads = (member: Member): boolean => member.name === cluster.leader?.name;
  const shown = cluster.members.filter((member) => member.listed || !member.silent || leads(member));
  const leaders = shown.filter(leads);
  const others = shown.filter((member) => !leads(member));
  const healthOf = (member: Member): Health => GLYPH_HEALTH[glyphOf(member, cluster)];
  const troubled = others
    .filter((member) => healthOf(member) !== 'ok')
    .sort((a, b) => bySeverity(healthOf(a), healthOf(b)));
  const quiet = others.filter((member) => healthOf(member) === 'ok');
  const calm = quiet.filter((member) => !named.includes(member.name));
  return [
    ...grouped(leaders, cluster),
    ...grouped(troubled, cluster),
    ...grouped(
      quiet.filter((member) => named.includes(member.name)),
      cluster,
    ),
    ...(calm.length > CALM_MAX ? [folded(calm, cluster)] : grouped(calm, cluster)),
  ];
}

function grouped(members: readonly Member[], cluster: Cluster): readonly WallMembers[] {
  const groups = new Map<string, { readonly glyph: MemberGlyph; readonly text: Text; readonly names: string[] }>();
  for (const member of members) {
    const glyph = glyphOf(member, cluster);
    const text = memberWords(member, cluster);
    const key = `${glyph}\n${text}`;
    const group = groups.get(key) ?? { glyph, text, names: [] };
    group.names.push(member.name);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ glyph, text, names }) => ({
    glyph,
    tone: toneOf(GLYPH_HEALTH[glyph]),
    names: names.length > NAMES_MAX ? plural(names.length, 'member') : names.join(', '),
    text,
  }));
}

function folded(members: readonly Member[], cluster: Cluster): WallMembers {
  const lags = members.map(({ lag }) => lag.replayBytes);
  const known = lags.filter((lag) => lag !== null);
  return {
    glyph: members.every((member) => glyphOf(member, cluster) === 'sync_standby') ? 'sync_standby' : 'replica',
    tone: 'plain',
    names: plural(members.length, 'replica'),
    text:
      known.length < lags.length ? say`lag not known of all` : say`at most ${formatBytes(Math.max(...known))} behind`,
  };
}

function memberWords(member: Member, cluster: Cluster): Text {
  const leads = member.name === cluster.leader?.name;
  if (member.silent) return say`no answer`;
  if (member.divergence !== null) return say`on timeline ${member.divergence.memberTimeline}`;
  if (member.postgresRole === 'primary' && !leads) return say`primary without key`;
  if (member.state !== null && !isRunning(member.state)) return member.state;
  if (leads) return leaderWords(member, cluster);
  const lag = member.lag.replayBytes;
  if (member.replayPaused === true) return lag === null ? say`replay paused` : say`${formatBytes(lag)}, replay paused`;
  if (member.replication.kind === 'not_streaming')
    return lag === null || lag === 0 ? say`no stream` : say`${formatBytes(lag)}, no stream`;
  if (lag === null) return say`lag unknown`;
  const limit = cluster.config?.maximumLagOnFailoverBytes ?? 1_048_576;
  return lag > limit ? say`${formatBytes(lag)} behind` : formatBytes(lag);
}

function leaderWords(member: Member, cluster: Cluster): Text {
  if (cluster.leader?.known !== true) return say`led when last known`;
  if (cluster.standbyCluster !== null) return say`standby leader`;
  return member.postgresRole !== 'primary'
    ? say`leader, not writable`
    : cluster.writable === true
      ? say`writable`
      : cluster.writable === false
        ? say`leader, not writable`
        : say`leader`;
}

function failoverWords(readiness: Readiness, cluster: Cluster): Text {
  const { failoverPossible, candidates, reasons } = readiness;
  const [best] = candidates;
  if (failoverPossible === true)
    return best?.eligible === true ? say`Failover possible, to ${best.member}` : say`Failover possible`;
  if (failoverPossible === null) return say`Failover: not known whether it is possible`;
  return say`No automatic failover: ${refusal(candidates, cluster) ?? reasons[0] ?? say`nobody may take over`}`;
}

/** What all candidates have in common, or the reason of the best; null: it is not about them. */
function refusal(candidates: readonly Candidate[], cluster: Cluster): Text | null {
  const codes = new Set(candidates.map(({ reasons }) => reasons[0]?.code ?? null));
  const [best] = candidates;
  if (best === undefined || codes.has(null)) return null;
  const [code] = codes;
  if (codes.size === 1 && (code === 'lag' || code === 'unreachable')) {
    const limit = formatBytes(cluster.config?.maximumLagOnFailoverBytes ?? 1_048_576);
    const names = joinNames(candidates.map(({ member }) => member));
    if (candidates.length > NAMES_MAX)
      return code === 'lag' ? say`all behind maximum_lag_on_failover, ${limit}` : say`no other member is reachable`;
    return code === 'lag' ? say`${names} behind maximum_lag_on_failover, ${limit}` : say`${names} not reachable`;
  }
  const reason = best.reasons[0]?.text ?? '';
  return String(reason).startsWith(`${best.member} `) ? reason : say`${best.member}: ${reason}`;
}
