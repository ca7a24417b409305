// Pages are built for one path: a build of its own for what is seen below one. `npm test` makes it with the other; a spec that is run
// alone gets it from Howdah's own start.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const BASE = '/db/howdah';
export const BUILD_BELOW_PATH = { HOWDAH_DIST: '.next-path', HOWDAH_BASE_PATH: BASE } as const;

/** A build into another folder adds it to two files of the checkout; they are put back. */
export async function keepingConfig<T>(work: () => Promise<T>): Promise<T> {
  const files = ['tsconfig.json', 'next-env.d.ts'].map((name) => path.join(ROOT, name));
  const before = files.map((file) => readFileSync(file, 'utf8'));
  try {
    return await work();
  } finally {
    for (const [index, file] of files.entries())
      if (readFileSync(file, 'utf8') !== before[index]) writeFileSync(file, before[index] ?? '');
  }
}
