// Requests per second at the Patroni nodes with 1, 10 and 100 open streams, counted at the nodes. One collector serves all
// viewers, so the number of viewers must not be seen by a node.

import { setTimeout as sleep } from 'node:timers/promises';
import { FakeDcs } from '../fake/dcs';
import { startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { FakeNode } from '../fake/patroni';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { startHowdah, waitForScopes } from './howdah';
import { type BenchResult, machine, round, say } from './numbers';
import { StreamViewer } from './viewer';

const STREAMS = [1, 10, 100] as const;
const SCOPES = 5;
const MEMBERS = 3;
const SETTLE_MS = 4000;
/** A timer's jitter of 5 % over some dozen rounds; a second poller would show as 100 %. */
const TOLERANCE = 0.05;
const LOOP_WAIT_MS = 10_000;

interface Row {
  readonly streams: number;
  readonly frames: number;
  readonly watchedPerSecond: number;
  readonly otherPerSecond: number;
  readonly allPerSecond: number;
}

export async function benchLoad(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const seconds = Math.max(10, args.number('seconds', 30));
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes: SCOPES, members: MEMBERS });
  cleanup.add('the fake', () => fleet.stop());
  const dcs = new FakeDcs(etcd.etcd);
  await dcs.writeAll(fleet.clusters);
  const howdah = await startHowdah(cleanup, ['--etcd', etcd.url]);
  await waitForScopes(howdah, SCOPES);

  say(`load: ${SCOPES} scopes x ${MEMBERS} members, all streams look at one scope, ${seconds} s each`);
  const quiet: Row[] = [];
  for (const streams of STREAMS) quiet.push(await measure(howdah.url, fleet, streams, seconds));
  // As on a busy cluster, where each Patroni rewrites its member key once per loop_wait.
  const stopBeats = startBeats(dcs, fleet.nodes);
  cleanup.add('the heartbeats', stopBeats);
  const busy: Row[] = [];
  for (const streams of [1, 100]) busy.push(await measure(howdah.url, fleet, streams, seconds));
  await stopBeats();

  const report = (title: string, rows: readonly Row[]): number => {
    say(`\n${title}`);
    const first = rows[0];
    let worst = 0;
    for (const row of rows) {
      const ratio = first === undefined ? Number.NaN : row.allPerSecond / first.allPerSecond;
      const watched = first === undefined ? Number.NaN : row.watchedPerSecond / first.watchedPerSecond;
      worst = Math.max(worst, Math.abs(ratio - 1), Math.abs(watched - 1));
      say(
        `${String(row.streams).padStart(4)} streams: ${row.allPerSecond.toFixed(2)} requests/s in all (ratio ${ratio.toFixed(3)}), ` +
          `${row.watchedPerSecond.toFixed(2)} per watched node (ratio ${watched.toFixed(3)}), ` +
          `${row.otherPerSecond.toFixed(2)} per other node; ${row.frames} frames`,
      );
    }
    return worst;
  };
  const worstQuiet = report('idle DCS', quiet);
  const worstBusy = report(`members rewrite their keys each ${LOOP_WAIT_MS / 1000} s`, busy);
  const pass = worstQuiet <= TOLERANCE && worstBusy <= TOLERANCE;
  say(
    `\nlargest difference ${(100 * Math.max(worstQuiet, worstBusy)).toFixed(1)} % (limit ${100 * TOLERANCE} %): ${pass ? 'the same' : 'NOT the same'}`,
  );
  return {
    bench: 'load',
    pass,
    seconds,
    idle: quiet,
    busy,
    worst: round(Math.max(worstQuiet, worstBusy), 4),
    ...machine(),
  };
}

async function measure(url: string, fleet: FakeFleet, streams: number, seconds: number): Promise<Row> {
  const watched = fleet.clusters[0];
  if (watched === undefined) throw new Error('the fleet is empty');
  const viewers = Array.from({ length: streams }, () => new StreamViewer(url, [watched.scope]));
  try {
    await sleep(SETTLE_MS);
    const bad = viewers.find((viewer) => viewer.ended !== null || viewer.frames === 0);
    if (bad !== undefined) throw new Error(`a stream did not open: ${bad.ended ?? 'no frame'}`);
    const framesBefore = viewers.reduce((sum, viewer) => sum + viewer.frames, 0);
    for (const node of fleet.nodes) node.arrivals = [];
    fleet.resetCounts();
    await sleep(seconds * 1000);
    const mine = mean(watched.nodes.map(rateOf));
    const others = fleet.nodes.filter((node) => node.cluster !== watched);
    return {
      streams,
      frames: viewers.reduce((sum, viewer) => sum + viewer.frames, 0) - framesBefore,
      watchedPerSecond: round(mine, 3),
      otherPerSecond: round(mean(others.map(rateOf)), 3),
      allPerSecond: round(
        fleet.nodes.reduce((sum, node) => sum + rateOf(node), 0),
        3,
      ),
    };
  } finally {
    for (const viewer of viewers) viewer.close();
  }
}

/** Between the first and the last request, so that one more or less at the edges of the window is not a difference. */
function rateOf(node: FakeNode): number {
  const arrivals = node.arrivals ?? [];
  const first = arrivals[0];
  const last = arrivals[arrivals.length - 1];
  if (first === undefined || last === undefined || last === first) return 0;
  return ((arrivals.length - 1) * 1000) / (last - first);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Each node at its own moment of the loop. */
export function startBeats(dcs: FakeDcs, nodes: readonly FakeNode[]): () => Promise<void> {
  let stopped = false;
  const loops = nodes.map(async (node, index) => {
    let next = Date.now() + (LOOP_WAIT_MS * index) / nodes.length;
    while (!stopped) {
      const wait = next - Date.now();
      if (wait > 0) await sleep(Math.min(wait, 250));
      else {
        next += LOOP_WAIT_MS;
        await dcs.beat(node).catch(() => undefined);
      }
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(loops);
  };
}
