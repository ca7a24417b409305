// Which run of tests a lab belongs to: two runs in one checkout leave each other's labs alone, and what a dead run left is nobody's.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CHECKOUT } from './layout';
import { startOf } from './processes';

const fileOf = (name: string): string => path.join(CHECKOUT, '.lab', 'owners', name);

/** A process is known by its number and its start; numbers come again. */
export function identityOf(pid: number): string | null {
  const start = startOf(pid);
  return start === null ? null : `${pid} ${start}`;
}

/** What this process and those it starts bring up from now on is theirs. */
export function beginRun(): void {
  process.env.HOWDAH_LAB_RUN = identityOf(process.pid) ?? '';
}

/** Outside of a run a lab belongs to nobody. */
export function claimLab(name: string): void {
  const run = process.env.HOWDAH_LAB_RUN ?? '';
  if (run === '') return;
  mkdirSync(path.dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), run);
}

export function disclaimLab(name: string): void {
  rmSync(fileOf(name), { force: true });
}

/** Of another run that is still alive. */
export function isOfAnotherRun(name: string): boolean {
  try {
    const owner = readFileSync(fileOf(name), 'utf8');
    return owner !== process.env.HOWDAH_LAB_RUN && identityOf(Number.parseInt(owner, 10)) === owner;
  } catch {
    return false;
  }
}
