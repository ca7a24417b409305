// Pauses and resumes single databases of a PgBouncer, each command on a connection of its own: a PAUSE that is ended by the RESUME of
// another connection never answers (1.18, 1.24). Nothing here repeats or decides; what a lost answer means is for the one who asked.
import type { PgbouncerAnswer, Reading, ReadingError } from '../domain/raw';
import { classify, readWithin } from './failure';
import { CONSOLE } from './pgbouncer';
import { openPostgres, type PostgresLink, type PostgresTarget } from './postgres-link';

export type ShowRows = readonly Readonly<Record<string, string | null>>[];

export type Paused =
  | { readonly kind: 'paused' }
  /** It was so already, and was left alone: PgBouncer itself takes a second PAUSE of a database without a word. */
  | { readonly kind: 'was_paused' }
  /** It is certainly not paused by this: nothing was sent, or the console answered with an error. */
  | { readonly kind: 'refused'; readonly error: ReadingError }
  /** PAUSE was sent and nothing came back: it may wait for transactions, and may still come to its end. */
  | { readonly kind: 'unknown'; readonly error: ReadingError };

/** The admin console of one PgBouncer, as one of its admin_users. */
export interface PoolConsole {
  /** Databases, pools and the settings that matter. */
  read(deadlineMs: number): Promise<Reading<PgbouncerAnswer>>;
  show(what: 'DATABASES' | 'SERVERS', deadlineMs: number): Promise<Reading<ShowRows>>;
  pause(database: string, deadlineMs: number): Promise<Paused>;
  /** `not_paused`: it was not, and nothing was sent. */
  resume(database: string, deadlineMs: number): Promise<Reading<'resumed' | 'not_paused'>>;
}

export function createPoolConsole(target: Omit<PostgresTarget, 'database'>, now: () => number): PoolConsole {
  const within = <T>(deadlineMs: number, ask: (link: PostgresLink) => Promise<T>): Promise<Reading<T>> => {
    // It refuses what it does not know at the start: no options.
    const own = { name: 'howdah-pause', options: '', connectMs: deadlineMs };
    const link = openPostgres({ ...target, database: CONSOLE }, own);
    const asked = readWithin(() => link.client.connect().then(() => ask(link)), deadlineMs, now, consoleWords);
    return asked.finally(() => {
      link.client.end().catch(() => undefined);
      setTimeout(() => link.destroy(), 200).unref();
    });
  };
  const show = async (link: PostgresLink, what: string): Promise<ShowRows> =>
    (await link.query(`SHOW ${what}`)).rows as ShowRows;
  const isPaused = async (link: PostgresLink, database: string): Promise<boolean> =>
    (await show(link, 'DATABASES')).some(({ name, paused }) => name === database && paused === '1');
  return {
    read: (deadlineMs) =>
      within(deadlineMs, async (link) => {
        const config = Object.fromEntries(
          (await show(link, 'CONFIG')).flatMap(({ key, value }) => (key == null ? [] : [[key, value ?? null]])),
        );
        const databases = await show(link, 'DATABASES');
        return { kind: 'pgbouncer', version: null, config, databases, pools: await show(link, 'POOLS') };
      }),
    show: (what, deadlineMs) => within(deadlineMs, (link) => show(link, what)),
    async pause(database, deadlineMs) {
      let left = false;
      const reading = await within(deadlineMs, async (link) => {
        if (await isPaused(link, database)) return 'was_paused';
        left = true;
        await link.query(`PAUSE ${quoted(database)}`);
        return 'paused';
      });
      if (reading.ok) return { kind: reading.value };
      return { kind: left && reading.error.kind !== 'denied' ? 'unknown' : 'refused', error: reading.error };
    },
    resume: (database, deadlineMs) =>
      within(deadlineMs, async (link) => {
        if (!(await isPaused(link, database))) return 'not_paused';
        await link.query(`RESUME ${quoted(database)}`);
        return 'resumed';
      }),
  };
}

/** All errors of the console have one SQLSTATE; its own words say which. */
function consoleWords(error: unknown): ReadingError {
  const isOfConsole = error instanceof Error && 'code' in error && error.code === '08P01';
  return isOfConsole ? { kind: 'denied', message: error.message.slice(0, 160) } : classify(error);
}

/** The console reads names as PostgreSQL does. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
