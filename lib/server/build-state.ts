// Is the production build there, and no older than what it was built from? Asked by `npm start` and by the demo.
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.mjs',
  'package-lock.json',
];

/** True also when there is no build at all. `root` is the checkout. */
export function buildIsStale(root: string): boolean {
  const built = newest(path.join(root, process.env.HOWDAH_DIST || '.next', 'BUILD_ID'));
  return SOURCES.some((source) => newest(path.join(root, source)) > built);
}

/** Newest modification below a path, epoch ms; 0 where there is nothing. Tests and their data are not built. */
function newest(target: string): number {
  if (!existsSync(target)) return 0;
  const stat = statSync(target);
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(target) ? 0 : stat.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(target).map((entry) => (entry === 'testdata' ? 0 : newest(path.join(target, entry)))),
  );
}
