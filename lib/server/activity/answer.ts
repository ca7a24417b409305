// Who may read what of the sessions of a member.
import type { ActivityAnswer } from '../../contract/activity';
import type { Gate } from '../access/gate';
import type { Runtime } from '../runtime';

export function activityAnswer(
  runtime: Pick<Runtime, 'activity'>,
  scope: string,
  member: string,
  literals: boolean,
  gate: Pick<Gate, 'why' | 'require'>,
): Promise<ActivityAnswer> {
  if (literals) gate.require('read_literals', scope);
  const sight = literals ? 'whole' : gate.why('read_statements', scope) === null ? 'masked' : 'denied';
  return runtime.activity.answer(scope, member, sight);
}
