// What would make somebody eligible where nobody is: by what stands in the way, as far as a person can mend it. Pure.

import { joinNames } from '../language/quantity';
import { say, type Text } from '../language/sentence';
import type { Candidate, Cluster } from './cluster';
import { leaderOf } from './members';
import { onlyTagged } from './readiness';
import { isNosync } from './tags';

type RemedyOf = (names: readonly string[], cluster: Cluster) => Text;

const REMEDIES: Readonly<Record<string, RemedyOf>> = {
  watchdog: (names) =>
    say`The watchdog is required and does not work on ${joinNames(names)}: see there whether /dev/watchdog exists and belongs to the user of Patroni.`,
  not_in_failsafe: (names, cluster) =>
    say`${leaderOf(cluster)?.name ?? say`The leader`} writes /failsafe in its loops: see in Patroni's log there why ${joinNames(names)} is not in it.`,
  dcs_unseen: (names) =>
    say`See on ${joinNames(names)} why Patroni does not reach the DCS: network, certificate, password, or a loop that hangs.`,
  not_sync: (names, cluster) => {
    const barred = names.filter((name) => cluster.members.some((member) => member.name === name && isNosync(member)));
    return barred.length > 0
      ? say`Take nosync out of the tags in patroni.yml on ${joinNames(barred)} and reload it: only members of /sync may take over.`
      : say`Only members of /sync may take over: see in Patroni's log on ${leaderOf(cluster)?.name ?? say`the leader`} why it takes nobody else in.`;
  },
  lag: (names) =>
    say`${joinNames(names)} is too far behind: look at its network and its disk. It may take over once it is within maximum_lag_on_failover.`,
};

/** null: it has to be brought back or repaired first. */
export function remedyOf(cluster: Cluster, candidates: readonly Candidate[]): Text | null {
  const tagged = onlyTagged(cluster, candidates);
  if (tagged !== null)
    return say`Take ${tagged.tags} out of the tags in patroni.yml on ${tagged.member} and reload it: nothing else stands in its way.`;
  const alone = ({ reasons }: Candidate): string | null => {
    const codes = [...new Set(reasons.map(({ code }) => code))];
    return codes.length === 1 && Object.hasOwn(REMEDIES, codes[0] ?? '') ? (codes[0] ?? null) : null;
  };
  // Whoever is away or broken is brought back first.
  if (
    candidates.some(({ reasons }) =>
      reasons.some(({ code }) => code !== 'nofailover' && !Object.hasOwn(REMEDIES, code)),
    )
  )
    return null;
  for (const candidate of candidates) {
    const code = alone(candidate);
    const remedy = code === null ? undefined : REMEDIES[code];
    if (remedy === undefined) continue;
    return remedy(
      candidates.filter((other) => alone(other) === code).map(({ member }) => member),
      cluster,
    );
  }
  return null;
}
