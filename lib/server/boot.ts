// The runtime of this process, begun once, before Next is loaded. Owns the signals: Next's own handler would wait for open streams for ever
// (NEXT_MANUAL_SIG_HANDLE is set by start.ts).
import { closeSync, openSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Worker } from 'node:worker_threads';
import { saidBy } from '../language/spoken-error';
import { compose } from './composition';
import { configFromProcess, formatProblem, type HowdahConfig } from './config/config';
import type { ListenTls } from './config/tls';
import { openWebServer, type WebServerOptions } from './edge/web-server';
import { log } from './log';
import { type Runtime, startRuntime } from './runtime';

const DEADLINE_MS = 2800;

/** What opens the web server when there is something to answer with. `collector`: its first thread. */
export function boot(
  config: HowdahConfig,
  collector: Worker,
): (options: Omit<WebServerOptions, 'config' | 'readTls'>) => Server {
  const runtime = startRuntime(() => compose(config, collector));
  log.info({ origin: runtime.config.origin, sources: runtime.config.sources.map((source) => source.name) }, 'started');
  let asked = false;
  const end = (signal: NodeJS.Signals): void => {
    if (asked) return;
    asked = true;
    setTimeout(() => process.exit(1), DEADLINE_MS).unref();
    void runtime.stop(signal).finally(() => process.exit(0));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', () => {
    if (isTerminalGone()) end('SIGHUP');
    else void readAgain(runtime);
  });
  return (options) => openWebServer({ ...options, config, readTls });
}

/** What a closed terminal leaves behind nobody would end any more. */
function isTerminalGone(): boolean {
  if (!process.stdin.isTTY && !process.stdout.isTTY) return false;
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return false;
  } catch {
    return true;
  }
}

/** As the button does; what is wrong stands in the log. */
async function readAgain(runtime: Runtime): Promise<void> {
  try {
    const sources = await runtime.sources();
    log.info(await sources.read({ name: 'SIGHUP', address: null }), 'read the settings again');
  } catch (error) {
    log.error({ problem: String(saidBy(error)) }, 'the settings were not read again: all goes on as before');
  }
}

/** The settings are read again for the certificate alone; what else changed counts at the next start. */
function readTls(): ListenTls | null {
  const result = configFromProcess();
  if (result.ok) return result.config.listen.tls;
  log.warn({ problems: result.problems.map(formatProblem) }, 'the new certificate cannot be used');
  return null;
}
