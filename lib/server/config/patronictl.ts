// Reads the user's own patronictl or Patroni file, so that Howdah reaches the clusters the way patronictl does.
// Mirrors Patroni at v4.1.4 (patroni/config.py, ctl.py, request.py, dcs/etcd.py, consul.py, kubernetes.py, zookeeper.py, api.py). PATRONI_* variables, which
// Patroni also honours, are not read. The SQL credentials in such a file are the superuser's: they are never taken.
import { z } from 'zod';
import {
  CONSUL_DEFAULT_PORT,
  DEFAULT_NAMESPACE,
  ETCD_DEFAULT_PORT,
  formatAddress,
  hostAndPort,
  PATRONI_DEFAULT_PORT,
  parseAddress,
  ZOOKEEPER_DEFAULT_PORT,
} from './address';
import type { DcsSettings } from './dcs-file';
import { type KubernetesSettings, readAccount, readCluster, settingsOf } from './kubernetes-file';
import type { Report } from './problem';
import { buildSecret } from './secret';
import {
  type ConsulSettings,
  type EtcdSettings,
  namespace,
  type PatroniSettings,
  type ZooKeeperSettings,
} from './settings';
import { readTls } from './tls';
import { type Files, openYaml, reading } from './yaml-file';
import { build, type Complain, flag, maybe, type Parts, port, secret, some, text } from './yaml-schema';

export interface PatronictlImport {
  readonly scope: string | null;
  readonly dcs: DcsSettings | null;
  readonly patroni: PatroniSettings;
}

const OTHER_DCS = ['exhibitor', 'raft'];
const HOST = 'host:port or http(s)://host:port';
const URL = 'http(s)://host:port';

const word = (expected: string) => maybe(text(expected));
const list = (expected: string) => maybe(some(text(expected), expected));
const hidden = maybe(secret('a password as text'));
const file = word('the path of a file');
const login = {
  authentication: maybe(z.object({ username: word('a user name'), password: hidden })),
  auth: hidden,
};
/** In this order Patroni looks: AbstractEtcd.get_etcd_client and _get_machines_cache_from_config. */
const endpoints = { proxy: list(URL), url: list(URL), urls: list(URL), hosts: list(HOST), host: list(HOST) };
const ENDPOINTS = ['proxy', 'url', 'urls', 'hosts', 'host'] as const;
const SRV = ['srv', 'srv_domain', 'discovery_srv'];

const etcd3 = z.looseObject(
  {
    ...endpoints,
    port: maybe(port, ETCD_DEFAULT_PORT),
    protocol: maybe(z.enum(['http', 'https']), 'http' as const),
    username: word('a user name'),
    password: hidden,
    cacert: file,
    cert: file,
    key: file,
  },
  'a map with hosts, host or url',
);
const label = text('text (quote true and false)', /^/);
const kubernetes = z.looseObject(
  {
    namespace: maybe(text('a namespace'), 'default'),
    context: maybe(text('a context of the kubeconfig'), 'kind-kind'),
    labels: maybe(z.record(z.string(), label, 'a map of text to text'), {}),
    scope_label: maybe(text('a label'), 'cluster-name'),
  },
  'a map with labels',
);
const consul = z.looseObject(
  {
    url: word(URL),
    host: word(HOST),
    port: maybe(port),
    scheme: maybe(z.enum(['http', 'https'])),
    token: maybe(secret('a token as text')),
    dc: word('the name of a datacenter'),
    verify: maybe(flag, true),
    cacert: file,
    cert: file,
    key: file,
  },
  'a map with url or host',
);
const zookeeper = z.looseObject(
  {
    hosts: list('host:port'),
    use_ssl: maybe(flag, false),
    verify: maybe(flag, true),
    cacert: file,
    cert: file,
    key: file,
    key_password: hidden,
    /** Of the scheme `digest`: user:password. */
    auth_data: maybe(z.looseObject({ digest: hidden }, 'a map such as {digest: "user:password"}')),
  },
  'a map with hosts',
);
const restapi = z.object({ connect_address: word('host:port'), cafile: file, certfile: file, ...login });
const ctl = z.object({
  cacert: file,
  certfile: file,
  keyfile: file,
  keyfile_password: hidden,
  insecure: maybe(flag, false),
  ...login,
});
const root = z.looseObject(
  {
    scope: word('a scope'),
    namespace,
    etcd3: maybe(etcd3),
    consul: maybe(consul),
    zookeeper: maybe(zookeeper),
    kubernetes: maybe(kubernetes),
    restapi: maybe(restapi),
    ctl: maybe(ctl),
  },
  'a patronictl or Patroni file',
);

