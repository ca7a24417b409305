// `npm run pack`: what Howdah is handed out as, into dist/. Without an argument the npm package.
//   npm run pack -- [npm | bundle | deb | rpm | container | all]    makes it
//   npm run pack -- verify [npm | bundle | deb | container]          makes it, and tries it out from an empty place
import path from 'node:path';
import { archive, sourceDate, writeSums } from './archive';
import { BUNDLED, bundleName, makeBundleTree } from './bundle';
import { imageArchive, makeImage } from './container';
import { type Kind, linuxPackage, makeLinuxPackage } from './linux';
import { DIST, MANIFEST, makeTree, PLATFORMS, type Platform, ROOT } from './tree';
import { verifyBundle, verifyDeb, verifyImage, verifyNpm } from './verify';

const started = Date.now();
const tell = (text: string): void => {
  process.stderr.write(`[pack ${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s] ${text}\n`);
};

const npmPackage = path.join(DIST, `howdah-${MANIFEST.version}.tgz`);
const bundleArchive = (platform: Platform): string => path.join(DIST, `${bundleName(platform)}.tar.gz`);
const here = `${process.platform}-${process.arch}`;

async function makeNpm(): Promise<void> {
  const folder = path.join(DIST, 'npm/package');
  await makeTree(folder, PLATFORMS, tell);
  archive(npmPackage, folder, sourceDate(ROOT));
  tell(`made ${path.relative(ROOT, npmPackage)}`);
}

async function makeBundles(
  platforms: readonly Platform[],
  kinds: readonly (Kind | 'archive' | 'container')[],
): Promise<void> {
  for (const platform of platforms) {
    const folder = await makeBundleTree(platform, tell);
    for (const kind of kinds) {
      if (kind === 'archive') archive(bundleArchive(platform), folder, sourceDate(ROOT));
      else if (kind === 'container') makeImage(platform, folder, tell);
      else makeLinuxPackage(kind, platform, folder, tell);
      tell(`made the ${kind} for ${platform}`);
    }
  }
}

const MAKE: Readonly<Record<string, () => Promise<void>>> = {
  npm: makeNpm,
  bundle: () => makeBundles(BUNDLED, ['archive']),
  deb: () => makeBundles(BUNDLED, ['deb']),
  rpm: () => makeBundles(BUNDLED, ['rpm']),
  container: () => makeBundles(BUNDLED, ['container']),
  all: async () => {
    await makeNpm();
    await makeBundles(BUNDLED, ['archive', 'deb', 'rpm', 'container']);
  },
};

/** Of this machine's kind: only they can be started here. */
const own = BUNDLED.filter((platform) => platform === here);
const VERIFY: Readonly<Record<string, () => Promise<void>>> = {
  npm: async () => {
    await makeNpm();
    await verifyNpm(npmPackage, tell);
  },
  bundle: async () => {
    await makeBundles(own, ['archive']);
    for (const platform of own) await verifyBundle(bundleArchive(platform), bundleName(platform), tell);
  },
  deb: async () => {
    for (const platform of own) {
      const folder = await makeBundleTree(platform, tell);
      const next = { version: `${MANIFEST.version}+next`, file: path.join(DIST, 'linux/next.deb') };
      makeLinuxPackage('deb', platform, folder, tell);
      makeLinuxPackage('deb', platform, folder, tell, next);
      await verifyDeb(linuxPackage('deb', platform), next.file, tell);
    }
  },
  container: async () => {
    await makeBundles(own, ['container']);
    for (const platform of own) await verifyImage(imageArchive(platform), tell);
  },
};

async function main([first, ...rest]: readonly string[]): Promise<number> {
  const isVerify = first === 'verify';
  const work = isVerify ? VERIFY : MAKE;
  const named = isVerify ? rest : first === undefined ? ['npm'] : [first, ...rest];
  const wanted = named.length > 0 ? named : Object.keys(VERIFY);
  const unknown = wanted.filter((name) => !Object.hasOwn(work, name));
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown: ${unknown.join(', ')}\nnpm run pack -- [${Object.keys(MAKE).join(' | ')}]...\nnpm run pack -- verify [${Object.keys(VERIFY).join(' | ')}]...\n`,
    );
    return 2;
  }
  for (const name of wanted) await work[name]?.();
  writeSums(DIST);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
