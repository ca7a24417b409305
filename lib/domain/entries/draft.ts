// What the doors of all kinds have in common: what a listener is for, who is at an address, and the verdict. The decision a newcomer would
// question: what a listener is for goes by how it behaves, and by its name only until that is known; the settings outrank both.

import type { Cluster, Member } from '../cluster';
import type { RawEntry } from '../raw';
import type { Entry, EntryListener, EntryServer, EntryVerdict, Purpose } from './entry';

/** What a door of one kind makes of itself; what only memory knows is added here. */
export interface Draft extends Omit<EntryListener, 'since' | 'led' | 'turnedAt' | 'servers'> {
  readonly servers: readonly DraftServer[];
}

export type DraftServer = Omit<EntryServer, 'checkSince'>;

export interface EntryContext {
  readonly cluster: Cluster;
  readonly leader: Member | null;
  readonly raw: RawEntry;
  readonly now: number;
  readonly before: Entry | null;
  listenerBefore(name: string): EntryListener | null;
}

/** Long enough for Patroni, the checks of a door and a round of ours. */
export const SETTLED_MS = 15_000;

/** The verdict on those to whom new connections come. */
export function verdictOf(
  taking: readonly DraftServer[],
  purpose: Purpose | null,
  { cluster, leader }: EntryContext,
): EntryVerdict {
  const [first, second] = taking;
  if (first === undefined) return 'nobody';
  if (purpose === 'replicas') return taking.some(({ member }) => member !== leader?.name) ? 'replicas' : 'leader';
  if (second !== undefined) return 'several';
  const member = cluster.members.find(({ name }) => name === first.member);
  if (member === undefined) return 'unidentified';
  if (leader === null) return 'unidentified';
  if (member.name === leader.name) return 'leader';
  return !member.silent && member.postgresRole === 'primary' ? 'stray_primary' : 'replica';
}

const PRIMARY = /(^|[^a-z])(primary|master|leader|rw|write|writer|writes)([^a-z]|$)/i;
const REPLICAS = /(^|[^a-z])(replicas?|standbys?|slaves?|secondary|ro|read|reader|reads|readonly)([^a-z]|$)/i;

/** `learnt`: what its behaviour says now, where that is plain. */
export function purposeOf(
  name: string,
  learnt: Purpose | null,
  { raw, listenerBefore }: EntryContext,
): Pick<EntryListener, 'purpose' | 'purposeBy'> {
  if (raw.primary.includes(name)) return { purpose: 'primary', purposeBy: 'file' };
  if (raw.replicas.includes(name)) return { purpose: 'replicas', purposeBy: 'file' };
  const before = listenerBefore(name);
  if (before?.purposeBy === 'behaviour') return { purpose: before.purpose, purposeBy: 'behaviour' };
  const called: Purpose | null = REPLICAS.test(name) ? 'replicas' : PRIMARY.test(name) ? 'primary' : null;
  // Seen for the first time while it leads wrong, it would teach the opposite.
  if (learnt !== null && (called === null || called === learnt)) return { purpose: learnt, purposeBy: 'behaviour' };
  return { purpose: called, purposeBy: called === null ? null : 'name' };
}

/** Those that the settings name, where they name any. */
export function isWanted(name: string, { raw }: EntryContext): boolean {
  return [...raw.primary, ...raw.replicas].length === 0 || raw.primary.includes(name) || raw.replicas.includes(name);
}

/** Nothing has changed hands lately, so that what a door does now is what it is for. */
export function isSettled({ cluster, leader, now }: EntryContext): boolean {
  const since = cluster.leader?.since ?? null;
  return leader !== null && (since === null || now - since > SETTLED_MS);
}

/** The member at this host, also at another port of it: a pooler beside PostgreSQL. */
export function memberAt(host: string | null, port: number | null, members: readonly Member[]): Member | null {
  if (host === null) return null;
  const here = members.filter((member) => member.host?.toLowerCase() === host.toLowerCase());
  return here.find((member) => member.port === port) ?? (here.length === 1 ? (here[0] ?? null) : null);
}
