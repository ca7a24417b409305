// What Howdah weighs: memory of all its processes with no cluster to watch, the time from its start to the first truthful row, and its disk as
// installed for production. Beside it, in the same run, `patronictl list` and a bare Next server with one page.

import { spawn } from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeDcs } from '../fake/dcs';
import { freePort, startEtcd } from '../fake/etcd-process';
import { FakeFleet } from '../fake/fleet';
import type { Arguments } from './arguments';
import type { Cleanup } from './cleanup';
import { killTree, startHowdah } from './howdah';
import { type BenchResult, formatMib, MIB, machine, median, round, say } from './numbers';
import { memoryOf } from './process-usage';

const ROOT = path.resolve(import.meta.dirname, '../..');
const AIM_RSS_MIB = 160;
const AIM_ROW_MS = 600;
const STEP_MS = 10;
const ROW_MS = 60_000;

interface Weight {
  readonly processes: number;
  readonly rssMib: number;
  readonly pssMib: number;
}

export async function benchWeight(cleanup: Cleanup, args: Arguments): Promise<BenchResult> {
  const seconds = args.number('seconds', 20);
  const rounds = args.number('rounds', 5);
  const howdah = await idleHowdah(cleanup, seconds);
  sayWeight('howdah, no cluster', howdah);
  const next = await bareNext(cleanup, seconds);
  sayWeight('a bare Next server', next);
  const row = await firstRows(cleanup, rounds);
  sayWeight('patronictl list, while it runs', row.patronictl);
  say(`first truthful row: howdah ${row.howdahMs} ms, patronictl list ${row.patronictlMs} ms (median of ${rounds})`);
  const diskMib = await productionDisk(cleanup);
  say(`disk of a production install, built: ${diskMib} MiB`);
  const ratios = {
    rssToPatronictl: round(howdah.rssMib / row.patronictl.rssMib, 1),
    rssToNext: round(howdah.rssMib / next.rssMib, 2),
    pssToNext: round(howdah.pssMib / next.pssMib, 2),
    rowToPatronictl: round(row.howdahMs / row.patronictlMs, 1),
  };
  say(`ratios: ${JSON.stringify(ratios)}`);
  const pass = howdah.rssMib <= AIM_RSS_MIB && row.howdahMs <= AIM_ROW_MS;
  say(`aims, ${AIM_RSS_MIB} MiB and ${AIM_ROW_MS} ms: ${pass ? 'met' : 'NOT met'}`);
  return { bench: 'weight', pass, howdah, next, row, diskMib, ratios, ...machine() };
}

function sayWeight(what: string, { processes, rssMib, pssMib }: Weight): void {
  say(`${what}: ${rssMib} MiB RSS, ${pssMib} MiB PSS in ${processes} process${processes === 1 ? '' : 'es'}`);
}

function weigh(pid: number): Weight {
  const { pids, rssBytes, pssBytes } = memoryOf(pid);
  return { processes: pids.length, rssMib: round(rssBytes / MIB, 1), pssMib: round(pssBytes / MIB, 1) };
}

async function idleHowdah(cleanup: Cleanup, seconds: number): Promise<Weight> {
  const howdah = await startHowdah(cleanup, []);
  await sleep(seconds * 1000);
  const weight = weigh(howdah.pid);
  const { tookMs, exitCode, left } = await howdah.stop();
  if (exitCode !== 0 || left.length > 0)
    throw new Error(`SIGTERM: exit code ${exitCode}, ${left.length} processes left`);
  say(`SIGTERM: all ended in ${tookMs} ms`);
  return weight;
}

/** One page that says nothing, built and started as Next does. */
async function bareNext(cleanup: Cleanup, seconds: number): Promise<Weight> {
  const app = mkdtempSync(path.join(tmpdir(), 'howdah-bare-'));
  cleanup.add('the bare Next app', () => rmSync(app, { recursive: true, force: true }));
  mkdirSync(path.join(app, 'app'));
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(app, 'node_modules'));
  writeFileSync(path.join(app, 'package.json'), '{"private":true,"type":"module"}');
  writeFileSync(path.join(app, 'next.config.js'), `export default { turbopack: { root: '/' } };`);
  const layout =
    'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }';
  writeFileSync(path.join(app, 'app/layout.jsx'), layout);
  writeFileSync(path.join(app, 'app/page.jsx'), 'export default function Page() { return <p>nothing</p>; }');
  await ended('next', [path.join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], app);
  const port = await freePort();
  const args = [
    path.join(ROOT, 'node_modules/next/dist/bin/next'),
    'start',
    '--port',
    `${port}`,
    '--hostname',
    '127.0.0.1',
  ];
  const child = spawn(process.execPath, args, { cwd: app, stdio: 'ignore' });
  cleanup.add('the bare Next server', () => killTree(child));
  await answers(`http://127.0.0.1:${port}/`);
  await sleep(seconds * 1000);
  const weight = weigh(child.pid ?? 0);
  await killTree(child);
  return weight;
}

interface Rows {
  readonly howdahMs: number;
  readonly patronictlMs: number;
  readonly patronictl: Weight;
}

