// What is asked for, in words, and whether it makes sense at all: before anybody looks at the state of the cluster. The
// instant of a scheduled switchover is judged strictly here: Patroni parses it while it loads the cluster, and text that it
// cannot read takes the whole cluster down (patroni/dcs/__init__.py v4.1.4, Failover.from_node). Pure.

import { formatInstant, joinNames, plural } from '../../language/quantity';
import { agree, say, type Text } from '../../language/sentence';
import type { ActionKind } from '../action-kind';
import type { Snapshot } from '../cluster';
import { field, isObject } from '../wire/loose';
import type { ActionRequest, RequestOf } from './action';
import { canonical } from './bound';

const YEAR_MS = 366 * 86_400_000;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d{1,3})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

/**
 * Epoch ms of `YYYY-MM-DDTHH:MM[:SS[.fff]](Z|±HH:MM)`; null for everything else, also for a day that its month does not
 * have. Nothing but what passes here may be written as `scheduled_at`.
 */
export function parseSchedule(value: string): number | null {
  const match = INSTANT.exec(value);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const at = Date.parse(value);
  return Number.isFinite(at) ? at : null;
}

/** Why the request makes no sense, one sentence; null: it does. Without a snapshot member names are not looked up. */
export function validateRequest(request: ActionRequest, snapshot: Snapshot | null, now: number): Text | null {
  switch (request.kind) {
    case 'switchover':
      return (
        (request.candidate === null ? null : unlisted([request.candidate], snapshot)) ??
        scheduleProblem(request.scheduledAt, now)
      );
    case 'failover':
      return request.candidate === '' ? say`A failover needs a candidate.` : unlisted([request.candidate], snapshot);
    case 'pause':
      return pauseProblem(request, now);
    case 'edit_config':
      return isObject(request.value) ? null : say`The configuration must be an object of keys.`;
    case 'restart':
      return (
        membersProblem(request.members, snapshot) ??
        scheduleProblem(request.scheduledAt, now) ??
        (request.timeoutSeconds === null || (Number.isFinite(request.timeoutSeconds) && request.timeoutSeconds > 0)
          ? null
          : say`The timeout must be a positive number of seconds.`)
      );
    case 'reload':
      return membersProblem(request.members, snapshot);
    case 'cancel_restart':
    case 'reinitialize':
    case 'end_session':
      return unlisted([request.member], snapshot);
    case 'demote_cluster':
      return demoteProblem(request);
    case 'maintenance':
      return maintenanceProblem(request, snapshot);
    case 'cancel_switchover':
    case 'resume':
    case 'rolling_restart':
    case 'promote_cluster':
      return null;
  }
}

function scheduleProblem(scheduledAt: string | null, now: number): Text | null {
  if (scheduledAt === null) return null;
  const at = parseSchedule(scheduledAt);
  if (at === null) return say`The time must be a full instant with its offset, such as 2026-11-21T03:00:00+01:00.`;
  if (at <= now) return say`The time is in the past.`;
  return at > now + YEAR_MS ? say`The time is more than a year ahead.` : null;
}

function membersProblem(members: readonly string[], snapshot: Snapshot | null): Text | null {
  if (members.length === 0) return say`Name at least one member.`;
  const twice = members.filter((name, index) => members.indexOf(name) !== index);
  if (twice.length > 0) return say`${joinNames([...new Set(twice)])} is named twice.`;
  return unlisted(members, snapshot);
}

function unlisted(names: readonly string[], snapshot: Snapshot | null): Text | null {
  if (names.includes('')) return say`A member needs a name.`;
  if (snapshot === null) return null;
  const known = new Set(snapshot.cluster.members.filter((member) => member.listed).map((member) => member.name));
  const strangers = names.filter((name) => !known.has(name));
  if (strangers.length === 0) return null;
  return say`${joinNames(strangers)} ${agree(strangers.length, 'is not a member', 'are not members')} of ${snapshot.scope}.`;
}

function pauseProblem(request: RequestOf<'pause'>, now: number): Text | null {
  if (request.until !== null && (!Number.isFinite(request.until) || request.until <= now)) {
    return say`The end of the pause must be in the future.`;
  }
  if (request.until !== null && request.until > now + YEAR_MS)
    return say`The end of the pause is more than a year ahead.`;
  return request.autoResume && request.until === null ? say`To resume by itself, the pause needs an end.` : null;
}

