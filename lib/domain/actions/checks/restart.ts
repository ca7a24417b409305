// Checks about restart, rolling restart, reload and the cancel of a scheduled restart: Patroni takes them at the member itself.

import { formatSeconds, joinNames } from '../../../language/quantity';
import { agree, say } from '../../../language/sentence';
import { startTimeoutOf } from '../../config/timeouts';
import { loweredParameters } from '../../hot-standby';
import { patroniAnswers } from '../../members';
import { isPassing, isRunning } from '../../patroni-states';
import { blocker, type CheckMatch, type CheckRow, fact, note, passed, warning } from './check';

export const RESTART_CHECKS: readonly CheckRow[] = [
  {
    code: 'member_silent',
    applies: ['restart', 'rolling_restart', 'reload', 'cancel_restart', 'reinitialize'],
    match: ({ targets }) => {
      // Where another one answers, that is said as such.
      const own = targets.filter((member) => member.identity.text === null);
      const silent = own.filter((member) => !patroniAnswers(member));
      if (own.length === 0) return null;
      if (silent.length === 0) return passed(say`Patroni on ${joinNames(own.map((member) => member.name))} answers`);
      const names = silent.map((member) => member.name);
      return blocker(say`Patroni on ${joinNames(names)} does not answer`, say`Only it can do this.`, {
        members: names,
        evidence: silent.map((member) => fact(member.name, member.witnesses.patroni.error ?? say`no fresh answer`)),
      });
    },
  },
  {
    code: 'member_busy',
    applies: ['restart', 'rolling_restart'],
    match: ({ targets }) => {
      const busy = targets.filter((member) => member.state !== null && isPassing(member.state));
      return busy.map((member) =>
        blocker(
          say`${member.name} is ${member.state ?? ''}`,
          say`Patroni does one thing at a time there: wait until it is done.`,
          {
            members: [member.name],
          },
        ),
      );
    },
  },
  {
    code: 'member_not_running',
    applies: ['restart', 'rolling_restart'],
    match: ({ targets, request }) => {
      const down = targets.filter(
        (member) => member.state !== null && !isRunning(member.state) && !isPassing(member.state),
      );
      return down.map((member) =>
        request.kind === 'rolling_restart'
          ? blocker(
              say`PostgreSQL on ${member.name}: ${member.state ?? ''}`,
              say`Bring it back first: a rolling restart goes from one running member to the next.`,
              { members: [member.name] },
            )
          : warning(say`PostgreSQL on ${member.name}: ${member.state ?? ''}`, say`A restart starts it.`, {
              members: [member.name],
            }),
      );
    },
  },
  {
    code: 'not_streaming_before',
    applies: ['rolling_restart'],
    match: ({ rolling, listed, leaderHealthy }) => {
      if (!leaderHealthy) return null;
      const names = new Set(rolling?.replicas ?? []);
      return listed
        .filter(
          (member) => names.has(member.name) && !['streaming', 'archive_recovery'].includes(member.replication.kind),
        )
        .map((member) =>
          blocker(
            say`${member.name} does not stream`,
            say`Each member has to stream again before the next one is restarted, and this one does not stream now. Repair it first.`,
            { members: [member.name] },
          ),
        );
    },
  },
  {
    code: 'restart_leader',
    applies: ['restart'],
    match: ({ leader, leaderStops, cluster, request }) => {
      if (!leaderStops || leader === null || request.kind !== 'restart') return null;
      const start = request.timeoutSeconds ?? startTimeoutOf(cluster.config?.value);
      return warning(
        cluster.standbyCluster === null
          ? say`${leader.name} leads: nothing accepts writes while it restarts`
          : say`${leader.name} is the standby leader: nobody follows the source while it restarts`,
        cluster.paused === true
          ? say`Switch over first and the restart costs less. While paused, nobody takes over.`
          : say`Switch over first and the restart costs less. If it does not start within ${formatSeconds(start)}, Patroni fails over.`,
        { members: [leader.name] },
      );
    },
  },
  {
    code: 'restart_scheduled_exists',
    applies: ['restart', 'rolling_restart'],
    match: ({ targets, scheduled }) =>
      targets.flatMap((member): CheckMatch[] => {
        if (member.scheduledRestart === null) return [];
        const { at } = member.scheduledRestart;
        const about = { members: [member.name], evidence: [fact(say`schedule`, at)] };
        return [
          scheduled
            ? blocker(
                say`A restart of ${member.name} is already scheduled for ${at}`,
                say`Patroni refuses a second one: cancel the first.`,
                about,
              )
            : note(
                say`A restart of ${member.name} is scheduled for ${at}`,
                say`It is dropped if the member is restarted before then.`,
                about,
              ),
        ];
      }),
  },
  {
    code: 'restart_scheduled_in_memory',
    applies: ['restart'],
    match: ({ scheduled, targets }) =>
      scheduled
        ? note(
            say`A scheduled restart lives in the memory of Patroni`,
            say`It is lost if Patroni on ${joinNames(targets.map((member) => member.name))} restarts before then, and dropped if PostgreSQL does.`,
          )
        : null,
  },
  {
    code: 'restart_sync_standby',
    applies: ['restart', 'rolling_restart'],
    match: ({ targets, cluster, request }) => {
      const sync = targets.filter(
        ({ clusterRole }) => clusterRole === 'sync_standby' || clusterRole === 'quorum_standby',
      );
      if (sync.length === 0) return null;
      const names = sync.map((member) => member.name);
      const only = request.kind === 'restart' && cluster.sync?.standbys.every((name) => names.includes(name));
      return (only ? warning : note)(
        say`${joinNames(names)} ${agree(names.length, 'is', 'are')} in /sync`,
        only
          ? say`The restart waits until the leader has taken ${agree(names.length, 'it', 'them')} out of /sync; commits may wait until another standby is chosen.`
          : say`The restart waits until the leader has taken ${agree(names.length, 'it', 'them')} out of /sync.`,
        { members: names },
      );
    },
  },
  {
    code: 'restart_pending',
    applies: ['restart', 'rolling_restart'],
    match: ({ request, listed, targets }) => {
      if (request.kind !== 'restart' && request.kind !== 'rolling_restart') return null;
      if (!request.onlyPending) return null;
      const asked = request.kind === 'restart' ? targets : listed;
      const pending = asked.filter((member) => member.pendingRestart !== null).map((member) => member.name);
      const others = asked.filter((member) => member.pendingRestart === null).map((member) => member.name);
      if (pending.length === 0) {
        return blocker(
          asked.length === 1 ? say`${joinNames(others)} has no pending restart` : say`No member has a pending restart`,
          say`There is nothing to do: ask for a restart without that condition.`,
        );
      }
      return others.length === 0
        ? passed(say`all of them have a pending restart`)
        : note(
            say`${joinNames(others)} ${agree(others.length, 'has', 'have')} no pending restart`,
            say`Left as it is.`,
            {
              members: others,
            },
          );
    },
  },
  {
    code: 'restart_order',
    applies: ['restart'],
    match: ({ targets, leader }) => {
      const lowered = targets
        .filter((member) => member.name !== leader?.name)
        .flatMap((member) => loweredParameters(member).map((name) => ({ member: member.name, name })));
      if (lowered.length === 0 || leader?.pendingRestart == null) return null;
      const names = [...new Set(lowered.map(({ name }) => name))];
      return warning(
        say`${joinNames(names)} ${agree(names.length, 'is', 'are')} lowered, and ${leader.name} still runs with the old value`,
        say`Restart ${leader.name} first and alone, or one by one: a standby restarted before it keeps the old value and needs another restart.`,
        { members: [...new Set(lowered.map(({ member }) => member))] },
      );
    },
  },
  {
    code: 'pending_not_known',
    applies: ['restart', 'rolling_restart'],
    match: ({ targets }) => {
      const names = targets
        .filter(({ pendingRestart }) => pendingRestart !== null && pendingRestart.parameters.length === 0)
        .map((member) => member.name);
      return names.length === 0
        ? null
        : warning(
            say`Which settings wait for the restart of ${joinNames(names)} is not known`,
            say`Where a hot-standby parameter such as max_connections was lowered, the primary has to go first, or the standbys keep the old value.`,
            { members: names },
          );
    },
  },
  {
    code: 'no_standby_meanwhile',
    applies: ['restart'],
    match: ({ targets, listed, leader, leaderStops }) => {
      const replicas = listed.filter((member) => member.name !== leader?.name);
      const away = new Set(targets.map((member) => member.name));
      const remain = replicas.filter((member) => !away.has(member.name) && member.replication.kind === 'streaming');
      return leaderStops || leader === null || targets.length === 0 || remain.length > 0
        ? null
        : warning(
            say`No standby streams while they restart`,
            say`If the leader fails meanwhile, nobody can take over. Restart them one after the other.`,
            { members: targets.map((member) => member.name) },
          );
    },
  },
  {
    code: 'rolling_order',
    applies: ['rolling_restart'],
    match: ({ rolling }) => {
      if (rolling === null) return null;
      const { primaryFirst, replicas, leader, reason } = rolling;
      const order = primaryFirst
        ? [...(leader === null ? [] : [leader]), ...replicas]
        : [...replicas, ...(leader === null ? [] : [leader])];
      if (order.length === 0) return null;
      return (primaryFirst ? warning : note)(
        say`Order: ${order.join(', ')}`,
        primaryFirst
          ? say`${reason}. The primary restarts without a switchover before it: writes stop meanwhile.`
          : say`${reason}. Each has to stream again before the next one is restarted.`,
        { members: order },
      );
    },
  },
  {
    code: 'reload_means',
    applies: ['reload'],
    match: ({ targets }) =>
      note(
        say`Patroni reads its local files again`,
        say`PostgreSQL is reloaded where something changed; what needs a restart becomes a pending restart.`,
        { members: targets.map((member) => member.name) },
      ),
  },
  {
    code: 'no_scheduled_restart',
    applies: ['cancel_restart'],
    match: ({ targets }) =>
      targets
        .filter((member) => member.scheduledRestart === null)
        .map((member) =>
          blocker(say`No restart of ${member.name} is scheduled`, say`There is nothing to cancel.`, {
            members: [member.name],
          }),
        ),
  },
];
