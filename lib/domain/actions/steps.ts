// The steps of an action before it begins: keys and titles, and when each is to be expected, from earlier switchovers of this
// cluster. The keys are what follow.ts observes. Pure.

import { formatInstant, joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Cluster, Snapshot } from '../cluster';
import type { ActionFacts, ActionRequest, ActionStep, PlannedStep, Way } from './action';
import { expectedAt } from './expected-outage';
import type { Marks } from './follower';
import { type RollingOrder, rollingOrder } from './rolling';

interface Plan {
  readonly snapshot: Snapshot;
  readonly facts: ActionFacts | null;
  readonly way: Way | null;
  /** Who takes over, where that can be said. */
  readonly successor: string | null;
}

export function planSteps(request: ActionRequest, plan: Plan): readonly PlannedStep[] {
  const { snapshot, way } = plan;
  const { cluster } = snapshot;
  const put = way === 'rest' ? say`PATCH /config` : say`Write /config`;
  const verified = (title: Text): PlannedStep => step('verified', title);
  switch (request.kind) {
    case 'switchover':
      if (request.scheduledAt !== null) {
        return [
          step('requested', way === 'rest' ? say`POST /switchover` : say`Write /failover`),
          step('scheduled', say`Scheduled for ${formatInstant(request.scheduledAt)}`),
        ];
      }
      return switchoverSteps(plan, false);
    case 'failover':
      return switchoverSteps(plan, true);
    case 'cancel_switchover':
      return [
        step('requested', way === 'rest' ? say`DELETE /switchover` : say`Clear /failover`),
        step('cancelled', say`No switchover is scheduled`),
      ];
    case 'pause':
    case 'resume': {
      const pauses = request.kind === 'pause';
      return [
        step('requested', put),
        step('written', pauses ? say`/config says paused` : say`/config says resumed`),
        step('taken_up', pauses ? say`Every member says paused` : say`Every member says resumed`),
        verified(pauses ? say`Paused, with nothing else changed` : say`Resumed, with a leader`),
      ];
    }
    case 'edit_config':
      return [
        step('requested', put),
        step('written', say`The new revision is in /config`),
        step('taken_up', say`Every member applies it`),
        verified(say`In force on every member`),
      ];
    case 'restart':
      return request.scheduledAt === null
        ? [
            step('requested', say`POST /restart to each member`),
            ...replicasFirst(request.members, cluster).map((name) =>
              step(`restart:${name}`, restartTitle(name, cluster)),
            ),
            verified(say`All of them are running again`),
          ]
        : [
            step('requested', say`POST /restart to each member`),
            step('scheduled', say`Scheduled for ${formatInstant(request.scheduledAt)}`),
          ];
    case 'rolling_restart':
      return rollingSteps(rollingOrder(cluster, request.onlyPending), plan);
    case 'cancel_restart':
      return [
        step('requested', say`DELETE /restart on ${request.member}`),
        step('cancelled', say`No restart of ${request.member} is scheduled`),
      ];
    case 'reload':
      return [
        step('requested', say`POST /reload to each member`),
        ...request.members.map((name) => step(`reload:${name}`, say`${name} reads its files again`)),
        verified(say`All of them answer`),
      ];
    case 'reinitialize':
      return [
        step('requested', say`POST /reinitialize to ${request.member}`),
        step('removed', say`${request.member} stops and removes its data directory`),
        step(
          'copying',
          request.fromLeader && cluster.leader !== null
            ? say`Base backup from ${cluster.leader.name}`
            : say`Base backup`,
        ),
        step('starting', say`${request.member} starts`),
        step('streaming', say`${request.member} streams`),
        verified(say`${request.member} is a replica on the timeline of the leader`),
      ];
    case 'end_session':
      return request.how === 'cancel'
        ? [
            step('requested', say`pg_cancel_backend(${request.pid}) on ${request.member}`),
            step('ended', say`Its statement is over`),
          ]
        : [
            step('requested', say`pg_terminate_backend(${request.pid}) on ${request.member}`),
            step('ended', say`Its session is gone`),
          ];
    case 'maintenance':
      return [verified(say`Noted by Howdah; nothing is sent to the cluster`)];
    case 'demote_cluster':
      return [
        step('requested', put),
        step('written', say`/config names the source to follow`),
        step('taken_up', say`${cluster.leader?.name ?? say`The leader`} becomes a standby leader`),
        verified(say`The cluster follows its source`),
      ];
    case 'promote_cluster':
      return [
        step('requested', put),
        step('written', say`/config no longer names a source`),
        step('taken_up', say`${cluster.leader?.name ?? say`The standby leader`} is promoted ${onTimeline(cluster)}`),
        verified(say`The cluster accepts writes`),
      ];
  }
}

