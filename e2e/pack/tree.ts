// The one form of every package: a folder with `howdah.mjs` and, in `app`, the pages, the server and those files of other packages that
// are read at run time, as found by tracing. Nothing is installed at the user's and nothing is built there (decision 027).
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildIsStale } from '../../lib/server/build-state';
import { makeBundle } from '../../lib/server/bundle.mjs';
import { foreignFiles } from './files-list';
import { writeLicences } from './licences';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const DIST = path.join(ROOT, 'dist');

/** By Node's names. The embedded store and the password hashes are native code, so a package is for named platforms. */
export const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** The binaries of @node-rs/argon2. Those of @photostructure/sqlite are all in its package. */
const ARGON2: Readonly<Record<Platform, readonly string[]>> = {
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'darwin-x64': ['darwin-x64'],
  'darwin-arm64': ['darwin-arm64'],
};

/**
 * Followed no further: what Next reads while developing and building, and for pages of kinds that we have none of. The same as its own
 * standalone output leaves out, and more; `verify` asks every kind of page and route without them.
 */
const NOT_RUN = [
  'next/dist/compiled/next-server/**/*.dev.js',
  'next/dist/compiled/{webpack,babel,babel-packages,@babel,@next,next-devtools,jest-worker,edge-runtime,terser}/**',
  'next/{font,dist/{docs,pages,bundle-analyzer,next-devtools,esm}}/**',
  'next/dist/server/{image-optimizer,post-process}{.js,/**}',
  'next/dist/server/capsize-font-metrics.json',
  'next/dist/server/web/sandbox/**',
  'react{,-dom}/**/*.development.js',
  '{@img,sharp,detect-libc,semver,caniuse-lite,baseline-browser-mapping,typescript,esbuild,tsx,@next/swc-*}/**',
  '{,next/node_modules/}{postcss,nanoid,picocolors,source-map-js}/**',
].map((pattern) => `node_modules/${pattern}`);

/** Tracing takes whole folders where it cannot tell; of these nothing is read when Howdah runs. */
const NOT_READ = /\/(tests?|benchmarks?|examples?)\/|\.(md|map|css|ts|mts|cts|zip|yml|txt|sh)$/i;

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
}

export const MANIFEST: Manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

type Tell = (text: string) => void;

/** Fills `folder`, which it empties first. */
export async function makeTree(folder: string, platforms: readonly Platform[], tell: Tell): Promise<void> {
  buildPages(tell);
  rmSync(folder, { recursive: true, force: true });
  const app = path.join(folder, 'app');
  mkdirSync(app, { recursive: true });
  await makeBundle(path.join(app, 'server'), true);
  for (const file of new Set([...readByPages(), ...(await readByServer(app))]))
    if (file.startsWith('node_modules/') && !NOT_READ.test(file)) cpSync(path.join(ROOT, file), path.join(app, file));
  copyPages(app);
  copyNative(app, platforms, tell);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'howdah.example.yaml'])
    if (existsSync(path.join(ROOT, file))) cpSync(path.join(ROOT, file), path.join(folder, file));
  cpSync(path.join(import.meta.dirname, 'files/howdah.mjs'), path.join(folder, 'howdah.mjs'));
  cpSync(path.join(ROOT, 'lib/server/node.mjs'), path.join(app, 'server/node.mjs'));
  cpSync(path.join(ROOT, 'public'), path.join(app, 'public'), { recursive: true });
  writeJson(path.join(app, 'package.json'), { type: 'module' });
  writeJson(path.join(folder, 'package.json'), packageJson(platforms));
  writeLicences(folder);
  check(folder);
}

/** What npm reads. No dependencies: they are inside. */
function packageJson(platforms: readonly Platform[]): object {
  const { version, description, license, engines } = MANIFEST;
  const parts = platforms.map((platform) => platform.split('-'));
  return {
    name: 'howdah',
    version,
    description,
    license,
    type: 'module',
    bin: { howdah: 'howdah.mjs' },
    engines,
    os: [...new Set(parts.map(([os]) => os))],
    cpu: [...new Set(parts.map(([, cpu]) => cpu))],
    files: ['howdah.mjs', 'app', 'howdah.example.yaml', 'THIRD-PARTY-LICENCES.txt', 'sbom.cdx.json'],
  };
}

function buildPages(tell: Tell): void {
  if (!buildIsStale(ROOT)) return;
  tell('building the pages ...');
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HOWDAH_DIST: '', HOWDAH_BASE_PATH: '', NEXT_TELEMETRY_DISABLED: '1' },
  });
}

/** What pages and routes read, by Next's lists of the build. */
function readByPages(): string[] {
  const lists = filesIn(path.join(ROOT, '.next/server')).filter((file) => file.endsWith('.nft.json'));
  return lists.flatMap((list) => {
    const { files }: { files: string[] } = JSON.parse(readFileSync(path.join(ROOT, '.next/server', list), 'utf8'));
    return files.map((file) => path.relative(ROOT, path.resolve(ROOT, '.next/server', path.dirname(list), file)));
  });
}

