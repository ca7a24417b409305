// Reads PgBouncer's admin console with one connection of its own: `SHOW` and nothing else, so that a user of stats_users is enough. Columns
// differ from 1.18 to 1.24 and are taken by name in domain/wire/pgbouncer.ts.
import type { PgbouncerAnswer } from '../domain/raw';
import { readWithin } from './failure';
import type { EntryReader } from './haproxy';
import { openPostgres, type PostgresLink, type PostgresTarget } from './postgres-link';

type Row = Readonly<Record<string, string | null>>;

/** The console is a database of its own. */
export const CONSOLE = 'pgbouncer';
/** Kept of the hundred that there are. */
const SETTINGS: readonly string[] = [
  'server_login_retry',
  'query_wait_timeout',
  'max_client_conn',
  'default_pool_size',
  'pool_mode',
];
const SETTINGS_EVERY_MS = 30_000;

export function createPgbouncerReader(target: PostgresTarget, now: () => number): EntryReader<PgbouncerAnswer> {
  let link: PostgresLink | null = null;
  let about: Pick<PgbouncerAnswer, 'version' | 'config'> & { readonly at: number } = {
    version: null,
    config: {},
    at: 0,
  };

  const drop = (): void => {
    link?.destroy();
    link = null;
  };

  const connect = async (deadlineMs: number): Promise<PostgresLink> => {
    if (link !== null) return link;
    // It refuses what it does not know at the start: no options.
    const made = openPostgres(target, { name: 'howdah', options: '', connectMs: deadlineMs }, () => {
      if (link === made) drop();
    });
    link = made;
    about = { ...about, at: 0 };
    await made.client.connect();
    return made;
  };

  const show = async (
    open: PostgresLink,
    what: 'VERSION' | 'CONFIG' | 'DATABASES' | 'POOLS',
  ): Promise<readonly Row[]> => (await open.query(`SHOW ${what}`)).rows as readonly Row[];

  const ask = async (deadlineMs: number): Promise<PgbouncerAnswer> => {
    const open = await connect(deadlineMs);
    if (now() - about.at > SETTINGS_EVERY_MS) {
      const [version] = await show(open, 'VERSION');
      const settings = await show(open, 'CONFIG');
      const config = Object.fromEntries(
        settings.flatMap(({ key, value }) => (key != null && SETTINGS.includes(key) ? [[key, value ?? null]] : [])),
      );
      about = { version: version?.version ?? null, config, at: now() };
    }
    const databases = await show(open, 'DATABASES');
    const pools = await show(open, 'POOLS');
    return { kind: 'pgbouncer', version: about.version, config: about.config, databases, pools };
  };

  return {
    async read(deadlineMs) {
      const reading = await readWithin(() => ask(deadlineMs), deadlineMs, now);
      if (!reading.ok) drop();
      return reading;
    },
    close: drop,
  };
}
