// Two clusters that hold the same data at two places: the one that takes writes, and the standby cluster that follows it. Data only; the
// names of clusters are not in it, for who sees the one need not see the other: `id` is made of the name, and fits only who knows it.
import { fingerprint } from '../fingerprint';
import type { Lsn } from '../lsn';

/** Of a cluster by its name. */
export const siteId = (scope: string): string => fingerprint(`site\n${scope}`);

/** A walsender of nobody of the cluster. */
export interface ExternalStandby {
  readonly applicationName: string;
  readonly state: string | null;
  readonly clientAddr: string | null;
  /** Absent in what was kept before it was read. */
  readonly replaySeconds?: number | null | undefined;
}

/** One end of a pair, as it was last seen. */
export interface SiteEnd {
  readonly id: string;
  /** Who holds the leader key there; null: nobody is known to. */
  readonly leader: string | null;
  readonly timeline: number | null;
  /** Since when it has been seen on that timeline. */
  readonly timelineSince: number;
  /** Written by a primary, received by a standby leader. */
  readonly lsn: Lsn | null;
  readonly writable: boolean | null;
  readonly observedAt: number;
}

export interface SiteLink {
  readonly primary: SiteEnd;
  readonly standby: SiteEnd;
  /** `address`: the standby names a member over there. `identifier`: it is the only other cluster with these data. */
  readonly by: 'address' | 'identifier';
  /** Where the standby cluster is told to receive from: host and port, else how. */
  readonly source: string | null;
  /** The member over there that `source` leads to; null: an address of no member. */
  readonly upstream: string | null;
  /** It receives now, by the walsender over there. null: nobody says. */
  readonly streaming: boolean | null;
  /** null: a position is not known, or the timelines part. */
  readonly lagBytes: number | null;
  /** Of replay, by the walsender over there; null: nobody says. */
  readonly lagSeconds: number | null;
  /** `primary_slot_name`, and whether the leader over there has it; null: none is named. */
  readonly slot: { readonly name: string; readonly found: boolean | null } | null;
  /** The standby has WAL that the primary never had, or a timeline; null: it cannot be told. */
  readonly forked: boolean | null;
}

export interface Site {
  /** What this cluster is in the pair. `apart`: neither follows the other any more, and both have the same data below. */
  readonly role: 'primary' | 'standby' | 'apart';
  /** Of a primary one for each standby cluster, of a standby one. */
  readonly links: readonly SiteLink[];
  /** Others with the same identifier that take writes, as this one does. */
  readonly rivals: readonly (SiteEnd & {
    /** It was linked with this one while Howdah looked; null: it never was. */
    readonly linkedUntil: number | null;
  })[];
}
