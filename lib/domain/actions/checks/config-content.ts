// What the document of an edit contains, judged by domain/config: apart from the other checks, because it brings all that is known
// of Patroni's keys and PostgreSQL's parameters.

import { say } from '../../../language/sentence';
import { checkConfig } from '../../config/check';
import { factsOf } from '../../config/facts';
import { blocker, type CheckRow, fact } from './check';

export const CONFIG_CONTENT: readonly CheckRow[] = [
  {
    code: 'config_content',
    applies: ['edit_config'],
    match: ({ request, cluster }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      const input = { value: request.value, before: cluster.config.value, settings: null, facts: factsOf(cluster) };
      return checkConfig(input)
        .filter((problem) => problem.severity === 'error')
        .map((problem) => {
          const where = problem.path.length === 0 ? say`the document` : problem.path.join('.');
          return blocker(say`${where}: ${problem.text}`, say`Saved like this, it would not do what it says.`, {
            evidence: [fact(say`code`, problem.code)],
          });
        });
    },
  },
];
