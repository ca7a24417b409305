// The container image, for Docker, Podman and Kubernetes, made of packages only: the C and C++ libraries, certificates and time zones of
// Debian, then the bundle with its own Node. No shell, no package manager, no root. One archive that is an OCI image layout and what
// `docker load` reads at once.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { debianMirror } from '../lab/environments';
import { sourceDate } from './archive';
import { bundleName, fetchNode } from './bundle';
import { type Part, writeLicences } from './licences';
import { settingsOf } from './linux';
import { DIST, filesIn, MANIFEST, type Platform, ROOT } from './tree';

const SUITE = 'bookworm';
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'ca-certificates', 'tzdata', 'netbase'];
const ARCH: Partial<Record<Platform, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' };
/** Of nobody else in the image; Kubernetes wants a number to see that it is not root. */
export const USER = 10001;
const DATA = '/var/lib/howdah';
const SETTINGS = '/etc/howdah/howdah.yaml';
const PROGRAM = ['/usr/lib/howdah/bin/node', '/usr/lib/howdah/lib/howdah.mjs'];
const SECOND = 1_000_000_000;

type Tell = (text: string) => void;

export const imageArchive = (platform: Platform): string => path.join(DIST, `${bundleName(platform)}.oci.tar`);
const imageName = `howdah:${MANIFEST.version}`;

/** `bundle`: the folder of makeBundleTree. */
export function makeImage(platform: Platform, bundle: string, tell: Tell): void {
  const arch = ARCH[platform];
  if (arch === undefined) throw new Error(`no image for ${platform}`);
  const work = path.join(DIST, 'container', platform);
  rmSync(work, { recursive: true, force: true });
  const base = path.join(work, 'base');
  const program = path.join(work, 'program');
  const parts = fillBase(base, arch, tell);
  fillProgram(program, bundle, fetchNode(platform, tell).part, parts);
  const empty = path.join(work, 'data');
  for (const folder of [DATA, '/tmp']) mkdirSync(path.join(empty, folder), { recursive: true });
  chmodSync(path.join(empty, DATA), 0o700);
  chmodSync(path.join(empty, 'tmp'), 0o1777);
  const date = sourceDate(ROOT);
  const layers = [
    layer(base, date, 0, ['.']),
    layer(program, date, 0, ['.']),
    layer(empty, date, 0, ['./tmp', './var', './var/lib'], ['--no-recursion']),
    layer(empty, date, USER, [`.${DATA}`]),
  ];
  writeLayout(path.join(work, 'layout'), { layers, arch, date, file: imageArchive(platform) });
}

interface DebianPart {
  readonly name: string;
  readonly version: string;
}

