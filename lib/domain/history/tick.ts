// What is kept of one observation for charts: a few numbers for each member. Pure. Full snapshots are kept apart, at every change
// and each half minute; ticks fill the time between them.
import type { Snapshot } from '../cluster';
import type { Lsn } from '../lsn';
import { ownOf, setOwn } from '../record';
import { type Health, worse } from '../severity';

export interface MemberTick {
  /** Patroni's word; null: nobody said, or the member was silent. */
  readonly state: string | null;
  readonly timeline: number | null;
  /** Write position of a primary. */
  readonly lsn: Lsn | null;
  readonly receivedLsn: Lsn | null;
  readonly replayedLsn: Lsn | null;
  readonly receiveBytes: number | null;
  readonly replayBytes: number | null;
  readonly replaySeconds: number | null;
}

export interface Tick {
  readonly at: number;
  readonly health: Health;
  /** null: nobody, or not known. */
  readonly leader: string | null;
  readonly timeline: number | null;
  readonly walBytesPerSecond: number | null;
  readonly members: Readonly<Record<string, MemberTick>>;
}

/** What a silent member was is from memory: of it nothing is kept. */
export const SILENT_TICK: MemberTick = {
  state: null,
  timeline: null,
  lsn: null,
  receivedLsn: null,
  replayedLsn: null,
  receiveBytes: null,
  replayBytes: null,
  replaySeconds: null,
};

const MEMBERS_MAX = 100;

export function tickOf({ observedAt, health, cluster }: Snapshot): Tick {
  const members: Record<string, MemberTick> = {};
  for (const member of cluster.members.slice(0, MEMBERS_MAX)) {
    const { state, timeline, lsn, receivedLsn, replayedLsn } = member;
    const { receiveBytes, replayBytes, replaySeconds } = member.lag;
    const said = { state, timeline, lsn, receivedLsn, replayedLsn, receiveBytes, replayBytes, replaySeconds };
    setOwn(members, member.name, member.silent ? SILENT_TICK : said);
  }
  return {
    at: observedAt,
    health,
    leader: cluster.leader?.known === true ? cluster.leader.name : null,
    timeline: cluster.timeline,
    walBytesPerSecond: cluster.walBytesPerSecond,
    members,
  };
}

/** One tick for each step that has any: the worst lag and health, the mean WAL rate, of all else the newest. In order. */
export function coarsen(ticks: readonly Tick[], stepMs: number): Tick[] {
  const buckets = new Map<number, Tick[]>();
  for (const tick of ticks) {
    const at = Math.floor(tick.at / stepMs) * stepMs;
    const bucket = buckets.get(at);
    if (bucket === undefined) buckets.set(at, [tick]);
    else bucket.push(tick);
  }
  return [...buckets.entries()].sort(([a], [b]) => a - b).map(([at, bucket]) => fold(at, bucket));
}

function fold(at: number, ticks: readonly Tick[]): Tick {
  const members: Record<string, MemberTick> = {};
  let health: Health = 'ok';
  let leader: string | null = null;
  let timeline: number | null = null;
  let rates = 0;
  let rateSum = 0;
  for (const tick of ticks) {
    health = worse(health, tick.health);
    leader = tick.leader ?? leader;
    timeline = tick.timeline ?? timeline;
    if (tick.walBytesPerSecond !== null) {
      rates += 1;
      rateSum += tick.walBytesPerSecond;
    }
    for (const [name, member] of Object.entries(tick.members)) {
      const before = ownOf(members, name);
      setOwn(members, name, before === undefined ? member : merge(before, member));
    }
  }
  return { at, health, leader, timeline, walBytesPerSecond: rates === 0 ? null : rateSum / rates, members };
}

function merge(a: MemberTick, b: MemberTick): MemberTick {
  return {
    state: b.state ?? a.state,
    timeline: b.timeline ?? a.timeline,
    lsn: b.lsn ?? a.lsn,
    receivedLsn: b.receivedLsn ?? a.receivedLsn,
    replayedLsn: b.replayedLsn ?? a.replayedLsn,
    receiveBytes: larger(a.receiveBytes, b.receiveBytes),
    replayBytes: larger(a.replayBytes, b.replayBytes),
    replaySeconds: larger(a.replaySeconds, b.replaySeconds),
  };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
