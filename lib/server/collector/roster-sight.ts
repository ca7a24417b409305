// What the member list of a snapshot says of who belongs to the cluster, for the one who remembers it.

import type { Snapshot } from '../../domain/cluster';
import { isKeyOfNobody } from '../../domain/members';
import type { RosterSight } from '../../domain/roster';

/** What the member list says now; null: it cannot be read, or there is no cluster yet to belong to. */
export function sightOf({ cluster, observedAt }: Snapshot): RosterSight | null {
  const { dcs, leader, systemIdentifier } = cluster;
  const isFresh = dcs === null ? leader?.known === true : dcs.state === 'fresh';
  // A key of nobody is to be deleted: it must not be missed then.
  const listed = cluster.members.filter(
    (member) => member.listed && member.identity.verdict !== 'alias' && !isKeyOfNobody(member),
  );
  if (!isFresh || (systemIdentifier === null && listed.length > 0)) return null;
  return {
    systemIdentifier,
    listed: listed.map(({ name, apiUrl, host, port }) => ({ name, apiUrl, host, port })),
    at: observedAt,
  };
}