/** What the program needs of an operating system. Returns what it is made of. */
function fillBase(root: string, arch: string, tell: Tell): DebianPart[] {
  const parts: DebianPart[] = [];
  for (const file of debianPackages(arch, tell)) {
    const field = (name: string): string =>
      execFileSync('dpkg-deb', ['--field', file, name], { encoding: 'utf8' }).trim();
    parts.push({ name: field('Package'), version: field('Version') });
    mkdirSync(root, { recursive: true });
    execFileSync('dpkg-deb', ['--extract', file, root]);
  }
  // The licences stay; what is read by people only, or by programs that are not there, goes.
  const doc = path.join(root, 'usr/share/doc');
  for (const file of filesIn(doc))
    if (path.basename(file) !== 'copyright') rmSync(path.join(doc, file), { recursive: true });
  for (const folder of ['man', 'lintian', 'locale', 'gdb', 'gcc'])
    rmSync(path.join(root, 'usr/share', folder), { recursive: true, force: true });
  for (const folder of ['sbin', 'usr/sbin', 'etc/ca-certificates', 'usr/lib/tmpfiles.d', 'etc/ld.so.conf.d'])
    rmSync(path.join(root, folder), { recursive: true, force: true });
  // As update-ca-certificates does it.
  const trusted = path.join(root, 'usr/share/ca-certificates');
  const bundle = filesIn(trusted)
    .filter((file) => file.endsWith('.crt'))
    .map((file) => `${readFileSync(path.join(trusted, file), 'utf8').trim()}\n`);
  if (bundle.length === 0) throw new Error('ca-certificates holds no certificate');
  const etc = path.join(root, 'etc');
  mkdirSync(path.join(etc, 'ssl/certs'), { recursive: true });
  writeFileSync(path.join(etc, 'ssl/certs/ca-certificates.crt'), bundle.join(''));
  writeFileSync(
    path.join(etc, 'passwd'),
    `root:x:0:0:root:/root:/nologin\nhowdah:x:${USER}:${USER}::${DATA}:/nologin\n`,
  );
  writeFileSync(path.join(etc, 'group'), `root:x:0:\nhowdah:x:${USER}:\n`);
  writeFileSync(path.join(etc, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  return parts;
}

function fillProgram(root: string, bundle: string, node: Part, parts: readonly DebianPart[]): void {
  const home = path.join(root, 'usr/lib/howdah');
  cpSync(bundle, home, { recursive: true });
  const lib = path.join(home, 'lib');
  const also = parts.map(({ name, version }) => ({
    ...{
      name,
      version,
      licence: `LicenseRef-Debian-${name}`,
      purl: `pkg:deb/debian/${name}@${version}?distro=${SUITE}`,
    },
    texts: [`Its licence is in the image: /usr/share/doc/${name}/copyright`],
  }));
  writeLicences(lib, [node, ...also]);
  for (const file of ['THIRD-PARTY-LICENCES.txt', 'sbom.cdx.json']) cpSync(path.join(lib, file), path.join(home, file));
  mkdirSync(path.join(root, path.dirname(SETTINGS)), { recursive: true });
  writeFileSync(
    path.join(root, SETTINGS),
    containerSettings(readFileSync(path.join(ROOT, 'howdah.example.yaml'), 'utf8')),
  );
}

/** The example as it is, without its source, reachable through the port that is published. */
export function containerSettings(example: string): string {
  return `listen: { host: 0.0.0.0 }\n\n${settingsOf(example)}`;
}

/**
 * As Debian has them for that kind of machine, checked against Debian's keys: fetched by apt with a state of its own, so that nothing of
 * this machine changes. Kept until there are newer ones.
 */
function debianPackages(arch: string, tell: Tell): string[] {
  const state = path.join(DIST, 'cache', `apt-${SUITE}-${arch}`);
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  if (!existsSync(keyring)) throw new Error(`${keyring} is not there: install debian-archive-keyring`);
  for (const folder of ['lists/partial', 'archives/partial', 'parts', 'debs'])
    mkdirSync(path.join(state, folder), { recursive: true });
  const mirror = debianMirror().replace(/\/$/, '');
  const from = (suffix: string, suite: string): string =>
    `deb [signed-by=${keyring}] ${mirror}${suffix} ${suite} main\n`;
  writeFileSync(path.join(state, 'status'), '');
  writeFileSync(
    path.join(state, 'sources.list'),
    `${from('', SUITE)}${from('', `${SUITE}-updates`)}${from('-security', `${SUITE}-security`)}`,
  );
  const settings = {
    ...{ 'APT::Architecture': arch, 'APT::Architectures': arch, 'APT::Sandbox::User': 'root' },
    ...{ 'Dir::State': state, 'Dir::State::lists': `${state}/lists`, 'Dir::State::status': `${state}/status` },
    ...{
      'Dir::Cache': state,
      'Dir::Cache::archives': `${state}/archives`,
      'Dir::Etc::sourcelist': `${state}/sources.list`,
    },
    ...{ 'Dir::Etc::sourceparts': `${state}/parts`, 'Dir::Etc::preferencesparts': `${state}/parts` },
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const apt = (...args: readonly string[]): void =>
    void execFileSync('apt-get', [...options, '-qq', ...args], {
      cwd: path.join(state, 'debs'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  tell(`fetching ${PACKAGES.join(', ')} of Debian for ${arch}`);
  apt('update');
  rmSync(path.join(state, 'debs'), { recursive: true });
  mkdirSync(path.join(state, 'debs'));
  apt('download', ...PACKAGES);
  return filesIn(path.join(state, 'debs')).map((file) => path.join(state, 'debs', file));
}

interface Blob {
  readonly bytes: Buffer;
  readonly digest: string;
}

interface Layer extends Blob {
  /** Of the archive before it was packed. */
  readonly diffId: string;
}

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The same bytes for the same files. */
function layer(
  root: string,
  date: number,
  owner: number,
  names: readonly string[],
  more: readonly string[] = [],
): Layer {
  const same = ['--sort=name', `--mtime=@${date}`, `--owner=${owner}`, `--group=${owner}`, '--numeric-owner'];
  const tar = execFileSync('tar', ['--format=gnu', ...same, ...more, '-C', root, '-cf', '-', ...names], {
    maxBuffer: 1_000_000_000,
  });
  const bytes = gzipSync(tar, { level: 9 });
  return { bytes, digest: digestOf(bytes), diffId: digestOf(tar) };
}

interface Contents {
  readonly layers: readonly Layer[];
  readonly arch: string;
  /** s */
  readonly date: number;
  readonly file: string;
}

/** As image-spec 1.1 and, for `docker load`, Docker's own list of what is inside. */
function writeLayout(folder: string, { layers, arch, date, file }: Contents): void {
  const created = new Date(date * 1000).toISOString();
  const labels = {
    'org.opencontainers.image.title': 'howdah',
    'org.opencontainers.image.description': MANIFEST.description,
    'org.opencontainers.image.version': MANIFEST.version,
    'org.opencontainers.image.licenses': MANIFEST.license,
    'org.opencontainers.image.created': created,
  };
  const config = blobOf({
    created,
    architecture: arch,
    os: 'linux',
    config: {
      User: `${USER}:${USER}`,
      ExposedPorts: { '3000/tcp': {} },
      Env: [
        `PATH=${path.dirname(PROGRAM[0] ?? '')}`,
        `HOWDAH_DATA=${DATA}`,
        `HOWDAH_CONFIG=${SETTINGS}`,
        'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
      ],
      Entrypoint: PROGRAM,
      Cmd: ['start'],
      Volumes: { [DATA]: {} },
      WorkingDir: DATA,
      StopSignal: 'SIGTERM',
      Labels: labels,
      // Docker's; Kubernetes asks /api/health itself.
      Healthcheck: {
        Test: ['CMD', ...PROGRAM, 'health'],
        ...{ Interval: 30 * SECOND, Timeout: 15 * SECOND, StartPeriod: 20 * SECOND, Retries: 2 },
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, index) => ({ created, created_by: LAYERS[index] ?? '' })),
  });
  const described = ({ bytes, digest }: Blob, mediaType: string): object => ({ mediaType, digest, size: bytes.length });
  const manifest = blobOf({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: described(config, 'application/vnd.oci.image.config.v1+json'),
    layers: layers.map((each) => described(each, 'application/vnd.oci.image.layer.v1.tar+gzip')),
    annotations: labels,
  });
  const blobs = path.join(folder, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  for (const { bytes, digest } of [...layers, config, manifest])
    writeFileSync(path.join(folder, blobPath(digest)), bytes);
  writeJson(path.join(folder, 'oci-layout'), { imageLayoutVersion: '1.0.0' });
  const named = { 'org.opencontainers.image.ref.name': MANIFEST.version, 'io.containerd.image.name': imageName };
  writeJson(path.join(folder, 'index.json'), {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...described(manifest, 'application/vnd.oci.image.manifest.v1+json'),
        ...{ platform: { architecture: arch, os: 'linux' }, annotations: named },
      },
    ],
  });
  writeJson(path.join(folder, 'manifest.json'), [
    { Config: blobPath(config.digest), RepoTags: [imageName], Layers: layers.map(({ digest }) => blobPath(digest)) },
  ]);
  const same = ['--sort=name', `--mtime=@${date}`, '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go=rX'];
  const top = ['oci-layout', 'index.json', 'manifest.json', 'blobs'];
  execFileSync('tar', ['--format=gnu', ...same, '-C', folder, '-cf', `${file}.new`, ...top]);
  renameSync(`${file}.new`, file);
}

const LAYERS = ['libraries, certificates and time zones of Debian', 'howdah', 'folders', 'the data folder'];

const blobPath = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

function blobOf(value: object): Blob {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes) };
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value)}\n`);
}
