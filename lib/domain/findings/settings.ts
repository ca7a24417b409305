// Findings about what the dynamic configuration does, whoever wrote it there.

import { say } from '../../language/sentence';
import { leaderOf } from '../members';
import { isReadOnly } from '../read-only';
import { type FindingRule, fact } from './rule';

export const SETTING_RULES: readonly FindingRule[] = [
  {
    code: 'reads_only',
    meaning: 'The configuration makes every session read-only: clients cannot write, although the leader is well.',
    match: ({ cluster }) => {
      const leader = leaderOf(cluster);
      if (!isReadOnly(cluster) || leader === null || leader.silent || leader.postgresRole !== 'primary') return [];
      return [
        {
          severity: 'critical',
          title: say`Clients cannot write to ${leader.name}: default_transaction_read_only is on`,
          members: [leader.name],
          evidence: [
            fact('/config', say`default_transaction_read_only is on`),
            fact(leader.name, say`answers as a primary`),
          ],
          advice: say`If nobody means it, take default_transaction_read_only out of the configuration: sessions that begin then can write. A failover mends nothing: it holds for every member.`,
        },
      ];
    },
  },
  {
    code: 'ttl_too_short',
    meaning:
      'The ttl is shorter than loop_wait and twice retry_timeout: the leader key can expire while its holder is well.',
    match: ({ cluster: { config, dcs } }) => {
      if (config === null || dcs === null) return [];
      const { ttlSeconds: ttl, loopWaitSeconds: loop, retryTimeoutSeconds: retry } = config;
      if (ttl >= loop + 2 * retry) return [];
      return [
        {
          severity: 'warning',
          title:
            ttl <= loop
              ? say`ttl ${ttl} s is no longer than loop_wait ${loop} s: the leader key expires between two loops`
              : say`ttl ${ttl} s is shorter than loop_wait ${loop} s and twice retry_timeout ${retry} s`,
          members: [],
          evidence: [fact('/config', say`ttl ${ttl}, loop_wait ${loop}, retry_timeout ${retry}`)],
          advice: say`Raise ttl to ${loop + 2 * retry} or more, or lower the others: until then a single slow answer of the DCS demotes the leader.`,
        },
      ];
    },
  },
];
