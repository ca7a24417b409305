// A DCS as its page shows it: who belongs to it, who votes, how many may still fail, how each member is, and what is wrong with it. Pure:
// made of what is remembered (care-memory.ts). Nothing that was not heard counts as well.
import type { Text } from '../../language/sentence';
import type { Evidence } from '../cluster';
import type { DcsKind } from '../dcs-kind';
import { isRefusal } from '../dcs-state';
import { failureWords } from '../reading-failure';
import type { Severity } from '../severity';
import type { CareMemory, Election, NodeMemory, Took } from './care-memory';
import { marginOf, type Votes } from './margin';
import type { CareFact, NodeStatus } from './raw-care';

export const CARE_CODES = [
  'no_quorum',
  'no_margin',
  'member_silent',
  'alarm',
  'size',
  'slow_disk',
  'slow_network',
  'clock',
  'unstarted',
  'learner_behind',
  'certificate',
  'versions',
  'even',
  'too_many',
  'one_host',
  'twin',
] as const;
export type CareCode = (typeof CARE_CODES)[number];

export interface CareFinding {
  readonly code: CareCode;
  readonly severity: Severity;
  readonly title: Text;
  /** Keys of the members that it is about; empty: all of it. */
  readonly members: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly advice: Text;
}

export interface CareMember {
  readonly key: string;
  /** What people call it: its name, else where it is asked. */
  readonly name: string;
  readonly urls: readonly string[];
  readonly peerUrls: readonly string[];
  /** null: it does not say now. `was` is what it said last. */
  readonly role: NodeStatus['role'] | null;
  readonly was: NodeStatus['role'] | null;
  readonly votes: boolean | null;
  readonly started: boolean;
  /** It answers now, for itself; null: it may, and does not let us know. */
  readonly answers: boolean | null;
  readonly silentSince: number | null;
  readonly error: Text | null;
  /** Of the newest good answer; all that follows up to `alarms` is as old as that. */
  readonly observedAt: number | null;
  readonly tookMs: number | null;
  readonly version: string | null;
  readonly term: string | null;
  readonly position: number | null;
  /** Entries behind the furthest member; null: not known. */
  readonly behind: number | null;
  readonly sizeBytes: number | null;
  readonly inUseBytes: number | null;
  readonly alarms: readonly string[];
  /** Of its own counts, and all that follows; null: there are none. */
  readonly countedAt: number | null;
  /** Why there are none, or no newer ones. */
  readonly countsError: Text | null;
  readonly quotaBytes: number | null;
  readonly fsync: Took;
  readonly roundTrip: Took;
  readonly leaderChanges: number | null;
  readonly slowApplies: number | null;
  readonly aheadMs: number | null;
  readonly certificateEndsAt: number | null;
  readonly facts: readonly CareFact[];
  /** p99 each half minute of the last hour, oldest first; null is a gap. */
  readonly fsyncMs: readonly (number | null)[];
  readonly roundTripMs: readonly (number | null)[];
}

export interface Care {
  readonly kind: DcsKind;
  readonly at: number;
  readonly identity: string | null;
  /** Why its own list of members is not known: what is shown are the addresses of the settings. null: it is known. */
  readonly unlisted: Text | null;
  readonly leader: string | null;
  /** Since when it leads, where that was seen. */
  readonly leaderSince: number | null;
  readonly term: string | null;
  readonly versions: readonly string[];
  /** null: nobody says who votes. */
  readonly votes: Votes | null;
  readonly members: readonly CareMember[];
  readonly facts: readonly CareFact[];
  readonly ownCertificateEndsAt: number | null;
  readonly elections: readonly Election[];
}

/** `staleAfterMs`: a good answer that is older is none of now. */
export function buildCare(memory: CareMemory, now: number, staleAfterMs: number): Care {
  const { raw } = memory;
  const listed = raw.nodes.flatMap((node) => memory.nodes.get(node.key) ?? []);
  const live = listed.filter((one) => isLive(one, now, staleAfterMs));
  const furthest = live.reduce<number | null>((most, { status }) => {
    const position = status.good?.value.position ?? null;
    return position === null ? most : Math.max(most ?? position, position);
  }, null);
  const members = listed
    .map((one) => memberOf(one, furthest, isLive(one, now, staleAfterMs)))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const leader = members
    .filter(({ role }) => role === 'leader')
    .sort((a, b) => Number(b.term ?? 0) - Number(a.term ?? 0))[0];
  const election = memory.elections[0];
  return {
    kind: raw.kind,
    at: raw.at,
    identity: raw.identity,
    unlisted: raw.unlisted === null ? null : failureWords(raw.unlisted),
    leader: leader?.key ?? null,
    leaderSince: leader !== undefined && election?.leader === leader.key ? election.at : null,
    term: leader?.term ?? null,
    versions: [
      ...new Set(members.flatMap(({ version, answers }) => (answers === true && version ? [version] : []))),
    ].sort(),
    votes: marginOf(members),
    members,
    facts: raw.facts,
    ownCertificateEndsAt: raw.ownCertificateEndsAt,
    elections: memory.elections,
  };
}

/** What was never started does not answer. Who lets nobody know may answer; so may who answered a moment ago. */
function answersLater({ node, status: { last } }: NodeMemory): false | null {
  if (!node.started) return false;
  if (last === null || last.ok) return null;
  return isRefusal(last.error) || last.error.kind === 'skipped' ? null : false;
}

function isLive({ status }: NodeMemory, now: number, staleAfterMs: number): boolean {
  return status.last?.ok === true && now - status.last.at <= staleAfterMs;
}

function memberOf(memory: NodeMemory, furthest: number | null, live: boolean): CareMember {
  const { node, status, numbers } = memory;
  const good = status.good?.value ?? null;
  const counts = numbers.good?.value ?? null;
  const error = status.last?.ok === false ? status.last.error : null;
  const position = good?.position ?? null;
  return {
    key: node.key,
    name: node.name ?? node.urls[0]?.replace(/^https?:\/\//, '') ?? node.key,
    urls: node.urls,
    peerUrls: node.peerUrls,
    role: live ? (good?.role ?? null) : null,
    was: good?.role ?? null,
    votes: node.votes,
    started: node.started,
    answers: live ? true : answersLater(memory),
    silentSince: memory.silentSince,
    error: error === null ? null : failureWords(error),
    observedAt: status.good?.at ?? null,
    tookMs: status.good?.tookMs ?? null,
    version: good?.version ?? null,
    term: good?.term ?? null,
    position,
    behind: !live || position === null || furthest === null ? null : furthest - position,
    sizeBytes: good?.sizeBytes ?? null,
    inUseBytes: good?.inUseBytes ?? null,
    alarms: live ? (good?.alarms ?? []) : [],
    countedAt: numbers.good?.at ?? null,
    countsError: numbers.last?.ok === false ? failureWords(numbers.last.error) : null,
    quotaBytes: counts?.quotaBytes ?? null,
    fsync: memory.fsync,
    roundTrip: memory.roundTrip,
    leaderChanges: counts?.leaderChanges ?? null,
    slowApplies: counts?.slowApplies ?? null,
    aheadMs: counts?.aheadMs ?? null,
    certificateEndsAt: node.certificateEndsAt,
    facts: node.facts,
    fsyncMs: memory.points.map((point) => point.fsyncMs),
    roundTripMs: memory.points.map((point) => point.roundTripMs),
  };
}
