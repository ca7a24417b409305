// Is the production build there, and no older than what it was built from? Asked by `npm start` and by the demo.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const SOURCES = ['app', 'components', 'lib', 'public', 'next.config.js', 'postcss.config.mjs', 'package-lock.json'];

/** True also when there is no build at all, or one for another path. `root` is the checkout; `basePath` as in next.config.js. */
export function buildIsStale(root: string, basePath = ''): boolean {
  const dist = path.join(root, process.env.HOWDAH_DIST || '.next');
  const built = newest(path.join(dist, 'BUILD_ID'));
  return builtFor(dist) !== basePath || SOURCES.some((source) => newest(path.join(root, source)) > built);
}

/** The path the pages were built for; null: not known. */
function builtFor(dist: string): string | null {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path.join(dist, 'routes-manifest.json'), 'utf8'));
    const known =
      typeof manifest === 'object' && manifest !== null && 'basePath' in manifest ? manifest.basePath : null;
    return typeof known === 'string' ? known : null;
  } catch {
    return null;
  }
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
