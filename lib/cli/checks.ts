// What `howdah check` can say of a cluster and of a member. The names, options and performance data of check_patroni 2.1, so that it
// can be replaced; the answers are Howdah's: of all witnesses, and UNKNOWN where none is fresh. Pure.
import { createHash } from 'node:crypto';
import type { Member, Snapshot } from '../domain/cluster';
import type { Health } from '../domain/severity';
import { plural } from '../language/quantity';
import { Usage } from './access';
import { type Metric, type Range, type Result, rated, type Status, worstStatus } from './nagios';

export interface CheckOptions {
  readonly member: string | null;
  readonly warning: Range | null;
  readonly critical: Range | null;
  readonly healthyWarning: Range | null;
  readonly healthyCritical: Range | null;
  readonly syncWarning: Range | null;
  readonly syncCritical: Range | null;
  /** Bytes; null: no limit. */
  readonly maxLag: number | null;
  readonly isSync: boolean;
  readonly isAsync: boolean;
  readonly isStandbyLeader: boolean;
  readonly patroniVersion: string | null;
  /** What it was, given or kept from the last time; null: there was none. */
  readonly before: string | null;
}

export interface Checked extends Result {
  /** What to keep for the next time; absent: this check keeps nothing. */
  readonly now?: string;
}

type Check = (snapshot: Snapshot, options: CheckOptions) => Checked;

const BY_HEALTH: Readonly<Record<Health, Status>> = {
  ok: 'OK',
  note: 'OK',
  warning: 'WARNING',
  unknown: 'UNKNOWN',
  critical: 'CRITICAL',
};
export function statusOf(health: Health): Status {
  return BY_HEALTH[health];
}

const flag = (name: string, is: boolean): Metric => ({ name, value: is ? 1 : 0 });
const unknown = (text: string): Checked => ({ status: 'UNKNOWN', text, metrics: [] });
/** Is this member what Patroni counts, and does somebody answer for it now? */
const isLive = ({ silent, identity, listed }: Member): boolean => listed && !silent && identity.text === null;
const isReplica = ({ clusterRole }: Member): boolean =>
  clusterRole !== null && clusterRole !== 'leader' && clusterRole !== 'standby_leader';
const isSync = ({ clusterRole }: Member): boolean => clusterRole === 'sync_standby' || clusterRole === 'quorum_standby';
const follows = ({ replication }: Member): boolean =>
  replication.kind === 'streaming' || replication.kind === 'archive_recovery';

function leaderOf({ cluster }: Snapshot): Member | null {
  const { leader } = cluster;
  const member = cluster.members.find(({ name }) => name === leader?.name) ?? null;
  return leader?.known === true && member !== null && isLive(member) ? member : null;
}

/** A leader that runs, a replica that receives on the leader's timeline. */
function isHealthy(member: Member, { cluster }: Snapshot): boolean {
  if (!isLive(member)) return false;
  if (member.clusterRole === 'leader') return member.postgresRole === 'primary';
  if (member.clusterRole === 'standby_leader') return member.postgresRole === 'replica';
  return follows(member) && member.divergence === null && member.timeline === cluster.timeline;
}

/** Why nothing can be said; null: somebody has said it lately. */
function unseen(snapshot: Snapshot): string | null {
  const { members } = snapshot.cluster;
  return members.length > 0 && members.every(({ silent }) => silent) && snapshot.cluster.leader?.known !== true
    ? 'nobody answers: neither the DCS nor a member'
    : null;
}

function health(snapshot: Snapshot): Checked {
  const { cause, findings, cluster } = snapshot;
  const loud = findings.filter(({ severity }) => severity !== 'note');
  const [first] = loud;
  const text = String(cause?.headline ?? first?.title ?? `healthy, ${plural(cluster.members.length, 'member')}`);
  const counts = (['critical', 'unknown', 'warning'] as const).map((severity) => ({
    name: severity,
    value: loud.filter((finding) => finding.severity === severity).length,
  }));
  return {
    status: statusOf(snapshot.health),
    text,
    more: loud.map(({ severity, title }) => `${severity}: ${title}`),
    metrics: [...counts, flag('writable', cluster.writable === true)],
  };
}