function demoteProblem(request: RequestOf<'demote_cluster'>): Text | null {
  const { host, port, restoreCommand } = request;
  if (!host && port === null && !restoreCommand) {
    return say`A standby cluster needs a host, a port or a restore_command to follow.`;
  }
  return port !== null && !(Number.isInteger(port) && port >= 1 && port <= 65535)
    ? say`The port must be a whole number from 1 to 65535.`
    : null;
}

/** Two days: what is out for longer is not under maintenance. */
const MINUTES_MAX = 2880;

function maintenanceProblem({ step, member, plan }: RequestOf<'maintenance'>, snapshot: Snapshot | null): Text | null {
  if (step === 'begin') {
    if (plan === null || member !== null) return say`To begin, a maintenance needs its plan and no member.`;
    if (!Number.isInteger(plan.minutes) || plan.minutes < 1 || plan.minutes > MINUTES_MAX)
      return say`A member may be out for 1 to ${MINUTES_MAX} whole minutes.`;
    return membersProblem(plan.members, snapshot);
  }
  if (plan !== null) return say`Only the begin of a maintenance has a plan.`;
  if (step === 'end') return member === null ? null : say`The end of a maintenance is about no single member.`;
  if (member === null) return say`Name at least one member.`;
  // One that is out may have left the list: whether it is back is judged by the checks.
  return step === 'back' ? null : unlisted([member], snapshot);
}

/** Title of the dialog, the progress view and the audit row. */
export function describeRequest(request: ActionRequest, scope: string, leader: string | null = null): Text {
  switch (request.kind) {
    case 'switchover': {
      const next = request.candidate ?? say`a standby that Patroni chooses`;
      const way =
        leader !== null
          ? say`${leader} to ${next}`
          : request.candidate === null
            ? say`to a standby that Patroni chooses`
            : say`to ${next}`;
      return request.scheduledAt === null
        ? say`Switchover of ${scope}: ${way}`
        : say`Scheduled switchover of ${scope}: ${way} at ${formatInstant(request.scheduledAt)}`;
    }
    case 'cancel_switchover':
      return say`Cancel the scheduled switchover of ${scope}`;
    case 'failover':
      return say`Failover of ${scope} to ${request.candidate}`;
    case 'pause':
      return say`Pause ${scope}`;
    case 'resume':
      return say`Resume ${scope}`;
    case 'edit_config':
      return say`Configuration of ${scope}`;
    case 'restart': {
      const names = joinNames(request.members);
      const who = request.onlyPending ? say`${names}, where pending` : names;
      return request.scheduledAt === null
        ? say`Restart of ${who}`
        : say`Scheduled restart of ${who} at ${formatInstant(request.scheduledAt)}`;
    }
    case 'rolling_restart':
      return request.onlyPending ? say`Rolling restart of ${scope}, where pending` : say`Rolling restart of ${scope}`;
    case 'cancel_restart':
      return say`Cancel the scheduled restart of ${request.member}`;
    case 'reload':
      return say`Reload ${joinNames(request.members)}`;
    case 'reinitialize':
      return say`Reinitialize ${request.member}`;
    case 'demote_cluster':
      return say`Demote ${scope} to a standby cluster`;
    case 'promote_cluster':
      return say`Promote the standby cluster ${scope}`;
    case 'end_session':
      return request.how === 'cancel'
        ? say`Cancel the statement of pid ${request.pid} on ${request.member}`
        : say`Terminate pid ${request.pid} on ${request.member}`;
    case 'maintenance':
      return {
        begin: say`Maintenance of ${scope}`,
        out: say`Maintenance of ${scope}: take ${request.member ?? ''} out`,
        back: say`Maintenance of ${scope}: ${request.member ?? ''} is done`,
        end: say`End the maintenance of ${scope}`,
      }[request.step];
  }
}

