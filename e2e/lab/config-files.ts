// The files a lab's programs read, and the two it leaves for people: `howdah.yaml` and `patronictl.yml`.
// Everything here is a function of the layout, so `heal` can put every file back to what it was.

import { stringify } from 'yaml';
import { type Layout, type MemberPlan, NAMESPACE, PORTS, SCOPE, type Secrets } from './layout';

export interface Timing {
  /** Seconds. Patroni's floors: ttl 20, retry_timeout 3; loop_wait + 2 * retry_timeout must not exceed ttl. */
  readonly loopWait: number;
  readonly ttl: number;
  readonly retryTimeout: number;
}

export interface ClusterOptions extends Timing {
  /** Off by default, so that a forked replica stays forked. */
  readonly pgRewind: boolean;
}

export interface Json {
  [key: string]: unknown;
}

export const etcdEndpoints = (layout: Layout): string[] =>
  layout.etcd.map((member) => `http://${member.ip}:${PORTS.etcdClient}`);

/** The dynamic configuration (the DCS key `config`) of a healthy lab. `heal` writes exactly this again. */
export function dynamicConfig(layout: Layout, options: ClusterOptions): Json {
  const many = layout.shape === 'thirty';
  return {
    loop_wait: options.loopWait,
    ttl: options.ttl,
    retry_timeout: options.retryTimeout,
    maximum_lag_on_failover: 1048576,
    postgresql: {
      use_pg_rewind: options.pgRewind,
      use_slots: true,
      parameters: {
        max_connections: many ? 60 : 40,
        max_worker_processes: 4,
        max_wal_senders: many ? 45 : 10,
        max_replication_slots: many ? 45 : 10,
        wal_keep_size: '16MB',
        wal_log_hints: 'on',
      },
      pg_hba: [
        'local all all trust',
        'host replication replicator 127.0.0.0/8 scram-sha-256',
        'host all all 127.0.0.0/8 scram-sha-256',
      ],
    },
  };
}

/** Local PostgreSQL settings: small, and without the cost of syncing, since a lab's data are worth nothing. */
const POSTGRES_PARAMETERS = {
  shared_buffers: '16MB',
  work_mem: '1MB',
  maintenance_work_mem: '16MB',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  max_slot_wal_keep_size: '1GB',
  checkpoint_timeout: '60s',
  fsync: 'off',
  full_page_writes: 'off',
  jit: 'off',
  max_parallel_workers: 2,
  autovacuum_max_workers: 1,
  logging_collector: 'off',
} as const;

/** The folders of one member, below the lab's data directory. */
export const memberDir = (layout: Layout, member: string): string => `${layout.dataDir}/${member}`;
export const memberDataDir = (layout: Layout, member: string): string => `${layout.dataDir}/${member}/data`;
export const memberConfigFile = (layout: Layout, member: string): string => `${layout.dataDir}/${member}/patroni.yml`;

/** One member's own Patroni configuration. Its REST listens behind the lab's proxy and advertises the proxy's port. */
export function memberConfig(
  layout: Layout,
  secrets: Secrets,
  member: MemberPlan,
  options: ClusterOptions,
  postgresBin: string,
): Json {
  const dir = memberDir(layout, member.name);
  return {
    scope: SCOPE,
    namespace: NAMESPACE,
    name: member.name,
    restapi: {
      listen: `${member.ip}:${PORTS.restBehindProxy}`,
      connect_address: `${member.ip}:${PORTS.rest}`,
      authentication: { username: 'patroni', password: secrets.rest },
    },
    ctl: { authentication: { username: 'patroni', password: secrets.rest } },
    etcd3: { hosts: layout.etcd.map((etcd) => `${etcd.ip}:${PORTS.etcdClient}`) },
    bootstrap: {
      dcs: dynamicConfig(layout, options),
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, { auth: 'scram-sha-256' }, 'data-checksums'],
    },
    postgresql: {
      listen: `${member.ip}:${PORTS.postgres}`,
      connect_address: `${member.ip}:${PORTS.postgres}`,
      data_dir: memberDataDir(layout, member.name),
      bin_dir: postgresBin,
      // Else each base backup waits for a checkpoint that takes its time.
      basebackup: [{ checkpoint: 'fast' }],
      pgpass: `${dir}/pgpass`,
      authentication: {
        superuser: { username: 'postgres', password: secrets.superuser },
        replication: { username: 'replicator', password: secrets.replication },
      },
      parameters: { ...POSTGRES_PARAMETERS, unix_socket_directories: dir },
    },
    watchdog: { mode: 'off' },
    tags: { ...member.tags },
  };
}

