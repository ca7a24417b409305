// Patroni's words for the state of PostgreSQL, by what they mean for us. Unknown words are opaque: neither set holds them.
// Sources: patroni/postgresql/misc.py PostgresqlState (v4.1.4); the replication states of `/cluster` since 3.0.4.

const RUNNING: ReadonlySet<string> = new Set(['running', 'streaming', 'in archive recovery']);
const PASSING: ReadonlySet<string> = new Set([
  'starting',
  'restarting',
  'stopping',
  'creating replica',
  'initializing new cluster',
  // Misspelt so until 3.0.1.
  'initalizing new cluster',
  'running custom bootstrap script',
  'starting after custom bootstrap',
]);

/** PostgreSQL runs, in whatever role. */
export function isRunning(state: string): boolean {
  return RUNNING.has(state);
}

/** On its way to another state by itself. */
export function isPassing(state: string): boolean {
  return PASSING.has(state);
}
