// What the document of an edit contains, judged by domain/config: apart from the other checks, because it brings all that is known
// of Patroni's keys and PostgreSQL's parameters. The server judges by the members' pg_settings as the editor does.

import { say } from '../../../language/sentence';
import { denial } from '../../access/access';
import { checkConfig } from '../../config/check';
import { factsOf } from '../../config/facts';
import type { Settings } from '../../config/guc';
import { blocker, type CheckRow, fact, warning } from './check';

/** `settings` null: not read; types, ranges and names of PostgreSQL's parameters are then not judged. */
export const configContent = (settings: Settings | null): readonly CheckRow[] => [
  {
    code: 'config_content',
    applies: ['edit_config'],
    match: ({ request, cluster, snapshot, facts }) => {
      if (request.kind !== 'edit_config' || cluster.config === null) return null;
      const input = { value: request.value, before: cluster.config.value, settings, facts: factsOf(cluster) };
      const errors = checkConfig(input).filter((problem) => problem.severity === 'error');
      const rights = facts?.rights ?? null;
      const forced = request.force === true;
      const why =
        forced && errors.length > 0 && rights !== null
          ? denial(rights.grants, 'force_config', snapshot, rights.admins)
          : null;
      const said = errors.map((problem) => {
        const where = problem.path.length === 0 ? say`the document` : problem.path.join('.');
        return (forced && why === null ? warning : blocker)(
          say`${where}: ${problem.text}`,
          forced && why === null
            ? say`Forced: it is stored all the same.`
            : say`Saved like this it would not do what it says.`,
          { evidence: [fact(say`code`, problem.code)] },
        );
      });
      return why === null
        ? said
        : [blocker(why, say`Without force Howdah's server refuses it for what is wrong in it.`), ...said];
    },
  },
];
