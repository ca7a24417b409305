// What howdah.mjs runs: check the settings, build the pages once, in a process that ends, then serve here. The collector begins first, and
// the socket opens before Next is loaded: data does not wait for the pages.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createProbe } from 'node:net';
import { constants } from 'node:os';
import path from 'node:path';
import type { NextServerOptions } from 'next/dist/server/next';
import { buildIsStale } from './build-state';
import { basePathOf, formatHost } from './config/address';
import { formatProblem, type HowdahConfig, loadConfig } from './config/config';
import { parseFlags, USAGE } from './config/flags';
import { ownUrl } from './config/listen-file';
import { dataRoutes, type HandlersOf } from './edge/data-routes';
import { namesProblem } from './names/names';
import { openFilesLimit, tooFewFiles } from './open-files';
import { packageProblem, packageSettings } from './packaged';
import { openThread } from './threads';
import { VERSION } from './version';

/** A build that hangs must not keep us for ever. */
const KILL_AFTER_MS = 10_000;
/** The first rows are there by then; what loads the pages keeps them waiting. */
const PAGES_AFTER_MS = 1000;
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

const EXIT_FAILED = 1;
const EXIT_BAD_SETTINGS = 2;

/** Set in the bundle of a package (bundle.mjs). */
const PACKAGED = process.env.HOWDAH_PACKAGED === '1';

/** `root`: the checkout, or the folder `app` of a package. The exit code; 0 also while it serves. */
export async function start(argv: string[], root: string): Promise<number> {
  const { flags, problems } = parseFlags(argv);
  if (problems.length === 0 && flags.help) return say(USAGE.trimEnd(), 0);
  if (problems.length === 0 && flags.version) return say(`howdah ${VERSION}`, 0);
  const cwd = process.cwd();
  const result = loadConfig({ argv, env: process.env, cwd, readFile: (name) => readFileSync(name, 'utf8') });
  if (!result.ok) {
    for (const problem of result.problems) console.error(formatProblem(problem));
    return EXIT_BAD_SETTINGS;
  }
  const { config } = result;
  for (const warning of config.warnings) console.error(`warning: ${formatProblem(warning)}`);
  const moved = namesProblem(config);
  if (moved !== null) {
    console.error(moved);
    return EXIT_BAD_SETTINGS;
  }
  const basePath = basePathOf(config.publicUrl);
  const missing = PACKAGED ? packageProblem(flags.dev, basePath) : null;
  if (missing !== null) {
    console.error(`Howdah: ${missing}`);
    return EXIT_BAD_SETTINGS;
  }
  const tooFew = tooFewFiles(openFilesLimit());
  const refusal = tooFew === null ? await probePort(config.listen) : `Howdah: ${tooFew}`;
  if (refusal !== null) {
    console.error(refusal);
    return EXIT_FAILED;
  }
  Object.assign(process.env, PACKAGED ? packageSettings(root) : {}, {
    NODE_ENV: flags.dev ? 'development' : 'production',
    NEXT_MANUAL_SIG_HANDLE: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    HOWDAH_BASE_PATH: basePath,
    // The collector's thread and a renewed certificate read the settings again.
    HOWDAH_ARGV: JSON.stringify(argv),
    HOWDAH_CWD: cwd,
  });
  process.chdir(root);
  const built = flags.dev || PACKAGED ? 0 : await buildOnce(root, basePath);
  if (built !== 0) return built;
  await serve(config, { dev: flags.dev, root });
  return 0;
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

/** One line when the address cannot be listened on, else null. Before the build: nobody should wait to learn this. */
function probePort({ host, port }: HowdahConfig['listen']): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createProbe();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const where = `${formatHost(host)}:${port}`;
      if (error.code === 'EADDRINUSE') resolve(`Howdah: ${where} is taken; choose another with --port`);
      else resolve(`Howdah: cannot listen on ${where} (${error.code ?? error.message})`);
    });
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

async function buildOnce(root: string, basePath: string): Promise<number> {
  if (!buildIsStale(root, basePath)) return 0;
  console.log('Howdah: building the web pages; this takes about half a minute ...');
  const next = path.join(root, 'node_modules/next/dist/bin/next');
  const code = await wait(spawn(process.execPath, [next, 'build'], { cwd: root, stdio: 'inherit' }));
  if (code !== 0) console.error(`Howdah: the build failed (exit code ${code})`);
  return code;
}

type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Data is answered from the first moment; the pages are opened by whoever asks for one, or when the rows had their time. */
async function serve(config: HowdahConfig, { dev, root }: { dev: boolean; root: string }): Promise<void> {
  const { host, port } = config.listen;
  // A thread of its own: it asks its first questions while all else is still read.
  const collector = openThread('collector');
  const { boot } = await import('./boot');
  const openWebServer = boot(config, collector);
  // Next takes upgrades from the server it is given: one that never listens, so that ours decides which of them it sees.
  const upgrades = createServer();
  const upgrade = (...met: readonly unknown[]): unknown => upgrades.emit('upgrade', ...met);
  let opened: Promise<Pages> | null = null;
  const pages = (): Promise<Pages> => {
    opened ??= openPages({ dev, dir: root, hostname: host, port, httpServer: upgrades });
    return opened;
  };
  const data = await dataOf(config, dev);
  if (data === null) await pages();
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (data !== null && (await data(request, response))) return;
    await (await pages())(request, response);
  };
  const server = openWebServer({ handler, upgrade: dev ? upgrade : null, dev });
  server.once('error', (error: NodeJS.ErrnoException) => {
    console.error(`Howdah: cannot listen on ${formatHost(host)}:${port} (${error.code ?? error.message})`);
    process.exit(EXIT_FAILED);
  });
  server.listen(port, host, () => {
    console.log(`Howdah: ${ownUrl(config.listen)}${basePathOf(config.publicUrl)}`);
    setTimeout(() => void pages(), PAGES_AFTER_MS);
  });
}

/** Ends the process where they cannot be opened. */
async function openPages(settings: NextServerOptions): Promise<Pages> {
  try {
    const { default: next } = await import('next');
    const app = next(settings);
    await app.prepare();
    return app.getRequestHandler();
  } catch (error) {
    console.error('Howdah: the pages cannot be opened:', error);
    process.exit(EXIT_FAILED);
  }
}

/** null while developing: then Next reads the routes from their sources. */
async function dataOf(config: HowdahConfig, dev: boolean): Promise<ReturnType<typeof dataRoutes> | null> {
  if (dev || process.env.HOWDAH_BUNDLED !== '1') return null;
  const { handlersOf }: { handlersOf: HandlersOf } = await import(new URL('handlers.mjs', import.meta.url).href);
  return dataRoutes(handlersOf, basePathOf(config.publicUrl));
}

/** The exit code of a build, 128 + n when signal n ended it. Forwards the first signal only. */
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
      console.error(`Howdah: the build cannot be started (${error.message})`);
      finish(EXIT_FAILED);
    });
    child.once('exit', (code, signal) => finish(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
