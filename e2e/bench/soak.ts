// `npm run soak`: Howdah's production server under viewers that come and go and clusters that keep breaking. It passes when
// memory stays flat, no viewer goes without a frame for ten seconds, and SIGTERM with every stream open ends it cleanly.

import { setTimeout as sleep } from 'node:timers/promises';
import { FakeDcs } from '../fake/dcs';
import { type EtcdProcess, startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { FakeCluster, Fault } from '../fake/patroni';
import { Arguments } from './arguments';
import { startBeats } from './bench-load';
import { type Cleanup, withCleanup } from './cleanup';
import { type Howdah, type Stopped, startHowdah, waitForScopes } from './howdah';
import { formatMib, MIB, machine, median, round, say, sayJson } from './numbers';
import { StreamViewer } from './viewer';

const SCOPES = 20;
const MEMBERS = 3;
const SAMPLE_MS = 5000;
/** A stream beats each 2 s; ten seconds of nothing is a stuck server. */
const QUIET_MS = 10_000;
const GROWTH_PART = 0.2;
const GROWTH_BYTES = 30 * MIB;
const STOP_MS = 3000;
/** The live window in memory fills for a quarter of an hour; a short run can only leave out its start. */
const WINDOW_MINUTES = 15;
const FAULT_EVERY_MS = 1500;
const LEADER_EVERY_MS = 4000;
/** Frozen viewers look at everything, so that the buffers between them and the server fill within this time. */
const FROZEN_AT_ONCE = 3;
const FROZEN_MS = 45_000;

interface Sample {
  readonly at: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

interface Counters {
  faults: number;
  leaderMoves: number;
  etcdRestarts: number;
  opened: number;
  frozen: number;
  frames: number;
  snapshots: number;
  refused: string[];
  longestSilenceMs: number;
}

function pick<T>(list: readonly T[]): T {
  const found = list[Math.floor(Math.random() * list.length)];
  if (found === undefined) throw new Error('an empty list has nothing to pick');
  return found;
}

function pickFault(): Fault {
  return pick<Fault>([
    { kind: 'down' },
    { kind: 'hang' },
    { kind: 'slow', ms: 200 + Math.random() * 4000 },
    { kind: 'wrong_json' },
    { kind: 'half_close' },
    { kind: 'closed' },
  ]);
}

/** Runs until told to stop; an error in one turn (etcd is away) is part of the game. */
function churn(everyMs: number, turn: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await sleep(everyMs * (0.5 + Math.random()));
      if (!stopped) await turn().catch(() => undefined);
    }
  })();
  return async () => {
    stopped = true;
    await loop;
  };
}

class Crowd {
  readonly #url: string;
  readonly #scopes: readonly string[];
  readonly #size: number;
  readonly #counters: Counters;
  readonly #viewers = new Map<StreamViewer, { leavesAt: number; frozenUntil: number | null }>();
  #freezes = true;

  constructor(url: string, scopes: readonly string[], size: number, counters: Counters) {
    this.#url = url;
    this.#scopes = scopes;
    this.#size = size;
    this.#counters = counters;
  }

