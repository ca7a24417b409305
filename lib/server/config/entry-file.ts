// Reads `entries:` of howdah.yaml: the doors by which clients come to clusters, and how Howdah looks at each. One kind each. The
// decision a newcomer would question: `address` names exactly one cluster, because its probe signs in as the role of that cluster.
import type { z } from 'zod';
import type { StatsPlace } from '../../io/haproxy';
import { formatHost, isLoopback, isPort } from './address';
import { isNetwork } from './listen-file';
import { tls } from './tls';
import { reading } from './yaml-file';
import {
  build,
  type Complain,
  flag,
  maybe,
  named,
  optionalSecret,
  type Parts,
  port,
  section,
  some,
  text,
  texts,
  type Whole,
  where,
} from './yaml-schema';

const ENTRIES_LIMIT = 500;
const KINDS = ['haproxy', 'pgbouncer', 'address'] as const;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
const NETWORKS = 'addresses or networks such as 10.0.0.0/8 and fd00::/8';
const LISTENERS = 'names of its listeners, backends or databases';
const STATS = 'http(s)://host:port/path, tcp://host:port or unix:/path, without user and password';
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_.:-]+)$/i;

/** null: it is none of the three, or carries credentials. */
function parseStatsPlace(written: string): StatsPlace | null {
  if (written.startsWith('unix:/'))
    return { kind: 'unix', path: written.slice('unix:'.length).replace(/^\/\/\//, '/') };
  const url = URL.parse(written);
  if (url === null || url.username !== '' || url.password !== '' || url.search + url.hash !== '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (/^https?:$/.test(url.protocol)) return { kind: 'http', url: url.href.replace(/;csv$/, ''), host };
  const isSocket = url.protocol === 'tcp:' && host !== '' && /^\/?$/.test(url.pathname) && isPort(Number(url.port));
  return isSocket ? { kind: 'tcp', host, port: Number(url.port) } : null;
}

const host = text('a host name or an address', HOST).transform((written) => written.replace(/^\[|\]$/g, ''));
const credentials = { username: maybe(text('a user name')), password: optionalSecret(), tls };
/** What each of them is for, where its name and its behaviour do not say so. */
const purposes = {
  primary: maybe(some(text(LISTENERS), LISTENERS), []),
  replicas: maybe(some(text(LISTENERS), LISTENERS), []),
};

const haproxyShape = section({
  stats: text(STATS, (written) => parseStatsPlace(written) !== null),
  ...credentials,
  /** The password also goes over http, to whatever host. */
  allowCleartext: maybe(flag, false),
  ...purposes,
});

/** Where the file is refused anyway. */
const NOWHERE: StatsPlace = { kind: 'unix', path: '' };

function judgeStats(parts: Parts<z.infer<typeof haproxyShape>>, complain: Complain) {
  const { stats, username, password, tls: profile } = parts;
  const place = stats === undefined ? null : parseStatsPlace(stats);
  const isSecure = place?.kind === 'http' && place.url.startsWith('https:');
  if (password != null && username === null) complain(['password'], 'username beside it', 'username is missing');
  if (place !== null && place.kind !== 'http' && username != null)
    complain(['username'], 'no user: a socket asks for none');
  const isInClear = place?.kind === 'http' && !isSecure && !isLoopback(place.host);
  if (isInClear && password != null && parts.allowCleartext === false)
    complain(['stats'], 'https, or allowCleartext: true', { because: 'the password would go in the clear' });
  if (profile != null && place !== null && !isSecure) complain(['stats'], 'https, because tls is given');
  return { ...(parts as Whole<typeof parts>), place: place ?? NOWHERE };
}

const haproxy = build(haproxyShape, judgeStats);

const pgbouncer = section({
  host,
  port: maybe(port, 6432),
  username: text('a user of stats_users or admin_users'),
  password: optionalSecret(),
  tls,
  allowCleartext: maybe(flag, false),
  /** Of admin_users: pauses and resumes databases around a switchover. null: nothing is ever paused there. */
  admin: maybe(section({ username: text('a user of admin_users'), password: optionalSecret() })),
  ...purposes,
});

const address = section({
  host,
  port: maybe(port, 5432),
  /** Whom clients want to meet there. */
  for: maybe(text('primary or replicas', /^(primary|replicas)$/), 'primary'),
  /** Of Patroni at the same host, asked where the source has no SQL role. */
  restPort: maybe(port, 8008),
});

const of = <S extends z.ZodType, K extends string>(kind: K, schema: S) =>
  maybe(schema.transform((settings) => ({ kind, ...(settings as z.output<S> & object) })));

/** One of those that the same file names, be they good or not. */
const source = text('the name of a source').superRefine((name, ctx) => {
  const known = reading().textsAt(['sources'], 'name');
  if (!known.includes(name)) ctx.addIssue({ code: 'invalid_value', values: known });
});

const entry = build(
  section({
    name: text('a name of up to 64 letters, digits, dots, dashes and underscores', NAME),
    ...where,
    /** Of the clusters of these sources only; null: of all. */
    sources: maybe(some(source, 'names of sources')),
    /** Where its credentials may go; null: wherever its host is. */
    networks: maybe(texts(NETWORKS, isNetwork)),
    haproxy: of('haproxy', haproxy),
    pgbouncer: of('pgbouncer', pgbouncer),
    address: of('address', address),
  }),
  (parts, complain) => {
    const kinds = KINDS.filter((kind) => parts[kind] !== null);
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1)
      complain(
        [],
        `one of ${KINDS.join(', ')}`,
        kind === undefined ? 'the entry has none of them' : `it has ${kinds.join(' and ')}`,
      );
    const { name = '', scopes = null, labels = {}, sources = null, networks = null } = parts;
    if (kind === 'address' && parts.scopes !== undefined && (scopes?.length !== 1 || scopes[0]?.includes('*')))
      complain(['scopes'], 'the one cluster whose address it is, without *');
    return { name, scopes, labels, sources, networks, way: ((kind && parts[kind]) ?? null) as Way };
  },
);

type Way =
  | ({ readonly kind: 'haproxy' } & Readonly<ReturnType<typeof judgeStats>>)
  | ({ readonly kind: 'pgbouncer' } & Readonly<z.infer<typeof pgbouncer>>)
  | ({ readonly kind: 'address' } & Readonly<z.infer<typeof address>>);

export const entries = maybe(named(entry, 'entry', ENTRIES_LIMIT, 'entries'), []);
export type EntryConfig = Readonly<z.infer<typeof entry>>;

/** For people: never with credentials. */
export function shownAddress({ way }: EntryConfig): string {
  if (way.kind !== 'haproxy') return `${formatHost(way.host)}:${way.port}`;
  const { place } = way;
  if (place.kind === 'http') return place.url;
  return place.kind === 'unix' ? place.path : `${formatHost(place.host)}:${place.port}`;
}