async function firstRows(cleanup: Cleanup, rounds: number): Promise<Rows> {
  const etcd = await startEtcd();
  cleanup.add('etcd', () => etcd.stop());
  const fleet = await FakeFleet.start({ scopes: 1, members: 3 });
  cleanup.add('the fake', () => fleet.stop());
  await new FakeDcs(etcd.etcd).writeAll(fleet.clusters);
  const [cluster] = fleet.clusters;
  if (cluster === undefined) throw new Error('the fleet is empty');
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-weight-'));
  cleanup.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
  const config = path.join(folder, 'patronictl.yml');
  writeFileSync(
    config,
    `scope: ${cluster.scope}\nnamespace: /service/\nname: x\netcd3:\n  hosts: ${etcd.url.replace('http://', '')}\n`,
  );
  const howdah: number[] = [];
  const patronictl: number[] = [];
  const weights: Weight[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    howdah.push(await untilRow(folder, etcd.url, cluster.scope));
    const { tookMs, largest } = await watched('patronictl', ['-c', config, 'list', '-f', 'json']);
    patronictl.push(tookMs);
    weights.push(largest);
  }
  const [heaviest] = weights.sort((a, b) => b.rssMib - a.rssMib);
  if (heaviest === undefined) throw new Error('no round');
  return { howdahMs: round(median(howdah)), patronictlMs: round(median(patronictl)), patronictl: heaviest };
}

/** From the start of the process to an answer whose row names the leader. */
async function untilRow(folder: string, etcd: string, scope: string): Promise<number> {
  const port = await freePort();
  const data = path.join(folder, `data-${port}`);
  const env = {
    ...process.env,
    HOWDAH_DIST: process.env.HOWDAH_DIST || '.next-bench',
    HOWDAH_AUTH: 'none',
    HOWDAH_DATA: data,
  };
  const started = performance.now();
  const args = ['howdah.mjs', '--etcd', etcd, '--host', '127.0.0.1', '--port', `${port}`];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore', env });
  try {
    while (performance.now() - started < ROW_MS) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/clusters`).catch(() => null);
      const text = answer?.ok ? await answer.text() : '';
      if (text.includes(`"scope":"${scope}"`) && text.includes('"known":true')) return performance.now() - started;
      await sleep(STEP_MS);
    }
    throw new Error(`no row within ${ROW_MS / 1000} s`);
  } finally {
    await killTree(child);
  }
}

/** Runs to its end; how long, and the most memory it was seen with. */
async function watched(file: string, args: readonly string[]): Promise<{ tookMs: number; largest: Weight }> {
  const started = performance.now();
  const child = spawn(file, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  let largest: Weight = { processes: 0, rssMib: 0, pssMib: 0 };
  const looking = setInterval(() => {
    const now = weigh(child.pid ?? 0);
    if (now.rssMib > largest.rssMib) largest = now;
  }, STEP_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(looking);
  if (code !== 0 || !output.includes('Leader')) throw new Error(`${file} ended with ${code}: ${output.slice(0, 500)}`);
  return { tookMs: performance.now() - started, largest };
}

/** What `npm ci --omit=dev` and the build put on the disk. */
async function productionDisk(cleanup: Cleanup): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'howdah-disk-'));
  cleanup.add('the production install', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(ROOT, name), path.join(folder, name));
  await ended(
    'npm',
    ['install', '--omit=dev', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel', 'error'],
    folder,
  );
  const dist = path.join(ROOT, process.env.HOWDAH_DIST || '.next-bench');
  const built = bytesIn(dist, (name) => name === 'cache') + bytesIn(newestBundle(path.join(dist, 'cache')));
  const sources = ['app', 'components', 'lib', 'public'].reduce(
    (sum, name) => sum + bytesIn(path.join(ROOT, name), (inside) => inside === 'testdata'),
    0,
  );
  const packages = bytesIn(path.join(folder, 'node_modules'));
  say(`  packages ${formatMib(packages)}, pages and bundle ${formatMib(built)}, sources ${formatMib(sources)}`);
  return round((packages + built + sources) / MIB, 1);
}

function bytesIn(folder: string, leaveOut: (name: string) => boolean = () => false): number {
  const inside = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !leaveOut(name));
  return inside.reduce((sum, entry) => {
    const full = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesIn(full) : lstatSync(full).blocks * 512);
  }, 0);
}

async function ended(what: string, args: readonly string[], cwd: string): Promise<void> {
  const file = what === 'next' ? process.execPath : what;
  const child = spawn(file, [...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${what} ended with ${code}`);
}

async function answers(url: string): Promise<void> {
  for (const end = Date.now() + ROW_MS; Date.now() < end; await sleep(100)) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok) return;
  }
  throw new Error(`${url} does not answer`);
}

/** Of lib/server/bundle.mjs, which Howdah has just run from. */
function newestBundle(cache: string): string {
  const newest = readdirSync(cache)
    .filter((name) => /^howdah-\d+$/.test(name))
    .sort()
    .at(-1);
  return path.join(cache, newest ?? 'howdah');
}
