// What a DCS says of itself when it is asked as a thing of its own and not for the keys of a cluster: who belongs to it, who votes, what
// each member says. Raw: an adapter of lib/io fills it, whatever the kind; what a kind does not tell is null.

import type { Text } from '../../language/sentence';
import type { DcsKind } from '../dcs-kind';
import type { RawEndpointStatus, Reading, ReadingError } from '../raw';

/** How often something took up to so many seconds, added up since the process began. The last bound is infinity. */
export interface Buckets {
  readonly upTo: readonly number[];
  /** Each with all that are below it. */
  readonly counts: readonly number[];
}

/** What one member says of itself, without anybody else. */
export interface NodeStatus {
  readonly role: RawEndpointStatus['role'];
  readonly version: string | null;
  /** Of the present leader's election. */
  readonly term: string | null;
  /** Entries of its log that are agreed on; null: it does not count so. */
  readonly position: number | null;
  readonly sizeBytes: number | null;
  /** Of the size, what holds keys; null: not told. */
  readonly inUseBytes: number | null;
  readonly alarms: readonly string[];
}

/** What it counts since it began. */
export interface NodeNumbers {
  readonly fsync: Buckets | null;
  /** To all other members together. */
  readonly roundTrip: Buckets | null;
  readonly quotaBytes: number | null;
  readonly leaderChanges: number | null;
  readonly slowApplies: number | null;
  /** What its clock is ahead of ours, to the second that it tells; null: it tells no time. */
  readonly aheadMs: number | null;
}

/** One more thing that it says of itself, in words. `good` null: neither good nor bad. */
export interface CareFact {
  readonly label: Text;
  readonly text: Text;
  readonly good: boolean | null;
}

export interface RawNode {
  /** Stays the same while it is the same member. */
  readonly key: string;
  readonly name: string | null;
  /** Where it is asked, or says it can be; empty: nobody knows. */
  readonly urls: readonly string[];
  /** Where the other members find it. */
  readonly peerUrls: readonly string[];
  /** It counts for the quorum; null: not known. */
  readonly votes: boolean | null;
  /** false: it is in the list and has never been there. */
  readonly started: boolean;
  readonly status: Reading<NodeStatus>;
  /** null: this kind counts nothing, or it is not asked for it. */
  readonly numbers: Reading<NodeNumbers> | null;
  /** When the certificate that it shows ends; null: it shows none, or it was not seen. */
  readonly certificateEndsAt: number | null;
  readonly facts: readonly CareFact[];
}

/** One look at all of it. */
export interface RawCare {
  readonly kind: DcsKind;
  readonly at: number;
  /** What the DCS calls itself, the same whatever way leads to it; null: it has no name. */
  readonly identity: string | null;
  /** Why its own list of members is not known; null: the nodes are that list. */
  readonly unlisted: ReadingError | null;
  readonly nodes: readonly RawNode[];
  /** When our own certificate ends; null: there is none. */
  readonly ownCertificateEndsAt: number | null;
  readonly facts: readonly CareFact[];
}
