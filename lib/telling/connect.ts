// How clients connect to this cluster, as text to copy: a DSN of libpq, the lines of haproxy.cfg and of pgbouncer.ini, made of the
// addresses that its members have. Configuration and not words: nothing of it is translated. Names come from a DCS that may be
// anybody's, so what could begin another line or directive is left out. Pure.
import type { Cluster, Member } from '../domain/cluster';

export interface ConnectText {
  /** For writers and for readers; null: no address of a member is known. */
  readonly dsn: { readonly primary: string; readonly replicas: string } | null;
  readonly haproxy: string | null;
  readonly pgbouncer: string;
}

const REST_PORT = 8008;

interface Place {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly restPort: number;
  readonly isRestSecure: boolean;
}

export function connectText({ members, entries = [] }: Cluster): ConnectText {
  const places = members.filter(({ listed }) => listed).flatMap(placeOf);
  // What follows the leader already, where one is known by an address that clients can use.
  const door = entries.find(({ kind, listeners }) => kind === 'address' && listeners[0]?.purpose === 'primary');
  return {
    dsn: places.length === 0 ? null : dsnOf(places),
    haproxy: places.length === 0 ? null : haproxyOf(places),
    pgbouncer: pgbouncerOf(door?.address ?? null),
  };
}

function placeOf({ name, host, port, apiUrl }: Member): readonly Place[] {
  const plain = host === null ? '' : clean(host);
  if (plain === '' || port === null) return [];
  const rest = /^(https?):\/\/.*?(?::(\d+))?\/?$/.exec(apiUrl ?? '');
  return [
    {
      name: clean(name),
      host: plain,
      port,
      restPort: Number(rest?.[2] ?? REST_PORT),
      isRestSecure: rest?.[1] === 'https',
    },
  ];
}

const clean = (text: string): string => text.replace(/[^\w.:-]/g, '');

function dsnOf(places: readonly Place[]): { readonly primary: string; readonly replicas: string } {
  const ports = places.map(({ port }) => port);
  const shared = new Set(ports).size === 1 ? ports.slice(0, 1) : ports;
  const to = `host=${places.map(({ host }) => host).join(',')} port=${shared.join(',')} dbname=app user=app`;
  return {
    primary: `${to} target_session_attrs=read-write connect_timeout=2`,
    replicas: `${to} target_session_attrs=prefer-standby load_balance_hosts=random connect_timeout=2`,
  };
}

function haproxyOf(places: readonly Place[]): string {
  const servers = places.map(({ name, host, port, restPort, isRestSecure }) => {
    const secure = isRestSecure ? ' check-ssl verify required ca-file /etc/haproxy/patroni-ca.pem' : '';
    const address = host.includes(':') ? `[${host}]` : host;
    return `    server ${name} ${address}:${port} check${secure} port ${restPort}`;
  });
  const listener = (name: string, port: number, path: string): string[] => [
    `listen ${name}`,
    `    bind *:${port}`,
    '    mode tcp',
    `    option httpchk OPTIONS ${path}`,
    '    http-check expect status 200',
    '    timeout connect 2s',
    '    timeout check 2s',
    '    timeout client 30m',
    '    timeout server 30m',
    '    default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions',
    ...servers,
  ];
  return [...listener('primary', 5000, '/primary'), '', ...listener('replicas', 5001, '/replica')].join('\n');
}

function pgbouncerOf(door: string | null): string {
  const [, host = 'HAPROXY', port = '5000'] = /^\[?(.+?)\]?:(\d+)$/.exec(door ?? '') ?? [];
  return [
    '[databases]',
    `app = host=${host} port=${port} dbname=app`,
    '',
    '[pgbouncer]',
    'pool_mode = transaction',
    'server_login_retry = 1',
    'server_connect_timeout = 3',
    'query_wait_timeout = 120',
    'dns_max_ttl = 2',
  ].join('\n');
}
