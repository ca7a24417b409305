// The labs of the spec files: each of Playwright's workers lends one from file to file, healed in between. setup.ts ends them all.
import { test } from '@playwright/test';
import type { Generation } from '../lab/environments';
import type { Lab } from '../lab/lab';
import { lendLab } from '../lab/lend';

/** What the names of all these labs begin with. */
export const BROWSER_LABS = 'pw-';

/** For beforeAll, which may take its time from here on. */
export function labOf(generation: Generation): Promise<Lab> {
  test.setTimeout(600_000);
  const name = `${BROWSER_LABS}${process.env.TEST_PARALLEL_INDEX ?? '0'}`;
  return lendLab({ name, generation, say: (text) => process.stderr.write(`${name}: ${text}\n`) });
}
