// Checks about the person who asks: may they, and is one person enough here. The same functions disable the button before anything
// was asked (domain/access).

import { plural } from '../../../language/quantity';
import { say } from '../../../language/sentence';
import { denial, policyFor, whereWords } from '../../access/access';
import { requiredKinds } from '../required-kinds';
import { blocker, type CheckRow, note, passed, warning } from './check';

export const RIGHTS_CHECKS: readonly CheckRow[] = [
  {
    code: 'not_allowed',
    applies: null,
    match: ({ facts, request, snapshot }) => {
      const rights = facts?.rights ?? null;
      if (rights === null) return null;
      const whys = requiredKinds(request, snapshot.cluster.config?.value ?? null).map((kind) =>
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
      const kinds = requiredKinds(request, snapshot.cluster.config?.value ?? null);
      const policy = rights === null ? null : policyFor(rights.policies, kinds, snapshot);
      if (rights === null || policy === null) return null;
      const where = whereWords(policy);
      switch (rights.secondPerson) {
        case 'approved':
          return note(
            say`This takes two people on ${where}: approving runs it`,
            say`The audit names both: who asked and who approved.`,
          );
        case 'break_glass':
          return warning(
            say`Done without the second person that is needed on ${where}`,
            say`It is recorded as break-glass, with the reason, and sent to everyone who gets alerts.`,
          );
        case 'to_ask':
          return blocker(
            say`Needs a second person on ${where}`,
            say`Ask for approval: it runs when somebody else approves it within ${plural(policy.minutes, 'minute')}.`,
          );
        default: {
          const never: never = rights.secondPerson;
          return passed(never);
        }
      }
    },
  },
];
