// Checks about actions that change `/config`: pause, resume, an edit, and a standby cluster's demote and promote. What an edit
// contains is judged in config-content.ts; here only whether it may replace what is there.

import { formatSeconds, joinNames, plural } from '../../../language/quantity';
import { agree, say, type Text } from '../../../language/sentence';
import { patroniAnswers } from '../../members';
import { isTrap } from '../../readiness';
import { canonical, digestOf } from '../bound';
import { graveKeys } from '../request';
import { blocker, type CheckRow, CONFIG_CHANGES, fact, note, passed, warning } from './check';
import { since41 } from './reinitialize';

const STANDBY = ['demote_cluster', 'promote_cluster'] as const;

export const CONFIG_CHECKS: readonly CheckRow[] = [
  {
    code: 'config_not_known',
    applies: CONFIG_CHANGES,
    match: ({ cluster }) =>
      cluster.config === null
        ? blocker(say`The dynamic configuration has not been read`, say`What is not known is not changed.`)
        : null,
  },
  {
    code: 'config_revision',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      const { revision } = cluster.config;
      const same = request.baseDigest === digestOf(cluster.config.value);
      if (revision === null ? same : request.baseRevision === revision)
        return passed(revision === null ? say`configuration as it was read` : say`configuration still at ${revision}`);
      const words = (value: string | null): Text => (value === null ? say`read over REST` : say`revision ${value}`);
      return blocker(
        say`The configuration changed since the edit began`,
        say`Compare the two and merge, or the other change is lost.`,
        { evidence: [fact(say`edited`, words(request.baseRevision)), fact(say`now`, words(revision))] },
      );
    },
  },
  {
    code: 'config_unchanged',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      return canonical(request.value) === canonical(cluster.config.value)
        ? blocker(say`Nothing is changed`, say`The text says what the configuration already says.`)
        : null;
    },
  },
  {
    code: 'config_grave',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config') return null;
      const keys = graveKeys(request, cluster.config?.value ?? null);
      return keys.length === 0
        ? null
        : warning(
            keys.length === 1 ? say`${joinNames(keys)} changes` : say`${joinNames(keys)} change`,
            say`Decides who leads, what is confirmed or which WAL is kept, or asks for a restart of every member.`,
          );
    },
  },
  {
    code: 'config_owner',
    applies: CONFIG_CHANGES,
    match: ({ request, cluster: { dcs } }) => {
      const owner = dcs?.configOwner;
      if (owner === undefined) return null;
      const title = say`${owner.name} owns the configuration of this cluster`;
      if (owner.rewrites === 'all')
        return warning(
          title,
          say`It writes its own document over it whenever it looks: this change is gone then. Make it there.`,
        );
      return (request.kind === 'edit_config' ? warning : note)(
        title,
        say`It writes back the keys that its own settings name; all others stay. Change those there.`,
      );
    },
  },
  {
    code: 'members_take_up',
    applies: ['pause', 'resume', 'edit_config'],
    match: ({ listed }) => {
      const silent = listed.filter((member) => !patroniAnswers(member)).map((member) => member.name);
      if (listed.length === 0) return null;
      return silent.length === 0
        ? passed(say`to be applied by ${plural(listed.length, 'member')}`)
        : warning(
            say`Patroni on ${joinNames(silent)} does not answer`,
            say`Whether ${agree(silent.length, 'it applies', 'they apply')} this cannot be seen.`,
            { members: silent },
          );
    },
  },
  {
    code: 'pause_means',
    applies: ['pause'],
    match: ({ request, now, cluster }) => {
      if (request.kind !== 'pause') return null;
      const leads = cluster.leader?.name ?? say`the leader`;
      const end =
        request.until === null
          ? say`No end is set: nobody is reminded`
          : request.autoResume
            ? say`Howdah resumes it in ${formatSeconds((request.until - now) / 1000)}`
            : say`Howdah reminds in ${formatSeconds((request.until - now) / 1000)}`;
      return (request.until === null ? warning : note)(
        say`While paused, nobody takes over automatically`,
        say`If ${leads} fails, writes stop until a person acts. ${end}.`,
      );
    },
  },
  {
    code: 'pause_without_leader',
    applies: ['pause'],
    match: ({ cluster, leaderHealthy, snapshot }) =>
      leaderHealthy
        ? null
        : warning(
            cluster.leader === null
              ? say`${snapshot.scope} has no leader`
              : say`${cluster.leader.name} is not seen to lead`,
            say`If paused now, Patroni elects nobody: it stays like this until a person acts.`,
          ),
  },
  {
    code: 'resume_without_leader',
    applies: ['resume'],
    match: ({ leaderHealthy, snapshot }) =>
      leaderHealthy
        ? null
        : warning(
            say`${snapshot.scope} has no healthy leader`,
            say`Patroni elects one as soon as it is resumed, by its own rules.`,
            {
              evidence: snapshot.readiness.candidates.map(({ member, patroniWouldElect, reasons }) =>
                fact(member, patroniWouldElect === true ? say`may be elected` : (reasons[0]?.text ?? say`not known`)),
              ),
            },
          ),
  },
  {
    code: 'resume_trap',
    applies: ['resume'],
    match: ({ snapshot, leaderHealthy }) =>
      leaderHealthy
        ? null
        : snapshot.readiness.candidates.filter(isTrap).map(({ member, reasons }) =>
            warning(
              say`Patroni may elect ${member}: ${reasons[0]?.text ?? say`refused`}`,
              say`Patroni does not check that. Stop Patroni there first, or fail over by hand.`,
              {
                members: [member],
              },
            ),
          ),
  },
  {
    code: 'standby_versions',
    applies: STANDBY,
    match: ({ listed }) => {
      const old = listed.filter(({ patroniVersion }) => !since41(patroniVersion));
      return old.length === 0
        ? null
        : blocker(
            say`${joinNames(old.map(({ name }) => name))} ${agree(old.length, 'does', 'do')} not run Patroni 4.1`,
            say`Earlier versions do not demote a cluster cleanly: WAL would be lost.`,
            {
              members: old.map(({ name }) => name),
              evidence: old.map(({ name, patroniVersion }) =>
                fact(name, say`Patroni ${patroniVersion ?? say`of unknown version`}`),
              ),
            },
          );
    },
  },
  {
    code: 'standby_citus',
    applies: STANDBY,
    match: ({ cluster }) =>
      cluster.config !== null && Object.hasOwn(cluster.config.value, 'citus')
        ? blocker(say`This is a Citus cluster`, say`Patroni does not support it for Citus.`)
        : null,
  },
  {
    code: 'standby_state',
    applies: STANDBY,
    match: ({ request, cluster, snapshot }) => {
      const isStandby = cluster.standbyCluster !== null;
      if (request.kind === 'demote_cluster') {
        return isStandby
          ? blocker(say`${snapshot.scope} is already a standby cluster`, say`There is nothing to do.`)
          : null;
      }
      return isStandby
        ? null
        : blocker(say`${snapshot.scope} is not a standby cluster`, say`There is nothing to promote.`);
    },
  },
  {
    code: 'demote_means',
    applies: ['demote_cluster'],
    match: ({ cluster, leader }) =>
      cluster.standbyCluster === null
        ? warning(
            say`The cluster stops accepting writes, for good`,
            say`${leader?.name ?? say`The leader`} becomes a standby leader. Only a promote lets it write again.`,
          )
        : null,
  },
  {
    code: 'promote_means',
    applies: ['promote_cluster'],
    match: ({ cluster }) =>
      cluster.standbyCluster === null
        ? null
        : warning(
            say`Two clusters accept writes afterwards, unless the source has stopped`,
            say`Howdah cannot see whether ${cluster.standbyCluster.host ?? say`the source`} still does. Demote it first.`,
          ),
  },
];
