// Members that stand in for real ones in the shape of thirty. Each registers its member key with a lease as Patroni does,
// answers GET /patroni (and every health check) on an address of its own, and really streams: it opens a replication
// connection to the leader under its own name, acknowledges what it receives and throws it away. So the DCS, the REST
// answers and pg_stat_replication agree about it. What it lacks is a PostgreSQL: SQL to it is refused.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Etcd } from '../etcd';
import { becomeUser } from './become-user';

interface StandIn {
  readonly name: string;
  readonly ip: string;
  readonly tags: Record<string, unknown>;
}

interface Settings {
  readonly members: StandIn[];
  readonly endpoints: string[];
  readonly prefix: string;
  readonly scope: string;
  readonly restPort: number;
  readonly postgresPort: number;
  readonly replicationPassword: string;
  readonly patroniVersion: string;
  readonly serverVersion: number;
  readonly modernWords: boolean;
  readonly ttlSeconds: number;
  readonly loopSeconds: number;
  readonly user: string;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as Settings;
const etcd = new Etcd(settings.endpoints);
const startedAt = new Date().toISOString().replace('T', ' ').replace('Z', '000+00:00');

interface Cluster {
  leaderHost: string | null;
  systemIdentifier: string;
  seenAt: number;
  paused: boolean;
}
const cluster: Cluster = { leaderHost: null, systemIdentifier: '', seenAt: 0, paused: false };

interface Position {
  received: bigint;
  timeline: number;
  streaming: boolean;
}
const positions = new Map<string, Position>();

const positionOf = (name: string): Position => positions.get(name) ?? { received: 0n, timeline: 1, streaming: false };

/** A standby status update: received, flushed and applied are the same, since nothing is kept. Microseconds since 2000. */
function statusUpdate(lsn: bigint): Buffer {
  const message = Buffer.alloc(34);
  message.write('r', 0);
  for (const at of [1, 9, 17]) message.writeBigUInt64BE(lsn, at);
  message.writeBigInt64BE((BigInt(Date.now()) - 946_684_800_000n) * 1000n, 25);
  return message;
}

interface CopyConnection extends NodeJS.EventEmitter {
  sendCopyFromChunk(chunk: Buffer): void;
}

async function stream(member: StandIn, host: string): Promise<void> {
  const client = new pg.Client({
    host,
    port: settings.postgresPort,
    user: 'replicator',
    password: settings.replicationPassword,
    application_name: member.name,
    connectionTimeoutMillis: 3000,
    replication: 'true',
  } as pg.ClientConfig);
  const ended = new Promise<void>((resolve) => {
    client.once('end', resolve);
    client.on('error', () => resolve());
  });
  await client.connect();
  const identity = (await client.query('IDENTIFY_SYSTEM')).rows[0] as { xlogpos: string; timeline: number };
  const [high = '0', low = '0'] = identity.xlogpos.split('/');
  const position: Position = {
    received: (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`),
    timeline: Number(identity.timeline),
    streaming: true,
  };
  positions.set(member.name, position);
  const connection = (client as unknown as { connection: CopyConnection }).connection;
  let sentAt = 0;
  const acknowledge = (): void => {
    sentAt = Date.now();
    connection.sendCopyFromChunk(statusUpdate(position.received));
  };
  connection.on('copyData', ({ chunk }: { chunk: Buffer }) => {
    if (chunk[0] === 0x77) {
      position.received = chunk.readBigUInt64BE(1) + BigInt(chunk.length - 25);
      if (Date.now() - sentAt > 200) acknowledge();
    } else if (chunk[0] === 0x6b && chunk[17] === 1) acknowledge();
  });
  // On a segment boundary: PostgreSQL sends whole records from wherever it is asked to start.
  const from = `${high}/${((Number.parseInt(low, 16) >>> 24) << 24).toString(16).toUpperCase()}`;
  client.query(`START_REPLICATION PHYSICAL ${from} TIMELINE ${position.timeline}`).catch(() => client.end());
  const ticker = setInterval(acknowledge, 1000);
  await ended;
  clearInterval(ticker);
  position.streaming = false;
  await client.end().catch(() => undefined);
}

async function follow(member: StandIn): Promise<never> {
  for (;;) {
    if (cluster.leaderHost !== null) await stream(member, cluster.leaderHost).catch(() => undefined);
    await sleep(1000);
  }
}

function memberKey(member: StandIn): string {
  const position = positionOf(member.name);
  const apiUrl = `http://${member.ip}:${settings.restPort}/patroni`;
  return JSON.stringify({
    conn_url: `postgres://${member.ip}:${settings.postgresPort}/postgres`,
    api_url: apiUrl,
    state: 'running',
    role: 'replica',
    version: settings.patroniVersion,
    tags: member.tags,
    ...(settings.modernWords && position.streaming ? { replication_state: 'streaming' } : {}),
    xlog_location: Number(position.received),
    timeline: position.timeline,
  });
}

function status(member: StandIn): unknown {
  const position = positionOf(member.name);
  return {
    state: 'running',
    postmaster_start_time: startedAt,
    role: 'replica',
    server_version: settings.serverVersion,
    xlog: {
      received_location: Number(position.received),
      replayed_location: Number(position.received),
      replayed_timestamp: null,
      paused: false,
    },
    timeline: position.timeline,
    ...(settings.modernWords && position.streaming ? { replication_state: 'streaming' } : {}),
    ...(cluster.paused ? { pause: true } : {}),
    ...(cluster.leaderHost === null ? { cluster_unlocked: true } : {}),
    dcs_last_seen: Math.floor(cluster.seenAt / 1000),
    tags: member.tags,
    database_system_identifier: cluster.systemIdentifier,
    patroni: {
      version: settings.patroniVersion,
      scope: settings.scope,
      ...(settings.modernWords ? { name: member.name } : {}),
    },
  };
}

function listen(member: StandIn): void {
  http
    .createServer((request, response) => {
      const path = request.url ?? '/';
      const asLeader = /primary|master|leader|read-write|sync/.test(path) || path === '/';
      response.writeHead(asLeader ? 503 : 200, { 'content-type': 'application/json', connection: 'close' });
      response.end(request.method === 'GET' ? JSON.stringify(status(member)) : '');
    })
    .listen(settings.restPort, member.ip);
}

async function readCluster(): Promise<void> {
  const keys = new Map(
    (await etcd.list(settings.prefix)).map((row) => [row.key.slice(settings.prefix.length), row.value]),
  );
  const leader = keys.get('leader');
  const leaderKey = leader === undefined ? undefined : keys.get(`members/${leader}`);
  const connUrl = leaderKey === undefined ? '' : ((JSON.parse(leaderKey) as { conn_url?: string }).conn_url ?? '');
  cluster.leaderHost = connUrl === '' ? null : new URL(connUrl).hostname;
  cluster.systemIdentifier = keys.get('initialize') ?? '';
  cluster.paused = (JSON.parse(keys.get('config') ?? '{}') as { pause?: boolean }).pause === true;
  cluster.seenAt = Date.now();
}

const leases = new Map<string, string>();

async function register(member: StandIn): Promise<void> {
  const lease = leases.get(member.name) ?? (await etcd.grantLease(settings.ttlSeconds));
  leases.set(member.name, lease);
  await etcd.keepLease(lease);
  await etcd.put(`${settings.prefix}members/${member.name}`, memberKey(member), lease);
}

becomeUser(settings.user);
for (const member of settings.members) {
  listen(member);
  void follow(member);
}
for (;;) {
  try {
    await readCluster();
    await Promise.all(settings.members.map(register));
  } catch {
    // The lease may be gone: a new one is granted in the next round.
    leases.clear();
  }
  await sleep(settings.loopSeconds * 1000);
}
