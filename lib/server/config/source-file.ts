// Reads `sources:` of howdah.yaml: where the clusters are, and as whom Howdah asks.
import {
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  normaliseNamespace,
  PATRONI_DEFAULT_PORT,
  parseAddress,
} from './address';
import { readPatronictl } from './patronictl';
import type { EtcdSettings, PatroniSettings, SourceConfig } from './settings';
import { tls } from './tls';
import { reading } from './yaml-file';
import { build, type Complain, labels, named, optionalSecret, or, section, text, texts } from './yaml-schema';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
const SOURCES_LIMIT = 500;
const ADDRESS = 'host:port or http(s)://host:port, without user, password or path';
const NO_PATRONI: PatroniSettings = { seeds: [], username: null, password: null, tls: null };

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

const credentials = { username: or(text('a user name'), null), password: optionalSecret(), tls };
const SCOPES = 'a list of scopes, or no such key for all of them';

const etcd = build(
  section({
    hosts: hosts(ETCD_DEFAULT_PORT),
    namespace: or(text('a key prefix such as /service/', () => true).transform(normaliseNamespace), DEFAULT_NAMESPACE),
    scopes: or(
      texts(SCOPES, (scope) => scope !== '' && !scope.includes('/'), 'a scope: text without slashes'),
      null,
    ),
    ...credentials,
  }),
  (parts, complain): EtcdSettings => {
    // npm etcd3 1.1.2 has no such option; ignoring the wish would end in a handshake error nobody understands.
    if (parts.tls?.verify === false)
      complain(['tls', 'verify'], 'true, or ca or serverName that fit', "etcd's certificate is always checked");
    if (parts.password != null && parts.username === null)
      complain(['password'], 'username beside it', 'username is missing');
    const isSecure = parts.tls !== null;
    const addresses = addressesOf(parts.hosts, { port: ETCD_DEFAULT_PORT, isSecure }, complain);
    return { ...(parts as EtcdSettings), hosts: addresses };
  },
);

const patroni = build(
  section({ hosts: or(hosts(PATRONI_DEFAULT_PORT), []), ...credentials }),
  ({ hosts: list, username = null, password = null, tls: profile }, complain): PatroniSettings => {
    const seeds = addressesOf(list, { port: PATRONI_DEFAULT_PORT, isSecure: profile !== null }, complain);
    return { seeds, username, password, tls: profile ?? null };
  },
);

const postgres = or(
  section({
    username: text('the role Howdah connects as'),
    password: optionalSecret(),
    database: or(text('a database name'), 'postgres'),
    tls,
  }),
  null,
);

/** What was wrong in the file is in the report already. */
const imported = text('the path of a patronictl or Patroni file').transform((name) => {
  const { files, report } = reading().options;
  return readPatronictl(reading().resolve(name), { files, report }) ?? { scope: null, etcd: null, patroni: NO_PATRONI };
});

const source = build(
  section({
    name: text('a name of up to 64 letters, digits, dots, dashes and underscores', NAME),
    labels,
    etcd: or(etcd, null),
    patroni: or(patroni, null),
    postgres,
    probe: postgres,
    patronictl: or(imported, null),
  }),
  (parts, complain): SourceConfig => {
    const isReachable = parts.etcd !== null || parts.patronictl !== null || parts.patroni === undefined;
    if (!isReachable && !parts.patroni?.seeds.length)
      complain([], 'etcd, patroni.hosts or patronictl', 'the source has none of them');
    return {
      name: parts.name ?? '',
      labels: parts.labels ?? {},
      etcd: parts.etcd ?? parts.patronictl?.etcd ?? null,
      patroni: parts.patroni ?? parts.patronictl?.patroni ?? NO_PATRONI,
      postgres: parts.postgres ?? null,
      probe: parts.probe ?? null,
    };
  },
);

export const sources = or(named(source, 'source', SOURCES_LIMIT), []);