type Etcd3 = z.infer<typeof etcd3>;
type Consul = z.infer<typeof consul>;
type ZooKeeper = z.infer<typeof zookeeper>;
type Login = z.infer<typeof restapi> | z.infer<typeof ctl>;
type Root = Parts<z.infer<typeof root>>;

const patroniFile = build(root, (parts, complain): PatronictlImport => {
  const { scope = null, namespace: prefix = DEFAULT_NAMESPACE } = parts;
  const patroni = readRest(parts, complain);
  const scopes = scope === null ? null : [scope];
  if (parts.consul != null) {
    // dynamic_loader.py takes the first by name.
    for (const other of ['etcd', 'etcd3'])
      if (other in parts) reading().warn([other], 'is ignored: consul is there too, and Patroni takes that');
    return {
      scope,
      dcs: { kind: 'consul', ...readConsul(parts.consul, complain), namespace: prefix, scopes },
      patroni,
    };
  }
  const isV2 = parts.etcd != null;
  if (parts.etcd3 != null) {
    // With both sections Patroni takes `etcd` (dynamic_loader.py iterates by name); a file in migration is read as v3 here.
    if (isV2) reading().warn(['etcd'], 'is ignored: etcd3 is there too, and Howdah speaks API v3');
    return { scope, dcs: { kind: 'etcd3', ...readEtcd3(parts.etcd3, complain), namespace: prefix, scopes }, patroni };
  }
  if (parts.kubernetes != null && !isV2) return { scope, dcs: readKubernetes(parts.kubernetes, scope), patroni };
  if (parts.zookeeper != null && !isV2) {
    const dcs = { kind: 'zookeeper' as const, ...readZooKeeper(parts.zookeeper, complain), namespace: prefix, scopes };
    return { scope, dcs, patroni };
  }
  const why = 'this is the v2 API, whose data is not visible through v3; name a Patroni address instead (--patroni)';
  if (isV2) complain(['etcd'], 'etcd3', why);
  const isWrong = isV2 || [parts.etcd3, parts.consul, parts.kubernetes, parts.zookeeper].includes(undefined);
  const seeds = isWrong ? [] : seedsFromRest(parts, complain);
  return { scope, dcs: null, patroni: { ...patroni, seeds } };
});

/** Null after reporting. */
export function readPatronictl(name: string, context: { files: Files; report: Report }): PatronictlImport | null {
  return openYaml({ file: name, ...context, dialect: 'patroni' })?.read(patroniFile) ?? null;
}

/** Without an etcd we can read, the node's own REST address is the way in: `/cluster` lists the other members. */
function seedsFromRest(parts: Root, complain: Complain): string[] {
  const kind = OTHER_DCS.find((name) => name in parts);
  const at = kind === undefined ? [] : [kind];
  const why = kind === undefined ? 'no DCS section' : `${kind} is not read by Howdah`;
  const written = parts.restapi?.connect_address ?? null;
  // api.py: https when restapi.certfile is set.
  const scheme = parts.restapi?.certfile == null ? 'http' : 'https';
  const address = parseAddress(written ?? '', { scheme, port: PATRONI_DEFAULT_PORT });
  if (parts.restapi === undefined) return [];
  if (written === null)
    complain(
      at,
      'etcd3, consul, zookeeper, or restapi.connect_address to begin with',
      `${why}, and there is no restapi.connect_address`,
    );
  else if (address === null) complain(['restapi', 'connect_address'], 'host:port');
  if (address === null) return [];
  reading().warn(at, `${why}: members are found through Patroni's REST API at ${formatAddress(address)}`);
  return [formatAddress(address)];
}

