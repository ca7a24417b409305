// What instrumentation.ts starts, once per process, before the first request. Owns the signals: Next's own handler would wait
// for open streams for ever (NEXT_MANUAL_SIG_HANDLE is set by start.ts).
import { log } from './log';
import { startRuntime } from './runtime';

const DEADLINE_MS = 2800;

export function boot(): void {
  const runtime = startRuntime();
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
