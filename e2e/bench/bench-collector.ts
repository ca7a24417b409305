// 300 scopes x 3 members over real sockets: does a round each 2 s hold, and what does it cost beside a loop of plain
// sockets and JSON.parse over the same URLs at the same rate. Both run in a process of their own, one after the other, in turns, so that what
// else the machine does falls on both; the fake and etcd run outside of them and are not in their figures.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FakeDcs } from '../fake/dcs';
import { startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { Arguments } from './arguments';
import { startBeats } from './bench-load';
import type { Cleanup } from './cleanup';
import {
  type BenchResult,
  formatMib,
  formatSpread,
  MIB,
  machine,
  median,
  round,
  type Spread,
  say,
  spreadOf,
} from './numbers';
import type { ChildUsage, ToChild } from './watcher-child';

const PACE_MS = 2000;
const WARM_UP_MS = 8000;
const AIM_MICROSECONDS = 280;
/** The collector spreads its rounds by 5 %; a node asked later than this was forgotten for a moment. */
const LATE_MS = PACE_MS * 1.25;
const CHILD = fileURLToPath(new URL('./watcher-child.ts', import.meta.url));
const PROFILES = '.lab/profiles';

type Who = 'collector' | 'floor';

interface Run {
  readonly who: Who;
  readonly cpuPerSecond: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly requestsPerSecond: number;
  readonly donePerSecond: number;
  readonly failed: number;
  readonly loopDelayMs: number;
  readonly period: Spread;
  readonly latePart: number;
}

export async function benchCollector(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const scopes = args.number('scopes', 300);
  const members = args.number('members', 3);
  const seconds = args.number('seconds', 30);
  const rounds = args.number('rounds', 2);
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes, members });
  cleanup.add('the fake', () => fleet.stop());
  const dcs = new FakeDcs(etcd.etcd);
  await dcs.writeAll(fleet.clusters);
  if (args.has('beats')) cleanup.add('the heartbeats', startBeats(dcs, fleet.nodes));
  const urls = fleet.nodes.map((node) => node.apiUrl);
  say(
    `collector: ${scopes} scopes x ${members} members, a round each ${PACE_MS / 1000} s, ${seconds} s each, ${rounds} turns`,
  );

  const runs: Run[] = [];
  for (let turn = 0; turn < rounds; turn++) {
    for (const who of ['collector', 'floor'] as const) {
      const profile = args.has('profile') && turn === rounds - 1;
      const run = await measure(cleanup, { who, etcd: etcd.url, urls, fleet, seconds, profile });
      runs.push(run);
      sayRun(run);
    }
  }
  const of = (who: Who, pick: (run: Run) => number): number => median(runs.filter((run) => run.who === who).map(pick));
  // Per request, because the two differ by some percent in how many they made.
  const perRequest = (run: Run): number => run.cpuPerSecond / run.requestsPerSecond;
  const cpuRatio = round(of('collector', perRequest) / of('floor', perRequest), 2);
  const microsecondsPerRequest = Math.round(of('collector', perRequest) * 1e6);
  const rssRatio = round(of('collector', (run) => run.rssBytes) / of('floor', (run) => run.rssBytes), 2);
  const collectors = runs.filter((run) => run.who === 'collector');
  const holds = collectors.every(
    (run) => run.period.median <= PACE_MS * 1.05 && run.period.p99 <= LATE_MS && run.failed === 0,
  );
  say(`\na round each ${PACE_MS / 1000} s: ${holds ? 'holds' : 'does NOT hold'}`);
  say(
    `CPU per question: ${microsecondsPerRequest} us, all included (aim at most ${AIM_MICROSECONDS}); ${cpuRatio} of the floor's; memory: ${rssRatio}`,
  );
  return {
    bench: 'collector',
    pass: holds,
    scopes,
    members,
    seconds,
    beats: args.has('beats'),
    holds,
    cpuRatio,
    microsecondsPerRequest,
    withinAim: microsecondsPerRequest <= AIM_MICROSECONDS,
    rssRatio,
    runs: runs.map((run) => ({
      ...run,
      rssBytes: undefined,
      heapBytes: undefined,
      rssMib: round(run.rssBytes / MIB, 1),
    })),
    ...machine(),
  };
}

function sayRun(run: Run): void {
  say(
    `${run.who.padEnd(9)} ${run.cpuPerSecond.toFixed(3)} CPU s/s, ${formatMib(run.rssBytes)} (heap ${formatMib(run.heapBytes)}), ` +
      `${run.requestsPerSecond.toFixed(1)} requests/s, ${run.donePerSecond.toFixed(1)} ${run.who === 'collector' ? 'snapshots' : 'answers'}/s, ` +
      `${run.failed} failed, event loop late by ${Math.round(run.loopDelayMs)} ms at most`,
  );
  say(
    `          period per node: ${formatSpread(run.period, 'ms')}, ${(100 * run.latePart).toFixed(2)} % over ${LATE_MS} ms`,
  );
}

interface Setup {
  readonly who: Who;
  readonly etcd: string;
  readonly urls: readonly string[];
  readonly fleet: FakeFleet;
  readonly seconds: number;
  readonly profile: boolean;
}

async function measure(cleanup: Cleanup, { who, etcd, urls, fleet, seconds, profile }: Setup): Promise<Run> {
  const profiles = `${PROFILES}/${who}`;
  if (profile) mkdirSync(profiles, { recursive: true });
  // A file for each thread, the one that loads modules among them: the biggest is the one to read.
  const flags = profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const child = spawn(process.execPath, [...flags, '--import', 'tsx', CHILD], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const send = (message: ToChild): void => void child.send(message);
  cleanup.add(who, () => end(child));
  send({ kind: 'start', as: who, etcd, urls });
  await sleep(WARM_UP_MS);

  for (const node of fleet.nodes) node.arrivals = [];
  fleet.resetCounts();
  const before = await askUsage(child);
  const start = performance.now();
  await sleep(seconds * 1000);
  const after = await askUsage(child);
  const took = (performance.now() - start) / 1000;
  const requests = fleet.requests;
  const periods = fleet.nodes.flatMap((node) => {
    const arrivals = node.arrivals ?? [];
    return arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? at));
  });
  for (const node of fleet.nodes) node.arrivals = null;
  await end(child);
  return {
    who,
    cpuPerSecond: round((after.cpuSeconds - before.cpuSeconds) / took, 4),
    rssBytes: after.rssBytes,
    heapBytes: after.heapBytes,
    requestsPerSecond: round(requests / took, 1),
    donePerSecond: round((after.done - before.done) / took, 1),
    failed: after.failed - before.failed,
    loopDelayMs: round(after.loopDelayMs, 1),
    period: spreadOf(periods),
    latePart: periods.filter((period) => period > LATE_MS).length / Math.max(1, periods.length),
  };
}

function askUsage(child: ChildProcess): Promise<ChildUsage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the watching process does not answer')), 10_000);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message as ChildUsage);
    });
    child.send({ kind: 'usage' } satisfies ToChild);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  if (child.connected) child.send({ kind: 'stop' } satisfies ToChild);
  const killer = setTimeout(() => child.kill('SIGKILL'), 8000);
  await gone;
  clearTimeout(killer);
}
