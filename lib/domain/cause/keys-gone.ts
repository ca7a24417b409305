// All keys of a cluster have vanished. What that costs goes by who still answers, and as what: a primary that serves, standbys alone, or
// nobody, where a cluster that was removed on purpose looks the same as one whose DCS was emptied.

import { joinNames } from '../../language/quantity';
import { say } from '../../language/sentence';
import { listCommand } from '../dcs-kind';
import type { CauseStep } from './cause';
import {
  type CauseContext,
  type CauseMatch,
  type CauseRow,
  goesOn,
  PATRONI_LOG,
  PATRONI_START,
  scopeWord,
  tell,
  word,
} from './row';

export const KEYS_GONE: CauseRow = {
  code: 'keys_gone',
  meaning:
    'All keys of the cluster have vanished, and nobody said that it was removed: a primary still answers, standbys only, or nobody.',
  match: (context) => {
    const [finding] = context.find('keys_gone');
    if (finding === undefined) return null;
    return {
      severity: finding.severity,
      headline: finding.title,
      evidence: finding.evidence,
      explains: [
        { codes: ['keys_gone', 'no_leader', 'no_failover_candidate'], members: null },
        {
          codes: ['primary_without_leader_key', 'member_unreachable', 'member_not_running', 'replica_not_streaming'],
          members: context.cluster.members.map(({ name }) => name),
        },
      ],
      ...whatItCosts(context),
    };
  },
};

function whatItCosts(context: CauseContext): Pick<CauseMatch, 'impact' | 'consequence' | 'ifNobodyActs' | 'steps'> {
  const { cluster, primaries } = context;
  const [primary] = primaries;
  const ifNobodyActs = say`It stays so while no Patroni writes the keys anew.`;
  if (primary !== undefined)
    return {
      impact: 'data_at_risk',
      consequence: say`Clients may still work, but nobody is protected: without keys no failover can happen.`,
      ifNobodyActs,
      steps: [
        tell(say`Do not stop PostgreSQL on ${primary.name}: it may be the only one that takes writes`),
        ...whereTheyAre(context),
        tell(say`Read Patroni's log on ${primary.name}: which DCS it reaches, and why it writes no keys`, PATRONI_LOG, [
          goesOn(context),
        ]),
      ],
    };
  const standbys = cluster.members.filter(({ silent, postgresRole }) => !silent && postgresRole === 'replica');
  const [standby] = standbys;
  const mute = [...new Set([...(cluster.roster?.names ?? []), ...cluster.members.map(({ name }) => name)])].filter(
    (name) => !standbys.some((member) => member.name === name),
  );
  if (standby !== undefined)
    return {
      impact: mute.length === 0 ? 'not_writable' : 'unknown',
      consequence:
        mute.length === 0
          ? say`Writes fail: nobody answers as a primary. Without keys nobody is elected.`
          : say`Nobody that answers takes writes; whether ${joinNames(mute)} does is not known. Without keys nobody is elected.`,
      ifNobodyActs,
      steps: [
        ...whereTheyAre(context),
        tell(say`Read Patroni's log on ${standby.name}: which DCS it reaches, and why it writes no keys`, PATRONI_LOG, [
          goesOn(context),
        ]),
      ],
    };
  const { led } = context;
  return {
    impact: 'unknown',
    consequence: say`Whether clients still work is not known: no PostgreSQL of it is seen to run.`,
    ifNobodyActs: say`It is missed until Patroni writes the keys anew or somebody says that it was removed.`,
    steps: [
      ...whereTheyAre(context),
      cluster.roster?.by === 'file'
        ? tell(say`If it was removed on purpose: take its \`members:\` out of howdah.yaml`)
        : tell(say`If it was removed on purpose: say so on its page, among the members`),
      // ha.py v4.1.5, is_healthiest_node: without /status and /history nobody is behind, so the first to come may lead.
      tell(
        led === null
          ? say`If the DCS was emptied: start Patroni first on the member that led last, on the others once it leads`
          : say`If the DCS was emptied: start Patroni first on ${led}, which led last, on the others once it leads`,
        PATRONI_START,
        [
          say`Without keys Patroni compares only with members that run: one that is behind would lead, and what it lacks is lost.`,
        ],
      ),
    ],
  };
}

/** The keys may stand where Howdah does not look. */
function whereTheyAre({ cluster, snapshot }: CauseContext): CauseStep[] {
  const { dcs } = cluster;
  if (dcs === null) return [];
  return [
    tell(
      say`See whether the keys stand elsewhere: the namespace in patroni.yml should be ${dcs.namespace}, the scope ${snapshot.patroniScope ?? snapshot.scope}`,
      listCommand(dcs.kind, word(dcs.namespace)) ?? `patronictl list ${scopeWord(snapshot)}`,
    ),
  ];
}
