// One real etcd on loopback with a data folder that goes away with it. Ended by its process id, never by its name. It ends with the
// process that started it, however that ends; what was left all the same (a guard killed too) is ended by the next one to start.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd } from '../lab/etcd';
import { identityOf } from '../lab/owner';

const START_MS = 15_000;
const STOP_MS = 5000;
const PROGRAM = ['/usr/bin/etcd', '/usr/local/bin/etcd'].find((file) => existsSync(file));

export interface EtcdProcess {
  readonly url: string;
  readonly etcd: Etcd;
  readonly pid: number;
  /** Ends it and starts it again on the same data and port; `downMs` is how long it stays away. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** A fresh folder in memory where there is such a place: what is written to disk for safety costs a busy machine seconds. */
export function quickFolder(prefix: string): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return mkdtempSync(path.join('/dev/shm', prefix));
  } catch {
    return mkdtempSync(path.join(tmpdir(), prefix));
  }
}

const OWNER = 'HOWDAH_FAKE_OWNER';

/** Ends every etcd of this file whose owner is gone, and removes its data. */
export function endLeftovers(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const owner = readFileSync(`/proc/${pid}/environ`, 'latin1')
        .split('\0')
        .find((entry) => entry.startsWith(`${OWNER}=`));
      const args = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      const folder = args.find((arg) => arg.startsWith('--data-dir='))?.slice('--data-dir='.length);
      if (owner === undefined || folder === undefined || args[0] !== PROGRAM) continue;
      const identity = owner.slice(OWNER.length + 1);
      if (identityOf(Number.parseInt(identity, 10)) === identity) continue;
      process.kill(Number(pid), 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or gone in that moment.
    }
  }
}

/** Ends the process and removes its data when this one is no more: its standard input then ends. Call the result to let it be. */
export function guard(pid: number, dataDir: string): () => void {
  const script = 'read -r _; kill -9 "$0"; rm -rf "$1"';
  const child = spawn('/bin/sh', ['-c', script, String(pid), dataDir], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => undefined);
  return () => child.kill('SIGKILL');
}

/** `host` is any loopback address. */
export async function startEtcd(host = '127.0.0.1'): Promise<EtcdProcess> {
  if (PROGRAM === undefined) throw new Error('etcd is not installed (Debian: etcd-server)');
  endLeftovers();
  const program = PROGRAM;
  const dataDir = quickFolder('howdah-etcd-');
  const [clientPort, peerPort] = await Promise.all([freePort(host), freePort(host)]);
  const url = `http://${host}:${clientPort}`;
  const peer = `http://${host}:${peerPort}`;
  const flags = {
    name: 'fake',
    'data-dir': dataDir,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `fake=${peer}`,
    'log-level': 'error',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const etcd = new Etcd([url]);
  let child: ChildProcess | null = null;
  let release = (): unknown => undefined;

  const start = async (): Promise<void> => {
    const started = spawn(program, args, {
      stdio: 'ignore',
      env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch, [OWNER]: identityOf(process.pid) ?? '' },
    });
    child = started;
    if (started.pid !== undefined) release = guard(started.pid, dataDir);
    const deadline = Date.now() + START_MS;
    while (!(await etcd.healthy(url))) {
      if (hasEnded(started)) throw new Error(`etcd ended with code ${started.exitCode}`);
      if (Date.now() > deadline) throw new Error('etcd did not become healthy');
      await sleep(50);
    }
  };
  const end = async (): Promise<void> => {
    const ending = child;
    if (ending === null || hasEnded(ending)) return;
    const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    ending.kill('SIGTERM');
    const killer = setTimeout(() => ending.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(killer);
    release();
  };
  const stop = async (): Promise<void> => {
    await end();
    rmSync(dataDir, { recursive: true, force: true });
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    etcd,
    get pid() {
      return child?.pid ?? 0;
    },
    restart: async (downMs) => {
      await end();
      await sleep(downMs);
      await start();
    },
    stop,
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Free now; whoever asked must take it soon. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port: 0 }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
