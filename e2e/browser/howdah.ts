// A production Howdah on a free loopback port for one spec file, with a data folder of its own, and its ends: the orderly one
// and kill -9.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { killTree } from '../bench/howdah';
import type { Lab } from '../lab/lab';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Also below a path of its own, which builds the pages first: a minute alone, three on a busy machine. */
const READY_MS = 420_000;
const STOP_MS = 15_000;
/** Below those the kernel gives to outgoing connections: a restart must find its port free. */
const PORTS = { first: 20_000, count: 10_000 } as const;

export interface Howdah {
  readonly url: string;
  readonly port: number;
  /** Its journal and embedded store (`HOWDAH_DATA`). */
  readonly dataDir: string;
  /** Of the newest start. */
  readonly child: ChildProcess;
  /** Everything it printed, over all its starts. */
  output(): string;
  /** SIGTERM; resolves with exit code and how long it took. Removes the data folder, unless it was passed in. */
  stop(): Promise<Stopped>;
  /** SIGKILL; returns when it is gone. The data folder stays. */
  kill(): Promise<void>;
  /** Starts again on the same port and data folder, after `kill` or, where it still runs, after SIGTERM. */
  restart(): Promise<void>;
}

export interface Stopped {
  readonly code: number | null;
  readonly tookMs: number;
}

export interface HowdahOptions {
  /** Wins over everything, also over `dataDir`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Kept at the end. Default: a fresh folder that goes with `stop`. */
  readonly dataDir?: string;
  /** The path of its `publicUrl`. */
  readonly basePath?: string;
  /** What is started instead of the checkout's howdah.mjs, and where. */
  readonly program?: readonly [file: string, ...args: string[]];
  readonly cwd?: string;
}

export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

/** One that looks at this lab. It carries the lab's mark, so that the lab's end is its end too, also after a crash. */
export function startHowdahOn(lab: Lab, options: HowdahOptions = {}): Promise<Howdah> {
  const mark = { HOWDAH_LAB: lab.layout.dataDir, HOWDAH_LAB_PART: 'howdah' };
  return startHowdah(['--config', lab.howdahYaml], { ...options, env: { ...mark, ...options.env } });
}

export async function startHowdah(argv: readonly string[], options: HowdahOptions = {}): Promise<Howdah> {
  const port = options.port ?? (await freePort());
  const given = options.env?.HOWDAH_DATA ?? options.dataDir;
  const dataDir = given ?? mkdtempSync(path.join(tmpdir(), 'howdah-data-'));
  // Most specs are about what is behind the door.
  const env = { ...process.env, HOWDAH_AUTH: 'none', HOWDAH_DATA: dataDir, ...options.env };
  const [file, ...first] = options.program ?? [process.execPath, 'howdah.mjs'];
  let output = '';
  const start = async (): Promise<ChildProcess> => {
    const args = [...first, '--port', String(port), ...argv];
    const started = spawn(file, args, { cwd: options.cwd ?? ROOT, stdio: ['ignore', 'pipe', 'pipe'], env });
    for (const stream of [started.stdout, started.stderr]) {
      stream?.on('data', (chunk) => {
        output += String(chunk);
      });
    }
    await waitReady(started, `http://127.0.0.1:${port}${options.basePath ?? ''}`, () => output);
    return started;
  };
  const forget = (): void => {
    if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  let child = await start().catch((error: unknown) => {
    forget();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dataDir,
    get child() {
      return child;
    },
    output: () => output,
    stop: async () => {
      const ended = await end(child);
      forget();
      return ended;
    },
    kill: () => killTree(child),
    restart: async () => {
      await end(child);
      child = await start();
    },
  };
}

async function waitReady(child: ChildProcess, url: string, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error(`Howdah ended with ${child.exitCode ?? child.signalCode}:\n${output()}`);
    const answers = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await killTree(child);
  throw new Error(`Howdah was not ready in ${READY_MS / 1000} s:\n${output()}`);
}

async function end(child: ChildProcess): Promise<Stopped> {
  const start = Date.now();
  if (hasEnded(child)) return { code: child.exitCode, tookMs: 0 };
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => void killTree(child), STOP_MS);
  const code = await ended;
  clearTimeout(timer);
  return { code, tookMs: Date.now() - start };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
