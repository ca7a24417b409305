// The server's TypeScript as plain JavaScript, beside Next's build: read at the start without a loader, which would cost time, and memory
// in each thread. Packages stay where they are. `npm run build` makes it; a start makes it where there is none of these sources.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** Threads by the names that threads.ts knows; the handlers of routes by the one that start.ts knows. */
const ENTRIES = {
  start: 'lib/server/start.ts',
  collector: 'lib/server/collector/worker.ts',
  store: 'lib/server/store/worker.ts',
  cli: 'lib/cli/main.ts',
  handlers: 'app/handlers.ts',
};

/** A bundle of other sources may still be run from. */
const OLD_MS = 7 * 86_400_000;

/** The folder it is in. */
export async function bundle() {
  // Next empties its folder when it builds, and keeps `cache`.
  const dist = path.join(ROOT, process.env.HOWDAH_DIST || '.next');
  const cache = path.join(dist, 'cache');
  // Several may start at once, and one may be reading it still: a bundle is never changed, another has another name.
  const folder = path.join(cache, `howdah-${Math.round(Math.max(...['lib', 'app', 'package.json'].map(newest)))}`);
  // Next writes the same when it has built. A process that looks here before remembers that there is none, and reads its pages wrong.
  const scope = path.join(dist, 'package.json');
  if (!existsSync(scope)) {
    mkdirSync(dist, { recursive: true });
    writeFileSync(scope, '{"type": "commonjs"}');
  }
  if (existsSync(folder)) return folder;
  const own = `${folder}.${process.pid}`;
  await makeBundle(own);
  try {
    renameSync(own, folder);
  } catch {
    // Somebody was faster; theirs is the same.
    rmSync(own, { recursive: true, force: true });
  }
  for (const name of readdirSync(cache))
    if (name.startsWith('howdah') && Date.now() - statSync(path.join(cache, name)).mtimeMs > OLD_MS)
      rmSync(path.join(cache, name), { recursive: true, force: true });
  return folder;
}

/** `isPackaged`: for a package, which has its pages and nothing to build them from. */
export async function makeBundle(folder, isPackaged = false) {
  const { build, stop } = await import('esbuild');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    define: { 'process.env.HOWDAH_BUNDLED': '"1"', 'process.env.HOWDAH_PACKAGED': isPackaged ? '"1"' : '""' },
    logLevel: 'error',
  });
  await stop();
}

/** Newest modification below a path, epoch ms. Tests and their data are not bundled. */
function newest(target) {
  const full = path.join(ROOT, target);
  const stat = statSync(full);
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(target) ? 0 : stat.mtimeMs;
  const inside = readdirSync(full).filter((entry) => entry !== 'testdata');
  return Math.max(0, ...inside.map((entry) => newest(path.join(target, entry))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
