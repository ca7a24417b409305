// Findings about the DCS as a thing of its own, as far as they endanger the clusters on it: judged once by care/care-findings.ts, said here
// of each cluster in few words. The page of the DCS has all of it.
import { formatMinutes, formatSeconds, joinNames } from '../../language/quantity';
import { say, type Text } from '../../language/sentence';
import { dcsName } from '../dcs-kind';
import type { DcsTrouble } from '../raw';
import { type FindingRule, fact } from './rule';

interface Words {
  readonly title: Text;
  readonly advice: Text;
}

type WordsOf = (trouble: DcsTrouble, dcs: Text, now: number) => Words;

const rule = (code: FindingRule['code'], kind: DcsTrouble['kind'], meaning: string, words: WordsOf): FindingRule => ({
  code,
  meaning,
  match: ({ cluster: { dcs }, now }) => {
    const trouble = dcs?.troubles?.find((one) => one.kind === kind);
    if (dcs === null || trouble === undefined) return [];
    const { severity, names } = trouble;
    return [
      {
        severity,
        members: [],
        evidence: [fact('DCS', joinNames(names))],
        ...words(trouble, dcsName(dcs.kind), now),
      },
    ];
  },
});

export const DCS_TROUBLE_RULES: readonly FindingRule[] = [
  rule(
    'dcs_slow_disk',
    'slow_disk',
    'The log of a member of the DCS takes longer to reach its disk than a heartbeat: where a write waits longer than retry_timeout, Patroni demotes.',
    ({ amount }, dcs) => ({
      title: say`The disk of ${dcs} is slow: ${formatSeconds((amount ?? 0) / 1000)} for an fsync`,
      advice: say`Where a write waits longer than retry_timeout, Patroni demotes its primary though PostgreSQL is well. Find who else writes on that disk.`,
    }),
  ),
  rule(
    'dcs_size',
    'size',
    'The data of the DCS come near its quota: at the quota it takes no writes, and every Patroni demotes.',
    ({ amount }, dcs) => ({
      title: say`${dcs} has used ${amount ?? 0} % of its quota`,
      advice: say`At the quota every Patroni demotes. Compact and defragment it, or raise the quota.`,
    }),
  ),
  rule(
    'dcs_certificate',
    'certificate',
    'A certificate of the DCS, or of Howdah for it, ends soon: after that nobody is let in by it.',
    ({ amount }, dcs, now) => ({
      title:
        amount !== null && amount > now
          ? say`A certificate of ${dcs} ends in ${formatMinutes(Math.floor((amount - now) / 60_000), Math.floor)}`
          : say`A certificate of ${dcs} has ended`,
      advice: say`Renew it before it ends: after that Patroni loses its leader keys.`,
    }),
  ),
  rule(
    'dcs_unstarted',
    'unstarted',
    'A voter stands in the list of the DCS and was never started: it counts for the quorum and never answers.',
    (_, dcs) => ({
      title: say`A voter of ${dcs} was never started`,
      advice: say`It costs the quorum a vote: start it, or remove it.`,
    }),
  ),
  rule(
    'dcs_one_host',
    'one_host',
    'All voters of the DCS are on one host: with it the quorum goes, and every leader key.',
    (_, dcs) => ({
      title: say`All voters of ${dcs} are on one host`,
      advice: say`Move all but one to other hosts, one at a time.`,
    }),
  ),
];
