// Which cluster follows which, by the system identifier that both have and the address that the standby cluster is told, and how far it is
// behind. Pure. The two were seen at different moments: what is a little ahead is not ahead.
import type { Cluster, Member } from '../cluster';
import { leaderOf } from '../members';
import { field, text } from '../wire/loose';
import { type Site, type SiteEnd, type SiteLink, siteId } from './site';

/** A cluster with the same system identifier. */
export interface OtherCluster {
  readonly scope: string;
  readonly observedAt: number;
  readonly cluster: Cluster;
}

/** More clusters of one identifier are copies, and no sites. */
const OTHERS_MAX = 8;

/** undefined: no other cluster has anything to do with it. `before`: of the snapshot before. */
export function siteOf(own: OtherCluster, others: readonly OtherCluster[], before: Site | undefined): Site | undefined {
  const all = others.slice(0, OTHERS_MAX);
  const known = new Map(
    (before?.links ?? []).flatMap(({ primary, standby }) => [primary, standby]).map((end) => [end.id, end]),
  );
  const endOf = (cluster: OtherCluster): SiteEnd => since(endNow(cluster), known);
  if (own.cluster.standbyCluster !== null) {
    const source = sourceOf(own, all);
    if (source === null) return undefined;
    return { role: 'standby', links: [linkOf(source.other, own, source.by, endOf)], rivals: [] };
  }
  const links = all.flatMap((other) => {
    const source =
      other.cluster.standbyCluster === null ? null : sourceOf(other, [own, ...all.filter((one) => one !== other)]);
    return source?.other === own ? [linkOf(own, other, source.by, endOf)] : [];
  });
  const writes = ({ cluster }: OtherCluster): boolean => cluster.standbyCluster === null && cluster.writable === true;
  const rivals = (writes(own) ? all.filter(writes) : []).map((other) => ({
    ...endOf(other),
    linkedUntil: linkedUntil(siteId(other.scope), own.observedAt, before),
  }));
  if (links.length === 0 && rivals.length === 0) return undefined;
  return { role: links.length > 0 ? 'primary' : 'apart', links, rivals };
}

function linkedUntil(id: string, now: number, before: Site | undefined): number | null {
  const wasLinked = before?.links.some(({ primary, standby }) => primary.id === id || standby.id === id) === true;
  return wasLinked ? now : (before?.rivals.find((rival) => rival.id === id)?.linkedUntil ?? null);
}

function sourceOf(
  standby: OtherCluster,
  others: readonly OtherCluster[],
): { readonly other: OtherCluster; readonly by: SiteLink['by'] } | null {
  const named = others.find(({ cluster }) => upstreamOf(standby, cluster) !== null);
  if (named !== undefined) return { other: named, by: 'address' };
  const primaries = others.filter(({ cluster }) => cluster.standbyCluster === null);
  const [only] = primaries;
  return only !== undefined && primaries.length === 1 ? { other: only, by: 'identifier' } : null;
}

/** The member at which the standby cluster is told to receive; of several hosts the leader, if it is one of them. */
function upstreamOf({ cluster: { standbyCluster } }: OtherCluster, primary: Cluster): Member | null {
  const hosts = (standbyCluster?.host ?? '').split(',').map((host) => host.trim().toLowerCase());
  const port = standbyCluster?.port ?? 5432;
  const at = primary.members.filter(
    (member) => member.host !== null && hosts.includes(member.host.toLowerCase()) && (member.port ?? 5432) === port,
  );
  return at.find(({ name }) => name === primary.leader?.name) ?? at[0] ?? null;
}

function since(end: SiteEnd, known: ReadonlyMap<string, SiteEnd>): SiteEnd {
  const before = known.get(end.id);
  return before?.timeline === end.timeline ? { ...end, timelineSince: before.timelineSince } : end;
}

function endNow({ scope, observedAt: at, cluster }: OtherCluster): SiteEnd {
  const leader = leaderOf(cluster);
  const heard = leader === null || leader.silent ? null : leader;
  const observedAt = heard?.observedAt ?? at;
  return {
    id: siteId(scope),
    leader: cluster.leader?.known === true ? cluster.leader.name : null,
    timeline: heard?.timeline ?? null,
    timelineSince: observedAt,
    lsn: heard?.lsn ?? heard?.receivedLsn ?? heard?.replayedLsn ?? null,
    writable: cluster.writable,
    observedAt,
  };
}

function linkOf(
  primary: OtherCluster,
  standby: OtherCluster,
  by: SiteLink['by'],
  endOf: (cluster: OtherCluster) => SiteEnd,
): SiteLink {
  const [there, here] = [endOf(primary), endOf(standby)];
  const { standbyCluster, config } = standby.cluster;
  const leader = leaderOf(primary.cluster);
  const upstream = upstreamOf(standby, primary.cluster);
  const sender = primary.cluster.members
    .filter(({ silent }) => !silent)
    .flatMap(({ externalStandbys }) => externalStandbys)
    .find(({ applicationName, state }) => applicationName === here.leader && state !== 'backup');
  const forked = forkedOf(primary.cluster, there, here);
  const isSame = there.timeline !== null && there.timeline === here.timeline;
  const slotName = text(field(field(config?.value, 'standby_cluster'), 'primary_slot_name'));
  const slots = sees(leader) ? leader.slots : null;
  return {
    ...{ primary: there, standby: here, by, forked },
    source: standbyCluster?.host == null ? null : `${standbyCluster.host}:${standbyCluster.port ?? 5432}`,
    upstream: upstream?.name ?? null,
    streaming: sender === undefined ? (sees(upstream) ? false : null) : sender.state === 'streaming',
    lagBytes:
      !isSame || forked === true || there.lsn === null || here.lsn === null ? null : Math.max(0, there.lsn - here.lsn),
    lagSeconds: sender?.replaySeconds ?? null,
    slot:
      slotName === null
        ? null
        : { name: slotName, found: slots === null ? null : slots.some(({ name }) => name === slotName) },
  };
}

const sees = (member: Member | null): member is Member =>
  member !== null && !member.silent && member.witnesses.sql.state === 'fresh' && !member.sqlGrantMissing;

/** A timeline that the primary never had, or WAL past the point where it left that timeline. */
function forkedOf({ history }: Cluster, there: SiteEnd, here: SiteEnd): boolean | null {
  if (there.timeline === null || here.timeline === null) return null;
  // The one that is ahead was there before the other one was read: else the other may have followed since.
  if (here.timeline > there.timeline) return there.observedAt >= here.timelineSince ? true : null;
  if (here.timeline === there.timeline) return false;
  const end = history.find(({ timeline }) => timeline === here.timeline)?.endLsn ?? null;
  return end === null || here.lsn === null ? null : here.lsn > end;
}