/** kubernetes.py: the account of the pod where there is one, else the kubeconfig that KUBECONFIG or its default names. */
function readKubernetes(part: z.infer<typeof kubernetes>, scope: string | null): KubernetesSettings | null {
  const { files, report } = reading().options;
  const cluster = files.env.KUBERNETES_SERVICE_HOST
    ? readAccount(files, report)
    : readCluster({ kubeconfig: null, context: part.context }, { files, report });
  if (cluster === null) return null;
  const selector = Object.entries(part.labels).map(([name, value]) => `${name}=${value}`);
  return settingsOf(cluster, {
    namespaces: [part.namespace],
    scopes: scope === null ? null : [scope],
    selector: selector.length === 0 ? null : selector.sort().join(','),
    scopeLabel: part.scope_label,
  });
}

function readEtcd3(section: Etcd3, complain: Complain): Omit<EtcdSettings, 'kind' | 'namespace' | 'scopes'> {
  const key = ENDPOINTS.find((name) => section[name] !== null);
  const srv = SRV.find((name) => section[name] != null);
  if (key === undefined && srv !== undefined)
    complain(['etcd3', srv], 'hosts beside it', 'Howdah does not look up SRV records');
  else if (key === undefined) complain(['etcd3'], 'hosts, host or url', 'etcd3 has none of them');
  else if (srv !== undefined && /host/.test(key))
    reading().warn(['etcd3', srv], 'is ignored: Howdah does not look up SRV records and takes hosts');
  const isUrl = key !== undefined && !/host/.test(key);
  let { username, password } = section;
  const hosts = (key === undefined ? [] : (section[key] ?? [])).flatMap((written, index) =>
    (isUrl ? [written] : written.split(',')).flatMap((part) => {
      // A URL may carry user and password; like Patroni's urlparse they are taken as they are, not percent-decoded.
      const info = isUrl ? /^([a-z]+:\/\/)([^/@]*)@(.*)$/i.exec(part) : null;
      const [user, ...rest] = info?.[2]?.split(':') ?? [];
      if (user) username = user;
      if (rest.length > 0) password = buildSecret(rest.join(':'));
      const bare = info === null ? part : `${info[1]}${info[3]}`;
      const scheme = isUrl ? 'http' : section.protocol;
      const address = parseAddress(isUrl ? bare.replace(/^([a-z]+:\/\/[^/]*)\/.*$/i, '$1') : bare, {
        scheme,
        port: isUrl ? ETCD_DEFAULT_PORT : section.port,
      });
      if (address === null) complain(['etcd3', key ?? '', index], isUrl ? URL : HOST);
      return address === null ? [] : formatAddress(address);
    }),
  );
  const isSecure = hosts.some((host) => host.startsWith('https:'));
  if (isSecure && hosts.some((host) => host.startsWith('http:')))
    complain(['etcd3'], 'http or https for all hosts', 'got both');
  // docs/yaml_configuration.rst, etcd: "cacert: If present it will enable validation."
  const unchecked =
    "has no cacert: Patroni may not check etcd's certificate then; Howdah does, against the system's CAs";
  if (isSecure && section.cacert === null) reading().warn(['etcd3'], unchecked);
  const places = { ca: 'cacert', cert: 'cert', key: 'key' };
  const tls = isSecure
    ? readTls({ ...section, ca: section.cacert }, (part, ...of) => complain(['etcd3', places[part]], ...of))
    : null;
  return { hosts, username, password, tls };
}

