// The only statement that ends somebody's session. It checks who it is in the same breath: the pid, when its backend started and that
// it is a client's. So a walsender, a worker and a pid that was given to another session meanwhile are never reached, and who may not
// end a superuser's is told so by PostgreSQL.
import type { ReadingError } from '../domain/raw';
import { field, number, parseObject, text } from '../domain/wire/loose';
import { read } from './failure';
import { openPostgres, type PostgresTarget } from './postgres-link';

export interface SessionName {
  readonly pid: number;
  readonly backendStart: string;
}

export type Signalled =
  | { readonly kind: 'sent'; readonly who: string }
  /** There is no such session of a client, or not any longer. */
  | { readonly kind: 'none' }
  /** The role may not see other sessions: without pg_read_all_stats their start is hidden. */
  | { readonly kind: 'blind' }
  | { readonly kind: 'refused'; readonly error: ReadingError }
  /** The statement had left: whether it arrived is not known. */
  | { readonly kind: 'unknown'; readonly error: ReadingError };

export interface SessionState {
  readonly isThere: boolean;
  readonly state: string | null;
  readonly statementSeconds: number | null;
}

/** A name of PostgreSQL has 63 bytes; it goes into the record. */
const NAME_MAX = 64;
const FUNCTION = { cancel: 'pg_cancel_backend', terminate: 'pg_terminate_backend' } as const;

const signal = (how: keyof typeof FUNCTION): string => `
SELECT json_build_object('sees', pg_has_role('pg_read_all_stats', 'USAGE'), 'hit', (
  SELECT json_build_object('sent', ${FUNCTION[how]}(a.pid), 'user', a.usename, 'application', a.application_name)
  FROM pg_stat_activity a
  WHERE a.pid = $1::int AND a.backend_start = $2::timestamptz AND a.backend_type = 'client backend'
    AND a.pid <> pg_backend_pid()))::text AS answer`;

const LOOK = `
SELECT json_build_object('hit', (
  SELECT json_build_object('state', state, 'seconds', extract(epoch FROM clock_timestamp() - query_start))
  FROM pg_stat_activity WHERE pid = $1::int AND backend_start = $2::timestamptz))::text AS answer`;

/** Sent at most once. */
export async function signalSession(
  target: PostgresTarget,
  { pid, backendStart }: SessionName,
  how: keyof typeof FUNCTION,
  deadlineMs: number,
  now: () => number,
): Promise<Signalled> {
  let left = false;
  const reading = await within(target, deadlineMs, now, (query) => {
    left = true;
    return query(signal(how), [pid, backendStart]);
  });
  if (!reading.ok) {
    // PostgreSQL answered with an error: then nothing was done.
    const isAnswered = reading.error.kind === 'denied' || reading.error.kind === 'auth';
    return { kind: left && !isAnswered ? 'unknown' : 'refused', error: reading.error };
  }
  const hit = field(reading.value, 'hit');
  if (field(hit, 'sent') === true) {
    const who = [text(field(hit, 'user')), text(field(hit, 'application'))].flatMap(
      (part) => part?.slice(0, NAME_MAX) ?? [],
    );
    return { kind: 'sent', who: who.join(', ') };
  }
  return { kind: field(reading.value, 'sees') === true ? 'none' : 'blind' };
}

/** null: it could not be asked. */
export async function lookAtSession(
  target: PostgresTarget,
  { pid, backendStart }: SessionName,
  deadlineMs: number,
  now: () => number,
): Promise<SessionState | null> {
  const reading = await within(target, deadlineMs, now, (query) => query(LOOK, [pid, backendStart]));
  if (!reading.ok || reading.value === null) return null;
  const hit = field(reading.value, 'hit');
  const isThere = typeof hit === 'object' && hit !== null;
  return { isThere, state: text(field(hit, 'state')), statementSeconds: number(field(hit, 'seconds')) };
}

type Query = (statement: string, values: readonly unknown[]) => Promise<unknown>;

async function within(
  target: PostgresTarget,
  deadlineMs: number,
  now: () => number,
  ask: (query: Query) => Promise<unknown>,
) {
  const link = openPostgres(target, {
    name: 'howdah-signal',
    options: `-c lock_timeout=1000 -c statement_timeout=${deadlineMs}`,
    connectMs: deadlineMs,
  });
  const query: Query = async (statement, values) => {
    const { rows } = await link.query(statement, values);
    const answer: unknown = rows[0]?.answer;
    return typeof answer === 'string' ? parseObject(answer) : null;
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    return await read(() => {
      const answer = link.client.connect().then(() => ask(query));
      answer.catch(() => undefined);
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(Object.assign(new Error('deadline'), { code: 'ETIMEDOUT' })), deadlineMs);
      });
      return Promise.race([answer, late]);
    }, now);
  } finally {
    clearTimeout(timer);
    link.client.end().catch(() => undefined);
    setTimeout(() => link.destroy(), 200).unref();
  }
}