function nodeCount(snapshot: Snapshot, options: CheckOptions): Checked {
  const members = snapshot.cluster.members.filter(({ listed }) => listed);
  const healthy = members.filter((member) => isHealthy(member, snapshot));
  const counts: Metric[] = [
    { name: 'members', value: members.length, warning: options.warning, critical: options.critical },
    {
      name: 'healthy_members',
      value: healthy.length,
      warning: options.healthyWarning,
      critical: options.healthyCritical,
    },
  ];
  const roles = new Map<string, number>();
  for (const { clusterRole } of members)
    roles.set(clusterRole ?? 'unknown', (roles.get(clusterRole ?? 'unknown') ?? 0) + 1);
  return {
    status: worstStatus(counts.map(rated)),
    text: `${plural(members.length, 'member')}, ${healthy.length} healthy`,
    metrics: [...counts, ...[...roles].map(([role, value]) => ({ name: `role_${role}`, value }))],
  };
}

function hasLeader(snapshot: Snapshot): Checked {
  const leader = leaderOf(snapshot);
  const isStandby = leader?.clusterRole === 'standby_leader';
  const isArchive = isStandby && leader?.replication.kind === 'archive_recovery';
  const runs = leader !== null && isHealthy(leader, snapshot);
  const metrics = [
    flag('has_leader', runs),
    flag('is_standby_leader_in_arc_rec', isArchive),
    flag('is_standby_leader', runs && isStandby),
    flag('is_leader', runs && !isStandby),
  ];
  const was = snapshot.cluster.leader;
  if (leader === null && was !== null && !was.known)
    return { status: 'UNKNOWN', text: `who leads is not known; it was ${was.name}`, metrics };
  if (!runs)
    return {
      status: 'CRITICAL',
      text: String(snapshot.cause?.headline ?? 'the cluster has no running leader'),
      metrics,
    };
  if (isArchive) return { status: 'WARNING', text: `${leader.name} leads, in archive recovery`, metrics };
  return { status: 'OK', text: `${leader.name} leads`, metrics };
}

/** What is not known is left out: performance data has no word for it. */
function lagOf({ name, lag: { replayBytes }, timeline }: Member): Metric[] {
  return [
    ...(replayBytes === null ? [] : [{ name: `${name}_lag`, value: replayBytes, unit: 'B' as const }]),
    ...(timeline === null ? [] : [{ name: `${name}_timeline`, value: timeline }]),
  ];
}

function hasReplica(snapshot: Snapshot, options: CheckOptions): Checked {
  const replicas = snapshot.cluster.members.filter((member) => member.listed && isReplica(member));
  const near = ({ lag }: Member): boolean =>
    options.maxLag === null || (lag.replayBytes !== null && lag.replayBytes <= options.maxLag);
  const healthy = replicas.filter((member) => isHealthy(member, snapshot) && near(member));
  const sync = replicas.filter((member) => isHealthy(member, snapshot) && isSync(member));
  const counts: Metric[] = [
    { name: 'healthy_replica', value: healthy.length, warning: options.warning, critical: options.critical },
    { name: 'sync_replica', value: sync.length, warning: options.syncWarning, critical: options.syncCritical },
  ];
  const each = replicas.flatMap((member): Metric[] => [...lagOf(member), flag(`${member.name}_sync`, isSync(member))]);
  return {
    status: worstStatus(counts.map(rated)),
    text: `${plural(healthy.length, 'healthy replica', 'healthy replicas')}, ${sync.length} synchronous`,
    metrics: [...counts, { name: 'unhealthy_replica', value: replicas.length - healthy.length }, ...each],
  };
}

