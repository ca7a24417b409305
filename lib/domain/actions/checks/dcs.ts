// Checks about the DCS: can it be written, how much more may fail, is there a request in it already.

import { formatInstant, formatSeconds } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { dcsName, worstAlarm } from '../../dcs-kind';
import { instant } from '../../wire/loose';
import { dcsMayBeDown } from '../dcs-or-rest';
import { parseSchedule } from '../request';
import {
  blocker,
  type CheckContext,
  type CheckMatch,
  type CheckRow,
  except,
  fact,
  note,
  passed,
  warning,
} from './check';

/** Kinds that a switchover due in a moment would collide with. */
const COLLIDES = except('cancel_switchover', 'cancel_restart', 'reload');

export const DCS_CHECKS: readonly CheckRow[] = [
  {
    code: 'dcs_quorum',
    applies: null,
    match: ({ cluster, request }) => {
      const { dcs } = cluster;
      if (dcs === null) return null;
      const name = dcsName(dcs.kind);
      const works = dcs.endpoints.filter(({ state }) => state === 'leader' || state === 'follower');
      const voters = dcs.endpoints.filter(({ state }) => state !== 'learner');
      const evidence = dcs.endpoints.map((endpoint) =>
        fact(endpoint.name ?? endpoint.url, endpoint.error ?? endpoint.state),
      );
      if (dcs.quorum === false) {
        const answers = dcs.endpoints.filter(({ state }) => state === 'no_quorum').length;
        const title = say`${name} has no quorum: ${answers} of ${dcs.endpoints.length} answer`;
        return request.kind === 'reload'
          ? warning(title, say`Local files are read again, but Patroni has bigger problems now.`, { evidence })
          : blocker(title, say`Patroni can neither read nor write what this needs. Bring ${name} back first.`, {
              evidence,
            });
      }
      if (dcs.quorum !== true) return null;
      if (dcs.endpoints.some(({ state }) => state === 'unknown')) return passed(say`${name} has quorum`, { evidence });
      const majority = Math.floor(voters.length / 2) + 1;
      if (works.length < voters.length && works.length <= majority && request.kind !== 'reload') {
        return warning(
          say`${name} ${works.length} of ${voters.length}: one more loss and there is no quorum`,
          say`Without quorum nobody can take the leader key, and a primary demotes itself after the ttl.`,
          { evidence },
        );
      }
      return passed(say`${name} ${works.length} of ${voters.length} with quorum`, { evidence });
    },
  },
  {
    code: 'dcs_view',
    applies: except('reload'),
    match: ({ cluster, now, way }) => {
      const { dcs } = cluster;
      if (dcs === null || dcs.state === 'fresh' || dcs.quorum === false || cluster.failsafe.active) return null;
      const name = dcsName(dcs.kind);
      const title =
        dcs.currentAt === null
          ? say`${name} has never answered`
          : say`${name} has not answered for ${formatSeconds((now - dcs.currentAt) / 1000)}`;
      const evidence = dcs.error === null ? [] : [fact(name, dcs.error)];
      // Patroni's API loads the cluster from the DCS for nearly everything: without it the request hangs and is dropped.
      const lost = dcsMayBeDown(cluster, now) ?? (way.way === null ? way.reason : null);
      return lost === null
        ? warning(title, say`What is in it, such as another request, is not known.`, { evidence })
        : blocker(title, say`It cannot be sent: ${lost}.`, { evidence });
    },
  },
  {
    code: 'dcs_alarm',
    applies: except('reload', 'cancel_restart'),
    match: ({ cluster: { dcs } }) => {
      const raised = dcs?.endpoints.flatMap(({ alarms }) => alarms) ?? [];
      if (dcs === null || raised.length === 0) return null;
      const name = dcsName(dcs.kind);
      const evidence = dcs.endpoints.flatMap((endpoint) =>
        endpoint.alarms.map((alarm) => fact(endpoint.name ?? endpoint.url, alarm)),
      );
      const alarms = [...new Set(raised)].sort().join(', ');
      const worst = worstAlarm(dcs.kind, raised);
      return worst?.stopsWrites
        ? blocker(say`${name} raises the alarm ${alarms}: it takes no writes`, worst.remedy, { evidence })
        : warning(
            say`${name} raises the alarm ${alarms}`,
            worst?.remedy ?? say`Look at ${name} before you change Patroni.`,
            { evidence },
          );
    },
  },
  {
    code: 'pending_switchover',
    applies: except('reload', 'cancel_restart'),
    match: ({ cluster, request }) => {
      const pending = cluster.pendingSwitchover;
      if (pending === null) return null;
      const to = pending.to ?? say`a standby that Patroni chooses`;
      const title =
        pending.from === null
          ? say`/failover already asks for a failover to ${to}`
          : say`/failover already asks for a switchover from ${pending.from} to ${to}`;
      const members = [pending.from, pending.to].flatMap((name) => name ?? []);
      if (request.kind === 'resume')
        return warning(title, say`Patroni acts on it as soon as the pause ends.`, { members });
      return blocker(
        title,
        say`Patroni is working on it now: wait until it is done; a second request would replace it.`,
        {
          members,
        },
      );
    },
  },
  {
    code: 'scheduled_switchover',
    applies: COLLIDES,
    match: (context) => scheduledCheck(context),
  },
  {
    code: 'nothing_scheduled',
    applies: ['cancel_switchover'],
    match: ({ cluster }) =>
      cluster.scheduledSwitchover === null
        ? blocker(say`No switchover is scheduled`, say`There is nothing to cancel.`)
        : null,
  },
  {
    code: 'cancel_too_late',
    applies: ['cancel_switchover'],
    match: ({ cluster, now }) => {
      const due = dueInMs(cluster.scheduledSwitchover?.at ?? null, now);
      const loopMs = (cluster.config?.loopWaitSeconds ?? 10) * 1000;
      return due !== null && due < loopMs
        ? warning(
            due > 0 ? say`It is due in ${formatSeconds(due / 1000)}` : say`It is due`,
            say`Within the last loop_wait, Patroni is already waiting for that moment: it may happen all the same.`,
          )
        : null;
    },
  },
];

