// What HAProxy, PgBouncer and an address answer, in the form of the real ones (HAProxy 2.6.12, PgBouncer 1.18.0 and 1.24.1), for tests.
import type { AddressAnswer, HaproxyAnswer, PgbouncerAnswer, ReadingErrorKind } from '../raw';
import { NOW, SYSTEM } from '../testkit';

/** The columns that come before those used here stay empty, as those after them. */
const HEADER =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,last_chk,addr,mode,-,';
const COLUMNS = HEADER.slice(2).split(',');

export interface ServerSpec {
  readonly name: string;
  readonly status?: string;
  readonly check?: string;
  readonly code?: number;
  readonly sessions?: number;
  /** Seconds since its status changed. */
  readonly changed?: number;
  readonly addr?: string;
  readonly backup?: boolean;
}

function line(cells: Readonly<Record<string, string | number | undefined>>): string {
  return COLUMNS.map((column) => cells[column] ?? '').join(',');
}

/** By listener; a server is UP with L7OK 200 unless it says otherwise. */
export function haproxy(listeners: Readonly<Record<string, readonly ServerSpec[]>>, info?: string): HaproxyAnswer {
  const lines = Object.entries(listeners).flatMap(([proxy, servers]) => [
    line({ pxname: proxy, svname: 'FRONTEND', scur: 3, status: 'OPEN', type: 0 }),
    ...servers.map(({ name, status = 'UP', check = 'L7OK', code = 200, sessions = 0, changed = 600, addr, backup }) =>
      line({
        pxname: proxy,
        svname: name,
        scur: sessions,
        status,
        bck: backup === true ? 1 : 0,
        lastchg: changed,
        type: 2,
        check_status: check,
        check_code: code,
        addr,
      }),
    ),
    line({ pxname: proxy, svname: 'BACKEND', qcur: 0, status: 'UP', type: 1 }),
  ]);
  return { kind: 'haproxy', csv: [HEADER, ...lines, ''].join('\n'), info: info ?? null };
}

/** In a listener of the primary: Patroni there answers 503. */
export const other = (name: string, more: Partial<ServerSpec> = {}): ServerSpec => ({
  name,
  status: 'DOWN',
  check: 'L7STS',
  code: 503,
  ...more,
});

export interface PoolSpec {
  readonly host?: string;
  readonly port?: number;
  readonly paused?: boolean;
  readonly disabled?: boolean;
  readonly waiting?: number;
  readonly waitSeconds?: number;
  readonly busy?: number;
  readonly idle?: number;
}

/** By database, with the columns of that version. */
export function pgbouncer(
  databases: Readonly<Record<string, PoolSpec>>,
  version: '1.18.0' | '1.24.1' = '1.24.1',
  config: Readonly<Record<string, string>> = {},
): PgbouncerAnswer {
  const isNew = version === '1.24.1';
  return {
    kind: 'pgbouncer',
    version: `PgBouncer ${version}`,
    config: { server_login_retry: '1', query_wait_timeout: '120', pool_mode: 'transaction', ...config },
    databases: [
      { name: 'pgbouncer', host: null, port: '6432', database: 'pgbouncer', paused: '0', disabled: '0' },
      ...Object.entries(databases).map(([name, { host = '10.0.0.9', port = 5000, paused, disabled }]) => ({
        name,
        host,
        port: String(port),
        database: name,
        force_user: null,
        pool_size: '20',
        min_pool_size: '0',
        [isNew ? 'reserve_pool_size' : 'reserve_pool']: '0',
        pool_mode: null,
        current_connections: '1',
        paused: paused === true ? '1' : '0',
        disabled: disabled === true ? '1' : '0',
        ...(isNew ? { server_lifetime: '3600', load_balance_hosts: null } : {}),
      })),
    ],
    pools: [
      { database: 'pgbouncer', user: 'pgbouncer', cl_active: '1', cl_waiting: '0', pool_mode: 'statement' },
      ...Object.entries(databases).map(([database, { waiting = 0, waitSeconds = 0, busy = 1, idle = 2 }]) => ({
        database,
        user: 'app',
        cl_active: '5',
        cl_waiting: String(waiting),
        sv_active: String(busy),
        sv_idle: String(idle),
        sv_used: '0',
        sv_tested: '0',
        sv_login: '0',
        maxwait: String(Math.floor(waitSeconds)),
        maxwait_us: String(Math.round((waitSeconds % 1) * 1e6)),
        pool_mode: 'transaction',
        ...(isNew ? { load_balance_hosts: null } : {}),
      })),
    ],
  };
}

/** Who answers at each address: a postmaster, or how it fails. */
export type AtAddress =
  | ReadingErrorKind
  | { readonly inRecovery: boolean; readonly startedAt: number; readonly system?: string; readonly server?: string };

export function address(answers: Readonly<Record<string, AtAddress>>): AddressAnswer {
  return {
    kind: 'address',
    probes: Object.entries(answers).map(([where, who]) => ({
      address: where,
      reading:
        typeof who === 'string'
          ? { ok: false, error: { kind: who, message: who }, at: NOW, tookMs: 3 }
          : {
              ok: true,
              at: NOW,
              tookMs: 3,
              value: {
                sql: {
                  in_recovery: who.inRecovery,
                  started_ms: who.startedAt,
                  server_address: who.server ?? where,
                  server_port: 5432,
                  system_identifier: who.system ?? SYSTEM,
                  read_only: 'off',
                  timeline: 1,
                },
              },
            },
    })),
  };
}
