// How Howdah reaches what it watches, how often, and for how long the past is kept; after reading no default is left to apply.
// Nothing here is safe to send to a browser as it is, although its secrets would only arrive as '[secret]'.
import type { z } from 'zod';
import {
  CONSUL_DEFAULT_PORT,
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  hostAndPort,
  normaliseNamespace,
  PATRONI_DEFAULT_PORT,
  parseAddress,
  ZOOKEEPER_DEFAULT_PORT,
} from './address';
import { etcdTls, tls } from './tls';
import {
  build,
  type Complain,
  flag,
  maybe,
  number,
  optionalSecret,
  port as portNumber,
  section,
  text,
  texts,
  type Whole,
} from './yaml-schema';

const ADDRESS = 'host:port or http(s)://host:port, without user, password or path';
const hosts = (port: number) =>
  texts(
    `addresses such as http://10.0.0.11:${port}`,
    (part) => parseAddress(part, { scheme: 'http', port }) !== null,
    ADDRESS,
  );

/** Without a scheme https where tls is configured, else http. */
function addressesOf(
  list: readonly string[] | undefined,
  { port, isSecure }: { readonly port: number; readonly isSecure: boolean },
  complain: Complain,
): string[] {
  const found = (list ?? []).flatMap((part) => parseAddress(part, { scheme: isSecure ? 'https' : 'http', port }) ?? []);
  const isHttp = found.some(({ scheme }) => scheme === 'http');
  // The etcd client takes one scheme only.
  if (port === ETCD_DEFAULT_PORT && isHttp && found.some(({ scheme }) => scheme === 'https'))
    complain(['hosts'], 'http or https for all hosts', 'got both');
  if (isSecure && isHttp) complain(['hosts'], 'https hosts, because tls is given', 'got http');
  return [...new Set(found.map(formatAddress))];
}

const credentials = { username: maybe(text('a user name')), password: optionalSecret(), tls };

/** One leading and one trailing slash. */
export const namespace = maybe(
  text('a key prefix such as /service/', /^/).transform(normaliseNamespace),
  DEFAULT_NAMESPACE,
);

/** null: all of them. */
export const scopes = maybe(
  texts(
    'a list of scopes, or no such key for all of them',
    (scope) => scope !== '' && !scope.includes('/'),
    'a scope: text without slashes',
  ),
);

export const etcd = build(
  section({
    /** `http(s)://host:port`, all of one scheme; never empty. */
    hosts: hosts(ETCD_DEFAULT_PORT),
    namespace,
    scopes,
    ...credentials,
    tls: etcdTls,
    /** As whom members are changed; null: nobody changes them from here. */
    admin: maybe(section({ username: maybe(text('a user name')), password: optionalSecret(), tls: etcdTls })),
  }),
  (parts, complain) => {
    if (parts.password != null && parts.username === null)
      complain(['password'], 'username beside it', 'username is missing');
    if (parts.admin?.password != null && parts.admin.username === null)
      complain(['admin', 'password'], 'username beside it', 'username is missing');
    const isSecure = parts.tls !== null;
    const addresses = addressesOf(parts.hosts, { port: ETCD_DEFAULT_PORT, isSecure }, complain);
    return { kind: 'etcd3' as const, ...(parts as Whole<typeof parts>), hosts: addresses };
  },
);

type Read = Readonly<z.infer<typeof etcd>>;
/** `admin` absent: no file can name one, as with flags. */
export type EtcdSettings = Omit<Read, 'admin'> & { readonly admin?: Read['admin'] };

export const consul = build(
  section({
    /** `http(s)://host:port` of agents; never empty. */
    hosts: hosts(CONSUL_DEFAULT_PORT),
    namespace,
    scopes,
    token: optionalSecret(`a token as text, \${NAME} or {file: path}`),
    /** As Patroni calls the datacenter; null: that of the agent. */
    dc: maybe(text('the name of a datacenter')),
    tls,
  }),
  (parts, complain) => {
    const isSecure = parts.tls != null;
    const addresses = addressesOf(parts.hosts, { port: CONSUL_DEFAULT_PORT, isSecure }, complain);
    return { kind: 'consul' as const, ...(parts as Whole<typeof parts>), hosts: addresses };
  },
);

