// `npm run demo`: a real cluster and Howdah looking at it, from one command; Ctrl-C stops all it started. The cluster's data
// stay, so that the next run finds it again in seconds (`npm run lab -- down --purge` removes them).

import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { buildIsStale } from '../lib/server/build-state';
import { bringUp } from './lab/bring-up';
import { waitUntil } from './lab/deadline';
import { endLabByName } from './lab/end';
import { ELSEWHERE, type Say, step } from './lab/environments';
import { CHECKOUT } from './lab/layout';
import { refuseNewParts } from './lab/processes';

const LAB_NAME = 'distro';
const FIRST_PORT = 3000;
const PORTS_TRIED = 100;

const started = Date.now();
const say: Say = (text) => {
  process.stderr.write(`[demo ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}\n`);
};

const children = new Set<ChildProcess>();
let stopping: Promise<void> | null = null;

/** A child of ours in the foreground group; its exit code, or null when a signal ended it. */
function run(args: readonly string[]): { child: ChildProcess; done: Promise<number | null> } {
  // Loopback only, and nothing behind it but a lab: the demo has no sign-in.
  const env = { ...process.env, HOWDAH_AUTH: process.env.HOWDAH_AUTH ?? 'none' };
  const child = spawn(process.execPath, [...args], { cwd: CHECKOUT, stdio: 'inherit', env });
  children.add(child);
  const done = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      children.delete(child);
      resolve(code);
    });
  });
  return { child, done };
}

function stop(): Promise<void> {
  stopping ??= (async () => {
    refuseNewParts();
    await step(say, 'stopping Howdah', async () => {
      for (const child of children) child.kill('SIGTERM');
      await waitUntil('Howdah to stop', 12_000, () => children.size === 0, 50).catch(() => {
        for (const child of children) child.kill('SIGKILL');
      });
    });
    await endLabByName(LAB_NAME, say, false);
  })();
  return stopping;
}

async function build(): Promise<void> {
  if (!buildIsStale(CHECKOUT)) return;
  await step(say, 'building Howdah', async () => {
    const code = await run(['node_modules/next/dist/bin/next', 'build']).done;
    if (code !== 0) throw new Error(`the build of Howdah failed (exit code ${code})`);
  });
}

async function freePort(): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS_TRIED; port += 1) {
    const free = await new Promise<boolean>((resolve) => {
      const probe = net.createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error(`no free port between ${FIRST_PORT} and ${FIRST_PORT + PORTS_TRIED - 1}`);
}

async function healthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2000) });
  await answer.arrayBuffer();
  return answer.status < 500;
}

async function main(): Promise<number> {
  const howdahPort = await freePort();
  const lab = await bringUp({ generation: 'distro', name: LAB_NAME, shape: 'demo', howdahPort, say });
  await build();
  const { done } = run(['howdah.mjs', '--config', lab.howdahYaml, '--port', `${howdahPort}`]);
  const url = `http://127.0.0.1:${howdahPort}`;
  const endedEarly = done.then((code) => {
    throw new Error(`Howdah ended by itself (exit code ${code})`);
  });
  endedEarly.catch(() => undefined);
  await Promise.race([
    endedEarly,
    step(say, 'starting Howdah', () => waitUntil('Howdah to answer', 60_000, () => healthy(url))),
  ]);
  if (stopping !== null) return 0;
  say(`open ${url}`);
  say('break something in another terminal: npm run lab -- fault, and put it right: npm run lab -- heal');
  say('Ctrl-C stops Howdah and the cluster');
  return (await done) ?? 0;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === null) say('stopping');
    void stop().then(
      () => process.exit(signal === 'SIGINT' ? 130 : 143),
      (error: unknown) => {
        say(String(error));
        process.exit(1);
      },
    );
  });
}

main().then(
  async (code) => {
    if (stopping !== null) return;
    await stop();
    process.exit(code);
  },
  async (error: unknown) => {
    // Being asked to stop ends everything under us: that is no failure.
    if (stopping !== null) return;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${ELSEWHERE}\n`);
    await stop().catch(() => undefined);
    process.exit(1);
  },
);