function dueInMs(at: string | null, now: number): number | null {
  if (at === null) return null;
  const due = parseSchedule(at) ?? instant(at);
  return due === null ? null : due - now;
}

function scheduledCheck({ cluster, request, now, leaderStops, targets }: CheckContext): CheckMatch | null {
  const planned = cluster.scheduledSwitchover;
  if (planned === null) return passed(say`nothing scheduled`);
  const loopMs = (cluster.config?.loopWaitSeconds ?? 10) * 1000;
  const dueMs = dueInMs(planned.at, now);
  const to = planned.to ?? say`a standby that Patroni chooses`;
  const { from } = planned;
  const time = dueMs === null ? formatInstant(planned.at) : formatSeconds(dueMs / 1000);
  const title =
    dueMs === null
      ? from === null
        ? say`A switchover to ${to} is scheduled at ${time}`
        : say`A switchover from ${from} to ${to} is scheduled at ${time}`
      : dueMs > 0
        ? from === null
          ? say`A switchover to ${to} is scheduled in ${time}`
          : say`A switchover from ${from} to ${to} is scheduled in ${time}`
        : from === null
          ? say`A switchover to ${to} is scheduled now`
          : say`A switchover from ${from} to ${to} is scheduled now`;
  const about = {
    members: [planned.from, planned.to].flatMap((name) => name ?? []),
    evidence: [fact(say`scheduled_at`, planned.at)],
  };
  if (dueMs !== null && dueMs > -1.5 * loopMs && dueMs <= 2 * loopMs) {
    return blocker(title, say`Patroni is about to act on it: wait until it is done, or cancel it first.`, about);
  }
  switch (request.kind) {
    case 'switchover':
    case 'failover':
      return warning(title, say`This request replaces it: it will not take place.`, about);
    case 'pause':
      return warning(
        title,
        say`It does not take place while paused, and is dropped if it is overdue when you resume.`,
        about,
      );
    case 'rolling_restart':
      return warning(title, say`The switchover within the rolling restart replaces it.`, about);
    case 'reinitialize':
      return targets.some((member) => member.name === planned.to)
        ? warning(title, say`${planned.to ?? ''} is its candidate: it fails if the copy is not done by then.`, about)
        : note(title, say`It stays.`, about);
    case 'demote_cluster':
    case 'promote_cluster':
      return warning(title, say`It stays, and will then apply to another kind of cluster.`, about);
    default:
      return leaderStops
        ? warning(title, say`It stays: a restart of the leader at that time would collide with it.`, about)
        : note(title, say`It stays.`, about);
  }
}
