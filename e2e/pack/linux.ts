// deb and rpm, from one description for nfpm. They lay down the bundle (its own Node: Debian 12 has an older one than Howdah needs), a user,
// a hardened service, settings that an upgrade leaves alone, and keep the data when they go.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { stringify } from 'yaml';
import { sourceDate } from './archive';
import { bundleName } from './bundle';
import { DIST, MANIFEST, type Platform, ROOT } from './tree';

const NFPM = 'v2.43.4';
const FILES = path.join(import.meta.dirname, 'files');
/** Debian's and Go's names; rpm's are made by nfpm. */
const ARCH: Partial<Record<Platform, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };

export type Kind = 'deb' | 'rpm';
type Tell = (text: string) => void;

export const linuxPackage = (kind: Kind, platform: Platform): string =>
  path.join(DIST, `${bundleName(platform)}.${kind}`);

/** `bundle`: the folder of makeBundleTree. `as`: another version and file, to try an upgrade. */
export function makeLinuxPackage(
  kind: Kind,
  platform: Platform,
  bundle: string,
  tell: Tell,
  as = { version: MANIFEST.version, file: linuxPackage(kind, platform) },
): void {
  const work = path.join(DIST, 'linux', `${platform}-${kind}`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(
    path.join(work, 'howdah.yaml'),
    settingsOf(readFileSync(path.join(ROOT, 'howdah.example.yaml'), 'utf8')),
  );
  writeFileSync(path.join(work, 'howdah.1.gz'), gzipSync(readFileSync(path.join(FILES, 'howdah.1')), { level: 9 }));
  cpSync(path.join(bundle, 'lib/THIRD-PARTY-LICENCES.txt'), path.join(work, 'copyright'));
  const description = path.join(work, 'nfpm.yaml');
  writeFileSync(description, stringify(descriptionOf(as.version, ARCH[platform] ?? '', bundle, work)));
  execFileSync(nfpm(tell), ['package', '--config', description, '--packager', kind, '--target', as.file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: String(sourceDate(ROOT)) },
  });
}

/** The example as it is, but with the data folder of the service, and without the one source that stands in it. */
export function settingsOf(example: string): string {
  const [head = '', rest = ''] = example.split(/^sources:$/m);
  const commented = rest.replace(/^( +[^#\s].*)$/gm, '#$1');
  return `${head.replace('# data: /var/lib/howdah', 'data: /var/lib/howdah')}sources: []\n# sources:${commented}`;
}

function descriptionOf(version: string, arch: string, bundle: string, work: string): object {
  const config = { type: 'config|noreplace', file_info: { mode: 0o640 } };
  return {
    name: 'howdah',
    arch,
    platform: 'linux',
    version,
    section: 'database',
    priority: 'optional',
    maintainer: 'The Howdah authors <howdah@localhost>',
    description: MANIFEST.description,
    license: MANIFEST.license,
    mtime: new Date(sourceDate(ROOT) * 1000).toISOString(),
    overrides: {
      deb: { depends: ['libc6 (>= 2.28)', 'libstdc++6', 'passwd'] },
      rpm: { depends: ['glibc >= 2.28', 'libstdc++', 'shadow-utils'] },
    },
    contents: [
      { src: bundle, dst: '/usr/lib/howdah', type: 'tree' },
      { src: '/usr/lib/howdah/bin/howdah', dst: '/usr/bin/howdah', type: 'symlink' },
      { src: path.join(work, 'howdah.yaml'), dst: '/etc/howdah/howdah.yaml', ...config },
      { src: path.join(FILES, 'environment'), dst: '/etc/howdah/environment', ...config },
      { src: path.join(FILES, 'howdah.service'), dst: '/usr/lib/systemd/system/howdah.service' },
      { src: path.join(FILES, 'completion.bash'), dst: '/usr/share/bash-completion/completions/howdah' },
      { src: path.join(work, 'howdah.1.gz'), dst: '/usr/share/man/man1/howdah.1.gz' },
      { src: path.join(work, 'copyright'), dst: '/usr/share/doc/howdah/copyright' },
    ],
    scripts: {
      postinstall: path.join(FILES, 'postinstall.sh'),
      preremove: path.join(FILES, 'preremove.sh'),
      postremove: path.join(FILES, 'postremove.sh'),
    },
  };
}

/** Built once from its sources, which the Go module proxy has. */
function nfpm(tell: Tell): string {
  const tools = path.join(DIST, 'cache/tools');
  const program = path.join(tools, 'nfpm');
  if (existsSync(program)) return program;
  tell(`building nfpm ${NFPM} ...`);
  execFileSync('go', ['install', `github.com/goreleaser/nfpm/v2/cmd/nfpm@${NFPM}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, GOBIN: tools },
  });
  return program;
}
