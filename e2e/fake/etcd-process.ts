// One real etcd on loopback with a data folder that goes away with it. Ended by its process id, never by its name.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Etcd } from '../lab/etcd';

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

export function hasEtcd(): boolean {
  return PROGRAM !== undefined;
}

/** `host` is any loopback address. */
export async function startEtcd(host = '127.0.0.1'): Promise<EtcdProcess> {
  if (PROGRAM === undefined) throw new Error('etcd is not installed (Debian: etcd-server)');
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

  const start = async (): Promise<void> => {
    const started = spawn(program, args, {
      stdio: 'ignore',
      env: { ...process.env, ETCD_UNSUPPORTED_ARCH: process.arch },
    });
    child = started;
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
