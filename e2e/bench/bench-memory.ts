// What Howdah weighs when it works: memory of all its processes with 1, 100 and 1,000 fake clusters of three, and 0, 100 and 1,000 open
// pages each. One Howdah for each number of clusters, its viewers added to those that are there; the fakes, etcd and the viewers are other
// processes and not in the figures.

import { setTimeout as sleep } from 'node:timers/promises';
import { FakeDcs } from '../fake/dcs';
import { startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { Arguments } from './arguments';
import { Cleanup } from './cleanup';
import { type Howdah, startHowdah, waitForScopes } from './howdah';
import { type BenchResult, MIB, machine, median, round, say } from './numbers';
import { memoryOf } from './process-usage';
import { StreamViewer } from './viewer';

const CLUSTERS = [1, 100, 1000] as const;
const VIEWERS = [0, 100, 1000] as const;
const MEMBERS = 3;
const SEEN_MS = 300_000;
/** A machine that is too busy does not get them all: then it is said how many there were. */
const OPEN_MS = 60_000;
const SAMPLES = 10;

interface Cell {
  readonly clusters: number;
  readonly viewers: number;
  /** Streams that were open and had frames when it was weighed. */
  readonly open: number;
  readonly processes: number;
  readonly rssMib: number;
  readonly pssMib: number;
  readonly load1: number;
}

export async function benchMemory(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const seconds = args.number('seconds', 20);
  const cells: Cell[] = [];
  for (const clusters of args.has('scopes') ? [args.number('scopes', 1)] : CLUSTERS) {
    const own = new Cleanup();
    cleanup.add(`${clusters} clusters`, () => own.run());
    cells.push(...(await weighed(own, clusters, seconds)));
    await own.run();
  }
  say('\nRSS (PSS) in MiB');
  say(`| clusters | ${VIEWERS.map((count) => `${count} viewers`).join(' | ')} |`);
  say(`|---|${VIEWERS.map(() => '---').join('|')}|`);
  for (const clusters of new Set(cells.map((cell) => cell.clusters))) {
    const row = cells.filter((cell) => cell.clusters === clusters);
    const words = row.map(({ rssMib, pssMib, open, viewers }) => {
      return `${rssMib} (${pssMib})${open === viewers ? '' : `, of them ${open} open`}`;
    });
    say(`| ${clusters} | ${words.join(' | ')} |`);
  }
  const pass = cells.every(({ open, viewers }) => open === viewers);
  return { bench: 'memory', pass, members: MEMBERS, seconds, cells, ...machine() };
}

async function weighed(cleanup: Cleanup, clusters: number, seconds: number): Promise<readonly Cell[]> {
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes: clusters, members: MEMBERS });
  cleanup.add('the fake', () => fleet.stop());
  await new FakeDcs(etcd.etcd).writeAll(fleet.clusters);
  const howdah = await startHowdah(cleanup, ['--etcd', etcd.url]);
  await waitForScopes(howdah, clusters, SEEN_MS);
  const viewers: StreamViewer[] = [];
  cleanup.add('the viewers', () => {
    for (const viewer of viewers) viewer.close();
  });
  const scopes = fleet.clusters.map(({ scope }) => scope);
  const cells: Cell[] = [];
  for (const count of VIEWERS) {
    while (viewers.length < count)
      viewers.push(new StreamViewer(howdah.url, [scopes[viewers.length % scopes.length] ?? '']));
    const isOpen = ({ ended, frames }: StreamViewer): boolean => ended === null && frames > 0;
    for (const end = Date.now() + OPEN_MS; !viewers.every(isOpen) && Date.now() < end; ) await sleep(500);
    await sleep(seconds * 1000);
    const cell = { clusters, viewers: count, open: viewers.filter(isOpen).length, ...(await weigh(howdah)) };
    cells.push(cell);
    const { open, processes, rssMib, pssMib, load1 } = cell;
    say(`${clusters} clusters, ${open} viewers: ${rssMib} MiB RSS, ${pssMib} MiB PSS in ${processes}, load ${load1}`);
    const ended = new Set(viewers.flatMap((viewer) => viewer.ended ?? []));
    if (ended.size > 0) say(`streams ended: ${[...ended].slice(0, 3).join('; ')}`);
  }
  return cells;
}

/** Medians of some seconds: a collection of garbage may be due or just over. */
async function weigh(howdah: Howdah): Promise<Omit<Cell, 'clusters' | 'viewers' | 'open'>> {
  const all: ReturnType<typeof memoryOf>[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    all.push(memoryOf(howdah.pid));
    await sleep(1000);
  }
  return {
    processes: all.at(-1)?.pids.length ?? 0,
    rssMib: round(median(all.map(({ rssBytes }) => rssBytes)) / MIB),
    pssMib: round(median(all.map(({ pssBytes }) => pssBytes)) / MIB),
    load1: Number(machine().load1),
  };
}