/** consul.py: `url` wins over everything else, `port` over the one in `host`; `verify` counts without a `cacert` only. */
function readConsul(section: Consul, complain: Complain): Omit<ConsulSettings, 'kind' | 'namespace' | 'scopes'> {
  const { url, host, token, dc, cert, key } = section;
  const scheme = section.scheme ?? 'http';
  const [at, written] =
    url === null ? ['host', host ?? '127.0.0.1'] : ['url', url.replace(/^([a-z]+:\/\/[^/]*)\/.*$/i, '$1')];
  const found = parseAddress(written, { scheme, port: CONSUL_DEFAULT_PORT });
  if (found === null) complain(['consul', at], url === null ? HOST : URL);
  const address = found === null || url !== null ? found : { ...found, port: section.port ?? found.port };
  const places = { ca: 'cacert', cert: 'cert', key: 'key' };
  const verify = section.verify || section.cacert !== null;
  const tls =
    address?.scheme === 'https'
      ? readTls({ ca: section.cacert, cert, key, verify }, (part, ...of) => complain(['consul', places[part]], ...of))
      : null;
  return { hosts: address === null ? [] : [formatAddress(address)], token, dc, tls };
}

/** zookeeper.py: a list is joined by commas; what stands beside `use_ssl: false` is handed on and not used. */
function readZooKeeper(
  section: ZooKeeper,
  complain: Complain,
): Omit<ZooKeeperSettings, 'kind' | 'namespace' | 'scopes'> {
  if (section.hosts === null) complain(['zookeeper'], 'hosts', 'zookeeper has none');
  const hosts = (section.hosts ?? []).flatMap((written, index) =>
    written.split(',').flatMap((part) => {
      const host = hostAndPort(part, ZOOKEEPER_DEFAULT_PORT);
      if (host === null) complain(['zookeeper', 'hosts', index], 'host:port, without a path');
      return host ?? [];
    }),
  );
  const [username = null, ...rest] = section.auth_data?.digest?.reveal().split(':') ?? [];
  if (username !== null && rest.length === 0)
    complain(['zookeeper', 'auth_data', 'digest'], 'user:password', 'there is no colon in it');
  const others = Object.keys(section.auth_data ?? {}).filter((scheme) => scheme !== 'digest');
  if (others.length > 0)
    reading().warn(['zookeeper', 'auth_data'], `${others.join(', ')} is ignored: Howdah knows digest`);
  const places = { ca: 'cacert', cert: 'cert', key: 'key' };
  const files = { ...section, ca: section.cacert, passphrase: section.key_password };
  const tls = section.use_ssl ? readTls(files, (part, ...of) => complain(['zookeeper', places[part]], ...of)) : null;
  return { hosts, username, password: rest.length === 0 ? null : buildSecret(rest.join(':')), tls };
}

/** request.py reload_config: `ctl` wins over `restapi`, for the credentials as a pair and for the CA. */
function readRest({ ctl: own, restapi: rest }: Root, complain: Complain): PatroniSettings {
  const pair = readLogin(own);
  const { username, password } = pair.username === null ? readLogin(rest) : pair;
  const hasCert = own?.certfile != null;
  const isInsecure = own?.insecure === true;
  // With a client certificate `insecure` only drops the host name check (assert_hostname); a TlsProfile cannot say that.
  const kept = "is not applied: with a client certificate Howdah checks Patroni's certificate and host name";
  if (isInsecure && hasCert) reading().warn(['ctl', 'insecure'], kept);
  const ca = own?.cacert ?? rest?.cafile ?? null;
  if (ca === null && !hasCert && !isInsecure) return { seeds: [], username, password, tls: null };
  const at = {
    ca: own?.cacert == null ? ['restapi', 'cafile'] : ['ctl', 'cacert'],
    cert: ['ctl', 'certfile'],
    key: ['ctl', 'keyfile'],
  };
  const files = {
    ca,
    cert: own?.certfile ?? null,
    // request.py looks at keyfile only where there is a certfile.
    key: hasCert ? own.keyfile : null,
    verify: !isInsecure || hasCert,
    passphrase: own?.keyfile_password,
  };
  return { seeds: [], username, password, tls: readTls(files, (part, ...of) => complain(at[part], ...of)) };
}

/** config.py: `authentication` becomes `auth: 'username:password'`, which old files write themselves. */
function readLogin(section: Login | null | undefined): Pick<PatroniSettings, 'username' | 'password'> {
  if (section?.authentication != null) return section.authentication;
  const [username = null, ...rest] = section?.auth?.reveal().split(':') ?? [];
  return { username, password: rest.length === 0 ? null : buildSecret(rest.join(':')) };
}
