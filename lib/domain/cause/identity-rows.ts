// Causes that lie in who answers, whose data they are, and what is stored: the finding says it all, the row says what it costs.

import { say, type Text } from '../../language/sentence';
import type { FindingCode } from '../cluster';
import type { CauseCode, Impact } from './cause';
import { type CauseRow, tell } from './row';

interface Told {
  readonly code: CauseCode & FindingCode;
  readonly meaning: string;
  readonly impact: Impact;
  readonly consequence: Text;
  readonly ifNobodyActs: Text;
  /** What else comes of it, of whomever. */
  readonly explains: readonly FindingCode[];
}

/** ha.py v3.0.2 and v4.1.5, _run_cycle: whose data differ from the key gives the leader key up while paused, and ends itself unpaused. */
const INITIALIZE: CauseRow = {
  code: 'initialize_key_wrong',
  meaning: 'The initialize key names another cluster than the members have.',
  match: ({ cluster, find }) => {
    const [finding] = find('initialize_key_wrong');
    if (finding === undefined) return null;
    const isOut = cluster.writable === false && cluster.standbyCluster === null;
    const ends = say`Unpaused, every Patroni ends itself on it and stops its PostgreSQL.`;
    return {
      severity: finding.severity,
      impact: isOut ? 'not_writable' : 'will_stop',
      headline: finding.title,
      consequence: isOut ? say`Writes fail, and nobody can hold the leader key. ${ends}` : ends,
      evidence: finding.evidence,
      ifNobodyActs:
        cluster.paused === true
          ? say`The end of the pause stops PostgreSQL on every member.`
          : say`PostgreSQL stops on every member, one after the other.`,
      explains: [
        {
          codes: ['initialize_key_wrong', 'no_failover_candidate', 'no_leader', 'system_identifier_mismatch'],
          members: null,
        },
      ],
      steps: [tell(finding.advice)],
    };
  },
};

const TOLD: readonly Told[] = [
  {
    code: 'primary_in_standby_cluster',
    meaning: 'A member of a standby cluster runs as a primary.',
    impact: 'data_at_risk',
    consequence: say`What clients write there is not at the source.`,
    ifNobodyActs: say`It stays so while Patroni does not demote it, and the loss grows with each write.`,
    explains: ['replica_not_streaming', 'replica_diverged', 'lag_unknown'],
  },
  {
    code: 'bootstrap_failed',
    meaning: 'The bootstrap of a new cluster failed.',
    impact: 'not_writable',
    consequence: say`There is no cluster yet, so nothing is lost.`,
    ifNobodyActs: say`It stays so: Patroni does not begin anew by itself.`,
    explains: ['member_not_running', 'no_leader', 'no_failover_candidate'],
  },
  {
    code: 'bootstrap',
    meaning:
      'The making of a cluster waits for a person: a restore that has reached its target, or a bootstrap that nobody runs.',
    impact: 'degraded',
    consequence: say`There is no cluster yet: nothing is lost, and nothing is written.`,
    ifNobodyActs: say`It stays so until a person acts.`,
    explains: ['replay_paused', 'member_not_running', 'no_leader', 'no_failover_candidate'],
  },
  {
    code: 'not_its_answer',
    meaning: 'What answers at the address of a member is not that member, or nobody can tell whose answer it is.',
    impact: 'unknown',
    consequence: say`Nothing is built on that answer, and nothing is sent there.`,
    ifNobodyActs: say`It stays so: what that member really does is not seen.`,
    explains: ['member_unreachable', 'lag_unknown', 'no_failover_candidate', 'replica_not_streaming'],
  },
  {
    code: 'config_not_in_force',
    meaning: 'The stored configuration holds a value that makes members refuse all of it.',
    impact: 'degraded',
    consequence: say`Writes go on with the settings from before.`,
    ifNobodyActs: say`No later change takes effect there either.`,
    explains: [],
  },
  {
    code: 'ttl_too_short',
    meaning: 'The ttl leaves no time for a slow answer of the DCS: the leader key expires while its holder is well.',
    impact: 'degraded',
    consequence: say`Writes go on until the DCS is slow once; then the leader is demoted.`,
    ifNobodyActs: say`It stays so, and each such moment is an outage of seconds.`,
    explains: [],
  },
];

const TOLD_ROWS: readonly CauseRow[] = TOLD.map(({ code, meaning, impact, consequence, ifNobodyActs, explains }) => ({
  code,
  meaning,
  match: (context) => {
    const [finding] = context.find(code).filter(({ severity }) => severity !== 'note');
    if (finding === undefined) return null;
    return {
      severity: finding.severity,
      impact,
      headline: finding.title,
      consequence,
      evidence: finding.evidence,
      ifNobodyActs,
      // Of whom it is about; who may take over is everybody's matter.
      explains: [
        {
          codes: [code, 'no_failover_candidate', 'no_leader'].filter(
            (one) => one === code || explains.includes(one as FindingCode),
          ) as FindingCode[],
          members: null,
        },
        { codes: explains, members: finding.members },
      ],
      steps: [tell(finding.advice)],
    };
  },
}));

export const IDENTITY_ROWS: readonly CauseRow[] = [INITIALIZE, ...TOLD_ROWS];