  get open(): number {
    return [...this.#viewers.keys()].filter((viewer) => viewer.ended === null).length;
  }

  /** One look at everybody: who must leave leaves, who sleeps wakes, who is missing comes. */
  step(): void {
    const now = Date.now();
    for (const [viewer, plan] of this.#viewers) {
      if (viewer.ended !== null) {
        this.#counters.refused.push(viewer.ended);
        this.#drop(viewer);
      } else if (plan.frozenUntil !== null) {
        // Its own fault that it sees nothing: it leaves when it wakes.
        if (now >= plan.frozenUntil) this.#drop(viewer);
      } else {
        const silence = now - (viewer.lastFrameAt ?? viewer.openedAt);
        this.#counters.longestSilenceMs = Math.max(this.#counters.longestSilenceMs, silence);
        if (now >= plan.leavesAt) this.#drop(viewer);
      }
    }
    const frozen = [...this.#viewers.values()].filter((plan) => plan.frozenUntil !== null).length;
    if (this.#freezes && frozen < FROZEN_AT_ONCE) this.#addFrozen(now);
    while (this.#viewers.size < this.#size) this.#add(now);
  }

  #add(now: number): void {
    const scopes = [...new Set(Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => pick(this.#scopes)))];
    const stays = 10_000 + Math.random() * 80_000;
    this.#viewers.set(new StreamViewer(this.#url, scopes), { leavesAt: now + stays, frozenUntil: null });
    this.#counters.opened += 1;
  }

  /** As a phone that falls asleep with the page open: connected, and never reads again. */
  #addFrozen(now: number): void {
    const viewer: StreamViewer = new StreamViewer(this.#url, this.#scopes, () => viewer.freeze());
    this.#viewers.set(viewer, { leavesAt: Number.POSITIVE_INFINITY, frozenUntil: now + FROZEN_MS });
    this.#counters.opened += 1;
    this.#counters.frozen += 1;
  }

  #drop(viewer: StreamViewer): void {
    this.#counters.frames += viewer.frames;
    this.#counters.snapshots += viewer.byEvent.get('snapshot') ?? 0;
    viewer.close();
    this.#viewers.delete(viewer);
  }

  /** Everybody stays and reads from now on. */
  settle(): void {
    this.#freezes = false;
    for (const [viewer, plan] of this.#viewers) {
      if (plan.frozenUntil !== null) this.#drop(viewer);
      else plan.leavesAt = Number.POSITIVE_INFINITY;
    }
    while (this.#viewers.size < this.#size) this.#add(Date.now());
    for (const plan of this.#viewers.values()) plan.leavesAt = Number.POSITIVE_INFINITY;
  }

  close(): void {
    for (const viewer of [...this.#viewers.keys()]) this.#drop(viewer);
  }
}

function startChurn(
  fleet: FakeFleet,
  dcs: FakeDcs,
  etcd: EtcdProcess,
  minutes: number,
  counters: Counters,
): (() => Promise<void>)[] {
  const etcdEveryMs = Math.min(180_000, (minutes * 60_000) / 4);
  return [
    startBeats(dcs, fleet.nodes),
    churn(FAULT_EVERY_MS, async () => {
      const node = pick(fleet.nodes);
      await node.setFault(node.fault.kind === 'none' ? pickFault() : { kind: 'none' });
      counters.faults += 1;
    }),
    churn(LEADER_EVERY_MS, async () => {
      const cluster: FakeCluster = pick(fleet.clusters);
      await dcs.moveLeader(cluster, pick(cluster.nodes).name);
      counters.leaderMoves += 1;
    }),
    churn(etcdEveryMs, async () => {
      await etcd.restart(500 + Math.random() * 6000);
      counters.etcdRestarts += 1;
    }),
  ];
}

/** Medians of the first and the last third of what is left after the warm-up. */
function judgeMemory(samples: readonly Sample[], warmUpMs: number): { first: number; last: number; flat: boolean } {
  const start = samples[0]?.at ?? 0;
  const kept = samples.filter((sample) => sample.at - start >= warmUpMs).map((sample) => sample.rssBytes);
  const third = Math.max(1, Math.floor(kept.length / 3));
  const first = median(kept.slice(0, third));
  const last = median(kept.slice(-third));
  return { first, last, flat: last <= first * (1 + GROWTH_PART) + GROWTH_BYTES };
}

async function soak(cleanup: Cleanup, args: Arguments): Promise<number> {
  const minutes = args.number('minutes', 60);
  const viewers = args.number('viewers', 100);
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes: SCOPES, members: MEMBERS });
  cleanup.add('the fake', () => fleet.stop());
  const dcs = new FakeDcs(etcd.etcd);
  await dcs.writeAll(fleet.clusters);
  const howdah = await startHowdah(cleanup, ['--etcd', etcd.url]);
  await waitForScopes(howdah, SCOPES);

  const counters: Counters = {
    faults: 0,
    leaderMoves: 0,
    etcdRestarts: 0,
    opened: 0,
    frozen: 0,
    frames: 0,
    snapshots: 0,
    refused: [],
    longestSilenceMs: 0,
  };
  const scopes = fleet.clusters.map((cluster) => cluster.scope);
  const crowd = new Crowd(howdah.url, scopes, viewers, counters);
  cleanup.add('the viewers', () => crowd.close());
  const stops = startChurn(fleet, dcs, etcd, minutes, counters);
  const stopChurn = async (): Promise<void> => void (await Promise.all(stops.map((stop) => stop())));
  cleanup.add('the churn', stopChurn);

  say(`soak: ${minutes} min, ${viewers} viewers, ${SCOPES} scopes x ${MEMBERS} members`);
  const samples = await watch(howdah, crowd, counters, minutes);
  await stopChurn();
  crowd.settle();
  await sleep(3000);
  const openAtEnd = crowd.open;
  const openAtServer = await readStreams(howdah);
  const stopped = await howdah.stop();
  crowd.close();
  return report({ minutes, viewers, howdah, samples, counters, openAtEnd, openAtServer, stopped });
}

/** How many streams the server believes to have. */
async function readStreams(howdah: Howdah): Promise<number> {
  const answer = await fetch(`${howdah.url}/api/health`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
  const body: unknown = await answer?.json().catch(() => null);
  return typeof body === 'object' && body !== null && 'streams' in body ? Number(body.streams) : Number.NaN;
}

async function watch(howdah: Howdah, crowd: Crowd, counters: Counters, minutes: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const start = Date.now();
  let sampleAt = start;
  let sayAt = start;
  while (Date.now() - start < minutes * 60_000) {
    crowd.step();
    const now = Date.now();
    if (now >= sampleAt) {
      sampleAt += SAMPLE_MS;
      const { rssBytes, cpuSeconds, pids } = howdah.usage();
      if (pids.length === 0) throw new Error(`Howdah ended by itself:\n${howdah.log().slice(-3000)}`);
      samples.push({ at: now, rssBytes, cpuSeconds });
    }
    if (now >= sayAt) {
      sayAt += Math.max(15_000, minutes * 1500);
      const rss = samples[samples.length - 1]?.rssBytes ?? 0;
      say(
        `${String(Math.round((now - start) / 1000)).padStart(5)} s: ${formatMib(rss)}, ${crowd.open} streams, ` +
          `longest silence ${round(counters.longestSilenceMs / 1000, 1)} s, ${counters.leaderMoves} leader moves, ${counters.etcdRestarts} etcd restarts`,
      );
    }
    await sleep(250);
  }
  return samples;
}

interface Outcome {
  readonly minutes: number;
  readonly viewers: number;
  readonly howdah: Howdah;
  readonly samples: readonly Sample[];
  readonly counters: Counters;
  readonly openAtEnd: number;
  readonly openAtServer: number;
  readonly stopped: Stopped;
}

function report({ minutes, viewers, howdah, samples, counters, openAtEnd, openAtServer, stopped }: Outcome): number {
  const warmUpMs = Math.max(minutes * 60_000 * 0.2, Math.min(WINDOW_MINUTES, minutes * 0.3) * 60_000);
  const memory = judgeMemory(samples, warmUpMs);
  const first = samples[0];
  const last = samples[samples.length - 1];
  const cpu = first && last ? (last.cpuSeconds - first.cpuSeconds) / ((last.at - first.at) / 1000) : Number.NaN;
  const refusals = [...new Set(counters.refused)];
  const fatal = howdah
    .log()
    .split('\n')
    .filter((line) => /"level":(?:50|60)|uncaught|unhandled/i.test(line));
  const checks: readonly (readonly [boolean, string])[] = [
    [
      memory.flat,
      `memory flat: first third ${formatMib(memory.first)}, last third ${formatMib(memory.last)} (limit +20 % + 30 MiB)`,
    ],
    [
      counters.longestSilenceMs <= QUIET_MS,
      `no viewer without a frame for 10 s: longest ${round(counters.longestSilenceMs / 1000, 1)} s`,
    ],
    [
      refusals.length === 0,
      `no stream ended by the server: ${counters.refused.length} ${refusals.slice(0, 3).join('; ')}`,
    ],
    [openAtEnd === viewers, `${viewers} streams open at SIGTERM: ${openAtEnd}`],
    [openAtServer === viewers, `the server knows of as many, none forgotten: ${openAtServer}`],
    [
      stopped.tookMs <= STOP_MS && stopped.left.length === 0,
      `ended within 3 s of SIGTERM: ${stopped.tookMs} ms, ${stopped.left.length} processes left`,
    ],
    [stopped.exitCode === 0, `exit code 0: ${stopped.exitCode}`],
    [!stopped.stillListening, 'nothing left listening'],
    [fatal.length === 0, `no error in the log: ${fatal.length} ${fatal.slice(0, 2).join(' ').slice(0, 300)}`],
  ];
  say('');
  for (const [ok, text] of checks) say(`${ok ? 'ok  ' : 'FAIL'} ${text}`);
  say(
    `${counters.frames} frames (${counters.snapshots} snapshots) to ${counters.opened} viewers, ${counters.frozen} of them frozen for a while; ` +
      `${counters.faults} faults, ${counters.leaderMoves} leader moves, ${counters.etcdRestarts} etcd restarts; CPU ${round(cpu, 3)} s/s`,
  );
  const pass = checks.every(([ok]) => ok);
  const { refused, ...counted } = counters;
  sayJson({
    bench: 'soak',
    pass,
    minutes,
    viewers,
    firstThirdMib: round(memory.first / MIB, 1),
    lastThirdMib: round(memory.last / MIB, 1),
    cpuPerSecond: round(cpu, 3),
    ...counted,
    endedByServer: refused.length,
    openAtEnd,
    openAtServer,
    stopMs: stopped.tookMs,
    exitCode: stopped.exitCode,
    failed: checks.flatMap(([ok, text]) => (ok ? [] : [text])),
    ...machine(),
  });
  return pass ? 0 : 1;
}

async function main(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, ['minutes', 'viewers']);
  return withCleanup((cleanup) => soak(cleanup, args));
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }),
);