export type ConsulSettings = Readonly<z.infer<typeof consul>>;

const SERVER = 'host:port, without scheme, user, password or path';
const isServer = (part: string): boolean => hostAndPort(part, ZOOKEEPER_DEFAULT_PORT) !== null;

export const zookeeper = build(
  section({
    /** `host:port`; never empty. */
    hosts: texts(`addresses such as 10.0.0.11:${ZOOKEEPER_DEFAULT_PORT}`, isServer, SERVER),
    namespace,
    scopes,
    ...credentials,
  }),
  ({ hosts: list, ...parts }, complain) => {
    const pair = 'username and password, as `addauth digest` takes them';
    if ((parts.password == null) !== (parts.username == null))
      complain([parts.username == null ? 'password' : 'username'], pair, 'one of them is missing');
    const found = (list ?? []).flatMap((part) => hostAndPort(part, ZOOKEEPER_DEFAULT_PORT) ?? []);
    return { kind: 'zookeeper' as const, ...(parts as Whole<typeof parts>), hosts: [...new Set(found)] };
  },
);

export type ZooKeeperSettings = Readonly<z.infer<typeof zookeeper>>;

export const patroni = build(
  section({ hosts: maybe(hosts(PATRONI_DEFAULT_PORT), []), ...credentials }),
  ({ hosts: list, username = null, password = null, tls: profile }, complain) => {
    const seeds = addressesOf(list, { port: PATRONI_DEFAULT_PORT, isSecure: profile !== null }, complain);
    return { seeds, username, password, tls: profile ?? null };
  },
);

export type PatroniSettings = Readonly<z.infer<typeof patroni>>;

export const postgres = maybe(
  section({
    username: text('the role Howdah connects as'),
    password: optionalSecret(),
    database: maybe(text('a database name'), 'postgres'),
    tls,
    /** The server may ask for the password in clear text or as MD5, also where no certificate was checked. */
    allowCleartext: maybe(flag, false),
  }),
);
export type PostgresSettings = Readonly<NonNullable<z.infer<typeof postgres>>>;

export const nodeHosts = maybe(
  section({
    nodeExporter: section({
      port: maybe(portNumber, 9100),
      path: maybe(text('a path such as /metrics', /^\/[\w./~-]*$/), '/metrics'),
      /** Then it is asked over https. */
      tls,
    }),
  }),
);

export const poll = section({
  watchedSeconds: maybe(number('seconds', 0.2, 3600), 1),
  fleetSeconds: maybe(number('seconds', 0.2, 3600), 2),
  idleSeconds: maybe(number('seconds', 0.2, 3600), 5),
  deadlineSeconds: maybe(number('seconds', 0.2, 60), 3),
});
export type PollSettings = Readonly<z.infer<typeof poll>>;
export const DEFAULT_POLL: PollSettings = poll.parse({});

const kept = section({
  /** Every observation, and a full snapshot each half minute. */
  fullDays: maybe(number('days', 0.1, 400), 2),
  /** Half-minute steps, and the full snapshots of changes. */
  days: maybe(number('days', 1, 4000), 30),
  /** Ten-minute steps. */
  coarseDays: maybe(number('days', 1, 4000), 400),
  eventsDays: maybe(number('days', 1, 4000), 400),
  /** All of it together; the oldest of the finest goes first. */
  megabytes: maybe(number('megabytes', 10, 1_000_000), 500),
});
/** For how long the past is kept, and in how much space. */
export type HistorySettings = Readonly<z.infer<typeof kept>>;
export const DEFAULT_HISTORY: HistorySettings = kept.parse({});

export const history = build(kept, (parts, complain) => {
  const { fullDays, days, coarseDays } = parts;
  if (days !== undefined && fullDays !== undefined && fullDays > days) complain(['fullDays'], 'at most `days`');
  if (days !== undefined && coarseDays !== undefined && coarseDays < days) complain(['coarseDays'], 'at least `days`');
  return parts as Whole<typeof parts>;
});
