// What remembering costs: 1,000 clusters of 3 members observed each 2 s for a while, through the real tape and recorder into the
// embedded store and into a real PostgreSQL; one day of one cluster packed by the real housekeeping and asked for as a chart; and
// beside it, on the same machine, what a table with a row per sample would cost.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tickOf } from '../../lib/domain/history/tick';
import { type PastBatch, Tape } from '../../lib/server/collector/tape';
import { DEFAULT_HISTORY } from '../../lib/server/config/settings';
import { Compactor } from '../../lib/server/history/compactor';
import { LEVEL, PastStore } from '../../lib/server/history/past-store';
import { Reader } from '../../lib/server/history/reader';
import { Recorder } from '../../lib/server/history/recorder';
import { StoreAway } from '../../lib/server/store/driver';
import { Leases } from '../../lib/server/store/lease';
import type { Store } from '../../lib/server/store/store';
import { testStore, untilReady } from '../../lib/server/store/test-store';
import { freePort } from '../browser/howdah';
import { startPostgres } from '../store';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { type BenchResult, formatSpread, machine, round, type Spread, say, spreadOf } from './numbers';
import { PlainTable, patiently } from './plain-table';
import { usageOf } from './process-usage';
import { LoadedCluster, type Pace, type Recorded, recordedSnapshot, recordPast } from './store-load';

const PACE_MS = 2000;
const DAY_MS = 86_400_000;
const POINTS = 300;
const CHARTS = 30;
const AIM_CHART_MS = 100;
const AIM_MB = 500;
const FLEET = 20;
const DAYS = 7;
const MB = 1e6;
/** What a row and its index entry take besides the body, as the housekeeping counts it. */
const ROW_BYTES = 130;
const PACES: readonly Pace[] = ['busy', 'quiet'];

type Home = 'embedded' | 'postgres';

interface Day {
  readonly pace: Pace;
  readonly samples: number;
  /** Stored, by what it is kept for; of one cluster and the time that was filled. */
  readonly fullBytes: number;
  readonly frameBytes: number;
  readonly thinnedBytes: number;
  readonly halfMinuteBytes: number;
  readonly tenMinuteBytes: number;
  readonly packedBytesPerSample: number;
  readonly packCpuMicrosPerSample: number;
  readonly projectedMb: number;
}

interface Ingest {
  readonly samples: number;
  readonly lost: number;
  readonly cpuPerSecond: number;
  readonly cpuMicrosPerSample: number;
  /** Of it, the full snapshots that time travel needs and the plain table has not. */
  readonly snapshotCpuMicrosPerSample: number;
  readonly bytesPerSample: number;
}

interface Figures {
  readonly home: Home;
  readonly ingest: Ingest;
  readonly plainIngest: Ingest;
  readonly days: readonly Day[];
  readonly chart: Spread;
  readonly plainChart: Spread;
}

