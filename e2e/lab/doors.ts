// Doors in front of a lab, beside its own HAProxy: one process with a good listener, one with the settings that guides tell (`GET /master`,
// the defaults of HAProxy) and one with a TCP check, and a PgBouncer over the good one. What `entries:` of a Howdah looks at.

import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { waitUntil } from './deadline';
import type { Lab } from './lab';
import { PORTS } from './layout';

export const DOORS = { good: 15010, guide: 15011, tcp: 15012, stats: 17010, pool: 16432 } as const;
/** PgBouncers over the good listener. Howdah is the admin of the first alone. */
export const POOLS = {
  pool: { port: DOORS.pool, loginRetry: 1 },
  tuned: { port: 16433, loginRetry: 1 },
  default: { port: 16434, loginRetry: 15 },
} as const;
export type PoolName = keyof typeof POOLS;
const BOSS = { user: 'boss', password: 'boss-secret' } as const;
const PART = 'doors';
const STATS = { user: 'stats', password: 'stats-secret' } as const;

const socketOf = ({ layout }: Lab): string => path.join(layout.dataDir, 'doors.sock');

function haproxyFile(lab: Lab): string {
  const { layout } = lab;
  const servers = lab.realMembers
    .map(({ name, ip }) => `    server ${name} ${ip}:${PORTS.postgres} check port ${PORTS.rest}`)
    .join('\n');
  const bind = (port: number): string => `    bind ${layout.haproxyIp}:${port}`;
  return `global
    nbthread 1
    stats socket ${socketOf(lab)} mode 600 level admin
defaults
    mode tcp
    retries 2
    timeout connect 2s
    timeout check 2s
    timeout client 30m
    timeout server 30m
listen good
${bind(DOORS.good)}
    option httpchk OPTIONS /primary
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers}
listen guide
${bind(DOORS.guide)}
    option httpchk GET /master
    http-check expect status 200
${servers}
listen postgres
${bind(DOORS.tcp)}
    option tcp-check
    tcp-check connect port ${PORTS.postgres}
    server ${lab.realMembers.map(({ name, ip }) => `${name} ${ip}:${PORTS.postgres} check`).join('\n    server ')}
listen stats
    mode http
${bind(DOORS.stats)}
    stats enable
    stats uri /stats
    stats auth ${STATS.user}:${STATS.password}
`;
}

function pgbouncerFile(lab: Lab, name: PoolName): string {
  const { layout } = lab;
  return `[databases]
app = host=${layout.haproxyIp} port=${DOORS.good} dbname=postgres
shop = host=${layout.haproxyIp} port=${DOORS.good} dbname=postgres
[pgbouncer]
listen_addr = ${layout.haproxyIp}
listen_port = ${POOLS[name].port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${path.join(layout.dataDir, 'doors.users')}
admin_users = ${BOSS.user}
stats_users = stats
pool_mode = transaction
default_pool_size = 5
server_login_retry = ${POOLS[name].loginRetry}
ignore_startup_parameters = extra_float_digits
`;
}

/** What a howdah.yaml says of them. `withWrong`: and of one with a wrong password, which cannot be seen. */
export function doorEntries(lab: Lab, withWrong = true): string {
  const host = lab.layout.haproxyIp;
  const stats = `http://${host}:${DOORS.stats}/stats`;
  const user = { username: STATS.user, password: STATS.password };
  return stringify({
    entries: [
      { name: 'lb', haproxy: { stats, ...user } },
      { name: 'lb-socket', haproxy: { stats: `unix:${socketOf(lab)}` } },
      ...(withWrong ? [{ name: 'lb-wrong', haproxy: { stats, ...user, password: 'another' } }] : []),
      {
        name: 'pool',
        pgbouncer: { host, port: DOORS.pool, ...user, admin: { username: BOSS.user, password: BOSS.password } },
      },
      { name: 'vip', scopes: ['demo'], address: { host, port: DOORS.good } },
    ],
  });
}

/** A file of the lab's Howdah that names them. */
export function doorsConfig(lab: Lab): string {
  const file = path.join(path.dirname(lab.howdahYaml), 'howdah-doors.yaml');
  writeFileSync(file, readFileSync(lab.howdahYaml, 'utf8') + doorEntries(lab, false), { mode: 0o600 });
  return file;
}

export async function startDoors(lab: Lab, pools: readonly PoolName[] = ['pool']): Promise<void> {
  const { layout } = lab;
  const at = (name: string): string => path.join(layout.dataDir, name);
  lab.writeOwned(at('doors.cfg'), haproxyFile(lab));
  lab.writeOwned(
    at('doors.users'),
    `"app" "${lab.secrets.app}"\n"${BOSS.user}" "${BOSS.password}"\n"${STATS.user}" "${STATS.password}"\n`,
  );
  await lab.start(`${PART}-haproxy`, 'haproxy', ['-db', '-f', at('doors.cfg')], lab.user);
  for (const name of pools) await startPool(lab, name);
}

export async function startPool(lab: Lab, name: PoolName): Promise<void> {
  const file = path.join(lab.layout.dataDir, `doors-${name}.ini`);
  lab.writeOwned(file, pgbouncerFile(lab, name));
  await lab.start(`${PART}-pgbouncer-${name}`, 'pgbouncer', [file], lab.user);
  await waitUntil('PgBouncer to answer', 15_000, async () => (await onConsole(lab, 'SHOW VERSION', name)).length > 0);
}

export function stopPool(lab: Lab, name: PoolName): Promise<void> {
  return lab.endPart(`${PART}-pgbouncer-${name}`);
}

export async function stopDoors(lab: Lab): Promise<void> {
  for (const name of Object.keys(POOLS) as PoolName[]) await stopPool(lab, name);
  await lab.endPart(`${PART}-haproxy`);
}

/** One line on the socket of HAProxy, which only the lab's user and root may open. */
export function onSocket(lab: Lab, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: socketOf(lab) });
    let said = '';
    socket.setTimeout(3000, () => socket.destroy(new Error(`${line}: no answer`)));
    socket.on('data', (chunk) => {
      said += String(chunk);
    });
    socket.once('connect', () => socket.write(`${line}\n`));
    socket.once('error', reject);
    socket.once('close', () => resolve(said.trim()));
  });
}

export async function onConsole(
  lab: Lab,
  command: string,
  name: PoolName = 'pool',
): Promise<Record<string, unknown>[]> {
  const client = poolClient(lab, { ...BOSS, database: 'pgbouncer', port: POOLS[name].port });
  await client.connect();
  try {
    return (await client.query(command)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** A client of the application, through the pool. */
export function poolClient(lab: Lab, as: pg.ClientConfig = {}): pg.Client {
  const client = new pg.Client({
    host: lab.layout.haproxyIp,
    port: DOORS.pool,
    user: 'app',
    password: lab.secrets.app,
    database: 'app',
    connectionTimeoutMillis: 3000,
    ...as,
  });
  client.on('error', () => undefined);
  return client;
}
