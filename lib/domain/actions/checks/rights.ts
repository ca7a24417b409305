// Checks about the person who asks: may they, and is one person enough here. The same functions disable the button before anything
// was asked (domain/access).

import { plural } from '../../../language/quantity';
import { say, type Text } from '../../../language/sentence';
import { denial, whereWords } from '../../access/access';
import { requiredKinds, secondPersonFor } from '../consequences';
import { blocker, type CheckRow, note, passed, warning } from './check';

export const RIGHTS_CHECKS: readonly CheckRow[] = [
  {
    code: 'not_allowed',
    applies: null,
    match: ({ facts, request, snapshot }) => {
      const rights = facts?.rights ?? null;
      if (rights === null) return null;
      const whys = requiredKinds(request, snapshot.cluster).map((kind) =>
        denial(rights.grants, kind, snapshot, rights.admins),
      );
      const why = whys.find((one) => one !== null) ?? null;
      return why === null ? null : blocker(why, say`Howdah's server refuses it for the same reason.`);
    },
  },
  {
    code: 'second_person',
    applies: null,
    match: ({ facts, request, snapshot }) => {
      const rights = facts?.rights ?? null;
      const needed = rights === null ? null : secondPersonFor(rights.policies, request, snapshot, snapshot.cluster);
      if (rights === null || needed === null) return null;
      const { policy, kind, why } = needed;
      const because = why === null ? '' : say`Because ${why}; the policy is about ${kind}.`;
      const where = whereWords(policy);
      switch (rights.secondPerson) {
        case 'approved':
          return note(
            say`This takes two people on ${where}: approving runs it`,
            after(say`The audit names both: who asked and who approved.`, because),
          );
        case 'break_glass':
          return warning(
            say`Done without the second person that is needed on ${where}`,
            after(say`It is recorded as break-glass, with the reason, and sent to everyone who gets alerts.`, because),
          );
        case 'to_ask':
          return blocker(
            say`Needs a second person on ${where}`,
            after(
              say`Ask for approval: it runs when somebody else approves it within ${plural(policy.minutes, 'minute')}.`,
              because,
            ),
          );
        default: {
          const never: never = rights.secondPerson;
          return passed(never);
        }
      }
    },
  },
];

function after(detail: Text, because: Text): Text {
  return because === '' ? detail : say`${detail} ${because}`;
}