/** What the bundle of the server reads of other packages, Next among them. */
async function readByServer(app: string): Promise<string[]> {
  interface Tracer {
    nodeFileTrace(files: string[], options: object): Promise<{ fileList: Set<string> }>;
  }
  const tracer: Tracer = createRequire(import.meta.url)('next/dist/compiled/@vercel/nft');
  const entries = readdirSync(path.join(app, 'server')).map((file) => path.join(app, 'server', file));
  const { fileList } = await tracer.nodeFileTrace(entries, {
    base: ROOT,
    processCwd: ROOT,
    ignore: NOT_RUN,
    // As Node 20.19 and newer resolve: some packages have files of their own for it.
    conditions: ['node', 'module-sync'],
  });
  return [...fileList];
}

function copyPages(app: string): void {
  const from = path.join(ROOT, '.next');
  // It names the folder it was built in.
  const record: { files: string[]; config: object } = JSON.parse(
    readFileSync(path.join(from, 'required-server-files.json'), 'utf8').replaceAll(ROOT, '.'),
  );
  const inside = (folder: string): string[] => filesIn(path.join(from, folder)).map((file) => `${folder}/${file}`);
  const listed = record.files.map((file) => path.relative('.next', file));
  const pages = inside('server').filter((file) => !/\.(map|nft\.json)$/.test(file));
  for (const file of new Set([...listed, ...pages, ...inside('static')]))
    cpSync(path.join(from, file), path.join(app, '.next', file));
  writeJson(path.join(app, '.next/required-server-files.json'), record);
  // Next makes a link to each package under a name of its own; npm leaves links out when it unpacks.
  const links = path.join(from, 'node_modules');
  for (const name of existsSync(links) ? readdirSync(links) : []) {
    const target = path.relative(
      path.join(ROOT, 'node_modules'),
      path.resolve(links, readlinkSync(path.join(links, name))),
    );
    const folder = path.join(app, '.next/node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeJson(path.join(folder, 'package.json'), { name, main: 'index.js' });
    writeFileSync(path.join(folder, 'index.js'), `module.exports = require(${JSON.stringify(target)});\n`);
  }
}

function copyNative(app: string, platforms: readonly Platform[], tell: Tell): void {
  const sqlite = 'node_modules/@photostructure/sqlite/prebuilds';
  rmSync(path.join(app, sqlite), { recursive: true, force: true });
  for (const platform of platforms)
    cpSync(path.join(ROOT, sqlite, platform), path.join(app, sqlite, platform), { recursive: true });
  const scope = path.join(app, 'node_modules/@node-rs');
  for (const name of readdirSync(scope))
    if (name !== 'argon2') rmSync(path.join(scope, name), { recursive: true, force: true });
  const { optionalDependencies }: { optionalDependencies: Record<string, string> } = JSON.parse(
    readFileSync(path.join(ROOT, 'node_modules/@node-rs/argon2/package.json'), 'utf8'),
  );
  const names = platforms.flatMap((platform) => ARGON2[platform]).map((binary) => `@node-rs/argon2-${binary}`);
  const wanted = names.map((name) => ({ name, version: optionalDependencies[name] ?? '' }));
  for (const { name, folder } of fetchPackages(wanted, tell))
    cpSync(folder, path.join(app, 'node_modules', name), { recursive: true, filter: (file) => !/\.md$/i.test(file) });
}

interface Wanted {
  readonly name: string;
  readonly version: string;
}

/** Packages as the registry has them, for whatever platform they are: where they lie. Kept for the next time. */
export function fetchPackages(wanted: readonly Wanted[], tell: Tell): (Wanted & { readonly folder: string })[] {
  const cache = path.join(DIST, 'cache');
  const all = wanted.map(({ name, version }) => {
    if (version === '') throw new Error(`${name} is named by no package that needs it`);
    return { name, version, folder: path.join(cache, `${name.replace(/[@/]/g, '_')}-${version}`) };
  });
  const missing = all.filter(({ folder }) => !existsSync(path.join(folder, 'package.json')));
  if (missing.length === 0) return all;
  tell(`fetching ${missing.map(({ name, version }) => `${name} ${version}`).join(', ')}`);
  mkdirSync(cache, { recursive: true });
  const specs = missing.map(({ name, version }) => `${name}@${version}`);
  execFileSync('npm', ['pack', ...specs, '--silent', '--pack-destination', cache], { stdio: 'pipe' });
  for (const { name, version, folder } of missing) {
    const file = path.join(cache, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', file, '-C', folder, '--strip-components=1', '--no-same-owner']);
    rmSync(file);
  }
  return all;
}

/** Files and links below a folder, relative to it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function check(folder: string): void {
  const files = filesIn(folder);
  const foreign = foreignFiles(files);
  if (foreign.length > 0) throw new Error(`not to be shipped: ${foreign.slice(0, 20).join(', ')}`);
  for (const file of files) {
    const full = path.join(folder, file);
    if (!lstatSync(full).isFile()) throw new Error(`${file} is a link; npm leaves links out`);
    if (readFileSync(full).includes(ROOT)) throw new Error(`${file} names the folder it was built in`);
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
