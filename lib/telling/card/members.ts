// The members as lines of the card: shape, words, what is to worry about. Pure. Wide clusters show who matters and count the rest.

import { furthest } from '../../domain/actions/candidates';
import type { Cluster, Member, Snapshot } from '../../domain/cluster';
import type { ClusterEvent } from '../../domain/events';
import { glyphOf } from '../../domain/fleet';
import { GLYPH_HEALTH, type MemberGlyph } from '../../domain/glyph';
import { lagBytes } from '../../domain/lsn';
import { leaderOf, positionOf } from '../../domain/members';
import { isRunning } from '../../domain/patroni-states';
import { bySeverity, type Health, type Tone, toneOf, worse } from '../../domain/severity';
import { formatBytes } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';

export interface CardMember {
  readonly name: string;
  readonly glyph: MemberGlyph;
  readonly words: Text;
  readonly tone: Tone;
  /** Its newest answer; null: never. */
  readonly observedAt: number | null;
  readonly leads: boolean;
}

export interface CardMembers {
  readonly shown: readonly CardMember[];
  /** Those that are not shown; null: all are. */
  readonly rest: Text | null;
}

const SHOWN_MAX = 6;

/** Who led last: the holder of the key, else who lost it within the events; null: not known. */
export function ledLast({ cluster }: Snapshot, events: readonly ClusterEvent[]): string | null {
  if (cluster.leader !== null) return cluster.leader.name;
  const lost = [...events].sort((a, b) => b.at - a.at).find(({ kind }) => kind === 'leader_lost');
  return lost?.member ?? cluster.history.at(-1)?.leader ?? null;
}

export function assessMembers(snapshot: Snapshot, events: readonly ClusterEvent[]): CardMembers {
  const { cluster } = snapshot;
  const led = ledLast(snapshot, events);
  const leads = hasPrimary(cluster);
  // Its Patroni says that it runs; who wants to connect learns otherwise.
  const refusing = new Set(
    snapshot.findings.filter(({ code }) => code === 'member_not_running').flatMap(({ members }) => members),
  );
  const all = cluster.members.map((member): CardMember => {
    const behind = behindOf(member, cluster);
    const glyph = shapeOf(member, cluster, behind, leads);
    const refuses = refusing.has(member.name);
    return {
      name: member.name,
      glyph,
      words: wordsOf(member, cluster, { led, behind, leads, refuses }),
      tone: toneOf(refuses ? worse(GLYPH_HEALTH[glyph], 'warning') : GLYPH_HEALTH[glyph]),
      observedAt: member.observedAt,
      leads: member.name === led,
    };
  });
  const sorted = all
    .map((member, index) => ({ member, index }))
    .sort(
      (a, b) =>
        Number(b.member.leads) - Number(a.member.leads) ||
        (all.length > SHOWN_MAX ? bySeverity(healthOf(a.member), healthOf(b.member)) : 0) ||
        a.index - b.index,
    )
    .map(({ member }) => member);
  return { shown: sorted.slice(0, SHOWN_MAX), rest: restOf(sorted.slice(SHOWN_MAX), cluster) };
}

const healthOf = ({ glyph, tone }: CardMember): Health =>
  tone === 'plain' ? GLYPH_HEALTH[glyph] : worse(GLYPH_HEALTH[glyph], tone);

/** Somebody is there whom the others could follow. */
function hasPrimary(cluster: Cluster): boolean {
  const leader = leaderOf(cluster);
  return leader !== null && !leader.silent && leader.postgresRole === 'primary';
}

/** As everywhere, but without a leader nobody streams: then how much it has tells more than that. */
function shapeOf(member: Member, cluster: Cluster, behind: number | null, leads: boolean): MemberGlyph {
  const glyph = glyphOf(member, cluster);
  const waits = glyph === 'unknown' && !leads && !member.silent && member.replication.kind === 'not_streaming';
  if (!waits || behind === null || member.postgresRole !== 'replica') return glyph;
  return behind > (cluster.config?.maximumLagOnFailoverBytes ?? 1_048_576) ? 'lag_over_limit' : 'replica';
}

function restOf(hidden: readonly CardMember[], cluster: Cluster): Text | null {
  if (hidden.length === 0) return null;
  const troubled = hidden.filter(({ tone }) => tone !== 'plain').length;
  if (troubled > 0) return say`and ${hidden.length} more, ${troubled} of them in trouble`;
  const lags = hidden.flatMap(({ name }) => {
    const member = cluster.members.find((one) => one.name === name);
    return (member === undefined ? null : behindOf(member, cluster)) ?? [];
  });
  return lags.length < hidden.length
    ? say`and ${hidden.length} more`
    : say`and ${hidden.length} more, at most ${formatBytes(Math.max(...lags))} behind`;
}

/** Behind the leader; without one behind whoever has most. null: not known, or without meaning. */
function behindOf(member: Member, cluster: Cluster): number | null {
  if (member.divergence !== null || member.silent || member.name === cluster.leader?.name) return null;
  if (member.lag.replayBytes !== null) return member.lag.replayBytes;
  if (hasPrimary(cluster)) return null;
  const most = furthest(cluster);
  return most === null ? null : lagBytes(most.lsn, positionOf(member));
}

function roleWords(member: Member, led: string | null): Text {
  if (member.name === led && member.clusterRole !== 'standby_leader') return say`leader`;
  switch (member.clusterRole) {
    case 'leader':
      return say`leader`;
    case 'standby_leader':
      return say`standby leader`;
    case 'sync_standby':
      return say`sync standby`;
    case 'quorum_standby':
      return say`quorum standby`;
    default:
      return say`replica`;
  }
}

interface Around {
  readonly led: string | null;
  readonly behind: number | null;
  /** Somebody leads. */
  readonly leads: boolean;
  /** Nobody can connect to its PostgreSQL, by the findings. */
  readonly refuses: boolean;
}

function wordsOf(member: Member, cluster: Cluster, { led, behind, leads, refuses }: Around): Text {
  const role = roleWords(member, led);
  const holds = member.name === cluster.leader?.name;
  if (member.silent) return say`no answer, was ${role}`;
  if (member.divergence !== null) return say`forked on timeline ${member.divergence.memberTimeline}`;
  if (member.postgresRole === 'primary' && !holds) return say`primary without the leader key`;
  if (member.state !== null && !isRunning(member.state)) return say`${role}, state ${member.state}`;
  if (refuses) return say`${role}, PostgreSQL refuses connections`;
  if (holds && cluster.leader?.known === false) return say`was leader, not known now`;
  if (holds && cluster.standbyCluster !== null) return say`standby leader`;
  if (holds) return cluster.writable === true ? say`leader, takes writes` : say`leader, takes no writes`;
  if (member.replayPaused === true)
    return behind === null ? say`${role}, replay paused` : say`${role}, replay paused, ${formatBytes(behind)} behind`;
  if (leads && member.replication.kind === 'not_streaming')
    return behind === null
      ? say`${role}, does not stream`
      : say`${role}, does not stream, ${formatBytes(behind)} behind`;
  if (behind !== null && behind > 0) return say`${role}, ${formatBytes(behind)} behind`;
  if (!leads && behind === 0) return say`${role}, has the most WAL`;
  if (member.replication.kind === 'not_streaming') return say`${role}, does not stream`;
  if (behind === null) return say`${role}, how far behind is not known`;
  return say`${role}, no lag`;
}
