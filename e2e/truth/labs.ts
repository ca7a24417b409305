// The labs of the test files. Each worker lends one, from file to file, healed in between, and makes it anew where a file asks for
// another generation; its addresses, ports and folders come from the worker's number. setup.ts ends them all.
import type { Generation } from '../lab/environments';
import { healLab } from '../lab/heal';
import type { Lab } from '../lab/lab';
import { lendLab } from '../lab/lend';

/** What the names of all these labs begin with. */
export const TRUTH_LABS = 'truth-';
/** Files at a time. */
export const WORKERS = 3;

/** The labs stay, and are found again by the next run: for work on these tests. */
export const KEPT = process.env.HOWDAH_KEEP_LAB === '1';

export function labOf(generation: Generation = 'distro'): Promise<Lab> {
  const name = `${TRUTH_LABS}${process.env.VITEST_POOL_ID ?? '1'}`;
  return lendLab({ name, generation, say: (text) => void process.stderr.write(`${name}: ${text}\n`) });
}

/** Healthy, whatever the test or the try before left: what makes a second try sound. Costs nothing where nothing is wrong. */
export async function healed(lab: Lab): Promise<void> {
  if (lab.faults.length > 0 || (await lab.problems()).length > 0) await healLab(lab);
}
