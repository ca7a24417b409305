// Two sources of the file that read one and the same cluster: it is asked twice, it has two names, and a grant or a policy for one of them
// is none for the other. Pure. A standby cluster has the identifier of its source and may have its scope: the members tell them apart.

import type { Cluster } from '../../domain/cluster';
import { say, type Text } from '../../language/sentence';

export interface SourceSight {
  readonly source: string;
  /** By scope, as Patroni calls it. */
  readonly clusters: ReadonlyMap<string, Pick<Cluster, 'systemIdentifier' | 'members'>>;
}

/** Clusters named in one line. */
const NAMED_MAX = 5;

/** Of the later source of each pair, in the order of the file. */
export function twinSources(
  sights: readonly SourceSight[],
): readonly { readonly source: string; readonly text: Text }[] {
  return sights.flatMap((sight, index) =>
    sights.slice(0, index).flatMap((earlier) => {
      const both = [...sight.clusters].flatMap(([scope, cluster]) => {
        const other = earlier.clusters.get(scope);
        return other !== undefined && isSame(cluster, other) ? [scope] : [];
      });
      if (both.length === 0) return [];
      const names = both.slice(0, NAMED_MAX).join(', ');
      const more = both.length - NAMED_MAX;
      const what = more > 0 ? say`${names} and ${more} more` : names;
      const text = say`reads what ${earlier.source} reads already: ${what}. Each is asked twice and has two names here: take one of the two sources out, or give them different \`scopes\``;
      return [{ source: sight.source, text }];
    }),
  );
}

function isSame(
  a: Pick<Cluster, 'systemIdentifier' | 'members'>,
  b: Pick<Cluster, 'systemIdentifier' | 'members'>,
): boolean {
  if (a.systemIdentifier === null || a.systemIdentifier !== b.systemIdentifier) return false;
  return a.members.some(
    ({ name, apiUrl }) => apiUrl !== null && b.members.some((other) => other.name === name && other.apiUrl === apiUrl),
  );
}