function step(key: string, title: Text, expectedAtMs: number | null = null): PlannedStep {
  return { key, title, expectedAtMs };
}

function onTimeline({ timeline }: Cluster): Text {
  return timeline === null ? say`on the next timeline` : say`on timeline ${timeline + 1}`;
}

/** As plan.ts sends them: what a bad parameter breaks should not be the primary. */
function replicasFirst(members: readonly string[], { leader }: Cluster): readonly string[] {
  const last = (name: string): number => (name === leader?.name ? 1 : 0);
  return [...members].sort((a, b) => last(a) - last(b));
}

function restartTitle(name: string, cluster: Cluster): Text {
  return name === cluster.leader?.name
    ? say`${name} restarts and leads again`
    : say`${name} restarts and streams again`;
}

function switchoverSteps({ snapshot, facts, way, successor }: Plan, isFailover: boolean): readonly PlannedStep[] {
  const { cluster } = snapshot;
  const old = cluster.leader?.name ?? null;
  const next = successor ?? say`The new leader`;
  const others = cluster.members
    .filter(
      (member) =>
        member.listed &&
        !member.silent &&
        member.divergence === null &&
        member.name !== old &&
        member.name !== successor,
    )
    .map((member) => member.name);
  const archives = cluster.members.find((member) => member.name === old)?.archiver?.enabled === true;
  const kind = isFailover ? 'failover' : 'switchover';
  const requested =
    way === 'rest'
      ? old === null
        ? say`POST /${kind}`
        : say`POST /${kind} to ${old}`
      : say`Write /failover, wake the loop of the leader`;
  const standby = cluster.standbyCluster !== null;
  const titles: readonly (readonly [string, Text])[] = [
    ['requested', old === null && way !== 'rest' ? say`Write /failover` : requested],
    ['taken_up', say`${old ?? next} acts on it`],
    [
      'stepped_down',
      old === null
        ? say`No leader has to step down`
        : archives
          ? say`${old}: checkpoint, archive, shut down`
          : say`${old}: checkpoint, shut down`,
    ],
    ['key_released', old === null ? say`The leader key is free` : say`${old} releases the leader key`],
    ['key_taken', say`${next} takes the key`],
    ['promoted', standby ? say`${next} follows the source` : say`${next} is promoted ${onTimeline(cluster)}`],
    [
      'followers',
      others.length === 0
        ? say`Nobody else has to follow`
        : say`${joinNames(others)} ${agree(others.length, 'follows', 'follow')} ${successor ?? say`the new leader`}`,
    ],
    ['old_leader', old === null ? say`The old leader returns as a replica` : say`${old} returns as a replica`],
    [
      'verified',
      standby ? say`One standby leader, all replicas stream` : say`One leader, writes accepted, all replicas stream`,
    ],
  ];
  return titles.map(([key, title]) => step(key, title, expectedAt(key, facts?.outages ?? [])));
}

function rollingSteps(order: RollingOrder, plan: Plan): readonly PlannedStep[] {
  const { cluster } = plan.snapshot;
  const replicas = order.replicas.map((name) => step(`restart:${name}`, restartTitle(name, cluster)));
  // In the middle the way is chosen anew, see wayOf in plan.ts.
  const way = cluster.dcs?.state === 'fresh' ? 'dcs' : 'rest';
  const handover = switchoverSteps({ ...plan, way }, false).map(({ key, title }) => step(`switchover:${key}`, title));
  const last =
    order.leader === null ? [] : [step(`restart:${order.leader}`, say`${order.leader} is back as a replica`)];
  const first = order.leader === null ? [] : [step(`restart:${order.leader}`, restartTitle(order.leader, cluster))];
  return [
    step('requested', say`POST /restart to one member after the other`),
    ...(order.primaryFirst
      ? [...first, ...replicas]
      : [...replicas, ...(order.leader === null ? [] : handover), ...last]),
    step('verified', say`All of them run with the new values, all replicas stream`),
  ];
}

/** The planned steps as far as they were observed. They come true in any order; the first that has not is where it stands. */
export function stepsSoFar(
  planned: readonly PlannedStep[],
  marks: Marks,
  open: boolean,
  waiting: Text | null,
): readonly ActionStep[] {
  const standsAt = open ? planned.findIndex(({ key }) => marks[key] === undefined) : -1;
  return planned.map(({ key, title, expectedAtMs }, index): ActionStep => {
    const mark = marks[key];
    if (mark !== undefined)
      return { key, title, detail: mark.detail, state: mark.state, reachedAt: mark.at, expectedAtMs };
    const state = index === standsAt ? 'current' : open ? 'waiting' : 'skipped';
    return { key, title, detail: index === standsAt ? waiting : null, state, reachedAt: null, expectedAtMs };
  });
}