export function etcdArguments(layout: Layout, name: string, ip: string): string[] {
  return [
    ...['--name', name],
    ...['--data-dir', `${layout.dataDir}/${name}/data`],
    ...['--listen-peer-urls', `http://${ip}:${PORTS.etcdPeer}`],
    ...['--initial-advertise-peer-urls', `http://${ip}:${PORTS.etcdPeer}`],
    ...['--listen-client-urls', `http://${ip}:${PORTS.etcdClient}`],
    ...['--advertise-client-urls', `http://${ip}:${PORTS.etcdClient}`],
    ...['--initial-cluster', layout.etcd.map((e) => `${e.name}=http://${e.ip}:${PORTS.etcdPeer}`).join(',')],
    ...['--initial-cluster-token', `howdah-lab-${layout.seed}-${layout.name}`],
    ...['--initial-cluster-state', 'new'],
    // Small, so that the etcd-alarm fault fills it in a second.
    ...['--quota-backend-bytes', String(24 * 1024 * 1024)],
    ...['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '5m'],
  ];
}

export function haproxyConfig(layout: Layout): string {
  const servers = layout.members
    .filter((member) => !member.standIn)
    .map((member) => `    server ${member.name} ${member.ip}:${PORTS.postgres} check port ${PORTS.rest}`)
    .join('\n');
  const listener = (name: string, port: number, check: string): string => `
listen ${name}
    bind ${layout.haproxyIp}:${port}
    option httpchk OPTIONS ${check}
    http-check expect status 200
    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${servers}
`;
  return `global
    maxconn 200
    nbthread 1

defaults
    mode tcp
    retries 2
    timeout connect 2s
    timeout check 2s
    timeout client 30m
    timeout server 30m
${listener('primary', PORTS.haproxyPrimary, '/primary')}${listener('replicas', PORTS.haproxyReplicas, '/replica')}
listen stats
    mode http
    bind ${layout.haproxyIp}:${PORTS.haproxyStats}
    stats enable
    stats uri /
`;
}

export function patronictlConfig(layout: Layout, secrets: Secrets): string {
  const authentication = { username: 'patroni', password: secrets.rest };
  return stringify(
    {
      scope: SCOPE,
      namespace: NAMESPACE,
      etcd3: { hosts: layout.etcd.map((etcd) => `${etcd.ip}:${PORTS.etcdClient}`) },
      ctl: { authentication },
      // Patroni 3.0 knows no user under `ctl`, and each of its requests that changes something ends with 401.
      restapi: { authentication },
    },
    { aliasDuplicateObjects: false },
  );
}

/** What Howdah is started with: `npm start -- --config .lab/<name>/howdah.yaml`. */
export function howdahConfig(layout: Layout, port: number): string {
  return stringify({
    listen: { host: '127.0.0.1', port },
    // Howdah's journal and store live and go with the lab whose actions they tell of.
    data: `${layout.stateDir}/data`,
    operator: 'lab',
    sources: [
      {
        name: layout.name === 'distro' ? 'lab' : `lab-${layout.name}`,
        labels: { env: 'lab' },
        etcd: { hosts: etcdEndpoints(layout), namespace: NAMESPACE, scopes: [SCOPE] },
        patroni: { username: 'patroni', password: { file: `${layout.stateDir}/rest-password` } },
        postgres: {
          username: 'howdah',
          password: { file: `${layout.stateDir}/howdah-password` },
          database: 'postgres',
        },
        probe: {
          username: 'howdah_probe',
          password: { file: `${layout.stateDir}/probe-password` },
          database: 'postgres',
        },
      },
    ],
  });
}
