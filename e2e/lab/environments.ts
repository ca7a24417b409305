// The generations: which PostgreSQL, Patroni and etcd a lab runs, and how each is made ready on this machine.
// Slow ones are built once into a cache outside the checkout: into a folder of their own first, then renamed, so that an
// interrupted build leaves nothing that looks finished. The Debian 13 system runs under chroot inside a private mount
// namespace: its mounts vanish with the process, so there is nothing to unmount after a crash.

import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sleep } from './deadline';
import type { LabUser } from './processes';

export type Generation = 'distro' | 'patroni40' | 'patroni41' | 'trixie';
export const GENERATIONS: readonly Generation[] = ['distro', 'patroni40', 'patroni41', 'trixie'];

export type Say = (text: string) => void;

const PINNED = { patroni40: '4.0.11', patroni41: '4.1.5' } as const;
const CHECK_PATRONI = '2.2.0';
const TRIXIE_BUILD = 'trixie-1';
const TRIXIE_PACKAGES = 'postgresql-17,etcd-server,etcd-client,patroni,libfaketime';
const LAB_USER = 'howdah-lab';

export const ELSEWHERE =
  'To look at a cluster that already runs, no lab is needed: npm start -- --patroni http://HOST:8008 (the REST address of any member).';

export interface Tool {
  readonly file: string;
  readonly args: readonly string[];
  readonly user: LabUser | null;
}

/** What one generation offers. `command` gives what to start so that it runs as the lab's user, in the right system. */
export interface Toolbox {
  readonly generation: Generation;
  readonly patroniVersion: string;
  /** As the generation's own processes see it. */
  readonly postgresBin: string;
  readonly postgresVersion: string;
  readonly etcdVersion: string;
  readonly faketimeLibrary: string | null;
  command(tool: 'patroni' | 'patronictl' | 'etcd' | 'postgres', args: readonly string[], program?: string): Tool;
}

const isRoot = (): boolean => process.getuid?.() === 0;

const RUN_MS = 20 * 60_000;

/** Runs to the end, its output kept for the error message only. */
export function run(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  timeoutMs = RUN_MS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      [...args],
      { env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${file} ${args.join(' ')}: ${error.message}\n${(stderr || stdout).slice(-2000)}`));
      },
    );
  });
}

/** Says every 15 s that it is still at it: the steps wrapped here take minutes. */
export async function step<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = (): string => ((Date.now() - started) / 1000).toFixed(1);
  say(`${what} ...`);
  const ticker = setInterval(() => say(`${what}: still running, ${seconds()} s`), 15_000);
  try {
    const result = await work();
    say(`${what}: ${seconds()} s`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}

/** The user PostgreSQL runs as: ourselves, or a system user of the lab's own where we are root. */
export function labUser(): LabUser | null {
  if (!isRoot()) return null;
  const find = (): LabUser | null => {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((row) => row.startsWith(`${LAB_USER}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    return uid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
  };
  const known = find();
  if (known !== null) return known;
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', LAB_USER]);
  const made = find();
  if (made === null) throw new Error(`useradd ${LAB_USER} made no user`);
  return made;
}

const onPath = (program: string): boolean =>
  ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].some((dir) =>
    existsSync(path.join(dir, program)),
  );

export function postgresMajors(root = ''): number[] {
  const base = `${root}/usr/lib/postgresql`;
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .filter((major) => existsSync(`${base}/${major}/bin/postgres`))
    .map(Number)
    .sort((a, b) => b - a);
}