/** What the button says. */
export function verbOf(request: ActionRequest): Text {
  switch (request.kind) {
    case 'switchover':
      if (request.scheduledAt !== null)
        return request.candidate === null ? say`Schedule switchover` : say`Schedule switchover to ${request.candidate}`;
      return request.candidate === null ? say`Switch over` : say`Switch over to ${request.candidate}`;
    case 'cancel_switchover':
      return say`Cancel switchover`;
    case 'failover':
      return say`Fail over to ${request.candidate}`;
    case 'pause':
      return say`Pause`;
    case 'resume':
      return say`Resume`;
    case 'edit_config':
      return say`Save revision`;
    case 'restart':
      return request.scheduledAt === null
        ? say`Restart ${some(request.members)}`
        : say`Schedule restart of ${some(request.members)}`;
    case 'rolling_restart':
      return say`Restart one by one`;
    case 'cancel_restart':
      return say`Cancel restart of ${request.member}`;
    case 'reload':
      return say`Reload ${some(request.members)}`;
    case 'reinitialize':
      return say`Reinitialize ${request.member}`;
    case 'demote_cluster':
      return say`Demote cluster`;
    case 'promote_cluster':
      return say`Promote cluster`;
    case 'end_session':
      return request.how === 'cancel' ? say`Cancel pid ${request.pid}` : say`Terminate pid ${request.pid}`;
    case 'maintenance':
      // preflight.ts says it by its step.
      return say`Note it`;
  }
}

function some(members: readonly string[]): Text {
  return members.length > 3 ? plural(members.length, 'member') : joinNames(members);
}

/** Keys of the dynamic configuration that decide who leads, what is confirmed, or which WAL is kept. */
const GRAVE_KEYS = [
  'standby_cluster',
  'synchronous_mode',
  'synchronous_mode_strict',
  'synchronous_node_count',
  'failsafe_mode',
  'pause',
  'ttl',
  'loop_wait',
  'retry_timeout',
  'maximum_lag_on_failover',
  'check_timeline',
  'slots',
  'permanent_slots',
  'permanent_replication_slots',
  'ignore_slots',
  'member_slots_ttl',
] as const;

/** The parameters of PostgreSQL that Patroni passes on the command line: a change needs a restart of every member. */
const GRAVE_PARAMETERS = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_replication_slots',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'track_commit_timestamp',
  'wal_level',
  'wal_log_hints',
  'shared_preload_libraries',
  'shared_buffers',
] as const;

/** The text to be typed: the scope where writes may stop or data be lost, the member whose data go; null: a click is enough. */
export function dangerOf(
  request: ActionRequest,
  { scope, cluster }: Pick<Snapshot, 'scope' | 'cluster'>,
): string | null {
  switch (request.kind) {
    case 'switchover':
    case 'failover':
    case 'rolling_restart':
    case 'demote_cluster':
    case 'promote_cluster':
      return scope;
    case 'restart': {
      const leads = cluster.leader !== null && request.members.includes(cluster.leader.name);
      const replicas = cluster.members.filter((member) => member.listed && member.name !== cluster.leader?.name);
      const allReplicas = replicas.length > 1 && replicas.every((member) => request.members.includes(member.name));
      return leads || allReplicas ? scope : null;
    }
    case 'reinitialize':
      return request.member;
    case 'edit_config':
      return graveKeys(request, cluster.config?.value ?? null).length > 0 ? scope : null;
    case 'cancel_switchover':
    case 'cancel_restart':
    case 'pause':
    case 'resume':
    case 'reload':
    case 'end_session':
    case 'maintenance':
      return null;
  }
}

/** Which of the keys above the edit changes. Without the configuration in force: all that it sets. */
export function graveKeys(
  request: RequestOf<'edit_config'>,
  current: Readonly<Record<string, unknown>> | null,
): readonly string[] {
  const differs = (then: unknown, now: unknown): boolean => canonical(then) !== canonical(now);
  const parameters = (value: unknown): unknown => field(field(value, 'postgresql'), 'parameters');
  const [then, now] = [parameters(current), parameters(request.value)];
  return [
    ...GRAVE_KEYS.filter((key) => differs(field(current, key), field(request.value, key))),
    ...GRAVE_PARAMETERS.filter((key) => differs(field(then, key), field(now, key))),
  ];
}

/** Kinds that Patroni takes only over REST, each at the member concerned. */
export const REST_ONLY: readonly ActionKind[] = [
  'restart',
  'rolling_restart',
  'reload',
  'reinitialize',
  'cancel_restart',
];