export async function benchStore(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const options = {
    scopes: args.number('scopes', 1000),
    seconds: args.number('seconds', 60),
    hours: args.number('hours', 24),
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-bench-store-'));
  cleanup.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
  const base = recordedSnapshot();
  const end = Math.floor(Date.now() / PACE_MS) * PACE_MS;
  const from = end - options.hours * 3_600_000;
  say(`making ${options.hours} h of two clusters at ${PACE_MS / 1000} s, busy and quiet`);
  const pasts = PACES.map((pace, seed) => ({
    pace,
    scope: `day-${pace}`,
    recorded: recordPast(new LoadedCluster(`day-${pace}`, base, seed, pace), from, end, PACE_MS),
  }));
  for (const { pace, recorded } of pasts)
    say(`  ${pace}: ${recorded.ticks} rounds, the collector's part ${perSample(recorded)} us CPU a sample`);
  const figures: Figures[] = [];
  for (const home of ['embedded', 'postgres'] as const) {
    say(`\n-- ${home}`);
    let url: string | null = null;
    if (home === 'postgres') {
      const server = await startPostgres(say, '127.0.0.1', await freePort());
      cleanup.add('PostgreSQL', () => server.end());
      url = server.url;
    }
    const store = testStore(path.join(folder, home), url);
    cleanup.add(`the ${home} store`, () => store.close());
    await untilReady(store);
    const world = new World(store);
    cleanup.add(`the ${home} recorder`, () => world.stop());
    figures.push(await measure(home, world, { ...options, base, from, end, pasts }));
    await world.stop();
  }
  const lost = figures.reduce((sum, { ingest }) => sum + ingest.lost, 0);
  const largest = Math.max(...figures.flatMap(({ days }) => days.map(({ projectedMb }) => projectedMb)));
  const slowest = Math.max(...figures.map(({ chart }) => chart.max));
  say(`\nlost: ${lost} samples; ${FLEET} clusters for ${DAYS} days: at most ${largest} MB (aim ${AIM_MB})`);
  say(`slowest chart of ${options.hours} h: ${slowest} ms (aim ${AIM_CHART_MS})`);
  return {
    bench: 'store',
    pass: lost === 0,
    ...options,
    lost,
    projectedMb: largest,
    withinAim: largest < AIM_MB && figures.every(({ chart }) => chart.median < AIM_CHART_MS),
    figures,
    ...machine(),
  };
}

interface Work {
  readonly scopes: number;
  readonly seconds: number;
  readonly base: ReturnType<typeof recordedSnapshot>;
  readonly from: number;
  readonly end: number;
  readonly pasts: readonly { readonly pace: Pace; readonly scope: string; readonly recorded: Recorded }[];
}

/** The parts of the server's memory, on one store. */
class World {
  readonly store: Store;
  readonly past: PastStore;
  readonly recorder: Recorder;
  readonly compactor: Compactor;
  readonly reader: Reader;
  readonly #leases: Leases;

  constructor(store: Store) {
    const silent = { warn: (detail: object, message: string) => say(`${message}: ${JSON.stringify(detail)}`) };
    const now = Date.now;
    const past = new PastStore(store);
    const leases = new Leases({ store, holder: 'bench', now });
    const recorder = new Recorder({ store, past, leases, now, log: silent, eventsDays: DEFAULT_HISTORY.eventsDays });
    this.store = store;
    this.past = past;
    this.recorder = recorder;
    this.#leases = leases;
    this.compactor = new Compactor({ store, leases, now, settings: DEFAULT_HISTORY, log: silent });
    this.reader = new Reader({
      store,
      past,
      recorder,
      now,
      settings: DEFAULT_HISTORY,
      memory: () => Promise.reject(new StoreAway('the store did not answer')),
      actions: () => Promise.resolve([]),
    });
  }

  async number(sql: string, params: readonly unknown[] = []): Promise<number> {
    const [row] = await patiently(() => this.store.query(sql, params));
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  async stop(): Promise<void> {
    await this.compactor.stop();
    await this.recorder.stop();
    await this.#leases.stop();
  }
}

async function measure(home: Home, world: World, work: Work): Promise<Figures> {
  const days: Day[] = [];
  for (const past of work.pasts) {
    const day = await fillDay(world, past, work);
    days.push(day);
    say(
      `${day.pace.padEnd(5)} ${day.samples} samples packed to ${day.packedBytesPerSample} B each, ` +
        `full snapshots ${mb((day.frameBytes * DAY_MS) / (work.end - work.from))} MB a day, packing ${day.packCpuMicrosPerSample} us CPU a sample; ` +
        `${FLEET} clusters for ${DAYS} days ${day.projectedMb} MB`,
    );
  }
  const ingest = await ingestFleet(world, work);
  sayIngest('packed', ingest);
  const chart = await timed(world.store, CHARTS, async () => {
    const answer = await world.reader.history('day-busy', work.from, work.end, POINTS);
    if (answer.times.length < POINTS / 2) throw new Error('no chart');
  });
  const plain = await PlainTable.create(world.store);
  const plainIngest = await ingestPlain(world, plain, work);
  sayIngest('plain', plainIngest);
  say(
    `      CPU packed to plain ${round(ingest.cpuMicrosPerSample / plainIngest.cpuMicrosPerSample, 2)}, ` +
      `bytes 1 to ${round(plainIngest.bytesPerSample / (days[0]?.packedBytesPerSample ?? Number.NaN), 1)}`,
  );
  const cluster = new LoadedCluster('day-busy', work.base, 0, 'busy');
  await plain.fill(ticksOf(cluster, work.from, work.end));
  await patiently(() => world.store.query('ANALYZE sample_plain'));
  const plainChart = await timed(world.store, CHARTS, () => plain.chart('day-busy', work.from, work.end, POINTS));
  say(`chart ${formatSpread(chart, 'ms')}; of the plain table ${formatSpread(plainChart, 'ms')}`);
  return { home, ingest, plainIngest, days, chart, plainChart };
}

/** One day of one cluster, in and packed. */
async function fillDay(
  world: World,
  { pace, scope, recorded }: Work['pasts'][number],
  { from, end }: Work,
): Promise<Day> {
  const { past, compactor } = world;
  const rows = recorded.batches.flatMap((batch) => batch.rows);
  for (let first = 0; first < rows.length; first += 400) {
    await patiently(() => past.addRows(rows.slice(first, first + 400)));
  }
  for (const batch of recorded.batches)
    if (batch.events.length > 0) await patiently(() => past.addEvents(batch.events));
  const before = usageOf(process.pid).cpuSeconds;
  for (let left = Number.POSITIVE_INFINITY; ; ) {
    await patiently(() => compactor.packRecent(end + DAY_MS / 24));
    const now = await world.number('SELECT count(*) FROM history_recent WHERE scope = $1::text', [scope]);
    if (now === left || now === 0) break;
    left = now;
  }
  await patiently(() => compactor.packDays(end));
  const cpuSeconds = usageOf(process.pid).cpuSeconds - before;
  const bytesOf = (level: number): Promise<number> =>
    world.number(
      `SELECT coalesce(sum(octet_length(body) + ${ROW_BYTES}), 0) FROM history_chunk
       WHERE scope = $1::text AND level = $2::smallint`,
      [scope, level],
    );
  const fullBytes = await bytesOf(LEVEL.full);
  const frameBytes = await bytesOf(LEVEL.frames);
  const halfMinuteBytes = await bytesOf(LEVEL.halfMinute);
  // The rest of the day is made when it is over: ten minutes hold a twentieth of the half minutes at most.
  const tenMinuteBytes = Math.max(await bytesOf(LEVEL.tenMinutes), halfMinuteBytes / 20);
  // Three days later: of the full snapshots only those of changes stay, and the first of each quarter of an hour.
  await patiently(() => compactor.sweep(end + (DEFAULT_HISTORY.fullDays + 1) * DAY_MS));
  const thinnedBytes = await bytesOf(LEVEL.thinned);
  const perDay = DAY_MS / (end - from);
  const days = Math.min(DAYS, DEFAULT_HISTORY.fullDays);
  const kept =
    days * (fullBytes + frameBytes) + (DAYS - days) * thinnedBytes + DAYS * (halfMinuteBytes + tenMinuteBytes);
  const samples = recorded.ticks * recorded.members;
  return {
    pace,
    samples,
    fullBytes,
    frameBytes,
    thinnedBytes,
    halfMinuteBytes,
    tenMinuteBytes,
    packedBytesPerSample: round(fullBytes / samples, 2),
    packCpuMicrosPerSample: round((cpuSeconds * 1e6) / samples, 1),
    projectedMb: round((FLEET * kept * perDay) / MB, 1),
  };
}

/** The fleet as the collector's thread would hand it on, spread over each round. */
async function ingestFleet(world: World, { scopes, seconds, base }: Work): Promise<Ingest> {
  const clusters = Array.from(
    { length: scopes },
    (_, index) => new LoadedCluster(`c${index}`, base, 100 + index, 'busy'),
  );
  const generator = generatorSeconds(clusters);
  const frameSeconds = frameCpuSeconds(base);
  const handed = { ticks: 0, frame: 0 };
  const take = (batch: PastBatch): void => {
    for (const row of batch.rows) handed[row.kind] += 1;
    world.recorder.take(batch);
  };
  const tape = new Tape(take);
  const before = usageOf(process.pid);
  const started = Date.now();
  const rounds = await everyRound(clusters, seconds, (cluster, at) => tape.add(cluster.at(at, PACE_MS), []));
  tape.stop();
  await drained(world);
  const elapsed = (Date.now() - started) / 1000;
  const after = usageOf(process.pid);
  const members = base.cluster.members.length;
  const samples = rounds * scopes * members;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds - rounds * generator;
  const stored = await world.number("SELECT count(*) FROM history_recent WHERE kind = 0 AND scope LIKE 'c%'");
  const bytes = await world.number(
    `SELECT sum(octet_length(body) + ${ROW_BYTES}) FROM history_recent WHERE kind = 0 AND scope LIKE 'c%'`,
  );
  const { droppedSamples } = world.recorder.state();
  return {
    samples,
    lost: Math.max(handed.ticks - stored, droppedSamples),
    cpuPerSecond: round(cpuSeconds / elapsed, 3),
    cpuMicrosPerSample: round((cpuSeconds * 1e6) / samples, 1),
    snapshotCpuMicrosPerSample: round((handed.frame * frameSeconds * 1e6) / samples, 1),
    bytesPerSample: round(bytes / samples, 1),
  };
}

async function ingestPlain(world: World, plain: PlainTable, { scopes, seconds, base }: Work): Promise<Ingest> {
  const clusters = Array.from(
    { length: scopes },
    (_, index) => new LoadedCluster(`c${index}`, base, 100 + index, 'busy'),
  );
  const generator = generatorSeconds(clusters);
  const before = usageOf(process.pid);
  const started = Date.now();
  const rounds = await everyRound(clusters, seconds, (cluster, at) =>
    plain.add(cluster.scope, tickOf(cluster.at(at, PACE_MS))),
  );
  await plain.flush();
  const elapsed = (Date.now() - started) / 1000;
  const after = usageOf(process.pid);
  const samples = rounds * scopes * base.cluster.members.length;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds - rounds * generator;
  const stored = await world.number('SELECT count(*) FROM sample_plain');
  const bytes = await world.number(
    world.store.state().kind === 'embedded'
      ? "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%sample_plain%'"
      : "SELECT pg_total_relation_size('sample_plain')",
  );
  return {
    samples,
    lost: samples - stored,
    cpuPerSecond: round(cpuSeconds / elapsed, 3),
    cpuMicrosPerSample: round((cpuSeconds * 1e6) / samples, 1),
    snapshotCpuMicrosPerSample: 0,
    bytesPerSample: round(bytes / stored, 1),
  };
}

/** CPU seconds that making one round of snapshots takes: not part of what is measured. */
function generatorSeconds(clusters: readonly LoadedCluster[]): number {
  const before = process.cpuUsage();
  for (const cluster of clusters) cluster.at(Date.now(), PACE_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Of one full snapshot: each half minute of each cluster, and at every change. */
function frameCpuSeconds(base: Work['base']): number {
  const count = 50;
  const cluster = new LoadedCluster('frame', base, 7, 'busy');
  let frames = 0;
  const tape = new Tape((batch) => {
    frames += batch.rows.filter((row) => row.kind === 'frame').length;
  });
  const before = process.cpuUsage();
  // A minute apart, each is due for one.
  for (let turn = 0; turn < count; turn += 1) tape.add(cluster.at(turn * 60_000, 60_000), []);
  const { user, system } = process.cpuUsage(before);
  tape.stop();
  return (user + system) / 1e6 / Math.max(1, frames);
}

const SLICES = 20;

/** Rounds are spread: a twentieth of the clusters each 100 ms. What is late is made up for, so that none is left out. */
async function everyRound(
  clusters: readonly LoadedCluster[],
  seconds: number,
  observe: (cluster: LoadedCluster, at: number) => void,
): Promise<number> {
  const rounds = Math.max(1, Math.round((seconds * 1000) / PACE_MS));
  const started = Date.now();
  for (let slice = 0; slice < rounds * SLICES; slice += 1) {
    const dueAt = started + (slice * PACE_MS) / SLICES;
    await sleep(Math.max(0, dueAt - Date.now()));
    for (let index = slice % SLICES; index < clusters.length; index += SLICES) {
      const cluster = clusters[index];
      // By the plan and not by the clock: a tick less than 0.9 s after the one before would not be kept.
      if (cluster !== undefined) observe(cluster, dueAt);
    }
  }
  return rounds;
}

async function drained({ recorder }: World): Promise<void> {
  const end = Date.now() + 120_000;
  while (recorder.state().buffered > 0 && Date.now() < end) {
    await recorder.flush();
    await sleep(50);
  }
}

function* ticksOf(cluster: LoadedCluster, from: number, to: number): Generator<ReturnType<typeof tickOf>> {
  for (let at = from; at < to; at += PACE_MS) yield tickOf(cluster.at(at, PACE_MS));
}

/** The store gives up after 3 s: then that is how long it took, at least. */
async function timed(store: Store, times: number, work: () => Promise<unknown>): Promise<Spread> {
  const took: number[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    const start = performance.now();
    await work().catch((error: unknown) => {
      if (!(error instanceof StoreAway)) throw error;
    });
    took.push(performance.now() - start);
    // The embedded store goes on with what nobody waits for any more.
    await patiently(() => store.query('SELECT 1'));
  }
  return spreadOf(took, 1);
}

function perSample({ cpuSeconds, ticks, members }: Recorded): number {
  return round((cpuSeconds * 1e6) / (ticks * members), 1);
}

function mb(bytes: number): number {
  return round(bytes / MB, 2);
}

function sayIngest(what: string, ingest: Ingest): void {
  const { samples, lost, cpuPerSecond, cpuMicrosPerSample, snapshotCpuMicrosPerSample, bytesPerSample } = ingest;
  const frames = snapshotCpuMicrosPerSample === 0 ? '' : ` (${snapshotCpuMicrosPerSample} of it full snapshots)`;
  say(
    `${what.padEnd(6)} ${samples} samples, ${lost} lost, ${cpuPerSecond} CPU s/s, ${cpuMicrosPerSample} us CPU a sample${frames}, ` +
      `${bytesPerSample} B a sample as they come`,
  );
}