/** Debian starts what it installs unless this file says no; the machine's own, where it has one, stays. */
const WITHOUT_SERVICES = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get "$@"
`;

/** Installs Debian packages whose `present` test fails. Throws with what is missing where that is impossible. */
async function installPackages(say: Say, wanted: readonly { name: string; present: () => boolean }[]): Promise<void> {
  const missing = wanted.filter((entry) => !entry.present()).map((entry) => entry.name);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (!onPath('apt-get')) {
    throw new Error(
      `The lab needs these programs and there is no apt-get here to install them: ${list}.\n${ELSEWHERE}`,
    );
  }
  const prefix = isRoot() ? [] : ['sudo', '-n'];
  if (!isRoot()) {
    await run('sudo', ['-n', 'true']).catch(() => {
      throw new Error(
        `The lab needs these Debian packages: ${list}. Neither root nor sudo without a password is at hand; ` +
          `install them with "apt-get install ${list}" and start again.\n${ELSEWHERE}`,
      );
    });
  }
  const apt = (args: string[]): Promise<string> => {
    const quiet = ['sh', '-c', WITHOUT_SERVICES, 'apt-get', ...args];
    const [file = 'env', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...quiet];
    return run(file, rest);
  };
  await step(say, 'apt-get update', () => apt(['update', '-q']));
  await step(say, `installing ${list}`, () => apt(['install', '-q', '-y', '--no-install-recommends', ...missing]));
}

const LAB_PACKAGES = [
  { name: 'patroni', present: () => onPath('patroni') },
  { name: 'etcd-server', present: () => onPath('etcd') },
  { name: 'etcd-client', present: () => onPath('etcdctl') },
  { name: 'postgresql', present: () => postgresMajors().length > 0 },
  { name: 'haproxy', present: () => onPath('haproxy') },
] as const;

function reachableByOthers(dir: string): boolean {
  for (let at = dir; ; at = path.dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Where built environments are kept. Root's home is closed to the lab's user on most systems, hence the second place. */
export function cacheDir(): string {
  const preferred = path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'howdah-lab');
  return isRoot() && !reachableByOthers(preferred) ? '/var/cache/howdah-lab' : preferred;
}

/** `<cache>/<name>`, built by `build(dir)` where it does not exist yet. */
export async function cached(say: Say, name: string, build: (dir: string) => Promise<void>): Promise<string> {
  const target = path.join(cacheDir(), name);
  if (existsSync(target)) return target;
  mkdirSync(cacheDir(), { recursive: true, mode: 0o755 });
  for (;;) {
    let isBuilt = false;
    for (const entry of readdirSync(cacheDir())) {
      const owner = /\.building-(\d+)$/.exec(entry)?.[1];
      if (owner === undefined) continue;
      if (!existsSync(`/proc/${owner}`)) rmSync(path.join(cacheDir(), entry), { recursive: true, force: true });
      else if (entry.startsWith(`${name}.building-`)) isBuilt = true;
    }
    if (existsSync(target)) return target;
    if (!isBuilt) break;
    // By another process: two at the same build take twice as long.
    await sleep(1000);
  }
  const building = `${target}.building-${process.pid}`;
  try {
    await step(say, `building ${name} (once, kept in ${cacheDir()})`, () => build(building));
    renameSync(building, target);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Somebody else finished the same build first.
    if (!existsSync(target)) throw error;
  }
  return target;
}

async function buildVirtualenv(say: Say, dir: string, packages: readonly string[]): Promise<void> {
  const python = '/usr/bin/python3';
  await installPackages(say, [
    { name: 'python3', present: () => existsSync(python) },
    {
      name: 'python3-venv',
      present: () => existsSync(python) && succeeds(python, ['-c', 'import ensurepip, venv']),
    },
  ]);
  await run(python, ['-m', 'venv', dir]);
  await run(`${dir}/bin/python3`, ['-m', 'pip', 'install', '-q', ...packages]);
}

function succeeds(file: string, args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The package mirror this machine itself uses for its Debian release; never a host of our choice. */
export function debianMirror(): string {
  if (process.env.HOWDAH_LAB_MIRROR !== undefined) return process.env.HOWDAH_LAB_MIRROR;
  const dir = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...(existsSync(dir) ? readdirSync(dir).map((name) => `${dir}/${name}`) : [])];
  for (const file of files) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.sources')) {
      for (const stanza of text.split(/\n\s*\n/)) {
        const field = (key: string): string => new RegExp(`^${key}:\\s*(.+)$`, 'mi').exec(stanza)?.[1] ?? '';
        if (/\bmain\b/.test(field('Components')) && /debian\/?$/.test(field('URIs').split(/\s+/)[0] ?? '')) {
          return field('URIs').split(/\s+/)[0] ?? '';
        }
      }
    } else {
      const uri = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+debian\/?)\s+\S+\s+.*\bmain\b/m.exec(text)?.[1];
      if (uri !== undefined) return uri;
    }
  }
  throw new Error(
    "generation trixie: no Debian mirror in this machine's apt sources; set HOWDAH_LAB_MIRROR to the address of one",
  );
}

async function buildTrixie(say: Say, dir: string): Promise<void> {
  await installPackages(say, [{ name: 'debootstrap', present: () => onPath('debootstrap') }]);
  await run('debootstrap', ['--variant=minbase', `--include=${TRIXIE_PACKAGES}`, 'trixie', dir, debianMirror()]);
  rmSync(path.join(dir, 'var/cache/apt/archives'), { recursive: true, force: true });
}

/** Binds what PostgreSQL and Patroni need into the root, in a mount namespace of the process's own, and drops to the user. */
const ENTER_ROOT = `
set -e
root=$1; data=$2; user=$3; shift 3
mkdir -p "$root$data"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$data" "$root$data"
exec chroot --userspec="$user" "$root" "$@"
`;

function versionIn(text: string): string {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'unknown';
}

async function inspectToolbox(
  generation: Generation,
  faketimeLibrary: string | null,
  postgresBin: string,
  command: Toolbox['command'],
): Promise<Toolbox> {
  const version = async (tool: 'patroni' | 'etcd' | 'postgres'): Promise<string> => {
    const { file, args } = command(tool, ['--version'], 'postgres');
    return versionIn(await run(file, args));
  };
  return {
    generation,
    patroniVersion: await version('patroni'),
    postgresVersion: await version('postgres'),
    etcdVersion: await version('etcd'),
    postgresBin,
    faketimeLibrary,
    command,
  };
}

async function hostToolbox(
  generation: Exclude<Generation, 'trixie'>,
  say: Say,
  user: LabUser | null,
): Promise<Toolbox> {
  const major = postgresMajors()[0];
  const postgresBin = `/usr/lib/postgresql/${major}/bin`;
  const venv =
    generation === 'distro'
      ? null
      : await cached(say, `${generation}-${PINNED[generation]}`, (dir) =>
          buildVirtualenv(say, dir, [`patroni[etcd3]==${PINNED[generation]}`, 'psycopg[binary]']),
        );
  const library = ['x86_64', 'aarch64']
    .map((arch) => `/usr/lib/${arch}-linux-gnu/faketime/libfaketime.so.1`)
    .find(existsSync);
  const command: Toolbox['command'] = (tool, args, program) => {
    if (tool === 'postgres') return { file: `${postgresBin}/${program}`, args, user };
    if (tool === 'etcd') return { file: onPath('etcd') ? 'etcd' : '/usr/bin/etcd', args, user };
    // Named through its python: the scripts of a renamed virtualenv still point at the folder it was built in.
    if (venv !== null) return { file: `${venv}/bin/python3`, args: [`${venv}/bin/${tool}`, ...args], user };
    return { file: tool, args, user };
  };
  return inspectToolbox(generation, library ?? null, postgresBin, command);
}

async function trixieToolbox(say: Say, user: LabUser | null, dataDir: string): Promise<Toolbox> {
  if (user === null)
    throw new Error('generation trixie needs root (debootstrap, chroot); the other generations do not');
  const root = await cached(say, TRIXIE_BUILD, (dir) => buildTrixie(say, dir));
  const passwd = `${root}/etc/passwd`;
  if (!new RegExp(`^[^:]*:[^:]*:${user.uid}:`, 'm').test(readFileSync(passwd, 'utf8'))) {
    // initdb asks for the name of its user.
    appendFileSync(passwd, `${LAB_USER}:x:${user.uid}:${user.gid}::/nonexistent:/usr/sbin/nologin\n`);
  }
  mkdirSync(dataDir, { recursive: true });
  const postgresBin = `/usr/lib/postgresql/${postgresMajors(root)[0]}/bin`;
  const enter = ['--mount', '--propagation', 'private', '/bin/sh', '-c', ENTER_ROOT, 'enter-root'];
  const library = ['x86_64', 'aarch64']
    .map((arch) => `/usr/lib/${arch}-linux-gnu/faketime/libfaketime.so.1`)
    .find((file) => existsSync(`${root}${file}`));
  const command: Toolbox['command'] = (tool, args, program) => ({
    file: 'unshare',
    args: [
      ...enter,
      root,
      dataDir,
      `${user.uid}:${user.gid}`,
      tool === 'postgres' ? `${postgresBin}/${program}` : tool,
      ...args,
    ],
    user: null,
  });
  return inspectToolbox('trixie', library ?? null, postgresBin, command);
}

/** Makes a generation ready to run, installing and building what is missing. */
export async function prepareToolbox(generation: Generation, say: Say, dataDir: string): Promise<Toolbox> {
  await installPackages(say, LAB_PACKAGES);
  const user = labUser();
  return generation === 'trixie' ? trixieToolbox(say, user, dataDir) : hostToolbox(generation, say, user);
}

/** Chromium without a window: half the work for the same pages. Not every distribution has it. */
const BROWSER_SHELL = 'chromium-headless-shell';

const isOffered = (name: string): boolean => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0;

/** The lab's packages and a browser: all that the tests take from the distribution. */
export async function prepareTestPackages(say: Say): Promise<void> {
  await installPackages(say, [
    ...LAB_PACKAGES,
    { name: 'pgbouncer', present: () => onPath('pgbouncer') },
    { name: 'chromium', present: () => onPath('chromium') },
    { name: BROWSER_SHELL, present: () => onPath(BROWSER_SHELL) || !isOffered(BROWSER_SHELL) },
    { name: 'slapd', present: () => existsSync('/usr/sbin/slapd') },
    { name: 'ldap-utils', present: () => onPath('ldapmodify') },
    { name: 'zookeeper', present: () => existsSync('/usr/share/java/zookeeper.jar') },
    { name: 'python3-kazoo', present: () => existsSync('/usr/lib/python3/dist-packages/kazoo') },
    { name: 'prometheus', present: () => onPath('promtool') },
    { name: 'prometheus-alertmanager', present: () => onPath('prometheus-alertmanager') },
    { name: 'pgbackrest', present: () => onPath('pgbackrest') },
  ]);
}

/** The Python of an environment that has check_patroni, another monitor to compare with. */
export async function prepareCheckPatroni(say: Say): Promise<string> {
  const name = `check_patroni-${CHECK_PATRONI}`;
  const venv = await cached(say, name, (dir) => buildVirtualenv(say, dir, [`check_patroni==${CHECK_PATRONI}`]));
  return path.join(venv, 'bin/python3');
}

export interface PatroniPrograms {
  readonly python: string;
  /** Scripts for that Python. */
  readonly patroni: string;
  readonly patronictl: string;
  readonly postgresBin: string;
}

/** Patroni 4.1 with the clients of every DCS, and PostgreSQL of this machine. */
export async function preparePatroniOnAnyDcs(say: Say): Promise<PatroniPrograms> {
  await installPackages(say, LAB_PACKAGES);
  const name = `patroni41-${PINNED.patroni41}-every-dcs`;
  const packages = [`patroni[etcd3,consul,zookeeper,kubernetes]==${PINNED.patroni41}`, 'psycopg[binary]'];
  const venv = await cached(say, name, (dir) => buildVirtualenv(say, dir, packages));
  return {
    python: path.join(venv, 'bin/python3'),
    patroni: path.join(venv, 'bin/patroni'),
    patronictl: path.join(venv, 'bin/patronictl'),
    postgresBin: `/usr/lib/postgresql/${postgresMajors()[0]}/bin`,
  };
}

/** Programs that no package has, by the Go module they are built from. */
const GO_PROGRAMS = {
  // The last line whose every part is MPL-2.0.
  consul: { module: 'github.com/hashicorp/consul', version: 'v1.14.11' },
  helm: { module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.19.0' },
} as const;
export const GO_BUILD_MS = 20 * 60_000;
/** No other Go is fetched; the module file of the build may change. */
const GO_ENV = { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };

export const goProgram = (): string | null =>
  ['/usr/local/go/bin/go', '/usr/local/bin/go', '/usr/bin/go', '/usr/lib/go/bin/go'].find((file) => existsSync(file)) ??
  null;

const goTarget = (name: keyof typeof GO_PROGRAMS): string => `${name}-${GO_PROGRAMS[name].version}`;

/** What was built; null: it was not, for want of Go. */
export function builtProgram(name: keyof typeof GO_PROGRAMS): string | null {
  const file = path.join(cacheDir(), goTarget(name), name);
  return existsSync(file) ? file : null;
}

/** Each once; eight minutes of CPU. Without Go nothing is built, and what needs it counts as skipped. */
export async function prepareGoPrograms(say: Say): Promise<void> {
  const go = goProgram();
  for (const name of Object.keys(GO_PROGRAMS) as (keyof typeof GO_PROGRAMS)[]) {
    if (builtProgram(name) !== null) continue;
    if (go === null) say(`no Go here: ${name} is not built, and its tests are skipped`);
    else await cached(say, goTarget(name), (dir) => buildGoProgram(go, dir, name));
  }
}

/** In a module of its own: as a dependency the program's own replacements of modules do not count, which `go install` would refuse. */
async function buildGoProgram(go: string, dir: string, name: keyof typeof GO_PROGRAMS): Promise<void> {
  const { module, version } = GO_PROGRAMS[name];
  mkdirSync(dir, { recursive: true });
  await run(go, ['-C', dir, 'mod', 'init', `${name}.build`], GO_ENV);
  await run(go, ['-C', dir, 'get', `${module}@${version}`], GO_ENV, GO_BUILD_MS);
  await run(go, ['-C', dir, 'build', '-ldflags=-s -w', '-o', name, module], GO_ENV, GO_BUILD_MS);
}

/** libfaketime for the clock-skew fault, installed on first use. */
export async function prepareFaketime(say: Say): Promise<void> {
  await installPackages(say, [
    {
      name: 'libfaketime',
      present: () => ['x86_64', 'aarch64'].some((arch) => existsSync(`/usr/lib/${arch}-linux-gnu/faketime`)),
    },
  ]);
}

/** Runs a tool of the generation to its end and gives back what it printed on standard output. */
export function runTool(
  tool: Tool,
  env: NodeJS.ProcessEnv,
  cwd: string,
  timeoutMs: number,
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool.file, [...tool.args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(tool.user ?? {}),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ stdout, stderr, code: code ?? -1 });
    });
  });
}
