// Findings about two sites that hold the same data: each on the side where it is mended. What one answer of each could fake must last: the
// two are seen at different moments, and a leader changes at one of them first.

import { say } from '../../language/sentence';
import { formatLsn } from '../lsn';
import type { Site, SiteLink } from '../sites/site';
import { type FindingContext, type FindingRule, fact, settling } from './rule';

/** A change of leader over there has its loops, and its slots come with them. */
const LASTS_MS = 60_000;

const followed = ({ site }: { readonly site?: Site | undefined }): SiteLink | null =>
  site?.role === 'standby' ? (site.links[0] ?? null) : null;

/** Of the site that this one follows, as long as both are at rest. */
function ofSource(context: FindingContext, test: (link: SiteLink) => boolean): SiteLink | null {
  const link = followed(context.cluster);
  const before = context.before === null ? null : followed(context.before);
  if (link === null || before === null || settling(context)) return null;
  return test(link) && test(before) && link.primary.leader === before.primary.leader ? link : null;
}

/** What a switchover over there costs for a moment is a note. */
function lasted(context: FindingContext, code: FindingRule['code']): boolean {
  return context.now - context.sinceOf(code, []) >= LASTS_MS;
}

export const SITE_RULES: readonly FindingRule[] = [
  {
    code: 'site_diverged',
    meaning: 'The standby cluster has WAL that the cluster it follows never had: it cannot follow any more.',
    match: (context) => {
      const link = ofSource(context, ({ forked }) => forked === true);
      if (link === null) return [];
      const { primary, standby } = link;
      return [
        {
          severity: 'critical',
          title: say`This site has forked from the one it follows: timeline ${standby.timeline ?? 0} here, ${primary.timeline ?? 0} there`,
          members: [],
          evidence: [
            fact(
              say`here`,
              say`${standby.leader ?? say`nobody leads`}, timeline ${standby.timeline ?? 0}, ${standby.lsn === null ? say`position unknown` : formatLsn(standby.lsn)}`,
            ),
            fact(
              say`there`,
              say`${primary.leader ?? say`nobody leads`}, timeline ${primary.timeline ?? 0}, ${primary.lsn === null ? say`position unknown` : formatLsn(primary.lsn)}`,
            ),
          ],
          advice: say`Do not promote either before you know which of the two has the writes that count. Then build the other site anew from it, or rewind its leader with pg_rewind.`,
        },
      ];
    },
  },
  {
    code: 'site_upstream',
    meaning: 'The standby cluster receives from a member that is not the leader of the other site.',
    match: (context) => {
      const isWrong = ({ upstream, primary }: SiteLink): boolean =>
        upstream !== null && primary.leader !== null && upstream !== primary.leader;
      const link = ofSource(context, isWrong);
      if (link === null) return [];
      return [
        {
          severity: lasted(context, 'site_upstream') ? 'warning' : 'note',
          title: say`This site follows ${link.upstream ?? ''}, and ${link.primary.leader ?? ''} leads over there`,
          members: [],
          evidence: [fact('standby_cluster', link.source ?? ''), fact(say`leader there`, link.primary.leader ?? '')],
          advice: say`It is as far behind as ${link.upstream ?? ''} is, and stands still when that one stops. Set standby_cluster.host to an address that always leads to the leader there.`,
        },
      ];
    },
  },
  {
    code: 'site_slot_missing',
    meaning:
      'The slot that the standby cluster names is not there at the leader it follows: WAL may be gone before it is received.',
    match: (context) => {
      const link = ofSource(context, ({ slot }) => slot?.found === false);
      const name = link?.slot?.name;
      if (link === null || name === undefined) return [];
      return [
        {
          severity: lasted(context, 'site_slot_missing') ? 'warning' : 'note',
          title: say`The slot ${name} of this site is missing on ${link.primary.leader ?? ''} over there`,
          members: [],
          evidence: [fact('primary_slot_name', name), fact(say`leader there`, link.primary.leader ?? '')],
          advice: say`Without it this site does not receive, or loses its place when it is away. Name ${name} under \`slots\` in the dynamic configuration of the other site with type physical: Patroni makes it, and keeps it at a switchover.`,
        },
      ];
    },
  },
  {
    code: 'sites_both_writable',
    meaning:
      'Two clusters with the same system identifier take writes: a site was promoted while the other one went on, or one is a copy.',
    match: ({ cluster: { site, leader, timeline } }) =>
      (site?.rivals ?? []).slice(0, 1).map((rival) => {
        const evidence = [
          fact(say`here`, say`${leader?.name ?? ''}, timeline ${timeline ?? say`unknown`}`),
          fact(say`there`, say`${rival.leader ?? ''}, timeline ${rival.timeline ?? say`unknown`}`),
        ];
        return rival.linkedUntil === null
          ? {
              severity: 'note' as const,
              title: say`Another cluster with the same data below takes writes too: ${rival.leader ?? say`unknown`} leads it`,
              members: [],
              evidence,
              advice: say`A copy for tests is like that. If they are two sites of one service, one of them was promoted behind the back of the other: keep clients away from one of them.`,
            }
          : {
              severity: 'critical' as const,
              title: say`Both sites take writes: the standby cluster was promoted while the other one went on`,
              members: [],
              evidence,
              advice: say`Keep clients away from one of the two now: what both write cannot be put together again. Then demote it to a standby cluster of the other; what it alone wrote is lost with that.`,
              since: rival.linkedUntil,
            };
      }),
  },
];