function inMaintenance({ cluster }: Snapshot): Checked {
  if (cluster.paused === null) return unknown('whether it is paused is not known');
  const who = cluster.pauseNote?.owner ?? null;
  return {
    status: cluster.paused ? 'CRITICAL' : 'OK',
    text: cluster.paused ? `paused${who === null ? '' : ` by ${who}`}` : 'not paused',
    metrics: [flag('is_in_maintenance', cluster.paused)],
  };
}

function hasScheduled({ cluster }: Snapshot): Checked {
  const restarts = cluster.members.filter(({ scheduledRestart }) => scheduledRestart !== null);
  const { scheduledSwitchover } = cluster;
  const said = [
    ...(scheduledSwitchover === null ? [] : [`a switchover at ${scheduledSwitchover.at}`]),
    ...restarts.map(({ name, scheduledRestart }) => `a restart of ${name} at ${scheduledRestart?.at}`),
  ];
  return {
    status: said.length > 0 ? 'CRITICAL' : 'OK',
    text: said.join(', ') || 'nothing is scheduled',
    metrics: [
      flag('has_scheduled_actions', said.length > 0),
      flag('scheduled_switchover', scheduledSwitchover !== null),
      { name: 'scheduled_restart', value: restarts.length },
    ],
  };
}

/** Against what it was; without it the first answer is kept, where a file is given. */
function changed(what: string, metric: string, now: string, before: string | null): Checked {
  if (before === null) return { ...unknown(`${what} is ${now}, and there is nothing to compare it with`), now };
  const isOther = now !== before;
  return {
    status: isOther ? 'CRITICAL' : 'OK',
    text: isOther ? `${what} was ${before} and is ${now}` : `${what} is still ${now}`,
    metrics: [flag(metric, isOther)],
    now,
  };
}

function configChanged({ cluster }: Snapshot, { before }: CheckOptions): Checked {
  if (cluster.config === null) return unknown('the dynamic configuration cannot be read');
  const hash = createHash('md5').update(JSON.stringify(cluster.config.value)).digest('hex');
  return changed('the hash of the dynamic configuration', 'is_configuration_changed', hash, before);
}

/** A check of one member, with what makes its answer unknown. */
function ofMember(check: (member: Member, snapshot: Snapshot, options: CheckOptions) => Checked): Check {
  return (snapshot, options) => {
    const names = snapshot.cluster.members.map(({ name }) => name);
    if (options.member === null) throw new Usage(`expected --member, one of ${names.join(', ')}`);
    const member = snapshot.cluster.members.find(({ name }) => name === options.member);
    if (member === undefined) throw new Usage(`there is no member "${options.member}"; there are ${names.join(', ')}`);
    return check(member, snapshot, options);
  };
}

/** `is_x`, true is well. */
function isSo(member: Member, metric: string, is: boolean, words: string, detail = ''): Checked {
  return {
    status: is ? 'OK' : 'CRITICAL',
    text: `${member.name} is ${is ? '' : 'not '}${words}${detail}`,
    metrics: [flag(metric, is)],
  };
}

function isNodeReplica(member: Member, snapshot: Snapshot, options: CheckOptions): Checked {
  if (options.isSync && options.isAsync) throw new Usage('expected one of --is-sync and --is-async');
  const words = options.isSync ? 'a synchronous replica' : options.isAsync ? 'an asynchronous replica' : 'a replica';
  const { replayBytes } = member.lag;
  const isKind = (!options.isSync || isSync(member)) && (!options.isAsync || !isSync(member));
  const isNear = options.maxLag === null || (replayBytes !== null && replayBytes <= options.maxLag);
  const is = isReplica(member) && isHealthy(member, snapshot) && isKind && isNear && member.tags.noloadbalance !== true;
  const detail = options.maxLag !== null && !isNear ? `, ${replayBytes ?? 'unknown'} bytes behind` : '';
  return isSo(member, 'is_replica', is, words, detail);
}

