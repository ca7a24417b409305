// Installs what was made into an empty place, starts it on recorded clusters, asks it for the fleet and a page as a person and a script
// would, installs it once more over itself and removes it. A failure is an exception with what was seen.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startHowdah } from '../browser/howdah';
import { USER } from './container';
import { inside, insideAs, insideImage, makeDebianRoot } from './debian-root';
import { filesIn, MANIFEST, ROOT } from './tree';

const RECORDED = path.join(ROOT, 'lib/domain/testdata');
const LIMIT_MB = 120;
const FIRST_ROW_MS = 20_000;
const PAGES = ['/', '/events', '/alerts', '/audit', '/account'];

type Tell = (text: string) => void;

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** An empty home and an empty folder to stand in: nothing of this checkout is near. */
async function inEmptyPlace(work: (place: string) => Promise<void>): Promise<void> {
  const place = mkdtempSync(path.join(tmpdir(), 'howdah-pack-'));
  try {
    mkdirSync(path.join(place, 'home'));
    await work(place);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

export async function verifyNpm(file: string, tell: Tell): Promise<void> {
  await inEmptyPlace(async (place) => {
    const prefix = path.join(place, 'prefix');
    const home = path.join(place, 'home');
    const npm = (...args: readonly string[]): string =>
      // Offline: nothing but the one file may be needed.
      execFileSync(
        'npm',
        [...args, '--global', '--offline', '--prefix', prefix, '--cache', path.join(place, 'cache')],
        {
          cwd: home,
          encoding: 'utf8',
        },
      );
    const began = Date.now();
    npm('install', file);
    const installedMs = Date.now() - began;
    const folder = path.join(prefix, 'lib/node_modules/howdah');
    const megabytes = sizeOf(folder) / 1e6;
    expect(megabytes < LIMIT_MB, `${megabytes.toFixed(0)} MB unpacked; the limit is ${LIMIT_MB}`);
    const program = path.join(prefix, 'bin/howdah');
    const data = path.join(home, 'data');
    const before = contentOf(folder);
    const firstMs = await tryOut({ program: [program], cwd: home, dataDir: data });
    expect(contentOf(folder) === before, 'Howdah wrote into its own package');
    npm('install', file);
    await tryOut({ program: [program], cwd: home, dataDir: data });
    npm('uninstall', 'howdah');
    expect(!existsSync(program) && !existsSync(folder), 'npm uninstall left something');
    expect(readdirSync(data).includes('audit'), 'the data folder is gone with the package');
    tell(
      `npm: ${megabytesOf(file)} MB, unpacked ${megabytes.toFixed(1)} MB; installed in ${installedMs} ms, all rows ${firstMs} ms after the start`,
    );
  });
}

interface Trial {
  /** `howdah` as a person calls it. */
  readonly program: readonly [string, ...string[]];
  readonly cwd: string;
  /** As the program sees them. */
  readonly dataDir: string;
  readonly recorded?: string;
  /** Of the start. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Its version, the fleet, pages with all they load, a command that asks the running one, the end. How long until the fleet was there. */
async function tryOut({ program, cwd, dataDir, recorded = RECORDED, flags = [], ...more }: Trial): Promise<number> {
  const env = { ...more.env, HOWDAH_REPLAY: recorded, HOWDAH_DATA: dataDir };
  const [file, ...args] = program;
  const say = (...more: readonly string[]): string =>
    execFileSync(file, [...args, ...more], { cwd, encoding: 'utf8', env: { ...process.env, ...env } });
  const version = say('--version').trim();
  expect(version === `howdah ${MANIFEST.version}`, `--version says "${version}"`);
  const began = Date.now();
  const howdah = await startHowdah(flags, { env, dataDir, cwd, program: [file, ...args, 'start'] });
  let firstMs: number;
  try {
    const scopes = await fleetOf(howdah.url);
    firstMs = Date.now() - began;
    expect(scopes.length === readdirSync(RECORDED).length, `${scopes.length} clusters in the fleet`);
    for (const page of PAGES) await askPage(howdah.url, page);
    await askPage(howdah.url, `/clusters/${encodeURIComponent(scopes[0] ?? '')}`);
    expect(say('health', '--url', howdah.url).trim() === 'alive', 'howdah health says something else');
    // Where nobody signs in any token is as good.
    const listed = say('list', '--url', howdah.url, '--token', 'none');
    const missing = scopes.filter((scope) => !listed.includes(scope));
    expect(missing.length === 0, `howdah list does not name ${missing.join(', ')}`);
  } finally {
    const { code } = await howdah.stop();
    expect(code === 0, `it ended with ${code}:\n${howdah.output()}`);
  }
  return firstMs;
}

/** The archive unpacked into a Debian that has no Node. */
export async function verifyBundle(file: string, name: string, tell: Tell): Promise<void> {
  await inEmptyPlace(async (place) => {
    const root = path.join(place, 'root');
    makeDebianRoot('bookworm', root);
    cpSync(RECORDED, path.join(root, 'recorded'), { recursive: true });
    const began = Date.now();
    execFileSync('tar', ['-xzf', file, '-C', path.join(root, 'opt')]);
    const unpackedMs = Date.now() - began;
    const folder = path.join(root, 'opt', name);
    const before = contentOf(folder);
    const program = inside(root, `/opt/${name}/bin/howdah`);
    const firstMs = await tryOut({ program, cwd: place, dataDir: '/data', recorded: '/recorded' });
    expect(contentOf(folder) === before, 'Howdah wrote into its own folder');
    const size = (sizeOf(folder) / 1e6).toFixed(1);
    tell(
      `bundle: ${megabytesOf(file)} MB, unpacked ${size} MB in ${unpackedMs} ms; all rows ${firstMs} ms after the start`,
    );
  });
}

/** Installed with dpkg into that Debian, upgraded to `next`, removed and purged. */
export async function verifyDeb(file: string, next: string, tell: Tell): Promise<void> {
  await inEmptyPlace(async (place) => {
    const root = path.join(place, 'root');
    const at = (name: string): string => path.join(root, name);
    const run = (...command: readonly string[]): string => {
      const [program, ...args] = inside(root, ...command);
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    };
    makeDebianRoot('bookworm', root);
    cpSync(RECORDED, at('recorded'), { recursive: true });
    cpSync(file, at('first.deb'));
    cpSync(next, at('next.deb'));
    const began = Date.now();
    run('dpkg', '--install', '/first.deb');
    const installedMs = Date.now() - began;
    const trial: Trial = {
      program: insideAs(root, 'howdah', '/var/lib/howdah', '/usr/bin/howdah'),
      cwd: place,
      dataDir: '/var/lib/howdah',
      recorded: '/recorded',
      flags: ['--config', '/etc/howdah/howdah.yaml'],
    };
    for (const name of [
      'usr/lib/systemd/system/howdah.service',
      'usr/share/man/man1/howdah.1.gz',
      'usr/share/bash-completion/completions/howdah',
    ])
      expect(existsSync(at(name)), `/${name} is missing`);
    const settings = at('etc/howdah/howdah.yaml');
    expect((lstatSync(settings).mode & 0o777) === 0o640, 'others may read the settings');
    const firstMs = await tryOut(trial);
    appendFileSync(settings, '\noperator: kept\n');
    run('dpkg', '--install', '/next.deb');
    expect(readFileSync(settings, 'utf8').endsWith('operator: kept\n'), 'the upgrade changed the settings');
    await tryOut(trial);
    run('dpkg', '--remove', 'howdah');
    expect(!existsSync(at('usr/lib/howdah')) && !existsSync(at('usr/bin/howdah')), 'removal left the program');
    expect(existsSync(at('var/lib/howdah/audit')) && existsSync(settings), 'removal took data or settings');
    run('dpkg', '--purge', 'howdah');
    expect(!existsSync(at('var/lib/howdah')) && !existsSync(at('etc/howdah')), 'purge left data or settings');
    expect(!/^howdah:/m.test(readFileSync(at('etc/passwd'), 'utf8')), 'purge left the user');
    tell(`deb: ${megabytesOf(file)} MB, installed in ${installedMs} ms; all rows ${firstMs} ms after the start`);
  });
}

/** Its layers unpacked as an engine does it, started as its configuration says, with nothing but the data folder to write. */
export async function verifyImage(file: string, tell: Tell): Promise<void> {
  await inEmptyPlace(async (place) => {
    const layout = path.join(place, 'layout');
    const root = path.join(place, 'root');
    mkdirSync(layout);
    mkdirSync(root);
    execFileSync('tar', ['-xf', file, '-C', layout]);
    const [{ Config, Layers }]: [{ Config: string; Layers: string[] }] = readJson(path.join(layout, 'manifest.json'));
    const began = Date.now();
    for (const layer of Layers) execFileSync('tar', ['-xzpf', path.join(layout, layer), '--same-owner', '-C', root]);
    const unpackedMs = Date.now() - began;
    const { config }: ImageConfig = readJson(path.join(layout, Config));
    expect(config.User === `${USER}:${USER}`, `it runs as ${config.User}`);
    expect(lstatSync(path.join(root, config.WorkingDir)).uid === USER, 'the data folder is not its own');
    for (const shell of ['bin/sh', 'usr/bin/sh', 'bin/bash', 'usr/bin/apt', 'usr/bin/dpkg'])
      expect(!existsSync(path.join(root, shell)), `/${shell} is in the image`);
    for (const folder of ['proc', 'dev']) mkdirSync(path.join(root, folder), { recursive: true });
    cpSync(RECORDED, path.join(root, 'recorded'), { recursive: true });
    const firstMs = await tryOut({
      program: insideImage(root, USER, config.WorkingDir, ...config.Entrypoint),
      cwd: place,
      dataDir: config.WorkingDir,
      recorded: '/recorded',
      // Where nobody signs in it listens on loopback only.
      flags: ['--host', '127.0.0.1'],
      env: Object.fromEntries(config.Env.filter((line) => !line.startsWith('PATH=')).map((line) => line.split('=', 2))),
    });
    const size = (sizeOf(root) - sizeOf(path.join(root, 'recorded'))) / 1e6;
    tell(
      `container: ${megabytesOf(file)} MB, unpacked ${size.toFixed(1)} MB in ${unpackedMs} ms; all rows ${firstMs} ms after the start`,
    );
  });
}

interface ImageConfig {
  readonly config: {
    readonly User: string;
    readonly WorkingDir: string;
    readonly Entrypoint: readonly string[];
    readonly Env: readonly string[];
  };
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8'));

async function fleetOf(url: string): Promise<string[]> {
  const deadline = Date.now() + FIRST_ROW_MS;
  for (;;) {
    const answer = await fetch(`${url}/api/clusters`);
    expect(answer.ok, `/api/clusters answers ${answer.status}`);
    const { clusters }: { clusters: { scope: string }[] } = JSON.parse(await answer.text());
    const all = readdirSync(RECORDED).length;
    if (clusters.length >= all || Date.now() > deadline) return clusters.map((row) => row.scope);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The page and everything that it loads. */
async function askPage(url: string, page: string): Promise<void> {
  const answer = await fetch(`${url}${page}`);
  const html = await answer.text();
  expect(answer.ok && html.includes('<title>'), `${page} answers ${answer.status}: ${html.slice(0, 300)}`);
  const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css|svg|png|webmanifest)[^"]*)"/g)].map(
    ([, part = '']) => part,
  );
  expect(
    parts.some((part) => part.includes('/_next/static/')),
    `${page} loads no script`,
  );
  for (const part of new Set(parts)) {
    const got = await fetch(`${url}${part}`);
    await got.arrayBuffer();
    expect(got.ok, `${part} of ${page} answers ${got.status}`);
  }
}

const megabytesOf = (file: string): string => (lstatSync(file).size / 1e6).toFixed(1);

function sizeOf(folder: string): number {
  return filesIn(folder).reduce((sum, file) => sum + lstatSync(path.join(folder, file)).size, 0);
}

const contentOf = (folder: string): string =>
  filesIn(folder)
    .map((file) => `${file} ${lstatSync(path.join(folder, file)).mtimeMs}`)
    .join('\n');
