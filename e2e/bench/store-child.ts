// The process that `bench -- store-kill` kills: it opens the embedded store of a folder as Howdah does, says what it finds there,
// then writes samples, full snapshots and events and packs them, and says after each batch that it is in. One word a line:
// `found {...}`, `ack N`. Ended by kill -9 only.

import { deflateRawSync } from 'node:zlib';
import type { ClusterEvent } from '../../lib/domain/events';
import { packTicks } from '../../lib/domain/history/pack';
import { type Tick, tickOf } from '../../lib/domain/history/tick';
import type { PastRow } from '../../lib/server/collector/tape';
import { DEFAULT_HISTORY } from '../../lib/server/config/settings';
import { Compactor } from '../../lib/server/history/compactor';
import { EVERYTHING, type EventQuery, LEVEL, PastStore, readTicks } from '../../lib/server/history/past-store';
import { Leases } from '../../lib/server/store/lease';
import { takeLock } from '../../lib/server/store/lock';
import { testStore, untilReady } from '../../lib/server/store/test-store';
import { patiently } from './plain-table';
import { LoadedCluster, recordedSnapshot } from './store-load';

/** What a start finds: every batch that was acknowledged must be whole. */
export interface Found {
  /** Why the folder was set aside, or what else people should know; null: a clean start. */
  readonly notice: string | null;
  /** The highest batch of which anything is there; -1: none. */
  readonly last: number;
  /** Batches up to `last` of which a sample or the event is missing. */
  readonly broken: readonly number[];
  /** Samples that are there twice. */
  readonly twice: number;
}

const SCOPES = ['k0', 'k1', 'k2', 'k3', 'k4'] as const;
const STEP_MS = 2000;
const TICKS_A_BATCH = 5;
const BATCH_MS = STEP_MS * TICKS_A_BATCH;
/** Any quarter of an hour: the batch is in the time. */
const START = Math.floor(1_795_218_900_000 / 900_000) * 900_000;
const PACK_EVERY = 40;
/** Its moments are of one day in the past: what retention deletes would look lost. */
const FOR_EVER = { ...DEFAULT_HISTORY, fullDays: 1e5, days: 1e5, coarseDays: 1e5, eventsDays: 1e5, megabytes: 1e6 };

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(folder: string): Promise<void> {
  const lock = await takeLock(folder);
  if (!lock.ok) throw new Error(String(lock.message));
  const store = testStore(folder);
  await untilReady(store);
  const past = new PastStore(store);
  const found = await look(past, store.state().notice?.toString() ?? null);
  say(`found ${JSON.stringify(found)}`);
  const now = Date.now;
  const leases = new Leases({ store, holder: 'child', now });
  const log = { warn: () => undefined };
  const compactor = new Compactor({ store, leases, now, settings: FOR_EVER, log });
  const base = recordedSnapshot();
  const clusters = SCOPES.map((scope, seed) => new LoadedCluster(scope, base, seed, 'busy'));
  // One that was killed between samples and events is done once more: only what is not there yet is taken.
  const first = found.broken.includes(found.last) ? found.last : found.last + 1;
  for (let batch = first; ; batch += 1) {
    const at = START + batch * BATCH_MS;
    await patiently(() => past.addRows(clusters.map((cluster) => rowOf(cluster, at))));
    await patiently(() => past.addEvents(SCOPES.map((scope) => ({ scope, event: eventOf(batch, at) }))));
    say(`ack ${batch}`);
    if (batch % PACK_EVERY === PACK_EVERY - 1) await patiently(() => compactor.packRecent(at));
  }
}

function rowOf(cluster: LoadedCluster, from: number): PastRow {
  const ticks: Tick[] = [];
  for (let index = 0; index < TICKS_A_BATCH; index += 1)
    ticks.push(tickOf(cluster.at(from + index * STEP_MS, STEP_MS)));
  const to = from + (TICKS_A_BATCH - 1) * STEP_MS;
  const body = deflateRawSync(packTicks(ticks));
  return { kind: 'ticks', scope: cluster.scope, from, to, body, changed: false };
}

function eventOf(batch: number, at: number): ClusterEvent {
  return {
    ...{ id: `batch-${batch}`, at, by: 'seen', notBefore: null, kind: 'state_changed', severity: null },
    ...{ member: 'n2', code: null, members: ['n2'], text: `batch ${batch}` },
  };
}

async function look(past: PastStore, notice: string | null): Promise<Found> {
  const counts = new Map<number, number>();
  let twice = 0;
  const events = new Map<number, number>();
  for (const scope of SCOPES) {
    const seen = new Set<number>();
    const end = Number.MAX_SAFE_INTEGER;
    const chunks = await patiently(() => past.chunks(scope, LEVEL.full, 0, end));
    const recent = await patiently(() => past.recent(scope, 'ticks', 0, end));
    for (const { body } of [...chunks, ...recent]) {
      for (const { at } of await readTicks(body)) {
        if (seen.has(at)) twice += 1;
        else counts.set(batchOf(at), (counts.get(batchOf(at)) ?? 0) + 1);
        seen.add(at);
      }
    }
    let before: string | null = null;
    for (;;) {
      const query: EventQuery = { ...EVERYTHING, scope, before, limit: 5000 };
      const page: Awaited<ReturnType<PastStore['events']>> = await patiently(() => past.events(query));
      for (const { at } of page.events) events.set(batchOf(at), (events.get(batchOf(at)) ?? 0) + 1);
      if (page.next === null) break;
      before = page.next;
    }
  }
  const last = Math.max(-1, ...counts.keys(), ...events.keys());
  const isWhole = (batch: number): boolean =>
    counts.get(batch) === SCOPES.length * TICKS_A_BATCH && events.get(batch) === SCOPES.length;
  return {
    notice,
    last,
    broken: Array.from({ length: last + 1 }, (_, batch) => batch).filter((b) => !isWhole(b)),
    twice,
  };
}

function batchOf(at: number): number {
  return Math.floor((at - START) / BATCH_MS);
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('expected the folder of the store');
void main(folder).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
