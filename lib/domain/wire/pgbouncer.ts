// PgBouncer's SHOW DATABASES, POOLS and CONFIG, by the names of their columns: 1.24 has more than 1.18, and `reserve_pool_size` for
// `reserve_pool`. Everything is text there. Wire spelling lives only here.
import type { PgbouncerAnswer } from '../raw';
import { notNegative, once, text } from './loose';

export interface PgbouncerDatabase {
  readonly name: string;
  /** One host, several with commas, or null: a local socket. */
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
  readonly size: number | null;
  readonly mode: string | null;
  readonly paused: boolean;
  readonly disabled: boolean;
}

export interface PgbouncerPool {
  readonly database: string;
  readonly user: string;
  readonly clientsActive: number;
  readonly clientsWaiting: number;
  readonly serversActive: number;
  /** Idle, used and tested: those that a client could get. */
  readonly serversIdle: number;
  readonly serversLogin: number;
  readonly waitSeconds: number;
  readonly mode: string | null;
}

export interface PgbouncerStatus {
  readonly version: string | null;
  readonly databases: readonly PgbouncerDatabase[];
  readonly pools: readonly PgbouncerPool[];
  readonly loginRetrySeconds: number | null;
  readonly waitLimitSeconds: number | null;
}

type Row = Readonly<Record<string, string | null>>;

export const parsePgbouncerStatus = once((answer: PgbouncerAnswer): PgbouncerStatus => {
  const { version, databases, pools, config } = answer;
  return {
    version: /\d[\w.]*/.exec(version ?? '')?.[0] ?? null,
    databases: databases.flatMap((row): PgbouncerDatabase[] => {
      const name = text(row.name);
      // The console itself.
      if (name === null || name === 'pgbouncer') return [];
      return [
        {
          name,
          host: text(row.host),
          port: notNegative(row.port),
          database: text(row.database),
          size: notNegative(row.pool_size),
          mode: text(row.pool_mode) ?? text(config.pool_mode),
          paused: row.paused === '1',
          disabled: row.disabled === '1',
        },
      ];
    }),
    pools: pools.flatMap((row): PgbouncerPool[] => {
      const database = text(row.database);
      if (database === null || database === 'pgbouncer') return [];
      const idle = count(row, 'sv_idle') + count(row, 'sv_used') + count(row, 'sv_tested');
      return [
        {
          database,
          user: text(row.user) ?? '',
          clientsActive: count(row, 'cl_active'),
          clientsWaiting: count(row, 'cl_waiting'),
          serversActive: count(row, 'sv_active'),
          serversIdle: idle,
          serversLogin: count(row, 'sv_login'),
          waitSeconds: count(row, 'maxwait') + count(row, 'maxwait_us') / 1e6,
          mode: text(row.pool_mode),
        },
      ];
    }),
    loginRetrySeconds: notNegative(config.server_login_retry),
    waitLimitSeconds: notNegative(config.query_wait_timeout),
  };
});

function count(row: Row, column: string): number {
  return notNegative(row[column]) ?? 0;
}
