// A production Howdah on a free loopback port for one spec file, and its end.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const READY_MS = 90_000;

export interface Howdah {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Everything it printed. */
  output(): string;
  /** SIGTERM; resolves with exit code and how long it took. */
  stop(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

export async function startHowdah(
  argv: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly port?: number } = {},
): Promise<Howdah> {
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, ['--import', 'tsx', 'lib/server/start.ts', '--port', String(port), ...argv], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    output += String(chunk);
  });
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + READY_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`Howdah ended with ${child.exitCode}:\n${output}`);
    const answers = await fetch(`${url}/api/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (answers) {
      return {
        url,
        port,
        child,
        output: () => output,
        stop: () => stop(child),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill('SIGKILL');
  throw new Error(`Howdah was not ready in ${READY_MS / 1000} s:\n${output}`);
}

async function stop(child: ChildProcess): Promise<{ readonly code: number | null; readonly tookMs: number }> {
  const start = Date.now();
  if (child.exitCode !== null) return { code: child.exitCode, tookMs: 0 };
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const code = await ended;
  clearTimeout(timer);
  return { code, tookMs: Date.now() - start };
}
