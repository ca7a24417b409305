// Checks about every action that changes `/config`, and of pause and resume. Those of an edit, a demote and a promote are in desk.ts.

import { formatSeconds, joinNames, plural } from '../../../language/quantity';
import { agree, say } from '../../../language/sentence';
import { patroniAnswers } from '../../members';
import { isTrap } from '../../readiness';
import { blocker, type CheckRow, CONFIG_CHANGES, fact, note, passed, warning } from './check';

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
];
