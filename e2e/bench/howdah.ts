// Howdah's production server as users run it (start.ts, one build), watched from outside.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../fake/etcd-process';
import type { Cleanup } from './cleanup';
import { say } from './numbers';
import { isAlive, treeOf, type Usage, usageOf } from './process-usage';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
/** A build of its own, so that a bench and somebody's running server do not share one. */
const DIST = process.env.HOWDAH_DIST || '.next-bench';
const SOURCES = ['app', 'components', 'lib', 'public', 'next.config.js', 'package-lock.json'];
const START_MS = 240_000;
const STOP_MS = 12_000;

export interface Howdah {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its journal and embedded store (`HOWDAH_DATA`). */
  readonly dataDir: string;
  usage(): Usage;
  /** Sends SIGTERM and waits until every process of the tree is gone. */
  stop(): Promise<Stopped>;
  /** SIGKILL to start.ts and the web server at once; returns when both are gone. The data folder stays until the cleanup. */
  kill(): Promise<void>;
  log(): string;
}

export interface HowdahOptions {
  /** Wins over everything, also over `dataDir`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: a free one. */
  readonly port?: number;
  /** Kept at the end; pass that of a killed Howdah to start it again. Default: a fresh folder that goes with the cleanup. */
  readonly dataDir?: string;
}

export interface Stopped {
  readonly tookMs: number;
  readonly exitCode: number | null;
  readonly left: readonly number[];
  readonly stillListening: boolean;
}

export async function startHowdah(
  cleanup: Cleanup,
  flags: readonly string[],
  options: HowdahOptions = {},
): Promise<Howdah> {
  dropStaleBuild();
  const restoreConfig = rememberConfig();
  const port = options.port ?? (await freePort());
  const dir = mkdtempSync(path.join(tmpdir(), 'howdah-bench-'));
  const dataDir = options.env?.HOWDAH_DATA ?? options.dataDir ?? path.join(dir, 'data');
  const logFile = path.join(dir, 'server.log');
  const out = openSync(logFile, 'a');
  const args = ['howdah.mjs', ...flags, '--host', '127.0.0.1', '--port', String(port)];
  const own = { HOWDAH_DIST: DIST, PORT: '', HOWDAH_CONFIG: '', HOWDAH_DATA: dataDir, HOWDAH_AUTH: 'none' };
  const env = { ...process.env, ...own, ...options.env };
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', out, out], env });
  closeSync(out);
  const pid = child.pid ?? 0;
  let stopped: Promise<Stopped> | null = null;
  const howdah: Howdah = {
    url: `http://127.0.0.1:${port}`,
    port,
    pid,
    dataDir,
    usage: () => usageOf(pid),
    stop: () => {
      stopped ??= stopTree(child, port);
      return stopped;
    },
    kill: () => killTree(child),
    log: () => readFileSync(logFile, 'utf8'),
  };
  cleanup.add('Howdah', async () => {
    await howdah.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  await waitReady(child, howdah).finally(restoreConfig);
  return howdah;
}

/** `start.ts` builds where there is no build; a bench must measure the sources as they are. */
function dropStaleBuild(): void {
  const mark = path.join(ROOT, DIST, 'BUILD_ID');
  const built = newest(mark);
  if (built === 0 || process.env.HOWDAH_BENCH_KEEP_BUILD === '1') return;
  if (SOURCES.some((name) => newest(path.join(ROOT, name)) > built)) rmSync(mark, { force: true });
}

/** Next adds the types of another build folder to tsconfig.json; a bench leaves no trace in the sources. */
function rememberConfig(): () => void {
  const file = path.join(ROOT, 'tsconfig.json');
  const before = readFileSync(file, 'utf8');
  return () => {
    if (readFileSync(file, 'utf8') !== before) writeFileSync(file, before);
  };
}

function newest(file: string): number {
  try {
    const stat = statSync(file);
    if (!stat.isDirectory()) return stat.mtimeMs;
    const inside = readdirSync(file).filter((name) => name !== 'testdata' && !name.includes('.test.'));
    return inside.reduce((latest, name) => Math.max(latest, newest(path.join(file, name))), 0);
  } catch {
    return 0;
  }
}

async function waitReady(child: ChildProcess, howdah: Howdah): Promise<void> {
  const started = Date.now();
  let told = started;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`Howdah ended:\n${howdah.log().slice(-3000)}`);
    if (Date.now() - started > START_MS) throw new Error(`Howdah did not start:\n${howdah.log().slice(-3000)}`);
    if (Date.now() - told > 15_000) {
      told = Date.now();
      say(`starting Howdah (builds once): ${Math.round((told - started) / 1000)} s`);
    }
    const health = await fetch(`${howdah.url}/api/health`, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    await health?.body?.cancel();
    if (health?.ok) return;
    await sleep(200);
  }
}

/** Until the fleet holds so many scopes. */
export async function waitForScopes(howdah: Howdah, count: number, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await fetch(`${howdah.url}/api/clusters`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    const body: unknown = answer?.ok ? await answer.json() : null;
    const clusters = typeof body === 'object' && body !== null && 'clusters' in body ? body.clusters : null;
    const seen = Array.isArray(clusters) ? clusters.length : 0;
    if (seen >= count) return;
    if (Date.now() > deadline)
      throw new Error(`Howdah shows ${seen} of ${count} scopes:\n${howdah.log().slice(-2000)}`);
    await sleep(250);
  }
}

/** SIGKILL to a process and all its descendants, as when the machine kills them; returns when they are gone. */
export async function killTree(child: ChildProcess): Promise<void> {
  const pids = child.exitCode === null && child.signalCode === null ? treeOf(child.pid ?? 0) : [];
  killAll(pids);
  const end = Date.now() + STOP_MS;
  while (pids.some(isAlive)) {
    if (Date.now() > end) throw new Error(`still alive after SIGKILL: ${pids.filter(isAlive).join(', ')}`);
    await sleep(10);
  }
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

async function stopTree(child: ChildProcess, port: number): Promise<Stopped> {
  const pids = treeOf(child.pid ?? 0);
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const started = performance.now();
  child.kill('SIGTERM');
  while (performance.now() - started < STOP_MS && pids.some(isAlive)) await sleep(20);
  const tookMs = Math.round(performance.now() - started);
  const left = pids.filter(isAlive);
  killAll(left);
  // The process can be gone from the system before this one has heard of its exit code.
  await Promise.race([exited, sleep(2000)]);
  return { tookMs, exitCode: child.exitCode, left, stillListening: await isListening(port) };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
