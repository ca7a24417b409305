// What instrumentation.ts starts, once per process, before the first request. Owns the signals: Next's own handler would wait
// for open streams for ever (NEXT_MANUAL_SIG_HANDLE is set by start.ts). Hands what opens the socket to serve.mjs.
import { compose } from './composition';
import { configFromProcess, formatProblem, type HowdahConfig } from './config/config';
import type { ListenTls } from './config/tls';
import { openWebServer, type WebServerOptions } from './edge/web-server';
import { log } from './log';
import { startRuntime } from './runtime';

const DEADLINE_MS = 2800;

const BOOTS = Symbol.for('howdah.boots');
type Open = (options: Omit<WebServerOptions, 'config' | 'readTls'>) => unknown;
/** What waits in serve.mjs. */
type Holder = typeof globalThis & { [BOOTS]?: (open: Open) => void };

export function boot(): void {
  const runtime = startRuntime(() => compose(settings()));
  (globalThis as Holder)[BOOTS]?.((options) => openWebServer({ ...options, config: runtime.config, readTls }));
  for (const warning of runtime.config.warnings) log.warn(warning);
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
  process.on('SIGHUP', end);
}

function settings(): HowdahConfig {
  const loaded = configFromProcess();
  if (loaded.ok) return loaded.config;
  for (const problem of loaded.problems) console.error(formatProblem(problem));
  process.exit(2);
}

/** The settings are read again for the certificate alone; what else changed counts at the next start. */
function readTls(): ListenTls | null {
  const result = configFromProcess();
  if (result.ok) return result.config.listen.tls;
  log.warn({ problems: result.problems.map(formatProblem) }, 'the new certificate cannot be used');
  return null;
}
