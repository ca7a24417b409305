// What `npm start` and `npm run dev` run: check the settings, build once, run the web server (serve.mjs) as a child, pass signals
// on. It holds no state and no socket; the child reads the same settings again through configFromProcess().
// The child runs under this node without a shell between, so that a signal reaches it.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIsStale } from './build-state';
import { basePathOf, formatHost } from './config/address';
import { formatProblem, type HowdahConfig, loadConfig } from './config/config';
import { parseFlags, USAGE } from './config/flags';
import { ownUrl } from './config/listen-file';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const NEXT = path.join(ROOT, 'node_modules/next/dist/bin/next');
const SERVE = path.join(ROOT, 'lib/server/serve.mjs');
/** The child closes its streams within 3 s of a signal; one that hangs must not keep the port for ever. */
const KILL_AFTER_MS = 10_000;
const READY_POLL_MS = 100;
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

const EXIT_FAILED = 1;
const EXIT_BAD_SETTINGS = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const { flags, problems } = parseFlags(argv);
  if (problems.length === 0 && flags.help) return say(USAGE.trimEnd(), 0);
  if (problems.length === 0 && flags.version) return say(`howdah ${readVersion()}`, 0);
  const cwd = process.cwd();
  const result = loadConfig({ argv, env: process.env, cwd, readFile: (name) => readFileSync(name, 'utf8') });
  if (!result.ok) {
    for (const problem of result.problems) console.error(formatProblem(problem));
    return EXIT_BAD_SETTINGS;
  }
  const { config } = result;
  for (const warning of config.warnings) console.error(`warning: ${formatProblem(warning)}`);
  const refusal = await probePort(config.listen);
  if (refusal !== null) {
    console.error(refusal);
    return EXIT_FAILED;
  }
  const basePath = basePathOf(config.publicUrl);
  const built = flags.dev ? 0 : await buildOnce(basePath);
  if (built !== 0) return built;
  return serve(config, argv, { cwd, dev: flags.dev });
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null;
  return typeof version === 'string' ? version : 'unknown';
}

/** One line when the address cannot be listened on, else null. Before the build: nobody should wait to learn this. */
function probePort({ host, port }: HowdahConfig['listen']): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${formatHost(host)}:${port}`;
      if (error.code === 'EADDRINUSE') resolve(`Howdah: ${where} is taken; choose another with --port`);
      else resolve(`Howdah: cannot listen on ${where} (${error.code ?? error.message})`);
    });
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

async function buildOnce(basePath: string): Promise<number> {
  if (!buildIsStale(ROOT, basePath)) return 0;
  console.log('Howdah: building the web pages; this takes about half a minute ...');
  const code = await wait(spawnNode([NEXT, 'build'], { HOWDAH_BASE_PATH: basePath }));
  if (code !== 0) console.error(`Howdah: the build failed (exit code ${code})`);
  return code;
}

interface Surroundings {
  readonly cwd: string;
  readonly dev: boolean;
}

async function serve(config: HowdahConfig, argv: string[], { cwd, dev }: Surroundings): Promise<number> {
  const { host, port } = config.listen;
  const basePath = basePathOf(config.publicUrl);
  const child = spawnNode([SERVE, '--host', host, '--port', String(port), ...(dev ? ['--dev'] : [])], {
    NODE_ENV: dev ? 'development' : 'production',
    NEXT_MANUAL_SIG_HANDLE: '1',
    HOWDAH_BASE_PATH: basePath,
    HOWDAH_ARGV: JSON.stringify(argv),
    HOWDAH_CWD: cwd,
  });
  const exit = wait(child);
  announceWhenReady(child, config.listen, `${ownUrl(config.listen)}${basePath}`);
  return exit;
}

function spawnNode(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
  });
}

/** The exit code of the child, 128 + n when signal n ended it. Forwards the first signal only. */
function wait(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    let killer: NodeJS.Timeout | null = null;
    const forward = (signal: NodeJS.Signals): void => {
      if (killer !== null) return;
      killer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      child.kill(signal);
    };
    const finish = (code: number): void => {
      if (killer !== null) clearTimeout(killer);
      for (const signal of SIGNALS) process.off(signal, forward);
      resolve(code);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    child.once('error', (error) => {
      console.error(`Howdah: the web server cannot be started (${error.message})`);
      finish(EXIT_FAILED);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Tries the port until it answers; the child alone decides how long that may take. */
function announceWhenReady(child: ChildProcess, listen: HowdahConfig['listen'], url: string): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const again = (): void => void setTimeout(() => announceWhenReady(child, listen, url), READY_POLL_MS).unref();
  const socket = connect({ host: listen.host, port: listen.port });
  socket.once('connect', () => {
    socket.destroy();
    console.log(`Howdah: ${url}`);
  });
  socket.once('error', again);
}
