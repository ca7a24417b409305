// Doors in front of a lab, beside its own HAProxy: one process with a good listener, one with the settings that guides tell (`GET /master`,
// the defaults of HAProxy) and one with a TCP check, and a PgBouncer over the good one. What `entries:` of a Howdah looks at.

import { connect } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { stringify } from 'yaml';
import { waitUntil } from './deadline';
import type { Lab } from './lab';
import { PORTS } from './layout';

const DOORS = { good: 15010, guide: 15011, tcp: 15012, stats: 17010, pool: 16432 } as const;
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

function pgbouncerFile(lab: Lab): string {
  const { layout } = lab;
  return `[databases]
app = host=${layout.haproxyIp} port=${DOORS.good} dbname=postgres
[pgbouncer]
listen_addr = ${layout.haproxyIp}
listen_port = ${DOORS.pool}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${path.join(layout.dataDir, 'doors.users')}
admin_users = boss
stats_users = stats
pool_mode = transaction
default_pool_size = 5
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
`;
}

/** What a howdah.yaml says of them. */
export function doorEntries(lab: Lab): string {
  const host = lab.layout.haproxyIp;
  const stats = `http://${host}:${DOORS.stats}/stats`;
  const user = { username: STATS.user, password: STATS.password };
  return stringify({
    entries: [
      { name: 'lb', haproxy: { stats, ...user } },
      { name: 'lb-socket', haproxy: { stats: `unix:${socketOf(lab)}` } },
      { name: 'lb-wrong', haproxy: { stats, ...user, password: 'another' } },
      { name: 'pool', pgbouncer: { host, port: DOORS.pool, ...user } },
      { name: 'vip', scopes: ['demo'], address: { host, port: DOORS.good } },
    ],
  });
}

export async function startDoors(lab: Lab): Promise<void> {
  const { layout } = lab;
  const at = (name: string): string => path.join(layout.dataDir, name);
  lab.writeOwned(at('doors.cfg'), haproxyFile(lab));
  lab.writeOwned(at('doors.ini'), pgbouncerFile(lab));
  lab.writeOwned(
    at('doors.users'),
    `"app" "${lab.secrets.app}"\n"boss" "boss-secret"\n"${STATS.user}" "${STATS.password}"\n`,
  );
  await lab.start(`${PART}-haproxy`, 'haproxy', ['-db', '-f', at('doors.cfg')], lab.user);
  await lab.start(`${PART}-pgbouncer`, 'pgbouncer', [at('doors.ini')], lab.user);
  await waitUntil('PgBouncer to answer', 15_000, async () => (await onConsole(lab, 'SHOW VERSION')).length > 0);
}

export async function stopDoors(lab: Lab): Promise<void> {
  await lab.endPart(`${PART}-pgbouncer`);
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

export async function onConsole(lab: Lab, command: string): Promise<Record<string, unknown>[]> {
  const client = poolClient(lab, { user: 'boss', password: 'boss-secret', database: 'pgbouncer' });
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
