// The end of a lab, from its layout alone: in order, so that Patroni stops its own PostgreSQL and etcd goes last.

import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { waitUntil } from './deadline';
import { type Say, step } from './environments';
import { readState } from './host';
import { CHECKOUT, type Layout, planLayout } from './layout';
import { disclaimLab, isOfAnotherRun } from './owner';
import { endProcesses, findListeners, type LabProcess } from './processes';

/** Ends every process of a lab and proves that nothing listens, also where its state is lost. */
export async function endLab(layout: Layout, say: Say, purge: boolean): Promise<void> {
  const { dataDir } = layout;
  await step(say, `stopping lab ${layout.name}`, async () => {
    const is =
      (...words: string[]) =>
      (process: LabProcess): boolean =>
        words.some((word) => process.part.startsWith(word));
    await endProcesses(dataDir, is('load', 'haproxy', 'stand-ins', 'lease-holder', 'tool'), 'SIGTERM', 2000);
    // Patroni stops its PostgreSQL; a PostgreSQL it no longer knows about is asked after it.
    await endProcesses(dataDir, is('patroni-'), 'SIGTERM', 12_000);
    await endProcesses(dataDir, is('postgres-'), 'SIGINT', 5000);
    await endProcesses(dataDir, is('etcd-', 'proxy'), 'SIGTERM', 4000);
    await endProcesses(dataDir, () => true, 'SIGKILL', 1000);
    // The threads of a process that is already a zombie may hold its sockets for a moment longer.
    await waitUntil('nothing to listen any more', 10_000, () => {
      const listeners = findListeners(layout.prefix);
      if (listeners.length > 0) throw new Error(`still listening: ${listeners.join(', ')}`);
      return true;
    });
  });
  if (purge) {
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(layout.stateDir, { recursive: true, force: true });
    try {
      rmdirSync(path.dirname(dataDir));
    } catch {
      // Another lab of this checkout lives there.
    }
  }
}

/** Ends whatever of this lab runs, also when its state is lost. */
export async function endLabByName(name: string, say: Say, purge: boolean): Promise<void> {
  const shape = readState({ stateDir: path.join(CHECKOUT, '.lab', name) })?.shape ?? 'demo';
  await endLab(planLayout(name, shape), say, purge);
  if (purge) disclaimLab(name);
}

/** Ends and removes every lab of this checkout whose name begins so, also where only its processes or its data are left; not
 * those of a run that goes on. */
export async function endLabs(start: string, say: Say): Promise<void> {
  const { stateDir, dataDir } = planLayout('any', 'demo');
  const names = [stateDir, dataDir].map(path.dirname).flatMap((dir) => (existsSync(dir) ? readdirSync(dir) : []));
  for (const name of new Set(names)) {
    if (name.startsWith(start) && !isOfAnotherRun(name)) await endLabByName(name, say, true);
  }
}
