// Patroni's words for the state of PostgreSQL, by what they mean for us. Unknown words are opaque: neither set holds them.
// Sources: patroni/postgresql/misc.py PostgresqlState (v4.1.4); the replication states of `/cluster` since 3.0.4.

const RUNNING: ReadonlySet<string> = new Set(['running', 'streaming', 'in archive recovery']);
const BOOTSTRAP: ReadonlySet<string> = new Set([
  'initializing new cluster',
  // Misspelt so until 3.0.1.
  'initalizing new cluster',
  'running custom bootstrap script',
  'starting after custom bootstrap',
]);
const PASSING: ReadonlySet<string> = new Set(['starting', 'restarting', 'stopping', 'creating replica', ...BOOTSTRAP]);

/** Patroni holds that it runs, and gets no answer from it (api.py get_postgresql_status, v3.0.2 and v4.1.5). */
export function isUnasked(state: string): boolean {
  return state === 'unknown';
}

/** Its data directory is being filled: what was there before is gone. */
export function hasDataAnew(state: string): boolean {
  return state === 'creating replica' || BOOTSTRAP.has(state);
}

/** PostgreSQL runs, in whatever role. */
export function isRunning(state: string): boolean {
  return RUNNING.has(state);
}

/** On its way to another state by itself. */
export function isPassing(state: string): boolean {
  return PASSING.has(state);
}
