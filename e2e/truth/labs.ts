// The lab of a test file, named after the file: two files run at a time, and addresses, folders and passwords all come from the
// name. A file has one lab, brings it up in beforeAll and ends it in afterAll.
import path from 'node:path';
import { type BringUpOptions, bringUp } from '../lab/bring-up';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';

/** What the names of all these labs begin with. */
export const TRUTH_LABS = 'truth-';

/** The labs stay, and are found again by the next run: for work on these tests. */
export const KEPT = process.env.HOWDAH_KEEP_LAB === '1';

/** `file` is import.meta.filename. */
export async function labOf(file: string, options: Omit<BringUpOptions, 'name' | 'say'> = {}): Promise<Lab> {
  const name = `${TRUTH_LABS}${path.basename(file, '.lab.ts')}`;
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
  return bringUp({ ...options, name, say });
}

export async function endLabOf(lab: Lab | undefined): Promise<void> {
  if (!KEPT) await lab?.down({ purge: true });
}

/** Healthy, whatever the test or the try before left: what makes a second try sound. Costs nothing where nothing is wrong. */
export async function healed(lab: Lab): Promise<void> {
  if (lab.faults.length > 0 || (await lab.problems()).length > 0) await healLab(lab);
}