export const CHECKS: Readonly<Record<string, Check>> = {
  health,
  cluster_node_count: nodeCount,
  cluster_has_leader: hasLeader,
  cluster_has_replica: hasReplica,
  cluster_is_in_maintenance: inMaintenance,
  cluster_has_scheduled_action: hasScheduled,
  cluster_config_has_changed: configChanged,
  node_is_alive: ofMember((member) =>
    isSo(member, 'is_running', member.witnesses.patroni.state === 'fresh' && isLive(member), 'alive: Patroni answers'),
  ),
  node_is_primary: ofMember((member, snapshot) => {
    const holds = leaderOf(snapshot)?.name === member.name && member.clusterRole === 'leader';
    return isSo(member, 'is_primary', holds && member.postgresRole === 'primary', 'the primary with the leader lock');
  }),
  node_is_leader: ofMember((member, snapshot, { isStandbyLeader }) => {
    const holds = leaderOf(snapshot)?.name === member.name && isHealthy(member, snapshot);
    const isStandby = member.clusterRole === 'standby_leader';
    const words = isStandbyLeader ? 'a standby leader' : 'a leader';
    return isSo(
      member,
      isStandbyLeader ? 'is_standby_leader' : 'is_leader',
      holds && (!isStandbyLeader || isStandby),
      words,
    );
  }),
  node_is_replica: ofMember(isNodeReplica),
  node_is_pending_restart: ofMember((member) => {
    const { pendingRestart } = member;
    const names = pendingRestart?.parameters.map(({ name }) => name).join(', ') ?? '';
    return {
      status: member.silent ? 'UNKNOWN' : pendingRestart === null ? 'OK' : 'CRITICAL',
      text: member.silent
        ? `${member.name} does not answer`
        : `${member.name} has ${pendingRestart === null ? 'no ' : 'a '}pending restart${names === '' ? '' : `: ${names}`}`,
      metrics: member.silent ? [] : [flag('is_pending_restart', pendingRestart !== null)],
    };
  }),
  node_tl_has_changed: ofMember((member, _snapshot, { before }) => {
    if (member.timeline === null || member.silent) return unknown(`the timeline of ${member.name} is not known`);
    const found = changed(`the timeline of ${member.name}`, 'is_timeline_changed', String(member.timeline), before);
    return { ...found, metrics: [...found.metrics, { name: 'timeline', value: member.timeline }] };
  }),
  node_patroni_version: ofMember((member, _snapshot, { patroniVersion }) => {
    if (patroniVersion === null) throw new Usage('expected --patroni-version');
    if (member.patroniVersion === null) return unknown(`the version of Patroni on ${member.name} is not known`);
    const is = member.patroniVersion === patroniVersion;
    return isSo(
      member,
      'is_version_ok',
      is,
      `on Patroni ${patroniVersion}`,
      is ? '' : `: it is ${member.patroniVersion}`,
    );
  }),
};

/** Throws Usage where there is no such check or an option is missing. `ageMs`: of the snapshot. */
export function checked(
  name: string,
  snapshot: Snapshot,
  options: CheckOptions,
  ageMs: number,
  maxAgeMs: number,
): Checked {
  const check = Object.hasOwn(CHECKS, name) ? CHECKS[name] : undefined;
  if (check === undefined) throw new Usage(`unknown check "${name}"; there are ${Object.keys(CHECKS).join(', ')}`);
  const result = check(snapshot, options);
  // The health of a cluster of which nobody answers says so itself, and may be worse than unknown.
  const silence = name === 'health' ? null : unseen(snapshot);
  const why = ageMs > maxAgeMs ? `Howdah looked ${Math.round(ageMs / 1000)} s ago for the last time` : silence;
  return why === null ? result : unknown(`${why}; it was: ${result.text}`);
}
