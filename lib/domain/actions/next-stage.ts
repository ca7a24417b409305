// Between two stages of one action: is the cluster still what the next one was planned for? A person confirmed a rolling
// restart of a healthy cluster, not whatever it may have become since. Pure.

import { joinNames } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { Member, Snapshot } from '../cluster';
import type { ActionRecord, ActionRequest, Moment } from './action';
import { blockersOf } from './judge';
import type { Stage } from './plan';
import { preflight } from './preflight';

export interface NextStage {
  readonly request: ActionRequest;
  /** When the action began. */
  readonly before: Moment;
  readonly next: Stage;
  /** Who must lead for the next stage to make sense. */
  readonly leader: string | null;
  readonly snapshot: Snapshot;
  readonly now: number;
}

/** Why the next stage must not begin, as things are; null: it may. What passes by itself is worth asking for again. */
export function obstacleToNext({ request, before, next, leader, snapshot, now }: NextStage): Text | null {
  const { cluster } = snapshot;
  if (cluster.leader?.known !== true) return say`who leads is not known`;
  if (cluster.leader.name !== leader)
    return leader == null
      ? say`${cluster.leader.name} leads now, before there was no leader`
      : say`${cluster.leader.name} leads now, not ${leader}`;
  if (cluster.dcs !== null && (cluster.dcs.state !== 'fresh' || cluster.dcs.quorum === false))
    return say`the DCS cannot be read`;
  if (cluster.paused !== before.paused)
    return cluster.paused === true ? say`it was paused meanwhile` : say`its pause ended meanwhile`;
  if (cluster.pendingSwitchover !== null) return say`/failover holds a request of somebody else`;
  if (cluster.scheduledSwitchover !== null && cluster.scheduledSwitchover.at !== before.scheduledAt)
    return say`a switchover was scheduled meanwhile`;
  const astray = cluster.members.filter(
    (member) => member.listed && member.name !== next.member && isAstray(member, before, leader),
  );
  if (astray.length > 0)
    return say`${joinNames(astray.map((member) => member.name))} ${agree(astray.length, 'does', 'do')} not stream`;
  const gone = before.members.filter(
    ({ name }) => !cluster.members.some((member) => member.name === name && member.listed),
  );
  if (gone.length > 0) return say`${joinNames(gone.map((member) => member.name))} left the cluster`;
  const alike = requestOf(next, request);
  const blocker = alike === null ? undefined : blockersOf(preflight(alike, snapshot, null, now))[0];
  return blocker === undefined ? null : blocker.title;
}

/** Streamed (or led) when the action began and does not now. */
function isAstray(member: Member, before: Moment, leader: string | null): boolean {
  if (member.name === leader) return member.silent;
  const was = before.members.find((entry) => entry.name === member.name);
  if (was === undefined || (was.streaming !== true && was.name !== before.leader)) return false;
  return member.silent || member.replication.kind !== 'streaming';
}

/** The stage as if it were asked for alone; null: nothing that could be judged so. */
function requestOf(stage: Stage, request: ActionRequest): ActionRequest | null {
  switch (stage.kind) {
    case 'restart':
      return {
        kind: 'restart',
        members: [stage.member ?? ''],
        onlyPending: false,
        scheduledAt: null,
        timeoutSeconds: request.kind === 'restart' ? request.timeoutSeconds : null,
      };
    case 'schedule_restart':
      return request.kind === 'restart' ? { ...request, members: [stage.member ?? ''], onlyPending: false } : null;
    case 'switchover':
      return { kind: 'switchover', candidate: stage.member, scheduledAt: null };
    default:
      return null;
  }
}

const SAME_START_MS = 100;

/** A leader that hands over is stopped and started as a replica: that was its restart, unless something still waits for one. */
export function isRestartedByStepDown(
  { before, request }: Pick<ActionRecord, 'before' | 'request'>,
  member: Member | null,
): boolean {
  if (request.kind !== 'rolling_restart' || member === null || member.name !== before.leader) return false;
  const startedAt = before.members.find((entry) => entry.name === member.name)?.startedAt ?? null;
  if (startedAt === null || member.startedAt === null || member.pendingRestart !== null) return false;
  return member.startedAt - startedAt > SAME_START_MS;
}
