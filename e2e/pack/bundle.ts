// The tree of one platform with a Node of its own: what the archive for machines without network is, and what deb and rpm lay down.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Part, textsIn, writeLicences } from './licences';
import { DIST, fetchPackages, filesIn, MANIFEST, makeTree, type Platform } from './tree';

/** As the npm registry has it: the binary of nodejs.org in a package for each platform. */
const NODE_VERSION = '24.22.3';

export const BUNDLED: readonly Platform[] = ['linux-x64', 'linux-arm64'];

type Tell = (text: string) => void;

export const bundleName = (platform: Platform): string => `howdah-${MANIFEST.version}-${platform}`;

/** The folder it made: `bin/howdah`, `bin/node`, and the tree in `lib`. */
export async function makeBundleTree(platform: Platform, tell: Tell): Promise<string> {
  const folder = path.join(DIST, 'bundle', bundleName(platform));
  rmSync(folder, { recursive: true, force: true });
  const lib = path.join(folder, 'lib');
  await makeTree(lib, [platform], tell);
  const node = fetchNode(platform, tell);
  mkdirSync(path.join(folder, 'bin'));
  cpSync(path.join(node.folder, 'bin/node'), path.join(folder, 'bin/node'));
  cpSync(path.join(import.meta.dirname, 'files/launch.sh'), path.join(folder, 'bin/howdah'));
  for (const file of ['node', 'howdah']) chmodSync(path.join(folder, 'bin', file), 0o755);
  writeLicences(lib, [node.part]);
  for (const file of ['README.md', 'LICENSE', 'THIRD-PARTY-LICENCES.txt', 'sbom.cdx.json', 'howdah.example.yaml'])
    if (existsSync(path.join(lib, file))) cpSync(path.join(lib, file), path.join(folder, file));
  for (const file of filesIn(folder).filter((name) => name === 'bin/node' || name.endsWith('.node'))) {
    const machine = machineOf(path.join(folder, file));
    if (machine !== platform)
      throw new Error(`${file} is for ${machine ?? 'no machine that is known'}, not ${platform}`);
  }
  return folder;
}

/** Node itself, as one of the parts. */
export function fetchNode(platform: Platform, tell: Tell): { readonly folder: string; readonly part: Part } {
  const name = `node-${platform}`;
  const [node] = fetchPackages([{ name, version: NODE_VERSION }], tell);
  if (node === undefined) throw new Error(`no ${name}`);
  const purl = `pkg:npm/${name}@${NODE_VERSION}`;
  const part = { name: 'node', version: NODE_VERSION, licence: 'MIT', purl, texts: textsIn(node.folder) };
  return { folder: node.folder, part };
}

/** What kind of machine a binary is for, by its ELF header; null: none that we know. */
export function machineOf(file: string): Platform | null {
  const head = readFileSync(file).subarray(0, 20);
  if (head.toString('latin1', 1, 4) !== 'ELF') return null;
  const machine = head.readUInt16LE(18);
  return machine === 0x3e ? 'linux-x64' : machine === 0xb7 ? 'linux-arm64' : null;
}
