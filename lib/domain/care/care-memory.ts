// What is remembered from look to look of a DCS: the newest good answers of each member, what it counted a while ago, the last hour of
// its disk and network, and who led. Pure: looks in, memory out. It lives as long as the collector.
import type { Witness } from '../raw';
import { between, quantile } from './buckets';
import type { Buckets, NodeNumbers, NodeStatus, RawCare, RawNode } from './raw-care';

/** Percentiles are of what happened within about this time. */
const WINDOW_MS = 60_000;
const POINT_EVERY_MS = 30_000;
/** An hour. */
const POINTS_MAX = 120;
const ELECTIONS_MAX = 20;
/** Counts that are kept to be compared with: a look each few seconds. */
const COUNTS_MAX = 40;
/** Members that are in no list any more are forgotten after this. */
const FORGET_MS = 3_600_000;
const NODES_MAX = 64;

/** ms; null: nothing was seen to take any time. */
export interface Took {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface Point {
  readonly at: number;
  readonly fsyncMs: number | null;
  readonly roundTripMs: number | null;
}

interface Counted {
  readonly at: number;
  readonly numbers: NodeNumbers;
}

export interface NodeMemory {
  readonly node: RawNode;
  /** When it last was in a look. */
  readonly seenAt: number;
  readonly status: Witness<NodeStatus>;
  readonly numbers: Witness<NodeNumbers>;
  readonly fsync: Took;
  readonly roundTrip: Took;
  /** Oldest first. */
  readonly counted: readonly Counted[];
  readonly points: readonly Point[];
  /** Since when it does not answer; null: it does. */
  readonly silentSince: number | null;
}

export interface Election {
  readonly at: number;
  /** Key of the member that leads since. */
  readonly leader: string;
  readonly term: string | null;
}

export interface CareMemory {
  readonly raw: RawCare;
  readonly nodes: ReadonlyMap<string, NodeMemory>;
  /** As they were seen here, newest first; the first look is none. */
  readonly elections: readonly Election[];
  /** Who led at the last look that saw somebody. */
  readonly led: { readonly leader: string; readonly term: string | null } | null;
}

const NEVER = { last: null, good: null } as const;
const UNSEEN: Took = { p50Ms: null, p99Ms: null };

export function remember(before: CareMemory | null, raw: RawCare): CareMemory {
  const known = [...(before?.nodes ?? [])].filter(([, { seenAt }]) => raw.at - seenAt < FORGET_MS);
  const nodes = new Map(known.slice(-NODES_MAX));
  for (const node of raw.nodes.slice(0, NODES_MAX)) nodes.set(node.key, nodeAfter(nodes.get(node.key), node, raw.at));
  const leads = leaderOf(raw.nodes);
  const led = before?.led ?? null;
  const isNew = leads !== null && led !== null && (leads.leader !== led.leader || leads.term !== led.term);
  const elections = isNew ? [{ at: raw.at, ...leads }, ...(before?.elections ?? [])] : (before?.elections ?? []);
  return { raw, nodes, elections: elections.slice(0, ELECTIONS_MAX), led: leads ?? led };
}

/** Of several that say so, the one of the newest term. */
function leaderOf(nodes: readonly RawNode[]): CareMemory['led'] {
  const leads = nodes.flatMap(({ key, status }) =>
    status.ok && status.value.role === 'leader' ? [{ leader: key, term: status.value.term }] : [],
  );
  return leads.sort((a, b) => Number(b.term ?? 0) - Number(a.term ?? 0))[0] ?? null;
}

function nodeAfter(before: NodeMemory | undefined, node: RawNode, now: number): NodeMemory {
  const status = witnessed(before?.status ?? NEVER, node.status);
  const numbers =
    node.numbers === null ? (before?.numbers ?? NEVER) : witnessed(before?.numbers ?? NEVER, node.numbers);
  const fresh = node.numbers?.ok === true ? node.numbers : null;
  const earlier = before?.counted ?? [];
  const counted =
    fresh === null
      ? earlier
      : [...withinWindow(earlier, fresh.at), { at: fresh.at, numbers: fresh.value }].slice(-COUNTS_MAX);
  const base = earlier.length === 0 ? undefined : withinWindow(earlier, now)[0];
  const fsync = tookOf(base, fresh?.value ?? null, 'fsync', before?.fsync);
  const roundTrip = tookOf(base, fresh?.value ?? null, 'roundTrip', before?.roundTrip);
  const points = before?.points ?? [];
  const isDue = now - (points.at(-1)?.at ?? 0) >= POINT_EVERY_MS;
  const point: Point = {
    at: now,
    fsyncMs: fresh === null ? null : fsync.p99Ms,
    roundTripMs: fresh === null ? null : roundTrip.p99Ms,
  };
  return {
    node: node.status.ok ? node : { ...node, name: node.name ?? before?.node.name ?? null },
    seenAt: now,
    status,
    numbers,
    fsync,
    roundTrip,
    counted,
    points: isDue ? [...points, point].slice(-POINTS_MAX) : points,
    silentSince: node.status.ok ? null : (before?.silentSince ?? status.good?.at ?? now),
  };
}

/** Those of the window, and the last before it: what is counted since then is of about the window. */
function withinWindow(counted: readonly Counted[], now: number): readonly Counted[] {
  const first = counted.findIndex(({ at }) => now - at < WINDOW_MS);
  return first < 0 ? counted.slice(-1) : counted.slice(Math.max(0, first - 1));
}

function tookOf(
  base: Counted | undefined,
  now: NodeNumbers | null,
  what: 'fsync' | 'roundTrip',
  before: Took | undefined,
): Took {
  // Without an answer what was known stays, as old as its answer.
  if (now === null) return before ?? UNSEEN;
  const [earlier, later] = [base?.numbers[what] ?? null, now[what]];
  const since: Buckets | null = earlier === null || later === null ? null : between(earlier, later);
  if (since === null) return UNSEEN;
  return { p50Ms: inMs(quantile(since, 0.5)), p99Ms: inMs(quantile(since, 0.99)) };
}

const inMs = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds * 1e5) / 100);

function witnessed<T>(before: Witness<T>, reading: NonNullable<Witness<T>['last']>): Witness<T> {
  const good = reading.ok ? { value: reading.value, at: reading.at, tookMs: reading.tookMs } : before.good;
  return { last: reading, good };
}
